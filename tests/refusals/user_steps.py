"""What happens in worlds around users that administrators make; each step gets the World of worlds.py."""

from typing import Any

POOL = {"UserPoolId": "${pool_id}"}
VERIFIED = [{"Name": "email", "Value": "${new_email}"}, {"Name": "email_verified", "Value": "true"}]


def create_another(world: Any, _: object) -> None:
    world.call("AdminCreateUser", **POOL, Username="${new_name}", UserAttributes=VERIFIED, MessageAction="SUPPRESS")


def create_rival(world: Any, _: object) -> None:
    verified = [{"Name": "email", "Value": "${email}"}, {"Name": "email_verified", "Value": "true"}]
    world.call("AdminCreateUser", **POOL, Username="${new_name}", UserAttributes=verified, MessageAction="SUPPRESS")


def create_another_by_email(world: Any, _: object) -> None:
    world.call("AdminCreateUser", **POOL, Username="${new_email}", MessageAction="SUPPRESS")


def list_a_page(world: Any, _: object) -> None:
    page = world.call("ListUsers", **POOL, Filter='email ^= "user-"', Limit=1)
    world.facts["users_page"] = page["PaginationToken"]
