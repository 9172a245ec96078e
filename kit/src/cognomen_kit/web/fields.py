"""Forms as data: what a page asks for, and how a browser may help to fill it in."""

from dataclasses import dataclass, field, replace
from typing import Literal

Kind = Literal["text", "email", "tel", "password", "code", "choice", "hidden", "checkbox", "passkey", "otpauth"]
INPUT_TYPES = {"code": "text", "choice": "radio", "passkey": "hidden", "otpauth": "hidden"}


@dataclass(frozen=True, slots=True)
class Field:
    """One input; `name` is what the submission calls it, `choices` are value and label."""

    name: str
    label: str
    kind: Kind = "text"
    autocomplete: str = "off"
    required: bool = True
    hint: str = ""
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def input_type(self) -> str:
        """The type of the HTML element."""
        return INPUT_TYPES.get(self.kind, self.kind)

    def filled(self, value: str) -> "Field":
        """The same, with a value; a password is never filled in."""
        return self if self.kind == "password" else replace(self, value=value)


@dataclass(frozen=True, slots=True)
class Link:
    """A way to another page."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Form:
    """What a page asks for; `name` is its last part of the URL."""

    name: str
    title: str
    submit: str
    fields: tuple[Field, ...] = ()
    intro: str = ""
    links: tuple[tuple[str, str], ...] = field(default=())
    """Label and name of other forms that a person may want instead."""
    signed_in: bool = False
    """Whether it takes somebody who is signed in."""
    partial: bool = False
    """Whether what is left out of a submission stays as it is."""


EMAIL = Field("email", "E-mail address", "email", "email")
PHONE = Field("phone_number", "Phone number", "tel", "tel", hint="With country code, such as +49 30 123456")
NAME = Field("name", "Name", "text", "name")
PASSWORD = Field("password", "Password", "password", "current-password")
NEW_PASSWORD = Field("password", "New password", "password", "new-password")
OLD_PASSWORD = Field("previous_password", "Present password", "password", "current-password")
CODE = Field("code", "Code", "code", "one-time-code")
