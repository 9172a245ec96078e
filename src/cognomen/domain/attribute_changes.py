"""What becomes of a user's attributes when some are set or taken away (reference 04, attributes)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from cognomen import errors
from cognomen.domain.attributes import FORMATS, VERIFIED_FLAG, AttributeSchema
from cognomen.domain.pool import UserPool

NEVER_SET = frozenset({"sub", "identities"})  # the server alone writes them
IN_WORDS = {"email": ("Email", "an email"), "phone_number": ("Phone Number", "a phone number")}


class Author(Enum):
    """Who sets attributes. The values are how AWS tells them what is wrong: the beginning, and one line a fault."""

    ADMIN = ("Invalid user attributes: ", "user.{name}: {fault}\n")
    USER = ("Attributes did not conform to the schema: ", "{name}: {fault}\n")

    def refuse(self, faults: Iterable[tuple[str, str]]) -> None:
        """Tell every fault at once; raises InvalidParameterException where there is one."""
        opening, line = self.value
        lines = "".join(line.format(name=name, fault=fault) for name, fault in faults)
        if lines:
            raise errors.InvalidParameterException(opening + lines)


def check_new(schema: Mapping[str, AttributeSchema], given: Mapping[str, str], author: Author) -> None:
    """Check what a new account is given; an empty value says nothing. Raises InvalidParameterException."""
    _check_known(schema, given, author)
    for name in NEVER_SET.intersection(given):
        raise errors.AttributeImmutable(attribute=name)
    _check_values(schema, given, author)


def check_change(schema: Mapping[str, AttributeSchema], given: Mapping[str, str], author: Author) -> None:
    """Check what is to be set, an empty value taking away: as far as it does not depend on the account.

    Raises InvalidParameterException, AttributeImmutable.
    """
    _check_known(schema, given, author)
    for name in given:
        if name in NEVER_SET or not schema[name].mutable:
            raise errors.AttributeImmutable(attribute=name)
    removed = (name for name, value in given.items() if not value)
    author.refuse((name, "The attribute is required") for name in removed if schema[name].required)
    _check_values(schema, given, author)


def _check_known(schema: Mapping[str, AttributeSchema], names: Iterable[str], author: Author) -> None:
    author.refuse((name, "Attribute does not exist in the schema.") for name in names if name not in schema)


def _check_values(schema: Mapping[str, AttributeSchema], given: Mapping[str, str], author: Author) -> None:
    set_to = {name: value for name, value in given.items() if value}
    author.refuse((name, fault) for name, value in set_to.items() if (fault := schema[name].fault_of(value)))
    for name, check in FORMATS.items():
        if name in set_to:
            check(set_to[name])


@dataclass(frozen=True, slots=True)
class Outcome:
    """The attributes afterwards, and what has to follow.

    `replaced` are contacts that were set to another value or taken away, `settled` are all that were named, so that
    nothing waits for them any more. `waiting` are new values that only take effect when a code has proved them, and
    `unproved` are new values in effect to which a code is due.
    """

    attributes: Mapping[str, str]
    replaced: frozenset[str]
    settled: frozenset[str]
    waiting: Mapping[str, str]
    unproved: Mapping[str, str]


def outcome_of(pool: UserPool, held: Mapping[str, str], given: Mapping[str, str]) -> Outcome:
    """What setting these values on an account means; raises ContactMissing."""
    waiting = _waiting(pool, held, given)
    at_once = {name: value for name, value in given.items() if name not in _with_flags(waiting)}
    replaced = frozenset(name for name in VERIFIED_FLAG if at_once.get(name, held.get(name, "")) != held.get(name, ""))
    unverified = {VERIFIED_FLAG[name]: "false" if at_once[name] else "" for name in replaced}
    settings = {**held, **unverified, **at_once}
    attributes = {name: value for name, value in settings.items() if value}
    require_contacts(attributes)
    return Outcome(
        attributes=attributes,
        replaced=replaced,
        settled=frozenset(VERIFIED_FLAG).intersection(at_once),
        waiting=waiting,
        unproved={name: attributes[name] for name in replaced if _is_unproved(pool, attributes, name)},
    )


def require_contacts(attributes: Mapping[str, str]) -> None:
    """Nothing is verified or unverified but an e-mail or phone number that is there; raises ContactMissing."""
    for contact, flag in VERIFIED_FLAG.items():
        if attributes.get(flag) and not attributes.get(contact):
            title, thing = IN_WORDS[contact]
            raise errors.ContactMissing(title=title, thing=thing)


def _waiting(pool: UserPool, held: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """New values that the pool wants proved first, save those that an administrator says are verified."""
    return {
        name: given[name]
        for name, flag in VERIFIED_FLAG.items()
        if name in pool.verified_before_update
        and given.get(name, "") not in {"", held.get(name)}
        and given.get(flag) != "true"
    }


def _with_flags(contacts: Iterable[str]) -> frozenset[str]:
    return frozenset(part for name in contacts for part in (name, VERIFIED_FLAG[name]))


def _is_unproved(pool: UserPool, attributes: Mapping[str, str], contact: str) -> bool:
    is_set = contact in attributes and contact in pool.auto_verified
    return is_set and attributes.get(VERIFIED_FLAG[contact]) != "true"
