"""A server that ends TLS itself, started as a user starts it."""

import datetime as dt
import json
import ssl
from ipaddress import ip_address
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cli.running import PATIENCE, run, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signed itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    shown, private = folder / "cert.pem", folder / "key.pem"
    shown.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.touch(mode=0o600)
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return shown, private


def test_the_port_speaks_tls(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    """Everything that the server says of itself begins with https, and its certificate is the one it was given."""
    shown, private = certificate
    files = {"COGNOMEN_TLS__CERTIFICATE_FILE": str(shown), "COGNOMEN_TLS__KEY_FILE": str(private)}
    with serving("--data", ":memory:", folder=tmp_path, environment=files) as server:
        url = server.line.split("is ready: ")[1].split()[0]
        assert url.startswith("https://127.0.0.1:")
        trusting = ssl.create_default_context(cafile=str(shown))
        asked = Request(f"{url}/", data=b'{"PoolName": "p"}', headers=SIGNED)
        with urlopen(asked, timeout=PATIENCE, context=trusting) as answer:
            pool_id = json.load(answer)["UserPool"]["Id"]
        with urlopen(f"{url}/{pool_id}/.well-known/openid-configuration", context=trusting) as answer:
            assert json.load(answer)["issuer"] == f"{url}/{pool_id}"


SIGNED = {
    "X-Amz-Target": "AWSCognitoIdentityProviderService.CreateUserPool",
    "Content-Type": "application/x-amz-json-1.1",
    "X-Amz-Date": "20260101T000000Z",
    "Authorization": "AWS4-HMAC-SHA256 Credential=A/20260101/us-east-1/cognito-idp/aws4_request,"
    " SignedHeaders=host;x-amz-date, Signature=0",
}


def test_files_that_do_not_belong_together_are_refused(tmp_path: Path, certificate: tuple[Path, Path]) -> None:
    """The start says which files, and what they should be."""
    shown, _ = certificate
    wrong = tmp_path / "wrong.pem"
    wrong.touch(mode=0o600)
    wrong.write_text("nonsense")
    files = {"COGNOMEN_TLS__CERTIFICATE_FILE": str(shown), "COGNOMEN_TLS__KEY_FILE": str(wrong)}
    ended = run("serve", "--data", ":memory:", folder=tmp_path, environment=files)
    assert ended.code != 0
    assert f"tls.certificate_file {shown} and tls.key_file {wrong} cannot be used" in ended.err
    assert "Traceback" not in ended.err
