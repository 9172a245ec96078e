"""What a sign-in may still ask for: one type for each challenge, each with the one method that answers it."""

import json
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Concatenate, Generic, ParamSpec, Self, TypeAlias, cast, overload

from cognomen_kit import proofs
from cognomen_kit.calls import Call, JsonObject
from cognomen_kit.core import Core
from cognomen_kit.drivers import AsyncDriver, Driver
from cognomen_kit.members import Attributes, read_members
from cognomen_kit.operations import Bound, Doubled, DriverT
from cognomen_kit.results import SignedIn, unverified_claims
from cognomen_kit.sealing import State, seal, ticket_of, ticket_state, unseal
from cognomen_kit.software_token import insist_verified, otpauth_uri
from cognomen_kit.tickets import Ticket, respond

P = ParamSpec("P")
AnyOutcome: TypeAlias = "SignedIn | Challenge[Any]"


class sign_in_step(Doubled, Generic[P]):  # noqa: N801 - it is used as a decorator
    """A step of a sign-in: it ends in tokens or in the next challenge, bound to the same client."""

    def __init__(self, method: Callable[Concatenate[Any, P], Call[AnyOutcome]]) -> None:
        super().__init__(method)

    @overload
    def __get__(self, owner: None, kind: type | None = None) -> Self: ...
    @overload
    def __get__(
        self, owner: AsyncDriver | Bound[AsyncDriver], kind: type | None = None
    ) -> "Callable[P, Coroutine[Any, Any, SignedIn | AsyncChallenge]]": ...
    @overload
    def __get__(
        self, owner: Driver | Bound[Driver], kind: type | None = None
    ) -> "Callable[P, SignedIn | SyncChallenge]": ...
    def __get__(self, owner: Any, kind: type | None = None) -> Any:
        return self if owner is None else self.bound_to(owner)


@dataclass(frozen=True)
class Challenge(Bound[DriverT]):
    """A sign-in that waits for its owner; after a wrong code the same challenge may be answered again."""

    client: DriverT = field(repr=False, compare=False)
    ticket: Ticket
    name: str
    parameters: Mapping[str, str] = field(repr=False)
    session: str | None = field(repr=False)
    available: tuple[str, ...] = ()

    @property
    def core(self) -> Core:
        """The client, seen as what operations stand on."""
        return cast("Core", self.client)

    @property
    def destination(self) -> str | None:
        """Where a code was sent, masked."""
        return self.parameters.get("CODE_DELIVERY_DESTINATION")

    def seal(self, key: bytes) -> str:
        """Text for a cookie, from which `resume` makes this challenge again, in any process with the key."""
        state = {
            "kind": type(self).__name__,
            "ticket": ticket_state(self.ticket),
            "name": self.name,
            "parameters": dict(self.parameters),
            "session": self.session,
            "available": self.available,
            "sealed_at": self.core.surroundings.clock(),
        }
        return seal(state, key, self.core.app.required_client_id)

    def _respond(self, responses: Mapping[str, str], session: str | None = None) -> Call[AnyOutcome]:
        session = self.session if session is None else session
        answer = yield from respond(self.core, self.ticket, self.name, responses, session)
        return (yield from settle(self.core, self.ticket, answer))

    def _listed(self, parameter: str) -> tuple[str, ...]:
        """A parameter that holds a list as JSON text."""
        return tuple(str(each) for each in json.loads(self.parameters.get(parameter) or "[]"))


class NewPassword(Challenge[DriverT]):
    """An administrator made this account: its owner has to choose a password."""

    @property
    def required_attributes(self) -> tuple[str, ...]:
        """The attributes that have to be given as well."""
        return tuple(name.removeprefix("userAttributes.") for name in self._listed("requiredAttributes"))

    @property
    def user_attributes(self) -> Attributes:
        """The attributes the account has already."""
        known: Attributes = json.loads(self.parameters.get("userAttributes") or "{}")
        return known

    @sign_in_step
    def answer(self, new_password: str, attributes: Attributes | None = None) -> Call[AnyOutcome]:
        """Set the password, and attributes that are still missing."""
        given = {f"userAttributes.{name}": value for name, value in (attributes or {}).items()}
        return (yield from self._respond({"NEW_PASSWORD": new_password, **given}))


class Totp(Challenge[DriverT]):
    """Asks for the code of an authenticator app."""

    @property
    def friendly_device_name(self) -> str | None:
        """The name its owner gave to the app."""
        return self.parameters.get("FRIENDLY_DEVICE_NAME")

    @sign_in_step
    def answer(self, code: str) -> Call[AnyOutcome]:
        """Send the six digits."""
        return (yield from self._respond({"SOFTWARE_TOKEN_MFA_CODE": code}))


class SmsCode(Challenge[DriverT]):
    """Asks for a code that went out by SMS, as second factor (SMS_MFA) or as first (SMS_OTP)."""

    @sign_in_step
    def answer(self, code: str) -> Call[AnyOutcome]:
        """Send the code."""
        return (yield from self._respond({f"{self.name}_CODE": code}))


class EmailCode(Challenge[DriverT]):
    """Asks for a code that went out by e-mail, as second factor or as first."""

    @sign_in_step
    def answer(self, code: str) -> Call[AnyOutcome]:
        """Send the code."""
        return (yield from self._respond({"EMAIL_OTP_CODE": code}))


class SelectMfa(Challenge[DriverT]):
    """Asks which second factor to use."""

    @property
    def choices(self) -> tuple[str, ...]:
        """`SMS_MFA`, `SOFTWARE_TOKEN_MFA`, `EMAIL_OTP`: the ones this account has."""
        return self._listed("MFAS_CAN_CHOOSE")

    @sign_in_step
    def answer(self, choice: str) -> Call[AnyOutcome]:
        """Choose."""
        return (yield from self._respond({"ANSWER": choice}))


class MfaSetup(Challenge[DriverT]):
    """The pool wants a second factor and the account has none yet."""

    @property
    def choices(self) -> tuple[str, ...]:
        """The factors that may be set up now."""
        return self._listed("MFAS_CAN_SETUP")

    @sign_in_step
    def answer(self, choice: str, contact: str | None = None) -> Call[AnyOutcome]:
        """Choose `SOFTWARE_TOKEN_MFA` (a `TotpSetup` follows), or another with the address for its codes."""
        if choice == "SOFTWARE_TOKEN_MFA":
            answer = yield from self.core.send("AssociateSoftwareToken", {"Session": self.session})
            parameters = {**self.parameters, "SecretCode": answer["SecretCode"]}
            return TotpSetup(self.client, self.ticket, self.name, parameters, answer["Session"])
        attribute = "phone_number" if choice == "SMS_MFA" else "email"
        return (yield from self._respond({attribute: contact} if contact else {}))


class TotpSetup(Challenge[DriverT]):
    """An authenticator app is being set up: show `secret_code` or `otpauth_uri`, then ask for a code."""

    @property
    def secret_code(self) -> str:
        """The secret that goes into the app, in base32."""
        return self.parameters["SecretCode"]

    def otpauth_uri(self, issuer: str, account: str | None = None) -> str:
        """What a QR code holds (Key URI format); the account is the username unless you say better."""
        return otpauth_uri(self.secret_code, issuer, account or self.ticket.username)

    @sign_in_step
    def answer(self, code: str, friendly_device_name: str | None = None) -> Call[AnyOutcome]:
        """Prove that the app is set up, and go on with the sign-in."""
        members = {"Session": self.session, "UserCode": code, "FriendlyDeviceName": friendly_device_name}
        verified = yield from self.core.send("VerifySoftwareToken", members)
        insist_verified(verified)
        return (yield from self._respond({}, verified.get("Session")))


class Passkey(Challenge[DriverT]):
    """Asks for a passkey."""

    @property
    def request_options(self) -> JsonObject:
        """What the browser's `navigator.credentials.get` takes as JSON."""
        options: JsonObject = json.loads(self.parameters["CREDENTIAL_REQUEST_OPTIONS"])
        return options

    @sign_in_step
    def answer(self, credential: Mapping[str, Any]) -> Call[AnyOutcome]:
        """Send what the browser answered: an AuthenticationResponseJSON."""
        return (yield from self._respond({"CREDENTIAL": json.dumps(credential)}))


class SelectChallenge(Challenge[DriverT]):
    """Asks how to sign in: the first factor is the person's choice."""

    @property
    def choices(self) -> tuple[str, ...]:
        """`PASSWORD`, `PASSWORD_SRP`, `EMAIL_OTP`, `SMS_OTP`, `WEB_AUTHN`: the ones this account has."""
        return self.available

    @sign_in_step
    def answer(self, choice: str, password: str | None = None) -> Call[AnyOutcome]:
        """Choose; `PASSWORD` and `PASSWORD_SRP` need the password."""
        if choice == "PASSWORD_SRP" and password is not None:
            return (yield from self._answer_with_srp(password))
        given = {} if password is None else {"PASSWORD": password}
        return (yield from self._respond({"ANSWER": choice, **given}))

    def _answer_with_srp(self, password: str) -> Call[AnyOutcome]:
        exchange = yield from proofs.begin_for_password(self.core)
        responses = {"ANSWER": "PASSWORD_SRP", "SRP_A": exchange.srp_a}
        answer = yield from respond(self.core, self.ticket, self.name, responses, self.session)
        if answer.get("ChallengeName") == "PASSWORD_VERIFIER":
            answer = yield from proofs.prove_password(self.core, self.ticket, exchange, answer, password)
        return (yield from settle(self.core, self.ticket, answer))


class Custom(Challenge[DriverT]):
    """A challenge of the pool's own triggers."""

    @property
    def public_parameters(self) -> Mapping[str, str]:
        """What the trigger wants the person to see."""
        return {name: value for name, value in self.parameters.items() if name != "USERNAME"}

    @sign_in_step
    def answer(self, answer: str) -> Call[AnyOutcome]:
        """Send the answer to the trigger that checks it."""
        return (yield from self._respond({"ANSWER": answer}))


class UnknownChallenge(Challenge[DriverT]):
    """A challenge that this version does not know: its parameters and responses stay in AWS's words."""

    @sign_in_step
    def answer(self, responses: Mapping[str, str]) -> Call[AnyOutcome]:
        """Send the responses; USERNAME and SECRET_HASH are added."""
        return (yield from self._respond(responses))


AsyncChallenge: TypeAlias = (
    NewPassword[AsyncDriver]
    | Totp[AsyncDriver]
    | SmsCode[AsyncDriver]
    | EmailCode[AsyncDriver]
    | SelectMfa[AsyncDriver]
    | MfaSetup[AsyncDriver]
    | TotpSetup[AsyncDriver]
    | Passkey[AsyncDriver]
    | SelectChallenge[AsyncDriver]
    | Custom[AsyncDriver]
    | UnknownChallenge[AsyncDriver]
)
SyncChallenge: TypeAlias = (
    NewPassword[Driver]
    | Totp[Driver]
    | SmsCode[Driver]
    | EmailCode[Driver]
    | SelectMfa[Driver]
    | MfaSetup[Driver]
    | TotpSetup[Driver]
    | Passkey[Driver]
    | SelectChallenge[Driver]
    | Custom[Driver]
    | UnknownChallenge[Driver]
)
KINDS: Mapping[str, type[Challenge[Any]]] = {
    "NEW_PASSWORD_REQUIRED": NewPassword,
    "SOFTWARE_TOKEN_MFA": Totp,
    "SMS_MFA": SmsCode,
    "SMS_OTP": SmsCode,
    "EMAIL_OTP": EmailCode,
    "SELECT_MFA_TYPE": SelectMfa,
    "MFA_SETUP": MfaSetup,
    "WEB_AUTHN": Passkey,
    "SELECT_CHALLENGE": SelectChallenge,
    "CUSTOM_CHALLENGE": Custom,
}
SEALED_KINDS: Mapping[str, type[Challenge[Any]]] = {
    kind.__name__: kind for kind in (*KINDS.values(), TotpSetup, UnknownChallenge)
}


def settle(core: Core, ticket: Ticket, answer: JsonObject) -> Call[AnyOutcome]:
    """Tokens, or the next challenge; a remembered device proves itself without asking anybody."""
    while answer.get("ChallengeName") == "DEVICE_SRP_AUTH" and ticket.device is not None:
        answer = yield from proofs.prove_device(core, ticket, ticket.device, answer)
    result = answer.get("AuthenticationResult")
    return challenge_of(core, ticket, answer) if result is None else signed_in(core, ticket.username, result)


def challenge_of(core: Core, ticket: Ticket, answer: JsonObject) -> Challenge[Any]:
    """The typed challenge of an answer that has no tokens."""
    name = str(answer.get("ChallengeName"))
    return KINDS.get(name, UnknownChallenge)(
        client=cast("Any", core),
        ticket=ticket.of_answer(answer),
        name=name,
        parameters=answer.get("ChallengeParameters") or {},
        session=answer.get("Session"),
        available=tuple(answer.get("AvailableChallenges") or ()),
    )


def resume(core: Core, sealed: str, keys: tuple[bytes, ...]) -> Challenge[Any]:
    """The challenge that was sealed under one of the keys; raises `SealRefused`."""
    state: State = unseal(sealed, keys, core.app.required_client_id, core.surroundings.clock())
    kind = SEALED_KINDS[state["kind"]]
    ticket, available = ticket_of(state["ticket"]), tuple(state["available"])
    return kind(cast("Any", core), ticket, state["name"], state["parameters"], state["session"], available)


def signed_in(core: Core, username: str | None, result: JsonObject) -> SignedIn:
    """The tokens, and whose they are; the name is remembered for the SECRET_HASH of a later refresh."""
    tokens = read_members(SignedIn, result)
    canonical = unverified_claims(tokens.access_token).get("username") or username
    if tokens.refresh_token is not None and canonical is not None:
        core.names.remember(tokens.refresh_token, canonical)
    return replace(tokens, username=canonical)
