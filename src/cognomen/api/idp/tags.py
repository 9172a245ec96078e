"""TagResource, UntagResource, ListTagsForResource: the tags of a pool, by its ARN."""

from cognomen.api.call import Call, operation
from cognomen.flows.pools import change_tags, pool_of_arn
from cognomen.wire.idp import (
    ListTagsForResourceRequest,
    ListTagsForResourceResponse,
    TagResourceRequest,
    TagResourceResponse,
    UntagResourceRequest,
    UntagResourceResponse,
)


@operation
async def tag_resource(call: Call, request: TagResourceRequest) -> TagResourceResponse:
    """Set tags of a pool; the others stay."""
    pool = await pool_of_arn(call.world, request.resource_arn)
    await change_tags(call.world, pool, lambda tags: {**tags, **request.tags})
    return TagResourceResponse()


@operation
async def untag_resource(call: Call, request: UntagResourceRequest) -> UntagResourceResponse:
    """Take tags from a pool; keys that it does not have change nothing."""
    pool = await pool_of_arn(call.world, request.resource_arn)
    await change_tags(call.world, pool, lambda tags: {k: v for k, v in tags.items() if k not in request.tag_keys})
    return UntagResourceResponse()


@operation
async def list_tags_for_resource(call: Call, request: ListTagsForResourceRequest) -> ListTagsForResourceResponse:
    """All tags of a pool."""
    pool = await pool_of_arn(call.world, request.resource_arn)
    return ListTagsForResourceResponse(tags=dict(pool.settings.get("UserPoolTags") or {}))
