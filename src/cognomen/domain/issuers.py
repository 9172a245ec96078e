"""What stands in ``iss`` (ARCHITECTURE: the issuer is a setting; the request's Host never changes it)."""

from cognomen.domain.facts import Facts
from cognomen.domain.pool import UserPool

ISSUER_TAG = "cognomen:issuer"
HOSTS = {"ORIGINAL": "cognito-idp", "UPDATED": "issuer-cognito-idp"}


def issuer_of(facts: Facts, pool: UserPool) -> str:
    """The issuer of a pool's tokens: this server's own address, or the one that AWS would use."""
    mode = (pool.settings.get("UserPoolTags") or {}).get(ISSUER_TAG, facts.issuer)
    if mode == "self":
        return f"{facts.public_url}/{pool.pool_id}"
    host = HOSTS[(pool.settings.get("IssuerConfiguration") or {}).get("Type") or "ORIGINAL"]
    return f"https://{host}.{pool.region}.amazonaws.com/{pool.pool_id}"


def accepts(facts: Facts, pool: UserPool, issuer: str) -> bool:
    """Whether tokens of this issuer are still taken: its own, or one of the listed ones for this pool."""
    return issuer == issuer_of(facts, pool) or any(
        issuer == f"{prefix}/{pool.pool_id}" for prefix in facts.accepted_issuers
    )
