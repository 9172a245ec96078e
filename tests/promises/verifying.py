"""A server in the production profile: it verifies signatures and has no dev lane."""

import base64
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from served import Served, serve

ACCESS_KEY = ("AKIDOFTHETESTS000000", "secret-of-the-tests-0123456789")


@contextmanager
def verifying(folder: Path, **flags: Any) -> Iterator[Served]:
    """Serve with the master key in `folder`, which is made where it is missing, and one known access key.

    Tests call faster than AWS allows, so that the request rates are off; `None` for them is production's default.
    """
    key = folder / "master.key"
    if not key.exists():
        key.touch(mode=0o600)
        key.write_bytes(base64.b64encode(os.urandom(32)))
    known = dict([ACCESS_KEY])
    chosen = {"limits.request_rates": "false", **flags}
    with serve(profile="production", master_key_file=str(key), access_keys=known, **chosen) as server:
        yield server
