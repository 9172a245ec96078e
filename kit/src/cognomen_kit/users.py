"""Accounts as an administrator sees them; every operation here is signed with AWS credentials."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cognomen_kit.calls import Call, JsonObject
from cognomen_kit.context import NO_CONTEXT, Context
from cognomen_kit.core import Core
from cognomen_kit.members import Attributes, attribute_list, read_members
from cognomen_kit.operations import operation


@dataclass(frozen=True, slots=True)
class AdminUser:
    """An account; `user_status` is `UNCONFIRMED`, `CONFIRMED`, `FORCE_CHANGE_PASSWORD`, `RESET_REQUIRED`."""

    username: str
    user_status: str
    enabled: bool
    user_create_date: datetime
    user_last_modified_date: datetime
    user_attributes: Attributes = field(default_factory=dict, repr=False)
    preferred_mfa_setting: str | None = None
    user_mfa_setting_list: tuple[str, ...] = field(default=(), metadata={"wire": "UserMFASettingList"})


@dataclass(frozen=True, slots=True)
class UserPage:
    """One page of accounts; `pagination_token` asks for the next."""

    users: tuple[AdminUser, ...]
    pagination_token: str | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """How a new account is told: `RESEND` sends the message again, `SUPPRESS` sends none."""

    temporary_password: str | None = field(default=None, repr=False)
    message_action: Literal["RESEND", "SUPPRESS"] | None = None
    desired_delivery_mediums: tuple[Literal["EMAIL", "SMS"], ...] | None = None
    force_alias_creation: bool | None = None

    def members(self) -> JsonObject:
        """The invitation as the wire has it."""
        mediums = self.desired_delivery_mediums
        return {
            "TemporaryPassword": self.temporary_password,
            "MessageAction": self.message_action,
            "DesiredDeliveryMediums": None if mediums is None else list(mediums),
            "ForceAliasCreation": self.force_alias_creation,
        }


DEFAULT_INVITATION = Invitation()


class Users(Core):
    """Operations of administrators on one account, or on all."""

    @operation
    def admin_get_user(self, username: str) -> Call[AdminUser]:
        """An account (AdminGetUser)."""
        return (yield from self.ask(AdminUser, "AdminGetUser", self.pooled(username)))

    @operation
    def admin_create_user(
        self,
        username: str,
        attributes: Attributes | None = None,
        *,
        invitation: Invitation = DEFAULT_INVITATION,
        validation_data: Attributes | None = None,
        context: Context = NO_CONTEXT,
    ) -> Call[AdminUser]:
        """Make an account and invite its owner (AdminCreateUser)."""
        members = {
            **self.pooled(username),
            "UserAttributes": attribute_list(attributes),
            "ValidationData": attribute_list(validation_data),
            **invitation.members(),
            **context.metadata(),
        }
        answer = yield from self.send("AdminCreateUser", members)
        return _listed(answer.get("User") or {})

    @operation
    def admin_confirm_sign_up(self, username: str, *, context: Context = NO_CONTEXT) -> Call[None]:
        """Confirm an account without a code (AdminConfirmSignUp)."""
        yield from self.send("AdminConfirmSignUp", {**self.pooled(username), **context.metadata()})

    @operation
    def admin_set_user_password(self, username: str, password: str, *, permanent: bool = True) -> Call[None]:
        """Set a password, for good or until the first sign-in (AdminSetUserPassword)."""
        members = {**self.pooled(username), "Password": password, "Permanent": permanent}
        yield from self.send("AdminSetUserPassword", members)

    @operation
    def admin_reset_user_password(self, username: str, *, context: Context = NO_CONTEXT) -> Call[None]:
        """Make the password invalid and send a code for a new one (AdminResetUserPassword)."""
        yield from self.send("AdminResetUserPassword", {**self.pooled(username), **context.metadata()})

    @operation
    def admin_update_user_attributes(
        self, username: str, attributes: Attributes, *, context: Context = NO_CONTEXT
    ) -> Call[None]:
        """Set attributes, verified or not as they say (AdminUpdateUserAttributes)."""
        members = {
            **self.pooled(username),
            "UserAttributes": attribute_list(attributes),
            **context.metadata(),
        }
        yield from self.send("AdminUpdateUserAttributes", members)

    @operation
    def admin_delete_user_attributes(self, username: str, names: Iterable[str]) -> Call[None]:
        """Remove attributes (AdminDeleteUserAttributes)."""
        members = {**self.pooled(username), "UserAttributeNames": list(names)}
        yield from self.send("AdminDeleteUserAttributes", members)

    @operation
    def admin_enable_user(self, username: str) -> Call[None]:
        """Let an account sign in again (AdminEnableUser)."""
        yield from self.send("AdminEnableUser", self.pooled(username))

    @operation
    def admin_disable_user(self, username: str) -> Call[None]:
        """Keep an account from signing in (AdminDisableUser)."""
        yield from self.send("AdminDisableUser", self.pooled(username))

    @operation
    def admin_user_global_sign_out(self, username: str) -> Call[None]:
        """End all sessions of an account (AdminUserGlobalSignOut)."""
        yield from self.send("AdminUserGlobalSignOut", self.pooled(username))

    @operation
    def admin_delete_user(self, username: str) -> Call[None]:
        """Delete an account for good (AdminDeleteUser)."""
        yield from self.send("AdminDeleteUser", self.pooled(username))

    @operation
    def list_users(
        self,
        filter: str | None = None,  # noqa: A002 - AWS's name
        *,
        attributes_to_get: Iterable[str] | None = None,
        limit: int | None = None,
        pagination_token: str | None = None,
    ) -> Call[UserPage]:
        """A page of accounts; a filter looks like `email ^= "anna"` (ListUsers)."""
        members = {
            "UserPoolId": self.app.required_user_pool_id,
            "Filter": filter,
            "AttributesToGet": None if attributes_to_get is None else list(attributes_to_get),
            "Limit": limit,
            "PaginationToken": pagination_token,
        }
        answer = yield from self.send("ListUsers", members)
        return UserPage(tuple(map(_listed, answer.get("Users") or ())), answer.get("PaginationToken"))


def _listed(user: JsonObject) -> AdminUser:
    """Lists name the attributes otherwise than AdminGetUser does."""
    return read_members(AdminUser, {**user, "UserAttributes": user.get("Attributes")})
