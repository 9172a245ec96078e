"""The AWS Encryption SDK itself, with an AES key of a test in place of KMS (its RawMasterKeyProvider)."""

import base64
import secrets
from typing import Any

import aws_encryption_sdk
from aws_encryption_sdk.identifiers import Algorithm, CommitmentPolicy, EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
from aws_encryption_sdk.key_providers.base import MasterKeyProvider
from aws_encryption_sdk.key_providers.kms import KMSMasterKey
from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider
from botocore.client import BaseClient

KEY = bytes(range(32))
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
OF_COGNITO = Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA384_ECDSA_P384
COMMITTING = Algorithm.AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384
UNSIGNED = Algorithm.AES_256_GCM_IV12_TAG16_HKDF_SHA256


class _Keys(RawMasterKeyProvider):
    provider_id = "cognomen"

    def _get_raw_key(self, key_id):
        return WrappingKey(
            WrappingAlgorithm.AES_256_GCM_IV12_TAG16_NO_PADDING, self.config.key, EncryptionKeyType.SYMMETRIC
        )


def keys_of(provider: str, key: bytes = KEY) -> MasterKeyProvider:
    """One AES key of this provider's."""
    keys = type("_Others", (_Keys,), {"provider_id": provider})()
    keys.config.key = key
    keys.add_master_key(KEY_ARN)
    return keys


def decrypted(code: str, key: bytes = KEY) -> tuple[str, dict[str, str], Algorithm]:
    """What the SDK reads in a code: the text, its encryption context without the public key, and the algorithm."""
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
    plain, header = client.decrypt(source=base64.b64decode(code), key_provider=keys_of("cognomen", key))
    context = {name: value for name, value in header.encryption_context.items() if name != "aws-crypto-public-key"}
    return plain.decode(), context, header.algorithm


class Kms(BaseClient):
    """KMS, as far as boto3's client for it is asked for data keys."""

    def __init__(self) -> None:
        self.keys: dict[bytes, tuple[bytes, dict[str, str]]] = {}

    def generate_data_key(self, **asked: Any) -> dict[str, Any]:
        blob, key = secrets.token_bytes(184), secrets.token_bytes(asked["NumberOfBytes"])
        self.keys[blob] = (key, asked["EncryptionContext"])
        return {"Plaintext": key, "CiphertextBlob": blob, "KeyId": asked["KeyId"]}

    @property
    def master_key(self) -> MasterKeyProvider:
        """The SDK's own key that asks this for data keys."""
        return KMSMasterKey(key_id=KEY_ARN, client=self)

    def decrypt(self, **asked: Any) -> dict[str, Any]:
        key, context = self.keys[asked["CiphertextBlob"]]
        assert (asked["KeyId"], asked["EncryptionContext"]) == (KEY_ARN, context)
        return {"Plaintext": key, "KeyId": KEY_ARN}


def encrypted(
    text: str,
    algorithm: Algorithm = OF_COGNITO,
    context: dict[str, str] | None = None,
    *,
    keys: MasterKeyProvider | None = None,
    frame_length: int = 4096,
) -> str:
    """A code as the SDK writes it."""
    policy = CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT
    if algorithm is COMMITTING:
        policy = CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT
    client = aws_encryption_sdk.EncryptionSDKClient(commitment_policy=policy)
    message, _header = client.encrypt(
        source=text.encode(),
        key_provider=keys or keys_of("cognomen"),
        algorithm=algorithm,
        encryption_context={"userpool-id": "us-east-1_pool"} if context is None else context,
        frame_length=frame_length,
    )
    return base64.b64encode(message).decode()
