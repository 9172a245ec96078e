"""Every kind of thing that a server remembers or reads: how one is changed, and what tells that a server knows."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt as pyjwt

from cognomen import settings
from cognomen.flows import key_rotation
from cognomen.process import access_keys
from conftest import Pool, sdk_client
from nodes.pair import OK, Scene, outcome, sign_in

NOBODY, REFUSED, GONE = "InvalidParameterException", "NotAuthorizedException", "ResourceNotFoundException"


@dataclass(frozen=True)
class Change:
    """`ask` is asked of the other server before and after `make` was done on this one."""

    ask: Callable[[Scene, Any], Any]
    make: Callable[[Scene, Any], Any]
    before: Any
    after: Any
    prepare: Callable[[Scene], Any] = lambda _: None


def ids(pool: Pool) -> dict[str, str]:
    return {"UserPoolId": pool.pool_id, "ClientId": pool.client_id}


def comes_in(scene: Scene, _: Any = None) -> str:
    return outcome(lambda: sign_in(scene.there))


def signs_up(scene: Scene, _: Any) -> str:
    name = f"new{scene.there.server.application.world.ids.uuid()}"
    return outcome(lambda: scene.there.sign_up(name))


def groups_of_token(scene: Scene, _: Any) -> list[str]:
    claims = pyjwt.decode(sign_in(scene.there)["IdToken"], options={"verify_signature": False})
    return list(claims.get("cognito:groups", []))


def join_group(scene: Scene, _: Any) -> None:
    pool = scene.here
    pool.cognito.create_group(UserPoolId=pool.pool_id, GroupName="staff")
    pool.cognito.admin_add_user_to_group(UserPoolId=pool.pool_id, GroupName="staff", Username="kim")


def second_secret(scene: Scene) -> str:
    """The id of the secret that the client had from its beginning, beside which it has another one."""
    pool = scene.here
    [first] = pool.cognito.list_user_pool_client_secrets(**ids(pool))["ClientSecrets"]
    pool.cognito.add_user_pool_client_secret(**ids(pool))
    return str(first["ClientSecretId"])


def keys_shown(scene: Scene, _: Any) -> int:
    return len(scene.there.server.get(f"/{scene.there.pool_id}/.well-known/jwks.json")["keys"])


def rotate(scene: Scene, _: Any) -> None:
    server = scene.here.server
    world = server.application.world
    server.run(key_rotation.rotate(world, server.run(world.directory.pool(scene.here.pool_id))))


def new_key(scene: Scene) -> tuple[settings.Settings, str, str]:
    chosen = settings.load(scene.settings, environment={})
    return chosen, *access_keys.create(chosen, None, "", None)


def signed_with(scene: Scene, key: tuple[Any, str, str]) -> str:
    _, key_id, secret = key
    signing = sdk_client(scene.there.server.url, aws_access_key_id=key_id, aws_secret_access_key=secret)
    return outcome(lambda: signing.list_user_pools(MaxResults=1))


def rate_in_force(scene: Scene, _: Any) -> int | None:
    comes_in(scene)
    return scene.there.server.application.world.directory.provisioned.get("UserToken")


def raise_rate(scene: Scene, _: Any) -> None:
    named = {"LimitClass": "API_CATEGORY", "Attributes": {"Category": "UserToken"}}
    scene.here.cognito.update_provisioned_limit(LimitDefinition=named, RequestedLimitValue=321)


def sessions_shown(scene: Scene, _: Any) -> int:
    tokens = sign_in(scene.there)
    listing = scene.there.cognito.list_user_sessions
    return (
        len(listing(AccessToken=tokens["AccessToken"])["Sessions"])
        if outcome(lambda: listing(AccessToken=tokens["AccessToken"])) == OK
        else 0
    )


def updated_pool(**members: Any) -> Callable[[Scene, Any], Any]:
    return lambda scene, _: scene.here.cognito.update_user_pool(UserPoolId=scene.here.pool_id, **members)


def watches(scene: Scene) -> None:
    updated_pool(UserPoolAddOns={"AdvancedSecurityMode": "ENFORCED"})(scene, None)


def block(scene: Scene, _: Any) -> None:
    away = {"BlockedIPRangeList": ["127.0.0.0/8"]}
    scene.here.cognito.set_risk_configuration(UserPoolId=scene.here.pool_id, RiskExceptionConfiguration=away)


def new_api(scene: Scene, _: Any) -> None:
    scope = {"ScopeName": "read", "ScopeDescription": "d"}
    key = {"UserPoolId": scene.here.pool_id, "Identifier": "api", "Name": "n"}
    scene.here.cognito.create_resource_server(**key, Scopes=[scope])


def knows_api(scene: Scene, _: Any) -> str:
    key = {"UserPoolId": scene.there.pool_id, "Identifier": "api"}
    return outcome(lambda: scene.there.cognito.describe_resource_server(**key))


def prefix(scene: Scene) -> str:
    return scene.here.pool_id.partition("_")[2].lower() + "-pair"


def pool_behind_domain(scene: Scene, domain: str) -> str | None:
    return scene.there.cognito.describe_user_pool_domain(Domain=domain)["DomainDescription"].get("UserPoolId") and OK


def new_domain(scene: Scene, domain: str) -> None:
    scene.here.cognito.create_user_pool_domain(UserPoolId=scene.here.pool_id, Domain=domain)


def new_provider(scene: Scene, _: Any) -> None:
    details = {"client_id": "c", "client_secret": "s", "authorize_scopes": "openid"}
    key = {"UserPoolId": scene.here.pool_id, "ProviderName": "Google", "ProviderType": "Google"}
    scene.here.cognito.create_identity_provider(**key, ProviderDetails=details)


def knows_provider(scene: Scene, _: Any) -> str:
    key = {"UserPoolId": scene.there.pool_id, "ProviderName": "Google"}
    return outcome(lambda: scene.there.cognito.describe_identity_provider(**key))


def brand(scene: Scene, _: Any) -> None:
    scene.here.cognito.create_managed_login_branding(**ids(scene.here), UseCognitoProvidedValues=True)


def knows_branding(scene: Scene, _: Any) -> str:
    return outcome(lambda: scene.there.cognito.describe_managed_login_branding_by_client(**ids(scene.there)))


CHANGES = {
    "a pool": Change(
        signs_up, updated_pool(Policies={"PasswordPolicy": {"MinimumLength": 40}}), OK, "InvalidPasswordException"
    ),
    "a deleted pool": Change(
        comes_in, lambda scene, _: scene.here.cognito.delete_user_pool(UserPoolId=scene.here.pool_id), OK, GONE
    ),
    "a client": Change(
        comes_in,
        lambda scene, _: scene.here.cognito.update_user_pool_client(
            **ids(scene.here), ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
        ),
        OK,
        NOBODY,
    ),
    "a deleted client": Change(
        comes_in, lambda scene, _: scene.here.cognito.delete_user_pool_client(**ids(scene.here)), OK, GONE
    ),
    "a revoked secret": Change(
        comes_in,
        lambda scene, secret: scene.here.cognito.delete_user_pool_client_secret(
            **ids(scene.here), ClientSecretId=secret
        ),
        OK,
        REFUSED,
        second_secret,
    ),
    "groups": Change(groups_of_token, join_group, [], ["staff"]),
    "signing keys": Change(keys_shown, rotate, 2, 4),
    "a disabled access key": Change(
        signed_with,
        lambda _, key: access_keys.set_enabled(key[0], key[1], enabled=False),
        OK,
        "UnrecognizedClientException",
        new_key,
    ),
    "provisioned limits": Change(rate_in_force, raise_rate, None, 321),
    "risk configurations": Change(comes_in, block, OK, REFUSED, watches),
    "the tracking of sessions": Change(
        sessions_shown,
        lambda scene, _: scene.here.cognito.set_user_pool_session_configuration(
            UserPoolId=scene.here.pool_id, UserSessionTracking="ENABLED", TokenSession={"MaxPerUser": 20}
        ),
        0,
        1,
    ),
    "resource servers": Change(knows_api, new_api, GONE, OK),
    "domains": Change(pool_behind_domain, new_domain, None, OK, prefix),
    "identity providers": Change(knows_provider, new_provider, GONE, OK),
    "branding": Change(knows_branding, brand, GONE, OK),
}
