"""Identities of providers that are linked to a user, and the attribute that tells of them (reference 03)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from cognomen import errors
from cognomen.domain.identity_providers import USERNAME, IdentityProvider
from cognomen.domain.provider_details import SOCIAL

SUBJECT = "Cognito_Subject"  # what the provider itself calls the user, whatever claim that is
ATTRIBUTE = "identities"


@dataclass(frozen=True, slots=True)
class LinkedIdentity:
    """Who a user is at a provider: the one whose `attribute` has this value there."""

    pool_id: str
    provider: str
    attribute: str
    value: str
    sub: str
    type: str
    linked_ms: int


def check_linkable(provider: IdentityProvider, attribute: str) -> None:
    """Refuse an attribute by which nobody can be found; raises InvalidParameterException."""
    if attribute == SUBJECT:
        return
    if provider.type in SOCIAL:
        raise errors.SubjectNeeded(provider=provider.name)
    if attribute not in provider.attribute_mapping or attribute == USERNAME:
        raise errors.AttributeNotMapped(attribute=attribute, provider=provider.name)


def as_attribute(identities: Iterable[LinkedIdentity]) -> str:
    """The attribute ``identities``; linked ones are never the primary one."""
    return json.dumps(
        [
            {
                "userId": one.value,
                "providerName": one.provider,
                "providerType": one.type,
                "issuer": None,
                "primary": False,
                "dateCreated": one.linked_ms,
            }
            for one in identities
        ],
        separators=(",", ":"),
    )


def as_claim(attribute: str) -> list[dict[str, str | None]]:
    """The claim ``identities`` of an ID token, in which everything is text."""
    return [
        {name: None if value is None else _text(value) for name, value in one.items()} for one in json.loads(attribute)
    ]


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
