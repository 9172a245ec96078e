"""Access tokens that expire: renewed on the way, once for everybody who asks at the same time."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from cognomen_kit import Cognito, CognitoError, SignedIn
from cognomen_kit.web import Account, WebSettings
from cognomen_kit.web.vault import Session, Vault
from kit.conftest import NOW
from kit.fake_cognito import Answer, FakeCognito, refusal
from kit.token_factory import access_token, id_token
from kit.web.visiting import Visiting


def tokens(fake: FakeCognito, refresh: str | None, **more: Any) -> dict[str, Any]:
    made = {
        "AccessToken": access_token(fake.url, **more),
        "IdToken": id_token(fake.url),
        "ExpiresIn": 3600,
        "TokenType": "Bearer",
    }
    return {"AuthenticationResult": made | ({"RefreshToken": refresh} if refresh else {})}


@pytest.fixture
def clock() -> list[float]:
    return [NOW]


@pytest.fixture
def site(options: dict[str, Any], fake: FakeCognito, clock: list[float]) -> Any:
    """Karla, signed in with a refresh token that the service will exchange."""
    with Cognito(**{**options, "clock": lambda: clock[0]}, sleep=lambda _: None) as client:
        made = Visiting(Account(client, None, WebSettings(flow="USER_PASSWORD_AUTH")))
        vault = Vault(client, made.account.settings)
        result = tokens(fake, "first")["AuthenticationResult"]
        signed_in = SignedIn(result["AccessToken"], result["IdToken"], 3600, "Bearer", "first", username="karla")
        made.keep(tuple(vault.with_session(Session.begun(signed_in, NOW), made.visit())))
        yield made


def test_a_good_token_asks_nobody(site: Visiting, fake: FakeCognito, clock: list[float]) -> None:
    """Who is asking is known without a call until half a minute before the end."""
    clock[0] = NOW + 3600 - 31
    seen = site.seen()
    assert seen.visitor is not None
    assert (seen.visitor.username, seen.visitor.email, seen.cookies) == ("karla", "karla@deno.example", ())
    assert seen.visitor.groups == {"admins", "staff"}
    assert fake.asked == []


def test_an_old_token_is_renewed(site: Visiting, fake: FakeCognito, clock: list[float]) -> None:
    """The new tokens are in the answer's cookies, and so is a rotated refresh token."""
    clock[0] = NOW + 3600
    renewed = tokens(fake, "second", username="karla-renewed")
    fake.answers("GetTokensFromRefreshToken", renewed, tokens(fake, None))
    seen = site.seen()
    assert seen.visitor is not None
    assert seen.visitor.username == "karla-renewed"
    assert {cookie.name.split(".")[0] for cookie in seen.cookies} == {"__Host-cognomen-session"}
    assert fake.asked[-1].members["RefreshToken"] == "first"
    clock[0] += 3600
    assert site.seen().visitor is not None
    assert fake.asked[-1].members["RefreshToken"] == "second"


def test_many_requests_renew_once(site: Visiting, fake: FakeCognito, clock: list[float]) -> None:
    """Requests at the same time share one call, and one that comes a moment later with the old cookie its answer."""
    clock[0] = NOW + 3600
    old, go = site.visit(), threading.Event()
    answer = Answer(members=tokens(fake, "second"), before=go)
    reused = refusal("RefreshTokenReuseException", "Refresh token reuse detected.")
    fake.answers("GetTokensFromRefreshToken", answer, reused)
    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(site.account.see, old) for _ in range(8)]
        fake.arrived.wait(10)
        go.set()
        assert all(each.result().visitor for each in running)
    clock[0] += 59
    assert site.account.see(old).visitor is not None
    assert fake.operations() == ["GetTokensFromRefreshToken"]
    clock[0] += 2
    assert site.account.see(old).visitor is None


def test_a_sign_out_is_not_undone_by_memory(site: Visiting, fake: FakeCognito, clock: list[float]) -> None:
    """A copy of the cookie from before the last renewal is refused by the service, not answered from memory."""
    clock[0] = NOW + 3600
    old = site.visit()
    revoked = refusal("NotAuthorizedException", "Refresh Token has been revoked")
    fake.answers("GetTokensFromRefreshToken", tokens(fake, None), revoked)
    fake.answers("RevokeToken", {})
    site.seen()
    site.open("sign-out")
    assert site.fill().location == "/"
    assert site.account.see(old).visitor is None
    assert fake.operations() == ["GetTokensFromRefreshToken", "RevokeToken", "GetTokensFromRefreshToken"]


ENDS = {
    "revoked": refusal("NotAuthorizedException", "Refresh Token has been revoked"),
    "reused": refusal("RefreshTokenReuseException", "Refresh token reuse detected."),
    "disabled": refusal("NotAuthorizedException", "User is disabled."),
    "deleted": refusal("UserNotFoundException", "User does not exist."),
}


@pytest.mark.parametrize("answer", ENDS.values(), ids=ENDS)
def test_a_refused_renewal_ends_the_session(
    site: Visiting, fake: FakeCognito, clock: list[float], answer: Answer
) -> None:
    """The browser is told to forget its cookies."""
    clock[0] = NOW + 3600
    fake.answers("GetTokensFromRefreshToken", answer)
    seen = site.seen()
    assert seen.visitor is None
    assert {cookie.max_age for cookie in seen.cookies} == {0}
    assert not [name for name in site.jar if "session" in name]


PASSES = {
    "throttled": refusal("TooManyRequestsException", "Too many requests"),
    "broken": refusal("InternalErrorException", "oops", 500),
}


@pytest.mark.parametrize("answer", PASSES.values(), ids=PASSES)
def test_a_service_in_trouble_signs_nobody_out(
    site: Visiting, fake: FakeCognito, clock: list[float], answer: Answer
) -> None:
    """The error is the caller's to tell, and the cookie stays."""
    clock[0] = NOW + 3600
    fake.answers("GetTokensFromRefreshToken", answer, answer, answer)
    before = dict(site.jar)
    with pytest.raises(CognitoError):
        site.seen()
    assert site.jar == before


def test_a_device_is_named(site: Visiting, fake: FakeCognito, clock: list[float]) -> None:
    """A session of a remembered device is renewed under the key of the device."""
    fake.answers(
        "InitiateAuth",
        {
            "AuthenticationResult": {
                **tokens(fake, "d")["AuthenticationResult"],
                "NewDeviceMetadata": {"DeviceKey": "k"},
            }
        },
    )
    site.jar.clear()
    site.open("sign-in")
    site.fill(email="karla@deno.example", password="Correct-Horse-9")
    clock[0] = NOW + 3600
    fake.answers("GetTokensFromRefreshToken", tokens(fake, None))
    assert site.seen().visitor is not None
    assert fake.asked[-1].members["DeviceKey"] == "k"
