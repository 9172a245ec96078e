"""The one source of ids, codes and secrets; formats as in reference 03-ids-defaults."""

import base64
import secrets
import string
import uuid

BASE62 = string.digits + string.ascii_letters
BASE36 = string.digits + string.ascii_lowercase
BASE32 = string.ascii_uppercase + "234567"


def _text(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


class Ids:
    """Fresh unguessable names."""

    def uuid(self) -> str:
        """A random UUID (RFC 9562, version 4): subs, token ids, request ids. By hand, for a fifth of uuid4's time."""
        digits = secrets.token_hex(16)
        variant = "89ab"[int(digits[16], 16) & 3]
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"

    def ordered(self, now_ms: int) -> str:
        """A UUID of version 7: sorts by the time given, then at random."""
        return str(
            uuid.UUID(
                int=(now_ms << 80) | (0x7 << 76) | (secrets.randbits(12) << 64) | (0x2 << 62) | secrets.randbits(62)
            )
        )

    def pool_id(self, region: str) -> str:
        """``{region}_`` and nine letters or digits."""
        return f"{region}_{_text(BASE62, 9)}"

    def client_id(self) -> str:
        """26 lower-case base-36 characters."""
        return _text(BASE36, 26)

    def client_secret(self) -> str:
        """52 lower-case base-36 characters."""
        return _text(BASE36, 52)

    def access_key_id(self, prefix: str = "AKIA") -> str:
        """The prefix and 16 base-32 characters: AKIA for a lasting key, ASIA for a temporary one."""
        return prefix + _text(BASE32, 16)

    def secret_access_key(self) -> str:
        """40 base-64 characters: 240 random bits."""
        return base64.b64encode(secrets.token_bytes(30)).decode()

    def token_session(self) -> str:
        """``tkn`` and 25 lower-case base-36 characters."""
        return f"tkn{_text(BASE36, 25)}"

    def import_job_id(self) -> str:
        """``import-`` and ten letters or digits."""
        return f"import-{_text(BASE62, 10)}"

    def digits(self, count: int) -> str:
        """A one-time code of so many decimal digits."""
        return _text(string.digits, count)

    def token(self, size: int) -> bytes:
        """So many random bytes."""
        return secrets.token_bytes(size)
