"""Session tokens: temporary credentials that nothing is stored for, since the sealed token says everything.

Whoever gives credentials out calls `issue`; whoever verifies a signature opens the token that came with it.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from cognomen.domain.access_keys import Signer
from cognomen.domain.policy_documents import read_policy
from cognomen.ids import Ids
from cognomen.signing.port import SealBroken, Sealer

PURPOSE = "session-token"
PREFIX = "ASIA"
LONGEST = 10_000  # characters of a token: it has to fit into a header beside others
REMEMBERED = 2048  # opened tokens, and as many policies


class SessionTooLarge(Exception):  # noqa: N818
    """Policy and context do not fit into a token."""


@dataclass(frozen=True, slots=True)
class Session:
    """Whom the credentials are for, such as a role that somebody took on.

    `policy` is IAM JSON; `context` holds condition keys of the session, such as ``aws:PrincipalTag/team``.
    """

    arn: str
    user_id: str
    policy: str
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemporaryCredentials:
    """What the caller is given."""

    access_key_id: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    expires_ms: int


class _Sealed(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What is in a token."""

    access_key_id: str
    secret: str
    issued_ms: int
    expires_ms: int
    arn: str
    user_id: str
    policy: str
    context: dict[str, tuple[str, ...]]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Sealed).decode
_policy = lru_cache(maxsize=REMEMBERED)(read_policy)


def issue(sealer: Sealer, ids: Ids, session: Session, issued_ms: int, expires_ms: int) -> TemporaryCredentials:
    """Make credentials that end at `expires_ms`; raises PolicyMalformed, SessionTooLarge."""
    _policy(session.policy)
    context = {key.lower(): values for key, values in session.context.items()}
    key_id, secret = ids.access_key_id(PREFIX), ids.secret_access_key()
    inside = _Sealed(key_id, secret, issued_ms, expires_ms, session.arn, session.user_id, session.policy, context)
    token = base64.b64encode(sealer.seal(_encode(inside), PURPOSE)).decode()
    if len(token) > LONGEST:
        raise SessionTooLarge(f"the session token would have {len(token)} characters, {LONGEST} are allowed")
    return TemporaryCredentials(key_id, secret, token, expires_ms)


class SessionTokens:
    """Opens tokens, and remembers the ones it opened: a client sends the same one with every call."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer
        self._opened = lru_cache(maxsize=REMEMBERED)(self._open)

    def signer(self, access_key_id: str, token: bytes) -> Signer | None:
        """Who signs with these credentials, expired or not; None where the token is not one of ours, or another's."""
        if len(token) > LONGEST:
            return None
        try:
            owner, signer = self._opened(token)
        except (SealBroken, binascii.Error, msgspec.MsgspecError):
            return None
        return signer if owner == access_key_id else None

    def _open(self, token: bytes) -> tuple[str, Signer]:
        inside = _decode(self._sealer.open(base64.b64decode(token, validate=True), PURPOSE))
        issued = datetime.fromtimestamp(inside.issued_ms // 1000, UTC)
        context = {
            **inside.context,
            "aws:principalarn": (inside.arn,),
            "aws:userid": (inside.user_id,),
            "aws:tokenissuetime": (f"{issued:%Y-%m-%dT%H:%M:%SZ}",),
        }
        signer = Signer(inside.arn, inside.secret, _policy(inside.policy), context, inside.expires_ms)
        return inside.access_key_id, signer
