"""The command line: serve and demo, the store and its keys, users in and backups out."""

import asyncio
from functools import partial
from pathlib import Path
from typing import BinaryIO, TextIO

import click

from cognomen import __version__
from cognomen.admin.stacks.apply import Options
from cognomen.process import (
    access_keys,
    backups,
    import_log,
    schema,
    stacks,
    start,
    users_import,
)
from cognomen.process.audit_commands import audit
from cognomen.process.backup_secrets import SecretFiles
from cognomen.process.command_options import KEPT, SERVER, STORE, Command, refusals_as_lines, with_settings
from cognomen.process.demo import run_demo
from cognomen.process.key_commands import keys, master_key
from cognomen.settings import Settings


@click.group(epilog="docs/settings.md lists all settings; each can stand in cognomen.toml or in the environment.")
def main() -> None:
    """An identity service that speaks Amazon Cognito's own wire."""


@main.command()
@with_settings(*SERVER)
def serve(settings: Settings) -> None:
    """Serve until a signal asks to end; prints one line when ready."""
    start.run(settings)


@main.command()
def demo() -> None:
    """Sign a user up, confirm and sign in, through the client library, on a server that is then thrown away."""
    with refusals_as_lines():
        run_demo()


@main.command()
@click.option("--check", is_flag=True, help="Only tell what would be done, and whether older servers may run on.")
@with_settings(*STORE)
@click.pass_context
def migrate(context: click.Context, settings: Settings, check: bool) -> None:
    """Bring the store to the schema of this version.

    With --check the exit code is 1 where servers must be stopped first.
    """
    if not check:
        click.echo(asyncio.run(schema.migrate(settings)))
        return
    plan = asyncio.run(schema.planned(settings))
    click.echo(schema.in_lines(plan))
    context.exit(not plan.is_rolling)


@main.command("check-config")
@with_settings(*SERVER)
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
@with_settings(*KEPT)
def create(settings: Settings, policy: Path | None, user: str | None, description: str) -> None:
    """Make a key and print it: its secret is not told again."""
    key_id, secret = access_keys.create(settings, user, description, policy)
    click.echo(f"AWS_ACCESS_KEY_ID={key_id}\nAWS_SECRET_ACCESS_KEY={secret}")


@access_key.command("list")
@with_settings(*KEPT)
def list_keys(settings: Settings) -> None:
    """Show all keys, a JSON object a line, without their secrets."""
    for shown in access_keys.shown(settings):
        click.echo(shown)


@access_key.command()
@click.argument("key_id")
@with_settings(*KEPT)
def disable(settings: Settings, key_id: str) -> None:
    """Take no more requests that are signed with a key."""
    access_keys.set_enabled(settings, key_id, enabled=False)


@access_key.command()
@click.argument("key_id")
@with_settings(*KEPT)
def enable(settings: Settings, key_id: str) -> None:
    """Take requests that are signed with a key again."""
    access_keys.set_enabled(settings, key_id, enabled=True)


@access_key.command()
@click.argument("key_id")
@with_settings(*KEPT)
def delete(settings: Settings, key_id: str) -> None:
    """Forget a key for good."""
    access_keys.delete(settings, key_id)


main.add_command(audit)
main.add_command(keys)
main.add_command(master_key)


@main.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--pool", metavar="POOL_ID", required=True, help="The user pool that the users come into.")
@with_settings(*KEPT)
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


def _of_backup(command: Command) -> Command:
    """What backup and restore take alike."""
    secret_file = partial(click.option, metavar="FILE", type=click.Path(path_type=Path))
    made = with_settings(*KEPT)(command)
    for option in (
        secret_file("--key-file", help="File with the key of the backup, 32 bytes in base64."),
        secret_file("--passphrase-file", help="File whose first line is the passphrase of the backup."),
        click.option("--pool", metavar="POOL_ID", help="One user pool alone."),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        made = option(made)
    return made


@main.command()
@_of_backup
def backup(settings: Settings, file: Path, pool: str | None, **secret: Path | None) -> None:
    """Write everything, or one pool, into one sealed file, as it is in this moment; servers may run meanwhile."""
    asked = backups.Asked(file, SecretFiles(secret["passphrase_file"], secret["key_file"]), pool)
    click.echo(backups.make(settings, asked))


@main.command()
@_of_backup
@click.option("--overwrite", is_flag=True, help="Let go of what is there.")
@click.option(
    "--master-keys",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Master key file of the server that was backed up, to seal everything anew under that of this one.",
)
def restore(settings: Settings, file: Path, pool: str | None, overwrite: bool, **secret: Path | None) -> None:
    """Bring a backup, or one pool of it, into the store: all of it or, where anything is wrong, nothing."""
    asked = backups.Asked(file, SecretFiles(secret["passphrase_file"], secret["key_file"]), pool)
    click.echo(backups.bring_back(settings, asked, secret["master_keys"], overwrite=overwrite))


@main.command("apply")
@click.argument("template", type=click.File("r", encoding="utf-8"))
@click.option("--stack", metavar="NAME", required=True, help="What the resources of the template belong to.")
@click.option("--parameter", "parameters", metavar="NAME=VALUE", multiple=True, help="A parameter of the template.")
@click.option("--plan", "only_plan", is_flag=True, help="Show what has to change, and change nothing.")
@click.option("--skip-unsupported", is_flag=True, help="Pass over resources of types that are not supported.")
@with_settings(*KEPT)
def apply_template(settings: Settings, template: TextIO, stack: str, parameters: tuple[str, ...], **how: bool) -> None:
    """Bring the store to what a CloudFormation template asks for; - for standard input."""
    given = dict(stacks.parameter(one) for one in parameters)
    options = Options(stack, given, how["skip_unsupported"])
    stacks.apply(settings, stacks.Asked(template.read(), options, how["only_plan"]), click.echo)


@main.group("import-job")
def import_job() -> None:
    """User import jobs, which CreateUserImportJob makes."""


@import_job.command("log")
@click.argument("job_id")
@click.option("--pool", metavar="POOL_ID", required=True, help="The user pool that the job is of.")
@with_settings(*KEPT)
def import_job_log(settings: Settings, job_id: str, pool: str) -> None:
    """Show what became of each line of the job's file."""
    import_log.tell(settings, pool, job_id, lambda lines: click.echo(lines, nl=False))


@main.command()
def version() -> None:
    """Print the version."""
    click.echo(__version__)
