"""What app clients may say of OAuth, as tables."""

import pytest

from cognomen import errors
from cognomen.domain.client_oauth import Surroundings, check_oauth

OPEN = Surroundings("pool", frozenset({"api/read"}), frozenset({"corp"}), has_secret=False)
SECRETIVE = Surroundings("pool", frozenset({"api/read"}), frozenset({"corp"}), has_secret=True)
CODE = {
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthScopes": ["openid"],
    "CallbackURLs": ["https://example.com"],
}


@pytest.mark.parametrize(
    "settings",
    [
        {},
        CODE,
        {**CODE, "AllowedOAuthFlowsUserPoolClient": False, "CallbackURLs": []},
        {"SupportedIdentityProviders": ["COGNITO", "corp"]},
        {**CODE, "AllowedOAuthScopes": ["api/read", "aws.cognito.signin.user.admin"]},
        *({**CODE, "CallbackURLs": [url]} for url in (
            "http://localhost", "http://localhost:3000/a?b=c", "http://127.0.0.1:8/x", "http://[::1]", "my-app://in",
            "com.example:/in", "https://example.com:8443/é",
        )),
    ],
)  # fmt: skip
def test_these_are_taken(settings: dict[str, object]) -> None:
    """A client without OAuth may say anything that there is."""
    check_oauth(settings, OPEN)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"AllowedOAuthFlows": []}, errors.FlowsAndScopesMissing),
        ({"AllowedOAuthScopes": []}, errors.FlowsAndScopesMissing),
        ({"CallbackURLs": []}, errors.CallbacksMissing),
        ({"AllowedOAuthFlows": ["client_credentials", "implicit"]}, errors.MachineFlowNotAlone),
        ({"AllowedOAuthFlows": ["client_credentials"]}, errors.MachineFlowWithoutSecret),
        ({"AllowedOAuthScopes": ["api/write"]}, errors.ScopeDoesNotExistException),
        ({"AllowedOAuthScopes": ["api"]}, errors.ScopeDoesNotExistException),
        ({"SupportedIdentityProviders": ["Google"]}, errors.ProviderOfClientUnknown),
        ({"CallbackURLs": ["https://example.com#a"]}, errors.UrlWithFragment),
        ({"CallbackURLs": ["example.com"]}, errors.UrlNotAbsolute),
        ({"CallbackURLs": ["http://example.com"]}, errors.UrlNotSecure),
        ({"CallbackURLs": ["HTTP://example.com"]}, errors.UrlNotSecure),
        ({"CallbackURLs": ["http://localhost.example.com"]}, errors.UrlNotSecure),
        ({"CallbackURLs": ["http://localhost@example.com"]}, errors.UrlNotSecure),
        ({"LogoutURLs": ["http://127.0.0.1.example.com"]}, errors.UrlNotSecure),
        ({"DefaultRedirectURI": "https://example.com/"}, errors.DefaultNotAmongCallbacks),
    ],
)
def test_these_are_refused(change: dict[str, object], refusal: type[errors.Refusal]) -> None:
    """Each for its own reason."""
    with pytest.raises(refusal):
        check_oauth({**CODE, **change}, OPEN)


def test_a_client_for_machines_needs_a_secret_and_no_callback() -> None:
    """client_credentials alone, with scopes."""
    machine = {**CODE, "AllowedOAuthFlows": ["client_credentials"], "CallbackURLs": []}
    check_oauth(machine, SECRETIVE)
