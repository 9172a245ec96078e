"""Passkeys of signed-in users: registering one in two steps, and taking one away (WebAuthn, 7.1; reference 05).

What has to be remembered between the steps is sealed in the challenge, which the authenticator brings back; it is good
once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.passkeys import (
    LONGEST_CREDENTIAL,
    NAMES,
    REGISTRATION_LIFETIME_MS,
    UNNAMED,
    Expected,
    Passkey,
    attachment_in,
    creation_options,
    is_origin_of,
    transports_in,
)
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.flows.accounts import hold_user
from cognomen.flows.passkey_sign_in import relying_party_of
from cognomen.services import Services
from cognomen.signing.port import (
    AuthenticatorUnsupported,
    ClientData,
    CredentialUnreadable,
    NewPasskey,
    RelyingPartyDiffers,
    SealBroken,
)
from cognomen.storage import challenge_sessions, passkeys, users
from cognomen.storage.database import Tx, UniqueViolation

ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Begun:
    """A registration under way: whose, through which client, for which relying party, until when."""

    begun_id: str
    sub: str
    client_id: str
    rp_id: str
    expires_ms: int


encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Begun).decode


async def start(world: Services, pool: UserPool, client: AppClient, user: User) -> Mapping[str, Any]:
    """What a browser needs to make a passkey.

    Raises WebAuthnNotEnabledException, WebAuthnConfigurationMissingException, TooManyPasskeys.
    """
    _require_enabled(pool)
    rp_id = await relying_party_of(world, pool)
    known = await world.database.read(lambda tx: passkeys.of_user(tx, pool.pool_id, user.sub))
    _require_room(world, known)
    expires_ms = world.now_ms() + REGISTRATION_LIFETIME_MS
    begun = Begun(world.ids.token(ID_BYTES).hex(), user.sub, client.client_id, rp_id, expires_ms)
    return creation_options(pool, user, rp_id, world.sealer.seal(encode(begun), _purpose(pool)), known)


async def complete(world: Services, pool: UserPool, client: AppClient, user: User, credential: object) -> None:
    """Register the passkey that a browser made.

    Raises WebAuthnNotEnabledException, PasskeyUnreadable, WebAuthnChallengeNotFoundException,
    WebAuthnClientMismatchException, WebAuthnRelyingPartyMismatchException, WebAuthnOriginNotAllowedException,
    WebAuthnCredentialNotSupportedException, PasskeyTaken, TooManyPasskeys, AccessTokenRevoked.
    """
    _require_enabled(pool)
    document = _document(credential)
    said = _client_data(world, document)
    begun = _begun(world, pool, user, said)
    await _check_begun(world, pool, client, begun)
    if said.framed or not is_origin_of(said.origin, begun.rp_id):
        raise errors.WebAuthnOriginNotAllowedException
    verified = pool.passkeys.verification == "required"
    made = _judged(world, document, Expected(said.challenge, begun.rp_id, verified))
    await _remember(world, begun, _passkey(world, pool, begun, made, document), user)


def _document(credential: object) -> Mapping[str, Any]:
    if not isinstance(credential, dict) or len(msgspec.json.encode(credential)) > LONGEST_CREDENTIAL:
        raise errors.PasskeyUnreadable
    return credential


def _client_data(world: Services, document: Mapping[str, Any]) -> ClientData:
    try:
        return world.passkeys.new_client_data(document)
    except CredentialUnreadable as unreadable:
        raise errors.PasskeyUnreadable from unreadable


def _begun(world: Services, pool: UserPool, user: User, said: ClientData) -> Begun:
    """The registration that a challenge belongs to; raises WebAuthnChallengeNotFoundException."""
    try:
        begun = decode(world.sealer.open(said.challenge, _purpose(pool)))
    except (SealBroken, msgspec.MsgspecError):
        raise errors.WebAuthnChallengeNotFoundException from None
    if begun.sub != user.sub or begun.expires_ms <= world.now_ms():
        raise errors.WebAuthnChallengeNotFoundException
    return begun


async def _check_begun(world: Services, pool: UserPool, client: AppClient, begun: Begun) -> None:
    if begun.client_id != client.client_id:
        raise errors.WebAuthnClientMismatchException
    if await world.database.read(lambda tx: challenge_sessions.is_spent(tx, pool.pool_id, begun.begun_id)):
        raise errors.WebAuthnChallengeNotFoundException
    try:
        if await relying_party_of(world, pool) != begun.rp_id:
            raise errors.WebAuthnRelyingPartyMismatchException
    except errors.WebAuthnConfigurationMissingException:  # taken away meanwhile
        raise errors.WebAuthnRelyingPartyMismatchException from None


def _judged(world: Services, document: Mapping[str, Any], expected: Expected) -> NewPasskey:
    try:
        return world.passkeys.judge_new(document, expected)
    except CredentialUnreadable as unreadable:
        raise errors.PasskeyUnreadable from unreadable
    except RelyingPartyDiffers as other:
        raise errors.WebAuthnRelyingPartyMismatchException from other
    except AuthenticatorUnsupported as unsupported:
        raise errors.WebAuthnCredentialNotSupportedException from unsupported


def _passkey(world: Services, pool: UserPool, begun: Begun, made: NewPasskey, document: Mapping[str, Any]) -> Passkey:
    return Passkey(
        pool_id=pool.pool_id,
        sub=begun.sub,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        rp_id=begun.rp_id,
        name=NAMES.get(made.aaguid, UNNAMED),
        attachment=attachment_in(document),
        transports=transports_in(document),
        created_ms=world.now_ms(),
    )


async def _remember(world: Services, begun: Begun, passkey: Passkey, user: User) -> None:
    async def work(tx: Tx) -> None:
        if not await challenge_sessions.spend(tx, passkey.pool_id, begun.begun_id, begun.expires_ms):
            raise errors.WebAuthnChallengeNotFoundException
        held = await hold_user(tx, user)
        _require_room(world, await passkeys.of_user(tx, passkey.pool_id, passkey.sub))
        await passkeys.insert(tx, passkey)
        await users.set_factors(tx, held.with_factors(replace(held.factors, has_passkey=True), world.now_ms()))

    try:
        await world.database.write(work)
    except UniqueViolation as clash:
        raise errors.PasskeyTaken from clash
    except errors.UserNotFoundException as gone:  # which the operation's model does not know
        raise errors.AccessTokenRevoked from gone


async def delete(world: Services, user: User, credential_id: str) -> None:
    """Take a passkey away; raises PasskeyNotFound, AccessTokenRevoked."""

    async def work(tx: Tx) -> None:
        held = await hold_user(tx, user)
        if not await passkeys.delete(tx, user.pool_id, user.sub, credential_id):
            raise errors.PasskeyNotFound
        if not await passkeys.of_user(tx, user.pool_id, user.sub):
            factors = replace(held.factors, has_passkey=False, passkey_is_enough=False)
            await users.set_factors(tx, held.with_factors(factors, world.now_ms()))

    try:
        await world.database.write(work)
    except errors.UserNotFoundException as gone:
        raise errors.AccessTokenRevoked from gone


def _require_enabled(pool: UserPool) -> None:
    if "WEB_AUTHN" not in pool.first_factors:
        raise errors.WebAuthnNotEnabledException


def _require_room(world: Services, known: list[Passkey]) -> None:
    most = world.facts.quotas.passkeys_per_user
    if len(known) >= most:
        raise errors.TooManyPasskeys(most=most)


def _purpose(pool: UserPool) -> str:
    return f"passkey-registration:{pool.pool_id}"
