"""From what CreateUserPool was asked to what DescribeUserPool shows: checks and AWS's defaults (reference 03)."""

from collections.abc import Mapping
from typing import Any

from cognomen import errors
from cognomen.domain.attributes import STRING_MAX, standard_schema

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
RENAMED = {"PoolName", "Schema", "Policies"}
MAX_CUSTOM = 50
CONSTRAINTS = {
    "String": ("StringAttributeConstraints", "MinLength", "MaxLength", "length"),
    "Number": ("NumberAttributeConstraints", "MinValue", "MaxValue", "value"),
}


def settings_of_new_pool(asked: Document) -> dict[str, Any]:
    """The settings of a pool made by this request; raises InvalidParameterException."""
    if asked.get("AliasAttributes") and asked.get("UsernameAttributes"):
        text = "Only one of the aliasAttributes or usernameAttributes can be set in a user pool."
        raise errors.InvalidParameterException(text)
    given = {name: value for name, value in asked.items() if name not in RENAMED}
    settings = {**DEFAULTS, **given, "SchemaAttributes": _schema(asked.get("Schema") or [])}
    settings["Policies"] = _policies(asked.get("Policies") or {})
    settings["AdminCreateUserConfig"] = {
        **DEFAULTS["AdminCreateUserConfig"],
        **asked.get("AdminCreateUserConfig", {}),
    }
    settings.update(_verification_wording(asked))
    return settings


def _policies(asked: Document) -> dict[str, Any]:
    policy = asked.get("PasswordPolicy")
    if policy is not None:
        switched_off = {name: False for name in DEFAULT_PASSWORD_POLICY if name.startswith("Require")}
        policy = {"MinimumLength": 8, **switched_off, "TemporaryPasswordValidityDays": 7, **policy}
        if not policy["TemporaryPasswordValidityDays"]:
            policy["TemporaryPasswordValidityDays"] = 7
    sign_in = asked.get("SignInPolicy") or {"AllowedFirstAuthFactors": ["PASSWORD"]}
    return {"PasswordPolicy": policy or dict(DEFAULT_PASSWORD_POLICY), "SignInPolicy": sign_in}


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
    for entry in asked:
        name = entry.get("Name") or ""
        if name in schema and ":" not in name:
            schema[name] = _override(schema[name], entry)
            continue
        custom = custom_attribute(entry)
        if custom["Name"] in schema:
            text = f"{custom['Name']}: Existing attribute already has name {custom['Name']}."
            raise errors.InvalidParameterException(text)
        schema[custom["Name"]] = custom
    if sum(":" in name for name in schema) > MAX_CUSTOM:
        raise errors.InvalidParameterException(f"A user pool cannot have more than {MAX_CUSTOM} custom attributes.")
    return list(schema.values())


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
