"""One-time codes: what they are for and how long they live (reference 13-quotas-lifetimes)."""

from dataclasses import dataclass, field
from enum import StrEnum

DIGITS = 6
HOUR_MS = 3_600_000


class CodePurpose(StrEnum):
    """What a code proves."""

    SIGN_UP = "sign_up"
    FORGOT_PASSWORD = "forgot_password"  # noqa: S105
    VERIFY_EMAIL = "verify_email"
    VERIFY_PHONE_NUMBER = "verify_phone_number"


LIFETIME_MS = {
    CodePurpose.SIGN_UP: 24 * HOUR_MS,
    CodePurpose.FORGOT_PASSWORD: HOUR_MS,
    CodePurpose.VERIFY_EMAIL: 24 * HOUR_MS,
    CodePurpose.VERIFY_PHONE_NUMBER: 24 * HOUR_MS,
}
# A user may have both changed at once, so each has a code of its own.
VERIFYING = {"email": CodePurpose.VERIFY_EMAIL, "phone_number": CodePurpose.VERIFY_PHONE_NUMBER}


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it is kept: only a keyed digest of its digits. `attribute` is what it verifies when it is used."""

    pool_id: str
    sub: str
    purpose: CodePurpose
    digest: bytes = field(repr=False)
    attribute: str
    expires_ms: int
