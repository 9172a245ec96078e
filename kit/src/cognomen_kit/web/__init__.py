"""The account life on the web, for any framework: what is shown, what is submitted, who is asking.

An adapter gives a `Visit` (what it knows of a request) and gets values back; it never touches a cookie's content.

    desk = AsyncAccount(AsyncCognito(), AsyncTokenVerifier(), WebSettings(site_name="Shop"))   # Account for sync code

    reply = await desk.show("sign-in", visit)            # GET  {base}/sign-in   -> Reply
    reply = await desk.submit("sign-in", visit, values)  # POST {base}/sign-in   -> Reply; values: name -> text
    seen = await desk.see(visit)                         # who is asking         -> Seen(visitor or None, cookies)

* `FORM_NAMES` are the pages under `settings.base`: sign-up, confirm, resend, sign-in, challenge, forgot, reset,
  profile, verify, change-password, sign-out. Any other name raises `KeyError` (answer 404).
* A `Reply` has `status`, `cookies` to set (always all of them, also on errors), and either `location` (answer 303) or
  `page`. `reply.json()` is the same for a JSON API. Pages must be answered with `PAGE_HEADERS`.
* A `Page` is rendered by the templates in `TEMPLATES` (`cognomen/page.html` with the variable `page`; they keep to what
  Jinja2 and Django's language have in common) with the files in `STATIC` served under `{base}/static/`.
* `seen.visitor` is a `Visitor` (typed claims, access token) or None. Put `seen.cookies` into the response always: an
  expired access token may have been renewed. `see` raises `TokenRefused` for a bad bearer token (answer its
  `reason.status`) and `CognitoUnavailable` where nobody can tell (answer 503).
* `insist(seen.visitor, scopes=..., groups=...)` returns the visitor, or raises `SignInNeeded` (redirect a browser to
  `settings.sign_in_url(visit.path)`, answer 401 to an API) or `TokenRefused` (403); `turned_away` makes the answer.
* A form is safe against forgery by the hidden field `CSRF_FIELD`, which `Page` carries. A submission whose
  `Content-Type` is `application/json` needs none: browsers let no other site send that. Any submission from another
  origin is refused. For pages of your own, `rides_on_a_cookie` tells what another site's page may have sent.

`Cookie.header()` is the value of a Set-Cookie header; its fields are there for frameworks with functions of their own.
Nothing else is needed: no session store, no CSRF middleware, no user table.
"""

from cognomen_kit.web.account import FORM_NAMES, Account, AsyncAccount
from cognomen_kit.web.cookies import Cookie
from cognomen_kit.web.csrf import CSRF_FIELD
from cognomen_kit.web.fields import Field, Form, Link
from cognomen_kit.web.next_page import safe_next
from cognomen_kit.web.replies import PAGE_HEADERS, STATIC, TEMPLATES, Page, Reply
from cognomen_kit.web.settings import WebSettings
from cognomen_kit.web.visitors import Seen, SignInNeeded, Visitor, insist
from cognomen_kit.web.visits import Visit

__all__ = [
    "CSRF_FIELD",
    "FORM_NAMES",
    "PAGE_HEADERS",
    "STATIC",
    "TEMPLATES",
    "Account",
    "AsyncAccount",
    "Cookie",
    "Field",
    "Form",
    "Link",
    "Page",
    "Reply",
    "Seen",
    "SignInNeeded",
    "Visit",
    "Visitor",
    "WebSettings",
    "insist",
    "safe_next",
]
