"""HTML as plain text, for readers and servers that show no HTML."""

import re
from html.parser import HTMLParser

BLOCKS = frozenset({"br", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "p", "table", "tr", "ul", "ol"})
UNSEEN = frozenset({"script", "style", "template", "title"})
MARKUP = re.compile(r"</?[a-zA-Z][^<>]*>|<!--|&(?:[a-zA-Z]{2,}|#\d+|#x[0-9a-fA-F]+);")


def holds_markup(text: str) -> bool:
    """Whether a text is meant as HTML: it has a tag, a comment or a character reference."""
    return MARKUP.search(text) is not None


def plain_text(html: str) -> str:
    """What a browser would show, one line a block; a link is followed by its address in brackets."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects what is seen."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._seen: list[str] = []
        self._unseen_depth = 0
        self._link = ""
        self._label_from = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self._unseen_depth += 1
        elif tag in BLOCKS:
            self._seen.append("\n")
        elif tag == "a":
            self._link = dict(attrs).get("href") or ""
            self._label_from = len(self._seen)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self._unseen_depth = max(0, self._unseen_depth - 1)
        elif tag in BLOCKS:
            self._seen.append("\n")
        elif tag == "a":
            self._name_link()

    def handle_data(self, data: str) -> None:
        if not self._unseen_depth:
            self._seen.append(re.sub(r"\s+", " ", data))

    def _name_link(self) -> None:
        label = "".join(self._seen[self._label_from :]).strip()
        if self._link and self._link != label:
            self._seen.append(f" ({self._link})")
        self._link = ""

    def text(self) -> str:
        """The lines that hold something."""
        lines = (re.sub(r" +", " ", line).strip() for line in "".join(self._seen).split("\n"))
        return "\n".join(filter(None, lines))
