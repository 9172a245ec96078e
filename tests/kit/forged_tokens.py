"""The attack table: tokens that must be refused, and the reason that fits each."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cognomen_kit import Reason
from kit.conftest import NOW
from kit.token_factory import (
    KIDS,
    access_payload,
    access_token,
    header,
    id_token,
    issuer,
    jwk,
    maced,
    public_key,
    segment,
    signed,
    signed_by_curve,
    signed_with,
    unsigned,
)

FLIPPED = str.maketrans("AB-_", "BA_-")


@dataclass(frozen=True)
class Attack:
    """`make` builds the token for an endpoint; it is shown to `verify_access` unless `use` says otherwise."""

    name: str
    reason: Reason
    make: Callable[[str], str]
    use: str = "access"

    def __str__(self) -> str:
        return self.name


def shapes() -> Iterator[Attack]:
    """Tokens that are not spelt as tokens are."""
    whole = access_token
    yield Attack("longer than any token", Reason.TOO_LONG, lambda url: whole(url, padding="x" * 16_384))
    yield Attack("ten megabytes", Reason.TOO_LONG, lambda _: "A" * 10_000_000)
    reshaped: dict[str, Callable[[str], str]] = {
        "nothing": lambda _: "",
        "dots only": lambda _: "..",
        "two parts": lambda token: token.rpartition(".")[0],
        "four parts": lambda token: token + ".AAAA",
        "five parts, as an encrypted token": lambda token: token + ".AAAA.AAAA",
        "a space before": lambda token: " " + token,
        "a line break after": lambda token: token + "\n",
        "Bearer before": lambda token: "Bearer " + token,
        "junk after the signature": lambda token: token + "!",
        "padding after the signature": lambda token: token + "==",
        "padding after the header": lambda token: token.replace(".", "=.", 1),
        "a NUL inside": lambda token: token.replace(".", "\0.", 1),
        "a letter beyond ASCII": lambda token: token.replace("e", "é", 1),
        "the other alphabet of base64": lambda token: token[:-4] + "+/+/",
        "another spelling of the last letter": lambda token: token[:-1] + _same_bits(token[-1]),
    }
    for name, reshape in reshaped.items():
        yield Attack(name, Reason.MALFORMED, lambda url, reshape=reshape: reshape(whole(url)))


def _same_bits(last: str) -> str:
    """A letter that a careless decoder reads as the same byte: only its unused bits differ."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return alphabet[alphabet.index(last) ^ 1]


def contents() -> Iterator[Attack]:
    """Parts that are not the JSON they should be, signed all the same."""
    headers: dict[str, Any] = {
        "a header that is no JSON": b"RS256",
        "a header that is a list": [header()],
        "a header with alg twice": b'{"kid":"%s","alg":"none","alg":"RS256"}' % KIDS["access"].encode(),
        "a header in UTF-16": json.dumps(header()).encode("utf-16"),
    }
    for name, head in headers.items():
        yield Attack(name, Reason.MALFORMED, lambda url, head=head: signed(head, access_payload(url)))
    payloads: dict[str, Callable[[bytes], Any]] = {
        "claims that are a list": lambda claims: b"[" + claims + b"]",
        "claims that are a text": lambda _: b'"claims"',
        "claims that are null": lambda _: b"null",
        "claims with client_id twice": lambda claims: claims[:-1] + b',"client_id":"other"}',
        "claims with a member twice inside": lambda claims: claims[:-1] + b',"a":{"b":1,"b":2}}',
        "NaN": lambda claims: claims[:-1] + b',"a":NaN}',
        "infinity": lambda claims: claims[:-1] + b',"a":-Infinity}',
        "a number of 5,000 digits": lambda claims: claims[:-1] + b',"a":' + b"9" * 5000 + b"}",
        "broken UTF-8": lambda claims: claims[:-1] + b',"a":"\xff"}',
        "half a surrogate pair": lambda claims: claims[:-1] + b',"a":"\\ud800"}',
        "a byte order mark": lambda claims: b"\xef\xbb\xbf" + claims,
        "nested 5,000 deep": lambda claims: claims[:-1] + b',"a":' + b"[" * 5000 + b"]" * 5000 + b"}",
        "nested 65 deep": lambda claims: claims[:-1] + b',"a":' + b"[" * 64 + b"]" * 64 + b"}",
        "two documents": lambda claims: claims + claims,
    }
    for name, change in payloads.items():
        yield Attack(name, Reason.MALFORMED, lambda url, change=change: signed(header(), change(_bytes(url))))


def _bytes(url: str) -> bytes:
    return json.dumps(access_payload(url)).encode()


def algorithms() -> Iterator[Attack]:
    """Every way to get around RS256."""
    for spelling in ("none", "None", "NONE", "nOnE", "none ", " none", "", None):
        name = f"alg {spelling!r}, no signature"
        yield Attack(name, Reason.ALGORITHM, lambda url, alg=spelling: unsigned(header(alg=alg), access_payload(url)))
    yield Attack("alg none, signed", Reason.ALGORITHM, lambda url: signed(header(alg="none"), access_payload(url)))
    for alg in ("HS256", "HS384", "RS384", "RS512", "PS256", "ES256", "EdDSA", "rs256", "RSA", ["RS256"], 256, True):
        name = f"alg {alg!r}"
        yield Attack(name, Reason.ALGORITHM, lambda url, alg=alg: signed(header(alg=alg), access_payload(url)))
    yield Attack("no alg", Reason.ALGORITHM, lambda url: signed({"kid": KIDS["access"]}, access_payload(url)))
    secrets: dict[str, Callable[[], bytes]] = {
        "PEM": lambda: public_key(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "PKCS1 PEM": lambda: public_key(Encoding.PEM, PublicFormat.PKCS1),
        "DER": lambda: public_key(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "JWK": lambda: json.dumps(jwk("access")).encode(),
    }
    for form, secret in secrets.items():
        yield Attack(
            f"HS256 with the public key in {form}",
            Reason.ALGORITHM,
            lambda url, secret=secret: maced(header(alg="HS256"), access_payload(url), secret()),
        )
    yield Attack(
        "RS256 by name, an HMAC with the public key in truth",
        Reason.SIGNATURE,
        lambda url: maced(header(), access_payload(url), secrets["PEM"]()),
    )
    yield Attack("ES256 in truth", Reason.SIGNATURE, lambda url: signed_by_curve(header(), access_payload(url)))
    schemes = {
        "PSS": (padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256()),
        "SHA-1": (padding.PKCS1v15(), hashes.SHA1()),
        "SHA-512": (padding.PKCS1v15(), hashes.SHA512()),
    }
    for name, scheme in schemes.items():
        yield Attack(
            f"RS256 by name, {name} in truth",
            Reason.SIGNATURE,
            lambda url, scheme=scheme: signed_with(header(), access_payload(url), *scheme),
        )


def keys() -> Iterator[Attack]:
    """Headers that choose the key that judges them, and keys that are not the pool's."""
    embedded = {
        "jwk": jwk("attacker"),
        "jku": "https://attacker.example/jwks.json",
        "x5u": "https://attacker.example/cert.pem",
        "x5c": ["MIIB"],
    }
    for name, value in embedded.items():
        yield Attack(
            f"{name} in the header",
            Reason.EMBEDDED_KEY,
            lambda url, more={name: value}: signed(header(**more), access_payload(url), "attacker"),
        )
    extensions: dict[str, Any] = {"crit": ["exp"], "b64": False, "zip": "DEF", "enc": "A256GCM"}
    for name, value in extensions.items():
        yield Attack(
            f"{name} in the header",
            Reason.CRITICAL,
            lambda url, more={name: value}: signed(header(**more), access_payload(url)),
        )
    yield Attack("empty crit", Reason.CRITICAL, lambda url: signed(header(crit=[]), access_payload(url)))
    for typ in ("JWE", "dpop+jwt", "logout+jwt", "JOSE", 7, None, ""):
        yield Attack(f"typ {typ!r}", Reason.TYPE, lambda url, typ=typ: signed(header(typ=typ), access_payload(url)))
    for kid in ("", None, 7, ["a"], "k" * 257):
        yield Attack(
            f"kid {str(kid)[:9]!r}", Reason.KEY_ID, lambda url, k=kid: signed(header(kid=k), access_payload(url))
        )
    yield Attack("no kid", Reason.KEY_ID, lambda url: signed({"alg": "RS256"}, access_payload(url)))
    for kid in ("../../../dev/null", "' OR 1=1 --", "https://attacker.example/key", KIDS["attacker"], "a\0b"):
        yield Attack(
            f"kid {kid!r}",
            Reason.UNKNOWN_KEY,
            lambda url, k=kid: signed(header(kid=k), access_payload(url), "attacker"),
        )
    yield Attack("a foreign key", Reason.SIGNATURE, lambda url: signed(header(), access_payload(url), "attacker"))
    yield Attack("the pool's other key", Reason.SIGNATURE, lambda url: signed(header("id"), access_payload(url)))


def signatures() -> Iterator[Attack]:
    """Real tokens, changed after they were signed."""
    changes: dict[str, Callable[[str, str, str, str], str]] = {
        "no signature": lambda h, c, s, url: f"{h}.{c}.",
        "half a signature": lambda h, c, s, url: f"{h}.{c}.{s[:172]}",
        "one letter more": lambda h, c, s, url: f"{h}.{c}.{s}A",
        "a signature of zeros": lambda h, c, s, url: f"{h}.{c}.{segment(bytes(256))}",
        "a longer signature": lambda h, c, s, url: f"{h}.{c}.{segment(bytes(300))}",
        "a changed signature": lambda h, c, s, url: f"{h}.{c}.{s[:40].translate(FLIPPED)}{_other(s[40])}{s[41:]}",
        "the signature of another token": lambda h, c, s, url: f"{h}.{c}.{access_token(url, jti='k').split('.')[2]}",
        "other claims": lambda h, c, s, url: f"{h}.{segment(access_payload(url, username='admin'))}.{s}",
        "another header": lambda h, c, s, url: f"{segment(header(typ='JWT'))}.{c}.{s}",
    }
    for name, change in changes.items():
        yield Attack(name, Reason.SIGNATURE, lambda url, change=change: change(*access_token(url).split("."), url))


def _other(letter: str) -> str:
    return "A" if letter != "A" else "B"


def issuers() -> Iterator[Attack]:
    """Tokens of somebody else, well signed by a key that is trusted here."""
    wrong: dict[str, Callable[[str], Any]] = {
        "another pool": lambda url: issuer(url, "eu-west-1_Another00"),
        "the pool on AWS": lambda _: issuer("https://cognito-idp.eu-west-1.amazonaws.com"),
        "a slash at the end": lambda url: issuer(url) + "/",
        "a host that begins alike": lambda url: issuer(url + ".attacker.example"),
        "upper case": lambda url: issuer(url).upper(),
        "the pool id alone": lambda url: issuer(url).rpartition("/")[2],
        "a list with the issuer": lambda url: [issuer(url)],
        "a number": lambda _: 7,
        "none": lambda _: None,
    }
    for name, iss in wrong.items():
        yield Attack(f"issuer: {name}", Reason.ISSUER, lambda url, iss=iss: access_token(url, iss=iss(url)))


def uses() -> Iterator[Attack]:
    """Good tokens in the wrong place, and tokens of other app clients."""
    yield Attack("an ID token where an access token belongs", Reason.TOKEN_USE, id_token)
    yield Attack("an access token where an ID token belongs", Reason.TOKEN_USE, access_token, "id")
    for use in ("refresh", "ACCESS", 1, ["access"], None):
        yield Attack(f"token_use {use!r}", Reason.CLAIMS, lambda url, u=use: access_token(url, token_use=u))
    for client in ("another-client", "1example", "1EXAMPLE23456789"):
        yield Attack(f"client_id {client}", Reason.CLIENT, lambda url, c=client: access_token(url, client_id=c))
        yield Attack(f"aud {client}", Reason.CLIENT, lambda url, c=client: id_token(url, aud=c), "id")
    for client in (["1example23456789"], 7, "", None):
        yield Attack(f"client_id {client!r}", Reason.CLAIMS, lambda url, c=client: access_token(url, client_id=c))
        yield Attack(f"aud {client!r}", Reason.CLAIMS, lambda url, c=client: id_token(url, aud=c), "id")
    yield Attack(
        "an access token with the client in aud only",
        Reason.CLAIMS,
        lambda url: access_token(url, client_id=None, aud="1example23456789"),
    )


def claims() -> Iterator[Attack]:
    """Times that are wrong, and claims of the wrong type."""
    now = int(NOW)
    times: list[tuple[str, Reason, dict[str, Any]]] = [
        ("expired by the leeway", Reason.EXPIRED, {"exp": now - 10}),
        ("expired a year ago", Reason.EXPIRED, {"exp": now - 31_536_000}),
        ("expired before 1970", Reason.EXPIRED, {"exp": -1}),
        ("issued in the future", Reason.NOT_YET_VALID, {"iat": now + 11}),
        ("not before later", Reason.NOT_YET_VALID, {"nbf": now + 11}),
        ("no exp", Reason.CLAIMS, {"exp": None}),
        ("no iat", Reason.CLAIMS, {"iat": None}),
        ("exp as text", Reason.CLAIMS, {"exp": str(now + 60)}),
        ("exp with a fraction", Reason.CLAIMS, {"exp": now + 60.5}),
        ("exp true", Reason.CLAIMS, {"exp": True}),
        ("exp beyond all calendars", Reason.CLAIMS, {"exp": 10**30}),
        ("nbf as text", Reason.CLAIMS, {"nbf": "0"}),
        ("no sub", Reason.CLAIMS, {"sub": None}),
        ("empty sub", Reason.CLAIMS, {"sub": ""}),
        ("sub a number", Reason.CLAIMS, {"sub": 7}),
        ("username an object", Reason.CLAIMS, {"username": {"$ne": ""}}),
        ("groups a text", Reason.CLAIMS, {"cognito:groups": "admins"}),
        ("groups of numbers", Reason.CLAIMS, {"cognito:groups": ["admins", 7]}),
        ("scope a list", Reason.CLAIMS, {"scope": ["orders/read"]}),
    ]
    for name, reason, more in times:
        yield Attack(name, reason, lambda url, more=more: access_token(url, **more))
    for more in ({"cognito:username": None}, {"email_verified": "true"}, {"email": 7}, {"phone_number": ["+49"]}):
        yield Attack(f"an ID token with {more}", Reason.CLAIMS, lambda url, more=more: id_token(url, **more), "id")


ATTACKS = [
    attack for part in (shapes, contents, algorithms, keys, signatures, issuers, uses, claims) for attack in part()
]
