"""The two calls every sign-in is made of: begin, and respond to a challenge."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from cognomen_kit.calls import Call, JsonObject
from cognomen_kit.context import NO_CONTEXT, Context
from cognomen_kit.core import Core


@dataclass(frozen=True, slots=True)
class RememberedDevice:
    """A device that the service knows: it proves itself with its own secret in place of a second factor."""

    device_key: str
    device_group_key: str
    device_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ticket:
    """Who is signing in, and how; `username` becomes the canonical one as soon as the service tells it."""

    username: str
    admin: bool = False
    device: RememberedDevice | None = None
    context: Context = NO_CONTEXT

    def of_answer(self, answer: JsonObject) -> "Ticket":
        """The ticket under the name that the service wants in the next response."""
        parameters = answer.get("ChallengeParameters") or {}
        name = parameters.get("USER_ID_FOR_SRP") or parameters.get("USERNAME") or self.username
        return replace(self, username=name)


def initiate(
    core: Core, ticket: Ticket, flow: str, parameters: Mapping[str, str], session: str | None = None
) -> Call[JsonObject]:
    """InitiateAuth, or AdminInitiateAuth for a flow of administrators."""
    members = {
        "AuthFlow": flow,
        "AuthParameters": {**_named(core, ticket), **parameters},
        "Session": session,
        **_circumstances(core, ticket),
    }
    operation = "AdminInitiateAuth" if ticket.admin else "InitiateAuth"
    return (yield from core.send(operation, members, ticket.username))


def respond(
    core: Core, ticket: Ticket, name: str, responses: Mapping[str, str], session: str | None
) -> Call[JsonObject]:
    """RespondToAuthChallenge, or its twin for administrators."""
    members = {
        "ChallengeName": name,
        "ChallengeResponses": {**_named(core, ticket), **responses},
        "Session": session,
        **_circumstances(core, ticket),
    }
    operation = "AdminRespondToAuthChallenge" if ticket.admin else "RespondToAuthChallenge"
    return (yield from core.send(operation, members, ticket.username))


def _named(core: Core, ticket: Ticket) -> dict[str, str]:
    named = {
        "USERNAME": ticket.username,
        "SECRET_HASH": core.app.secret_hash(ticket.username),
        "DEVICE_KEY": ticket.device.device_key if ticket.device else None,
    }
    return {name: value for name, value in named.items() if value is not None}


def _circumstances(core: Core, ticket: Ticket) -> JsonObject:
    """Administrators' calls name the pool, and take no UserContextData."""
    members = {"ClientId": core.app.required_client_id, **ticket.context.members()}
    if not ticket.admin:
        return members
    return {**members, "UserPoolId": core.app.required_user_pool_id, "UserContextData": None}
