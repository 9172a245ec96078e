"""Views for somebody in particular."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec

from flask import abort, current_app, request

from cognomen_kit.flask.visitors import visit, visitor
from cognomen_kit.web import insist
from cognomen_kit.web.turned_away import rides_on_a_cookie

P = ParamSpec("P")


def sign_in_required(view: Callable[P, Any]) -> Callable[P, Any]:
    """Anybody who is signed in: browsers are led to the sign-in and back, programs are answered 401."""
    return _protected(view, (), None)


def require_scopes(*scopes: str) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Whoever has all of these scopes; others are answered 403."""
    return lambda view: _protected(view, scopes, None)


def require_groups(*groups: str) -> Callable[[Callable[P, Any]], Callable[P, Any]]:
    """Whoever is in at least one of these groups; others are answered 403."""
    return lambda view: _protected(view, (), groups)


def _protected(view: Callable[P, Any], scopes: tuple[str, ...], groups: tuple[str, ...] | None) -> Callable[P, Any]:
    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> Any:
        somebody = insist(visitor(), scopes=scopes, groups=groups)
        if rides_on_a_cookie(somebody, visit(), request.method):
            abort(403)
        return current_app.ensure_sync(view)(*args, **kwargs)

    return checked
