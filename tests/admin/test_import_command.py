"""`cognomen import`, and what becomes of the users that it brings."""

import json
from pathlib import Path
from typing import Any

import pytest
from argon2.low_level import Type, hash_secret

from cli.running import Ended, run
from conftest import PASSWORD, sdk_client
from served import serve


def hash_of(password: str, memory_kib: int = 64) -> str:
    return hash_secret(password.encode(), b"0123456789abcdef", 1, memory_kib, 1, 32, Type.ID).decode()


def import_lines(folder: Path, pool_id: str, *lines: Any, more: tuple[str, ...] = ()) -> Ended:
    text = "".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in lines)
    (folder / "users.jsonl").write_text(text, "utf-8")
    return run("import", "users.jsonl", "--pool", pool_id, "--data", "store", *more, folder=folder)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    """A served store with a pool and a client; the import comes from another process, as in life."""
    with serve(data=str(tmp_path / "store")) as server:
        cognito = sdk_client(server.url)
        pool_id = cognito.create_user_pool(PoolName="p")["UserPool"]["Id"]
        client_id = cognito.create_user_pool_client(
            UserPoolId=pool_id, ClientName="c", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
        )["UserPoolClient"]["ClientId"]

        def sign_in(username: str, password: str = PASSWORD) -> Any:
            parameters = {"USERNAME": username, "PASSWORD": password}
            return cognito.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)

        yield server, cognito, pool_id, sign_in


def test_imported_users_sign_in_with_the_password_they_had(tmp_path: Path, store: Any) -> None:
    """A hash is checked as it came; a temporary password has to be changed, none has to be reset."""
    _, cognito, pool_id, sign_in = store
    ended = import_lines(
        tmp_path,
        pool_id,
        {"username": "ann", "password_hash": hash_of(PASSWORD), "attributes": {"email": "ann@d.example"}},
        {"username": "bob", "temporary_password": PASSWORD},
        "\n",
        {"username": "cat"},
        {"username": "dan", "password_hash": hash_of(PASSWORD), "enabled": False},
    )
    assert (ended.code, ended.out, ended.err) == (0, "4 imported, 0 known already, 0 refused\n", "")
    for _ in range(2):  # the first sign-in makes the hash anew
        assert sign_in("ann")["AuthenticationResult"]["IdToken"]
    assert sign_in("bob")["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    refused = cognito.exceptions.NotAuthorizedException
    with pytest.raises(refused, match="Incorrect username or password"):
        sign_in("ann", "Wrong-Horse-9")
    with pytest.raises(cognito.exceptions.PasswordResetRequiredException):
        sign_in("cat", "Wrong-Horse-9")
    with pytest.raises(refused, match="User is disabled"):
        sign_in("dan")
    listed = cognito.list_users(UserPoolId=pool_id, Filter='email ^= "ann"')["Users"]
    assert [one["Username"] for one in listed] == ["ann"]


def test_a_first_sign_in_makes_the_hash_the_servers_own(tmp_path: Path, store: Any) -> None:
    """Then there is an SRP verifier as well, sealed under the master key."""
    server, _, pool_id, sign_in = store
    strong = hash_of(PASSWORD, memory_kib=1024)
    import_lines(tmp_path, pool_id, {"username": "ann", "password_hash": strong})

    async def kept() -> Any:
        statement = "select password_hash, srp_verifier from users where username = 'ann'"
        return await server.application.world.database.read(lambda tx: tx.one(statement))

    assert server.run(kept()) == (strong, b"")
    sign_in("ann")
    hashed, verifier = server.run(kept())
    assert hashed != strong
    assert len(verifier) > 384
    assert sign_in("ann")["AuthenticationResult"]


def test_faults_are_told_by_line_and_the_rest_comes_in(tmp_path: Path, store: Any) -> None:
    """Each refused line on stderr with its number, the count on stdout, exit code 1; no secret is told."""
    _, cognito, pool_id, _ = store
    cognito.admin_create_user(UserPoolId=pool_id, Username="taken", MessageAction="SUPPRESS")
    secret = "Temporary-Horse-1"
    ended = import_lines(
        tmp_path,
        pool_id,
        {"username": "ann", "password_hash": "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9"},
        {"username": "good"},
        "not json\n",
        {"username": "taken"},
        {"username": "twice", "temporary_password": secret},
        {"username": "twice", "temporary_password": secret, "attributes": {"email": "x"}},
        {"username": "twice", "temporary_password": secret},
        "x" * 1_100_000 + "\n",
        {"username": "also good"},
        {"username": "last"},
    )
    assert ended.code == 1
    assert ended.out == "3 imported, 0 known already, 7 refused\n"
    assert ended.err.splitlines() == [
        "line 1: password_hash is bcrypt: only argon2id is taken",
        "line 3: JSON is malformed: invalid character (byte 4)",
        "line 4: the username is taken",
        "line 6: Invalid email address format.",
        "line 7: the username is taken",
        "line 8: the line is longer than 1048576 bytes",
        "line 9: username is not 1 to 128 visible characters",
    ]
    names = {one["Username"] for one in cognito.list_users(UserPoolId=pool_id)["Users"]}
    assert names == {"taken", "good", "twice", "last"}


def test_a_second_run_changes_nothing(tmp_path: Path, store: Any) -> None:
    """Lines with a sub are known by it; lines without one are refused as taken. Nobody is in twice."""
    _, cognito, pool_id, _ = store
    lines = [
        {"username": f"user{number}", "sub": f"00000000-0000-4000-8000-{number:012}", "attributes": {"name": "N"}}
        for number in range(30)
    ]
    nameless = {"username": "without-sub"}
    first = import_lines(tmp_path, pool_id, *lines[:20], nameless)
    again = import_lines(tmp_path, pool_id, *lines, nameless, {**lines[0], "username": "other"})
    assert first.out == "21 imported, 0 known already, 0 refused\n"
    assert again.out == "10 imported, 20 known already, 2 refused\n"
    assert again.err == "line 31: the username is taken\nline 32: the sub is that of another user\n"
    assert len(cognito.list_users(UserPoolId=pool_id)["Users"]) == 31


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--data", "store", "--pool", "us-east-1_Unknown00"), "User pool us-east-1_Unknown00 does not exist."),
        (("--data", ":memory:", "--pool", "us-east-1_Aa"), "data = :memory: keeps no users"),
    ],
)
def test_what_cannot_begin_is_refused(tmp_path: Path, words: tuple[str, ...], told: str) -> None:
    """One line and exit code 2, before anything is read."""
    (tmp_path / "users.jsonl").write_text('{"username": "ann"}\n')
    ended = run("import", "users.jsonl", *words, folder=tmp_path)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("cognomen: ")
    assert told in ended.err
