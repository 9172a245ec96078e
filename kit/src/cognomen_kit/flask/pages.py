"""The account life as a blueprint, and what the application answers to whom it turns away."""

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, render_template, request
from werkzeug.exceptions import default_exceptions
from werkzeug.wrappers import Response as AnyResponse

from cognomen_kit import Cognito, CognitoError, TokenRefused, TokenVerifier
from cognomen_kit.flask.visitors import EXTENSION, account, current_user, keep_cookies, remember, visit
from cognomen_kit.trust import pool_of_app
from cognomen_kit.web import FORM_NAMES, PAGE_HEADERS, STATIC, TEMPLATES, Account, Reply, SignInNeeded, WebSettings
from cognomen_kit.web.turned_away import SAFE_METHODS, NobodyCanTell, turned_away, wants_a_page, wants_json

BLUEPRINT = "cognomen"
TEMPLATE = "cognomen/page.html"


class AccountPages:
    """The extension: give it the application at once, or later with `init_app`.

    `url_prefix` is where the pages are within the application; it differs from `settings.base` only where the
    application itself is mounted under a path. Your own `cognomen/page.html` takes the place of ours.
    """

    def __init__(
        self,
        app: Flask | None = None,
        settings: WebSettings | None = None,
        *,
        cognito: Cognito | None = None,
        verifier: TokenVerifier | None = None,
        url_prefix: str | None = None,
    ) -> None:
        self.settings: WebSettings = settings or WebSettings()
        self.url_prefix: str = self.settings.base if url_prefix is None else url_prefix
        self._cognito, self._verifier = cognito, verifier
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Serve the pages, know the visitor; the environment is read now. Raises ConfigurationMissing."""
        cognito = self._cognito or Cognito()
        app.extensions[EXTENSION] = Account(cognito, self._verifier or _verifier_of(cognito), self.settings)
        app.register_blueprint(_blueprint(), url_prefix=self.url_prefix)
        app.context_processor(lambda: {"current_user": current_user})
        app.after_request(keep_cookies)
        for refusal in (SignInNeeded, TokenRefused, NobodyCanTell):
            app.register_error_handler(refusal, _turn_away)


def _verifier_of(cognito: Cognito) -> TokenVerifier | None:
    """Bearer tokens are taken where the id of the pool is known."""
    return TokenVerifier(pool_of_app(cognito.app)) if cognito.app.user_pool_id else None


def _blueprint() -> Blueprint:
    pages = Blueprint(BLUEPRINT, __name__, template_folder=TEMPLATES, static_folder=STATIC, static_url_path="/static")
    pages.add_url_rule("/<name>", "form", _form, methods=["GET", "POST"])
    return pages


def _form(name: str) -> AnyResponse:
    """Show a form, or take it."""
    if name not in FORM_NAMES:
        abort(404)
    try:
        reply = account().show(name, visit()) if request.method in SAFE_METHODS else _submitted(name)
    except CognitoError as error:
        raise NobodyCanTell(error) from error
    remember(reply.cookies)
    return _answer(reply)


def _submitted(name: str) -> Reply:
    try:
        values = request.get_json(silent=True) if visit().is_json else request.form.to_dict()
    except RecursionError:
        abort(400)
    if not isinstance(values, dict):
        abort(400)
    return account().submit(name, visit(), values)


def _answer(reply: Reply) -> AnyResponse:
    if wants_json(visit()):
        answer = jsonify(reply.json())
        answer.status_code = reply.json_status
    elif reply.location is not None:
        return redirect(reply.location, 303)
    else:
        answer = Response(render_template(TEMPLATE, page=reply.page), reply.status)
    answer.headers.update(PAGE_HEADERS)
    return answer


def _turn_away(error: SignInNeeded | TokenRefused | NobodyCanTell) -> AnyResponse:
    """Lead a browser to the sign-in, show a person the application's own page of this status, tell a program why."""
    then = request.full_path.rstrip("?") if request.method in SAFE_METHODS else None
    told = turned_away(error, visit(), account().settings, then and request.root_path + then)
    if told.location is not None:
        return redirect(told.location, 303)
    if wants_a_page(visit()):
        page = current_app.handle_http_exception(default_exceptions[told.status](told.message))
        answer = current_app.make_response(page)
    else:
        answer = jsonify(told.json())
        answer.status_code = told.status
    answer.headers.update(told.headers)
    return answer
