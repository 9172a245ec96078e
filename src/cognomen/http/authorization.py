"""What an Authorization header of Signature Version 4 claims: read, not believed.

The wordings are those that AWS's JSON services answer with; the header itself is never repeated in one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cognomen import errors

ALGORITHM = "AWS4-HMAC-SHA256"
PARAMETERS = ("Credential", "Signature", "SignedHeaders")
ELEMENTS_OF_CREDENTIAL = 5
LONGEST_ACCESS_KEY_ID = 128  # AWS's own limit
REGION = re.compile(r"[a-z0-9-]{1,32}")


@dataclass(frozen=True, slots=True)
class Authorization:
    """The parameters of the header, and the five elements of its Credential."""

    access_key_id: str
    date: str
    region: str
    service: str
    terminator: str
    signed_headers: tuple[str, ...]
    signature: str = field(repr=False)


def read_authorization(headers: Mapping[bytes, bytes]) -> Authorization:
    """Take the header apart; raises MissingAuthenticationTokenException, IncompleteSignatureException."""
    header = headers.get(b"authorization")
    if header is None:
        raise errors.MissingAuthenticationTokenException
    given = _parameters(header)
    missing = [name for name in PARAMETERS if not given.get(name)]
    if missing:
        sentences = (f"Authorization header requires '{name}' parameter." for name in missing)
        raise errors.IncompleteSignatureException(" ".join(sentences))
    access_key_id, date, region, service, terminator = _elements(given["Credential"])
    if not REGION.fullmatch(region):
        raise errors.IncompleteSignatureException("Credential should be scoped to a valid region.")
    signed_headers = tuple(given["SignedHeaders"].split(";"))
    return Authorization(access_key_id, date, region, service, terminator, signed_headers, given["Signature"])


def _parameters(header: bytes) -> dict[str, str]:
    algorithm, _, rest = header.decode("latin-1").partition(" ")
    if algorithm != ALGORITHM:
        raise errors.IncompleteSignatureException("Unsupported AWS 'algorithm' in Authorization header.")
    pairs = [part.strip(" ").partition("=") for part in rest.split(",")]
    if not all(sign for _, sign, _ in pairs) or not rest.isascii() or not rest.isprintable():
        text = "Not a valid key=value pair (missing equal-sign) in Authorization header."
        raise errors.IncompleteSignatureException(text)
    given = {name: value for name, _, value in pairs}
    if len(given) < len(pairs):
        raise errors.IncompleteSignatureException("Authorization header repeats a parameter.")
    return given


def _elements(credential: str) -> list[str]:
    elements = credential.split("/")
    if len(elements) != ELEMENTS_OF_CREDENTIAL or not all(elements) or " " in credential:
        text = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."
        raise errors.IncompleteSignatureException(text)
    if len(elements[0]) > LONGEST_ACCESS_KEY_ID:
        raise errors.IncompleteSignatureException("Credential names an access key id that is too long.")
    return elements
