"""What makes a profile refuse to start, and that each refusal says what to do."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cognomen.settings import Settings
from cognomen.settings.rules import broken_rules
from cognomen.settings.sections import Dev, Passwords, Sms, Smtp, Tls

GOOD_SMTP = Smtp(host="mail.example.com", sender="a@example.com")
ACCESS_KEYS = {"AKIDEXAMPLE": "0123456789abcdef"}

GOOD_TLS = Tls(Path(__file__), Path("/dev/null"))


@pytest.fixture
def production(tmp_path: Path) -> Settings:
    """Settings with which production starts."""
    key = tmp_path / "master.key"
    key.touch(mode=0o600)
    return Settings(
        profile="production",
        host="0.0.0.0",
        public_url="https://id.example",
        data=str(tmp_path),
        master_key_file=key,
        access_keys=ACCESS_KEYS,
    )


def test_production_starts_where_everything_is_safe(production: Settings) -> None:
    """The settings that the other cases break are themselves without a problem."""
    assert broken_rules(production) == []
    assert broken_rules(replace(production, smtp=GOOD_SMTP, database="postgresql://h/d", workers=8)) == []


UNSAFE: list[tuple[Mapping[str, Any], str]] = [
    ({"master_key_file": None}, "production needs a master key and master_key_file is not set: make one with"),
    ({"master_key_file": Path("/nowhere/key")}, "master_key_file /nowhere/key is no file: make one with"),
    ({"dev": Dev(fixed_code="123456")}, "dev.fixed_code would let anybody confirm any account: remove it"),
    ({"passwords": Passwords(memory_kib=64, time_cost=1)}, "passwords.memory_kib = 64 with time_cost = 1 is cheaper"),
    ({"passwords": Passwords(memory_kib=4096, time_cost=50)}, "passwords.memory_kib = 4096 with time_cost = 50 is"),
    ({"public_url": None}, "tokens would travel unencrypted: set public_url, now http://127.0.0.1:9229, to the https"),
    ({"public_url": "http://id.example"}, "tokens would travel unencrypted: set public_url, now http://id.example,"),
    (
        {"smtp": replace(GOOD_SMTP, security="none")},
        "smtp.security = none sends codes unencrypted to mail.example.com: set smtp.security to tls or starttls",
    ),
    ({"sms": Sms("https://sms.example/x")}, "sms.webhook_url and sms.webhook_secret_file go together: set both"),
    ({"sms": Sms(webhook_secret_file=Path("/x"))}, "sms.webhook_url and sms.webhook_secret_file go together: set both"),
    (
        {"sms": Sms("https://sms.example/x", Path("/nowhere"))},
        "sms.webhook_secret_file /nowhere holds no secret: make one with `(umask 077; echo whsec_$(head -c 32",
    ),
    ({"sms": Sms("https://x", Path(__file__))}, f"sms.webhook_secret_file {__file__} holds no secret: make one with"),
    (
        {"sms": Sms("http://sms.example/x", Path("/nowhere"))},
        "sms.webhook_url would send codes unencrypted: begin it with https://",
    ),
    ({"sms": Sms("https://x", Path("/x"), ca_file=Path("/nowhere"))}, "sms.ca_file /nowhere is no file: name a PEM"),
    ({"data": ":memory:", "workers": 2}, "data = :memory: belongs to one process and workers is 2: set workers to 1"),
    ({"smtp": Smtp(host="mail.example.com")}, "smtp.host is set and nobody is named as the sender: set smtp.sender"),
    ({"smtp": replace(GOOD_SMTP, username="me")}, "smtp.username and smtp.password go together: set both or neither"),
    ({"smtp": replace(GOOD_SMTP, ca_file=Path("/nowhere"))}, "smtp.ca_file /nowhere is no file: name a PEM file"),
    ({"tls": Tls(certificate_file=Path("/nowhere"))}, "tls.certificate_file and tls.key_file go together: set both"),
    ({"tls": Tls(key_file=Path("/nowhere"))}, "tls.key_file /nowhere is no file: name a PEM file"),
    ({"tls": Tls(certificate_file=Path("/nowhere"))}, "tls.certificate_file /nowhere is no file: name a PEM file"),
    (
        {"tls": GOOD_TLS, "public_url": "http://127.0.0.1"},
        "the port speaks TLS and public_url is http://127.0.0.1: begin it with https://",
    ),
    ({"passwords": Passwords(parallelism=64, memory_kib=500)}, "Argon2id needs 8 KiB a lane: set passwords.memory_kib"),
]


@pytest.mark.parametrize(("change", "problem"), UNSAFE)
def test_production_refuses_what_is_unsafe(production: Settings, change: Mapping[str, Any], problem: str) -> None:
    """OPS-06: Each unsafe setting is one line that says what to do."""
    found = broken_rules(replace(production, **change))
    assert any(line.startswith(problem) for line in found), found


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a_master_key_that_others_can_touch_is_refused(production: Settings, mode: int) -> None:
    """OPS-06: In both profiles the key's file belongs to its owner alone."""
    assert production.master_key_file
    production.master_key_file.chmod(mode)
    problem = f"the master key file {production.master_key_file} is open to other users of the machine: `chmod 600"
    for settings in (production, Settings(data=production.data)):
        assert [line.startswith(problem) for line in broken_rules(settings)] == [True]


@pytest.mark.parametrize("url", ["https://sms.example/x?token=y", "http://127.0.0.1:8080/sms", "http://[::1]/sms"])
def test_production_sends_text_messages(production: Settings, tmp_path: Path, url: str) -> None:
    """By https, or unencrypted within the machine; the file of the secret belongs to its owner alone."""
    secret = tmp_path / "sms.secret"
    secret.write_text("whsec_" + "A" * 44)
    secret.chmod(0o600)
    settings = replace(production, sms=Sms(url, secret))
    assert broken_rules(settings) == []
    secret.chmod(0o640)
    assert [line[:14] for line in broken_rules(settings)] == ["the secrets in"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "no-such-name.invalid"])
def test_dev_stays_on_loopback(host: str) -> None:
    """dev refuses every other address, except where it is told that something else keeps strangers out."""
    [problem] = broken_rules(Settings(host=host, data=":memory:"))
    assert problem.startswith(f"dev listens on loopback only and host is {host}: set host to 127.0.0.1, or give")
    assert broken_rules(Settings(host=host, data=":memory:", unsafe_allow_remote=True)) == []


@pytest.mark.parametrize("change", [{"public_url": "http://127.0.0.1:9229"}, {"host": "127.0.0.1", "public_url": None}])
def test_production_may_speak_http_on_its_own_machine(production: Settings, change: Mapping[str, Any]) -> None:
    """On loopback nothing is sent over a wire."""
    assert broken_rules(replace(production, **change)) == []


def test_production_may_end_tls_itself(production: Settings, tmp_path: Path) -> None:
    """Then it needs no proxy and no public URL, and its key belongs to its owner alone."""
    private = tmp_path / "tls.key"
    private.touch(mode=0o600)
    settings = replace(production, public_url=None, tls=Tls(GOOD_TLS.certificate_file, private))
    assert broken_rules(settings) == []
    assert settings.url == "https://127.0.0.1:9229"
    private.chmod(0o644)
    assert [line[:15] for line in broken_rules(settings)] == ["the private key"]


def test_dev_needs_none_of_productions_safety() -> None:
    """A fixed code, cheap hashes and no access key are what dev is for."""
    settings = Settings(data=":memory:", dev=Dev(fixed_code="123456"), passwords=Passwords(memory_kib=64, time_cost=1))
    assert broken_rules(settings) == []
