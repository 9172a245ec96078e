"""The first line of a file of users to import (reference 04, import)."""

from collections.abc import Iterable

NOT_IMPORTED = frozenset({"sub", "identities"})
OF_THE_ACCOUNT = ("cognito:mfa_enabled", "cognito:username")


def csv_header(attributes: Iterable[str]) -> list[str]:
    """The columns of a pool with these attributes, in the order of its schema."""
    return [*(name for name in attributes if name not in NOT_IMPORTED), *OF_THE_ACCOUNT]
