"""The account life of a site: every page shown and every form taken, with asyncio or without."""

import json
from collections.abc import Mapping
from typing import Any, cast

from cognomen_kit.calls import Call
from cognomen_kit.client import AsyncCognito, Cognito
from cognomen_kit.core import Core
from cognomen_kit.drivers import AsyncDriver, Driver
from cognomen_kit.errors import CognitoError
from cognomen_kit.operations import Bound, DriverT, operation
from cognomen_kit.refused_tokens import Reason, TokenRefused
from cognomen_kit.verifier import AsyncTokenVerifier, TokenVerifier
from cognomen_kit.web import entering, joining, owning, recovering
from cognomen_kit.web.csrf import CSRF_FIELD, CsrfGuard
from cognomen_kit.web.desk import Desk, Said
from cognomen_kit.web.forms import missing
from cognomen_kit.web.replies import Reply
from cognomen_kit.web.sessions import Sessions, is_over, visitor_of
from cognomen_kit.web.settings import WebSettings
from cognomen_kit.web.statuses import status_of
from cognomen_kit.web.turns import Step, Turn
from cognomen_kit.web.vault import Vault
from cognomen_kit.web.visitors import Seen, Visitor
from cognomen_kit.web.visits import Visit

STEPS: Mapping[str, Step] = {
    "sign-up": joining.sign_up,
    "confirm": joining.confirm,
    "resend": joining.resend,
    "sign-in": entering.sign_in,
    "challenge": entering.challenge,
    "forgot": recovering.forgot,
    "reset": recovering.reset,
    "profile": owning.profile,
    "verify": owning.verify,
    "change-password": owning.change_password,
    "sign-out": entering.sign_out,
}
FORM_NAMES = tuple(STEPS)
TOO_OLD = Said(403, "This page was open for too long. Please try again.", "FormRefused")
ANSWERED_AGAIN = {
    "CodeMismatchException",
    "EnableSoftwareTokenMFAException",
    "InvalidParameterException",
    "InvalidPasswordException",
}


class AccountLife(Bound[DriverT]):
    """See the description of the package; without a verifier bearer tokens are refused."""

    def __init__(self, client: DriverT, settings: WebSettings) -> None:
        self.client: DriverT = client
        self.settings: WebSettings = settings
        self._core = cast("Core", client)
        self._vault = Vault(self._core, settings)
        self._guard = CsrfGuard(self._vault.keys)
        self._sessions = Sessions(self._core, self._vault, check_revoked=settings.check_revoked)

    @operation
    def see_browser(self, visit: Visit) -> Call[Seen]:
        """Who is asking, by the session's cookie alone; raises CognitoError where nobody can tell."""
        found = yield from self._sessions.find(visit)
        return Seen(None if found.session is None else visitor_of(found.session), found.cookies)

    @operation
    def show(self, name: str, visit: Visit) -> Call[Reply]:
        """The page of a form, or where to go instead; raises KeyError for a form that there is not."""
        desk = yield from self._desk(name, visit)
        detour = desk.detour(name)
        if detour is not None:
            return detour
        if name != "profile":
            return desk.page(name, desk.known(name))
        try:
            return desk.page(name, (yield from owning.known_attributes(self._turn(desk, {}))))
        except CognitoError as error:
            return _refused(desk, name, {}, error)

    @operation
    def submit(self, name: str, visit: Visit, values: Mapping[str, Any]) -> Call[Reply]:
        """Take a filled-in form: go on, or show it again and say why; raises KeyError as `show` does."""
        desk, texts = (yield from self._desk(name, visit)), _texts(values)
        detour = desk.detour(name)
        if detour is not None:
            return detour
        if not self._is_ours(desk, texts):
            return desk.again(name, texts, TOO_OLD)
        told = missing(desk.form(name), texts)
        if told is not None:
            return desk.again(name, texts, Said(400, told, "FieldsMissing"))
        try:
            decided = yield from STEPS[name](self._turn(desk, texts))
            if decided.ends_session:
                self._sessions.forget(desk.found.session)
            return desk.go(decided)
        except CognitoError as error:
            return _refused(desk, name, texts, error)

    def _desk(self, name: str, visit: Visit) -> Call[Desk]:
        if name not in STEPS:
            raise KeyError(name)
        found = yield from self._sessions.find(visit)
        return Desk.open(self.settings, self._vault, self._guard, visit, found)

    def _turn(self, desk: Desk, values: Mapping[str, str]) -> Turn:
        session = desk.found.session
        return Turn(self._core, self.settings, desk.visit, values, desk.note, session, desk.pending)

    def _is_ours(self, desk: Desk, values: Mapping[str, str]) -> bool:
        """Whether the submission comes from a page of this site, filled in within this session."""
        if desk.visit.comes_from_elsewhere:
            return False
        return desk.visit.is_json or self._guard.accepts(values.get(CSRF_FIELD, ""), desk.visit, desk.session_id)


class AsyncAccount(AccountLife[AsyncDriver]):
    """The account life for asyncio."""

    def __init__(
        self, client: AsyncCognito, verifier: AsyncTokenVerifier | None = None, settings: WebSettings | None = None
    ) -> None:
        super().__init__(client, settings or WebSettings())
        self._verifier = verifier

    async def see(self, visit: Visit) -> Seen:
        """Who is asking; raises TokenRefused for a bad bearer token, CognitoError where nobody can tell."""
        token = visit.bearer_token
        if token is None:
            return await self.see_browser(visit)
        if self._verifier is None:
            raise TokenRefused(Reason.ISSUER)
        claims = await self._verifier.verify_access(token, check_revoked=self.settings.check_revoked)
        return Seen(Visitor(claims, token, "bearer"))


class Account(AccountLife[Driver]):
    """The account life for code without a loop; threads may share it."""

    def __init__(
        self, client: Cognito, verifier: TokenVerifier | None = None, settings: WebSettings | None = None
    ) -> None:
        super().__init__(client, settings or WebSettings())
        self._verifier = verifier

    def see(self, visit: Visit) -> Seen:
        """Who is asking; raises TokenRefused for a bad bearer token, CognitoError where nobody can tell."""
        token = visit.bearer_token
        if token is None:
            return self.see_browser(visit)
        if self._verifier is None:
            raise TokenRefused(Reason.ISSUER)
        claims = self._verifier.verify_access(token, check_revoked=self.settings.check_revoked)
        return Seen(Visitor(claims, token, "bearer"))


def _refused(desk: Desk, name: str, values: Mapping[str, str], error: CognitoError) -> Reply:
    """Once more, or from the beginning where the session or the sign-in is over."""
    said = Said(status_of(error), error.safe_message, error.code)
    ends_session = desk.found.session is not None and is_over(error)
    ends_sign_in = name == "challenge" and error.code not in ANSWERED_AGAIN and said.status in {400, 401}
    return desk.over(said) if ends_session or ends_sign_in else desk.again(name, values, said)


def _texts(values: Mapping[str, Any]) -> Mapping[str, str]:
    """Values of JSON as a form would have them: what is ticked is `on`, what has members is JSON text."""
    return {name: text for name, value in values.items() if (text := _text(value)) is not None}


def _text(value: Any) -> str | None:
    match value:
        case str():
            return value
        case bool():
            return "on" if value else None
        case dict():
            return json.dumps(value)
        case _:
            return None
