"""What a request's head may look like (RFC 9112, checks HTTP-03 and HTTP-05): everything odd is refused."""

import pytest

from cognomen.edge.head import LONGEST_HEAD, MOST_FIELDS, Malformed, read_head, refuse_unfinished

GOOD = b"POST /?a=b HTTP/1.1\r\nHost: x:9229\r\nContent-Length: 3\r\n"


def with_fields(*fields: bytes, line: bytes = b"POST / HTTP/1.1", host: bytes = b"Host: x") -> bytes:
    return b"".join(part + b"\r\n" for part in (line, host, *fields) if part)


def test_a_head_is_read() -> None:
    """Names in lower case, values without the blanks around them, in the order in which they came."""
    head = read_head(GOOD + b"X-Thing: \t two words \t\r\nx-thing:\r\n")
    assert (head.method, head.path, head.query, head.minor, head.length) == ("POST", "/", b"a=b", 1, 3)
    assert head.headers[2:] == [(b"x-thing", b"two words"), (b"x-thing", b"")]
    assert (head.keep_alive, head.chunked, head.expects_continue) == (True, False, False)


@pytest.mark.parametrize(
    ("line", "path", "query"),
    [
        (b"GET / HTTP/1.1", "/", b""),
        (b"GET /a%20b/%C3%A9?x=%20&y HTTP/1.1", "/a b/\u00e9", b"x=%20&y"),
        (b"GET /%FF HTTP/1.1", "/\ufffd", b""),
        (b"GET //a/../b HTTP/1.1", "//a/../b", b""),
        (b"GET http://x/path?q HTTP/1.1", "/path", b"q"),
        (b"GET HTTP://X HTTP/1.1", "/", b""),
        (b"OPTIONS * HTTP/1.1", "*", b""),
    ],
)
def test_targets(line: bytes, path: str, query: bytes) -> None:
    """Every form of a target that a server must understand (section 3.2)."""
    head = read_head(with_fields(line=line))
    assert (head.path, head.query) == (path, query)


@pytest.mark.parametrize(
    ("fields", "keep_alive", "chunked"),
    [
        ([b"Connection: close"], False, False),
        ([b"Connection: Keep-Alive, CLOSE"], False, False),
        ([b"Connection: keep-alive"], True, False),
        ([b"Transfer-Encoding: Chunked"], True, True),
        ([b"Content-Length: 0"], True, False),
    ],
)
def test_how_a_message_ends(fields: list[bytes], *, keep_alive: bool, chunked: bool) -> None:
    """Connection and Transfer-Encoding, in any case of letters."""
    head = read_head(with_fields(*fields))
    assert (head.keep_alive, head.chunked) == (keep_alive, chunked)


def test_http_1_0_ends_after_its_answer() -> None:
    """It needs no Host and gets no second request."""
    head = read_head(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n")
    assert (head.keep_alive, head.minor) == (False, 0)


REFUSED = {
    "length and coding": (with_fields(b"Content-Length: 3", b"Transfer-Encoding: chunked"), 400),
    "coding and length": (with_fields(b"Transfer-Encoding: chunked", b"Content-Length: 3"), 400),
    "two lengths": (with_fields(b"Content-Length: 3", b"Content-Length: 4"), 400),
    "the same length twice": (with_fields(b"Content-Length: 3", b"content-length: 3"), 400),
    "a list of lengths": (with_fields(b"Content-Length: 3, 3"), 400),
    "a plus": (with_fields(b"Content-Length: +3"), 400),
    "a minus": (with_fields(b"Content-Length: -3"), 400),
    "a hexadecimal length": (with_fields(b"Content-Length: 0x3"), 400),
    "no length": (with_fields(b"Content-Length:"), 400),
    "a foreign digit": (with_fields(b"Content-Length: \xd9\xa3"), 400),
    "an endless length": (with_fields(b"Content-Length: " + b"9" * 16), 400),
    "two codings": (with_fields(b"Transfer-Encoding: chunked", b"Transfer-Encoding: chunked"), 400),
    "a list of codings": (with_fields(b"Transfer-Encoding: gzip, chunked"), 400),
    "identity": (with_fields(b"Transfer-Encoding: identity"), 400),
    "a hidden coding": (with_fields(b"Transfer-Encoding: \x0bchunked"), 400),
    "a quoted coding": (with_fields(b'Transfer-Encoding: "chunked"'), 400),
    "a coding in HTTP/1.0": (with_fields(b"Transfer-Encoding: chunked", line=b"POST / HTTP/1.0"), 400),
    "a space before the colon": (with_fields(b"Content-Length : 3"), 400),
    "a tab before the colon": (with_fields(b"Content-Length\t: 3"), 400),
    "a folded line": (with_fields(b"X-Long: a", b" b"), 400),
    "a line folded with a tab": (with_fields(b"X-Long: a", b"\tb"), 400),
    "a folded first line": (b"GET / HTTP/1.1\r\n Host: x\r\n", 400),
    "a bare line feed": (b"GET / HTTP/1.1\r\nHost: x\nX-A: b\r\n", 400),
    "a bare carriage return": (with_fields(b"X-A: b\rContent-Length: 3"), 400),
    "a zero byte in a value": (with_fields(b"X-A: b\0c"), 400),
    "a zero byte in a name": (with_fields(b"X-\0A: b"), 400),
    "a control character": (with_fields(b"X-A: \x1b[31m"), 400),
    "a delete character": (with_fields(b"X-A: \x7f"), 400),
    "a name in brackets": (with_fields(b"[X]: b"), 400),
    "a name that is not ASCII": (with_fields(b"X-\xc3\xa9: b"), 400),
    "no name": (with_fields(b": b"), 400),
    "no colon": (with_fields(b"Nonsense"), 400),
    "two hosts": (with_fields(b"Host: y"), 400),
    "the same host twice": (with_fields(b"Host: x"), 400),
    "no host": (with_fields(host=b""), 400),
    "a host with a path": (with_fields(host=b"Host: x/y"), 400),
    "a host with a user": (with_fields(host=b"Host: a@x"), 400),
    "a host with a space": (with_fields(host=b"Host: x y"), 400),
    "another host in the target": (with_fields(line=b"GET http://y/ HTTP/1.1"), 400),
    "no request line": (b"nonsense\r\n", 400),
    "no version": (with_fields(line=b"GET /"), 400),
    "two spaces": (with_fields(line=b"GET  / HTTP/1.1"), 400),
    "a space in the target": (with_fields(line=b"GET /a b HTTP/1.1"), 400),
    "a space at the end": (with_fields(line=b"GET / HTTP/1.1 "), 400),
    "a tab in the line": (with_fields(line=b"GET\t/\tHTTP/1.1"), 400),
    "a small method": (with_fields(line=b"get / HTTP/1.1"), 400),
    "a method that never ends": (with_fields(line=b"G" * 40 + b" / HTTP/1.1"), 400),
    "no slash": (with_fields(line=b"GET path HTTP/1.1"), 400),
    "a star for another method": (with_fields(line=b"GET * HTTP/1.1"), 400),
    "a tunnel": (with_fields(line=b"CONNECT x:443 HTTP/1.1"), 400),
    "a fragment": (with_fields(line=b"GET /a#b HTTP/1.1"), 400),
    "another scheme": (with_fields(line=b"GET ftp://x/ HTTP/1.1"), 400),
    "a target that is not ASCII": (with_fields(line=b"GET /\xc3\xa9 HTTP/1.1"), 400),
    "an old version": (with_fields(line=b"GET / HTTP/0.9"), 505),
    "a new version": (with_fields(line=b"GET / HTTP/2.0"), 505),
    "a version in small letters": (with_fields(line=b"GET / http/1.1"), 400),
    "an unknown expectation": (with_fields(b"Expect: a miracle"), 417),
    "a long target": (with_fields(line=b"GET /" + b"a" * 8192 + b" HTTP/1.1"), 414),
    "too many headers": (with_fields(*[b"X-A: b"] * MOST_FIELDS), 431),
}


@pytest.mark.parametrize(("head", "status"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_clear_is_refused(head: bytes, status: int) -> None:
    """HTTP-03, HTTP-05: nothing is repaired, so that no proxy in front can have understood it differently."""
    with pytest.raises(Malformed) as refused:
        read_head(head)
    assert refused.value.status == status
    assert refused.value.reason


@pytest.mark.parametrize(
    ("received", "status"),
    [
        (b"GET / HTTP/1.1\nHost: x\n\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\n", 400),
        (b"GET /" + b"a" * 9000, 414),
        (b"GET / HTTP/1.1\r\nX-Endless: " + b"a" * LONGEST_HEAD, 431),
    ],
)
def test_a_hopeless_beginning_is_refused_at_once(received: bytes, status: int) -> None:
    """Nobody waits for the end of what cannot become a request."""
    with pytest.raises(Malformed) as refused:
        refuse_unfinished(received)
    assert refused.value.status == status


@pytest.mark.parametrize("received", [b"", b"G", GOOD[:-1], GOOD, b"GET / HTTP/1.1\r"])
def test_a_good_beginning_is_waited_for(received: bytes) -> None:
    """Packets may end anywhere."""
    refuse_unfinished(received)
