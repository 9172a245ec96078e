"""Exchanging a token for one that is good for less, in another place (RFC 8693; reference 07, GetDerivedToken)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cognomen import errors
from cognomen.domain.app_client import AppClient

ACCESS, ID, SAML = "ACCESS_TOKEN", "ID_TOKEN", "SAML2"
USES: Mapping[str, str] = {ACCESS: "access", ID: "id"}  # what token_use says
BEARER, NOT_A_BEARER = "Bearer", "N_A"
IMPERSONATION, DELEGATION = "ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"
Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Presented:
    """A token that somebody shows, as what, and which part it plays: subject or actor."""

    part: str
    kind: str
    token: str = field(repr=False)


def check_flow(client: AppClient, *, delegates: bool) -> None:
    """Refuse an exchange that the client is not allowed; raises FlowNotEnabled."""
    flow = DELEGATION if delegates else IMPERSONATION
    if flow not in client.flows:
        raise errors.FlowNotEnabled(flow=flow.removeprefix("ALLOW_"))


def scopes_of(claims: Claims) -> list[str]:
    """The scopes of a token; an ID token has none."""
    return str(claims.get("scope") or "").split()


def granted(client: AppClient, subject: Claims, asked: Sequence[str] | None) -> list[str]:
    """The scopes of the new token: those of the subject, or what it, the client and the request have in common.

    Raises NoScopeInCommon.
    """
    held = scopes_of(subject)
    if not asked:
        return held
    allowed = client.settings.get("AllowedOAuthScopes") or ()
    common = [one for one in dict.fromkeys(asked) if one in held and one in allowed]
    if not common:
        raise errors.NoScopeInCommon
    return common


def acting(subject: Claims, actor: Claims | None) -> dict[str, Any]:
    """The claim that names who acts for the user, and behind them who did before (RFC 8693, section 4.1)."""
    before = {"act": subject["act"]} if "act" in subject else {}
    if actor is None:
        return before
    return {"act": {"sub": actor["sub"], "client_id": client_id_of(actor), **before}}


def client_id_of(claims: Claims) -> str:
    """The client that a token was made for."""
    return str(claims.get("client_id") or claims.get("aud"))


def is_of_machine(claims: Claims) -> bool:
    """Whether a token speaks for an app client itself."""
    return "username" not in claims and claims.get("token_use") == "access"
