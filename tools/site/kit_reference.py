"""The pages of the kit's reference: which module stands on which, and which of its names are for everybody."""

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

KIT = Path(__file__).resolve().parents[2] / "kit/src/cognomen_kit"
FOLDER = "reference/kit"
ABOUT = """\
# Reference

Every name of cognomen-kit that is for everybody, from its docstrings. Names without a module before them can be
imported from `cognomen_kit`, errors from `cognomen_kit.errors`.

A method of `AsyncCognito` is awaited and the same method of `Cognito` is called; what is written behind the arrow is
what both give. Each names the operation of AWS that it makes, with the page that says what the service does, and the
errors that this operation can be refused with. Any call can raise
[`CognitoUnavailable`][cognomen_kit.errors.CognitoUnavailable] as well, where no usable answer came.

"""

# page -> title and modules
PAGES: Mapping[str, tuple[str, str]] = {
    "clients": ("Clients", "client app context credentials retries"),
    "sign-up": ("Signing up", "sign_up secret_hash"),
    "sign-in": ("Signing in", "sign_in results tickets"),
    "challenges": ("Challenges", "challenges sealing"),
    "tokens": ("Refreshing and signing out", "tokens"),
    "passwords": ("Passwords", "passwords"),
    "profile": ("Profile, sessions, devices", "profile sessions devices"),
    "second-factors": ("Second factors and passkeys", "mfa passkeys"),
    "administrators": ("Administrators", "users groups any_operation botocore_credentials"),
    "verifier": ("Verifying tokens", "verifier trust claims refused_tokens"),
    "errors": ("Errors", "errors"),
}
TITLES = {
    "django": "Django",
    "fastapi": "FastAPI",
    "flask": "Flask",
    "sent_codes": "Codes for custom senders",
    "starlette": "Starlette",
    "web": "The account life for any framework",
}
INSIDE = """arithmetic aws_json calls connections core drivers jws key_sets members operations powmod_worker proofs
    signature software_token srp surroundings version"""
MARKS = frozenset({"operation", "sign_in_step"})
# Without docstrings of their own: what clients and verifiers are made with, and names for types.
OPTIONS = frozenset(
    ["Options", "AsyncOptions", "SyncOptions", "VerifierOptions", "AsyncVerifierOptions", "SyncVerifierOptions"]
)
ALIASES = frozenset({"AsyncChallenge", "SyncChallenge", "FirstFactor", "Flow", "FlowName"})


def pages() -> dict[str, str]:
    """Page by page, as mkdocstrings reads it; a module or package that is new has a page of its own."""
    others = {name.replace("_", "-"): (TITLES.get(name, name), name) for name in sorted(_others())}
    told = {**PAGES, **others}
    about = ABOUT + "\n".join(f"- [{title}]({page}.md)" for page, (title, _) in told.items()) + "\n"
    return {
        f"{FOLDER}/README.md": about,
        **{f"{FOLDER}/{page}.md": _page(title, modules.split()) for page, (title, modules) in told.items()},
    }


@cache
def public_names() -> frozenset[str]:
    """What `cognomen_kit` exports."""
    return frozenset(_exported(KIT / "__init__.py") or ())


def _others() -> set[str]:
    placed = {module for _, modules in PAGES.values() for module in modules.split()}
    found = {path.stem for path in KIT.iterdir() if path.suffix == ".py" or (path / "__init__.py").is_file()}
    return {name for name in found - placed - set(INSIDE.split()) if not name.startswith("_")}


def _page(title: str, modules: list[str]) -> str:
    return f"# {title}\n\n" + "\n".join(_module(each) for each in modules)


def _module(module: str) -> str:
    """The names of a module that are exported, and the classes whose methods are operations."""
    if module in _others():
        return _whole(module)
    return "\n".join(_member(f"cognomen_kit.{module}.{name}") for name in _names(KIT / f"{module}.py"))


def _member(path: str) -> str:
    name = path.rpartition(".")[2]
    if name in OPTIONS | ALIASES:
        return f"::: {path}\n    options:\n      show_if_no_docstring: true\n"
    if name.endswith("Exception"):
        return f"::: {path}\n    options:\n      merge_init_into_class: false\n      inherited_members: false\n"
    return f"::: {path}\n"


def _whole(module: str) -> str:
    """A module that has a page for itself, with what it says of itself."""
    path = KIT / module
    names = ", ".join(_names(path / "__init__.py" if path.is_dir() else KIT / f"{module}.py"))
    return f"::: cognomen_kit.{module}\n    options:\n      show_root_heading: false\n      members: [{names}]\n"


def _names(path: Path) -> Iterator[str]:
    exported = _exported(path)
    if exported is not None:
        yield from exported
        return
    yield from sorted(_defined(path), key=(OPTIONS | ALIASES).__contains__)


def _defined(path: Path) -> Iterator[str]:
    """In the order of the file."""
    everything = path.stem == "errors" or path.stem not in _imported()
    for node in ast.parse(path.read_text("utf-8")).body:
        name = _name(node)
        if name is None or name.startswith("_"):
            continue
        if everything or name in public_names() | OPTIONS | ALIASES or _has_operations(node):
            yield name


def _name(node: ast.stmt) -> str | None:
    """What a definition is called; other statements define nothing that has a docstring."""
    if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
        return node.name
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id in ALIASES:
        return node.target.id
    return None


def _has_operations(node: ast.stmt) -> bool:
    """Whether a class has methods that are operations."""
    if not isinstance(node, ast.ClassDef):
        return False
    methods = (each for each in node.body if isinstance(each, ast.FunctionDef))
    return any(isinstance(mark, ast.Name) and mark.id in MARKS for each in methods for mark in each.decorator_list)


@cache
def _imported() -> frozenset[str]:
    """The modules that `cognomen_kit` itself imports."""
    nodes = ast.parse((KIT / "__init__.py").read_text("utf-8")).body
    return frozenset(str(node.module).rpartition(".")[2] for node in nodes if isinstance(node, ast.ImportFrom))


def _exported(path: Path) -> list[str] | None:
    """`__all__` of a file."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            names: list[str] = ast.literal_eval(node.value)
            return names
    return None
