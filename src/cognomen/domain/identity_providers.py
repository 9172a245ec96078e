"""Identity providers of a pool: others who say who somebody is (reference 10)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.attributes import AttributeSchema
from cognomen.domain.provider_details import KINDS, SOCIAL

USERNAME = "username"  # what names the user, in a mapping of attributes
NEVER_MAPPED = frozenset({"sub", "identities"})  # the server alone writes them
OWN_NAMES = ("COGNITO", "Cognito")  # the pool itself


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """A provider of a pool; `details` may hold secrets.

    The mappings lead from attributes of the pool, and from its levels of authentication, to the provider's own.
    """

    pool_id: str
    name: str
    type: str
    details: Mapping[str, str] = field(repr=False)
    attribute_mapping: Mapping[str, str]
    identifiers: tuple[str, ...]
    acr_mapping: Mapping[str, str] | None
    created_ms: int
    modified_ms: int


def check_provider(provider: IdentityProvider, schema: Mapping[str, AttributeSchema]) -> None:
    """Refuse a provider that AWS refuses, its details apart; raises InvalidParameterException."""
    expected = provider.type if provider.type in SOCIAL else None
    if provider.name != (expected or provider.name) or (expected is None and provider.name in {*SOCIAL, *OWN_NAMES}):
        raise errors.ProviderNameOfAnotherType(name=provider.name, kind=provider.type)
    for attribute in provider.attribute_mapping:
        if attribute != USERNAME and (attribute not in schema or attribute in NEVER_MAPPED):
            raise errors.AttributeNotMappable(attribute=attribute)
    if provider.acr_mapping and provider.type != "OIDC":
        raise errors.AcrMappingNotSupported(kind=provider.type)
    if len(set(provider.identifiers)) != len(provider.identifiers):
        raise errors.IdentifierTaken


def with_subject(kind: str, mapping: Mapping[str, str]) -> dict[str, str]:
    """The mapping with the claim that names the user, where the caller chose none."""
    subject = KINDS[kind].subject
    return {**mapping, **({USERNAME: subject} if subject and USERNAME not in mapping else {})}
