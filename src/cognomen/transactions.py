"""Whether a write transaction is open, so that nothing reaches for the network meanwhile."""

from contextvars import ContextVar

write_is_open: ContextVar[bool] = ContextVar("write_is_open", default=False)


def refuse_network_in_write() -> None:
    """Fail loudly where a slow network call would keep a write transaction open.

    Raises AssertionError: that is a fault of the program, never of a caller.
    """
    if write_is_open.get():
        msg = "a network call was tried while a write transaction was open"
        raise AssertionError(msg)
