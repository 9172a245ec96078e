"""Codes for custom senders are read as the AWS Encryption SDK writes them, and nothing that was changed is read."""

import base64

import pytest

from cognomen_kit import CodeRefused, WrappedKey, decrypt_code, raw_keys
from encryption_sdk import COMMITTING, KEY, KEY_ARN, OF_COGNITO, UNSIGNED, Kms, encrypted, keys_of

POOL = "us-east-1_pool"
MINE = raw_keys({KEY_ARN: KEY})
CODE = encrypted("123456")


@pytest.mark.parametrize("algorithm", [OF_COGNITO, COMMITTING])
@pytest.mark.parametrize(
    ("text", "frame_length"), [("123456", 4096), ("Gärten&lt;9" * 40, 128), ("x" * 256, 128), ("", 4096)]
)
def test_what_the_sdk_writes_is_read(algorithm, text, frame_length):
    """Cognito's algorithm and the SDK's own, in one frame and in several."""
    assert decrypt_code(encrypted(text, algorithm, frame_length=frame_length), MINE, pool_id=POOL) == text


@pytest.mark.parametrize("algorithm", [OF_COGNITO, COMMITTING])
def test_every_flipped_byte_is_noticed(algorithm):
    """Header, wrapped key, tags, content and signature: no byte may differ."""
    data = base64.b64decode(encrypted("123456", algorithm))
    for position in range(len(data)):
        for flip in (0x01, 0x80):
            changed = bytearray(data)
            changed[position] ^= flip
            with pytest.raises(CodeRefused):
                decrypt_code(base64.b64encode(changed).decode(), MINE)


@pytest.mark.parametrize("algorithm", [OF_COGNITO, COMMITTING])
def test_every_cut_and_every_addition_is_noticed(algorithm):
    """A message ends where it ends."""
    data = base64.b64decode(encrypted("123456", algorithm))
    for changed in [*(data[:length] for length in range(len(data))), data + b"\0", data + data]:
        with pytest.raises(CodeRefused):
            decrypt_code(base64.b64encode(changed).decode(), MINE)


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "cut off"),
        ("not base64!", "not base64"),
        ("ünïcode", "not base64"),
        ("A" * 70_000, "too long"),
        (encrypted("123456", UNSIGNED), "does not use"),
        (encrypted("123456", frame_length=0), "not framed"),
        (encrypted("123456", keys=keys_of("another")), "no key is known"),
    ],
)
def test_what_cognito_does_not_write_is_refused(code, why):
    """Nonsense, messages that nobody signed, without frames, or for another provider's key."""
    with pytest.raises(CodeRefused, match=why):
        decrypt_code(code, MINE)


def test_other_keys_do_not_open():
    """Neither another key of the same name, nor the key by another name."""
    for keys in ({KEY_ARN: bytes(32)}, {f"{KEY_ARN}0": KEY}, {}):
        with pytest.raises(CodeRefused):
            decrypt_code(CODE, raw_keys(keys))


@pytest.mark.parametrize("context", [{}, {"userpool-id": "us-east-1_other"}])
def test_a_code_for_another_pool_is_refused(context):
    """Whose code it is stands in its context."""
    code = encrypted("123456", context=context)
    assert decrypt_code(code, MINE) == "123456"
    with pytest.raises(CodeRefused, match="another pool"):
        decrypt_code(code, MINE, pool_id=POOL)


@pytest.mark.parametrize("algorithm", [OF_COGNITO, COMMITTING])
def test_keys_that_kms_wrapped_are_unwrapped_by_the_caller(algorithm):
    """The function is given provider, key, ciphertext and context, as KMS's Decrypt wants them; nothing is printed."""
    kms = Kms()
    seen: list[WrappedKey] = []

    def unwrap(wrapped: WrappedKey) -> bytes:
        seen.append(wrapped)
        context = dict(wrapped.context)
        asked = {"CiphertextBlob": wrapped.ciphertext, "KeyId": wrapped.key_id, "EncryptionContext": context}
        return bytes(kms.decrypt(**asked)["Plaintext"])

    assert decrypt_code(encrypted("123456", algorithm, keys=kms.master_key), unwrap, pool_id=POOL) == "123456"
    (wrapped,) = seen
    assert (wrapped.provider, wrapped.key_id) == ("aws-kms", KEY_ARN)
    assert wrapped.context.keys() == {"userpool-id", "aws-crypto-public-key"}
    assert "ciphertext" not in repr(wrapped)


@pytest.mark.parametrize("key", [bytes(32), bytes(16), b""])
@pytest.mark.parametrize("algorithm", [OF_COGNITO, COMMITTING])
def test_a_wrong_data_key_opens_nothing(algorithm, key):
    """Whatever an unwrapping function answers, only the data key of the message opens it."""
    with pytest.raises(CodeRefused):
        decrypt_code(encrypted("123456", algorithm), lambda _wrapped: key)
