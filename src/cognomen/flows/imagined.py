"""What is answered about users that do not exist, where a client must not tell (PreventUserExistenceErrors)."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from uuid import UUID

from cognomen.domain.messages import MessageKind
from cognomen.domain.pool import UserPool
from cognomen.domain.srp import SALT_BYTES
from cognomen.domain.user import StoredPassword, User, UserStatus
from cognomen.domain.usernames import key_of, shape_of
from cognomen.flows.deliver import NOBODY, VERIFIED_BY, Target
from cognomen.flows.verification import Issued, issue_code
from cognomen.services import Services

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SUBJECT_DIGITS = 5  # in hex: a million rows at most, however many names somebody tries
DIGEST_BYTES = 32
UNKNOWN = "unknown:"


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
    return f"{UNKNOWN}{_digest(world, pool, name).hex()[:SUBJECT_DIGITS]}"


def is_imagined(user: User) -> bool:
    """Whether this is nobody; accounts have UUIDs."""
    return user.sub.startswith(UNKNOWN)


def imagined_user(world: Services, pool: UserPool, name: str) -> User:
    """Whoever would have this name. Nothing of the name is kept: it may be a password that was typed in its place."""
    subject = imagined_subject(world, pool, name)
    return User(pool.pool_id, subject, subject, UserStatus.UNCONFIRMED, True, {}, None, 0, 0)


def imagined_chooser(world: Services, pool: UserPool, name: str) -> User:
    """Who signs in by USER_AUTH under a name that nobody has: a user with a password and what most have to be reached.

    That is what sign-ups verify, else an address; and what the name looks like.
    """
    usual = pool.auto_verified | pool.username_attributes or {"email"}
    likely = usual | ({shape_of(name)} & VERIFIED_BY.keys())
    contacts = [imagined_contact(world, pool, name, (contact,)) for contact in VERIFIED_BY if contact in likely]
    return replace(
        imagined_user(world, pool, name),
        username=name,
        status=UserStatus.CONFIRMED,
        attributes={target.attribute: target.destination for target in contacts},
        password=StoredPassword("", b"", b"", 0),  # never compared: judging looks the name up
    )


def imagined_code(world: Services, pool: UserPool, name: str, target: Target, kind: MessageKind) -> Issued:
    """A code that nobody can have, in a message to nobody: stored and taken from the outbox as long as real ones."""
    issued = issue_code(world, pool, imagined_user(world, pool, name), target, kind)
    return Issued(replace(issued.code, digest=world.ids.token(DIGEST_BYTES)), replace(issued.message, to=NOBODY))


def imagined_srp_name(world: Services, pool: UserPool, name: str) -> str:
    """The USER_ID_FOR_SRP of a name that nobody has: looks like that of a user who could be found by it.

    A user name stands for itself; behind an alias is another name, and in pools without user names a sub.
    """
    if pool.username_attributes or shape_of(name) in pool.alias_attributes:
        return str(UUID(bytes=_digest(world, pool, name)[:16], version=4))
    return key_of(pool, name)


def imagined_salt(world: Services, pool: UserPool, name: str) -> bytes:
    """The salt of a verifier that is not there; the same for every asking."""
    return world.sealer.digest(key_of(pool, name).encode(), f"imagined-salt:{pool.pool_id}")[:SALT_BYTES]


def _email_of(digest: bytes) -> str:
    letters = [LETTERS[byte % len(LETTERS)] for byte in digest]
    return f"{letters[0]}@{letters[1]}"


def _phone_number_of(digest: bytes) -> str:
    return "+" + "".join(str(byte % 10) for byte in digest[:4])


MADE_UP: Mapping[str, Callable[[bytes], str]] = {"email": _email_of, "phone_number": _phone_number_of}


def _digest(world: Services, pool: UserPool, name: str) -> bytes:
    return world.sealer.digest(key_of(pool, name).encode(), f"imagined:{pool.pool_id}")
