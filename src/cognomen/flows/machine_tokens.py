"""Access tokens of app clients themselves: no user is there (reference 07, M2M)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from cognomen import errors
from cognomen.domain.app_client import MACHINE_FLOW, AppClient
from cognomen.domain.claims import SELF_SERVICE_SCOPE, machine_claims
from cognomen.domain.client_oauth import STANDARD_SCOPES
from cognomen.domain.issuers import issuer_of
from cognomen.domain.pool import UserPool
from cognomen.domain.signing_keys import TokenUse
from cognomen.flows.pool_keys import pool_keys
from cognomen.flows.run_trigger import machine_changes
from cognomen.services import Services
from cognomen.storage import resource_servers

FROM_TRIGGERS = (
    errors.UserLambdaValidationException,
    errors.UnexpectedLambdaException,
    errors.InvalidLambdaResponseException,
)


@dataclass(frozen=True, slots=True)
class MachineToken:
    """An access token of a client; `expires_in` is its life in seconds."""

    access_token: str = field(repr=False)
    expires_in: int


async def machine_token(
    world: Services, pool: UserPool, client: AppClient, asked: Sequence[str] | None
) -> MachineToken:
    """A token for a client that has proved itself by its secret, with the scopes asked for, or all that it has.

    Raises FlowNotEnabled, ScopeNotOfClient, and InvalidParameterException for what goes wrong with a trigger.
    """
    if MACHINE_FLOW not in client.flows:
        raise errors.FlowNotEnabled(flow=MACHINE_FLOW.removeprefix("ALLOW_"))
    return await sign_machine_token(world, pool, client, await granted_scopes(world, client, asked))


async def granted_scopes(world: Services, client: AppClient, asked: Sequence[str] | None) -> list[str]:
    """The scopes of a machine's token: those that the client may have, as far as resource servers still have them.

    Raises ScopeNotOfClient.
    """
    own = [one for one in client.settings.get("AllowedOAuthScopes") or () if one not in STANDARD_SCOPES]
    for scope in asked or ():
        if scope not in own:
            raise errors.ScopeNotOfClient(scope=scope)
    known = await world.database.read(lambda tx: resource_servers.scopes_of_pool(tx, client.pool_id))
    return [one for one in dict.fromkeys(asked or own) if one in known]


async def sign_machine_token(world: Services, pool: UserPool, client: AppClient, scopes: Sequence[str]) -> MachineToken:
    """Sign a token with these scopes, as far as a trigger leaves them; raises InvalidParameterException."""
    keys = await pool_keys(world, pool.pool_id)
    now = world.now_ms() // 1000
    claims = machine_claims(issuer_of(world.facts, pool), client, scopes, now, world.ids.uuid())
    try:
        changes = await machine_changes(world, pool, scopes)
    except FROM_TRIGGERS as failed:  # which the operation's model does not have
        raise errors.InvalidParameterException(str(failed)) from failed
    if changes:
        claims = changes.applied(claims)
        claims["scope"] = " ".join(one for one in claims["scope"].split() if one != SELF_SERVICE_SCOPE)  # of users
    return MachineToken(keys.signers[TokenUse.ACCESS].sign(claims), client.access_token_seconds)
