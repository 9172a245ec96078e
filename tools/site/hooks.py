"""What mkdocs is told of this repository: which files are pages, where they stand, and where their links lead.

Pages keep the links that they have in the repository. Here a link to another page is turned to where that page is on
the site, and a file that is no page comes along as it is, under ``files/``.
"""

import posixpath
import re
from pathlib import Path

import kit_reference
import navigation
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
ELSEWHERE = {
    "README.md": "index.md",
    "ARCHITECTURE.md": "project/architecture.md",
    "CONTRIBUTING.md": "project/contributing.md",
    "SECURITY.md": "project/security.md",
    "CHANGELOG.md": "project/changelog.md",
    "kit/README.md": "guides/kit/overview.md",
    "changelog.d/README.md": "project/fragments.md",
}
REPOSITORY = {page: source for source, page in ELSEWHERE.items()}
FENCE = re.compile(r"(^ *```.*?^ *```$)", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(\]\(|^\[[^\]]+\]: )(?![a-z]+:|#)([^)\s#]+)", re.MULTILINE)


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages that stand outside of docs/, the reference of the kit, the files that are linked; then the order."""
    for source, page in ELSEWHERE.items():
        files.append(File.generated(config, page, content=(ROOT / source).read_text("utf-8")))
    for page, text in kit_reference.pages().items():
        files.append(File.generated(config, page, content=text))
    for source in sorted(_linked_files(files)):
        files.append(File.generated(config, f"files/{source}", abs_src_path=str(ROOT / source)))
    config.nav = navigation.of(file.src_uri for file in files.documentation_pages())
    return files


def on_page_markdown(markdown: str, *, page: Page, **_: object) -> str:
    """The page with its links turned, and the changelog with what is not released yet."""
    if page.file.src_uri == "project/changelog.md":
        markdown = f"{markdown}\n{unreleased()}"
    parts = FENCE.split(markdown)
    return "".join(_turned(part, page.file.src_uri) if at % 2 == 0 else part for at, part in enumerate(parts))


def unreleased() -> str:
    """The fragments of changelog.d, by kind."""
    kinds: dict[str, list[str]] = {}
    for fragment in sorted((ROOT / "changelog.d").glob("*.*.md")):
        kinds.setdefault(fragment.suffixes[0].lstrip("."), []).append(fragment.read_text("utf-8").strip())
    told = [f"### {kind.capitalize()}\n\n" + "\n".join(map(_item, texts)) for kind, texts in sorted(kinds.items())]
    return "\n\n".join(["## Not released yet", *told])


def _item(text: str) -> str:
    return "- " + " ".join(text.removeprefix("- ").split())


def _turned(text: str, page: str) -> str:
    def turn(found: re.Match[str]) -> str:
        place = _place(_in_repository(page, found[2]))
        return found[0] if place is None else found[1] + posixpath.relpath(place, posixpath.dirname(page) or ".")

    return LINK.sub(turn, text)


def _in_repository(page: str, target: str) -> str:
    """The path, from the root of the repository, that a link on a page means."""
    source = REPOSITORY.get(page, f"docs/{page}")
    return posixpath.normpath(posixpath.join(posixpath.dirname(source), target))


def _place(source: str) -> str | None:
    """Where a file of the repository is on the site; a folder is its README. None where there is no such file."""
    if (ROOT / source / "README.md").is_file():
        source = f"{source}/README.md"
    if source in ELSEWHERE:
        return ELSEWHERE[source]
    if not (ROOT / source).is_file():
        return None
    inside = source.startswith("docs/") and source.endswith(".md") and not source.startswith("docs/differences.d/")
    return source.removeprefix("docs/") if inside else f"files/{source}"


def _linked_files(files: Files) -> set[str]:
    """What the pages link to that is no page."""
    found = set()
    for file in files.documentation_pages():
        for part in FENCE.split(file.content_string)[::2]:
            places = (_place(_in_repository(file.src_uri, link[2])) for link in LINK.finditer(part))
            found |= {place.removeprefix("files/") for place in places if place and place.startswith("files/")}
    return found
