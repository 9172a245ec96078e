"""What happens in worlds around second factors; each step gets the World of worlds.py."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from authenticator import App, surely_apart
from refusals.password_steps import ask_until_another
from refusals.table import filled

PASSWORD_FLOW = {"ClientId": "${client_id}", "AuthFlow": "USER_PASSWORD_AUTH"}
ROLE = {"SnsCallerArn": "arn:aws:iam::123456789012:role/texts"}
APPS = {"SoftwareTokenMfaConfiguration": {"Enabled": True}}
BLANKS = frozenset({"mfa_code", "setup_session", "given_session", "proved_session", "spare_session"})
PREFERENCE = "AdminSetUserMFAPreference"
USER = {"UserPoolId": "${pool_id}", "Username": "${username}"}
Step = Callable[[Any, object], None]


def now_ms(world: Any) -> int:
    """The endpoint's time, where it can be moved, else the time."""
    return int(world.dev.now_ms() if world.dev else time.time() * 1000)


def configuring(mode: str, **members: Any) -> Step:
    """A step that chooses the factors of the pool."""

    def run(world: Any, _: object) -> None:
        world.call("SetUserPoolMfaConfig", UserPoolId="${pool_id}", MfaConfiguration=mode, **members)

    return run


def preferring(settings: str, name: str = "${username}") -> Step:
    """A step that makes a factor the preferred one."""

    def run(world: Any, _: object) -> None:
        named = {"UserPoolId": "${pool_id}", "Username": name}
        world.call(PREFERENCE, **named, **{settings: {"Enabled": True, "PreferredMfa": True}})

    return run


def switch_on_texts_and_app(world: Any, _: object) -> None:
    world.call(PREFERENCE, **USER, SMSMfaSettings={"Enabled": True}, SoftwareTokenMfaSettings={"Enabled": True})


def set_up_app(world: Any, _: object) -> None:
    world.facts["app"] = _set_up(world, world.facts["access_token"])


def give_out_secret(world: Any, _: object) -> None:
    world.facts["app"] = _given_out(world, AccessToken="${access_token}")["SecretCode"]


def _set_up(world: Any, token: str) -> str:
    secret = str(_given_out(world, AccessToken=token)["SecretCode"])
    world.call("VerifySoftwareToken", AccessToken=token, UserCode=App(secret).code(now_ms(world)))
    return secret


def _given_out(world: Any, **to: str) -> Any:
    """The answer with a secret of which no two codes near now are the same."""
    answers: list[Any] = []

    def associate() -> str:
        answers.append(world.call("AssociateSoftwareToken", **to))
        return str(answers[-1]["SecretCode"])

    surely_apart(now_ms(world), associate)
    return answers[-1]


def begin(world: Any, _: object) -> None:
    """The user gives the password, and is asked for more."""
    asked = world.call("InitiateAuth", **PASSWORD_FLOW, AuthParameters=_password("username"))
    world.facts["session"] = asked["Session"]


def begin_again(world: Any, _: object) -> None:
    """Once more; where a code was read from a text, the next text brings another one."""

    def ask() -> None:
        asked = world.call("InitiateAuth", **PASSWORD_FLOW, AuthParameters=_password("username"))
        world.facts["spare_session"] = asked["Session"]

    ask_until_another(world, ask, "phone", "mfa_code")


def begin_for_another(world: Any, _: object) -> None:
    """Another user of the pool, with the same second factor as the world's has, is asked for it."""
    names = {"Username": "${new_name}", "Password": "${password}"}
    contacts = [{"Name": "phone_number", "Value": "${new_phone}"}, {"Name": "email", "Value": "${new_email}"}]
    world.call("SignUp", ClientId="${client_id}", **names, UserAttributes=contacts)
    world.call("AdminConfirmSignUp", UserPoolId="${pool_id}", Username="${new_name}")
    if world.facts.get("app"):
        tokens = world.call("InitiateAuth", **PASSWORD_FLOW, AuthParameters=_password("new_name"))
        _set_up(world, tokens["AuthenticationResult"]["AccessToken"])
    settings = "SoftwareTokenMfaSettings" if world.facts.get("app") else "SMSMfaSettings"
    preferring(settings, "${new_name}")(world, None)
    asked = world.call("InitiateAuth", **PASSWORD_FLOW, AuthParameters=_password("new_name"))
    world.facts["session_of_another"] = asked["Session"]


def _password(name: str) -> Mapping[str, str]:
    return {"USERNAME": f"${{{name}}}", "PASSWORD": "${password}"}


def read_text(world: Any, _: object) -> None:
    message = world.developer.message_to(world.facts["phone"] or "")
    world.facts |= {"mfa_code": message["code"], "message_id": message["id"]}


def read_mail(world: Any, _: object) -> None:
    world.facts["mfa_code"] = world.developer.message_to(world.facts["email"] or "")["code"]


def choose_app(world: Any, _: object) -> None:
    world.facts["session"] = _answer(world, "SELECT_MFA_TYPE", ANSWER="SOFTWARE_TOKEN_MFA")["Session"]


def pass_app(world: Any, _: object) -> None:
    _answer(world, "SOFTWARE_TOKEN_MFA", SOFTWARE_TOKEN_MFA_CODE="${totp_code}")


def pass_text(world: Any, _: object) -> None:
    _answer(world, "SMS_MFA", SMS_MFA_CODE="${mfa_code}")


def _answer(world: Any, challenge: str, **responses: str) -> Any:
    return world.call(
        "RespondToAuthChallenge",
        ClientId="${client_id}",
        ChallengeName=challenge,
        Session="${session}",
        ChallengeResponses={"USERNAME": "${username}", **responses},
    )


def try_wrong_codes(world: Any, _: object) -> None:
    responses = {"USERNAME": "${username}", "SOFTWARE_TOKEN_MFA_CODE": "${wrong_totp_code}"}
    request = {"ClientId": "${client_id}", "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": "${session}"}
    for _again in range(5):
        world.service.call("RespondToAuthChallenge", filled({**request, "ChallengeResponses": responses}, world.value))


def associate_in_sign_in(world: Any, _: object) -> None:
    given = _given_out(world, Session="${session}")
    world.facts |= {"app": given["SecretCode"], "given_session": given["Session"]}


def verify_in_sign_in(world: Any, _: object) -> None:
    done = world.call("VerifySoftwareToken", Session="${given_session}", UserCode="${present_totp_code}")
    world.facts["proved_session"] = done["Session"]


def finish_set_up(world: Any, _: object) -> None:
    world.facts["session"] = world.facts["proved_session"]
    _answer(world, "MFA_SETUP")


def set_another_password(world: Any, _: object) -> None:
    world.call("AdminSetUserPassword", **USER, Password="${new_password}", Permanent=True)


def _app(world: Any) -> App:
    return App(world.facts.get("app") or "A" * 52)


COMPUTED: Mapping[str, Callable[[Any], str | None]] = {
    # The app was set up with the present code, so the next one is fresh.
    "totp_code": lambda w: _app(w).code(now_ms(w), 1),
    "present_totp_code": lambda w: _app(w).code(now_ms(w)),
    "late_totp_code": lambda w: _app(w).code(now_ms(w), -3),
    "early_totp_code": lambda w: _app(w).code(now_ms(w), 3),
    "wrong_totp_code": lambda w: _app(w).wrong_code(now_ms(w)),
}
