"""Importing users into a pool: read in a stream, written in batches, each of them wholly or not at all."""

from asyncio import gather
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import BinaryIO, TypeAlias

from cognomen.admin.user_lines import Arrival, LineRefused, read_line
from cognomen.domain.pool import UserPool
from cognomen.domain.user import NameKind, SignInName
from cognomen.services import Services
from cognomen.storage import user_import
from cognomen.storage.database import Tx, UniqueViolation
from cognomen.storage.user_import import InTheWay, NewUser

BATCH = 10_000  # users a transaction, about a second of SQLite: the more, the fewer pages are written several times
LONGEST_LINE = 1 << 20
MORE_TRIES = 5  # somebody may sign up under a name of the batch in the very moment

Tell: TypeAlias = Callable[[int, str], None]
TAKEN = {
    NameKind.USERNAME: "the username is taken",
    NameKind.EMAIL: "the email is taken",
    NameKind.PHONE_NUMBER: "the phone_number is taken",
    NameKind.PREFERRED_USERNAME: "the preferred_username is taken",
}


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the lines: imported, known already from an import before, refused."""

    imported: int = 0
    known: int = 0
    refused: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.imported + other.imported, self.known + other.known, self.refused + other.refused)


async def import_users(world: Services, pool: UserPool, file: BinaryIO, tell: Tell, hashers: int = 1) -> Tally:
    """Import a file of users; each line that is refused is told with its number. Memory does not grow with the file.

    `hashers` is how many temporary passwords are hashed at the same time: no more than the keeper takes.
    """
    tally = Tally()
    lines = lines_of(file)
    while batch := list(islice(lines, BATCH)):
        faults: dict[int, str] = {}
        arrivals = await _with_passwords(world, list(_readable(world, pool, batch, faults)), hashers)
        stored = await _store(world, pool, arrivals)
        faults |= stored.faults
        for number, fault in sorted(faults.items()):
            tell(number, fault)
        tally += Tally(stored.imported, stored.known, len(faults))
    return tally


def lines_of(file: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """The lines that hold something, with their numbers; None stands for one that is too long."""
    number = 0
    while text := file.readline(LONGEST_LINE + 1):
        number += 1
        too_long = len(text) > LONGEST_LINE
        while too_long and text and not text.endswith(b"\n"):
            text = file.readline(LONGEST_LINE)
        if too_long or not text.isspace():
            yield number, None if too_long else text


def _readable(
    world: Services, pool: UserPool, batch: Iterable[tuple[int, bytes | None]], faults: dict[int, str]
) -> Iterator[Arrival]:
    for number, text in batch:
        try:
            if text is None:
                raise LineRefused(f"the line is longer than {LONGEST_LINE} bytes")  # noqa: TRY301
            yield read_line(pool, number, text, world.ids.uuid, world.now_ms())
        except LineRefused as refused:
            faults[number] = str(refused)


async def _with_passwords(world: Services, arrivals: list[Arrival], hashers: int) -> list[Arrival]:
    """Hash the temporary passwords, some at the same time."""
    waiting = iter([one for one in arrivals if one.temporary])
    hashed: dict[int, Arrival] = {}
    while some := list(islice(waiting, hashers)):
        hashed |= {one.number: one for one in await gather(*(_hashed(world, one) for one in some))}
    return [hashed.get(one.number, one) for one in arrivals]


async def _hashed(world: Services, arrival: Arrival) -> Arrival:
    user, temporary = arrival.new.user, arrival.temporary
    assert temporary is not None
    password = await world.passwords.keep(user.pool_id, user.username, temporary, user.modified_ms)
    return replace(arrival, new=replace(arrival.new, user=replace(user, password=password)))


@dataclass(frozen=True, slots=True)
class Stored:
    """What came of a batch: how many are in, how many were there, and why the others are not."""

    imported: int
    known: int
    faults: dict[int, str]


async def _store(world: Services, pool: UserPool, arrivals: list[Arrival]) -> Stored:
    """Put in who fits. The first try looks at nothing but the file, since most imports meet nobody."""
    tries = partial(_sort_out_and_insert, pool, arrivals)
    for looks in (False, *[True] * MORE_TRIES):
        try:
            return await world.database.write(partial(tries, looks))
        except UniqueViolation as clash:
            last = clash
    raise last


async def _sort_out_and_insert(pool: UserPool, arrivals: list[Arrival], looks: bool, tx: Tx) -> Stored:
    users = [one.new for one in arrivals]
    there = await user_import.in_the_way(tx, pool.pool_id, users) if looks else InTheWay({}, {})
    stored, fitting = _sorted_out(arrivals, there)
    await user_import.insert_all(tx, fitting)
    return stored


def _sorted_out(arrivals: Iterable[Arrival], there: InTheWay) -> tuple[Stored, list[NewUser]]:
    """Who can come in: nobody who is there, and nobody under a name that somebody has, in the pool or in the file."""
    usernames, holders = dict(there.usernames), dict(there.holders)
    fitting: list[NewUser] = []
    faults: dict[int, str] = {}
    known = 0
    for arrival in arrivals:
        user = arrival.new.user
        if usernames.get(user.sub) == user.username:
            known += 1
            continue
        fault = _fault_of(arrival.new, usernames, holders)
        if fault:
            faults[arrival.number] = fault
            continue
        usernames[user.sub] = user.username
        holders |= dict.fromkeys(arrival.new.names, user.sub)
        fitting.append(arrival.new)
    return Stored(len(fitting), known, faults), fitting


def _fault_of(arrival: NewUser, usernames: Mapping[str, str], holders: Mapping[SignInName, str]) -> str | None:
    if arrival.user.sub in usernames:
        return "the sub is that of another user"
    return next((TAKEN[name.kind] for name in arrival.names if name in holders), None)
