"""What is uploaded: both distributions are built, hold what they need, and work in environments that are clean."""

import os
import re
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

import pytest

from cli.running import Server
from cognomen import __version__

ROOT = Path(__file__).parents[2]
DISTRIBUTIONS = {"cognomen": ROOT, "cognomen_kit": ROOT / "kit"}
PYTHONS = {f"Programming Language :: Python :: 3.{minor}" for minor in range(11, 15)}
PATIENCE_S = 300
A_TEST = """
def test_it(user_pool, app_client, login_as):
    assert login_as("ann").access_token
"""
A_SIGN_IN = """
from cognomen_kit import Cognito, SignedIn

with Cognito() as admin:
    pool_id = admin.call("CreateUserPool", {"PoolName": "shop"})["UserPool"]["Id"]
    asked = {"UserPoolId": pool_id, "ClientName": "web", "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}
    client_id = admin.call("CreateUserPoolClient", asked)["UserPoolClient"]["ClientId"]
with Cognito(client_id=client_id, user_pool_id=pool_id) as cognito:
    cognito.sign_up("kim", "Correct-Horse-9")
    cognito.call("AdminConfirmSignUp", {"UserPoolId": pool_id, "Username": "kim"})
    print(type(cognito.sign_in("kim", "Correct-Horse-9")).__name__)
"""


def run(*words: str | Path, folder: Path, code: int = 0, **environment: str) -> str:
    """What a command printed, on both streams; it must end with `code`."""
    ended = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        env={"PATH": os.defpath, "HOME": str(folder), **pip_settings(), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    assert ended.returncode == code, ended.stdout
    return ended.stdout


def pip_settings() -> dict[str, str]:
    """How this machine reaches its package index."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "REQUESTS_"))}
    return {**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}


def pip(folder: Path, *words: str | Path) -> str:
    return run(sys.executable, "-m", "pip", "--quiet", *words, folder=folder)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an sdist and a wheel of each distribution."""
    folder = tmp_path_factory.mktemp("dist")
    for source in DISTRIBUTIONS.values():
        run(sys.executable, "-m", "hatchling", "build", "-d", folder, folder=source)
    return folder


def wheel_of(built: Path, name: str) -> Path:
    return built / f"{name}-{__version__}-py3-none-any.whl"


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_wheel_holds_the_whole_package(built: Path, name: str) -> None:
    """Each file of the source is in it: the schema, the pages, the mark that it is typed. It names its Pythons."""
    package = DISTRIBUTIONS[name] / "src"
    files = (file for file in (package / name).rglob("*") if file.is_file())
    # Beside what is compiled other processes may be writing what they compile at this moment.
    expected = {file.relative_to(package).as_posix() for file in files if "__pycache__" not in file.parts}
    with zipfile.ZipFile(wheel_of(built, name)) as wheel:
        held = {path for path in wheel.namelist() if ".dist-info/" not in path and ".data/" not in path}
        metadata = message_from_bytes(wheel.read(f"{name}-{__version__}.dist-info/METADATA"))
    assert held == expected
    assert f"{name}/py.typed" in held
    assert metadata.get_all("Classifier", [])
    assert set(metadata.get_all("Classifier", [])) >= PYTHONS
    assert metadata["Requires-Python"] == ">=3.11"


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_wheel_can_be_made_of_the_sdist(built: Path, tmp_path: Path, name: str) -> None:
    """Whoever packages for a distribution of Linux begins there, and gets the same files."""
    sdist = built / f"{name}-{__version__}.tar.gz"
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, folder=tmp_path / sdist.name[:-7])
    names = [zipfile.ZipFile(wheel_of(folder, name)).namelist() for folder in (built, tmp_path)]
    assert sorted(names[0]) == sorted(names[1])


def environment(folder: Path, *wanted: str | Path) -> Path:
    """The programs of a new virtual environment with nothing but this and what it depends on."""
    venv.create(folder, symlinks=True)
    pip(folder, "--python", folder, "install", *wanted)
    return folder / "bin"


@contextmanager
def serving(programs: Path, folder: Path) -> Iterator[Server]:
    command = [programs / "cognomen", "serve", "--port", "0", "--data", ":memory:", "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=folder, env={"PATH": os.defpath}, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        yield Server(process, process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def test_both_work_where_nothing_else_is_installed(built: Path, tmp_path: Path) -> None:
    """Neither needs the other: the server serves and brings its fixtures, the kit signs in; both make the demo."""
    wheel, kit_wheel = (wheel_of(built, name) for name in DISTRIBUTIONS)
    server = environment(tmp_path / "server", f"{wheel}[testing]")
    kit = environment(tmp_path / "kit", kit_wheel)
    assert run(server / "cognomen", "version", folder=tmp_path) == f"{__version__}\n"
    assert "pip install cognomen-kit" in run(server / "cognomen", "demo", folder=tmp_path, code=2)
    (tmp_path / "test_it.py").write_text(A_TEST)
    assert "1 passed" in run(server / "pytest", "-p", "no:cacheprovider", "test_it.py", folder=tmp_path)
    variables = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "any") | {"AWS_REGION": "us-east-1"}
    with serving(server, tmp_path) as served:
        assert served.get("/health/ready")[0] == 200
        variables["AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"] = served.url
        assert run(kit / "python", "-c", A_SIGN_IN, folder=tmp_path, **variables) == "SignedIn\n"
    pip(tmp_path, "--python", tmp_path / "server", "install", "--no-deps", kit_wheel)
    assert re.search(r"^3\. Sign in$", run(server / "cognomen", "demo", folder=tmp_path), re.MULTILINE)
