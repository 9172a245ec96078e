"""AWS credentials for signed calls, from the environment or the AWS files, read when a call needs them."""

import configparser
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cognomen_kit.app import ConfigurationMissing


@dataclass(frozen=True, slots=True)
class Credentials:
    """An access key; secret parts never show in a repr."""

    access_key_id: str
    secret_access_key: str = field(repr=False)
    session_token: str | None = field(repr=False, default=None)


CredentialsSource = Callable[[], Credentials]


def find_credentials(environment: Mapping[str, str] = os.environ) -> Credentials:
    """Environment first, then `~/.aws/credentials`, then `~/.aws/config`, as every AWS tool does."""
    found = _of_environment(environment) or _of_files(environment)
    if found is None:
        raise ConfigurationMissing(
            "this call is signed and needs AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "keep a profile in ~/.aws/credentials, or pass credentials="
        )
    return found


def _of_environment(environment: Mapping[str, str]) -> Credentials | None:
    key_id, secret = environment.get("AWS_ACCESS_KEY_ID"), environment.get("AWS_SECRET_ACCESS_KEY")
    if not key_id or not secret:
        return None
    return Credentials(key_id, secret, environment.get("AWS_SESSION_TOKEN") or None)


def _of_files(environment: Mapping[str, str]) -> Credentials | None:
    profile = environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE") or "default"
    home = Path(environment.get("HOME") or environment.get("USERPROFILE") or "~").expanduser()
    places = (
        (environment.get("AWS_SHARED_CREDENTIALS_FILE") or home / ".aws" / "credentials", profile),
        (environment.get("AWS_CONFIG_FILE") or home / ".aws" / "config", _config_section(profile)),
    )
    found = (_of_section(Path(place).expanduser(), section) for place, section in places)
    return next((each for each in found if each), None)


def _config_section(profile: str) -> str:
    """In the config file only the default profile goes without the word `profile`."""
    return profile if profile == "default" else f"profile {profile}"


def _of_section(place: Path, section: str) -> Credentials | None:
    files = configparser.RawConfigParser(default_section="")
    try:
        files.read(place, encoding="utf-8")
    except configparser.Error as wrong:
        raise ConfigurationMissing(f"{place} cannot be read: {wrong.message.splitlines()[0]}") from None
    if not files.has_section(section):
        return None
    values = files[section]
    return _of_environment({name.upper(): value for name, value in values.items()})
