"""Documents that users agree to by signing up: a kind of document of a client, in several languages (reference 11)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from cognomen import errors

WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+([/?#]\S*)?")


@dataclass(frozen=True, slots=True)
class Terms:
    """A document of a client; `links` lead from languages to addresses."""

    pool_id: str
    terms_id: str
    client_id: str
    name: str
    links: Mapping[str, str]
    created_ms: int
    modified_ms: int


def check_links(links: Mapping[str, str]) -> None:
    """Refuse links that lead to no page, since browsers follow them; raises TermsLinkUnusable."""
    for language, address in links.items():
        if not WEB_ADDRESS.fullmatch(address):
            raise errors.TermsLinkUnusable(language=language)
