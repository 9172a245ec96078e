"""A waiting sign-in survives in a cookie, and in nobody else's hands."""

import base64
import secrets
from typing import Any

import pytest

from cognomen_kit import (
    AsyncCognito,
    Cognito,
    Context,
    EmailCode,
    RememberedDevice,
    SealProblem,
    SealRefused,
    SignedIn,
    TotpSetup,
)
from kit.conftest import NOW
from kit.fake_cognito import FakeCognito
from kit.test_challenges import MAILED, TABLE, Row, challenge, expected
from kit.test_sign_in import NAME, PASSWORD, SESSION
from kit.test_three_functions import SIGNED_IN

pytestmark = pytest.mark.anyio

KEY = bytes(range(32))


def waiting(client: Cognito, fake: FakeCognito, answer: dict[str, Any] | None = None, **more: Any) -> Any:
    fake.answers("InitiateAuth", answer or challenge("EMAIL_OTP", MAILED))
    return client.sign_in(NAME, PASSWORD, flow="USER_PASSWORD_AUTH", **more)


@pytest.mark.parametrize("row", TABLE)
async def test_every_challenge_is_resumed_elsewhere(
    sync_client: Cognito, client: AsyncCognito, fake: FakeCognito, row: Row
) -> None:
    """Sealed by one client and resumed by another, each challenge has its type and its answer still works."""
    fake.answers("RespondToAuthChallenge", SIGNED_IN)
    told = challenge(row.name, row.parameters, AvailableChallenges=["EMAIL_OTP"])
    step: Any = client.resume(waiting(sync_client, fake, told).seal(KEY), KEY)
    assert type(step) is row.kind
    assert (step.parameters, step.available) == (row.parameters, ("EMAIL_OTP",))
    assert isinstance(await step.answer(*row.given), SignedIn)
    assert fake.asked[-1].members == expected(row.name, row.responses)


def test_everything_about_the_sign_in_travels(sync_client: Cognito, fake: FakeCognito) -> None:
    """Device and context are there again after the journey."""
    device = RememberedDevice("key", "group", "device-secret")
    context = Context({"plan": "pro"}, ip_address="203.0.113.9")
    step = waiting(sync_client, fake, device=device, context=context)
    resumed = sync_client.resume(step.seal(KEY), KEY)
    assert isinstance(resumed, EmailCode)
    assert resumed.ticket == step.ticket
    assert (resumed.session, resumed.destination) == (SESSION, "k***@d***")


def test_an_app_being_set_up_is_resumed(sync_client: Cognito, fake: FakeCognito) -> None:
    """The secret of an authenticator app travels sealed, too."""
    fake.answers("AssociateSoftwareToken", {"SecretCode": "JBSWY3DPEHPK3PXP", "Session": SESSION})
    setup = waiting(sync_client, fake, challenge("MFA_SETUP", {})).answer("SOFTWARE_TOKEN_MFA")
    resumed = sync_client.resume(setup.seal(KEY), KEY)
    assert isinstance(resumed, TotpSetup)
    assert resumed.secret_code == "JBSWY3DPEHPK3PXP"


def test_a_seal_shows_nothing(sync_client: Cognito, fake: FakeCognito) -> None:
    """Neither session nor name can be read, no two seals are alike, and the text is safe in a cookie."""
    step = waiting(sync_client, fake)
    sealed, again = step.seal(KEY), step.seal(KEY)
    plain = base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
    assert SESSION.encode() not in plain
    assert NAME.encode() not in plain
    assert sealed != again
    assert sealed.replace("-", "").replace("_", "").isalnum()


def tampered(sealed: str) -> list[str]:
    data = bytearray(base64.urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)))
    flipped = []
    for position in (0, 11, 12, len(data) // 2, len(data) - 1):
        changed = bytearray(data)
        changed[position] ^= 1
        flipped.append(base64.urlsafe_b64encode(changed).rstrip(b"=").decode())
    return [*flipped, sealed[:-8], sealed + "AAAA", sealed[:20], "", "not base64!", "ünïcode", "A" * 5]


def test_every_change_is_noticed(sync_client: Cognito, fake: FakeCognito) -> None:
    """A flipped bit, a missing or an added piece, or plain nonsense: the seal is broken."""
    for changed in tampered(waiting(sync_client, fake).seal(KEY)):
        with pytest.raises(SealRefused) as caught:
            sync_client.resume(changed, KEY)
        assert caught.value.problem is SealProblem.BROKEN


def test_another_key_does_not_open(sync_client: Cognito, fake: FakeCognito) -> None:
    """Only the key that sealed opens; during a change of keys several are tried."""
    sealed = waiting(sync_client, fake).seal(KEY)
    other = secrets.token_bytes(32)
    with pytest.raises(SealRefused):
        sync_client.resume(sealed, other)
    assert isinstance(sync_client.resume(sealed, other, KEY), EmailCode)


def test_another_app_client_does_not_resume(sync_client: Cognito, fake: FakeCognito, options: dict[str, Any]) -> None:
    """A seal belongs to the app client it was made for."""
    sealed = waiting(sync_client, fake).seal(KEY)
    with Cognito(**{**options, "client_id": "another"}) as other, pytest.raises(SealRefused):
        other.resume(sealed, KEY)


@pytest.mark.parametrize(("age", "opens"), [(0, True), (899, True), (901, False), (86_400, False)])
def test_a_seal_ages(fake: FakeCognito, options: dict[str, Any], age: int, opens: bool) -> None:
    """After fifteen minutes, the longest session there is, a seal does not open any more."""
    now = [NOW]
    with Cognito(**{**options, "clock": lambda: now[0]}) as client:
        sealed = waiting(client, fake).seal(KEY)
        now[0] += age
        if opens:
            assert client.resume(sealed, KEY)
        else:
            with pytest.raises(SealRefused, match="too long ago"):
                client.resume(sealed, KEY)


@pytest.mark.parametrize("key", [b"", b"short", bytes(16), bytes(33)])
def test_a_key_has_32_bytes(sync_client: Cognito, fake: FakeCognito, key: bytes) -> None:
    """Anything but a full key is a mistake of the program, named as such."""
    step = waiting(sync_client, fake)
    with pytest.raises(TypeError, match="32 bytes"):
        step.seal(key)
    with pytest.raises(TypeError, match="32 bytes"):
        sync_client.resume(step.seal(KEY), key)
