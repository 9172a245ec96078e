"""How often Python searches for cycles: what is in none, as nearly everything here, is freed at once in any case.

The search looks at all that lives. By default it begins after 700 new objects, which a few calls that wait for a
database keep alive, and takes a tenth of the processor when a thousand wait.
"""

import gc

IN_A_BATCH = 200_000  # new objects before a search: a batch holds many, none in a cycle
WHILE_SERVING = (20_000, 20, 20)


def search_rarely() -> None:
    """For a command that works through batches."""
    gc.set_threshold(IN_A_BATCH)


def leave_out_what_stays() -> None:
    """For a server that is about to serve: the program and its settings are not looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*WHILE_SERVING)
