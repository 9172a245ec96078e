"""What the generated wire files are made of: structures, operations and the table of limits."""

from enum import Enum
from typing import Annotated, ClassVar, NamedTuple

import msgspec

Integer = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**31 - 1)]
Long = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]


class WireStruct(msgspec.Struct, rename="pascal", omit_defaults=True, kw_only=True, frozen=True, gc=False):
    """A request or an answer, or a part of one, exactly as it crosses the wire."""

    sensitive: ClassVar[frozenset[str]] = frozenset()

    def __repr__(self) -> str:
        shown = (f"{name}={self._shown(name)}" for name in self.__struct_fields__)
        return f"{type(self).__name__}({', '.join(shown)})"

    def _shown(self, name: str) -> str:
        value = getattr(self, name)
        return "***" if name in self.sensitive and value is not None else repr(value)


class TimedStruct(WireStruct, frozen=True, kw_only=True):
    """A structure with times: seconds since 1970, kept to the millisecond as AWS writes them."""

    timestamps: ClassVar[tuple[str, ...]] = ()

    def __post_init__(self) -> None:
        for name in self.timestamps:
            seconds = getattr(self, name)
            if seconds is not None:
                msgspec.structs.force_setattr(self, name, round(float(seconds), 3))


class Access(Enum):
    """How the caller of an operation is known."""

    IAM = "IAM"  # the call is signed with SigV4
    CLIENT = "CLIENT"  # an app client id, and its SECRET_HASH where it has a secret
    # The user's own access token is a member.
    ACCESS_TOKEN = "ACCESS_TOKEN"  # noqa: S105
    # An access token, or the session of a challenge.
    TOKEN_OR_SESSION = "TOKEN_OR_SESSION"  # noqa: S105
    IAM_OR_CLIENT = "IAM_OR_CLIENT"  # signed or not; unsigned calls name an app client
    # The token that a security notice carried.
    FEEDBACK_TOKEN = "FEEDBACK_TOKEN"  # noqa: S105
    LOGINS = "LOGINS"  # tokens of identity providers, or nothing at all


class Operation(msgspec.Struct, frozen=True):
    """One operation of a service, as modelled."""

    service: str  # "cognito-idp" or "cognito-identity"
    name: str
    input: type[WireStruct]
    output: type[WireStruct] | None  # None: the answer has no body
    access: Access
    errors: tuple[str, ...]


# The limits of values, by shape. None and the empty tuple stand for "no such limit".


class Text(NamedTuple):
    """A string: its length in characters, its pattern (in Java's dialect), the values it may have."""

    low: int | None = None
    high: int | None = None
    pattern: str | None = None
    values: tuple[str, ...] = ()


class Number(NamedTuple):
    """A whole number between two others."""

    low: int | None = None
    high: int | None = None


class Blob(NamedTuple):
    """Bytes and how many."""

    low: int | None = None
    high: int | None = None


class Items(NamedTuple):
    """A list, how many elements it has, and of which shape."""

    element: str
    low: int | None = None
    high: int | None = None


class Pairs(NamedTuple):
    """A map, how many pairs it has, and of which shapes."""

    key: str
    value: str
    low: int | None = None
    high: int | None = None


class Member(NamedTuple):
    """A member of a structure that has limits; `path` is how a refusal names it."""

    attribute: str
    path: str
    shape: str
    required: bool
    sensitive: bool  # as modelled: its value is not repeated in a refusal


class Structure(NamedTuple):
    """The members that have limits, in the order of the model."""

    members: tuple[Member, ...]


Limit = Text | Number | Blob | Items | Pairs | Structure
