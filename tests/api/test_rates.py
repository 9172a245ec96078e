"""Calls are counted against AWS's rates, by category, pool and user (reference 13, rates)."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from cognomen.domain.quotas import CATEGORIES, Category
from cognomen.wire import idp
from cognomen.wire._base import Access
from conftest import PASSWORD, Pool, sdk_client
from served import Served
from stopped import counting_server

WEAK = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
Rates = dict[str, int]


def pool_on(served: Served, **client: Any) -> Pool:
    """A pool with a client on a server of the test's own."""
    cognito = sdk_client(served.url)
    pool_id = cognito.create_user_pool(PoolName="counted")["UserPool"]["Id"]
    made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", **WEAK, **client)["UserPoolClient"]
    return Pool(cognito, served, pool_id, made["ClientId"], made.get("ClientSecret"))


@pytest.fixture
def started(request: pytest.FixtureRequest) -> Iterator[Pool]:
    """A pool on a fresh server; the parameter holds rates in place of AWS's."""
    rates: Rates = getattr(request, "param", {})
    with counting_server(rates=rates) as served:
        pool = pool_on(served)
        served.application.clock.advance(1)
        yield pool


def answers(call: Callable[[], Any], asked: int) -> list[str]:
    """The code and wording of each refusal in so many calls; of what was answered, ``ok``."""
    return [answer(call) for _ in range(asked)]


def answer(call: Callable[[], Any]) -> str:
    try:
        call()
    except ClientError as refusal:
        error, status = refusal.response["Error"], refusal.response["ResponseMetadata"]["HTTPStatusCode"]
        return EXCEEDED if (status, error["Message"]) == (400, "Rate exceeded") else str(error["Code"])
    return "ok"


EXCEEDED = "400 Rate exceeded"


def passed(call: Callable[[], Any], asked: int = 30) -> int:
    """How many calls were let through before the first that was not."""
    told = answers(call, asked)
    count = told.index(EXCEEDED) if EXCEEDED in told else asked
    assert set(told[count:]) <= {EXCEEDED}
    return count


def test_a_category_counts_all_its_operations_and_pools(started: Pool) -> None:
    """Fifteen requests a second read pools, whichever pool they name and whichever operation they are."""
    other = started.cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    describe = started.cognito.describe_user_pool
    assert answers(lambda: describe(UserPoolId=started.pool_id), 7) == ["ok"] * 7
    assert answers(lambda: started.cognito.list_user_pools(MaxResults=1), 4) == ["ok"] * 4
    assert passed(lambda: describe(UserPoolId=other)) == 4
    assert answer(lambda: started.cognito.list_user_pools(MaxResults=1)) == EXCEEDED
    started.server.application.clock.advance(1)
    assert passed(lambda: describe(UserPoolId=started.pool_id)) == 15


def test_one_operation_on_one_pool_is_slower_than_its_category(started: Pool) -> None:
    """Five requests a second; another operation and another pool have their own."""
    other = started.cognito.create_user_pool(PoolName="other")["UserPool"]["Id"]
    clients = started.cognito.list_user_pool_clients
    assert passed(lambda: clients(UserPoolId=started.pool_id)) == 5
    assert passed(lambda: clients(UserPoolId=other)) == 5
    one = {"UserPoolId": started.pool_id, "ClientId": started.client_id}
    assert passed(lambda: started.cognito.describe_user_pool_client(**one)) == 5
    assert answer(lambda: started.cognito.list_user_pool_client_secrets(**one)) == EXCEEDED


def test_tags_count_on_the_pool_of_their_arn(started: Pool) -> None:
    """An ARN names a pool, too."""
    arn = started.cognito.describe_user_pool(UserPoolId=started.pool_id)["UserPool"]["Arn"]
    assert passed(lambda: started.cognito.list_tags_for_resource(ResourceArn=arn)) == 5


@pytest.mark.parametrize("name", ["ann", "nobody"])
def test_one_user_is_read_and_written_slowly(started: Pool, name: str) -> None:
    """API-28: Ten requests a second of each kind, whether or not there is such a user; others have their own."""
    started.confirmed("ann")
    started.confirmed("bob")
    whom = {"UserPoolId": started.pool_id}
    started.server.application.clock.advance(1)
    assert passed(lambda: started.cognito.admin_get_user(Username=name, **whom)) == 10
    assert passed(lambda: started.cognito.admin_enable_user(Username=name, **whom)) == 10
    assert answer(lambda: started.sign_in(name)) == EXCEEDED
    assert passed(lambda: started.cognito.admin_get_user(Username="bob", **whom)) == 10


def test_the_holder_of_a_token_is_one_user(started: Pool) -> None:
    """Calls with an access token count for its user; a refresh names nobody and counts for the account alone."""
    started.confirmed("ann")
    tokens = started.sign_in("ann")["AuthenticationResult"]
    assert passed(lambda: started.cognito.get_user(AccessToken=tokens["AccessToken"])) == 10
    refresh = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": tokens["RefreshToken"]}}
    assert passed(lambda: started.cognito.initiate_auth(ClientId=started.client_id, **refresh)) == 30


@pytest.mark.parametrize("started", [{"UserAuthentication": 2}], indirect=True)
def test_answers_to_challenges_have_thrice_the_rate(started: Pool) -> None:
    """Six answers pass, two more count as sign-ins, and then nobody signs in."""
    names = iter(range(1000))

    def respond() -> None:
        started.cognito.respond_to_auth_challenge(
            ClientId=started.client_id,
            ChallengeName="SMS_MFA",
            Session="s" * 40,
            ChallengeResponses={"USERNAME": f"user{next(names)}", "SMS_MFA_CODE": "123456"},
        )

    assert passed(respond) == 8
    assert answer(lambda: started.sign_in("somebody")) == EXCEEDED
    started.server.application.clock.advance(1)
    assert answers(lambda: started.sign_in("somebody"), 3) == ["UserNotFoundException"] * 2 + [EXCEEDED]
    assert passed(respond) == 6


@pytest.mark.parametrize("started", [{"UserAccountRecovery": 2}], indirect=True)
def test_a_new_password_counts_as_recovery(started: Pool) -> None:
    """The answer to NEW_PASSWORD_REQUIRED shares the rate of forgotten passwords."""

    def respond() -> None:
        started.cognito.respond_to_auth_challenge(
            ClientId=started.client_id,
            ChallengeName="NEW_PASSWORD_REQUIRED",
            Session="s" * 40,
            ChallengeResponses={"USERNAME": "user", "NEW_PASSWORD": PASSWORD},
        )

    assert passed(respond) == 2
    assert answer(lambda: started.cognito.forgot_password(ClientId=started.client_id, Username="ann")) == EXCEEDED
    assert answer(lambda: started.sign_in("somebody")) == "UserNotFoundException"


def raise_to(pool: Pool, rate: int) -> Any:
    named = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserCreation"}}
    return pool.cognito.update_provisioned_limit(LimitDefinition=named, RequestedLimitValue=rate)["Limit"]


def confirmations(pool: Pool) -> int:
    """How many requests of the category UserCreation pass, for as many names."""
    names = iter(range(1000))
    whom = {"UserPoolId": pool.pool_id}
    return passed(lambda: pool.cognito.admin_confirm_sign_up(Username=f"nobody{next(names)}", **whom))


@pytest.mark.parametrize("started", [{"UserCreation": 3}], indirect=True)
def test_a_provisioned_limit_counts_at_once(started: Pool) -> None:
    """What UpdateProvisionedLimit sets is what the next call is counted by; the settings' rate is the free one."""
    assert confirmations(started) == 3
    assert raise_to(started, 8) == {
        "LimitDefinition": {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserCreation"}},
        "ProvisionedLimitValue": 8,
        "FreeLimitValue": 3,
    }
    started.server.application.clock.advance(1)
    assert confirmations(started) == 8
    with pytest.raises(started.cognito.exceptions.InvalidParameterException, match="below the default of 3"):
        raise_to(started, 2)
    started.server.application.clock.advance(1)
    raise_to(started, 3)
    assert confirmations(started) == 3


def test_a_provisioned_limit_counts_in_other_processes_within_a_second(tmp_path: Path) -> None:
    """Another server on the same store goes by the new limit as soon as it looks again."""
    shared = {"data": str(tmp_path), "rates": {"UserCreation": 3}}
    with counting_server(**shared) as one, counting_server(**shared) as other:
        pool = pool_on(one)
        elsewhere = Pool(sdk_client(other.url), other, pool.pool_id, pool.client_id, None)
        assert confirmations(elsewhere) == 3
        raise_to(pool, 8)
        other.application.clock.advance(1)
        assert confirmations(elsewhere) == 8


def test_managing_limits_is_slow(started: Pool) -> None:
    """One request a second, and it is the first that passes."""
    assert answers(lambda: raise_to(started, 60), 3) == ["ok", EXCEEDED, EXCEEDED]


def test_processes_have_equal_parts(started: Pool) -> None:
    """Where four servers share the rates, a part of each comes back in a second, beside what a pause had saved."""
    with counting_server(**{"limits.servers": "4"}) as served:
        pool = pool_on(served)
        served.application.clock.advance(4)
        read = lambda: pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)  # noqa: E731
        assert passed(read) == 15
        served.application.clock.advance(4)
        assert passed(read) == 15
        served.application.clock.advance(1)
        assert passed(read) == 3


@pytest.mark.parametrize("category", [one for one in CATEGORIES.values() if one.adjustable], ids=lambda one: one.name)
def test_whoever_is_counted_by_a_raised_rate_looked_something_up(category: Category) -> None:
    """The provisioned limits are as fresh as the directory, which every caller of these operations goes through."""
    looking = {Access.CLIENT, Access.ACCESS_TOKEN, Access.IAM_OR_CLIENT}
    for name in category.operations:
        operation = idp.OPERATIONS[name]
        assert operation.access in looking or "user_pool_id" in operation.input.__struct_fields__


# Whose calls count


def test_only_those_who_may_call_use_a_rate_up(started: Pool) -> None:
    """Without a signature, with a wrong secret, an unknown client or a false token nothing is counted."""
    guarded = pool_on(started.server, GenerateSecret=True)
    unknown = Pool(started.cognito, started.server, started.pool_id, "0" * 26, None)
    wrong = Pool(started.cognito, started.server, guarded.pool_id, guarded.client_id, "wrong")
    assert set(answers(lambda: unknown.sign_up("ann"), 70)) == {"ResourceNotFoundException"}
    assert set(answers(lambda: wrong.sign_up("ann"), 70)) == {"NotAuthorizedException"}
    assert set(answers(lambda: started.cognito.get_user(AccessToken="a.b.c"), 20)) == {"NotAuthorizedException"}
    assert answer(lambda: guarded.sign_up("ann")) == "ok"


@pytest.mark.parametrize("started", [{"UserPoolRead": 1}], indirect=True)
def test_what_is_wrong_in_form_counts_nothing(started: Pool) -> None:
    """A request that breaks a limit of the model is refused before it is counted."""
    list_pools = started.cognito.list_user_pools
    assert set(answers(lambda: list_pools(MaxResults=61), 5)) == {"InvalidParameterException"}
    assert answers(lambda: list_pools(MaxResults=60), 2) == ["ok", EXCEEDED]
