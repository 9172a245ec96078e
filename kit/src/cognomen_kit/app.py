"""Which app client speaks to which endpoint: explicit arguments win over the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from cognomen_kit.secret_hash import secret_hash

CLIENT_ID = "AWS_COGNITO_CLIENT_ID"
CLIENT_SECRET = "AWS_COGNITO_APP_CLIENT_SECRET"  # noqa: S105 - the name of a variable
USER_POOL_ID = "AWS_COGNITO_USER_POOL_ID"
REGION = "AWS_REGION"
DEFAULT_REGION = "AWS_DEFAULT_REGION"
ENDPOINT = "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER"

AWS_SUFFIXES = {
    "cn-": "amazonaws.com.cn",
    "eusc-": "amazonaws.eu",
    "us-iso-": "c2s.ic.gov",
    "us-isob-": "sc2s.sgov.gov",
}


class ConfigurationMissing(ValueError):  # noqa: N818 - reads as the sentence it is
    """A value that the call needs was given neither as an argument nor in the environment."""


@dataclass(frozen=True, slots=True)
class App:
    """One app client of one user pool, behind one endpoint."""

    client_id: str | None
    client_secret: str | None = field(repr=False)
    region: str | None
    endpoint: str
    user_pool_id: str | None = None

    def secret_hash(self, username: str) -> str | None:
        """The SECRET_HASH for this username, or None where the app client has no secret."""
        if self.client_secret is None:
            return None
        return secret_hash(username, self.required_client_id, self.client_secret)

    @property
    def required_client_id(self) -> str:
        """The client id, or a refusal that names where it can be set."""
        return _needed(self.client_id, "client_id", CLIENT_ID)

    @property
    def required_user_pool_id(self) -> str:
        """The user pool id, or a refusal that names where it can be set."""
        return _needed(self.user_pool_id, "user_pool_id", USER_POOL_ID)

    @property
    def required_region(self) -> str:
        """The region that signatures name, or a refusal that names where it can be set."""
        return _needed(self.region, "region", REGION)


def from_environment(environment: Mapping[str, str] = os.environ, **explicit: str | None) -> App:
    """Complete the explicit values from the environment; an empty variable counts as unset."""

    def value(argument: str, *variables: str) -> str | None:
        found = [explicit.get(argument), *(environment.get(name) for name in variables)]
        return next((text for text in found if text), None)

    user_pool_id = value("user_pool_id", USER_POOL_ID)
    region = value("region", REGION, DEFAULT_REGION) or region_of_pool(user_pool_id)
    endpoint = value("endpoint", ENDPOINT) or aws_endpoint(_needed(region, "region", REGION))
    return App(
        client_id=value("client_id", CLIENT_ID),
        client_secret=value("client_secret", CLIENT_SECRET),
        region=region,
        endpoint=endpoint.rstrip("/"),
        user_pool_id=user_pool_id,
    )


def aws_endpoint(region: str) -> str:
    """The public endpoint of a region."""
    suffix = next((suffix for prefix, suffix in AWS_SUFFIXES.items() if region.startswith(prefix)), "amazonaws.com")
    return f"https://cognito-idp.{region}.{suffix}"


def region_of_pool(user_pool_id: str | None) -> str | None:
    """A pool id begins with its region: `eu-west-1_AbCdEfGhI`."""
    return user_pool_id.partition("_")[0] if user_pool_id and "_" in user_pool_id else None


def _needed(value: str | None, argument: str, variable: str) -> str:
    if value is None:
        raise ConfigurationMissing(f"pass {argument}= or set {variable}")
    return value
