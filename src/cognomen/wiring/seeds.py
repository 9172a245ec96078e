"""The seed of a start."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

from cognomen.admin.seed import Planted, plant
from cognomen.admin.seed_file import Seed, SeedRefused, read_seed
from cognomen.domain.audit import Actor, Note
from cognomen.flows.audit import recorded
from cognomen.http.members import read_members
from cognomen.services import Services
from cognomen.settings import Settings


def seed_of(settings: Settings) -> Seed:
    """What the settings' seed file asks for, read and checked; raises SeedRefused."""
    file = settings.seed
    if file is None:
        return Seed(())
    try:
        content = file.read_bytes()
    except OSError as fault:
        raise SeedRefused(f"the seed {file} cannot be read: {fault.strerror}") from fault
    with _named(settings):
        return read_seed(file.name, content, read_members)


@contextmanager
def _named(settings: Settings) -> Iterator[None]:
    """Have what is wrong with the seed say which file it is in."""
    try:
        yield
    except SeedRefused as refused:
        raise SeedRefused("\n".join(f"seed {settings.seed}: {line}" for line in str(refused).splitlines())) from None


def planter_of(settings: Settings, world: Services) -> Callable[[], Awaitable[Planted]]:
    """Brings the store to what the seed asks for, as the file is now; raises SeedRefused."""
    seed = seed_of(settings)

    async def planted() -> Planted:
        note = Note(world.ids.uuid(), world.now_ms(), "start:seed", Actor("server"))
        with _named(settings):
            async with recorded(world, note, wanted=lambda _: False) as inside:
                return await plant(inside, seed)

    return planted
