"""Verification: what is accepted, and what is refused with which reason."""

import base64
import hashlib
import pickle
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cognomen_kit import AsyncTokenVerifier, CognitoUnavailable, Reason, TokenRefused, TokenVerifier, TrustedPool
from kit.conftest import CLIENT_ID, NOW, POOL_ID
from kit.fake_cognito import FakeCognito, refusal
from kit.forged_tokens import ATTACKS, Attack
from kit.token_factory import SUB, access_payload, access_token, header, id_token, jwks, signed

pytestmark = pytest.mark.anyio

JWKS_PATH = f"/{POOL_ID}/.well-known/jwks.json"


@pytest.fixture
def served(fake: FakeCognito) -> FakeCognito:
    fake.answers(JWKS_PATH, jwks())
    return fake


@pytest.fixture
def pool(served: FakeCognito) -> TrustedPool:
    return TrustedPool.of(POOL_ID, CLIENT_ID, endpoint=served.url)


@pytest.fixture
async def verifier(pool: TrustedPool) -> AsyncIterator[AsyncTokenVerifier]:
    async with AsyncTokenVerifier(pool, clock=lambda: NOW) as made:
        yield made


async def reason(call: Any) -> Reason:
    with pytest.raises(TokenRefused) as caught:
        await call
    return caught.value.reason


def test_the_attack_table_is_long() -> None:
    """There are at least sixty attacks, each with a name of its own, and they meet every reason there is for them."""
    assert len(ATTACKS) >= 60
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)
    elsewhere = {
        Reason.KEYS_UNAVAILABLE,
        Reason.NONCE,
        Reason.ACCESS_TOKEN_HASH,
        Reason.REVOKED,
        Reason.SCOPE,
        Reason.GROUP,
    }
    assert {attack.reason for attack in ATTACKS} == set(Reason) - elsewhere


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
async def test_attacks_are_refused(verifier: AsyncTokenVerifier, served: FakeCognito, attack: Attack) -> None:
    """KIT-02, TOK-01: Each forged token is refused for its own reason, and the refusal repeats nothing of the token."""
    token = attack.make(served.url)
    verify = verifier.verify_access if attack.use == "access" else verifier.verify_id
    with pytest.raises(TokenRefused) as caught:
        await verify(token)
    assert caught.value.reason is attack.reason
    assert caught.value.reason.status == 401
    assert str(caught.value) == attack.reason.value


async def test_a_good_access_token(verifier: AsyncTokenVerifier, served: FakeCognito) -> None:
    """An access token comes back as typed claims."""
    claims = await verifier.verify_access(access_token(served.url))
    assert (claims.sub, claims.username, claims.client_id) == (SUB, "karla", CLIENT_ID)
    assert claims.groups == {"admins", "staff"}
    assert claims.scopes == {"aws.cognito.signin.user.admin", "orders/read"}
    assert claims.expires_at == datetime(2026, 1, 1, 0, 59, tzinfo=UTC)
    assert claims.issuer == f"{served.url}/{POOL_ID}"
    assert claims.all["origin_jti"] == "o"


async def test_a_good_id_token(verifier: AsyncTokenVerifier, served: FakeCognito) -> None:
    """An ID token comes back as typed claims whose repr hides the address."""
    claims = await verifier.verify_id(id_token(served.url))
    assert (claims.username, claims.email, claims.email_verified) == ("karla", "karla@deno.example", True)
    assert (claims.phone_number, claims.phone_number_verified, claims.groups) == (None, False, {"admins"})
    assert "deno.example" not in repr(claims)


def test_the_synchronous_verifier(pool: TrustedPool, served: FakeCognito) -> None:
    """Without a loop the same tokens are accepted and refused."""
    with TokenVerifier(pool, clock=lambda: NOW) as verifier:
        assert verifier.verify_access(access_token(served.url)).username == "karla"
        assert verifier.verify_id(id_token(served.url)).username == "karla"
        with pytest.raises(TokenRefused) as caught:
            verifier.verify_access(access_token(served.url, client_id="another"))
    assert caught.value.reason is Reason.CLIENT


@pytest.mark.parametrize("more", [{"typ": "JWT"}, {"typ": "at+jwt"}, {"typ": "jwt"}, {"cty": "x"}])
async def test_harmless_headers(verifier: AsyncTokenVerifier, served: FakeCognito, more: dict[str, str]) -> None:
    """The usual types and unknown but harmless header members are accepted, as RFC 7515 asks."""
    token = signed(header(**more), access_payload(served.url))
    assert (await verifier.verify_access(token)).username == "karla"


async def test_many_claims_are_no_deep_claims(verifier: AsyncTokenVerifier, served: FakeCognito) -> None:
    """Claims may hold many objects, brackets in texts, and nesting up to the limit."""
    deep: Any = []
    for _ in range(62):
        deep = [deep]
    token = access_token(served.url, many=[{"a": [n]} for n in range(100)], text='[[[{"' * 40, deep=deep)
    assert (await verifier.verify_access(token)).all["deep"] == deep


@pytest.mark.parametrize(
    ("more", "accepted"),
    [
        ({"exp": int(NOW) - 9}, True),
        ({"exp": int(NOW) - 10}, False),
        ({"iat": int(NOW) + 10}, True),
        ({"iat": int(NOW) + 11}, False),
        ({"nbf": int(NOW) + 10}, True),
        ({"nbf": int(NOW) + 11}, False),
    ],
)
async def test_leeway(verifier: AsyncTokenVerifier, served: FakeCognito, more: dict[str, int], accepted: bool) -> None:
    """Clocks may differ by ten seconds either way, and not by one more."""
    call = verifier.verify_access(access_token(served.url, **more))
    if accepted:
        assert await call
    else:
        assert await reason(call) in {Reason.EXPIRED, Reason.NOT_YET_VALID}


async def test_no_leeway(pool: TrustedPool, served: FakeCognito) -> None:
    """Who wants none gets none."""
    async with AsyncTokenVerifier(pool, clock=lambda: NOW, leeway=0) as strict:
        assert await strict.verify_access(access_token(served.url, exp=int(NOW) + 1))
        assert await reason(strict.verify_access(access_token(served.url, exp=int(NOW)))) is Reason.EXPIRED


@pytest.mark.parametrize(
    ("wanted", "refused"),
    [
        ({"scopes": ["orders/read"]}, None),
        ({"scopes": {"orders/read", "aws.cognito.signin.user.admin"}}, None),
        ({"scopes": ["orders/read", "orders/write"]}, Reason.SCOPE),
        ({"scopes": ["orders"]}, Reason.SCOPE),
        ({"scopes": "orders/read"}, None),
        ({"scopes": "orders/read aws.cognito.signin.user.admin"}, None),
        ({"scopes": "orders/write"}, Reason.SCOPE),
        ({"groups": "staff"}, None),
        ({"groups": "nobody"}, Reason.GROUP),
        ({"groups": ["staff"]}, None),
        ({"groups": ["nobody", "admins"]}, None),
        ({"groups": ["nobody"]}, Reason.GROUP),
        ({"groups": []}, Reason.GROUP),
        ({"groups": ["admin"]}, Reason.GROUP),
    ],
)
async def test_scopes_and_groups(
    verifier: AsyncTokenVerifier, served: FakeCognito, wanted: Any, refused: Reason | None
) -> None:
    """All scopes are needed, and one of the groups; what is lacking is a 403, not a 401."""
    call = verifier.verify_access(access_token(served.url), **wanted)
    if refused is None:
        assert await call
    else:
        assert await reason(call) is refused
        assert refused.status == 403


async def test_no_rights_at_all(verifier: AsyncTokenVerifier, served: FakeCognito) -> None:
    """A machine's token without groups, scope and username is good where nothing is asked for."""
    machine = access_token(served.url, **{"cognito:groups": None, "scope": None, "username": None, "version": 2})
    claims = await verifier.verify_access(machine)
    assert (claims.groups, claims.scopes, claims.username) == (frozenset(), frozenset(), None)
    assert await reason(verifier.verify_access(machine, scopes=["orders/read"])) is Reason.SCOPE


async def test_nonce(verifier: AsyncTokenVerifier, served: FakeCognito) -> None:
    """An ID token answers the request whose nonce it carries."""
    assert await verifier.verify_id(id_token(served.url, nonce="n1"), nonce="n1")
    assert await reason(verifier.verify_id(id_token(served.url, nonce="n2"), nonce="n1")) is Reason.NONCE
    assert await reason(verifier.verify_id(id_token(served.url), nonce="n1")) is Reason.NONCE


async def test_at_hash(verifier: AsyncTokenVerifier, served: FakeCognito) -> None:
    """An ID token with at_hash verifies, alone and together with the access token it belongs to."""
    access = access_token(served.url)
    at_hash = base64.urlsafe_b64encode(hashlib.sha256(access.encode()).digest()[:16]).rstrip(b"=").decode()
    token = id_token(served.url, at_hash=at_hash)
    assert await verifier.verify_id(token)
    assert await verifier.verify_id(token, access_token=access)
    other = access_token(served.url, jti="other")
    assert await reason(verifier.verify_id(token, access_token=other)) is Reason.ACCESS_TOKEN_HASH
    assert await reason(verifier.verify_id(id_token(served.url), access_token=access)) is Reason.ACCESS_TOKEN_HASH


async def test_several_pools_and_clients(served: FakeCognito) -> None:
    """Each pool has its own clients and keys: what is right in one is not right in the other."""
    second_id = "eu-west-1_Second000"
    served.answers(f"/{second_id}/.well-known/jwks.json", jwks("new"))
    first = TrustedPool.of(POOL_ID, ["web", "app"], endpoint=served.url)
    second = TrustedPool.of(second_id, None, endpoint=served.url)
    second_issuer = f"{served.url}/{second_id}"
    async with AsyncTokenVerifier(first, second, clock=lambda: NOW) as verifier:
        for client in ("web", "app"):
            assert await verifier.verify_access(access_token(served.url, client_id=client))
        of_second = signed(header("new"), access_payload(served.url, iss=second_issuer, client_id="any"), "new")
        assert (await verifier.verify_access(of_second)).client_id == "any"
        mixed = access_token(served.url, iss=second_issuer)
        assert await reason(verifier.verify_access(mixed)) is Reason.UNKNOWN_KEY
        assert await reason(verifier.verify_access(access_token(served.url, client_id="any"))) is Reason.CLIENT


def test_where_a_pool_of_aws_is() -> None:
    """Without an endpoint the pool is AWS's: issuer and keys follow from the pool id."""
    pool = TrustedPool.of(POOL_ID, CLIENT_ID)
    assert pool.issuer == f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}"
    assert pool.jwks == f"https://cognito-idp.eu-west-1.amazonaws.com/{POOL_ID}/.well-known/jwks.json"
    assert pool.client_ids == {CLIENT_ID}


async def test_an_issuer_that_is_not_where_the_keys_are(served: FakeCognito) -> None:
    """A service that signs under AWS's issuer publishes its keys elsewhere; both can be told."""
    aws = "https://cognito-idp.eu-west-1.amazonaws.com"
    pool = TrustedPool.of(POOL_ID, CLIENT_ID, endpoint=served.url, issuer=f"{aws}/{POOL_ID}")
    async with AsyncTokenVerifier(pool, clock=lambda: NOW) as verifier:
        assert await verifier.verify_access(access_token(aws))
        assert await reason(verifier.verify_access(access_token(served.url))) is Reason.ISSUER


async def test_the_environment_is_enough(served: FakeCognito, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without arguments a verifier trusts the pool and app client that a client would use."""
    monkeypatch.setenv("AWS_COGNITO_USER_POOL_ID", POOL_ID)
    monkeypatch.setenv("AWS_COGNITO_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER", served.url)
    async with AsyncTokenVerifier(clock=lambda: NOW) as verifier:
        assert await verifier.verify_access(access_token(served.url))


def test_a_pool_id_is_no_url(tmp_path: Path) -> None:
    """A mistyped pool id is refused when the verifier is made, not at the first token."""
    with pytest.raises(ValueError, match="not the id of a user pool"):
        TrustedPool.of("my-pool", CLIENT_ID)


@pytest.mark.parametrize("clients", [[], "", [""], ["web", ""]])
def test_trusting_everybody_is_said_aloud(clients: Any) -> None:
    """A list of app clients that came out empty is a mistake, not the wish to trust all."""
    with pytest.raises(ValueError, match="pass None to trust all"):
        TrustedPool.of(POOL_ID, clients)


def test_refusals_survive_a_process_border() -> None:
    """Refusals of tokens can be pickled, as task queues do."""
    refused = pickle.loads(pickle.dumps(TokenRefused(Reason.EXPIRED)))
    assert (refused.reason, str(refused)) == (Reason.EXPIRED, "expired")


async def test_revocation(verifier: AsyncTokenVerifier, served: FakeCognito) -> None:
    """On request the service is asked whether a token still counts."""
    revoked = refusal("NotAuthorizedException", "Access Token has been revoked")
    gone = refusal("UserNotFoundException", "User does not exist.")
    served.answers("GetUser", {"Username": "karla", "UserAttributes": []}, revoked, gone)
    token = access_token(served.url)
    assert await verifier.verify_access(token, check_revoked=True)
    assert await reason(verifier.verify_access(token, check_revoked=True)) is Reason.REVOKED
    assert await reason(verifier.verify_access(token, check_revoked=True)) is Reason.REVOKED
    assert await verifier.verify_access(token)
    assert served.asked[1].members == {"AccessToken": token}


async def test_revocation_cannot_be_checked(verifier: AsyncTokenVerifier, served: FakeCognito) -> None:
    """A token the service would not answer for is refused; a service in trouble is no judgement on the token."""
    served.answers("GetUser", refusal("InternalErrorException", "oops", 500))
    foreign = access_token(served.url, scope="orders/read")
    assert await reason(verifier.verify_access(foreign, check_revoked=True)) is Reason.SCOPE
    with pytest.raises(Exception, match="oops") as caught:
        await verifier.verify_access(access_token(served.url), check_revoked=True)
    assert not isinstance(caught.value, TokenRefused | CognitoUnavailable)
