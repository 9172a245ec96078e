"""The head of a request: bytes in, its parts or a refusal out. Nothing is repaired: what is odd is refused."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

LONGEST_HEAD: Final = 16_384  # bytes, from the method to the empty line
LONGEST_TARGET: Final = 8_192  # bytes
MOST_FIELDS: Final = 100
LONGEST_LENGTH: Final = 15  # digits of a Content-Length

TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]++"
REQUEST_LINE = re.compile(rb"([A-Z]{1,20}) ([!-~]++) HTTP/1\.([01])")
ORIGIN_FORM = re.compile(rb"(/[^?#]*+)(?:\?([^#]*+))?")
ABSOLUTE_FORM = re.compile(rb"https?://([^/?#]++)(/[^?#]*+|)(?:\?([^#]*+))?", re.IGNORECASE)
FIELDS = re.compile(rb"(?:" + TOKEN + rb":[^\x00-\x08\x0a-\x1f\x7f]*+\r\n)*+")
HOST = re.compile(rb"[\w.~%!$&'()*+,;=:\[\]-]*+", re.ASCII)
ONCE = (b"host", b"content-length", b"transfer-encoding")
FAULTS = (  # tried in this order on the field that is not one
    (re.compile(rb"[ \t]"), "a header line is folded"),
    (re.compile(rb"[^\r\n]*\n"), "a line ends without a carriage return"),
    (re.compile(rb"[^:\r\n]*[ \t]:"), "there is a space before a header's colon"),
    (re.compile(rb"[^\r\n]*[\x00-\x08\x0b-\x1f\x7f]"), "a header holds a control character"),
    (re.compile(rb""), "a header line is no header"),
)


class Malformed(Exception):  # noqa: N818
    """A request that is not served: the status it is answered with, and why, in words for the log and the sender."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(slots=True)
class Head:
    """A request without its body. `length` is what Content-Length says; names of headers are lower case."""

    method: str
    raw_path: bytes
    query: bytes
    minor: int
    headers: list[tuple[bytes, bytes]]
    length: int
    chunked: bool
    keep_alive: bool
    expects_continue: bool

    @property
    def path(self) -> str:
        """The decoded path (ASGI HTTP 2.4)."""
        path = self.raw_path.decode("ascii")
        return unquote(path) if "%" in path else path


def read_head(head: bytes) -> Head:
    """Read everything before the empty line, the end of the last line included. Raises Malformed."""
    line, _, block = head.partition(b"\r\n")
    start = REQUEST_LINE.fullmatch(line)
    if start is None:
        raise Malformed(*_why_no_request(line))
    headers = read_fields(block)
    found = dict(headers)
    if len(found) < len(headers):
        _refuse_repeated(headers)
    minor = int(start[3])
    raw_path, query = _target(start[1], start[2], found)
    length, chunked = _framing(found, minor)
    connection = _tokens(found.get(b"connection", b""))
    return Head(
        method=start[1].decode(),
        raw_path=raw_path,
        query=query,
        minor=minor,
        headers=headers,
        length=length,
        chunked=chunked,
        keep_alive=minor == 1 and b"close" not in connection,
        expects_continue=b"expect" in found and _expects_continue(found[b"expect"], minor),
    )


def refuse_unfinished(received: bytes | bytearray) -> None:
    """Refuse a head that cannot become a good one, however it goes on. Raises Malformed."""
    line, ended, _ = received[: LONGEST_HEAD + 1].partition(b"\r\n")
    if not ended and len(line) > LONGEST_TARGET + 40:
        raise Malformed(414, "the request line is too long")
    if len(received) > LONGEST_HEAD:
        raise Malformed(431, f"the head is longer than {LONGEST_HEAD} bytes")
    if received.count(b"\n") != received.count(b"\r\n"):
        raise Malformed(400, "a line ends without a carriage return")


def read_fields(block: bytes) -> list[tuple[bytes, bytes]]:
    """Header or trailer lines, each with its end, as pairs of lower-case name and value. Raises Malformed."""
    if not FIELDS.fullmatch(block):
        raise Malformed(400, _whats_wrong(block))
    lines = block.split(b"\r\n")
    lines.pop()
    if len(lines) > MOST_FIELDS:
        raise Malformed(431, f"there are more than {MOST_FIELDS} headers")
    parts = [line.partition(b":") for line in lines]
    return [(name.lower(), value.strip(b" \t")) for name, _, value in parts]


def _why_no_request(line: bytes) -> tuple[int, str]:
    if re.fullmatch(rb"[A-Z]{1,20} [!-~]+ HTTP/\d\.\d", line):
        return 505, "this is neither HTTP/1.1 nor HTTP/1.0"
    return 400, "the first line is no request line"


def _whats_wrong(block: bytes) -> str:
    good = FIELDS.match(block)
    assert good is not None, "no field at all matches"
    return next(words for pattern, words in FAULTS if pattern.match(block, good.end()))


def _refuse_repeated(headers: list[tuple[bytes, bytes]]) -> None:
    names = [name for name, _ in headers]
    for name in ONCE:
        if names.count(name) > 1:
            raise Malformed(400, f"there is more than one {name.decode()} header")


def _target(method: bytes, target: bytes, found: dict[bytes, bytes]) -> tuple[bytes, bytes]:
    if len(target) > LONGEST_TARGET:
        raise Malformed(414, f"the target is longer than {LONGEST_TARGET} bytes")
    host = found.get(b"host")
    if host is not None and not HOST.fullmatch(host):
        raise Malformed(400, "the Host header names no host")
    if match := ORIGIN_FORM.fullmatch(target):
        return match[1], match[2] or b""
    if target == b"*" and method == b"OPTIONS":
        return b"*", b""
    match = ABSOLUTE_FORM.fullmatch(target)
    if match is None or (host is not None and match[1].lower() != host.lower()):
        raise Malformed(400, "the target is no path of this server")
    return match[2] or b"/", match[3] or b""


def _framing(found: dict[bytes, bytes], minor: int) -> tuple[int, bool]:
    """How long the body is, said in one way only (RFC 9112 section 6.3)."""
    if minor and b"host" not in found:
        raise Malformed(400, "there is no Host header")
    coding, length = found.get(b"transfer-encoding"), found.get(b"content-length")
    if coding is not None:
        if length is not None or not minor or coding.lower() != b"chunked":
            raise Malformed(400, "the body's length is not clear")
        return 0, True
    if length is None:
        return 0, False
    if not length.isdigit() or len(length) > LONGEST_LENGTH:
        raise Malformed(400, "Content-Length is no number")
    return int(length), False


def _expects_continue(expectation: bytes, minor: int) -> bool:
    if expectation.lower() != b"100-continue":
        raise Malformed(417, "only 100-continue can be expected")
    return minor == 1


def _tokens(value: bytes) -> set[bytes]:
    return {token.strip().lower() for token in value.split(b",")} if value else set()
