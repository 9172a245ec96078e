"""What happens in worlds of passkeys and of USER_AUTH; each step gets the World of worlds.py."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from webauthn_authenticator import Authenticator

CHOICE = {"ClientId": "${client_id}", "AuthFlow": "USER_AUTH"}
USER = {"UserPoolId": "${pool_id}", "Username": "${username}"}
ELSEWHERE = "https://evil.example"
BLANKS = frozenset(
    {
        *("passkey_id", "credential", "credential_of_another_origin", "credential_of_another_party"),
        *("credential_of_another_challenge", "credential_of_nobody_present", "credential_with_another_signature"),
        *("credential_of_unknown_passkey", "credential_of_a_copy"),
        *("new_passkey_id", "new_client_data", "new_attestation", "new_client_data_of_another_origin"),
        *("new_attestation_for_another_party", "new_attestation_of_odd_kind", "new_client_data_of_another_user"),
        *("access_token_of_second_client",),
    }
)
Step = Callable[[Any, object], None]


def set_relying_party(world: Any, _: object) -> None:
    passkeys = {"RelyingPartyId": "localhost"}
    world.call("SetUserPoolMfaConfig", UserPoolId="${pool_id}", MfaConfiguration="OFF", WebAuthnConfiguration=passkeys)


def change_relying_party(world: Any, _: object) -> None:
    passkeys = {"RelyingPartyId": "id.example"}
    world.call("SetUserPoolMfaConfig", UserPoolId="${pool_id}", MfaConfiguration="OFF", WebAuthnConfiguration=passkeys)


def begin(fact: str = "session", name: str = "username", **parameters: str) -> Step:
    """A step that begins a sign-in by USER_AUTH and keeps its session."""

    def run(world: Any, _: object) -> None:
        asked = world.call("InitiateAuth", **CHOICE, AuthParameters={"USERNAME": f"${{{name}}}", **parameters})
        world.facts[fact] = asked["Session"]

    return run


def begin_for_another(world: Any, _: object) -> None:
    _sign_another_up(world)
    begin("session_of_another", "new_name")(world, None)


def _sign_another_up(world: Any) -> None:
    names = {"Username": "${new_name}", "Password": "${password}"}
    contacts = [{"Name": "email", "Value": "${new_email}"}]
    world.call("SignUp", ClientId="${client_id}", **names, UserAttributes=contacts)
    world.call("AdminConfirmSignUp", UserPoolId="${pool_id}", Username="${new_name}")


def pass_by_password(world: Any, _: object) -> None:
    _answer(world, "SELECT_CHALLENGE", ANSWER="PASSWORD", PASSWORD="${password}")


def pass_by_code(world: Any, _: object) -> None:
    _answer(world, "EMAIL_OTP", EMAIL_OTP_CODE="${mfa_code}")


def pass_by_passkey(world: Any, _: object) -> None:
    _answer(world, "WEB_AUTHN", CREDENTIAL="${credential}")


def _answer(world: Any, challenge: str, **responses: str) -> None:
    named = {"USERNAME": "${username}", **responses}
    request = {"ClientId": "${client_id}", "ChallengeName": challenge, "Session": "${session}"}
    world.call("RespondToAuthChallenge", **request, ChallengeResponses=named)


def register(world: Any, _: object) -> None:
    device = Authenticator()
    _register(world, device)
    world.things["passkey"] = device
    world.facts["passkey_id"] = device.create({"user": {"id": ""}, "challenge": ""})["id"]
    device.user_handle = (world.facts["sub"] or "").encode()


def register_twenty(world: Any, _: object) -> None:
    for _again in range(20):
        _register(world, Authenticator())


def _register(world: Any, device: Authenticator) -> None:
    options = world.call("StartWebAuthnRegistration", AccessToken="${access_token}")["CredentialCreationOptions"]
    made = device.create(options)
    world.call("CompleteWebAuthnRegistration", AccessToken="${access_token}", Credential=made)


def delete(world: Any, _: object) -> None:
    world.call("DeleteWebAuthnCredential", AccessToken="${access_token}", CredentialId="${passkey_id}")


def begin_by_passkey(world: Any, _: object) -> None:
    """Keep the right answer and wrong ones of the challenge that is put to the user."""
    parameters = {"USERNAME": "${username}", "PREFERRED_CHALLENGE": "WEB_AUTHN"}
    asked = world.call("InitiateAuth", **CHOICE, AuthParameters=parameters)
    options = json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    device: Authenticator = world.things["passkey"]
    world.facts["session"] = asked["Session"]
    for name, bent in BENT.items():
        world.facts[name] = json.dumps(replace(device, **bent).get(options))
    right = replace(device).get(options)
    other = {**right["response"], "signature": right["response"]["authenticatorData"]}
    world.facts["credential_with_another_signature"] = json.dumps({**right, "response": other})


BENT: Mapping[str, Mapping[str, Any]] = {
    "credential": {},
    "credential_of_a_copy": {},
    "credential_of_another_origin": {"origin": ELSEWHERE},
    "credential_of_another_party": {"rp_id": "evil.example"},
    "credential_of_another_challenge": {"bend": lambda said: {**said, "challenge": "AAAA"}},
    "credential_of_nobody_present": {"flags": 0},
    "credential_of_unknown_passkey": {"credential_id": b"unknown to anybody"},
}


def start_registration(world: Any, _: object) -> None:
    """Keep what a browser would answer, part by part, and parts of other answers."""
    options = world.call("StartWebAuthnRegistration", AccessToken="${access_token}")["CredentialCreationOptions"]
    device = Authenticator()
    made = device.create(options)
    elsewhere, party = replace(device, origin=ELSEWHERE), replace(device, rp_id="evil.example")
    odd = replace(device, algorithm=-47)
    world.facts |= {
        "new_passkey_id": made["id"],
        "new_client_data": made["response"]["clientDataJSON"],
        "new_attestation": made["response"]["attestationObject"],
        "new_client_data_of_another_origin": elsewhere.create(options)["response"]["clientDataJSON"],
        "new_attestation_for_another_party": party.create(options)["response"]["attestationObject"],
        "new_attestation_of_odd_kind": odd.create(options)["response"]["attestationObject"],
    }


def start_registration_of_another(world: Any, _: object) -> None:
    _sign_another_up(world)
    names = {"USERNAME": "${new_name}", "PASSWORD": "${password}"}
    asked = {"ClientId": "${client_id}", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": names}
    token = world.call("InitiateAuth", **asked)["AuthenticationResult"]["AccessToken"]
    options = world.call("StartWebAuthnRegistration", AccessToken=token)["CredentialCreationOptions"]
    world.facts["new_client_data_of_another_user"] = Authenticator().create(options)["response"]["clientDataJSON"]


def complete_registration(world: Any, _: object) -> None:
    response = {"clientDataJSON": "${new_client_data}", "attestationObject": "${new_attestation}"}
    made = {"id": "${new_passkey_id}", "rawId": "${new_passkey_id}", "type": "public-key", "response": response}
    world.call("CompleteWebAuthnRegistration", AccessToken="${access_token}", Credential=made)


def sign_in_by_second_client(world: Any, _: object) -> None:
    names = {"USERNAME": "${username}", "PASSWORD": "${password}", "SECRET_HASH": "${secret_hash_of_second_client}"}
    asked = {"ClientId": "${second_client_id}", "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": names}
    token = world.call("InitiateAuth", **asked)["AuthenticationResult"]["AccessToken"]
    world.facts["access_token_of_second_client"] = token


def sign_up_to_sign_in(world: Any, _: object) -> None:
    done = world.call("SignUp", ClientId="${client_id}", **world.sign_up)
    world.facts |= {"sub": done["UserSub"], "session": done["Session"]}


def confirm_to_sign_in(world: Any, _: object) -> None:
    names = {"ClientId": "${client_id}", "Username": "${username}", "ConfirmationCode": "${code}"}
    world.facts["session"] = world.call("ConfirmSignUp", **names, Session="${session}")["Session"]


def use_hand_over(world: Any, _: object) -> None:
    world.call("InitiateAuth", **CHOICE, Session="${session}", AuthParameters={"USERNAME": "${username}"})


START = ("StartWebAuthnRegistration",)
COMPLETE = (*START, "CompleteWebAuthnRegistration")
RESPOND = ("RespondToAuthChallenge",)
STEPS: Mapping[str, tuple[Step, tuple[str, ...]]] = {
    "set_relying_party": (set_relying_party, ("SetUserPoolMfaConfig",)),
    "change_relying_party": (change_relying_party, ("SetUserPoolMfaConfig",)),
    "begin_choice": (begin(), ("InitiateAuth",)),
    "begin_choice_for_another": (begin_for_another, ("SignUp", "AdminConfirmSignUp", "InitiateAuth")),
    "begin_by_password": (begin(PREFERRED_CHALLENGE="PASSWORD"), ("InitiateAuth",)),
    "begin_by_proof": (begin(PREFERRED_CHALLENGE="PASSWORD_SRP"), ("InitiateAuth",)),
    "begin_by_code": (begin(PREFERRED_CHALLENGE="EMAIL_OTP"), ("InitiateAuth",)),
    "begin_by_text": (begin(PREFERRED_CHALLENGE="SMS_OTP"), ("InitiateAuth",)),
    "begin_by_passkey": (begin_by_passkey, ("InitiateAuth",)),
    "pass_by_password": (pass_by_password, RESPOND),
    "pass_by_code": (pass_by_code, RESPOND),
    "pass_by_passkey": (pass_by_passkey, RESPOND),
    "register_passkey": (register, COMPLETE),
    "register_twenty_passkeys": (register_twenty, COMPLETE),
    "delete_passkey": (delete, ("DeleteWebAuthnCredential",)),
    "start_registration": (start_registration, START),
    "start_registration_of_another": (
        start_registration_of_another,
        ("SignUp", "AdminConfirmSignUp", "InitiateAuth", *START),
    ),
    "complete_registration": (complete_registration, COMPLETE),
    "sign_in_by_second_client": (sign_in_by_second_client, ("InitiateAuth",)),
    "sign_up_to_sign_in": (sign_up_to_sign_in, ("SignUp",)),
    "confirm_to_sign_in": (confirm_to_sign_in, ("ConfirmSignUp",)),
    "use_hand_over": (use_hand_over, ("InitiateAuth",)),
}
