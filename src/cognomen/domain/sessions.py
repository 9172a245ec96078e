"""What a sign-in leaves behind: one refresh token and the origin that its tokens share (reference 07)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """A refresh token as it is kept: only its SHA-256. `auth_time` is in seconds and outlives refreshes."""

    pool_id: str
    digest: bytes = field(repr=False)
    sub: str
    client_id: str
    origin_jti: str
    auth_time: int
    issued_ms: int
    expires_ms: int
