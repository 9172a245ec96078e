"""The steps that every operation shares, so that no operation can forget one."""

from cognomen import errors
from cognomen.api import not_yet
from cognomen.api.audited import KINDS, Kind, run_audited
from cognomen.api.call import Call, Handler, Head
from cognomen.api.callers import identify
from cognomen.api.rates import count
from cognomen.api.table import HANDLERS
from cognomen.api.told import told
from cognomen.api.watched import OFF, run_watched
from cognomen.services import Services
from cognomen.wire._base import Operation, WireStruct


async def dispatch(world: Services, operation: Operation, head: Head, request: WireStruct) -> WireStruct | None:
    """Authenticate, count, refuse what is not built, and run the operation; raises the operation's refusals."""
    if world.audit is None or KINDS[operation.service, operation.name] is Kind.READ:
        return await perform(await identify(world, operation, head, request), operation, request)
    return await run_audited(world, operation, head, request, perform)


async def perform(call: Call, operation: Operation, request: WireStruct) -> WireStruct | None:
    """Run an operation whose caller is known."""
    if call.world.throttle:
        count(call.world.throttle, operation, call, request)
    handler = HANDLERS.get((operation.service, operation.name))
    if handler is None:
        raise errors.UnknownOperationException(not_yet.REASONS[operation.service, operation.name])
    not_yet.refuse_unbuilt_members(operation.name, request)
    if call.known_pool and call.known_pool.triggers:
        call = told(call, operation, request)
    run = run_watched if is_protected(call) else run_plainly
    answer: WireStruct | None = await run(call, operation.name, request, handler)
    return answer


def is_protected(call: Call) -> bool:
    """Whether what users do in the call's pool is noted."""
    pool = call.known_pool
    return pool is not None and (pool.protection != OFF or pool.custom_protection != OFF)


async def run_plainly(call: Call, name: str, request: WireStruct, handler: Handler) -> WireStruct | None:
    """Run the operation, and nothing else."""
    answer: WireStruct | None = await handler(call, request)
    return answer
