"""What happens in worlds around refresh tokens and sessions; each step gets the World of worlds.py."""

from collections.abc import Callable, Mapping
from typing import Any

PROOF = {"ClientId": "${client_id}", "ClientSecret": "${client_secret}"}
POOL = {"UserPoolId": "${pool_id}"}
ANOTHER = {"Username": "${new_name}", "Password": "${password}"}


def refresh(world: Any, _: object) -> None:
    answer = world.call("GetTokensFromRefreshToken", RefreshToken="${refresh_token}", **PROOF)
    world.facts["first_new_refresh_token"] = answer["AuthenticationResult"].get("RefreshToken")


def refresh_again(world: Any, _: object) -> None:
    world.call("GetTokensFromRefreshToken", RefreshToken="${refresh_token}", **PROOF)


def revoke(world: Any, _: object) -> None:
    world.call("RevokeToken", Token="${refresh_token}", **PROOF)


def track_sessions(world: Any, _: object) -> None:
    _set_tracking(world, "ENABLED")


def turn_tracking_off(world: Any, _: object) -> None:
    _set_tracking(world, "DISABLED")


def _set_tracking(world: Any, state: str) -> None:
    told = {"UserSessionTracking": state, "TokenSession": {"MaxPerUser": 20}}
    world.call("SetUserPoolSessionConfiguration", **POOL, **told)


def sign_in_again(world: Any, _: object) -> None:
    _tokens(world, "${username}", "${secret_hash}")
    sessions = world.call("ListUserSessions", AccessToken="${access_token}")["Sessions"]
    for session in sessions:
        name = "session_id" if session["IsCurrentSession"] else "other_session_id"
        world.facts[name] = session["SessionId"]


def end_other_session(world: Any, _: object) -> None:
    world.call("AdminRevokeUserSession", **POOL, Username="${username}", SessionId="${other_session_id}")


def sign_another_in(world: Any, _: object) -> None:
    world.call("SignUp", ClientId="${client_id}", SecretHash="${new_secret_hash}", **ANOTHER)
    world.call("AdminConfirmSignUp", **POOL, Username="${new_name}")
    _tokens(world, "${new_name}", "${new_secret_hash}")
    (session,) = world.call("AdminListUserSessions", **POOL, Username="${new_name}")["Sessions"]
    world.facts["foreign_session_id"] = session["SessionId"]


def _tokens(world: Any, username: str, secret_hash: str) -> None:
    parameters = {"USERNAME": username, "PASSWORD": "${password}", "SECRET_HASH": secret_hash}
    world.call("InitiateAuth", ClientId="${client_id}", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


def _changed(place: int) -> Callable[[Any], str]:
    """The refresh token with one character of one part changed."""

    def change(world: Any) -> str:
        parts = str(world.facts["refresh_token"]).split(".")
        part = parts[place]
        parts[place] = part[:5] + ("A" if part[5] != "A" else "B") + part[6:]
        return ".".join(parts)

    return change


FORGERIES: Mapping[str, Callable[[Any], str]] = {
    "refresh_token_with_another_head": _changed(0),
    "refresh_token_with_another_origin": _changed(1),
    "refresh_token_with_another_middle": _changed(3),
    "refresh_token_with_another_tag": _changed(4),
    "refresh_token_with_a_part_more": lambda world: f"{world.facts['refresh_token']}.AAAA",
}
