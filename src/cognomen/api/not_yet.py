"""What is not built: operations and members that are refused with a reason, so that nothing is taken and ignored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cognomen import errors
from cognomen.wire._base import WireStruct

_IDP: Mapping[str, str] = {
    "Client-credential and derived tokens are not built yet.": "GetClientToken GetDerivedToken",
    "Multi-factor sign-in is not built yet.": """
        AdminDeleteSoftwareToken AdminSetUserMFAPreference AdminSetUserSettings AssociateSoftwareToken
        GetUserPoolMfaConfig SetUserMFAPreference SetUserPoolMfaConfig SetUserSettings VerifySoftwareToken""",
    "Passkeys are not built yet.": """
        CompleteWebAuthnRegistration DeleteWebAuthnCredential ListWebAuthnCredentials StartWebAuthnRegistration""",
    "Remembered devices are not built yet.": """
        AdminForgetDevice AdminGetDevice AdminListDevices AdminUpdateDeviceStatus ConfirmDevice ForgetDevice
        GetDevice ListDevices UpdateDeviceStatus""",
    "A pool or client cannot be changed after it was made yet.": """
        UpdateUserPool UpdateUserPoolClient""",
    "Domains and hosted pages are not built yet.": """
        CreateManagedLoginBranding CreateUserPoolDomain DeleteManagedLoginBranding DeleteUserPoolDomain
        DescribeManagedLoginBranding DescribeManagedLoginBrandingByClient DescribeUserPoolDomain
        GetUICustomization SetUICustomization UpdateManagedLoginBranding UpdateUserPoolDomain""",
    "Federation is not built yet.": """
        AdminDisableProviderForUser AdminLinkProviderForUser CreateIdentityProvider DeleteIdentityProvider
        DescribeIdentityProvider GetIdentityProviderByIdentifier GetSigningCertificate ListIdentityProviders
        UpdateIdentityProvider""",
    "Resource servers and scopes are not built yet.": """
        CreateResourceServer DeleteResourceServer DescribeResourceServer ListResourceServers UpdateResourceServer""",
    "Terms are not built yet.": "CreateTerms DeleteTerms DescribeTerms DescribeTermsByClient ListTerms UpdateTerms",
    "Threat protection and its events are not built yet.": """
        AdminListUserAuthEvents AdminUpdateAuthEventFeedback DescribeRiskConfiguration SetRiskConfiguration
        UpdateAuthEventFeedback""",
    "User import jobs are not built yet.": """
        CreateUserImportJob DescribeUserImportJob GetCSVHeader ListUserImportJobs StartUserImportJob
        StopUserImportJob""",
    "Log delivery is not built yet.": "GetLogDeliveryConfiguration SetLogDeliveryConfiguration",
    "One server is one region: replicas are not built.": """
        CreateUserPoolReplica DeleteUserPoolReplica ListUserPoolReplicas UpdateUserPoolReplica""",
}
_IDENTITY: Mapping[str, str] = {
    "Identity pools are not built yet.": """
        CreateIdentityPool DeleteIdentities DeleteIdentityPool DescribeIdentity DescribeIdentityPool
        GetCredentialsForIdentity GetId GetIdentityPoolRoles GetOpenIdToken GetOpenIdTokenForDeveloperIdentity
        GetPrincipalTagAttributeMap ListIdentities ListIdentityPools ListTagsForResource LookupDeveloperIdentity
        MergeDeveloperIdentities SetIdentityPoolRoles SetPrincipalTagAttributeMap TagResource
        UnlinkDeveloperIdentity UnlinkIdentity UntagResource UpdateIdentityPool""",
}
REASONS: Mapping[tuple[str, str], str] = {
    (service, name): reason
    for service, groups in (("cognito-idp", _IDP), ("cognito-identity", _IDENTITY))
    for reason, names in groups.items()
    for name in names.split()
}


@dataclass(frozen=True, slots=True)
class Unbuilt:
    """A member whose effect is not built: the values that change nothing are taken, all others are refused."""

    reason: str
    harmless: tuple[Any, ...] = ()


_TRIGGERS = "triggers are not built yet"
_MFA = "multi-factor sign-in is not built yet"
_HOSTED = "OAuth and hosted pages are not built yet"
_SMS = "messages go through the couriers of the settings"
_RISK = "threat protection is not built yet"

# Dotted paths of attributes in the request, per operation.
MEMBERS: Mapping[str, Mapping[str, Unbuilt]] = {
    "CreateUserPool": {
        "lambda_config": Unbuilt(_TRIGGERS),
        "mfa_configuration": Unbuilt(_MFA, ("OFF",)),
        "sms_authentication_message": Unbuilt(_MFA),
        "sms_configuration": Unbuilt(_SMS),
        "device_configuration": Unbuilt("remembered devices are not built yet"),
        "email_configuration.email_sending_account": Unbuilt(_SMS, ("COGNITO_DEFAULT",)),
        "email_configuration.source_arn": Unbuilt(_SMS),
        "email_configuration.from_": Unbuilt(_SMS),
        "email_configuration.reply_to_email_address": Unbuilt(_SMS),
        "email_configuration.configuration_set": Unbuilt(_SMS),
        "policies.sign_in_policy.allowed_first_auth_factors": Unbuilt(
            "passwords are the only first factor so far", (["PASSWORD"], [])
        ),
        "user_pool_add_ons.advanced_security_mode": Unbuilt(_RISK, ("OFF",)),
        "user_pool_add_ons.advanced_security_additional_flows": Unbuilt(_RISK),
        "dcr_configuration": Unbuilt(_HOSTED),
        "user_pool_tier": Unbuilt(_RISK, ("LITE", "ESSENTIALS")),
        "key_configuration": Unbuilt("keys are sealed under the server's master key"),
        "acr_configuration": Unbuilt("step-up authentication is not built yet"),
        "verification_message_template.default_email_option": Unbuilt(
            "links need a domain, and domains are not built yet", ("CONFIRM_WITH_CODE",)
        ),
        "verification_message_template.email_message_by_link": Unbuilt(_HOSTED),
        "verification_message_template.email_subject_by_link": Unbuilt(_HOSTED),
    },
    "CreateUserPoolClient": {
        "supported_identity_providers": Unbuilt("federation is not built yet", (["COGNITO"], [])),
        "callback_urls": Unbuilt(_HOSTED, ([],)),
        "logout_urls": Unbuilt(_HOSTED, ([],)),
        "default_redirect_uri": Unbuilt(_HOSTED),
        "allowed_o_auth_flows": Unbuilt(_HOSTED, ([],)),
        "allowed_o_auth_scopes": Unbuilt(_HOSTED, ([],)),
        "allowed_o_auth_flows_user_pool_client": Unbuilt(_HOSTED, (False,)),
        "analytics_configuration": Unbuilt("there is no analytics service"),
        "enable_propagate_additional_user_context_data": Unbuilt(_RISK, (False,)),
    },
    "GetTokensFromRefreshToken": {"device_key": Unbuilt("remembered devices are not built yet")},
    "ConfirmSignUp": {"session": Unbuilt("signing in without a password is not built yet")},
    "InitiateAuth": {"session": Unbuilt("signing in without a password is not built yet")},
    "AdminInitiateAuth": {"session": Unbuilt("signing in without a password is not built yet")},
    "ListUserPoolClients": {"client_type": Unbuilt("dynamically registered clients are not built yet", ("REGULAR",))},
}


def refuse_unbuilt_members(operation: str, request: WireStruct) -> None:
    """Refuse a request that sets a member whose effect is not built; raises NotSupportedYet naming it."""
    for path, unbuilt in MEMBERS.get(operation, {}).items():
        value = _value_at(request, path)
        if value is not None and value not in unbuilt.harmless and not _is_empty(value):
            raise errors.NotSupportedYet(member=wire_path(request, path), reason=unbuilt.reason)


def _value_at(request: Any, path: str) -> Any:
    value = request
    for name in path.split("."):
        if value is None:
            return None
        value = getattr(value, name)
    return value


def _is_empty(value: Any) -> bool:
    """A structure in which nothing is set asks for nothing."""
    return isinstance(value, WireStruct) and all(getattr(value, name) is None for name in value.__struct_fields__)


def wire_path(request: Any, path: str) -> str:
    """``callback_urls`` -> ``CallbackURLs``: the member as the caller wrote it."""
    names, value = [], request
    for name in path.split("."):
        fields = dict(zip(value.__struct_fields__, value.__struct_encode_fields__, strict=True))
        names.append(fields[name])
        value = getattr(value, name)
    return ".".join(names)
