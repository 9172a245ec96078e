"""The certificate by which providers know a pool's signed requests: signed by the pool itself (RFC 5280)."""

from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

LIFETIME: Final = timedelta(days=3650)


def self_signed(private: rsa.RSAPrivateKey, common_name: str, now_ms: int) -> bytes:
    """A certificate for this key in DER, valid for ten years from now on."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
    begins = datetime.fromtimestamp(now_ms // 1000, UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + LIFETIME)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(private.public_key()), critical=False)
    )
    return builder.sign(private, SHA256()).public_bytes(Encoding.DER)
