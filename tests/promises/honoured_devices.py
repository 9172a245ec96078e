"""Where each input member of the operations on devices shows its effect."""

from collections.abc import Mapping

DEVICES = "tests/api/idp/test_devices.py"
PROVEN = "tests/api/idp/test_device_sign_in.py"
WRONG_SECRET = f"{PROVEN}::test_a_wrong_secret_is_refused_and_the_challenge_stays"
CONFIRMED = f"{DEVICES}::test_a_device_is_confirmed"
PAGES = f"{DEVICES}::test_pages_hold_every_device_once"
BY_USER = f"{DEVICES}::test_a_user_changes_and_forgets_devices"
BY_ADMIN = f"{DEVICES}::test_an_administrator_changes_and_forgets_devices"


def _own(operation: str) -> Mapping[str, str]:
    return {"AccessToken": f"{operation}.made-up-token", "DeviceKey": f"{operation}.unknown-device"}


def _of_user(operation: str) -> Mapping[str, str]:
    named = {"UserPoolId": f"{operation}.unknown-pool", "Username": f"{operation}.unknown-user"}
    return {**named, "DeviceKey": f"{operation}.unknown-device"}


HONOURED: Mapping[str, Mapping[str, str]] = {
    "ConfirmDevice": {
        "AccessToken": "ConfirmDevice.made-up-token",
        "DeviceKey": "ConfirmDevice.key-that-nobody-offered",
        "DeviceSecretVerifierConfig.PasswordVerifier": WRONG_SECRET,
        "DeviceSecretVerifierConfig.Salt": f"{PROVEN}::test_a_remembered_device_stands_in_for_the_code",
        "DeviceName": f"{DEVICES}::test_users_and_administrators_look_at_a_device",
    },
    "GetDevice": _own("GetDevice"),
    "ForgetDevice": _own("ForgetDevice"),
    "UpdateDeviceStatus": {**_own("UpdateDeviceStatus"), "DeviceRememberedStatus": BY_USER},
    "ListDevices": {"AccessToken": "ListDevices.made-up-token", "Limit": PAGES, "PaginationToken": PAGES},
    "AdminGetDevice": _of_user("AdminGetDevice"),
    "AdminForgetDevice": _of_user("AdminForgetDevice"),
    "AdminUpdateDeviceStatus": {**_of_user("AdminUpdateDeviceStatus"), "DeviceRememberedStatus": BY_ADMIN},
    "AdminListDevices": {
        "UserPoolId": "AdminListDevices.unknown-pool",
        "Username": "AdminListDevices.unknown-user",
        "Limit": PAGES,
        "PaginationToken": PAGES,
    },
}
CREATE_USER_POOL: Mapping[str, str] = {
    "DeviceConfiguration.ChallengeRequiredOnNewDevice": (
        f"{PROVEN}::test_where_a_device_is_no_factor_it_comes_behind_the_code"
    ),
    "DeviceConfiguration.DeviceOnlyRememberedOnUserPrompt": CONFIRMED,
}
