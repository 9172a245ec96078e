"""Rows of what users did, in pools with threat protection."""

from cognomen.domain.auth_events import Assessment, AuthEvent, EventKind, Feedback, Outcome, Place
from cognomen.storage.database import Row, Tx
from cognomen.storage.json_columns import json_text, read_pairs

COLUMNS = (
    "pool_id, sub, event_id, kind, outcome, created_ms, ip_address, device_name, timezone, risk_level, action, blocked,"
    " leaked, challenges, feedback, feedback_by, feedback_ms"
)
SELECT = f"select {COLUMNS} from auth_events where pool_id = ? and sub = ?"  # noqa: S608
INSERT = f"insert into auth_events ({COLUMNS}) values ({', '.join('?' * 17)})"  # noqa: S608
UPDATE = """
update auth_events set outcome = ?, risk_level = ?, action = ?, blocked = ?, leaked = ?, challenges = ?
where pool_id = ? and sub = ? and event_id = ?
"""


async def insert(tx: Tx, event: AuthEvent) -> None:
    """One more event of a user."""
    await tx.run(INSERT, _row_of(event))


async def go_on(tx: Tx, event: AuthEvent) -> None:
    """Store how far a sign-in has come; what was said of it stays."""
    risk = event.risk
    came_out = (event.outcome, risk.level, risk.action, int(risk.blocked), _flag(risk.leaked))
    key = (event.pool_id, event.sub, event.event_id)
    await tx.run(UPDATE, (*came_out, json_text(event.challenges), *key))


async def get(tx: Tx, pool_id: str, sub: str, event_id: str) -> AuthEvent | None:
    """The event of this user with this id."""
    row = await tx.one(f"{SELECT} and event_id = ?", (pool_id, sub, event_id))
    return _of_row(row) if row else None


async def page(tx: Tx, pool_id: str, sub: str, before: str, limit: int) -> list[AuthEvent]:
    """The events of a user that sort before an id, or all where it is empty; the newest first."""
    older, key = (" and event_id < ?", (before,)) if before else ("", ())
    rows = await tx.all(f"{SELECT}{older} order by event_id desc limit ?", (pool_id, sub, *key, limit))
    return [_of_row(row) for row in rows]


async def sign_ins(tx: Tx, pool_id: str, sub: str, limit: int) -> list[AuthEvent]:
    """The last sign-ins of a user that passed, or that somebody said something of; the newest first."""
    rows = await tx.all(
        f"{SELECT} and kind = ? and (outcome = ? or feedback is not null) order by event_id desc limit ?",
        (pool_id, sub, EventKind.SIGN_IN, Outcome.PASS, limit),
    )
    return [_of_row(row) for row in rows]


async def give_feedback(tx: Tx, event: AuthEvent, feedback: Feedback) -> bool:
    """Store what was said of an event, in place of what was said before; False where it is gone."""
    touched = await tx.run(
        "update auth_events set feedback = ?, feedback_by = ?, feedback_ms = ?"
        " where pool_id = ? and sub = ? and event_id = ?",
        (feedback.value, feedback.provider, feedback.given_ms, event.pool_id, event.sub, event.event_id),
    )
    return touched > 0


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)


def _row_of(event: AuthEvent) -> Row:
    place, risk, said = event.place, event.risk, event.feedback
    return (
        *(event.pool_id, event.sub, event.event_id, event.kind, event.outcome, event.created_ms),
        *(place.ip_address, place.device_name, place.timezone),
        *(risk.level, risk.action, int(risk.blocked), _flag(risk.leaked)),
        json_text(event.challenges),
        *((said.value, said.provider, said.given_ms) if said else (None, None, None)),
    )


def _of_row(row: Row) -> AuthEvent:
    pool_id, sub, event_id, kind, outcome, created_ms, *rest = row
    ip_address, device_name, timezone, level, action, blocked, leaked, challenges, said, by, said_ms = rest
    return AuthEvent(
        pool_id=pool_id,
        sub=sub,
        event_id=event_id,
        kind=EventKind(kind),
        outcome=Outcome(outcome),
        created_ms=created_ms,
        place=Place(ip_address, device_name, timezone),
        risk=Assessment(level, action, bool(blocked), None if leaked is None else bool(leaked)),
        challenges=read_pairs(challenges),
        feedback=Feedback(said, by, said_ms) if said else None,
    )
