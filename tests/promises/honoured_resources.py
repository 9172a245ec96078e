"""Where each member of the operations around what a pool is given shows its effect; see honoured.py.

Updates of pools and clients, resource servers, domains, providers, the look of pages, terms and logs.
"""

from collections.abc import Collection, Mapping

from cognomen.domain.pool_settings import REPLACED
from cognomen.wire.idp import UpdateUserPoolClientRequest

UPDATES = "tests/api/idp/test_updates.py"
POOLS = "tests/api/idp/test_user_pools.py"
CLIENTS = "tests/api/idp/test_app_clients.py"
SERVERS = "tests/api/idp/test_resource_servers.py"
DOMAINS = "tests/api/idp/test_domains.py"
PROVIDERS = "tests/api/idp/test_identity_providers.py"
BRANDING = "tests/api/idp/test_branding.py"
TERMS = "tests/api/idp/test_terms.py"
LOGS = "tests/api/idp/test_logs.py"

RESET = f"{UPDATES}::test_an_update_that_says_nothing_takes_a_pool_back_to_the_defaults"
KEPT = f"{UPDATES}::test_an_update_that_says_nothing_keeps_policies_mfa_tags_and_tier"
SENT_BACK = f"{UPDATES}::test_what_is_described_can_be_sent_back"
OAUTH = f"{UPDATES}::test_what_a_client_says_of_oauth_comes_back"
CLIENT_RESET = f"{UPDATES}::test_an_update_that_says_nothing_takes_a_client_back_to_the_defaults"
CLIENT_UPDATED = f"{CLIENTS}::test_an_updated_client_does_what_it_now_may"
SERVER_MADE = f"{SERVERS}::test_a_resource_server_is_shown_as_it_was_made"
SERVER_CHANGED = f"{SERVERS}::test_an_update_replaces_name_and_scopes"
SERVER_PAGES = f"{SERVERS}::test_pages_hold_every_resource_server_once"
VERSION = f"{DOMAINS}::test_the_version_of_the_pages_changes"
CUSTOM = f"{DOMAINS}::test_a_pool_has_a_prefix_and_a_custom_domain"
PROVIDER_MADE = f"{PROVIDERS}::test_a_provider_of_each_type_is_shown_as_it_was_made"
PROVIDER_CHANGED = f"{PROVIDERS}::test_an_update_replaces_what_it_gives"
PROVIDER_PAGES = f"{PROVIDERS}::test_pages_hold_every_provider_once"
LINKED = f"{PROVIDERS}::test_a_linked_identity_is_told_by_attribute_and_token"
BY_ATTRIBUTE = f"{PROVIDERS}::test_saml_and_oidc_identities_are_linked_by_mapped_attributes"
LOOK = f"{BRANDING}::test_a_client_has_its_own_look_or_that_of_all"
STYLE_MADE = f"{BRANDING}::test_a_style_is_shown_as_it_was_made"
STYLE_CHANGED = f"{BRANDING}::test_an_update_keeps_what_it_does_not_name"
TERMS_MADE = f"{TERMS}::test_a_document_is_shown_as_it_was_made"
TERMS_CHANGED = f"{TERMS}::test_an_update_changes_what_it_gives"
TERMS_PAGES = f"{TERMS}::test_pages_hold_every_document_once"

OAUTH_MEMBERS: Mapping[str, str] = {
    "SupportedIdentityProviders": f"{PROVIDERS}::test_a_client_supports_only_providers_that_there_are",
    "CallbackURLs": OAUTH,
    "LogoutURLs": OAUTH,
    "DefaultRedirectURI": OAUTH,
    "AllowedOAuthFlows": OAUTH,
    "AllowedOAuthScopes": f"{UPDATES}::test_machines_need_a_scope_that_there_is",
    "AllowedOAuthFlowsUserPoolClient": OAUTH,
}
_ASSETS: Mapping[str, str] = {
    "Assets.Category": STYLE_MADE,
    "Assets.ColorMode": STYLE_MADE,
    "Assets.Extension": STYLE_MADE,
    "Assets.Bytes": STYLE_MADE,
    "Assets.ResourceId": STYLE_CHANGED,
}


def _of_client(operation: str) -> dict[str, str]:
    return {"UserPoolId": f"{operation}.unknown-pool", "ClientId": f"{operation}.client-of-another-pool"}


def _of_thing(operation: str, member: str, refusal: str) -> dict[str, str]:
    return {"UserPoolId": f"{operation}.unknown-pool", member: f"{operation}.{refusal}"}


HONOURED: Mapping[str, Mapping[str, str]] = {
    "UpdateUserPool": {
        "UserPoolId": "UpdateUserPool.unknown-pool",
        "PoolName": f"{UPDATES}::test_an_update_is_in_force_at_once",
        "Policies.PasswordPolicy": f"{UPDATES}::test_an_update_is_in_force_at_once",
        "Policies.SignInPolicy": KEPT,
        "MfaConfiguration": KEPT,
        "UserPoolTier": KEPT,
        "DeletionProtection": f"{POOLS}::test_a_protected_pool_can_be_deleted_once_it_is_not",
        "AutoVerifiedAttributes": SENT_BACK,
        "SmsVerificationMessage": "UpdateUserPool.message-without-code",
        "EmailVerificationMessage": SENT_BACK,
        "EmailVerificationSubject": RESET,
        "VerificationMessageTemplate.SmsMessage": SENT_BACK,
        "VerificationMessageTemplate.EmailMessage": SENT_BACK,
        "VerificationMessageTemplate.EmailSubject": SENT_BACK,
        "UserAttributeUpdateSettings": "UpdateUserPool.proof-of-what-is-not-verified",
        "UserPoolTags": KEPT,
        "AdminCreateUserConfig": f"{UPDATES}::test_an_update_is_in_force_at_once",
        "AccountRecoverySetting": RESET,
        "IssuerConfiguration": RESET,
    },
    "UpdateUserPoolClient": {
        **_of_client("UpdateUserPoolClient"),
        **OAUTH_MEMBERS,
        "ClientName": CLIENT_UPDATED,
        "RefreshTokenValidity": CLIENT_RESET,
        "AccessTokenValidity": "UpdateUserPoolClient.long-access-tokens",
        "IdTokenValidity": CLIENT_UPDATED,
        "TokenValidityUnits": CLIENT_RESET,
        "ReadAttributes": CLIENT_RESET,
        "WriteAttributes": CLIENT_RESET,
        "ExplicitAuthFlows": CLIENT_UPDATED,
        "PreventUserExistenceErrors": CLIENT_RESET,
        "EnableTokenRevocation": CLIENT_RESET,
        "AuthSessionValidity": CLIENT_RESET,
        "RefreshTokenRotation": CLIENT_RESET,
    },
    "CreateResourceServer": {
        "UserPoolId": "CreateResourceServer.unknown-pool",
        "Identifier": "CreateResourceServer.taken",
        "Name": SERVER_MADE,
        "Scopes": SERVER_MADE,
    },
    "UpdateResourceServer": {
        **_of_thing("UpdateResourceServer", "Identifier", "unknown-resource-server"),
        "Name": SERVER_CHANGED,
        "Scopes": SERVER_CHANGED,
    },
    "ListResourceServers": {
        "UserPoolId": "ListResourceServers.unknown-pool",
        "MaxResults": SERVER_PAGES,
        "NextToken": SERVER_PAGES,
    },
    **{
        operation: _of_thing(operation, "Identifier", "unknown-resource-server")
        for operation in ("DescribeResourceServer", "DeleteResourceServer")
    },
    "CreateUserPoolDomain": {
        **_of_thing("CreateUserPoolDomain", "Domain", "taken"),
        "ManagedLoginVersion": VERSION,
        "CustomDomainConfig": CUSTOM,
    },
    "DescribeUserPoolDomain": {"Domain": CUSTOM},
    "UpdateUserPoolDomain": {
        **_of_thing("UpdateUserPoolDomain", "Domain", "unknown-domain"),
        "ManagedLoginVersion": VERSION,
        "CustomDomainConfig": CUSTOM,
    },
    "DeleteUserPoolDomain": _of_thing("DeleteUserPoolDomain", "Domain", "domain-of-another-pool"),
    "CreateIdentityProvider": {
        **_of_thing("CreateIdentityProvider", "ProviderName", "taken"),
        "ProviderType": "CreateIdentityProvider.name-of-another-type",
        "ProviderDetails": PROVIDER_MADE,
        "AttributeMapping": PROVIDER_MADE,
        "IdpIdentifiers": PROVIDER_MADE,
        "AcrMapping": PROVIDER_CHANGED,
    },
    "UpdateIdentityProvider": {
        **_of_thing("UpdateIdentityProvider", "ProviderName", "unknown-provider"),
        "ProviderDetails": PROVIDER_CHANGED,
        "AttributeMapping": PROVIDER_CHANGED,
        "IdpIdentifiers": PROVIDER_CHANGED,
        "AcrMapping": PROVIDER_CHANGED,
    },
    **{
        operation: _of_thing(operation, "ProviderName", "unknown-provider")
        for operation in ("DescribeIdentityProvider", "DeleteIdentityProvider")
    },
    "GetIdentityProviderByIdentifier": _of_thing(
        "GetIdentityProviderByIdentifier", "IdpIdentifier", "unknown-identifier"
    ),
    "ListIdentityProviders": {
        "UserPoolId": "ListIdentityProviders.unknown-pool",
        "MaxResults": PROVIDER_PAGES,
        "NextToken": PROVIDER_PAGES,
    },
    "AdminLinkProviderForUser": {
        "UserPoolId": "AdminLinkProviderForUser.unknown-pool",
        "DestinationUser.ProviderName": LINKED,
        "DestinationUser.ProviderAttributeValue": "AdminLinkProviderForUser.unknown-user",
        "SourceUser.ProviderName": "AdminLinkProviderForUser.unknown-provider",
        "SourceUser.ProviderAttributeName": BY_ATTRIBUTE,
        "SourceUser.ProviderAttributeValue": LINKED,
    },
    "AdminDisableProviderForUser": {
        "UserPoolId": "AdminDisableProviderForUser.unknown-pool",
        "User.ProviderName": "AdminDisableProviderForUser.unknown-local-user",
        "User.ProviderAttributeName": BY_ATTRIBUTE,
        "User.ProviderAttributeValue": "AdminDisableProviderForUser.identity-that-is-not-linked",
    },
    "SetUICustomization": {
        **_of_client("SetUICustomization"),
        "CSS": LOOK,
        "ImageFile": "SetUICustomization.image-that-is-none",
    },
    "GetUICustomization": _of_client("GetUICustomization"),
    "CreateManagedLoginBranding": {
        **_of_client("CreateManagedLoginBranding"),
        **_ASSETS,
        "UseCognitoProvidedValues": "CreateManagedLoginBranding.neither-settings-nor-provided",
        "Settings": STYLE_MADE,
    },
    "DescribeManagedLoginBrandingByClient": _of_client("DescribeManagedLoginBrandingByClient"),
    "UpdateManagedLoginBranding": {
        **_of_thing("UpdateManagedLoginBranding", "ManagedLoginBrandingId", "unknown-style"),
        **_ASSETS,
        "UseCognitoProvidedValues": STYLE_CHANGED,
        "Settings": STYLE_CHANGED,
    },
    **{
        operation: _of_thing(operation, "ManagedLoginBrandingId", "unknown-style")
        for operation in ("DescribeManagedLoginBranding", "DeleteManagedLoginBranding")
    },
    "CreateTerms": {
        **_of_client("CreateTerms"),
        "TermsName": "CreateTerms.taken",
        "TermsSource": "CreateTerms.unknown-termssource",
        "Enforcement": "CreateTerms.unknown-enforcement",
        "Links": TERMS_MADE,
    },
    "DescribeTermsByClient": {**_of_client("DescribeTermsByClient"), "TermsName": TERMS_MADE},
    "UpdateTerms": {
        **_of_thing("UpdateTerms", "TermsId", "unknown-document"),
        "TermsName": TERMS_CHANGED,
        "TermsSource": "UpdateTerms.unknown-termssource",
        "Enforcement": "UpdateTerms.unknown-enforcement",
        "Links": TERMS_CHANGED,
    },
    "ListTerms": {"UserPoolId": "ListTerms.unknown-pool", "MaxResults": TERMS_PAGES, "NextToken": TERMS_PAGES},
    **{
        operation: _of_thing(operation, "TermsId", "unknown-document") for operation in ("DescribeTerms", "DeleteTerms")
    },
    "SetLogDeliveryConfiguration": {
        "UserPoolId": "SetLogDeliveryConfiguration.unknown-pool",
        "LogConfigurations": f"{LOGS}::test_deliveries_are_replaced_as_a_whole",
    },
    **{
        operation: {"UserPoolId": f"{operation}.unknown-pool"}
        for operation in ("GetLogDeliveryConfiguration", "GetCSVHeader", "GetSigningCertificate")
    },
}
# Which updates do what a creation does, and with which of its members.
UPDATED: tuple[tuple[str, str, Collection[str]], ...] = (
    ("UpdateUserPool", "CreateUserPool", REPLACED),
    ("UpdateUserPoolClient", "CreateUserPoolClient", UpdateUserPoolClientRequest.__struct_encode_fields__),
)
NO_EFFECT: Mapping[str, Mapping[str, str]] = {
    "AdminLinkProviderForUser": {"DestinationUser.ProviderAttributeName": "AWS says that it ignores this member"},
}
