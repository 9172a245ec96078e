"""DEVICE_SRP_AUTH and DEVICE_PASSWORD_VERIFIER: a remembered device proves itself in place of a second factor.

The proof is that of a password (flows/srp.py, reference 06); here the app of the device keeps the secret. It only
counts in the sign-in whose Session comes with it, so that nobody gets in by a device alone.
"""

import base64
from collections.abc import Mapping
from dataclasses import replace

from cognomen import errors
from cognomen.domain import srp
from cognomen.domain.challenges import Situation, knows_user
from cognomen.domain.devices import Device, guessed_device
from cognomen.domain.srp_exchange import Exchange
from cognomen.flows.answers import Answer, Asked, Passed
from cognomen.flows.devices import claimant_of, require_device
from cognomen.flows.lockout import Suspect, judge
from cognomen.flows.srp import claim_in
from cognomen.services import Services
from cognomen.signing.port import SealBroken
from cognomen.storage import lockouts

ID_BYTES = 16


async def recognise(world: Services, situation: Situation) -> Situation:
    """The sign-in with the device that it names, as soon as the user has shown who they are.

    In a pool that knows no devices, what a client names is of no account. Raises DeviceDoesNotExist where this user has
    none with that key; who has shown nothing is told nothing.
    """
    is_open = bool(situation.device_key) and situation.device is None and situation.pool.devices.enabled
    if not is_open or not knows_user(situation):
        return situation
    return replace(situation, device=await require_device(world, situation.user, situation.device_key))


def named_by(answer: Answer, situation: Situation) -> str:
    """The key of the device that signs in, once this answer is given; raises DeviceKeyInvalid for a second one."""
    given = answer.responses.get("DEVICE_KEY") or ""
    if given and situation.device_key and given != situation.device_key:
        raise errors.DeviceKeyInvalid
    return given or situation.device_key


async def ask_to_begin(world: Services, situation: Situation) -> Asked:  # noqa: ARG001
    """Ask for the beginning of a proof."""
    return Asked({"USERNAME": situation.user.username, "DEVICE_KEY": _device(situation).device_key})


async def judge_beginning(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:  # noqa: ARG001
    """Take SRP_A over to the proof; raises MissingParameter, InvalidParameterException."""
    answer.require("DEVICE_KEY")
    srp_a = answer.require("SRP_A")
    srp.client_public(srp_a)
    return Passed(situation.user, heard=srp_a)


async def ask_for_proof(world: Services, situation: Situation) -> Asked:
    """Begin the exchange for the SRP_A that the last answer brought; raises TooManyRequestsException."""
    device, block_id = _device(situation), world.ids.token(ID_BYTES)
    exchange = await world.passwords.begin_proof(claimant_of(device), srp.client_public(situation.heard))
    block = world.sealer.seal(block_id + exchange.packed(), _purpose(situation, device))
    parameters = {
        "SALT": f"{int.from_bytes(device.salt, 'big'):x}",
        "SECRET_BLOCK": base64.b64encode(block).decode(),
        "SRP_B": f"{exchange.server_public:x}",
        "USERNAME": situation.user.username,
        "DEVICE_KEY": device.device_key,
    }
    return Asked(parameters, {"block": block_id.hex()})


async def judge_proof(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:
    """Judge the proof, of the block that belongs to the session.

    Raises MissingParameter, InvalidParameterException, NotAuthorizedException, PasswordAttemptsExceeded,
    TooManyRequestsException.
    """
    device, claim = _device(situation), claim_in(answer)
    answer.require("DEVICE_KEY")
    exchange = _opened(world, situation, claim.secret_block, kept["block"])
    suspect = await _suspect(world, situation)
    await judge(world, suspect, lambda: world.passwords.judge_proof(claimant_of(device), exchange, claim))
    return Passed(situation.user)


def _device(situation: Situation) -> Device:
    assert situation.device is not None, "the table asks known devices alone"
    return situation.device


def _purpose(situation: Situation, device: Device) -> str:
    return f"device-block:{device.pool_id}:{situation.client.client_id}:{device.sub}:{device.device_key}"


def _opened(world: Services, situation: Situation, sealed: bytes, block_id: str) -> Exchange:
    """What a SECRET_BLOCK stands for; raises NotAuthorizedException where it is not the one of this session."""
    try:
        packed = world.sealer.open(sealed, _purpose(situation, _device(situation)))
    except SealBroken:
        raise errors.NotAuthorizedException from None
    if packed[:ID_BYTES].hex() != block_id:
        raise errors.NotAuthorizedException
    return Exchange.unpacked(packed[ID_BYTES:])


async def _suspect(world: Services, situation: Situation) -> Suspect:
    pool_id, subject, failed = situation.pool.pool_id, guessed_device(situation.user.sub), world.turns.failed
    now_ms = world.now_ms()
    standing = await world.database.read(lambda tx: lockouts.standing(tx, pool_id, subject, now_ms))
    return Suspect(pool_id, subject, situation.user, standing, failed)
