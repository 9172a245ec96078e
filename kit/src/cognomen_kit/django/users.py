"""`request.user` for whoever signed in with Cognito."""

from functools import partial
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from cognomen_kit.django.backend import CognitoBackend, backend_in_use
from cognomen_kit.django.visitors import CognitoRequest
from cognomen_kit.web import Visitor


def give_user(request: CognitoRequest) -> None:
    """Whoever signed in with Cognito is who is signed in, whatever a session of Django's own says."""
    visitor, backend = request.cognito_user, backend_in_use()
    if visitor is None or backend is None:
        return
    user = SimpleLazyObject(partial(_user_of, backend, visitor))
    request.user = user  # type: ignore[assignment] # lazy, as Django's own
    request.auser = sync_to_async(partial(_looked_up, user))


def _user_of(backend: CognitoBackend, visitor: Visitor) -> Any:
    return backend.user_of(visitor) or AnonymousUser()


def _looked_up(user: Any) -> Any:
    """The same, after the database was asked."""
    str(user)
    return user
