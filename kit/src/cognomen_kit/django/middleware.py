"""Knows who is asking before the view does, and answers for views that turn somebody away."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from cognomen_kit import TokenRefused
from cognomen_kit.django.the_account import account
from cognomen_kit.django.visitors import CognitoRequest, keep_cookies, recognise, users_of_django
from cognomen_kit.web import SignInNeeded
from cognomen_kit.web.turned_away import SAFE_METHODS, NobodyCanTell, TurnedAway, turned_away, wants_a_page

FORBIDDEN = 403


class CognitoMiddleware:
    """Sets `request.cognito_user`, and `request.user` where `CognitoBackend` is in use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.users: Any | None = users_of_django()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """One request."""
        known = recognise(request)
        if self.users is not None:
            self.users.give_user(known)
        response = self.get_response(request)
        keep_cookies(known, response)
        return response

    def process_exception(self, request: CognitoRequest, error: Exception) -> HttpResponse | None:
        """Lead a browser to the sign-in, show a person what is the matter, tell a program why."""
        if not isinstance(error, SignInNeeded | TokenRefused | NobodyCanTell):
            return None
        then = request.get_full_path() if request.method in SAFE_METHODS else None
        told = turned_away(error, request.cognomen_visit, account().settings, then)
        if told.location is not None:
            return HttpResponseRedirect(told.location)
        if wants_a_page(request.cognomen_visit):
            return _shown(told)
        return JsonResponse(told.json(), status=told.status, headers=dict(told.headers))


def _shown(told: TurnedAway) -> HttpResponse:
    """What a person sees; for the status 403 projects have a page."""
    if told.status == FORBIDDEN:
        raise PermissionDenied(told.message)
    return HttpResponse(told.message, "text/plain; charset=utf-8", told.status, headers=dict(told.headers))
