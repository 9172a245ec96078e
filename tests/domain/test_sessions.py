"""Which refresh token of a sign-in is in force, and which may be tried again."""

from dataclasses import replace

import pytest

from cognomen.domain.sessions import Standing, TokenSession, Trace, Visitor

NOW = 1_700_000_000_000
NEW = TokenSession("pool", "origin", "sub", "client", NOW // 1000, NOW, NOW + 1, b"first")
ROTATED = NEW.rotated(b"first", b"second", NOW)
TWICE = ROTATED.rotated(b"second", b"third", NOW + 5)
AGAIN = ROTATED.rotated(b"first", b"another second", NOW + 5)

IN_FORCE, IN_GRACE, REPLACED = Standing
STANDINGS = [
    ("the one token is in force", NEW, b"first", 0, 0, IN_FORCE),
    ("it stays so", NEW, b"first", 10**9, 0, IN_FORCE),
    ("others never were", NEW, b"other", 0, 60_000, REPLACED),
    ("a new token is in force", ROTATED, b"second", 0, 0, IN_FORCE),
    ("the old one is not, without a grace", ROTATED, b"first", 0, 0, REPLACED),
    ("within the grace it may be tried again", ROTATED, b"first", 0, 1000, IN_GRACE),
    ("to its last millisecond", ROTATED, b"first", 999, 1000, IN_GRACE),
    ("and no longer", ROTATED, b"first", 1000, 1000, REPLACED),
    ("60 seconds are the longest", ROTATED, b"first", 59_999, 60_000, IN_GRACE),
    ("a grace is over once the successor was used", TWICE, b"first", 0, 60_000, REPLACED),
    ("then the successor is in its own", TWICE, b"second", 5, 60_000, IN_GRACE),
    ("tried again, the token brought the one in force", AGAIN, b"another second", 5, 60_000, IN_FORCE),
    ("what it brought before is nothing any more", AGAIN, b"second", 5, 60_000, REPLACED),
    ("it may be tried once more", AGAIN, b"first", 5, 60_000, IN_GRACE),
    ("but its grace did not begin anew", AGAIN, b"first", 60_000, 60_000, REPLACED),
]


@pytest.mark.parametrize(
    ("session", "digest", "later", "grace_ms", "standing"),
    [row[1:] for row in STANDINGS],
    ids=[r[0] for r in STANDINGS],
)
def test_how_a_token_stands(
    session: TokenSession, digest: bytes, later: int, grace_ms: int, standing: Standing
) -> None:
    """One token is in force, at most one more may be tried again for its grace, all others are replaced."""
    assert session.standing(digest, NOW + later, grace_ms) is standing


@pytest.mark.parametrize("session", [ROTATED, TWICE, AGAIN])
def test_a_rotation_changes_nothing_else(session: TokenSession) -> None:
    """The new token dies with the first one: end, origin and auth_time stay (reference 07, rotation)."""
    unrotated = {"digest": b"first", "replaced_digest": None, "replaced_ms": None}
    assert replace(session, **unrotated) == NEW


def test_a_use_keeps_the_id() -> None:
    """App, address and time are those of the last visitor, the session is the same one."""
    trace = Trace("tkn1", "unknown", "192.0.2.1", NOW)
    used = trace.used(Visitor("192.0.2.2", "Boto3/1.44.5"), NOW + 5)
    assert used == Trace("tkn1", "Boto3 1.44", "192.0.2.2", NOW + 5)


def test_what_is_private_does_not_show_itself() -> None:
    """Neither digests nor addresses stand in a repr."""
    shown = repr(replace(ROTATED, trace=Trace("tkn1", "unknown", "192.0.2.1", NOW))) + repr(Visitor("192.0.2.1"))
    assert "first" not in shown
    assert "second" not in shown
    assert "192.0.2.1" not in shown
