"""Second factors of a signed-in person: an authenticator app, and which factors are in use."""

from dataclasses import dataclass, field

from cognomen_kit.calls import Call, JsonObject
from cognomen_kit.core import Core
from cognomen_kit.operations import operation
from cognomen_kit.software_token import insist_verified, otpauth_uri


@dataclass(frozen=True, slots=True)
class SoftwareToken:
    """The secret of an authenticator app, in base32."""

    secret_code: str = field(repr=False)

    def otpauth_uri(self, issuer: str, account: str) -> str:
        """What a QR code holds (Key URI format of authenticator apps)."""
        return otpauth_uri(self.secret_code, issuer, account)


@dataclass(frozen=True, slots=True)
class MfaSetting:
    """Whether a factor is in use, and whether it is the one asked for first."""

    enabled: bool
    preferred_mfa: bool = False

    def members(self) -> JsonObject:
        """The setting as the wire has it."""
        return {"Enabled": self.enabled, "PreferredMfa": self.preferred_mfa}


class Mfa(Core):
    """Operations under an access token."""

    @operation
    def associate_software_token(self, access_token: str) -> Call[SoftwareToken]:
        """Begin to set up an authenticator app (AssociateSoftwareToken)."""
        return (yield from self.ask(SoftwareToken, "AssociateSoftwareToken", {"AccessToken": access_token}))

    @operation
    def verify_software_token(
        self, access_token: str, user_code: str, friendly_device_name: str | None = None
    ) -> Call[None]:
        """Prove that the app shows the right codes (VerifySoftwareToken)."""
        members = {
            "AccessToken": access_token,
            "UserCode": user_code,
            "FriendlyDeviceName": friendly_device_name,
        }
        insist_verified((yield from self.send("VerifySoftwareToken", members)))

    @operation
    def set_user_mfa_preference(
        self,
        access_token: str,
        *,
        sms: MfaSetting | None = None,
        software_token: MfaSetting | None = None,
        email: MfaSetting | None = None,
        web_authn: bool | None = None,
    ) -> Call[None]:
        """Switch factors on or off, and prefer one; what is not named stays (SetUserMFAPreference)."""
        members = {
            "AccessToken": access_token,
            "SMSMfaSettings": sms and sms.members(),
            "SoftwareTokenMfaSettings": software_token and software_token.members(),
            "EmailMfaSettings": email and email.members(),
            "WebAuthnMfaSettings": None if web_authn is None else {"Enabled": web_authn},
        }
        yield from self.send("SetUserMFAPreference", members)
