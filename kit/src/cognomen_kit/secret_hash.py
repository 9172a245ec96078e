"""SECRET_HASH: the proof that an app client with a secret sends beside a username."""

import base64
import hashlib
import hmac


def secret_hash(username: str, client_id: str, client_secret: str) -> str:
    """Base64 of HMAC-SHA256 over username + client id, keyed by the client secret (AWS: signing up users)."""
    message = (username + client_id).encode()
    return base64.b64encode(hmac.digest(client_secret.encode(), message, hashlib.sha256)).decode()
