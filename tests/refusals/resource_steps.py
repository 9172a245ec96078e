"""What pools are given: resource servers, domains, providers, styles, terms; each step gets a World.

STEPS has what each step does, and what it calls.
"""

from collections.abc import Callable, Mapping
from typing import Any

import urllib3

POOL = {"UserPoolId": "${pool_id}"}
OIDC = {
    "client_id": "app",
    "client_secret": "secret",
    "authorize_scopes": "openid",
    "oidc_issuer": "https://op.example.com",
    "attributes_request_method": "GET",
}
TERMS = {
    "ClientId": "${client_id}",
    "TermsSource": "LINK",
    "Enforcement": "NONE",
    "Links": {"cognito:default": "https://example.com/terms"},
}
SOURCE = {
    "ProviderName": "${thing}",
    "ProviderAttributeName": "Cognito_Subject",
    "ProviderAttributeValue": "subject-${name}",
}
Run = Callable[[Any, object], None]


def _calling(operation: str, **request: object) -> tuple[Run, tuple[str, ...]]:
    """A step that is one call; its answer does not matter."""
    return lambda world, _: world.call(operation, **POOL, **request), (operation,)


def _make_branding(world: Any, _: object) -> None:
    asked = {"ClientId": "${client_id}", "UseCognitoProvidedValues": True}
    made = world.call("CreateManagedLoginBranding", **POOL, **asked)["ManagedLoginBranding"]
    world.facts["branding_id"] = made["ManagedLoginBrandingId"]


def _make_terms(world: Any, _: object) -> None:
    made = world.call("CreateTerms", **POOL, **TERMS, TermsName="terms-of-use")["Terms"]
    world.facts["terms_id"] = made["TermsId"]


def _make_import_job(world: Any, _: object) -> None:
    asked = {"JobName": "refusals", "CloudWatchLogsRoleArn": "arn:aws:iam::123456789012:role/refusals"}
    made = world.call("CreateUserImportJob", **POOL, **asked)["UserImportJob"]
    world.facts["job_id"], world.things["upload_address"] = made["JobId"], made["PreSignedUrl"]


def _uploading(users: int) -> Run:
    def run(world: Any, _: object) -> None:
        columns = world.call("GetCSVHeader", **POOL)["CSVHeader"]
        named = {"cognito:username": "user{0}", "email": "user{0}@example.com", "email_verified": "true"}
        row = ",".join(named.get(name, "") for name in columns)
        text = "\n".join([",".join(columns), *(row.format(number) for number in range(users))])
        headers = {"x-amz-server-side-encryption": "aws:kms"}
        urllib3.request("PUT", world.things["upload_address"], body=text, headers=headers, retries=False)

    return run


def _make_second_user(world: Any, _: object) -> None:
    world.call("AdminCreateUser", **POOL, Username="${new_name}", MessageAction="SUPPRESS")
    world.facts["second_username"] = world.facts["new_name"]


STEPS: Mapping[str, tuple[Run, tuple[str, ...]]] = {
    "make_resource_server": _calling("CreateResourceServer", Identifier="${thing}", Name="Things"),
    "make_domain": _calling("CreateUserPoolDomain", Domain="${thing}"),
    "make_provider": _calling(
        "CreateIdentityProvider",
        ProviderName="${thing}",
        ProviderType="OIDC",
        ProviderDetails=OIDC,
        IdpIdentifiers=["${thing}"],
    ),
    "link_user": _calling(
        "AdminLinkProviderForUser",
        DestinationUser={"ProviderName": "Cognito", "ProviderAttributeValue": "${username}"},
        SourceUser=SOURCE,
    ),
    "sign_source_up": _calling("AdminCreateUser", Username="${thing}_subject-${name}", MessageAction="SUPPRESS"),
    "make_second_user": (_make_second_user, ("AdminCreateUser",)),
    "make_import_job": (_make_import_job, ("CreateUserImportJob",)),
    "upload_a_user": (_uploading(1), ("GetCSVHeader",)),
    "upload_many_users": (_uploading(20_000), ("GetCSVHeader",)),
    "start_import_job": _calling("StartUserImportJob", JobId="${job_id}"),
    "make_branding": (_make_branding, ("CreateManagedLoginBranding",)),
    "make_terms": (_make_terms, ("CreateTerms",)),
    "make_other_terms": _calling("CreateTerms", **TERMS, TermsName="privacy-policy"),
}
