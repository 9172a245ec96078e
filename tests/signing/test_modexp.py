import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognomen.domain.srp import GENERATOR, PRIME, SECRET_BITS
from cognomen.signing import modexp

EXPONENTS = [1, 2, 63, 64, 65, 2**200, 2**SECRET_BITS - 1, 2**SECRET_BITS, 2**SECRET_BITS + 1, PRIME - 2]


@pytest.fixture(params=["as installed", "plain"])
def power(request, monkeypatch):
    if request.param == "plain":
        monkeypatch.setattr(modexp, "gmpy2", None)
    modexp._table.cache_clear()
    yield modexp.power
    modexp._table.cache_clear()


@pytest.mark.parametrize("exponent", EXPONENTS)
@pytest.mark.parametrize("base", [GENERATOR, 3, PRIME - 1, PRIME + 5])
def test_power(power, base, exponent):
    """Table, gmpy2 and plain Python all answer what pow answers, as an int."""
    found = power(base, exponent, PRIME)
    assert found == pow(base, exponent, PRIME)
    assert type(found) is int


@given(st.integers(min_value=1, max_value=2**SECRET_BITS - 1))
def test_power_of_generator(exponent):
    """The table answers right for any exponent of a server or a password."""
    assert modexp.power(GENERATOR, exponent, PRIME) == pow(GENERATOR, exponent, PRIME)


def test_other_modulus(power):
    """The table is used for the SRP prime alone."""
    assert power(GENERATOR, 10, 999) == 1024 % 999
