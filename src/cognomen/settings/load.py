"""Read the settings once: flags win over the environment, the environment over the TOML file."""

import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from reprlib import repr as shortened
from typing import Any

from cognomen.settings.known import KNOWN, SECTIONS, TABLES
from cognomen.settings.server import Settings
from cognomen.settings.sources import Given, SettingsRefused, from_environment, from_file, from_flags


def load(
    flags: Mapping[str, str | bool | None] | None = None,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """The settings in force, by dotted key in `flags`; raises SettingsRefused with all that is wrong."""
    variables = os.environ if environment is None else environment
    given = [*from_file(file), *from_environment(variables), *from_flags(flags or {})]
    known = [each for each in given if each.name in KNOWN]
    values, wrong = _read(known)
    faults = [*(_unknown(each) for each in given if each.name not in KNOWN), *wrong, *_exclusive(known)]
    if faults:
        raise SettingsRefused("\n".join(faults))
    return _settings(values)


def _read(given: Iterable[Given]) -> tuple[dict[str, Any], list[str]]:
    """The values, of which the last of a key wins while tables grow entry by entry; and what is wrong with them."""
    values: dict[str, Any] = {}
    faults: list[str] = []
    for each in given:
        said = KNOWN[each.name].said
        try:
            value = said.kind.read(each.value, is_text=each.source.is_text)
        except ValueError:
            shown = "" if said.mask else f", not {shortened(each.value)}"
            faults.append(f"{each.place} must be {said.kind.allowed}{shown}")
        else:
            values[each.name] = {**values.get(each.name, {}), **value} if each.name in TABLES else value
    return values, faults


def _unknown(given: Given) -> str:
    if given.name in SECTIONS:
        example = given.source.spell(_first_key_of(given.name))
        return f"{given.place} is a section: give its keys, such as {example}"
    near = get_close_matches(given.name, [*KNOWN, *SECTIONS], n=1)
    advice = f"did you mean {given.source.spell(near[0])}?" if near else "docs/settings.md lists all keys"
    return f"unknown key {given.place}; {advice}"


def _first_key_of(section: str) -> str:
    return next(known.name for known in KNOWN.values() if known.section == section)


def _exclusive(given: Iterable[Given]) -> list[str]:
    places = {each.name: each.place for each in given}
    if "data" not in places or "database" not in places:
        return []
    return [f"{places['data']} and {places['database']} exclude each other: keep one"]


def _settings(values: Mapping[str, Any]) -> Settings:
    is_dev = values.get("profile", KNOWN["profile"].entry.default) == "dev"
    top: dict[str, Any] = {}
    sections: dict[str, dict[str, Any]] = {name: {} for name in SECTIONS}
    for name, known in KNOWN.items():
        chosen = values.get(name, known.said.dev_default if is_dev else None)
        if chosen is not None:
            holder = sections[known.section] if known.section else top
            holder[known.entry.name] = chosen
    return Settings(**top, **{name: SECTIONS[name](**keys) for name, keys in sections.items()})
