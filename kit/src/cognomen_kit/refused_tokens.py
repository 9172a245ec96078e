"""Why a token was refused: a reason that code can act on, and the HTTP status that fits it."""

from enum import StrEnum


class Reason(StrEnum):
    """Each reason names the first check that failed; checks run in this order."""

    TOO_LONG = "longer than any token of the service"
    MALFORMED = "not three parts of clean base64url and JSON"
    CRITICAL = "its header demands extensions that are not supported"
    EMBEDDED_KEY = "its header brings or points to a key of its own"
    TYPE = "its header names another type of token"
    ALGORITHM = "not signed with RS256"
    KEY_ID = "its header names no key"
    ISSUER = "issued by somebody else"
    KEYS_UNAVAILABLE = "the keys of the issuer cannot be had at the moment"
    UNKNOWN_KEY = "signed with a key that the issuer does not publish"
    SIGNATURE = "the signature is not right"
    TOKEN_USE = "an access token was given for an ID token or the other way round"  # noqa: S105
    CLAIMS = "a claim is missing or of the wrong type"
    CLIENT = "made for another app client"
    EXPIRED = "expired"
    NOT_YET_VALID = "not valid yet"
    NONCE = "not the answer to this sign-in request"
    ACCESS_TOKEN_HASH = "made for another access token"  # noqa: S105
    REVOKED = "revoked"
    SCOPE = "lacks a scope"
    GROUP = "its owner is in none of the groups"

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
