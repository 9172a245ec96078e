"""What ended before the process was killed stays ended (TOK-06, TOK-09)."""

from pathlib import Path

import pytest

from cli.running import serving
from cli.test_metrics import kept_port
from conftest import Pool, sdk_client
from refreshing import REUSED, REVOKED, get_tokens, goes_on, is_over, refused, rotating, signed_in


def pool_of(url: str, pool_id: str, client_id: str) -> Pool:
    return Pool(sdk_client(url), None, pool_id, client_id, None)  # type: ignore[arg-type]


def new_pool(url: str) -> Pool:
    cognito = sdk_client(url)
    pool_id = cognito.create_user_pool(PoolName="kills")["UserPool"]["Id"]
    made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", **rotating())["UserPoolClient"]
    return pool_of(url, pool_id, made["ClientId"])


@pytest.mark.parametrize("way", ["revoke", "sign out", "reuse"])
def test_a_kill_after_the_answer_brings_nothing_back(tmp_path: Path, way: str) -> None:
    """After a kill a new process refuses the revoked, signed-out or replaced token as before, and others work."""
    with kept_port() as port:  # of both, for it is in the issuer of the tokens
        flags = ("--data", str(tmp_path), "--port", str(port))
        with serving(*flags, folder=tmp_path) as server:
            pool = new_pool(server.url)
            other, tokens = signed_in(pool, "bob"), signed_in(pool)
            newest = get_tokens(pool, tokens["RefreshToken"])
            if way == "revoke":
                pool.cognito.revoke_token(ClientId=pool.client_id, Token=newest["RefreshToken"])
            if way == "sign out":
                pool.cognito.global_sign_out(AccessToken=newest["AccessToken"])
            server.process.kill()
        with serving(*flags, folder=tmp_path) as server:
            pool = pool_of(server.url, pool.pool_id, pool.client_id)
            told = REUSED if way == "reuse" else REVOKED
            assert refused(lambda: get_tokens(pool, tokens["RefreshToken"])) == told
            if way != "reuse":
                assert is_over(pool, newest)
            assert goes_on(pool, other)
