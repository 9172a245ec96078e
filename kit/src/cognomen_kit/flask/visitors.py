"""Who is asking, found out when somebody wants to know, once a request."""

from typing import cast

from flask import Request, Response, current_app, g, request
from werkzeug.local import LocalProxy

from cognomen_kit import CognitoError
from cognomen_kit.web import Account, Seen, SignInNeeded, Visit, Visitor
from cognomen_kit.web.cookies import Cookie, answered
from cognomen_kit.web.turned_away import NobodyCanTell

EXTENSION = "cognomen-kit"


class NobodySignedIn(SignInNeeded, RuntimeError):  # noqa: N818 - reads as the sentence it is
    """`current_user` was asked about somebody, and nobody is signed in."""


def account() -> Account:
    """The account life of the current application; KeyError where it has no `AccountPages`."""
    return cast("Account", current_app.extensions[EXTENSION])


def visit() -> Visit:
    """The current request, as the account life sees it, with what this response has changed of its cookies."""
    if "cognomen_visit" not in g:
        g.cognomen_visit = visit_of(request)
    return cast("Visit", g.cognomen_visit)


def visit_of(asked: Request) -> Visit:
    """A request; behind a proxy, werkzeug's ProxyFix says what the browser sees."""
    return Visit(
        scheme=asked.scheme,
        host=asked.host,
        path=asked.root_path + asked.path,
        cookies=asked.cookies.to_dict(),
        headers={name.lower(): value for name, value in asked.headers.items()},
        query=asked.args.to_dict(),
        ip_address=asked.remote_addr,
    )


def visitor() -> Visitor | None:
    """Who is asking, or None; raises TokenRefused for a bad bearer token, NobodyCanTell."""
    if "cognomen_seen" not in g:
        g.cognomen_seen = _seen()
        remember(g.cognomen_seen.cookies)
    return cast("Seen", g.cognomen_seen).visitor


def _seen() -> Seen:
    try:
        return account().see(visit())
    except CognitoError as error:
        raise NobodyCanTell(error) from error


def remember(cookies: tuple[Cookie, ...]) -> None:
    """Set these with the response; whoever looks at the visit from here on sees them."""
    g.cognomen_visit = answered(visit(), cookies)
    g.cognomen_cookies = {**g.get("cognomen_cookies", {}), **{cookie.name: cookie for cookie in cookies}}


def keep_cookies(response: Response) -> Response:
    """Put into the response what has to be remembered, and keep shared caches from giving it to others."""
    cookies = g.get("cognomen_cookies", {})
    for cookie in cookies.values():
        response.headers.add("Set-Cookie", cookie.header())
    if cookies and not response.cache_control.no_store:
        response.cache_control.public, response.cache_control.private = False, True
    if "cognomen_seen" in g:
        response.vary.update(["Cookie", "Authorization"])
    return response


def _somebody() -> Visitor:
    found = visitor()
    if found is None:
        raise NobodySignedIn
    return found


current_user: Visitor = cast("Visitor", LocalProxy(_somebody))
"""Who is asking: false where nobody is signed in, and then any attribute leads to the sign-in."""
