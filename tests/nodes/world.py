"""What the nodes serve: a pool, a user who has signed in, and calls to one node that must succeed."""

from typing import Any

from nodes.load import PASSWORD, Crowd
from refusals.service import Service

FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]


def done(service: Service, operation: str, **members: Any) -> dict[str, Any]:
    answer = service.call(operation, members)
    assert answer.status == 200, (operation, answer)
    return answer.document


def prepared(url: str) -> tuple[str, Crowd]:
    """A pool with a user who has signed in; the pool's id, and who will ask what."""
    with Service(url) as service:
        pool_id = done(service, "CreateUserPool", PoolName="nodes")["UserPool"]["Id"]
        asked = {"UserPoolId": pool_id, "ClientName": "app", "ExplicitAuthFlows": FLOWS}
        client_id = done(service, "CreateUserPoolClient", **asked)["UserPoolClient"]["ClientId"]
        done(service, "AdminCreateUser", UserPoolId=pool_id, Username="kim", MessageAction="SUPPRESS")
        done(service, "AdminSetUserPassword", UserPoolId=pool_id, Username="kim", Password=PASSWORD, Permanent=True)
        login = {"USERNAME": "kim", "PASSWORD": PASSWORD}
        tokens = done(service, "InitiateAuth", ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login)
    given = tokens["AuthenticationResult"]
    return pool_id, Crowd(client_id, "kim", given["AccessToken"], given["RefreshToken"])


def users_of(url: str, pool_id: str) -> set[str]:
    """The names of all users, page by page."""
    found: set[str] = set()
    with Service(url) as service:
        asked: dict[str, Any] = {"UserPoolId": pool_id, "Limit": 60}
        while asked:
            page = done(service, "ListUsers", **asked)
            found |= {user["Username"] for user in page["Users"]}
            token = page.get("PaginationToken")
            asked = {**asked, "PaginationToken": token} if token else {}
    return found
