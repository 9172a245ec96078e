"""What a seed file may say, and what is told where it may not."""

import json
from typing import Any

import pytest

from cognomen.admin.seed_file import SeedRefused, read_seed
from cognomen.domain.user import UserStatus
from cognomen.http.members import read_members

POOL = {"Id": "us-east-1_Abc", "PoolName": "p"}
CLIENT = {"ClientId": "c1", "ClientName": "c"}
GROUP = {"GroupName": "g"}
USER = {"Username": "ann", "Password": "Correct-Horse-9"}
SUB = "0a1b2c3d-0000-4000-8000-000000000001"


def read(tree: Any) -> Any:
    return read_seed("seed.json", json.dumps(tree).encode(), read_members)


def pool(**more: Any) -> Any:
    return {"pools": [{**POOL, **more}]}


def test_toml_and_json_say_the_same():
    """The name of the file tells which of them it is."""
    toml = b'[[pools]]\nId = "us-east-1_Abc"\nPoolName = "p"\ncreated_at = 2024-05-01T00:00:00Z\n'
    assert read_seed("seed.toml", toml, read_members) == read(pool(created_at="2024-05-01T00:00:00Z"))


def test_a_sub_that_is_not_given_is_always_the_same():
    """It follows from the pool and the name, and the state from the password."""
    one, other = (read(pool(users=[USER])).pools[0].users[0] for _ in range(2))
    assert one == other
    assert one.status is UserStatus.CONFIRMED
    elsewhere = read({"pools": [{**POOL, "Id": "us-east-1_Xyz", "users": [USER]}]}).pools[0].users[0]
    assert elsewhere.key != one.key


REFUSED = [
    ([], "the file: is no table of pools"),
    ({"pool": []}, "pool: unknown key: the file has pools"),
    ({"pools": {}}, "pools: must be a list of tables"),
    ({"pools": [7]}, "pools[0]: must be a table"),
    ({"pools": [{"PoolName": "p"}]}, "pools[0]: Id is missing"),
    ({"pools": [{"Id": "us-east-1_A"}]}, "pools[0]: Object missing required field `PoolName`"),
    (pool(Id=7), "pools[0].Id: must be text"),
    (pool(Id="shop"), "pools[0].Id: is 'shop': Member must satisfy regular expression pattern: [\\w-]+_[0-9a-zA-Z]+"),
    (pool(Id="us_east_A"), "pools[0].Id: is not a region, _, and letters or digits"),
    (pool(created_at="2024-05-01T00:00:00"), "pools[0].created_at: must be a time with its zone"),
    (pool(created_at=7), "pools[0].created_at: must be a time with its zone"),
    (pool(created_at="1969-05-01T00:00:00Z"), "pools[0].created_at: is before 1970"),
    (pool(signing_keys={"id": "x"}), "pools[0].signing_keys: must hold id and access"),
    (pool(Polices={}), "pools[0].Polices: unknown key"),
    (pool(Policies={"PasswordPolicy": {"MinLength": 8}}), "pools[0].Policies.PasswordPolicy.MinLength: unknown key"),
    (pool(Policies=[]), "pools[0].Policies: Expected `object | null`, got `array`"),
    (
        pool(Policies={"PasswordPolicy": {"MinimumLength": 5}}),
        "pools[0].Policies.PasswordPolicy.MinimumLength: is '5': Member must have value greater than or equal to 6",
    ),
    (pool(Schema=[{"Name": "x" * 21}]), f"pools[0].Schema[0].Name: is '{'x' * 21}': Member must have length less"),
    (pool(clients=[{"ClientName": "c"}]), "pools[0].clients[0]: ClientId is missing"),
    (pool(clients=[{**CLIENT, "ClientId": "a b"}]), "pools[0].clients[0].ClientId: Member must satisfy regular"),
    (pool(clients=[{**CLIENT, "UserPoolId": "us-east-1_Abc"}]), "pools[0].clients[0].UserPoolId: is not for a seed"),
    (pool(clients=[{**CLIENT, "GenerateSecret": True}]), "pools[0].clients[0].GenerateSecret: is not for a seed"),
    (
        pool(clients=[CLIENT, {**CLIENT, "ClientId": "c2", "ExplicitAuthFlows": ["ALLOW_ALL"]}]),
        "pools[0].clients[1].ExplicitAuthFlows: is '[ALLOW_ALL]': Member must satisfy constraint",
    ),
    (pool(clients=[CLIENT, CLIENT]), "pools[0].clients[1].ClientId: is that of pools[0].clients[0]"),
    ({"pools": [POOL, POOL]}, "pools[1].Id: is that of pools[0]"),
    (pool(groups=[{}]), "pools[0].groups[0]: Object missing required field `GroupName`"),
    (pool(groups=[{**GROUP, "Precedence": -1}]), "pools[0].groups[0].Precedence: is '-1': Member must have value"),
    (pool(groups=[GROUP, GROUP]), "pools[0].groups[1].GroupName: is that of pools[0].groups[0]"),
    (pool(users=[{**USER, "Sub": "me"}]), "pools[0].users[0].Sub: is not a UUID in small letters"),
    (pool(users=[{**USER, "Sub": SUB}, {**USER, "Sub": SUB}]), "pools[0].users[1].Sub: is that of pools[0].users[0]"),
    (pool(users=[{**USER, "TemporaryPassword": "x"}]), "Password and TemporaryPassword exclude each other"),
    (pool(users=[{**USER, "Status": "ARCHIVED"}]), "pools[0].users[0].Status: must be CONFIRMED or UNCONFIRMED or"),
    (pool(users=[{**USER, "Password": " lead"}]), "pools[0].users[0].Password: Member must satisfy regular"),
    (pool(users=[{**USER, "MessageAction": "SUPPRESS"}]), "pools[0].users[0].MessageAction: is not for a seed"),
    (pool(users=[{**USER, "Groups": [7]}]), "pools[0].users[0].Groups: must be a list of names"),
    (pool(users=[{**USER, "Password": 7}]), "pools[0].users[0].Password: must be text"),
    (
        pool(users=[{**USER, "UserAttributes": [{"Name": "email", "Valeu": "a@b.c"}]}]),
        "pools[0].users[0].UserAttributes[0].Valeu: unknown key",
    ),
    (pool(PoolName="a\u0000"), "the file holds U+0000"),
]


@pytest.mark.parametrize(("tree", "told"), REFUSED)
def test_a_file_that_cannot_be_says_where(tree, told):
    """The place in the file, and the words."""
    with pytest.raises(SeedRefused) as refused:
        read(tree)
    assert told in str(refused.value)
    assert "Horse" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("s.toml", b"pools = 'Horse", "the file is not TOML (at end of document)"),
        ("s.json", b'{"pools": Horse}', "the file is not JSON: Expecting value, line 1 column 11"),
        ("s.json", b'{"pools": [], "pools": []}', "a key of an object stands there twice"),
        ("s.json", b"\xff", "the file is not UTF-8"),
        ("s.json", b"[" * 100_000, "the file is nested too deep"),
    ],
)
def test_what_is_no_document_is_refused(name, content, told):
    """Without a word of what is in it."""
    with pytest.raises(SeedRefused) as refused:
        read_seed(name, content, read_members)
    assert str(refused.value) == told


def test_all_faults_are_told_at_once():
    """One start shows everything that has to be mended."""
    with pytest.raises(SeedRefused) as refused:
        read(pool(clients=[{"ClientName": "c"}], users=[{**USER, "Sub": "me"}], Extra=1))
    assert len(str(refused.value).splitlines()) == 1  # the pool's own faults first: below it nothing is sure
    with pytest.raises(SeedRefused) as refused:
        read(pool(clients=[{"ClientName": "c"}], users=[{**USER, "Sub": "me"}]))
    assert len(str(refused.value).splitlines()) == 2


def test_a_seed_cannot_print_its_secrets():
    """Neither passwords nor client secrets stand in a repr, and the seed knows that it has some."""
    secret = "s" * 30
    seed = read(pool(clients=[{**CLIENT, "ClientSecret": secret}], users=[USER]))
    assert seed.has_secrets
    assert "Horse" not in repr(seed)
    assert secret not in repr(seed)
    assert not read(pool(clients=[CLIENT])).has_secrets
