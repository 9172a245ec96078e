"""Which operations the audit log tells of, and what it tells of a call."""

import re
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from typing import Any

from cognomen import errors
from cognomen.api.call import Call, Head
from cognomen.api.callers import identify
from cognomen.api.table import MODEL, TableIncomplete
from cognomen.domain.app_client import REFRESHES
from cognomen.domain.audit import Actor, Note
from cognomen.flows.audit import name_digest, recorded
from cognomen.services import Services
from cognomen.wire._base import Operation, WireStruct


class Kind(Enum):
    """What an operation is to the audit log."""

    READ = "no record"
    CHANGE = "a record of each call by a caller who is known, done or refused"
    SIGN_IN = "a record of each attempt, done or refused, whoever makes it"
    REFRESH = "a record where it is refused, or changes something"


VERB = re.compile(r"(?:Admin)?([A-Z][a-z]+)")
READS = {"Describe", "Get", "List", "Lookup"}
CHANGES = {
    *("Add", "Associate", "Change", "Complete", "Confirm", "Create", "Delete", "Disable", "Enable", "Forget", "Forgot"),
    *("Global", "Link", "Merge", "Remove", "Resend", "Reset", "Revoke", "Set", "Sign", "Start", "Stop", "Tag"),
    *("Unlink", "Untag", "Update", "Verify"),
}
# Operations whose name does not tell.
OTHERS: Mapping[str, Kind] = {
    "AdminUserGlobalSignOut": Kind.CHANGE,
    "GetUserAttributeVerificationCode": Kind.CHANGE,  # sends a code
    "GetId": Kind.CHANGE,  # makes an identity
    "GetOpenIdTokenForDeveloperIdentity": Kind.CHANGE,  # makes an identity, or links one
    "InitiateAuth": Kind.SIGN_IN,
    "AdminInitiateAuth": Kind.SIGN_IN,
    "RespondToAuthChallenge": Kind.SIGN_IN,
    "AdminRespondToAuthChallenge": Kind.SIGN_IN,
    "GetClientToken": Kind.SIGN_IN,
    "GetDerivedToken": Kind.SIGN_IN,
    "GetCredentialsForIdentity": Kind.SIGN_IN,
    "GetOpenIdToken": Kind.SIGN_IN,
    "GetTokensFromRefreshToken": Kind.REFRESH,
}


def kind_of(name: str) -> Kind:
    """What an operation is, by its name; raises TableIncomplete where that does not tell."""
    if name in OTHERS:
        return OTHERS[name]
    found = VERB.match(name)
    verb = found[1] if found else ""
    if verb in READS:
        return Kind.READ
    if verb not in CHANGES:
        msg = f"the audit log does not know what {name} does"
        raise TableIncomplete(msg)
    return Kind.CHANGE


KINDS: Mapping[tuple[str, str], Kind] = {operation: kind_of(operation[1]) for operation in MODEL}
Perform = Callable[[Call, Operation, WireStruct], Awaitable[WireStruct | None]]

# Members that name what a call is about. None of them is a secret, nor names a user.
TARGETS: Mapping[str, str] = {
    "client_id": "ClientId",
    "client_secret_id": "ClientSecretId",
    "credential_id": "CredentialId",
    "device_key": "DeviceKey",
    "domain": "Domain",
    "event_id": "EventId",
    "group_name": "GroupName",
    "identifier": "Identifier",
    "identity_pool_id": "IdentityPoolId",
    "job_id": "JobId",
    "managed_login_branding_id": "ManagedLoginBrandingId",
    "provider_name": "ProviderName",
    "region_name": "RegionName",
    "resource_arn": "ResourceArn",
    "session_id": "SessionId",
    "terms_id": "TermsId",
}
# What an answer tells of something that was made: where it stands, and the names under which it is kept.
MADE: Mapping[str, tuple[str, ...]] = {
    "user_pool_client": ("client_id",),
    "client_secret_descriptor": ("client_secret_id",),
    "managed_login_branding": ("managed_login_branding_id",),
    "terms": ("terms_id",),
    "user_import_job": ("job_id",),
}


async def run_audited(
    world: Services, operation: Operation, head: Head, request: WireStruct, perform: Perform
) -> WireStruct | None:
    """Run an operation, and record what came of it before anybody learns that; raises AuditLogUnwritable."""
    assert world.audit is not None
    kind = _kind(operation, request)
    note = _begun(world, operation, head, request)
    known = False

    def wanted(refusal: errors.Refusal | None) -> bool:
        if isinstance(refusal, errors.TooManyRequestsException):
            return False  # refused so that it costs nothing
        if kind is Kind.REFRESH:
            return refusal is not None
        return kind is Kind.SIGN_IN or known or head.principal is not None

    async with recorded(world, note, wanted) as inside:
        call = await identify(inside, operation, head, request)
        known = True
        _describe(note, call, request)
        answer = await perform(call, operation, request)
        _learn(note, answer)
    return answer


def _kind(operation: Operation, request: Any) -> Kind:
    kind = KINDS[operation.service, operation.name]
    refreshes = kind is Kind.SIGN_IN and getattr(request, "auth_flow", None) in REFRESHES
    return Kind.REFRESH if refreshes else kind


def _begun(world: Services, operation: Operation, head: Head, request: Any) -> Note:
    """What is known before the caller is: nothing of it is believed but a verified signature."""
    principal = head.principal
    more = {"arn": principal.signer.arn} if principal and principal.signer else {}
    note = Note(
        record_id=head.request_id,
        at_ms=world.now_ms(),
        operation=f"{operation.service}:{operation.name}",
        actor=Actor("access_key", principal.access_key_id, more) if principal else Actor("nobody"),
        address=head.source_ip,
        pool_id=getattr(request, "user_pool_id", None) or "",
        target={name: value for member, name in TARGETS.items() if (value := getattr(request, member, None))},
        members=_members(request),
    )
    for member, name in (("auth_flow", "flow"), ("challenge_name", "challenge")):
        if value := getattr(request, member, None):
            note.more[name] = value
    note.name = _name(world, note.pool_id, request)
    return note


def _members(request: WireStruct) -> tuple[str, ...]:
    """The names of the members that a request has, without what they hold."""
    fields = zip(request.__struct_fields__, request.__struct_encode_fields__, strict=True)
    return tuple(name for member, name in fields if getattr(request, member) not in (None, ()))


def _name(world: Services, pool_id: str, request: Any) -> str:
    carried = getattr(request, "auth_parameters", None) or getattr(request, "challenge_responses", None) or {}
    name = getattr(request, "username", None) or carried.get("USERNAME")
    return name_digest(world.sealer, pool_id, name) if isinstance(name, str) and name else ""


def _describe(note: Note, call: Call, request: Any) -> None:
    """Say who calls and what about, now that it is known."""
    pool_id = call.known_pool.pool_id if call.known_pool else note.pool_id
    if pool_id != note.pool_id:
        note.pool_id = pool_id
        note.name = _name(call.world, pool_id, request)
    client = {"client": call.known_client.client_id} if call.known_client else {}
    if call.known_user:
        note.sub = call.known_user.sub
        note.actor = Actor("user", note.sub, client)
    elif call.head.principal is None and call.known_client:
        note.actor = Actor("client", call.known_client.client_id)


def _learn(note: Note, answer: Any) -> None:
    """Say what was made, and what a sign-in still asks for."""
    if step := getattr(answer, "challenge_name", None):
        note.more["next"] = step
    if pool := getattr(answer, "user_pool", None):
        note.pool_id = pool.id or note.pool_id
    note.sub = getattr(answer, "user_sub", None) or _sub_of(getattr(answer, "user", None)) or note.sub
    for member, names in MADE.items():
        made = getattr(answer, member, None)
        for name in names if made is not None else ():
            if value := getattr(made, name, None):
                note.target[TARGETS[name]] = value


def _sub_of(user: Any) -> str:
    attributes = getattr(user, "attributes", None) or ()
    return next((one.value or "" for one in attributes if one.name == "sub"), "")
