"""What a line of an import may say, and the account that it means."""

import json

import pytest

from cognomen.admin.user_lines import Line, LineRefused, read_line
from cognomen.domain.attributes import standard_schema
from cognomen.domain.pool import UserPool
from cognomen.domain.user import NameKind, SignInName, UserStatus

HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$RdescudvJCsgt3ub+b4dWRWJTmaaJObGAAAAAAAAAAA"
SUB = "5a3c6f0e-1d2b-4c3d-8e4f-5a6b7c8d9e0f"
NEW_SUB = "00000000-0000-4000-8000-000000000000"
NOW = 1_700_000_000_000


def a_pool(**settings):
    schema = {**standard_schema(), **settings.pop("schema", {})}
    return UserPool("us-east-1_Aa1Bb2Cc3", "people", NOW, NOW, {"SchemaAttributes": list(schema.values()), **settings})


POOL = a_pool()
BY_EMAIL = a_pool(UsernameAttributes=["email"])


def read(line, pool=POOL):
    text = line if isinstance(line, bytes) else json.dumps(line).encode()
    return read_line(pool, 7, text, lambda: NEW_SUB, NOW)


def account(line, pool=POOL):
    return read(line, pool).new.user


def test_a_line_with_everything():
    """Name, attributes, state, dates, sub and hash come in as they are."""
    line = {
        "username": "ann",
        "attributes": {"email": "ann@d.example", "email_verified": "true", "name": "Ann"},
        "status": "UNCONFIRMED",
        "enabled": False,
        "created_at": "2023-01-01T00:00:00+01:00",
        "sub": SUB,
        "password_hash": HASH,
    }
    arrival = read(line)
    user = arrival.new.user
    assert (arrival.number, arrival.temporary) == (7, None)
    assert (user.username, user.sub, user.enabled) == ("ann", SUB, False)
    assert user.status is UserStatus.UNCONFIRMED
    assert user.attributes == line["attributes"]
    assert (user.password.hash, user.password.srp_verifier, user.password.set_ms) == (HASH, b"", NOW)
    assert (user.created_ms, user.modified_ms) == (1672527600000, NOW)
    assert arrival.new.names == (SignInName(NameKind.USERNAME, "ann"),)


def test_a_line_with_a_name_alone():
    """A fresh sub, made now, and a password that has to be reset."""
    user = account({"username": "ann"})
    assert (user.sub, user.status, user.password, user.created_ms) == (NEW_SUB, UserStatus.RESET_REQUIRED, None, NOW)
    assert user.enabled


STATES = [
    ({"password_hash": HASH}, UserStatus.CONFIRMED),
    ({"password_hash": HASH, "status": "RESET_REQUIRED"}, UserStatus.RESET_REQUIRED),
    ({"temporary_password": "Correct-Horse-9"}, UserStatus.FORCE_CHANGE_PASSWORD),
    ({"temporary_password": "Correct-Horse-9", "status": "FORCE_CHANGE_PASSWORD"}, UserStatus.FORCE_CHANGE_PASSWORD),
    ({"status": "RESET_REQUIRED"}, UserStatus.RESET_REQUIRED),
]


@pytest.mark.parametrize(("given", "status"), STATES)
def test_the_state_goes_with_the_password(given, status):
    """A hash confirms, a temporary password has to be changed, none has to be reset."""
    assert account({"username": "ann", **given}).status is status


@pytest.mark.parametrize("moment", [1_600_000_000, 1_600_000_000.0, "2020-09-13T12:26:40Z"])
def test_times_are_seconds_or_iso_8601(moment):
    """Both ways to write a moment."""
    assert account({"username": "ann", "created_at": moment}).created_ms == 1_600_000_000_000


@pytest.mark.parametrize("name", ["ann@d.example", None, SUB])
def test_where_emails_are_names_an_export_may_name_the_sub(name):
    """ListUsers of such a pool shows the sub as Username: the e-mail is what signs in."""
    line = {"sub": SUB, "attributes": {"email": "ann@d.example"}, **({"username": name} if name else {})}
    arrival = read(line, BY_EMAIL)
    assert arrival.new.user.username == SUB
    assert set(arrival.new.names) == {
        SignInName(NameKind.USERNAME, SUB),
        SignInName(NameKind.EMAIL, "ann@d.example"),
    }


def test_verified_aliases_are_names():
    """An e-mail alias counts once it is verified, preferred_username at once."""
    pool = a_pool(AliasAttributes=["email", "preferred_username"])
    verified = {"email": "a@d.example", "email_verified": "true", "preferred_username": "Annie"}
    kinds = {name.kind for name in read({"username": "ann", "attributes": verified}, pool).new.names}
    assert kinds == {NameKind.USERNAME, NameKind.EMAIL, NameKind.PREFERRED_USERNAME}


STRICT = a_pool(schema={"name": {"Name": "name", "AttributeDataType": "String", "Required": True}})
REFUSED = [
    (b"{", POOL, "truncated"),
    (b"[]", POOL, "Expected `object`, got `array`"),
    (b'{"username": 7}', POOL, "Expected `str"),
    (b'{"username": "\xff"}', POOL, "not UTF-8"),
    (rb'{"username": "\udc00 and more"}', POOL, "surrogate"),
    ({}, POOL, "username is missing"),
    ({"attributes": {}}, BY_EMAIL, "username is missing"),
    ({"username": ""}, POOL, "visible characters"),
    ({"username": "a b"}, POOL, "visible characters"),
    ({"username": "a\u0000"}, POOL, "visible characters"),
    ({"username": "x" * 129}, POOL, "1 to 128"),
    ({"username": "ann"}, BY_EMAIL, "Username should be an email."),
    ({"username": "a@d.example"}, a_pool(AliasAttributes=["email"]), "cannot be of email format"),
    ({"username": "a@d.example", "attributes": {"email": "b@d.example"}}, BY_EMAIL, "differs from the Username"),
    ({"username": "ann", "passwd": "x"}, POOL, "unknown field `passwd`"),
    ({"username": "ann", "status": "EXTERNAL_PROVIDER"}, POOL, "status EXTERNAL_PROVIDER does not go"),
    ({"username": "ann", "status": "CONFIRMED"}, POOL, "RESET_REQUIRED does"),
    ({"username": "ann", "status": "confirmed"}, POOL, "Invalid enum value"),
    ({"username": "ann", "password_hash": HASH, "status": "FORCE_CHANGE_PASSWORD"}, POOL, "does not go"),
    ({"username": "ann", "temporary_password": "Correct-Horse-9", "status": "CONFIRMED"}, POOL, "does not go"),
    ({"username": "ann", "password_hash": HASH, "temporary_password": "x"}, POOL, "exclude each other"),
    ({"username": "ann", "password_hash": "$2b$12$abc"}, POOL, "bcrypt"),
    ({"username": "ann", "temporary_password": "short"}, POOL, "Password not long enough"),
    ({"username": "ann", "temporary_password": ""}, POOL, "Password not long enough"),
    ({"username": "ann", "sub": "me"}, POOL, "not a UUID"),
    ({"username": "ann", "sub": SUB.upper()}, POOL, "not a UUID"),
    ({"username": "ann", "created_at": "2020-09-13T12:26:40"}, POOL, "no time zone"),
    ({"username": "ann", "created_at": NOW / 1000 + 1}, POOL, "between 1970 and now"),
    ({"username": "ann", "created_at": -1}, POOL, "between 1970 and now"),
    ({"username": "ann", "attributes": {"custom:x": "1"}}, POOL, "custom:x: Attribute does not exist in the schema."),
    ({"username": "ann", "attributes": {"sub": SUB}}, POOL, "user.sub: Attribute cannot be updated."),
    ({"username": "ann", "attributes": {"email": "a b"}}, POOL, "Invalid email address format."),
    ({"username": "ann", "attributes": {"email_verified": "true"}}, POOL, "Email is required to verify"),
    ({"username": "ann", "attributes": {"birthdate": "1.1.1970"}}, POOL, "birthdate: String attributes"),
    ({"username": "ann", "attributes": {"name": "x" * 2049}}, POOL, "name"),
    ({"username": "ann", "attributes": {"name": 7}}, POOL, "Expected `str`"),
    ({"username": "ann"}, STRICT, "name: The attribute is required"),
    ({"username": "ann", "attributes": {"name": ""}}, STRICT, "name: The attribute is required"),
]


@pytest.mark.parametrize(("line", "pool", "told"), REFUSED)
def test_a_line_that_cannot_be_imported_says_why(line, pool, told):
    """One line of text, which never quotes a password."""
    with pytest.raises(LineRefused) as refused:
        read(line, pool)
    text = str(refused.value)
    assert told in text
    assert "\n" not in text
    assert refused.value.__cause__ is None


def test_a_line_cannot_print_its_passwords():
    """Neither the line nor what is made of it shows a secret in its repr."""
    line = {"username": "ann", "temporary_password": "Correct-Horse-9"}
    assert "Horse" not in repr(read(line))
    assert "Horse" not in repr(Line(**line))
    assert HASH not in repr(read({"username": "ann", "password_hash": HASH}))
