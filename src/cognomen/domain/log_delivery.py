"""Where a pool's logs go: notices of messages that failed, and what users do (reference 11, log delivery)."""

from collections.abc import Mapping, Sequence
from typing import Any

from cognomen import errors
from cognomen.domain import tiers
from cognomen.domain.pool import UserPool
from cognomen.domain.pool_logs import ACTIVITY, SOURCES

LEVELS: Mapping[str, str] = {name: level for name, (_, level) in SOURCES.items()}
DESTINATIONS: Mapping[str, str] = {
    "CloudWatchLogsConfiguration": "LogGroupArn",
    "S3Configuration": "BucketArn",
    "FirehoseConfiguration": "StreamArn",
}
REGION = 3  # the part of an ARN that names it


def check_deliveries(pool: UserPool, configurations: Sequence[Mapping[str, Any]]) -> None:
    """Refuse deliveries that AWS refuses; raises InvalidParameterException, FeatureUnavailableInTierException."""
    sources = [one["EventSource"] for one in configurations]
    if len(set(sources)) != len(sources):
        raise errors.EventSourceTwice
    for one in configurations:
        source = one["EventSource"]
        if LEVELS[source] != one["LogLevel"]:
            raise errors.LogLevelUnfit(source=source, level=LEVELS[source])
        if source == ACTIVITY and tiers.tier_of(pool) < tiers.Tier.PLUS:
            raise errors.FeatureNotInTier(tier=tiers.tier_of(pool).name, feature="Log Streaming")
        _check_destination(pool, one)


def destination_of(configurations: Sequence[Mapping[str, Any]], source: str) -> str | None:
    """The ARN that what is logged of a source goes to; None where nobody wants it."""
    for one in configurations:
        if one["EventSource"] == source:
            return next(str(one[name][arn]) for name, arn in DESTINATIONS.items() if one.get(name))
    return None


def _check_destination(pool: UserPool, configuration: Mapping[str, Any]) -> None:
    given = {name: configuration[name].get(arn) for name, arn in DESTINATIONS.items() if configuration.get(name)}
    if len(given) != 1 or not all(given.values()):
        raise errors.LogDestinationNotOne(source=configuration["EventSource"])
    [(name, arn)] = given.items()
    if configuration["EventSource"] != ACTIVITY and name != "CloudWatchLogsConfiguration":
        raise errors.LogDestinationUnfit(name=name, source=configuration["EventSource"])
    region = arn.split(":")[REGION]
    if region and region != pool.region:
        raise errors.LogDestinationAbroad
