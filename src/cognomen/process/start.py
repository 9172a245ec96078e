"""From settings to a running server: look before leaping, bind, then serve in one process or in several."""

import ssl
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from socket import socket

from cognomen.admin.seed_file import SeedRefused
from cognomen.domain.quotas import CATEGORIES
from cognomen.process import access_keys
from cognomen.process.data_directory import make_data_directory
from cognomen.process.listening import bind
from cognomen.process.metrics_port import exposed, shared_by_processes
from cognomen.process.ready import ready_line
from cognomen.process.refused import StartRefused
from cognomen.process.single import Doors, serve
from cognomen.process.workers import Supervisor
from cognomen.settings import Settings
from cognomen.settings.code_keys import read_code_keys
from cognomen.settings.files import open_to_others
from cognomen.settings.loopback import is_loopback
from cognomen.settings.rules import broken_rules
from cognomen.settings.sections import Metrics, Tls
from cognomen.signing.master_key_file import read_master_key_file
from cognomen.signing.sealing import MasterKeyUnusable
from cognomen.wiring import seed_of, trigger_targets


def run(settings: Settings) -> None:
    """Serve until a signal comes; raises StartRefused."""
    if problems := problems_of(settings):
        raise StartRefused("\n".join(problems))
    make_data_directory(settings)
    with bind(settings.host, settings.port) as listener:
        _warn(settings)
        chosen = settings.at(listener.getsockname()[1])

        def announce() -> None:
            print(ready_line(chosen, listener), flush=True)

        with _metrics_door(settings.metrics) as door:
            if chosen.workers == 1:
                serve(chosen, Doors(listener, door), announce)
            else:
                _serve_in_workers(chosen, Doors(listener, door), announce)


def _metrics_door(asked: Metrics) -> AbstractContextManager[socket | None]:
    return nullcontext() if asked.port is None else bind(asked.host, asked.port)


def _serve_in_workers(settings: Settings, doors: Doors, announce: Callable[[], None]) -> None:
    with ExitStack() as around:
        if doors.metrics:
            around.enter_context(exposed(doors.metrics, around.enter_context(shared_by_processes())))
        Supervisor(settings, doors.clients, announce).run()


def problems_of(settings: Settings) -> list[str]:
    """Everything that keeps a server with these settings from starting, as far as it shows before the start."""
    broken_files = [*_master_key_problems(settings), *_certificate_problems(settings.tls), *_seed_problems(settings)]
    targets, keys = trigger_targets(settings, lambda: 0)[1], read_code_keys(settings.kms_keys)[1]
    calls = [*_rate_problems(settings), *targets, *keys]
    return [*broken_rules(settings), *calls, *broken_files, *access_keys.problems_of(settings)]


def _rate_problems(settings: Settings) -> list[str]:
    return [
        f"rates.{name} is no category of operations: take one of {', '.join(CATEGORIES)}"
        for name in settings.rates
        if name not in CATEGORIES
    ]


def _seed_problems(settings: Settings) -> list[str]:
    if settings.seed is None or not settings.seed.is_file():
        return []
    try:
        seed = seed_of(settings)
    except SeedRefused as refused:
        return str(refused).splitlines()
    if seed.has_secrets and not settings.is_dev and open_to_others(settings.seed):
        problem = (
            f"the seed {settings.seed} holds secrets and is open to other users of the machine:"
            f" `chmod 600 {settings.seed}`"
        )
        return [problem]
    return []


def _master_key_problems(settings: Settings) -> list[str]:
    file = settings.master_key_path
    if file is None or not file.exists():
        return []
    try:
        read_master_key_file(file)
    except MasterKeyUnusable as fault:
        return [str(fault)]
    return []


def _certificate_problems(tls: Tls) -> list[str]:
    if tls.certificate_file is None or tls.key_file is None:
        return []
    if not (tls.certificate_file.is_file() and tls.key_file.is_file()):
        return []  # the settings' own rules name what is missing
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(tls.certificate_file, tls.key_file, password="")
    except (OSError, ValueError) as fault:
        problem = (
            f"tls.certificate_file {tls.certificate_file} and tls.key_file {tls.key_file} cannot be used"
            f" ({fault}): name a certificate and its own key, both PEM, the key without a passphrase"
        )
        return [problem]
    return []


def _warn(settings: Settings) -> None:
    if settings.is_dev and not is_loopback(settings.host):
        print(
            f"warning: the dev profile listens on {settings.host}, where other machines may reach it:"
            " it takes any credentials and shows every code",
            file=sys.stderr,
            flush=True,
        )
