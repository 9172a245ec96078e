"""What an adapter answers: a page to render, or another place to go to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cognomen_kit.web.cookies import Cookie
from cognomen_kit.web.fields import Field, Form, Link
from cognomen_kit.web.settings import WebSettings

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"
PAGE_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


@dataclass(frozen=True, slots=True)
class Page:
    """Everything a template needs; nothing in it is markup."""

    site_name: str
    form: Form
    action: str
    csrf_token: str
    static: str
    notice: str | None = None
    error: str | None = None
    links: tuple[Link, ...] = ()
    footer: tuple[Link, ...] = ()
    person: str | None = None
    sign_out: str | None = None
    script: str | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer to `show` and `submit`; `code` is AWS's name of a refusal, for programs."""

    status: int
    cookies: tuple[Cookie, ...] = ()
    location: str | None = None
    page: Page | None = None
    form: Form | None = None
    notice: str | None = None
    error: str | None = None
    code: str | None = None
    program_status: int = 200

    def json(self) -> dict[str, Any]:
        """The same for a program: what to ask for next, what to say, or what went wrong."""
        return {
            "next": None if self.form is None else _form_json(self.form),
            "location": self.location,
            "notice": self.notice,
            "error": None if self.error is None else {"code": self.code, "message": self.error},
        }

    @property
    def json_status(self) -> int:
        """The status for a program, which is not redirected."""
        return self.program_status if self.location is not None else self.status


def message_page(settings: WebSettings, title: str, message: str) -> Page:
    """A page without a form, for `cognomen/message.html`: what a person is told who may not."""
    static = settings.url("static")
    return Page(settings.site_name, Form("message", title, ""), "", csrf_token="", static=static, error=message)


def _form_json(form: Form) -> dict[str, Any]:
    return {"form": form.name, "title": form.title, "fields": [_field_json(each) for each in form.fields]}


def _field_json(each: Field) -> dict[str, Any]:
    """The options of a passkey are the value of its field."""
    members = {"name": each.name, "label": each.label, "kind": each.kind, "required": each.required}
    told = {"value": each.value, "hint": each.hint, "choices": [value for value, _ in each.choices]}
    return {**members, **{name: value for name, value in told.items() if value}}
