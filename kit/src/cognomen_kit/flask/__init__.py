"""Flask: the whole account life as pages, who is signed in, and what they may do.

    app = Flask(__name__)
    AccountPages(app)                   # the pages are at /account/sign-in and so on

    @app.get("/orders")
    @require_groups("staff")
    def orders():
        return f"Hello {current_user.username}"

Everything else comes from the environment, as for `Cognito()`. The guide is docs/guides/flask.md.
"""

from cognomen_kit.flask.pages import AccountPages
from cognomen_kit.flask.protecting import require_groups, require_scopes, sign_in_required
from cognomen_kit.flask.visitors import NobodySignedIn, current_user, visitor

__all__ = [
    "AccountPages",
    "NobodySignedIn",
    "current_user",
    "require_groups",
    "require_scopes",
    "sign_in_required",
    "visitor",
]
