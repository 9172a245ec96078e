"""What is not built: operations and members that are refused with a reason, so that nothing is taken and ignored."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cognomen import errors
from cognomen.wire._base import WireStruct

_IDP: Mapping[str, str] = {
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


_HOSTED = "OAuth and hosted pages are not built yet"
_SMS = "messages go through the couriers of the settings"
_MERGED = "the default style comes with the hosted pages"
FEDERATION = "tokens of other providers are not read before federation is built"
_ONE_REGION = "one server is one region"

# Dotted paths of attributes in the request, per operation.
_MEMBERS: Mapping[str, Mapping[str, Unbuilt]] = {
    "CreateUserPool": {
        "lambda_config.inbound_federation": Unbuilt("federation is not built yet"),
        "sms_configuration.eums_sms": Unbuilt(_SMS),
        "email_configuration.configuration_set": Unbuilt(_SMS),
        "dcr_configuration": Unbuilt(_HOSTED),
        "key_configuration": Unbuilt("keys are sealed under the server's master key"),
        "acr_configuration": Unbuilt("step-up authentication is not built yet"),
        "verification_message_template.default_email_option": Unbuilt(
            "links need a domain, and domains are not built yet", ("CONFIRM_WITH_CODE",)
        ),
        "verification_message_template.email_message_by_link": Unbuilt(_HOSTED),
        "verification_message_template.email_subject_by_link": Unbuilt(_HOSTED),
    },
    "CreateUserPoolClient": {
        "analytics_configuration": Unbuilt("there is no analytics service"),
    },
    "GetDerivedToken": {
        "subject_token_provider_name": Unbuilt(FEDERATION),
        "actor_token_provider_name": Unbuilt(FEDERATION),
    },
    "CreateUserImportJob": {
        "password_hashing_algorithm": Unbuilt("of password hashes, only argon2id is taken", ("ARGON2ID",)),
    },
    "SetUserPoolMfaConfig": {
        "sms_mfa_configuration.sms_configuration.eums_sms": Unbuilt(_SMS),
    },
    "ListUserPoolClients": {"client_type": Unbuilt("dynamically registered clients are not built yet", ("REGULAR",))},
}
MEMBERS: Mapping[str, Mapping[str, Unbuilt]] = {
    **_MEMBERS,
    "UpdateUserPool": _MEMBERS["CreateUserPool"],
    "UpdateUserPoolClient": _MEMBERS["CreateUserPoolClient"],
    "CreateUserPoolDomain": {"routing": Unbuilt(_ONE_REGION)},
    "UpdateUserPoolDomain": {"routing": Unbuilt(_ONE_REGION)},
    "DescribeManagedLoginBranding": {"return_merged_resources": Unbuilt(_MERGED, (False,))},
    "DescribeManagedLoginBrandingByClient": {"return_merged_resources": Unbuilt(_MERGED, (False,))},
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
