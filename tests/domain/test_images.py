"""What an image is, told by its bytes."""

import pytest

from cognomen.domain.images import kind_of


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n...", "PNG"),
        (b"\xff\xd8\xff\xe1...", "JPEG"),
        (b"\x00\x00\x01\x00\x01\x00", "ICO"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "WEBP"),
        (b"<svg/>", "SVG"),
        (b"<svg />", "SVG"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<!-- a -->\n<svg xmlns="x"><path d="M0"/></svg>', "SVG"),
        (b"", None),
        (b"GIF89a", None),
        (b"RIFF\x00\x00\x00\x00WAVE", None),
        (b"\x89PNG", None),
        (b"<html><svg ></svg></html>", None),
        (b"<svg ><SCRIPT>a()</SCRIPT></svg>", None),
        (b'<svg\nonclick = "a()"></svg>', None),
        (b"<svg ><foreignObject/></svg>", None),
        (b'<svg ><a href="JavaScript:a()"/></svg>', None),
        (b"<!DOCTYPE svg><svg ></svg>", None),
    ],
)
def test_the_bytes_decide(content: bytes, kind: str | None) -> None:
    """A drawing with anything that runs is none."""
    assert kind_of(content) == kind
