"""The command line: serve, demo, migrate, check-config, access-key, import, version."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import click

from cognomen import __version__
from cognomen.process import access_keys, schema, start, users_import
from cognomen.process.demo import run_demo
from cognomen.process.refused import REFUSED, StartRefused
from cognomen.settings import Settings, SettingsRefused, load
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
    """Give a command the settings in force, with a flag for each of these keys and one for the file.

    What other options and arguments say comes after the settings.
    """

    def decorate(command: Command) -> Command:
        @wraps(command)
        def run(config: Path | None, **given: Any) -> None:
            flags = {name: given.pop(name) for name in names}
            with _refusals_as_lines():
                command(load(flags, file=config), **given)

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


@main.group("access-key")
def access_key() -> None:
    """Keys that sign requests, each with what it may do. Running servers notice a change within a second."""


@access_key.command()
@click.option(
    "--policy", metavar="FILE", type=click.Path(path_type=Path), help="IAM policy; without one the key may do all."
)
@click.option("--user", metavar="NAME", help="Name of whoever signs with the key; its id where it is not given.")
@click.option("--description", metavar="TEXT", default="", help="What the key is for.")
@_with_settings(*KEPT)
def create(settings: Settings, policy: Path | None, user: str | None, description: str) -> None:
    """Make a key and print it: its secret is not told again."""
    key_id, secret = access_keys.create(settings, user, description, policy)
    click.echo(f"AWS_ACCESS_KEY_ID={key_id}\nAWS_SECRET_ACCESS_KEY={secret}")


@access_key.command("list")
@_with_settings(*KEPT)
def list_keys(settings: Settings) -> None:
    """Show all keys, a JSON object a line, without their secrets."""
    for shown in access_keys.shown(settings):
        click.echo(shown)


@access_key.command()
@click.argument("key_id")
@_with_settings(*KEPT)
def disable(settings: Settings, key_id: str) -> None:
    """Take no more requests that are signed with a key."""
    access_keys.set_enabled(settings, key_id, enabled=False)


@access_key.command()
@click.argument("key_id")
@_with_settings(*KEPT)
def enable(settings: Settings, key_id: str) -> None:
    """Take requests that are signed with a key again."""
    access_keys.set_enabled(settings, key_id, enabled=True)


@access_key.command()
@click.argument("key_id")
@_with_settings(*KEPT)
def delete(settings: Settings, key_id: str) -> None:
    """Forget a key for good."""
    access_keys.delete(settings, key_id)


@main.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--pool", metavar="POOL_ID", required=True, help="The user pool that the users come into.")
@_with_settings(*KEPT)
@click.pass_context
def import_users(context: click.Context, settings: Settings, file: BinaryIO, pool: str) -> None:
    """Bring users into a pool: one JSON object a line, - for standard input; docs/guides/import.md tells the members.

    Lines that cannot be imported are told by their numbers, and the exit code is 1 then; all others are in.
    """
    tally = users_import.run(
        settings, pool, file, lambda number, fault: click.echo(f"line {number}: {fault}", err=True)
    )
    click.echo(f"{tally.imported} imported, {tally.known} known already, {tally.refused} refused")
    context.exit(bool(tally.refused))


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)
