"""Django REST framework: who is asking, and permissions by scope and group (the extra `drf`)."""

from dataclasses import dataclass, replace
from typing import Any, ClassVar, cast

from django.http import HttpRequest
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import APIException, AuthenticationFailed, PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from cognomen_kit import CognitoError, Reason, TokenRefused
from cognomen_kit.django.the_account import account
from cognomen_kit.django.visitors import CognitoRequest, users_of_django, visit_of
from cognomen_kit.web import Visitor
from cognomen_kit.web.turned_away import UNAVAILABLE, NobodyCanTell, rides_on_a_cookie


class Unavailable(APIException):
    """Nobody can tell who is asking."""

    status_code = 503

    def __init__(self) -> None:
        super().__init__(UNAVAILABLE, "unavailable")


@dataclass(frozen=True, slots=True)
class TokenUser:
    """`request.user` where Django has no users of its own for the pool; machines are visitors, too."""

    visitor: Visitor
    is_authenticated: ClassVar[bool] = True
    is_anonymous: ClassVar[bool] = False
    is_active: ClassVar[bool] = True

    @property
    def pk(self) -> str:
        """The `sub`, by which throttles tell people apart."""
        return self.visitor.sub

    def __str__(self) -> str:
        return self.visitor.username or self.visitor.sub


class CognitoAuthentication(BaseAuthentication):
    """Bearer tokens; with the middleware also the session of the account pages, for pages of the same site.

    `request.auth` is the `Visitor`; `request.user` is Django's own where `CognitoBackend` is in use, else `TokenUser`.
    """

    def authenticate(self, request: Request) -> tuple[Any, Visitor] | None:
        """The user and the visitor, or None where nobody is signed in."""
        asked: HttpRequest = request._request  # noqa: SLF001 - as the framework's own SessionAuthentication does
        visitor = _visitor(asked)
        if visitor is None:
            return None
        if rides_on_a_cookie(visitor, visit_of(asked), asked.method or ""):
            raise PermissionDenied
        return _user(visitor), visitor

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - the framework hands it over
        """What a program is asked for."""
        return "Bearer"


def has_scopes(*scopes: str) -> type[BasePermission]:
    """Whoever has all of these scopes."""
    return _permission(lambda visitor: visitor.claims.has_scopes(scopes), f"Needs {' '.join(scopes)}.")


def in_groups(*groups: str) -> type[BasePermission]:
    """Whoever is in at least one of these groups."""
    return _permission(lambda visitor: visitor.claims.in_any_group(groups), f"Only for {', '.join(groups)}.")


def _permission(allows: Any, said: str) -> type[BasePermission]:
    class Permission(BasePermission):
        message = said

        def has_permission(self, request: Request, view: APIView) -> bool:  # noqa: ARG002 - handed over
            return isinstance(request.auth, Visitor) and bool(allows(request.auth))

    return Permission


def _visitor(request: HttpRequest) -> Visitor | None:
    """Without the middleware nobody would keep renewed cookies, so only bearer tokens count there."""
    known = cast("CognitoRequest", request)
    try:
        if not hasattr(known, "cognomen_visit"):
            return account().see(replace(visit_of(request), cookies={})).visitor
        if known.cognito_refusal is not None:
            raise known.cognito_refusal
    except TokenRefused as refused:
        if refused.reason is Reason.KEYS_UNAVAILABLE:
            raise Unavailable from refused
        raise AuthenticationFailed(f"This is refused: {refused.reason.value}.", refused.reason.name) from refused
    except (CognitoError, NobodyCanTell) as error:
        raise Unavailable from error
    return known.cognito_user


def _user(visitor: Visitor) -> Any:
    """Django's own user where there are such; one that was made inactive is refused."""
    users = users_of_django()
    backend = None if users is None else users.backend_in_use()
    user = TokenUser(visitor) if backend is None else backend.user_of(visitor)
    if user is None:
        raise AuthenticationFailed("This account is not active.", "inactive")
    return user
