"""How big a fault is: small with all other tests, `make faults`, and `make nightly`."""

from typing import Any

import pytest


def sizes(small: int, full: int, nightly: int) -> list[Any]:
    """Values for `pytest.mark.parametrize`."""
    return [small, pytest.param(full, marks=pytest.mark.faults), pytest.param(nightly, marks=pytest.mark.nightly)]
