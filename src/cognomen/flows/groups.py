"""Making groups and putting users into them, within AWS's quotas (reference 04, groups, and 13)."""

from cognomen import errors
from cognomen.domain.groups import Group, check_role
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User
from cognomen.flows.accounts import hold_user
from cognomen.services import Services
from cognomen.storage import groups, user_pools
from cognomen.storage.database import Tx, UniqueViolation
from cognomen.storage.groups import Change


async def create_group(world: Services, pool: UserPool, name: str, to: Change) -> Group:
    """Make a group; raises NotAnIamRole, GroupExistsException, TooManyGroups, PoolDoesNotExist."""
    check_role(to.role_arn)
    now_ms = world.now_ms()
    group = Group(
        pool_id=pool.pool_id,
        group_id=world.ids.uuid(),
        name=name,
        description=to.description,
        role_arn=to.role_arn,
        precedence=to.precedence,
        created_ms=now_ms,
        modified_ms=now_ms,
    )

    async def work(tx: Tx) -> None:
        if await user_pools.held(tx, pool.pool_id) is None:  # held, so that two groups cannot both be the last one
            raise errors.PoolDoesNotExist(pool_id=pool.pool_id)
        await groups.insert(tx, group)
        most = world.facts.quotas.groups_per_pool
        if await groups.count_of_pool(tx, pool.pool_id) > most:
            raise errors.TooManyGroups(most=most)

    try:
        await world.database.write(work)
    except UniqueViolation as clash:
        raise errors.GroupExistsException from clash
    return group


async def change_group(world: Services, pool: UserPool, name: str, to: Change) -> Group:
    """Change what is given of a group; raises NotAnIamRole, GroupNotFound."""
    check_role(to.role_arn)
    changed = await world.database.write(lambda tx: groups.change(tx, pool.pool_id, name, to, world.now_ms()))
    if changed is None:
        raise errors.GroupNotFound
    return changed


async def require_group(world: Services, pool: UserPool, name: str) -> Group:
    """The group of this name; raises GroupNotFound."""
    group = await world.database.read(lambda tx: groups.get(tx, pool.pool_id, name))
    if group is None:
        raise errors.GroupNotFound
    return group


async def delete_group(world: Services, pool: UserPool, name: str) -> None:
    """Delete a group; its users keep it in the tokens they have, and in no new ones. Raises GroupNotFound."""
    if not await world.database.write(lambda tx: groups.delete(tx, pool.pool_id, name, world.now_ms())):
        raise errors.GroupNotFound


async def add_to_group(world: Services, user: User, name: str) -> None:
    """Put a user into a group, once; raises UserNotFoundException, GroupNotFound, TooManyGroupsOfUser."""
    most = world.facts.quotas.groups_per_user

    async def work(tx: Tx) -> None:
        await hold_user(tx, user)
        group = await groups.get(tx, user.pool_id, name)
        if group is None:
            raise errors.GroupNotFound
        added = await groups.add_member(tx, group, user.sub, world.now_ms())
        if added and await groups.count_of_user(tx, user.pool_id, user.sub) > most:
            raise errors.TooManyGroupsOfUser(most=most)

    await world.database.write(work)
