"""Ref, Fn::GetAtt, Fn::Sub and Fn::Join, resolved against parameters and against what the stack has by now."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cognomen.admin.stacks.template import Parameter, Resource, Template, TemplateRefused

FUNCTION = re.compile(r"Ref|Fn::\w+|Condition")
PLACEHOLDER = re.compile(r"\$\{(!?)\s*([\w:.]+)\s*\}")
NO_VALUE: Final = object()
LATER: Final = "(known after it is made)"
"""What stands in a plan where a value comes of something that is not there yet."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a resource that is there answers to Ref and to Fn::GetAtt."""

    ref: str
    attributes: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Scope:
    """What names mean: parameters, pseudo parameters and the resources that are there by now."""

    template: Template
    values: Mapping[str, str] = field(repr=False)
    pseudo: Mapping[str, Any]
    made: Mapping[str, Made]

    def resolve(self, value: Any, place: str) -> Any:
        """The value with every function in it called; raises TemplateRefused with the place."""
        if isinstance(value, list):
            items = (self.resolve(item, f"{place}[{number}]") for number, item in enumerate(value))
            return [item for item in items if item is not NO_VALUE]
        if not isinstance(value, dict):
            return value
        if len(value) == 1 and FUNCTION.fullmatch(str(next(iter(value)))):
            return self._call(*next(iter(value.items())), place)
        members = {name: self.resolve(item, f"{place}.{name}") for name, item in value.items()}
        return {name: item for name, item in members.items() if item is not NO_VALUE}

    def _call(self, name: str, argument: Any, place: str) -> Any:
        if name not in FUNCTIONS:
            raise TemplateRefused(f"{place}: {name} is not supported")
        return FUNCTIONS[name](self, argument, place)

    def ref(self, name: Any, place: str) -> Any:
        """What Ref of a name is."""
        if name in self.pseudo:
            return self.pseudo[name]
        if name in self.values:
            parameter = self.template.parameters[name]
            return self.values[name].split(",") if _is_list(parameter) else self.values[name]
        if name in self.template.resources:
            return self.made[name].ref if name in self.made else LATER
        raise TemplateRefused(f"{place}: Ref names {name}, which the template does not have")

    def attribute(self, argument: Any, place: str) -> str:
        """What Fn::GetAtt of a resource and an attribute is."""
        parts = argument.split(".", 1) if isinstance(argument, str) else argument
        if not isinstance(parts, list) or len(parts) != 2 or not all(isinstance(part, str) for part in parts):  # noqa: PLR2004
            raise TemplateRefused(f"{place}: Fn::GetAtt takes a resource and an attribute")
        name, attribute = parts
        if name not in self.template.resources:
            raise TemplateRefused(f"{place}: Fn::GetAtt names {name}, which the template does not have")
        if name not in self.made:
            return LATER
        if attribute not in self.made[name].attributes:
            raise TemplateRefused(f"{place}: {name} has no attribute {attribute}")
        return self.made[name].attributes[attribute]

    def sub(self, argument: Any, place: str) -> str:
        """The text with its placeholders filled."""
        text, own = argument if isinstance(argument, list) and len(argument) == 2 else (argument, {})  # noqa: PLR2004
        if not isinstance(text, str) or not isinstance(own, dict):
            raise TemplateRefused(f"{place}: Fn::Sub takes a text, or a text and its own values")
        values = {name: self.resolve(value, f"{place}.{name}") for name, value in own.items()}

        def filled(found: re.Match[str]) -> str:
            literal, name = found.groups()
            if literal:
                return f"${{{name}}}"
            if name in values:
                return str(values[name])
            return str(self.attribute(name, place) if "." in name else self.ref(name, place))

        return PLACEHOLDER.sub(filled, text)

    def join(self, argument: Any, place: str) -> str:
        """The items with the text between them."""
        if not isinstance(argument, list) or len(argument) != 2:  # noqa: PLR2004
            raise TemplateRefused(f"{place}: Fn::Join takes a text and a list")
        between, items = argument[0], self.resolve(argument[1], place)
        if not isinstance(between, str) or not isinstance(items, list):
            raise TemplateRefused(f"{place}: Fn::Join takes a text and a list")
        return between.join(map(str, items))


FUNCTIONS: Mapping[str, Callable[[Scope, Any, str], Any]] = {
    "Ref": Scope.ref,
    "Fn::GetAtt": Scope.attribute,
    "Fn::Sub": Scope.sub,
    "Fn::Join": Scope.join,
}


def pseudo_parameters(region: str, account_id: str, stack: str) -> Mapping[str, Any]:
    """What every template may refer to."""
    return {
        "AWS::Region": region,
        "AWS::AccountId": account_id,
        "AWS::StackName": stack,
        "AWS::Partition": "aws",
        "AWS::URLSuffix": "amazonaws.com",
        "AWS::NoValue": NO_VALUE,
    }


def parameter_values(template: Template, given: Mapping[str, str]) -> Mapping[str, str]:
    """The value of every parameter; raises TemplateRefused with all that are missing, unknown or not allowed."""
    faults = [f"the template has no parameter {name}" for name in given.keys() - template.parameters.keys()]
    values = {}
    for name, parameter in template.parameters.items():
        value = given.get(name, parameter.default)
        if value is None:
            faults.append(f"the parameter {name} needs a value: --parameter {name}=…")
            continue
        values[name] = value
        faults += _broken_rules(parameter, value)
    if faults:
        raise TemplateRefused("\n".join(sorted(faults)))
    return values


def _broken_rules(parameter: Parameter, value: str) -> Iterator[str]:
    allowed = [str(one) for one in parameter.rules.get("AllowedValues", [])]
    if allowed and any(one not in allowed for one in (value.split(",") if _is_list(parameter) else [value])):
        yield f"the parameter {parameter.name} must be one of {', '.join(allowed)}"
    pattern = parameter.rules.get("AllowedPattern")
    if pattern and not re.fullmatch(pattern, value):
        yield f"the parameter {parameter.name} must match {pattern}"
    if parameter.kind == "Number" and not re.fullmatch(r"-?\d+(\.\d+)?", value):
        yield f"the parameter {parameter.name} must be a number"
    for rule, breaks in BOUNDS.items():
        if rule in parameter.rules and breaks(value, parameter.rules[rule]):
            yield f"the parameter {parameter.name} breaks {rule} {parameter.rules[rule]}"


BOUNDS: Mapping[str, Callable[[str, Any], bool]] = {
    "MinLength": lambda value, bound: len(value) < int(bound),
    "MaxLength": lambda value, bound: len(value) > int(bound),
    "MinValue": lambda value, bound: float(value) < float(bound),
    "MaxValue": lambda value, bound: float(value) > float(bound),
}


def _is_list(parameter: Parameter) -> bool:
    return parameter.kind == "CommaDelimitedList" or parameter.kind.startswith("List<")


def in_order(template: Template) -> list[Resource]:
    """The resources so that each comes behind those that it refers to; raises TemplateRefused where none can."""
    waiting, done = dict(template.resources), dict[str, Resource]()
    while waiting:
        ready = [name for name, resource in waiting.items() if not needs(template, resource) - done.keys()]
        if not ready:
            raise TemplateRefused(f"these resources wait for each other: {', '.join(waiting)}")
        done |= {name: waiting.pop(name) for name in ready}
    return list(done.values())


def needs(template: Template, resource: Resource) -> set[str]:
    """The resources that one refers to or depends on; raises TemplateRefused where there is no such resource."""
    missing = set(resource.depends_on) - template.resources.keys()
    if missing:
        raise TemplateRefused(f"Resources.{resource.logical_id}.DependsOn names {min(missing)}, which is not there")
    return {*resource.depends_on, *(set(names_in(resource.properties)) & template.resources.keys())}


def names_in(value: Any) -> Iterator[str]:
    """The names that functions in a value refer to."""
    if isinstance(value, list):
        for item in value:
            yield from names_in(item)
    if not isinstance(value, dict):
        return
    for name, item in value.items():
        if name == "Ref" and isinstance(item, str):
            yield item
        elif name == "Fn::GetAtt":
            yield (item.split(".", 1) if isinstance(item, str) else item or [""])[0]
        elif name == "Fn::Sub":
            text = item[0] if isinstance(item, list) and item else item
            yield from (found[2].partition(".")[0] for found in PLACEHOLDER.finditer(str(text)) if not found[1])
        yield from names_in(item)
