"""What a server that is asked to end says with each answer: that the client's next request needs a new connection.

So nobody's request is under way on a kept connection in the moment in which the server closes it.
"""

from starlette.types import Message, Send

CLOSE = (b"connection", b"close")


def last_answer(send: Send) -> Send:
    """Sends an answer that is the last one of its connection."""

    async def say_so(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), CLOSE]}
        await send(message)

    return say_so
