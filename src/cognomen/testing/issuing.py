"""Tokens for tests: given out as after a sign-in, changed no further than a trigger could, and signed by the pool."""

from collections.abc import Mapping
from typing import Any

from cognomen.domain.account_states import check_may_sign_in
from cognomen.domain.challenges import Situation, Step
from cognomen.domain.signing_keys import TokenUse
from cognomen.domain.token_overrides import KEPT, OF_GROUPS, RESERVED, ClaimChanges
from cognomen.domain.user import UserStatus
from cognomen.flows.accounts import require_user
from cognomen.flows.pool_keys import pool_keys
from cognomen.flows.tokens import give_tokens
from cognomen.services import Services
from cognomen.signing.port import SigningKey
from cognomen.testing.server import Asked

TIMES = ("auth_time", "iat", "exp")
GROUPS = "cognito:groups"


async def issue(world: Services, asked: Asked) -> tuple[str, str, str]:
    """An ID token, an access token and a refresh token.

    Neither the password nor second factors nor the client's flows are asked for. Raises PoolDoesNotExist,
    ClientDoesNotExist, UserNotFoundException, what `check_may_sign_in` raises, and ValueError for what no token can
    say, or for a user who has to choose a password first.
    """
    refuse_fixed(asked.claims)
    pool, client = await world.directory.pool(asked.pool_id), await world.directory.client(asked.client_id)
    user = await require_user(world, pool, asked.username)
    check_may_sign_in(pool.password_policy, user, world.now_ms())
    if user.status is UserStatus.FORCE_CHANGE_PASSWORD:
        raise ValueError(f"{user.username} is in FORCE_CHANGE_PASSWORD and gets no tokens before that is done")
    given = await give_tokens(world, Situation("ADMIN_USER_PASSWORD_AUTH", pool, client, user, (Step.PASSWORD,)))
    assert given.refresh_token
    signers = (await pool_keys(world, pool.pool_id)).signers
    id_token = signed_anew(signers[TokenUse.ID], given.id_token, asked)
    access_token = signed_anew(signers[TokenUse.ACCESS], given.access_token, asked)
    return id_token, access_token, given.refresh_token


def signed_anew(key: SigningKey, token: str, asked: Asked) -> str:
    """The token with what is asked to be changed."""
    claims = key.read(token)
    changed = ClaimChanges(put=asked.claims).applied(claims)
    changed |= {name: claims[name] - asked.age for name in TIMES}
    if "scope" in claims:
        changed["scope"] = asked.claims.get("scope", changed["scope"])
    if asked.groups is not None:
        changed.pop(GROUPS, None)
        changed |= {GROUPS: list(asked.groups)} if asked.groups else {}
    return key.sign(changed)


def refuse_fixed(claims: Mapping[str, Any]) -> None:
    """Refuse claims that AWS lets nobody set, rather than pass over them; raises ValueError."""
    fixed = {name for name in claims if name in (KEPT | OF_GROUPS | {"aud"}) or name.startswith(RESERVED)} - {"scope"}
    if fixed:
        raise ValueError(f"Cognito lets nobody set {', '.join(sorted(fixed))}; groups= and age= may be what you want")
