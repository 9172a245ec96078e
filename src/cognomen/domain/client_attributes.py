"""Which attributes the users of an app client may read and write (reference 03, client defaults)."""

from collections.abc import Iterable, Mapping

from cognomen import errors
from cognomen.domain.app_client import AppClient
from cognomen.domain.attributes import NEVER_WRITTEN_BY_USERS, STANDARD
from cognomen.domain.pool import UserPool

FOR_DEVELOPERS = "dev:"
NOT_FOR_USERS = (FOR_DEVELOPERS, "cognito:")


def readable_attributes(pool: UserPool, client: AppClient, attributes: Mapping[str, str]) -> dict[str, str]:
    """What of these attributes users and tokens of this client show; those for developers never."""
    listed = _in_force(pool, client.readable)
    return {
        name: value
        for name, value in attributes.items()
        if (listed is None or name in listed) and not name.startswith(FOR_DEVELOPERS)
    }


def check_writable(pool: UserPool, client: AppClient, names: Iterable[str]) -> None:
    """Refuse the whole request where a user's client may not write one of the names; raises UnauthorizedAttribute."""
    listed = _in_force(pool, client.writable)
    for name in names:
        unlisted = listed is not None and name not in listed
        if unlisted or name in NEVER_WRITTEN_BY_USERS or name.startswith(NOT_FOR_USERS):
            raise errors.UnauthorizedAttribute


def _in_force(pool: UserPool, listed: frozenset[str] | None) -> frozenset[str] | None:
    """The names that a client lists; where it lists none, all (None), or in a strict pool the standard ones.

    A strict pool does what AWS's guide says of clients that list nothing, which is not what the service does.
    """
    return STANDARD if listed is None and pool.strict else listed
