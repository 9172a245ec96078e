"""The only place where implementations are chosen: settings in, a running application out."""

import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from importlib import import_module
from threading import Event
from typing import Any, TypeVar, cast

from starlette.types import ASGIApp
from structlog.typing import FilteringBoundLogger

from cognomen.admin.seed import Planted, plant
from cognomen.admin.seed_file import Seed, SeedRefused, read_seed
from cognomen.clock import Clock
from cognomen.delivery.inbox import InboxCourier
from cognomen.delivery.port import Courier, Medium
from cognomen.delivery.routing import RoutingCourier
from cognomen.dev.tools import DevTools
from cognomen.domain.access_keys import EVERYTHING, AccessKey, Signer, sealing_purpose, user_signer
from cognomen.domain.facts import AttemptLimits, Facts, Quotas
from cognomen.domain.policy_documents import read_policy
from cognomen.flows.client_secrets import secret_purpose
from cognomen.flows.deliver import keep_in_inbox
from cognomen.http.app import Options, make_app
from cognomen.http.lifespan import Lifespan
from cognomen.http.log_lines import make_logger
from cognomen.http.members import read_members
from cognomen.http.proxies import Proxies
from cognomen.http.signers import KnownSigners
from cognomen.http.sigv4 import AnyWellFormedSignature, Signatures, VerifiedSignatures
from cognomen.ids import Ids
from cognomen.jobs.bell import JobBell
from cognomen.jobs.outbox import OutboxJob
from cognomen.jobs.purge import PurgeJob
from cognomen.jobs.runner import Runner
from cognomen.services import Services
from cognomen.settings import Settings
from cognomen.settings.code_keys import read_code_keys
from cognomen.settings.sections import Sms, Smtp
from cognomen.settings.webhook_secrets import holds_webhook_secrets, read_webhook_secrets
from cognomen.signing.argon2 import Argon2PasswordKeeper
from cognomen.signing.argon2_engines import Argon2Parameters
from cognomen.signing.jwt import hint_of
from cognomen.signing.leaked_passwords import HashedList
from cognomen.signing.port import NO_CODE_KEYS, CodeKeys, PasskeyJudge, PoolKeys
from cognomen.signing.rsa_keys import RsaKeyFactory
from cognomen.signing.sealing import AesGcmSealer, MasterKeys, create_master_key_file, read_master_key_file
from cognomen.signing.session_tokens import SessionTokens
from cognomen.signing.when_needed import WhenNeeded
from cognomen.storage import migrate
from cognomen.storage.database import Database
from cognomen.storage.directory import Directory
from cognomen.storage.key_ring import KeyRing
from cognomen.storage.sqlite import MEMORY, SqliteDatabase
from cognomen.throttle import Throttle
from cognomen.triggers.port import NO_TRIGGERS, Target, Triggers
from cognomen.triggers.routing import Bounds, RoutingTriggers
from cognomen.triggers.sigv4 import Credentials
from cognomen.triggers.targets import Secrets, TargetUnusable, targets_of

STORE = "cognomen.db"
TRIGGERS_LOGGED = 200  # the last runs, for /_dev/triggers
T = TypeVar("T")


class CodeKeysUnusable(Exception):  # noqa: N818
    """Why keys of the settings cannot be used, and what to do."""


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


async def build(settings: Settings, couriers: Mapping[Medium, Courier] | None = None) -> Application:
    """Open the store, bring its schema up to date and put everything together.

    `couriers` take the place of those that the settings name. Raises StorageFailed, SchemaRefused,
    MasterKeyUnusable, SeedRefused, TargetUnusable, CodeKeysUnusable.
    """
    sealer = AesGcmSealer(master_keys(settings))
    leaked = leaked_passwords_of(settings)
    database = await open_database(settings)
    await migrate.run(database)
    clock, bell = Clock(), JobBell()
    pool_keys: dict[str, PoolKeys] = {}
    keeper, keys = password_keeper(settings, sealer), RsaKeyFactory(sealer)
    world = Services(
        database=database,
        directory=Directory(database, opener_of_secrets(sealer), clock.now_ms, pool_keys.clear),
        pool_keys=pool_keys,
        sealer=sealer,
        passwords=keeper,
        key_factory=keys,
        passkeys=cast("PasskeyJudge", WhenNeeded("cognomen.signing.passkeys", "WebAuthnJudge")),
        peek=hint_of,
        now_ms=clock.now_ms,
        ids=Ids(),
        bell=bell,
        facts=facts_of(settings, media_of(settings) if couriers is None else frozenset(couriers)),
        throttle=Throttle(settings.sharers_of_rates) if settings.limits.request_rates else None,
        triggers=triggers_of(settings, clock.now_ms),
        code_keys=code_keys_of(settings),
        leaked=leaked,
    )
    log = make_logger(settings.log_level, settings.log_format, sys.stderr)
    courier = RoutingCourier(couriers_of(settings, world) if couriers is None else couriers)
    runner = Runner([OutboxJob(world, courier, bell, log), PurgeJob(world, log)], log)
    try:
        application = assemble(settings, world, clock, Machinery(keys, keeper, runner, database, leaked), log)
        return replace(application, planted=await application.plant())
    except BaseException:
        await database.close()
        raise


def assemble(
    settings: Settings, world: Services, clock: Clock, machinery: Machinery, log: FilteringBoundLogger
) -> Application:
    """The faces, on top of everything else."""
    stopping, plant_seed = Event(), planter_of(settings, world)
    meter = meter_of(settings)
    options = Options(
        log=log,
        dev=DevTools(world, clock, stopping.is_set, plant_seed) if settings.is_dev else None,
        lifespan=Lifespan(start=(machinery.start,), stop=(machinery.stop,)),
        longest_body=settings.limits.body_bytes,
        proxies=Proxies(settings.trusted_proxies),
        count=meter.count if meter else None,
        stopping=stopping.is_set,
    )
    app = make_app(world, signatures_of(settings, world), options)
    return Application(app, world, clock, stopping, plant_seed, registry=meter.registry if meter else None)


def meter_of(settings: Settings) -> Any:
    """What counts requests; None where nobody asks for the figures, and then nothing of it is imported."""
    return import_module("cognomen.http.metrics").Meter() if settings.metrics.are_on else None


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
        with _named(settings):
            return await plant(world, seed)

    return planted


def master_keys(settings: Settings) -> MasterKeys:
    """The keys that everything is sealed under; raises MasterKeyUnusable. dev makes a file where there is none."""
    path = settings.master_key_path
    if path is None:
        return MasterKeys.fresh()
    if settings.is_dev and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        create_master_key_file(path)
    return read_master_key_file(path).keys


async def open_database(settings: Settings) -> Database:
    """The store that the settings name; raises StorageFailed."""
    if settings.database:
        postgres = import_module("cognomen.storage.postgres")  # asyncpg is an extra
        opened: Database = await postgres.PostgresDatabase.open(settings.database)
        return opened
    if settings.data_dir is None:
        return SqliteDatabase(MEMORY)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteDatabase(str(settings.data_dir / STORE), "full" if settings.sqlite.synchronous == "FULL" else "normal")


def opener_of_secrets(sealer: AesGcmSealer) -> Callable[[str, bytes], str]:
    """Opens the sealed secret of a client."""
    return lambda client_id, sealed: sealer.open(sealed, secret_purpose(client_id)).decode()


def password_keeper(settings: Settings, sealer: AesGcmSealer) -> Argon2PasswordKeeper:
    """Argon2id at the strength that the settings ask for."""
    asked = settings.passwords
    parameters = Argon2Parameters(asked.memory_kib, asked.time_cost, asked.parallelism)
    return Argon2PasswordKeeper(sealer, parameters, asked.threads, asked.queue)


def signatures_of(settings: Settings, world: Services) -> Signatures:
    """In dev any well-formed signature will do; production verifies it against the access keys it knows."""
    signers = signers_of(settings, world)
    if settings.is_dev:
        return AnyWellFormedSignature(settings.account_id, signers)
    return VerifiedSignatures(signers, settings.account_id, world.now_ms)


def signers_of(settings: Settings, world: Services) -> KnownSigners:
    """The keys of the settings, which may do everything, those of the store, and temporary ones."""
    everything = read_policy(EVERYTHING)

    def signer_of(key: AccessKey) -> Signer:
        secret = world.sealer.open(key.sealed, sealing_purpose(key.key_id)).decode()
        return user_signer(settings.account_id, key.key_id, key.user, secret, read_policy(key.policy))

    return KnownSigners(
        {
            key_id: user_signer(settings.account_id, key_id, key_id, secret, everything)
            for key_id, secret in settings.access_keys.items()
        },
        KeyRing(world.database, signer_of, world.now_ms),
        SessionTokens(world.sealer),
        world.now_ms,
    )


def media_of(settings: Settings) -> frozenset[str]:
    """Which media somebody carries: in dev the inbox takes what no courier does."""
    couriers = {Medium.EMAIL: settings.smtp.host, Medium.SMS: settings.sms.webhook_url}
    return frozenset(medium for medium, where in couriers.items() if settings.is_dev or where)


def couriers_of(settings: Settings, world: Services) -> Mapping[Medium, Courier]:
    """Who carries which medium."""
    couriers: dict[Medium, Courier] = {}
    if settings.is_dev:
        inbox = InboxCourier(lambda message: keep_in_inbox(world, message))
        couriers = dict.fromkeys(Medium, inbox)
    if settings.smtp.host:
        smtp = import_module("cognomen.delivery.smtp")  # only servers that send mail pay for importing it
        couriers[Medium.EMAIL] = smtp.SmtpCourier(relay_of(settings.smtp, smtp.Relay))
    if settings.sms.webhook_url:
        webhook = import_module("cognomen.delivery.webhook")
        couriers[Medium.SMS] = webhook.WebhookCourier(webhook_of(settings.sms, webhook.Webhook), world.now_ms)
    return couriers


def relay_of(asked: Smtp, relay: Callable[..., T]) -> T:
    """The mail server of the settings."""
    return relay(
        host=asked.host,
        port=asked.port,
        sender=asked.sender,
        security=asked.security,
        username=asked.username or "",
        password=asked.password or "",
        ca_file=str(asked.ca_file) if asked.ca_file else None,
        timeout_seconds=asked.timeout_s,
    )


def webhook_of(asked: Sms, webhook: Callable[..., T]) -> T:
    """The webhook of the settings."""
    assert asked.webhook_secret_file  # no server starts without
    return webhook(
        url=asked.webhook_url,
        secrets=read_webhook_secrets(asked.webhook_secret_file),
        ca_file=str(asked.ca_file) if asked.ca_file else None,
        timeout_seconds=asked.timeout_s,
    )


def leaked_passwords_of(settings: Settings) -> HashedList | None:
    """The list of breached passwords, where the settings name one; raises ListUnusable."""
    file = settings.threat_protection.leaked_passwords_file
    return HashedList(file) if file else None


def triggers_of(settings: Settings, now_ms: Callable[[], int]) -> Triggers:
    """What stands behind the ARNs of triggers; raises TargetUnusable. Only dev keeps what was said."""
    if not settings.triggers:
        return NO_TRIGGERS
    targets, problems = trigger_targets(settings, now_ms)
    if problems:
        raise TargetUnusable("\n".join(problems))
    asked = settings.trigger_calls
    bounds = Bounds(asked.at_a_time, asked.queue, asked.timeout_s)
    return RoutingTriggers(targets, bounds, now_ms, TRIGGERS_LOGGED if settings.is_dev else 0)


def code_keys_of(settings: Settings) -> CodeKeys:
    """The keys behind the KMSKeyID of pools; raises CodeKeysUnusable."""
    if not settings.kms_keys:
        return NO_CODE_KEYS
    keys, problems = read_code_keys(settings.kms_keys)
    if problems:
        raise CodeKeysUnusable("\n".join(problems))
    code_keys: CodeKeys = import_module("cognomen.signing.code_keys").AesCodeKeys(keys)
    return code_keys


def trigger_targets(settings: Settings, now_ms: Callable[[], int]) -> tuple[Mapping[str, Target], list[str]]:
    """The targets of the settings, and what keeps some from working."""
    asked = settings.trigger_calls
    key_id, secret = asked.aws_access_key_id, asked.aws_secret_access_key
    credentials = Credentials(key_id, secret, asked.aws_session_token) if key_id and secret else None
    file = asked.webhook_secret_file
    keys = read_webhook_secrets(file) if file and holds_webhook_secrets(file) else ()  # what is wrong, a rule says
    return targets_of(settings.triggers, Secrets(keys, credentials), now_ms)


def facts_of(settings: Settings, media: frozenset[str]) -> Facts:
    """What is true for all pools."""
    return Facts(
        region=settings.region,
        account_id=settings.account_id,
        public_url=settings.url,
        issuer=settings.issuer,
        accepted_issuers=settings.accepted_issuers,
        attempts=AttemptLimits(
            confirm_sign_up=settings.limits.confirm_sign_up_per_hour,
            resend_confirmation_code=settings.limits.resend_confirmation_code_per_hour,
            recover_password=settings.limits.recover_password_per_hour,
            change_password=settings.limits.change_password_per_hour,
            get_user_attribute_verification_code=settings.limits.get_user_attribute_verification_code_per_hour,
            verify_user_attribute=settings.limits.verify_user_attribute_per_hour,
            sign_in_codes=settings.limits.sign_in_codes_per_hour,
            update_user_attributes=settings.limits.update_user_attributes_codes_per_hour,
        ),
        fixed_code=settings.dev.fixed_code if settings.is_dev else None,
        media=media,
        quotas=Quotas(**{one.name: getattr(settings.quotas, one.name) for one in fields(Quotas)}),
        rates=settings.rates,
    )
