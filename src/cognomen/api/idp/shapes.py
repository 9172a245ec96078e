"""Small wire shapes that several operations answer with."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from cognomen import errors
from cognomen.domain.second_factors import Factor
from cognomen.domain.user import User
from cognomen.flows.deliver import Target
from cognomen.wire.idp import AttributeType, CodeDeliveryDetailsType, MFAOptionType, UserType


def pairs_of(attributes: Sequence[AttributeType] | None) -> dict[str, str]:
    """Attributes by name; raises InvalidParameterException where a value is missing or a name stands twice."""
    pairs: dict[str, str] = {}
    for attribute in attributes or ():
        if attribute.value is None:
            raise errors.InvalidParameterException(f"Attribute value for {attribute.name} must not be null")
        if attribute.name in pairs:
            raise errors.InvalidParameterException(f"Attribute {attribute.name} is given more than once.")
        pairs[attribute.name] = attribute.value
    return pairs


def attribute_list(user: User, attributes: Mapping[str, str]) -> list[AttributeType]:
    """Attributes as answers list them, the sub first."""
    listed: Iterable[tuple[str, str]] = (("sub", user.sub), *attributes.items())
    return [AttributeType(name=name, value=value) for name, value in listed]


def listed_user(user: User, wanted: Collection[str] = ()) -> UserType:
    """A user as lists show one, with all attributes or only those that are wanted."""
    attributes = attribute_list(user, user.attributes)
    return UserType(
        username=user.username,
        attributes=[one for one in attributes if one.name in wanted] if wanted else attributes,
        user_create_date=user.created_ms / 1000,
        user_last_modified_date=user.modified_ms / 1000,
        enabled=user.enabled,
        user_status=user.status.value,
    )


SMS_OPTION = MFAOptionType(delivery_medium="SMS", attribute_name="phone_number")


def factors_shown(user: User) -> dict[str, Any]:
    """The members by which answers tell a user's second factors; each is left out where it would be empty."""
    return {"preferred_mfa_setting": user.factors.preferred, "user_mfa_setting_list": user.factors.listed or None}


def sms_options(user: User) -> list[MFAOptionType] | None:
    """MFAOptions, which know SMS alone."""
    return [SMS_OPTION] if Factor.SMS_MFA in user.factors.enabled else None


def delivery_details(target: Target) -> CodeDeliveryDetailsType:
    """Where a code went, masked."""
    return CodeDeliveryDetailsType(
        destination=target.masked, delivery_medium=target.medium.value, attribute_name=target.attribute
    )
