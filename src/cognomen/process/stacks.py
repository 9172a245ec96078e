"""CloudFormation templates applied to the store that the settings name, also while servers run on it."""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from cognomen.admin.stacks.apply import Options, Refused, begun
from cognomen.admin.stacks.functions import pseudo_parameters
from cognomen.admin.stacks.plan import Action, Kept, Step
from cognomen.admin.stacks.template import TemplateRefused, read_template
from cognomen.api.call import Head, Principal
from cognomen.api.dispatch import dispatch
from cognomen.http import limits, strict_json
from cognomen.process.data_directory import make_data_directory
from cognomen.process.refused import StartRefused, in_words
from cognomen.services import Services
from cognomen.settings import Settings
from cognomen.storage import stacks
from cognomen.storage.stacks import StackRow, purpose_of
from cognomen.wire import idp
from cognomen.wire.lenient import as_typed
from cognomen.wiring import build

STACK: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,127}")
ACTOR: Final = "command-line"
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says: the template's text, and how to apply it."""

    template: str
    options: Options
    only_plan: bool = False


def parameter(text: str) -> tuple[str, str]:
    """A parameter as the command line gives it; raises StartRefused."""
    name, sign, value = text.partition("=")
    if not sign:
        raise StartRefused(f"--parameter {text}: write NAME=VALUE")
    return name, value


def apply(settings: Settings, asked: Asked, tell: Tell) -> bool:
    """Tell what has to change, and change it; answers whether anything had to. Raises StartRefused."""
    if settings.in_memory:
        raise StartRefused("data = :memory: keeps no stacks: set data to a directory, or database")
    if not STACK.fullmatch(asked.options.stack):
        raise StartRefused("--stack takes a letter, then letters, digits and -, at most 128")
    make_data_directory(settings)
    return asyncio.run(_apply(settings, asked, tell))


async def _apply(settings: Settings, asked: Asked, tell: Tell) -> bool:
    with in_words():
        world = (await build(settings)).world
        try:
            return await _applied(world, asked, tell)
        except (TemplateRefused, Refused) as refused:
            raise StartRefused(str(refused)) from refused
        finally:
            await world.database.close()


async def _applied(world: Services, asked: Asked, tell: Tell) -> bool:
    template, options = read_template(asked.template), asked.options
    pseudo = pseudo_parameters(world.facts.region, world.facts.account_id, options.stack)
    under_way = begun(template, options, pseudo, Operations(world).invoke, StoredStacks(world))
    steps = await under_way.steps()
    for step in steps:
        if step.action is not Action.LEAVE:
            tell(str(step))
    tell(_summary(steps))
    if not asked.only_plan:
        for name, value in (await under_way.run()).items():
            tell(f"{name} = {value if isinstance(value, str) else json.dumps(value)}")
    return any(step.action not in {Action.LEAVE, Action.SKIP} for step in steps)


def _summary(steps: list[Step]) -> str:
    words = {Action.MAKE: "to make", Action.CHANGE: "to change", Action.REPLACE: "to replace"}
    words |= {Action.DELETE: "to delete", Action.LEAVE: "as wanted", Action.SKIP: "passed over"}
    counts = {word: sum(step.action is action for step in steps) for action, word in words.items()}
    return ", ".join(f"{count} {word}" for word, count in counts.items() if count) or "nothing to do"


@dataclass(frozen=True)
class Operations:
    """The operations of this server, called as their wire is, without a network in between."""

    world: Services

    async def invoke(self, name: str, members: Mapping[str, Any]) -> Mapping[str, Any]:
        """Call an operation; numbers and truth values may be text, as parameters of templates are."""
        operation, facts = idp.OPERATIONS[name], self.world.facts
        principal = Principal(ACTOR, facts.account_id, facts.region)
        head = Head(self.world.ids.uuid(), "127.0.0.1", principal, "cognomen apply")
        request = strict_json.decode(operation, msgspec.json.encode(as_typed(operation.input, members)))
        limits.check(operation, request)
        answer = await dispatch(self.world, operation, head, request)
        return {} if operation.output is None else json.loads(strict_json.encode(answer))


@dataclass(frozen=True)
class StoredStacks:
    """What stacks have, sealed in the store."""

    world: Services

    async def of(self, stack: str) -> Mapping[str, Kept]:
        """The resources of a stack by their logical ids."""
        rows = await self.world.database.read(lambda tx: stacks.of_stack(tx, stack))
        return {row.logical_id: self._opened(row) for row in rows}

    async def keep(self, stack: str, kept: Kept) -> None:
        """Remember a resource."""
        purpose = purpose_of(stack, kept.logical_id)
        row = StackRow(stack, kept.logical_id, self.world.sealer.seal(msgspec.json.encode(kept), purpose))
        await self.world.database.write(lambda tx: stacks.put(tx, row))

    async def forget(self, stack: str, logical_id: str) -> None:
        """Remember nothing of a resource any more."""
        await self.world.database.write(lambda tx: stacks.delete(tx, stack, logical_id))

    def _opened(self, row: StackRow) -> Kept:
        opened = self.world.sealer.open(row.sealed, purpose_of(row.stack, row.logical_id))
        return msgspec.json.decode(opened, type=Kept)
