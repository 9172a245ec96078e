"""Signing in from remembered devices, which stand in for a second factor; and refreshing what came from a device."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from conftest import PASSWORD
from refusals.device_client import DeviceClient
from refusals.srp_client import SrpClient
from remembered import ALWAYS, OPT_IN, TOTP, UNKNOWN_KEY, access, at_home, claims, enrolled, homes
from second_factors import NOT_GOOD, refusal_of
from stopped import cognito, server  # noqa: F401 (the fixtures of this file)

ABSENT = ("ResourceNotFoundException", "Device does not exist.")
BEGIN, PROVE = "DEVICE_SRP_AUTH", "DEVICE_PASSWORD_VERIFIER"
FLOWS = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
]
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
INVALID = ("NotAuthorizedException", NOT_GOOD)
NOT_ITS_KEY = ("InvalidParameterException", "Invalid device key given.")
REFRESH = ("NotAuthorizedException", "Invalid Refresh Token")
USED = ("NotAuthorizedException", "Invalid session for the user, session can only be used once.")
LOCKED = ("NotAuthorizedException", "Password attempts exceeded")
NOT_ONE_FACTOR = {"ChallengeRequiredOnNewDevice": False, "DeviceOnlyRememberedOnUserPrompt": False}


@pytest.fixture
def home(make_pool):
    return homes(make_pool)


@pytest.fixture
def device(home):
    return at_home(home)


@pytest.fixture
def safe(make_pool):
    """A pool that insists on a second factor, Ann with an app, and her remembered device."""
    home = homes(make_pool, mfa="ON")
    app = enrolled(home)
    asked = home.begin("ann")
    done = home.people.totp(asked, "ann", app.code(home.people.now_ms()))
    return home, home.confirm(done), app


def password_by_srp(home, name, **responses):
    """The answer to a right proof of the password."""
    exchange = SrpClient(home.pool.pool_id)
    asked = home.begin(name, "USER_SRP_AUTH", SRP_A=exchange.srp_a)
    proof = exchange.proof(asked["ChallengeParameters"], PASSWORD)
    return home.answer(asked, name, **{**proof, **responses})


# In place of a second factor


@pytest.mark.parametrize("by_admin", [False, True])
@pytest.mark.parametrize("secret", [False, True])
def test_a_remembered_device_stands_in_for_the_code(make_pool, secret, by_admin):
    """The password is asked for all the same; the challenges have AWS's parameters, the token names the device."""
    home = homes(make_pool, mfa="ON", secret=secret)
    app = enrolled(home)
    device = home.confirm(home.people.totp(home.begin("ann"), "ann", app.code(home.people.now_ms())))
    flow = "ADMIN_USER_PASSWORD_AUTH" if by_admin else "USER_PASSWORD_AUTH"
    asked = home.begin("ann", flow, by_admin, DEVICE_KEY=device.device_key)
    assert asked["ChallengeName"] == BEGIN
    assert asked["ChallengeParameters"] == {"USERNAME": "ann", "DEVICE_KEY": device.device_key}
    put = home.begin_proof(asked, "ann", device, by_admin)
    assert put["ChallengeName"] == PROVE
    assert set(put["ChallengeParameters"]) == {"SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "DEVICE_KEY"}
    assert int(put["ChallengeParameters"]["SALT"], 16) == device.salt
    done = home.answer(put, "ann", by_admin, **device.proof(put["ChallengeParameters"]))
    assert claims(done)["device_key"] == device.device_key
    assert "NewDeviceMetadata" not in done["AuthenticationResult"]
    assert home.cognito.get_user(AccessToken=access(done))["Username"] == "ann"


def test_another_device_is_asked_for_the_code(safe):
    """One that is not named, or was not confirmed: it gets an offer of its own."""
    home, device, app = safe
    asked = home.begin("ann")
    assert asked["ChallengeName"] == TOTP
    home.people.next_step()
    done = home.people.totp(asked, "ann", app.code(home.people.now_ms()))
    assert DeviceClient.of(done).device_key != device.device_key


@pytest.mark.parametrize("gives_up", ["forget", "not_remembered"])
def test_a_device_that_is_no_longer_remembered_is_asked_for_the_code(safe, gives_up):
    """CRED-25: Forgotten it is not there any more; not remembered it is known, and no more than that."""
    home, device, app = safe
    named = {"DeviceKey": device.device_key}
    if gives_up == "forget":
        home.by_admin("admin_forget_device", "ann", **named)
        assert refusal_of(lambda: home.begin("ann", DEVICE_KEY=device.device_key)) == ABSENT
        return
    home.by_admin("admin_update_device_status", "ann", **named, DeviceRememberedStatus=gives_up)
    asked = home.begin("ann", DEVICE_KEY=device.device_key)
    assert asked["ChallengeName"] == TOTP
    home.people.next_step()
    done = home.people.totp(asked, "ann", app.code(home.people.now_ms()))
    assert claims(done)["device_key"] == device.device_key
    assert "NewDeviceMetadata" not in done["AuthenticationResult"]


def test_where_users_are_asked_a_device_only_counts_once_they_agree(make_pool):
    """Opt-in: confirmed is not remembered."""
    home = homes(make_pool, mfa="ON", devices=OPT_IN)
    app = enrolled(home)
    done = home.people.totp(home.begin("ann"), "ann", app.code(home.people.now_ms()))
    device = home.confirm(done)
    assert home.begin("ann", DEVICE_KEY=device.device_key)["ChallengeName"] == TOTP
    home.cognito.update_device_status(
        AccessToken=access(done), DeviceKey=device.device_key, DeviceRememberedStatus="remembered"
    )
    assert access(home.from_device("ann", device))


def test_where_a_device_is_no_factor_it_comes_behind_the_code(make_pool):
    """Without ChallengeRequiredOnNewDevice the code is asked for, and the device is proven afterwards."""
    home = homes(make_pool, mfa="ON", devices=NOT_ONE_FACTOR)
    app = enrolled(home)
    device = home.confirm(home.people.totp(home.begin("ann"), "ann", app.code(home.people.now_ms())))
    home.people.next_step()
    asked = home.begin("ann", DEVICE_KEY=device.device_key)
    assert asked["ChallengeName"] == TOTP
    begun = home.people.totp(asked, "ann", app.code(home.people.now_ms()))
    assert begun["ChallengeName"] == BEGIN
    assert access(home.prove(begun, "ann", device))


def test_a_device_is_proven_without_mfa_too(home, device):
    """Whoever names a remembered device has to show that it is the one."""
    assert home.begin("ann", DEVICE_KEY=device.device_key)["ChallengeName"] == BEGIN
    assert access(home.from_device("ann", device))


def test_a_device_is_named_with_a_code(make_pool):
    """DEVICE_KEY may first come with the answer to another challenge."""
    home = homes(make_pool, mfa="ON", devices=NOT_ONE_FACTOR)
    app = enrolled(home)
    device = home.confirm(home.people.totp(home.begin("ann"), "ann", app.code(home.people.now_ms())))
    home.people.next_step()
    code = app.code(home.people.now_ms())
    begun = home.answer(home.begin("ann"), "ann", SOFTWARE_TOKEN_MFA_CODE=code, DEVICE_KEY=device.device_key)
    assert begun["ChallengeName"] == BEGIN
    assert access(home.prove(begun, "ann", device))


# By SRP


@pytest.mark.parametrize("at", ["beginning", "proof", "both"])
def test_a_device_is_named_in_either_step_of_srp(make_pool, at):
    """In AuthParameters, or with the proof of the password."""
    home = homes(make_pool, client={"ExplicitAuthFlows": FLOWS})
    device = at_home(home)
    named = {"DEVICE_KEY": device.device_key}
    exchange = SrpClient(home.pool.pool_id)
    asked = home.begin("ann", "USER_SRP_AUTH", SRP_A=exchange.srp_a, **({} if at == "proof" else named))
    proof = exchange.proof(asked["ChallengeParameters"], PASSWORD)
    begun = home.answer(asked, "ann", **proof, **({} if at == "beginning" else named))
    assert begun["ChallengeName"] == BEGIN
    assert claims(home.prove(begun, "ann", device))["device_key"] == device.device_key


def test_a_forgotten_device_leaves_the_proof_of_the_password_as_it_is(make_pool):
    """The same proof, without the device, signs in: clients try so once they are told."""
    home = homes(make_pool, client={"ExplicitAuthFlows": FLOWS})
    home.people.user("ann")
    exchange = SrpClient(home.pool.pool_id)
    asked = home.begin("ann", "USER_SRP_AUTH", SRP_A=exchange.srp_a, DEVICE_KEY=UNKNOWN_KEY)
    proof = exchange.proof(asked["ChallengeParameters"], PASSWORD)
    assert refusal_of(lambda: home.answer(asked, "ann", **proof, DEVICE_KEY=UNKNOWN_KEY)) == ABSENT
    assert DeviceClient.of(home.answer(asked, "ann", **proof))
    assert refusal_of(lambda: home.answer(asked, "ann", **proof)) == INCORRECT


# What is refused


def test_nobody_learns_of_a_device_without_the_password(home, device):
    """A wrong password is told alike, whatever device is named."""
    for key in (device.device_key, UNKNOWN_KEY):
        assert refusal_of(lambda k=key: home.begin("ann", PASSWORD="Wrong-Horse-9", DEVICE_KEY=k)) == INCORRECT


def test_another_users_device_is_nobodys(home, device):
    """CRED-25: Its key is told to be unknown."""
    home.people.user("bob")
    assert refusal_of(lambda: home.begin("bob", DEVICE_KEY=device.device_key)) == ABSENT


def test_a_device_alone_signs_nobody_in(home, device):
    """CRED-25: Its challenges need the Session that the password brought."""
    for name, more in ((BEGIN, {"SRP_A": device.srp_a}), (PROVE, device.proof_of_nothing)):
        code, text = refusal_of(
            lambda n=name, m=more: home.answer({"ChallengeName": n}, "ann", **{"DEVICE_KEY": device.device_key, **m})
        )
        assert (code, text) == ("InvalidParameterException", "Missing required parameter Session")


def test_a_wrong_secret_is_refused_and_the_challenge_stays(home, device):
    """The right secret is still taken, once."""
    put = home.begin_proof(home.begin("ann", DEVICE_KEY=device.device_key), "ann", device)
    stranger = DeviceClient(device.device_key, device.group_key, salt=device.salt, exchange=device.exchange)
    assert refusal_of(lambda: home.answer(put, "ann", **stranger.proof(put["ChallengeParameters"]))) == INCORRECT
    right = device.proof(put["ChallengeParameters"])
    assert access(home.answer(put, "ann", **right))
    assert refusal_of(lambda: home.answer(put, "ann", **right)) == USED


def test_a_block_only_goes_with_its_own_session(home, device):
    """Another sign-in's block, proven rightly, is of no use, and neither is one that was changed."""
    first, second = (home.begin_proof(home.begin("ann", DEVICE_KEY=device.device_key), "ann", device) for _ in range(2))
    assert refusal_of(lambda: home.answer(second, "ann", **device.proof(first["ChallengeParameters"]))) == INCORRECT
    block = second["ChallengeParameters"]["SECRET_BLOCK"]
    changed = {**second["ChallengeParameters"], "SECRET_BLOCK": block[:-8] + "AAAAAAA="}
    assert refusal_of(lambda: home.answer(second, "ann", **device.proof(changed))) == INCORRECT


def test_a_session_is_good_for_one_step_of_one_device(home, device):
    """Not for the other step, for another device, or for another user."""
    asked = home.begin("ann", DEVICE_KEY=device.device_key)
    put = home.begin_proof(asked, "ann", device)
    assert refusal_of(lambda: home.begin_proof(asked, "ann", device)) == USED
    assert refusal_of(lambda: home.begin_proof({**put, "ChallengeName": BEGIN}, "ann", device)) == INVALID
    proof = device.proof(put["ChallengeParameters"])
    assert refusal_of(lambda: home.answer(put, "ann", **{**proof, "DEVICE_KEY": UNKNOWN_KEY})) == NOT_ITS_KEY
    home.people.user("bob")
    assert refusal_of(lambda: home.answer(put, "bob", **proof)) == INVALID
    assert access(home.answer(put, "ann", **proof))


@pytest.mark.parametrize("event", ["disable", "password", "forget", "not_remembered", "delete", "confirm_off"])
def test_a_challenge_ends_with_what_it_stands_on(make_pool, event):
    """Disabled, with another password, without the device or not remembered, deleted: no tokens."""
    home = homes(make_pool)
    device = at_home(home)
    put = home.begin_proof(home.begin("ann", DEVICE_KEY=device.device_key), "ann", device)
    named = {"DeviceKey": device.device_key}
    does = {
        "disable": lambda: home.by_admin("admin_disable_user", "ann"),
        "password": lambda: home.by_admin("admin_set_user_password", "ann", Password="Other-Horse-10", Permanent=True),
        "forget": lambda: home.by_admin("admin_forget_device", "ann", **named),
        "not_remembered": lambda: home.by_admin(
            "admin_update_device_status", "ann", **named, DeviceRememberedStatus="not_remembered"
        ),
        "delete": lambda: home.by_admin("admin_delete_user", "ann"),
        "confirm_off": lambda: home.cognito.update_user_pool(UserPoolId=home.pool.pool_id),
    }
    does[event]()
    expected = {
        "disable": ("NotAuthorizedException", "User is disabled."),
        "forget": ABSENT,
        "delete": ("UserNotFoundException", "User does not exist."),
    }
    proof = device.proof(put["ChallengeParameters"])
    assert refusal_of(lambda: home.answer(put, "ann", **proof)) == expected.get(event, INVALID)


def test_guesses_are_bounded_across_sessions_and_devices(home, device):
    """Five wrong proofs lock the devices of a user, right ones too, and not the password; the lock ends."""
    other = home.confirm(home.begin("ann"))
    for guessed in (device, other, device, other, device):
        put = home.begin_proof(home.begin("ann", DEVICE_KEY=guessed.device_key), "ann", guessed)
        stranger = DeviceClient(guessed.device_key, guessed.group_key, salt=guessed.salt, exchange=guessed.exchange)
        assert refusal_of(lambda p=put, s=stranger: home.answer(p, "ann", **s.proof(p["ChallengeParameters"]))) == (
            INCORRECT
        )
    put = home.begin_proof(home.begin("ann", DEVICE_KEY=other.device_key), "ann", other)
    right = other.proof(put["ChallengeParameters"])
    assert refusal_of(lambda: home.answer(put, "ann", **right)) == LOCKED
    assert access(home.begin("ann"))
    home.pool.server.advance(2)
    assert access(home.answer(put, "ann", **right))


def test_of_many_right_proofs_one_gets_on(home, device):
    """A session and its block bring tokens once, however many answer at the same time."""
    put = home.begin_proof(home.begin("ann", DEVICE_KEY=device.device_key), "ann", device)
    proof = device.proof(put["ChallengeParameters"])

    def answer(_):
        try:
            return "AuthenticationResult" in home.answer(put, "ann", **proof)
        except home.cognito.exceptions.NotAuthorizedException:
            return False

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(answer, range(6))) == [False] * 5 + [True]


# Refreshing


@pytest.mark.parametrize("is_confirmed", [False, True])
def test_a_refresh_needs_the_key_of_the_device(home, is_confirmed):
    """The one that was offered, be it confirmed or not; and the new access token has it, too."""
    home.people.user("ann")
    tokens = home.begin("ann")
    device = home.confirm(tokens) if is_confirmed else DeviceClient.of(tokens)
    refreshed = home.refresh(tokens, DEVICE_KEY=device.device_key)
    assert claims(refreshed)["device_key"] == device.device_key
    assert "NewDeviceMetadata" not in refreshed["AuthenticationResult"]
    assert refusal_of(lambda: home.refresh(tokens)) == REFRESH
    assert refusal_of(lambda: home.refresh(tokens, DEVICE_KEY=UNKNOWN_KEY)) == REFRESH
    assert refusal_of(lambda: home.refresh(tokens, DEVICE_KEY=DeviceClient.of(home.begin("ann")).device_key)) == REFRESH


def test_a_forgotten_device_refreshes_nothing(home, device):
    """Neither what it confirmed with nor what came from it later; what came from elsewhere goes on."""
    mine, elsewhere = home.from_device("ann", device), home.begin("ann")
    home.cognito.forget_device(AccessToken=access(mine), DeviceKey=device.device_key)
    for key in ({"DEVICE_KEY": device.device_key}, {}, {"DEVICE_KEY": ""}):
        assert refusal_of(lambda k=key: home.refresh(mine, **k)) == REFRESH
    assert home.cognito.get_user(AccessToken=access(mine))["Username"] == "ann"
    assert access(home.refresh(elsewhere, DEVICE_KEY=DeviceClient.of(elsewhere).device_key))


@pytest.mark.parametrize("rotates", [False, True])
def test_tokens_of_a_device_are_gotten_with_its_key(make_pool, rotates):
    """GetTokensFromRefreshToken, also where it brings another refresh token."""
    flows = ["ALLOW_USER_PASSWORD_AUTH", *([] if rotates else ["ALLOW_REFRESH_TOKEN_AUTH"])]
    rotation = {"RefreshTokenRotation": {"Feature": "ENABLED"}} if rotates else {}
    home = homes(make_pool, client={"ExplicitAuthFlows": flows, **rotation})
    home.people.user("ann")
    tokens = home.begin("ann")
    key = DeviceClient.of(tokens).device_key
    asked = {"ClientId": home.pool.client_id, "RefreshToken": tokens["AuthenticationResult"]["RefreshToken"]}
    get = home.cognito.get_tokens_from_refresh_token
    assert refusal_of(lambda: get(**asked)) == REFRESH
    assert refusal_of(lambda: get(**asked, DeviceKey=UNKNOWN_KEY)) == REFRESH
    done = get(**asked, DeviceKey=key)
    assert claims(done)["device_key"] == key
    if rotates:
        again = {**asked, "RefreshToken": done["AuthenticationResult"]["RefreshToken"]}
        assert refusal_of(lambda: get(**again)) == REFRESH
        assert claims(get(**again, DeviceKey=key))["device_key"] == key


def test_a_sign_in_without_devices_is_refreshed_without_a_key(make_pool):
    """From before the pool knew devices; a key that nobody gave out changes nothing then."""
    home = homes(make_pool, devices={})
    home.people.user("ann")
    tokens = home.begin("ann", DEVICE_KEY=UNKNOWN_KEY)
    home.cognito.update_user_pool(UserPoolId=home.pool.pool_id, DeviceConfiguration=ALWAYS)
    assert access(home.refresh(tokens))
    assert access(home.refresh(tokens, DEVICE_KEY=UNKNOWN_KEY))
