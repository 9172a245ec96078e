"""A server that verifies signatures, with keys of every kind in its store, and the requests that they sign."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.credentials import Credentials

from cognomen.domain.access_keys import EVERYTHING, AccessKey, sealing_purpose
from cognomen.ids import Ids
from cognomen.signing.session_tokens import Session, issue
from cognomen.storage import access_keys
from promises.caller import Caller, Signature
from promises.made_up import modelled, request_for
from promises.store import everything
from promises.verifying import ACCESS_KEY, verifying
from refusals import worlds
from refusals.reach import INGREDIENTS
from refusals.service import Answer, Service
from served import Served

Operation = tuple[str, str]
ACCOUNT = "000000000000"
UUID = "00000000-0000-4000-8000-000000000000"
IDENTITY_POOL, OTHER_IDENTITY_POOL = f"us-east-1:{UUID}", f"eu-west-1:{UUID}"
NO_POOL = "us-east-1_Unknown00"
SERVICES = ["cognito-idp:*", "cognito-identity:*"]
SECRET = "secret-of-a-stored-key-0123456789"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/session"


def policy(*statements: Mapping[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any = SERVICES, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": resource, **more}


def pool_arn(pool_id: str) -> str:
    return f"arn:aws:cognito-idp:us-east-1:{ACCOUNT}:userpool/{pool_id}"


def identity_pool_arn(identity_pool_id: str = IDENTITY_POOL) -> str:
    return f"arn:aws:cognito-identity:us-east-1:{ACCOUNT}:identitypool/{identity_pool_id}"


# What AWS's Service Authorization Reference lists without a resource type, and what has no entry there.
ABOUT_NOTHING = {
    ("cognito-idp", "CreateUserPool"),
    ("cognito-idp", "ListUserPools"),
    ("cognito-idp", "DescribeUserPoolDomain"),
    ("cognito-idp", "GetProvisionedLimit"),
    ("cognito-idp", "UpdateProvisionedLimit"),
    ("cognito-identity", "CreateIdentityPool"),
    ("cognito-identity", "DeleteIdentities"),
    ("cognito-identity", "DescribeIdentity"),
    ("cognito-identity", "ListIdentityPools"),
}


@dataclass(frozen=True)
class Guarded:
    """The server, what is in it, and the keys that were put there by `keep`."""

    server: Served
    caller: Caller
    facts: Mapping[str, Any]
    kept: dict[str, Signature] = field(default_factory=dict)

    def keep(self, name: str, document: str = EVERYTHING, *, enabled: bool = True) -> Signature:
        """A key in the store, as the command line puts it there; its user is called `name`."""
        world = self.server.application.world
        key_id = Ids().access_key_id()
        sealed = world.sealer.seal(SECRET.encode(), sealing_purpose(key_id))
        key = AccessKey(key_id, name, "", enabled, sealed, document, world.now_ms())
        self.server.run(world.database.write(lambda tx: access_keys.insert(tx, key)))
        self.kept[name] = Signature(key_id, SECRET)
        return self.kept[name]

    def session(self, document: str, lives_ms: int = 3_600_000, **context: tuple[str, ...]) -> Signature:
        """Temporary credentials of a role."""
        world = self.server.application.world
        now_ms = world.now_ms()
        who = Session(ROLE, "AROAEXAMPLE:session", document, context)
        made = issue(world.sealer, Ids(), who, now_ms - 7_200_000, now_ms + lives_ms)
        return Signature(made.access_key_id, made.secret, token=made.token)

    def resource(self, operation: Operation, pool_id: str | None = None) -> str:
        """The ARN that the request of an operation is about."""
        if operation in ABOUT_NOTHING:
            return "*"
        of_user_pools = operation[0] == "cognito-idp"
        return pool_arn(pool_id or self.facts["pool_id"]) if of_user_pools else identity_pool_arn()

    def request(self, operation: Operation, pool_id: str | None = None, **more: Any) -> dict[str, Any]:
        """A request that would do something, were the caller who they should be."""
        known = {
            "UserPoolId": pool_id or self.facts["pool_id"],
            "ClientId": self.facts["client_id"],
            "Username": self.facts["username"],
            "IdentityPoolId": IDENTITY_POOL,
            "ResourceArn": self.resource(operation, pool_id),
            **more,
        }
        return request_for(*operation, known)

    def call(self, operation: Operation, signature: Signature | None, **more: Any) -> Answer:
        return self.caller.call(operation, self.request(operation, **more), signature)

    def refuses(self, operation: Operation, signature: Signature | None, **more: Any) -> Answer:
        """The refusal of a call, which changed nothing in the store."""
        before = everything(self.server)
        answer = self.call(operation, signature, **more)
        assert answer.status == 400, (operation, answer)
        assert everything(self.server) == before, operation
        return answer


@contextmanager
def guarded(folder: Path, **flags: Any) -> Iterator[Guarded]:
    """A server with a user in a pool that strangers could spoil, and another pool."""
    needs = ("pool", "signed_in_user", "second_pool")
    with (
        verifying(folder, **flags) as server,
        Caller(server.url) as caller,
        Service(server.url, Credentials(*ACCESS_KEY)) as service,
    ):
        world = worlds.prepare(worlds.Pools(service), None, [INGREDIENTS[name] for name in needs])
        yield Guarded(server, caller, world.facts)


def members_of(operation: Operation) -> set[str]:
    """The members of an operation's request, by AWS's model."""
    shape = modelled(operation).input_shape
    return set(shape.members) if shape else set()
