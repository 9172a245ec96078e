"""The documentation site: it builds where every link leads somewhere, needs nobody's server, and names everything."""

import functools
import http.server
import re
import runpy
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

import cognomen_kit
from browser.chromium import PROGRAM, chromium
from browser.test_passkeys import Quiet
from cognomen_kit import Reason
from guides.kit_pages import PAGES

ROOT = Path(__file__).parents[2]
METHOD = re.compile(r"^    @(?:operation|sign_in_step)\n    def (\w+)", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \|", re.MULTILINE)


SEARCH = """async (words) => {
  const results = document.getElementById("mkdocs-search-results");
  const input = document.getElementById("mkdocs-search-query");
  const shown = new Promise((done) => {
    new MutationObserver(() => results.querySelector("a") && done()).observe(results, { childList: true });
  });
  input.value = words;
  const typing = setInterval(() => input.dispatchEvent(new Event("keyup")), 50);  // until the index is there
  await shown;
  clearInterval(typing);
  return [...results.querySelectorAll("a")].map((link) => link.textContent);
}"""
THEME = """() => {
  const shade = () => getComputedStyle(document.body).backgroundColor;
  const button = document.getElementById("theme");
  return [0, 1, 2].map(() => { button.click(); return [button.textContent, shade()]; });
}"""
LOADED = """() => performance.getEntriesByType("resource").map((each) => new URL(each.name).host)"""


def build(folder: Path, source: Path = ROOT) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "--site-dir", str(folder)]
    return subprocess.run(command, cwd=source, capture_output=True, text=True, timeout=200, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site was built."""
    made = tmp_path_factory.mktemp("site")
    done = build(made)
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture(scope="module")
def site(folder: Path) -> Mapping[str, str]:
    """The pages of the site, by path."""
    return {str(page.relative_to(folder)): page.read_text("utf-8") for page in sorted(folder.rglob("*.html"))}


def test_every_page_of_the_repository_is_on_it(site: Mapping[str, str]) -> None:
    """The README is the home page; guides, references, decisions and the papers of the project are there."""
    written = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    shown = {str(path) for path in written if path.parts[0] != "differences.d"}
    assert {re.sub(r"README\.md$", "index.md", path).removesuffix(".md") + ".html" for path in shown} <= site.keys()
    papers = ("architecture", "contributing", "security", "changelog")
    assert {"index.html", "404.html", *(f"project/{name}.html" for name in papers)} <= site.keys()
    assert "Two commands" in site["index.html"]


def test_every_page_can_be_reached_from_every_other(site: Mapping[str, str]) -> None:
    """The navigation has them all, those of other hands included, without a list to keep."""
    menu = site["index.html"].split("</nav>")[0]
    assert set(re.findall(r'href="([^"#:]+\.html)"', menu)) >= site.keys() - {"404.html"}


def test_a_page_may_come_and_go() -> None:
    """A new page is last in its folder, a new folder has a heading, and what is missing is not spoken of."""
    of = runpy.run_path(str(ROOT / "tools/site/navigation.py"))["of"]
    pages = ["index.md", "guides/a-new-one.md", "guides/production.md", "guides/seed.md", "essays/one.md"]
    guides = ["guides/seed.md", "guides/production.md", "guides/a-new-one.md"]
    assert of(pages) == ["index.md", {"Guides": guides}, {"Essays": ["essays/one.md"]}]


def test_nothing_comes_from_elsewhere(site: Mapping[str, str]) -> None:
    """Scripts, styles, fonts and images are the site's own, and its style names no address."""
    for page, text in site.items():
        loaded = re.findall(r'<(?:script|img|link|iframe)[^>]+(?:src|href)="([^"]+)"', text)
        assert loaded
        assert not [address for address in loaded if "//" in address], page
    style = (ROOT / "tools/site/theme/assets/site.css").read_text("utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_the_reference_has_every_name(site: Mapping[str, str]) -> None:
    """What cognomen_kit exports, and every error, has a place of its own."""
    reference = "".join(text for page, text in site.items() if page.startswith("reference/kit/"))
    anchors = {name.rpartition(".")[2] for name in re.findall(r' id="(cognomen_kit[\w.]*)"', reference)}
    assert set(cognomen_kit.__all__) - {"__version__"} - anchors == set()
    assert set(cognomen_kit.errors.BY_CODE) - anchors == set()


def test_every_operation_says_its_source_and_its_errors(site: Mapping[str, str]) -> None:
    """Under each method that calls the service stand AWS's page of the operation and the modelled errors."""
    found = 0
    for module in sorted((ROOT / "kit/src/cognomen_kit").glob("*.py")):
        for name in METHOD.findall(module.read_text("utf-8")) if module.stem != "verifier" else ():
            places = [entry(text, name) for text in site.values() if f'id="cognomen_kit.{module.stem}.' in text]
            told = [place for place in places if place]
            assert told, (module.stem, name)
            if name != "call":
                assert "Source: " in told[0], (module.stem, name)
                assert "errors.html#cognomen_kit.errors." in told[0], (module.stem, name)
            found += 1
    assert found >= 55


def entry(page: str, name: str) -> str:
    """What stands under a method's heading, up to the next."""
    _, _, after = page.partition(f'.{name}" class="doc doc-heading"')
    return after.partition('class="doc doc-heading"')[0]


def test_every_reason_has_its_source() -> None:
    """The table of the guide has all reasons, in the order of the checks."""
    assert ROW.findall(PAGES["tokens"].read_text("utf-8")) == [reason.name for reason in Reason]


def test_a_broken_link_fails(tmp_path: Path) -> None:
    """A link to a page or a heading that does not exist ends the build."""
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "index.md").write_text("# Home\n\n[there](nowhere.md) [here](#no-such-heading)\n")
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    kept = settings.replace("hooks:\n  - tools/site/hooks.py\n", "").replace("tools/site/", f"{ROOT}/tools/site/")
    (tmp_path / "mkdocs.yml").write_text(kept)
    done = build(tmp_path / "site", tmp_path)
    assert done.returncode != 0
    assert "nowhere.md" in done.stderr
    assert "#no-such-heading" in done.stderr


@pytest.mark.skipif(PROGRAM is None, reason="THE SITE IS NOT TRIED IN A BROWSER: chromium is not installed")
def test_in_a_browser(folder: Path) -> None:
    """The search finds, the theme turns, and nothing is asked of another host."""
    with serving(folder) as address, chromium() as browser:
        browser.open(f"http://{address}/guides/kit/tokens.html")
        assert "SECRET_HASH" in browser.run(f"({SEARCH})", "SECRET_HASH")
        turned = dict(browser.run(f"({THEME})"))
        assert turned["Light"] == "rgb(255, 255, 255)"
        assert turned["Dark"] == "rgb(20, 24, 29)"
        assert set(browser.run(f"({LOADED})")) == {address}


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The host and port at which the folder can be read."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
