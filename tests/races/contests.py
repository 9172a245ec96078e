"""The races: what many ask for at once and one may get."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from authenticator import App, surely_apart
from races.arena import CODE, PASSWORD, Arena, Request
from races.passkey_contests import (
    passkey_is_the_winners,
    registrations_of_one_challenge,
    uses_of_one_count,
    ways_in_of_one_sign_up,
)
from refusals.srp_client import SrpClient

CROWD = 50


@dataclass(frozen=True)
class Contest:
    """`start` prepares and says what is asked at once, `refusals` are what the losers may be told.

    `check` looks at what the winner's request left behind.
    """

    refusals: frozenset[str]
    start: Callable[[Arena], list[Request]]
    check: Callable[[Arena, Mapping[str, Any]], object] = lambda *_: None


def mail_of(name: str) -> list[dict[str, str]]:
    return [{"Name": "email", "Value": f"{name}@domain.example"}]


def passwords() -> list[str]:
    return [f"Racing-Horse-{number}" for number in range(CROWD)]


def sign_up_of_one_name(arena: Arena) -> list[Request]:
    _, client_id = arena.pool()
    named = {"ClientId": client_id, "Username": arena.fresh("ann")}
    return [
        ("SignUp", {**named, "Password": one, "UserAttributes": mail_of(f"kim{number}")})
        for number, one in enumerate(passwords())
    ]


def sign_up_of_one_address(arena: Arena) -> list[Request]:
    _, client_id = arena.pool(UsernameAttributes=["email"])
    address = arena.fresh("ann") + "@domain.example"
    return [("SignUp", {"ClientId": client_id, "Username": address, "Password": one}) for one in passwords()]


def confirmed_and_signed_in(arena: Arena, won: Mapping[str, Any]) -> None:
    """The account is the winner's: it opens with the winner's password."""
    arena.done("ConfirmSignUp", ClientId=won["ClientId"], Username=won["Username"], ConfirmationCode=CODE)
    signs_in_by_the_new_password(arena, won)


def confirmation_by_one_code(arena: Arena) -> list[Request]:
    _, client_id = arena.pool()
    named = {"ClientId": client_id, "Username": arena.fresh("ann")}
    arena.done("SignUp", **named, Password=PASSWORD, UserAttributes=mail_of(named["Username"]))
    return [("ConfirmSignUp", {**named, "ConfirmationCode": CODE})] * CROWD


def alias_of_many_users(arena: Arena) -> list[Request]:
    _, client_id = arena.pool(AliasAttributes=["email"])
    names = [{"ClientId": client_id, "Username": arena.fresh("ann")} for _ in range(CROWD)]
    shared = {"Password": PASSWORD, "UserAttributes": mail_of("shared")}
    signed_up = arena.together([("SignUp", {**named, **shared}) for named in names])
    assert {answer.status for answer in signed_up} == {200}
    return [("ConfirmSignUp", {**named, "ConfirmationCode": CODE}) for named in names]


def alias_leads_to_the_winner(arena: Arena, won: Mapping[str, Any]) -> None:
    tokens = arena.sign_in(won["ClientId"], "shared@domain.example")["AuthenticationResult"]
    assert arena.done("GetUser", AccessToken=tokens["AccessToken"])["Username"] == won["Username"]


def verified_user(arena: Arena, client_id: str) -> str:
    name = arena.fresh("ann")
    arena.done("SignUp", ClientId=client_id, Username=name, Password=PASSWORD, UserAttributes=mail_of(name))
    arena.done("ConfirmSignUp", ClientId=client_id, Username=name, ConfirmationCode=CODE)
    return name


def reset_by_one_code(arena: Arena) -> list[Request]:
    _, client_id = arena.pool()
    named = {"ClientId": client_id, "Username": verified_user(arena, client_id)}
    arena.done("ForgotPassword", **named)
    return [("ConfirmForgotPassword", {**named, "ConfirmationCode": CODE, "Password": one}) for one in passwords()]


def signs_in_by_the_new_password(arena: Arena, won: Mapping[str, Any]) -> None:
    assert arena.sign_in(won["ClientId"], won["Username"], won["Password"])["AuthenticationResult"]


def refresh_with_rotation(arena: Arena) -> list[Request]:
    rotating = {
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0},
    }
    _, client_id = arena.pool(rotating)
    tokens = arena.sign_in(client_id, verified_user(arena, client_id))["AuthenticationResult"]
    asked = {"ClientId": client_id, "RefreshToken": tokens["RefreshToken"]}
    return [("GetTokensFromRefreshToken", asked)] * CROWD


def answers_to_one_session(arena: Arena) -> list[Request]:
    pool_id, client_id = arena.pool()
    name = arena.fresh("ann")
    invited = {"UserPoolId": pool_id, "Username": name, "TemporaryPassword": PASSWORD}
    arena.done("AdminCreateUser", **invited, MessageAction="SUPPRESS")
    session = arena.sign_in(client_id, name)["Session"]
    asked = {"ClientId": client_id, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": session}
    return [
        ("RespondToAuthChallenge", {**asked, "ChallengeResponses": {"USERNAME": name, "NEW_PASSWORD": one}})
        for one in passwords()
    ]


def answers_to_one_secret_block(arena: Arena) -> list[Request]:
    pool_id, client_id = arena.pool({"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]})
    name, exchange = verified_user(arena, client_id), SrpClient(pool_id)
    first = {"USERNAME": name, "SRP_A": exchange.srp_a}
    asked = arena.done("InitiateAuth", ClientId=client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=first)
    proof = exchange.proof(asked["ChallengeParameters"], PASSWORD)
    answer = {"ClientId": client_id, "ChallengeName": "PASSWORD_VERIFIER", "ChallengeResponses": proof}
    return [("RespondToAuthChallenge", answer)] * CROWD


def fresh_app(arena: Arena, token: str) -> App:
    """An app that shows no code twice: a code is of one step."""
    return surely_apart(
        arena.now_ms(), lambda: str(arena.done("AssociateSoftwareToken", AccessToken=token)["SecretCode"])
    )


def user_with_app(arena: Arena) -> tuple[str, str, App]:
    """A client, a user who is asked for a code, and the app that shows it; its next code is fresh."""
    pool_id, client_id = arena.pool()
    apps = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    arena.everywhere("SetUserPoolMfaConfig", UserPoolId=pool_id, **apps)
    name = verified_user(arena, client_id)
    token = arena.sign_in(client_id, name)["AuthenticationResult"]["AccessToken"]
    app = fresh_app(arena, token)
    arena.done("VerifySoftwareToken", AccessToken=token, UserCode=app.code(arena.now_ms()))
    arena.done("SetUserMFAPreference", AccessToken=token, SoftwareTokenMfaSettings={"Enabled": True})
    return client_id, name, app


def one_code_of_an_app(arena: Arena) -> list[Request]:
    """Fifty sign-ins of one user, begun before, that are all answered with the same code at once."""
    client_id, name, app = user_with_app(arena)
    sessions = [arena.sign_in(client_id, name)["Session"] for _ in range(CROWD)]
    code = app.code(arena.now_ms(), 1)
    return [totp_answer(client_id, name, session, code) for session in sessions]


def answers_of_an_app_to_one_session(arena: Arena) -> list[Request]:
    client_id, name, app = user_with_app(arena)
    session, now_ms = arena.sign_in(client_id, name)["Session"], arena.now_ms()
    return [totp_answer(client_id, name, session, app.code(now_ms, 1))] * CROWD


def totp_answer(client_id: str, name: str, session: str, code: str) -> Request:
    asked = {"ClientId": client_id, "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": session}
    return (
        "RespondToAuthChallenge",
        {**asked, "ChallengeResponses": {"USERNAME": name, "SOFTWARE_TOKEN_MFA_CODE": code}},
    )


def proofs_of_one_secret(arena: Arena) -> list[Request]:
    pool_id, client_id = arena.pool()
    apps = {"MfaConfiguration": "OPTIONAL", "SoftwareTokenMfaConfiguration": {"Enabled": True}}
    arena.everywhere("SetUserPoolMfaConfig", UserPoolId=pool_id, **apps)
    token = arena.sign_in(client_id, verified_user(arena, client_id))["AuthenticationResult"]["AccessToken"]
    app = fresh_app(arena, token)
    return [("VerifySoftwareToken", {"AccessToken": token, "UserCode": app.code(arena.now_ms())})] * CROWD


def signs_in_by_the_chosen_password(arena: Arena, won: Mapping[str, Any]) -> None:
    chosen = won["ChallengeResponses"]
    assert arena.sign_in(won["ClientId"], chosen["USERNAME"], chosen["NEW_PASSWORD"])["AuthenticationResult"]


def group_of_one_name(arena: Arena) -> list[Request]:
    pool_id, _ = arena.pool()
    return [
        ("CreateGroup", {"UserPoolId": pool_id, "GroupName": "editors", "Description": str(number)})
        for number in range(CROWD)
    ]


def group_is_the_winners(arena: Arena, won: Mapping[str, Any]) -> None:
    shown = arena.done("GetGroup", UserPoolId=won["UserPoolId"], GroupName="editors")
    assert shown["Group"]["Description"] == won["Description"]


TAKEN = frozenset({"UsernameExistsException"})
SPENT = frozenset({"ExpiredCodeException"})
CONTESTS: Mapping[str, Contest] = {
    "sign-up of one name": Contest(TAKEN, sign_up_of_one_name, confirmed_and_signed_in),
    "sign-up of one address": Contest(TAKEN, sign_up_of_one_address, confirmed_and_signed_in),
    # Who comes late enough finds the user confirmed.
    "confirmation by one code": Contest(SPENT | {"NotAuthorizedException"}, confirmation_by_one_code),
    "one alias of many users": Contest(
        frozenset({"AliasExistsException"}), alias_of_many_users, alias_leads_to_the_winner
    ),
    "registrations of one challenge": Contest(
        frozenset({"WebAuthnChallengeNotFoundException"}), registrations_of_one_challenge, passkey_is_the_winners
    ),
    "uses of one count of a passkey": Contest(frozenset({"NotAuthorizedException"}), uses_of_one_count),
    "ways in of one sign-up": Contest(frozenset({"NotAuthorizedException"}), ways_in_of_one_sign_up),
    "reset by one code": Contest(SPENT, reset_by_one_code, signs_in_by_the_new_password),
    "refresh with rotation": Contest(frozenset({"RefreshTokenReuseException"}), refresh_with_rotation),
    "answers to one session": Contest(
        frozenset({"NotAuthorizedException"}), answers_to_one_session, signs_in_by_the_chosen_password
    ),
    "answers to one secret block": Contest(frozenset({"NotAuthorizedException"}), answers_to_one_secret_block),
    "one code of an app": Contest(frozenset({"ExpiredCodeException"}), one_code_of_an_app),
    "answers of an app to one session": Contest(
        frozenset({"ExpiredCodeException", "NotAuthorizedException"}), answers_of_an_app_to_one_session
    ),
    "proofs of one secret": Contest(
        frozenset({"EnableSoftwareTokenMFAException", "InvalidParameterException"}), proofs_of_one_secret
    ),
    "group of one name": Contest(frozenset({"GroupExistsException"}), group_of_one_name, group_is_the_winners),
}
