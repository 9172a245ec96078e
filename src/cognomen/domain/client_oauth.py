"""What app clients may say of OAuth and of providers (reference 03, client defaults, 09 and 10)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cognomen import errors

Document = Mapping[str, Any]

OWN_PROVIDER = "COGNITO"  # the pool itself, in SupportedIdentityProviders
STANDARD_SCOPES = frozenset({"openid", "email", "phone", "profile", "aws.cognito.signin.user.admin"})
MACHINES = "client_credentials"
# http is only for whoever tries things out on their own machine
ON_THIS_MACHINE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:[0-9]+)?([/?].*)?")
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:.+")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a client can refer to: the scopes and the providers of its pool, and whether it has a secret itself."""

    pool_id: str
    scopes: frozenset[str]
    providers: frozenset[str]
    has_secret: bool


def check_oauth(settings: Document, around: Surroundings) -> None:
    """Refuse settings of a client that AWS refuses.

    Raises InvalidOAuthFlowException, InvalidParameterException, ScopeDoesNotExistException.
    """
    if settings.get("EnablePropagateAdditionalUserContextData") and not around.has_secret:
        raise errors.ContextDataNeedsSecret
    for provider in settings.get("SupportedIdentityProviders") or ():
        if provider not in {OWN_PROVIDER, *around.providers}:
            raise errors.ProviderOfClientUnknown(provider=provider, pool_id=around.pool_id)
    _check_flows(settings, around)
    for scope in settings.get("AllowedOAuthScopes") or ():
        if scope not in STANDARD_SCOPES | around.scopes:
            raise errors.ScopeDoesNotExistException(scope=scope)
    _check_addresses(settings)


def _check_flows(settings: Document, around: Surroundings) -> None:
    flows = set(settings.get("AllowedOAuthFlows") or ())
    if MACHINES in flows and len(flows) > 1:
        raise errors.MachineFlowNotAlone
    if MACHINES in flows and not around.has_secret:
        raise errors.MachineFlowWithoutSecret
    if not settings.get("AllowedOAuthFlowsUserPoolClient"):
        return
    if not flows or not settings.get("AllowedOAuthScopes"):
        raise errors.FlowsAndScopesMissing
    if flows - {MACHINES} and not settings.get("CallbackURLs"):
        raise errors.CallbacksMissing


def _check_addresses(settings: Document) -> None:
    callbacks = settings.get("CallbackURLs") or []
    for url in (*callbacks, *(settings.get("LogoutURLs") or ())):
        if "#" in url:
            raise errors.UrlWithFragment(url=url)
        if not ABSOLUTE.fullmatch(url):
            raise errors.UrlNotAbsolute(url=url)
        if url.lower().startswith("http://") and not ON_THIS_MACHINE.fullmatch(url):
            raise errors.UrlNotSecure(url=url)
    default = settings.get("DefaultRedirectURI")
    if default and default not in callbacks:
        raise errors.DefaultNotAmongCallbacks(url=default)
