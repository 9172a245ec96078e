"""The commands for signing keys and master keys."""

import click

from cognomen.process import master_keys, signing_keys
from cognomen.process.command_options import KEPT, with_settings
from cognomen.settings import Settings


@click.group("keys")
def keys() -> None:
    """Keys that sign the tokens of pools. Running servers notice a change within a second; docs/guides/keys.md."""


_POOL = click.option("--pool", metavar="POOL_ID", help="One user pool alone.")


@keys.command("list")
@_POOL
@with_settings(*KEPT)
def list_signing_keys(settings: Settings, pool: str | None) -> None:
    """Show all keys, a JSON object a line: which signs, which waits, and which verifies until when."""
    signing_keys.show(settings, pool, click.echo)


@keys.command("rotate")
@_POOL
@click.option("--all", "everywhere", is_flag=True, help="All user pools.")
@click.option("--now", "at_once", is_flag=True, help="Emergency: refuse all tokens of the older keys from now on.")
@with_settings(*KEPT)
@click.pass_context
def rotate_signing_keys(
    context: click.Context, settings: Settings, pool: str | None, everywhere: bool, at_once: bool
) -> None:
    """Publish new keys, which sign once all verifiers have had the time to read them: in two hours."""
    if bool(pool) == everywhere:
        raise click.UsageError("name either --pool POOL_ID or --all")
    context.exit(not signing_keys.rotate(settings, pool, at_once, click.echo))


@keys.command("drop")
@click.argument("key_id")
@click.option("--pool", metavar="POOL_ID", required=True, help="The user pool that the key is of.")
@with_settings(*KEPT)
def drop_signing_key(settings: Settings, key_id: str, pool: str) -> None:
    """Take a key away that does not sign: tokens of it are refused from now on."""
    signing_keys.drop(settings, pool, key_id)


@click.group("master-key")
def master_key() -> None:
    """Keys of the master key file, and what of the store is sealed under them; docs/guides/keys.md."""


_DIGESTS = click.option("--digests", is_flag=True, help="A key for digests of codes, not for sealing.")


@master_key.command("list")
@with_settings(*KEPT)
def list_master_keys(settings: Settings) -> None:
    """Show the ids of all keys, a JSON object a line, and how much is sealed under each."""
    for shown in master_keys.shown(settings):
        click.echo(shown)


@master_key.command("rotate")
@_DIGESTS
@with_settings(*KEPT)
def rotate_master_key(settings: Settings, digests: bool) -> None:
    """Make a key, use it from now on, and print its id; servers that read the same file do within a second."""
    click.echo(master_keys.rotate(settings, digests))


@master_key.command("add")
@_DIGESTS
@with_settings(*KEPT)
def add_master_key(settings: Settings, digests: bool) -> None:
    """Make a key that is not used yet, and print its id: for servers that each have a file of their own."""
    click.echo(master_keys.add(settings, digests))


@master_key.command("use")
@click.argument("key_id")
@with_settings(*KEPT)
def use_master_key(settings: Settings, key_id: str) -> None:
    """Use a key of the file from now on."""
    master_keys.use(settings, key_id)


@master_key.command("reseal")
@with_settings(*KEPT)
@click.pass_context
def reseal(context: click.Context, settings: Settings) -> None:
    """Seal all that is sealed under other keys under the one in use; servers may run, and it may be begun anew."""
    told, whole = master_keys.reseal(settings)
    click.echo(told)
    context.exit(not whole)


@master_key.command("drop")
@click.argument("key_id")
@click.option("--now", "at_once", is_flag=True, help="Do not wait for what was given out sealed, such as sign-ins.")
@with_settings(*KEPT)
def drop_master_key(settings: Settings, key_id: str, at_once: bool) -> None:
    """Take a key out of the file that nothing is sealed under; older backups still need it."""
    master_keys.drop(settings, key_id, at_once)
