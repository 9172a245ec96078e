"""What becomes of attributes that are set or taken away."""

import pytest

from cognomen import errors
from cognomen.domain.attribute_changes import Author, check_change, check_new, outcome_of
from cognomen.domain.attributes import schema_of, standard_schema
from domain.people import a_pool

HELD = {"email": "old@d.example", "email_verified": "true", "name": "Ada"}
SCHEMA = schema_of(
    [
        *standard_schema().values(),
        {"Name": "custom:badge", "AttributeDataType": "Number", "Mutable": False, "NumberAttributeConstraints": {}},
        {"Name": "custom:team", "AttributeDataType": "String", "StringAttributeConstraints": {"MaxLength": "4"}},
        {"Name": "dev:custom:note", "AttributeDataType": "String", "DeveloperOnlyAttribute": True},
        {"Name": "nickname", "AttributeDataType": "String", "Required": True},
    ]
)

TWO_FAULTS = """\
user.custom:team: String attributes cannot have a length of more than 4
user.updated_at: The attribute is not a valid number
"""
REFUSED = [
    (check_change, {"custom:foo": "x"}, "user.custom:foo: Attribute does not exist in the schema.\n"),
    (check_new, {"custom:foo": "x"}, "user.custom:foo: Attribute does not exist in the schema.\n"),
    (check_change, {"custom:foo": ""}, "user.custom:foo: Attribute does not exist in the schema.\n"),
    (
        check_new,
        {"custom:team": "tigers", "updated_at": "now"},
        TWO_FAULTS,
    ),
    (check_change, {"email_verified": "yes"}, "user.email_verified: The attribute is not a valid boolean\n"),
    (check_change, {"nickname": ""}, "user.nickname: The attribute is required\n"),
]


@pytest.mark.parametrize(("check", "given", "told"), REFUSED)
def test_administrators_are_told_what_is_wrong_with_each_attribute(check, given, told):
    """All faults at once, a line each, in the words of the operations of administrators (reference 02)."""
    with pytest.raises(errors.InvalidParameterException) as refused:
        check(SCHEMA, given, Author.ADMIN)
    assert str(refused.value) == f"Invalid user attributes: {told}"


def test_users_are_told_in_other_words():
    """The operations of users say what does not conform (reference 02)."""
    with pytest.raises(errors.InvalidParameterException) as refused:
        check_change(SCHEMA, {"custom:foo": "x"}, Author.USER)
    told = "Attributes did not conform to the schema: custom:foo: Attribute does not exist in the schema.\n"
    assert str(refused.value) == told


@pytest.mark.parametrize("name", ["sub", "identities", "custom:badge"])
@pytest.mark.parametrize("value", ["1", ""])
def test_what_cannot_change_is_neither_set_nor_taken(name, value):
    """Immutable attributes, and what the server alone writes, whether or not the user has a value."""
    with pytest.raises(errors.AttributeImmutable, match=rf"^user\.{name}: Attribute cannot be updated\.$"):
        check_change(SCHEMA, {name: value}, Author.ADMIN)


def test_a_new_account_is_given_what_cannot_change_later():
    """Immutable and developer-only attributes are set at creation; sub and identities never are."""
    check_new(SCHEMA, {"custom:badge": "7", "dev:custom:note": "x"}, Author.ADMIN)
    with pytest.raises(errors.AttributeImmutable):
        check_new(SCHEMA, {"sub": "x"}, Author.ADMIN)


@pytest.mark.parametrize(
    ("name", "value"), [("email", "a b@c"), ("email", "a"), ("phone_number", "0151"), ("phone_number", "+")]
)
def test_contacts_have_to_be_reachable(name, value):
    """An e-mail can be mailed to and a phone number is E.164."""
    with pytest.raises(errors.InvalidParameterException, match=r"Invalid (email address|phone number) format"):
        check_change(SCHEMA, {name: value}, Author.ADMIN)


MAILING = a_pool(AutoVerifiedAttributes=["email"])
STRICT = a_pool(
    AutoVerifiedAttributes=["email", "phone_number"],
    UserAttributeUpdateSettings={"AttributesRequireVerificationBeforeUpdate": ["email"]},
)
NEW = "new@d.example"
# Pool, what is set, and afterwards: e-mail, flag, replaced, waiting, where a code is due.
OUTCOMES = {
    "another e-mail is unverified, and a code is due": (
        MAILING, {"email": NEW}, NEW, "false", {"email"}, {}, {"email": NEW},
    ),
    "no code where the pool verifies none": (a_pool(), {"email": NEW}, NEW, "false", {"email"}, {}, {}),
    "an administrator verifies": (MAILING, {"email": NEW, "email_verified": "true"}, NEW, "true", {"email"}, {}, {}),
    "the same e-mail again changes nothing": (MAILING, {"email": HELD["email"]}, HELD["email"], "true", set(), {}, {}),
    "a flag alone": (MAILING, {"email_verified": "false"}, HELD["email"], "false", set(), {}, {}),
    "an e-mail taken away takes its flag along": (MAILING, {"email": ""}, None, None, {"email"}, {}, {}),
    "proved before it takes effect": (STRICT, {"email": NEW}, HELD["email"], "true", set(), {"email": NEW}, {}),
    "a flag that says unverified does not hurry": (
        STRICT, {"email": NEW, "email_verified": "false"}, HELD["email"], "true", set(), {"email": NEW}, {},
    ),
    "an administrator need not wait": (
        STRICT, {"email": NEW, "email_verified": "true"}, NEW, "true", {"email"}, {}, {},
    ),
    "taking away does not wait": (STRICT, {"email": ""}, None, None, {"email"}, {}, {}),
    "back to the present value": (STRICT, {"email": HELD["email"]}, HELD["email"], "true", set(), {}, {}),
    "only the attributes that the pool names wait": (
        STRICT, {"phone_number": "+491"}, HELD["email"], "true", {"phone_number"}, {}, {"phone_number": "+491"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", OUTCOMES)
def test_contacts_flags_and_codes_keep_together(case):
    """What a change of contacts means, by the settings of the pool."""
    pool, given, email, flag, replaced, waiting, unproved = OUTCOMES[case]
    outcome = outcome_of(pool, HELD, given)
    assert (outcome.attributes.get("email"), outcome.attributes.get("email_verified")) == (email, flag)
    assert (outcome.replaced, outcome.waiting, outcome.unproved) == (replaced, waiting, unproved)
    assert outcome.settled == {name for name in given if name in {"email", "phone_number"} and name not in waiting}


def test_other_attributes_of_the_same_change_do_not_wait():
    """Only the contact waits for its code."""
    outcome = outcome_of(STRICT, HELD, {"email": NEW, "name": "Eve", "locale": "de"})
    assert outcome.attributes == {**HELD, "name": "Eve", "locale": "de"}


@pytest.mark.parametrize(
    ("held", "given", "told"),
    [
        ({}, {"email_verified": "true"}, "Email is required to verify/un-verify an email"),
        ({}, {"phone_number_verified": "false"}, "Phone Number is required to verify/un-verify a phone number"),
        (HELD, {"email": "", "email_verified": "true"}, "Email is required to verify/un-verify an email"),
    ],
)
def test_nothing_is_verified_that_is_not_there(held, given, told):
    """A flag needs its contact."""
    with pytest.raises(errors.ContactMissing) as refused:
        outcome_of(MAILING, held, given)
    assert str(refused.value) == told
