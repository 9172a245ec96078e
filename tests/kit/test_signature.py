"""Signed calls: the signature is the one botocore makes, and credentials come from where AWS tools keep them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials

from cognomen_kit import AsyncCognito, ConfigurationMissing, Credentials
from cognomen_kit.aws_json import UNSIGNED
from cognomen_kit.botocore_credentials import of_session
from cognomen_kit.calls import HttpRequest
from cognomen_kit.credentials import find_credentials
from cognomen_kit.signature import sign
from kit.conftest import NOW, POOL_ID
from kit.fake_cognito import FakeCognito
from kit.test_errors import MODEL

pytestmark = pytest.mark.anyio

KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
ADMIN_USER = {
    "Username": "karla",
    "UserStatus": "CONFIRMED",
    "Enabled": True,
    "UserCreateDate": 1548099495.428,
    "UserLastModifiedDate": 1548099495.428,
    "UserAttributes": [{"Name": "email", "Value": "karla@x.example"}],
}


def by_botocore(request: HttpRequest, credentials: Credentials, region: str, stamp: str) -> str:
    asked = AWSRequest(request.method, request.url, dict(request.headers), request.body)
    asked.context["timestamp"] = stamp
    keys = BotocoreCredentials(credentials.access_key_id, credentials.secret_access_key, credentials.session_token)
    signer = SigV4Auth(keys, "cognito-idp", region)
    if credentials.session_token:
        asked.headers["X-Amz-Security-Token"] = credentials.session_token
    asked.headers["X-Amz-Date"] = stamp
    signature = signer.signature(signer.string_to_sign(asked, signer.canonical_request(asked)), asked)
    signed = signer.signed_headers(signer.headers_to_sign(asked))
    scope = f"{stamp[:8]}/{region}/cognito-idp/aws4_request"
    who = f"Credential={credentials.access_key_id}/{scope}"
    return f"AWS4-HMAC-SHA256 {who}, SignedHeaders={signed}, Signature={signature}"


@pytest.mark.parametrize("token", [None, "IQoJb3JpZ2luX2VjEXAMPLE=="])
@pytest.mark.parametrize(
    ("url", "body"),
    [
        ("https://cognito-idp.eu-west-1.amazonaws.com/", b'{"UserPoolId":"eu-west-1_a","Username":"k"}'),
        ("http://127.0.0.1:9229/", b""),
        ("http://localhost:8080/cognito/", '{"Username":"Jörg 日本"}'.encode()),
    ],
)
@pytest.mark.parametrize("content_type", ["application/x-amz-json-1.1", "  spaced   out "])
def test_the_signature_is_botocores(url: str, body: bytes, token: str | None, content_type: str) -> None:
    """botocore's signer makes the same Authorization header of the same request."""
    keys = Credentials(KEYS.access_key_id, KEYS.secret_access_key, token)
    target = "AWSCognitoIdentityProviderService.AdminGetUser"
    request = HttpRequest("POST", url, {"content-type": content_type, "x-amz-target": target}, body)
    signed = sign(request, keys, "eu-west-1", NOW)
    assert signed.headers["x-amz-date"] == "20260101T000000Z"
    assert signed.headers["authorization"] == by_botocore(request, keys, "eu-west-1", "20260101T000000Z")


async def test_only_administrators_calls_are_signed(fake: FakeCognito, options: dict[str, Any]) -> None:
    """AdminGetUser carries a signature over its very body; GetUser carries none."""
    fake.answers("AdminGetUser", ADMIN_USER)
    fake.answers("GetUser", {"Username": "karla", "UserAttributes": []})
    async with AsyncCognito(**options, credentials=KEYS) as client:
        user = await client.admin_get_user("karla")
        await client.get_user("a.b.c")
    admin, own = fake.asked
    assert (user.user_status, user.user_attributes) == ("CONFIRMED", {"email": "karla@x.example"})
    assert user.user_create_date.isoformat() == "2019-01-21T19:38:15.428000+00:00"
    assert admin.members == {"UserPoolId": POOL_ID, "Username": "karla"}
    plain = {name: admin.headers[name] for name in ("content-type", "x-amz-target")}
    sent = HttpRequest("POST", fake.url + "/", plain, admin.body)
    assert admin.headers["authorization"] == by_botocore(sent, KEYS, "eu-west-1", "20260101T000000Z")
    assert "authorization" not in own.headers


def test_who_is_signed_is_what_the_model_says() -> None:
    """The operations that go unsigned are those the model marks, and GetClientToken, which needs no signature."""
    modelled = {name for name, one in MODEL["operations"].items() if one.get("authtype") == "none"}
    assert modelled | {"GetClientToken"} == UNSIGNED


def test_secret_keys_do_not_show() -> None:
    """No repr holds a secret key, a session token or a signature."""
    keys = Credentials("AKIDEXAMPLE", "secret-key", "session-token")
    signed = sign(HttpRequest("POST", "http://h/", {}, b"{}"), keys, "eu-west-1", NOW)
    for secret in ("secret-key", "session-token", "Signature="):
        assert secret not in f"{keys!r} {signed!r}"


ENVIRONMENT = {"AWS_ACCESS_KEY_ID": "AKENV", "AWS_SECRET_ACCESS_KEY": "env-secret"}
FILES = {
    "credentials": (
        "[default]\naws_access_key_id = AKDEFAULT\naws_secret_access_key = default%secret\n"
        "[work]\naws_access_key_id = AKWORK\naws_secret_access_key = work-secret\naws_session_token = tok\n"
    ),
    "config": "[profile other]\naws_access_key_id=AKOTHER\naws_secret_access_key=other-secret\nregion=eu-west-1\n",
}


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        (ENVIRONMENT, Credentials("AKENV", "env-secret")),
        ({**ENVIRONMENT, "AWS_SESSION_TOKEN": "tok"}, Credentials("AKENV", "env-secret", "tok")),
        ({}, Credentials("AKDEFAULT", "default%secret")),
        ({"AWS_ACCESS_KEY_ID": "AKENV"}, Credentials("AKDEFAULT", "default%secret")),
        ({"AWS_PROFILE": "work"}, Credentials("AKWORK", "work-secret", "tok")),
        ({"AWS_DEFAULT_PROFILE": "other"}, Credentials("AKOTHER", "other-secret")),
    ],
)
def test_where_credentials_are_found(tmp_path: Path, environment: dict[str, str], found: Credentials) -> None:
    """The environment first, then the profile in the credentials file, then in the config file."""
    aws = tmp_path / ".aws"
    aws.mkdir()
    for name, text in FILES.items():
        (aws / name).write_text(text)
    assert find_credentials({"HOME": str(tmp_path), **environment}) == found


def test_files_may_lie_elsewhere(tmp_path: Path) -> None:
    """The variables that move AWS's files are honoured."""
    (tmp_path / "keys").write_text(FILES["credentials"])
    environment = {"HOME": "/nowhere", "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "keys")}
    assert find_credentials(environment).access_key_id == "AKDEFAULT"


@pytest.mark.parametrize("text", [None, "[default]\nregion = eu-west-1\n", "[default]\naws_access_key_id = A\n"])
def test_no_credentials_anywhere(tmp_path: Path, text: str | None) -> None:
    """The refusal says the three ways to give them."""
    (tmp_path / ".aws").mkdir()
    if text is not None:
        (tmp_path / ".aws" / "credentials").write_text(text)
    with pytest.raises(ConfigurationMissing, match=r"AWS_ACCESS_KEY_ID.*~/\.aws/credentials.*credentials="):
        find_credentials({"HOME": str(tmp_path)})


def test_a_broken_file_is_named_but_not_shown(tmp_path: Path) -> None:
    """A file that cannot be parsed is named; its secret lines stay out of the message."""
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("aws_secret_access_key = very-secret\n")
    with pytest.raises(ConfigurationMissing, match="credentials cannot be read") as caught:
        find_credentials({"HOME": str(tmp_path)})
    assert "very-secret" not in str(caught.value)


async def test_credentials_of_a_container(
    fake: FakeCognito, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With botocore at hand its whole chain serves, here the endpoint that containers have."""
    expires = (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%SZ")
    keys = {"AccessKeyId": "AKCONTAINER", "SecretAccessKey": "s", "Token": "container-token", "Expiration": expires}
    fake.answers("/credentials", keys)
    fake.answers("AdminGetUser", ADMIN_USER)
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{fake.url}/credentials")
    async with AsyncCognito(**options, credentials=of_session()) as client:
        await client.admin_get_user("karla")
    headers = fake.asked[-1].headers
    assert "AKCONTAINER" in headers["authorization"]
    assert headers["x-amz-security-token"] == "container-token"


def test_botocore_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where botocore has no credentials either, the refusal says so."""
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(ConfigurationMissing, match="botocore finds no AWS credentials"):
        of_session()()


async def test_a_source_is_asked_each_time(fake: FakeCognito, options: dict[str, Any]) -> None:
    """Credentials that change are given as a function, which is asked for every signed call."""
    fake.answers("AdminGetUser", ADMIN_USER)
    keys = iter([Credentials("AKFIRST", "s"), Credentials("AKSECOND", "s")])
    async with AsyncCognito(**options, credentials=lambda: next(keys)) as client:
        await client.admin_get_user("karla")
        await client.admin_get_user("karla")
    assert [
        "AKFIRST" in fake.asked[0].headers["authorization"],
        "AKSECOND" in fake.asked[1].headers["authorization"],
    ] == [True, True]
