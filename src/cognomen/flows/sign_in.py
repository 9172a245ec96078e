"""Signing in: which flow may run for whom, and what it needs (reference 05, flow table)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.account_states import check_may_sign_in
from cognomen.domain.app_client import AppClient
from cognomen.domain.challenges import Situation, Step
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import NOBODY_KNOWS, Visitor
from cognomen.domain.user import User
from cognomen.flows.challenges import Challenge, go_on
from cognomen.flows.lockout import find_suspect, judge_password
from cognomen.flows.rotation import Refresh, refresh
from cognomen.flows.tokens import Tokens
from cognomen.services import Services
from cognomen.storage import users


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: the AuthFlow, the AuthParameters, whether an administrator makes it, and from where."""

    pool: UserPool
    client: AppClient
    flow: str
    parameters: Mapping[str, str] = field(repr=False)
    by_admin: bool
    visitor: Visitor = NOBODY_KNOWS


Run = Callable[[Services, Attempt], Awaitable[Tokens | Challenge]]


@dataclass(frozen=True, slots=True)
class Flow:
    """Who may begin a flow, which ExplicitAuthFlows allow it, and the parameters that it cannot do without."""

    public: bool
    admin: bool
    allowed_by: frozenset[str]
    required: tuple[str, ...]
    run: Run


async def initiate(world: Services, attempt: Attempt) -> Tokens | Challenge:
    """Begin a flow. Raises InvalidParameterException where it may not run, and whatever its step refuses."""
    refuse_unbuilt(attempt)
    flow = FLOWS[attempt.flow]
    if not (flow.admin if attempt.by_admin else flow.public):
        raise errors.FlowNotSupportedHere
    if not flow.allowed_by & attempt.client.flows or (attempt.flow in REFRESHES and attempt.client.rotates):
        raise not_enabled(attempt)
    for name in flow.required:
        if not attempt.parameters.get(name):
            raise errors.MissingParameter(name=name)
    return await flow.run(world, attempt)


def not_enabled(attempt: Attempt) -> errors.InvalidParameterException:
    """The refusal of a flow that the client does not allow; worded by who asks (reference 02)."""
    if attempt.by_admin or attempt.flow in REFRESHES:
        return errors.AdminFlowNotEnabled()
    if attempt.flow == "USER_SRP_AUTH":
        return errors.SrpFlowNotEnabled()
    return errors.FlowNotEnabled(flow=attempt.flow)


def refuse_unbuilt(attempt: Attempt) -> None:
    """Refuse a flow that is not built: first as AWS would, else with the reason."""
    if attempt.flow not in UNBUILT:
        return
    if not UNBUILT[attempt.flow] & attempt.client.flows:
        raise not_enabled(attempt)
    if attempt.flow == "CUSTOM_AUTH":  # no pool has triggers yet, so AWS would refuse it too
        raise errors.InvalidParameterException("Custom auth lambda trigger is not configured for the user pool.")
    raise errors.NotSupportedYet(member=f"AuthFlow {attempt.flow}", reason="this flow is not built")


async def by_password(world: Services, attempt: Attempt) -> Tokens | Challenge:
    """Compare the password with its hash.

    Raises NotAuthorizedException, PasswordAttemptsExceeded, UserNotFoundException (where the client does not hide
    existence), UserIsDisabled, UserNotConfirmedException, PasswordResetRequiredException, TemporaryPasswordExpired,
    TooManyRequestsException.
    """
    suspect = await find_suspect(world, attempt.pool, attempt.parameters["USERNAME"])
    user = suspect.user
    if user is None and not attempt.client.hides_existence:
        raise errors.UserNotFoundException
    password = attempt.parameters["PASSWORD"]
    verdict = await judge_password(world, suspect, password)
    assert user is not None, "a password that is right is somebody's"
    check_may_sign_in(attempt.pool.password_policy, user, world.now_ms())
    if verdict.outdated:
        stronger = await world.passwords.keep(user.pool_id, user.username, password, user.password_set_ms)
        await world.database.write(lambda tx: users.save_password(tx, user, stronger))
    passed = (Step.PASSWORD,)
    return await go_on(world, Situation(attempt.flow, attempt.pool, attempt.client, user, passed, attempt.visitor))


async def by_refresh_token(world: Services, attempt: Attempt) -> Tokens:
    """New ID and access tokens of the same origin; the refresh token stays (reference 07).

    Raises RefreshTokenInvalid, RefreshTokenRevoked, RefreshTokenExpired, UserIsDisabled,
    PasswordResetRequiredException, SecretHashMissing, SecretHashOfOtherName.
    """
    client = attempt.client
    secret_hash = attempt.parameters.get("SECRET_HASH") or ""
    if client.secrets and not secret_hash:
        raise errors.SecretHashMissing(client_id=client.client_id)

    def prove(user: User) -> None:
        if client.secrets and not client.proves(user.username, secret_hash):
            raise errors.SecretHashOfOtherName(client_id=client.client_id)

    asked = Refresh(attempt.pool, client, attempt.parameters["REFRESH_TOKEN"], attempt.visitor, prove)
    try:
        return await refresh(world, asked)
    except errors.RefreshTokenReuseException as reused:  # from before the client stopped to rotate; not modelled here
        raise errors.RefreshTokenRevoked from reused


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
