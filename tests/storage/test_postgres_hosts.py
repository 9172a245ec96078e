"""Which hosts a URL names, and that one which says nothing keeps nobody from the others."""

import asyncio
from typing import Any

import asyncpg
import pytest

from cognomen.storage import postgres_hosts
from cognomen.storage.postgres_hosts import Hosts, one_by_one

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("url", "each"),
    [
        ("postgresql://h/d", ["postgresql://h/d"]),
        ("postgresql:///d?host=/run/x", ["postgresql:///d?host=/run/x"]),
        ("postgresql://u:p,w@a:1,b:2/d?x=1", ["postgresql://u:p,w@a:1/d?x=1", "postgresql://u:p,w@b:2/d?x=1"]),
        ("postgresql://[::1]:1,b/d", ["postgresql://[::1]:1/d", "postgresql://b/d"]),
        ("postgresql://u@/d?host=a,b&port=1,2", ["postgresql://u@/d?host=a&port=1", "postgresql://u@/d?host=b&port=2"]),
        ("postgresql://u@/d?host=a,b&port=1", ["postgresql://u@/d?host=a&port=1", "postgresql://u@/d?host=b&port=1"]),
        ("postgresql://u@/d?host=a,b", ["postgresql://u@/d?host=a", "postgresql://u@/d?host=b"]),
    ],
)
def test_a_url_for_each_host(url: str, each: list[str]) -> None:
    """Hosts stand before the path or among the parameters, each with its port."""
    assert one_by_one(url) == each


class Fake:
    """A connection."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.ended = False

    def terminate(self) -> None:
        self.ended = True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Hosts called silent never answer, those called standby refuse; the others are found."""
    calls: list[str] = []

    async def connect(url: str, **options: Any) -> Fake:
        calls.append(url)
        assert options["target_session_attrs"] == "read-write"
        if "silent" in url:
            await asyncio.Event().wait()
        if "standby" in url:
            raise asyncpg.TargetServerAttributeNotMatched("no")
        return Fake(url)

    monkeypatch.setattr(asyncpg, "connect", connect)
    monkeypatch.setattr(postgres_hosts, "HEAD_START_SECONDS", 0.01)
    return calls


@pytest.mark.parametrize("first", ["silent", "standby"])
async def test_the_one_that_takes_writes_is_found_and_asked_first_from_then_on(asked: list[str], first: str) -> None:
    """STO-04, of connecting: a host that is gone or only reads costs a moment once, and nothing later."""
    hosts = Hosts(f"postgresql://{first},primary/d")
    for _ in range(2):
        assert (await hosts.connect("")).url == "postgresql://primary/d"
    assert asked == [f"postgresql://{first}/d", "postgresql://primary/d", "postgresql://primary/d"]


async def test_where_nobody_takes_writes_the_last_refusal_is_raised(asked: list[str]) -> None:
    """All were asked."""
    with pytest.raises(asyncpg.TargetServerAttributeNotMatched):
        await Hosts("postgresql://standby1,standby2/d").connect("")
    assert len(asked) == 2
