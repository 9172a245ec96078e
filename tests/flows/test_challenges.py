"""A challenge is added by one line of the table and two functions."""

from dataclasses import replace

import pytest

from cognomen import errors
from cognomen.domain import challenges as table
from cognomen.domain.challenges import Row, Situation, Step
from cognomen.flows import challenges
from cognomen.flows.answers import Answer, Asked, Kind, Passed
from cognomen.flows.challenges import Challenge, go_on, respond
from cognomen.flows.tokens import Tokens
from cognomen.storage import users
from conftest import PASSWORD


async def ask_for_the_word(world, situation):
    """Keeps the word in the session, and notes in the account that it was asked for."""
    noted = situation.user.with_attributes({"nickname": "asked"}, world.now_ms())
    return Asked({"HINT": "o*en"}, {"word": "open"}, lambda tx: users.update(tx, noted))


async def hear_the_word(world, situation, answer, kept):
    """Compares with what was kept, and notes in the account that it was right."""
    if answer.require("WORD") != kept["word"]:
        raise errors.CodeMismatchException
    done = situation.user.with_attributes({"nickname": "heard"}, world.now_ms())
    return Passed(done, lambda tx: users.update(tx, done))


@pytest.fixture
def with_word(monkeypatch):
    """After NEW_PASSWORD_REQUIRED and before the end, the word is asked for, in the place of PASSWORD."""
    asked_once = Row(Step.PASSWORD, "the word was not said yet", lambda s: s.passed.count(Step.PASSWORD) == 1)
    before, last = table.TABLE[:-1], table.TABLE[-1]
    monkeypatch.setattr(table, "TABLE", (*before, asked_once, last))
    kinds = {**challenges.CHALLENGES, Step.PASSWORD: Kind(ask_for_the_word, hear_the_word)}
    monkeypatch.setattr(challenges, "CHALLENGES", kinds)


@pytest.fixture
def situation(pool):
    pool.confirmed("walt")
    return pool.server.run(_situation(pool, "walt"))


async def _situation(pool, name):
    world = pool.server.application.world
    found = await world.directory.pool(pool.pool_id)
    user = await world.database.read(lambda tx: users.by_name(tx, pool.pool_id, name))
    client = await world.directory.client(pool.client_id)
    return Situation("USER_PASSWORD_AUTH", found, client, user, (Step.PASSWORD,))


def answered(situation, session, word="open", username="walt"):
    return Answer(situation.pool, situation.client, "PASSWORD", session, {"USERNAME": username, "WORD": word})


def nickname(pool):
    found = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="walt")["UserAttributes"]
    return {one["Name"]: one["Value"] for one in found}.get("nickname")


def test_what_a_challenge_keeps_and_stores_comes_back(pool, situation, with_word):
    """What is kept travels sealed; what is stored is there before the challenge, or the tokens, are seen."""
    world, run = pool.server.application.world, pool.server.run
    asked = run(go_on(world, situation))
    assert isinstance(asked, Challenge)
    assert (asked.name, asked.parameters, nickname(pool)) == ("PASSWORD", {"HINT": "o*en"}, "asked")
    assert "open" not in repr(asked)
    with pytest.raises(errors.CodeMismatchException):
        run(respond(world, answered(situation, asked.session, "close")))
    assert isinstance(run(respond(world, answered(situation, asked.session))), Tokens)
    assert nickname(pool) == "heard"
    with pytest.raises(errors.SessionUsed):
        run(respond(world, answered(situation, asked.session)))


def test_a_step_cannot_be_skipped(pool, situation, with_word):
    """A session for one challenge answers no other, and a later one needs the earlier (TRUST API-16)."""
    world, run = pool.server.application.world, pool.server.run
    pool.cognito.admin_set_user_password(UserPoolId=pool.pool_id, Username="walt", Password=PASSWORD)
    begun = run(_situation(pool, "walt"))
    first = run(go_on(world, begun))
    assert first.name == "NEW_PASSWORD_REQUIRED"
    with pytest.raises(errors.InvalidSession):
        run(respond(world, answered(begun, first.session)))
    new = replace(
        answered(begun, first.session),
        challenge="NEW_PASSWORD_REQUIRED",
        responses={"USERNAME": "walt", "NEW_PASSWORD": "Other-Horse-10"},
    )
    second = run(respond(world, new))
    assert (second.name, nickname(pool)) == ("PASSWORD", "asked")
    with pytest.raises(errors.InvalidSession):
        run(respond(world, replace(new, session=second.session)))
    assert isinstance(run(respond(world, answered(begun, second.session))), Tokens)


def test_a_session_is_of_no_use_once_the_table_says_otherwise(pool, situation, with_word, monkeypatch):
    """What comes next is asked again when the answer comes: nobody finishes a challenge that is not due any more."""
    world, run = pool.server.application.world, pool.server.run
    asked = run(go_on(world, situation))
    monkeypatch.setattr(table, "TABLE", (table.TABLE[0], table.TABLE[-1]))
    with pytest.raises(errors.InvalidSession):
        run(respond(world, answered(situation, asked.session)))


def test_tokens_are_given_by_no_default(pool, situation, monkeypatch):
    """With an empty table there is nothing to give."""
    monkeypatch.setattr(table, "TABLE", ())
    with pytest.raises(errors.NotAuthorizedException):
        pool.server.run(go_on(pool.server.application.world, situation))
