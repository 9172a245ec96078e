"""``GET /_dev/import-log?pool=...&job=...``: what became of the lines of a user import job, as plain text."""

from collections.abc import AsyncIterator, Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from cognomen.dev.refuse import BadParameter
from cognomen.dev.tools import DevTools
from cognomen.flows.import_log import log_of_job

PARAMETERS = ("pool", "job")


def show_import_log(tools: DevTools) -> Callable[[Request], Awaitable[Response]]:
    """Answers the log's lines so far."""

    async def answer(request: Request) -> Response:
        given = {name: request.query_params.get(name, "") for name in PARAMETERS}
        for name, value in given.items():
            if not value or "\0" in value:
                return BadParameter(name, "It must be given: pool and job are ids.").response()
        lines = log_of_job(tools.world.database, given["pool"], given["job"])
        return StreamingResponse(_encoded(lines), 200, {"cache-control": "no-store"}, "text/plain; charset=utf-8")

    return answer


async def _encoded(texts: AsyncIterator[str]) -> AsyncIterator[bytes]:
    async for text in texts:
        yield text.encode()
