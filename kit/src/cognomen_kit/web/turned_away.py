"""What somebody hears who may not: a browser is led to the sign-in, a program hears a status and why (RFC 6750)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cognomen_kit.refused_tokens import TokenRefused
from cognomen_kit.web.settings import WebSettings
from cognomen_kit.web.visitors import SignInNeeded, Visitor
from cognomen_kit.web.visits import Visit

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
UNAVAILABLE = "Nobody can tell at the moment who you are. Please try again later."


class NobodyCanTell(Exception):  # noqa: N818 - reads as the sentence it is
    """The service cannot be asked who is asking; its own answer is the argument."""


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """The answer: `location` (answer 303) for a browser that can sign in, else `status`, `headers` and `message`."""

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)
    location: str | None = None

    def json(self) -> dict[str, dict[str, str]]:
        """The same for a program, in the shape that a `Reply` has."""
        return {"error": {"code": self.code, "message": self.message}}


def turned_away(
    error: SignInNeeded | TokenRefused | NobodyCanTell, visit: Visit, settings: WebSettings, then: str | None
) -> TurnedAway:
    """What to answer; `then` is where a browser wants to be afterwards, None where it has submitted something."""
    if isinstance(error, TokenRefused):
        return _refused(error)
    if isinstance(error, SignInNeeded):
        forged = then is None and visit.comes_from_elsewhere
        location = settings.sign_in_url(then) if wants_a_page(visit) and not forged else None
        return TurnedAway(401, "SignInNeeded", "Please sign in.", {"WWW-Authenticate": "Bearer"}, location)
    return TurnedAway(503, "CognitoUnavailable", UNAVAILABLE, {"Retry-After": "5"})


def wants_a_page(visit: Visit) -> bool:
    """Whether a person looks at the answer: browsers name text/html where they navigate, and send no bearer token."""
    return "text/html" in visit.headers.get("accept", "") and visit.bearer_token is None


def wants_json(visit: Visit) -> bool:
    """Whether a program looks at the answer: it sent JSON, or wants JSON and no page."""
    accepted = visit.headers.get("accept", "")
    return visit.is_json or ("application/json" in accepted and "text/html" not in accepted)


def rides_on_a_cookie(visitor: Visitor | None, visit: Visit, method: str) -> bool:
    """Whether another site's page may have sent this, and the browser added the cookie by itself."""
    return visitor is not None and visitor.via == "cookie" and method not in SAFE_METHODS and visit.comes_from_elsewhere


def _refused(error: TokenRefused) -> TurnedAway:
    status, told = error.reason.status, f"This is refused: {error.reason.value}."
    name = {401: "invalid_token", 403: "insufficient_scope"}.get(status)
    challenge = {"WWW-Authenticate": f'Bearer error="{name}", error_description="{error.reason.value}"'} if name else {}
    return TurnedAway(status, error.reason.name, told, challenge)
