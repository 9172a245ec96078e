"""The kit's choice of first factors and passkeys against the server of this repository, over real HTTP."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from cognomen_kit import AsyncCognito, Cognito, EmailCode, Passkey, SelectChallenge, SignedIn, UserAuth, errors
from kit.test_end_to_end import PASSWORD, a_person, settings_for
from passkey import keyed
from webauthn_authenticator import Authenticator

pytestmark = pytest.mark.anyio

CHOOSES = UserAuth()
BY_PASSKEY = UserAuth("WEB_AUTHN")


@pytest.fixture
def pool(make_pool: Callable[..., Any]) -> Any:
    return keyed(make_pool, AutoVerifiedAttributes=["email"]).pool


@pytest.fixture
async def app(pool: Any) -> AsyncIterator[AsyncCognito]:
    async with AsyncCognito(**settings_for(pool)) as made:
        yield made


async def with_passkey(app: AsyncCognito, pool: Any) -> tuple[str, SignedIn, Authenticator]:
    """A signed-in user with a passkey."""
    name, email = a_person()
    pool.confirmed(name, UserAttributes=[{"Name": "email", "Value": email}])
    tokens = await app.sign_in(name, PASSWORD, flow=UserAuth("PASSWORD"))
    assert isinstance(tokens, SignedIn)
    device = Authenticator()
    started = await app.start_web_authn_registration(tokens.access_token)
    made = device.create(started.credential_creation_options)
    await app.complete_web_authn_registration(tokens.access_token, made)
    return name, tokens, device


async def test_a_passkey_from_registration_to_deletion(app: AsyncCognito, pool: Any) -> None:
    """Registered, listed, used, and no more to be chosen once it is deleted."""
    name, tokens, device = await with_passkey(app, pool)
    (shown,) = (await app.list_web_authn_credentials(tokens.access_token)).credentials
    assert (shown.relying_party_id, shown.authenticator_attachment) == ("localhost", "platform")
    step = await app.sign_in(name, flow=BY_PASSKEY)
    assert isinstance(step, Passkey)
    done = await step.answer(device.get(step.request_options))
    assert isinstance(done, SignedIn)
    assert done.username == name
    await app.delete_web_authn_credential(tokens.access_token, shown.credential_id)
    assert (await app.list_web_authn_credentials(tokens.access_token)).credentials == ()
    step = await app.sign_in(name, flow=BY_PASSKEY)
    assert isinstance(step, SelectChallenge)
    assert "WEB_AUTHN" not in step.choices


async def test_a_wrong_passkey_leaves_the_challenge_open(app: AsyncCognito, pool: Any) -> None:
    """It is refused by its name, and the right one still answers; sealed in between, as web apps do it."""
    name, _, device = await with_passkey(app, pool)
    key = b"k" * 32
    step = await app.sign_in(name, flow=BY_PASSKEY)
    assert isinstance(step, Passkey)
    with pytest.raises(errors.NotAuthorizedException, match="could not be verified"):
        await step.answer(Authenticator().get(step.request_options))
    resumed = app.resume(step.seal(key), key)
    assert isinstance(resumed, Passkey)
    assert isinstance(await resumed.answer(device.get(resumed.request_options)), SignedIn)


@pytest.mark.parametrize("choice", ["PASSWORD", "PASSWORD_SRP"])
async def test_a_password_by_choice(app: AsyncCognito, pool: Any, choice: str) -> None:
    """Sent or proven; a wrong one is refused."""
    name, _ = a_person()
    pool.confirmed(name)
    step = await app.sign_in(name, flow=CHOOSES)
    assert isinstance(step, SelectChallenge)
    assert step.choices == ("PASSWORD_SRP", "PASSWORD")
    with pytest.raises(errors.NotAuthorizedException):
        await step.answer(choice, "Wrong-Horse-9")
    step = await app.sign_in(name, flow=CHOOSES)
    assert isinstance(step, SelectChallenge)
    assert isinstance(await step.answer(choice, PASSWORD), SignedIn)
    assert isinstance(await app.sign_in(name, PASSWORD, flow=CHOOSES), SignedIn)


async def test_a_passkey_by_choice(app: AsyncCognito, pool: Any) -> None:
    """Choosing it leads to its challenge."""
    name, _, device = await with_passkey(app, pool)
    step = await app.sign_in(name, flow=CHOOSES)
    assert isinstance(step, SelectChallenge)
    step = await step.answer("WEB_AUTHN")
    assert isinstance(step, Passkey)
    assert isinstance(await step.answer(device.get(step.request_options)), SignedIn)


def test_without_a_password_and_without_waiting(pool: Any) -> None:
    """Sign up by mail alone and be signed in with the confirmation; the next time a code is the way in."""
    name, email = a_person()
    with Cognito(**settings_for(pool)) as app:
        done = app.sign_up(name, attributes={"email": email})
        confirmed = app.confirm_sign_up(name, pool.server.code_for(email), session=done.session)
        assert isinstance(app.sign_in(name, flow=UserAuth(session=confirmed.session)), SignedIn)
        message = pool.server.messages(to=email)[-1]["id"]
        step = app.sign_in(name, flow=CHOOSES)
        assert isinstance(step, SelectChallenge)
        assert step.choices == ("EMAIL_OTP",)
        step = step.answer("EMAIL_OTP")
        assert isinstance(step, EmailCode)
        with pytest.raises(errors.CodeMismatchException):
            step.answer("000000x")
        assert isinstance(step.answer(pool.server.code_for(email, after=message)), SignedIn)
