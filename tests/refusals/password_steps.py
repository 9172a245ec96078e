"""What happens in worlds around passwords and challenges; each step gets the World of worlds.py."""

from collections.abc import Callable, Mapping
from typing import Any

from refusals.table import filled

USER = {"UserPoolId": "${pool_id}", "Username": "${username}"}
PASSWORD_FLOW = {"ClientId": "${client_id}", "AuthFlow": "USER_PASSWORD_AUTH"}
FORGETFUL = {"ClientId": "${client_id}", "SecretHash": "${secret_hash}", "Username": "${username}"}


def begin_sign_in(world: Any, _: object) -> None:
    parameters = {"USERNAME": "${username}", "PASSWORD": "${temporary_password}", "SECRET_HASH": "${secret_hash}"}
    world.facts["session"] = world.call("InitiateAuth", **PASSWORD_FLOW, AuthParameters=parameters)["Session"]


def challenge_another(world: Any, _: object) -> None:
    names = {"Username": "${new_name}", "Password": "${temporary_password}"}
    world.call("SignUp", ClientId="${client_id}", SecretHash="${new_secret_hash}", **names)
    world.call("AdminSetUserPassword", UserPoolId="${pool_id}", **names)
    parameters = {"USERNAME": "${new_name}", "PASSWORD": "${temporary_password}", "SECRET_HASH": "${new_secret_hash}"}
    answer = world.call("InitiateAuth", **PASSWORD_FLOW, AuthParameters=parameters)
    world.facts["session_of_another"] = answer["Session"]


def answer_challenge(world: Any, _: object) -> None:
    _answer(world, "${session}", {"USERNAME": "${username}", "SECRET_HASH": "${secret_hash}"})


def take_preferred_username(world: Any, _: object) -> None:
    alias = {"userAttributes.preferred_username": "${new_name}-alias"}
    _answer(world, "${session_of_another}", {"USERNAME": "${new_name}", "SECRET_HASH": "${new_secret_hash}", **alias})


def _answer(world: Any, session: str, responses: Mapping[str, str]) -> None:
    world.call(
        "RespondToAuthChallenge",
        ClientId="${client_id}",
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=session,
        ChallengeResponses={"NEW_PASSWORD": "${new_password}", **responses},
    )


def create_user(world: Any, _: object) -> None:
    invited = {"TemporaryPassword": "${temporary_password}", "MessageAction": "SUPPRESS"}
    world.call("AdminCreateUser", **USER, **invited)


def verify_email(world: Any, _: object) -> None:
    verified = [{"Name": "email_verified", "Value": "true"}]
    world.call("AdminUpdateUserAttributes", **USER, UserAttributes=verified)


def read_reset_code(world: Any, _: object) -> None:
    last = world.facts.get("message_id") or ""
    message = world.developer.message_to(world.facts["email"] or "", after=last)
    world.facts |= {"code": message["code"], "message_id": message["id"]}


def replace_reset_code(world: Any, _: object) -> None:
    ask_until_another(world, lambda: world.call("ForgotPassword", **FORGETFUL), "email", "code")


def ask_until_another(world: Any, ask: Callable[[], object], contact: str, known: str) -> None:
    """Have a code sent that is not the one that was read before, where one was: of a million one would be the same."""
    while True:
        ask()
        if not world.facts.get(known):
            return
        message = world.developer.message_to(world.facts[contact] or "", after=world.facts["message_id"] or "")
        world.facts["message_id"] = message["id"]
        if message["code"] != world.facts[known]:
            return


def try_wrong_reset_codes(world: Any, _: object) -> None:
    request = {**FORGETFUL, "ConfirmationCode": "${wrong_code}", "Password": "${new_password}"}
    for _ in range(20):
        world.service.call("ConfirmForgotPassword", filled(request, world.value))


def try_wrong_passwords(world: Any, _: object) -> None:
    parameters = {"USERNAME": "${username}", "PASSWORD": "Wrong-Horse-9", "SECRET_HASH": "${secret_hash}"}
    for _ in range(5):
        world.service.call("InitiateAuth", filled({**PASSWORD_FLOW, "AuthParameters": parameters}, world.value))


def try_wrong_previous_passwords(world: Any, _: object) -> None:
    request = {"AccessToken": "${access_token}", "PreviousPassword": "Wrong-Horse-9", "ProposedPassword": "Any-Horse-9"}
    for _ in range(5):
        world.service.call("ChangePassword", filled(request, world.value))
