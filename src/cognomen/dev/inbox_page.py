"""The inbox for people: one page that shows messages as they are sent, and asks nothing of any other host."""

from collections.abc import Awaitable, Callable
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

FILES = {
    "/inbox": ("inbox.html", "text/html; charset=utf-8"),
    "/inbox.css": ("inbox.css", "text/css; charset=utf-8"),
    "/inbox.js": ("inbox.js", "text/javascript; charset=utf-8"),
}
# What is shown comes from strangers: nothing runs but the page's own script, and no text can become markup.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


def inbox_page_routes() -> list[Route]:
    """``/_dev/inbox`` with its style and its script."""
    return [Route(path, _file(name, media_type)) for path, (name, media_type) in FILES.items()]


def _file(name: str, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    content = (files("cognomen.dev") / "page" / name).read_bytes()

    async def answer(_request: Request) -> Response:
        return Response(content, 200, HEADERS, media_type)

    return answer
