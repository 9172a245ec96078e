"""Every operation of the clients: how it is called, what must go out, and what the service says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cognomen_kit import (
    Context,
    Invitation,
    MfaSetting,
    NewDeviceMetadata,
    secret_hash,
)
from kit.conftest import CLIENT_ID, POOL_ID, SECRET
from kit.test_signature import ADMIN_USER
from kit.test_three_functions import DELIVERED, SIGNED_IN

TOKEN = "eyJ.access.token"
KEY = "eu-west-1_a1b2c3d4-0000-0000-0000-000000000000"
HASHED = {"ClientId": CLIENT_ID, "Username": "karla", "SecretHash": secret_hash("karla", CLIENT_ID, SECRET)}
POOLED = {"UserPoolId": POOL_ID, "Username": "karla"}
CONTEXT = Context({"plan": "pro"}, ip_address="203.0.113.9")
FULL = {"ClientMetadata": {"plan": "pro"}, "UserContextData": {"IpAddress": "203.0.113.9"}}
METADATA = {"ClientMetadata": {"plan": "pro"}}
MAIL = {"email": "karla@x.example"}
MAIL_LIST = [{"Name": "email", "Value": "karla@x.example"}]
LISTED = {**{name: value for name, value in ADMIN_USER.items() if name != "UserAttributes"}, "Attributes": MAIL_LIST}
CODE = {"CodeDeliveryDetails": DELIVERED}
ANY = object()


@dataclass(frozen=True)
class Row:
    """A method, how it is called, and the members that must go out; `answer` is what the service says."""

    method: str
    call: Callable[[Any], Any]
    members: dict[str, Any]
    answer: dict[str, Any]
    wire_name: str = ""

    @property
    def operation(self) -> str:
        special = {"mfa": "MFA", "o_auth": "OAuth"}
        name = "".join(special.get(part, part.capitalize()) for part in self.method.split("_"))
        return self.wire_name or name

    def __str__(self) -> str:
        return self.method


ROWS = [
    Row("sign_up", lambda c: c.sign_up("karla"), HASHED, {"UserConfirmed": True, "UserSub": "s"}),
    Row(
        "confirm_sign_up",
        lambda c: c.confirm_sign_up("karla", "1", force_alias_creation=True, session="s" * 20, context=CONTEXT),
        {**HASHED, "ConfirmationCode": "1", "ForceAliasCreation": True, "Session": "s" * 20, **FULL},
        {},
    ),
    Row(
        "resend_confirmation_code",
        lambda c: c.resend_confirmation_code("karla", context=CONTEXT),
        {**HASHED, **FULL},
        CODE,
    ),
    Row("forgot_password", lambda c: c.forgot_password("karla", context=CONTEXT), {**HASHED, **FULL}, CODE),
    Row(
        "confirm_forgot_password",
        lambda c: c.confirm_forgot_password("karla", "123456", "New-Pass-1", context=CONTEXT),
        {**HASHED, "ConfirmationCode": "123456", "Password": "New-Pass-1", **FULL},
        {},
    ),
    Row(
        "change_password",
        lambda c: c.change_password(TOKEN, "Old-Pass-1", "New-Pass-1"),
        {"AccessToken": TOKEN, "PreviousPassword": "Old-Pass-1", "ProposedPassword": "New-Pass-1"},
        {},
    ),
    Row(
        "get_user",
        lambda c: c.get_user(TOKEN),
        {"AccessToken": TOKEN},
        {"Username": "karla", "UserAttributes": MAIL_LIST, "UserMFASettingList": ["SMS_MFA"]},
    ),
    Row("get_user_auth_factors", lambda c: c.get_user_auth_factors(TOKEN), {"AccessToken": TOKEN}, {"Username": "k"}),
    Row(
        "update_user_attributes",
        lambda c: c.update_user_attributes(TOKEN, MAIL, context=CONTEXT),
        {"AccessToken": TOKEN, "UserAttributes": MAIL_LIST, **METADATA},
        {"CodeDeliveryDetailsList": [DELIVERED]},
    ),
    Row(
        "delete_user_attributes",
        lambda c: c.delete_user_attributes(TOKEN, ("nickname",)),
        {"AccessToken": TOKEN, "UserAttributeNames": ["nickname"]},
        {},
    ),
    Row(
        "get_user_attribute_verification_code",
        lambda c: c.get_user_attribute_verification_code(TOKEN, "email", context=CONTEXT),
        {"AccessToken": TOKEN, "AttributeName": "email", **METADATA},
        CODE,
    ),
    Row(
        "verify_user_attribute",
        lambda c: c.verify_user_attribute(TOKEN, "email", "123456"),
        {"AccessToken": TOKEN, "AttributeName": "email", "Code": "123456"},
        {},
    ),
    Row("delete_user", lambda c: c.delete_user(TOKEN), {"AccessToken": TOKEN}, {}),
    Row(
        "associate_software_token",
        lambda c: c.associate_software_token(TOKEN),
        {"AccessToken": TOKEN},
        {"SecretCode": "JBSWY3DPEHPK3PXP"},
    ),
    Row(
        "verify_software_token",
        lambda c: c.verify_software_token(TOKEN, "123456", "phone"),
        {"AccessToken": TOKEN, "UserCode": "123456", "FriendlyDeviceName": "phone"},
        {"Status": "SUCCESS"},
    ),
    Row(
        "set_user_mfa_preference",
        lambda c: c.set_user_mfa_preference(
            TOKEN, sms=MfaSetting(False), software_token=MfaSetting(True, True), email=MfaSetting(True), web_authn=False
        ),
        {
            "AccessToken": TOKEN,
            "SMSMfaSettings": {"Enabled": False, "PreferredMfa": False},
            "SoftwareTokenMfaSettings": {"Enabled": True, "PreferredMfa": True},
            "EmailMfaSettings": {"Enabled": True, "PreferredMfa": False},
            "WebAuthnMfaSettings": {"Enabled": False},
        },
        {},
    ),
    Row(
        "get_tokens_from_refresh_token",
        lambda c: c.get_tokens_from_refresh_token("refresh", device_key=KEY, context=CONTEXT),
        {"ClientId": CLIENT_ID, "ClientSecret": SECRET, "RefreshToken": "refresh", "DeviceKey": KEY, **METADATA},
        SIGNED_IN,
    ),
    Row(
        "revoke_token",
        lambda c: c.revoke_token("refresh", revoke_associated_sessions="LINKED"),
        {"ClientId": CLIENT_ID, "ClientSecret": SECRET, "Token": "refresh", "RevokeAssociatedSessions": "LINKED"},
        {},
    ),
    Row("global_sign_out", lambda c: c.global_sign_out(TOKEN), {"AccessToken": TOKEN}, {}),
    Row(
        "get_client_token",
        lambda c: c.get_client_token(("orders/read",), context=CONTEXT),
        {"ClientId": CLIENT_ID, "Secret": SECRET, "Scopes": ["orders/read"], **METADATA},
        {"ClientAuthenticationResult": {"AccessToken": TOKEN, "ExpiresIn": 3600, "TokenType": "Bearer"}},
    ),
    Row(
        "start_web_authn_registration",
        lambda c: c.start_web_authn_registration(TOKEN),
        {"AccessToken": TOKEN},
        {"CredentialCreationOptions": {"challenge": "x"}},
    ),
    Row(
        "complete_web_authn_registration",
        lambda c: c.complete_web_authn_registration(TOKEN, {"id": "x"}),
        {"AccessToken": TOKEN, "Credential": {"id": "x"}},
        {},
    ),
    Row(
        "list_web_authn_credentials",
        lambda c: c.list_web_authn_credentials(TOKEN, max_results=5, next_token="n"),
        {"AccessToken": TOKEN, "MaxResults": 5, "NextToken": "n"},
        {"Credentials": []},
    ),
    Row(
        "delete_web_authn_credential",
        lambda c: c.delete_web_authn_credential(TOKEN, "id"),
        {"AccessToken": TOKEN, "CredentialId": "id"},
        {},
    ),
    Row(
        "confirm_device",
        lambda c: c.confirm_device(TOKEN, NewDeviceMetadata(KEY, "-v7w9UcY6"), "laptop"),
        {"AccessToken": TOKEN, "DeviceKey": KEY, "DeviceName": "laptop", "DeviceSecretVerifierConfig": ANY},
        {"UserConfirmationNecessary": True},
    ),
    Row(
        "update_device_status",
        lambda c: c.update_device_status(TOKEN, KEY, "remembered"),
        {"AccessToken": TOKEN, "DeviceKey": KEY, "DeviceRememberedStatus": "remembered"},
        {},
    ),
    Row(
        "list_devices",
        lambda c: c.list_devices(TOKEN, limit=5, pagination_token="p"),
        {"AccessToken": TOKEN, "Limit": 5, "PaginationToken": "p"},
        {"Devices": [{"DeviceKey": KEY, "DeviceAttributes": [{"Name": "device_name", "Value": "laptop"}]}]},
    ),
    Row("forget_device", lambda c: c.forget_device(TOKEN, KEY), {"AccessToken": TOKEN, "DeviceKey": KEY}, {}),
    Row(
        "list_user_sessions",
        lambda c: c.list_user_sessions(TOKEN, next_token="n"),
        {"AccessToken": TOKEN, "NextToken": "n"},
        {"Sessions": [{"SessionId": "s", "LastIPAddress": "203.0.113.9", "LastLocation": {"City": "Bonn"}}]},
    ),
    Row(
        "revoke_user_session",
        lambda c: c.revoke_user_session(
            TOKEN, "a1b2c3d4-5678-90ab-cdef-1234567890ab", revoke_associated_sessions="NONE"
        ),
        {"AccessToken": TOKEN, "SessionId": "a1b2c3d4-5678-90ab-cdef-1234567890ab", "RevokeAssociatedSessions": "NONE"},
        {},
    ),
    Row("admin_get_user", lambda c: c.admin_get_user("karla"), POOLED, ADMIN_USER),
    Row(
        "admin_create_user",
        lambda c: c.admin_create_user(
            "karla",
            MAIL,
            invitation=Invitation("Temp-Pass-1", "SUPPRESS", ("EMAIL",), True),
            validation_data={"a": "b"},
            context=CONTEXT,
        ),
        {
            **POOLED,
            "UserAttributes": MAIL_LIST,
            "ValidationData": [{"Name": "a", "Value": "b"}],
            "TemporaryPassword": "Temp-Pass-1",
            "MessageAction": "SUPPRESS",
            "DesiredDeliveryMediums": ["EMAIL"],
            "ForceAliasCreation": True,
            **METADATA,
        },
        {"User": LISTED},
    ),
    Row(
        "admin_confirm_sign_up", lambda c: c.admin_confirm_sign_up("karla", context=CONTEXT), {**POOLED, **METADATA}, {}
    ),
    Row(
        "admin_set_user_password",
        lambda c: c.admin_set_user_password("karla", "New-Pass-1"),
        {**POOLED, "Password": "New-Pass-1", "Permanent": True},
        {},
    ),
    Row(
        "admin_reset_user_password",
        lambda c: c.admin_reset_user_password("karla", context=CONTEXT),
        {**POOLED, **METADATA},
        {},
    ),
    Row(
        "admin_update_user_attributes",
        lambda c: c.admin_update_user_attributes("karla", MAIL, context=CONTEXT),
        {**POOLED, "UserAttributes": MAIL_LIST, **METADATA},
        {},
    ),
    Row(
        "admin_delete_user_attributes",
        lambda c: c.admin_delete_user_attributes("karla", ["nickname"]),
        {**POOLED, "UserAttributeNames": ["nickname"]},
        {},
    ),
    Row("admin_enable_user", lambda c: c.admin_enable_user("karla"), POOLED, {}),
    Row("admin_disable_user", lambda c: c.admin_disable_user("karla"), POOLED, {}),
    Row("admin_user_global_sign_out", lambda c: c.admin_user_global_sign_out("karla"), POOLED, {}),
    Row("admin_delete_user", lambda c: c.admin_delete_user("karla"), POOLED, {}),
    Row(
        "list_users",
        lambda c: c.list_users('email ^= "k"', attributes_to_get=["email"], limit=5, pagination_token="p"),
        {
            "UserPoolId": POOL_ID,
            "Filter": 'email ^= "k"',
            "AttributesToGet": ["email"],
            "Limit": 5,
            "PaginationToken": "p",
        },
        {"Users": [LISTED], "PaginationToken": "q"},
    ),
    Row(
        "admin_add_user_to_group",
        lambda c: c.admin_add_user_to_group("karla", "admins"),
        {**POOLED, "GroupName": "admins"},
        {},
    ),
    Row(
        "admin_remove_user_from_group",
        lambda c: c.admin_remove_user_from_group("karla", "admins"),
        {**POOLED, "GroupName": "admins"},
        {},
    ),
    Row(
        "admin_list_groups_for_user",
        lambda c: c.admin_list_groups_for_user("karla", limit=5, next_token="n"),
        {**POOLED, "Limit": 5, "NextToken": "n"},
        {"Groups": [{"GroupName": "admins", "Precedence": 1}]},
    ),
    Row(
        "call",
        lambda c: c.call("DescribeUserPool", {"UserPoolId": POOL_ID}),
        {"UserPoolId": POOL_ID},
        {"UserPool": {"Name": "x"}},
        "DescribeUserPool",
    ),
    Row(
        "refresh",
        lambda c: c.refresh("refresh", username="karla", device_key=KEY, context=CONTEXT),
        {
            "ClientId": CLIENT_ID,
            "AuthFlow": "REFRESH_TOKEN_AUTH",
            "AuthParameters": {
                "REFRESH_TOKEN": "refresh",
                "SECRET_HASH": HASHED["SecretHash"],
                "DEVICE_KEY": KEY,
            },
            **FULL,
        },
        SIGNED_IN,
        "InitiateAuth",
    ),
    Row(
        "sign_in",
        lambda c: c.sign_in("karla", "Pass-Word-1", flow="USER_PASSWORD_AUTH", context=CONTEXT),
        {
            "ClientId": CLIENT_ID,
            "AuthFlow": "USER_PASSWORD_AUTH",
            "AuthParameters": {
                "USERNAME": "karla",
                "PASSWORD": "Pass-Word-1",
                "SECRET_HASH": HASHED["SecretHash"],
            },
            **FULL,
        },
        SIGNED_IN,
        "InitiateAuth",
    ),
]
