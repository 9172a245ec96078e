"""Adds to the kit's docstrings what the published model knows: the operation's page at AWS, and its errors."""

import ast
import re
from collections.abc import Iterable
from typing import Any

import griffe

from cognomen.wire.idp import OPERATIONS

AWS = "https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_"
KIT_ERRORS = "cognomen_kit.errors"
WORD = re.compile(r"\b[A-Z]\w+\b")
RFC = re.compile(r"\bRFC (\d+)")
MARKS = {"operation", "sign_in_step"}


class KitSources(griffe.Extension):
    """What stands on the reference beside the docstrings."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """An RFC that a docstring names can be read."""
        if obj.docstring is not None:
            obj.docstring.value = RFC.sub(r"[RFC \1](https://www.rfc-editor.org/rfc/rfc\1)", obj.docstring.value)

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """A method that is an operation: what it gives, its source and its errors."""
        marks = {str(each.value) for each in func.decorators} & MARKS
        if not marks:
            return
        func.returns = _outcome(func)
        named = _operations(func)
        if "sign_in_step" in marks:
            named |= {"RespondToAuthChallenge"}
        if named:
            _append(func, f"Source: {_links(sorted(named))}", f"Raises: {_errors(named)}")

    def on_class(self, *, cls: griffe.Class, **_: Any) -> None:
        """An error: what is shown to people, and which operations have it."""
        if cls.parent is None or cls.parent.path != KIT_ERRORS or "safe" not in cls.members:
            return
        raised = sorted(name for name, operation in OPERATIONS.items() if cls.name in operation.errors)
        told = f"Raised by {_links(raised)}." if raised else ""
        _append(cls, f"Shown to people: “{_sentence(cls)}”", told)
        cls.del_member("safe")


def _outcome(func: griffe.Function) -> Any:
    """`Call[User]` gives a `User`; a step of a sign-in gives tokens or a challenge."""
    if not isinstance(func.returns, griffe.ExprSubscript):
        return func.returns
    given = func.returns.slice
    if str(given) != "AnyOutcome":
        return given
    return griffe.ExprBinOp(_name(func, "SignedIn"), "|", _name(func, "Challenge"))


def _name(func: griffe.Function, name: str) -> griffe.ExprName:
    """A name as the module of the function knows it, or else the package."""
    module = func.module
    return griffe.ExprName(name, parent=module if name in module.members else module.package)


def _operations(func: griffe.Function) -> set[str]:
    """The operations of AWS that its docstring or its code names."""
    docstring = func.docstring.value if func.docstring else ""
    tree = ast.parse(_dedented(func))
    texts = {str(node.value) for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    return (set(WORD.findall(docstring)) | texts) & OPERATIONS.keys()


def _dedented(func: griffe.Function) -> str:
    lines = func.source.splitlines()
    indent = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "\n".join(line[indent:] for line in lines)


def _links(names: Iterable[str]) -> str:
    return ", ".join(f"[{name}]({AWS}{name}.html)" for name in names)


def _errors(names: set[str]) -> str:
    """The errors that the operations are modelled with, each leading to its class."""
    errors = sorted({error for name in names for error in OPERATIONS[name].errors})
    return ", ".join(f"[{error}][{KIT_ERRORS}.{error}]" for error in errors)


def _sentence(cls: griffe.Class) -> str:
    """The text of `safe`, which may be a name of the module."""
    value = _value(cls.members["safe"])
    known = cls.module.members.get(value)
    return str(ast.literal_eval(value if known is None else _value(known)))


def _value(attribute: griffe.Object | griffe.Alias) -> str:
    return str(getattr(attribute, "value", None))


def _append(to: griffe.Function | griffe.Class, *paragraphs: str) -> None:
    told = "\n\n".join(each for each in paragraphs if each)
    if to.docstring is None:
        to.docstring = griffe.Docstring(told, parent=to)
    else:
        to.docstring.value += f"\n\n{told}"
