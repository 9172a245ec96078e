"""What runs beside a server."""

from dataclasses import dataclass, field

from structlog.typing import FilteringBoundLogger

from cognomen.clock import Clock
from cognomen.delivery.log_sinks import LogSinks
from cognomen.delivery.port import Courier
from cognomen.flows.audit import Recorder
from cognomen.jobs.audit import AuditJob
from cognomen.jobs.bell import JobBell
from cognomen.jobs.master_keys import MasterKeysJob
from cognomen.jobs.one_at_a_time import OneAtATime
from cognomen.jobs.outbox import OutboxJob
from cognomen.jobs.pool_logs import PoolLogsJob
from cognomen.jobs.purge import PurgeJob
from cognomen.jobs.retire_keys import RetireKeysJob
from cognomen.jobs.runner import Job, Runner
from cognomen.jobs.user_import import UserImportJob
from cognomen.services import Services
from cognomen.settings import Settings
from cognomen.signing.sealing import AesGcmSealer


@dataclass(frozen=True)
class Bells:
    """By which calls wake jobs."""

    messages: JobBell = field(default_factory=JobBell)
    imports: JobBell = field(default_factory=JobBell)


@dataclass(frozen=True)
class Surroundings:
    """What jobs need beside the world."""

    clock: Clock
    sealer: AesGcmSealer
    bells: Bells
    courier: Courier
    log: FilteringBoundLogger


def runner_of(settings: Settings, world: Services, around: Surroundings) -> Runner:
    """All jobs of a server, ready to be started."""
    log = around.log
    jobs: list[Job] = [
        OutboxJob(world, around.courier, around.bells.messages, log),
        UserImportJob(world, around.bells.imports, log),
        PoolLogsJob(world, log_sinks(settings, log), log),
        OneAtATime(world, PurgeJob(world, log, around.clock.least_ms)),
        RetireKeysJob(world, log),
        MasterKeysJob(around.sealer.renew, log),
    ]
    if isinstance(world.audit, Recorder):
        jobs.append(AuditJob(world, world.audit, log, settings.audit.keep_days))
    return Runner(jobs, log)


def log_sinks(settings: Settings, log: FilteringBoundLogger) -> LogSinks:
    """Where the logs of pools go."""
    return LogSinks(settings.log_destinations, lambda arn, line: log.info("pool log", destination=arn, line=line))
