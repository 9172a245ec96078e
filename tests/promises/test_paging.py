"""Every list can be read to its end, a page at a time, while what it lists comes and goes."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.session import get_session

from cognomen.api.table import HANDLERS
from conftest import Pool

STEADY, A_PAGE, READINGS = 11, 2, 3
# What takes a sign-in, a browser or time to make; its pages are tested where it is.
ELSEWHERE = {
    "AdminListUserAuthEvents": "tests/api/idp/test_auth_events.py::test_pages_hold_every_event_once",
    "AdminListDevices": "tests/api/idp/test_devices.py::test_pages_hold_every_device_once",
    "ListDevices": "tests/api/idp/test_devices.py::test_pages_hold_every_device_once",
    "ListWebAuthnCredentials": "tests/api/idp/test_passkeys.py::test_pages_hold_every_passkey_once",
}
OF_ONE_PAGE = {"AdminListUserSessions", "ListUserSessions", "ListUserPoolClientSecrets"}  # they take no size of a page
OIDC = {
    "client_id": "x",
    "client_secret": "y",
    "attributes_request_method": "GET",
    "oidc_issuer": "https://id.example.com",
    "authorize_scopes": "openid",
    "authorize_url": "https://id.example.com/authorize",
    "token_url": "https://id.example.com/token",
    "attributes_url": "https://id.example.com/userinfo",
    "jwks_uri": "https://id.example.com/jwks",
}

Call = Callable[..., Any]


@dataclass(frozen=True)
class Things:
    """What one list lists: how one of them is made, by a name, and unmade; both answer or take its id."""

    make: Callable[[Pool, str], str]
    drop: Callable[[Pool, str], object]
    size: str  # the member that says how long a page may be
    token: str
    key: str  # of what stands in the list: where its id is
    asked: Mapping[str, str] = field(default_factory=dict)
    of_pool: bool = True


def user(pool: Pool, name: str) -> str:
    of_pool(pool, "admin_create_user", Username=name, MessageAction="SUPPRESS")
    return name


def group(pool: Pool, name: str) -> str:
    of_pool(pool, "create_group", GroupName=name)
    return name


def member(pool: Pool, name: str) -> str:
    of_pool(pool, "admin_add_user_to_group", Username=user(pool, name), GroupName="all")
    return name


def membership(pool: Pool, name: str) -> str:
    of_pool(pool, "admin_add_user_to_group", Username="everywhere", GroupName=group(pool, name))
    return name


def client(pool: Pool, name: str) -> str:
    return str(of_pool(pool, "create_user_pool_client", ClientName=name)["UserPoolClient"]["ClientId"])


def provider(pool: Pool, name: str) -> str:
    of_pool(pool, "create_identity_provider", ProviderName=name, ProviderType="OIDC", ProviderDetails=OIDC)
    return name


def resource_server(pool: Pool, name: str) -> str:
    of_pool(pool, "create_resource_server", Identifier=name, Name=name)
    return name


def terms(pool: Pool, name: str) -> str:
    fixed = {"TermsName": "terms-of-use", "TermsSource": "LINK", "Enforcement": "NONE"}
    links = {"cognito:default": "https://example.com/terms"}
    made = of_pool(pool, "create_terms", ClientId=client(pool, name), Links=links, **fixed)
    return str(made["Terms"]["TermsId"])


def import_job(pool: Pool, name: str) -> str:
    role = "arn:aws:iam::123456789012:role/imports"
    made = of_pool(pool, "create_user_import_job", JobName=name, CloudWatchLogsRoleArn=role)
    return str(made["UserImportJob"]["JobId"])


def keep(_pool: Pool, _name: str) -> None:
    """What nobody can delete."""


def a_pool(pool: Pool, name: str) -> str:
    return str(pool.cognito.create_user_pool(PoolName=name)["UserPool"]["Id"])


def drop_pool(pool: Pool, pool_id: str) -> None:
    pool.cognito.delete_user_pool(UserPoolId=pool_id)


def of_pool(pool: Pool, operation: str, **request: Any) -> Any:
    return getattr(pool.cognito, operation)(UserPoolId=pool.pool_id, **request)


def dropping(operation: str, member: str, **more: str) -> Callable[[Pool, str], object]:
    return lambda pool, name: of_pool(pool, operation, **{member: name}, **more)


LISTS: Mapping[str, Things] = {
    "ListUsers": Things(user, dropping("admin_delete_user", "Username"), "Limit", "PaginationToken", "Username"),
    "ListUsersInGroup": Things(
        member, dropping("admin_delete_user", "Username"), "Limit", "NextToken", "Username", {"GroupName": "all"}
    ),
    "ListGroups": Things(group, dropping("delete_group", "GroupName"), "Limit", "NextToken", "GroupName"),
    "AdminListGroupsForUser": Things(
        membership,
        dropping("admin_remove_user_from_group", "GroupName", Username="everywhere"),
        "Limit",
        "NextToken",
        "GroupName",
        {"Username": "everywhere"},
    ),
    "ListUserPoolClients": Things(
        client, dropping("delete_user_pool_client", "ClientId"), "MaxResults", "NextToken", "ClientId"
    ),
    "ListIdentityProviders": Things(
        provider, dropping("delete_identity_provider", "ProviderName"), "MaxResults", "NextToken", "ProviderName"
    ),
    "ListResourceServers": Things(
        resource_server, dropping("delete_resource_server", "Identifier"), "MaxResults", "NextToken", "Identifier"
    ),
    "ListTerms": Things(terms, dropping("delete_terms", "TermsId"), "MaxResults", "NextToken", "TermsId"),
    "ListUserImportJobs": Things(import_job, keep, "MaxResults", "PaginationToken", "JobId"),
    "ListUserPools": Things(a_pool, drop_pool, "MaxResults", "NextToken", "Id", of_pool=False),
}


@contextmanager
def coming_and_going(pool: Pool, things: Things) -> Iterator[None]:
    """Meanwhile others of these things are made and unmade without end; fails where one of the calls did."""
    over, failed = threading.Event(), list[BaseException]()

    def churn() -> None:
        for number in itertools.count():
            if over.is_set():
                return
            things.drop(pool, things.make(pool, f"passing{number}"))

    def run() -> None:
        try:
            churn()
        except BaseException as failure:  # noqa: BLE001
            failed.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert not failed


def read_to_the_end(pool: Pool, operation: str, things: Things) -> list[str]:
    """The ids in the order of the pages; no page is longer than was asked for."""
    request = {**things.asked, things.size: A_PAGE, **({"UserPoolId": pool.pool_id} if things.of_pool else {})}
    found: list[str] = []
    call = getattr(pool.cognito, method_of(operation))
    while True:
        answer = call(**request)
        (page,) = [value for value in answer.values() if isinstance(value, list)]
        assert len(page) <= A_PAGE
        found += [one[things.key] for one in page]
        if things.token not in answer:
            return found
        request[things.token] = answer[things.token]


def method_of(operation: str) -> str:
    """As boto3 calls it."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in operation).lstrip("_")


@pytest.mark.parametrize("operation", LISTS)
def test_what_stays_is_listed_once(make_pool: Callable[..., Pool], operation: str) -> None:
    """Whatever comes and goes between two pages, what is there all the time stands in the list exactly once."""
    pool, things = make_pool(), LISTS[operation]
    of_pool(pool, "create_group", GroupName="all")
    user(pool, "everywhere")
    steady = {things.make(pool, f"steady{number:02}") for number in range(STEADY)}
    with coming_and_going(pool, things):
        for _ in range(READINGS):
            listed = Counter(read_to_the_end(pool, operation, things))
            assert steady <= listed.keys()
            assert set(listed.values()) == {1}


def test_every_list_is_read() -> None:
    """No operation of the model that gives out tokens and is built is left out here."""
    model = get_session().get_service_model("cognito-idp")
    paged = {
        name
        for name in model.operation_names
        if (shape := model.operation_model(name).input_shape) and {"NextToken", "PaginationToken"} & {*shape.members}
    }
    built = {name for service, name in HANDLERS if service == "cognito-idp"}
    assert paged & built == {*LISTS, *ELSEWHERE, *OF_ONE_PAGE}
