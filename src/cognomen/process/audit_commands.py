"""The commands for the audit log."""

import click

from cognomen.process import audit as audit_log
from cognomen.process.command_options import KEPT, Command, with_settings
from cognomen.settings import Settings


@click.group("audit")
def audit() -> None:
    """The record of changes and sign-ins; docs/guides/audit.md."""


def _spanned(command: Command) -> Command:
    """Options for a span of time."""
    made = click.option("--to", "until", metavar="TIME", help="Nothing from then on.")(command)
    return click.option("--from", "from_", metavar="TIME", help="Nothing before, such as 2026-01-31T12:00:00Z.")(made)


@audit.command()
@_spanned
@click.option("--pool", metavar="POOL_ID", help="One user pool alone.")
@click.option("--user", metavar="NAME", help="One user alone, by sub or by the name that callers gave.")
@click.option("--operation", metavar="NAME", help="One operation alone, such as AdminDeleteUser.")
@with_settings(*KEPT)
def show(settings: Settings, from_: str | None, until: str | None, **which: str | None) -> None:
    """Show records by time, a JSON object a line."""
    wanted = audit_log.Filter(which["pool"], which["user"], which["operation"])
    audit_log.show(settings, audit_log.span_of(from_, until), wanted, click.echo)


@audit.command()
@_spanned
@click.option(
    "--expect", metavar="HEAD", multiple=True, help="A head that was kept elsewhere: what it tells of must be there."
)
@with_settings(*KEPT)
@click.pass_context
def verify(
    context: click.Context, settings: Settings, from_: str | None, until: str | None, expect: tuple[str, ...]
) -> None:
    """Find what was changed, dropped, swapped, added or cut off; the exit code is 1 where anything was."""
    report = audit_log.verified(settings, audit_log.span_of(from_, until), expect)
    for fault in report.faults:
        click.echo(fault, err=True)
    click.echo(f"{report.records} records in {report.chains} chains, {len(report.faults)} faults")
    context.exit(bool(report.faults))


@audit.command()
@with_settings(*KEPT)
def heads(settings: Settings) -> None:
    """Print how far each chain goes, one a line, to be kept elsewhere and given to verify --expect."""
    for head in audit_log.told_heads(settings):
        click.echo(head)
