"""From what CreateUserPool was asked to what DescribeUserPool shows: checks and AWS's defaults (reference 03)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from cognomen import errors
from cognomen.domain import mfa_settings, tags, tiers
from cognomen.domain.attributes import STRING_MAX, standard_schema
from cognomen.domain.auth_factors import check_first_factors
from cognomen.domain.email_settings import check_email_configuration
from cognomen.domain.recovery import check_recovery_setting
from cognomen.domain.trigger_settings import lambda_config_of

Document = Mapping[str, Any]

DEFAULT_PASSWORD_POLICY = {
    "MinimumLength": 8,
    "RequireUppercase": True,
    "RequireLowercase": True,
    "RequireNumbers": True,
    "RequireSymbols": True,
    "TemporaryPasswordValidityDays": 7,
}
RECOVERY_DEFAULT = {
    "RecoveryMechanisms": [
        {"Priority": 1, "Name": "verified_email"},
        {"Priority": 2, "Name": "verified_phone_number"},
    ]
}
DEFAULTS: Document = {
    "DeletionProtection": "INACTIVE",
    "LambdaConfig": {},
    "AutoVerifiedAttributes": [],
    "VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_CODE"},
    "MfaConfiguration": "OFF",
    "EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT"},
    "UserPoolTags": {},
    "AdminCreateUserConfig": {"AllowAdminCreateUserOnly": False, "UnusedAccountValidityDays": 7},
    "AccountRecoverySetting": RECOVERY_DEFAULT,
    "UserPoolTier": "ESSENTIALS",
}
# Older members and the members of VerificationMessageTemplate that say the same.
TWINS = (
    ("EmailVerificationMessage", "EmailMessage"),
    ("EmailVerificationSubject", "EmailSubject"),
    ("SmsVerificationMessage", "SmsMessage"),
)
RENAMED = {"UserPoolId", "PoolName", "Schema", "Policies"}
# What UpdateUserPool says anew: what it leaves out goes back to its default. The others stay: AWS says so of the tier
# and of DcrConfiguration, it was measured of MFA and of both policies, and Terraform's provider counts on it with tags.
REPLACED = frozenset(
    {
        "DeletionProtection",
        "LambdaConfig",
        "AutoVerifiedAttributes",
        "SmsVerificationMessage",
        "EmailVerificationMessage",
        "EmailVerificationSubject",
        "VerificationMessageTemplate",
        "SmsAuthenticationMessage",
        "UserAttributeUpdateSettings",
        "DeviceConfiguration",
        "EmailConfiguration",
        "SmsConfiguration",
        "AdminCreateUserConfig",
        "UserPoolAddOns",
        "AccountRecoverySetting",
        "KeyConfiguration",
        "IssuerConfiguration",
        "AcrConfiguration",
    }
)
MAX_CUSTOM = 50
CONSTRAINTS = {
    "String": ("StringAttributeConstraints", "MinLength", "MaxLength", "length"),
    "Number": ("NumberAttributeConstraints", "MinValue", "MaxValue", "value"),
}


def settings_of_new_pool(asked: Document, kept: Document = MappingProxyType({})) -> dict[str, Any]:
    """The settings of a pool made by this request; `kept` are settings that no request of this kind changes.

    Raises InvalidParameterException, UserPoolTaggingException, FeatureUnavailableInTierException.
    """
    if asked.get("AliasAttributes") and asked.get("UsernameAttributes"):
        text = "Only one of the aliasAttributes or usernameAttributes can be set in a user pool."
        raise errors.InvalidParameterException(text)
    given = {name: value for name, value in asked.items() if name not in RENAMED}
    settings = {**DEFAULTS, **given, "SchemaAttributes": _schema(asked.get("Schema") or [])}
    settings["Policies"] = _policies(asked.get("Policies") or {})
    settings["LambdaConfig"] = lambda_config_of(asked.get("LambdaConfig") or {})
    settings["AdminCreateUserConfig"] = {
        **DEFAULTS["AdminCreateUserConfig"],
        **asked.get("AdminCreateUserConfig", {}),
    }
    _set_validity(settings, asked)
    _check_update_settings(settings)
    _check_invitation(settings)
    settings.update(_verification_wording(asked))
    check_recovery_setting(settings["AccountRecoverySetting"])
    check_email_configuration(settings["EmailConfiguration"])
    tagging_fault = tags.fault_of(settings["UserPoolTags"])
    if tagging_fault:
        raise errors.UserPoolTaggingException(tagging_fault)
    settings.update(kept)
    settings.update(mfa_settings.factors_of_new_pool(settings))
    mfa_settings.check_mfa(settings)
    tiers.require_settings(settings)
    return settings


def settings_of_changed_pool(settings: Document, asked: Document) -> dict[str, Any]:
    """The settings of a pool after UpdateUserPool; raises as `settings_of_new_pool` does."""
    with_policies = {**asked, "Policies": _with_kept_policies(settings["Policies"], asked)}
    kept = {name: value for name, value in settings.items() if name not in REPLACED and name not in with_policies}
    return settings_of_new_pool(with_policies, kept)


def _with_kept_policies(kept: Document, asked: Document) -> Document:
    """Each of the two policies that a request does not name stays; days that it gives the older way count."""
    days = (asked.get("AdminCreateUserConfig") or {}).get("UnusedAccountValidityDays")
    passwords = {**kept["PasswordPolicy"], **({"TemporaryPasswordValidityDays": days} if days else {})}
    return {**kept, "PasswordPolicy": passwords, **(asked.get("Policies") or {})}


def _policies(asked: Document) -> dict[str, Any]:
    policy = asked.get("PasswordPolicy")
    if policy is not None:
        switched_off = {name: False for name in DEFAULT_PASSWORD_POLICY if name.startswith("Require")}
        policy = {"MinimumLength": 8, **switched_off, "TemporaryPasswordValidityDays": 7, **policy}
        if not policy["TemporaryPasswordValidityDays"]:
            policy["TemporaryPasswordValidityDays"] = 7
        if not policy.get("PasswordHistorySize"):  # 0 turns it off, and is not shown
            policy.pop("PasswordHistorySize", None)
    sign_in = asked.get("SignInPolicy") or {"AllowedFirstAuthFactors": ["PASSWORD"]}
    check_first_factors(sign_in.get("AllowedFirstAuthFactors") or ())
    return {"PasswordPolicy": policy or dict(DEFAULT_PASSWORD_POLICY), "SignInPolicy": sign_in}


def _set_validity(settings: Document, asked: Document) -> None:
    """Days that temporary passwords work: two members say it, and Describe shows one number in both (reference 03)."""
    policy = (asked.get("Policies") or {}).get("PasswordPolicy") or {}
    days = policy.get("TemporaryPasswordValidityDays")
    legacy_days = (asked.get("AdminCreateUserConfig") or {}).get("UnusedAccountValidityDays")
    if days and legacy_days and days != legacy_days:
        text = "Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays"
        raise errors.InvalidParameterException(text)
    in_force = days or legacy_days or DEFAULT_PASSWORD_POLICY["TemporaryPasswordValidityDays"]
    settings["Policies"]["PasswordPolicy"]["TemporaryPasswordValidityDays"] = in_force
    settings["AdminCreateUserConfig"]["UnusedAccountValidityDays"] = in_force


def _check_update_settings(settings: Document) -> None:
    asked = (settings.get("UserAttributeUpdateSettings") or {}).get("AttributesRequireVerificationBeforeUpdate") or []
    if not set(asked) <= set(settings["AutoVerifiedAttributes"]):
        text = "AttributesRequireVerificationBeforeUpdate can only name attributes of AutoVerifiedAttributes."
        raise errors.InvalidParameterException(text)


def _check_invitation(settings: Document) -> None:
    """An invitation names the user; that it may lack the password is for users who have none."""
    template = settings["AdminCreateUserConfig"].get("InviteMessageTemplate") or {}
    for member in ("SMSMessage", "EmailMessage"):
        if template.get(member) and "{username}" not in template[member]:
            raise errors.InvalidParameterException(f"{member} must contain the placeholder {{username}}.")


def _verification_wording(asked: Document) -> dict[str, Any]:
    template = {**DEFAULTS["VerificationMessageTemplate"], **asked.get("VerificationMessageTemplate", {})}
    legacy: dict[str, Any] = {}
    for old, new in TWINS:
        wording = template.get(new) or asked.get(old)
        if wording:
            template[new] = legacy[old] = wording
    for name in ("EmailMessage", "SmsMessage"):
        if name in template and "{####}" not in template[name]:
            raise errors.InvalidParameterException(
                f"{name} must contain the placeholder {{####}}.",
            )
    return {**legacy, "VerificationMessageTemplate": template}


def _schema(asked: list[Document]) -> list[dict[str, Any]]:
    schema = standard_schema()
    customs = []
    for entry in asked:
        name = entry.get("Name") or ""
        if name in schema:
            schema[name] = _override(schema[name], entry)
        else:
            customs.append(entry)
    return _with_customs(list(schema.values()), customs)


def settings_with_attributes(settings: Document, asked: list[Document]) -> dict[str, Any]:
    """The settings of a pool with further custom attributes; raises InvalidParameterException."""
    return {**settings, "SchemaAttributes": _with_customs(settings["SchemaAttributes"], asked)}


def _with_customs(schema: list[dict[str, Any]], asked: list[Document]) -> list[dict[str, Any]]:
    extended = {entry["Name"]: entry for entry in schema}
    for entry in asked:
        custom = custom_attribute(entry)
        name = custom["Name"]
        if name in extended:
            raise errors.InvalidParameterException(f"{name}: Existing attribute already has name {name}.")
        extended[name] = custom
    if sum(":" in name for name in extended) > MAX_CUSTOM:
        raise errors.InvalidParameterException(f"A user pool cannot have more than {MAX_CUSTOM} custom attributes.")
    return list(extended.values())


def _override(standard: Document, entry: Document) -> dict[str, Any]:
    name = standard["Name"]
    if name in {"sub", "identities"}:
        raise errors.InvalidParameterException(f"The schema of the attribute {name} cannot be changed.")
    if entry.get("AttributeDataType", standard["AttributeDataType"]) != standard["AttributeDataType"] or entry.get(
        "DeveloperOnlyAttribute"
    ):
        text = (
            f"You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute {name}"
        )
        raise errors.InvalidParameterException(text)
    changed = {**standard, **entry}
    _check_bounds(changed)
    return changed


def custom_attribute(entry: Document) -> dict[str, Any]:
    """A custom attribute as Describe shows it; raises InvalidParameterException."""
    if not entry.get("Name"):
        raise errors.InvalidParameterException("A custom attribute needs a name.")
    if entry.get("AttributeDataType") is None:
        text = "Invalid AttributeDataType input, consider using the provided AttributeDataType enum."
        raise errors.InvalidParameterException(text)
    if entry.get("Required"):
        raise errors.InvalidParameterException("Required custom attributes are not supported currently.")
    prefix = "dev:custom:" if entry.get("DeveloperOnlyAttribute") else "custom:"
    custom = {"DeveloperOnlyAttribute": False, "Mutable": True, "Required": False, **entry}
    custom["Name"] = prefix + entry["Name"]
    if custom["AttributeDataType"] in CONSTRAINTS:
        custom.setdefault(CONSTRAINTS[custom["AttributeDataType"]][0], {})
    _check_bounds(custom)
    return custom


def _check_bounds(entry: Document) -> None:
    name = entry["Name"]
    for data_type, (member, smallest, largest, what) in CONSTRAINTS.items():
        bounds = entry.get(member) or {}
        if bounds and entry["AttributeDataType"] != data_type:
            raise errors.InvalidParameterException(f"user.{name}: {member} does not fit its AttributeDataType.")
        for bound in (smallest, largest):
            if bounds.get(bound) and not _is_whole(bounds[bound]):
                raise errors.InvalidParameterException(f"user.{name}: {bound} is not a whole number.")
        if bounds.get(smallest) and bounds.get(largest) and int(bounds[largest]) < int(bounds[smallest]):
            raise errors.InvalidParameterException(f"user.{name}: Max {what} cannot be less than min {what}.")
        if data_type == "String" and bounds.get(largest) and int(bounds[largest]) > STRING_MAX:
            raise errors.InvalidParameterException(
                f"user.{name}: String attributes cannot have a length of more than {STRING_MAX}"
            )


def _is_whole(text: str) -> bool:
    return text.removeprefix("-").isdecimal() and text.isascii()
