"""The URLs of a Django project with something to protect."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

from cognomen_kit import errors
from cognomen_kit.django import require_groups, require_scopes, sign_in_required
from kit.django import rest

GREETING = "Hello {% if request.cognito_user %}{{ request.cognito_user.email }}{% else %}you{% endif %}"


@sign_in_required
def mine(request: Any) -> HttpResponse:
    return HttpResponse(f"{request.cognito_user.username} {request.cognito_user.email}")


@require_groups("staff", "chiefs")
def staff(request: Any) -> HttpResponse:
    return HttpResponse(request.cognito_user.email or request.cognito_user.username)


@require_scopes("orders/read")
async def orders(_: Any) -> HttpResponse:
    return HttpResponse("orders")


@login_required
def own(request: Any) -> HttpResponse:
    """What Django's own users are told."""
    names = sorted(group.name for group in request.user.groups.all())
    return HttpResponse(f"{request.user.get_username()} {request.user.has_perm('auth.view_group')} {names}")


async def own_async(request: Any) -> HttpResponse:
    return HttpResponse((await request.auser()).get_username() or "nobody")


def greeting(request: HttpRequest) -> HttpResponse:
    return HttpResponse(engines["django"].from_string(GREETING).render({"request": request}))


def broken(_: HttpRequest) -> HttpResponse:
    raise errors.UserNotFoundException("nobody")


urlpatterns = [
    path("account/", include("cognomen_kit.django.urls")),
    path("mine", csrf_exempt(mine)),
    path("protected", mine),
    path("staff", staff),
    path("orders", orders),
    path("own", own),
    path("own-async", own_async),
    path("greeting", greeting),
    path("broken", broken),
    *rest.urlpatterns,
]
