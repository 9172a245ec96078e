"""Just enough of a world to write, keep and send messages: a real store, a real sealer, a clock that tests move."""

from dataclasses import dataclass
from typing import Any, cast

from cognomen.delivery.port import Medium, Message
from cognomen.domain.facts import AttemptLimits, Facts
from cognomen.ids import Ids
from cognomen.jobs.bell import JobBell
from cognomen.services import Services
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.storage import migrate
from cognomen.storage.sqlite import MEMORY, SqliteDatabase

KEY = b"k" * 32
FACTS = Facts(
    region="eu-west-1",
    account_id="123456789012",
    public_url="http://127.0.0.1:9229",
    issuer="self",
    accepted_issuers=(),
    attempts=AttemptLimits(),
    fixed_code=None,
    media=frozenset({"EMAIL"}),
)
MESSAGE = Message(
    message_id="01890000-0000-7000-8000-000000000001",
    pool_id="eu-west-1_abcdefghi",
    username="kim",
    kind="SignUp",
    medium=Medium.EMAIL,
    to="kim@example.com",
    subject="Your verification code",
    body="Your verification code is 123456. ",
    code="123456",
    created_ms=1_700_000_000_000,
    expires_ms=1_700_086_400_000,
)


@dataclass
class MovedClock:
    """Milliseconds that only tests move."""

    ms: int = MESSAGE.created_ms

    def now_ms(self) -> int:
        return self.ms

    def advance(self, seconds: float) -> None:
        self.ms += round(seconds * 1000)


async def new_world(clock: MovedClock, path: str = MEMORY, key: bytes = KEY, facts: Facts = FACTS) -> Services:
    """A world on the store at this path; two of them on one path are two processes to each other."""
    database = SqliteDatabase(path, "off")
    await migrate.run(database)
    nobody = cast("Any", None)  # messages need no signing keys, passwords or clients
    return Services(
        database=database,
        directory=nobody,
        pool_keys={},
        sealer=AesGcmSealer(MasterKeys((key,))),
        passwords=nobody,
        key_factory=nobody,
        passkeys=nobody,
        peek=nobody,
        now_ms=clock.now_ms,
        ids=Ids(),
        bell=JobBell(),
        facts=facts,
    )
