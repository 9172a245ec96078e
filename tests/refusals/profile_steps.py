"""What happens in worlds around codes that prove contacts; each step gets the World of worlds.py."""

from typing import Any

from refusals.table import filled

ASK = "GetUserAttributeVerificationCode"
VERIFY = "VerifyUserAttribute"
EMAIL = {"AccessToken": "${access_token}", "AttributeName": "email"}


def ask_for_code(world: Any, _: object) -> None:
    world.call(ASK, **EMAIL)


def ask_for_5_codes(world: Any, pools: object) -> None:
    for _ in range(5):
        ask_for_code(world, pools)


def read_code(world: Any, _: object) -> None:
    """The message of the sign-up may be there before."""
    address = world.facts["email"] or ""
    message = world.developer.message_to(address)
    if message["kind"] != VERIFY:
        message = world.developer.message_to(address, after=message["id"])
    world.facts["code"] = message["code"]


def verify(world: Any, _: object) -> None:
    world.call(VERIFY, **EMAIL, Code="${code}")


def try_wrong_codes(world: Any, _: object) -> None:
    for _again in range(15):
        world.service.call(VERIFY, filled({**EMAIL, "Code": "${wrong_code}"}, world.value))
