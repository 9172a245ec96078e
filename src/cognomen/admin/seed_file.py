"""A seed file: the pools that a server shall have, with everything in them, by AWS's own member names."""

import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import Any, TypeAlias
from uuid import UUID, uuid5

from cognomen.admin.user_lines import SUB
from cognomen.domain.user import UserStatus

Members: TypeAlias = Mapping[str, Any]
# The members of an operation's request as they stand in a file, checked as a request is; raises MembersRefused.
ReadMembers: TypeAlias = Callable[[str, Members], Members]

BORN = datetime(2020, 1, 1, tzinfo=UTC)  # pools that do not say when: each start from cold shows the same
SUBS = UUID("5eed0000-0000-4000-8000-000000000000")  # subs that are not given follow from pool and name
POOL_ID = re.compile(r"[a-z0-9-]{1,32}_[0-9A-Za-z]+")
SOME_POOL = "us-east-1_0"  # where an operation needs one: the place in the file says which
WITH_PASSWORD = (UserStatus.CONFIRMED, UserStatus.UNCONFIRMED, UserStatus.RESET_REQUIRED)


class SeedRefused(Exception):  # noqa: N818
    """What of a seed cannot be: a line for each place, and never a secret."""


class MembersRefused(Exception):  # noqa: N818
    """What is wrong with members, each with its path below them."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        super().__init__("members refused")
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Kind:
    """What a table of the file may say: the members of an operation, and keys of its own by their types.

    `checked` has operations whose limits hold for own keys: member by key. `barred` says why members are not taken.
    """

    operation: str
    own: Mapping[str, type]
    needed: frozenset[str] = frozenset()
    filled: Members = field(default_factory=dict)
    checked: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    barred: Mapping[str, str] = field(default_factory=dict)


IN_POOL = {"UserPoolId": SOME_POOL}
STANDS_IN_POOL = "it stands below its pool, which says it"
NO_MESSAGES = "a seed sends no messages and calls nobody"
POOL = Kind(
    "CreateUserPool",
    {"Id": str, "created_at": datetime, "signing_keys": dict, "clients": list, "groups": list, "users": list},
    frozenset({"Id"}),
    checked={"DescribeUserPool": {"Id": "UserPoolId"}},
)
CLIENT = Kind(
    "CreateUserPoolClient",
    {"ClientId": str},
    frozenset({"ClientId"}),
    IN_POOL,
    {"DescribeUserPoolClient": {"ClientId": "ClientId"}},
    {"UserPoolId": STANDS_IN_POOL, "GenerateSecret": "each start would make another secret: give ClientSecret"},
)
GROUP = Kind("CreateGroup", {}, filled=IN_POOL, barred={"UserPoolId": STANDS_IN_POOL})
USER = Kind(
    "AdminCreateUser",
    {"Sub": str, "Password": str, "Status": str, "Groups": list},
    filled=IN_POOL,
    checked={"AdminSetUserPassword": {"Password": "Password"}},
    barred={
        "UserPoolId": STANDS_IN_POOL,
        **dict.fromkeys(("MessageAction", "DesiredDeliveryMediums", "ClientMetadata", "ValidationData"), NO_MESSAGES),
    },
)
FILLING: Members = {"UserPoolId": SOME_POOL, "ClientId": "0", "Username": "somebody", "Password": "x"}
NEEDS = {
    "DescribeUserPool": ("UserPoolId",),
    "DescribeUserPoolClient": ("UserPoolId", "ClientId"),
    "AdminSetUserPassword": ("UserPoolId", "Username", "Password"),
}
TYPES = {str: "text", list: "a list", dict: "a table", datetime: "a time with its zone, such as 2020-01-01T00:00:00Z"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something that the file asks for: its place there, its id, and the members of AWS's request."""

    place: str
    key: str
    asked: Members = field(repr=False)


@dataclass(frozen=True, slots=True)
class WantedUser(Wanted):
    """A user; the password goes with the status, and there is none for users who sign in by codes."""

    password: str | None = field(repr=False)
    status: UserStatus
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WantedPool(Wanted):
    """A pool with all that it shall hold; keys in PEM by their use, or none."""

    created_ms: int
    signing_keys: Mapping[str, str] = field(repr=False)
    clients: tuple[Wanted, ...]
    groups: tuple[Wanted, ...]
    users: tuple[WantedUser, ...]


@dataclass(frozen=True, slots=True)
class Seed:
    """All that a file asks for."""

    pools: tuple[WantedPool, ...]

    @property
    def has_secrets(self) -> bool:
        """Whether somebody who reads the file could sign in, or sign."""
        return any(
            pool.signing_keys
            or any("ClientSecret" in one.asked for one in pool.clients)
            or any(map(_secret, pool.users))
            for pool in self.pools
        )


def _secret(user: WantedUser) -> bool:
    return user.password is not None


def read_seed(name: str, content: bytes, read_members: ReadMembers) -> Seed:
    """What a file asks for, TOML, or JSON where its name ends so; raises SeedRefused with all that is wrong."""
    reader = _Reader(read_members)
    pools = reader.file(_tree(name, content))
    if reader.faults:
        raise SeedRefused("\n".join(reader.faults))
    return Seed(pools)


def _tree(name: str, content: bytes) -> Any:
    is_json = name.lower().endswith(".json")
    try:
        text = content.decode()
        tree = json.loads(text, object_pairs_hook=_distinct) if is_json else tomllib.loads(text)
    except UnicodeDecodeError:
        raise SeedRefused("the file is not UTF-8") from None
    except json.JSONDecodeError as fault:
        raise SeedRefused(f"the file is not JSON: {fault.msg}, line {fault.lineno} column {fault.colno}") from None
    except tomllib.TOMLDecodeError as fault:
        where = re.search(r"\(at .*\)$", str(fault))
        raise SeedRefused(f"the file is not TOML {where[0] if where else ''}".rstrip()) from None  # it may quote
    except RecursionError:
        raise SeedRefused("the file is nested too deep") from None
    for value in _texts(tree):
        if "\0" in value or any("\ud800" <= one <= "\udfff" for one in value):
            raise SeedRefused("the file holds U+0000, or half of a surrogate pair")
    return tree


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise SeedRefused("a key of an object stands there twice")
    return table


def _texts(tree: Any) -> Iterator[str]:
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, list):
        yield from chain.from_iterable(map(_texts, tree))
    elif isinstance(tree, dict):
        yield from chain(tree, chain.from_iterable(map(_texts, tree.values())))


class _Reader:
    """Reads table by table and keeps what is wrong, so that all of it is told at once."""

    def __init__(self, read_members: ReadMembers) -> None:
        self._read_members = read_members
        self.faults: list[str] = []

    def file(self, tree: Any) -> tuple[WantedPool, ...]:
        if not isinstance(tree, dict):
            self._fault("the file", "is no table of pools")
            return ()
        for name in tree.keys() - {"pools"}:
            self._fault(name, "unknown key: the file has pools")
        pools = tuple(self._each("pools", tree.get("pools", []), self._pool))
        self._once("Id", pools)
        self._once("ClientId", chain.from_iterable(pool.clients for pool in pools))
        return pools

    def _pool(self, place: str, table: Any) -> WantedPool | None:
        read = self._table(POOL, place, table)
        if read is None:
            return None
        own, asked = read
        if not POOL_ID.fullmatch(own["Id"]):
            self._fault(f"{place}.Id", "is not a region, _, and letters or digits")
        lists = {name: own.get(name, []) for name in ("clients", "groups", "users")}
        user = partial(self._user, own["Id"])
        pool = WantedPool(
            place,
            own["Id"],
            asked,
            created_ms=round(own.get("created_at", BORN).timestamp() * 1000),
            signing_keys=self._keys(f"{place}.signing_keys", own.get("signing_keys", {})),
            clients=tuple(self._each(f"{place}.clients", lists["clients"], self._client)),
            groups=tuple(self._each(f"{place}.groups", lists["groups"], self._group)),
            users=tuple(self._each(f"{place}.users", lists["users"], user)),
        )
        if pool.created_ms < 0:
            self._fault(f"{place}.created_at", "is before 1970")
        self._once("GroupName", pool.groups)
        self._once("Sub", pool.users)
        return pool

    def _client(self, place: str, table: Any) -> Wanted | None:
        read = self._table(CLIENT, place, table)
        return read and Wanted(place, read[0]["ClientId"], read[1])

    def _group(self, place: str, table: Any) -> Wanted | None:
        read = self._table(GROUP, place, table)
        return read and Wanted(place, read[1]["GroupName"], read[1])

    def _user(self, pool_id: str, place: str, table: Any) -> WantedUser | None:
        read = self._table(USER, place, table)
        if read is None:
            return None
        own, asked = read
        sub = own.get("Sub") or str(uuid5(SUBS, f"{pool_id}/{asked['Username']}"))
        if not SUB.fullmatch(sub):
            self._fault(f"{place}.Sub", "is not a UUID in small letters")
        groups = own.get("Groups", [])
        if not all(isinstance(name, str) for name in groups):
            self._fault(f"{place}.Groups", "must be a list of names")
        password, status = self._standing(place, own, asked)
        return WantedUser(place, sub, asked, password, status, tuple(groups))

    def _standing(self, place: str, own: Members, asked: Members) -> tuple[str | None, UserStatus]:
        """The password, and the state that goes with it."""
        password, temporary = own.get("Password"), asked.get("TemporaryPassword")
        if password is not None and temporary is not None:
            self._fault(place, "Password and TemporaryPassword exclude each other")
        allowed = (UserStatus.FORCE_CHANGE_PASSWORD,) if temporary is not None else WITH_PASSWORD
        status = own.get("Status", allowed[0].value)
        if status not in allowed:
            self._fault(f"{place}.Status", f"must be {' or '.join(allowed)} with the password that is given")
            return None, allowed[0]
        return temporary if password is None else password, UserStatus(status)

    def _keys(self, place: str, table: Members) -> Members:
        if table and (table.keys() != {"id", "access"} or not all(isinstance(pem, str) for pem in table.values())):
            self._fault(place, "must hold id and access, each a private RSA key in PEM")
        return table

    def _each(self, place: str, rows: Any, read: Callable[[str, Any], Any]) -> Iterator[Any]:
        if not isinstance(rows, list):
            self._fault(place, "must be a list of tables")
            return
        for index, row in enumerate(rows):
            wanted = read(f"{place}[{index}]", row)
            if wanted is not None:
                yield wanted

    def _table(self, kind: Kind, place: str, table: Any) -> tuple[dict[str, Any], Members] | None:
        """The own keys of a table and the members of AWS's request; None where one of them is wrong."""
        known = len(self.faults)
        if not isinstance(table, dict):
            self._fault(place, "must be a table")
            return None
        own = {name: self._own(kind, f"{place}.{name}", table[name]) for name in kind.own if name in table}
        for name in sorted(kind.needed - own.keys()):
            self._fault(place, f"{name} is missing")
        members = {name: value for name, value in table.items() if name not in kind.own}
        for name in kind.barred.keys() & members.keys():
            self._fault(f"{place}.{name}", f"is not for a seed: {kind.barred[name]}")
        asked = self._members(place, kind.operation, {**kind.filled, **members}, {})
        if len(self.faults) > known:
            return None
        for operation, keys in kind.checked.items():
            given = {keys[name]: own[name] for name in keys if name in own}
            filling = {name: FILLING[name] for name in NEEDS[operation]}
            if given:
                self._members(place, operation, {**filling, **given}, {member: name for name, member in keys.items()})
        kept = {name: value for name, value in asked.items() if name not in kind.filled}
        return None if len(self.faults) > known else (own, kept)

    def _own(self, kind: Kind, place: str, value: Any) -> Any:
        wanted = kind.own[place.rpartition(".")[2]]
        if wanted is datetime and isinstance(value, str):
            value = _time(value)
        if not isinstance(value, wanted) or (isinstance(value, datetime) and value.tzinfo is None):
            self._fault(place, f"must be {TYPES[wanted]}")
        return value

    def _members(self, place: str, operation: str, members: Members, names: Mapping[str, str]) -> Members:
        try:
            return self._read_members(operation, members)
        except MembersRefused as refused:
            for path, words in refused.faults:
                shown = names.get(path, path)
                self._fault(f"{place}.{shown}" if shown else place, words)
            return {}

    def _once(self, name: str, wanted: Iterable[Wanted]) -> None:
        seen: dict[str, str] = {}
        for one in wanted:
            if one.key in seen:
                self._fault(f"{one.place}.{name}", f"is that of {seen[one.key]}")
            seen[one.key] = one.place

    def _fault(self, place: str, words: str) -> None:
        self.faults.append(f"{place}: {words}")


def _time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
