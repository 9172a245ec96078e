"""What an image really is, told by its first bytes and not by what its sender calls it."""

import re
from collections.abc import Mapping

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"
ICO = b"\x00\x00\x01\x00"
SVG_BEGINS = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--.*?-->\s*)*<svg[\s>/]", re.DOTALL)
# What would run in the browser of whoever sees the image.
SVG_ACTIVE = re.compile(rb"<script|<foreignobject|\son[a-z]+\s*=|javascript:|<!DOCTYPE|<!ENTITY", re.IGNORECASE)


def kind_of(content: bytes) -> str | None:
    """ICO, JPEG, PNG, SVG or WEBP; None for everything else, and for drawings with anything active in them."""
    begins: Mapping[str, bool] = {
        "PNG": content.startswith(PNG),
        "JPEG": content.startswith(JPEG),
        "ICO": content.startswith(ICO),
        "WEBP": content[:4] == b"RIFF" and content[8:12] == b"WEBP",
        "SVG": SVG_BEGINS.match(content) is not None and SVG_ACTIVE.search(content) is None,
    }
    return next((kind for kind, fits in begins.items() if fits), None)
