"""``POST /_dev/reset``: the server as it began, between two tests."""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse

from cognomen.dev.tools import DevTools
from cognomen.storage.freshness import FRESH_MS
from cognomen.storage.wipe import wipe


def reset(tools: DevTools) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Empties every table, forgets everything remembered and plants the seed again; answers ``{}``.

    The clock stays where it is. Other workers have noticed when the answer comes.
    """

    async def answer(_request: Request) -> JSONResponse:
        await tools.world.database.write(wipe)
        if tools.world.audit:
            tools.world.audit.forget()
        tools.world.directory.forget()
        tools.world.pool_keys.clear()
        tools.world.triggers.forget()
        await tools.plant()
        if not tools.alone:
            await asyncio.sleep(FRESH_MS / 1000)
        return JSONResponse({})

    return answer
