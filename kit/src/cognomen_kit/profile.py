"""The account of a signed-in person: its attributes, their verification, its end."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cognomen_kit.calls import Call
from cognomen_kit.context import NO_CONTEXT, Context
from cognomen_kit.core import Core
from cognomen_kit.members import Attributes, attribute_list
from cognomen_kit.operations import operation
from cognomen_kit.results import CodeDeliveryDetails, CodeSent


@dataclass(frozen=True, slots=True)
class User:
    """An account as its owner sees it."""

    username: str
    user_attributes: Attributes = field(repr=False)
    preferred_mfa_setting: str | None = None
    user_mfa_setting_list: tuple[str, ...] = field(default=(), metadata={"wire": "UserMFASettingList"})


@dataclass(frozen=True, slots=True)
class AuthFactors:
    """How an account can sign in."""

    username: str
    preferred_mfa_setting: str | None = None
    user_mfa_setting_list: tuple[str, ...] = field(default=(), metadata={"wire": "UserMFASettingList"})
    configured_user_auth_factors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AttributesUpdated:
    """The codes that an update sent, one for each attribute that needs verification."""

    code_delivery_details_list: tuple[CodeDeliveryDetails, ...] = ()


class Profile(Core):
    """Operations under an access token with the scope `aws.cognito.signin.user.admin`."""

    @operation
    def get_user(self, access_token: str) -> Call[User]:
        """The account that the token belongs to (GetUser)."""
        return (yield from self.ask(User, "GetUser", {"AccessToken": access_token}))

    @operation
    def get_user_auth_factors(self, access_token: str) -> Call[AuthFactors]:
        """The factors that the account can sign in with (GetUserAuthFactors)."""
        return (yield from self.ask(AuthFactors, "GetUserAuthFactors", {"AccessToken": access_token}))

    @operation
    def update_user_attributes(
        self, access_token: str, attributes: Attributes, *, context: Context = NO_CONTEXT
    ) -> Call[AttributesUpdated]:
        """Set attributes; a new e-mail address or phone number is sent a code (UpdateUserAttributes)."""
        members = {
            "AccessToken": access_token,
            "UserAttributes": attribute_list(attributes),
            **context.metadata(),
        }
        return (yield from self.ask(AttributesUpdated, "UpdateUserAttributes", members))

    @operation
    def delete_user_attributes(self, access_token: str, names: Iterable[str]) -> Call[None]:
        """Remove attributes (DeleteUserAttributes)."""
        members = {"AccessToken": access_token, "UserAttributeNames": list(names)}
        yield from self.send("DeleteUserAttributes", members)

    @operation
    def get_user_attribute_verification_code(
        self, access_token: str, attribute_name: str, *, context: Context = NO_CONTEXT
    ) -> Call[CodeSent]:
        """Send a code that verifies an attribute (GetUserAttributeVerificationCode)."""
        members = {"AccessToken": access_token, "AttributeName": attribute_name, **context.metadata()}
        return (yield from self.ask(CodeSent, "GetUserAttributeVerificationCode", members))

    @operation
    def verify_user_attribute(self, access_token: str, attribute_name: str, code: str) -> Call[None]:
        """Verify an attribute with the code (VerifyUserAttribute)."""
        members = {"AccessToken": access_token, "AttributeName": attribute_name, "Code": code}
        yield from self.send("VerifyUserAttribute", members)

    @operation
    def delete_user(self, access_token: str) -> Call[None]:
        """Delete the account for good (DeleteUser)."""
        yield from self.send("DeleteUser", {"AccessToken": access_token})
