"""Making, starting and stopping user import jobs (reference 04, CSV import)."""

from dataclasses import replace

from cognomen import errors
from cognomen.domain.groups import check_role
from cognomen.domain.import_jobs import ACTIVE, STOPPED, ImportJob, Status
from cognomen.domain.pool import UserPool
from cognomen.flows.pools import held_pool
from cognomen.services import Services
from cognomen.storage import import_jobs
from cognomen.storage.database import Tx, UniqueViolation


async def create(world: Services, pool: UserPool, name: str, role_arn: str, algorithm: str | None) -> ImportJob:
    """Make a job; raises NotAnIamRole, PoolQuotaExceeded, PoolDoesNotExist."""
    check_role(role_arn)
    job_id = world.ids.import_job_id()
    job = ImportJob(pool.pool_id, job_id, name, role_arn, algorithm, Status.CREATED, world.now_ms())

    async def work(tx: Tx) -> None:
        await held_pool(tx, pool.pool_id)  # so that two cannot both be the last one
        await import_jobs.insert(tx, job)
        most = world.facts.quotas.import_jobs_per_pool
        if await import_jobs.count_of_pool(tx, pool.pool_id) > most:
            raise errors.PoolQuotaExceeded(most=most, things="user import jobs")

    await world.database.write(work)
    return job


async def require(world: Services, pool: UserPool, job_id: str) -> ImportJob:
    """The job with this id; raises ImportJobNotFound."""
    found = await world.database.read(lambda tx: import_jobs.get(tx, pool.pool_id, job_id))
    if found is None:
        raise errors.ImportJobNotFound
    return found.as_of(world.now_ms())


async def start(world: Services, pool: UserPool, job_id: str) -> ImportJob:
    """Let a job begin; the account has no other one then.

    Raises ImportJobNotFound, ImportJobNotCreated, NothingUploaded, NothingAutoVerified, AnotherImportActive.
    """

    async def work(tx: Tx) -> ImportJob:
        held = await held_pool(tx, pool.pool_id)  # so that the pool does not change or go away meanwhile
        job = await _held(world, tx, pool, job_id)
        if not held.auto_verified:
            raise errors.NothingAutoVerified
        if job.status is not Status.CREATED:
            raise errors.ImportJobNotCreated(status=job.status)
        if job.upload_id is None:
            raise errors.NothingUploaded
        await import_jobs.activate(tx, world.facts.account_id, job)
        started = replace(job, status=Status.PENDING, started_ms=world.now_ms())
        await import_jobs.update(tx, started)
        return started

    try:
        started = await world.database.write(work)
    except UniqueViolation as clash:
        raise errors.AnotherImportActive from clash
    world.import_bell.ring()
    return started


async def stop(world: Services, pool: UserPool, job_id: str) -> ImportJob:
    """End a job for good, at once: who is in stays in. Raises ImportJobNotFound, ImportJobNotActive."""

    async def work(tx: Tx) -> ImportJob:
        job = await _held(world, tx, pool, job_id)
        if job.status not in ACTIVE:
            raise errors.ImportJobNotActive(status=job.status)
        stopped = job.over(Status.STOPPED, STOPPED, world.now_ms())
        await import_jobs.update(tx, stopped)
        await import_jobs.deactivate(tx, stopped)
        return stopped

    stopped = await world.database.write(work)
    world.import_bell.ring()
    return stopped


async def _held(world: Services, tx: Tx, pool: UserPool, job_id: str) -> ImportJob:
    job = await import_jobs.held(tx, pool.pool_id, job_id)
    if job is None:
        raise errors.ImportJobNotFound
    return job.as_of(world.now_ms())
