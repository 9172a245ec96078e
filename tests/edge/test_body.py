"""How a body is taken out of what arrives, in whatever pieces it does (RFC 9112 sections 6 and 7)."""

import pytest

from cognomen.edge.body import Body, Chunked, Sized
from cognomen.edge.head import Malformed

NEXT = b"GET / HTTP/1.1\r\n"


def taken(body: Body, sent: bytes, step: int) -> tuple[bytes, bytes]:
    """What a body takes of these bytes, arriving so many at a time, and what it leaves."""
    buffer, got = bytearray(), b""
    for start in range(0, len(sent), step):
        buffer += sent[start : start + step]
        got += body.take(buffer)
    return got, bytes(buffer)


GOOD = {
    "one chunk": (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
    "several": (b"5\r\nhello\r\n1\r\n \r\n5\r\nworld\r\n0\r\n\r\n", b"hello world"),
    "nothing": (b"0\r\n\r\n", b""),
    "zeros before and after": (b"0005\r\nhello\r\n000\r\n\r\n", b"hello"),
    "hexadecimal": (b"1A\r\n" + b"x" * 26 + b"\r\n0\r\n\r\n", b"x" * 26),
    "extensions": (b'5;a=b;c="d"\r\nhello\r\n0 ;e\r\n\r\n', b"hello"),
    "trailers": (b"5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-More:\r\n\r\n", b"hello"),
    "line ends inside": (b"4\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n"),
}


@pytest.mark.parametrize("step", [1, 2, 3, 1000])
@pytest.mark.parametrize(("sent", "body"), GOOD.values(), ids=GOOD)
def test_chunks(sent: bytes, body: bytes, step: int) -> None:
    """However the packets fall, the same body, and nothing of what follows it."""
    chunked = Chunked()
    assert taken(chunked, sent, step) == (body, b"")
    assert chunked.done


def test_what_follows_stays() -> None:
    """The next request is not part of the body."""
    chunked, sized = Chunked(), Sized(5)
    assert taken(chunked, b"5\r\nhello\r\n0\r\n\r\n" + NEXT, 1000) == (b"hello", NEXT)
    assert taken(sized, b"hello" + NEXT, 1000) == (b"hello", NEXT)
    assert chunked.done
    assert sized.done


@pytest.mark.parametrize("step", [1, 4, 1000])
def test_a_length(step: int) -> None:
    """As many bytes as the head has said."""
    sized = Sized(11)
    assert taken(sized, b"hello world", step) == (b"hello world", b"")
    assert sized.done
    assert Sized(0).done


BAD = {
    "no size": b"\r\nhello\r\n",
    "no number": b"five\r\nhello\r\n",
    "a sign": b"+5\r\nhello\r\n",
    "a prefix": b"0x5\r\nhello\r\n",
    "a space before": b" 5\r\nhello\r\n",
    "a size that overflows": b"FFFFFFFFFFFFFFFFF\r\n",
    "a bare line feed after the size": b"5\nhello\r\n",
    "a carriage return in the size": b"5\r5\r\nhello",
    "a zero byte in an extension": b"5;\0\r\nhello\r\n",
    "an endless extension": b"5;" + b"a" * 300,
    "a chunk that is too long": b"5\r\nhello!\r\n",
    "a chunk that ends with a line feed": b"5\r\nhello\n0\r\n\r\n",
    "a trailer that is none": b"0\r\nnonsense\r\n\r\n",
    "a folded trailer": b"0\r\nX-A: b\r\n c\r\n\r\n",
    "a trailer with a bare line feed": b"0\r\nX-A: b\n\r\n",
    "endless trailers": b"0\r\n" + b"X-A: b\r\n" * 600,
}


@pytest.mark.parametrize("step", [1, 1000])
@pytest.mark.parametrize("sent", BAD.values(), ids=BAD)
def test_bad_chunks_are_refused(sent: bytes, step: int) -> None:
    """HTTP-03: smuggling lives on readers who guess: this one does not."""
    with pytest.raises(Malformed) as refused:
        taken(Chunked(), sent, step)
    assert refused.value.status == 400
