"""What verifiers of tokens read: ``/{pool_id}/.well-known/``, open to every origin (reference 01)."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cognomen import errors
from cognomen.domain.signing_keys import CACHED_SECONDS
from cognomen.oauth.discovery import discovery_document
from cognomen.oauth.jwks import key_set
from cognomen.services import Services

POOL_ID = re.compile(r"[A-Za-z0-9_-]{1,45}_[0-9A-Za-z]{1,45}")
OPEN = {"access-control-allow-origin": "*", "x-content-type-options": "nosniff"}
CACHED = {**OPEN, "cache-control": f"public, max-age={CACHED_SECONDS}"}
Document = Callable[[Services, str], Awaitable[Mapping[str, Any]]]


def well_known_routes(world: Services) -> list[Route]:
    """The key set and the discovery document of every pool."""
    return [
        Route("/{pool_id}/.well-known/jwks.json", _page(world, key_set)),
        Route("/{pool_id}/.well-known/openid-configuration", _page(world, discovery_document)),
    ]


def _page(world: Services, document: Document) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        pool_id = request.path_params["pool_id"]
        try:
            _check(pool_id)
            return _json(await document(world, pool_id), 200, CACHED)
        except errors.PoolDoesNotExist as refusal:
            return _json({"message": str(refusal)}, 404, OPEN)

    return answer


def _check(pool_id: str) -> None:
    """No pool has an id of another form, and no engine is asked for one."""
    if not POOL_ID.fullmatch(pool_id):
        raise errors.PoolDoesNotExist(pool_id=pool_id)


def _json(document: Mapping[str, Any], status: int, headers: Mapping[str, str]) -> Response:
    return Response(msgspec.json.encode(document), status, headers, "application/json")
