"""Session strings: what a sign-in needs to go on with, sealed, in the hands of the client (reference 05, sessions)."""

import base64
import binascii

import msgspec

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.challenges import ChallengeSession, Situation, Step
from cognomen.services import Services
from cognomen.signing.port import SealBroken
from cognomen.storage import challenge_sessions
from cognomen.storage.database import Tx

# With these bytes an envelope of the AWS Encryption SDK begins, so the text begins with AYABe as on AWS.
HEAD = bytes.fromhex("01800178")
ID_BYTES = 16


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
    )
    sealed = world.sealer.seal(msgspec.json.encode(session), _purpose(situation.client))
    return base64.urlsafe_b64encode(HEAD + sealed).decode().rstrip("=")


def read_session(world: Services, client: AppClient, text: str) -> ChallengeSession:
    """What a Session stands for; raises InvalidSession, SessionExpired."""
    try:
        session = msgspec.json.decode(world.sealer.open(_sealed_in(text), _purpose(client)), type=ChallengeSession)
    except (SealBroken, msgspec.MsgspecError):
        raise errors.InvalidSession from None
    if session.expires_ms <= world.now_ms():
        raise errors.SessionExpired
    return session


def _sealed_in(text: str) -> bytes:
    try:
        envelope = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):  # ValueError: not even ASCII
        raise errors.InvalidSession from None
    if not envelope.startswith(HEAD):
        raise errors.InvalidSession
    return envelope.removeprefix(HEAD)


def _purpose(client: AppClient) -> str:
    return f"challenge-session:{client.pool_id}:{client.client_id}"


async def use_up(tx: Tx, pool_id: str, session: ChallengeSession) -> None:
    """Take the session as used; of any number of racing answers one gets on. Raises SessionUsed."""
    if not await challenge_sessions.spend(tx, pool_id, session.session_id, session.expires_ms):
        raise errors.SessionUsed
