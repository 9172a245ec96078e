"""Which of the hosts in a URL takes writes now. A host that says nothing does not keep the others from being asked."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

import asyncpg

HEAD_START_SECONDS = 0.25  # how long one host is asked alone


class Hosts:
    """The hosts of one URL; the one that was found last is asked first."""

    def __init__(self, url: str) -> None:
        self._urls = one_by_one(url)

    async def connect(self, _url: str, **options: Any) -> asyncpg.Connection:
        """As asyncpg connects; of several hosts to the first that takes writes. Raises what the last one said."""
        if len(self._urls) == 1:
            return await asyncpg.connect(self._urls[0], **options)
        asked: dict[asyncio.Task[asyncpg.Connection], str] = {}
        try:
            return await self._race(asked, options)
        finally:
            for late in asked:
                late.cancel()
                late.add_done_callback(_hang_up)

    async def _race(self, asked: dict[asyncio.Task[asyncpg.Connection], str], options: Any) -> asyncpg.Connection:
        left = list(self._urls)
        fault: BaseException | None = None
        while left or asked:
            if left:
                url = left.pop(0)
                asked[asyncio.create_task(asyncpg.connect(url, **{**options, **TAKES_WRITES}))] = url
            patience = HEAD_START_SECONDS if left else None
            done, _ = await asyncio.wait(asked, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for answered in done:
                fault = answered.exception()
                url = asked.pop(answered)
                if fault is None:
                    self._urls = [url, *(other for other in self._urls if other != url)]
                    return answered.result()
        assert fault is not None
        raise fault


TAKES_WRITES = {"target_session_attrs": "read-write"}


def _hang_up(late: asyncio.Task[asyncpg.Connection]) -> None:
    """Do without a connection that came when another one was taken."""
    if not late.cancelled() and late.exception() is None:
        late.result().terminate()


def one_by_one(url: str) -> list[str]:
    """One URL for each host: ``//user@a:1,b:2/name``, and ``///name?host=a,b&port=1,2``."""
    try:
        parts = urlsplit(url)
    except ValueError:  # which whoever connects words without the URL
        return [url]
    user, at, places = parts.netloc.rpartition("@")
    if "," in places:
        return [urlunsplit(parts._replace(netloc=user + at + place)) for place in places.split(",")]
    asked = dict(parse_qsl(parts.query, keep_blank_values=True))
    hosts, ports = asked.get("host", "").split(","), asked.get("port", "").split(",")
    if len(hosts) == 1:
        return [url]
    each = [
        {**asked, "host": host, **({"port": ports[number % len(ports)]} if "port" in asked else {})}
        for number, host in enumerate(hosts)
    ]
    return [urlunsplit(parts._replace(query=urlencode(one, quote_via=quote))) for one in each]
