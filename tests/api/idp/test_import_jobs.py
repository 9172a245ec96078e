"""User import jobs through the AWS SDK: the header, the upload, and what becomes of the users."""

from typing import Any

import pytest
import urllib3
from argon2.low_level import Type, hash_secret

from api.idp.importing import (
    ENCRYPTED,
    ROLE,
    counts,
    created,
    csv_of,
    described,
    ended,
    header_of,
    held_after,
    imported,
    log_of,
    prepared,
    started,
    upload,
    user,
)
from conftest import PASSWORD


def statuses(pool: Any) -> dict[str, str]:
    found = pool.cognito.list_users(UserPoolId=pool.pool_id)["Users"]
    return {one["Username"]: one["UserStatus"] for one in found}


def attributes_of(pool: Any, username: str) -> dict[str, str]:
    found = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=username)
    return {one["Name"]: one["Value"] for one in found["UserAttributes"]}


def test_the_header_holds_the_attributes_of_the_pool(make_pool):
    """All that can be imported, custom ones included, and two columns of the account itself."""
    pool = make_pool(Schema=[{"Name": "team", "AttributeDataType": "String"}])
    header = pool.cognito.get_csv_header(UserPoolId=pool.pool_id)
    assert header["UserPoolId"] == pool.pool_id
    assert header["CSVHeader"][:2] == ["name", "given_name"]
    assert header["CSVHeader"][-4:] == ["updated_at", "custom:team", "cognito:mfa_enabled", "cognito:username"]
    assert {"sub", "identities"}.isdisjoint(header["CSVHeader"])


def test_a_file_becomes_users(pool):
    """Created, uploaded, started, succeeded: its users are there, and the log tells each of them by line."""
    asked = {"UserPoolId": pool.pool_id, "JobName": "first", "CloudWatchLogsRoleArn": ROLE}
    job = pool.cognito.create_user_import_job(**asked)["UserImportJob"]
    assert (job["Status"], job["JobName"], job["UserPoolId"]) == ("Created", "first", pool.pool_id)
    assert job["CloudWatchLogsRoleArn"] == ROLE
    assert job["JobId"].startswith("import-")
    assert len(job["JobId"]) == len("import-") + 10
    assert counts(job) == (0, 0, 0)
    assert {"StartDate", "CompletionDate", "CompletionMessage"}.isdisjoint(job)
    columns = sorted(header_of(pool))  # the order does not matter
    assert upload(job, csv_of(columns, [user("ann"), user("bob", name="Bob\\, the builder")])).status == 200
    begun = started(pool, job)
    assert begun["Status"] == "Pending"
    assert begun["StartDate"] >= begun["CreationDate"]
    done = ended(pool, job)
    assert done == pool.cognito.describe_user_import_job(UserPoolId=pool.pool_id, JobId=job["JobId"])["UserImportJob"]
    assert (done["Status"], done["CompletionMessage"]) == ("Succeeded", "Import Job Completed Successfully.")
    assert counts(done) == (2, 0, 0)
    assert done["CompletionDate"] >= done["StartDate"]
    assert statuses(pool) == {"ann": "RESET_REQUIRED", "bob": "RESET_REQUIRED"}
    assert attributes_of(pool, "bob")["name"] == "Bob, the builder"
    succeeded = "[SUCCEEDED] Line Number {} - The import succeeded."
    assert log_of(pool, job) == [succeeded.format(2), succeeded.format(3)]


def test_an_imported_user_chooses_a_password_by_a_code(pool):
    """A sign-in says that the password has to be reset, and a code to the imported address does it."""
    imported(pool, user("cleo"))
    with pytest.raises(pool.cognito.exceptions.PasswordResetRequiredException):
        pool.sign_in("cleo")
    pool.cognito.forgot_password(ClientId=pool.client_id, Username="cleo")
    code = pool.code_for("cleo@example.com")
    pool.cognito.confirm_forgot_password(
        ClientId=pool.client_id, Username="cleo", ConfirmationCode=code, Password=PASSWORD
    )
    assert pool.sign_in("cleo")["AuthenticationResult"]["AccessToken"]


def _row(name: str, /, **more: str) -> dict[str, str]:
    return user(name, family_name="Lee", **more)


MINE = {"email": "mine@example.com"}
FATES = [
    (_row("good", birthdate="02/01/1985", updated_at="1471453471"), "SUCCEEDED", "The import succeeded."),
    (_row("there"), "SKIPPED", "The user already exists."),
    (_row("good"), "SKIPPED", "The user already exists."),
    (_row("unsure", email_verified="FALSE"), "FAILED", "does not set any of the auto verified attributes to true"),
    (_row("nobody", email=""), "FAILED", "email"),
    (_row("dated", birthdate="1985-02-01"), "FAILED", "birthdate is not a day in the form mm/dd/yyyy."),
    (_row("odd", birthdate="02/30/1985"), "FAILED", "birthdate is not a day in the form mm/dd/yyyy."),
    (_row("high", **{"custom:level": "10"}), "FAILED", "custom:level"),
    (_row("word", updated_at="yesterday"), "FAILED", "updated_at"),
    (_row("twice", **{"cognito:mfa_enabled": "TRUE"}), "FAILED", "MFA is OFF in the user pool"),
    (_row("mute", **{"cognito:mfa_enabled": "maybe"}), "FAILED", "neither true nor false"),
    (user("nameless"), "FAILED", "family_name"),
    (_row("a b"), "FAILED", "cognito:username"),
    (_row(""), "FAILED", "cognito:username is missing."),
    (_row("at@example.com"), "FAILED", "Username cannot be of email format"),
    (_row("first", **MINE), "SUCCEEDED", "The import succeeded."),
    (_row("second", **MINE), "FAILED", "Another user has the email as an alias."),
    (_row("long", name="n" * 2049), "FAILED", "name is longer than 2048 characters."),
    (
        _row(
            "wide",
            **dict.fromkeys(("name", "nickname", "profile", "picture", "website", "gender"), "n" * 2000),
            address="a" * 2000,
            locale="l" * 2000,
        ),
        "FAILED",
        "The row is longer than 16000 characters.",
    ),
    (_row("comma", name="Bob, unescaped"), "FAILED", "23 values, and the header 22 columns"),
    (_row("last", name="  spaced  "), "SUCCEEDED", "The import succeeded."),
]


def test_bad_rows_are_told_and_the_others_come_in(make_pool):
    """API-29 (without its numbers and kills): each row has its own fate, which the log tells without their data."""
    pool = make_pool(
        AutoVerifiedAttributes=["email"],
        AliasAttributes=["email"],
        MfaConfiguration="OFF",
        Schema=[
            {"Name": "level", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MaxValue": "9"}},
            {"Name": "family_name", "Required": True},
        ],
    )
    pool.cognito.admin_create_user(UserPoolId=pool.pool_id, Username="there", MessageAction="SUPPRESS")

    job = imported(pool, *(asked for asked, _, _ in FATES))
    lines = log_of(pool, job)
    assert len(lines) == len(FATES)
    for number, ((asked, outcome, said), line) in enumerate(zip(FATES, lines, strict=True), 2):
        assert line.startswith(f"[{outcome}] Line Number {number} - "), asked
        assert said in line
        assert "example.com" not in line
    assert counts(job) == (3, 2, 16)
    assert job["Status"] == "Succeeded"
    assert set(statuses(pool)) == {"good", "there", "first", "last"}
    assert attributes_of(pool, "good")["birthdate"] == "1985-02-01"
    assert attributes_of(pool, "last")["name"] == "spaced"


def test_a_job_that_brings_nobody_has_failed(pool):
    """Its users are counted all the same."""
    job = imported(pool, user("ann", email_verified=""), user("bob", email_verified=""))
    assert (job["Status"], counts(job)) == ("Failed", (0, 0, 2))
    assert job["CompletionMessage"] == "Too many users have failed or been skipped during the import."


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("nickname", "nick", 1),
        lambda text: text.replace("nickname,", "", 1),
        lambda text: "\ufeff" + text,
        lambda text: "",
        lambda text: text.replace("nickname", "n" * 70_000, 1),
    ],
    ids=["another column", "a column less", "byte order mark", "nothing", "too long"],
)
def test_another_header_fails_the_job(pool, change):
    """The columns are exactly those of GetCSVHeader."""
    job = created(pool)
    assert upload(job, change(csv_of(header_of(pool), [user("ann")]))).status == 200
    started(pool, job)
    done = ended(pool, job)
    assert (done["Status"], counts(done)) == ("Failed", (0, 0, 0))
    assert done["CompletionMessage"] == "The header of the file does not have the columns of the user pool."
    assert statuses(pool) == {}


def test_users_come_with_the_hash_of_their_password(pool):
    """With Argon2id hashes they are confirmed and sign in as before; who has none resets."""
    hashed = hash_secret(PASSWORD.encode(), b"0123456789abcdef", 1, 64, 1, 32, Type.ID).decode().replace(",", "\\,")
    costly = hashed.replace("t=1", "t=3")
    rows = (user("ann", password_hash=hashed), user("bob"), user("cat", password_hash=costly))
    job = imported(pool, *rows, user("dan", password_hash="$2b$10$x"), PasswordHashingAlgorithm="ARGON2ID")
    assert job["PasswordHashingAlgorithm"] == "ARGON2ID"
    assert counts(job) == (2, 0, 2)
    assert statuses(pool) == {"ann": "CONFIRMED", "bob": "RESET_REQUIRED"}
    assert pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    assert [line for line in log_of(pool, job) if "costs more than m=19456,t=2,p=1" in line]


def test_hashes_need_their_column_and_their_algorithm(pool):
    """A job that names an algorithm fails without the column, and a hash fails without the algorithm."""
    job = created(pool, PasswordHashingAlgorithm="ARGON2ID")
    upload(job, csv_of(header_of(pool), [user("ann")]))
    started(pool, job)
    assert ended(pool, job)["CompletionMessage"] == "The file has no password_hash column."
    job = created(pool)
    columns = [*header_of(pool), "password_hash"]
    upload(job, csv_of(columns, [user("ann", password_hash="$argon2id$"), user("bob")]))
    started(pool, job)
    assert counts(ended(pool, job)) == (1, 0, 1)


def test_who_can_sign_in_by_a_code_need_not_reset(make_pool):
    """Where codes by mail begin sign-ins, imported users are confirmed."""
    factors = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}
    pool = make_pool(AutoVerifiedAttributes=["email"], Policies=factors)
    imported(pool, user("ann"))
    assert statuses(pool) == {"ann": "CONFIRMED"}


def test_addresses_in_place_of_names(make_pool):
    """In a pool with UsernameAttributes the address is the name, and whoever has it is skipped."""
    pool = make_pool(AutoVerifiedAttributes=["email"], UsernameAttributes=["email"])
    ann = {"cognito:username": "ann@example.com", "email": "ann@example.com", "email_verified": "true"}
    job = imported(pool, ann, ann, {**ann, "cognito:username": "ann"})
    assert counts(job) == (1, 1, 1)
    found = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann@example.com")
    assert found["Username"] != "ann@example.com"


def test_mfa_comes_with_the_file_where_users_choose(make_pool):
    """cognito:mfa_enabled switches on what the pool offers and the user has an address for."""
    pool = make_pool(
        AutoVerifiedAttributes=["phone_number"],
        MfaConfiguration="OPTIONAL",
        SmsConfiguration={"SnsCallerArn": ROLE},
    )
    reachable = {"phone_number": "+15550100", "phone_number_verified": "TRUE"}
    imported(pool, {"cognito:username": "ann", "cognito:mfa_enabled": "TRUE", **reachable})
    found = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann")
    assert found["UserMFASettingList"] == ["SMS_MFA"]


def test_a_stopped_job_is_over(pool):
    """Who is in stays in; the job cannot go on, and another one can begin."""
    job = prepared(pool, *(user(f"user{number}") for number in range(3000)))
    asked = {"UserPoolId": pool.pool_id, "JobId": job["JobId"]}
    with held_after(1):
        started(pool, job)
        stopped = pool.cognito.stop_user_import_job(**asked)["UserImportJob"]
    assert stopped["Status"] == "Stopped"
    assert stopped["CompletionMessage"] == "The Import Job was stopped by the developer."
    with pytest.raises(pool.cognito.exceptions.PreconditionNotMetException, match="its status is Stopped"):
        pool.cognito.start_user_import_job(**asked)
    assert counts(imported(pool, user("afterwards"))) == (1, 0, 0)
    assert counts(described(pool, job)) == counts(stopped)


def test_one_job_at_a_time_and_the_pool_stays_as_it_is(pool):
    """While a job runs no other one starts, and its pool is neither changed nor deleted."""
    first = prepared(pool, *(user(f"user{number}") for number in range(6000)))
    second = prepared(pool, user("waits"))
    errors = pool.cognito.exceptions
    attribute = {"Name": "team", "AttributeDataType": "String"}
    with held_after(1):
        started(pool, first)
        with pytest.raises(errors.PreconditionNotMetException, match="Only one user import job"):
            pool.cognito.start_user_import_job(UserPoolId=pool.pool_id, JobId=second["JobId"])
        with pytest.raises(errors.UserImportInProgressException):
            pool.cognito.update_user_pool(UserPoolId=pool.pool_id, AutoVerifiedAttributes=["email"])
        with pytest.raises(errors.UserImportInProgressException):
            pool.cognito.delete_user_pool(UserPoolId=pool.pool_id)
        with pytest.raises(errors.UserImportInProgressException):
            pool.cognito.add_custom_attributes(UserPoolId=pool.pool_id, CustomAttributes=[attribute])
        pool.cognito.stop_user_import_job(UserPoolId=pool.pool_id, JobId=first["JobId"])
    assert described(pool, second)["Status"] == "Created"
    pool.cognito.delete_user_pool(UserPoolId=pool.pool_id)


def test_pages_hold_every_job_once(pool):
    """The newest first, each once, with its own address."""
    made = [created(pool, JobName=f"job {number}") for number in range(5)]
    found, token = [], {}
    while True:
        page = pool.cognito.list_user_import_jobs(UserPoolId=pool.pool_id, MaxResults=2, **token)
        assert len(page["UserImportJobs"]) <= 2
        found += page["UserImportJobs"]
        if "PaginationToken" not in page:
            break
        token = {"PaginationToken": page["PaginationToken"]}
    assert sorted(one["JobId"] for one in found) == sorted(one["JobId"] for one in made)
    dates = [one["CreationDate"] for one in found]
    assert dates == sorted(dates, reverse=True)
    assert {one["PreSignedUrl"] for one in found} == {one["PreSignedUrl"] for one in made}


# The upload


def test_the_address_takes_only_what_was_signed(pool):
    """Without the header, with another job's signature or another time it is no address."""
    job, other = created(pool), created(pool)
    url, signature = job["PreSignedUrl"], other["PreSignedUrl"].rpartition("=")[2]
    wrong = [
        {**job, "PreSignedUrl": url.replace(job["JobId"], other["JobId"])},
        {**job, "PreSignedUrl": f"{url.rpartition('=')[0]}={signature}"},
        {**job, "PreSignedUrl": url.replace("Expires=900", "Expires=9000")},
        {**job, "PreSignedUrl": url.replace(job["JobId"], "import-Unknown000")},
        {**job, "PreSignedUrl": url.partition("?")[0]},
    ]
    for one in wrong:
        answer = upload(one, "x")
        assert answer.status == 403
        assert b"<Code>SignatureDoesNotMatch</Code>" in answer.data
    assert upload(job, "x", {}).status == 403
    assert urllib3.request("GET", url, headers=ENCRYPTED).status in {404, 405}


def test_a_second_upload_replaces_the_first(pool):
    """As long as the job was not started; afterwards it takes none."""
    job = prepared(pool, user("ann"))
    assert upload(job, csv_of(header_of(pool), [user("bob")])).status == 200
    started(pool, job)
    ended(pool, job)
    assert statuses(pool) == {"bob": "RESET_REQUIRED"}
    late = upload(job, csv_of(header_of(pool), [user("cat")]))
    assert (late.status, b"AccessDenied" in late.data) == (403, True)


def test_lines_of_any_length_and_kind_keep_their_numbers(pool):
    """What is no text, no line end or no end at all breaks one row only."""
    columns = header_of(pool)
    good = csv_of(columns, [user("ann"), user("bob")]).encode().split(b"\n")
    text = b"\r\n".join(
        [good[0], b"x" * 200_000, good[1], b"", b"\xff" + good[2], good[2].replace(b"bob", b"b\0b"), good[2]]
    )
    job = created(pool)
    assert upload(job, text).status == 200
    started(pool, job)
    assert counts(ended(pool, job)) == (2, 0, 3)
    told = [line.partition(" - ") for line in log_of(pool, job)]
    assert [(head.split()[-1], said) for head, _, said in told] == [
        ("2", "The row is longer than 16000 characters."),
        ("3", "The import succeeded."),
        ("5", "The row is not UTF-8."),
        ("6", "The row holds the character U+0000."),
        ("7", "The import succeeded."),
    ]


def test_a_file_that_is_too_large_is_refused_at_once(pool):
    """100 MB and no more: it is said by the length, before anything is read."""
    job = created(pool)
    answer = upload(job, b"x", {**ENCRYPTED, "Content-Length": str(100 * 1024 * 1024 + 1)})
    assert (answer.status, b"EntityTooLarge" in answer.data) == (400, True)
