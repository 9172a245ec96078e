"""Signing in: which flow may run for whom, and what it needs (reference 05, flow table)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import RefreshToken
from cognomen.domain.user import User, UserStatus
from cognomen.flows.accounts import find_user
from cognomen.flows.tokens import Origin, Tokens, digest_of, new_refresh_token, refresh_row, sign_tokens
from cognomen.services import Services
from cognomen.storage import refresh_tokens, users
from cognomen.storage.database import Tx


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: the AuthParameters, and whether an administrator makes it."""

    pool: UserPool
    client: AppClient
    parameters: Mapping[str, str] = field(repr=False)
    by_admin: bool


Step = Callable[[Services, Attempt], Awaitable[Tokens]]


@dataclass(frozen=True, slots=True)
class Flow:
    """Who may begin a flow, which ExplicitAuthFlows allow it, and the parameters that it cannot do without."""

    public: bool
    admin: bool
    allowed_by: frozenset[str]
    required: tuple[str, ...]
    run: Step


async def initiate(world: Services, flow_name: str, attempt: Attempt) -> Tokens:
    """Begin a flow. Raises InvalidParameterException where it may not run, and whatever its step refuses."""
    refuse_unbuilt(flow_name, attempt)
    flow = FLOWS[flow_name]
    if not (flow.admin if attempt.by_admin else flow.public):
        raise errors.FlowNotSupportedHere
    if not flow.allowed_by & attempt.client.flows:
        raise not_enabled(flow_name, attempt)
    for name in flow.required:
        if not attempt.parameters.get(name):
            raise errors.MissingParameter(name=name)
    return await flow.run(world, attempt)


def not_enabled(flow_name: str, attempt: Attempt) -> errors.InvalidParameterException:
    """The refusal of a flow that the client does not allow; worded by who asks (reference 02)."""
    if attempt.by_admin or flow_name in REFRESHES:
        return errors.AdminFlowNotEnabled()
    if flow_name == "USER_SRP_AUTH":
        return errors.SrpFlowNotEnabled()
    return errors.FlowNotEnabled(flow=flow_name)


def refuse_unbuilt(flow_name: str, attempt: Attempt) -> None:
    """Refuse a flow that is not built: first as AWS would, else with the reason."""
    if flow_name not in UNBUILT:
        return
    if not UNBUILT[flow_name] & attempt.client.flows:
        raise not_enabled(flow_name, attempt)
    if flow_name == "CUSTOM_AUTH":  # no pool has triggers yet, so AWS would refuse it too
        raise errors.InvalidParameterException("Custom auth lambda trigger is not configured for the user pool.")
    raise errors.NotSupportedYet(member=f"AuthFlow {flow_name}", reason="this flow is not built")


async def by_password(world: Services, attempt: Attempt) -> Tokens:
    """Compare the password with its hash.

    Raises NotAuthorizedException, UserNotFoundException (where the client does not hide existence),
    UserIsDisabled, UserNotConfirmedException, PasswordResetRequiredException, TooManyRequestsException.
    """
    user = await find_user(world, attempt.pool, attempt.parameters["USERNAME"])
    if user is None and not attempt.client.hides_existence:
        raise errors.UserNotFoundException
    password = attempt.parameters["PASSWORD"]
    verdict = await world.passwords.check(user.password if user else None, password)
    if user is None or not verdict.right:
        raise errors.NotAuthorizedException
    refuse_by_state(user)
    if verdict.outdated:
        stronger = await world.passwords.keep(user.pool_id, user.username, password, world.now_ms())
        await world.database.write(lambda tx: users.save_password(tx, user, stronger))
    return await give_tokens(world, attempt, user)


def refuse_by_state(user: User) -> None:
    """Refuse an account that may not sign in now, its password being right."""
    if not user.enabled:
        raise errors.UserIsDisabled
    if user.status is UserStatus.UNCONFIRMED:
        raise errors.UserNotConfirmedException
    if user.status is UserStatus.RESET_REQUIRED:
        raise errors.PasswordResetRequiredException
    if user.status is not UserStatus.CONFIRMED:
        raise errors.NotAuthorizedException


async def give_tokens(world: Services, attempt: Attempt, user: User) -> Tokens:
    """Sign a new session's tokens; the refresh token is on disk before anybody sees it."""
    origin = Origin(world.ids.uuid(), world.now_ms() // 1000)
    tokens = await sign_tokens(world, attempt.pool, attempt.client, user, origin)
    refresh_token = new_refresh_token(world)
    row = refresh_row(world, attempt.client, user, origin, refresh_token)
    await world.database.write(lambda tx: refresh_tokens.insert(tx, row))
    return Tokens(tokens.id_token, tokens.access_token, refresh_token, tokens.expires_in)


async def by_refresh_token(world: Services, attempt: Attempt) -> Tokens:
    """New ID and access tokens of the same origin; the refresh token stays (reference 07).

    Raises RefreshTokenInvalid, RefreshTokenExpired, UserIsDisabled, SecretHashMissing, SecretHashOfOtherName.
    """
    client = attempt.client
    secret_hash = attempt.parameters.get("SECRET_HASH")
    if client.secrets and not secret_hash:
        raise errors.SecretHashMissing(client_id=client.client_id)
    digest = digest_of(attempt.parameters["REFRESH_TOKEN"])

    async def look(tx: Tx) -> tuple[RefreshToken | None, User | None]:
        row = await refresh_tokens.get(tx, attempt.pool.pool_id, digest)
        return row, await users.by_sub(tx, row.pool_id, row.sub) if row else None

    row, user = await world.database.read(look)
    if row is None or user is None or row.client_id != client.client_id:
        raise errors.RefreshTokenInvalid
    if row.expires_ms <= world.now_ms():
        raise errors.RefreshTokenExpired
    if client.secrets and not client.proves(user.username, secret_hash or ""):
        raise errors.SecretHashOfOtherName(client_id=client.client_id)
    if not user.enabled:
        raise errors.UserIsDisabled
    return await sign_tokens(world, attempt.pool, client, user, Origin(row.origin_jti, row.auth_time))


REFRESHES = frozenset({"REFRESH_TOKEN_AUTH", "REFRESH_TOKEN"})
LEGACY_FLOWS = frozenset({"ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH"})
NAME_AND_PASSWORD = ("USERNAME", "PASSWORD")

_password = Flow(
    public=True,
    admin=False,
    allowed_by=frozenset({"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"}),
    required=NAME_AND_PASSWORD,
    run=by_password,
)
_admin_password = Flow(
    public=False,
    admin=True,
    allowed_by=frozenset({"ALLOW_ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH"}),
    required=NAME_AND_PASSWORD,
    run=by_password,
)
_refresh = Flow(
    public=True,
    admin=True,
    allowed_by=frozenset({"ALLOW_REFRESH_TOKEN_AUTH"}) | LEGACY_FLOWS,
    required=("REFRESH_TOKEN",),
    run=by_refresh_token,
)
FLOWS: Mapping[str, Flow] = {
    "USER_PASSWORD_AUTH": _password,
    "ADMIN_USER_PASSWORD_AUTH": _admin_password,
    "ADMIN_NO_SRP_AUTH": _admin_password,
    "REFRESH_TOKEN_AUTH": _refresh,
    "REFRESH_TOKEN": _refresh,
}
UNBUILT: Mapping[str, frozenset[str]] = {
    "USER_SRP_AUTH": frozenset({"ALLOW_USER_SRP_AUTH"}) | (LEGACY_FLOWS - {"CUSTOM_AUTH_FLOW_ONLY"}),
    "CUSTOM_AUTH": frozenset({"ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"}),
    "USER_AUTH": frozenset({"ALLOW_USER_AUTH"}),
}
