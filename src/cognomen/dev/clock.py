"""``POST /_dev/clock {"advance": seconds}``: move the server's clock, so that codes and tokens expire in a test."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse

from cognomen.dev.refuse import BadParameter
from cognomen.dev.tools import DevTools

TEN_YEARS = 10 * 365 * 86_400


class ClockMove(msgspec.Struct, forbid_unknown_fields=True):
    """By how many seconds the clock moves; it never goes back, since what is stored would come from the future."""

    advance: Annotated[int, msgspec.Meta(ge=0, le=TEN_YEARS)]


read_move = msgspec.json.Decoder(ClockMove).decode


def move_clock(tools: DevTools) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Answers ``{"now_ms": milliseconds since 1970}`` after the move. The clock is that of one server, all workers."""

    async def answer(request: Request) -> JSONResponse:
        try:
            move = read_move(await request.body())
        except (msgspec.MsgspecError, UnicodeDecodeError):
            text = f'The body must be {{"advance": seconds}}, a whole number from 0 to {TEN_YEARS}.'
            return BadParameter("advance", text).response()
        tools.clock.advance(move.advance)
        tools.world.bell.ring()  # messages that were to be tried again later may be due now
        return JSONResponse({"now_ms": tools.clock.now_ms()})

    return answer
