"""Everything that is chosen at start: read once by `load`, then only values."""

from cognomen.settings.load import load
from cognomen.settings.server import Settings
from cognomen.settings.sources import SettingsRefused

__all__ = ["Settings", "SettingsRefused", "load"]
