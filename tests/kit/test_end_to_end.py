"""The kit against the server of this repository, over real HTTP: one account from sign-up to its end."""

import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from cognomen_kit import (
    AsyncCognito,
    AsyncTokenVerifier,
    Cognito,
    CognitoError,
    Credentials,
    Reason,
    SignedIn,
    TokenRefused,
    TrustedPool,
    errors,
)

pytestmark = pytest.mark.anyio

PASSWORD = "Correct-Horse-9"
KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI")

POOLS: dict[str, dict[str, Any]] = {
    "username": {"AutoVerifiedAttributes": ["email"]},
    "email-alias": {"AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"]},
    "email-as-username": {"AutoVerifiedAttributes": ["email"], "UsernameAttributes": ["email"]},
}


def settings_for(pool: Any, **more: Any) -> dict[str, Any]:
    return {
        "client_id": pool.client_id,
        "client_secret": pool.secret,
        "user_pool_id": pool.pool_id,
        "region": "us-east-1",
        "endpoint": pool.server.url,
        "credentials": KEYS,
        **more,
    }


@pytest.fixture
def pool(make_pool: Callable[..., Any]) -> Any:
    return make_pool(secret=True, AutoVerifiedAttributes=["email"])


@pytest.fixture
async def app(pool: Any) -> AsyncIterator[AsyncCognito]:
    async with AsyncCognito(**settings_for(pool)) as made:
        yield made


def a_person() -> tuple[str, str]:
    name = f"karla-{uuid.uuid4().hex[:12]}"
    return name, f"{name}@deno.example"


async def confirmed(app: AsyncCognito, pool: Any, username: str, email: str) -> None:
    await app.sign_up(username, PASSWORD, {"email": email})
    await app.confirm_sign_up(username, pool.server.code_for(email))


async def signed_in(app: AsyncCognito, username: str) -> SignedIn:
    tokens = await app.sign_in(username, PASSWORD, flow="USER_PASSWORD_AUTH")
    assert isinstance(tokens, SignedIn)
    return tokens


async def test_the_main_job(app: AsyncCognito, pool: Any) -> None:
    """Sign up, read the code in the mail, confirm, sign in; an administrator sees CONFIRMED, a verifier the tokens."""
    name, email = a_person()
    done = await app.sign_up(name, PASSWORD, {"email": email})
    assert done.code_delivery_details is not None
    assert (done.user_confirmed, done.code_delivery_details.destination) == (False, "k***@d***")
    await app.confirm_sign_up(name, pool.server.code_for(email))
    tokens = await signed_in(app, name)
    assert (tokens.expires_in, tokens.token_type, tokens.username) == (3600, "Bearer", name)
    seen = await app.admin_get_user(name)
    assert (seen.user_status, seen.enabled, seen.user_attributes["email_verified"]) == ("CONFIRMED", True, "true")
    own = await app.get_user(tokens.access_token)
    assert (own.username, own.user_attributes["sub"]) == (name, done.user_sub)
    async with AsyncTokenVerifier(TrustedPool.of(pool.pool_id, pool.client_id, endpoint=pool.server.url)) as verifier:
        access = await verifier.verify_access(tokens.access_token, check_revoked=True)
        assert (access.username, access.sub) == (name, done.user_sub)
        identity = await verifier.verify_id(tokens.id_token)
        assert (identity.email, identity.email_verified) == (email, True)
        with pytest.raises(TokenRefused) as refused:
            await verifier.verify_access(tokens.id_token)
    assert refused.value.reason is Reason.TOKEN_USE
    await app.admin_delete_user(name)


@pytest.mark.parametrize("kind", POOLS)
async def test_secret_hash_in_every_kind_of_pool(make_pool: Callable[..., Any], kind: str) -> None:
    """Whatever is typed to sign in, every call that carries a SECRET_HASH is accepted, the refresh included."""
    pool = make_pool(secret=True, **POOLS[kind])
    name, email = a_person()
    username = email if kind == "email-as-username" else name
    typed = name if kind == "username" else email
    async with AsyncCognito(**settings_for(pool)) as app:
        await app.sign_up(username, PASSWORD, {"email": email})
        pool.code_for(email)
        lost = pool.messages(to=email)[-1]["id"]
        await app.resend_confirmation_code(username)
        await app.confirm_sign_up(username, pool.code_for(email, after=lost))
        tokens = await signed_in(app, typed)
        renewed = await app.refresh(tokens)
        assert renewed.username == tokens.username
        assert renewed.refresh_token == tokens.refresh_token
        assert renewed.access_token != tokens.access_token
        again = await app.refresh(tokens.refresh_token or "")
        assert again.username == tokens.username


async def test_a_refresh_with_the_alias_names_what_was_hashed(make_pool: Callable[..., Any]) -> None:
    """The classic mistake fails as on AWS, and the error says which name was hashed."""
    pool = make_pool(secret=True, **POOLS["email-alias"])
    name, email = a_person()
    async with AsyncCognito(**settings_for(pool)) as app:
        await confirmed(app, pool, name, email)
        tokens = await signed_in(app, email)
        with pytest.raises(errors.NotAuthorizedException, match="SECRET_HASH was made with username") as caught:
            await app.refresh(tokens.refresh_token or "", username=email)
    assert caught.value.hashed_username == email


async def test_refusals_keep_their_names(app: AsyncCognito, pool: Any) -> None:
    """The usual mistakes arrive as their classes, with a request id for support."""
    name, email = a_person()
    await app.sign_up(name, PASSWORD, {"email": email})
    with pytest.raises(errors.UsernameExistsException) as exists:
        await app.sign_up(name, PASSWORD, {"email": email})
    assert exists.value.request_id
    with pytest.raises(errors.InvalidPasswordException, match="Password not long enough"):
        await app.sign_up(a_person()[0], "Ab1-")
    with pytest.raises(errors.CodeMismatchException):
        await app.confirm_sign_up(name, "000000" if pool.server.code_for(email) != "000000" else "111111")
    with pytest.raises(errors.UserNotConfirmedException):
        await app.sign_in(name, PASSWORD, flow="USER_PASSWORD_AUTH")
    with pytest.raises(errors.NotAuthorizedException, match="Incorrect username or password"):
        await app.sign_in(name, "Wrong-Pass-1", flow="USER_PASSWORD_AUTH")


async def test_a_wrong_secret(pool: Any) -> None:
    """An app client with a wrong secret is refused, and the username in the hash is named."""
    wrong = settings_for(replace(pool, secret="x" * 51))
    async with AsyncCognito(**wrong) as app:
        with pytest.raises(errors.NotAuthorizedException, match="SECRET_HASH was made with username 'karla'"):
            await app.sign_up("karla", PASSWORD)


async def test_an_operation_by_name(app: AsyncCognito, pool: Any) -> None:
    """What has no method of its own is called by AWS's name."""
    described = await app.call("DescribeUserPool", {"UserPoolId": pool.pool_id})
    assert described["UserPool"]["Id"] == pool.pool_id
    with pytest.raises(CognitoError) as caught:
        await app.call("NoSuchOperation", {})
    assert caught.value.code == "UnknownOperationException"


def test_without_a_loop(pool: Any) -> None:
    """The synchronous client does the main job, too."""
    name, email = a_person()
    with Cognito(**settings_for(pool)) as app:
        app.sign_up(name, PASSWORD, {"email": email})
        app.confirm_sign_up(name, pool.server.code_for(email))
        tokens = app.sign_in(name, PASSWORD, flow="USER_PASSWORD_AUTH")
        assert isinstance(tokens, SignedIn)
        assert app.get_user(tokens.access_token).username == name


async def test_administrators_sign_people_in(app: AsyncCognito, pool: Any) -> None:
    """ADMIN_USER_PASSWORD_AUTH is signed, and ends in the same tokens."""
    name, email = a_person()
    await confirmed(app, pool, name, email)
    tokens = await app.sign_in(name, PASSWORD, flow="ADMIN_USER_PASSWORD_AUTH")
    assert isinstance(tokens, SignedIn)
    assert tokens.username == name
