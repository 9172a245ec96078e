"""The only place where implementations are chosen: settings in, a running application out."""

from cognomen.wiring.application import Application, build
from cognomen.wiring.seeds import seed_of
from cognomen.wiring.stores import STORE, master_keys, open_database, sealer_of
from cognomen.wiring.triggers import CodeKeysUnusable, trigger_targets

__all__ = [
    "STORE",
    "Application",
    "CodeKeysUnusable",
    "build",
    "master_keys",
    "open_database",
    "sealer_of",
    "seed_of",
    "trigger_targets",
]
