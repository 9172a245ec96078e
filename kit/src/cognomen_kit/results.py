"""What the service answers, as frozen values named after AWS's members; secrets never show in a repr."""

import base64
import binascii
import json
from dataclasses import dataclass, field
from typing import Any

from cognomen_kit.calls import JsonObject


@dataclass(frozen=True, slots=True)
class CodeDeliveryDetails:
    """Where a code went: `destination` is masked (`k***@d***`)."""

    destination: str | None = None
    delivery_medium: str | None = None
    attribute_name: str | None = None


@dataclass(frozen=True, slots=True)
class SignedUp:
    """A new account; `session` may be handed to a `USER_AUTH` sign-in after the confirmation."""

    user_confirmed: bool
    user_sub: str
    code_delivery_details: CodeDeliveryDetails | None = None
    session: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SignUpConfirmed:
    """The account is confirmed; `session` signs its owner in through `USER_AUTH` without a second code."""

    session: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is on its way."""

    code_delivery_details: CodeDeliveryDetails | None = None


@dataclass(frozen=True, slots=True)
class NewDeviceMetadata:
    """The service offers to remember the device of this sign-in."""

    device_key: str | None = None
    device_group_key: str | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The tokens of a session; `username` is the canonical one, whatever alias signed in."""

    access_token: str = field(repr=False)
    id_token: str = field(repr=False)
    expires_in: int
    token_type: str
    refresh_token: str | None = field(default=None, repr=False)
    new_device_metadata: NewDeviceMetadata | None = None
    username: str | None = None


def unverified_claims(token: str) -> JsonObject:
    """The claims of a token that came straight from the service, as they stand; empty where it is opaque."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004 - header, claims, signature
        return {}
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}
