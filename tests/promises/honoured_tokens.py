"""Where each member of the operations around tokens and sessions shows its effect; see honoured.py."""

from collections.abc import Mapping

MACHINES = "tests/api/idp/test_machine_tokens.py"
EXCHANGE = "tests/api/idp/test_token_exchange.py"
TOKENS = "tests/api/idp/test_tokens.py"
ROTATION = "tests/api/idp/test_rotation.py"
SESSIONS = "tests/api/idp/test_sessions.py"
POOL_SET = f"{SESSIONS}::test_a_pools_configuration_is_replaced_as_a_whole"
CLIENT_SET = f"{SESSIONS}::test_a_clients_configuration_is_replaced_and_outlives_a_pause"

HONOURED: Mapping[str, Mapping[str, str]] = {
    "GetTokensFromRefreshToken": {
        "RefreshToken": "GetTokensFromRefreshToken.made-up",
        "ClientId": "GetTokensFromRefreshToken.of-another-client",
        "ClientSecret": "GetTokensFromRefreshToken.wrong-secret",
        "DeviceKey": "GetTokensFromRefreshToken.with-unknown-device",
    },
    "GetClientToken": {
        "ClientId": "GetClientToken.unknown-client",
        "Secret": "GetClientToken.wrong-secret",
        "ClientMetadata": "GetClientToken.trigger-that-raises",
        "Scopes": f"{MACHINES}::test_scopes_are_those_asked_for_as_far_as_they_are_there",
    },
    "GetDerivedToken": {
        "ClientId": "GetDerivedToken.unknown-client",
        "ClientSecret": "GetDerivedToken.wrong-secret",
        "SubjectToken": "GetDerivedToken.subject-made-up",
        "SubjectTokenType": f"{EXCHANGE}::test_an_id_token_can_be_had_and_shown",
        "ActorTokenType": f"{EXCHANGE}::test_an_actor_is_named_and_those_before_behind_it",
        "ActorToken": f"{EXCHANGE}::test_an_actor_is_named_and_those_before_behind_it",
        "Scopes": f"{EXCHANGE}::test_scopes_are_what_all_three_have_in_common",
        "Audiences": f"{EXCHANGE}::test_an_access_token_becomes_one_for_a_service",
        "Resources": f"{EXCHANGE}::test_a_resource_is_a_resource_server_of_the_pool",
        "RequestedTokenType": f"{EXCHANGE}::test_an_id_token_can_be_had_and_shown",
    },
    "RevokeToken": {
        "Token": f"{TOKENS}::test_a_revoked_sign_in_is_over_and_others_go_on",
        "ClientId": "RevokeToken.of-another-client",
        "ClientSecret": "RevokeToken.wrong-secret",
    },
    "GlobalSignOut": {"AccessToken": "GlobalSignOut.signed-out-user"},
    "AdminUserGlobalSignOut": {
        "UserPoolId": "AdminUserGlobalSignOut.unknown-pool",
        "Username": "AdminUserGlobalSignOut.unknown-user",
    },
    "ListUserSessions": {
        "AccessToken": "ListUserSessions.signed-out-user",
        "NextToken": "ListUserSessions.made-up-page",
    },
    "AdminListUserSessions": {
        "UserPoolId": "AdminListUserSessions.unknown-pool",
        "Username": "AdminListUserSessions.unknown-user",
        "NextToken": "AdminListUserSessions.made-up-page",
    },
    "RevokeUserSession": {
        "AccessToken": "RevokeUserSession.signed-out-user",
        "SessionId": "RevokeUserSession.unknown-session",
    },
    "AdminRevokeUserSession": {
        "UserPoolId": "AdminRevokeUserSession.unknown-pool",
        "Username": "AdminRevokeUserSession.unknown-user",
        "SessionId": "AdminRevokeUserSession.session-of-another-user",
    },
    "GetUserPoolSessionConfiguration": {"UserPoolId": "GetUserPoolSessionConfiguration.unknown-pool"},
    "SetUserPoolSessionConfiguration": {
        "UserPoolId": "SetUserPoolSessionConfiguration.unknown-pool",
        "UserSessionTracking": POOL_SET,
        "TokenSession.MaxPerUser": f"{SESSIONS}::test_a_sign_in_too_many_ends_the_least_recently_used",
    },
    "GetUserPoolClientSessionConfiguration": {
        "UserPoolId": "GetUserPoolClientSessionConfiguration.unknown-pool",
        "ClientId": "GetUserPoolClientSessionConfiguration.client-of-another-pool",
    },
    "SetUserPoolClientSessionConfiguration": {
        "UserPoolId": "SetUserPoolClientSessionConfiguration.unknown-pool",
        "ClientId": "SetUserPoolClientSessionConfiguration.client-of-another-pool",
        "SSOSession.MaxValidityMinutes": CLIENT_SET,
    },
}

_FOR_LINKED = "on AWS it ends what a single sign-on session links, and no sign-in comes through one without pages"
NO_EFFECT: Mapping[str, Mapping[str, str]] = {
    "RevokeToken": {"RevokeAssociatedSessions": _FOR_LINKED},
    "RevokeUserSession": {"RevokeAssociatedSessions": _FOR_LINKED},
    "AdminRevokeUserSession": {"RevokeAssociatedSessions": _FOR_LINKED},
}
