"""Who is calling: one function for each access class, so that no operation can forget to ask."""

import hmac
from collections.abc import Awaitable, Callable, Mapping

from cognomen import errors
from cognomen.api.call import Call, Head
from cognomen.api.permissions import require_permission
from cognomen.domain.app_client import REFRESHES, AppClient
from cognomen.flows.access_tokens import user_of_access_token
from cognomen.flows.challenge_sessions import open_session
from cognomen.services import Services
from cognomen.wire._base import Access, Operation, WireStruct

# Members named ClientId that may hold something else than a client.
ALL_CLIENTS = "ALL"
UNKNOWN_CALLER = (
    errors.ResourceNotFoundException,
    errors.UserNotFoundException,
    errors.NotAuthorizedException,
    errors.PasswordResetRequiredException,
)
NOT_AUTHORIZED = (errors.NotAuthorizedException, errors.UnauthorizedException)


async def identify(world: Services, operation: Operation, head: Head, request: WireStruct) -> Call:
    """Authenticate the call by its operation's access class; raises what that class refuses with.

    Who signed and may not make the call learns nothing more, not even whether what they name exists.
    """
    if head.principal is not None:
        await require_permission(world, operation, head, request)
    try:
        return await IDENTIFY[operation.access](world, head, request)
    except UNKNOWN_CALLER as refusal:
        raise as_modelled(operation, refusal) from refusal


def as_modelled(operation: Operation, refusal: errors.Refusal) -> errors.Refusal:
    """The refusal under a name that the operation's model has: RevokeToken, for one, only knows "unauthorized"."""
    if refusal.wire_name in operation.errors:
        return refusal
    known = (name for name in NOT_AUTHORIZED if name.__name__ in operation.errors)
    return next(known, type(refusal))(str(refusal))


async def by_signature(world: Services, head: Head, request: WireStruct) -> Call:
    """IAM: the signature was verified before the body was read; the pool and client it names must exist."""
    if head.principal is None:
        raise errors.MissingAuthenticationTokenException
    pool_id, client_id = getattr(request, "user_pool_id", None), getattr(request, "client_id", None)
    pool = await world.directory.pool(pool_id) if pool_id else None
    client = None
    if pool is not None and client_id and client_id != ALL_CLIENTS:
        client = await world.directory.client(client_id)
        if client.pool_id != pool.pool_id:
            raise errors.ClientDoesNotExist(client_id=client_id)
        check_secret_hash(client, request)
    return Call(world, head, known_pool=pool, known_client=client)


async def by_client(world: Services, head: Head, request: WireStruct) -> Call:
    """The app client named must exist, and know its secret where it has one."""
    client = await world.directory.client(getattr(request, "client_id", ""))
    check_secret_hash(client, request)
    return Call(world, head, known_pool=await world.directory.pool(client.pool_id), known_client=client)


async def by_access_token(world: Services, head: Head, request: WireStruct) -> Call:
    """The caller's own access token must be live."""
    holder = await user_of_access_token(world, getattr(request, "access_token", None) or "")
    return Call(world, head, holder.pool, holder.client, holder.user, holder.claims)


async def by_token_or_session(world: Services, head: Head, request: WireStruct) -> Call:
    """An access token, or the session of a challenge under way."""
    if getattr(request, "access_token", None):
        return await by_access_token(world, head, request)
    session = open_session(world, getattr(request, "session", None) or "")
    pool, client = await world.directory.pool(session.pool_id), await world.directory.client(session.client_id)
    return Call(world, head, known_pool=pool, known_client=client)


async def by_signature_or_client(world: Services, head: Head, request: WireStruct) -> Call:
    """The app client with its secret, or signed without it (reference 01, unsigned operations).

    A secret that an operation insists on is checked whoever signed: AWS asks no policy there.
    """
    client = await world.directory.client(getattr(request, "client_id", ""))
    given = getattr(request, "client_secret", None) or getattr(request, "secret", None)
    if head.principal is None or given:
        require_client_secret(client, given)
    return Call(world, head, known_pool=await world.directory.pool(client.pool_id), known_client=client)


async def by_feedback_token(world: Services, head: Head, request: WireStruct) -> Call:
    """The token of a mail, which the operation opens with the event that it speaks of."""
    return Call(world, head, known_pool=await world.directory.pool(getattr(request, "user_pool_id", "")))


async def by_logins(world: Services, head: Head, request: WireStruct) -> Call:
    """Identity pools check the logins themselves."""
    return Call(world, head)


IDENTIFY: Mapping[Access, Callable[[Services, Head, WireStruct], Awaitable[Call]]] = {
    Access.IAM: by_signature,
    Access.CLIENT: by_client,
    Access.ACCESS_TOKEN: by_access_token,
    Access.TOKEN_OR_SESSION: by_token_or_session,
    Access.IAM_OR_CLIENT: by_signature_or_client,
    Access.FEEDBACK_TOKEN: by_feedback_token,
    Access.LOGINS: by_logins,
}


def check_secret_hash(client: AppClient, request: WireStruct) -> None:
    """Check the SECRET_HASH wherever the request carries it: a member, AuthParameters or ChallengeResponses.

    A refresh is checked by its flow, since the hash is made with the name that only the token tells.
    """
    if hasattr(request, "secret_hash"):
        client.require_secret_hash(getattr(request, "username", ""), request.secret_hash)
    elif hasattr(request, "auth_parameters"):
        if getattr(request, "auth_flow", None) not in REFRESHES:
            check_carried_hash(client, request.auth_parameters or {})
    elif hasattr(request, "challenge_responses"):
        check_carried_hash(client, request.challenge_responses or {})
    elif hasattr(request, "refresh_token") or hasattr(request, "token"):
        require_client_secret(client, getattr(request, "client_secret", None))


def check_carried_hash(client: AppClient, parameters: Mapping[str, str]) -> None:
    """Check a SECRET_HASH that stands beside its USERNAME."""
    if client.secrets and not parameters.get("USERNAME"):
        raise errors.MissingParameter(name="USERNAME")
    client.require_secret_hash(parameters.get("USERNAME", ""), parameters.get("SECRET_HASH"))


def require_client_secret(client: AppClient, given: str | None) -> None:
    """Where a client has secrets, one of them must be given as it is."""
    matches = [hmac.compare_digest(secret.value.encode(), (given or "").encode()) for secret in client.secrets]
    if client.secrets and not any(matches):
        raise errors.ClientSecretWrong(client_id=client.client_id)
