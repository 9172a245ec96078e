"""Proof that a form was filled in on a page of ours: a value that belongs to a cookie, different on every page."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterator

from cognomen_kit.web import cookies
from cognomen_kit.web.cookies import Cookie
from cognomen_kit.web.visits import Visit

CSRF_FIELD = "csrf_token"
COOKIE = "cognomen-csrf"
SALT_BYTES = 16
COOKIE_SECONDS = 12 * 60 * 60  # a page may stay open for a working day


class CsrfGuard:
    """Makes and checks the hidden field; the token dies with the cookie and with the session that it was made for."""

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        self._keys = keys

    def nonce(self, visit: Visit) -> str:
        """What the browser has, else something new for it."""
        return cookies.read(COOKIE, visit) or self.new_nonce()

    def new_nonce(self) -> str:
        """Something that pages shown before do not know."""
        return secrets.token_urlsafe(24)

    def cookie(self, nonce: str, visit: Visit) -> Iterator[Cookie]:
        """Have the browser keep it."""
        return cookies.written(COOKIE, nonce, COOKIE_SECONDS, visit)

    def token(self, nonce: str, session_id: str | None) -> str:
        """The value of the hidden field; the salt keeps it from being guessed by its length when compressed."""
        salt = secrets.token_bytes(SALT_BYTES)
        return base64.urlsafe_b64encode(salt + _mac(self._keys[0], salt, nonce, session_id)).decode()

    def accepts(self, token: str, visit: Visit, session_id: str | None) -> bool:
        """Whether the field belongs to this browser and this session."""
        nonce = cookies.read(COOKIE, visit)
        try:
            given = base64.b64decode(token, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return False
        salt, mac = given[:SALT_BYTES], given[SALT_BYTES:]
        return nonce is not None and any(
            hmac.compare_digest(mac, _mac(key, salt, nonce, session_id)) for key in self._keys
        )


def _mac(key: bytes, salt: bytes, nonce: str, session_id: str | None) -> bytes:
    said = b"cognomen-kit form 1\0" + salt + f"{nonce}\0{session_id or ''}".encode()
    return hmac.new(key, said, hashlib.sha256).digest()
