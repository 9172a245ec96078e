"""``POST /_dev/reset``: the server as it began, between two tests."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse

from cognomen.dev.tools import DevTools
from cognomen.storage.wipe import wipe


def reset(tools: DevTools) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Empties every table, forgets everything remembered and plants the seed again; answers ``{}``.

    The clock stays where it is.
    """

    async def answer(_request: Request) -> JSONResponse:
        await tools.world.database.write(wipe)
        tools.world.directory.forget()
        tools.world.pool_keys.clear()
        tools.world.triggers.forget()
        await tools.plant()
        return JSONResponse({})

    return answer
