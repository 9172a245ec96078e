"""A new account: sign up, confirm, ask for another code."""

from cognomen_kit.calls import Call
from cognomen_kit.errors import UserNotFoundException
from cognomen_kit.results import CodeDeliveryDetails
from cognomen_kit.sign_up import SignUp
from cognomen_kit.web.fields import Field
from cognomen_kit.web.turns import Decided, Turn
from cognomen_kit.web.vault import Note

ALIASES = {"email", "phone_number"}


def sign_up(turn: Turn) -> Call[Decided]:
    """Register; the code comes next, unless the pool confirms everybody."""
    fields = turn.settings.sign_up_attributes
    attributes = attributes_of(turn, *(each for each in fields if turn.values.get(each.name)))
    if turn.settings.username.name in ALIASES:
        attributes[turn.settings.username.name] = turn.username
    done = yield from turn.call(
        SignUp.sign_up, turn.username, turn.values["password"], attributes, context=turn.context
    )
    if done.user_confirmed:
        return Decided("sign-in", note=Note(turn.username, "Your account is ready. Please sign in.", turn.note.then))
    return Decided("confirm", note=Note(turn.username, sent(done.code_delivery_details), turn.note.then))


def confirm(turn: Turn) -> Call[Decided]:
    """Confirm with the code."""
    code = turn.values["code"].strip()
    yield from turn.call(SignUp.confirm_sign_up, turn.username, code, context=turn.context)
    notice = "Your account is confirmed. Please sign in."
    return Decided("sign-in", note=Note(turn.username, notice, turn.note.then))


def resend(turn: Turn) -> Call[Decided]:
    """Send another code; the answer is the same for a name that is nobody's."""
    try:
        done = yield from turn.call(SignUp.resend_confirmation_code, turn.username, context=turn.context)
        notice = sent(done.code_delivery_details)
    except UserNotFoundException:
        notice = sent(None)
    return Decided("confirm", note=Note(turn.username, notice, turn.note.then))


def sent(delivery: CodeDeliveryDetails | None) -> str:
    """That a code is on its way, and where to."""
    if delivery is None or not delivery.destination:
        return "A code is on its way to you."
    return f"A code is on its way to {delivery.destination}."


def attributes_of(turn: Turn, *fields: Field) -> dict[str, str]:
    """What was filled in, by the names of attributes."""
    return {each.name: turn.values[each.name].strip() for each in fields}
