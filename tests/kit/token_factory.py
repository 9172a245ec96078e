"""Makes tokens as the service does, and as attackers do: every byte of header, claims and signature can be chosen."""

import base64
import hashlib
import hmac
import json
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from kit.conftest import CLIENT_ID, NOW, POOL_ID

KIDS = {
    "access": "xR2vSP6zQkGf1mQkGf1mQkGf1mQkGf1mQkGf1mQkGf0=",
    "id": "1example23456789012345678901234567890123456=",
    "new": "newkey23456789012345678901234567890123456789=",
    "attacker": "attacker789012345678901234567890123456789012=",
}
SUB = "a4b87418-a0f1-70ca-48e7-f4ec9c6dff0f"
TIMES = {"iat": int(NOW) - 60, "exp": int(NOW) + 3540, "auth_time": int(NOW) - 60}


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def segment(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def jwk(name: str, **more: Any) -> dict[str, Any]:
    numbers = key(name).public_key().public_numbers()
    n = segment(numbers.n.to_bytes(256, "big"))
    return {"kty": "RSA", "use": "sig", "alg": "RS256", "kid": KIDS[name], "n": n, "e": "AQAB", **more}


def jwks(*names: str) -> dict[str, Any]:
    return {"keys": [jwk(name) for name in names or ("id", "access")]}


def header(name: str = "access", **more: Any) -> dict[str, Any]:
    return {"kid": KIDS[name], "alg": "RS256", **more}


def issuer(endpoint: str, pool_id: str = POOL_ID) -> str:
    return f"{endpoint}/{pool_id}"


def access_payload(endpoint: str, **more: Any) -> dict[str, Any]:
    claims = {
        "sub": SUB,
        "cognito:groups": ["admins", "staff"],
        "iss": issuer(endpoint),
        "client_id": CLIENT_ID,
        "origin_jti": "o",
        "event_id": "e",
        "token_use": "access",
        "scope": "aws.cognito.signin.user.admin orders/read",
        "jti": "j",
        "username": "karla",
        **TIMES,
        **more,
    }
    return {name: value for name, value in claims.items() if value is not None}


def id_payload(endpoint: str, **more: Any) -> dict[str, Any]:
    claims = {
        "sub": SUB,
        "cognito:groups": ["admins"],
        "email_verified": True,
        "iss": issuer(endpoint),
        "cognito:username": "karla",
        "aud": CLIENT_ID,
        "token_use": "id",
        "email": "karla@deno.example",
        "jti": "j",
        **TIMES,
        **more,
    }
    return {name: value for name, value in claims.items() if value is not None}


def signed(head: Any, payload: Any, name: str = "access") -> str:
    """Signed with RS256 by the named key, whatever the header says."""
    text = f"{segment(head)}.{segment(payload)}"
    return f"{text}.{segment(key(name).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def signed_with(head: Any, payload: Any, scheme: Any, digest: Any) -> str:
    text = f"{segment(head)}.{segment(payload)}"
    return f"{text}.{segment(key('access').sign(text.encode(), scheme, digest))}"


def signed_by_curve(head: Any, payload: Any) -> str:
    text = f"{segment(head)}.{segment(payload)}"
    signature = ec.generate_private_key(ec.SECP256R1()).sign(text.encode(), ec.ECDSA(hashes.SHA256()))
    return f"{text}.{segment(signature)}"


def unsigned(head: Any, payload: Any, signature: str = "") -> str:
    return f"{segment(head)}.{segment(payload)}.{signature}"


def maced(head: Any, payload: Any, secret: bytes) -> str:
    """HS256 with something public as its secret."""
    text = f"{segment(head)}.{segment(payload)}"
    return f"{text}.{segment(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def public_key(encoding: serialization.Encoding, form: serialization.PublicFormat) -> bytes:
    return key("access").public_key().public_bytes(encoding, form)


def access_token(endpoint: str, **more: Any) -> str:
    return signed(header(), access_payload(endpoint, **more))


def id_token(endpoint: str, **more: Any) -> str:
    return signed(header("id"), id_payload(endpoint, **more), "id")
