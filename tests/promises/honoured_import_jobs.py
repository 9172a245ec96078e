"""Where each member of the operations of user import jobs shows its effect; see honoured.py."""

from collections.abc import Mapping

JOBS = "tests/api/idp/test_import_jobs.py"
MADE = f"{JOBS}::test_a_file_becomes_users"
PAGES = f"{JOBS}::test_pages_hold_every_job_once"


def _of_job(operation: str) -> dict[str, str]:
    return {"UserPoolId": f"{operation}.unknown-pool", "JobId": f"{operation}.unknown-job"}


HONOURED: Mapping[str, Mapping[str, str]] = {
    "CreateUserImportJob": {
        "UserPoolId": "CreateUserImportJob.unknown-pool",
        "JobName": MADE,
        "CloudWatchLogsRoleArn": "CreateUserImportJob.not-a-role",
    },
    "ListUserImportJobs": {
        "UserPoolId": "ListUserImportJobs.unknown-pool",
        "MaxResults": PAGES,
        "PaginationToken": PAGES,
    },
    **{name: _of_job(name) for name in ("DescribeUserImportJob", "StartUserImportJob", "StopUserImportJob")},
}
