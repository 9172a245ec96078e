"""User names and the other names by which a user signs in (reference 04, aliases)."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cognomen import errors
from cognomen.domain.attributes import EMAIL, PHONE
from cognomen.domain.pool import UserPool
from cognomen.domain.user import NameKind, SignInName, User

SHOULD_BE = {
    frozenset({"email"}): "Username should be an email.",
    frozenset({"phone_number"}): "Username should be a phone number.",
    frozenset({"email", "phone_number"}): "Username should be either an email or a phone number.",
}
LOOKS_LIKE = {"email": EMAIL, "phone_number": PHONE}
MAY_NOT_LOOK_LIKE = {
    "email": "Username cannot be of email format, since user pool is configured for email alias.",
    "phone_number": "Username cannot be of phone number format, since user pool is configured for phone number alias.",
}


# What is not seen in a name (Default_Ignorable_Code_Point of Unicode 16): joiners, marks of direction, fillers, tags.
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]+"
)
# An i is one with a dot or without: case folds them together in some places and not in others (CVE-2019-19844).
DOTLESS = str.maketrans("\u0131\u0130", "iI")
DOT = re.compile("(?<=[iI])\u0307+")


def key_of(pool: UserPool, name: str) -> str:
    """The form in which names are compared: look-alikes of one character fold together, case where the pool says so."""
    if name.isascii():
        return name if pool.case_sensitive else name.lower()
    seen = UNSEEN.sub("", unicodedata.normalize("NFKC", name).translate(DOTLESS))
    folded = DOT.sub("", seen)
    return unicodedata.normalize("NFKC", folded if pool.case_sensitive else folded.casefold())


def shape_of(name: str) -> str | None:
    """``email`` or ``phone_number`` where the name looks like one."""
    return next((kind for kind, pattern in LOOKS_LIKE.items() if pattern.fullmatch(name)), None)


@dataclass(frozen=True, slots=True)
class NewNames:
    """What a new account is called: its user name, the attributes that the name fills, how it can be found."""

    username: str
    attributes: Mapping[str, str]
    names: tuple[SignInName, ...]

    def complete(self, given: Mapping[str, str]) -> dict[str, str]:
        """The given attributes and those that the name fills; raises InvalidParameterException where they differ."""
        if any(given.get(name, value) != value for name, value in self.attributes.items()):
            text = "The attribute that serves as the username differs from the Username."
            raise errors.InvalidParameterException(text)
        return {**given, **self.attributes}


def names_of_new_user(pool: UserPool, asked: str, sub: str) -> NewNames:
    """Name a new account; raises InvalidParameterException where the pool does not take such a name."""
    if pool.username_attributes:
        return _named_by_attribute(pool, asked, sub)
    key = key_of(pool, asked)
    for attribute in sorted(pool.alias_attributes & MAY_NOT_LOOK_LIKE.keys()):
        if LOOKS_LIKE[attribute].fullmatch(key):  # a full-width @ would be found in place of somebody's address
            raise errors.InvalidParameterException(MAY_NOT_LOOK_LIKE[attribute])
    return NewNames(asked, {}, (SignInName(NameKind.USERNAME, key),))


def _named_by_attribute(pool: UserPool, asked: str, sub: str) -> NewNames:
    attribute = shape_of(asked)
    if attribute not in pool.username_attributes:
        raise errors.InvalidParameterException(SHOULD_BE[pool.username_attributes])
    names = (SignInName(NameKind.USERNAME, sub), SignInName(NameKind(attribute), key_of(pool, asked)))
    return NewNames(sub, {attribute: asked}, names)


def name_to_sign_in(pool: UserPool, user: User) -> str:
    """By which name a user is told to sign in: the contact in its place, else the user name."""
    contacts = (user.attributes[kind] for kind in NameKind if kind in pool.username_attributes & user.attributes.keys())
    return next(contacts, user.username)


def aliases_of(pool: UserPool, attributes: Mapping[str, str]) -> tuple[SignInName, ...]:
    """The aliases that are active with these attributes: e-mail and phone once verified, preferred_username at once."""
    active = [
        NameKind(name)
        for name in ("email", "phone_number")
        if name in pool.alias_attributes and attributes.get(name) and attributes.get(f"{name}_verified") == "true"
    ]
    if "preferred_username" in pool.alias_attributes and attributes.get("preferred_username"):
        active.append(NameKind.PREFERRED_USERNAME)
    return tuple(SignInName(kind, key_of(pool, attributes[kind])) for kind in active)


def sign_in_names_of(
    pool: UserPool, kinds: Collection[NameKind], attributes: Mapping[str, str]
) -> tuple[SignInName, ...]:
    """The names in place of the user name, of the kinds that the account has; raises SignInNameNeeded."""
    names = [kind for kind in kinds if kind in pool.username_attributes]
    for kind in names:
        if not attributes.get(kind):
            raise errors.SignInNameNeeded(attribute=kind)
    return tuple(SignInName(kind, key_of(pool, attributes[kind])) for kind in names)
