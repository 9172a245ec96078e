"""The domains that a pool's pages and OAuth endpoints answer at: a prefix, or a name of the customer's own.

Reference 03, ids, and 11; the wordings marked in `errors` come from what people report of AWS.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cognomen import errors
from cognomen.domain import tiers
from cognomen.domain.pool import UserPool

PREFIX = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
MODELLED_PREFIX = r"^[a-z0-9](?:[a-z0-9\-]{0,61}[a-z0-9])?$"
LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
# A word of AWS's own as a whole part of a prefix is reserved: my-aws-app, but not my-awsome-app.
RESERVED = ("aws", "amazon", "cognito")
FEWEST_LABELS = 2  # of a custom domain: no top-level domain is a customer's own
CERTIFICATE = re.compile(r"arn:aws[a-z-]*:acm:us-east-1:[0-9]{12}:certificate/[\w-]+", re.ASCII)
CLASSIC, MANAGED = 1, 2  # ManagedLoginVersion


@dataclass(frozen=True, slots=True)
class PoolDomain:
    """A domain of a pool; `certificate` is CustomDomainConfig as it was accepted, None for a prefix."""

    domain: str
    pool_id: str
    version: int
    certificate: Mapping[str, Any] | None
    created_ms: int
    modified_ms: int

    @property
    def is_custom(self) -> bool:
        """Whether it is a whole name and not a prefix."""
        return self.certificate is not None

    @property
    def revision(self) -> str:
        """When it was last changed, as its Version says it: yyyyMMddHHmmss."""
        return f"{datetime.fromtimestamp(self.modified_ms // 1000, UTC):%Y%m%d%H%M%S}"


def check_domain(pool: UserPool, domain: PoolDomain) -> None:
    """Refuse a domain that AWS refuses; raises InvalidParameterException, FeatureUnavailableInTierException."""
    if domain.certificate is None:
        _check_prefix(domain.domain)
    else:
        _check_name(domain.domain, domain.certificate)
    if domain.version not in {CLASSIC, MANAGED}:
        raise errors.LoginVersionUnknown
    if domain.version == MANAGED and tiers.tier_of(pool) is tiers.Tier.LITE:
        raise errors.FeatureNotInTier(tier=tiers.tier_of(pool).name, feature="Managed Login Version 2")


def _check_prefix(prefix: str) -> None:
    if not PREFIX.fullmatch(prefix):
        raise errors.NotADomainPrefix(prefix=prefix, pattern=MODELLED_PREFIX)
    for word in RESERVED:
        if word in prefix.split("-"):
            raise errors.DomainReserved(word=word)


def _check_name(name: str, certificate: Mapping[str, Any]) -> None:
    labels = name.split(".")
    if len(labels) < FEWEST_LABELS or not all(map(LABEL.fullmatch, labels)):
        raise errors.NotASubdomain
    if not CERTIFICATE.fullmatch(certificate["CertificateArn"]):
        raise errors.CertificateUnusable
