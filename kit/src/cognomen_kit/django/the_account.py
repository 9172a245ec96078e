"""The one account life of a project, made from its settings when it is first needed."""

from dataclasses import replace
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from cognomen_kit import Cognito, TokenVerifier
from cognomen_kit.trust import pool_of_app
from cognomen_kit.web import Account, WebSettings


@cache
def cognito() -> Cognito:
    """The client; arguments stand in COGNITO_CLIENT or come from the environment. Raises ConfigurationMissing."""
    return Cognito(**getattr(settings, "COGNITO_CLIENT", {}))


@cache
def verifier() -> TokenVerifier | None:
    """Bearer tokens are taken where the id of the pool is known."""
    return TokenVerifier(pool_of_app(cognito().app)) if cognito().app.user_pool_id else None


@cache
def account() -> Account:
    """The account life."""
    return Account(cognito(), verifier(), _where_the_pages_are(getattr(settings, "COGNITO", WebSettings())))


def forget(*, setting: str = "COGNITO", **_: Any) -> None:
    """Make it anew the next time, where a setting of ours or the URLs have changed."""
    if not setting.startswith("COGNITO") and setting != "ROOT_URLCONF":
        return
    account.cache_clear()
    for made in (verifier, cognito):
        kept = made() if made.cache_info().currsize else None
        made.cache_clear()
        if kept is not None:
            kept.close()


def _where_the_pages_are(chosen: WebSettings) -> WebSettings:
    """The project's URLs know it; a project without the pages may name those of another on the same host."""
    try:
        sign_in = reverse("cognomen:form", kwargs={"name": "sign-in"})
    except NoReverseMatch:
        return chosen
    return replace(chosen, base=sign_in.removesuffix("/sign-in"))
