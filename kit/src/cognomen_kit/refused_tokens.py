"""Why a token was refused: a reason that code can act on, and the HTTP status that fits it."""

from enum import StrEnum


class Reason(StrEnum):
    """Each reason names the first check that failed; checks run in this order."""

    TOO_LONG = "longer than any token of the service"
    """Against floods."""
    MALFORMED = "not three parts of clean base64url and JSON"
    """RFC 7515 section 5.2."""
    CRITICAL = "its header demands extensions that are not supported"
    """RFC 7515 section 4.1.11."""
    EMBEDDED_KEY = "its header brings or points to a key of its own"
    """RFC 8725 section 3.10."""
    TYPE = "its header names another type of token"
    """RFC 8725 section 3.11."""
    ALGORITHM = "not signed with RS256"
    """RFC 8725 section 3.1."""
    KEY_ID = "its header names no key"
    """AWS: verifying JSON web tokens."""
    ISSUER = "issued by somebody else"
    """RFC 8725 section 3.8."""
    KEYS_UNAVAILABLE = "the keys of the issuer cannot be had at the moment"
    """Nobody can tell, so nobody is let in."""
    UNKNOWN_KEY = "signed with a key that the issuer does not publish"
    """RFC 7517 section 4.5."""
    SIGNATURE = "the signature is not right"
    """RFC 7515 section 5.2."""
    TOKEN_USE = "an access token was given for an ID token or the other way round"  # noqa: S105
    """AWS: verifying JSON web tokens; RFC 8725 section 3.12."""
    CLAIMS = "a claim is missing or of the wrong type"
    """RFC 7519 section 4.1."""
    CLIENT = "made for another app client"
    """AWS: verifying JSON web tokens; RFC 8725 section 3.9."""
    EXPIRED = "expired"
    """RFC 7519 section 4.1.4."""
    NOT_YET_VALID = "not valid yet"
    """RFC 7519 sections 4.1.5 and 4.1.6."""
    NONCE = "not the answer to this sign-in request"
    """OpenID Connect Core 3.1.3.7."""
    ACCESS_TOKEN_HASH = "made for another access token"  # noqa: S105
    """OpenID Connect Core 3.1.3.8."""
    REVOKED = "revoked"
    """AWS: ending user sessions with token revocation."""
    SCOPE = "lacks a scope"
    """RFC 6750 section 3.1."""
    GROUP = "its owner is in none of the groups"
    """AWS: adding groups to a user pool."""

    @property
    def status(self) -> int:
        """403 where the token is good and its owner may not, 503 where nobody can tell, else 401."""
        return STATUS.get(self, 401)


STATUS = {Reason.SCOPE: 403, Reason.GROUP: 403, Reason.KEYS_UNAVAILABLE: 503}


class TokenRefused(Exception):  # noqa: N818 - reads as the sentence it is
    """A token is not accepted; the text never repeats what is in it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
