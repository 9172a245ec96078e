"""Resource servers and their scopes through the AWS SDK."""

import pytest

from conftest import sdk_client
from served import serve

SCOPES = [
    {"ScopeName": "read", "ScopeDescription": "Read everything"},
    {"ScopeName": "write", "ScopeDescription": "Write — étage 7"},
]


def test_a_resource_server_is_shown_as_it_was_made(pool):
    """Create and Describe show the same; without scopes the list is empty."""
    asked = {"UserPoolId": pool.pool_id, "Identifier": "https://api.example.com", "Name": "The API", "Scopes": SCOPES}
    made = pool.cognito.create_resource_server(**asked)["ResourceServer"]
    assert made == asked
    key = {"UserPoolId": pool.pool_id, "Identifier": "https://api.example.com"}
    assert pool.cognito.describe_resource_server(**key)["ResourceServer"] == made
    bare = pool.cognito.create_resource_server(UserPoolId=pool.pool_id, Identifier="bare", Name="Bare")
    assert bare["ResourceServer"]["Scopes"] == []


def test_an_update_replaces_name_and_scopes(pool):
    """What is not given is gone; a deleted resource server is nowhere."""
    key = {"UserPoolId": pool.pool_id, "Identifier": "api"}
    pool.cognito.create_resource_server(**key, Name="API", Scopes=SCOPES)
    changed = pool.cognito.update_resource_server(**key, Name="Renamed", Scopes=SCOPES[1:])["ResourceServer"]
    assert changed == {**key, "Name": "Renamed", "Scopes": SCOPES[1:]}
    assert pool.cognito.update_resource_server(**key, Name="Renamed")["ResourceServer"]["Scopes"] == []
    assert pool.cognito.describe_resource_server(**key)["ResourceServer"]["Name"] == "Renamed"
    pool.cognito.delete_resource_server(**key)
    with pytest.raises(pool.cognito.exceptions.ResourceNotFoundException, match="Resource server api does not exist"):
        pool.cognito.describe_resource_server(**key)


def test_pages_hold_every_resource_server_once(make_pool):
    """In the order of identifiers, each once, of this pool alone."""
    pool, other = make_pool(), make_pool()
    names = ["b", "B", "a", "https://x", "1"]
    for name in names:
        pool.cognito.create_resource_server(UserPoolId=pool.pool_id, Identifier=name, Name="API")
    pool.cognito.create_resource_server(UserPoolId=other.pool_id, Identifier="c", Name="API")
    seen, asked = [], {"UserPoolId": pool.pool_id, "MaxResults": 2}
    while True:
        page = pool.cognito.list_resource_servers(**asked)
        seen += [one["Identifier"] for one in page["ResourceServers"]]
        if "NextToken" not in page:
            break
        asked["NextToken"] = page["NextToken"]
    assert seen == sorted(names)


def test_a_pool_has_no_more_resource_servers_than_its_quota():
    """One too many is LimitExceededException, and a taken identifier is told first."""
    with serve(**{"quotas.resource_servers_per_pool": "1"}) as server:
        cognito = sdk_client(server.url)
        asked = {"UserPoolId": cognito.create_user_pool(PoolName="narrow")["UserPool"]["Id"], "Name": "API"}
        cognito.create_resource_server(**asked, Identifier="one")
        with pytest.raises(cognito.exceptions.LimitExceededException, match="more than 1 resource servers"):
            cognito.create_resource_server(**asked, Identifier="two")
        with pytest.raises(cognito.exceptions.InvalidParameterException, match="one already exists in user pool"):
            cognito.create_resource_server(**asked, Identifier="one")
