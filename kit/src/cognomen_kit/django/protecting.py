"""Views for somebody in particular."""

from collections.abc import Callable
from functools import wraps
from inspect import iscoroutinefunction
from typing import Any, TypeVar, cast

from cognomen_kit.django.visitors import insisted

View = TypeVar("View", bound=Callable[..., Any])


def sign_in_required(view: View) -> View:
    """Anybody who is signed in: browsers are led to the sign-in and back, programs are answered 401."""
    return _protected(view, (), None)


def require_scopes(*scopes: str) -> Callable[[View], View]:
    """Whoever has all of these scopes; others are answered 403."""
    return lambda view: _protected(view, scopes, None)


def require_groups(*groups: str) -> Callable[[View], View]:
    """Whoever is in at least one of these groups; others are answered 403."""
    return lambda view: _protected(view, (), groups)


def _protected(view: View, scopes: tuple[str, ...], groups: tuple[str, ...] | None) -> View:
    @wraps(view)
    def checked(request: Any, *args: Any, **kwargs: Any) -> Any:
        insisted(request, scopes=scopes, groups=groups)
        return view(request, *args, **kwargs)

    @wraps(view)
    async def checked_async(request: Any, *args: Any, **kwargs: Any) -> Any:
        insisted(request, scopes=scopes, groups=groups)
        return await view(request, *args, **kwargs)

    return cast("View", checked_async if iscoroutinefunction(view) else checked)
