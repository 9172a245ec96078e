"""Signing in: which flow may run for whom, and what it needs (reference 05, flow table)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace

from cognomen import errors
from cognomen.domain.account_states import check_may_sign_in
from cognomen.domain.app_client import LEGACY_FLOWS, REFRESHES, AppClient
from cognomen.domain.challenges import OPENINGS, Situation, Step
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import NOBODY_KNOWS, Visitor
from cognomen.domain.user import User
from cognomen.flows import custom_auth, first_factors, hand_over, srp
from cognomen.flows.accounts import find_user
from cognomen.flows.challenges import Challenge, go_on, put_decided
from cognomen.flows.imagined import imagined_chooser
from cognomen.flows.lockout import Suspect, find_suspect
from cognomen.flows.migration import Stranger, migrate_at_sign_in, migrates
from cognomen.flows.password_sign_in import show_password
from cognomen.flows.rotation import Refresh, refresh
from cognomen.flows.run_trigger import pre_authentication
from cognomen.flows.tokens import Tokens
from cognomen.services import Services


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to sign in: the AuthFlow, the AuthParameters, whether an administrator makes it, and from where."""

    pool: UserPool
    client: AppClient
    flow: str
    parameters: Mapping[str, str] = field(repr=False)
    by_admin: bool
    visitor: Visitor = NOBODY_KNOWS
    session: str | None = field(default=None, repr=False)  # of ConfirmSignUp

    @property
    def device_key(self) -> str:
        """Of the device that the client says it is on."""
        return self.parameters.get("DEVICE_KEY") or ""


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


async def by_password(world: Services, attempt: Attempt) -> Tokens | Challenge:
    """Compare the password with its hash.

    Raises NotAuthorizedException, PasswordAttemptsExceeded, UserNotFoundException (where the client does not hide
    existence), UserIsDisabled, UserNotConfirmedException, PasswordResetRequiredException, TemporaryPasswordExpired,
    TooManyRequestsException.
    """
    world.passwords.expect_room()
    suspect = await find_suspect(world, attempt.pool, attempt.parameters["USERNAME"])
    if suspect.user is None and migrates(attempt.pool):
        suspect = await _migrated(world, attempt, suspect)
    user = suspect.user
    if user is None and not attempt.client.hides_existence:
        raise errors.UserNotFoundException
    user = await show_password(world, attempt.pool, attempt.client, suspect, attempt.parameters)
    passed = (Step.PASSWORD,)
    begun = attempt.flow, attempt.pool, attempt.client, user, passed
    return await go_on(world, Situation(*begun, attempt.visitor, device_key=attempt.device_key))


async def _migrated(world: Services, attempt: Attempt, suspect: Suspect) -> Suspect:
    """Whoever signs in, once the pool's trigger has brought the account."""
    name = attempt.parameters["USERNAME"]
    stranger = Stranger(attempt.client, name, attempt.parameters["PASSWORD"])
    await migrate_at_sign_in(world, attempt.pool, stranger, suspect)
    return await find_suspect(world, attempt.pool, name)


async def by_srp(world: Services, attempt: Attempt) -> Challenge:
    """Ask for a proof that the user knows the password; the challenge has no Session.

    Raises InvalidParameterException, UserNotFoundException, UserNotConfirmedException, TooManyRequestsException.
    """
    name, srp_a = attempt.parameters["USERNAME"], attempt.parameters["SRP_A"]
    opening = srp.Opening(attempt.pool, attempt.client, attempt.flow, name, srp_a, attempt.device_key)
    return Challenge(Step.PASSWORD_VERIFIER, await srp.challenge(world, opening), session=None)


async def by_custom(world: Services, attempt: Attempt) -> Tokens | Challenge:
    """Have the pool's triggers lead the sign-in; with CHALLENGE_NAME = SRP_A it begins with a proof of the password.

    Raises CustomAuthNotConfigured, MissingParameter, UserNotFoundException, what refuses an account that may not sign
    in, and what comes of the triggers.
    """
    pool, client, name = attempt.pool, attempt.client, attempt.parameters["USERNAME"]
    custom_auth.require_triggers(pool)
    user = await find_user(world, pool, name)
    if user is None and not client.hides_existence:
        raise errors.UserNotFoundException
    if user is not None:
        check_may_sign_in(pool.password_policy, user, world.now_ms())
    asked = user or custom_auth.nobody(world, pool, name)
    situation = Situation(attempt.flow, pool, client, asked, (), attempt.visitor, device_key=attempt.device_key)
    if attempt.parameters.get("CHALLENGE_NAME") == "SRP_A":
        return await _custom_by_srp(world, attempt, situation)
    await pre_authentication(world, pool, client, user, name)
    return await go_on(world, situation)


async def _custom_by_srp(world: Services, attempt: Attempt, situation: Situation) -> Tokens | Challenge:
    if not attempt.parameters.get("SRP_A"):
        raise errors.MissingParameter(name="SRP_A")
    decided, step = await custom_auth.decide(world, replace(situation, history=custom_auth.SRP_A))
    return await (by_srp(world, attempt) if step is Step.PASSWORD_VERIFIER else put_decided(world, decided, step))


async def by_choice(world: Services, attempt: Attempt) -> Tokens | Challenge:
    """Let the user choose how to sign in, or begin with what is preferred; a Session of ConfirmSignUp is a beginning.

    Raises NotAnOpening, NotSupportedYet, UserNotFoundException, what refuses an account that may not sign in, and what
    the step refuses that comes next.
    """
    _refuse_step_up(attempt)
    preferred, user = _preferred(attempt), await find_user(world, attempt.pool, attempt.parameters["USERNAME"])
    whole_password = preferred is Step.PASSWORD and bool(attempt.parameters.get("PASSWORD"))
    if user is None and whole_password and not attempt.session:  # whom a trigger may bring
        return await by_password(world, attempt)
    if user is None and not attempt.client.hides_existence:
        raise errors.UserNotFoundException
    asked = user or imagined_chooser(world, attempt.pool, attempt.parameters["USERNAME"])
    begun = attempt.flow, attempt.pool, attempt.client, asked, ()
    situation = Situation(*begun, attempt.visitor, device_key=attempt.device_key)
    if attempt.session:
        resumed = await hand_over.resume(world, situation, attempt.session)
        await first_factors.announce(world, situation)
        return await go_on(world, resumed.situation, resumed.also)
    if preferred not in situation.available:
        check_may_sign_in(attempt.pool.password_policy, asked, world.now_ms())
        return await go_on(world, situation)
    if whole_password:
        return await by_password(world, attempt)
    if preferred is Step.PASSWORD_SRP and attempt.parameters.get("SRP_A"):
        return replace(await by_srp(world, attempt), available=situation.available)
    check_may_sign_in(attempt.pool.password_policy, asked, world.now_ms())
    if preferred not in first_factors.PASSWORDS:
        await first_factors.announce(world, situation)
    return await go_on(world, replace(situation, opening=preferred))


def _preferred(attempt: Attempt) -> Step | None:
    name = attempt.parameters.get("PREFERRED_CHALLENGE")
    if not name:
        return None
    if name not in OPENINGS:
        raise errors.NotAnOpening(name=name)
    return Step(name)


def _refuse_step_up(attempt: Attempt) -> None:
    for name in ("TARGET_ACR_VALUES", "ACCESS_TOKEN", "MAX_AGE"):
        if attempt.parameters.get(name):
            raise errors.NotSupportedYet(member=name, reason="step-up authentication is not built yet")


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

    token = attempt.parameters["REFRESH_TOKEN"]
    asked = Refresh(attempt.pool, client, token, attempt.visitor, prove, device_key=attempt.device_key)
    try:
        return await refresh(world, asked)
    except errors.RefreshTokenReuseException as reused:  # from before the client stopped to rotate; not modelled here
        raise errors.RefreshTokenRevoked from reused


NAME_AND_PASSWORD = ("USERNAME", "PASSWORD")

_password = Flow(
    public=True,
    admin=False,
    allowed_by=frozenset({"ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH"}),
    required=NAME_AND_PASSWORD,
    run=by_password,
)
_srp = Flow(
    public=True,
    admin=True,
    allowed_by=frozenset({"ALLOW_USER_SRP_AUTH"}) | (LEGACY_FLOWS - {"CUSTOM_AUTH_FLOW_ONLY"}),
    required=("USERNAME", "SRP_A"),
    run=by_srp,
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
_custom = Flow(
    public=True,
    admin=True,
    allowed_by=frozenset({"ALLOW_CUSTOM_AUTH", "CUSTOM_AUTH_FLOW_ONLY"}),
    required=("USERNAME",),
    run=by_custom,
)
_choice = Flow(
    public=True,
    admin=True,
    allowed_by=frozenset({hand_over.ALLOWED_BY}),
    required=("USERNAME",),
    run=by_choice,
)
FLOWS: Mapping[str, Flow] = {
    "USER_AUTH": _choice,
    "USER_PASSWORD_AUTH": _password,
    "USER_SRP_AUTH": _srp,
    "CUSTOM_AUTH": _custom,
    "ADMIN_USER_PASSWORD_AUTH": _admin_password,
    "ADMIN_NO_SRP_AUTH": _admin_password,
    "REFRESH_TOKEN_AUTH": _refresh,
    "REFRESH_TOKEN": _refresh,
}
