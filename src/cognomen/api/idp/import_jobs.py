"""User import jobs: GetCSVHeader, CreateUserImportJob to StopUserImportJob."""

from cognomen.api.call import Call, operation
from cognomen.api.paging import Asked, page
from cognomen.domain.csv_header import csv_header
from cognomen.domain.import_jobs import ImportJob
from cognomen.flows import import_jobs as flow
from cognomen.flows.import_uploads import upload_address
from cognomen.services import Services
from cognomen.storage import import_jobs
from cognomen.storage.database import Tx
from cognomen.wire.idp import (
    CreateUserImportJobRequest,
    CreateUserImportJobResponse,
    DescribeUserImportJobRequest,
    DescribeUserImportJobResponse,
    GetCSVHeaderRequest,
    GetCSVHeaderResponse,
    ListUserImportJobsRequest,
    ListUserImportJobsResponse,
    StartUserImportJobRequest,
    StartUserImportJobResponse,
    StopUserImportJobRequest,
    StopUserImportJobResponse,
    UserImportJobType,
)

MOST_LISTED = 50  # the model takes 60 and answers no more than these


@operation
async def get_csv_header(call: Call, request: GetCSVHeaderRequest) -> GetCSVHeaderResponse:
    """The columns of a file of users for this pool."""
    return GetCSVHeaderResponse(user_pool_id=call.pool.pool_id, csv_header=csv_header(call.pool.schema))


@operation
async def create_user_import_job(call: Call, request: CreateUserImportJobRequest) -> CreateUserImportJobResponse:
    """Make a job, and tell where its file is to be uploaded."""
    role, algorithm = request.cloud_watch_logs_role_arn, request.password_hashing_algorithm
    job = await flow.create(call.world, call.pool, request.job_name, role, algorithm)
    return CreateUserImportJobResponse(user_import_job=shown(call.world, job))


@operation
async def describe_user_import_job(call: Call, request: DescribeUserImportJobRequest) -> DescribeUserImportJobResponse:
    """How far a job is, and what came of it."""
    job = await flow.require(call.world, call.pool, request.job_id)
    return DescribeUserImportJobResponse(user_import_job=shown(call.world, job))


@operation
async def list_user_import_jobs(call: Call, request: ListUserImportJobsRequest) -> ListUserImportJobsResponse:
    """The jobs of a pool, a page at a time, the newest first."""
    pool_id, now_ms = call.pool.pool_id, call.world.now_ms()

    async def read(tx: Tx, before: str, limit: int) -> list[ImportJob]:
        created_ms, _, job_id = before.partition(" ")
        return await import_jobs.page(tx, pool_id, (int(created_ms), job_id) if before else import_jobs.NEWEST, limit)

    limit = min(request.max_results, MOST_LISTED)
    asked = Asked(f"ListUserImportJobs:{pool_id}", request.pagination_token, limit)
    found, token = await page(call.world, asked, read, lambda job: f"{job.created_ms} {job.job_id}")
    jobs = [shown(call.world, job.as_of(now_ms)) for job in found]
    return ListUserImportJobsResponse(user_import_jobs=jobs, pagination_token=token)


@operation
async def start_user_import_job(call: Call, request: StartUserImportJobRequest) -> StartUserImportJobResponse:
    """Let a job begin; it goes on beside the server."""
    job = await flow.start(call.world, call.pool, request.job_id)
    return StartUserImportJobResponse(user_import_job=shown(call.world, job))


@operation
async def stop_user_import_job(call: Call, request: StopUserImportJobRequest) -> StopUserImportJobResponse:
    """End a job for good; who is in stays in."""
    job = await flow.stop(call.world, call.pool, request.job_id)
    return StopUserImportJobResponse(user_import_job=shown(call.world, job))


def shown(world: Services, job: ImportJob) -> UserImportJobType:
    """A job as answers hold it."""
    return UserImportJobType(
        job_name=job.name,
        job_id=job.job_id,
        user_pool_id=job.pool_id,
        pre_signed_url=upload_address(world, job),
        creation_date=job.created_ms / 1000,
        start_date=_seconds(job.started_ms),
        completion_date=_seconds(job.completed_ms),
        status=job.status.value,
        cloud_watch_logs_role_arn=job.role_arn,
        imported_users=job.tally.imported,
        skipped_users=job.tally.skipped,
        failed_users=job.tally.failed,
        completion_message=job.message,
        password_hashing_algorithm=job.algorithm,
    )


def _seconds(moment_ms: int | None) -> float | None:
    return None if moment_ms is None else moment_ms / 1000
