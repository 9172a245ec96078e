"""The inbox page: self-contained, and no place for other people's scripts."""

import re

import pytest

pytestmark = pytest.mark.anyio
FILES = {
    "inbox": "text/html; charset=utf-8",
    "inbox.css": "text/css; charset=utf-8",
    "inbox.js": "text/javascript; charset=utf-8",
}


@pytest.mark.parametrize(("name", "content_type"), FILES.items())
async def test_the_page_has_three_files(browser, name, content_type):
    """Each with its type, its policy, and kept by no cache."""
    reply = await browser.get(f"/_dev/{name}")
    assert (reply.status, reply.headers["content-type"]) == (200, content_type)
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "no-referrer"


async def test_only_its_own_script_runs(browser):
    """No inline script or style, no eval, no frame around it, no text that becomes markup."""
    policy = dict(
        part.split(" ", 1) for part in (await browser.get("/_dev/inbox")).headers["content-security-policy"].split("; ")
    )
    assert policy["default-src"] == "'none'"
    assert {policy[name] for name in ("script-src", "style-src", "connect-src")} == {"'self'"}
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"


async def test_the_page_obeys_its_own_policy(browser):
    """Nothing in the page needs what the policy forbids, and nothing is asked of another host."""
    page, style, script = [(await browser.get(f"/_dev/{name}")).body.decode() for name in FILES]
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|javascript:", page)
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Function\(", script)
    assert not re.search(r"https?:|//[a-z]|@import|url\(", page + style + script.replace("// ", ""))


async def test_every_element_that_the_script_asks_for_is_in_the_page(browser):
    """Ids and classes are written in two files and must stay the same."""
    page, _, script = [(await browser.get(f"/_dev/{name}")).body.decode() for name in FILES]
    assert set(re.findall(r'byId\("([\w-]+)"\)', script)) <= set(re.findall(r'id="([\w-]+)"', page))
    classes = {name for value in re.findall(r'class="([^"]+)"', page) for name in value.split()}
    assert set(re.findall(r'(?:put|querySelector)\("\.([\w-]+)"', script)) <= classes


async def test_every_kind_of_message_has_a_name_for_people(browser):
    """A new kind needs a word in the page."""
    from cognomen.domain.messages import MessageKind

    script = (await browser.get("/_dev/inbox.js")).body.decode()
    assert set(re.findall(r"^  (\w+): \"", script, re.MULTILINE)) == {str(kind) for kind in MessageKind}
