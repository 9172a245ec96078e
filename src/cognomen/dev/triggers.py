"""``GET /_dev/triggers``: what triggers were asked last, what they answered, and what went wrong."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from cognomen.dev.tools import DevTools
from cognomen.triggers.port import Logged


def list_triggers(tools: DevTools) -> Callable[[Request], Awaitable[JSONResponse]]:
    """The last runs in this process, the newest last."""

    async def answer(_request: Request) -> JSONResponse:
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
