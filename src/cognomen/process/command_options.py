"""What the commands have alike: the settings in force, flags for some of them, and how a refusal is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

import click

from cognomen.process.refused import REFUSED, StartRefused
from cognomen.settings import SettingsRefused, load
from cognomen.settings.known import KNOWN
from cognomen.settings.sources import as_flag

Command: TypeAlias = Callable[..., Any]
STORE = ("data", "database")
KEPT = (*STORE, "profile")
SERVER = ("host", "port", *STORE, "profile", "workers", "seed", "unsafe_allow_remote", "log_level")


class Refused(click.ClickException):
    """Says each line of a refusal on stderr and ends with exit code 2."""

    exit_code = REFUSED

    def show(self, file: Any = None) -> None:
        """One line for each fault, and no traceback."""
        for line in self.message.splitlines():
            click.echo(f"cognomen: {line}", err=True, file=file)


@contextmanager
def refusals_as_lines() -> Iterator[None]:
    """End with code 2 where the settings or the start are refused."""
    try:
        yield
    except (SettingsRefused, StartRefused) as refusal:
        raise Refused(str(refusal)) from refusal


def _flag(name: str) -> Callable[[Command], Command]:
    """An option for a key; what it means and what it takes stands in the settings alone."""
    said = KNOWN[name].said
    if bool in said.kind.types:
        return click.option(as_flag(name), name, is_flag=True, default=None, help=f"{said.meaning}.")
    return click.option(as_flag(name), name, metavar="VALUE", help=f"{said.meaning}: {said.kind.allowed}.")


_FILE: Callable[[Command], Command] = click.option(
    "--config", type=click.Path(path_type=Path), help="TOML file of settings; ./cognomen.toml where it is there."
)


def with_settings(*names: str) -> Callable[[Command], Command]:
    """Give a command the settings in force, with a flag for each of these keys and one for the file.

    What other options and arguments say comes after the settings.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(config: Path | None, **given: Any) -> None:
            flags = {name: given.pop(name) for name in names}
            with refusals_as_lines():
                command(load(flags, file=config), **given)

        made: Command = run
        for option in (_FILE, *map(_flag, reversed(names))):
            made = option(made)
        return made

    return decorate
