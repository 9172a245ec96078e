"""The nine operations of groups through the AWS SDK, and what groups put into tokens."""

import jwt
import pytest

from conftest import sdk_client
from served import serve

ADMIN, STAFF = "arn:aws:iam::123456789012:role/admin", "arn:aws:iam::123456789012:role/staff"


def make(pool, name, **more):
    return pool.cognito.create_group(UserPoolId=pool.pool_id, GroupName=name, **more)["Group"]


def join(pool, username, *names):
    for name in names:
        pool.cognito.admin_add_user_to_group(UserPoolId=pool.pool_id, Username=username, GroupName=name)


def leave(pool, username, name):
    pool.cognito.admin_remove_user_from_group(UserPoolId=pool.pool_id, Username=username, GroupName=name)


def groups_of(pool, username):
    page = pool.cognito.admin_list_groups_for_user(UserPoolId=pool.pool_id, Username=username)
    return [group["GroupName"] for group in page["Groups"]]


def claims(result):
    """The group claims of an ID token and an access token."""
    tokens = (jwt.decode(result[name], options={"verify_signature": False}) for name in ("IdToken", "AccessToken"))
    names = ("cognito:groups", "cognito:roles", "cognito:preferred_role")
    return tuple({name: token[name] for name in names if name in token} for token in tokens)


def sign_in(pool, username):
    return pool.sign_in(username)["AuthenticationResult"]


# Making, changing, deleting


def test_a_group_is_shown_as_it_was_made(pool):
    """Create and Get answer the same; a member that was not set is left out."""
    full = make(pool, "ädmins", Description="Those who may", RoleArn=ADMIN, Precedence=0)
    assert full.keys() == {
        "GroupName", "UserPoolId", "Description", "RoleArn", "Precedence", "CreationDate", "LastModifiedDate",
    }  # fmt: skip
    assert (full["Description"], full["RoleArn"], full["Precedence"]) == ("Those who may", ADMIN, 0)
    assert pool.cognito.get_group(UserPoolId=pool.pool_id, GroupName="ädmins")["Group"] == full
    assert make(pool, "bare").keys() == {"GroupName", "UserPoolId", "CreationDate", "LastModifiedDate"}


def test_an_update_changes_what_is_given(pool):
    """The rest stays as it was."""
    made = make(pool, "staff", Description="Everybody", RoleArn=STAFF, Precedence=7)
    changed = pool.cognito.update_group(UserPoolId=pool.pool_id, GroupName="staff", Precedence=0)["Group"]
    assert changed == {**made, "Precedence": 0, "LastModifiedDate": changed["LastModifiedDate"]}
    pool.cognito.update_group(UserPoolId=pool.pool_id, GroupName="staff", Description="", RoleArn=ADMIN)
    shown = pool.cognito.get_group(UserPoolId=pool.pool_id, GroupName="staff")["Group"]
    assert (shown["Description"], shown["RoleArn"], shown["Precedence"]) == ("", ADMIN, 0)


def test_an_update_tells_when_it_was():
    """LastModifiedDate moves, CreationDate stays."""
    with serve() as server:
        cognito = sdk_client(server.url)
        asked = {"UserPoolId": cognito.create_user_pool(PoolName="test")["UserPool"]["Id"], "GroupName": "staff"}
        made = cognito.create_group(**asked)["Group"]
        server.advance(60)
        cognito.update_group(Precedence=1, **asked)
        shown = cognito.get_group(**asked)["Group"]
    assert shown["CreationDate"] == made["CreationDate"] == made["LastModifiedDate"]
    assert (shown["LastModifiedDate"] - made["LastModifiedDate"]).total_seconds() >= 60


def test_names_of_groups_are_of_their_pool(make_pool):
    """Two pools have groups of one name, and names that differ in case are two groups."""
    one, other = make_pool(), make_pool()
    for pool in (one, other):
        make(pool, "staff")
    make(one, "Staff")
    other.cognito.delete_group(UserPoolId=other.pool_id, GroupName="staff")
    shown = one.cognito.list_groups(UserPoolId=one.pool_id)["Groups"]
    assert [group["GroupName"] for group in shown] == ["Staff", "staff"]
    assert other.cognito.list_groups(UserPoolId=other.pool_id)["Groups"] == []


def test_pages_hold_every_group_once(pool):
    """ListGroups pages through all groups of its pool, in one order; a limit of 0 is none."""
    names = {make(pool, f"group-{number:02}")["GroupName"] for number in range(7)}
    pages = list(pool.cognito.get_paginator("list_groups").paginate(UserPoolId=pool.pool_id, Limit=3))
    seen = [group["GroupName"] for page in pages for group in page["Groups"]]
    assert [len(page["Groups"]) for page in pages] == [3, 3, 1]
    assert seen == sorted(names)
    assert len(pool.cognito.list_groups(UserPoolId=pool.pool_id, Limit=0)["Groups"]) == 7


def test_a_page_holds_sixty_at_most(pool):
    """Without a limit a page is as long as the wire allows."""
    for number in range(61):
        make(pool, f"group-{number:02}")
    page = pool.cognito.list_groups(UserPoolId=pool.pool_id)
    assert len(page["Groups"]) == 60
    rest = pool.cognito.list_groups(UserPoolId=pool.pool_id, NextToken=page["NextToken"])
    assert [group["GroupName"] for group in rest["Groups"]] == ["group-60"]
    assert "NextToken" not in rest


# Who is in a group


def test_joining_twice_is_joining_once(pool):
    """AdminAddUserToGroup and AdminRemoveUserFromGroup answer nothing, and again does no harm."""
    pool.confirmed("ann")
    make(pool, "staff")
    asked = {"UserPoolId": pool.pool_id, "Username": "ann", "GroupName": "staff"}
    for _ in range(2):
        answer = pool.cognito.admin_add_user_to_group(**asked)
        assert answer.keys() == {"ResponseMetadata"}
        assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
        assert groups_of(pool, "ann") == ["staff"]
    for _ in range(2):
        answer = pool.cognito.admin_remove_user_from_group(**asked)
        assert answer["ResponseMetadata"]["HTTPHeaders"]["content-length"] == "0"
        assert groups_of(pool, "ann") == []


def test_pages_hold_every_user_of_a_group_once(pool):
    """ListUsersInGroup pages through the users of its group, each whole, and shows no other."""
    make(pool, "staff")
    for number in range(5):
        pool.sign_up(f"user{number}", UserAttributes=[{"Name": "email", "Value": f"user{number}@example.com"}])
        if number != 2:
            join(pool, f"user{number}", "staff")
    paginator = pool.cognito.get_paginator("list_users_in_group")
    pages = list(paginator.paginate(UserPoolId=pool.pool_id, GroupName="staff", Limit=3))
    seen = {user["Username"]: user for page in pages for user in page["Users"]}
    assert [len(page["Users"]) for page in pages] == [3, 1]
    assert sorted(seen) == ["user0", "user1", "user3", "user4"]
    one = seen["user0"]
    assert (one["UserStatus"], one["Enabled"]) == ("UNCONFIRMED", True)
    assert {"Name": "email", "Value": "user0@example.com"} in one["Attributes"]
    assert one.keys() == {
        "Username", "Attributes", "UserCreateDate", "UserLastModifiedDate", "Enabled", "UserStatus"
    }  # fmt: skip


def test_pages_hold_every_group_of_a_user_once(pool):
    """AdminListGroupsForUser pages through the groups of its user, and shows no other."""
    pool.confirmed("ann")
    for number in range(5):
        make(pool, f"group-{number}", Precedence=9 - number)
    join(pool, "ann", "group-4", "group-0", "group-3")
    paginator = pool.cognito.get_paginator("admin_list_groups_for_user")
    pages = list(paginator.paginate(UserPoolId=pool.pool_id, Username="ann", Limit=2))
    assert [[group["GroupName"] for group in page["Groups"]] for page in pages] == [["group-0", "group-3"], ["group-4"]]
    assert pages[0]["Groups"][0]["Precedence"] == 9


def test_a_token_of_one_list_is_no_token_of_another(pool):
    """A page of one group, or user, or pool does not go on in another (TRUST API-04)."""
    make(pool, "one")
    make(pool, "two")
    for name in ("ann", "bob"):
        pool.sign_up(name)
        join(pool, name, "one", "two")
    token = pool.cognito.list_users_in_group(UserPoolId=pool.pool_id, GroupName="one", Limit=1)["NextToken"]
    asked = {"UserPoolId": pool.pool_id, "NextToken": token}
    refused = pool.cognito.exceptions.InvalidParameterException
    with pytest.raises(refused):
        pool.cognito.list_users_in_group(GroupName="two", **asked)
    with pytest.raises(refused):
        pool.cognito.list_groups(**asked)
    with pytest.raises(refused):
        pool.cognito.admin_list_groups_for_user(Username="ann", **asked)


def test_an_alias_names_the_user(make_pool):
    """The user is found by an alias as by the name."""
    pool = make_pool(UsernameAttributes=["email"])
    pool.confirmed("ann@example.com")
    make(pool, "staff")
    join(pool, "ann@example.com", "staff")
    user = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="ann@example.com")["Username"]
    assert groups_of(pool, user) == ["staff"]


# What goes, and what stays


def test_a_deleted_user_leaves_the_group(pool):
    """The group no longer shows the user, and a new user of the same name is in no group."""
    pool.confirmed("ann")
    make(pool, "staff")
    join(pool, "ann", "staff")
    pool.cognito.admin_delete_user(UserPoolId=pool.pool_id, Username="ann")
    assert pool.cognito.list_users_in_group(UserPoolId=pool.pool_id, GroupName="staff")["Users"] == []
    pool.confirmed("ann")
    assert groups_of(pool, "ann") == []


def test_nobody_is_in_a_new_group_by_an_old_one(pool):
    """A group that is deleted and made anew begins empty, for lists and for tokens."""
    pool.confirmed("ann")
    make(pool, "admins", RoleArn=ADMIN)
    join(pool, "ann", "admins")
    pool.cognito.delete_group(UserPoolId=pool.pool_id, GroupName="admins")
    assert claims(sign_in(pool, "ann")) == ({}, {})
    make(pool, "admins", RoleArn=ADMIN)
    assert groups_of(pool, "ann") == []
    assert pool.cognito.list_users_in_group(UserPoolId=pool.pool_id, GroupName="admins")["Users"] == []
    assert claims(sign_in(pool, "ann")) == ({}, {})


# Tokens (reference 07)


def test_tokens_without_groups_say_nothing_of_groups(pool):
    """The claims are absent, not empty, though the pool has groups."""
    pool.confirmed("ann")
    make(pool, "staff", RoleArn=STAFF)
    assert claims(sign_in(pool, "ann")) == ({}, {})


def test_tokens_tell_groups_and_roles_by_precedence(pool):
    """Both tokens tell the groups, the ID token the roles, the lowest precedence first and none last."""
    pool.confirmed("ann")
    make(pool, "a", RoleArn=STAFF)
    make(pool, "c", RoleArn=ADMIN, Precedence=1)
    make(pool, "b", Precedence=1)
    join(pool, "ann", "a", "c", "b")
    by_id, by_access = claims(sign_in(pool, "ann"))
    assert by_id == {
        "cognito:groups": ["b", "c", "a"],
        "cognito:roles": [ADMIN, STAFF],
        "cognito:preferred_role": ADMIN,
    }
    assert by_access == {"cognito:groups": ["b", "c", "a"]}


def test_two_roles_of_one_precedence_leave_none_preferred(pool):
    """Where nothing decides between two roles, there is no preferred one; where both are the same, there is."""
    pool.confirmed("ann")
    make(pool, "one", RoleArn=STAFF, Precedence=3)
    make(pool, "two", RoleArn=ADMIN, Precedence=3)
    join(pool, "ann", "one", "two")
    by_id, _ = claims(sign_in(pool, "ann"))
    assert by_id == {"cognito:groups": ["one", "two"], "cognito:roles": [STAFF, ADMIN]}
    pool.cognito.update_group(UserPoolId=pool.pool_id, GroupName="two", RoleArn=STAFF)
    by_id, _ = claims(sign_in(pool, "ann"))
    assert by_id["cognito:preferred_role"] == STAFF
    assert by_id["cognito:roles"] == [STAFF]


def test_a_refresh_tells_the_groups_of_its_moment(pool):
    """API-30: Joining and leaving show in the next tokens of the same session."""
    pool.confirmed("ann")
    make(pool, "staff")
    first = sign_in(pool, "ann")

    def refreshed():
        return claims(
            pool.cognito.initiate_auth(
                ClientId=pool.client_id,
                AuthFlow="REFRESH_TOKEN_AUTH",
                AuthParameters={"REFRESH_TOKEN": first["RefreshToken"]},
            )["AuthenticationResult"]
        )

    join(pool, "ann", "staff")
    assert refreshed() == ({"cognito:groups": ["staff"]}, {"cognito:groups": ["staff"]})
    leave(pool, "ann", "staff")
    assert refreshed() == ({}, {})


# Quotas


@pytest.fixture(scope="module")
def narrow():
    """A server that allows two groups a pool, and one a user."""
    with serve(**{"quotas.groups_per_pool": "2", "quotas.groups_per_user": "1"}) as served:
        yield sdk_client(served.url)


def test_a_pool_has_no_more_groups_than_its_quota(narrow):
    """One too many is LimitExceededException; a name that is taken is told first, and a deletion makes room."""
    pool_id = narrow.create_user_pool(PoolName="narrow")["UserPool"]["Id"]
    for name in ("one", "two"):
        narrow.create_group(UserPoolId=pool_id, GroupName=name)
    with pytest.raises(narrow.exceptions.LimitExceededException, match="cannot have more than 2 groups"):
        narrow.create_group(UserPoolId=pool_id, GroupName="three")
    with pytest.raises(narrow.exceptions.GroupExistsException):
        narrow.create_group(UserPoolId=pool_id, GroupName="two")
    narrow.delete_group(UserPoolId=pool_id, GroupName="one")
    narrow.create_group(UserPoolId=pool_id, GroupName="three")


def test_a_user_is_in_no_more_groups_than_the_quota(narrow):
    """One too many is InvalidParameterException, since the operation has no error for limits; again counts once."""
    pool_id = narrow.create_user_pool(PoolName="narrow")["UserPool"]["Id"]
    client_id = narrow.create_user_pool_client(UserPoolId=pool_id, ClientName="app")["UserPoolClient"]["ClientId"]
    narrow.sign_up(ClientId=client_id, Username="ann", Password="Correct-Horse-9")
    asked = {"UserPoolId": pool_id, "Username": "ann"}
    for name in ("one", "two"):
        narrow.create_group(UserPoolId=pool_id, GroupName=name)
    for _ in range(2):
        narrow.admin_add_user_to_group(GroupName="one", **asked)
    with pytest.raises(narrow.exceptions.InvalidParameterException, match="cannot be in more than 1 groups"):
        narrow.admin_add_user_to_group(GroupName="two", **asked)
    narrow.delete_group(UserPoolId=pool_id, GroupName="one")
    narrow.admin_add_user_to_group(GroupName="two", **asked)
