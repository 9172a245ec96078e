"""A user pool: its settings as they were accepted, and typed views of what the rules ask for."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from cognomen.domain.attributes import AttributeSchema, schema_of
from cognomen.domain.devices import DeviceSettings
from cognomen.domain.passwords import PasswordPolicy
from cognomen.domain.recovery import recovery_contacts
from cognomen.domain.second_factors import Factor
from cognomen.domain.trigger_names import Trigger
from cognomen.domain.trigger_settings import code_key_of, token_version_of, triggers_of

# The member of the settings that turns a second factor on.
OFFERED_BY = {
    Factor.SMS_MFA: "SmsMfaConfiguration",
    Factor.SOFTWARE_TOKEN_MFA: "SoftwareTokenMfaConfiguration",
    Factor.EMAIL_OTP: "EmailMfaConfiguration",
}
MODE_TAG = "cognomen:mode"  # compat, as AWS does it, or strict
MULTI_FACTOR = "MULTI_FACTOR_WITH_USER_VERIFICATION"


@dataclass(frozen=True, slots=True)
class PasskeySettings:
    """WebAuthnConfiguration: the relying party, where one was set; and whether a passkey counts as two factors."""

    rp_id: str | None
    verification: str  # preferred or required
    two_factors: bool


@dataclass(frozen=True)
class UserPool:
    """A user pool. `settings` holds the members of UserPoolType by their wire names, AWS's defaults filled in."""

    pool_id: str
    name: str
    created_ms: int
    modified_ms: int
    settings: Mapping[str, Any]

    @cached_property
    def short_name(self) -> str:
        """What stands behind the region in the id; the name of the pool in SRP (reference 06)."""
        return self.pool_id.partition("_")[2]

    @cached_property
    def region(self) -> str:
        """The region that the pool was made in."""
        return self.pool_id.partition("_")[0]

    @cached_property
    def password_policy(self) -> PasswordPolicy:
        """The rules for new passwords."""
        return PasswordPolicy.of((self.settings.get("Policies") or {}).get("PasswordPolicy") or {})

    @cached_property
    def schema(self) -> Mapping[str, AttributeSchema]:
        """The attributes that users may have, by full name (``email``, ``custom:team``)."""
        return schema_of(self.settings["SchemaAttributes"])

    @cached_property
    def username_attributes(self) -> frozenset[str]:
        """``email`` and/or ``phone_number`` where they stand in place of a user name."""
        return frozenset(self.settings.get("UsernameAttributes") or ())

    @cached_property
    def alias_attributes(self) -> frozenset[str]:
        """Attributes by which a user can sign in as well as by name."""
        return frozenset(self.settings.get("AliasAttributes") or ())

    @cached_property
    def auto_verified(self) -> frozenset[str]:
        """Attributes to which a code is sent at sign-up."""
        return frozenset(self.settings.get("AutoVerifiedAttributes") or ())

    @cached_property
    def recovery_contacts(self) -> tuple[str, ...]:
        """Where the code for a forgotten password may go, the first one first; empty where only admins reset."""
        return recovery_contacts(self.settings.get("AccountRecoverySetting") or {})

    @cached_property
    def verified_before_update(self) -> frozenset[str]:
        """``email`` and/or ``phone_number`` where a new value only takes effect once a code has proved it."""
        settings = self.settings.get("UserAttributeUpdateSettings") or {}
        return frozenset(settings.get("AttributesRequireVerificationBeforeUpdate") or ())

    @cached_property
    def case_sensitive(self) -> bool:
        """Whether names that differ in case are different (reference 03: yes where UsernameConfiguration is absent)."""
        return bool((self.settings.get("UsernameConfiguration") or {}).get("CaseSensitive", True))

    @cached_property
    def first_factors(self) -> frozenset[str]:
        """With what a sign-in may begin: AllowedFirstAuthFactors."""
        policy = (self.settings.get("Policies") or {}).get("SignInPolicy") or {}
        return frozenset(policy.get("AllowedFirstAuthFactors") or ["PASSWORD"])

    @cached_property
    def is_passwordless(self) -> bool:
        """Whether users can do without a password, because codes are first factors."""
        return not self.first_factors.isdisjoint({"EMAIL_OTP", "SMS_OTP"})

    @cached_property
    def passkeys(self) -> PasskeySettings:
        """What the pool says of passkeys."""
        given = self.settings.get("WebAuthnConfiguration") or {}
        two_factors = given.get("FactorConfiguration") == MULTI_FACTOR
        return PasskeySettings(given.get("RelyingPartyId"), given.get("UserVerification") or "preferred", two_factors)

    @cached_property
    def devices(self) -> DeviceSettings:
        """Whether the pool knows devices, and what for."""
        return DeviceSettings.of(self.settings.get("DeviceConfiguration") or {})

    @cached_property
    def mfa(self) -> str:
        """MfaConfiguration: OFF, OPTIONAL (users decide) or ON (nobody signs in without a second factor)."""
        return str(self.settings.get("MfaConfiguration") or "OFF")

    def insisting(self) -> "UserPool":
        """The same pool where it leaves MFA to its users, as it is for a sign-in that must not do without."""
        on = {**self.settings, "MfaConfiguration": "ON"}
        return replace(self, settings=on) if self.mfa == "OPTIONAL" else self

    @cached_property
    def second_factors(self) -> frozenset[Factor]:
        """The second factors that users can have; none where MFA is off."""
        if self.mfa == "OFF":
            return frozenset()
        offered = frozenset(factor for factor, member in OFFERED_BY.items() if self.settings.get(member) is not None)
        return offered if self.settings.get("SmsConfiguration") else offered - {Factor.SMS_MFA}

    @cached_property
    def triggers(self) -> Mapping[Trigger, str]:
        """The ARN of each trigger that the pool has; empty where it has none."""
        return triggers_of(self.settings)

    @cached_property
    def code_key(self) -> str | None:
        """The ARN of the key that codes are encrypted under for triggers that send them."""
        return code_key_of(self.settings)

    @cached_property
    def token_trigger_version(self) -> str:
        """The version of the events that the trigger for token generation gets."""
        return token_version_of(self.settings)

    @cached_property
    def protection(self) -> str:
        """Threat protection: OFF, AUDIT (what users do is noted) or ENFORCED (and something is done about it)."""
        return str((self.settings.get("UserPoolAddOns") or {}).get("AdvancedSecurityMode") or "OFF")

    @cached_property
    def custom_protection(self) -> str:
        """The same of sign-ins by CUSTOM_AUTH."""
        flows = (self.settings.get("UserPoolAddOns") or {}).get("AdvancedSecurityAdditionalFlows") or {}
        return str(flows.get("CustomAuthMode") or "OFF")

    @cached_property
    def only_admins_create(self) -> bool:
        """Whether SignUp is closed."""
        return bool((self.settings.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"))

    @cached_property
    def strict(self) -> bool:
        """Whether the pool is safer than AWS's where both cannot be had (ASVS level 2); chosen by its tag."""
        return (self.settings.get("UserPoolTags") or {}).get(MODE_TAG) == "strict"

    @cached_property
    def protected(self) -> bool:
        """Whether the pool refuses to be deleted."""
        return self.settings.get("DeletionProtection") == "ACTIVE"
