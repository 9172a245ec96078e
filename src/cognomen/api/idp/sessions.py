"""The sessions of users, and Get/SetUserPoolSessionConfiguration and Get/SetUserPoolClientSessionConfiguration.

Every session here is a token session that began through the API: single sign-on sessions come with hosted pages. So
no session has another one linked to it, and RevokeAssociatedSessions changes nothing.
"""

from cognomen.api.call import Call, operation
from cognomen.api.paging import key_of_token
from cognomen.domain.claims import origin_of
from cognomen.domain.sessions import SessionTracking, TokenSession
from cognomen.domain.user import User
from cognomen.flows import sessions as flow
from cognomen.flows.accounts import require_user
from cognomen.storage import session_configurations
from cognomen.wire.idp import (
    AdminListUserSessionsRequest,
    AdminListUserSessionsResponse,
    AdminRevokeUserSessionRequest,
    AdminRevokeUserSessionResponse,
    ClientSSOSessionConfigType,
    GetUserPoolClientSessionConfigurationRequest,
    GetUserPoolClientSessionConfigurationResponse,
    GetUserPoolSessionConfigurationRequest,
    GetUserPoolSessionConfigurationResponse,
    ListUserSessionsRequest,
    ListUserSessionsResponse,
    RevokeUserSessionRequest,
    RevokeUserSessionResponse,
    SessionDescriptionType,
    SessionLocationType,
    SetUserPoolClientSessionConfigurationRequest,
    SetUserPoolClientSessionConfigurationResponse,
    SetUserPoolSessionConfigurationRequest,
    SetUserPoolSessionConfigurationResponse,
    UserPoolTokenSessionConfigType,
)

STATES = {True: "ENABLED", False: "DISABLED"}
NOWHERE = SessionLocationType(country="unknown")  # as on AWS where an address tells no place


@operation
async def list_user_sessions(call: Call, request: ListUserSessionsRequest) -> ListUserSessionsResponse:
    """The sessions of the signed-in user that go on, through whichever app clients, on one page."""
    assert call.claims is not None
    listed = await _listed(call, call.user, request.next_token, origin_of(call.claims))
    return ListUserSessionsResponse(sessions=listed)


@operation
async def admin_list_user_sessions(call: Call, request: AdminListUserSessionsRequest) -> AdminListUserSessionsResponse:
    """The sessions of a user that go on; none of them is the administrator's own."""
    user = await require_user(call.world, call.pool, request.username)
    return AdminListUserSessionsResponse(sessions=await _listed(call, user, request.next_token))


@operation
async def revoke_user_session(call: Call, request: RevokeUserSessionRequest) -> RevokeUserSessionResponse:
    """End another session of the signed-in user."""
    assert call.claims is not None
    await flow.end_session(call.world, call.user, request.session_id, origin_of(call.claims))
    return RevokeUserSessionResponse()


@operation
async def admin_revoke_user_session(
    call: Call, request: AdminRevokeUserSessionRequest
) -> AdminRevokeUserSessionResponse:
    """End a session of this user."""
    user = await require_user(call.world, call.pool, request.username)
    await flow.end_session(call.world, user, request.session_id)
    return AdminRevokeUserSessionResponse()


@operation
async def get_user_pool_session_configuration(
    call: Call, request: GetUserPoolSessionConfigurationRequest
) -> GetUserPoolSessionConfigurationResponse:
    """Whether the pool tracks sessions, and how many one user may have."""
    pool_id = call.pool.pool_id
    tracking = await call.world.database.read(lambda tx: session_configurations.of_pool(tx, pool_id))
    return GetUserPoolSessionConfigurationResponse(
        user_pool_id=pool_id,
        user_session_tracking=STATES[tracking.enabled],
        token_session=UserPoolTokenSessionConfigType(max_per_user=tracking.most_per_user),
    )


@operation
async def set_user_pool_session_configuration(
    call: Call, request: SetUserPoolSessionConfigurationRequest
) -> SetUserPoolSessionConfigurationResponse:
    """Have the pool track sessions or not; sessions under way stay until their users sign in anew."""
    enabled = request.user_session_tracking == STATES[True]
    tracking = SessionTracking(enabled, request.token_session.max_per_user)
    await flow.configure_pool(call.world, call.pool, tracking)
    return SetUserPoolSessionConfigurationResponse(
        user_pool_id=call.pool.pool_id,
        user_session_tracking=request.user_session_tracking,
        token_session=request.token_session,
    )


@operation
async def get_user_pool_client_session_configuration(
    call: Call, request: GetUserPoolClientSessionConfigurationRequest
) -> GetUserPoolClientSessionConfigurationResponse:
    """How long the app client takes a sign-in through another client for its own."""
    client = call.client
    minutes = await call.world.database.read(
        lambda tx: session_configurations.of_client(tx, client.pool_id, client.client_id)
    )
    return GetUserPoolClientSessionConfigurationResponse(
        user_pool_id=client.pool_id,
        client_id=client.client_id,
        sso_session=ClientSSOSessionConfigType(max_validity_minutes=minutes),
    )


@operation
async def set_user_pool_client_session_configuration(
    call: Call, request: SetUserPoolClientSessionConfigurationRequest
) -> SetUserPoolClientSessionConfigurationResponse:
    """Set how long the app client takes a sign-in through another client for its own."""
    minutes = request.sso_session.max_validity_minutes
    await flow.configure_client(call.world, call.pool, call.client, minutes)
    return SetUserPoolClientSessionConfigurationResponse(
        user_pool_id=call.pool.pool_id, client_id=call.client.client_id, sso_session=request.sso_session
    )


async def _listed(
    call: Call, user: User, next_token: str | None, current: str | None = None
) -> list[SessionDescriptionType]:
    """A user has no more sessions than fit on a page, so that no token was ever given out for a second one."""
    key_of_token(call.world, f"UserSessions:{user.pool_id}:{user.sub}", next_token)
    return [shown(session, current) for session in await flow.sessions_of(call.world, user)]


def shown(session: TokenSession, current: str | None) -> SessionDescriptionType:
    """A session as lists show it."""
    assert session.trace is not None
    return SessionDescriptionType(
        session_id=session.trace.session_id,
        session_type="TOKEN",
        client_id=session.client_id,
        create_date=session.started_ms / 1000,
        last_active_date=session.trace.last_active_ms / 1000,
        device_type=session.trace.device_type,
        last_ip_address=session.trace.ip_address,
        last_location=NOWHERE,
        is_current_session=session.origin_jti == current,
    )
