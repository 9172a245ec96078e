"""What happens in worlds around SRP; each step gets the World of worlds.py."""

from datetime import timedelta
from typing import Any

from refusals.srp_client import SrpClient, time_text

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BLANKS = frozenset(
    {
        *("srp_block", "srp_signature", "srp_time", "srp_wrong_signature", "srp_block_of_another"),
        *("srp_old_time", "srp_old_signature", "srp_odd_time", "srp_odd_signature"),
    }
)


def begin(world: Any, _: object) -> None:
    """Keep a right proof and wrong ones of the challenge that is put to the user."""
    exchange, asked = _begun(world, "${username}", "${secret_hash}")

    def signature(password: str, when: str) -> str:
        return exchange.proof(asked, password, when)["PASSWORD_CLAIM_SIGNATURE"]

    password, now, old = world.facts["password"], time_text(), time_text(timedelta(hours=-1))
    odd = next(day for day in DAYS if day != now[:3]) + now[3:]
    world.facts |= {
        "srp_block": asked["SECRET_BLOCK"],
        "srp_time": now,
        "srp_signature": signature(password, now),
        "srp_wrong_signature": signature("Wrong-Horse-9", now),
        "srp_old_time": old,
        "srp_old_signature": signature(password, old),
        "srp_odd_time": odd,
        "srp_odd_signature": signature(password, odd),
    }


def begin_for_another(world: Any, _: object) -> None:
    names = {"Username": "${new_name}", "Password": "${password}"}
    world.call("SignUp", ClientId="${client_id}", SecretHash="${new_secret_hash}", **names)
    world.call("AdminConfirmSignUp", UserPoolId="${pool_id}", Username="${new_name}")
    _, asked = _begun(world, "${new_name}", "${new_secret_hash}")
    world.facts["srp_block_of_another"] = asked["SECRET_BLOCK"]


def answer(world: Any, _: object) -> None:
    """The right proof gives tokens."""
    world.call(
        "RespondToAuthChallenge",
        ClientId="${client_id}",
        ChallengeName="PASSWORD_VERIFIER",
        ChallengeResponses={
            "USERNAME": "${username}",
            "SECRET_HASH": "${secret_hash}",
            "PASSWORD_CLAIM_SECRET_BLOCK": "${srp_block}",
            "PASSWORD_CLAIM_SIGNATURE": "${srp_signature}",
            "TIMESTAMP": "${srp_time}",
        },
    )


def _begun(world: Any, name: str, secret_hash: str) -> tuple[SrpClient, dict[str, str]]:
    exchange = SrpClient(world.facts["pool_id"])
    parameters = {"USERNAME": name, "SRP_A": exchange.srp_a, "SECRET_HASH": secret_hash}
    asked = world.call("InitiateAuth", ClientId="${client_id}", AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
    return exchange, asked["ChallengeParameters"]
