"""What the site remembers of a person, sealed into cookies: who is signed in, and where a sign-in stands."""

import secrets
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any, cast

from cognomen_kit.challenges import Challenge, resume
from cognomen_kit.core import Core
from cognomen_kit.results import SignedIn, unverified_claims
from cognomen_kit.sealing import LONGEST_SESSION, SealRefused, State, in_time, opened, seal
from cognomen_kit.web import cookies
from cognomen_kit.web.cookies import Cookie
from cognomen_kit.web.settings import WebSettings
from cognomen_kit.web.visits import Visit

SESSION = "cognomen-session"
PENDING = "cognomen-sign-in"
NOTE = "cognomen-note"
NOTE_SECONDS = 60 * 60  # long enough to look for a code in a mailbox


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is signed in; the token's time and `sealed_at` are in seconds since 1970."""

    session_id: str
    username: str
    access_token: str = field(repr=False)
    refresh_token: str | None = field(repr=False)
    expires_at: float
    email: str | None = field(default=None, repr=False)
    name: str | None = field(default=None, repr=False)
    device_key: str | None = field(default=None, repr=False)

    @classmethod
    def begun(cls, tokens: SignedIn, now: float) -> "Session":
        """A new session of a sign-in that has just succeeded."""
        device = tokens.new_device_metadata
        empty = cls(secrets.token_urlsafe(18), tokens.username or "", "", None, 0)
        return replace(empty.renewed(tokens, now), device_key=device.device_key if device else None)

    def renewed(self, tokens: SignedIn, now: float) -> "Session":
        """The same session with new tokens; who it is comes from the ID token, as the service issued it."""
        identity = unverified_claims(tokens.id_token)
        return replace(
            self,
            access_token=tokens.access_token,
            refresh_token=tokens.refresh_token or self.refresh_token,
            expires_at=now + tokens.expires_in,
            email=identity.get("email"),
            name=identity.get("name"),
        )


@dataclass(frozen=True, slots=True)
class Note:
    """What one page tells the next: whom it is about, what to say, where to go in the end."""

    username: str | None = field(default=None, repr=False)
    notice: str | None = field(default=None, repr=False)
    then: str | None = None
    attribute: str | None = None


class Vault:
    """Reads and writes the sealed cookies of one site; what cannot be opened counts as absent."""

    def __init__(self, core: Core, settings: WebSettings) -> None:
        self._core = core
        self._settings = settings
        self.keys: tuple[bytes, ...] = settings.keys_for(core.app)
        self._client_id = core.app.required_client_id

    def session(self, visit: Visit) -> Session | None:
        """Who is signed in, by the cookie; the access token may have expired."""
        state = self._opened(SESSION, visit, self._settings.session_seconds)
        return None if state is None else Session(**_members(state))

    def note(self, visit: Visit) -> Note:
        """What the page before this one had to tell."""
        state = self._opened(NOTE, visit, NOTE_SECONDS)
        return Note() if state is None else Note(**_members(state))

    def pending(self, visit: Visit) -> Challenge[Any] | None:
        """The sign-in that waits for an answer."""
        sealed = cookies.read(PENDING, visit)
        try:
            return None if sealed is None else resume(self._core, sealed, self.keys)
        except SealRefused:
            return None

    def with_session(self, session: Session | None, visit: Visit) -> Iterator[Cookie]:
        """Remember who is signed in, or that nobody is."""
        return self._written(SESSION, session, self._settings.session_seconds, visit)

    def with_note(self, note: Note, visit: Visit) -> Iterator[Cookie]:
        """Tell the next page something, or nothing."""
        return self._written(NOTE, None if note == Note() else note, NOTE_SECONDS, visit)

    def with_pending(self, challenge: Challenge[Any] | None, visit: Visit) -> Iterator[Cookie]:
        """Remember where a sign-in stands, or that it is over."""
        if challenge is None:
            return cookies.ended(PENDING, visit)
        return cookies.written(PENDING, challenge.seal(self.keys[0]), LONGEST_SESSION, visit)

    def _written(self, name: str, value: Session | Note | None, seconds: int, visit: Visit) -> Iterator[Cookie]:
        if value is None:
            return cookies.ended(name, visit)
        state = {**asdict(value), "sealed_at": self._core.surroundings.clock()}
        return cookies.written(name, seal(state, self.keys[0], self._client_id, name), seconds, visit)

    def _opened(self, name: str, visit: Visit, seconds: int) -> State | None:
        sealed = cookies.read(name, visit)
        if sealed is None:
            return None
        try:
            return in_time(opened(sealed, self.keys, self._client_id, name), self._core.surroundings.clock(), seconds)
        except SealRefused:
            return None


def _members(state: State) -> dict[str, Any]:
    return cast("dict[str, Any]", {name: value for name, value in state.items() if name != "sealed_at"})
