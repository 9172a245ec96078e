"""A site with account pages, as a browser and as a program see it, whatever framework it is made with."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

PERSON = {"Accept": "text/html,application/xhtml+xml"}
PASSWORD = "Correct-Horse-9"


@dataclass(frozen=True)
class Answer:
    """What a site answers."""

    status: int
    headers: Mapping[str, str]
    text: str
    json: Any = None

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def page(self) -> "Page":
        return Page.read(self.text)


@dataclass
class Page(HTMLParser):
    """The form in the middle of a page, and what is said about it."""

    fields: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.here = ""

    @classmethod
    def read(cls, text: str) -> "Page":
        page = cls()
        page.feed(text)
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.here = given.get("role") or ("title" if tag == "h1" else "")
        if tag == "input" and given.get("type") != "checkbox":
            self.fields[str(given["name"])] = given.get("value") or ""

    def handle_data(self, data: str) -> None:
        if self.here:
            self.said[self.here] = data
            self.here = ""

    @property
    def title(self) -> str:
        return self.said.get("title", "")

    @property
    def error(self) -> str:
        return self.said.get("alert", "")

    @property
    def notice(self) -> str:
        return self.said.get("status", "")


class Site(ABC):
    """One browser's view of a site: it keeps cookies."""

    def __init__(self, pool: Any) -> None:
        self.pool = pool

    @abstractmethod
    def ask(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Answer:
        """One request; a dict as body is a form, or JSON where the headers say so."""

    @abstractmethod
    def cookies(self) -> Mapping[str, str]:
        """What the browser keeps."""

    @abstractmethod
    def later(self, seconds: float) -> None:
        """Move the site's clock; the service's stays."""

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, {**PERSON, **_named(headers)}, None)

    def program(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        kind = {} if body is None else {"Content-Type": "application/json"}
        return self.ask(method, path, {"Accept": "application/json", **kind, **_named(headers)}, body)

    def submit(self, path: str, **values: str) -> Answer:
        """Open a page, fill it in, submit it."""
        shown = self.get(path)
        assert shown.status == 200, (path, shown.status, shown.location)
        return self.ask("POST", path, PERSON, {**shown.page.fields, **values})

    def follow(self, answer: Answer) -> Answer:
        assert answer.status in {302, 303}, (answer.status, answer.page.error or answer.text[:500])
        return self.get(answer.location)

    def sign_in(self, email: str, password: str = PASSWORD) -> Answer:
        return self.submit("/account/sign-in", email=email, password=password)


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def path_of(location: str) -> str:
    return urlsplit(location).path
