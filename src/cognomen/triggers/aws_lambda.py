"""Handlers on AWS Lambda, or behind whatever speaks its Invoke operation."""

from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from cognomen.triggers.port import HandlerFailed, TargetUnreachable
from cognomen.triggers.posting import post
from cognomen.triggers.sigv4 import Credentials, Post, signed_headers
from cognomen.triggers.webhook import error_in

OK = 200


class LambdaTarget:
    """Invokes the function that the ARN names, and waits for it."""

    def __init__(self, endpoint: str, credentials: Credentials, now_ms: Callable[[], int]) -> None:
        self._endpoint = endpoint.rstrip("/")
        self._credentials = credentials
        self._now_ms = now_ms

    def call(self, arn: str, event: bytes, seconds: float) -> bytes:
        """Raises HandlerFailed, TargetUnreachable, AnswerUnreadable."""
        parts = urlsplit(self._endpoint)
        path = f"{parts.path}/2015-03-31/functions/{quote(arn, safe='')}/invocations"
        at = datetime.fromtimestamp(self._now_ms() / 1000, UTC).strftime("%Y%m%dT%H%M%SZ")
        asked = Post(parts.netloc, path, event, arn.split(":")[3], "lambda", at)
        more = {"content-type": "application/json", "x-amz-invocation-type": "RequestResponse"}
        answer = post(self._endpoint, path, signed_headers(asked, self._credentials, more), event, seconds)
        if answer.status != OK:
            raise TargetUnreachable(answer.headers.get("x-amzn-errortype", "").partition(":")[0] or str(answer.status))
        if "x-amz-function-error" in answer.headers:
            raise HandlerFailed(error_in(answer.body) or answer.headers["x-amz-function-error"])
        return answer.body
