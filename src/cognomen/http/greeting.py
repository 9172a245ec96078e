"""``GET /``: what somebody reads who opens the server's address in a browser."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import PlainTextResponse

from cognomen import __version__

TEXT = """\
cognomen {version}: an identity service that speaks Amazon Cognito's API.

Point an AWS SDK at it:
    AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER={url}
    AWS_ENDPOINT_URL_COGNITO_IDENTITY={url}

The API answers POST / with an X-Amz-Target header.
"""
INBOX = """
Messages to users: {url}/_dev/inbox
"""


def greet(url: str, *, has_inbox: bool) -> Callable[[Request], Awaitable[PlainTextResponse]]:
    """A hint in plain text, the same for everybody."""
    text = (TEXT + INBOX if has_inbox else TEXT).format(version=__version__, url=url)

    async def answer(_request: Request) -> PlainTextResponse:
        return PlainTextResponse(text)

    return answer
