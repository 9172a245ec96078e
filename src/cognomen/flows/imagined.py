"""What is answered about users that do not exist, where a client must not tell (PreventUserExistenceErrors)."""

from collections.abc import Callable, Mapping

from cognomen.domain.pool import UserPool
from cognomen.domain.usernames import key_of, shape_of
from cognomen.flows.deliver import VERIFIED_BY, Target
from cognomen.services import Services

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SUBJECT_DIGITS = 5  # in hex: a million rows at most, however many names somebody tries


def imagined_target(world: Services, pool: UserPool, name: str) -> Target:
    """Where a sign-up code for this name would go: the same for every asking, and shaped like the name."""
    email_last = pool.auto_verified == {"phone_number"}
    return imagined_contact(world, pool, name, ("phone_number", "email") if email_last else ("email", "phone_number"))


def imagined_contact(world: Services, pool: UserPool, name: str, contacts: tuple[str, ...]) -> Target:
    """Where a code for this name would go; of these attributes the first, or the one that the name looks like."""
    shape = shape_of(name)
    if shape in contacts:
        return Target(shape, VERIFIED_BY[shape], name)
    contact = contacts[0]
    return Target(contact, VERIFIED_BY[contact], MADE_UP[contact](_digest(world, pool, name)))


def imagined_subject(world: Services, pool: UserPool, name: str) -> str:
    """Under what tries for this name are counted and codes waited for; names may share it, and no user has it."""
    return f"unknown:{_digest(world, pool, name).hex()[:SUBJECT_DIGITS]}"


def _email_of(digest: bytes) -> str:
    letters = [LETTERS[byte % len(LETTERS)] for byte in digest]
    return f"{letters[0]}@{letters[1]}"


def _phone_number_of(digest: bytes) -> str:
    return "+" + "".join(str(byte % 10) for byte in digest[:4])


MADE_UP: Mapping[str, Callable[[bytes], str]] = {"email": _email_of, "phone_number": _phone_number_of}


def _digest(world: Services, pool: UserPool, name: str) -> bytes:
    return world.sealer.digest(key_of(pool, name).encode(), f"imagined:{pool.pool_id}")
