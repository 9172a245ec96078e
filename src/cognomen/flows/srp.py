"""PASSWORD_VERIFIER: a user proves to know the password, which is never sent (reference 05, 06).

What the server has to remember of an exchange is sealed in the SECRET_BLOCK, which the client brings back.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from cognomen import errors
from cognomen.domain import srp
from cognomen.domain.account_states import check_confirmed, check_may_sign_in
from cognomen.domain.app_client import AppClient
from cognomen.domain.challenges import Situation, Step
from cognomen.domain.devices import is_device_key
from cognomen.domain.pool import UserPool
from cognomen.domain.srp_exchange import Claim, Claimant, Exchange, SecretBlock
from cognomen.domain.srp_timestamps import read_timestamp
from cognomen.domain.user import User
from cognomen.domain.usernames import key_of
from cognomen.flows.accounts import tell_audit
from cognomen.flows.answers import Answer
from cognomen.flows.devices import known_key
from cognomen.flows.imagined import imagined_salt, imagined_srp_name
from cognomen.flows.lockout import Suspect, digest_of, find_suspect, judge
from cognomen.flows.run_trigger import pre_authentication
from cognomen.services import Services
from cognomen.signing.port import SealBroken
from cognomen.storage import challenge_sessions, lockouts, users
from cognomen.storage.database import Tx, Work

ID_BYTES = 16
ROOM = 1200  # bytes for all of a block but the name, which the client sees
LENGTH_BYTES = 2
encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(SecretBlock).decode


@dataclass(frozen=True, slots=True)
class Opening:
    """The first message of an exchange: who signs in, by which AuthFlow, and SRP_A."""

    pool: UserPool
    client: AppClient
    flow: str
    name: str
    srp_a: str = field(repr=False)
    device_key: str = ""


@dataclass(frozen=True, slots=True)
class Proven:
    """A right proof: where the sign-in stands now, and what is `also` stored with its next step."""

    situation: Situation
    also: Work[None]


async def challenge(world: Services, opening: Opening) -> Mapping[str, str]:
    """The ChallengeParameters; a name that nobody has gets the like of them where the client hides existence.

    Raises InvalidParameterException, UserNotFoundException, UserNotConfirmedException, TooManyRequestsException.
    """
    client_public = srp.client_public(opening.srp_a)
    suspect = await find_suspect(world, opening.pool, opening.name)
    if suspect.user is None and not opening.client.hides_existence:
        raise errors.UserNotFoundException
    if suspect.user is not None:
        check_confirmed(suspect.user)
    claimant = _claimant(world, opening, suspect.user)
    exchange = await world.passwords.begin_proof(claimant, client_public)
    return {
        "SALT": f"{int.from_bytes(_salt(world, opening, claimant), 'big'):x}",
        "SECRET_BLOCK": _sealed(world, opening, suspect, claimant, exchange),
        "SRP_B": f"{exchange.server_public:x}",
        "USERNAME": claimant.srp_name,
        "USER_ID_FOR_SRP": claimant.srp_name,
    }


def _claimant(world: Services, opening: Opening, user: User | None) -> Claimant:
    pool = opening.pool
    if user is None:
        return Claimant(pool.pool_id, imagined_srp_name(world, pool, opening.name), None)
    return Claimant(pool.pool_id, user.username, user.password)


def _salt(world: Services, opening: Opening, claimant: Claimant) -> bytes:
    """The salt of the verifier; where there is none, always the same for the same user."""
    imagined = imagined_salt(world, opening.pool, claimant.srp_name)
    return (claimant.stored and claimant.stored.srp_salt) or imagined


def _sealed(world: Services, opening: Opening, suspect: Suspect, claimant: Claimant, exchange: Exchange) -> str:
    block = SecretBlock(
        block_id=world.ids.token(ID_BYTES).hex(),
        flow=opening.flow,
        subject=suspect.subject,
        srp_name=claimant.srp_name,
        password_set_ms=suspect.user.password_set_ms if suspect.user else 0,
        expires_ms=world.now_ms() + opening.client.auth_session_ms,
        exchange=exchange.packed(),
        device_key=opening.device_key if is_device_key(opening.device_key) else "",
        event_id=world.watch.event_id if world.watch else "",
    )
    return base64.b64encode(world.sealer.seal(_filled(block), _purpose(opening.client))).decode()


def _filled(block: SecretBlock) -> bytes:
    """The block as bytes, of whose number nobody reads whether it is somebody's."""
    plain, size = encode(block), ROOM + len(block.srp_name.encode())
    assert len(plain) <= size
    return len(plain).to_bytes(LENGTH_BYTES, "big") + plain.ljust(size, b"\0")


def _block_in(filled: bytes) -> SecretBlock:
    size = int.from_bytes(filled[:LENGTH_BYTES], "big")
    return decode(filled[LENGTH_BYTES:][:size])


def _purpose(client: AppClient) -> str:
    return f"secret-block:{client.pool_id}:{client.client_id}"


async def prove(world: Services, answer: Answer) -> Proven:
    """Judge an answer; a wrong one counts as a wrong password, a right one uses its SECRET_BLOCK up.

    Raises MissingParameter, InvalidParameterException, InvalidSession, NotAuthorizedException,
    PasswordAttemptsExceeded, UserNotFoundException, what refuses an account that may not sign in,
    TooManyRequestsException.
    """
    name, claim = answer.require("USERNAME"), claim_in(answer)
    if answer.session:  # none was given out with the challenge
        raise errors.InvalidSession
    block = _opened(world, answer.client, claim.secret_block)
    suspect = await _answering(world, answer, name, block)
    user = suspect.user
    claimant = Claimant(suspect.pool_id, block.srp_name, user.password if user else None)
    exchange = Exchange.unpacked(block.exchange)
    if answer.pool.triggers:
        await pre_authentication(world, answer.pool, answer.client, user, name)
    await judge(world, suspect, lambda: world.passwords.judge_proof(claimant, exchange, claim))
    assert user is not None, "a password that was proven is somebody's"
    check_may_sign_in(answer.pool.password_policy, user, world.now_ms())
    # A device that is only named at the beginning does not have to be there: clients that were told so begin anew here.
    device_key = answer.responses.get("DEVICE_KEY") or await known_key(world, user, block.device_key)
    begun = block.flow, answer.pool, answer.client, user, (Step.PASSWORD_VERIFIER,)
    situation = Situation(*begun, answer.visitor, device_key=device_key)
    return Proven(situation, lambda tx: _use_up(tx, user, block))


def claim_in(answer: Answer) -> Claim:
    """The proof that an answer holds; raises MissingParameter, InvalidParameterException, TimestampUnreadable."""
    signature = _base64_in(answer, "PASSWORD_CLAIM_SIGNATURE")
    secret_block = _base64_in(answer, "PASSWORD_CLAIM_SECRET_BLOCK")
    return Claim(signature, secret_block, read_timestamp(answer.require("TIMESTAMP")))


def _base64_in(answer: Answer, name: str) -> bytes:
    try:
        return base64.b64decode(answer.require(name), validate=True)
    except (binascii.Error, ValueError):  # ValueError: not even ASCII
        raise errors.InvalidParameterException(f"{name} is not in base64.") from None


def event_of(world: Services, client: AppClient, text: str) -> str:
    """The event of the sign-in that a SECRET_BLOCK goes on with, or none; raises NotAuthorizedException."""
    try:
        sealed = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise errors.NotAuthorizedException from None
    return _opened(world, client, sealed).event_id


def _opened(world: Services, client: AppClient, sealed: bytes) -> SecretBlock:
    """What a SECRET_BLOCK stands for; raises NotAuthorizedException where it is not ours, another client's or old."""
    try:
        block = _block_in(world.sealer.open(sealed, _purpose(client)))
    except (SealBroken, msgspec.MsgspecError):
        raise errors.NotAuthorizedException from None
    if block.expires_ms <= world.now_ms():
        raise errors.NotAuthorizedException
    return block


async def _answering(world: Services, answer: Answer, name: str, block: SecretBlock) -> Suspect:
    """Who answers, who must be whom the challenge was put to, with the same password.

    Raises UserNotFoundException where the client tells; and NotAuthorizedException, also for a block that was used.
    """
    pool_id, key, failed = answer.pool.pool_id, key_of(answer.pool, name), world.turns.failed

    async def look(tx: Tx) -> tuple[Suspect, bool]:
        # In this order: who sees the account as an answer left it also sees that the answer used the block.
        user = await users.by_name(tx, pool_id, key)
        spent = await challenge_sessions.is_spent(tx, pool_id, block.block_id)
        standing = await lockouts.standing(tx, pool_id, block.subject, world.now_ms())
        return Suspect(pool_id, block.subject, user, standing, failed), spent

    suspect, spent = await world.database.read(look)
    tell_audit(world, suspect.user)
    if suspect.user is None and not answer.client.hides_existence:
        raise errors.UserNotFoundException
    asked = _is_asked(suspect.user, block) if suspect.user else _is_nobody(pool_id, name, key, block)
    if spent or not asked:
        raise errors.NotAuthorizedException
    return suspect


def _is_asked(user: User, block: SecretBlock) -> bool:
    return user.sub == block.subject and user.password_set_ms == block.password_set_ms


def _is_nobody(pool_id: str, name: str, key: str, block: SecretBlock) -> bool:
    """Whether the block was put to this name that nobody has, as it was typed or as it was answered."""
    return name == block.srp_name or digest_of(pool_id, key) == block.subject


async def _use_up(tx: Tx, user: User, block: SecretBlock) -> None:
    """Take the block as used; of any number of racing answers one gets on. Raises NotAuthorizedException."""
    if not await challenge_sessions.spend(tx, user.pool_id, block.block_id, block.expires_ms):
        raise errors.NotAuthorizedException
