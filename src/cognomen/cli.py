"""The command line: serve, demo, migrate, check-config, version."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TypeAlias

import click

from cognomen import __version__
from cognomen.process import schema, start
from cognomen.process.demo import run_demo
from cognomen.process.refused import REFUSED, StartRefused
from cognomen.settings import Settings, SettingsRefused, load
from cognomen.settings.known import KNOWN
from cognomen.settings.sources import as_flag

Command: TypeAlias = Callable[..., Any]
STORE = ("data", "database")
SERVER = ("host", "port", *STORE, "profile", "workers", "unsafe_allow_remote", "log_level")


class Refused(click.ClickException):
    """Says each line of a refusal on stderr and ends with exit code 2."""

    exit_code = REFUSED

    def show(self, file: Any = None) -> None:
        """One line for each fault, and no traceback."""
        for line in self.message.splitlines():
            click.echo(f"cognomen: {line}", err=True, file=file)


@contextmanager
def _refusals_as_lines() -> Iterator[None]:
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


def _with_settings(*names: str) -> Callable[[Command], Command]:
    """Give a command the settings in force, with a flag for each of these keys and one for the file."""

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(config: Path | None, **flags: str | bool | None) -> None:
            with _refusals_as_lines():
                command(load(flags, file=config))

        made: Command = run
        for option in (_FILE, *map(_flag, reversed(names))):
            made = option(made)
        return made

    return decorate


@click.group(epilog="docs/settings.md lists all settings; each can stand in cognomen.toml or in the environment.")
def main() -> None:
    """An identity service that speaks Amazon Cognito's own wire."""


@main.command()
@_with_settings(*SERVER)
def serve(settings: Settings) -> None:
    """Serve until a signal asks to end; prints one line when ready."""
    start.run(settings)


@main.command()
def demo() -> None:
    """Sign a user up, confirm and sign in, through the client library, on a server that is then thrown away."""
    with _refusals_as_lines():
        run_demo()


@main.command()
@_with_settings(*STORE)
def migrate(settings: Settings) -> None:
    """Bring the store to the schema of this version."""
    click.echo(asyncio.run(schema.migrate(settings)))


@main.command("check-config")
@_with_settings(*SERVER)
@click.pass_context
def check_config(context: click.Context, settings: Settings) -> None:
    """Say whether a server with these settings would start, and what to do where it would not."""
    problems = start.problems_of(settings)
    click.echo("\n".join(problems) or "ok")
    context.exit(bool(problems))


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)
