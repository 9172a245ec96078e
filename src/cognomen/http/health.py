"""Whether the process runs, and whether it can serve."""

import asyncio
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from structlog.typing import FilteringBoundLogger

from cognomen import errors
from cognomen.http.store_trouble import StoreTrouble
from cognomen.services import Audit, Services
from cognomen.storage import configuration, migrate
from cognomen.storage.database import Tx

PATIENCE_S = 2.0  # a probe that waits longer counts as failed anyway
FRESH = {"cache-control": "no-store"}


def health_routes(
    world: Services, log: FilteringBoundLogger, stopping: Callable[[], bool], trouble: StoreTrouble
) -> list[Route]:
    """``/health/live`` and ``/health/ready``."""

    async def live(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "live"}, headers=FRESH)

    async def ready(_request: Request) -> JSONResponse:
        if stopping():
            return _not_ready("stopping")
        try:
            suits = await asyncio.wait_for(world.database.read(_look), PATIENCE_S)
        except Exception:
            log.warning("not ready: the store does not answer", exc_info=True)
            return _not_ready("database")
        if not suits:
            log.warning("not ready: a newer server has changed the schema in a way that this one does not know")
            return _not_ready("schema")
        if world.audit and not await _records(world.audit):
            return _not_ready("audit log")
        if why_not := await trouble.why_not():
            return _not_ready(why_not)
        return JSONResponse({"status": "ready"}, headers=FRESH)

    return [Route("/health/live", live), Route("/health/ready", ready)]


async def _look(tx: Tx) -> bool:
    """Whether the store answers, and is one that this server understands."""
    await configuration.version(tx)
    return await migrate.suits(tx)


async def _records(audit: Audit) -> bool:
    """Whether records of the audit log can be written, as far as is known."""
    try:
        await asyncio.wait_for(audit.check(), PATIENCE_S)
    except (errors.AuditLogUnwritable, TimeoutError):
        return False
    return True


def _not_ready(reason: str) -> JSONResponse:
    return JSONResponse({"status": "not ready", "reason": reason}, status_code=503, headers=FRESH)
