"""The numbers of an SRP exchange, as they travel in the SECRET_BLOCK."""

import pytest

from cognomen import errors
from cognomen.domain import srp
from cognomen.domain.srp_exchange import PUBLIC_BYTES, Exchange


@pytest.mark.parametrize("client_public", [1, srp.PRIME - 1, srp.PRIME + 1, 16**770 - 1])
def test_an_exchange_is_unpacked_as_it_was_packed(client_public: int) -> None:
    """Also with the widest A that is taken; every packed one is as long as any other."""
    exchange = Exchange(client_public, srp.PRIME - 1, 2**srp.SECRET_BITS - 1)
    assert Exchange.unpacked(exchange.packed()) == exchange
    assert len(exchange.packed()) == PUBLIC_BYTES + srp.VERIFIER_BYTES + 32


def test_the_servers_secret_is_not_shown() -> None:
    """Nor anywhere in a log: whoever knows b and sees a proof can guess passwords at home."""
    assert "77777" not in repr(Exchange(1, 2, 77777))


def test_a_scrambler_of_zero_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """CRED-16: With u = 0 the verifier would not count, and A alone would make the shared secret."""
    monkeypatch.setattr(srp, "_number", lambda *_: 0)
    with pytest.raises(errors.InvalidParameterException, match="SRP_A is not acceptable"):
        srp.scrambler(5, 7)
