"""A user pool: its settings as they were accepted, and typed views of what the rules ask for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cognomen.domain.attributes import AttributeSchema, schema_of
from cognomen.domain.passwords import PasswordPolicy


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
    def case_sensitive(self) -> bool:
        """Whether names that differ in case are different (reference 03: yes where UsernameConfiguration is absent)."""
        return bool((self.settings.get("UsernameConfiguration") or {}).get("CaseSensitive", True))

    @cached_property
    def only_admins_create(self) -> bool:
        """Whether SignUp is closed."""
        return bool((self.settings.get("AdminCreateUserConfig") or {}).get("AllowAdminCreateUserOnly"))

    @cached_property
    def protected(self) -> bool:
        """Whether the pool refuses to be deleted."""
        return self.settings.get("DeletionProtection") == "ACTIVE"
