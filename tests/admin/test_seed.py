"""What a seed makes of a server, from cold, after an edit, and after a start that was broken off."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

import proving
from cognomen import settings, wiring
from cognomen.admin.seed import plant
from cognomen.admin.seed_file import Seed, SeedRefused, read_seed
from cognomen.http.members import read_members
from cognomen.storage import expired
from conftest import PASSWORD, Pool, sdk_client
from served import Served, serve

EXAMPLE = Path(__file__).parents[2] / "examples" / "seed.toml"
POOL_ID, WEB, API = "us-east-1_Shop00001", "shopweb0000000000000000001", "shopapi0000000000000000001"
ANN = {"Username": "ann", "Password": PASSWORD}
CLIENT = {"ClientId": "c1", "ClientName": "c", "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}


def pem() -> str:
    key = rsa.generate_private_key(65_537, 2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def a_seed(**more: Any) -> Seed:
    tree = {"pools": [{"Id": "us-east-1_Abc", "PoolName": "p", **more}]}
    return read_seed("seed.json", json.dumps(tree).encode(), read_members)


@pytest.fixture(scope="module")
def example() -> Iterator[Served]:
    with serve(seed=str(EXAMPLE)) as server:
        yield server


@pytest.fixture
def bare() -> Iterator[Served]:
    """A server without a seed, to which tests bring seeds of their own."""
    with serve() as server:
        yield server


def sow(server: Served, **more: Any) -> str:
    return str(server.run(plant(server.application.world, a_seed(**more))))


def refused(server: Served, **more: Any) -> str:
    with pytest.raises(SeedRefused) as told:
        sow(server, **more)
    return str(told.value)


def sign_in(server: Served, name: str, password: str, client_id: str = "c1") -> Any:
    return sdk_client(server.url).initiate_auth(
        ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": name, "PASSWORD": password}
    )


def attributes(server: Served, pool_id: str, name: str) -> Mapping[str, str]:
    shown = sdk_client(server.url).admin_get_user(UserPoolId=pool_id, Username=name)["UserAttributes"]
    return {one["Name"]: one["Value"] for one in shown}


def test_seeded_users_sign_in_at_once(example: Served) -> None:
    """By password and by SRP, under the name or the alias, with the group in the token; a temporary one is changed."""
    ann = sign_in(example, "ann@example.com", "correct-horse-9", WEB)
    assert ann["AuthenticationResult"]["IdToken"]
    pool = Pool(sdk_client(example.url), example, POOL_ID, WEB, None)
    assert proving.is_signed_in(proving.sign_in(pool, "ann", "correct-horse-9"))
    assert sign_in(example, "bob", "change-me-1st", WEB)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
    groups = pool.cognito.admin_list_groups_for_user(UserPoolId=POOL_ID, Username="ann")["Groups"]
    assert [group["GroupName"] for group in groups] == ["staff"]
    assert attributes(example, POOL_ID, "ann")["sub"] == "0a1b2c3d-0000-4000-8000-000000000001"


def test_ids_and_secrets_are_those_of_the_file(example: Served) -> None:
    """So that a client can be configured before the server runs."""
    cognito = sdk_client(example.url)
    client = cognito.describe_user_pool_client(UserPoolId=POOL_ID, ClientId=API)["UserPoolClient"]
    assert client["ClientSecret"] == "onlyForTests0123456789abcdefgh"
    pool = cognito.describe_user_pool(UserPoolId=POOL_ID)["UserPool"]
    assert pool["CreationDate"].isoformat()[:10] == "2024-05-01" or pool["CreationDate"].timestamp() == 1_714_521_600
    assert str(example.application.planted) == "1 pool, 2 app clients, 1 group, 2 users made"


def test_a_reset_brings_the_start_state_back() -> None:
    """What tests did is gone, and what the file says is there again."""
    with serve(seed=str(EXAMPLE)) as server:
        cognito = sdk_client(server.url)
        cognito.admin_delete_user(UserPoolId=POOL_ID, Username="ann")
        cognito.create_user_pool(PoolName="other")
        before = cognito.describe_user_pool(UserPoolId=POOL_ID)["UserPool"]
        server.post("/_dev/reset", {})
        assert [pool["Id"] for pool in cognito.list_user_pools(MaxResults=60)["UserPools"]] == [POOL_ID]
        assert {**cognito.describe_user_pool(UserPoolId=POOL_ID)["UserPool"], "EstimatedNumberOfUsers": 1} == before
        token = sign_in(server, "ann", "correct-horse-9", WEB)["AuthenticationResult"]["AccessToken"]
        assert cognito.get_user(AccessToken=token)["Username"] == "ann"


def test_an_edit_takes_effect_and_loses_nobody(bare: Served) -> None:
    """Pools, clients, groups and attributes follow the file; passwords, and what the file does not name, stay."""
    group = {"GroupName": "g", "Precedence": 1}
    sow(bare, clients=[CLIENT], groups=[group], users=[ANN])
    cognito = sdk_client(bare.url)
    cognito.sign_up(ClientId="c1", Username="cat", Password=PASSWORD)
    email = [{"Name": "email", "Value": "ann@example.com"}, {"Name": "email_verified", "Value": "true"}]
    edited = {
        "PoolName": "q",
        "MfaConfiguration": "OFF",
        "DeletionProtection": "ACTIVE",
        "Schema": [{"Name": "team", "AttributeDataType": "String"}],
        "clients": [{**CLIENT, "ClientName": "d", "IdTokenValidity": 2, "ClientSecret": "s" * 30}],
        "groups": [{**group, "Precedence": 2}],
        "users": [{**ANN, "Password": "Another-Horse-9", "UserAttributes": email, "Groups": ["g"]}],
    }
    assert sow(bare, **edited) == "4 changed"
    assert sow(bare, **edited) == "everything is there already"
    pool = cognito.describe_user_pool(UserPoolId="us-east-1_Abc")["UserPool"]
    assert (pool["Name"], pool["DeletionProtection"]) == ("q", "ACTIVE")
    assert "custom:team" in {entry["Name"] for entry in pool["SchemaAttributes"]}
    client = cognito.describe_user_pool_client(UserPoolId="us-east-1_Abc", ClientId="c1")["UserPoolClient"]
    assert (client["ClientName"], client["IdTokenValidity"], client["ClientSecret"]) == ("d", 2, "s" * 30)
    assert cognito.get_group(UserPoolId="us-east-1_Abc", GroupName="g")["Group"]["Precedence"] == 2
    shown = attributes(bare, "us-east-1_Abc", "ann")
    assert (shown["email"], shown["email_verified"]) == ("ann@example.com", "true")
    users = cognito.list_users(UserPoolId="us-east-1_Abc")["Users"]
    assert {user["Username"] for user in users} == {"ann", "cat"}


def test_passwords_are_the_users_own(bare: Served) -> None:
    """A seed that comes again gives nobody the old password back."""
    sow(bare, clients=[CLIENT], users=[ANN])
    sdk_client(bare.url).admin_set_user_password(
        UserPoolId="us-east-1_Abc", Username="ann", Password="Another-Horse-9", Permanent=True
    )
    sow(bare, clients=[CLIENT], users=[ANN])
    assert sign_in(bare, "ann", "Another-Horse-9")["AuthenticationResult"]


DIFFERENCES = [
    ({"UsernameAttributes": ["email"]}, "pools[0].UsernameAttributes: can only be chosen when the pool is made"),
    ({"Schema": [{"Name": "t", "AttributeDataType": "Number"}]}, "pools[0].Schema: custom:t is in the pool already"),
    ({"clients": [{**CLIENT, "ClientId": "c2"}]}, "pools[0].clients[0].ClientSecret: is not given, and the client"),
    ({"users": [{**ANN, "Username": "eve"}]}, "pools[0].users[0].Username: is another one already"),
    ({"users": [{"Username": "ann", "Password": PASSWORD}]}, "pools[0].users[0]: User account already exists"),
    (
        {"users": [{**ANN, "Sub": "0a1b2c3d-0000-4000-8000-000000000001", "Groups": ["no"]}]},
        "users[0].Groups: Group not found",
    ),
    ({"users": [{"Username": "new"}]}, "pools[0].users[0]: Password or TemporaryPassword is missing."),
    ({"users": [{"Username": "new", "Password": "short"}]}, "pools[0].users[0]: Password did not conform"),
    ({"clients": [{**CLIENT, "ReadAttributes": ["no"]}]}, "pools[0].clients[0]: Invalid read attributes"),
    ({"clients": [{**CLIENT, "ClientId": "c9"}]}, "pools[0].clients[0].ClientId: belongs to a client of another pool"),
    ({"groups": [{"GroupName": "g", "RoleArn": "arn:aws:iam::1:role/x"}]}, "pools[0].groups[0]: "),
    ({"signing_keys": {"id": "x", "access": "x"}}, "pools[0]: signing_keys.id is not a private key in PEM"),
]
SUB = "0a1b2c3d-0000-4000-8000-000000000001"
FIRST = {
    "Schema": [{"Name": "t", "AttributeDataType": "String"}],
    "clients": [CLIENT, {**CLIENT, "ClientId": "c2", "ClientSecret": "s" * 30}],
    "users": [{**ANN, "Sub": SUB}],
}


@pytest.fixture(scope="module")
def planted() -> Iterator[Served]:
    with serve() as server:
        sow(server, **FIRST)
        server.run(plant(server.application.world, read_other()))
        yield server


def read_other() -> Seed:
    tree = {"pools": [{"Id": "us-east-1_Other", "PoolName": "o", "clients": [{**CLIENT, "ClientId": "c9"}]}]}
    return read_seed("seed.json", json.dumps(tree).encode(), read_members)


@pytest.mark.parametrize(("more", "told"), DIFFERENCES)
def test_what_cannot_be_made_so_is_told(planted: Served, more: Any, told: str) -> None:
    """Differences that no update can mend, and what the operations refuse, each with its place in the file."""
    asked = {"Schema": FIRST["Schema"], **more}
    if asked.get("users", [{}])[0].get("Username") == "eve":
        asked["users"][0]["Sub"] = SUB
    text = refused(planted, **asked)
    assert told in text
    assert PASSWORD not in text


def test_a_start_that_broke_off_goes_on(bare: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was made already is passed over, and the rest follows."""
    users = [{"Username": name, "Password": PASSWORD, "Groups": ["g"]} for name in ("ann", "bob", "cat")]
    asked = {"clients": [CLIENT], "groups": [{"GroupName": "g"}], "users": users}
    keeper, seen = bare.application.world.passwords, []
    keep = type(keeper).keep

    async def keep_one(self: Any, *args: Any) -> Any:
        seen.append(1)
        if len(seen) > 1:
            raise RuntimeError("killed")
        return await keep(self, *args)

    with monkeypatch.context() as broken:
        broken.setattr(type(keeper), "keep", keep_one)
        with pytest.raises(RuntimeError):
            sow(bare, **asked)
    assert sow(bare, **asked) == "2 users made"
    members = sdk_client(bare.url).list_users_in_group(UserPoolId="us-east-1_Abc", GroupName="g")["Users"]
    assert len(members) == 3


def test_a_deleted_pool_comes_back_empty(bare: Served) -> None:
    """Nothing of the old one is in the new one, and what purges the old one leaves the new one alone."""
    sow(bare, clients=[CLIENT], users=[ANN])
    cognito = sdk_client(bare.url)
    cognito.sign_up(ClientId="c1", Username="cat", Password=PASSWORD)
    cognito.delete_user_pool(UserPoolId="us-east-1_Abc")
    sow(bare, clients=[CLIENT], users=[ANN])
    assert [one["Username"] for one in cognito.list_users(UserPoolId="us-east-1_Abc")["Users"]] == ["ann"]
    world = bare.application.world
    bare.run(world.database.write(lambda tx: expired.purge(tx, world.now_ms())))
    assert sign_in(bare, "ann", PASSWORD)["AuthenticationResult"]


def test_given_keys_sign(bare: Served) -> None:
    """The JWKS is that of the file's keys, on every server; other keys later are refused."""
    keys = {"id": pem(), "access": pem()}
    sow(bare, signing_keys=keys)
    with serve() as other:
        sow(other, signing_keys=keys)
        path = "/us-east-1_Abc/.well-known/jwks.json"
        assert other.get(path) == bare.get(path)
    assert sow(bare, signing_keys=keys) == "everything is there already"
    assert "pools[0].signing_keys: the pool signs with other keys" in refused(
        bare, signing_keys={"id": keys["access"], "access": keys["id"]}
    )


@pytest.mark.parametrize("username_attributes", [["email"], ["phone_number"]])
def test_users_called_by_a_contact(bare: Served, username_attributes: list[str]) -> None:
    """Where an attribute stands in place of the name, the sub is the name, at the first start and at the next."""
    name = {"email": "ann@example.com", "phone_number": "+14155550101"}[username_attributes[0]]
    asked = {
        "UsernameAttributes": username_attributes,
        "clients": [CLIENT],
        "users": [{"Username": name, "Password": PASSWORD, "Sub": SUB}],
    }
    sow(bare, **asked)
    assert sow(bare, **asked) == "everything is there already"
    assert sign_in(bare, name, PASSWORD)["AuthenticationResult"]
    assert attributes(bare, "us-east-1_Abc", name)["sub"] == SUB


@pytest.mark.anyio
async def test_a_store_is_let_go_where_the_seed_is_refused(tmp_path: Path) -> None:
    """The server does not come up, and says which file and place."""
    (tmp_path / "seed.toml").write_text('[[pools]]\nId = "us-east-1_A"\nPoolName = "p"\nUsernam = 1\n')
    chosen = settings.load({"data": ":memory:", "seed": str(tmp_path / "seed.toml")}, environment={})
    with pytest.raises(SeedRefused, match=r"seed .*seed\.toml: pools\[0\]\.Usernam: unknown key"):
        await wiring.build(chosen)


def test_a_pool_with_much_to_say_is_the_same_at_the_next_start(bare: Served) -> None:
    """Whatever AWS adds, renames or says twice is no difference."""
    asked = {
        "UsernameConfiguration": {"CaseSensitive": False},
        "AliasAttributes": ["preferred_username", "email"],
        "AutoVerifiedAttributes": ["email"],
        "EmailVerificationMessage": "Your code is {####}",
        "VerificationMessageTemplate": {"EmailSubject": "Hello"},
        "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email"]},
        "AdminCreateUserConfig": {"UnusedAccountValidityDays": 3},
        "Policies": {"PasswordPolicy": {"MinimumLength": 6, "PasswordHistorySize": 2}},
        "UserPoolTags": {"cognomen:mode": "compat"},
        "Schema": [
            {"Name": "email", "Required": True},
            {"Name": "n", "AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "1"}},
        ],
        "clients": [{**CLIENT, "RefreshTokenRotation": {"Feature": "ENABLED"}, "ReadAttributes": ["email"]}],
    }
    sow(bare, **asked)
    added = {"Name": "more", "AttributeDataType": "String"}
    sdk_client(bare.url).add_custom_attributes(UserPoolId="us-east-1_Abc", CustomAttributes=[added])
    assert sow(bare, **asked) == "everything is there already"


def test_a_reset_reaches_the_other_processes(tmp_path: Path) -> None:
    """Another server of the store forgets the keys of the pool that was there before under the same id."""
    shared = {"data": str(tmp_path / "store"), "seed": str(EXAMPLE)}
    path = f"/{POOL_ID}/.well-known/jwks.json"
    with serve(**shared) as one, serve(**shared) as other:
        before = other.get(path)
        assert one.get(path) == before
        one.post("/_dev/reset", {})
        other.advance(1)
        sign_in(other, "ann", "correct-horse-9", WEB)
        assert other.get(path) == one.get(path) != before
