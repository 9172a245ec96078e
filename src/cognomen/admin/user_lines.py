"""Users to be imported, a JSON object a line: what a line may say, and the account that it means."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import msgspec

from cognomen import errors
from cognomen.domain.attribute_changes import Author, check_new, require_contacts
from cognomen.domain.attributes import check_required
from cognomen.domain.imported_hashes import fault_of_hash
from cognomen.domain.pool import UserPool
from cognomen.domain.user import StoredPassword, User, UserStatus
from cognomen.domain.usernames import aliases_of, names_of_new_user
from cognomen.storage.user_import import NewUser

SUB = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
VISIBLE_ASCII = re.compile("[!-~]+")
LONGEST_NAME = 128
LONGEST_VALUE = 2048
WITH_HASH = frozenset({UserStatus.CONFIRMED, UserStatus.UNCONFIRMED, UserStatus.RESET_REQUIRED})
WITH_TEMPORARY = frozenset({UserStatus.FORCE_CHANGE_PASSWORD})
WITHOUT_PASSWORD = frozenset({UserStatus.RESET_REQUIRED})


class Line(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A line of the file. A time is ISO 8601 with a zone, or seconds since 1970."""

    username: str | None = None
    attributes: dict[str, str] = {}
    status: UserStatus | None = None
    enabled: bool = True
    created_at: datetime | float | None = None
    sub: str | None = None
    password_hash: str | None = None
    temporary_password: str | None = None

    def __repr__(self) -> str:
        return "Line(...)"  # it holds passwords


class LineRefused(Exception):  # noqa: N818
    """Why a line is not imported, without a secret of it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The account that a line means, and the password that is still to be hashed for it."""

    number: int
    new: NewUser
    temporary: str | None = field(repr=False)


_decode = msgspec.json.Decoder(Line).decode


def read_line(pool: UserPool, number: int, text: bytes, new_sub: Callable[[], str], now_ms: int) -> Arrival:
    """The account of a line; raises LineRefused."""
    try:
        line = _decode(text)
        return _arrival(pool, number, line, _checked_sub(line.sub) or new_sub(), now_ms)
    except UnicodeDecodeError:
        raise LineRefused("the line is not UTF-8") from None
    except msgspec.MsgspecError as fault:
        raise LineRefused(str(fault)) from None  # its cause may quote the line
    except errors.Refusal as refusal:
        raise LineRefused(str(refusal).strip().replace("\n", "; ")) from None


def _checked_sub(sub: str | None) -> str | None:
    if sub is not None and not SUB.fullmatch(sub):
        raise LineRefused("sub is not a UUID in small letters")
    return sub


def _arrival(pool: UserPool, number: int, line: Line, sub: str, now_ms: int) -> Arrival:
    named = names_of_new_user(pool, _asked_name(pool, line, sub), sub)
    attributes = _checked_attributes(pool, named.complete(line.attributes))
    status, password = _standing(line, now_ms)
    if line.temporary_password is not None:
        pool.password_policy.check(line.temporary_password, by_admin=True)
    created_ms = _milliseconds(line.created_at, now_ms)
    user = User(
        pool_id=pool.pool_id,
        sub=sub,
        username=named.username,
        status=status,
        enabled=line.enabled,
        attributes=attributes,
        password=password,
        created_ms=created_ms,
        modified_ms=now_ms,
    )
    return Arrival(number, NewUser(user, (*named.names, *aliases_of(pool, attributes))), line.temporary_password)


def _asked_name(pool: UserPool, line: Line, sub: str) -> str:
    """The user name; where contacts stand in its place, an export that names the sub means the contact."""
    name = line.username
    if pool.username_attributes and name in {None, sub}:
        contacts = (line.attributes.get(kind) for kind in ("email", "phone_number") if kind in pool.username_attributes)
        name = next(filter(None, contacts), None)
    if name is None:
        raise LineRefused("username is missing")
    if not 0 < len(name) <= LONGEST_NAME or not _is_visible(name):
        raise LineRefused(f"username is not 1 to {LONGEST_NAME} visible characters")
    return name


def _is_visible(name: str) -> bool:
    """Letters, marks, numbers, punctuation and symbols alone."""
    plain = VISIBLE_ASCII.fullmatch(name)  # most names are, and looking up each character costs a tenth of reading
    return plain is not None or all(unicodedata.category(one)[0] in "LMNPS" for one in name)


def _checked_attributes(pool: UserPool, given: Mapping[str, str]) -> dict[str, str]:
    attributes = {name: value for name, value in given.items() if value}
    for name, value in attributes.items():
        if len(value) > LONGEST_VALUE:
            raise LineRefused(f"{name} is longer than {LONGEST_VALUE} characters")
    check_new(pool.schema, attributes, Author.USER)
    check_required(pool.schema, attributes)
    require_contacts(attributes)
    return attributes


def _standing(line: Line, now_ms: int) -> tuple[UserStatus, StoredPassword | None]:
    """The state that goes with the password that is given, and the hash as it is stored."""
    if line.password_hash is not None and line.temporary_password is not None:
        raise LineRefused("password_hash and temporary_password exclude each other")
    if line.password_hash is not None:
        fault = fault_of_hash(line.password_hash)
        if fault:
            raise LineRefused(fault)
        status = _allowed(line, UserStatus.CONFIRMED, WITH_HASH)
        return status, StoredPassword(line.password_hash, b"", b"", now_ms)
    if line.temporary_password is not None:
        return _allowed(line, UserStatus.FORCE_CHANGE_PASSWORD, WITH_TEMPORARY), None
    return _allowed(line, UserStatus.RESET_REQUIRED, WITHOUT_PASSWORD), None


def _allowed(line: Line, usual: UserStatus, allowed: frozenset[UserStatus]) -> UserStatus:
    status = line.status or usual
    if status not in allowed:
        raise LineRefused(f"status {status} does not go with the password: {', '.join(sorted(allowed))} does")
    return status


def _milliseconds(moment: datetime | float | None, now_ms: int) -> int:
    if moment is None:
        return now_ms
    if isinstance(moment, datetime) and moment.tzinfo is None:
        raise LineRefused("created_at has no time zone")
    seconds = moment.timestamp() if isinstance(moment, datetime) else moment
    if not 0 <= seconds * 1000 <= now_ms:
        raise LineRefused("created_at is not between 1970 and now")
    return round(seconds * 1000)
