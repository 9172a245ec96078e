"""Small wire shapes that several operations answer with."""

from collections.abc import Iterable, Mapping, Sequence

from cognomen import errors
from cognomen.domain.user import User
from cognomen.flows.deliver import Target
from cognomen.wire.idp import AttributeType, CodeDeliveryDetailsType


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


def delivery_details(target: Target) -> CodeDeliveryDetailsType:
    """Where a code went, masked."""
    return CodeDeliveryDetailsType(
        destination=target.masked, delivery_medium=target.medium.value, attribute_name=target.attribute
    )
