"""The model's patterns are written for Java; here they become exact and fast tests of whole Python strings."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache

ASCII = range(128)
MOST_REMEMBERED = 0xFFFF  # beyond are the rare ones, and a million of them

# Python's re knows no \p{L}. Before a text is matched, each of its characters beyond ASCII is replaced by a stand-in
# for its general category. That loses nothing: no pattern of the model names such a character itself.
STAND_INS = {category: chr(0xC0 + index) for index, category in enumerate("LMNPSZC")}

# A dot is no end of a line, and Java knows more of them than Python.
DOT = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|(\.)")
ANY_IN_LINE = r"[^\n\r\x85\u2028\u2029]"

# X*yX* tries every y once more when the end does not fit, which takes quadratic time. Where X matches y as well, it
# is enough to try the first y: what follows a later one is also reached from there. {, }, # and @ are in \p{P}.
RETRIED = re.compile(
    r"(?P<x>\.|\[[^\]]*\\p\{P\}[^\]]*\])(?P<many>[*+])"
    r"(?P<y>(?:\\[{}]|[#@])+)"
    r"(?=(?P=x)[*+])"
)


def _category(code: int) -> str:
    return unicodedata.category(chr(code))[0]


class _StandIns(dict[int, str]):
    """For str.translate: ASCII stands for itself, everything else for its category."""

    def __missing__(self, code: int) -> str:
        stand_in = STAND_INS[_category(code)]
        if code <= MOST_REMEMBERED:
            self[code] = stand_in
        return stand_in


_stand_ins = _StandIns({code: chr(code) for code in ASCII})


@cache
def whole(pattern: str) -> Callable[[str], bool]:
    r"""A test whether a pattern of the model matches a whole string, as ``String.matches`` does in Java.

    There ``\w``, ``\d`` and ``\s`` know ASCII only, and ``\S`` is everything else.
    """
    matched = re.compile(_in_python(pattern), re.ASCII).fullmatch
    if r"\p{" not in pattern:
        return lambda text: matched(text) is not None
    return lambda text: matched(text if text.isascii() else text.translate(_stand_ins)) is not None


def _in_python(pattern: str) -> str:
    committed = RETRIED.sub(r"(?>\g<x>\g<many>?\g<y>)", pattern)
    spelled = re.sub(r"\\p\{(\w)\}", lambda found: _members(found[1]), committed)
    if spelled.startswith("(?s)"):
        return spelled
    return DOT.sub(lambda found: ANY_IN_LINE if found[1] else found[0], spelled)


def _members(category: str) -> str:
    """The inside of a character class for one general category."""
    return "".join(re.escape(chr(code)) for code in ASCII if _category(code) == category) + STAND_INS[category]
