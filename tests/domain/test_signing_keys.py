"""Which of a pool's keys signs, and how long each is published (decision 0011)."""

import itertools

import pytest

from cognomen.domain.signing_keys import (
    CACHED_SECONDS,
    VERIFYING_MS,
    WAITING_MS,
    KeyState,
    Phase,
    StoredKey,
    TokenUse,
    phases_of,
)

FIRST, SECOND = 1_000_000, 5_000_000_000  # when keys were made
TAKES_OVER, GONE = SECOND + WAITING_MS, SECOND + WAITING_MS + VERIFYING_MS
SECOND_WAITS = (Phase(KeyState.SIGNING, TAKES_OVER), Phase(KeyState.WAITING, TAKES_OVER))
SECOND_SIGNS = (Phase(KeyState.VERIFYING, GONE), Phase(KeyState.SIGNING, None))


def key(key_id: str, created_ms: int, use: TokenUse = TokenUse.ACCESS) -> StoredKey:
    return StoredKey("pool", key_id, use, b"", created_ms)


@pytest.mark.parametrize(
    ("now_ms", "first", "second"),
    [
        (SECOND, *SECOND_WAITS),
        (TAKES_OVER - 1, *SECOND_WAITS),
        (TAKES_OVER, *SECOND_SIGNS),
        (GONE - 1, *SECOND_SIGNS),
        (GONE, Phase(KeyState.RETIRED, None), Phase(KeyState.SIGNING, None)),
        (SECOND - 10 * WAITING_MS, *SECOND_WAITS),  # a clock that was set back makes nothing sign early
    ],
)
def test_one_key_takes_over_from_another(now_ms: int, first: Phase, second: Phase) -> None:
    """The new one is published and waits, then signs, while the old one verifies, and then is gone."""
    for keys in itertools.permutations([key("a", FIRST), key("b", SECOND), key("c", FIRST, TokenUse.ID)]):
        phases = phases_of(keys, now_ms)
        assert (phases["a"], phases["b"]) == (first, second)
        assert phases["c"] == Phase(KeyState.SIGNING, None)


@pytest.mark.parametrize("now_ms", [0, FIRST, FIRST + 1, GONE])
def test_the_only_key_signs_at_once(now_ms: int) -> None:
    """That of a new pool, or after an emergency, waits for nobody; a pool without keys has no phases."""
    assert phases_of([key("a", FIRST)], now_ms) == {"a": Phase(KeyState.SIGNING, None)}
    assert phases_of([], now_ms) == {}


@pytest.mark.parametrize("step", [1, WAITING_MS // 2, WAITING_MS, VERIFYING_MS, 3 * VERIFYING_MS])
def test_one_key_of_a_use_signs_at_any_time(step: int) -> None:
    """However fast keys follow one another; and each is published an hour twice before it signs, a day after."""
    keys = [key(f"{number:02}", FIRST + number * step) for number in range(20)]
    for now_ms in range(FIRST, FIRST + 25 * step + 2 * VERIFYING_MS, max(step // 3, 3_600_000)):
        states = [phase.state for phase in phases_of(keys, now_ms).values()]
        assert states.count(KeyState.SIGNING) == 1
    assert WAITING_MS >= 2 * CACHED_SECONDS * 1000
    assert VERIFYING_MS >= 86_400_000
