"""Proving a password or a remembered device without sending the secret."""

from cognomen_kit import srp
from cognomen_kit.calls import Call, JsonObject, compute
from cognomen_kit.core import Core
from cognomen_kit.errors import CognitoUnavailable
from cognomen_kit.tickets import RememberedDevice, Ticket, respond


def begin(core: Core) -> Call[srp.Exchange]:
    """Our half of the exchange."""
    return (yield from compute(srp.begin, core.surroundings.powmod))


def begin_for_password(core: Core) -> Call[srp.Exchange]:
    """The same; the proof will need the pool's name, so its absence is told before anything is sent."""
    _pool_name(core)
    return (yield from begin(core))


def prove_password(
    core: Core, ticket: Ticket, exchange: srp.Exchange, answer: JsonObject, password: str
) -> Call[JsonObject]:
    """Answer PASSWORD_VERIFIER; the proof holds USER_ID_FOR_SRP exactly as the service returned it."""
    ticket = ticket.of_answer(answer)
    identity = srp.Identity(_pool_name(core), ticket.username, password)
    return (yield from _prove(core, ticket, exchange, identity, answer))


def prove_device(core: Core, ticket: Ticket, device: RememberedDevice, answer: JsonObject) -> Call[JsonObject]:
    """Answer DEVICE_SRP_AUTH and the DEVICE_PASSWORD_VERIFIER that follows."""
    exchange = yield from begin(core)
    identity = srp.Identity(device.device_group_key, device.device_key, device.device_secret)
    responses = {"SRP_A": exchange.srp_a}
    answer = yield from respond(core, ticket, "DEVICE_SRP_AUTH", responses, answer.get("Session"))
    return (yield from _prove(core, ticket, exchange, identity, answer))


def _prove(
    core: Core, ticket: Ticket, exchange: srp.Exchange, identity: srp.Identity, answer: JsonObject
) -> Call[JsonObject]:
    server = _server_part(answer)
    stamp = srp.timestamp(core.surroundings.clock())
    signature = yield from compute(srp.claim, core.surroundings.powmod, exchange, identity, server, stamp)
    responses = {
        "PASSWORD_CLAIM_SIGNATURE": signature,
        "PASSWORD_CLAIM_SECRET_BLOCK": server.secret_block,
        "TIMESTAMP": stamp,
    }
    return (yield from respond(core, ticket, answer["ChallengeName"], responses, answer.get("Session")))


def _pool_name(core: Core) -> str:
    """The part of the pool id after its region."""
    return core.app.required_user_pool_id.partition("_")[2]


def _server_part(answer: JsonObject) -> srp.ServerPart:
    parameters = answer.get("ChallengeParameters") or {}
    try:
        return srp.ServerPart(int(parameters["SALT"], 16), int(parameters["SRP_B"], 16), parameters["SECRET_BLOCK"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise CognitoUnavailable(f"{answer.get('ChallengeName')} came without the numbers of SRP") from wrong
