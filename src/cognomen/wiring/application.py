"""A whole server: settings in, a running application out."""

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from threading import Event
from typing import Any, cast

from starlette.types import ASGIApp
from structlog.typing import FilteringBoundLogger

from cognomen.admin.sealed_columns import refuse_other_master_key
from cognomen.admin.seed import Planted
from cognomen.clock import Clock
from cognomen.delivery.port import Courier, Medium
from cognomen.delivery.routing import RoutingCourier
from cognomen.dev.tools import DevTools
from cognomen.flows.audit import Recorder
from cognomen.http.app import Options, make_app
from cognomen.http.lifespan import Lifespan
from cognomen.http.log_lines import make_logger
from cognomen.http.proxies import Proxies
from cognomen.ids import Ids
from cognomen.jobs.audit import alarm_of
from cognomen.jobs.runner import Runner
from cognomen.services import Services
from cognomen.settings import Settings
from cognomen.signing.argon2 import Argon2PasswordKeeper
from cognomen.signing.jwt import hint_of
from cognomen.signing.leaked_passwords import HashedList
from cognomen.signing.port import PasskeyJudge, PoolKeys
from cognomen.signing.rsa_keys import RsaKeyFactory
from cognomen.signing.sealing import AesGcmSealer
from cognomen.signing.when_needed import WhenNeeded
from cognomen.storage import migrate
from cognomen.storage.database import Database
from cognomen.storage.directory import Directory
from cognomen.throttle import Throttle
from cognomen.wiring.couriers import couriers_of, media_of
from cognomen.wiring.facts import facts_of
from cognomen.wiring.jobs import Bells, Surroundings, runner_of
from cognomen.wiring.secrets import leaked_passwords_of, password_keeper, signatures_of
from cognomen.wiring.seeds import planter_of
from cognomen.wiring.stores import open_database, opener_of_secrets, sealer_of
from cognomen.wiring.triggers import code_keys_of, triggers_of


@dataclass(frozen=True)
class Application:
    """A built server: the ASGI application, and what its process and tests reach behind it.

    Whoever stops the server sets `stopping` first, so that requests that wait let go.
    """

    app: ASGIApp
    world: Services
    clock: Clock
    stopping: Event
    plant: Callable[[], Awaitable[Planted]]  # brings the store to what the seed asks for
    planted: Planted = field(default_factory=Planted)  # what that made and changed at the start
    registry: Any = None


@dataclass(frozen=True)
class Machinery:
    """What is started and stopped with the server."""

    keys: RsaKeyFactory
    keeper: Argon2PasswordKeeper
    runner: Runner
    database: Database
    leaked: HashedList | None = None

    async def start(self) -> None:
        """Make spare keys and begin the jobs."""
        self.keys.start()
        self.runner.start()

    async def stop(self) -> None:
        """Finish what is under way, the store last."""
        await self.runner.stop()
        self.keys.close()
        self.keeper.close()
        if self.leaked:
            self.leaked.close()
        await self.database.close()


@dataclass(frozen=True)
class Parts:
    """What a world is put together from."""

    database: Database
    sealer: AesGcmSealer
    clock: Clock
    bells: Bells
    keys: RsaKeyFactory
    keeper: Argon2PasswordKeeper
    leaked: HashedList | None


async def build(
    settings: Settings, couriers: Mapping[Medium, Courier] | None = None, clock: Clock | None = None
) -> Application:
    """Open the store, bring its schema up to date and put everything together.

    `couriers` take the place of those that the settings name, `clock` that of one that nobody shares. Raises
    StorageFailed, SchemaRefused, MasterKeyUnusable, SeedRefused, TargetUnusable, CodeKeysUnusable.
    """
    log = make_logger(settings.log_level, settings.log_format, sys.stderr)
    sealer, leaked = sealer_of(settings), leaked_passwords_of(settings)
    database = await open_database(settings)
    await migrate.run(database)
    await refuse_other_master_key(database, sealer)
    clock, bells, keeper, keys = clock or Clock(), Bells(), password_keeper(settings, sealer), RsaKeyFactory(sealer)
    media = media_of(settings) if couriers is None else frozenset(couriers)
    world = world_of(settings, Parts(database, sealer, clock, bells, keys, keeper, leaked), media)
    world = replace(world, audit=Recorder(database, sealer, clock.now_ms, alarm_of(log)) if settings.audit.on else None)
    courier = RoutingCourier(couriers_of(settings, world) if couriers is None else couriers)
    runner = runner_of(settings, world, Surroundings(clock, sealer, bells, courier, log))
    try:
        application = assemble(settings, world, clock, Machinery(keys, keeper, runner, database, leaked), log)
        return replace(application, planted=await application.plant())
    except BaseException:
        await database.close()
        raise


def world_of(settings: Settings, parts: Parts, media: frozenset[str]) -> Services:
    """What flows may ask of the world."""
    pool_keys: dict[str, PoolKeys] = {}
    clock, sealer = parts.clock, parts.sealer
    return Services(
        database=parts.database,
        directory=Directory(parts.database, opener_of_secrets(sealer), clock.now_ms, pool_keys.clear),
        pool_keys=pool_keys,
        sealer=sealer,
        passwords=parts.keeper,
        key_factory=parts.keys,
        passkeys=cast("PasskeyJudge", WhenNeeded("cognomen.signing.passkeys", "WebAuthnJudge")),
        peek=hint_of,
        now_ms=clock.now_ms,
        ids=Ids(),
        bell=parts.bells.messages,
        import_bell=parts.bells.imports,
        facts=facts_of(settings, media),
        throttle=Throttle(settings.sharers_of_rates) if settings.limits.request_rates else None,
        triggers=triggers_of(settings, clock.now_ms),
        code_keys=code_keys_of(settings),
        leaked=parts.leaked,
    )


def assemble(
    settings: Settings, world: Services, clock: Clock, machinery: Machinery, log: FilteringBoundLogger
) -> Application:
    """The faces, on top of everything else."""
    stopping, plant_seed = Event(), planter_of(settings, world)
    meter = meter_of(settings)
    if meter and isinstance(world.audit, Recorder):
        world.audit.count = meter.count_records
    options = Options(
        log=log,
        dev=DevTools(world, clock, stopping.is_set, plant_seed, settings.workers == 1) if settings.is_dev else None,
        lifespan=Lifespan(start=(machinery.start,), stop=(machinery.stop,)),
        longest_body=settings.limits.body_bytes,
        proxies=Proxies(settings.trusted_proxies),
        count=meter.count if meter else None,
        stopping=stopping.is_set,
        store_folder=None if settings.database else settings.data_dir,
        longest_wait_s=settings.limits.longest_wait_ms / 1000,
        store_patience_s=settings.postgres.call_timeout_s if settings.database else None,
    )
    app = make_app(world, signatures_of(settings, world), options)
    return Application(app, world, clock, stopping, plant_seed, registry=meter.registry if meter else None)


def meter_of(settings: Settings) -> Any:
    """What counts requests; None where nobody asks for the figures, and then nothing of it is imported."""
    return import_module("cognomen.http.metrics").Meter() if settings.metrics.are_on else None
