"""Browsers may call the API from any page, and read what AWS lets them read."""

import pytest

pytestmark = pytest.mark.anyio
ASKED = "authorization,content-type,x-amz-date,x-amz-target,x-amz-user-agent"


async def test_a_preflight_is_answered_as_recorded(browser):
    """What the browser asks for is what it may send; the answer may be kept for two days and has no body."""
    asked = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    reply = await browser.send("OPTIONS", "/", {**asked, "Access-Control-Request-Headers": ASKED})
    request_id = reply.headers.pop("x-amzn-requestid")
    assert len(request_id) == 36
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers == {
        "access-control-allow-origin": "*",
        "access-control-allow-headers": ASKED,
        "access-control-allow-methods": "POST",
        "access-control-expose-headers": "x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage,Date",
        "access-control-max-age": "172800",
        "content-length": "0",
    }


@pytest.mark.parametrize("asked", [None, "", "a<b>", "a;b", "\u00e9"])
async def test_what_is_no_list_of_headers_is_not_repeated(browser, asked):
    """The answer repeats names of headers and nothing else."""
    headers = {} if asked is None else {"Access-Control-Request-Headers": asked}
    reply = await browser.send("OPTIONS", "/", headers)
    assert reply.status == 200
    assert "access-control-allow-headers" not in reply.headers


async def test_public_pages_do_not_reach_a_private_server(browser):
    """The header that would let a page of the internet call a server at home is never sent."""
    reply = await browser.send("OPTIONS", "/", {"Access-Control-Request-Private-Network": "true"})
    assert "access-control-allow-private-network" not in reply.headers
