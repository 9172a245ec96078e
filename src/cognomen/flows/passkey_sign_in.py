"""WEB_AUTHN: a passkey signs a challenge that is good for one sign-in (WebAuthn, 7.2; reference 05)."""

import json
from collections.abc import Mapping
from typing import Any

import msgspec

from cognomen import errors
from cognomen.domain.auth_factors import asks_for_second_factor, passkey_is_enough
from cognomen.domain.challenges import Situation
from cognomen.domain.passkeys import LONGEST_CREDENTIAL, Expected, Passkey, is_origin_of, relying_party, request_options
from cognomen.domain.pool import UserPool
from cognomen.flows.answers import Answer, Asked, Passed
from cognomen.services import Services
from cognomen.signing.port import CredentialRefused, CredentialUnreadable
from cognomen.storage import domains, passkeys
from cognomen.storage.database import Tx

CHALLENGE_BYTES = 32
CHALLENGE = "challenge"  # the member of the session


async def relying_party_of(world: Services, pool: UserPool) -> str:
    """The domain that passkeys of this pool are for; raises WebAuthnConfigurationMissingException."""
    if pool.passkeys.rp_id:
        return pool.passkeys.rp_id
    return relying_party(pool, await world.database.read(lambda tx: domains.of_pool(tx, pool.pool_id)))


async def ask(world: Services, situation: Situation) -> Asked:
    """Give out a challenge for one of the user's passkeys to sign; raises InvalidUserPoolConfigurationException."""
    pool, user = situation.pool, situation.user
    rp_id = await _party(world, pool)
    known = await world.database.read(lambda tx: passkeys.of_user(tx, pool.pool_id, user.sub))
    usable = [passkey for passkey in known if passkey.rp_id == rp_id]
    challenge = world.ids.token(CHALLENGE_BYTES)
    verification = "required" if _must_verify(situation) else "preferred"
    options = request_options(rp_id, challenge, usable, verification, situation.client.auth_session_ms)
    parameters = {"CREDENTIAL_REQUEST_OPTIONS": json.dumps(options, separators=(",", ":"))}
    return Asked(parameters, {CHALLENGE: challenge.hex()})


async def judge(world: Services, situation: Situation, answer: Answer, kept: Mapping[str, str]) -> Passed:
    """Verify the signature, and count the use; raises MissingParameter, PasskeyUnreadable, PasskeyRefused."""
    credential = _credential_in(answer.require("CREDENTIAL"))
    pool, user = situation.pool, situation.user
    rp_id = await _party(world, pool)
    expected = Expected(bytes.fromhex(kept[CHALLENGE]), rp_id, _must_verify(situation))
    known = await world.database.read(lambda tx: passkeys.of_user(tx, pool.pool_id, user.sub))
    passkey = _named(credential, known, rp_id)
    try:
        said = world.passkeys.used_client_data(credential)
        if said.framed or not is_origin_of(said.origin, rp_id):
            raise errors.PasskeyRefused
        used = world.passkeys.judge_use(credential, expected, passkey)
    except CredentialUnreadable as unreadable:
        raise errors.PasskeyUnreadable from unreadable
    except CredentialRefused as refused:
        raise errors.PasskeyRefused from refused

    async def also(tx: Tx) -> None:
        if not await passkeys.count_use(tx, passkey, used.sign_count):  # deleted meanwhile, or a copy was faster
            raise errors.PasskeyRefused

    return Passed(user, also)


async def _party(world: Services, pool: UserPool) -> str:
    """The relying party, of a pool that had one when the passkey was made; sign-ins have this word for its lack."""
    try:
        return await relying_party_of(world, pool)
    except errors.WebAuthnConfigurationMissingException as missing:
        raise errors.InvalidUserPoolConfigurationException(str(missing)) from missing


def _must_verify(situation: Situation) -> bool:
    """Whether the authenticator has to verify its user: the pool wants it, or it stands for both factors."""
    pool, user = situation.pool, situation.user
    counts_twice = passkey_is_enough(pool, user) and asks_for_second_factor(pool, user)
    return counts_twice or pool.passkeys.verification == "required"


def _credential_in(text: str) -> Mapping[str, Any]:
    if len(text) > LONGEST_CREDENTIAL:
        raise errors.PasskeyUnreadable
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise errors.PasskeyUnreadable from None


def _named(credential: Mapping[str, Any], known: list[Passkey], rp_id: str) -> Passkey:
    """The passkey that a credential says to be from; raises PasskeyRefused where the user has no such one."""
    for passkey in known:
        if passkey.credential_id == credential.get("id") and passkey.rp_id == rp_id:
            return passkey
    raise errors.PasskeyRefused
