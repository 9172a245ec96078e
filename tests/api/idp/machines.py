"""App clients that are machines, their tokens, and a verifier of tokens that is not ours."""

import json
import urllib.request
from typing import Any

from joserfc import jwt as joserfc_jwt
from joserfc.jwk import KeySet

from conftest import Pool

MACHINE = {"ExplicitAuthFlows": ["ALLOW_CLIENT_TOKEN_AUTH"]}
SCOPES = ["api/read", "api/write"]


def with_machine(pool: Pool, **more: Any) -> Pool:
    scopes = [{"ScopeName": name, "ScopeDescription": name} for name in ("read", "write")]
    pool.cognito.create_resource_server(UserPoolId=pool.pool_id, Identifier="api", Name="API", Scopes=scopes)
    asked = {**MACHINE, "GenerateSecret": True, "AllowedOAuthScopes": [*SCOPES, "openid"], **more}
    made = pool.cognito.create_user_pool_client(UserPoolId=pool.pool_id, ClientName="machine", **asked)
    client = made["UserPoolClient"]
    return Pool(pool.cognito, pool.server, pool.pool_id, client["ClientId"], client["ClientSecret"])


def token_of(pool: Pool, **more: Any) -> dict[str, Any]:
    asked = {"ClientId": pool.client_id, "Secret": pool.secret, **more}
    return dict(pool.cognito.get_client_token(**asked)["ClientAuthenticationResult"])


def verified(pool: Pool, token: str) -> dict[str, Any]:
    """The claims of a token, as a library verifies them by the pool's key set."""
    with urllib.request.urlopen(f"{pool.server.url}/{pool.pool_id}/.well-known/jwks.json") as answer:
        keys = KeySet.import_key_set(json.load(answer))
    return dict(joserfc_jwt.decode(token, keys, algorithms=["RS256"]).claims)
