"""Bringing a store to what a seed file asks for, through the flows that the operations use.

What the file names is made or changed; what it does not name stays. Each step is a transaction of its own and looks
first, so that a start that was broken off goes on where it ended, and of two at the same time each thing is made once.
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

import msgspec

from cognomen import errors
from cognomen.admin.seed_file import Members, Seed, SeedRefused, Wanted, WantedPool, WantedUser
from cognomen.domain import tiers
from cognomen.domain.app_client import AppClient
from cognomen.domain.attribute_changes import Author
from cognomen.domain.attributes import VERIFIED_FLAG
from cognomen.domain.client_settings import settings_of_new_client
from cognomen.domain.pool import UserPool
from cognomen.domain.pool_settings import settings_of_changed_pool, settings_of_new_pool
from cognomen.domain.signing_keys import CertifiedKey, StoredKey, TokenUse
from cognomen.domain.user import User
from cognomen.domain.usernames import names_of_new_user
from cognomen.flows import groups as group_flow
from cognomen.flows import pools
from cognomen.flows.client_secrets import keep_secret, new_secret
from cognomen.flows.new_user import Invitation, invite
from cognomen.flows.pool_keys import pool_keys
from cognomen.flows.user_attributes import change_attributes
from cognomen.ids import Ids
from cognomen.services import Services
from cognomen.signing.port import KeyFactory, KeyUnusable, SigningKey
from cognomen.storage import (
    app_clients,
    client_secrets,
    configuration,
    deleted_pools,
    expired,
    groups,
    user_pools,
    users,
)
from cognomen.storage.database import Tx, UniqueViolation
from cognomen.storage.groups import Change

T = TypeVar("T")
# Somebody else made the same in this moment, perhaps from the same file.
CLASHES = (UniqueViolation, errors.GroupExistsException, errors.UsernameExistsException)
ONLY_AT_FIRST = ("UsernameAttributes", "AliasAttributes", "UsernameConfiguration")


class Differs(Exception):  # noqa: N818
    """Something is there already, and what the file says of this member cannot be made true of it."""

    def __init__(self, member: str, why: str) -> None:
        super().__init__(why)
        self.member = member


@dataclass(slots=True)
class Planted:
    """What a seed made and changed, and what of it could not be."""

    made: Counter[str] = field(default_factory=Counter)
    changed: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def something(self) -> bool:
        """Whether anything was missing, or not as the file says."""
        return bool(self.made or self.changed)

    def __str__(self) -> str:
        made = ", ".join(f"{count} {noun}{'s' * (count != 1)}" for noun, count in self.made.items())
        said = [f"{made} made"] if made else []
        said += [f"{self.changed} changed"] if self.changed else []
        return "; ".join(said) or "everything is there already"

    async def attempt(self, place: str, step: Awaitable[T]) -> T | None:
        """Take a step; None where it is refused, which is noted with its place in the file."""
        try:
            return await step
        except Differs as differs:
            self.faults.append(f"{place}.{differs.member}: {differs}")
        except (errors.Refusal, KeyUnusable) as refusal:
            self.faults.append(f"{place}: {str(refusal).strip()}")
        except UniqueViolation:
            self.faults.append(f"{place}: the id is taken")
        return None


async def plant(world: Services, seed: Seed) -> Planted:
    """Make and change what a seed asks for; raises SeedRefused with all that cannot be, when the rest is done."""
    planted = Planted()
    for pool in seed.pools:
        await _Bed(world, pool, planted).plant()
    if planted.faults:
        raise SeedRefused("\n".join(planted.faults))
    return planted


async def _found_or_made(look: Callable[[], Awaitable[T | None]], make: Callable[[], Awaitable[T]]) -> tuple[T, bool]:
    """What is there, else what was made, and whether it was."""
    found = await look()
    if found is not None:
        return found, False
    try:
        return await make(), True
    except CLASHES:
        found = await look()
        if found is None:
            raise
        return found, False


@dataclass(frozen=True)
class _Bed:
    """One pool of a seed, and the world in which it is made."""

    world: Services
    wanted: WantedPool
    planted: Planted

    async def plant(self) -> None:
        """The pool, then what is in it; without the pool there is nothing to put anything into."""
        pool = await self.planted.attempt(self.wanted.place, self._pool())
        if pool is None:
            return
        for kind, step in (("clients", self._client), ("groups", self._group), ("users", self._user)):
            for wanted in getattr(self.wanted, kind):
                await self.planted.attempt(wanted.place, step(pool, wanted))

    def _then(self, chosen: str | None = None) -> Services:
        """The world as it was when the pool was made; the next id is the one that the file chose."""
        ids = _ChosenIds(chosen) if chosen else self.world.ids
        return replace(self.world, ids=ids, now_ms=lambda: self.wanted.created_ms)

    async def _pool(self) -> UserPool:
        look = partial(self.world.database.read, lambda tx: user_pools.get(tx, self.wanted.key))
        pool, is_new = await _found_or_made(look, self._make_pool)
        if is_new:
            self.planted.made["pool"] += 1
            return pool
        await self._compare_keys(pool)
        change = partial(_changed, asked=self.wanted.asked)
        name = self.wanted.asked["PoolName"]
        if _same(change(pool.settings), pool.settings) and name == pool.name:
            return pool
        changed = await pools.change_pool(self.world, pool, change, name)
        self.planted.changed += 1
        return changed

    async def _make_pool(self) -> UserPool:
        pool_id = self.wanted.key
        await _make_room(self.world, pool_id)
        keys = self.wanted.signing_keys
        then = self._then(pool_id)
        if keys:
            then = replace(then, key_factory=_GivenKeys(self.world.key_factory, keys))
        return await pools.create_pool(
            then, pool_id.partition("_")[0], self.wanted.asked["PoolName"], self.wanted.asked
        )

    async def _compare_keys(self, pool: UserPool) -> None:
        if not self.wanted.signing_keys:
            return
        signers = (await pool_keys(self.world, pool.pool_id)).signers
        given = _GivenKeys(self.world.key_factory, self.wanted.signing_keys)
        for use in TokenUse:
            if (await given.create(pool.pool_id, use, 0)).key_id != signers[use].key_id:
                raise Differs(
                    "signing_keys",
                    "the pool signs with other keys, and keeps them: leave them out where they were rotated",
                )

    async def _client(self, pool: UserPool, wanted: Wanted) -> None:
        then, name, asked = self._then(wanted.key), wanted.asked["ClientName"], wanted.asked
        make = partial(pools.create_client, then, pool, name, asked)
        client, is_new = await _found_or_made(partial(_client_with_id, self.world, pool, wanted.key), make)
        if is_new:
            self.planted.made["app client"] += 1
            return
        has_its_secret = _has_its_secret(client, asked.get("ClientSecret"))
        if not has_its_secret:
            await _replace_secret(self.world, client, asked["ClientSecret"])
        settings = settings_of_new_client(pool.schema, asked)
        tiers.require_client_settings(pool, settings)
        is_as_asked = _same(settings, client.settings) and name == client.name
        if not is_as_asked:
            await pools.update_client(self.world, pool, client, asked)
        self.planted.changed += not (has_its_secret and is_as_asked)

    async def _group(self, pool: UserPool, wanted: Wanted) -> None:
        asked = wanted.asked
        to = Change(asked.get("Description"), asked.get("RoleArn"), asked.get("Precedence"))
        group, is_new = await _found_or_made(
            partial(self.world.database.read, lambda tx: groups.get(tx, pool.pool_id, wanted.key)),
            partial(group_flow.create_group, self._then(), pool, wanted.key, to),
        )
        if is_new:
            self.planted.made["group"] += 1
            return
        there = (group.description, group.role_arn, group.precedence)
        given = (to.description, to.role_arn, to.precedence)
        if any(new not in {None, old} for old, new in zip(there, given, strict=True)):
            await group_flow.change_group(self.world, pool, wanted.key, to)
            self.planted.changed += 1

    async def _user(self, pool: UserPool, wanted: WantedUser) -> None:
        user, is_new = await _found_or_made(
            partial(self.world.database.read, lambda tx: users.by_sub(tx, pool.pool_id, wanted.key)),
            partial(_make_user, self.world, pool, wanted),
        )
        changed = False if is_new else await _change_user(self.world, pool, user, wanted)
        self.planted.made.update(["user"] * is_new)
        joined = await self.planted.attempt(f"{wanted.place}.Groups", _join(self.world, user, wanted.groups))
        self.planted.changed += not is_new and bool(changed or joined)


class _ChosenIds(Ids):
    """Gives the id that the file chose."""

    def __init__(self, chosen: str) -> None:
        self._chosen = chosen

    def uuid(self) -> str:
        """The sub."""
        return self._chosen

    def pool_id(self, region: str) -> str:  # noqa: ARG002
        """The pool's id, which begins with its region."""
        return self._chosen

    def client_id(self) -> str:
        """The client's id."""
        return self._chosen


@dataclass(frozen=True, slots=True)
class _GivenKeys:
    """Makes no signing keys but takes those of the file."""

    factory: KeyFactory
    keys: Mapping[str, str] = field(repr=False)

    async def create(self, pool_id: str, token_use: TokenUse, now_ms: int) -> StoredKey:
        """The key pair for this use; raises KeyUnusable."""
        return self.adopt(pool_id, token_use, self.keys[token_use], now_ms)

    def adopt(self, pool_id: str, token_use: TokenUse, pem: str, now_ms: int) -> StoredKey:
        """As the factory does; raises KeyUnusable."""
        try:
            return self.factory.adopt(pool_id, token_use, pem, now_ms)
        except KeyUnusable as fault:
            raise KeyUnusable(f"signing_keys.{token_use} {fault}") from None

    async def create_certified(self, pool_id: str, now_ms: int) -> CertifiedKey:
        """As the factory does."""
        return await self.factory.create_certified(pool_id, now_ms)

    def load(self, stored: StoredKey) -> SigningKey:
        """As the factory does; raises SealBroken."""
        return self.factory.load(stored)


# Pools


async def _make_room(world: Services, pool_id: str) -> None:
    """Take away all that is left of a pool that had this id, for its rows would become those of the new one."""
    if not await world.database.read(lambda tx: deleted_pools.holds(tx, pool_id)):
        return
    while await world.database.write(lambda tx: expired.purge(tx, world.now_ms())):
        pass
    await world.database.write(lambda tx: deleted_pools.forget(tx, pool_id))


def _changed(settings: Mapping[str, Any], asked: Members) -> Mapping[str, Any]:
    """The settings of a pool as the file wants them; further custom attributes stay. Raises Differs."""
    fresh = settings_of_new_pool(asked)
    for member in ONLY_AT_FIRST:
        if not _same(fresh.get(member), settings.get(member)):
            raise Differs(member, "can only be chosen when the pool is made, and the pool was made with something else")
    changed = settings_of_changed_pool(settings, asked)
    return {**changed, "SchemaAttributes": _schema(settings["SchemaAttributes"], fresh["SchemaAttributes"])}


def _schema(there: Sequence[Members], wanted: Sequence[Members]) -> list[Members]:
    known = {entry["Name"]: entry for entry in there}
    for entry in wanted:
        if not _same(known.setdefault(entry["Name"], entry), entry):
            raise Differs("Schema", f"{entry['Name']} is in the pool already and cannot be changed")
    return list(known.values())


def _same(one: object, other: object) -> bool:
    """Whether two documents are the same once they are stored."""
    return _stored(one) == _stored(other)


def _stored(document: object) -> object:
    return msgspec.json.decode(msgspec.json.encode(document))


# App clients


async def _client_with_id(world: Services, pool: UserPool, client_id: str) -> AppClient | None:
    try:
        client = await world.directory.client(client_id)
    except errors.ClientDoesNotExist:
        return None
    if client.pool_id != pool.pool_id:
        raise Differs("ClientId", "belongs to a client of another pool")
    return client


def _has_its_secret(client: AppClient, wanted: str | None) -> bool:
    """Whether the secret of the file works; raises Differs where there should be none."""
    if wanted is None and client.secrets:
        raise Differs("ClientSecret", "is not given, and the client has one, which cannot be taken from it")
    return wanted is None or wanted in {one.value for one in client.secrets}


async def _replace_secret(world: Services, client: AppClient, value: str) -> None:
    """Make this the only secret of a client; raises ClientDoesNotExist."""
    now_ms = world.now_ms()

    async def work(tx: Tx) -> None:
        if not await app_clients.touch(tx, client.pool_id, client.client_id, now_ms):
            raise errors.ClientDoesNotExist(client_id=client.client_id)
        there = {one.secret_id for one in await client_secrets.of_client(tx, client.pool_id, client.client_id)}
        await keep_secret(tx, world, client, new_secret(client.client_id, value, now_ms, there))
        for secret_id in there:
            await client_secrets.delete(tx, client.pool_id, client.client_id, secret_id)
        await configuration.bump(tx)

    await world.database.write(work)
    world.directory.forget()


# Users


def _attributes(asked: Members) -> dict[str, str]:
    """Attributes by name; raises InvalidParameterException where a name stands twice."""
    pairs = asked.get("UserAttributes") or []
    attributes = {pair["Name"]: pair.get("Value", "") for pair in pairs}
    if len(attributes) != len(pairs):
        raise errors.InvalidParameterException("UserAttributes name an attribute more than once.")
    return attributes


async def _make_user(world: Services, pool: UserPool, wanted: WantedUser) -> User:
    if wanted.password is None and not pool.is_passwordless:
        raise errors.InvalidParameterException("Password or TemporaryPassword is missing.")
    account = Invitation(
        username=wanted.asked["Username"],
        password=wanted.password,
        attributes=_attributes(wanted.asked),
        media=frozenset(),
        silent=True,
        force_alias=bool(wanted.asked.get("ForceAliasCreation")),
        status=wanted.status,
    )
    return await invite(replace(world, ids=_ChosenIds(wanted.key)), pool, account)


async def _change_user(world: Services, pool: UserPool, user: User, wanted: WantedUser) -> bool:
    """Give an account the attributes of the file; its password and its state are its own from the first day on."""
    named = names_of_new_user(pool, wanted.asked["Username"], user.sub)
    if named.username != user.username:
        raise Differs("Username", "is another one already, and users keep their names")
    attributes = named.complete(_attributes(wanted.asked))
    new = {name: value for name, value in attributes.items() if user.attributes.get(name, "") != value}
    if not new:
        return False
    # a new contact is only verified where this is said beside it
    flags = {flag: attributes[flag] for contact, flag in VERIFIED_FLAG.items() if contact in new and flag in attributes}
    await change_attributes(world, pool, user, {**new, **flags}, Author.ADMIN)
    return True


async def _join(world: Services, user: User, names: Sequence[str]) -> bool:
    """Put a user into groups; True where there was one to join."""
    there = {one.name for one in await world.database.read(lambda tx: groups.of_user(tx, user.pool_id, user.sub))}
    missing = [name for name in names if name not in there]
    for name in missing:
        await group_flow.add_to_group(world, user, name)
    return bool(missing)
