"""The pages of the account life."""

import json
from mimetypes import guess_type
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from cognomen_kit import CognitoError
from cognomen_kit.django.the_account import account
from cognomen_kit.django.visitors import CognitoRequest, remember
from cognomen_kit.web import FORM_NAMES, PAGE_HEADERS, STATIC, Reply
from cognomen_kit.web.turned_away import SAFE_METHODS, NobodyCanTell, wants_json

TEMPLATE = "cognomen/page.html"
SEE_OTHER = 303
STATIC_FILES = {each.name: each for each in STATIC.iterdir()}
STATIC_HEADERS = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}


@csrf_exempt  # the forms carry a proof of their own, and submissions from elsewhere are refused by `submit`
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def form(request: CognitoRequest, name: str) -> HttpResponse:
    """Show a form, or take it."""
    if name not in FORM_NAMES:
        raise Http404
    try:
        values = {} if request.method in SAFE_METHODS else _values(request)
    except (ValueError, RecursionError):
        return HttpResponseBadRequest()
    try:
        reply = _replied(request, name, values)
    except CognitoError as error:
        raise NobodyCanTell(error) from error
    remember(request, reply.cookies)
    answer = _answer(request, reply)
    for header, value in PAGE_HEADERS.items():
        answer[header] = value
    return answer


@require_safe
def static_file(_: HttpRequest, name: str) -> HttpResponse:
    """Style and script of the pages; few and small."""
    if name not in STATIC_FILES:
        raise Http404
    kind, _encoding = guess_type(name)
    return HttpResponse(STATIC_FILES[name].read_bytes(), content_type=kind, headers=STATIC_HEADERS)


def _values(request: CognitoRequest) -> dict[str, Any]:
    """What was submitted, as a form or as JSON; raises ValueError."""
    if not request.cognomen_visit.is_json:
        return dict(request.POST.items())
    values = json.loads(request.body)
    if not isinstance(values, dict):
        raise ValueError("not an object")  # noqa: TRY004 - like any other text that is not what it should be
    return values


def _replied(request: CognitoRequest, name: str, values: dict[str, Any]) -> Reply:
    if request.method in SAFE_METHODS:
        return account().show(name, request.cognomen_visit)
    return account().submit(name, request.cognomen_visit, values)


def _answer(request: CognitoRequest, reply: Reply) -> HttpResponse:
    if wants_json(request.cognomen_visit):
        return JsonResponse(reply.json(), status=reply.json_status)
    if reply.location is not None:
        return HttpResponseRedirect(reply.location, status=SEE_OTHER)
    return render(request, TEMPLATE, {"page": reply.page}, status=reply.status)
