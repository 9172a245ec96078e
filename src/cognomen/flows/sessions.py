"""Sessions of users: which go on, ending one of them, and what pools and clients are told about them (reference 11)."""

from cognomen import errors
from cognomen.domain import tiers
from cognomen.domain.app_client import AppClient
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import SessionTracking, TokenSession
from cognomen.domain.tiers import Feature
from cognomen.domain.user import User
from cognomen.services import Services
from cognomen.storage import configuration, session_configurations, token_sessions
from cognomen.storage.database import Tx


async def sessions_of(world: Services, user: User) -> list[TokenSession]:
    """The sessions of a user that go on, the last used first; none where the pool does not track them."""
    tracking = await world.directory.session_tracking(user.pool_id)
    if not tracking.enabled:
        return []
    now_ms = world.now_ms()
    return await world.database.read(lambda tx: token_sessions.listed(tx, user.pool_id, user.sub, now_ms))


async def end_session(world: Services, user: User, session_id: str, current: str | None = None) -> None:
    """End a session of a user with all of its tokens; `current` is the origin_jti of the caller's own one.

    Raises SessionNotFound, CurrentSessionKept.
    """
    named = [one for one in await sessions_of(world, user) if one.trace and one.trace.session_id == session_id]
    if not named:
        raise errors.SessionNotFound(session_id=session_id)
    origin_jti, now_ms = named[0].origin_jti, world.now_ms()
    if origin_jti == current:
        raise errors.CurrentSessionKept
    await world.database.write(lambda tx: token_sessions.revoke(tx, user.pool_id, origin_jti, now_ms))


async def configure_pool(world: Services, pool: UserPool, tracking: SessionTracking) -> None:
    """Have a pool track sessions or not; raises FeatureUnavailableInTierException."""
    tiers.require(pool, Feature.SESSION_TRACKING)

    async def work(tx: Tx) -> None:
        await session_configurations.put_of_pool(tx, pool.pool_id, tracking)
        await configuration.bump(tx)

    await world.database.write(work)
    world.directory.forget()


async def configure_client(world: Services, pool: UserPool, client: AppClient, minutes: int) -> None:
    """Say how long a client takes another client's sign-in for its own.

    Raises FeatureUnavailableInTierException, SessionTrackingOff.
    """
    tiers.require(pool, Feature.SESSION_TRACKING)
    tracking = await world.directory.session_tracking(pool.pool_id)
    if not tracking.enabled:
        raise errors.SessionTrackingOff(pool_id=pool.pool_id)
    await world.database.write(
        lambda tx: session_configurations.put_of_client(tx, pool.pool_id, client.client_id, minutes)
    )
