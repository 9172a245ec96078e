"""What NEW_PASSWORD_REQUIRED tells, and what its answer may bring."""

import json
from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.challenges import Situation, Step
from cognomen.domain.new_password import attributes_given, parameters_of
from cognomen.domain.pool import UserPool
from cognomen.domain.user import UserStatus
from domain.people import a_client, a_pool, a_user

HAS_EMAIL = {"email": "a@d.example", "email_verified": "true"}


def situation(pool: UserPool, attributes: dict[str, str], **client: Any) -> Situation:
    user = a_user(status=UserStatus.FORCE_CHANGE_PASSWORD, attributes=attributes)
    return Situation("USER_PASSWORD_AUTH", pool, a_client(**client), user, (Step.PASSWORD,))


@pytest.mark.parametrize(
    ("required", "attributes", "client", "required_text", "attributes_text"),
    [
        ((), {}, {}, "[]", "{}"),
        ((), HAS_EMAIL, {}, "[]", '{"email":"a@d.example","email_verified":"true"}'),
        (("name", "email"), HAS_EMAIL, {}, '["userAttributes.name"]',
         '{"email":"a@d.example","email_verified":"true","name":""}'),
        (("name", "email"), {"name": ""}, {}, '["userAttributes.name","userAttributes.email"]',
         '{"name":"","email":""}'),
        ((), {**HAS_EMAIL, "nickname": 'Ö"'}, {"ReadAttributes": ["nickname"]}, "[]", '{"nickname":"Ö\\""}'),
    ],
)  # fmt: skip
def test_the_parameters(
    required: tuple[str, ...],
    attributes: dict[str, str],
    client: dict[str, Any],
    required_text: str,
    attributes_text: str,
) -> None:
    """Texts of JSON without spaces; what is missing is listed and empty; only what the client may read."""
    assert parameters_of(situation(a_pool(required), attributes, **client)) == {
        "USER_ID_FOR_SRP": "ada",
        "requiredAttributes": required_text,
        "userAttributes": attributes_text,
    }
    assert json.loads(attributes_text).keys() >= {one.partition(".")[2] for one in json.loads(required_text)}


@pytest.mark.parametrize(
    ("attributes", "answers", "given"),
    [
        (HAS_EMAIL, {"USERNAME": "ada", "NEW_PASSWORD": "x", "email": "b@d.example"}, {}),
        ({}, {"userAttributes.name": "Ada", "userAttributes.nickname": ""}, {"name": "Ada"}),
        ({"nickname": "A"}, {"userAttributes.nickname": "B"}, {"nickname": "B"}),
        ({}, {"userAttributes.email": "b@d.example"}, {"email": "b@d.example", "email_verified": "false"}),
        ({"email_verified": "true"}, {"userAttributes.email": "b@d.example"},
         {"email": "b@d.example", "email_verified": "false"}),
        ({"email": ""}, {"userAttributes.email": "b@d.example"},
         {"email": "b@d.example", "email_verified": "false"}),
        ({}, {"userAttributes.gender": "f"}, {"gender": "f"}),
    ],
)  # fmt: skip
def test_what_the_answer_brings(attributes: dict[str, str], answers: dict[str, str], given: dict[str, str]) -> None:
    """Missing and other writable attributes; an address nobody has proved is not verified, whatever stood there."""
    assert attributes_given(situation(a_pool(fixed=("gender",)), attributes), answers) == given


CANNOT = "Cannot modify an already provided {}"


@pytest.mark.parametrize(
    ("attributes", "answers", "refusal", "told"),
    [
        (HAS_EMAIL, {"email": "a@d.example"}, errors.AttributeAlreadyProvided, CANNOT.format("email")),
        ({"phone_number": "+1"}, {"phone_number": "+2"}, errors.AttributeAlreadyProvided,
         CANNOT.format("phone_number")),
        ({"name": "A"}, {"name": "B"}, errors.AttributeAlreadyProvided, CANNOT.format("name")),
        ({}, {}, errors.RequiredAttributeMissing, "Invalid attributes given, name is missing"),
        ({}, {"name": ""}, errors.RequiredAttributeMissing, "Invalid attributes given, name is missing"),
        ({"name": "A"}, {"email_verified": "true"}, errors.UnauthorizedAttribute, "unauthorized attribute"),
        ({"name": "A"}, {"sub": "x"}, errors.UnauthorizedAttribute, "unauthorized attribute"),
        ({"name": "A"}, {"zoneinfo": "x"}, errors.UnauthorizedAttribute, "unauthorized attribute"),
        ({"name": "A", "gender": "f"}, {"gender": "m"}, errors.AttributeImmutable, ""),
        ({"name": "A"}, {"email": "no address"}, errors.InvalidParameterException, "Invalid email address format."),
        ({"name": "A"}, {"nickname": "x" * 2049}, errors.InvalidParameterException, "nickname"),
    ],
)  # fmt: skip
def test_what_the_answer_may_not_bring(
    attributes: dict[str, str], answers: dict[str, str], refusal: type[errors.Refusal], told: str
) -> None:
    """What is there already, what is missing, what this client may not write, what does not fit."""
    pool = a_pool(required=("name",), fixed=("gender",))
    writable = ["name", "nickname", "email", "phone_number", "gender"]
    responses = {f"userAttributes.{name}": value for name, value in answers.items()}
    with pytest.raises(refusal) as refused:
        attributes_given(situation(pool, attributes, WriteAttributes=writable), responses)
    assert told in str(refused.value)


def test_an_unknown_attribute_is_refused() -> None:
    """Nothing is stored that the schema does not have."""
    with pytest.raises(errors.InvalidParameterException, match="custom:x: Attribute does not exist in the schema"):
        attributes_given(situation(a_pool(), {}), {"userAttributes.custom:x": "1"})
