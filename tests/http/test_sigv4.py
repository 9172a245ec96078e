"""Signatures: what botocore signs is believed, and nothing else is."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from cognomen import errors
from cognomen.http.incoming import Incoming, incoming_of
from cognomen.http.sigv4 import AnyWellFormedSignature, VerifiedSignatures
from known_keys import KnownKeys

pytestmark = pytest.mark.anyio

KEY, SECRET, ACCOUNT = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "123456789012"
HOST = "127.0.0.1:9229"
TARGET = "AWSCognitoIdentityProviderService.DescribeUserPool"
BODY = b'{"UserPoolId": "eu-west-1_abcdefghi"}'


def now_ms() -> int:
    return int(datetime.now(UTC).timestamp() * 1000)


def verifier(shift: timedelta = timedelta(0)) -> VerifiedSignatures:
    return VerifiedSignatures(KnownKeys({KEY: SECRET}), ACCOUNT, lambda: now_ms() + int(shift.total_seconds() * 1000))


def as_incoming(request: AWSRequest, query: str = "") -> Incoming:
    prepared = request.prepare()
    headers = [(name.lower().encode(), _bytes(value)) for name, value in prepared.headers.items()]
    headers += [] if any(name == b"host" for name, _ in headers) else [(b"host", HOST.encode())]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": query.encode(),
        "headers": headers,
    }
    return incoming_of({**scope, "client": ("127.0.0.1", 5)}, "request-1")


def _bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode()


@dataclass(frozen=True)
class Signer:
    """Who signs, and for what."""

    key: str = KEY
    secret: str = SECRET
    token: str | None = None
    region: str = "eu-west-1"
    service: str = "cognito-idp"


def signed(
    body: bytes = BODY, headers: dict[str, str] | None = None, query: str = "", signer: Signer | None = None
) -> Incoming:
    """A request as botocore signs it."""
    usual = {"X-Amz-Target": TARGET, "Content-Type": "application/x-amz-json-1.1", "User-Agent": "a/1"}
    url = f"http://{HOST}/" + (f"?{query}" if query else "")
    request = AWSRequest(method="POST", url=url, data=body, headers={**usual, **(headers or {})})
    who = signer or Signer()
    SigV4Auth(Credentials(who.key, who.secret, who.token), who.service, who.region).add_auth(request)
    return as_incoming(request, query)


def with_header(incoming: Incoming, name: bytes, value: bytes | None) -> Incoming:
    headers = {**incoming.headers, name: value}
    return replace(incoming, headers={n: v for n, v in headers.items() if v is not None})


HONEST = {
    "plain": (BODY, {}),
    "empty body": (b"", {}),
    "unicode body": ('{"UserPoolId": "ключ 🔑"}'.encode(), {}),
    "spaces in a header": (BODY, {"X-Amz-Meta": "  many   spaces\tand tabs  "}),
    "empty header": (BODY, {"X-Amz-Empty": ""}),
    "body hash as JavaScript sends it": (BODY, {"X-Amz-Content-SHA256": hashlib.sha256(BODY).hexdigest()}),
    "browser headers": (BODY, {"X-Amz-User-Agent": "aws-sdk-js/3", "Cache-Control": "no-store"}),
    "retry headers": (BODY, {"amz-sdk-invocation-id": "1-2-3", "amz-sdk-request": "attempt=1; max=3"}),
    "names out of order": (BODY, {"Zebra": "1", "Accept": "*/*", "X-Amz-B": "b", "X-Amz-A": "a"}),
}


@pytest.mark.parametrize(("body", "headers"), HONEST.values(), ids=HONEST)
async def test_what_botocore_signs_is_believed(body, headers):
    """The caller is the access key of the signature, in the region of its scope."""
    principal = await verifier().check(signed(body, headers), body, "cognito-idp")
    assert (principal.access_key_id, principal.account_id, principal.region) == (KEY, ACCOUNT, "eu-west-1")


async def test_a_signed_query_is_part_of_the_signature():
    """Parameters are compared in sorted order, as botocore signs them."""
    incoming = signed(query="b=2&a=1&c=")
    assert (await verifier().check(incoming, BODY, "cognito-idp")).access_key_id == KEY
    with pytest.raises(errors.InvalidSignatureException):
        await verifier().check(replace(incoming, query=b"b=2&a=1&c=x"), BODY, "cognito-idp")


async def test_a_date_header_serves_where_there_is_no_x_amz_date():
    """A signer that sends Date instead is believed, and Date is then part of what must be signed."""
    incoming = signed(headers={"Date": f"{datetime.now(UTC):%a, %d %b %Y %H:%M:%S GMT}"})
    assert b"x-amz-date" not in incoming.headers
    assert (await verifier().check(incoming, BODY, "cognito-idp")).access_key_id == KEY
    unsigned = incoming.headers[b"authorization"].replace(b"content-type;date;", b"content-type;")
    with pytest.raises(errors.InvalidSignatureException, match="must be signed and are not: date"):
        await verifier().check(with_header(incoming, b"authorization", unsigned), BODY, "cognito-idp")


async def test_both_services_have_their_own_scope():
    """A signature for one service is none for the other, and AWS's sentence names the right one."""
    assert (
        await verifier().check(signed(signer=Signer(service="cognito-identity")), BODY, "cognito-identity")
    ).access_key_id == KEY
    with pytest.raises(errors.InvalidSignatureException) as refused:
        await verifier().check(signed(signer=Signer(service="cognito-identity")), BODY, "cognito-idp")
    assert str(refused.value) == "Credential should be scoped to correct service: 'cognito-idp'. "


WRONG = {
    "wrong secret": (
        lambda: signed(signer=Signer(secret="x" * 40)),
        BODY,
        errors.InvalidSignatureException,
        "does not match the signature",
    ),
    "changed body": (signed, BODY + b" ", errors.InvalidSignatureException, "does not match the signature"),
    "unknown key": (
        lambda: signed(signer=Signer(key="AKIDUNKNOWN")),
        BODY,
        errors.UnrecognizedClientException,
        "security token",
    ),
    "session token": (
        lambda: signed(signer=Signer(token="t" * 30)),
        BODY,
        errors.UnrecognizedClientException,
        "security token",
    ),
    "nobody signed": (
        lambda: with_header(signed(), b"authorization", None),
        BODY,
        errors.MissingAuthenticationTokenException,
        "Missing Auth",
    ),
    "body hash of another body": (
        lambda: signed(headers={"X-Amz-Content-SHA256": "0" * 64}),
        BODY,
        errors.InvalidSignatureException,
        "computed",
    ),
    "unsigned payload": (
        lambda: signed(headers={"X-Amz-Content-SHA256": "UNSIGNED-PAYLOAD"}),
        BODY,
        errors.InvalidSignatureException,
        "computed",
    ),
    "changed header": (
        lambda: with_header(signed(), b"content-type", b"text/plain"),
        BODY,
        errors.InvalidSignatureException,
        "does not match",
    ),
    "dropped header": (
        lambda: with_header(signed(), b"content-type", None),
        BODY,
        errors.InvalidSignatureException,
        "does not match",
    ),
    "added x-amz header": (
        lambda: with_header(signed(), b"x-amz-extra", b"1"),
        BODY,
        errors.InvalidSignatureException,
        "not: x-amz-extra",
    ),
    "other host": (
        lambda: with_header(signed(), b"host", b"evil"),
        BODY,
        errors.InvalidSignatureException,
        "does not match",
    ),
    "no date": (
        lambda: with_header(signed(), b"x-amz-date", None),
        BODY,
        errors.IncompleteSignatureException,
        "existence of either",
    ),
    "impossible date": (
        lambda: with_header(signed(), b"x-amz-date", b"20241301T000000Z"),
        BODY,
        errors.IncompleteSignatureException,
        "ISO-8601",
    ),
    "date of another form": (
        lambda: with_header(signed(), b"x-amz-date", b"yesterday"),
        BODY,
        errors.IncompleteSignatureException,
        "ISO-8601",
    ),
    "date of another day": (
        lambda: with_header(signed(), b"x-amz-date", b"20010101T000000Z"),
        BODY,
        errors.InvalidSignatureException,
        "Credential scope",
    ),
}


@pytest.mark.parametrize(("incoming", "body", "refusal", "wording"), WRONG.values(), ids=WRONG)
async def test_everything_else_is_refused_by_name(incoming, body, refusal, wording):
    """Each cause has the refusal that AWS's services give for it."""
    with pytest.raises(refusal) as refused:
        await verifier().check(incoming(), body, "cognito-idp")
    assert wording in str(refused.value)
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("minutes", [-14, 14])
async def test_fourteen_minutes_of_skew_are_forgiven(minutes):
    """Clocks differ; a quarter of an hour is allowed either way."""
    assert (await verifier(timedelta(minutes=minutes)).check(signed(), BODY, "cognito-idp")).access_key_id == KEY


@pytest.mark.parametrize(
    ("minutes", "wording"),
    [(16, "Signature expired: "), (-16, "Signature not yet current: "), (60 * 24 * 400, "Sig")],
)
async def test_sixteen_minutes_of_skew_are_not(minutes, wording):
    """An old signature cannot be replayed, a future one cannot be kept; the sentence names both times."""
    with pytest.raises(errors.InvalidSignatureException) as refused:
        await verifier(timedelta(minutes=minutes)).check(signed(), BODY, "cognito-idp")
    assert str(refused.value).startswith(wording)
    assert str(refused.value).endswith(" 15 min.)")


SCOPE = "20260101/eu-west-1/cognito-idp/aws4_request"
GOOD = f"AWS4-HMAC-SHA256 Credential=AKID/{SCOPE}, SignedHeaders=host, Signature=ab"
MALFORMED = {
    "": "algorithm",
    "Bearer abc": "algorithm",
    "AWS4-HMAC-SHA512 " + GOOD: "algorithm",
    "AWS4-HMAC-SHA256": "key=value",
    "AWS4-HMAC-SHA256 Credential": "key=value",
    GOOD + ", Other": "key=value",
    GOOD + "\u00e9": "key=value",
    GOOD + "\t": "key=value",
    GOOD + ", Signature=cd": "repeats",
    GOOD.replace("Signature=ab", "Signature="): "requires 'Signature'",
    GOOD.replace("SignedHeaders=host, ", ""): "requires 'SignedHeaders'",
    "AWS4-HMAC-SHA256 X=1": "requires 'Credential' parameter. Authorization header requires 'Signature'",
    GOOD.replace("/aws4_request", ""): "5 slash-delimited",
    GOOD.replace("AKID/", "/"): "5 slash-delimited",
    GOOD.replace("AKID", " AKID"): "5 slash-delimited",
    GOOD.replace("AKID", "A" * 200): "too long",
    GOOD.replace("eu-west-1", "EU_WEST"): "valid region",
}


@pytest.mark.parametrize(("header", "wording"), MALFORMED.items(), ids=range(len(MALFORMED)))
async def test_a_malformed_header_is_incomplete_in_both_profiles(header, wording):
    """What is no SigV4 header is refused even where every signature is believed, and never repeated back."""
    incoming = with_header(signed(), b"authorization", header.encode("latin-1"))
    for signatures in (verifier(), AnyWellFormedSignature(ACCOUNT)):
        with pytest.raises(errors.IncompleteSignatureException) as refused:
            await signatures.check(incoming, BODY, "cognito-idp")
        assert wording in str(refused.value)


async def test_the_dev_profile_believes_any_well_formed_signature():
    """Any key, any secret, any age: the caller is whom the header names."""
    incoming = with_header(signed(signer=Signer(secret="other", token="t")), b"authorization", GOOD.encode())
    principal = await AnyWellFormedSignature(ACCOUNT).check(incoming, b"changed", "cognito-idp")
    assert (principal.access_key_id, principal.account_id, principal.region) == ("AKID", ACCOUNT, "eu-west-1")


async def test_the_dev_profile_still_wants_a_signature():
    """A request that nobody signed is nobody's."""
    incoming = with_header(signed(), b"authorization", None)
    with pytest.raises(errors.MissingAuthenticationTokenException):
        await AnyWellFormedSignature(ACCOUNT).check(incoming, BODY, "cognito-idp")


async def test_a_terminator_of_another_kind_is_refused():
    """The scope must end as version 4 says."""
    incoming = signed()
    header = incoming.headers[b"authorization"].replace(b"aws4_request", b"aws3_request")
    with pytest.raises(errors.InvalidSignatureException, match="valid terminator: 'aws4_request'"):
        await verifier().check(with_header(incoming, b"authorization", header), BODY, "cognito-idp")


def mutations() -> list[tuple[str, int, int]]:
    """One changed byte each: where it is (header or body), at which place, and by what it is xor-ed."""
    headers = signed().headers
    signed_names = sorted(headers.keys() - {b"user-agent", b"content-length"})
    places = [(name.decode(), len(headers[name])) for name in signed_names] + [("body", len(BODY))]
    return [(name, at, flip) for name, size in places for at in range(size) for flip in (1, 32)]


MUTATIONS = mutations()


def test_there_are_enough_mutations():
    """The next test is only worth its name with many cases."""
    assert len(MUTATIONS) >= 400


async def test_one_changed_byte_anywhere_is_refused():
    """Every byte of every signed header, of the signature and of the body counts."""
    signatures = verifier()
    incoming = signed()
    assert (await signatures.check(incoming, BODY, "cognito-idp")).access_key_id == KEY
    believed = []
    for name, at, flip in MUTATIONS:
        whole = bytearray(BODY if name == "body" else incoming.headers[name.encode()])
        whole[at] ^= flip
        body = bytes(whole) if name == "body" else BODY
        changed = incoming if name == "body" else with_header(incoming, name.encode(), bytes(whole))
        try:
            await signatures.check(changed, body, "cognito-idp")
        except errors.Refusal:
            continue
        believed.append((name, at, flip))
    assert believed == []
