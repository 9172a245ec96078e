"""The store, and the keys that things in it are sealed under."""

from collections.abc import Callable
from importlib import import_module

from cognomen.flows.client_secrets import secret_purpose
from cognomen.settings import Settings
from cognomen.signing.master_key_file import create_master_key_file, read_master_key_file, sealer_of_file
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.storage.database import Database
from cognomen.storage.sqlite import MEMORY, SqliteDatabase

STORE = "cognomen.db"
PATIENCE_SECONDS = 3600


def master_keys(settings: Settings) -> MasterKeys:
    """The keys that everything is sealed under; raises MasterKeyUnusable. dev makes a file where there is none."""
    path = settings.master_key_path
    if path is None:
        return MasterKeys.fresh()
    if settings.is_dev and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        create_master_key_file(path)
    return read_master_key_file(path).keys


async def open_database(settings: Settings, *, patient: bool = False) -> Database:
    """The store that the settings name; raises StorageFailed. `patient` lets one statement take an hour."""
    if settings.database:
        postgres = import_module("cognomen.storage.postgres")  # asyncpg is an extra
        asked = settings.postgres
        opened: Database = await postgres.PostgresDatabase.open(
            settings.database,
            connections=asked.connections,
            limits=postgres.Limits(
                asked.connect_timeout_s,
                PATIENCE_SECONDS if patient else min(asked.statement_timeout_s, asked.call_timeout_s),
            ),
        )
        return opened
    if settings.data_dir is None:
        return SqliteDatabase(MEMORY)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return SqliteDatabase(str(settings.data_dir / STORE), "full" if settings.sqlite.synchronous == "FULL" else "normal")


def sealer_of(settings: Settings) -> AesGcmSealer:
    """Seals under the master keys, and takes up those that are added to their file; raises MasterKeyUnusable."""
    keys, path = master_keys(settings), settings.master_key_path
    return sealer_of_file(path) if path else AesGcmSealer(keys)


def opener_of_secrets(sealer: AesGcmSealer) -> Callable[[str, bytes], str]:
    """Opens the sealed secret of a client."""
    return lambda client_id, sealed: sealer.open(sealed, secret_purpose(client_id)).decode()
