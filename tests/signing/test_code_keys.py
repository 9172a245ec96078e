"""Codes for senders are messages that the AWS Encryption SDK reads; pool and key are bound to them."""

import base64

import pytest
from cryptography.exceptions import InvalidTag

from cognomen.signing.code_keys import AesCodeKeys
from cognomen.signing.port import NO_CODE_KEYS, CodeKeyMissing
from encryption_sdk import KEY, KEY_ARN, OF_COGNITO, decrypted

KEYS = AesCodeKeys({KEY_ARN: KEY})
CONTEXT = {"userpool-id": "eu-west-1_abcdefghi"}


@pytest.mark.parametrize("text", ["123456", "Tom&amp;&lt;Jerry&gt;-9", "ünï" * 80, "x" * 4096])
def test_the_sdk_reads_a_code(text):
    """Text, context and Cognito's algorithm."""
    assert decrypted(KEYS.encrypt(KEY_ARN, text, CONTEXT)) == (text, CONTEXT, OF_COGNITO)


def test_a_code_begins_as_those_of_aws_do():
    """Format, type and algorithm of Cognito's codes, and then nothing that two codes have in common."""
    one, other = (base64.b64decode(KEYS.encrypt(KEY_ARN, "secret-code", CONTEXT)) for _ in range(2))
    assert one[:4] == other[:4] == bytes.fromhex("01800378")
    assert one[4:20] != other[4:20]
    assert b"secret-code" not in one


def test_another_key_does_not_read_it():
    """The name of a key alone opens nothing."""
    with pytest.raises(InvalidTag):
        decrypted(KEYS.encrypt(KEY_ARN, "123456", CONTEXT), key=bytes(32))


@pytest.mark.parametrize("keys", [KEYS, NO_CODE_KEYS])
def test_a_key_that_is_not_there_encrypts_nothing(keys):
    """Settings may lose an ARN that a pool still holds."""
    assert not keys.knows("arn:aws:kms:us-east-1:123456789012:key/lost")
    with pytest.raises(CodeKeyMissing, match="no key for arn:aws:kms:us-east-1:123456789012:key/lost"):
        keys.encrypt("arn:aws:kms:us-east-1:123456789012:key/lost", "123456", CONTEXT)


def test_keys_are_not_printed():
    """The value of the keys does not show them."""
    assert "keys" not in repr(KEYS)
