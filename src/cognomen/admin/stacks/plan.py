"""What has to be done so that a store has what a template asks for: worked out before anything is done."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from cognomen.admin.stacks.functions import Made, Scope, in_order, names_in, needs
from cognomen.admin.stacks.kinds import KINDS, NAMED_BY_STACK, Kind
from cognomen.admin.stacks.template import Resource, Template, TemplateRefused

MASK = "****"


class Action(StrEnum):
    """The signs of a plan."""

    MAKE = "+"
    CHANGE = "~"
    REPLACE = "±"
    DELETE = "-"
    LEAVE = "="
    SKIP = "!"


@dataclass(frozen=True, slots=True)
class Kept:
    """A resource of a stack as it was made last, the functions in its properties resolved."""

    logical_id: str
    kind: str
    properties: Mapping[str, Any] = field(repr=False)
    made: Made
    position: int  # in the order of making
    retained: bool = False

    @property
    def key(self) -> dict[str, Any]:
        """The members by which operations name it."""
        known = {**self.properties, "ClientId": self.made.ref}
        if self.kind == "AWS::Cognito::UserPool":
            known["UserPoolId"] = self.made.ref
        return {name: known[name] for name in KINDS[self.kind].key}


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a plan, with what it changes below it."""

    action: Action
    logical_id: str
    kind: str
    lines: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([f"{self.action} {self.logical_id} ({self.kind})", *(f"    {line}" for line in self.lines)])


def refuse_unsupported(template: Template, *, skip: bool) -> list[Step]:
    """The resources that are passed over; raises TemplateRefused where they may not be, or others need them."""
    other = [one for one in template.resources.values() if one.kind not in KINDS]
    if other and not skip:
        kinds = "\n".join(f"Resources.{one.logical_id}: {one.kind} is not supported" for one in other)
        raise TemplateRefused(f"{kinds}\n--skip-unsupported passes them over")
    names = {one.logical_id for one in other}
    for one in template.resources.values():
        needed = needs(template, one) & names
        if one.kind in KINDS and needed:
            raise TemplateRefused(f"Resources.{one.logical_id} refers to {min(needed)}, which is not supported")
    return [Step(Action.SKIP, one.logical_id, one.kind, ("not supported, passed over",)) for one in other]


def supported(template: Template) -> Template:
    """The template without what is passed over, and without outputs that tell of it."""
    kept = {name: one for name, one in template.resources.items() if one.kind in KINDS}
    skipped = template.resources.keys() - kept.keys()
    outputs = {name: value for name, value in template.outputs.items() if not skipped & set(names_in(value))}
    return replace(template, resources=kept, outputs=outputs)


def resolved(scope: Scope, resource: Resource, stack: str) -> dict[str, Any]:
    """The properties of a resource as they are to be; raises TemplateRefused with what is wrong with them."""
    place, kind = f"Resources.{resource.logical_id}", KINDS[resource.kind]
    properties = scope.resolve(resource.properties, f"{place}.Properties")
    faults = [f"{place}.Properties.{name} is not supported" for name in properties if name not in kind.properties]
    faults += [f"{place}.Properties.{name} is missing" for name in sorted(kind.required - properties.keys())]
    if faults:
        raise TemplateRefused("\n".join(faults))
    name = NAMED_BY_STACK.get(resource.kind)
    return {**({name: f"{stack}-{resource.logical_id}"} if name else {}), **properties}


def plan(scope: Scope, kept: Mapping[str, Kept], stack: str) -> list[Step]:
    """The steps in order, deletions last; raises TemplateRefused with all that cannot be done."""
    steps, faults, made = [], [], dict(scope.made)
    for resource in in_order(scope.template):
        there = kept.get(resource.logical_id)
        try:
            step = _step(replace(scope, made=made), resource, there, stack)
        except TemplateRefused as refused:
            faults.append(str(refused))
            continue
        if step.action in {Action.MAKE, Action.REPLACE}:
            made.pop(resource.logical_id, None)
        steps.append(step)
    if faults:
        raise TemplateRefused("\n".join(faults))
    replace(scope, made=made).resolve(scope.template.outputs, "Outputs")  # refused now rather than in the end
    return [*steps, *(Step(Action.DELETE, one.logical_id, one.kind, _fate(one)) for one in leftovers(scope, kept))]


def leftovers(scope: Scope, kept: Mapping[str, Kept]) -> Sequence[Kept]:
    """What the stack has and the template does not ask for any more; the last made first."""
    wanted = {name: resource.kind for name, resource in scope.template.resources.items()}
    gone = [one for one in kept.values() if wanted.get(one.logical_id) != one.kind]
    return sorted(gone, key=lambda one: -one.position)


def _fate(one: Kept) -> tuple[str, ...]:
    return ("retained: it stays, and is no part of the stack any more",) if one.retained else ()


def _step(scope: Scope, resource: Resource, there: Kept | None, stack: str) -> Step:
    wanted = resolved(scope, resource, stack)
    kind = KINDS[resource.kind]
    if there is None or there.kind != resource.kind or resource.logical_id not in scope.made:
        return Step(Action.MAKE, resource.logical_id, resource.kind, tuple(_lines(kind, {}, wanted)))
    action = action_for(kind, there.properties, wanted, f"Resources.{resource.logical_id}")
    return Step(action, resource.logical_id, resource.kind, tuple(_lines(kind, there.properties, wanted)))


def action_for(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any], place: str) -> Action:
    """What a change needs; raises TemplateRefused where it would take users along."""
    changed = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    if not changed:
        return Action.LEAVE
    if kind.keeps_users and changed & kind.fixed:
        names = ", ".join(sorted(changed & kind.fixed))
        raise TemplateRefused(f"{place}: {names} cannot be changed: another pool would be needed, without the users")
    if "Schema" in changed and _loses_attributes(old.get("Schema", []), new.get("Schema", [])):
        raise TemplateRefused(f"{place}.Properties.Schema: attributes can be added, not changed or taken away")
    return Action.REPLACE if changed & kind.fixed else Action.CHANGE


def _loses_attributes(old: Sequence[Any], new: Sequence[Any]) -> bool:
    return any(attribute not in new for attribute in old)


def _lines(kind: Kind, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in sorted(old.keys() | new.keys()):
        if old.get(name) == new.get(name):
            continue
        if name not in old:
            yield f"{name}: {_told(kind, name, new)}"
        else:
            yield f"{name}: {_told(kind, name, old)} -> {_told(kind, name, new)}"


def _told(kind: Kind, name: str, properties: Mapping[str, Any]) -> str:
    if name not in properties:
        return "not set"
    return MASK if name in kind.unshown else json.dumps(properties[name], ensure_ascii=False, sort_keys=True)
