"""Groups of an account; every operation here is signed with AWS credentials."""

from dataclasses import dataclass
from datetime import datetime

from cognomen_kit.calls import Call
from cognomen_kit.core import Core
from cognomen_kit.operations import operation


@dataclass(frozen=True, slots=True)
class Group:
    """A group: the one with the lowest `precedence` decides the role."""

    group_name: str
    user_pool_id: str | None = None
    description: str | None = None
    role_arn: str | None = None
    precedence: int | None = None
    last_modified_date: datetime | None = None
    creation_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Groups:
    """One page of groups; `next_token` asks for the next."""

    groups: tuple[Group, ...] = ()
    next_token: str | None = None


class GroupOperations(Core):
    """Operations of administrators."""

    @operation
    def admin_add_user_to_group(self, username: str, group_name: str) -> Call[None]:
        """Make an account a member (AdminAddUserToGroup)."""
        yield from self.send("AdminAddUserToGroup", {**self.pooled(username), "GroupName": group_name})

    @operation
    def admin_remove_user_from_group(self, username: str, group_name: str) -> Call[None]:
        """End a membership (AdminRemoveUserFromGroup)."""
        yield from self.send("AdminRemoveUserFromGroup", {**self.pooled(username), "GroupName": group_name})

    @operation
    def admin_list_groups_for_user(
        self, username: str, *, limit: int | None = None, next_token: str | None = None
    ) -> Call[Groups]:
        """The groups of an account (AdminListGroupsForUser)."""
        members = {**self.pooled(username), "Limit": limit, "NextToken": next_token}
        return (yield from self.ask(Groups, "AdminListGroupsForUser", members))
