"""Signing in, answering challenges, signing out."""

from contextlib import suppress

from cognomen_kit.calls import Call
from cognomen_kit.challenges import AnyOutcome
from cognomen_kit.errors import CognitoError, PasswordResetRequiredException, UserNotConfirmedException
from cognomen_kit.results import SignedIn
from cognomen_kit.sign_in import SignIn
from cognomen_kit.tokens import Tokens
from cognomen_kit.web import challenge_forms
from cognomen_kit.web.next_page import safe_next
from cognomen_kit.web.turns import Decided, Turn
from cognomen_kit.web.vault import Note, Session


def sign_in(turn: Turn) -> Call[Decided]:
    """Prove a password; an account that is not ready is led to what it lacks."""
    flow = turn.settings.flow_for(turn.core.app)
    password = turn.values.get("password") or None
    try:
        outcome = yield from turn.begin(SignIn.sign_in, turn.username, password, flow=flow, context=turn.context)
    except UserNotConfirmedException as error:
        return Decided("confirm", note=Note(turn.username, error.safe_message, turn.note.then))
    except PasswordResetRequiredException as error:
        return Decided("reset", note=Note(turn.username, error.safe_message, turn.note.then))
    return settled(turn, outcome, turn.username)


def challenge(turn: Turn) -> Call[Decided]:
    """Answer what a sign-in asked for."""
    assert turn.pending is not None
    outcome = yield from challenge_forms.answer(turn.pending, turn.values)
    return settled(turn, outcome, turn.note.username)


def sign_out(turn: Turn) -> Call[Decided]:
    """Revoke the tokens and forget the session; a service that cannot be reached keeps nobody signed in here."""
    assert turn.session is not None
    with suppress(CognitoError):
        if turn.values.get("everywhere"):
            yield from turn.call(Tokens.global_sign_out, turn.access_token)
        elif turn.session.refresh_token:
            yield from turn.call(Tokens.revoke_token, turn.session.refresh_token)
    return Decided(location=turn.settings.after_sign_out, ends_session=True)


def settled(turn: Turn, outcome: AnyOutcome, username: str | None) -> Decided:
    """Go on with the next challenge, or to where the person wanted to be; NoSuchPage where that is nowhere."""
    if isinstance(outcome, SignedIn):
        session = Session.begun(outcome, turn.core.surroundings.clock())
        return Decided(location=safe_next(turn.note.then, turn.settings.after_sign_in), session=session)
    challenge_forms.challenge_form(outcome, turn.settings.site_name)
    return Decided("challenge", note=Note(username, then=turn.note.then), challenge=outcome)
