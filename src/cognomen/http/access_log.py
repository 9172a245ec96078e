"""One line for each request: who asked for what, how it ended and how long it took. Never what was in it."""

import logging
from dataclasses import dataclass, field
from time import perf_counter_ns

from structlog.typing import FilteringBoundLogger

LONGEST = 200  # characters of any value that the caller chose
QUIET = "/health/"  # probes come every few seconds
CLIENT_GONE = 499  # nginx's number for a client that did not wait for its answer


@dataclass(slots=True)
class Entry:
    """What becomes known of a request on its way; `error` is the wire name of the refusal."""

    request_id: str
    method: str
    path: str
    client: str
    operation: str = ""
    status: int = 0
    error: str = ""
    pool_id: str = ""
    client_id: str = ""
    shed: bool = False  # refused because the server has too much to do
    started_ns: int = field(default_factory=perf_counter_ns)


class AccessLog:
    """Writes the line; below its logger's level it costs next to nothing."""

    def __init__(self, logger: FilteringBoundLogger) -> None:
        self._log = logger

    def write(self, entry: Entry) -> None:
        """Log a request that is over."""
        level = logging.DEBUG if entry.path.startswith(QUIET) else logging.INFO
        if self._log.is_enabled_for(level):
            self._log.log(level, "request", **_facts(entry))


def _facts(entry: Entry) -> dict[str, object]:
    facts: dict[str, object] = {
        "request_id": entry.request_id,
        "method": entry.method,
        "path": entry.path[:LONGEST],
        "status": entry.status,
        "ms": round((perf_counter_ns() - entry.started_ns) / 1_000_000, 3),
        "client": entry.client,
    }
    for name, value in (
        ("operation", entry.operation),
        ("error", entry.error),
        ("pool_id", entry.pool_id),
        ("client_id", entry.client_id),
    ):
        if value:
            facts[name] = value[:LONGEST]
    return facts
