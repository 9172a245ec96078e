"""``GET /_dev/triggers``: what triggers were asked last, what they answered, and what went wrong."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from cognomen.dev.tools import DevTools
from cognomen.triggers.port import Logged

ONE_WORKER = "Each worker remembers its own runs of triggers only: start the server with workers = 1 to read them."


def list_triggers(tools: DevTools) -> Callable[[Request], Awaitable[JSONResponse]]:
    """The last runs, the newest last; 409 where each of several workers knows its own only."""

    async def answer(_request: Request) -> JSONResponse:
        if not tools.alone:
            return JSONResponse({"message": ONE_WORKER}, status_code=409)
        runs = [_shown(run) for run in tools.world.triggers.recent()]
        return JSONResponse({"triggers": runs}, headers={"cache-control": "no-store"})

    return answer


def _shown(run: Logged) -> Mapping[str, Any]:
    at = datetime.fromtimestamp(run.at_ms / 1000, UTC)
    return {
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "took_ms": run.took_ms,
        "arn": run.arn,
        "event": run.event,
        "answer": run.answer,
        "error": run.error,
    }
