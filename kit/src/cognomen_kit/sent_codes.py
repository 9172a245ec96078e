"""Codes that custom e-mail and SMS senders are given, decrypted: messages of the AWS Encryption SDK.

Read is what Cognito writes (format 1, suite 0x0378) and what the SDK writes by default (format 2 with key commitment,
suite 0x0578); both are signed. Anything else, and anything that was changed, is refused.
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA384, SHA512, HashAlgorithm
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NAMESPACE: Final = "cognomen"
PUBLIC_KEY: Final = "aws-crypto-public-key"
POOL_ID: Final = "userpool-id"
KEY_BYTES: Final = 32
IV_BYTES: Final = 12
TAG_BYTES: Final = 16
FRAMED: Final = 2
LAST_FRAME: Final = 0xFFFFFFFF
LONGEST: Final = 65_536  # characters; a code of Cognito's has about 800


class CodeRefused(ValueError):  # noqa: N818 - reads as the sentence it is
    """What a sender was given is no code that these keys open: it was changed, or encrypted for somebody else."""


@dataclass(frozen=True, slots=True)
class WrappedKey:
    """An encrypted data key: who wrapped it (``aws-kms`` on AWS), under which key, and for what."""

    provider: str
    info: bytes = field(repr=False)  # on AWS the ARN of the KMS key
    ciphertext: bytes = field(repr=False)
    context: Mapping[str, str]
    bound: bytes = field(repr=False)  # the context, as it was authenticated

    @property
    def key_id(self) -> str:
        """The name of the wrapping key, where the whole of `info` is one, as on AWS."""
        return self.info.decode(errors="replace")


Unwrap: TypeAlias = Callable[[WrappedKey], bytes | None]
"""Gives the data key in the clear; None for a key that is not its own, CodeRefused for one that was changed."""


def raw_keys(keys: Mapping[str, bytes], provider: str = NAMESPACE) -> Unwrap:
    """Unwraps with AES keys of your own by their names, as cognomen's ``[kms_keys]`` and raw AES keyrings have them."""

    def unwrap(wrapped: WrappedKey) -> bytes | None:
        name, sizes, iv = wrapped.info[:-20], wrapped.info[-20:-12], wrapped.info[-12:]
        key = keys.get(name.decode(errors="replace"))
        if wrapped.provider != provider or key is None:
            return None
        if sizes != _number(TAG_BYTES * 8, 4) + _number(IV_BYTES, 4):
            raise CodeRefused("the data key is wrapped in a way that is not known")
        return _decrypted(AESGCM(key), iv, wrapped.ciphertext, wrapped.bound)

    return unwrap


def decrypt_code(code: str, unwrap: Unwrap, *, pool_id: str | None = None) -> str:
    """The code, or the temporary password, of ``event["request"]["code"]``; raises CodeRefused.

    `pool_id` is the pool that it has to be for, the event's ``userPoolId``. Temporary passwords are escaped as HTML.
    """
    message = _Reader(_bytes_of(code))
    try:
        plain, context = _opened(message, unwrap)
        text = plain.decode()
    except (UnicodeDecodeError, OverflowError):
        raise CodeRefused("it is not well formed") from None
    if pool_id is not None and context.get(POOL_ID) != pool_id:
        raise CodeRefused("it was encrypted for another pool")
    return text


@dataclass(frozen=True, slots=True)
class _Suite:
    """What an algorithm suite says: the format that it comes in, and how keys are derived."""

    version: int
    message_id_bytes: int
    digest: HashAlgorithm

    @property
    def commits(self) -> bool:
        return self.version == 2  # noqa: PLR2004


# Both: AES-256-GCM, HKDF, ECDSA on P-384 with SHA-384.
_SUITES: Mapping[int, _Suite] = {0x0378: _Suite(1, 16, SHA384()), 0x0578: _Suite(2, 32, SHA512())}


class _Reader:
    """Takes a message apart from the front; raises CodeRefused where it ends early."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, size: int) -> bytes:
        end = self.at + size
        if end > len(self.data):
            raise CodeRefused("it is cut off")
        taken, self.at = self.data[self.at : end], end
        return taken

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def sized(self) -> bytes:
        return self.take(self.number(2))

    @property
    def so_far(self) -> bytes:
        return self.data[: self.at]


@dataclass(frozen=True, slots=True)
class _Header:
    suite: int
    message_id: bytes
    bound: bytes
    context: Mapping[str, str]
    wrapped: tuple[WrappedKey, ...]
    frame_bytes: int
    commitment: bytes
    whole: bytes


def _opened(message: _Reader, unwrap: Unwrap) -> tuple[bytes, Mapping[str, str]]:
    """The plain bytes and what they are bound to; nothing of them is told before the signature is verified."""
    header = _header(message)
    cipher = AESGCM(_derived(header, _data_key(header, unwrap)))
    iv = bytes(IV_BYTES) if _SUITES[header.suite].commits else message.take(IV_BYTES)
    _decrypted(cipher, iv, message.take(TAG_BYTES), header.whole)
    plain = b"".join(_frames(message, header, cipher))
    signed = message.so_far
    _verify(header.context, message.sized(), signed)
    if message.at != len(message.data):
        raise CodeRefused("something stands behind its end")
    return plain, header.context


def _header(message: _Reader) -> _Header:
    version = message.number(1)
    if version == 1 and message.number(1) != 0x80:  # noqa: PLR2004 - the only type of message
        raise CodeRefused("it is no message of the AWS Encryption SDK")
    number = message.number(2)
    suite = _SUITES.get(number)
    if suite is None or suite.version != version:
        raise CodeRefused("it is no message of the AWS Encryption SDK, or of an algorithm that Cognito does not use")
    message_id, bound = message.take(suite.message_id_bytes), message.sized()
    context = _context(bound)
    wrapped = tuple(
        WrappedKey(message.sized().decode(), message.sized(), message.sized(), context, bound)
        for _ in range(message.number(2))
    )
    frame_bytes = _content(message, suite)
    commitment = message.take(KEY_BYTES) if suite.commits else b""
    return _Header(number, message_id, bound, context, wrapped, frame_bytes, commitment, message.so_far)


def _content(message: _Reader, suite: _Suite) -> int:
    """How long a frame is; Cognito writes frames and nothing else."""
    framed = message.number(1) == FRAMED
    known = suite.commits or (message.number(4), message.number(1)) == (0, IV_BYTES)
    frame_bytes = message.number(4)
    if not framed or not known or not frame_bytes:
        raise CodeRefused("its content is not framed")
    return frame_bytes


def _context(bound: bytes) -> Mapping[str, str]:
    reader = _Reader(bound)
    pairs = [(reader.sized().decode(), reader.sized().decode()) for _ in range(reader.number(2) if bound else 0)]
    context = dict(pairs)
    if reader.at != len(bound) or len(context) != len(pairs):
        raise CodeRefused("its encryption context is not well formed")
    return context


def _data_key(header: _Header, unwrap: Unwrap) -> bytes:
    for wrapped in header.wrapped:
        key = unwrap(wrapped)
        if key is not None:
            if len(key) != KEY_BYTES:
                raise CodeRefused(f"a data key has {KEY_BYTES} bytes")
            return key
    raise CodeRefused("no key is known that it was encrypted under")


def _derived(header: _Header, data_key: bytes) -> bytes:
    """The key of the content; with commitment, the message also says that it knows no other data key."""
    suite, number = _SUITES[header.suite], _number(header.suite, 2)
    if not suite.commits:
        return HKDF(suite.digest, KEY_BYTES, salt=None, info=number + header.message_id).derive(data_key)
    salt = header.message_id
    commitment = HKDF(suite.digest, KEY_BYTES, salt=salt, info=b"COMMITKEY").derive(data_key)
    if not hmac.compare_digest(commitment, header.commitment):
        raise CodeRefused("it was not encrypted under this data key")
    return HKDF(suite.digest, KEY_BYTES, salt=salt, info=number + b"DERIVEKEY").derive(data_key)


def _frames(message: _Reader, header: _Header, cipher: AESGCM) -> Iterator[bytes]:
    """The content of each frame in its order, the last one included."""
    expected, is_last = 1, False
    while not is_last:
        sequence = message.number(4)
        is_last = sequence == LAST_FRAME
        if (message.number(4) if is_last else sequence) != expected:
            raise CodeRefused("its frames are out of order")
        iv = message.take(IV_BYTES)
        size = message.number(4) if is_last else header.frame_bytes
        if size > header.frame_bytes:
            raise CodeRefused("its last frame is too long")
        kind = b"AWSKMSEncryptionClient Final Frame" if is_last else b"AWSKMSEncryptionClient Frame"
        bound = header.message_id + kind + _number(expected, 4) + _number(size, 8)
        yield _decrypted(cipher, iv, message.take(size + TAG_BYTES), bound)
        expected += 1


def _verify(context: Mapping[str, str], signature: bytes, signed: bytes) -> None:
    try:
        point = base64.b64decode(context[PUBLIC_KEY], validate=True)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP384R1(), point)
        key.verify(signature, signed, ec.ECDSA(SHA384()))
    except (KeyError, ValueError, InvalidSignature):
        raise CodeRefused("its signature does not hold") from None


def _decrypted(cipher: AESGCM, iv: bytes, sealed: bytes, bound: bytes) -> bytes:
    try:
        return cipher.decrypt(iv, sealed, bound)
    except (InvalidTag, ValueError):
        raise CodeRefused("it was changed, or encrypted under another key") from None


def _bytes_of(code: str) -> bytes:
    if len(code) > LONGEST:
        raise CodeRefused("it is too long")
    try:
        return base64.b64decode(code, validate=True)
    except (binascii.Error, ValueError):
        raise CodeRefused("it is not base64") from None


def _number(value: int, size: int) -> bytes:
    return value.to_bytes(size, "big")
