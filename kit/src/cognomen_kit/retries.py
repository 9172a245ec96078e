"""When a call is repeated, and after which pause."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from cognomen_kit.errors import CognitoError, CognitoUnavailable

THROTTLING = frozenset(
    {
        "TooManyRequestsException",
        "ThrottlingException",
        "ThrottledException",
        "Throttling",
        "RequestLimitExceeded",
        "RequestThrottledException",
        "SlowDown",
    }
)
TRANSIENT_STATUS = frozenset({500, 502, 503, 504})

# Doing these twice is the same as doing them once, so a lost answer may be asked for again. All others spend
# a code, a session or a refresh token, or send a message to somebody.
REPEATABLE = frozenset(
    {
        "AdminAddUserToGroup",
        "AdminDisableUser",
        "AdminEnableUser",
        "AdminGetUser",
        "AdminListGroupsForUser",
        "AdminRemoveUserFromGroup",
        "AdminSetUserPassword",
        "AdminUserGlobalSignOut",
        "DescribeUserPool",
        "DescribeUserPoolClient",
        "GetClientToken",
        "GetDevice",
        "GetUser",
        "GetUserAuthFactors",
        "ListDevices",
        "ListGroups",
        "ListUserPoolClients",
        "ListUserPools",
        "ListUserSessions",
        "ListUsers",
        "ListUsersInGroup",
        "ListWebAuthnCredentials",
        "RevokeToken",
        "SetUserMFAPreference",
        "UpdateDeviceStatus",
    }
)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often a call is tried; a pause is a random part of a doubling ceiling in seconds (full jitter)."""

    attempts: int = 3
    first_ceiling: float = 0.2
    last_ceiling: float = 5.0
    random: Callable[[], float] = secrets.SystemRandom().random  # between 0 and 1

    def pause(self, attempt: int) -> float:
        """Seconds to wait after this many failed attempts."""
        return self.random() * min(self.last_ceiling, self.first_ceiling * 2.0 ** (attempt - 1))


def may_repeat(operation: str, error: CognitoError) -> bool:
    """Throttling and failures the service owns up to are repeated; lost answers only where it is harmless."""
    if error.code in THROTTLING or error.status in TRANSIENT_STATUS:
        return True
    if not isinstance(error, CognitoUnavailable) or error.status is not None:
        return False
    return error.unsent or operation in REPEATABLE
