"""Passkeys: what a pool asks authenticators for, and whose word counts where (WebAuthn level 3; reference 05)."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cognomen import errors
from cognomen.domain import base64url
from cognomen.domain.domains import PoolDomain
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User

ALGORITHMS = (-7, -257)  # COSE: ES256, RS256
REGISTRATION_MS = 60_000  # how long a browser waits, as AWS's options say
REGISTRATION_LIFETIME_MS = 5 * 60_000  # how long a challenge can be answered; AWS publishes no number
LONGEST_ID = 1023  # bytes (WebAuthn, credential id)
LONGEST_CREDENTIAL = 32 * 1024  # characters of JSON; certificates of authenticators are within
TRANSPORTS = ("ble", "hybrid", "internal", "nfc", "smart-card", "usb")
ATTACHMENTS = frozenset({"platform", "cross-platform"})
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
LOCALHOST = "localhost"
# Authenticators that are many people's, by their AAGUID.
NAMES: Mapping[str, str] = {
    "fbfc3007-154e-4ecc-8c0b-6e020557d7bd": "iCloud Keychain",
    "ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4": "Google Password Manager",
    "08987058-cadc-4b81-b6e1-30de50dcbe96": "Windows Hello",
    "9ddd1817-af5a-4672-a2b9-3e3dd95000a9": "Windows Hello",
    "6028b017-b1d4-4c02-b4b3-afcdafc96bb2": "Windows Hello",
    "bada5566-a7aa-401f-bd96-45619a55120d": "1Password",
    "d548826e-79b4-db40-a3d8-11116f7e8349": "Bitwarden",
}
UNNAMED = "Passkey"


@dataclass(frozen=True, slots=True)
class Passkey:
    """A registered passkey. `credential_id` is in base64url, `public_key` a COSE key."""

    pool_id: str
    sub: str
    credential_id: str
    public_key: bytes = field(repr=False)
    sign_count: int
    rp_id: str
    name: str
    attachment: str | None
    transports: tuple[str, ...]
    created_ms: int

    @property
    def described(self) -> dict[str, str]:
        """How options name a passkey."""
        return {"id": self.credential_id, "type": "public-key"}


@dataclass(frozen=True, slots=True)
class Expected:
    """What a credential has to say to be taken."""

    challenge: bytes = field(repr=False)
    rp_id: str
    verified: bool  # whether the authenticator must have verified its user


def check_relying_party(settings: Mapping[str, Any]) -> None:
    """Refuse a RelyingPartyId that is no domain name in small letters; raises RelyingPartyNotADomain."""
    rp_id = settings.get("RelyingPartyId")
    if rp_id is not None and not all(map(LABEL.fullmatch, rp_id.split("."))):
        raise errors.RelyingPartyNotADomain(name=rp_id)


def relying_party(pool: UserPool, domains: Iterable[PoolDomain]) -> str:
    """The domain that passkeys of a pool are for: the one that was set, else its custom domain, else its prefix's.

    Raises WebAuthnConfigurationMissingException.
    """
    if pool.passkeys.rp_id:
        return pool.passkeys.rp_id
    for domain in sorted(domains, key=lambda one: not one.is_custom):
        return domain.domain if domain.is_custom else f"{domain.domain}.auth.{pool.region}.amazoncognito.com"
    raise errors.WebAuthnConfigurationMissingException


def is_origin_of(origin: str, rp_id: str) -> bool:
    """Whether a page of this origin may use passkeys of a relying party: over TLS, or from the machine itself."""
    try:
        parts = urlsplit(origin)
        host, is_plain = parts.hostname or "", f"{parts.scheme}://{parts.netloc}" == origin and "@" not in parts.netloc
        parts.port  # noqa: B018  # raises for what is no port
    except ValueError:
        return False
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_or_is_below(host, LOCALHOST))
    return is_plain and secure and is_or_is_below(host, rp_id)


def is_or_is_below(host: str, domain: str) -> bool:
    """Whether a host is this domain or one below it."""
    return host == domain or host.endswith(f".{domain}")


def creation_options(
    pool: UserPool, user: User, rp_id: str, challenge: bytes, known: Sequence[Passkey]
) -> dict[str, Any]:
    """CredentialCreationOptions, member by member as AWS has them (reference 05, passkeys)."""
    name = user.attributes.get("preferred_username") or user.attributes.get("email") or user.username
    return {
        "authenticatorSelection": {
            "requireResidentKey": True,
            "residentKey": "required",
            "userVerification": pool.passkeys.verification,
        },
        "challenge": base64url.text_of(challenge),
        "excludeCredentials": [passkey.described for passkey in known],
        "pubKeyCredParams": [{"alg": algorithm, "type": "public-key"} for algorithm in ALGORITHMS],
        "rp": {"id": rp_id, "name": rp_id},
        "timeout": REGISTRATION_MS,
        "user": {"displayName": name, "id": base64url.text_of(user.sub.encode()), "name": name},
    }


def request_options(
    rp_id: str, challenge: bytes, known: Sequence[Passkey], verification: str, timeout_ms: int
) -> dict[str, Any]:
    """CREDENTIAL_REQUEST_OPTIONS, as PublicKeyCredential.parseRequestOptionsFromJSON takes them."""
    return {
        "allowCredentials": [
            {**passkey.described, **({"transports": list(passkey.transports)} if passkey.transports else {})}
            for passkey in known
        ],
        "challenge": base64url.text_of(challenge),
        "rpId": rp_id,
        "timeout": timeout_ms,
        "userVerification": verification,
    }


def attachment_in(credential: Mapping[str, Any]) -> str | None:
    """What a browser says of where the authenticator is; None where it says nothing that is known."""
    said = credential.get("authenticatorAttachment")
    return said if isinstance(said, str) and said in ATTACHMENTS else None


def transports_in(credential: Mapping[str, Any]) -> tuple[str, ...]:
    """How the authenticator can be reached; what is not known is left out."""
    response = credential.get("response")
    said = response.get("transports") if isinstance(response, Mapping) else None
    return tuple(one for one in TRANSPORTS if one in said) if isinstance(said, list) else ()
