"""A user pool: its settings as they were accepted, and typed views of what the rules ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cognomen.domain.attributes import AttributeSchema, schema_of
from cognomen.domain.passwords import PasswordPolicy
from cognomen.domain.recovery import recovery_contacts

MODE_TAG = "cognomen:mode"  # compat, as AWS does it, or strict


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
