"""One visit to the account pages: what is known of it, and the replies that can be made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from cognomen_kit.challenges import Challenge
from cognomen_kit.web.challenge_forms import challenge_form
from cognomen_kit.web.cookies import Cookie
from cognomen_kit.web.csrf import CsrfGuard
from cognomen_kit.web.fields import Form, Link
from cognomen_kit.web.forms import FORMS, filled
from cognomen_kit.web.next_page import safe_next
from cognomen_kit.web.replies import Page, Reply
from cognomen_kit.web.sessions import Found
from cognomen_kit.web.settings import WebSettings
from cognomen_kit.web.turns import Decided
from cognomen_kit.web.vault import Note, Vault
from cognomen_kit.web.visits import Visit

FOR_STRANGERS = frozenset({"sign-in", "sign-up"})
SCRIPT = "passkey.js"


@dataclass(frozen=True, slots=True)
class Said:
    """What is told about a form that is shown again; `code` is for programs."""

    status: int
    error: str
    code: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Makes replies; nothing here asks the service."""

    settings: WebSettings
    vault: Vault
    guard: CsrfGuard
    visit: Visit
    found: Found
    note: Note
    pending: Challenge[Any] | None
    nonce: str = field(repr=False)

    @classmethod
    def open(cls, settings: WebSettings, vault: Vault, guard: CsrfGuard, visit: Visit, found: Found) -> "Desk":
        """Look at what the browser brought."""
        note, pending = vault.note(visit), vault.pending(visit)
        if "next" in visit.query:
            note = replace(note, then=safe_next(visit.query["next"], settings.after_sign_in))
        return cls(settings, vault, guard, visit, found, note, pending, guard.nonce(visit))

    @property
    def session_id(self) -> str | None:
        """The session that forms are made for."""
        return None if self.found.session is None else self.found.session.session_id

    def form(self, name: str) -> Form:
        """What the page asks for."""
        if name == "challenge":
            assert self.pending is not None
            return challenge_form(self.pending, self.settings.site_name)
        return FORMS[name](self.settings)

    def detour(self, name: str) -> Reply | None:
        """Where to go where this page makes no sense now: not signed in, signed in already, nothing to answer."""
        stranger = self.found.session is None
        if name == "sign-out" and stranger:
            return self._redirect(self.settings.after_sign_out)
        if name in FORMS and self.form(name).signed_in and stranger:
            return self._redirect(self.settings.sign_in_url(self.settings.url(name)), status=401)
        if name in FOR_STRANGERS and not stranger:
            return self._redirect(safe_next(self.note.then, self.settings.after_sign_in))
        if name == "challenge" and self.pending is None:
            return self._redirect(self.settings.url("sign-in"), status=401)
        if name == "verify" and self.note.attribute is None:
            return self._redirect(self.settings.url("profile"))
        return None

    def page(self, name: str, values: Mapping[str, str]) -> Reply:
        """The page, filled in; what the page before had to say is said once."""
        form = filled(self.form(name), values)
        kept = replace(self.note, notice=None)
        cookies = (*self._cookies(), *self.vault.with_note(kept, self.visit))
        return Reply(200, cookies, page=self._page(form), form=form, notice=self.note.notice)

    def again(self, name: str, values: Mapping[str, str], said: Said) -> Reply:
        """The form once more, with what was entered and what is wrong with it."""
        form = filled(self.form(name), values)
        page = self._page(form, said.error)
        return Reply(said.status, tuple(self._cookies()), page=page, form=form, error=said.error, code=said.code)

    def over(self, said: Said) -> Reply:
        """A session or a sign-in has ended: the way in, and why."""
        stranger = replace(self, found=Found(None), pending=None, nonce=self.guard.new_nonce())
        reply = stranger.again("sign-in", stranger.known("sign-in"), said)
        ends = (*self.vault.with_session(None, self.visit), *self.vault.with_pending(None, self.visit))
        return replace(reply, cookies=(*reply.cookies, *ends))

    def go(self, decided: Decided) -> Reply:
        """Remember what was decided, and go on."""
        vault, visit = self.vault, self.visit
        after = replace(self, note=decided.note, pending=decided.challenge)
        cookies = [*self.found.cookies, *vault.with_note(decided.note, visit)]
        cookies += vault.with_pending(decided.challenge, visit)
        if decided.session is not None or decided.ends_session:
            cookies += vault.with_session(decided.session, visit)
            cookies += self.guard.cookie(self.guard.new_nonce(), visit)
        form = None if decided.form is None else filled(after.form(decided.form), after.known(decided.form))
        location = decided.location or self.settings.url(decided.form or "sign-in")
        return Reply(303, tuple(cookies), location=location, form=form, notice=decided.note.notice)

    def known(self, name: str) -> Mapping[str, str]:
        """What a form can be filled in with before anybody has typed."""
        if name == "verify":
            return {"attribute": self.note.attribute or ""}
        return {} if self.note.username is None else {self.settings.username.name: self.note.username}

    def _redirect(self, location: str, status: int = 200) -> Reply:
        """Programs are told a status of their own."""
        cookies = (*self.found.cookies, *self.vault.with_note(self.note, self.visit))
        return Reply(303, cookies, location=location, program_status=status)

    def _cookies(self) -> Iterator[Cookie]:
        yield from self.found.cookies
        yield from self.guard.cookie(self.nonce, self.visit)

    def _page(self, form: Form, error: str | None = None) -> Page:
        settings, session = self.settings, self.found.session
        return Page(
            site_name=settings.site_name,
            form=form,
            action=settings.url(form.name),
            csrf_token=self.guard.token(self.nonce, self.session_id),
            static=settings.url("static"),
            notice=None if error else self.note.notice,
            error=error,
            links=tuple(Link(label, settings.url(name)) for label, name in form.links),
            footer=tuple(Link(label, url) for label, url in settings.more_links.items()),
            person=None if session is None else session.email or session.username,
            sign_out=settings.url("sign-out") if session is not None and form.name != "sign-out" else None,
            script=SCRIPT if any(each.kind == "passkey" for each in form.fields) else None,
        )
