"""Two servers on one store: what one of them is told holds on the other, and what begins here may end there."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import Any

import pytest

from cognomen.domain.lockout import FREE_FAILURES
from conftest import PASSWORD
from nodes.changes import CHANGES
from nodes.pair import OK, Scene, outcome, scene, sign_in
from served import Served, serve
from stopped import stopped_clocks
from storage.stores import FILE, POSTGRES

WRONG = "Wrong-Horse-9"
NEW = "Other-Horse-10"


@pytest.fixture(scope="module", params=[FILE, POSTGRES])
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Any]:
    folder = tmp_path_factory.mktemp("pair")
    store: dict[str, Any] = {"data": str(folder)}
    if request.param == POSTGRES:
        store = {"data": None, "database": request.getfixturevalue("postgres").new_database("pair")}
    return {**store, "master_key_file": str(folder / "master.key"), "public_url": "http://id.example"}


@pytest.fixture(scope="module")
def servers(settings: Mapping[str, Any]) -> Iterator[tuple[Served, Served]]:
    with stopped_clocks(), ExitStack() as stack:
        yield stack.enter_context(serve(**settings)), stack.enter_context(serve(**settings))


@pytest.fixture
def drawn(servers: tuple[Served, Served], settings: Mapping[str, Any]) -> Scene:
    return scene(servers, settings)


@pytest.mark.parametrize("kind", CHANGES)
def test_a_change_holds_on_the_other_node_within_a_second(drawn: Scene, kind: str) -> None:
    """The other node has answered by the old state, and remembers it; a second after the change it answers by the
    new one. What is disabled, deleted or revoked works nowhere any more."""
    change = CHANGES[kind]
    state = change.prepare(drawn)
    drawn.meanwhile()
    assert change.ask(drawn, state) == change.before
    change.make(drawn, state)
    drawn.meanwhile()
    assert change.ask(drawn, state) == change.after


def test_every_memory_of_the_directory_has_its_case(servers: tuple[Served, Served]) -> None:
    """Whoever has the directory remember one more thing says here how a change of it shows."""
    directory = servers[0].application.world.directory
    kept = {name for name, value in vars(directory).items() if isinstance(value, dict)}
    assert kept == {"_pools", "_clients", "_tracking", "_risks", "provisioned"}


def test_what_is_ended_here_is_over_there_at_once(drawn: Scene) -> None:
    """Tokens and accounts are never remembered: a sign-out, a revoked token, a disabled user hold without a pause."""
    first, second = sign_in(drawn.here), sign_in(drawn.there)
    drawn.here.cognito.global_sign_out(AccessToken=first["AccessToken"])
    assert outcome(lambda: drawn.there.cognito.get_user(AccessToken=second["AccessToken"])) == "NotAuthorizedException"
    drawn.here.cognito.admin_disable_user(UserPoolId=drawn.here.pool_id, Username="kim")
    assert outcome(lambda: sign_in(drawn.there)) == "NotAuthorizedException"


def test_a_challenge_begins_here_and_ends_there(drawn: Scene) -> None:
    """The session of one node is answered on the other, once: then it is spent on both."""
    pool, key = drawn.here, {"UserPoolId": drawn.here.pool_id, "Username": "lee"}
    pool.cognito.admin_create_user(**key, TemporaryPassword=PASSWORD, MessageAction="SUPPRESS")
    asked = pool.sign_in("lee")
    answer = {"USERNAME": "lee", "NEW_PASSWORD": NEW, "SECRET_HASH": pool.hash("lee")["SecretHash"]}
    response = {"ClientId": pool.client_id, "ChallengeName": asked["ChallengeName"], "Session": asked["Session"]}
    done = drawn.there.cognito.respond_to_auth_challenge(**response, ChallengeResponses=answer)
    assert pool.cognito.get_user(AccessToken=done["AuthenticationResult"]["AccessToken"])["Username"] == "lee"
    again = {**response, "ChallengeResponses": answer}
    assert outcome(lambda: pool.cognito.respond_to_auth_challenge(**again)) == "NotAuthorizedException"


def test_a_refresh_token_of_here_works_there_until_it_is_revoked(drawn: Scene) -> None:
    """One that is revoked here is refused there at once."""
    token, client = sign_in(drawn.here)["RefreshToken"], {"ClientId": drawn.here.client_id}
    hashed = {"REFRESH_TOKEN": token, "SECRET_HASH": drawn.here.hash("kim")["SecretHash"]}
    asked = {**client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": hashed}
    assert outcome(lambda: drawn.there.cognito.initiate_auth(**asked)) == OK
    drawn.here.cognito.revoke_token(**client, Token=token, ClientSecret=drawn.here.secret)
    assert outcome(lambda: drawn.there.cognito.initiate_auth(**asked)) == "NotAuthorizedException"


def test_wrong_passwords_count_together(drawn: Scene) -> None:
    """Guesses that are spread over the nodes lock the account on both as fast as guesses on one."""
    both = (drawn.here, drawn.there)
    for guess in range(FREE_FAILURES):
        assert outcome(lambda guess=guess: sign_in(both[guess % 2], password=WRONG)) == "NotAuthorizedException"
    assert [outcome(lambda pool=pool: sign_in(pool)) for pool in both] == ["NotAuthorizedException"] * 2


def test_wrong_codes_count_together(drawn: Scene) -> None:
    """The hourly tries of a code are those of the user, wherever they are made."""
    drawn.here.sign_up(name := "lee")
    seen = []
    for guess in range(40):
        pool = (drawn.here, drawn.there)[guess % 2]
        asked = {"ClientId": pool.client_id, "Username": name, "ConfirmationCode": f"{guess:06}", **pool.hash(name)}
        seen.append(outcome(lambda pool=pool, asked=asked: pool.cognito.confirm_sign_up(**asked)))
    limits = drawn.here.server.application.world.facts.attempts
    assert seen.index("LimitExceededException") == limits.confirm_sign_up


def test_a_page_of_here_goes_on_there(drawn: Scene) -> None:
    """A paging token of one node is one of the other; together the pages hold everybody once."""
    for number in range(5):
        drawn.here.confirmed(f"user{number}")
    asked = {"UserPoolId": drawn.here.pool_id, "Limit": 2}
    found, token, pools = [], None, [drawn.here, drawn.there]
    while token or not found:
        page = pools[0].cognito.list_users(**asked, **({"PaginationToken": token} if token else {}))
        found += [user["Username"] for user in page["Users"]]
        token = page.get("PaginationToken")
        pools.reverse()
    assert sorted(found) == ["kim", *(f"user{number}" for number in range(5))]
