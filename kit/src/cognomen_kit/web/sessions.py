"""Sessions of browsers: looked up, renewed before the access token expires, ended when the service says so."""

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass

from cognomen_kit.calls import Call
from cognomen_kit.claims import access_claims
from cognomen_kit.core import Core
from cognomen_kit.errors import (
    CognitoError,
    CognitoUnavailable,
    InternalErrorException,
    LimitExceededException,
    NotAuthorizedException,
    TooManyRequestsException,
    UserNotFoundException,
)
from cognomen_kit.profile import Profile
from cognomen_kit.refused_tokens import TokenRefused
from cognomen_kit.results import SignedIn, unverified_claims
from cognomen_kit.tokens import Tokens
from cognomen_kit.web.cookies import Cookie
from cognomen_kit.web.vault import Session, Vault
from cognomen_kit.web.visitors import Visitor
from cognomen_kit.web.visits import Visit

EARLY = 30.0  # seconds before its end a token is renewed, so that it lasts as long as the request
REMEMBERED = 60.0  # seconds; requests that were already on their way still carry the old refresh token
MOST_REMEMBERED = 10_000
PASSING = (CognitoUnavailable, InternalErrorException, LimitExceededException, TooManyRequestsException)


@dataclass(frozen=True, slots=True)
class Found:
    """The session of a browser, or None; the cookies that say so."""

    session: Session | None
    cookies: tuple[Cookie, ...] = ()


class Renewals:
    """The tokens that old refresh tokens were lately exchanged for: rotation must not sign out a second tab."""

    def __init__(self) -> None:
        self._done: OrderedDict[bytes, tuple[float, SignedIn]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, refresh_token: str, now: float) -> SignedIn | None:
        """What this token was exchanged for a moment ago."""
        with self._lock:
            at, tokens = self._done.get(_digest(refresh_token), (0.0, None))
        return tokens if tokens is not None and 0 <= now - at < REMEMBERED else None

    def remember(self, refresh_token: str, tokens: SignedIn, now: float) -> None:
        """Note an exchange, and forget those that are of no more use."""
        with self._lock:
            self._done[_digest(refresh_token)] = (now, tokens)
            while len(self._done) > MOST_REMEMBERED or next(iter(self._done.values()))[0] < now - REMEMBERED:
                self._done.popitem(last=False)

    def forget(self, refresh_token: str) -> None:
        """A session has ended: nothing of it is handed out any more."""
        with self._lock:
            for digest, (_, tokens) in list(self._done.items()):
                if digest == _digest(refresh_token) or tokens.refresh_token == refresh_token:
                    del self._done[digest]


class Sessions:
    """The sessions of one site."""

    def __init__(self, core: Core, vault: Vault, *, check_revoked: bool) -> None:
        self._core = core
        self._vault = vault
        self._check_revoked = check_revoked
        self.renewals: Renewals = Renewals()

    def find(self, visit: Visit) -> Call[Found]:
        """The session of the browser's cookie, with an access token that is still good for a while."""
        session = self._vault.session(visit)
        if session is None:
            return Found(None, tuple(self._vault.with_session(None, visit)))
        try:
            renewed = yield from self._renewed(session)
            if self._check_revoked:
                yield from Profile.get_user.__wrapped__(self._core, renewed.access_token)
        except PASSING:
            raise
        except CognitoError:
            return Found(None, tuple(self._vault.with_session(None, visit)))
        return Found(renewed, () if renewed is session else tuple(self._vault.with_session(renewed, visit)))

    def forget(self, session: Session | None) -> None:
        """It has ended: an older copy of its cookie is not renewed from memory."""
        if session is not None and session.refresh_token is not None:
            self.renewals.forget(session.refresh_token)

    def _renewed(self, session: Session) -> Call[Session]:
        now = self._core.surroundings.clock()
        if now < session.expires_at - EARLY:
            return session
        if session.refresh_token is None:
            raise NotAuthorizedException("the access token has expired and there is no refresh token")
        tokens = self.renewals.of(session.refresh_token, now)
        if tokens is None:
            tokens = yield from Tokens.get_tokens_from_refresh_token.__wrapped__(
                self._core, session.refresh_token, device_key=session.device_key
            )
            self.renewals.remember(session.refresh_token, tokens, now)
        return session.renewed(tokens, now)


def visitor_of(session: Session) -> Visitor | None:
    """Who it is, by the access token that the service issued and the seal kept."""
    try:
        claims = access_claims(unverified_claims(session.access_token))
    except TokenRefused:
        return None
    return Visitor(claims, session.access_token, "cookie", session.email, session.name)


def is_over(error: CognitoError) -> bool:
    """Whether the service no longer takes the access token, as opposed to what was filled in."""
    about_token = isinstance(error, NotAuthorizedException) and "token" in error.message.lower()
    return about_token or isinstance(error, UserNotFoundException)


def _digest(refresh_token: str) -> bytes:
    return hashlib.sha256(refresh_token.encode()).digest()
