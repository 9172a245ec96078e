"""What the package promises as a package: light to import, alone in the world, fully typed."""

import inspect
import json
import subprocess
import sys
from importlib.resources import files
from typing import Any

import cognomen_kit

PROBE = """
import json, sys, time
began = time.process_time()
import cognomen_kit
spent = time.process_time() - began
for _ in range(1_000_000): pass
counted = time.process_time() - began - spent
print(json.dumps({"spent": spent, "counted": counted, "modules": sorted(sys.modules)}))
"""
STARTS = 3
TYPED = """
from typing import assert_never, assert_type
from collections.abc import Coroutine
from typing import Any
from cognomen_kit import (
    AsyncCognito, AsyncChallenge, Cognito, SyncChallenge, SignedIn, SignedUp, Totp, NewPassword, SmsCode, EmailCode,
    SelectMfa, MfaSetup, TotpSetup, Passkey, SelectChallenge, Custom, UnknownChallenge, AsyncTokenVerifier,
    TokenVerifier, AccessClaims, IdClaims,
)

async def asynchronous(client: AsyncCognito, verifier: AsyncTokenVerifier) -> None:
    assert_type(await client.sign_up("karla", "password", {"email": "k@d.example"}), SignedUp)
    step = await client.sign_in("karla", "password", flow="USER_PASSWORD_AUTH")
    assert_type(step, SignedIn | AsyncChallenge)
    assert_type(await verifier.verify_access("token", scopes={"a"}), AccessClaims)
    assert_type(await verifier.verify_id("token"), IdClaims)
    match step:
        case SignedIn():
            assert_type(step, SignedIn)
        case Totp() | SmsCode() | EmailCode():
            assert_type(await step.answer("123456"), SignedIn | AsyncChallenge)
        case NewPassword():
            await step.answer("password", {"name": "Karla"})
        case SelectMfa() | MfaSetup() | TotpSetup() | Custom() | SelectChallenge():
            await step.answer("choice")
        case Passkey() | UnknownChallenge():
            await step.answer({})
        case _:
            assert_never(step)

def synchronous(client: Cognito, verifier: TokenVerifier) -> None:
    assert_type(client.sign_up("karla", "password"), SignedUp)
    step = client.sign_in("karla")
    assert_type(step, SignedIn | SyncChallenge)
    if isinstance(step, Totp):
        assert_type(step.answer("123456"), SignedIn | SyncChallenge)
    assert_type(client.resume("sealed", b"key"), SyncChallenge)
    assert_type(verifier.verify_access("token"), AccessClaims)

async def mistakes(client: AsyncCognito) -> None:
    await client.sign_up(42)  # type: ignore[arg-type]
    await client.sign_in("karla", flow="NO_SUCH_FLOW")  # type: ignore[arg-type]
    client.get_user("token").username  # type: ignore[attr-defined]
"""


def imported() -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, check=True, timeout=60)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_importing_is_light() -> None:
    """The import takes at most 250 ms of CPU; on a slow machine no longer than counting to eight million."""
    starts = [imported() for _ in range(STARTS)]
    assert min(one["spent"] - max(0.25, 8 * one["counted"]) for one in starts) <= 0, starts


def test_importing_brings_no_sdk_and_no_server() -> None:
    """Neither AWS's SDK nor the server is loaded, nor anything that only an extra needs."""
    unwanted = {"boto3", "botocore", "cognomen", "jmespath", "urllib3", "requests", "multiprocessing"}
    unwanted |= {"cognomen_kit.web", "django", "fastapi", "flask", "jinja2", "pydantic", "starlette", "werkzeug"}
    assert unwanted.isdisjoint(imported()["modules"])


def test_the_account_life_brings_no_framework() -> None:
    """What adapters stand on needs no framework and no engine for templates."""
    probe = "import cognomen_kit.web, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True, timeout=60)
    assert {"django", "fastapi", "flask", "jinja2", "starlette"}.isdisjoint(done.stdout.split())


def test_everything_public_is_there() -> None:
    """Each name of `__all__` exists, and the package is marked as typed."""
    assert all(hasattr(cognomen_kit, name) for name in cognomen_kit.__all__)
    assert (files("cognomen_kit") / "py.typed").is_file()


def test_methods_explain_themselves() -> None:
    """help() shows the signature and the sentence of an operation, on both clients."""
    for kind in (cognomen_kit.AsyncCognito, cognomen_kit.Cognito):
        client = kind(client_id="c", endpoint="http://127.0.0.1:1")
        assert next(iter(inspect.signature(client.change_password).parameters)) == "access_token"
        assert "ChangePassword" in (inspect.getdoc(client.change_password) or "")
    assert inspect.iscoroutinefunction(cognomen_kit.AsyncCognito(endpoint="http://127.0.0.1:1").get_user)


def test_types_tell_the_clients_apart(tmp_path: object) -> None:
    """A type checker knows what is awaited, knows every challenge, and finds wrong calls."""
    source = tmp_path / "typed.py"  # type: ignore[operator]
    source.write_text(TYPED)
    command = [sys.executable, "-m", "mypy", "--strict", "--warn-unused-ignores", "--cache-dir", str(tmp_path), source]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout
