"""The discovery document of a pool (OpenID Connect Discovery 1.0 section 3; reference 09)."""

from collections.abc import Mapping, Sequence

from cognomen.domain.issuers import issuer_of
from cognomen.services import Services


async def discovery_document(world: Services, pool_id: str) -> Mapping[str, str | Sequence[str]]:
    """Only what this server does today: verifiers find the issuer and the keys; raises PoolDoesNotExist.

    No response type is supported while there is no authorization endpoint; the member is required, so the list is
    there and empty. The keys are always at this server's own address, whatever the issuer is.
    """
    pool = await world.directory.pool(pool_id)
    return {
        "id_token_signing_alg_values_supported": ["RS256"],
        "issuer": issuer_of(world.facts, pool),
        "jwks_uri": f"{world.facts.public_url}/{pool.pool_id}/.well-known/jwks.json",
        "response_types_supported": [],
        "subject_types_supported": ["public"],
    }
