"""Every column that holds sealed values, and what each value is sealed for; under which master keys they are."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cognomen.domain.access_keys import sealing_purpose
from cognomen.domain.audit import purpose_of
from cognomen.domain.devices import group_key_of
from cognomen.domain.signing_keys import TokenUse
from cognomen.domain.srp_exchange import Claimant
from cognomen.flows.client_secrets import secret_purpose
from cognomen.flows.deliver import message_purpose
from cognomen.flows.identity_providers import details_purpose
from cognomen.flows.import_uploads import part_purpose
from cognomen.flows.totp import token_purpose
from cognomen.signing.rsa_keys import key_purpose, saml_purpose
from cognomen.signing.sealing import HEAD_BYTES, AesGcmSealer, MasterKeyUnusable, master_key_in
from cognomen.storage.counters import Name
from cognomen.storage.database import Database, Tx
from cognomen.storage.stacks import purpose_of as stack_purpose


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """Where sealed values are: `purpose` is told the columns of `key` and then those of `more`.

    `version` counts what processes remember of such values, still sealed.
    """

    table: str
    column: str
    key: tuple[str, ...]
    purpose: Callable[..., str]
    more: tuple[str, ...] = ()
    version: Name | None = None

    @property
    def name(self) -> str:
        """As a person calls it."""
        return f"{self.table}.{self.column}"


def _key_purpose(pool_id: str, key_id: str, token_use: str) -> str:
    return key_purpose(pool_id, TokenUse(token_use), key_id)


def _verifier_purpose(pool_id: str, _: str, username: str) -> str:
    return Claimant(pool_id, username, None).sealed_for


def _device_purpose(pool_id: str, _: str, device_key: str) -> str:
    return Claimant(pool_id, device_key, None, group_key_of(pool_id)).sealed_for


def _secret_purpose(_: str, client_id: str, __: str) -> str:
    return secret_purpose(client_id)


def _message_purpose(_: str, message_id: str) -> str:
    return message_purpose(message_id)


def _chain_purpose(_: int, chain_id: str) -> str:
    return purpose_of(chain_id)


# Those first that hold few values, by which a store shows at once that its master key is another one.
SEALED = (
    SealedColumn("signing_keys", "sealed", ("pool_id", "key_id"), _key_purpose, more=("token_use",)),
    SealedColumn("access_keys", "sealed", ("key_id",), sealing_purpose, version="access_keys"),
    SealedColumn("providers", "details", ("pool_id", "name"), details_purpose),
    SealedColumn("saml_keys", "sealed", ("pool_id",), saml_purpose),
    SealedColumn("client_secrets", "sealed", ("pool_id", "client_id", "secret_id"), _secret_purpose),
    SealedColumn("users", "srp_verifier", ("pool_id", "sub"), _verifier_purpose, more=("username",)),
    SealedColumn("software_tokens", "sealed", ("pool_id", "sub"), token_purpose),
    SealedColumn("software_tokens", "waiting", ("pool_id", "sub"), token_purpose),
    SealedColumn("devices", "verifier", ("pool_id", "sub", "device_key"), _device_purpose),
    SealedColumn("outbox", "sealed", ("pool_id", "message_id"), _message_purpose),
    SealedColumn("inbox", "sealed", ("pool_id", "message_id"), _message_purpose),
    SealedColumn("import_parts", "sealed", ("pool_id", "job_id", "upload_id", "part"), part_purpose),
    SealedColumn("stacks", "sealed", ("stack", "logical_id"), stack_purpose),
    SealedColumn("audit_chains", "sealed_key", ("chain",), _chain_purpose, more=("chain_id",)),
)
FEW = SEALED[:4]


async def refuse_other_master_key(database: Database, sealer: AesGcmSealer) -> None:
    """Close the store where keys in it are sealed under a master key that is not at hand, and raise MasterKeyUnusable.

    Only columns with few values are looked at.
    """
    unknown = set(await count_by_master_key(database, FEW)) - sealer.known
    if unknown:
        await database.close()
        raise MasterKeyUnusable(
            f"the store is sealed under the master key {', '.join(sorted(unknown))}, which is not in the master key"
            " file: take the file that goes with the store"
        )


async def count_by_master_key(database: Database, columns: Iterable[SealedColumn] = SEALED) -> dict[str, Counter[str]]:
    """How many values of each column are sealed under each master key, by its id; all rows are read for it."""
    found: dict[str, Counter[str]] = {}
    for column in columns:
        for key_id, count in await database.read(lambda tx: _count(tx, column)):  # noqa: B023
            found.setdefault(key_id, Counter())[column.name] += count
    return found


async def _count(tx: Tx, column: SealedColumn) -> list[tuple[str, int]]:
    rows = await tx.all(
        f"select substr({column.column}, 1, {HEAD_BYTES}) as head, count(*) from {column.table}"  # noqa: S608
        f" where length({column.column}) > 0 group by 1"
    )
    return [(master_key_in(bytes(head)), count) for head, count in rows]
