"""Django: the whole account life as pages, who is signed in, and what they may do.

    INSTALLED_APPS = [..., "cognomen_kit.django"]
    MIDDLEWARE = [..., "cognomen_kit.django.middleware.CognitoMiddleware"]          # after AuthenticationMiddleware
    AUTHENTICATION_BACKENDS = ["cognomen_kit.django.backend.CognitoBackend"]        # only to have users of Django's own
    urlpatterns = [..., path("account/", include("cognomen_kit.django.urls"))]

    @require_groups("staff")
    def orders(request):
        return HttpResponse(f"Hello {request.cognito_user.username}")

Settings, none of them needed: `COGNITO`, a `WebSettings`; `COGNITO_CLIENT`, arguments of `Cognito`, which otherwise
come from the environment; `COGNITO_USER_FIELD` and `COGNITO_GROUPS` (see `backend`). More in docs/guides/django.md.
"""

from cognomen_kit.django.protecting import require_groups, require_scopes, sign_in_required
from cognomen_kit.django.visitors import CognitoRequest

__all__ = ["CognitoRequest", "require_groups", "require_scopes", "sign_in_required"]
