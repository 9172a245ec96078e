"""Codes for the senders of a pool's own, in the message format of the AWS Encryption SDK, as Cognito writes them.

Format version 1 with algorithm suite 0x0378 and one frame, and the pool's id in the encryption context, as codes of AWS
show. There the data key is wrapped by KMS; here by an AES key of the server's settings, as the SDK's raw AES keyrings
do it, with the ARN for the key's name.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cognomen.signing.port import CodeKeyMissing

KEY_BYTES: Final = 32
NAMESPACE: Final = "cognomen"  # the provider of the wrapped key; aws-kms is reserved
SUITE: Final = b"\x03\x78"  # AES-256-GCM, HKDF with SHA-384, ECDSA on P-384
FORMAT: Final = b"\x01\x80"  # version 1, customer authenticated encrypted data
FRAMED: Final = b"\x02"
FRAME_BYTES: Final = 4096  # longer than any code or temporary password
MESSAGE_ID_BYTES: Final = 16
IV_BYTES: Final = 12
TAG_BYTES: Final = 16
HEADER_IV: Final = bytes(IV_BYTES)
FINAL_FRAME: Final = b"AWSKMSEncryptionClient Final Frame"
PUBLIC_KEY: Final = "aws-crypto-public-key"


@dataclass(frozen=True, slots=True)
class AesCodeKeys:
    """AES-256 keys by the ARNs that stand for them in KMSKeyID."""

    keys: Mapping[str, bytes] = field(repr=False)

    def knows(self, arn: str) -> bool:
        """Whether the settings hold a key for the ARN."""
        return arn in self.keys

    def encrypt(self, arn: str, plain: str, context: Mapping[str, str]) -> str:
        """The encrypted message in base64; raises CodeKeyMissing."""
        if arn not in self.keys:
            raise CodeKeyMissing(f"the settings hold no key for {arn}")
        return base64.b64encode(_message(arn, self.keys[arn], plain.encode(), context)).decode()


def _message(name: str, wrapping_key: bytes, plain: bytes, context: Mapping[str, str]) -> bytes:
    """Header, its tag, one frame, and the signature of it all."""
    data_key, message_id = AESGCM.generate_key(256), secrets.token_bytes(MESSAGE_ID_BYTES)
    signer = ec.generate_private_key(ec.SECP384R1())
    point = signer.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    bound = _serialized({**context, PUBLIC_KEY: base64.b64encode(point).decode()})
    cipher = AESGCM(HKDF(SHA384(), KEY_BYTES, salt=None, info=SUITE + message_id).derive(data_key))
    header = b"".join(
        (
            *(FORMAT, SUITE, message_id, _sized(bound), _number(1, 2), _wrapped(name, wrapping_key, data_key, bound)),
            *(FRAMED, bytes(4), _number(IV_BYTES, 1), _number(FRAME_BYTES, 4)),
        )
    )
    signed = header + HEADER_IV + cipher.encrypt(HEADER_IV, b"", header) + _frame(cipher, message_id, plain)
    return signed + _sized(signer.sign(signed, ec.ECDSA(SHA384())))


def _wrapped(name: str, wrapping_key: bytes, data_key: bytes, bound: bytes) -> bytes:
    """The data key under the AES key of the settings."""
    iv = secrets.token_bytes(IV_BYTES)
    about = name.encode() + _number(TAG_BYTES * 8, 4) + _number(IV_BYTES, 4) + iv
    wrapped = AESGCM(wrapping_key).encrypt(iv, data_key, bound)
    return _sized(NAMESPACE.encode()) + _sized(about) + _sized(wrapped)


def _frame(cipher: AESGCM, message_id: bytes, plain: bytes) -> bytes:
    """The first frame, which is the last one."""
    assert len(plain) <= FRAME_BYTES
    sequence, size = _number(1, 4), _number(len(plain), 4)
    iv = _number(1, IV_BYTES)
    bound = message_id + FINAL_FRAME + sequence + _number(len(plain), 8)
    return b"\xff\xff\xff\xff" + sequence + iv + size + cipher.encrypt(iv, plain, bound)


def _serialized(context: Mapping[str, str]) -> bytes:
    pairs = sorted((name.encode(), value.encode()) for name, value in context.items())
    return _number(len(pairs), 2) + b"".join(_sized(name) + _sized(value) for name, value in pairs)


def _sized(content: bytes) -> bytes:
    return _number(len(content), 2) + content


def _number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")
