"""Doing what a plan says, resource by resource, each remembered as soon as it is made.

What breaks off goes on where it ended when the template is applied again: nothing is made twice, nothing is undone.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from cognomen import errors
from cognomen.admin.stacks.functions import Made, Scope, in_order, parameter_values
from cognomen.admin.stacks.kinds import KINDS, Change
from cognomen.admin.stacks.plan import (
    Action,
    Kept,
    Step,
    action_for,
    leftovers,
    plan,
    refuse_unsupported,
    resolved,
    supported,
)
from cognomen.admin.stacks.template import Resource, Template

GONE = (errors.ResourceNotFoundException, errors.UserNotFoundException)
Invoke = Callable[[str, Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Calls an operation by its name, with members by their wire names; raises the operation's refusals."""


class Stacks(Protocol):
    """Where it is remembered what stacks have."""

    async def of(self, stack: str) -> Mapping[str, Kept]:
        """The resources of a stack by their logical ids."""

    async def keep(self, stack: str, kept: Kept) -> None:
        """Remember a resource, in place of what was remembered under its logical id."""

    async def forget(self, stack: str, logical_id: str) -> None:
        """Remember nothing of a resource any more."""


class Refused(Exception):  # noqa: N818
    """An operation refused a resource; what stands before it in the plan is done."""


@dataclass(frozen=True)
class Applied:
    """A template under way: what it asks for, in which stack, and by which operations."""

    invoke: Invoke
    stacks: Stacks
    stack: str
    scope: Scope
    skipped: Sequence[Step]

    async def steps(self) -> list[Step]:
        """What has to be done; raises TemplateRefused."""
        kept = await self.stacks.of(self.stack)
        there = await self._there(kept)
        return [*self.skipped, *plan(replace(self.scope, made=there), kept, self.stack)]

    async def run(self) -> dict[str, Any]:
        """Do it, and tell the outputs; raises Refused, TemplateRefused."""
        kept = await self.stacks.of(self.stack)
        made = await self._there(kept)
        others = leftovers(self.scope, kept)
        for one in (one for one in others if one.logical_id in self.scope.template.resources):
            await self._delete(one)  # its name is another kind of thing from now on
        for resource in in_order(self.scope.template):
            scope = replace(self.scope, made=made)
            there = kept.get(resource.logical_id) if resource.logical_id in made else None
            try:
                made[resource.logical_id] = await self._settle(scope, resource, there)
            except errors.Refusal as refusal:
                raise Refused(f"Resources.{resource.logical_id}: {refusal.wire_name}: {refusal}") from refusal
        for one in (one for one in others if one.logical_id not in self.scope.template.resources):
            await self._delete(one)
        return replace(self.scope, made=made).resolve(self.scope.template.outputs, "Outputs")  # type: ignore[no-any-return]

    async def _there(self, kept: Mapping[str, Kept]) -> dict[str, Made]:
        """What of the stack the store still has: somebody may have deleted a thing by hand."""
        wanted = self.scope.template.resources
        candidates = sorted(kept.values(), key=lambda one: one.position)
        there: dict[str, Made] = {}
        for one in candidates:
            if one.logical_id in wanted and wanted[one.logical_id].kind == one.kind and await self._exists(one):
                there[one.logical_id] = one.made
        return there

    async def _exists(self, one: Kept) -> bool:
        look = KINDS[one.kind].look
        if not look:
            return True
        try:
            answer = await self.invoke(look, one.key)
        except GONE:
            return False
        return any(bool(value) for value in answer.values())

    async def _settle(self, scope: Scope, resource: Resource, there: Kept | None) -> Made:
        """Have one resource as it is wanted."""
        wanted = resolved(scope, resource, self.stack)
        if there is None:
            return await self._make(scope, resource, wanted)
        action = action_for(KINDS[resource.kind], there.properties, wanted, f"Resources.{resource.logical_id}")
        if action is Action.REPLACE:
            await self._delete(replace(there, retained=False))
            return await self._make(scope, resource, wanted)
        if action is Action.CHANGE:
            for operation, request in KINDS[resource.kind].change(Change(there.key, there.properties, wanted)):
                await self.invoke(operation, request)
        if action is not Action.LEAVE or there.retained != resource.retained:
            kept = replace(there, properties=wanted, retained=resource.retained)
            await self.stacks.keep(self.stack, kept)
        return there.made

    async def _make(self, scope: Scope, resource: Resource, wanted: Mapping[str, Any]) -> Made:
        kind = KINDS[resource.kind]
        (operation, request), *others = kind.make(wanted)
        made = kind.shown({**wanted, **await self.invoke(operation, request)})
        kept = Kept(resource.logical_id, resource.kind, wanted, made, len(scope.made), resource.retained)
        first = {name: value for name, value in wanted.items() if name not in kind.later}
        await self.stacks.keep(self.stack, replace(kept, properties=first) if others else kept)
        for operation, request in others:
            await self.invoke(operation, {**kept.key, **request})
        if others:
            await self.stacks.keep(self.stack, kept)
        return made

    async def _delete(self, one: Kept) -> None:
        if not one.retained:
            try:
                await self.invoke(KINDS[one.kind].delete, one.key)
            except GONE:
                pass
            except errors.Refusal as refusal:
                raise Refused(f"{one.logical_id} cannot be deleted: {refusal.wire_name}: {refusal}") from refusal
        await self.stacks.forget(self.stack, one.logical_id)


@dataclass(frozen=True, slots=True)
class Options:
    """How a template is to be applied."""

    stack: str
    parameters: Mapping[str, str]
    skip_unsupported: bool = False


def begun(template: Template, options: Options, pseudo: Mapping[str, Any], invoke: Invoke, stacks: Stacks) -> Applied:
    """A template that can be applied; raises TemplateRefused with what keeps it from that."""
    skipped = refuse_unsupported(template, skip=options.skip_unsupported)
    values = parameter_values(template, options.parameters)
    scope = Scope(supported(template), values, pseudo, {})
    return Applied(invoke, stacks, options.stack, scope, skipped)
