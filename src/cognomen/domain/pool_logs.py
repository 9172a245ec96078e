"""The lines of a pool's logs, in the shape that AWS exports them in (developer guide, exporting logs)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cognomen.domain.auth_events import NOWHERE, AuthEvent

NOTIFICATIONS: Final = "userNotification"
ACTIVITY: Final = "userAuthEvents"
# How lines call what SetLogDeliveryConfiguration calls otherwise.
SOURCES: Mapping[str, tuple[str, str]] = {
    NOTIFICATIONS: ("USER_NOTIFICATION", "ERROR"),
    ACTIVITY: ("USER_ACTIVITY", "INFO"),
}
DECISIONS: Mapping[str, str] = {"NoRisk": "PASS", "AccountTakeover": "ACCOUNT_TAKEOVER", "Block": "BLOCK"}
DAY: Final = "%a %b %d %H:%M:%S UTC %Y"


@dataclass(frozen=True, slots=True)
class PoolLog:
    """One line: of which pool, for which destination, an ARN. Ids sort by time."""

    pool_id: str
    log_id: str
    destination: str
    document: Mapping[str, Any]
    created_ms: int


def activity(event: AuthEvent, username: str, client_id: str) -> Mapping[str, Any]:
    """What a line says of something that a user did."""
    place, risk = event.place, event.risk
    return {
        "version": "1",
        "eventId": event.event_id,
        "eventType": event.kind.value,
        "userSub": event.sub,
        "userName": username,
        "userPoolId": event.pool_id,
        "clientId": client_id,
        "creationDate": datetime.fromtimestamp(event.created_ms // 1000, UTC).strftime(DAY),
        "eventResponse": event.outcome.value,
        "riskLevel": (risk.level or "").upper(),
        "riskDecision": DECISIONS[risk.decision],
        "challenges": [{"challengeName": name, "challengeResponse": result} for name, result in event.challenges],
        "deviceName": place.device_name,
        "ipAddress": place.ip_address,
        "requestId": None,
        "idpName": "",
        "compromisedCredentialDetected": "true" if risk.leaked else "false",
        "city": None,
        "country": None,
        "eventFeedbackValue": "",
        "eventFeedbackDate": "",
        "eventFeedbackProvider": "",
        "hasContextData": "false" if place == NOWHERE else "true",
    }


def document(source: str, pool_id: str, at_ms: int, message: Mapping[str, Any]) -> Mapping[str, Any]:
    """The whole line; `source` as SetLogDeliveryConfiguration names it."""
    name, level = SOURCES[source]
    return {
        "eventTimestamp": str(at_ms),
        "eventSource": name,
        "logLevel": level,
        "message": message,
        "logSourceId": {"userPoolId": pool_id},
    }
