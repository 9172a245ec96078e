"""The network between the server and whoever carries its messages or runs its triggers: no call waits for it."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import PASSWORD, sdk_client
from delivery.mail_server import Mailbox, mail_server
from delivery.receiver import Receiver, receiving
from faults.packet_loss import NEEDED, packet_loss
from faults.postgres_cluster import until
from faults.proxy import Proxy
from served import Served, serve

AT_ONCE_SECONDS = 2.0
ANSWERED_SECONDS = 5.0
SLACK_SECONDS = 1.0  # for a machine that does other things as well
ARN = "arn:aws:lambda:us-east-1:123456789012:function:far"
MAIL, PHONE = "{}@domain.example", "+1206555{:04}"


@dataclass(frozen=True)
class Outside:
    """A server, and proxies on its ways to a mail server, a webhook for text messages and a function."""

    server: Served
    mail: Proxy
    sms: Proxy
    function: Proxy
    box: Mailbox
    receiver: Receiver

    def pool(self, verified: str, **more: Any) -> Callable[..., float]:
        """A pool; signs users of it up, and answers the seconds that it took."""
        cognito = sdk_client(self.server.url)
        pool_id = cognito.create_user_pool(PoolName="outside", AutoVerifiedAttributes=[verified], **more)["UserPool"][
            "Id"
        ]
        client_id = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="a")["UserPoolClient"]["ClientId"]

        def sign_up(name: str, value: str) -> float:
            began = time.monotonic()
            attributes = [{"Name": verified, "Value": value}]
            cognito.sign_up(ClientId=client_id, Username=name, Password=PASSWORD, UserAttributes=attributes)
            return time.monotonic() - began

        return sign_up

    def mailed(self) -> list[str]:
        """The addresses of the mails that arrived."""
        return sorted(str(mail["To"]) for mail in self.box.mails)


@contextmanager
def in_thread(started: AbstractContextManager[Any]) -> Iterator[Any]:
    """Run something asynchronous in a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    def run(work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(timeout=30)

    try:
        yield run(started.__aenter__())
        run(started.__aexit__(None, None, None))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


@asynccontextmanager
async def peers(box: Mailbox) -> AsyncIterator[tuple[int, Receiver]]:
    async with mail_server(box) as port, receiving() as receiver:
        yield port, receiver


@pytest.fixture
def outside(tmp_path: Path) -> Iterator[Outside]:
    secret = tmp_path / "sms.secret"
    secret.write_text("whsec_" + "QUFB" * 8 + "\n")
    secret.chmod(0o600)
    box = Mailbox()
    with (
        in_thread(peers(box)) as (port, receiver),
        Proxy(("127.0.0.1", port)) as mail,
        Proxy(("127.0.0.1", receiver.port)) as sms,
        Proxy(("127.0.0.1", receiver.port)) as function,
        serve(
            triggers={ARN: f"lambda:http://127.0.0.1:{function.port}"},
            **{
                "smtp.host": "127.0.0.1",
                "smtp.port": str(mail.port),
                "smtp.sender": "no-reply@domain.example",
                "smtp.security": "none",
                "smtp.timeout_s": "1.5",
                "sms.webhook_url": f"http://127.0.0.1:{sms.port}/sms",
                "sms.webhook_secret_file": str(secret),
                "sms.timeout_s": "1.5",
                "trigger_calls.aws_access_key_id": "AKID",
                "trigger_calls.aws_secret_access_key": "secret",
            },
        ) as server,
    ):
        yield Outside(server, mail, sms, function, box, receiver)


BIGGER = [pytest.mark.faults, pytest.mark.nightly]


def is_slow(proxy: Proxy) -> None:
    proxy.delays(0.5)


@pytest.mark.parametrize(
    ("fault", "mails"), [(Proxy.cuts, 8), (Proxy.hangs, 8), pytest.param(is_slow, 4, marks=BIGGER)]
)
def test_a_mail_server_that_is_away(outside: Outside, fault: Callable[[Proxy], None], mails: int) -> None:
    """STO-06 (app and mail): sign-ups answer at once, text messages go out, and each mail arrives later, once."""
    by_mail, by_phone = outside.pool("email"), outside.pool("phone_number")
    fault(outside.mail)
    took = [by_mail(f"u{number}", MAIL.format(f"u{number}")) for number in range(mails)]
    took.append(by_phone("p", PHONE.format(1)))
    until(lambda: len(outside.receiver.calls) == 1)
    outside.mail.passes()
    outside.server.advance(60)
    until(lambda: len(outside.box.mails) >= mails)
    outside.server.advance(600)
    until(lambda: nothing_waits(outside.server))
    assert max(took) <= AT_ONCE_SECONDS
    assert outside.mailed() == [MAIL.format(f"u{number}") for number in range(mails)]
    assert len(outside.receiver.calls) == 1


@NEEDED
@pytest.mark.faults
@pytest.mark.nightly
def test_a_way_to_the_mail_server_that_loses_packets(outside: Outside) -> None:
    """STO-06 (app and mail): with 30 % of packets lost, sign-ups answer at once, and each mail arrives."""
    sign_up = outside.pool("email")
    with packet_loss(outside.mail.port, percent=30):
        took = [sign_up(f"u{number}", MAIL.format(f"u{number}")) for number in range(8)]
        until(lambda: len(outside.box.mails) >= 1)
    until(lambda: outside.server.advance(60) or nothing_waits(outside.server))
    assert max(took) <= AT_ONCE_SECONDS
    assert set(outside.mailed()) == {MAIL.format(f"u{number}") for number in range(8)}


def test_a_webhook_that_is_away(outside: Outside) -> None:
    """STO-06, for text messages: sign-ups answer at once, mails go out, and each text message arrives later, once."""
    by_mail, by_phone = outside.pool("email"), outside.pool("phone_number")
    outside.sms.hangs()
    took = [by_phone(f"p{number}", PHONE.format(number)) for number in range(8)]
    took.append(by_mail("u", MAIL.format("u")))
    until(lambda: len(outside.box.mails) == 1)
    outside.sms.passes()
    outside.server.advance(60)
    until(lambda: len({headers["webhook-id"] for headers, _ in outside.receiver.calls}) == 8)
    outside.server.advance(600)
    until(lambda: nothing_waits(outside.server))
    assert max(took) <= AT_ONCE_SECONDS
    assert outside.mailed() == [MAIL.format("u")]


@pytest.mark.parametrize("answer", ["451 4.3.0 later", "550 5.1.1 nobody"])
def test_a_mail_server_that_refuses(outside: Outside, answer: str) -> None:
    """STO-06: a refusal delays the mail of that address alone; the sign-up has long been answered."""
    sign_up = outside.pool("email")
    refused = MAIL.format("refused")
    outside.box.refusals[refused] = answer
    assert max(sign_up("refused", refused), sign_up("u", MAIL.format("u"))) <= AT_ONCE_SECONDS
    until(lambda: outside.mailed() == [MAIL.format("u")])
    outside.box.refusals.clear()
    until(lambda: waits_for_later(outside.server))
    outside.server.advance(60)
    until(lambda: nothing_waits(outside.server))
    assert outside.mailed() == sorted([refused, MAIL.format("u")])


def test_a_function_that_hangs(outside: Outside) -> None:
    """STO-06, for triggers: the call ends in 5 s with the fault of the function, and no other call waits for it."""
    plain = outside.pool("email")
    triggered = outside.pool("email", LambdaConfig={"PreSignUp": ARN})
    outside.function.hangs()
    ended: list[tuple[float, str]] = []

    def hang() -> None:
        began = time.monotonic()
        try:
            triggered("t", MAIL.format("t"))
        except ClientError as fault:
            ended.append((time.monotonic() - began, fault.response["Error"]["Code"]))

    hanging = threading.Thread(target=hang)
    hanging.start()
    assert max(plain(f"u{number}", MAIL.format(f"u{number}")) for number in range(5)) <= AT_ONCE_SECONDS
    assert not ended
    hanging.join(timeout=30)
    [(took, fault)] = ended
    assert took <= ANSWERED_SECONDS + SLACK_SECONDS
    assert fault in {"UnexpectedLambdaException", "UserLambdaValidationException"}


def nothing_waits(server: Served) -> bool:
    return waiting(server, "1 = 1") == 0


def waits_for_later(server: Served) -> bool:
    """Whether the only message that waits was tried and is not under way."""
    soon_ms = server.application.clock.now_ms() + 40_000  # a lease is longer
    return waiting(server, f"tries > 0 and next_try_ms < {soon_ms}") == 1


def waiting(server: Served, where: str) -> int:
    database = server.application.world.database
    row = server.run(database.read(lambda tx: tx.one(f"select count(*) from outbox where {where}")))
    return int(row[0])
