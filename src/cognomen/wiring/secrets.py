"""What judges passwords and signatures."""

from cognomen.domain.access_keys import EVERYTHING, AccessKey, Signer, sealing_purpose, user_signer
from cognomen.domain.policy_documents import read_policy
from cognomen.http.signers import KnownSigners
from cognomen.http.sigv4 import AnyWellFormedSignature, Signatures, VerifiedSignatures
from cognomen.services import Services
from cognomen.settings import Settings
from cognomen.signing.argon2 import Argon2PasswordKeeper
from cognomen.signing.argon2_engines import Argon2Parameters
from cognomen.signing.bounded_threads import Room
from cognomen.signing.leaked_passwords import HashedList
from cognomen.signing.sealing import AesGcmSealer
from cognomen.signing.session_tokens import SessionTokens
from cognomen.storage.key_ring import KeyRing


def password_keeper(settings: Settings, sealer: AesGcmSealer) -> Argon2PasswordKeeper:
    """Argon2id at the strength that the settings ask for."""
    asked = settings.passwords
    parameters = Argon2Parameters(asked.memory_kib, asked.time_cost, asked.parallelism)
    room = Room(asked.threads, asked.queue, settings.limits.longest_wait_ms / 1000)
    return Argon2PasswordKeeper(sealer, parameters, room)


def leaked_passwords_of(settings: Settings) -> HashedList | None:
    """The list of breached passwords, where the settings name one; raises ListUnusable."""
    file = settings.threat_protection.leaked_passwords_file
    return HashedList(file) if file else None


def signatures_of(settings: Settings, world: Services) -> Signatures:
    """In dev any well-formed signature will do; production verifies it against the access keys it knows."""
    signers = signers_of(settings, world)
    if settings.is_dev:
        return AnyWellFormedSignature(settings.account_id, signers)
    return VerifiedSignatures(signers, settings.account_id, world.now_ms)


def signers_of(settings: Settings, world: Services) -> KnownSigners:
    """The keys of the settings, which may do everything, those of the store, and temporary ones."""
    everything = read_policy(EVERYTHING)

    def signer_of(key: AccessKey) -> Signer:
        secret = world.sealer.open(key.sealed, sealing_purpose(key.key_id)).decode()
        return user_signer(settings.account_id, key.key_id, key.user, secret, read_policy(key.policy))

    return KnownSigners(
        {
            key_id: user_signer(settings.account_id, key_id, key_id, secret, everything)
            for key_id, secret in settings.access_keys.items()
        },
        KeyRing(world.database, signer_of, world.now_ms),
        SessionTokens(world.sealer),
        world.now_ms,
    )
