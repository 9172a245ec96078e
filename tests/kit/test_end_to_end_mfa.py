"""The kit's typed second factors against the server of this repository, over real HTTP."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from authenticator import App
from cognomen_kit import (
    AsyncCognito,
    Cognito,
    EmailCode,
    MfaSetup,
    SelectMfa,
    SignedIn,
    SmsCode,
    Totp,
    TotpSetup,
    errors,
)
from cognomen_kit.mfa import MfaSetting
from kit.test_end_to_end import PASSWORD, settings_for
from second_factors import ADMINS_RECOVER, BOTH_RECOVER, Guarded, guarded

pytestmark = pytest.mark.anyio

SMS, TOTP, EMAIL = "SMS_MFA", "SOFTWARE_TOKEN_MFA", "EMAIL_OTP"
FLOW = {"flow": "USER_PASSWORD_AUTH"}


def somebody(pool: Guarded) -> tuple[str, dict[str, str]]:
    """A confirmed user with an address and a number of their own."""
    unique = uuid.uuid4()
    name = f"ines-{unique.hex[:10]}"
    contacts = {"email": f"{name}@post.example", "phone_number": f"+1444{unique.int % 10**7:07}"}
    return pool.user(name, **contacts), contacts


def shows_a_code_twice(app: App, now_ms: int) -> bool:
    """About one secret of fifty thousand does within a few half minutes; the second time its code counts as used."""
    return len({app.code(now_ms, steps) for steps in range(-3, 4)}) < 7


@pytest.mark.parametrize("secret", [False, True])
async def test_an_app_is_set_up_and_answered(make_pool: Callable[..., Any], secret: bool) -> None:
    """Totp: the kit sets an app up and prefers it, is asked for its code, and hears of wrong ones by name."""
    pool = guarded(make_pool, "OPTIONAL", TOTP, secret=secret)
    name, _ = somebody(pool)
    async with AsyncCognito(**settings_for(pool.pool)) as kit:
        tokens = await kit.sign_in(name, PASSWORD, **FLOW)
        assert isinstance(tokens, SignedIn)
        token = await kit.associate_software_token(tokens.access_token)
        while shows_a_code_twice(App(token.secret_code), pool.now_ms()):
            token = await kit.associate_software_token(tokens.access_token)
        app = App(token.secret_code)
        assert token.secret_code in token.otpauth_uri("cognomen", name)
        with pytest.raises(errors.EnableSoftwareTokenMFAException):
            await kit.verify_software_token(tokens.access_token, app.wrong_code(pool.now_ms()))
        await kit.verify_software_token(tokens.access_token, app.code(pool.now_ms()), "tablet")
        await kit.set_user_mfa_preference(tokens.access_token, software_token=MfaSetting(True, True))
        step = await kit.sign_in(name, PASSWORD, **FLOW)
        assert isinstance(step, Totp)
        assert step.friendly_device_name == "tablet"
        with pytest.raises(errors.CodeMismatchException):
            await step.answer(app.wrong_code(pool.now_ms()))
        assert isinstance(await step.answer(app.code(pool.now_ms(), 1)), SignedIn)


def test_codes_by_sms_and_mail_without_waiting(make_pool: Callable[..., Any]) -> None:
    """SmsCode and EmailCode: each is asked for where it is preferred, and takes the code from the inbox."""
    pool = guarded(make_pool, "OPTIONAL", SMS, EMAIL, AccountRecoverySetting=BOTH_RECOVER)
    name, contacts = somebody(pool)
    with Cognito(**settings_for(pool.pool)) as kit:
        for factor, kind, contact in ((SMS, SmsCode, "phone_number"), (EMAIL, EmailCode, "email")):
            pool.prefer(name, factor, preferred=factor)
            step = kit.sign_in(name, PASSWORD, **FLOW)
            assert isinstance(step, kind)
            code = pool.code_sent(contacts[contact])
            with pytest.raises(errors.CodeMismatchException):
                step.answer("no code")
            assert isinstance(step.answer(code), SignedIn)


async def test_who_prefers_none_selects(make_pool: Callable[..., Any]) -> None:
    """SelectMfa: the choices are told, and what was chosen follows."""
    pool = guarded(make_pool, "OPTIONAL", SMS, EMAIL, AccountRecoverySetting=ADMINS_RECOVER)
    name, contacts = somebody(pool)
    pool.prefer(name, SMS, EMAIL)
    async with AsyncCognito(**settings_for(pool.pool)) as kit:
        step = await kit.sign_in(name, PASSWORD, **FLOW)
        assert isinstance(step, SelectMfa)
        assert step.choices == (SMS, EMAIL)
        chosen = await step.answer(EMAIL)
        assert isinstance(chosen, EmailCode)
        assert isinstance(await chosen.answer(pool.code_sent(contacts["email"])), SignedIn)


@pytest.mark.parametrize("secret", [False, True])
async def test_an_app_is_set_up_within_the_sign_in(make_pool: Callable[..., Any], secret: bool) -> None:
    """MfaSetup and TotpSetup: from nothing to tokens, and the app is asked for the next time."""
    pool = guarded(make_pool, "ON", TOTP, secret=secret)
    name, _ = somebody(pool)
    async with AsyncCognito(**settings_for(pool.pool)) as kit:
        setup = await being_set_up(kit, name)
        while shows_a_code_twice(App(setup.secret_code), pool.now_ms()):
            setup = await being_set_up(kit, name)
        app = App(setup.secret_code)
        with pytest.raises(errors.EnableSoftwareTokenMFAException):
            await setup.answer(app.wrong_code(pool.now_ms()))
        done = await setup.answer(app.code(pool.now_ms()), "phone")
        assert isinstance(done, SignedIn)
        again = await kit.sign_in(name, PASSWORD, **FLOW)
        assert isinstance(again, Totp)
        assert isinstance(await again.answer(app.code(pool.now_ms(), 1)), SignedIn)


async def being_set_up(kit: AsyncCognito, name: str) -> TotpSetup:
    """A sign-in that shows an app its secret."""
    step = await kit.sign_in(name, PASSWORD, **FLOW)
    assert isinstance(step, MfaSetup)
    assert step.choices == (TOTP,)
    setup = await step.answer(TOTP)
    assert isinstance(setup, TotpSetup)
    return setup


def test_an_address_is_set_up_within_the_sign_in(make_pool: Callable[..., Any]) -> None:
    """MfaSetup with an e-mail address: its code follows."""
    pool = guarded(make_pool, "ON", EMAIL, TOTP, AccountRecoverySetting=ADMINS_RECOVER)
    name = pool.user(f"ines-{uuid.uuid4().hex[:10]}")
    with Cognito(**settings_for(pool.pool)) as kit:
        step = kit.sign_in(name, PASSWORD, **FLOW)
        assert isinstance(step, MfaSetup)
        code = step.answer(EMAIL, f"{name}@post.example")
        assert isinstance(code, EmailCode)
        assert isinstance(code.answer(pool.code_sent(f"{name}@post.example")), SignedIn)
