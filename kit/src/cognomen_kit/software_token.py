"""Authenticator apps: what a QR code holds, and when an app counts as set up."""

from urllib.parse import quote, urlencode

from cognomen_kit.calls import JsonObject
from cognomen_kit.errors import Circumstances, EnableSoftwareTokenMFAException


def otpauth_uri(secret_code: str, issuer: str, account: str) -> str:
    """What an authenticator app reads from a QR code (Key URI format)."""
    query = urlencode({"secret": secret_code, "issuer": issuer}, quote_via=quote)
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{query}"


def insist_verified(answer: JsonObject) -> None:
    """VerifySoftwareToken may say no in its status instead of refusing."""
    if answer.get("Status") != "SUCCESS":
        at = Circumstances(operation="VerifySoftwareToken")
        raise EnableSoftwareTokenMFAException("the code was not accepted", at=at)
