"""Every operation sends what the service's model asks for, and reads what it answers."""

from typing import Any

import pytest
from botocore.model import ServiceModel
from botocore.validate import ParamValidator

from cognomen_kit import AsyncCognito, Cognito, SessionLocation, operations
from cognomen_kit.client import Operations
from kit.fake_cognito import Answer, FakeCognito
from kit.operation_rows import ANY, MAIL, ROWS, TOKEN, Row
from kit.test_errors import MODEL
from kit.test_signature import KEYS

pytestmark = pytest.mark.anyio


def sent(fake: FakeCognito, row: Row) -> dict[str, Any]:
    """The members that went out, with those that differ each time taken as given."""
    asked = fake.only()
    assert asked.operation == row.operation
    free = {name for name, value in row.members.items() if value is ANY}
    return {name: ANY if name in free else value for name, value in asked.members.items()}


@pytest.mark.parametrize("row", ROWS, ids=str)
async def test_what_goes_out(fake: FakeCognito, options: dict[str, Any], row: Row) -> None:
    """Each method sends exactly its members, and they are what the service's model allows."""
    fake.answers(row.operation, row.answer)
    async with AsyncCognito(**options, credentials=KEYS) as client:
        await row.call(client)
    assert sent(fake, row) == row.members
    shape = ServiceModel(MODEL).operation_model(row.operation).input_shape
    assert not ParamValidator().validate(fake.only().members, shape).has_errors()
    assert fake.only().members.keys() <= shape.members.keys()


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_both_clients_send_the_same(fake: FakeCognito, options: dict[str, Any], row: Row) -> None:
    """The synchronous client has every method of the asynchronous one."""
    fake.answers(row.operation, row.answer)
    with Cognito(**options, credentials=KEYS) as client:
        row.call(client)
    assert sent(fake, row) == row.members


def test_the_table_is_complete() -> None:
    """No operation of the clients is missing above."""
    methods = {
        name
        for kind in Operations.__mro__
        for name, member in vars(kind).items()
        if isinstance(member, operations.Doubled)
    }
    assert {row.method for row in ROWS} == methods


def answer_of(sync_client: Cognito, fake: FakeCognito, method: str) -> Any:
    row = next(row for row in ROWS if row.method == method)
    fake.answers(row.operation, row.answer)
    return row.call(sync_client)


@pytest.fixture
def admin(options: dict[str, Any]) -> Any:
    with Cognito(**options, credentials=KEYS) as client:
        yield client


def test_what_comes_back(admin: Cognito, fake: FakeCognito) -> None:
    """Answers are values with AWS's names in snake_case; attributes are a mapping, dates are dates."""
    user = answer_of(admin, fake, "get_user")
    assert (user.username, user.user_attributes, user.user_mfa_setting_list) == ("karla", MAIL, ("SMS_MFA",))
    updated = answer_of(admin, fake, "update_user_attributes")
    assert [each.destination for each in updated.code_delivery_details_list] == ["k***@d***"]
    page = answer_of(admin, fake, "list_users")
    assert ([each.user_attributes for each in page.users], page.pagination_token) == ([MAIL], "q")
    assert page.users[0] == answer_of(admin, fake, "admin_create_user")
    assert answer_of(admin, fake, "admin_list_groups_for_user").groups[0].precedence == 1
    assert answer_of(admin, fake, "list_devices").devices[0].device_attributes == {"device_name": "laptop"}
    session = answer_of(admin, fake, "list_user_sessions").sessions[0]
    assert (session.last_ip_address, session.last_location) == ("203.0.113.9", SessionLocation("Bonn"))
    assert answer_of(admin, fake, "call") == {"UserPool": {"Name": "x"}}
    confirmed = answer_of(admin, fake, "confirm_device")
    assert confirmed.user_confirmation_necessary
    assert confirmed.remembered.device_secret not in repr(confirmed)
    machine = answer_of(admin, fake, "get_client_token")
    assert (machine.access_token, machine.expires_in) == (TOKEN, 3600)
    assert TOKEN not in repr(machine)


def test_reprs_of_accounts_hide_attributes(admin: Cognito, fake: FakeCognito) -> None:
    """A log line with a user in it does not publish the user's address."""
    for method in ("get_user", "list_users", "admin_get_user"):
        assert "karla@x.example" not in repr(answer_of(admin, fake, method))


def test_empty_bodies_are_answers(admin: Cognito, fake: FakeCognito) -> None:
    """Operations without output answer with no body at all."""
    fake.answers("AdminDeleteUser", Answer(raw=b""))
    admin.admin_delete_user("karla")
    assert fake.operations() == ["AdminDeleteUser"]
