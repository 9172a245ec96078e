"""``POST /_dev/reset``: an empty server again, between two tests."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse

from cognomen.dev.tools import DevTools
from cognomen.storage.wipe import wipe


def reset(tools: DevTools) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Empties every table and forgets everything remembered; answers ``{}``. The clock stays where it is."""

    async def answer(_request: Request) -> JSONResponse:
        await tools.world.database.write(wipe)
        tools.world.directory.forget()
        tools.world.pool_keys.clear()
        return JSONResponse({})

    return answer
