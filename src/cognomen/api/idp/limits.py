"""GetProvisionedLimit and UpdateProvisionedLimit: the rates of the categories of operations, for the whole account."""

from collections.abc import Mapping

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.domain.quotas import CATEGORIES, Category
from cognomen.storage import configuration, provisioned_limits
from cognomen.storage.database import Tx
from cognomen.wire.idp import (
    GetProvisionedLimitRequest,
    GetProvisionedLimitResponse,
    LimitDefinitionType,
    LimitType,
    UpdateProvisionedLimitRequest,
    UpdateProvisionedLimitResponse,
)


@operation
async def get_provisioned_limit(call: Call, request: GetProvisionedLimitRequest) -> GetProvisionedLimitResponse:
    """The rate of a category in force, and AWS's default."""
    category = named_category(request.limit_definition.attributes).at(call.world.facts.rates)
    provisioned = await call.world.database.read(provisioned_limits.of_account)
    return GetProvisionedLimitResponse(limit=shown(category, category.in_force({}, provisioned)))


@operation
async def update_provisioned_limit(
    call: Call, request: UpdateProvisionedLimitRequest
) -> UpdateProvisionedLimitResponse:
    """Set the rate of a category: from its default up to this server's maximum; calls are counted by it at once."""
    category = named_category(request.limit_definition.attributes).at(call.world.facts.rates)
    asked, most = request.requested_limit_value, call.world.facts.quotas.requests_per_second
    category.require_possible(asked, most)

    async def work(tx: Tx) -> None:
        await provisioned_limits.put(tx, category.name, asked, call.world.now_ms())
        await configuration.bump(tx)

    await call.world.database.write(work)
    call.world.directory.forget()
    return UpdateProvisionedLimitResponse(limit=shown(category, asked))


def named_category(attributes: Mapping[str, str]) -> Category:
    """The category that the attributes of a limit name; raises NotACategory, CategoryNotFound."""
    if attributes.keys() != {"Category"}:
        raise errors.NotACategory
    category = CATEGORIES.get(attributes["Category"])
    if category is None:
        raise errors.CategoryNotFound(name=attributes["Category"])
    return category


def shown(category: Category, rate: int) -> LimitType:
    """A limit as answers hold it."""
    definition = LimitDefinitionType(limit_class="API_CATEGORY", attributes={"Category": category.name})
    return LimitType(limit_definition=definition, provisioned_limit_value=rate, free_limit_value=category.default)
