"""SRP-6a as Cognito's clients speak it: RFC 5054 with its own padding and key derivation (reference 06)."""

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Final, TypeAlias

from cognomen import errors

Power: TypeAlias = Callable[[int, int, int], int]
"""base, exponent, modulus -> base ** exponent % modulus. How that is done is not for the rules to choose."""

# The 3072-bit group 15 of RFC 3526.
PRIME: Final = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD"
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F"
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510"
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7"
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C"
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
    16,
)
GENERATOR: Final = 2
SALT_BYTES: Final = 16
SECRET_BITS: Final = 256  # of the server's exponent; RFC 5054 section 3.1 asks for at least so many
VERIFIER_BYTES: Final = 384  # as it is kept: the width of PRIME

_DERIVATION_LABEL = b"Caldera Derived Key\x01"
_SESSION_KEY_BYTES = 16
# 768 digits hold any number below PRIME; two more are the zero byte with which some clients pad.
_PUBLIC_VALUE = re.compile(r"[0-9a-fA-F]{1,770}")


def pad(number: int) -> bytes:
    """The shortest big-endian bytes, a zero byte in front where the top bit is set; not as wide as PRIME."""
    return number.to_bytes(number.bit_length() // 8 + 1, "big")


def _number(*parts: bytes) -> int:
    return int.from_bytes(hashlib.sha256(b"".join(parts)).digest(), "big")


MULTIPLIER: Final = _number(pad(PRIME), pad(GENERATOR))


def user_identity(pool_id: str, srp_name: str) -> str:
    """Who a user is in SRP: what stands behind the region in the pool id, then USER_ID_FOR_SRP."""
    return pool_id.partition("_")[2] + srp_name


def device_identity(group_key: str, device_key: str) -> str:
    """Who a device is in SRP."""
    return group_key + device_key


def private_key(identity: str, salt: bytes, password: str) -> int:
    """x, which only somebody who knows the password can compute; the salt counts as a number."""
    credentials = hashlib.sha256(f"{identity}:{password}".encode()).digest()
    return _number(pad(int.from_bytes(salt, "big")), credentials)


def verifier(identity: str, salt: bytes, password: str, power: Power) -> int:
    """v, what a server keeps in place of the password."""
    return power(GENERATOR, private_key(identity, salt, password), PRIME)


def client_public(text: str) -> int:
    """A, from the hex of SRP_A; raises InvalidParameterException where it is not hex or a multiple of PRIME.

    With such a multiple the shared secret would be 0 whatever the password is (RFC 5054 section 2.5.4).
    """
    if not _PUBLIC_VALUE.fullmatch(text):
        raise errors.InvalidParameterException("SRP_A is not a hexadecimal number of the expected size.")
    number = int(text, 16)
    if number % PRIME == 0:
        raise errors.InvalidParameterException("SRP_A is not acceptable.")
    return number


def server_public(server_secret: int, verifier: int, power: Power) -> int:
    """B for one sign-in; `server_secret` is b, fresh and of SECRET_BITS."""
    return (MULTIPLIER * verifier + power(GENERATOR, server_secret, PRIME)) % PRIME


def scrambler(client_public: int, server_public: int) -> int:
    """u, which ties the shared secret to both public values; raises InvalidParameterException where it is 0.

    The verifier would not count then. With SHA-256 nobody can bring it about.
    """
    number = _number(pad(client_public), pad(server_public))
    if not number:
        raise errors.InvalidParameterException("SRP_A is not acceptable.")
    return number


def shared_secret(client_public: int, scrambler: int, verifier: int, server_secret: int, power: Power) -> int:
    """S as the server finds it; a client finds the same only if it knows the password."""
    base = client_public * power(verifier, scrambler, PRIME) % PRIME
    return power(base, server_secret, PRIME)


def session_key(shared_secret: int, scrambler: int) -> bytes:
    """The 16 bytes that both sides sign with: HKDF (RFC 5869) with u as its salt."""
    extracted = hmac.digest(pad(scrambler), pad(shared_secret), "sha256")
    return hmac.digest(extracted, _DERIVATION_LABEL, "sha256")[:_SESSION_KEY_BYTES]


def claim_signature(key: bytes, identity: str, secret_block: bytes, timestamp: str) -> str:
    """PASSWORD_CLAIM_SIGNATURE in base64; the timestamp counts exactly as the client wrote it."""
    mac = hmac.digest(key, identity.encode() + secret_block + timestamp.encode(), "sha256")
    return base64.b64encode(mac).decode()
