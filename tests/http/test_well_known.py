"""What verifiers fetch: the key set and the discovery document of a pool."""

import json

import pytest

from asgi import Browser

pytestmark = pytest.mark.anyio


async def new_pool(browser, **settings):
    reply = await browser.signed("CreateUserPool", json.dumps({"PoolName": "p", **settings}).encode())
    return reply.json["UserPool"]["Id"]


async def test_the_key_set_holds_both_keys_of_the_pool(browser):
    """Two RSA keys, with the members that reference 07 lists and no private one."""
    pool_id = await new_pool(browser)
    reply = await browser.get(f"/{pool_id}/.well-known/jwks.json")
    keys = reply.json["keys"]
    assert reply.status == 200
    assert [sorted(key) for key in keys] == [["alg", "e", "kid", "kty", "n", "use"]] * 2
    assert {(key["alg"], key["e"], key["kty"], key["use"]) for key in keys} == {("RS256", "AQAB", "RSA", "sig")}
    assert len({key["kid"] for key in keys}) == 2


async def test_another_pool_has_other_keys(browser):
    """A token of one pool never verifies with the keys of another."""
    first, second = await new_pool(browser), await new_pool(browser)
    sets = [(await browser.get(f"/{pool_id}/.well-known/jwks.json")).json["keys"] for pool_id in (first, second)]
    assert not {key["n"] for key in sets[0]} & {key["n"] for key in sets[1]}


async def test_discovery_tells_what_works_and_no_more(browser):
    """Where an endpoint is not built, the document does not speak of it."""
    pool_id = await new_pool(browser)
    reply = await browser.get(f"/{pool_id}/.well-known/openid-configuration", {"Host": "evil.example"})
    base = f"http://127.0.0.1:9229/{pool_id}"
    assert (reply.status, reply.json) == (
        200,
        {
            "id_token_signing_alg_values_supported": ["RS256"],
            "issuer": base,
            "jwks_uri": f"{base}/.well-known/jwks.json",
            "response_types_supported": [],
            "subject_types_supported": ["public"],
        },
    )


@pytest.mark.parametrize(
    ("settings", "host"),
    [({}, "cognito-idp"), ({"IssuerConfiguration": {"Type": "UPDATED"}}, "issuer-cognito-idp")],
    ids=["original", "updated"],
)
async def test_an_issuer_of_aws_is_told_and_the_keys_stay_here(build, settings, host):
    """Clients that insist on AWS's issuer find the keys at this server's own address."""
    browser = Browser((await build(issuer="aws", public_url="https://id.example")).app)
    pool_id = await new_pool(browser, **settings)
    document = (await browser.get(f"/{pool_id}/.well-known/openid-configuration")).json
    assert document["issuer"] == f"https://{host}.eu-west-1.amazonaws.com/{pool_id}"
    assert document["jwks_uri"] == f"https://id.example/{pool_id}/.well-known/jwks.json"


@pytest.mark.parametrize("document", ["jwks.json", "openid-configuration"])
async def test_every_page_may_read_them(browser, document):
    """Apps in browsers verify tokens too; what was fetched is good for an hour."""
    reply = await browser.get(f"/{await new_pool(browser)}/.well-known/{document}", {"Origin": "https://a.example"})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["cache-control"] == "public, max-age=3600"
    assert reply.headers["content-type"] == "application/json"


STRANGERS = [
    "us-east-1_abcdefghi",
    "nothing",
    "us-east-1_",
    "_x",
    "a\x00_b",
    "\u00e9_b",
    "us-east-1_" + "a" * 5000,
    "..",
    "%00",
]


@pytest.mark.parametrize("pool_id", STRANGERS, ids=range(len(STRANGERS)))
@pytest.mark.parametrize("document", ["jwks.json", "openid-configuration"])
async def test_a_pool_that_is_not_there_is_404(browser, pool_id, document):
    """In JSON, readable from any page, and not kept by caches."""
    reply = await browser.get(f"/{pool_id}/.well-known/{document}")
    assert (reply.status, reply.json) == (404, {"message": f"User pool {pool_id} does not exist."})
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "cache-control" not in reply.headers


async def test_a_deleted_pool_is_404(browser):
    """Keys of a pool go with the pool."""
    pool_id = await new_pool(browser)
    await browser.signed("DeleteUserPool", json.dumps({"UserPoolId": pool_id}).encode())
    assert (await browser.get(f"/{pool_id}/.well-known/jwks.json")).status == 404
