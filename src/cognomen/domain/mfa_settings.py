"""MFA of a pool: what CreateUserPool and SetUserPoolMfaConfig may ask for, and how it is shown (reference 05)."""

from collections.abc import Mapping, Sequence
from typing import Any

from cognomen import errors
from cognomen.domain import tiers
from cognomen.domain.groups import check_role
from cognomen.domain.passkeys import check_relying_party
from cognomen.domain.pool import MULTI_FACTOR, OFFERED_BY
from cognomen.domain.recovery import recovery_contacts

Document = Mapping[str, Any]

PASSWORDLESS = frozenset({"EMAIL_OTP", "SMS_OTP"})
PASSKEYS = "WebAuthnConfiguration"


def factors_of_new_pool(settings: Document) -> dict[str, Any]:
    """What the settings of a new pool turn on by themselves: SMS, where there is a configuration for it."""
    chosen = any(member in settings for member in OFFERED_BY.values())
    return {"SmsMfaConfiguration": {}} if settings.get("SmsConfiguration") and not chosen else {}


def settings_with_mfa(settings: Document, asked: Document) -> dict[str, Any]:
    """The settings of a pool after SetUserPoolMfaConfig, which says everything anew: what is not named is off.

    Raises InvalidParameterException, FeatureUnavailableInTierException.
    """
    replaced = {*OFFERED_BY.values(), PASSKEYS}
    changed = {name: value for name, value in settings.items() if name not in replaced}
    changed["MfaConfiguration"] = asked.get("MfaConfiguration") or "OFF"
    if not _is_on(changed) and any(asked.get(member) is not None for member in OFFERED_BY.values()):
        raise errors.FactorGivenWhileOff
    if (sms := asked.get("SmsMfaConfiguration")) is not None:
        changed |= {"SmsMfaConfiguration": {}, **sms}
        if not changed.get("SmsConfiguration"):
            raise errors.SmsConfigurationMissing
    if (asked.get("SoftwareTokenMfaConfiguration") or {}).get("Enabled"):
        changed["SoftwareTokenMfaConfiguration"] = {"Enabled": True}
    if (mail := asked.get("EmailMfaConfiguration")) is not None:
        changed["EmailMfaConfiguration"] = mail
    if (passkeys := asked.get(PASSKEYS)) is not None:
        check_relying_party(passkeys)
        changed[PASSKEYS] = passkeys
    if _is_on(changed) and not any(member in changed for member in OFFERED_BY.values()):
        raise errors.NoFactorGiven
    if _passkeys_evade_mfa(changed):
        raise errors.PasskeysCountOnce
    check_mfa(changed)
    tiers.require_settings(changed)
    return changed


def check_mfa(settings: Document) -> None:
    """Refuse settings of a pool that contradict each other; raises InvalidParameterException."""
    check_role((settings.get("SmsConfiguration") or {}).get("SnsCallerArn"))
    if settings.get("SmsConfiguration") and not settings["SmsConfiguration"].get("SnsCallerArn"):
        raise errors.InvalidParameterException("SmsConfiguration needs the SnsCallerArn of an IAM role.")
    if _is_on(settings) and not any(member in settings for member in OFFERED_BY.values()):
        raise errors.SmsConfigurationMissing
    if "EmailMfaConfiguration" in settings:
        _check_email(settings)
    if settings.get("MfaConfiguration") == "ON" and not PASSWORDLESS.isdisjoint(_first_factors(settings)):
        raise errors.CodesBesideMfa
    if _passkeys_evade_mfa(settings):
        raise errors.PasskeysBesideMfa


def _first_factors(settings: Document) -> Sequence[str]:
    return ((settings.get("Policies") or {}).get("SignInPolicy") or {}).get("AllowedFirstAuthFactors") or ()


def _passkeys_evade_mfa(settings: Document) -> bool:
    """Whether everybody needs two factors, and a passkey that counts as one may begin the sign-in."""
    counts_twice = (settings.get(PASSKEYS) or {}).get("FactorConfiguration") == MULTI_FACTOR
    return settings.get("MfaConfiguration") == "ON" and "WEB_AUTHN" in _first_factors(settings) and not counts_twice


def _check_email(settings: Document) -> None:
    if (settings.get("EmailConfiguration") or {}).get("EmailSendingAccount") != "DEVELOPER":
        raise errors.EmailMfaNeedsSes
    if recovery_contacts(settings.get("AccountRecoverySetting") or {}) == ("email",):
        text = "Email MFA cannot be turned on while e-mail is the only way to recover an account."
        raise errors.InvalidParameterException(text)


def _is_on(settings: Document) -> bool:
    return (settings.get("MfaConfiguration") or "OFF") != "OFF"


def mfa_config_of(settings: Document) -> dict[str, Any]:
    """What GetUserPoolMfaConfig answers: the factors that are on, by their wire names."""
    shown = {"MfaConfiguration": settings.get("MfaConfiguration") or "OFF"}
    for member in ("SoftwareTokenMfaConfiguration", "EmailMfaConfiguration", PASSKEYS):
        if member in settings:
            shown[member] = settings[member]
    if "SmsMfaConfiguration" in settings:
        parts = ("SmsAuthenticationMessage", "SmsConfiguration")
        shown["SmsMfaConfiguration"] = {name: settings[name] for name in parts if settings.get(name)}
    return shown
