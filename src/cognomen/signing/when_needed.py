"""Stand-ins for what few servers use and what takes long to import."""

from functools import cached_property
from importlib import import_module
from typing import Any


class WhenNeeded:
    """Becomes an object of a class when something of it is asked for, and imports the module only then."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    @cached_property
    def _real(self) -> Any:
        return getattr(import_module(self._module), self._name)()

    def __getattr__(self, name: str) -> Any:
        """What the object has under this name; private names are this one's own."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._real, name)
