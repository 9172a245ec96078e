"""Who is asking: found out once a request, by the middleware."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any, cast

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_cache_control, patch_vary_headers

from cognomen_kit import CognitoError, TokenRefused
from cognomen_kit.django.the_account import account
from cognomen_kit.web import Visit, Visitor, insist
from cognomen_kit.web.cookies import Cookie, answered
from cognomen_kit.web.turned_away import NobodyCanTell, rides_on_a_cookie


class CognitoRequest(HttpRequest):
    """A request that went through the middleware; `cognito_user` is None where nobody is signed in.

    A bearer token that is not accepted may be meant for somebody else: it is refused only by a view that insists on a
    visitor. Until then `cognito_refusal` keeps the reason.
    """

    cognito_user: Visitor | None
    cognito_refusal: TokenRefused | NobodyCanTell | None
    cognomen_visit: Visit
    cognomen_cookies: dict[str, Cookie]


def users_of_django() -> Any | None:
    """`cognomen_kit.django.users`, or None in a project without `django.contrib.auth`: it cannot be imported there."""
    return import_module("cognomen_kit.django.users") if apps.is_installed("django.contrib.auth") else None


def visit_of(request: HttpRequest) -> Visit:
    """A request; behind a proxy, SECURE_PROXY_SSL_HEADER and USE_X_FORWARDED_HOST say what the browser sees."""
    return Visit(
        scheme=request.scheme or "http",
        host=request.get_host(),
        path=request.path,
        cookies=request.COOKIES,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=request.GET.dict(),
        ip_address=request.META.get("REMOTE_ADDR"),
    )


def recognise(request: HttpRequest) -> CognitoRequest:
    """Find out who is asking, and note it in the request."""
    known = cast("CognitoRequest", request)
    known.cognomen_visit, known.cognomen_cookies = visit_of(request), {}
    known.cognito_user, known.cognito_refusal = None, None
    try:
        seen = account().see(known.cognomen_visit)
    except TokenRefused as refused:
        known.cognito_refusal = refused
    except CognitoError as error:
        known.cognito_refusal = NobodyCanTell(error)
    else:
        known.cognito_user = seen.visitor
        remember(known, seen.cookies)
    return known


def insisted(request: HttpRequest, *, scopes: Iterable[str] = (), groups: Iterable[str] | None = None) -> Visitor:
    """The visitor, who has all of the scopes and is in one of the groups.

    Raises SignInNeeded, TokenRefused or NobodyCanTell, which the middleware answers; PermissionDenied where another
    site's page sent the request, so that a view which is `csrf_exempt` for programs is safe with browsers.
    """
    known = cast("CognitoRequest", request)
    if known.cognito_refusal is not None:
        raise known.cognito_refusal
    if rides_on_a_cookie(known.cognito_user, known.cognomen_visit, known.method or ""):
        raise PermissionDenied
    return insist(known.cognito_user, scopes=scopes, groups=groups)


def remember(request: CognitoRequest, cookies: Iterable[Cookie]) -> None:
    """Set these with the response; whoever looks at the visit from here on sees them."""
    cookies = tuple(cookies)
    request.cognomen_visit = answered(request.cognomen_visit, cookies)
    request.cognomen_cookies.update({cookie.name: cookie for cookie in cookies})


def keep_cookies(request: CognitoRequest, response: HttpResponseBase) -> None:
    """Put into the response what has to be remembered, and keep caches from giving it to others."""
    for cookie in request.cognomen_cookies.values():
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.max_age,
            secure=cookie.secure,
            httponly=True,
            samesite="Lax",
        )
    if request.cognomen_cookies and "no-store" not in response.get("Cache-Control", ""):
        patch_cache_control(response, private=True)
    patch_vary_headers(response, ("Cookie", "Authorization"))
