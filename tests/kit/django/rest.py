"""An API of Django REST framework."""

from typing import Any

from django.urls import path
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response

from cognomen_kit.django.drf import CognitoAuthentication, has_scopes, in_groups


def view(*permissions: Any) -> Any:
    """A view that tells who is asking, for whoever has these permissions."""

    @api_view(["GET", "POST"])
    @authentication_classes([CognitoAuthentication])
    @permission_classes(list(permissions))
    def told(request: Any) -> Response:
        return Response({"user": str(request.user.pk), "is": type(request.user).__name__, "sub": request.auth.sub})

    return told


urlpatterns = [
    path("api/mine", view(IsAuthenticated)),
    path("api/staff", view(IsAuthenticated & in_groups("staff", "chiefs"))),
    path("api/orders", view(has_scopes("orders/read"))),
]
