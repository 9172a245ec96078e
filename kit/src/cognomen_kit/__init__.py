"""Amazon Cognito for Python backends: `AsyncCognito` and `Cognito`, on AWS or on an endpoint of your own."""

from cognomen_kit.app import App, ConfigurationMissing
from cognomen_kit.challenges import (
    AsyncChallenge,
    Challenge,
    Custom,
    EmailCode,
    MfaSetup,
    NewPassword,
    Passkey,
    SelectChallenge,
    SelectMfa,
    SmsCode,
    SyncChallenge,
    Totp,
    TotpSetup,
    UnknownChallenge,
)
from cognomen_kit.claims import AccessClaims, Claims, IdClaims
from cognomen_kit.client import AsyncCognito, Cognito
from cognomen_kit.context import Context
from cognomen_kit.credentials import Credentials
from cognomen_kit.devices import Device, DeviceConfirmed, Devices
from cognomen_kit.errors import CognitoError, CognitoUnavailable
from cognomen_kit.groups import Group, Groups
from cognomen_kit.mfa import MfaSetting, SoftwareToken
from cognomen_kit.passkeys import PasskeyRegistration, WebAuthnCredential, WebAuthnCredentials
from cognomen_kit.profile import AttributesUpdated, AuthFactors, User
from cognomen_kit.refused_tokens import Reason, TokenRefused
from cognomen_kit.results import (
    CodeDeliveryDetails,
    CodeSent,
    NewDeviceMetadata,
    SignedIn,
    SignedUp,
    SignUpConfirmed,
)
from cognomen_kit.retries import Retries
from cognomen_kit.sealing import SealProblem, SealRefused
from cognomen_kit.secret_hash import secret_hash
from cognomen_kit.sent_codes import CodeRefused, WrappedKey, decrypt_code, raw_keys
from cognomen_kit.sessions import Session, SessionLocation, Sessions
from cognomen_kit.sign_in import UserAuth
from cognomen_kit.tickets import RememberedDevice
from cognomen_kit.tokens import ClientToken, UsernameNeeded
from cognomen_kit.trust import TrustedPool
from cognomen_kit.users import AdminUser, Invitation, UserPage
from cognomen_kit.verifier import AsyncTokenVerifier, TokenVerifier
from cognomen_kit.version import __version__

__all__ = [
    "AccessClaims",
    "AdminUser",
    "App",
    "AsyncChallenge",
    "AsyncCognito",
    "AsyncTokenVerifier",
    "AttributesUpdated",
    "AuthFactors",
    "Challenge",
    "Claims",
    "ClientToken",
    "CodeDeliveryDetails",
    "CodeRefused",
    "CodeSent",
    "Cognito",
    "CognitoError",
    "CognitoUnavailable",
    "ConfigurationMissing",
    "Context",
    "Credentials",
    "Custom",
    "Device",
    "DeviceConfirmed",
    "Devices",
    "EmailCode",
    "Group",
    "Groups",
    "IdClaims",
    "Invitation",
    "MfaSetting",
    "MfaSetup",
    "NewDeviceMetadata",
    "NewPassword",
    "Passkey",
    "PasskeyRegistration",
    "Reason",
    "RememberedDevice",
    "Retries",
    "SealProblem",
    "SealRefused",
    "SelectChallenge",
    "SelectMfa",
    "Session",
    "SessionLocation",
    "Sessions",
    "SignUpConfirmed",
    "SignedIn",
    "SignedUp",
    "SmsCode",
    "SoftwareToken",
    "SyncChallenge",
    "TokenRefused",
    "TokenVerifier",
    "Totp",
    "TotpSetup",
    "TrustedPool",
    "UnknownChallenge",
    "User",
    "UserAuth",
    "UserPage",
    "UsernameNeeded",
    "WebAuthnCredential",
    "WebAuthnCredentials",
    "WrappedKey",
    "__version__",
    "decrypt_code",
    "raw_keys",
    "secret_hash",
]
