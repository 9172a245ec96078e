"""A pool, a client and a user as the rules see them."""

from dataclasses import replace
from typing import Any

from cognomen.domain.app_client import AppClient
from cognomen.domain.attributes import standard_schema
from cognomen.domain.pool import UserPool
from cognomen.domain.user import StoredPassword, User, UserStatus

POOL = "us-east-1_Aa1Bb2Cc3"
NOW = 1_700_000_000_000
DAY = 86_400_000


def a_pool(required: tuple[str, ...] = (), fixed: tuple[str, ...] = (), **settings: Any) -> UserPool:
    schema = standard_schema()
    for name in required:
        schema[name]["Required"] = True
    for name in fixed:
        schema[name]["Mutable"] = False
    return UserPool(POOL, "people", NOW, NOW, {"SchemaAttributes": list(schema.values()), **settings})


def a_client(**settings: Any) -> AppClient:
    return AppClient(POOL, "1client", "web", NOW, NOW, settings)


def a_user(**changed: Any) -> User:
    user = User(
        pool_id=POOL,
        sub="5a3c6f0e-1d2b-4c3d-8e4f-5a6b7c8d9e0f",
        username="ada",
        status=UserStatus.CONFIRMED,
        enabled=True,
        attributes={},
        password=StoredPassword("$argon2id$", b"salt", b"verifier", NOW),
        created_ms=NOW,
        modified_ms=NOW,
    )
    return replace(user, **changed)
