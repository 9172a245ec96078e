"""A form for each kind of challenge, and how its fields answer it."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias, TypeVar

from cognomen_kit.calls import Call
from cognomen_kit.challenges import (
    AnyOutcome,
    Challenge,
    Custom,
    EmailCode,
    MfaSetup,
    NewPassword,
    Passkey,
    SelectChallenge,
    SelectMfa,
    SmsCode,
    Totp,
    TotpSetup,
)
from cognomen_kit.errors import NOT_POSSIBLE, CognitoError, InvalidParameterException
from cognomen_kit.web.fields import CODE, EMAIL, NEW_PASSWORD, PHONE, Field, Form
from cognomen_kit.web.forms import START_AGAIN

Values: TypeAlias = Mapping[str, str]
ChallengeT = TypeVar("ChallengeT", bound=Challenge[Any])

LABELS = {
    "SOFTWARE_TOKEN_MFA": "Authenticator app",
    "SMS_MFA": "Code by SMS",
    "SMS_OTP": "Code by SMS",
    "EMAIL_OTP": "Code by e-mail",
    "PASSWORD": "Password",
    "PASSWORD_SRP": "Password",
    "WEB_AUTHN": "Passkey",
}
ATTRIBUTE_FIELDS = {"email": EMAIL, "phone_number": PHONE}
PASSWORD_IF_CHOSEN = Field(
    "password", "Password", "password", "current-password", required=False, hint="Only to sign in with a password"
)


class NoSuchPage(CognitoError):  # noqa: N818 - named as the refusals of AWS are, not as Python's
    """The pool asks for something that these pages do not know."""

    safe = NOT_POSSIBLE


def challenge_form(challenge: Challenge[Any], site_name: str) -> Form:
    """What to ask a person for; raises NoSuchPage for a challenge that no page can answer."""
    title, submit, fields, intro = _kind_of(challenge)[0](challenge, site_name)
    return Form("challenge", title, submit, fields, intro, links=(START_AGAIN,))


def answer(challenge: Challenge[Any], values: Values) -> Call[AnyOutcome]:
    """Answer with what was filled in: tokens, or the next challenge."""
    return (yield from _kind_of(challenge)[1](challenge, values))


_Asked: TypeAlias = tuple[str, str, tuple[Field, ...], str]


def _kind_of(
    challenge: Challenge[Any],
) -> tuple[Callable[[Any, str], _Asked], Callable[[Any, Values], Call[AnyOutcome]]]:
    for kind, asked_and_answered in KINDS.items():
        if isinstance(challenge, kind):
            return asked_and_answered
    raise NoSuchPage(f"no page answers {challenge.name}")


def _ask_code(challenge: Challenge[Any], _: str) -> _Asked:
    where = f" to {challenge.destination}" if challenge.destination else ""
    return "Enter your code", "Continue", (CODE,), f"We sent a code{where}."


def _ask_totp(challenge: Totp[Any], _: str) -> _Asked:
    app = f" ({challenge.friendly_device_name})" if challenge.friendly_device_name else ""
    return "Enter your code", "Continue", (CODE,), f"Open your authenticator app{app} and enter the code it shows."


def _ask_new_password(challenge: NewPassword[Any], _: str) -> _Asked:
    asked = (ATTRIBUTE_FIELDS.get(name, Field(name, _label(name))) for name in challenge.required_attributes)
    return "Choose a password", "Set password", (NEW_PASSWORD, *asked), "Please choose a password of your own."


def _ask_choice(challenge: SelectMfa[Any], _: str) -> _Asked:
    return "How do you want to continue?", "Continue", (_choice(challenge.choices),), ""


def _ask_first_factor(challenge: SelectChallenge[Any], _: str) -> _Asked:
    fields = (_choice(challenge.choices), PASSWORD_IF_CHOSEN)
    return "How do you want to sign in?", "Continue", fields, ""


def _ask_setup(challenge: MfaSetup[Any], _: str) -> _Asked:
    contact = Field("contact", "E-mail address or phone number", required=False, hint="Only for codes by message")
    fields = (
        (_choice(challenge.choices), contact)
        if set(challenge.choices) - {"SOFTWARE_TOKEN_MFA"}
        else (_choice(challenge.choices),)
    )
    return "Set up a second factor", "Continue", fields, "This account needs a second factor."


def _ask_totp_setup(challenge: TotpSetup[Any], site_name: str) -> _Asked:
    told = f"Add this key to your authenticator app, then enter the code it shows: {challenge.secret_code}"
    uri = Field("otpauth_uri", "Open in an authenticator app", "otpauth", required=False)
    return "Set up your authenticator app", "Continue", (uri.filled(challenge.otpauth_uri(site_name)), CODE), told


def _ask_passkey(challenge: Passkey[Any], _: str) -> _Asked:
    field = Field("credential", "Passkey", "passkey").filled(json.dumps(challenge.request_options))
    return "Use your passkey", "Use passkey", (field,), "Your device asks you to unlock it."


def _ask_custom(challenge: Custom[Any], _: str) -> _Asked:
    told = " ".join(f"{name}: {value}" for name, value in challenge.public_parameters.items())
    return "One more question", "Continue", (Field("answer", "Answer"),), told


def _give_code(challenge: Challenge[Any], values: Values) -> Call[AnyOutcome]:
    return _raw(challenge)(challenge, values["code"].strip())


def _give_new_password(challenge: NewPassword[Any], values: Values) -> Call[AnyOutcome]:
    given = {name: values[name] for name in challenge.required_attributes if values.get(name)}
    return _raw(challenge)(challenge, values["password"], given)


def _give_choice(challenge: Challenge[Any], values: Values) -> Call[AnyOutcome]:
    return _raw(challenge)(challenge, values["choice"])


def _give_first_factor(challenge: Challenge[Any], values: Values) -> Call[AnyOutcome]:
    wants_password = values["choice"].startswith("PASSWORD")
    return _raw(challenge)(challenge, values["choice"], values.get("password") or None if wants_password else None)


def _give_setup(challenge: Challenge[Any], values: Values) -> Call[AnyOutcome]:
    return _raw(challenge)(challenge, values["choice"], values.get("contact") or None)


def _give_passkey(challenge: Challenge[Any], values: Values) -> Call[AnyOutcome]:
    try:
        credential = json.loads(values["credential"])
    except ValueError:
        raise InvalidParameterException("credential is not JSON") from None
    return _raw(challenge)(challenge, credential)


def _give_answer(challenge: Challenge[Any], values: Values) -> Call[AnyOutcome]:
    return _raw(challenge)(challenge, values["answer"])


KINDS: Mapping[type[Challenge[Any]], tuple[Callable[[Any, str], _Asked], Callable[[Any, Values], Call[AnyOutcome]]]] = {
    Totp: (_ask_totp, _give_code),
    SmsCode: (_ask_code, _give_code),
    EmailCode: (_ask_code, _give_code),
    NewPassword: (_ask_new_password, _give_new_password),
    SelectMfa: (_ask_choice, _give_choice),
    MfaSetup: (_ask_setup, _give_setup),
    TotpSetup: (_ask_totp_setup, _give_code),
    SelectChallenge: (_ask_first_factor, _give_first_factor),
    Passkey: (_ask_passkey, _give_passkey),
    Custom: (_ask_custom, _give_answer),
}


def _raw(challenge: Any) -> Callable[..., Call[AnyOutcome]]:
    """The answer as a step of a larger call."""
    step: Callable[..., Call[AnyOutcome]] = type(challenge).answer.__wrapped__
    return step


def _choice(choices: tuple[str, ...]) -> Field:
    return Field("choice", "Your choice", "choice", choices=tuple((each, LABELS.get(each, each)) for each in choices))


def _label(attribute: str) -> str:
    return attribute.removeprefix("custom:").replace("_", " ").capitalize()
