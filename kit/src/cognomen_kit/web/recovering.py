"""A forgotten password: a code, then a new one."""

from cognomen_kit.calls import Call
from cognomen_kit.errors import UserNotFoundException
from cognomen_kit.passwords import Passwords
from cognomen_kit.web.joining import sent
from cognomen_kit.web.turns import Decided, Turn
from cognomen_kit.web.vault import Note


def forgot(turn: Turn) -> Call[Decided]:
    """Send a code; the answer is the same for a name that is nobody's."""
    try:
        done = yield from turn.call(Passwords.forgot_password, turn.username, context=turn.context)
        notice = sent(done.code_delivery_details)
    except UserNotFoundException:
        notice = sent(None)
    return Decided("reset", note=Note(turn.username, notice, turn.note.then))


def reset(turn: Turn) -> Call[Decided]:
    """Set the new password."""
    code, password = turn.values["code"].strip(), turn.values["password"]
    yield from turn.call(Passwords.confirm_forgot_password, turn.username, code, password, context=turn.context)
    notice = "Your password is changed. Please sign in."
    return Decided("sign-in", note=Note(turn.username, notice, turn.note.then))
