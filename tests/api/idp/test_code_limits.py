"""How often an hour one user may ask for codes and try them: both sides of each limit, told apart by nobody."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import PASSWORD, Pool, sdk_client
from served import Served, serve

HOUR = 3600
USED_UP = "Attempt limit exceeded, please try after some time."
LIMITED = ("LimitExceededException", USED_UP)
WRONG = "0000000"


@pytest.fixture(scope="module")
def clocked() -> Iterator[Served]:
    """A server whose clock these tests move."""
    with serve() as served:
        yield served


@pytest.fixture
def people(clocked: Served) -> Pool:
    """A pool whose client hides who exists; eve is unconfirmed, ann and bob have verified addresses."""
    cognito = sdk_client(clocked.url)
    pool_id = cognito.create_user_pool(PoolName="limits", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    asked = {
        "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
        "PreventUserExistenceErrors": "ENABLED",
        "AccessTokenValidity": 12,
    }
    made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", **asked)["UserPoolClient"]
    pool = Pool(cognito, clocked, pool_id, made["ClientId"], None)
    pool.sign_up("eve", UserAttributes=email_of("eve@limits.example"))
    for name in ("ann", "bob"):
        pool.confirmed(name, UserAttributes=email_of(f"{name}@limits.example"))
        verified = [*email_of(f"{name}@limits.example"), {"Name": "email_verified", "Value": "true"}]
        cognito.admin_update_user_attributes(UserPoolId=pool_id, Username=name, UserAttributes=verified)
    return pool


def email_of(address: str) -> list[dict[str, str]]:
    return [{"Name": "email", "Value": address}]


def outcome(call: Callable[[], Any]) -> tuple[str, str]:
    """How a call was answered: the name and wording of the refusal, or nothing."""
    try:
        call()
    except ClientError as refusal:
        return refusal.response["Error"]["Code"], refusal.response["Error"]["Message"]
    return "", ""


def row(call: Callable[[], Any], limit: int) -> list[tuple[str, str]]:
    """The answers to one call more than the limit."""
    return [outcome(call) for _ in range(limit + 1)]


# Operations that name a user: the limit, who is asked for, and what else is sent.
BY_NAME: list[tuple[str, int, str, dict[str, str]]] = [
    ("resend_confirmation_code", 5, "eve", {}),
    ("confirm_sign_up", 15, "eve", {"ConfirmationCode": WRONG}),
    ("forgot_password", 20, "ann", {}),
    ("confirm_forgot_password", 20, "ann", {"ConfirmationCode": WRONG, "Password": PASSWORD}),
]


@pytest.mark.parametrize(("operation", "limit", "name", "more"), BY_NAME)
def test_names_run_out_of_tries_whether_or_not_they_exist(
    people: Pool, operation: str, limit: int, name: str, more: dict[str, str]
) -> None:
    """CRED-10: The last one allowed is answered and the next refused, word for word the same for nobody; an hour
    later anew.
    """

    def calling(whom: str) -> Callable[[], Any]:
        return lambda: getattr(people.cognito, operation)(ClientId=people.client_id, Username=whom, **more)

    existing, nobody = row(calling(name), limit), row(calling("nobody"), limit)
    assert existing == nobody
    assert LIMITED not in existing[:limit]
    assert existing[limit] == LIMITED
    assert outcome(calling("bob")) != LIMITED
    people.server.advance(HOUR - 60)
    assert outcome(calling(name)) == LIMITED
    people.server.advance(61)
    assert outcome(calling(name)) == existing[0] == outcome(calling("nobody"))


def change_password(pool: Pool, token: str) -> None:
    pool.cognito.change_password(AccessToken=token, PreviousPassword=PASSWORD, ProposedPassword=PASSWORD)


def ask_for_code(pool: Pool, token: str) -> None:
    pool.cognito.get_user_attribute_verification_code(AccessToken=token, AttributeName="email")


def verify(pool: Pool, token: str) -> None:
    pool.cognito.verify_user_attribute(AccessToken=token, AttributeName="email", Code=WRONG)


def change_address(pool: Pool, token: str) -> None:
    """To another address than the present one, so that a code goes out."""
    user = pool.cognito.get_user(AccessToken=token)
    now = next(one["Value"] for one in user["UserAttributes"] if one["Name"] == "email")
    pool.cognito.update_user_attributes(AccessToken=token, UserAttributes=email_of(f"a{now}"))


BY_TOKEN = [
    (change_password, 5, LIMITED),
    (ask_for_code, 5, LIMITED),
    (verify, 15, LIMITED),
    (change_address, 20, ("TooManyRequestsException", USED_UP)),
]


@pytest.mark.parametrize(("call", "limit", "refusal"), BY_TOKEN)
def test_holders_of_tokens_run_out_of_tries(
    people: Pool, call: Callable[[Pool, str], None], limit: int, refusal: tuple[str, str]
) -> None:
    """CRED-10: The last one allowed is answered and the next refused; other users have their own; an hour later
    anew.
    """
    ann, bob = (people.sign_in(name)["AuthenticationResult"]["AccessToken"] for name in ("ann", "bob"))
    answers = row(lambda: call(people, ann), limit)
    assert refusal not in answers[:limit]
    assert answers[limit] == refusal
    assert outcome(lambda: call(people, bob)) == answers[0]
    people.server.advance(HOUR - 60)
    assert outcome(lambda: call(people, ann)) == refusal
    people.server.advance(61)
    assert outcome(lambda: call(people, ann)) == answers[0]


def test_only_changes_that_send_a_code_count(people: Pool) -> None:
    """Names change as often as a user likes, and administrators are not counted; a refused change is none."""
    token = people.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    for number in range(25):
        named = [{"Name": "nickname", "Value": f"{number}"}]
        people.cognito.update_user_attributes(AccessToken=token, UserAttributes=named)
        people.cognito.admin_update_user_attributes(
            UserPoolId=people.pool_id, Username="ann", UserAttributes=email_of(f"ann{number}@limits.example")
        )
    for _ in range(20):
        change_address(people, token)
    before = people.cognito.get_user(AccessToken=token)["UserAttributes"]
    with pytest.raises(people.cognito.exceptions.TooManyRequestsException):
        change_address(people, token)
    assert people.cognito.get_user(AccessToken=token)["UserAttributes"] == before
