"""ListUsers wherever it may begin: by each kind of filter, on the first page and deep in the list."""

from collections.abc import Iterator
from typing import Any

import growth
from growth import Call, Filled
from people import BEGINNINGS, LAST, email_of
from rows import Row

DEEP = 0.5  # behind which share of the list a page is deep in it
TOKENS = 200  # so many places in the list, at most, are asked for
FILTERS = {
    "in the list": "",
    "in the names": 'name ^= ""',
    "in one family name": f'family_name = "{LAST[-1]}"',
    "among the enabled": 'status = "Enabled"',
    "among the confirmed": 'cognito:user_status = "CONFIRMED"',
}


class Lists:
    """Calls for pages of one pool."""

    def __init__(self, filled: Filled) -> None:
        self._server, self._pool_id, self._size = filled.server, filled.pool_id, filled.size
        self._deep = {name: self._tokens(text) for name, text in FILTERS.items()}

    def calls(self) -> dict[str, Call]:
        return {
            "first page": lambda _: self._page(""),
            "e-mail": lambda n: self._page(f'email = "{email_of(n * 7919 % self._size)}"'),
            "e-mail by its beginning": lambda n: self._page(f'email ^= "{BEGINNINGS[n % len(BEGINNINGS)]}"'),
            "nobody": lambda n: self._page(f'email = "nobody{n}@example.com"'),
            "the disabled, of whom there are none": lambda _: self._page('status = "Disabled"'),
            **{f"deep {name}": self._deep_call(name) for name in FILTERS},
        }

    def _deep_call(self, name: str) -> Call:
        text, tokens = FILTERS[name], self._deep[name]
        return lambda n: self._page(text, PaginationToken=tokens[n % len(tokens)])

    def _page(self, text: str, **more: Any) -> Any:
        return self._server.call("ListUsers", UserPoolId=self._pool_id, Filter=text, **more)

    def _tokens(self, text: str) -> list[str]:
        """Walk the list and keep tokens from behind its middle, apart from one another; the end is not walked to."""
        matching = self._size // len(LAST) if text == FILTERS["in one family name"] else self._size
        pages = matching // 60
        kept, page = [], self._page(text)
        for number in range(int(pages * (1 + DEEP) / 2)):
            if number > DEEP * pages and number % max(1, pages // TOKENS // 4) == 0:
                kept.append(page["PaginationToken"])
            page = self._page(text, PaginationToken=page["PaginationToken"])
        return kept


def rows(most: int = 100_000) -> Iterator[Row]:
    yield from growth.rows(lambda filled: Lists(filled).calls(), most)
