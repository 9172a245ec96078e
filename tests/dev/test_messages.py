"""The inbox for tests: what was sent, chosen by recipient, kind and age, with a wait."""

import asyncio
import io

import pytest

from asgi import Browser
from cognomen.delivery.port import Medium
from cognomen.dev.tools import DevTools
from cognomen.http.app import Options, make_app
from cognomen.http.log_lines import make_logger
from cognomen.http.sigv4 import AnyWellFormedSignature

pytestmark = pytest.mark.anyio


async def codes(browser, query=""):
    reply = await browser.get(f"/_dev/messages{query}")
    assert reply.status == 200
    return [message["code"] for message in reply.json["messages"]]


async def test_a_message_is_told_whole(browser, deliver):
    """Every member that a test may ask for."""
    message_id = await deliver(code="482913")
    reply = await browser.get("/_dev/messages")
    assert reply.headers["cache-control"] == "no-store"
    assert reply.json == {
        "messages": [
            {
                "id": message_id,
                "created_at": "2023-11-14T22:13:20.123Z",
                "pool_id": "us-east-1_abcdefghi",
                "username": "ana",
                "to": "ana@example.com",
                "medium": "EMAIL",
                "kind": "SignUp",
                "subject": "Your verification code",
                "body": "Your confirmation code is 482913",
                "code": "482913",
            }
        ]
    }


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["1", "2", "3", "4"]),
        ("?to=ana@example.com", ["1", "3"]),
        ("?to=ana%40example.com&kind=ResendCode", ["3"]),
        ("?kind=SignUp", ["1", "2", "4"]),
        ("?kind=ForgotPassword", []),
        ("?to=nobody@example.com", []),
        ("?to=%2B4915112345678", ["4"]),
        ("?to=+4915112345678", ["4"]),
        ("?to=&kind=&after=&wait=", None),
        ("?after=&wait=0", ["1", "2", "3", "4"]),
        ("?after=unknown", ["1", "2", "3", "4"]),
    ],
)
async def test_messages_are_chosen_and_told_oldest_first(browser, deliver, query, expected):
    """By recipient and by kind; a plus sign need not be encoded, and an empty value chooses nothing."""
    await deliver(code="1")
    await deliver(code="2", to="bob@example.com")
    await deliver(code="3", kind="ResendCode")
    await deliver(code="4", to="+4915112345678", medium=Medium.SMS, subject="")
    if expected is None:
        assert (await browser.get(f"/_dev/messages{query}")).json["parameter"] == "wait"
    else:
        assert await codes(browser, query) == expected


async def test_a_pool_is_told_of_its_own_messages(browser, deliver):
    """Tests that use the same address in pools of their own do not read each other's messages."""
    await deliver(code="1")
    await deliver(code="2", pool_id="us-east-1_another00")
    assert await codes(browser, "?pool=us-east-1_another00&to=ana@example.com") == ["2"]
    assert await codes(browser, "?pool=us-east-1_nobodyhas") == []


async def test_after_skips_what_is_known(browser, deliver):
    """A reader asks with the last id it has seen; what arrived later is told, whatever its id."""
    early = await deliver(code="1")
    last = await deliver(code="2")
    assert await codes(browser, f"?after={early}") == ["2"]
    assert await codes(browser, f"?after={last}") == []
    await deliver(code="3", message_id="00000000-late-but-with-an-early-id")
    assert await codes(browser, f"?after={last}") == ["3"]


BAD = {
    "wait=31": "wait",
    "wait=-1": "wait",
    "wait=nan": "wait",
    "wait=inf": "wait",
    "wait=soon": "wait",
    "kind=signup": "kind",
    "form=ana@example.com": "form",
    "to=a&to=b": "to",
    "wait=1&wait=2": "wait",
}


@pytest.mark.parametrize(("query", "parameter"), BAD.items())
async def test_a_bad_query_is_refused_by_name(browser, query, parameter):
    """400, the parameter, and what it may be."""
    reply = await browser.get(f"/_dev/messages?{query}")
    assert (reply.status, reply.json["parameter"]) == (400, parameter)
    assert reply.json["message"].endswith(".")


async def test_a_kind_that_is_none_is_answered_with_those_there_are(browser):
    """The spelling is that of the trigger."""
    reply = await browser.get("/_dev/messages?kind=signup")
    assert "SignUp, ResendCode, ForgotPassword" in reply.json["message"]


async def test_a_wait_ends_when_a_message_comes(browser, deliver):
    """The answer is there as soon as there is something to tell, and holds it."""
    waiting = asyncio.ensure_future(
        browser.send("GET", "/_dev/messages?to=new@example.com&wait=20", chunks=[b""] * 1000)
    )
    while browser.taken == 0:  # noqa: ASYNC110 (the request was looked at, and is waiting)
        await asyncio.sleep(0)
    await deliver(to="other@example.com")
    await deliver(to="new@example.com", code="777")
    reply = await asyncio.wait_for(waiting, 5)
    assert [message["code"] for message in reply.json["messages"]] == ["777"]


async def test_a_wait_for_what_is_there_does_not_wait(browser, deliver):
    """The longest wait is answered at once where there is an answer."""
    await deliver(code="1")
    assert await asyncio.wait_for(codes(browser, "?wait=30"), 5) == ["1"]


async def test_a_wait_in_vain_is_answered_with_nothing(browser):
    """No message in time is no error."""
    assert await asyncio.wait_for(codes(browser, "?wait=0.1"), 5) == []


async def test_nobody_waits_for_a_reader_who_left(browser):
    """A closed connection ends the wait."""
    assert await asyncio.wait_for(codes(browser, "?wait=30"), 5) == []


async def test_nobody_waits_in_a_server_that_is_ending(application):
    """A stop is not held up by readers of the inbox."""
    tools = DevTools(application.world, application.clock, stopping=lambda: True)
    options = Options(make_logger("error", "json", io.StringIO()), dev=tools)
    browser = Browser(make_app(application.world, AnyWellFormedSignature("1"), options))
    waiting = browser.send("GET", "/_dev/messages?wait=30", chunks=[b""] * 1000)
    assert (await asyncio.wait_for(waiting, 5)).json == {"messages": []}


async def test_a_wait_is_measured_in_real_time(browser, application):
    """Moving the server's clock by a day ends no wait early and prolongs none."""
    started = asyncio.get_running_loop().time()
    waiting = asyncio.ensure_future(browser.send("GET", "/_dev/messages?wait=0.3", chunks=[b""] * 1000))
    while browser.taken == 0:  # noqa: ASYNC110 (the request was looked at, and is waiting)
        await asyncio.sleep(0)
    application.clock.advance(86_400)
    await asyncio.wait_for(waiting, 30)
    assert asyncio.get_running_loop().time() - started > 0.25


async def test_a_full_inbox_is_told_in_parts(browser, deliver):
    """A thousand messages an answer; the next question goes on after the last."""
    for number in range(1003):
        await deliver(code=str(number))
    first = (await browser.get("/_dev/messages")).json["messages"]
    assert [first[0]["code"], first[-1]["code"], len(first)] == ["0", "999", 1000]
    assert await codes(browser, f"?after={first[-1]['id']}") == ["1000", "1001", "1002"]


async def test_a_message_that_was_tampered_with_is_not_told(application, browser, deliver):
    """What is not sealed by this server fails loudly, and shows nothing."""
    message_id = await deliver(code="shown-to-nobody")

    async def swap(tx):
        await tx.run("update inbox set message_id = ?", (message_id[:-1] + "!",))

    await application.world.database.write(swap)
    reply = await browser.get("/_dev/messages")
    assert (reply.status, b"shown-to-nobody" in reply.body) == (500, False)


async def test_strange_text_arrives_as_it_was(browser, deliver):
    """Markup, control characters and other scripts are carried, not interpreted."""
    text = "<script>\u2028\x00 анна 🔑 </script>"
    await deliver(to="ana@example.com", body=text, subject=text, username=text)
    (message,) = (await browser.get("/_dev/messages")).json["messages"]
    assert (message["body"], message["subject"], message["username"]) == (text, text, text)
