"""Answers to PASSWORD_VERIFIER: when they are good, how often, for whom, and until what happens (reference 05, 14)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from conftest import PASSWORD, Pool
from proving import CLIENT, INCORRECT, WRONG, Exchange, is_signed_in, refusal, respond
from refusals.srp_client import time_text
from stopped import cognito, server  # noqa: F401 (the fixtures of this file)

NEW = "Other-Horse-10"
UNREADABLE = ("InvalidParameterException", "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.")


@pytest.fixture
def pool(make_pool: Callable[..., Pool]) -> Pool:
    return make_pool(client=CLIENT)


# Times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Thu Jan 1 00:00:00 2026", UNREADABLE),
        ("Thu Jan 1 00:00:00 +05:30 2026", UNREADABLE),
        ("Thu Jan 1 00:00:00 CET 2026", UNREADABLE),
        ("Do Jan 1 00:00:00 UTC 2026", UNREADABLE),
        ("Thu Januar 1 00:00:00 UTC 2026", UNREADABLE),
        ("Thu Jan  1 00:00:00 UTC 2026", UNREADABLE),
        ("Thu Feb 30 00:00:00 UTC 2026", UNREADABLE),
        ("Thu Jan 1 25:00:00 UTC 2026", UNREADABLE),
        ("Thu Jan 1 00:00:00 UTC 0000", UNREADABLE),
        ("Thu Jan \u0661 00:00:00 UTC 2026", UNREADABLE),
        ("2026-01-01T00:00:00Z", UNREADABLE),
        ("x" * 100_000, UNREADABLE),
        ("Thu Jan 1 00:00:00 UTC 2026", INCORRECT),  # long ago
    ],
)
def test_a_time_of_another_form_is_refused(pool: Pool, text: str, expected: tuple[str, str]) -> None:
    """Even where it is signed as it stands."""
    pool.confirmed("ann")
    exchange = Exchange(pool, "ann")
    assert refusal(lambda: respond(pool, exchange.proof(timestamp=text))) == expected


def test_the_service_signs_its_own_spelling(pool: Pool) -> None:
    """Another weekday is read, and makes the signature wrong, as on AWS; so does a zero before the day."""
    pool.confirmed("ann")
    now = datetime.now(UTC)
    tomorrow = now + timedelta(days=1)
    on_another_day = f"{tomorrow:%a} {now:%b} {now.day} {now:%H:%M:%S} UTC {now:%Y}"
    with_a_zero = f"{now:%a %b %d %H:%M:%S} UTC {now:%Y}"
    for text in [on_another_day, *([with_a_zero] if now.day < 10 else [])]:
        proof = Exchange(pool, "ann").proof(timestamp=text)
        assert refusal(lambda proof=proof: respond(pool, proof)) == INCORRECT  # type: ignore[misc]


@pytest.mark.parametrize(("minutes", "right"), [(14, True), (-14, True), (16, False), (-16, False)])
def test_a_clock_may_be_off_by_a_quarter_of_an_hour(pool: Pool, minutes: int, right: bool) -> None:
    """Before or behind, and however far a test has moved the server's own."""
    pool.confirmed("ann")
    proof = Exchange(pool, "ann").proof(timestamp=time_text(timedelta(minutes=minutes)))
    if right:
        assert is_signed_in(respond(pool, proof))
    else:
        assert refusal(lambda: respond(pool, proof)) == INCORRECT


def test_a_challenge_ends_with_the_session_validity(make_pool: Callable[..., Pool]) -> None:
    """AuthSessionValidity is how long an answer is waited for; the clock of the server decides."""
    pool = make_pool(client={**CLIENT, "AuthSessionValidity": 4})
    pool.confirmed("ann")
    exchange, late = Exchange(pool, "ann"), Exchange(pool, "ann")
    pool.server.advance(3 * 60 + 50)
    assert is_signed_in(exchange.answer())
    pool.server.advance(11)
    assert refusal(late.answer) == INCORRECT


# Once, and only by whom it was put to


def test_an_answer_is_good_once(pool: Pool) -> None:
    """CRED-16: The same proof again is refused, also after a refusal in between; of many at once one is taken."""
    pool.confirmed("ann")
    exchange = Exchange(pool, "ann")
    assert refusal(lambda: exchange.answer(WRONG)) == INCORRECT
    proof = exchange.proof()
    assert is_signed_in(respond(pool, proof))
    assert refusal(lambda: respond(pool, proof)) == INCORRECT
    assert refusal(exchange.answer) == INCORRECT
    raced = Exchange(pool, "ann").proof()

    def try_it(_: int) -> str:
        try:
            respond(pool, raced)
        except ClientError as refused:
            return str(refused.response["Error"]["Message"])
        return ""

    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(try_it, range(10)))
    assert sorted(answers) == ["", *[INCORRECT[1]] * 9]


def test_an_answer_is_good_for_one_user_and_client(make_pool: Callable[..., Pool]) -> None:
    """Another user's name, another client and another pool refuse it, though all of them have the same password."""
    pool, elsewhere = make_pool(client=CLIENT), make_pool(client=CLIENT)
    for one in (pool, elsewhere):
        one.confirmed("ann")
    pool.confirmed("bob")
    exchange = Exchange(pool, "ann")
    proof = exchange.proof()
    made = pool.cognito.create_user_pool_client(UserPoolId=pool.pool_id, ClientName="b", **CLIENT)["UserPoolClient"]
    neighbour = Pool(pool.cognito, pool.server, pool.pool_id, made["ClientId"], None)
    assert refusal(lambda: respond(pool, {**proof, "USERNAME": "bob"})) == INCORRECT
    assert refusal(lambda: respond(pool, {**proof, "USERNAME": "nobody"}))[0] == "UserNotFoundException"
    assert refusal(lambda: respond(neighbour, proof)) == INCORRECT
    assert refusal(lambda: respond(elsewhere, proof)) == INCORRECT
    assert is_signed_in(respond(pool, proof))


def test_no_session_goes_with_it(pool: Pool) -> None:
    """None was given out, so one that comes with the answer is another challenge's."""
    pool.confirmed("ann")
    proof = Exchange(pool, "ann").proof()
    refused = refusal(lambda: respond(pool, proof, Session="A" * 40))
    assert refused == ("NotAuthorizedException", "Invalid session for the user.")
    assert is_signed_in(respond(pool, proof))


def change_password(pool: Pool) -> None:
    pool.cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username="ann", Password=NEW, Permanent=True)


def keep_password(pool: Pool) -> None:
    pool.cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username="ann", Password=PASSWORD, Permanent=True)


def disable(pool: Pool) -> None:
    pool.cognito.admin_disable_user(UserPoolId=pool.pool_id, Username="ann")


def delete(pool: Pool) -> None:
    pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")


def delete_and_make_again(pool: Pool) -> None:
    delete(pool)
    pool.confirmed("ann")


def delete_client(pool: Pool) -> None:
    pool.cognito.delete_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (change_password, INCORRECT),
        (keep_password, INCORRECT),
        (disable, ("NotAuthorizedException", "User is disabled.")),
        (delete, ("UserNotFoundException", "User does not exist.")),
        (delete_and_make_again, INCORRECT),
    ],
)
def test_a_change_in_between_ends_it(pool: Pool, change: Callable[[Pool], None], expected: tuple[str, str]) -> None:
    """The right proof of what was the password is of no use after it."""
    pool.confirmed("ann")
    proof = Exchange(pool, "ann").proof()
    change(pool)
    assert refusal(lambda: respond(pool, proof)) == expected


def test_a_deleted_client_ends_it(pool: Pool) -> None:
    """Nobody signs in to an app that is gone."""
    pool.confirmed("ann")
    proof = Exchange(pool, "ann").proof()
    delete_client(pool)
    assert refusal(lambda: respond(pool, proof))[0] == "ResourceNotFoundException"
