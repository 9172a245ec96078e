"""Groups of a pool, and what they put into tokens (reference 04, groups, and 07)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cognomen import errors

# A role of IAM, in any partition of AWS; the limits of the model know only that it is some ARN.
ROLE_ARN = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+", re.ASCII)
NO_PRECEDENCE = 2**31  # behind every number that the wire takes


@dataclass(frozen=True, slots=True)
class Group:
    """A group. A lower precedence goes first, and none goes last; `group_id` tells it from an older one of its name."""

    pool_id: str
    group_id: str
    name: str
    description: str | None
    role_arn: str | None
    precedence: int | None
    created_ms: int
    modified_ms: int

    @property
    def rank(self) -> int:
        """The precedence, as a number that sorts."""
        return NO_PRECEDENCE if self.precedence is None else self.precedence


@dataclass(frozen=True, slots=True)
class GroupClaims:
    """What tokens say of a user's groups. All are in order of precedence, then of names."""

    groups: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    preferred_role: str | None = None


NO_GROUPS = GroupClaims()


def check_role(role_arn: str | None) -> None:
    """Refuse what is not the ARN of a role; raises InvalidParameterException."""
    if role_arn is not None and not ROLE_ARN.fullmatch(role_arn):
        raise errors.NotAnIamRole(role_arn=role_arn)


def claims_of(groups: Iterable[Group]) -> GroupClaims:
    """What tokens say of these groups."""
    ordered = sorted(groups, key=lambda group: (group.rank, group.name))
    roles = dict.fromkeys(group.role_arn for group in ordered if group.role_arn)  # each once, in order
    return GroupClaims(tuple(group.name for group in ordered), tuple(roles), _preferred_role(ordered))


def _preferred_role(ordered: Iterable[Group]) -> str | None:
    """The role that goes before all others; none where groups of one precedence have different roles."""
    with_roles = [group for group in ordered if group.role_arn]
    first = {group.role_arn for group in with_roles if group.rank == with_roles[0].rank}
    return first.pop() if len(first) == 1 else None
