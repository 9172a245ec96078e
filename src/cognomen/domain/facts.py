"""What is true of this server for all its pools; comes from the settings."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """How often an hour one user may try (reference 13)."""

    confirm_sign_up: int = 15
    resend_confirmation_code: int = 5


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and limits that answers and tokens are made of."""

    region: str
    account_id: str
    public_url: str
    issuer: str  # "self" or "aws"
    accepted_issuers: tuple[str, ...]
    attempts: AttemptLimits
    fixed_code: str | None
    media: frozenset[str]  # the media for which a courier is configured
