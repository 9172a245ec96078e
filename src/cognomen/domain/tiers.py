"""Feature plans: what a pool may use, by its tier (reference 07, feature tiers).

AWS's own words name a feature in the refusal; where they are not known the words are ours (see `Feature`).
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum, StrEnum
from typing import Any

from cognomen import errors
from cognomen.domain.pool import MULTI_FACTOR, UserPool


class Tier(IntEnum):
    """The tiers by their wire names; each has what the ones before it have."""

    LITE = 0
    ESSENTIALS = 1
    PLUS = 2


class Feature(StrEnum):
    """What LITE lacks. The value is how a refusal calls it: the first four in AWS's words."""

    PASSWORDLESS = "Passwordless Sign-In"
    ACCESS_TOKEN_CUSTOMISATION = "Token Customization with Pre-Token Generation Lambda V2_0"  # noqa: S105
    M2M_TOKEN_CUSTOMISATION = "Token Customization with Pre-Token Generation Lambda V3_0"  # noqa: S105
    THREAT_PROTECTION = "Threat Protection"
    REFRESH_TOKEN_ROTATION = "Refresh Token Rotation"  # noqa: S105
    CHOICE_BASED_SIGN_IN = "Choice-Based Sign-In"
    PASSWORD_HISTORY = "Password History"  # noqa: S105
    EMAIL_MFA = "Email MFA"
    PASSKEY_MFA = "Passkey MFA"
    STEP_UP_AUTHENTICATION = "Step-Up Authentication"
    SESSION_TRACKING = "User Session Tracking"
    MANAGED_LOGIN = "Managed Login"
    CLIENT_REGISTRATION = "Dynamic Client Registration"
    REPLICATION = "Multi-Region Replication"
    LOG_EXPORT = "User Activity Log Export"
    TOKEN_EXCHANGE = "Token Exchange"  # noqa: S105


NEEDS_PLUS = frozenset({Feature.THREAT_PROTECTION, Feature.LOG_EXPORT})
EXCHANGES = frozenset({"ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "ALLOW_TOKEN_EXCHANGE_DELEGATION"})
CUSTOMISATIONS = {"V2_0": Feature.ACCESS_TOKEN_CUSTOMISATION, "V3_0": Feature.M2M_TOKEN_CUSTOMISATION}


def tier_of(pool: UserPool) -> Tier:
    """The tier of a pool; ESSENTIALS where nothing was chosen."""
    return _tier(pool.settings)


def lowest_tier(feature: Feature) -> Tier:
    """The lowest tier that has a feature."""
    return Tier.PLUS if feature in NEEDS_PLUS else Tier.ESSENTIALS


def require(pool: UserPool, *features: Feature) -> None:
    """Refuse where the pool's tier lacks one of the features; raises FeatureUnavailableInTierException."""
    _require(tier_of(pool), features)


def require_settings(settings: Mapping[str, Any]) -> None:
    """Refuse settings of a pool that turn on what their tier lacks; raises FeatureUnavailableInTierException."""
    _require(_tier(settings), (feature for feature, is_on in _in_use(settings).items() if is_on))


def require_client_settings(pool: UserPool, settings: Mapping[str, Any]) -> None:
    """Refuse settings of a client that turn on what its pool's tier lacks; raises FeatureUnavailableInTierException."""
    if "ALLOW_USER_AUTH" in (settings.get("ExplicitAuthFlows") or ()):
        require(pool, Feature.CHOICE_BASED_SIGN_IN)
    if EXCHANGES.intersection(settings.get("ExplicitAuthFlows") or ()):
        require(pool, Feature.TOKEN_EXCHANGE)
    if (settings.get("RefreshTokenRotation") or {}).get("Feature") == "ENABLED":
        require(pool, Feature.REFRESH_TOKEN_ROTATION)


def _tier(settings: Mapping[str, Any]) -> Tier:
    return Tier[settings.get("UserPoolTier") or "ESSENTIALS"]


def _require(tier: Tier, features: Iterable[Feature]) -> None:
    missing = [feature for feature in features if tier < lowest_tier(feature)]
    if missing:
        raise errors.FeatureUnavailableInTierException(tier=tier.name, features=", ".join(missing))


def _in_use(settings: Mapping[str, Any]) -> Mapping[Feature, bool]:
    """Which features the settings of a pool turn on."""
    policies = settings.get("Policies") or {}
    factors = set((policies.get("SignInPolicy") or {}).get("AllowedFirstAuthFactors") or ())
    version = ((settings.get("LambdaConfig") or {}).get("PreTokenGenerationConfig") or {}).get("LambdaVersion")
    add_ons = settings.get("UserPoolAddOns") or {}
    passkeys = settings.get("WebAuthnConfiguration") or {}
    return {
        Feature.PASSWORDLESS: bool(factors - {"PASSWORD"}),
        Feature.PASSWORD_HISTORY: bool((policies.get("PasswordPolicy") or {}).get("PasswordHistorySize")),
        **{feature: version == name for name, feature in CUSTOMISATIONS.items()},
        Feature.EMAIL_MFA: settings.get("EmailMfaConfiguration") is not None,
        Feature.PASSKEY_MFA: passkeys.get("FactorConfiguration") == MULTI_FACTOR,
        Feature.THREAT_PROTECTION: add_ons.get("AdvancedSecurityMode", "OFF") != "OFF",
        Feature.STEP_UP_AUTHENTICATION: bool(settings.get("AcrConfiguration")),
        Feature.CLIENT_REGISTRATION: (settings.get("DcrConfiguration") or {}).get("EnableStatus") == "Enabled",
    }
