"""What each type of identity provider has to say of itself, and what AWS adds (reference 10, IdP records).

Endpoints of OIDC providers are taken as they are given: nothing is discovered over the network.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cognomen import errors
from cognomen.domain.saml_metadata import bindings_of

Details = Mapping[str, str]

SOCIAL_MISSING = "clientId, clientSecret and authorizeScopes are all required idp details."
APPLE_MISSING = "clientId, privateKey, teamId, and keyId are all required idp details."
OIDC_MISSING = "clientId, authorizeScopes, oidcIssuer and attributesRequestMethod are all required idp details."
ENDPOINTS = ("authorize_url", "token_url", "attributes_url", "jwks_uri", "oidc_issuer")
FLAGS = ("IDPSignout", "IDPInit", "EncryptedResponses", "attributes_url_add_attributes")
# Read from the metadata, and never taken from a caller.
READ_ONLY = ("SSORedirectBindingURI", "SLORedirectBindingURI", "ActiveEncryptionCertificate")


@dataclass(frozen=True, slots=True)
class Kind:
    """One type: what must be said (else `missing` is the refusal), what may be, what AWS adds, and its subject."""

    required: tuple[str, ...]
    missing: str
    optional: tuple[str, ...] = ()
    added: Mapping[str, str] | None = None
    subject: str | None = None  # the claim that AWS maps to the user name where the caller maps none

    @property
    def known(self) -> frozenset[str]:
        """Every detail that a provider of this type can have."""
        return frozenset((*self.required, *self.optional, *(self.added or {})))


_SOCIAL = ("client_id", "client_secret", "authorize_scopes")
KINDS: Mapping[str, Kind] = {
    "Google": Kind(
        _SOCIAL,
        SOCIAL_MISSING,
        added={
            "attributes_url": "https://people.googleapis.com/v1/people/me?personFields=",
            "attributes_url_add_attributes": "true",
            "authorize_url": "https://accounts.google.com/o/oauth2/v2/auth",
            "oidc_issuer": "https://accounts.google.com",
            "token_request_method": "POST",
            "token_url": "https://www.googleapis.com/oauth2/v4/token",
        },
        subject="sub",
    ),
    "Facebook": Kind(
        _SOCIAL,
        SOCIAL_MISSING,
        optional=("api_version",),
        added={
            "attributes_url": "https://graph.facebook.com/{version}me?fields=",
            "attributes_url_add_attributes": "true",
            "authorize_url": "https://www.facebook.com/{version}dialog/oauth",
            "token_request_method": "GET",
            "token_url": "https://graph.facebook.com/{version}oauth/access_token",
        },
        subject="id",
    ),
    "LoginWithAmazon": Kind(
        _SOCIAL,
        SOCIAL_MISSING,
        added={
            "attributes_url": "https://api.amazon.com/user/profile",
            "attributes_url_add_attributes": "false",
            "authorize_url": "https://www.amazon.com/ap/oa",
            "token_request_method": "POST",
            "token_url": "https://api.amazon.com/auth/o2/token",
        },
        subject="user_id",
    ),
    "SignInWithApple": Kind(
        ("client_id", "team_id", "key_id", "private_key"),
        APPLE_MISSING,
        optional=("authorize_scopes",),
        added={
            "attributes_url_add_attributes": "false",
            "authorize_url": "https://appleid.apple.com/auth/authorize",
            "oidc_issuer": "https://appleid.apple.com",
            "token_request_method": "POST",
            "token_url": "https://appleid.apple.com/auth/token",
        },
        subject="sub",
    ),
    "OIDC": Kind(
        ("client_id", "authorize_scopes", "oidc_issuer", "attributes_request_method"),
        OIDC_MISSING,
        optional=("client_secret", "authorize_url", "token_url", "attributes_url", "jwks_uri"),
        added={"attributes_url_add_attributes": "false"},
        subject="sub",
    ),
    "SAML": Kind(
        (),
        "",
        optional=("MetadataURL", "MetadataFile", "RequestSigningAlgorithm", *FLAGS[:3], *READ_ONLY),
    ),
}
SOCIAL = frozenset(KINDS) - {"OIDC", "SAML"}


def accepted(kind: str, asked: Details) -> dict[str, str]:
    """The details of a provider of this type as Describe shows them; raises InvalidParameterException."""
    rules = KINDS[kind]
    for name in asked:
        if name not in rules.known:
            raise errors.DetailUnknown(name=name, kind=kind)
    if not all(asked.get(name) for name in rules.required):
        raise errors.DetailsMissing(rules.missing)
    _check_values(asked)
    if kind == "SAML":
        return _of_saml(asked)
    version = f"{asked['api_version']}/" if asked.get("api_version") else ""
    return {**{name: text.format(version=version) for name, text in (rules.added or {}).items()}, **asked}


def shown(details: Details) -> dict[str, str]:
    """The details as answers hold them: as they were given, but for Apple's private key, which AWS never shows."""
    return {name: value for name, value in details.items() if name != "private_key"}


def _check_values(asked: Details) -> None:
    for name in ENDPOINTS:
        if name in asked and not asked[name].startswith("https://"):
            raise errors.EndpointNotSecure
    method = asked.get("attributes_request_method", "GET")
    if method not in {"GET", "POST"}:
        raise errors.RequestMethodUnknown(method=method)
    for name in FLAGS:
        if asked.get(name, "true").lower() not in {"true", "false"}:
            raise errors.DetailNotAFlag(name=name)


def _of_saml(asked: Details) -> dict[str, str]:
    given = {name: value for name, value in asked.items() if name not in READ_ONLY}
    address, file = given.get("MetadataURL"), given.get("MetadataFile")
    if address and file:
        raise errors.MetadataTwice
    if not address and not file:
        raise errors.MetadataMissing
    if given.get("RequestSigningAlgorithm", "rsa-sha256") != "rsa-sha256":
        raise errors.SigningAlgorithmUnknown
    if address and not address.startswith(("https://", "http://")):
        raise errors.MetadataUnreachable(address=address)
    return {**given, **(bindings_of(file) if file else {})}
