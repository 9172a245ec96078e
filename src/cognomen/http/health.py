"""Whether the process runs, and whether it can serve."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from structlog.typing import FilteringBoundLogger

from cognomen.services import Services
from cognomen.storage import configuration

PATIENCE_S = 2.0  # a probe that waits longer counts as failed anyway
FRESH = {"cache-control": "no-store"}


def health_routes(world: Services, log: FilteringBoundLogger, stopping: Callable[[], bool]) -> list[Route]:
    """``/health/live`` and ``/health/ready``."""

    async def live(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "live"}, headers=FRESH)

    async def ready(_request: Request) -> JSONResponse:
        if stopping():
            return _not_ready("stopping")
        try:
            await asyncio.wait_for(world.database.read(configuration.version), PATIENCE_S)
        except Exception:
            log.warning("not ready: the store does not answer", exc_info=True)
            return _not_ready("database")
        return JSONResponse({"status": "ready"}, headers=FRESH)

    return [Route("/health/live", live), Route("/health/ready", ready)]


def _not_ready(reason: str) -> JSONResponse:
    return JSONResponse({"status": "not ready", "reason": reason}, status_code=503, headers=FRESH)
