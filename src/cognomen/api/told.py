"""What the triggers of a pool are told of a call."""

from collections.abc import Mapping
from dataclasses import replace

from cognomen.api.call import Call
from cognomen.domain.trigger_events import NO_CLIENT, Caller, sdk_of
from cognomen.wire._base import Operation, WireStruct


def told(call: Call, operation: Operation, request: WireStruct) -> Call:
    """The same call, whose world knows who makes it and what came with it for triggers."""
    caller = Caller(
        operation=operation.name,
        client_id=call.known_client.client_id if call.known_client else NO_CLIENT,
        sdk=sdk_of(call.head.user_agent),
        metadata=getattr(request, "client_metadata", None),
        validation_data=_validation_data(request),
    )
    return replace(call, world=replace(call.world, caller=caller))


def _validation_data(request: WireStruct) -> Mapping[str, str] | None:
    pairs = getattr(request, "validation_data", None)
    return None if pairs is None else {pair.name: pair.value or "" for pair in pairs}
