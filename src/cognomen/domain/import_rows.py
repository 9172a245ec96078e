"""What a row of a file of users says, and the account that it means (reference 04, CSV import)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from cognomen import errors
from cognomen.domain.attribute_changes import Author, check_new, require_contacts
from cognomen.domain.attributes import STRING_MAX, VERIFIED_FLAG, check_required
from cognomen.domain.csv_header import csv_header
from cognomen.domain.import_file import values_of
from cognomen.domain.import_jobs import LONGEST_ROW
from cognomen.domain.imported_hashes import fault_of_job_hash
from cognomen.domain.pool import UserPool
from cognomen.domain.second_factors import CONTACT_OF, NO_FACTORS, Factor, SecondFactors
from cognomen.domain.user import SignInName, StoredPassword, User, UserStatus
from cognomen.domain.usernames import aliases_of, names_of_new_user

USERNAME, MFA, HASH = "cognito:username", "cognito:mfa_enabled", "password_hash"
LONGEST_NAME = 128
BIRTHDATE = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
BOOLEANS = frozenset({"true", "false"})
MFA_OF_POOL = {"ON": "true", "OFF": "false"}  # what a row may say where its user cannot choose
# Contacts to which a code can go that begins a sign-in.
CODES_TO = {"EMAIL_OTP": "email", "SMS_OTP": "phone_number"}
NOT_VERIFIED = (
    "The User Record does not set any of the auto verified attributes to true. (Example: email_verified to true)."
)
TOO_LONG = f"The row is longer than {LONGEST_ROW} characters."
Values: TypeAlias = Mapping[str, str]


class RowRefused(Exception):  # noqa: N818
    """Why a row is not imported, without any data of it."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """The account that a row means, and by which names it is found."""

    user: User
    names: tuple[SignInName, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """How the rows of a file are read: for which pool, in which columns, with hashes of which algorithm."""

    pool: UserPool
    columns: Sequence[str]
    algorithm: str | None


def columns_of(header: bytes) -> list[str]:
    """The columns that a file names in its first line; none where that is not UTF-8 or too long."""
    try:
        text = header.decode()
    except UnicodeDecodeError:
        return []
    return values_of(text) if len(text) <= LONGEST_ROW else []


def fits(pool: UserPool, columns: Sequence[str]) -> bool:
    """Whether a file has exactly the columns of GetCSVHeader, in any order; a column for hashes may be one more."""
    plain = [one for one in columns if one != HASH]
    return sorted(plain) == sorted(csv_header(pool.schema)) and len(columns) <= len(plain) + 1


def read_row(sheet: Sheet, line: bytes, new_sub: Callable[[], str], now_ms: int) -> Arrival:
    """The account of a row; raises RowRefused."""
    try:
        return _arrival(sheet, _values(sheet, line), new_sub(), now_ms)
    except errors.Refusal as refusal:
        raise RowRefused(str(refusal).strip().replace("\n", "; ")) from None


def _values(sheet: Sheet, line: bytes) -> Values:
    """The values that a row gives, by their columns."""
    line = line.rstrip(b"\r\n")
    if len(line) > 4 * LONGEST_ROW:  # more bytes than so many characters have
        raise RowRefused(TOO_LONG)
    try:
        text = line.decode()
    except UnicodeDecodeError:
        raise RowRefused("The row is not UTF-8.") from None
    if len(text) > LONGEST_ROW:
        raise RowRefused(TOO_LONG)
    if "\0" in text:
        raise RowRefused("The row holds the character U+0000.")
    values = values_of(text)
    if len(values) != len(sheet.columns):
        raise RowRefused(f"The row has {len(values)} values, and the header {len(sheet.columns)} columns.")
    return {name: value for name, value in zip(sheet.columns, values, strict=True) if value}


def _arrival(sheet: Sheet, values: Values, sub: str, now_ms: int) -> Arrival:
    pool = sheet.pool
    named = names_of_new_user(pool, _asked_name(values), sub)
    attributes = _checked_attributes(pool, named.complete(_attributes(pool, values)))
    password = _password(sheet, values.get(HASH), now_ms)
    user = User(
        pool_id=pool.pool_id,
        sub=sub,
        username=named.username,
        status=_status(pool, attributes, password),
        enabled=True,
        attributes=attributes,
        password=password,
        created_ms=now_ms,
        modified_ms=now_ms,
        factors=_factors(pool, attributes, _boolean(values, MFA)),
    )
    return Arrival(user, (*named.names, *aliases_of(pool, attributes)))


def _asked_name(values: Values) -> str:
    name = values.get(USERNAME)
    if not name:
        raise RowRefused(f"{USERNAME} is missing.")
    if len(name) > LONGEST_NAME or any(one.isspace() or not one.isprintable() for one in name):
        raise RowRefused(f"{USERNAME} is longer than {LONGEST_NAME} characters, or holds a space.")
    return name


def _attributes(pool: UserPool, values: Values) -> dict[str, str]:
    """The attributes as accounts hold them."""
    given = {name: _plain(pool, name, value) for name, value in values.items() if name in pool.schema}
    if "birthdate" in given:
        given["birthdate"] = _date(given["birthdate"])
    return given


def _plain(pool: UserPool, name: str, value: str) -> str:
    return value.lower() if pool.schema[name].data_type == "Boolean" else value


def _date(text: str) -> str:
    """The day in the form that OpenID Connect knows (Core 1.0, section 5.1)."""
    found = BIRTHDATE.fullmatch(text)
    try:
        return date(int(found[3]), int(found[1]), int(found[2])).isoformat() if found else _refuse_date()
    except ValueError:
        return _refuse_date()


def _refuse_date() -> str:
    raise RowRefused("birthdate is not a day in the form mm/dd/yyyy.")


def _boolean(values: Values, name: str) -> str:
    value = values.get(name, "").lower()
    if value and value not in BOOLEANS:
        raise RowRefused(f"{name} is neither true nor false.")
    return value


def _checked_attributes(pool: UserPool, given: dict[str, str]) -> dict[str, str]:
    for name, value in given.items():
        if len(value) > STRING_MAX:
            raise RowRefused(f"{name} is longer than {STRING_MAX} characters.")
    check_new(pool.schema, given, Author.USER)
    check_required(pool.schema, given)
    require_contacts(given)
    if not any(given.get(VERIFIED_FLAG[contact]) == "true" for contact in pool.auto_verified):
        raise RowRefused(NOT_VERIFIED)
    return given


def _factors(pool: UserPool, attributes: Values, asked: str) -> SecondFactors:
    """The second factors that come with cognito:mfa_enabled, where users of the pool choose."""
    due = MFA_OF_POOL.get(pool.mfa)
    if due and asked and asked != due:
        raise RowRefused(f"{MFA} must be {due} or empty: MFA is {pool.mfa} in the user pool.")
    if due or asked != "true":
        return NO_FACTORS
    able = (one for one in Factor if one in pool.second_factors and attributes.get(CONTACT_OF.get(one, "")))
    return SecondFactors(enabled=frozenset(able))


def _password(sheet: Sheet, text: str | None, now_ms: int) -> StoredPassword | None:
    if text is None:
        return None
    if sheet.algorithm is None:
        raise RowRefused(f"{HASH} is given, and the job names no PasswordHashingAlgorithm.")
    fault = fault_of_job_hash(text)
    if fault:
        raise RowRefused(fault)
    return StoredPassword(text, b"", b"", now_ms)


def _status(pool: UserPool, attributes: Values, password: StoredPassword | None) -> UserStatus:
    """Whoever can sign in with what came, does; all others choose a password by a code."""
    by_code = any(factor in pool.first_factors and attributes.get(contact) for factor, contact in CODES_TO.items())
    return UserStatus.CONFIRMED if password or by_code else UserStatus.RESET_REQUIRED
