"""An authenticator app, written from RFC 6238 a second time: the server must not be its own judge."""

import base64
import hashlib
import hmac
import struct
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class App:
    """An app that was given a secret in base32."""

    secret_code: str

    def code(self, now_ms: int, steps: int = 0) -> str:
        """What the app shows now, or so many half minutes later."""
        key = base64.b32decode(self.secret_code + "=" * (-len(self.secret_code) % 8))
        mac = hmac.new(key, struct.pack(">Q", now_ms // 30_000 + steps), hashlib.sha1).digest()
        at = mac[19] & 15
        (number,) = struct.unpack(">I", mac[at : at + 4])
        return str((number & 0x7FFFFFFF) % 1_000_000).zfill(6)

    def wrong_code(self, now_ms: int) -> str:
        """A code that the app does not show at any time near now."""
        right = {self.code(now_ms, steps) for steps in range(-3, 4)}
        return next(code for code in map("{:06}".format, range(10)) if code not in right)


def shown(app: App, now_ms: int) -> list[str]:
    """The codes from two minutes ago to five minutes on."""
    return [app.code(now_ms, steps) for steps in range(-4, 11)]


def surely_apart(now_ms: int, associate: Callable[[], str], *others: App) -> App:
    """An app that shows no code twice, nor one of the others; of ten thousand secrets about one does not do."""
    taken = {code for other in others for code in shown(other, now_ms)}
    while True:
        app = App(associate())
        codes = shown(app, now_ms)
        if len(set(codes)) == len(codes) and taken.isdisjoint(codes):
            return app
