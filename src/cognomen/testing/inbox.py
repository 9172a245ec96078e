"""What a pool sent to its users."""

from dataclasses import dataclass, field
from typing import Any

from cognomen.testing.pools import UserPool

PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Message:
    """One message. `medium` is EMAIL or SMS, `kind` what it is about, such as SignUp; `code` is empty without one."""

    message_id: str
    to: str
    medium: str
    kind: str
    subject: str
    body: str = field(repr=False)
    code: str = field(repr=False)
    username: str = ""


class Inbox:
    """The messages of one pool. Asking for one waits until it was sent."""

    def __init__(self, pool: UserPool) -> None:
        self._pool = pool
        self._read: dict[str, str] = {}  # recipient -> the last message that `next_code` told of

    def messages(self, to: str = "", *, kind: str = "", wait: float = 0.0, after: str = "") -> list[Message]:
        """The messages to an address, oldest first; `wait` is how many seconds to wait for the first."""
        asked = {"to": to, "kind": kind, "after": after, "wait": wait, "pool": self._pool.pool_id}
        found = self._pool.cognomen.get("/_dev/messages", **{name: said for name, said in asked.items() if said})
        return [_message(each) for each in found["messages"]]

    def last(self, to: str, *, kind: str = "", wait: float = PATIENCE_S) -> Message:
        """The newest message to an address; raises AssertionError where there is none in time."""
        found = self.messages(to, kind=kind, wait=wait)
        assert found, f"no message to {to} within {wait:g} seconds"
        return found[-1]

    def code(self, to: str, *, kind: str = "", wait: float = PATIENCE_S) -> str:
        """The code of the newest message to an address that was not told before; raises AssertionError."""
        found = self.messages(to, kind=kind, wait=wait, after=self._read.get(to, ""))
        assert found, f"no new message to {to} within {wait:g} seconds"
        self._read[to] = found[-1].message_id
        return found[-1].code


def _message(told: dict[str, Any]) -> Message:
    names = ("id", "to", "medium", "kind", "subject", "body", "code", "username")
    return Message(*(told[name] for name in names))
