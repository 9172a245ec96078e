"""The main job on a real PostgreSQL, with one server and with two that share it."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from conftest import PASSWORD, Pool, sdk_client
from served import Served, serve
from storage.stores import PostgresServer

EMAIL = "kim@domain.example"


@pytest.fixture(scope="module")
def servers(postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Served]]:
    """Two servers of one master key on one database."""
    folder = tmp_path_factory.mktemp("keys")
    with ExitStack() as stack:
        url = postgres.new_database("engines")
        shared = {"public_url": "http://id.example", "database": url, "master_key_file": str(folder / "master.key")}
        first = stack.enter_context(serve(data=None, **shared))
        yield first, stack.enter_context(serve(data=None, **shared))


def pool_on(server: Served) -> Pool:
    cognito = sdk_client(server.url)
    pool_id = cognito.create_user_pool(PoolName="engines", AutoVerifiedAttributes=["email"])["UserPool"]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = cognito.create_user_pool_client(
        UserPoolId=pool_id, ClientName="a", GenerateSecret=True, ExplicitAuthFlows=flows
    )["UserPoolClient"]
    return Pool(cognito, server, pool_id, made["ClientId"], made["ClientSecret"])


def confirm_and_sign_in(pool: Pool) -> Any:
    code = pool.code_for(EMAIL)
    pool.cognito.confirm_sign_up(ClientId=pool.client_id, Username=EMAIL, ConfirmationCode=code, **pool.hash(EMAIL))
    return pool.sign_in(EMAIL)["AuthenticationResult"]


def test_the_main_job_on_postgresql(servers: tuple[Served, Served]) -> None:
    """Sign up, confirm with the code, sign in, ask who it is, refresh: as on SQLite."""
    pool = pool_on(servers[0])
    done = pool.sign_up(EMAIL, UserAttributes=[{"Name": "email", "Value": EMAIL}])
    tokens = confirm_and_sign_in(pool)
    shown = pool.cognito.get_user(AccessToken=tokens["AccessToken"])["UserAttributes"]
    assert {one["Name"]: one["Value"] for one in shown} == {
        "sub": done["UserSub"],
        "email": EMAIL,
        "email_verified": "true",
    }
    parameters = {"REFRESH_TOKEN": tokens["RefreshToken"], "SECRET_HASH": pool.hash(EMAIL)["SecretHash"]}
    again = pool.cognito.initiate_auth(
        ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters
    )
    assert again["AuthenticationResult"]["AccessToken"]


def test_a_second_server_knows_what_the_first_one_did(servers: tuple[Served, Served]) -> None:
    """Pool, client, user, code and tokens of one server work on the other, and a taken name is taken on both."""
    first = pool_on(servers[0])
    second = Pool(sdk_client(servers[1].url), servers[1], first.pool_id, first.client_id, first.secret)
    first.sign_up(EMAIL, UserAttributes=[{"Name": "email", "Value": EMAIL}])
    with pytest.raises(second.cognito.exceptions.UsernameExistsException):
        second.sign_up(EMAIL)
    tokens = confirm_and_sign_in(second)
    assert first.cognito.get_user(AccessToken=tokens["AccessToken"])["Username"] == EMAIL
    assert first.sign_in(EMAIL, PASSWORD)["AuthenticationResult"]["IdToken"]
