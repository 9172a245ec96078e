"""Values as the tests need them."""

from dataclasses import replace
from typing import Any

from cognomen.domain.app_client import AppClient
from cognomen.domain.auth_events import Assessment, AuthEvent, EventKind, Outcome, Place
from cognomen.domain.codes import Code, CodePurpose
from cognomen.domain.devices import Device
from cognomen.domain.groups import Group
from cognomen.domain.passkeys import Passkey
from cognomen.domain.pool import UserPool
from cognomen.domain.sessions import TokenSession, Trace
from cognomen.domain.user import NameKind, SignInName, StoredPassword, User, UserStatus

POOL = "us-east-1_Aa1Bb2Cc3"
OTHER_POOL = "us-east-1_Zz9Yy8Xx7"
SUB = "5a3c6f0e-1d2b-4c3d-8e4f-5a6b7c8d9e0f"
NOW = 1_700_000_000_000
DAY = 86_400_000

PASSWORD = StoredPassword("$argon2id$v=19$stored", b"\x00salt", b"\xffsealed verifier", NOW)


def a_user(sub: str = SUB, username: str = "ada", pool_id: str = POOL, **changed: Any) -> User:
    user = User(
        pool_id=pool_id,
        sub=sub,
        username=username,
        status=UserStatus.UNCONFIRMED,
        enabled=True,
        attributes={"email": "ada@example.com", "email_verified": "false", "name": 'Ada "the \u00e9\U0001f600\x00\n"'},
        password=PASSWORD,
        created_ms=NOW,
        modified_ms=NOW,
    )
    return replace(user, **changed)


def named(key: str, kind: NameKind = NameKind.USERNAME) -> SignInName:
    return SignInName(kind, key)


def a_pool(pool_id: str = POOL, name: str = "people", **settings: Any) -> UserPool:
    return UserPool(pool_id, name, NOW, NOW + 1, {"SchemaAttributes": [], "MfaConfiguration": "OFF", **settings})


def a_client(client_id: str, pool_id: str = POOL, **settings: Any) -> AppClient:
    return AppClient(pool_id, client_id, "web", NOW, NOW + 1, {"RefreshTokenValidity": 30, **settings})


def a_code(sub: str = SUB, digest: bytes = b"right", pool_id: str = POOL, expires_ms: int = NOW + DAY) -> Code:
    return Code(pool_id, sub, CodePurpose.SIGN_UP, digest, "email", expires_ms)


def a_group(name: str, group_id: str = "", pool_id: str = POOL, **changed: Any) -> Group:
    group = Group(pool_id, group_id or f"id-of-{name}", name, None, None, None, NOW, NOW)
    return replace(group, **changed)


def a_session(
    origin_jti: str = "origin", sub: str = SUB, pool_id: str = POOL, expires_ms: int = NOW + DAY, **changed: Any
) -> TokenSession:
    session = TokenSession(pool_id, origin_jti, sub, "1client", NOW // 1000, NOW, expires_ms, origin_jti.encode())
    return replace(session, **changed)


def a_trace(session_id: str = "tkn1", last_active_ms: int = NOW) -> Trace:
    return Trace(session_id, "Chrome 125 / macOS 15.0", "192.0.2.7", last_active_ms)


def a_passkey(sub: str = SUB, pool_id: str = POOL, **changed: Any) -> Passkey:
    passkey = Passkey(
        pool_id=pool_id,
        sub=sub,
        credential_id="AQID",
        public_key=b"\xa5\x00\xff",
        sign_count=0,
        rp_id="id.example",
        name="Passkey",
        attachment=None,
        transports=("internal", "usb"),
        created_ms=NOW,
    )
    return replace(passkey, **changed)


def an_auth_event(sub: str = SUB, pool_id: str = POOL, **changed: Any) -> AuthEvent:
    event = AuthEvent(
        pool_id=pool_id,
        sub=sub,
        event_id="a1",
        kind=EventKind.SIGN_IN,
        outcome=Outcome.IN_PROGRESS,
        created_ms=NOW,
        place=Place("192.0.2.1", "Chrome 125, Windows 10", "-07:00"),
        risk=Assessment("Low", "MFA_REQUIRED", blocked=False, leaked=True),
        challenges=(("Password", "Success"),),
    )
    return replace(event, **changed)


def a_device(key: str = "us-east-1_a", sub: str = SUB, pool_id: str = POOL, **changed: Any) -> Device:
    device = Device(pool_id, sub, key, "phone", "Boto3", b"\x00salt", b"\xffsealed", True, "192.0.2.1", NOW, NOW, NOW)
    return replace(device, **changed)
