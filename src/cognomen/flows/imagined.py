"""What is answered about users that do not exist, where a client must not tell (PreventUserExistenceErrors)."""

from cognomen.delivery.port import Medium
from cognomen.domain.pool import UserPool
from cognomen.domain.usernames import key_of, shape_of
from cognomen.flows.deliver import Target
from cognomen.services import Services

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def imagined_target(world: Services, pool: UserPool, name: str) -> Target:
    """Where a code for this name would go: the same for every asking, and shaped like the name."""
    if shape_of(name) == "phone_number":
        return Target("phone_number", Medium.SMS, name)
    if shape_of(name) == "email":
        return Target("email", Medium.EMAIL, name)
    letters = [LETTERS[byte % len(LETTERS)] for byte in _digest(world, pool, name)]
    if pool.auto_verified == {"phone_number"}:
        digits = "".join(str(byte % 10) for byte in _digest(world, pool, name)[:4])
        return Target("phone_number", Medium.SMS, f"+{digits}")
    return Target("email", Medium.EMAIL, f"{letters[0]}@{letters[1]}")


def _digest(world: Services, pool: UserPool, name: str) -> bytes:
    return world.sealer.digest(key_of(pool, name).encode(), f"imagined:{pool.pool_id}")
