"""What each feature plan allows."""

from typing import Any

import pytest

from cognomen.domain.pool import UserPool
from cognomen.domain.tiers import (
    Feature,
    Tier,
    lowest_tier,
    require,
    require_client_settings,
    require_settings,
    tier_of,
)
from cognomen.errors import FeatureUnavailableInTierException


def pool(tier: str | None) -> UserPool:
    return UserPool("us-east-1_Aa1Bb2Cc3", "people", 0, 0, {"UserPoolTier": tier} if tier else {})


@pytest.mark.parametrize(("tier", "expected"), [(None, Tier.ESSENTIALS), *((tier.name, tier) for tier in Tier)])
def test_a_pool_is_in_essentials_unless_it_says_otherwise(tier: str | None, expected: Tier) -> None:
    """AWS's default for new pools."""
    assert tier_of(pool(tier)) is expected


@pytest.mark.parametrize("feature", Feature)
@pytest.mark.parametrize("tier", Tier)
def test_a_feature_is_there_from_its_lowest_tier_on(feature: Feature, tier: Tier) -> None:
    """A tier has what the ones below it have; LITE has none of the features listed here."""
    if tier >= lowest_tier(feature):
        require(pool(tier.name), feature)
        return
    with pytest.raises(FeatureUnavailableInTierException) as refused:
        require(pool(tier.name), feature)
    text = f"The following features need to be disabled for the {tier.name} pricing tier configured: {feature.value}"
    assert str(refused.value) == text


def test_everything_that_is_missing_is_told() -> None:
    """Several features are named together."""
    with pytest.raises(FeatureUnavailableInTierException, match=r"configured: Threat Protection, Password History$"):
        require(pool("LITE"), Feature.THREAT_PROTECTION, Feature.PASSWORD_HISTORY)
    with pytest.raises(
        FeatureUnavailableInTierException, match=r"ESSENTIALS pricing tier configured: Threat Protection$"
    ):
        require(pool("ESSENTIALS"), Feature.THREAT_PROTECTION, Feature.PASSWORD_HISTORY)


SETTINGS: list[tuple[str, dict[str, Any], str]] = [
    ("LITE", {"Policies": {"PasswordPolicy": {"PasswordHistorySize": 1}}}, "Password History"),
    (
        "LITE",
        {"Policies": {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP"]}}},
        "Passwordless Sign-In",
    ),
    (
        "LITE",
        {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaVersion": "V2_0"}}},
        "Token Customization with Pre-Token Generation Lambda V2_0",
    ),
    (
        "LITE",
        {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaVersion": "V3_0"}}},
        "Token Customization with Pre-Token Generation Lambda V3_0",
    ),
    ("LITE", {"DcrConfiguration": {"EnableStatus": "Enabled"}}, "Dynamic Client Registration"),
    ("LITE", {"AcrConfiguration": {"Level1": "urn:x"}}, "Step-Up Authentication"),
    ("LITE", {"UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}, "Threat Protection"),
    ("ESSENTIALS", {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}, "Threat Protection"),
    ("LITE", {}, ""),
    ("LITE", {"Policies": {"PasswordPolicy": {"PasswordHistorySize": 0}, "SignInPolicy": None}}, ""),
    ("LITE", {"LambdaConfig": {"PreTokenGenerationConfig": {"LambdaVersion": "V1_0"}}}, ""),
    ("LITE", {"UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}, "DcrConfiguration": {"EnableStatus": "Disabled"}}, ""),
    ("ESSENTIALS", {"Policies": {"PasswordPolicy": {"PasswordHistorySize": 24}}}, ""),
    ("PLUS", {"UserPoolAddOns": {"AdvancedSecurityMode": "ENFORCED"}}, ""),
]


@pytest.mark.parametrize(("tier", "settings", "missing"), SETTINGS)
def test_settings_of_a_pool_fit_its_tier(tier: str, settings: dict[str, Any], missing: str) -> None:
    """A pool cannot turn on what its tier lacks."""
    _expect(missing, lambda: require_settings({"UserPoolTier": tier, **settings}))


CLIENT_SETTINGS: list[tuple[str, dict[str, Any], str]] = [
    ("LITE", {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"]}, "Choice-Based Sign-In"),
    ("LITE", {"RefreshTokenRotation": {"Feature": "ENABLED"}}, "Refresh Token Rotation"),
    ("LITE", {"RefreshTokenRotation": {"Feature": "DISABLED"}, "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"]}, ""),
    ("LITE", {}, ""),
    ("ESSENTIALS", {"ExplicitAuthFlows": ["ALLOW_USER_AUTH"], "RefreshTokenRotation": {"Feature": "ENABLED"}}, ""),
]


@pytest.mark.parametrize(("tier", "settings", "missing"), CLIENT_SETTINGS)
def test_settings_of_a_client_fit_the_tier_of_its_pool(tier: str, settings: dict[str, Any], missing: str) -> None:
    """A client cannot turn on what the tier of its pool lacks."""
    _expect(missing, lambda: require_client_settings(pool(tier), settings))


def _expect(missing: str, work: Any) -> None:
    if not missing:
        work()
        return
    with pytest.raises(FeatureUnavailableInTierException) as refused:
        work()
    assert str(refused.value).endswith(f"configured: {missing}")
