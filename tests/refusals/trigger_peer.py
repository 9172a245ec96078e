"""A web service behind the triggers of the table's pools: what goes wrong is asked for in ClientMetadata."""

import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import NamedTemporaryFile
from threading import Thread
from typing import Any

ARN = "arn:aws:lambda:us-east-1:123456789012:function:refusals"
SECRET = "whsec_" + base64.b64encode(b"a-secret-of-the-refusal-table").decode()
OUTCOMES: dict[str | None, tuple[int, Any]] = {
    "fail": (400, {"errorMessage": "Not you", "errorType": "Error"}),
    "unavailable": (503, {}),
    "nothing": (200, None),
}


class Handler(BaseHTTPRequestHandler):
    """Answers with the event, or as its metadata says."""

    def do_POST(self) -> None:
        event = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked = event["request"]
        said = asked.get("clientMetadata") or asked.get("validationData") or {}
        status, answer = OUTCOMES.get(said.get("outcome"), (200, event))
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Nobody reads it."""


@contextmanager
def trigger_peer() -> Iterator[dict[str, Any]]:
    """The peer runs meanwhile; yields the settings of a server that calls it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as peer, NamedTemporaryFile("w") as secret:  # mode 600
        secret.write(SECRET)
        secret.flush()
        Thread(target=peer.serve_forever, daemon=True).start()
        try:
            target = f"http://127.0.0.1:{peer.server_address[1]}/triggers"
            yield {"triggers": {ARN: target}, "trigger_calls.webhook_secret_file": secret.name}
        finally:
            peer.shutdown()
