"""A browser without a screen: it keeps the cookies of replies and fills in the pages it was shown."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from cognomen_kit.web import CSRF_FIELD, Account, Cookie, Reply, Seen, Visit


@dataclass
class Visiting:
    """Walks through the account pages of one site."""

    account: Account
    scheme: str = "https"
    host: str = "shop.example"
    jar: dict[str, str] = field(default_factory=dict)
    page: Any = None

    def visit(self, name: str = "", headers: dict[str, str] | None = None, **query: str) -> Visit:
        path = f"/account/{name}"
        return Visit(
            scheme=self.scheme, host=self.host, path=path, cookies=dict(self.jar), headers=headers or {}, query=query
        )

    def keep(self, cookies: tuple[Cookie, ...]) -> None:
        for cookie in cookies:
            if cookie.max_age:
                self.jar[cookie.name] = cookie.value
            else:
                self.jar.pop(cookie.name, None)

    def open(self, name: str, **query: str) -> Reply:
        return self._kept(self.account.show(name, self.visit(name, **query)))

    def fill(self, **values: str) -> Reply:
        """Send the form of the page that is open, and follow where it leads within the account pages."""
        assert self.page is not None, "no page is open"
        known = {each.name: each.value for each in self.page.form.fields if each.value}
        return self.send(self.page.form.name, **{CSRF_FIELD: self.page.csrf_token, **known, **values})

    def send(self, name: str, /, **values: str) -> Reply:
        reply = self._kept(self.account.submit(name, self.visit(name), values))
        base = self.account.settings.base + "/"
        if reply.location and reply.location.startswith(base):
            place = urlsplit(reply.location.removeprefix(base))
            self.open(place.path, **dict(parse_qsl(place.query)))
        return reply

    def seen(self, **headers: str) -> Seen:
        seen = self.account.see(self.visit(headers=headers))
        self.keep(seen.cookies)
        return seen

    def _kept(self, reply: Reply) -> Reply:
        self.keep(reply.cookies)
        self.page = reply.page
        return reply
