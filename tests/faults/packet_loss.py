"""A share of all packets to and from a port is dropped by the kernel, which takes root and nftables.

with packet_loss(5432, percent=30):   # each packet either way, so that half of all exchanges need another try
    ...
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

NEEDED = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("nft") is None,
    reason="NOT TESTED: lost packets, which root drops by nft (nftables)",
)


@contextmanager
def packet_loss(port: int, percent: int) -> Iterator[None]:
    """Packets that come in by the loopback device, where all of both sides do."""
    table = f"inet loss_{port}"
    rules = [
        f"add table {table}",
        f"add chain {table} lost {{ type filter hook input priority 0; }}",
        *(
            f'add rule {table} lost iifname "lo" tcp {side} {port} numgen random mod 100 < {percent} drop'
            for side in ("dport", "sport")
        ),
    ]
    _nft("\n".join(rules))
    try:
        yield
    finally:
        _nft(f"delete table {table}")


def _nft(commands: str) -> None:
    subprocess.run(["nft", "-f", "-"], input=commands, text=True, check=True)
