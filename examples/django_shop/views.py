"""A small shop: sign up, confirm, sign in, order something, see your own orders, change your profile."""

from collections import defaultdict

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from cognomen_kit.django import CognitoRequest, require_groups, sign_in_required

GOODS = {"tea": "Green tea, 100 g", "mug": "Stoneware mug", "pot": "Cast iron pot"}
orders: dict[str, list[str]] = defaultdict(list)  # by the id of the account, which never changes


def home(request: HttpRequest) -> HttpResponse:
    """Knows who is there, and does without."""
    return render(request, "home.html", {"title": "Good things for the kitchen", "goods": GOODS})


@sign_in_required
def my_orders(request: CognitoRequest) -> HttpResponse:
    """Leads to the sign-in and back."""
    assert request.cognito_user
    mine = [GOODS[each] for each in orders[request.cognito_user.sub]]
    return render(request, "orders.html", {"title": "My orders", "orders": mine})


@require_POST
@sign_in_required
def order(request: CognitoRequest, article: str) -> HttpResponse:
    """Order something."""
    assert request.cognito_user
    if article not in GOODS:
        raise Http404
    orders[request.cognito_user.sub].append(article)
    return HttpResponseRedirect("/orders")


@require_groups("staff")
def orders_of_everybody(_: HttpRequest) -> JsonResponse:
    """For members of the group alone."""
    return JsonResponse(orders)
