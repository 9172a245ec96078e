"""What is said of events afterwards, by an administrator or by whoever got a mail of it."""

from cognomen import errors
from cognomen.domain.auth_events import Feedback
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.flows.accounts import require_user
from cognomen.flows.risk_notices import Spoken, read_feedback_token
from cognomen.services import Services
from cognomen.storage import auth_events
from cognomen.storage.database import Tx

ADMIN, USER = "Admin", "User"  # EventFeedback.Provider


def require_protection(pool: UserPool) -> None:
    """Refuse where the pool has no threat protection; raises UserPoolAddOnNotEnabledException."""
    if pool.protection == "OFF":
        raise errors.UserPoolAddOnNotEnabledException(pool_id=pool.pool_id)


async def say(world: Services, user: User, event_id: str, value: str, provider: str) -> None:
    """Say that an event was valid or not; raises AuthEventNotFound."""

    async def work(tx: Tx) -> bool:
        event = await auth_events.get(tx, user.pool_id, user.sub, event_id)
        return event is not None and await auth_events.give_feedback(
            tx, event, Feedback(value, provider, world.now_ms())
        )

    if not await world.database.write(work):
        raise errors.AuthEventNotFound(event_id=event_id)


async def user_of_token(world: Services, pool: UserPool, name: str, event_id: str, token: str) -> User:
    """The user who says something by a token of a mail.

    Raises FeedbackTokenInvalid, UserPoolAddOnNotEnabledException, UserNotFoundException.
    """
    spoken = read_feedback_token(world, token)
    require_protection(pool)
    user = await require_user(world, pool, name)
    if spoken != Spoken(pool.pool_id, user.sub, event_id):
        raise errors.FeedbackTokenInvalid
    return user
