"""A secret never prints itself: not in a log, not in an answer that refuses, not in the text of a value (rule 8).

That requests and answers mask their members is shown for all of them in tests/wire/test_structures.py; that neither the
store nor the log of a whole life holds a planted secret, in tests/keys/test_planted_secrets.py.
"""

import dataclasses
import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

import cognomen
from refusals import worlds
from refusals.forgeries import with_changed_signature
from refusals.reach import INGREDIENTS
from refusals.service import PREFIX, Answer, Service
from refusals.worlds import World
from served import serve

PLANT = "xyzzyPLANTED"  # begins no word and no id of this program


# Logs and refusals


@dataclass
class Planted:
    """Everything that a call carried and that nobody may read afterwards, and the answers that refused something."""

    secrets: dict[str, str] = field(default_factory=dict)
    refusals: list[Answer] = field(default_factory=list)

    def keep(self, answer: Answer) -> Answer:
        """Keep an answer that is a refusal."""
        if answer.status != 200:
            self.refusals.append(answer)
        return answer


SECRET_OF_CLIENT = f"{PLANT}ClientSecret0123456789"
PASSWORD = f"{PLANT}-Password-9"
SIGN_UP = {"Password": PASSWORD}


@pytest.fixture(scope="module", params=["json", "plain"])
def log_format(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _a_day(service: Service, planted: Planted) -> None:
    """What users do in a day: sign up, confirm, sign in, refresh, read their profile."""
    parts = [INGREDIENTS[name] for name in ("pool", "mailing_pool")]
    secretive = dataclasses.replace(
        parts[0], client={**parts[0].client, "ClientSecret": SECRET_OF_CLIENT}, sign_up=SIGN_UP, own_pool=True
    )
    world = worlds.prepare(worlds.Pools(service), worlds.DevLane.of(service), [secretive, *parts[1:]])
    world.facts["password"] = PASSWORD
    for step in ("sign_up", "read_code", "confirm_by_code", "sign_in"):
        worlds.STEPS[step].run(world, worlds.Pools(service))
    refresh = {"REFRESH_TOKEN": "${refresh_token}", "SECRET_HASH": "${secret_hash}"}
    world.call("InitiateAuth", ClientId="${client_id}", AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=refresh)
    world.call("GetUser", AccessToken="${access_token}")
    planted.secrets |= {
        "password": PASSWORD,
        "client secret": SECRET_OF_CLIENT,
        "secret hash": str(world.value("secret_hash")),
        **{name: str(world.facts[name]) for name in ("access_token", "id_token", "refresh_token")},
    }
    planted.secrets["signature of the access token"] = planted.secrets["access_token"].rpartition(".")[2]
    planted.secrets["code"] = f"{world.facts['code']}"
    _slips(service, planted, world)


def _slips(service: Service, planted: Planted, world: World) -> None:
    """The same secrets in requests that are refused: by limits, by decoding, by rules, by the front end."""
    base = {
        "ClientId": world.facts["client_id"],
        "Username": world.facts["username"],
        "SecretHash": planted.secrets["secret hash"],
        "Password": PASSWORD,
    }
    for operation, request in (*_slips_at_sign_up(base), *_other_slips(base, planted.secrets)):
        answer = planted.keep(service.call(operation, request))
        assert answer.status == 400, (operation, answer)
    broken = json.dumps(base).encode()
    for body in (broken[:-9], broken + broken, broken.replace(b"{", b'{"Password": "' + PASSWORD.encode() + b'",')):
        planted.keep(service.send(f"{PREFIX}.SignUp", body, "no"))
    planted.keep(service.send(f"{PREFIX}.{PASSWORD}", broken, "no"))


def _slips_at_sign_up(base: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    proof = base["SecretHash"]
    for change in (
        {},
        {"Username": "a b"},
        {"Password": f"{PASSWORD} {PASSWORD}"},
        {"Password": PASSWORD * 20},
        {"Password": {PASSWORD: PASSWORD}},
        {"Password": [PASSWORD]},
        {"SecretHash": f"{proof} "},
        {"SecretHash": proof * 9},
        {"UserAttributes": [{"Name": "nothing", "Value": PASSWORD}]},
        {"UserAttributes": [{"Name": "email", "Value": PASSWORD}]},
        {"UserAttributes": [{"Name": "email", "Value": PASSWORD * 300}]},
    ):
        yield "SignUp", {**base, **change}


def _other_slips(base: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    token, proof = known["access_token"], known["secret hash"]
    login = {"USERNAME": base["Username"], "PASSWORD": PASSWORD, "SECRET_HASH": proof}
    sign_in = {"ClientId": base["ClientId"], "AuthFlow": "USER_PASSWORD_AUTH"}
    client = {"UserPoolId": "us-east-1_Unknown00", "ClientName": "a"}
    yield "ConfirmSignUp", {**base, "ConfirmationCode": known["code"]}
    yield "ConfirmSignUp", {**base, "ConfirmationCode": 7, "Session": PASSWORD}
    yield "InitiateAuth", {**sign_in, "AuthParameters": {**login, "X": 1}}
    yield "InitiateAuth", {**sign_in, "AuthParameters": login, "AuthFlow": "MAYBE"}
    refresh = {"REFRESH_TOKEN": known["refresh_token"] + "A", "SECRET_HASH": proof}
    yield "InitiateAuth", {**sign_in, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": refresh}
    for bad in (f"{token} ", with_changed_signature(token), known["id_token"], [token]):
        yield "GetUser", {"AccessToken": bad}
    for change in ({"ClientName": "a/b"}, {"ClientSecret": SECRET_OF_CLIENT * 2}, {}):
        yield "CreateUserPoolClient", {**client, "ClientSecret": SECRET_OF_CLIENT, **change}


@pytest.fixture(scope="module")
def day(log_format: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Planted, str]:
    """A day on a server that logs everything it can, faults of its own included; and all that it logged."""
    log = tmp_path_factory.mktemp("log") / "log.txt"
    planted = Planted()
    with log.open("w") as stream, pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stderr", stream)
        with serve(log_level="debug", log_format=log_format) as server, Service(server.url) as service:
            _a_day(service, planted)
            _faults(service, planted, server.application.world, patch)
    return planted, log.read_text()


def _faults(service: Service, planted: Planted, world: Any, patch: pytest.MonkeyPatch) -> None:
    """The store fails in the middle of calls that carry secrets: the stack goes to the log."""

    def fail(*_: Any) -> None:
        raise RuntimeError("the store is gone")

    patch.setattr(world.database, "read", fail)
    world.directory.forget()
    known = planted.secrets
    for operation, request in (
        ("SignUp", {"ClientId": "a", "Username": "a", "Password": PASSWORD, "SecretHash": known["secret hash"]}),
        ("ConfirmSignUp", {"ClientId": "a", "Username": "a", "ConfirmationCode": f"{PLANT}Code"}),
        ("GetUser", {"AccessToken": known["access_token"]}),
        (
            "InitiateAuth",
            {"ClientId": "a", "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": PLANT}},
        ),
    ):
        answer = planted.keep(service.call(operation, request))
        assert (answer.status, answer.error) == (500, "InternalErrorException")


def test_no_secret_is_in_the_log(day: tuple[Planted, str]) -> None:
    """TOK-16: At the finest level, with every kind of refusal and with stack traces: not one planted secret is
    logged.
    """
    planted, log = day
    assert log.count("request") > 20
    assert "the store is gone" in log
    assert "Traceback" in log
    for what, secret in planted.secrets.items():
        assert _occurs(secret, log) is False, what
    assert PLANT not in log


def test_no_secret_is_in_a_refusal(day: tuple[Planted, str]) -> None:
    """A refusal repeats no secret, neither in its body nor in its headers, whatever was wrong with it."""
    planted, _ = day
    assert len(planted.refusals) > 25
    for answer in planted.refusals:
        told = answer.body.decode() + json.dumps(dict(answer.headers))
        for what, secret in planted.secrets.items():
            assert _occurs(secret, told) is False, (what, told)
        assert PLANT not in told, told


def _occurs(secret: str, text: str) -> bool:
    """Whether a secret stands in a text; a code is six digits, which must not be part of a longer number or word."""
    return re.search(rf"(?<![\w.-]){re.escape(secret)}(?![\w-])", text) is not None


# The text of values


SECRET = re.compile(r"password|secret|digits|token|hash|verifier|salt|sealed|digest|\bcode\b|body|html|pkcs8|plain")
TEXT = re.compile(r"\b(str|bytes|bytearray|Any|Mapping|dict)\b")  # numbers tell little, and our own types are looked at
TELLING_NOTHING: Mapping[str, str] = {
    "Asked.token": "a paging token, sealed",
    "ClientSecret.secret_id": "the name of a secret",
    "SealedSecret.secret_id": "the name of a secret",
    "Wanted.digest_key": "the id of a key",
    "Services.pool_keys": "objects that print their address",
    "Dev.fixed_code": "a code that everybody knows, in the dev profile alone",
    "Facts.fixed_code": "a code that everybody knows, in the dev profile alone",
}


def _dataclasses() -> Iterator[type]:
    for found in pkgutil.walk_packages(cognomen.__path__, "cognomen."):
        if not found.name.endswith("__main__"):
            module = importlib.import_module(found.name)
            own = (one for one in vars(module).values() if isinstance(one, type) and one.__module__ == found.name)
            yield from filter(dataclasses.is_dataclass, own)


def _printing(kind: Any) -> Iterator[str]:
    """The fields of a dataclass whose names sound secret and that its repr shows."""
    masks_itself = "__repr__" in {name for one in kind.__mro__[1:-1] for name in vars(one)}
    for one in dataclasses.fields(kind):
        is_text = TEXT.search(str(one.type))
        if SECRET.search(one.name.replace("_", " ")) and one.repr and is_text and not masks_itself:
            yield f"{kind.__name__}.{one.name}"


@pytest.mark.parametrize("kind", sorted(_dataclasses(), key=lambda one: (one.__module__, one.__name__)), ids=str)
def test_no_value_prints_its_secret(kind: type) -> None:
    """A field whose name sounds secret is left out of the text of its value, or listed here with what it is."""
    assert set(_printing(kind)) <= set(TELLING_NOTHING)


def test_a_secret_that_slips_into_a_repr_would_be_found() -> None:
    """The search above finds a field that prints a secret."""

    @dataclass(frozen=True)
    class Careless:
        password: str
        count: int
        masked_token: str = field(repr=False, default="")

    shown: Callable[[Any], Iterator[str]] = _printing
    assert list(shown(Careless)) == ["Careless.password"]
