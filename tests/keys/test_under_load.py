"""Keys change while people sign in and backends verify, and nobody notices."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cognomen.domain.signing_keys import SLACK_SECONDS, WAITING_MS
from keys.crowd import Crowd
from keys.house import House, house
from storage.stores import FILE, POSTGRES

COUNTS = [pytest.param(5, 2, id="5-2"), pytest.param(20, 5, id="20-5", marks=pytest.mark.nightly)]
STEPS = 5  # in which the clocks go on until new keys sign


@pytest.fixture(params=[FILE, POSTGRES])
def two_servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with house(request.param, tmp_path, lambda: request.getfixturevalue("postgres")) as made:
        yield made


@pytest.mark.parametrize(("rotations", "master_keys"), COUNTS)
def test_no_call_and_no_verification_fails(two_servers: House, rotations: int, master_keys: int) -> None:
    """TOK-11, TOK-13: Rotations of signing and master keys under sign-ins, refreshes, GetUser and cached verifiers."""
    pool = two_servers.pool()
    crowd = Crowd(two_servers, pool)
    first = two_servers.master_key_ids()
    changes_at = {rotations * (number + 1) // (master_keys + 1) for number in range(master_keys)}
    assert len(changes_at) == master_keys
    with crowd.at_work():
        crowd.goes_on()
        for number in range(rotations):
            two_servers.rotate(pool, two_servers.servers[number % 2])
            if number in changes_at:
                two_servers.change_master_key()
            for _ in range(STEPS):
                crowd.move_clocks((WAITING_MS // 1000 + SLACK_SECONDS) // STEPS)
        crowd.move_clocks(86_000)  # the last tokens of the keys before come to their end
        crowd.move_clocks(600)
    assert not crowd.failed
    [key_id] = two_servers.master_key_ids()
    assert key_id not in first
    assert set(two_servers.sealed()) == {key_id}
    print(f"{rotations} rotations, {master_keys} master keys: {dict(crowd.done)}, {len(crowd.failed)} failed")
