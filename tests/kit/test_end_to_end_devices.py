"""The kit's remembered devices against the server of this repository, over real HTTP, with and without waiting."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from cognomen_kit import AsyncCognito, Cognito, SignedIn, Totp, errors
from kit.test_end_to_end import PASSWORD, settings_for
from remembered import ALWAYS, OPT_IN, Homes, enrolled, homes

pytestmark = pytest.mark.anyio

CLIENT = {"ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}


@pytest.fixture
def home(make_pool: Callable[..., Any]) -> Callable[..., tuple[Homes, str, Any]]:
    """A pool that insists on a second factor, and somebody with an app."""

    def make(devices: dict[str, bool], *, secret: bool = False) -> tuple[Homes, str, Any]:
        made = homes(make_pool, mfa="ON", devices=devices, secret=secret, client=CLIENT)
        name = f"ines-{uuid.uuid4().hex[:10]}"
        return made, name, enrolled(made, name)

    return make


@pytest.mark.parametrize("secret", [False, True])
@pytest.mark.parametrize("flow", ["USER_SRP_AUTH", "USER_PASSWORD_AUTH"])
async def test_a_device_is_confirmed_and_signs_in(home: Any, flow: Any, secret: bool) -> None:
    """A code once, none from then on; refreshed with its key; forgotten it needs a code again, and gets an offer."""
    made, name, app = home(ALWAYS, secret=secret)
    async with AsyncCognito(**settings_for(made.pool)) as cognito:
        step = await cognito.sign_in(name, PASSWORD, flow=flow)
        assert isinstance(step, Totp)
        first = await step.answer(app.code(made.people.now_ms()))
        assert isinstance(first, SignedIn)
        assert first.new_device_metadata
        confirmed = await cognito.confirm_device(first.access_token, first.new_device_metadata, "Ines' phone")
        assert not confirmed.user_confirmation_necessary
        device = confirmed.remembered
        again = await cognito.sign_in(name, PASSWORD, flow=flow, device=device)
        assert isinstance(again, SignedIn)
        assert again.new_device_metadata is None
        assert (await cognito.refresh(again, device_key=device.device_key)).access_token != again.access_token
        with pytest.raises(errors.NotAuthorizedException, match="Invalid Refresh Token"):
            await cognito.refresh(again)
        (listed,) = (await cognito.list_devices(again.access_token)).devices
        assert (listed.device_key, listed.device_attributes["device_name"]) == (device.device_key, "Ines' phone")
        await cognito.forget_device(again.access_token, device.device_key)
        assert isinstance(await cognito.sign_in(name, PASSWORD, flow=flow, device=device), Totp)


def test_without_waiting_a_device_is_remembered_at_its_owners_wish(home: Any) -> None:
    """Opt-in: confirmed it still needs a code, remembered it does not, and the wish can be taken back."""
    made, name, app = home(OPT_IN)
    with Cognito(**settings_for(made.pool)) as cognito:
        step = cognito.sign_in(name, PASSWORD)
        assert isinstance(step, Totp)
        first = step.answer(app.code(made.people.now_ms()))
        assert isinstance(first, SignedIn)
        assert first.new_device_metadata
        confirmed = cognito.confirm_device(first.access_token, first.new_device_metadata)
        assert confirmed.user_confirmation_necessary
        device = confirmed.remembered
        assert isinstance(cognito.sign_in(name, PASSWORD, device=device), Totp)
        cognito.update_device_status(first.access_token, device.device_key, "remembered")
        assert isinstance(cognito.sign_in(name, PASSWORD, device=device), SignedIn)
        cognito.update_device_status(first.access_token, device.device_key, "not_remembered")
        assert isinstance(cognito.sign_in(name, PASSWORD, device=device), Totp)
