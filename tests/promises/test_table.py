"""The server does not start when the model, the functions and the list of unbuilt operations disagree."""

import subprocess
import sys
from types import ModuleType
from typing import Any

import pytest

from cognomen.api import not_yet, table
from cognomen.api.call import Call, operation
from cognomen.api.idp import profile, users
from cognomen.api.table import MODEL, TableIncomplete
from cognomen.wire.idp import GetUserRequest, SignUpRequest

GET_USER = ("cognito-idp", "GetUser")


def _module(**functions: Any) -> ModuleType:
    """A module with these functions marked as operations."""
    module = ModuleType("made_up")
    for name, function in functions.items():
        function.__module__, function.__name__ = module.__name__, name
        setattr(module, name, operation(function))
    return module


def _collect_with(monkeypatch: pytest.MonkeyPatch, *modules: ModuleType, without: ModuleType | None = None) -> None:
    """Collect, with these modules added and one left out."""
    known = [one for one in table.MODULES["cognito-idp"] if one is not without]
    monkeypatch.setattr(table, "MODULES", {**table.MODULES, "cognito-idp": (*known, *modules)})
    table.collect()


async def _takes_get_user(call: Call, request: GetUserRequest) -> None:
    """A function with the right request for GetUser."""


async def _takes_sign_up(call: Call, request: SignUpRequest) -> None:
    """A function with the wrong request for GetUser."""


def test_as_it_stands_it_is_complete() -> None:
    """Every modelled operation is built or listed with a reason, never both, and nothing else is."""
    built = set(table.collect())
    assert built | set(not_yet.REASONS) == set(MODEL)
    assert built.isdisjoint(not_yet.REASONS)
    assert all(reason.strip().endswith(".") for reason in not_yet.REASONS.values())


def test_a_function_that_is_no_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A marked function whose name is no operation of the model stops the start."""
    with pytest.raises(TableIncomplete, match="make_coffee is no operation"):
        _collect_with(monkeypatch, _module(make_coffee=_takes_sign_up))


def test_a_second_function_of_an_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two functions for one operation stop the start."""
    with pytest.raises(TableIncomplete, match="get_user is no operation of the model, or a second one"):
        _collect_with(monkeypatch, _module(get_user=_takes_get_user))


def test_a_function_that_takes_another_request(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function whose annotation is not the model's request stops the start."""
    with pytest.raises(TableIncomplete, match="get_user takes another request"):
        _collect_with(monkeypatch, _module(get_user=_takes_sign_up), without=profile)


def test_an_operation_that_is_built_and_listed_as_unbuilt(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of not_yet that was forgotten when the operation was built stops the start."""
    monkeypatch.setattr(not_yet, "REASONS", {**not_yet.REASONS, GET_USER: "Forgotten."})
    with pytest.raises(TableIncomplete, match="GetUser"):
        table.collect()


def test_an_operation_that_is_neither(monkeypatch: pytest.MonkeyPatch) -> None:
    """An operation without a function and without a reason stops the start."""
    with pytest.raises(TableIncomplete, match="GetUser"):
        _collect_with(monkeypatch, without=profile)


def test_a_reason_for_an_operation_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row of not_yet that names no operation of the model stops the start."""
    monkeypatch.setattr(not_yet, "REASONS", {**not_yet.REASONS, ("cognito-idp", "MakeCoffee"): "No water."})
    with pytest.raises(TableIncomplete, match="MakeCoffee"):
        table.collect()


def test_what_a_module_only_imports_is_not_its_operation(monkeypatch: pytest.MonkeyPatch) -> None:
    """A function counts for the module that defines it."""
    borrowing = ModuleType("borrowing")
    borrowing.admin_get_user = users.admin_get_user  # type: ignore[attr-defined]
    _collect_with(monkeypatch, borrowing)


def test_the_server_itself_refuses_to_start() -> None:
    """The check runs when the program does: a server with a gap in its table ends before it listens."""
    program = """
from cognomen.api import not_yet
not_yet.REASONS = {**not_yet.REASONS, ("cognito-idp", "GetUser"): "Forgotten."}
from cognomen.cli import main
main(["serve", "--port", "0", "--data", ":memory:"])
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert (
        "TableIncomplete: not exactly one of built or listed in not_yet: [('cognito-idp', 'GetUser')]" in ended.stderr
    )
    assert "http://" not in ended.stdout
