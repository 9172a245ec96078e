"""What NEW_PASSWORD_REQUIRED tells of a user, and which attributes its answer may bring (reference 05, 02)."""

import json
from collections.abc import Mapping
from typing import Any

from cognomen import errors
from cognomen.domain.attribute_changes import Author, check_new
from cognomen.domain.attributes import VERIFIED_FLAG
from cognomen.domain.challenges import Situation
from cognomen.domain.client_attributes import check_writable, readable_attributes

PREFIX = "userAttributes."


def parameters_of(situation: Situation) -> dict[str, str]:
    """The ChallengeParameters; required attributes that the user lacks are listed, and shown as empty."""
    missing = missing_attributes(situation)
    held = readable_attributes(situation.pool, situation.client, situation.user.attributes)
    shown = {**held, **dict.fromkeys(missing, "")}
    return {
        "USER_ID_FOR_SRP": situation.user.username,
        "requiredAttributes": _compact([PREFIX + name for name in missing]),
        "userAttributes": _compact(shown),
    }


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def missing_attributes(situation: Situation) -> list[str]:
    """The required attributes that the user has no value of, in the order of the schema."""
    required = (one.name for one in situation.pool.schema.values() if one.required and one.name != "sub")
    return [name for name in required if not situation.user.attributes.get(name)]


def attributes_given(situation: Situation, responses: Mapping[str, str]) -> dict[str, str]:
    """The attributes that the answer brings and the user gets, contacts among them not yet verified.

    Raises UnauthorizedAttribute, AttributeAlreadyProvided, AttributeImmutable, RequiredAttributeMissing,
    InvalidParameterException.
    """
    answers = {name.removeprefix(PREFIX): value for name, value in responses.items() if name.startswith(PREFIX)}
    given = {name: value for name, value in answers.items() if value}
    check_writable(situation.pool, situation.client, given)
    for name in given:
        _refuse_change(situation, name)
    for name in missing_attributes(situation):
        if name not in given:
            raise errors.RequiredAttributeMissing(name=name)
    check_new(situation.pool.schema, given, Author.USER)
    return {**given, **{VERIFIED_FLAG[name]: "false" for name in given if name in VERIFIED_FLAG}}


def _refuse_change(situation: Situation, name: str) -> None:
    """Contacts and required attributes are given here once; others may change where they are mutable."""
    schema = situation.pool.schema.get(name)
    if schema is None or not situation.user.attributes.get(name):
        return
    if schema.required or name in VERIFIED_FLAG:
        raise errors.AttributeAlreadyProvided(name=name)
    if not schema.mutable:
        raise errors.AttributeImmutable(attribute=name)
