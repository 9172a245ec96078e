"""The steps that every operation shares, so that no operation can forget one."""

from cognomen import errors
from cognomen.api import not_yet
from cognomen.api.call import Head
from cognomen.api.callers import identify
from cognomen.api.table import HANDLERS
from cognomen.services import Services
from cognomen.wire._base import Operation, WireStruct


async def dispatch(world: Services, operation: Operation, head: Head, request: WireStruct) -> WireStruct | None:
    """Authenticate, refuse what is not built, and run the operation; raises the operation's refusals."""
    call = await identify(world, operation, head, request)
    handler = HANDLERS.get((operation.service, operation.name))
    if handler is None:
        raise errors.UnknownOperationException(not_yet.REASONS[operation.service, operation.name])
    not_yet.refuse_unbuilt_members(operation.name, request)
    answer: WireStruct | None = await handler(call, request)
    return answer
