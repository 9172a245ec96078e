"""A CloudFormation template as text: what of it is understood, and every fault with its place."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from itertools import islice
from typing import Any, ClassVar

LOGICAL_ID = re.compile(r"[A-Za-z0-9]{1,255}")
SECTIONS = {"AWSTemplateFormatVersion", "Description", "Metadata", "Parameters", "Resources", "Outputs"}
UNBUILT = {"Mappings", "Conditions", "Transform", "Rules", "Hooks"}
PARAMETER = {"Type", "Default", "AllowedValues", "AllowedPattern", "NoEcho", "Description", "ConstraintDescription"}
PARAMETER |= {"MinLength", "MaxLength", "MinValue", "MaxValue"}
RESOURCE = {"Type", "Properties", "DependsOn", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"}
POLICIES = {"Delete", "Retain", "RetainExceptOnCreate"}
MOST_VALUES = 100_000
TAGS = {"Ref": "Ref", "GetAtt": "Fn::GetAtt", "Sub": "Fn::Sub", "Join": "Fn::Join"}


class TemplateRefused(Exception):  # noqa: N818
    """What is wrong with a template, a line for each fault."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that is said when the template is applied; `default` is None where it has to be."""

    name: str
    kind: str
    default: str | None
    rules: Mapping[str, Any]

    @property
    def is_secret(self) -> bool:
        """Whether its value is not to be shown."""
        return str(self.rules.get("NoEcho", "")).lower() == "true"


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing that a stack has, as the template says it: functions in its properties are not resolved yet."""

    logical_id: str
    kind: str
    properties: Mapping[str, Any] = field(repr=False)
    depends_on: tuple[str, ...] = ()
    retained: bool = False


@dataclass(frozen=True, slots=True)
class Template:
    """What a template asks for."""

    parameters: Mapping[str, Parameter]
    resources: Mapping[str, Resource]
    outputs: Mapping[str, Any]


def read_template(content: str) -> Template:
    """Read JSON or YAML; raises TemplateRefused with all that is wrong in form."""
    document = _document(content)
    faults = list(_faults_of(document))
    if faults:
        raise TemplateRefused("\n".join(faults))
    parameters = {name: _parameter(name, said) for name, said in document.get("Parameters", {}).items()}
    resources = {name: _resource(name, said) for name, said in document["Resources"].items()}
    outputs = {name: said["Value"] for name, said in document.get("Outputs", {}).items()}
    return Template(parameters, resources, outputs)


def _document(content: str) -> dict[str, Any]:
    found = _json(content) if content.lstrip().startswith("{") else _yaml(content)
    if not isinstance(found, dict):
        raise TemplateRefused("a template is an object with Resources")
    if sum(1 for _ in islice(_values_in(found), MOST_VALUES)) == MOST_VALUES:
        raise TemplateRefused(f"a template has less than {MOST_VALUES} values")
    return found


def _values_in(value: Any) -> Iterator[Any]:
    """Every value, as often as it is referred to: names for values can make much of little."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()


def _json(content: str) -> Any:
    try:
        return json.loads(content)
    except ValueError as fault:
        raise TemplateRefused(f"no JSON: {fault}") from fault
    except RecursionError:
        raise TemplateRefused("too deep") from None


def _yaml(content: str) -> Any:
    if find_spec("yaml") is None:
        raise TemplateRefused("templates in YAML need PyYAML: pip install 'cognomen[apply]', or write JSON")
    yaml = import_module("yaml")
    try:
        return yaml.load(content, Loader=_loader(yaml))  # a SafeLoader, with the tags of CloudFormation
    except (yaml.YAMLError, ValueError) as fault:  # ValueError: a number of thousands of digits
        raise TemplateRefused(f"no YAML: {' '.join(str(fault).split())}") from fault
    except RecursionError:
        raise TemplateRefused("too deep") from None


def _loader(yaml: Any) -> Any:
    """Safe, and with the short forms of functions; a date stays the text that it was written as."""

    class Loader(yaml.SafeLoader):  # type: ignore[misc]
        yaml_implicit_resolvers: ClassVar = {
            letter: [(tag, pattern) for tag, pattern in found if not tag.endswith(":timestamp")]
            for letter, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
        }

    def function(loader: Any, suffix: str, node: Any) -> Any:
        if suffix not in TAGS:
            raise yaml.constructor.ConstructorError(None, None, f"!{suffix} is not supported", node.start_mark)
        if isinstance(node, yaml.ScalarNode):
            value: Any = loader.construct_scalar(node)
            return {TAGS[suffix]: value.split(".", 1) if suffix == "GetAtt" else value}
        return {TAGS[suffix]: loader.construct_sequence(node, deep=True)}

    Loader.add_multi_constructor("!", function)
    return Loader


def _faults_of(document: Mapping[str, Any]) -> Iterator[str]:
    for name in document:
        if name not in SECTIONS:
            yield f"{name} is not supported" if name in UNBUILT else f"{name} is no section of a template"
    misshapen = [name for name in ENTRIES if not isinstance(document.get(name, {}), dict)]
    yield from (f"{name} must be an object" for name in misshapen)
    if not document.get("Resources"):
        yield "a template needs Resources"
    for section in ENTRIES.keys() - misshapen:
        for name, said in document.get(section, {}).items():
            yield from ENTRIES[section](f"{section}.{name}", name, said)


def _parameter_faults(place: str, name: Any, said: Any) -> Iterator[str]:
    yield from _entry_faults(place, name, said, PARAMETER)


def _output_faults(place: str, name: Any, said: Any) -> Iterator[str]:
    if not LOGICAL_ID.fullmatch(str(name)) or not isinstance(said, dict) or "Value" not in said:
        yield f"{place} needs a name of letters and digits, and a Value"


def _entry_faults(place: str, name: Any, said: Any, known: set[str]) -> Iterator[str]:
    if not LOGICAL_ID.fullmatch(str(name)):
        yield f"{place}: a name has letters and digits only"
    if not isinstance(said, dict) or not isinstance(said.get("Type"), str):
        yield f"{place} needs a Type"
        return
    for key in said:
        if key not in known:
            yield f"{place}.{key} is not supported"


def _resource_faults(place: str, name: Any, said: Any) -> Iterator[str]:
    yield from _entry_faults(place, name, said, RESOURCE)
    if not isinstance(said, dict):
        return
    if not isinstance(said.get("Properties", {}), dict):
        yield f"{place}.Properties must be an object"
    if said.get("DeletionPolicy", "Delete") not in POLICIES:
        yield f"{place}.DeletionPolicy must be Delete or Retain"
    if not all(isinstance(other, str) for other in _names(said.get("DependsOn"))):
        yield f"{place}.DependsOn must name resources"


ENTRIES: Mapping[str, Callable[[str, Any, Any], Iterator[str]]] = {
    "Parameters": _parameter_faults,
    "Resources": _resource_faults,
    "Outputs": _output_faults,
}


def _names(said: Any) -> tuple[Any, ...]:
    return tuple(said) if isinstance(said, list) else (said,) if said else ()


def _parameter(name: str, said: Mapping[str, Any]) -> Parameter:
    default = said.get("Default")
    return Parameter(name, said["Type"], None if default is None else _text(default), said)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _resource(name: str, said: Mapping[str, Any]) -> Resource:
    retained = said.get("DeletionPolicy", "Delete") != "Delete"
    return Resource(name, said["Type"], said.get("Properties", {}), _names(said.get("DependsOn")), retained)
