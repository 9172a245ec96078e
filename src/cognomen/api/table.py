"""Operation name -> function, checked against the model when the server starts."""

from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import get_type_hints

from cognomen.api import not_yet
from cognomen.api.call import Handler
from cognomen.api.idp import (
    app_clients,
    branding,
    devices,
    domains,
    groups,
    identity_providers,
    import_jobs,
    limits,
    logs,
    machine_tokens,
    mfa,
    passkeys,
    passwords,
    profile,
    resource_servers,
    risk,
    sessions,
    sign_in,
    sign_up,
    tags,
    terms,
    token_exchange,
    tokens,
    user_pools,
    users,
)
from cognomen.wire import identity, idp
from cognomen.wire._base import Operation

MODULES: Mapping[str, tuple[ModuleType, ...]] = {
    "cognito-idp": (
        app_clients,
        branding,
        devices,
        domains,
        groups,
        identity_providers,
        import_jobs,
        limits,
        logs,
        machine_tokens,
        mfa,
        passkeys,
        passwords,
        profile,
        resource_servers,
        risk,
        sessions,
        sign_in,
        sign_up,
        tags,
        terms,
        token_exchange,
        tokens,
        user_pools,
        users,
    ),
    "cognito-identity": (),
}
MODEL: Mapping[tuple[str, str], Operation] = {
    (operation.service, operation.name): operation
    for operation in (*idp.OPERATIONS.values(), *identity.OPERATIONS.values())
}


class TableIncomplete(Exception):  # noqa: N818
    """The model, the handlers and the list of unbuilt operations disagree; the server does not start."""


def wire_name_of(function_name: str) -> str:
    """``admin_get_user`` -> ``admingetuser``: names are compared without case, since AWS writes MFA, URLs and so on."""
    return function_name.replace("_", "")


def marked_functions(module: ModuleType) -> Iterator[tuple[str, Handler]]:
    """The operations that a module defines."""
    for name, function in vars(module).items():
        if getattr(function, "is_operation", False) and function.__module__ == module.__name__:
            yield name, function


def collect() -> dict[tuple[str, str], Handler]:
    """Build the table; raises TableIncomplete, naming what is wrong."""
    by_plain_name = {(service, name.lower()): (service, name) for service, name in MODEL}
    table: dict[tuple[str, str], Handler] = {}
    for service, modules in MODULES.items():
        for module in modules:
            for name, function in marked_functions(module):
                key = by_plain_name.get((service, wire_name_of(name)))
                _check_row(key, function, table)
                assert key is not None
                table[key] = function
    check_complete(table)
    return table


def _check_row(key: tuple[str, str] | None, function: Handler, table: Mapping[tuple[str, str], Handler]) -> None:
    if key is None or key in table:
        msg = f"{function.__module__}.{function.__name__} is no operation of the model, or a second one"
        raise TableIncomplete(msg)
    if get_type_hints(function)["request"] is not MODEL[key].input:
        msg = f"{function.__name__} takes another request type than {key[1]} has"
        raise TableIncomplete(msg)


def check_complete(table: Mapping[tuple[str, str], Handler]) -> None:
    """Every modelled operation is built or listed with a reason, never both; raises TableIncomplete."""
    listed = set(not_yet.REASONS)
    wrong = (set(MODEL) - set(table) - listed) | (set(table) & listed) | (listed - set(MODEL))
    if wrong:
        msg = f"not exactly one of built or listed in not_yet: {sorted(wrong)}"
        raise TableIncomplete(msg)


HANDLERS = collect()
