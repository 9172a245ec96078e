"""The look of the classic hosted pages: a style sheet of a few classes, and a logo (reference 11)."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cognomen import errors
from cognomen.domain.images import kind_of

EVERY_CLIENT = "ALL"
MOST_IMAGE = 100 * 1024  # bytes
_NAMES = (
    *("logo", "banner", "label", "textDescription", "idpDescription", "legalText", "submitButton", "errorMessage"),
    *("inputField", "idpButton", "socialButton", "redirect", "passwordCheck-notValid", "passwordCheck-valid"),
    "background",
)
_STATES = {"submitButton": "hover", "inputField": "focus", "idpButton": "hover"}
CLASSES = frozenset(
    (
        *(f".{name}-customizable" for name in _NAMES),
        *(f".{name}-customizable:{state}" for name, state in _STATES.items()),
    )
)
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
# What would fetch something, or run, or leave the style sheet.
ACTIVE = re.compile(r"@|url\s*\(|expression\s*\(|javascript:|<|\\", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class UiCustomization:
    """How the pages of one client look, or of every client that has no look of its own."""

    pool_id: str
    client_id: str
    css: str | None
    image: bytes | None = field(repr=False)
    created_ms: int
    modified_ms: int

    @property
    def css_version(self) -> str:
        """When the style was last changed: yyyyMMddHHmmss."""
        return f"{datetime.fromtimestamp(self.modified_ms // 1000, UTC):%Y%m%d%H%M%S}"


def check_css(css: str) -> None:
    """Refuse a style sheet of other classes than AWS's, or that is none; raises InvalidParameterException."""
    text = COMMENT.sub("", css)
    if ACTIVE.search(text) or RULE.sub("", text).strip():
        raise errors.CssUnreadable
    for rule in RULE.finditer(text):
        for selector in rule[1].split(","):
            if selector.strip() not in CLASSES:
                raise errors.CssClassUnknown(name=selector.strip())


def check_image(image: bytes) -> None:
    """Refuse what is no PNG or JPEG of 100 KB at most; raises InvalidParameterException."""
    if len(image) > MOST_IMAGE:
        raise errors.ImageTooLarge(most=MOST_IMAGE)
    if kind_of(image) not in {"PNG", "JPEG"}:
        raise errors.ImageNotReadable
