"""What is true of this server for all its pools; comes from the settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class AttemptLimits:
    """How often an hour one user may try (reference 13)."""

    confirm_sign_up: int = 15
    resend_confirmation_code: int = 5
    recover_password: int = 20
    change_password: int = 5
    get_user_attribute_verification_code: int = 5
    verify_user_attribute: int = 15
    sign_in_codes: int = 20  # codes that a sign-in begins with; AWS publishes no number
    update_user_attributes: int = 20  # calls that send a code; AWS publishes no number


@dataclass(frozen=True, slots=True)
class Quotas:
    """How much there may be of a thing (reference 13, resources), and how far a category's rate can be raised."""

    user_pools: int = 1000
    groups_per_pool: int = 10_000
    groups_per_user: int = 100
    clients_per_pool: int = 1000
    resource_servers_per_pool: int = 25
    identity_providers_per_pool: int = 300
    identities_per_user: int = 5
    passkeys_per_user: int = 20
    brandings_per_pool: int = 20
    terms_per_pool: int = 40
    import_jobs_per_pool: int = 1000
    custom_domains: int = 4
    requests_per_second: int = 10_000


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
    quotas: Quotas = Quotas()
    rates: Mapping[str, int] = field(default_factory=dict)  # of categories, in place of AWS's defaults (domain/quotas)
