"""The order of the pages: one that is missing is left out, one that nobody thought of comes last in its folder."""

from collections.abc import Iterable, Sequence
from typing import Any

# folder -> heading, and the names of its pages in the order in which somebody would read them
SECTIONS: Sequence[tuple[str, str, str]] = (
    (
        "guides",
        "Guides",
        """fastapi starlette flask django testing from-moto seed terraform cloudformation sms triggers import
        access-keys keys audit backup production""",
    ),
    (
        "guides/kit",
        "cognomen-kit",
        """README overview getting-started sign-up sign-in mfa passkeys devices custom-challenges pending-challenges
        secret-hash tokens refresh-and-sign-out passwords profile errors administrators sync-and-async testing
        from-boto3 from-pycognito""",
    ),
    (
        "reference/kit",
        "Kit reference",
        """README clients sign-up sign-in challenges tokens passwords profile second-factors administrators verifier
        errors starlette fastapi flask django web""",
    ),
    ("", "Server reference", "settings operations errors challenges differences promises"),
    ("project", "Project", "architecture contributing security changelog fragments"),
    ("decisions", "Decisions", "README"),
)
HOME = "index.md"


def of(pages: Iterable[str]) -> list[Any]:
    """What mkdocs calls nav: the home page, then a section for each folder that has pages."""
    folders: dict[str, list[str]] = {}
    for page in sorted(pages):
        if page != HOME:
            folders.setdefault(page.rpartition("/")[0], []).append(page)
    known = {folder for folder, _, _ in SECTIONS}
    sections = [*SECTIONS, *((folder, folder.capitalize(), "") for folder in sorted(folders.keys() - known))]
    found = [(heading, folders[folder], names) for folder, heading, names in sections if folder in folders]
    return [HOME, *({heading: _ordered(inside, names)} for heading, inside, names in found)]


def _ordered(pages: list[str], names: str) -> list[str]:
    """In the order of the names; the others follow by their own."""
    order = {name: at for at, name in enumerate(names.split())}

    def rank(page: str) -> tuple[int, str]:
        return order.get(page.rpartition("/")[2].removesuffix(".md"), len(order)), page

    return sorted(pages, key=rank)
