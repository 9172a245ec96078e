"""What many ask for at once of one passkey, and one may get."""

import json
from collections.abc import Mapping
from typing import Any

from races.arena import CODE, PASSWORD, Arena, Request
from webauthn_authenticator import Authenticator

CROWD = 50
FACTORS = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]}}
CLIENT = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH"]}


def keyed(arena: Arena) -> tuple[str, str]:
    """A client, and a confirmed user of a pool with passkeys."""
    pool_id, client_id = arena.pool(CLIENT, Policies=FACTORS)
    passkeys = {"RelyingPartyId": "localhost"}
    arena.everywhere("SetUserPoolMfaConfig", UserPoolId=pool_id, MfaConfiguration="OFF", WebAuthnConfiguration=passkeys)
    name = arena.fresh("ann")
    arena.done("SignUp", ClientId=client_id, Username=name, Password=PASSWORD)
    arena.done("AdminConfirmSignUp", UserPoolId=pool_id, Username=name)
    return client_id, name


def registrations_of_one_challenge(arena: Arena) -> list[Request]:
    client_id, name = keyed(arena)
    token = arena.sign_in(client_id, name)["AuthenticationResult"]["AccessToken"]
    options = arena.done("StartWebAuthnRegistration", AccessToken=token)["CredentialCreationOptions"]
    made = [Authenticator().create(options) for _ in range(CROWD)]
    return [("CompleteWebAuthnRegistration", {"AccessToken": token, "Credential": one}) for one in made]


def passkey_is_the_winners(arena: Arena, won: Mapping[str, Any]) -> None:
    shown = arena.done("ListWebAuthnCredentials", AccessToken=won["AccessToken"])["Credentials"]
    assert [one["CredentialId"] for one in shown] == [won["Credential"]["id"]]


def uses_of_one_count(arena: Arena) -> list[Request]:
    """An authenticator and its copies, each in a sign-in of its own, that all have counted equally far."""
    client_id, name = keyed(arena)
    token = arena.sign_in(client_id, name)["AuthenticationResult"]["AccessToken"]
    options = arena.done("StartWebAuthnRegistration", AccessToken=token)["CredentialCreationOptions"]
    device = Authenticator()
    arena.done("CompleteWebAuthnRegistration", AccessToken=token, Credential=device.create(options))
    parameters = {"USERNAME": name, "PREFERRED_CHALLENGE": "WEB_AUTHN"}
    begun = {"ClientId": client_id, "AuthFlow": "USER_AUTH", "AuthParameters": parameters}
    return [_answer(client_id, name, arena.done("InitiateAuth", **begun), device.copy()) for _ in range(CROWD)]


def _answer(client_id: str, name: str, asked: Mapping[str, Any], device: Authenticator) -> Request:
    options = json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    responses = {"USERNAME": name, "CREDENTIAL": json.dumps(device.get(options))}
    named = {"ClientId": client_id, "ChallengeName": "WEB_AUTHN", "Session": asked["Session"]}
    return ("RespondToAuthChallenge", {**named, "ChallengeResponses": responses})


def ways_in_of_one_sign_up(arena: Arena) -> list[Request]:
    _, client_id = arena.pool(CLIENT, Policies=FACTORS)
    name = arena.fresh("ann")
    mail = [{"Name": "email", "Value": f"{name}@domain.example"}]
    named = {"ClientId": client_id, "Username": name}
    done = arena.done("SignUp", **named, UserAttributes=mail)
    confirmed = arena.done("ConfirmSignUp", **named, ConfirmationCode=CODE, Session=done["Session"])
    begun = {"ClientId": client_id, "AuthFlow": "USER_AUTH", "AuthParameters": {"USERNAME": name}}
    return [("InitiateAuth", {**begun, "Session": confirmed["Session"]})] * CROWD
