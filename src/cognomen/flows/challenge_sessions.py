"""Session strings: what a sign-in needs to go on with, sealed, in the hands of the client (reference 05, sessions)."""

import msgspec

from cognomen import errors
from cognomen.domain import base64url
from cognomen.domain.account_states import check_may_sign_in
from cognomen.domain.app_client import AppClient
from cognomen.domain.challenges import ChallengeSession, Situation, Step, what_comes_next
from cognomen.services import Services
from cognomen.signing.port import SealBroken
from cognomen.storage import challenge_sessions
from cognomen.storage.database import Tx

# With these bytes an envelope of the AWS Encryption SDK begins, so the text begins with AYABe as on AWS.
HEAD = bytes.fromhex("01800178")
ID_BYTES = 16
PURPOSE = "challenge-session"
ROOM = 896  # bytes, so that the length does not tell users from names that nobody has


def session_text(world: Services, situation: Situation, step: Step, kept: dict[str, str]) -> str:
    """The Session of a challenge that is put now; good for this pool, client, user and step."""
    session = ChallengeSession(
        session_id=world.ids.token(ID_BYTES).hex(),
        step=step,
        flow=situation.flow,
        passed=situation.passed,
        sub=situation.user.sub,
        password_set_ms=situation.user.password_set_ms,
        expires_ms=world.now_ms() + situation.client.auth_session_ms,
        kept=kept,
        pool_id=situation.client.pool_id,
        client_id=situation.client.client_id,
        chosen=situation.chosen,
        history=situation.history,
        opening=situation.opening,
        device_key=situation.device_key,
        event_id=situation.event_id,
        insists=situation.pool.mfa == "ON",
    )
    sealed = world.sealer.seal(msgspec.json.encode(session).ljust(ROOM), PURPOSE)
    return base64url.text_of(HEAD + sealed)


def read_session(world: Services, client: AppClient, text: str) -> ChallengeSession:
    """What a Session stands for that was given to this client; raises InvalidSession, SessionExpired."""
    session = open_session(world, text)
    if (session.pool_id, session.client_id) != (client.pool_id, client.client_id):
        raise errors.InvalidSession
    return session


def open_session(world: Services, text: str) -> ChallengeSession:
    """What a Session stands for, whichever client it was given to; raises InvalidSession, SessionExpired."""
    try:
        session = msgspec.json.decode(world.sealer.open(_sealed_in(text), PURPOSE), type=ChallengeSession)
    except (SealBroken, msgspec.MsgspecError):
        raise errors.InvalidSession from None
    if session.expires_ms <= world.now_ms():
        raise errors.SessionExpired
    return session


def _sealed_in(text: str) -> bytes:
    try:
        envelope = base64url.bytes_of(text)
    except ValueError:
        raise errors.InvalidSession from None
    if not envelope.startswith(HEAD):
        raise errors.InvalidSession
    return envelope.removeprefix(HEAD)


def refuse_overtaken(world: Services, situation: Situation, session: ChallengeSession) -> None:
    """Refuse where the account has changed since the challenge was put, so that it would be another one now.

    Raises InvalidSession, and what refuses an account that may not sign in.
    """
    check_may_sign_in(situation.pool.password_policy, situation.user, world.now_ms())
    same_password = situation.user.password_set_ms == session.password_set_ms
    if not same_password or what_comes_next(situation) is not session.step:
        raise errors.InvalidSession


async def use_up(tx: Tx, pool_id: str, session: ChallengeSession) -> None:
    """Take the session as used; of any number of racing answers one gets on. Raises SessionUsed."""
    if not await challenge_sessions.spend(tx, pool_id, session.session_id, session.expires_ms):
        raise errors.SessionUsed
