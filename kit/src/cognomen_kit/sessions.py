"""The sessions of a signed-in person: where they are signed in, and how to end one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from cognomen_kit.calls import Call
from cognomen_kit.core import Core
from cognomen_kit.operations import operation


@dataclass(frozen=True, slots=True)
class SessionLocation:
    """Roughly where a session was last seen."""

    city: str | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A sign-in that is still alive."""

    session_id: str
    session_type: str | None = None
    client_id: str | None = None
    create_date: datetime | None = None
    last_active_date: datetime | None = None
    device_type: str | None = None
    last_ip_address: str | None = field(default=None, metadata={"wire": "LastIPAddress"})
    last_location: SessionLocation | None = None
    origin_session_id: str | None = None
    is_current_session: bool | None = None


@dataclass(frozen=True, slots=True)
class Sessions:
    """One page of sessions; `next_token` asks for the next."""

    sessions: tuple[Session, ...] = ()
    next_token: str | None = None


class SessionOperations(Core):
    """Operations under an access token."""

    @operation
    def list_user_sessions(self, access_token: str, *, next_token: str | None = None) -> Call[Sessions]:
        """The sessions of the account (ListUserSessions)."""
        members = {"AccessToken": access_token, "NextToken": next_token}
        return (yield from self.ask(Sessions, "ListUserSessions", members))

    @operation
    def revoke_user_session(
        self,
        access_token: str,
        session_id: str,
        *,
        revoke_associated_sessions: Literal["NONE", "LINKED"] | None = None,
    ) -> Call[None]:
        """End one session, other than the own (RevokeUserSession)."""
        members = {
            "AccessToken": access_token,
            "SessionId": session_id,
            "RevokeAssociatedSessions": revoke_associated_sessions,
        }
        yield from self.send("RevokeUserSession", members)
