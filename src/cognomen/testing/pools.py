"""Pools, app clients and users, made as AWS's own operations make them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cognomen.testing.server import Cognomen, Refused

PASSWORD = "Correct-Horse-9"  # noqa: S105 - of users in tests
FLOWS = (
    "ALLOW_USER_SRP_AUTH",
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
)


@dataclass(frozen=True, slots=True)
class User:
    """A confirmed user. `username` is the canonical name, which need not be the one that the user was asked for by."""

    username: str
    sub: str
    attributes: Mapping[str, str]


@dataclass(frozen=True)
class AppClient:
    """An app client; `client_secret` is None where it has none."""

    pool_id: str
    client_id: str
    client_secret: str | None = field(repr=False)

    @property
    def environment(self) -> Mapping[str, str]:
        """The names by which cognomen-kit, and others, are told of an app client."""
        secret = {"AWS_COGNITO_APP_CLIENT_SECRET": self.client_secret} if self.client_secret else {}
        return {"AWS_COGNITO_USER_POOL_ID": self.pool_id, "AWS_COGNITO_CLIENT_ID": self.client_id, **secret}


@dataclass(frozen=True)
class UserPool:
    """A user pool."""

    cognomen: Cognomen
    pool_id: str

    @classmethod
    def made(cls, cognomen: Cognomen, **members: Any) -> "UserPool":
        """A new pool by CreateUserPool; unless said otherwise it verifies e-mail addresses."""
        asked = {"PoolName": "testing", "AutoVerifiedAttributes": ["email"], **members}
        return cls(cognomen, cognomen.call("CreateUserPool", **asked)["UserPool"]["Id"])

    @property
    def issuer(self) -> str:
        """What tokens of the pool have as ``iss``."""
        found = self.cognomen.get(f"/{self.pool_id}/.well-known/openid-configuration")
        return str(found["issuer"])

    @property
    def jwks_url(self) -> str:
        """Where the keys are that tokens of the pool are verified with."""
        return f"{self.cognomen.url}/{self.pool_id}/.well-known/jwks.json"

    def call(self, operation: str, /, **members: Any) -> dict[str, Any]:
        """An operation on this pool, whose UserPoolId is filled in; raises Refused."""
        return self.cognomen.call(operation, UserPoolId=self.pool_id, **members)

    def app_client(self, **members: Any) -> AppClient:
        """A new app client by CreateUserPoolClient; unless said otherwise without a secret, with the usual flows."""
        asked = {"ClientName": "testing", "ExplicitAuthFlows": list(FLOWS), **members}
        made = self.call("CreateUserPoolClient", **asked)["UserPoolClient"]
        return AppClient(self.pool_id, made["ClientId"], made.get("ClientSecret"))

    def user(
        self,
        username: str,
        *,
        password: str = PASSWORD,
        attributes: Mapping[str, str] | None = None,
        groups: Iterable[str] = (),
    ) -> User:
        """A confirmed user with this password: made, or, where there is one of this name, changed.

        A name with an @ becomes the verified e-mail address, unless `attributes` have another. Groups that are not
        there are made.
        """
        found = self._existing(username)
        if found is None:
            found = self._make(username, password, attributes or {})
        elif attributes:
            self.call("AdminUpdateUserAttributes", Username=username, UserAttributes=_pairs(attributes))
            found = self._existing(username) or found
        self.join(username, groups)
        return found

    def join(self, username: str, groups: Iterable[str]) -> None:
        """Have a user be in these groups, too."""
        for group in groups:
            try:
                self.call("CreateGroup", GroupName=group)
            except Refused as refused:
                if refused.name != "GroupExistsException":
                    raise
            self.call("AdminAddUserToGroup", Username=username, GroupName=group)

    def _existing(self, username: str) -> User | None:
        try:
            found = self.call("AdminGetUser", Username=username)
        except Refused as refused:
            if refused.name != "UserNotFoundException":
                raise
            return None
        attributes = {each["Name"]: each["Value"] for each in found["UserAttributes"]}
        return User(found["Username"], attributes["sub"], attributes)

    def _make(self, username: str, password: str, attributes: Mapping[str, str]) -> User:
        implied = {"email": username, "email_verified": "true"} if "@" in username else {}
        pairs = _pairs({**implied, **attributes})
        self.call("AdminCreateUser", Username=username, UserAttributes=pairs, MessageAction="SUPPRESS")
        self.call("AdminSetUserPassword", Username=username, Password=password, Permanent=True)
        made = self._existing(username)
        assert made
        return made


def _pairs(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]
