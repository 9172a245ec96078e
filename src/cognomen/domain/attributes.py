"""The attributes that users of a pool may have, and what a value must look like (reference 03, 04)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from cognomen import errors

STRING_MAX = 2048
VERIFIED_FLAG = {"email": "email_verified", "phone_number": "phone_number_verified"}
NEVER_WRITTEN_BY_USERS = frozenset({"sub", "identities", *VERIFIED_FLAG.values()})

# AWS accepts far more than RFC 5321 allows; what must not pass is what cannot be mailed or can break a header.
EMAIL = re.compile(r"[^\s@<>,;:\"\\\x00-\x1f\x7f]+@[^\s@<>,;:\"\\\x00-\x1f\x7f.]+(\.[^\s@<>,;:\"\\\x00-\x1f\x7f.]+)*")
PHONE = re.compile(r"\+[0-9]{1,15}")
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,19}")

# Name, and what differs from a mutable, optional string of 0 to 2048 characters; in the order of Describe.
_STANDARD: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "sub",
        {
            "Mutable": False,
            "Required": True,
            "StringAttributeConstraints": {"MinLength": "1", "MaxLength": "2048"},
        },
    ),
    *((name, {}) for name in ("name", "given_name", "family_name", "middle_name", "nickname")),
    *((name, {}) for name in ("preferred_username", "profile", "picture", "website", "email")),
    ("email_verified", {"AttributeDataType": "Boolean"}),
    ("gender", {}),
    ("birthdate", {"StringAttributeConstraints": {"MinLength": "10", "MaxLength": "10"}}),
    *((name, {}) for name in ("zoneinfo", "locale", "phone_number")),
    ("phone_number_verified", {"AttributeDataType": "Boolean"}),
    ("address", {}),
    ("updated_at", {"AttributeDataType": "Number", "NumberAttributeConstraints": {"MinValue": "0"}}),
    ("identities", {"StringAttributeConstraints": {}}),
)
STANDARD = frozenset(name for name, _ in _STANDARD)


def _standard_entry(name: str, special: Mapping[str, Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "Name": name,
        "AttributeDataType": "String",
        "DeveloperOnlyAttribute": False,
        "Mutable": True,
        "Required": False,
    }
    entry.update(special)
    if entry["AttributeDataType"] == "String":
        entry.setdefault("StringAttributeConstraints", {"MinLength": "0", "MaxLength": "2048"})
    return entry


def standard_schema() -> dict[str, dict[str, Any]]:
    """The SchemaAttributes every pool has, by name, as DescribeUserPool shows them."""
    return {name: _standard_entry(name, special) for name, special in _STANDARD}


@dataclass(frozen=True, slots=True)
class AttributeSchema:
    """What one attribute may hold. Lengths are in characters."""

    name: str
    data_type: str
    mutable: bool
    required: bool
    developer_only: bool
    smallest: int | None
    largest: int | None

    def fault_of(self, value: str) -> str | None:
        """Why the value does not fit, in AWS's words as far as they are known; None where it fits."""
        if self.data_type == "String":
            return self._fault_of_size(len(value), "String attributes cannot have a length of")
        if self.data_type == "Boolean":
            return None if value in {"true", "false"} else "The attribute is not a valid boolean"
        if self.data_type == "DateTime":
            return None if WHOLE_NUMBER.fullmatch(value) else "The attribute is not a valid date"
        if not WHOLE_NUMBER.fullmatch(value):
            return "The attribute is not a valid number"
        return self._fault_of_size(int(value), "Number attributes cannot have a value of")

    def _fault_of_size(self, size: int, words: str) -> str | None:
        if self.largest is not None and size > self.largest:
            return f"{words} more than {self.largest}"
        if self.smallest is not None and size < self.smallest:
            return f"{words} less than {self.smallest}"
        return None


def _bound(constraints: Mapping[str, Any], name: str) -> int | None:
    return int(constraints[name]) if constraints.get(name) not in {None, ""} else None


def _schema_entry(entry: Mapping[str, Any]) -> AttributeSchema:
    is_text = entry["AttributeDataType"] == "String"
    constraints = entry.get("StringAttributeConstraints" if is_text else "NumberAttributeConstraints") or {}
    smallest, largest = ("MinLength", "MaxLength") if is_text else ("MinValue", "MaxValue")
    return AttributeSchema(
        name=entry["Name"],
        data_type=entry["AttributeDataType"],
        mutable=entry.get("Mutable", True),
        required=entry.get("Required", False),
        developer_only=entry.get("DeveloperOnlyAttribute", False),
        smallest=_bound(constraints, smallest),
        largest=_bound(constraints, largest) or (STRING_MAX if is_text else None),
    )


def schema_of(entries: Iterable[Mapping[str, Any]]) -> Mapping[str, AttributeSchema]:
    """Read SchemaAttributes as Describe shows them."""
    return {entry["Name"]: _schema_entry(entry) for entry in entries}


def check_email(address: str) -> None:
    """Refuse what cannot be mailed to; raises InvalidParameterException."""
    if not EMAIL.fullmatch(address):
        raise errors.InvalidParameterException("Invalid email address format.")


def check_phone(number: str) -> None:
    """Refuse what is not ``+`` and digits (E.164); raises InvalidParameterException."""
    if not PHONE.fullmatch(number):
        raise errors.InvalidParameterException("Invalid phone number format.")


FORMATS = {"email": check_email, "phone_number": check_phone}


def check_values(schema: Mapping[str, AttributeSchema], given: Mapping[str, str]) -> None:
    """Refuse unknown attributes and values that do not fit; raises InvalidParameterException."""
    for name in given:
        if name not in schema:
            text = f"Attributes did not conform to the schema: Type for attribute {{{name}}} could not be determined"
            raise errors.InvalidParameterException(text)
    _refuse(f"{name}: {fault}" for name, value in given.items() if (fault := schema[name].fault_of(value)))
    for name, check in FORMATS.items():
        if given.get(name):
            check(given[name])


def check_required(schema: Mapping[str, AttributeSchema], given: Mapping[str, str]) -> None:
    """Refuse where a required attribute is missing or empty; raises InvalidParameterException naming each."""
    required = (one.name for one in schema.values() if one.required and one.name != "sub")
    _refuse(f"{name}: The attribute is required" for name in required if not given.get(name))


def _refuse(faults: Iterable[str]) -> None:
    lines = "".join(f"{fault}\n" for fault in faults)
    if lines:
        raise errors.InvalidParameterException("Attributes did not conform to the schema: " + lines)
