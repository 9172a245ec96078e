"""Signing in: every flow begins here and ends in tokens or in a typed challenge."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from cognomen_kit import proofs
from cognomen_kit.calls import Call, JsonObject
from cognomen_kit.challenges import AnyOutcome, settle, sign_in_step
from cognomen_kit.context import NO_CONTEXT, Context
from cognomen_kit.core import Core
from cognomen_kit.errors import ResourceNotFoundException
from cognomen_kit.tickets import RememberedDevice, Ticket, initiate

FlowName: TypeAlias = Literal[
    "USER_SRP_AUTH", "USER_PASSWORD_AUTH", "USER_AUTH", "CUSTOM_AUTH", "ADMIN_USER_PASSWORD_AUTH"
]
FirstFactor: TypeAlias = Literal["PASSWORD", "PASSWORD_SRP", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]


@dataclass(frozen=True, slots=True)
class UserAuth:
    """The choice flow, with a preferred first factor or the session of a fresh confirmation."""

    preferred_challenge: FirstFactor | None = None
    session: str | None = field(default=None, repr=False)


Flow: TypeAlias = FlowName | UserAuth


class SignIn(Core):
    """The one way in."""

    @sign_in_step
    def sign_in(
        self,
        username: str,
        password: str | None = None,
        *,
        flow: Flow = "USER_SRP_AUTH",
        device: RememberedDevice | None = None,
        context: Context = NO_CONTEXT,
    ) -> Call[AnyOutcome]:
        """Begin a sign-in under a username or an alias (InitiateAuth).

        SRP never sends the password and needs the pool's id; `USER_PASSWORD_AUTH` sends it; `USER_AUTH` lets
        the person choose; `CUSTOM_AUTH` asks the pool's triggers, after SRP where a password is given.
        """
        ticket = Ticket(username, flow == "ADMIN_USER_PASSWORD_AUTH", device, context)
        plan = _plan(flow, password)
        try:
            answer = yield from _begin(self, ticket, plan, password or "")
        except ResourceNotFoundException as error:
            if device is None or "device" not in error.message.lower():
                raise
            ticket = replace(ticket, device=None)  # the service has forgotten the device
            answer = yield from _begin(self, ticket, plan, password or "")
        return (yield from settle(self, ticket, answer))


@dataclass(frozen=True, slots=True)
class _Plan:
    flow: str
    parameters: Mapping[str, str] = field(repr=False, default_factory=dict)
    srp: bool = False
    session: str | None = field(repr=False, default=None)


def _plan(flow: Flow, password: str | None) -> _Plan:
    """What a flow sends first."""
    if flow == "USER_AUTH":
        flow = UserAuth()
    if isinstance(flow, UserAuth):
        return _choice_plan(flow, password)
    if flow == "CUSTOM_AUTH":
        return _Plan(flow, {"CHALLENGE_NAME": "SRP_A"}, srp=True) if password else _Plan(flow)
    if password is None:
        raise TypeError(f"{flow} needs a password")
    return _Plan(flow, srp=True) if flow == "USER_SRP_AUTH" else _Plan(flow, {"PASSWORD": password})


def _choice_plan(flow: UserAuth, password: str | None) -> _Plan:
    """A password without a stated preference prefers SRP."""
    preferred = flow.preferred_challenge or ("PASSWORD_SRP" if password is not None else None)
    parameters: dict[str, str] = {} if preferred is None else {"PREFERRED_CHALLENGE": preferred}
    if preferred == "PASSWORD" and password is not None:
        parameters["PASSWORD"] = password
    return _Plan("USER_AUTH", parameters, preferred == "PASSWORD_SRP", flow.session)


def _begin(core: Core, ticket: Ticket, plan: _Plan, password: str) -> Call[JsonObject]:
    if not plan.srp:
        return (yield from initiate(core, ticket, plan.flow, plan.parameters, plan.session))
    exchange = yield from proofs.begin_for_password(core)
    parameters = {**plan.parameters, "SRP_A": exchange.srp_a}
    answer = yield from initiate(core, ticket, plan.flow, parameters, plan.session)
    if answer.get("ChallengeName") == "PASSWORD_VERIFIER":
        answer = yield from proofs.prove_password(core, ticket, exchange, answer, password)
    return answer
