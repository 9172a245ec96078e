"""Devices through the AWS SDK: offered, confirmed, looked at, listed, remembered or not, forgotten."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from clocked import cognito, server  # noqa: F401 (the fixtures of this file)
from refusals.device_client import DeviceClient
from refusals.srp_client import N, padded
from remembered import ALWAYS, OPT_IN, UNKNOWN_KEY, access, at_home, claims, homes
from second_factors import refusal_of

ABSENT = ("ResourceNotFoundException", "Device does not exist.")
NOT_OFFERED = ("InvalidParameterException", "Invalid device key given.")
THERE = ("DeviceKeyExistsException", "Device already exists.")
REMEMBERED, NOT_REMEMBERED = "remembered", "not_remembered"


@pytest.fixture
def home(make_pool):
    return homes(make_pool)


@pytest.fixture
def device(home):
    return at_home(home)


def status_of(home, device, name="ann"):
    found = home.by_admin("admin_get_device", name, DeviceKey=device.device_key)["Device"]["DeviceAttributes"]
    return {one["Name"]: one["Value"] for one in found}["dev:device_remembered_status"]


# The offer


@pytest.mark.parametrize("flow", ["USER_PASSWORD_AUTH", "ADMIN_USER_PASSWORD_AUTH"])
@pytest.mark.parametrize("devices", [ALWAYS, OPT_IN, {"ChallengeRequiredOnNewDevice": False}])
def test_a_sign_in_offers_to_know_its_device(make_pool, devices, flow):
    """Another key each time, of the pool's region, in the answer and in the access token; whatever the pool asks."""
    home = homes(make_pool, devices=devices)
    home.people.user("ann")
    answers = [home.begin("ann", flow, by_admin=flow.startswith("ADMIN")) for _ in range(2)]
    first, second = map(DeviceClient.of, answers)
    assert first.device_key.startswith("us-east-1_")
    assert len(first.device_key) == len("us-east-1_") + 36
    assert (first.group_key, len(first.group_key), first.group_key[0]) == (second.group_key, 9, "-")
    assert first.device_key != second.device_key
    assert claims(answers[0])["device_key"] == first.device_key
    assert "device_key" not in claims(answers[0], "IdToken")


@pytest.mark.parametrize("devices", [None, {}])
def test_a_pool_that_knows_no_devices_offers_nothing(make_pool, devices):
    """Nor does it ask for the key of one, and what a client says of a device is of no account."""
    pool = make_pool(**({} if devices is None else {"DeviceConfiguration": devices}))
    pool.confirmed("ann")
    tokens = pool.sign_in("ann")
    assert "NewDeviceMetadata" not in tokens["AuthenticationResult"]
    assert "device_key" not in claims(tokens)


def test_the_settings_come_back_and_go(make_pool):
    """Describe shows them; an update without them turns devices off, and one with them on."""
    home = homes(make_pool, devices=OPT_IN)
    home.people.user("ann")
    described = home.cognito.describe_user_pool(UserPoolId=home.pool.pool_id)["UserPool"]
    assert described["DeviceConfiguration"] == OPT_IN
    home.cognito.update_user_pool(UserPoolId=home.pool.pool_id)
    assert "NewDeviceMetadata" not in home.begin("ann")["AuthenticationResult"]
    home.cognito.update_user_pool(UserPoolId=home.pool.pool_id, DeviceConfiguration=ALWAYS)
    assert home.confirm(home.begin("ann"))


# Confirming


@pytest.mark.parametrize(("devices", "asks"), [(ALWAYS, False), (OPT_IN, True)])
def test_a_device_is_confirmed(make_pool, devices, asks):
    """It is remembered at once, or once the user was asked; a second time it is there already."""
    home = homes(make_pool, devices=devices)
    home.people.user("ann")
    tokens = home.begin("ann")
    device = DeviceClient.of(tokens)
    asked = {
        "AccessToken": access(tokens),
        "DeviceKey": device.device_key,
        "DeviceSecretVerifierConfig": device.config,
    }
    assert home.cognito.confirm_device(**asked)["UserConfirmationNecessary"] is asks
    assert status_of(home, device) == (NOT_REMEMBERED if asks else REMEMBERED)
    assert refusal_of(lambda: home.cognito.confirm_device(**asked)) == THERE


def test_only_what_was_offered_is_confirmed(home):
    """By the sign-in that it was offered to: not a key of another one, of another user, or of nobody."""
    home.people.user("ann")
    home.people.user("bob")
    first, second, other = home.begin("ann"), home.begin("ann"), home.begin("bob")
    keys = [DeviceClient.of(second).device_key, DeviceClient.of(other).device_key, UNKNOWN_KEY]
    for key in keys:
        device = DeviceClient(key, "-abcdefgh")
        members = {"DeviceKey": key, "DeviceSecretVerifierConfig": device.config}
        assert refusal_of(lambda m=members: home.cognito.confirm_device(AccessToken=access(first), **m)) == NOT_OFFERED


@pytest.mark.parametrize("number", [0, 1, N - 1, N, N + 1, N + 2, 2 * N])
def test_a_verifier_that_anybody_could_prove_is_refused(home, number):
    """0, 1 and -1, also with the prime added; and what is wider than the prime."""
    home.people.user("ann")
    tokens = home.begin("ann")
    device = DeviceClient.of(tokens)
    given = {**device.config, "PasswordVerifier": base64.b64encode(padded(number)).decode()}
    code, text = refusal_of(
        lambda: home.cognito.confirm_device(
            AccessToken=access(tokens), DeviceKey=device.device_key, DeviceSecretVerifierConfig=given
        )
    )
    assert code == "InvalidParameterException"
    assert "PasswordVerifier" in text
    assert home.confirm(tokens)


# Looking


def test_users_and_administrators_look_at_a_device(home):
    """Name, address and dates; what begins with dev: is for administrators."""
    home.people.user("ann")
    device = home.confirm(home.begin("ann"), DeviceName="Ann's phone")
    token = access(home.from_device("ann", device))
    seen = home.cognito.get_device(AccessToken=token, DeviceKey=device.device_key)["Device"]
    assert {one["Name"]: one["Value"] for one in seen["DeviceAttributes"]} == {
        "device_status": "valid",
        "device_name": "Ann's phone",
        "last_ip_used": "127.0.0.1",
    }
    looked = home.by_admin("admin_get_device", "ann", DeviceKey=device.device_key)["Device"]
    owner = f"ann.{home.pool.pool_id}"
    assert {one["Name"]: one["Value"] for one in looked["DeviceAttributes"]} == {
        "device_status": "valid",
        "device_name": "Ann's phone",
        "dev:device_arn": f"arn:aws:cognito-idp:us-east-1:000000000000:owner/{owner}/device/{device.device_key}",
        "dev:device_owner": owner,
        "last_ip_used": "127.0.0.1",
        "dev:device_remembered_status": REMEMBERED,
        "dev:device_sdk": "Boto3",
    }
    assert [seen[name] for name in seen if name.endswith("Date")] == [
        looked[name] for name in looked if name.endswith("Date")
    ]
    assert seen["DeviceLastAuthenticatedDate"].microsecond == 0


def test_the_last_sign_in_is_told(home, device):
    """A sign-in from the device, and no other, moves the date; a change of the status moves the other one."""
    before = home.by_admin("admin_get_device", "ann", DeviceKey=device.device_key)["Device"]
    home.pool.server.advance(3600)
    home.begin("ann")
    assert home.by_admin("admin_get_device", "ann", DeviceKey=device.device_key)["Device"] == before
    home.from_device("ann", device)
    after = home.by_admin("admin_get_device", "ann", DeviceKey=device.device_key)["Device"]
    name = "DeviceLastAuthenticatedDate"
    assert timedelta(hours=1) <= after[name] - before[name] < timedelta(hours=1, minutes=1)
    assert after["DeviceCreateDate"] == before["DeviceCreateDate"]
    home.by_admin("admin_update_device_status", "ann", DeviceKey=device.device_key, DeviceRememberedStatus=REMEMBERED)
    changed = home.by_admin("admin_get_device", "ann", DeviceKey=device.device_key)["Device"]
    assert changed["DeviceLastModifiedDate"] > before["DeviceLastModifiedDate"]
    assert changed[name].astimezone(UTC) > datetime(2020, 1, 1, tzinfo=UTC)


def test_pages_hold_every_device_once(home):
    """Of one user alone, for users and administrators, in whatever pages; a token is good for its own list."""
    home.people.user("ann")
    home.people.user("bob")
    keys = sorted(home.confirm(home.begin("ann")).device_key for _ in range(3))
    other = home.begin("bob")
    home.confirm(other)
    token = access(home.begin("ann"))
    for lister in (
        lambda **page: home.cognito.list_devices(AccessToken=token, **page),
        lambda **page: home.by_admin("admin_list_devices", "ann", **page),
    ):
        assert [one["DeviceKey"] for one in lister()["Devices"]] == keys
        first = lister(Limit=2)
        rest = lister(Limit=2, PaginationToken=first["PaginationToken"])
        assert [one["DeviceKey"] for one in (*first["Devices"], *rest["Devices"])] == keys
        assert "PaginationToken" not in rest
        assert keys[1] not in first["PaginationToken"]
        foreign = {"AccessToken": access(other), "PaginationToken": first["PaginationToken"]}
        code, _ = refusal_of(lambda f=foreign: home.cognito.list_devices(**f))
        assert code == "InvalidParameterException"


# Changing and forgetting


def test_a_user_changes_and_forgets_devices(home, device):
    """Their own: not those of others, and none that is forgotten."""
    token = access(home.begin("ann"))
    key = {"AccessToken": token, "DeviceKey": device.device_key}
    home.cognito.update_device_status(**key, DeviceRememberedStatus=NOT_REMEMBERED)
    assert status_of(home, device) == NOT_REMEMBERED
    home.cognito.update_device_status(**key, DeviceRememberedStatus=REMEMBERED)
    assert status_of(home, device) == REMEMBERED
    home.people.user("bob")
    foreign = {**key, "AccessToken": access(home.begin("bob"))}
    calls = [
        ("get_device", {}),
        ("update_device_status", {"DeviceRememberedStatus": REMEMBERED}),
        ("forget_device", {}),
    ]
    for name, more in calls:
        assert refusal_of(lambda n=name, m=more: getattr(home.cognito, n)(**foreign, **m)) == ABSENT
    home.cognito.forget_device(**key)
    for name, more in calls:
        assert refusal_of(lambda n=name, m=more: getattr(home.cognito, n)(**key, **m)) == ABSENT
    assert home.cognito.list_devices(AccessToken=token)["Devices"] == []


def test_an_administrator_changes_and_forgets_devices(home, device):
    """Of any user, but only of the one that is named."""
    key = {"DeviceKey": device.device_key}
    home.people.user("bob")
    calls = [
        ("admin_get_device", {}),
        ("admin_update_device_status", {"DeviceRememberedStatus": NOT_REMEMBERED}),
        ("admin_forget_device", {}),
    ]
    for name, more in calls:
        assert refusal_of(lambda n=name, m=more: home.by_admin(n, "bob", **key, **m)) == ABSENT
        home.by_admin(name, "ann", **key, **more)
    for name, more in calls:
        assert refusal_of(lambda n=name, m=more: home.by_admin(n, "ann", **key, **m)) == ABSENT
    assert home.by_admin("admin_list_devices", "ann")["Devices"] == []


def test_a_forgotten_device_cannot_be_confirmed_again(home):
    """A new key is needed; the access token goes on."""
    home.people.user("ann")
    tokens = home.begin("ann")
    device = home.confirm(tokens)
    home.cognito.forget_device(AccessToken=access(tokens), DeviceKey=device.device_key)
    members = {"DeviceKey": device.device_key, "DeviceSecretVerifierConfig": device.config}
    assert refusal_of(lambda: home.cognito.confirm_device(AccessToken=access(tokens), **members)) == NOT_OFFERED


def test_devices_go_with_their_user(home, device):
    """Whoever takes the name afterwards has none."""
    home.by_admin("admin_delete_user", "ann")
    home.people.user("ann")
    assert home.by_admin("admin_list_devices", "ann")["Devices"] == []
    assert refusal_of(lambda: home.begin("ann", DEVICE_KEY=device.device_key)) == ABSENT


def test_the_secret_of_a_device_is_sealed(home, device):
    """The store holds no verifier in clear."""
    world = home.pool.server.application.world
    rows = home.pool.server.run(
        world.database.read(lambda tx: tx.all("select verifier from devices where pool_id = ?", (home.pool.pool_id,)))
    )
    clear = base64.b64decode(device.config["PasswordVerifier"]).lstrip(b"\0")
    assert all(clear not in bytes(row[0]) for row in rows)
    assert len(rows) == 1
