"""``GET /_dev/messages``: what was sent to users, for developers and their tests.

``to``, ``kind`` and ``pool`` choose, ``after`` skips everything up to the message with this id, and with ``wait`` the
answer comes when there is something to tell, or after so many seconds (30 at the most).
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse

from cognomen.delivery.port import Message
from cognomen.dev.refuse import BadParameter
from cognomen.dev.tools import DevTools
from cognomen.domain.messages import MessageKind
from cognomen.flows.deliver import unseal
from cognomen.storage import inbox

LONGEST_WAIT_S = 30.0
LOOK_EVERY_S = 0.05
KINDS = tuple(str(kind) for kind in MessageKind)


@dataclass(frozen=True, slots=True)
class Question:
    """Which messages are asked for; empty means any. `wait` is in seconds."""

    to: str = ""
    kind: str = ""
    after: str = ""
    wait: float = 0.0
    pool: str = ""


def list_messages(tools: DevTools) -> Callable[[Request], Awaitable[JSONResponse]]:
    """Answers ``{"messages": [...]}``, oldest first; of more than a thousand the first thousand."""

    async def answer(request: Request) -> JSONResponse:
        try:
            question = _question(request.query_params.multi_items())
        except BadParameter as bad:
            return bad.response()
        messages = await _await_messages(tools, question, request.is_disconnected)
        return JSONResponse(
            {"messages": [_shown(message) for message in messages]}, headers={"cache-control": "no-store"}
        )

    return answer


def _question(pairs: list[tuple[str, str]]) -> Question:
    given = dict(pairs)
    for name, text in given.items():
        if name not in Question.__slots__:
            raise BadParameter(name, f"There is no such parameter; there are {', '.join(Question.__slots__)}.")
        if [other for other, _ in pairs].count(name) > 1:
            raise BadParameter(name, "It is given more than once.")
        if "\x00" in text:
            raise BadParameter(name, "It holds the character U+0000.")
    kind = given.get("kind", "")
    if kind and kind not in KINDS:
        raise BadParameter("kind", f"It must be one of {', '.join(KINDS)}.")
    # an address holds no spaces: they are plus signs that nobody encoded
    return Question(
        to=given.get("to", "").replace(" ", "+"),
        kind=kind,
        after=given.get("after", ""),
        wait=_seconds(given.get("wait", "0")),
        pool=given.get("pool", ""),
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= LONGEST_WAIT_S:
        raise BadParameter("wait", f"It must be a number of seconds from 0 to {LONGEST_WAIT_S:.0f}.")
    return seconds


async def _await_messages(tools: DevTools, question: Question, is_gone: Callable[[], Awaitable[bool]]) -> list[Message]:
    """Look again and again: messages may come from another process, and real time passes whatever the clock says."""
    now_s = asyncio.get_running_loop().time
    deadline_s = now_s() + question.wait
    messages = await _find(tools, question)
    while not messages and now_s() < deadline_s and not tools.stopping() and not await is_gone():
        await asyncio.sleep(LOOK_EVERY_S)
        messages = await _find(tools, question)
    return messages


async def _find(tools: DevTools, question: Question) -> list[Message]:
    kept = await tools.world.database.read(
        lambda tx: inbox.after(tx, question.after, question.to, question.kind, question.pool)
    )
    return [unseal(tools.world, message.message_id, message.sealed) for message in kept]


def _shown(message: Message) -> Mapping[str, str]:
    created = datetime.fromtimestamp(message.created_ms / 1000, UTC)
    return {
        "id": message.message_id,
        "created_at": created.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "pool_id": message.pool_id,
        "username": message.username,
        "to": message.to,
        "medium": message.medium,
        "kind": message.kind,
        "subject": message.subject,
        "body": message.body,
        "code": message.code,
    }
