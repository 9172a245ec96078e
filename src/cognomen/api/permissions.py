"""Whether the signer of a call may make it: their policy, the operation's action and the resource it is about.

Which operations know a resource, and which are about ``*``, follows AWS's Service Authorization Reference.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias

from cognomen import errors
from cognomen.api.call import Head
from cognomen.domain import arns
from cognomen.domain.policies import Verdict
from cognomen.domain.policy_keys import REQUEST_TAG, RESOURCE_TAG
from cognomen.services import Services
from cognomen.wire._base import Operation, WireStruct

ANY = "*"
NO_POLICIES = frozenset({"GetClientToken"})  # AWS evaluates none there: the client's secret decides
REGION = 3  # the part of an ARN that names it
REFUSALS = {Verdict.DENIED: errors.PolicyDenies, Verdict.NOT_ALLOWED: errors.NoPolicyAllows}
TAGS_OF_REQUEST = ("user_pool_tags", "identity_pool_tags", "tags")


async def require_permission(world: Services, operation: Operation, head: Head, request: WireStruct) -> None:
    """Refuse a signed call that its signer's policy does not allow; raises AccessDeniedException."""
    signer = head.principal.signer if head.principal else None
    if signer is None or operation.name in NO_POLICIES:
        return
    resource = await resource_of(world, operation, request)
    wants_tags = any(key.startswith(RESOURCE_TAG) for key in signer.policy.keys)
    asking = Asking(world, head, request, resource, await tags_of(world, resource) if wants_tags else {})
    action = f"{operation.service}:{operation.name}"
    verdict = signer.policy.judge(action, resource, asking.value)
    if verdict is not Verdict.ALLOWED:
        raise REFUSALS[verdict](user=signer.arn, action=action, resource=resource)


# Resources


async def _of_user_pool(world: Services, request: Any) -> str:
    return arns.arn_of_pool_id(world.facts.account_id, request.user_pool_id)


async def _of_identity_pool(world: Services, request: Any) -> str:
    return arns.arn_of_identity_pool_id(world.facts.account_id, request.identity_pool_id)


async def _of_arn(world: Services, request: Any) -> str:
    return arns.normal_form(world.facts.account_id, request.resource_arn)


async def _of_client(world: Services, request: Any) -> str:
    """The pool of a client; a client that is nowhere is in no pool."""
    try:
        client = await world.directory.client(request.client_id)
    except errors.ClientDoesNotExist:
        return ANY
    return arns.arn_of_pool_id(world.facts.account_id, client.pool_id)


Finder: TypeAlias = Callable[[Services, Any], Awaitable[str]]
# The first member that an operation has names its resource.
FINDERS: Mapping[str, Finder] = {
    "user_pool_id": _of_user_pool,
    "identity_pool_id": _of_identity_pool,
    "resource_arn": _of_arn,
    "client_id": _of_client,
}


async def resource_of(world: Services, operation: Operation, request: WireStruct) -> str:
    """The ARN of the pool that a request is about; ``*`` where it is about none."""
    for member, find in FINDERS.items():
        if getattr(request, member, None):
            return await find(world, request)
    return ANY


async def tags_of(world: Services, resource: str) -> Mapping[str, str]:
    """The tags of a user pool; none for what is no user pool, or does not exist."""
    try:
        pool = await world.directory.pool(arns.pool_id_in(resource))
    except (errors.NotAPoolArn, errors.PoolDoesNotExist):
        return {}
    return pool.settings.get("UserPoolTags") or {}


# What a policy may ask


@dataclass(frozen=True, slots=True)
class Asking:
    """A request as policies see it; `tags` are the resource's."""

    world: Services
    head: Head
    request: WireStruct
    resource: str
    tags: Mapping[str, str]

    def value(self, key: str) -> tuple[str, ...] | None:
        """The values of a condition key, worked out when somebody asks."""
        for prefix, tags in (RESOURCE_TAG, self.tags), (REQUEST_TAG, self.given_tags):
            if key.startswith(prefix):
                return _named(tags, key.removeprefix(prefix))
        work_out = VALUES.get(key)
        if work_out is not None:
            return work_out(self)
        principal = self.head.principal
        return principal.signer.context.get(key) if principal and principal.signer else None

    @property
    def given_tags(self) -> Mapping[str, str]:
        """The tags that the request brings."""
        found = (getattr(self.request, member, None) for member in TAGS_OF_REQUEST)
        return next(filter(None, found), {})

    @property
    def region(self) -> str:
        """The resource's region, whatever region the caller signed for; else that of the signature."""
        if self.resource != ANY:
            return self.resource.split(":")[REGION]
        return self.head.principal.region if self.head.principal else self.world.facts.region

    @property
    def time(self) -> datetime:
        """What the server's clock says."""
        return datetime.fromtimestamp(self.world.now_ms() // 1000, UTC)


def _named(tags: Mapping[str, str], name: str) -> tuple[str, ...] | None:
    """Condition keys know no case, so two tags may answer to one name."""
    return tuple(value for key, value in tags.items() if key.lower() == name) or None


def _tag_keys(asking: Asking) -> tuple[str, ...] | None:
    return tuple(getattr(asking.request, "tag_keys", None) or asking.given_tags) or None


def _source_ip(asking: Asking) -> tuple[str, ...] | None:
    return (asking.head.source_ip,) if asking.head.source_ip else None


VALUES: Mapping[str, Callable[[Asking], tuple[str, ...] | None]] = {
    "aws:currenttime": lambda asking: (f"{asking.time:%Y-%m-%dT%H:%M:%SZ}",),
    "aws:epochtime": lambda asking: (str(int(asking.time.timestamp())),),
    "aws:requestedregion": lambda asking: (asking.region,),
    "aws:securetransport": lambda asking: (str(asking.world.facts.public_url.startswith("https://")).lower(),),
    "aws:sourceip": _source_ip,
    "aws:tagkeys": _tag_keys,
}
