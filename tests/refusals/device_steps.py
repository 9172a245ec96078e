"""What happens in worlds of remembered devices; each step gets the World of worlds.py."""

from collections.abc import Callable, Mapping
from typing import Any

from refusals.device_client import DeviceClient
from refusals.srp_client import SrpClient
from refusals.table import filled

PASSWORD_FLOW = {"ClientId": "${client_id}", "AuthFlow": "USER_PASSWORD_AUTH"}
USER = {"UserPoolId": "${pool_id}", "Username": "${username}"}
KEPT = ("device_key", "device_group_key", "device_secret", "device_salt")
BLANKS = frozenset(
    {
        *KEPT,
        *("device_verifier", "device_salt_text", "foreign_device_key", "offered_key_of_another_sign_in"),
        *("device_a", "device_block", "device_time", "device_signature", "device_wrong_signature"),
        *("other_device_block", "other_device_signature"),
    }
)
Step = Callable[[Any, object], None]


def _keep(world: Any, device: DeviceClient) -> None:
    kept = (device.device_key, device.group_key, device.secret, str(device.salt))
    world.facts |= dict(zip(KEPT, kept, strict=True))
    world.facts |= {
        "device_verifier": device.config["PasswordVerifier"],
        "device_salt_text": device.config["Salt"],
        "device_a": device.srp_a,
    }


def _device(world: Any) -> DeviceClient:
    key, group, secret, salt = (world.facts[name] for name in KEPT)
    return DeviceClient(key, group, secret, int(salt))


def _signed_in(world: Any, name: str = "username") -> Any:
    parameters = {"USERNAME": f"${{{name}}}", "PASSWORD": "${password}"}
    return world.call("InitiateAuth", **PASSWORD_FLOW, AuthParameters=parameters)


def _confirm(world: Any, tokens: Any, device: DeviceClient) -> None:
    world.call(
        "ConfirmDevice",
        AccessToken=tokens["AuthenticationResult"]["AccessToken"],
        DeviceKey=device.device_key,
        DeviceSecretVerifierConfig=device.config,
    )


def sign_in(world: Any, _: object) -> None:
    """Tokens, and the offer that comes with them."""
    tokens = _signed_in(world)
    given = tokens["AuthenticationResult"]
    world.facts |= {
        "access_token": given["AccessToken"],
        "id_token": given["IdToken"],
        "refresh_token": given["RefreshToken"],
    }
    _keep(world, DeviceClient.of(tokens))


def sign_in_elsewhere(world: Any, _: object) -> None:
    world.facts["offered_key_of_another_sign_in"] = DeviceClient.of(_signed_in(world)).device_key


def confirm(world: Any, _: object) -> None:
    device = _device(world)
    tokens = {"AuthenticationResult": {"AccessToken": world.facts["access_token"]}}
    _confirm(world, tokens, device)


def confirm_for_another(world: Any, _: object) -> None:
    """Another user has a device, and begins to sign in from it."""
    names = {"Username": "${new_name}", "Password": "${password}"}
    world.call("SignUp", ClientId="${client_id}", **names)
    world.call("AdminConfirmSignUp", UserPoolId="${pool_id}", Username="${new_name}")
    tokens = _signed_in(world, "new_name")
    device = DeviceClient.of(tokens)
    _confirm(world, tokens, device)
    world.facts["foreign_device_key"] = device.device_key
    world.facts["session_of_another"] = _begun(world, "new_name", device)["Session"]


def _status(status: str) -> Step:
    def run(world: Any, _: object) -> None:
        world.call("AdminUpdateDeviceStatus", **USER, DeviceKey="${device_key}", DeviceRememberedStatus=status)

    return run


def forget(world: Any, _: object) -> None:
    world.call("AdminForgetDevice", **USER, DeviceKey="${device_key}")


def _begun(world: Any, name: str, device: DeviceClient) -> Any:
    parameters = {"USERNAME": f"${{{name}}}", "PASSWORD": "${password}", "DEVICE_KEY": device.device_key}
    return world.call("InitiateAuth", **PASSWORD_FLOW, AuthParameters=parameters)


def begin(world: Any, _: object) -> None:
    world.facts["session"] = _begun(world, "username", _device(world))["Session"]


def _put(world: Any, session: str, exchange: SrpClient) -> Any:
    responses = {"USERNAME": "${username}", "DEVICE_KEY": "${device_key}", "SRP_A": exchange.srp_a}
    members = {"ClientId": "${client_id}", "ChallengeName": "DEVICE_SRP_AUTH", "Session": session}
    return world.call("RespondToAuthChallenge", **members, ChallengeResponses=responses)


def begin_proof(world: Any, _: object) -> None:
    """Keep a right proof and a wrong one of the challenge that is put to the device."""
    kept, exchange = _device(world), SrpClient("")
    asked = _put(world, str(world.facts["session"]), exchange)
    device = DeviceClient(kept.device_key, kept.group_key, kept.secret, kept.salt, exchange)
    stranger = DeviceClient(kept.device_key, kept.group_key, salt=kept.salt, exchange=exchange)
    right, wrong = (one.proof(asked["ChallengeParameters"]) for one in (device, stranger))
    world.facts |= {
        "session": asked["Session"],
        "device_block": right["PASSWORD_CLAIM_SECRET_BLOCK"],
        "device_time": right["TIMESTAMP"],
        "device_signature": right["PASSWORD_CLAIM_SIGNATURE"],
        "device_wrong_signature": wrong["PASSWORD_CLAIM_SIGNATURE"],
    }


def begin_other_proof(world: Any, _: object) -> None:
    """A right proof of another sign-in, made at the same time."""
    kept, exchange = _device(world), SrpClient("")
    asked = _put(world, _begun(world, "username", kept)["Session"], exchange)
    device = DeviceClient(kept.device_key, kept.group_key, kept.secret, kept.salt, exchange)
    proof = device.proof(asked["ChallengeParameters"], world.facts["device_time"] or "")
    world.facts["other_device_block"] = proof["PASSWORD_CLAIM_SECRET_BLOCK"]
    world.facts["other_device_signature"] = proof["PASSWORD_CLAIM_SIGNATURE"]


PROOF = {
    "USERNAME": "${username}",
    "DEVICE_KEY": "${device_key}",
    "PASSWORD_CLAIM_SECRET_BLOCK": "${device_block}",
    "PASSWORD_CLAIM_SIGNATURE": "${device_signature}",
    "TIMESTAMP": "${device_time}",
}
ANSWER = {"ClientId": "${client_id}", "ChallengeName": "DEVICE_PASSWORD_VERIFIER", "Session": "${session}"}


def answer(world: Any, _: object) -> None:
    """The right proof gives tokens."""
    world.call("RespondToAuthChallenge", **ANSWER, ChallengeResponses=PROOF)


def try_wrong_proofs(world: Any, _: object) -> None:
    wrong = {**PROOF, "PASSWORD_CLAIM_SIGNATURE": "${device_wrong_signature}"}
    for _again in range(5):
        world.service.call("RespondToAuthChallenge", filled({**ANSWER, "ChallengeResponses": wrong}, world.value))


COMPUTED: Mapping[str, Callable[[Any], str | None]] = {
    "unknown_device_key": lambda w: f"{w.service.region}_00000000-0000-4000-8000-000000000000",
    "device_block_with_another_end": lambda w: (w.facts["device_block"] or "")[:-8] + "AAAAAAA=",
}
RESPOND, INITIATE = ("RespondToAuthChallenge",), ("InitiateAuth",)
STEPS: Mapping[str, tuple[Step, tuple[str, ...]]] = {
    "sign_in_on_device": (sign_in, INITIATE),
    "sign_in_elsewhere": (sign_in_elsewhere, INITIATE),
    "confirm_device": (confirm, ("ConfirmDevice",)),
    "confirm_device_for_another": (
        confirm_for_another,
        ("SignUp", "AdminConfirmSignUp", "InitiateAuth", "ConfirmDevice"),
    ),
    "remember_no_longer": (_status("not_remembered"), ("AdminUpdateDeviceStatus",)),
    "forget_device": (forget, ("AdminForgetDevice",)),
    "begin_on_device": (begin, INITIATE),
    "begin_device_proof": (begin_proof, RESPOND),
    "begin_other_device_proof": (begin_other_proof, (*INITIATE, *RESPOND)),
    "answer_device_proof": (answer, RESPOND),
    "try_wrong_device_proofs": (try_wrong_proofs, RESPOND),
}
