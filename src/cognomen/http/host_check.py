"""A guard for pages without a log-in: only this machine's own pages and tools reach them.

A web page anywhere can make its visitor's browser send requests to a server on loopback. Three ways are closed: names
that are re-bound to 127.0.0.1 (by Host), other sites' scripts and forms (by Origin), and their images and frames
(by Sec-Fetch-Site; W3C Fetch Metadata).
"""

import re
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

AUTHORITY = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::[0-9]{1,5})?")
OWN_SITE = frozenset({"same-origin", "none"})  # none: typed into the address bar, or no browser page at all


class LocalOnly:
    """Lets requests through whose Host is loopback, or the host of `public_url`, and that no other site caused."""

    def __init__(self, app: ASGIApp, public_url: str) -> None:
        self._app = app
        self._public_host = urlsplit(public_url).hostname or ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 403 with the reason, or pass the request on."""
        reason = self.reason_to_refuse(scope)
        app = JSONResponse({"message": reason}, status_code=403) if reason else self._app
        await app(scope, receive, send)

    def reason_to_refuse(self, scope: Scope) -> str | None:
        """Why a request is not let through, in words for the developer whose request it may be."""
        headers = Headers(scope=scope)
        hosts = [host.lower() for host in headers.getlist("host")]
        if len(hosts) != 1 or not self._is_ours(hosts[0]):
            return "The Host header names neither loopback nor the host of public_url."
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() != hosts[0]:
            return "The request comes from a page of another origin."
        site = headers.get("sec-fetch-site", "none")
        if site not in OWN_SITE and not _is_followed_link(scope, headers):
            return "The request comes from a page of another site."
        return None

    def _is_ours(self, authority: str) -> bool:
        matched = AUTHORITY.fullmatch(authority)
        return matched is not None and (_is_loopback(matched[1]) or matched[1].strip("[]") == self._public_host)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_followed_link(scope: Scope, headers: Headers) -> bool:
    """A link in a README may open the inbox: the page that has it learns nothing of the answer."""
    destination = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
    return scope["method"] == "GET" and destination == ("navigate", "document")
