"""The system's clock is set while the server runs: nothing is taken that was over, and what was spent stays spent."""

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from cognomen import clock as clocks
from cognomen.clock import Clock
from cognomen.http.log_lines import make_logger
from cognomen.jobs.purge import PurgeJob
from conftest import PASSWORD, Pool, sdk_client
from served import Served, serve

DAY_S, YEAR_S = 86_400, 365 * 86_400
CODE = "246810"


class System:
    """The clocks of a machine: what it is set to, and how long it has been running."""

    def __init__(self) -> None:
        self.wall_s = 1_800_000_000.0
        self.running_s = 1000.0

    def time_ns(self) -> int:
        return int(self.wall_s * 1e9)

    def monotonic_ns(self) -> int:
        return int(self.running_s * 1e9)

    def pass_time(self, seconds: float) -> None:
        self.wall_s += seconds
        self.running_s += seconds

    def step(self, seconds: float) -> None:
        """Set the clock."""
        self.wall_s += seconds


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    made = System()
    monkeypatch.setattr(clocks, "time", made)
    return made


@pytest.fixture
def running(system: System) -> Iterator[Served]:
    with serve(**{"dev.fixed_code": CODE}) as served:
        yield served


@pytest.fixture
def people(running: Served) -> Pool:
    cognito = sdk_client(running.url)
    pool_id = cognito.create_user_pool(PoolName="clocks", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="a", ExplicitAuthFlows=flows)[
        "UserPoolClient"
    ]
    pool = Pool(cognito, running, pool_id, made["ClientId"], None)
    pool.confirmed("ann", UserAttributes=[{"Name": "email", "Value": "ann@domain.example"}])
    verified = [{"Name": "email_verified", "Value": "true"}]
    cognito.admin_update_user_attributes(UserPoolId=pool_id, Username="ann", UserAttributes=verified)
    return pool


def test_a_clock_that_is_set(system: System) -> None:
    """Time follows small corrections both ways and big ones forward; a step back it does not take."""
    clock = Clock()
    start_ms = clock.now_ms()

    def passed_s() -> float:
        return (clock.now_ms() - start_ms) / 1000

    system.pass_time(10)
    assert passed_s() == 10
    for _ in range(100):  # a second in all, as a daemon slews it
        system.pass_time(1)
        system.step(-0.01)
        clock.now_ms()
    assert passed_s() == pytest.approx(109)
    system.step(-DAY_S)
    assert passed_s() == pytest.approx(109)
    system.pass_time(5)
    assert passed_s() == pytest.approx(114)
    system.step(DAY_S)
    assert passed_s() == pytest.approx(114)
    system.step(10 * YEAR_S)
    assert passed_s() == pytest.approx(114 + 10 * YEAR_S)
    assert (clock.least_ms() - start_ms) / 1000 == pytest.approx(114)
    system.step(-10 * YEAR_S)
    assert passed_s() == pytest.approx(114)


def test_a_day_back_revives_nothing(system: System, people: Pool) -> None:
    """STO-07, of a step back: no token lives beyond its time, no code comes back, and no lock-out is longer or gone."""
    tokens = people.sign_in("ann")["AuthenticationResult"]
    people.cognito.forgot_password(ClientId=people.client_id, Username="ann")
    system.pass_time(3601)
    system.step(-DAY_S)
    with pytest.raises(people.cognito.exceptions.NotAuthorizedException, match="expired"):
        people.cognito.get_user(AccessToken=tokens["AccessToken"])
    with pytest.raises(people.cognito.exceptions.ExpiredCodeException):
        reset(people)
    lock_out(people)
    system.step(-DAY_S)
    with pytest.raises(people.cognito.exceptions.NotAuthorizedException, match="attempts exceeded"):
        people.sign_in("ann")
    system.pass_time(2)
    assert people.sign_in("ann")["AuthenticationResult"]
    before = people.cognito.admin_get_user(UserPoolId=people.pool_id, Username="ann")["UserLastModifiedDate"]
    people.cognito.admin_disable_user(UserPoolId=people.pool_id, Username="ann")
    after = people.cognito.admin_get_user(UserPoolId=people.pool_id, Username="ann")["UserLastModifiedDate"]
    assert after >= before


def test_ten_years_on_and_back(system: System, running: Served, people: Pool) -> None:
    """STO-07, of a step forward: tokens and codes are over at once; set right again, what was spent is spent still, and
    what was given out meanwhile is of no use."""
    tokens = people.sign_in("ann")["AuthenticationResult"]
    people.cognito.forgot_password(ClientId=people.client_id, Username="ann")
    spent = spent_session(people)
    system.step(10 * YEAR_S)
    with pytest.raises(people.cognito.exceptions.NotAuthorizedException):
        people.cognito.get_user(AccessToken=tokens["AccessToken"])
    with pytest.raises(people.cognito.exceptions.NotAuthorizedException):
        refresh(people, tokens["RefreshToken"])
    with pytest.raises(people.cognito.exceptions.ExpiredCodeException):
        reset(people)
    later = people.sign_in("ann")["AuthenticationResult"]
    assert people.cognito.get_user(AccessToken=later["AccessToken"])["Username"] == "ann"
    world, clock = running.application.world, running.application.clock
    running.run(PurgeJob(world, make_logger("error", "json", sys.stderr), clock.least_ms).work())
    system.step(-10 * YEAR_S)
    with pytest.raises(people.cognito.exceptions.NotAuthorizedException):
        new_password(people, spent)
    with pytest.raises(people.cognito.exceptions.NotAuthorizedException):
        people.cognito.get_user(AccessToken=later["AccessToken"])
    with pytest.raises(people.cognito.exceptions.NotAuthorizedException):
        refresh(people, later["RefreshToken"])
    assert people.cognito.get_user(AccessToken=tokens["AccessToken"])["Username"] == "ann"


def reset(people: Pool) -> None:
    people.cognito.confirm_forgot_password(
        ClientId=people.client_id, Username="ann", ConfirmationCode=CODE, Password=PASSWORD
    )


def refresh(people: Pool, token: str) -> Any:
    return people.cognito.initiate_auth(
        ClientId=people.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": token}
    )


def lock_out(people: Pool) -> None:
    for _ in range(5):
        with pytest.raises(people.cognito.exceptions.NotAuthorizedException, match="Incorrect"):
            people.sign_in("ann", "Wrong-Horse-9")


def spent_session(people: Pool) -> str:
    """The session of a challenge that was answered."""
    people.cognito.admin_create_user(
        UserPoolId=people.pool_id, Username="lee", TemporaryPassword=PASSWORD, MessageAction="SUPPRESS"
    )
    session: str = people.sign_in("lee")["Session"]
    new_password(people, session)
    return session


def new_password(people: Pool, session: str) -> None:
    people.cognito.respond_to_auth_challenge(
        ClientId=people.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=session,
        ChallengeResponses={"USERNAME": "lee", "NEW_PASSWORD": "Other-Horse-10"},
    )
