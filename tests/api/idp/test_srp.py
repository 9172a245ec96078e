"""Signing in by SRP, through the AWS SDK and a client of its own (reference 05, 06, 14)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from cognomen.signing import modexp, srp_proofs
from conftest import PASSWORD, Pool
from proving import CLIENT, HIDING, INCORRECT, WRONG, Exchange, is_signed_in, refusal, respond, sign_in
from refusals.srp_client import N, SrpClient, time_text

NEW = "Other-Horse-10"


@pytest.fixture
def pool(make_pool: Callable[..., Pool]) -> Pool:
    return make_pool(client=CLIENT)


@pytest.fixture
def hiding(make_pool: Callable[..., Pool]) -> Pool:
    return make_pool(client=HIDING)


# The right proof


@pytest.mark.parametrize("answers_as_admin", [False, True])
@pytest.mark.parametrize("begins_as_admin", [False, True])
@pytest.mark.parametrize("secret", [False, True])
def test_a_proof_gives_tokens(
    make_pool: Callable[..., Pool], secret: bool, begins_as_admin: bool, answers_as_admin: bool
) -> None:
    """The challenge has AWS's five parameters and no Session; the proof of the password gives tokens."""
    pool = make_pool(secret=secret, client=CLIENT)
    sub = pool.confirmed("ann")["UserSub"]
    exchange = Exchange(pool, "ann", admin=begins_as_admin)
    assert exchange.begun.keys() == {"ChallengeName", "ChallengeParameters", "ResponseMetadata"}
    assert exchange.begun["ChallengeName"] == "PASSWORD_VERIFIER"
    assert exchange.asked.keys() == {"SALT", "SECRET_BLOCK", "SRP_B", "USERNAME", "USER_ID_FOR_SRP"}
    assert exchange.asked["USERNAME"] == exchange.asked["USER_ID_FOR_SRP"] == "ann"
    done = exchange.answer(admin=answers_as_admin)
    assert done["ChallengeParameters"] == {}
    user = pool.cognito.get_user(AccessToken=done["AuthenticationResult"]["AccessToken"])
    assert (user["Username"], user["UserAttributes"][0]) == ("ann", {"Name": "sub", "Value": sub})


@pytest.mark.parametrize("settings", [{"AliasAttributes": ["email"]}, {"UsernameAttributes": ["email"]}])
def test_an_alias_leads_to_the_user(make_pool: Callable[..., Pool], settings: dict[str, Any]) -> None:
    """USER_ID_FOR_SRP is the user name, or the sub where there is none; the answer may name it or what was typed."""
    pool = make_pool(client=CLIENT, **settings)
    by_alias = "AliasAttributes" in settings
    address = "ann@example.com"
    sub = pool.confirmed("ann" if by_alias else address, UserAttributes=[{"Name": "email", "Value": address}])[
        "UserSub"
    ]
    name = "ann" if by_alias else sub
    verified = [{"Name": "email_verified", "Value": "true"}]
    pool.cognito.admin_update_user_attributes(UserPoolId=pool.pool_id, Username=name, UserAttributes=verified)
    exchange = Exchange(pool, address)
    assert exchange.asked["USER_ID_FOR_SRP"] == name
    assert is_signed_in(exchange.answer())
    assert is_signed_in(Exchange(pool, address).answer(USERNAME=address))


def test_a_temporary_password_is_proven_and_then_replaced(pool: Pool) -> None:
    """NEW_PASSWORD_REQUIRED follows with a session of its own, and the new password is proven from then on."""
    asked = {"UserPoolId": pool.pool_id, "Username": "ann", "TemporaryPassword": PASSWORD}
    pool.cognito.admin_create_user(**asked, MessageAction="SUPPRESS")
    next_step = sign_in(pool, "ann")
    assert (next_step["ChallengeName"], "Session" in next_step) == ("NEW_PASSWORD_REQUIRED", True)
    done = pool.cognito.respond_to_auth_challenge(
        ClientId=pool.client_id,
        ChallengeName="NEW_PASSWORD_REQUIRED",
        Session=next_step["Session"],
        ChallengeResponses={"USERNAME": "ann", "NEW_PASSWORD": NEW},
    )
    assert is_signed_in(done)
    assert is_signed_in(sign_in(pool, "ann", NEW))
    assert refusal(lambda: sign_in(pool, "ann")) == INCORRECT


def with_two_zeros(srp_a: str) -> str:
    return f"00{srp_a}"


def as_a_larger_number(srp_a: str) -> str:
    return f"{int(srp_a, 16) + N:x}"


@pytest.mark.parametrize("spelled", [str.upper, with_two_zeros, as_a_larger_number])
def test_a_is_read_as_a_number(pool: Pool, spelled: Callable[[str], str]) -> None:
    """Capitals and leading zeros change nothing; a number above N counts as it is, as in the client's own hash."""
    pool.confirmed("ann")

    class Spelled(SrpClient):
        @property
        def srp_a(self) -> str:
            return spelled(super().srp_a)

    assert is_signed_in(Exchange(pool, "ann", client=Spelled(pool.pool_id)).answer())


@pytest.mark.parametrize(
    "flows", [[], ["ALLOW_USER_SRP_AUTH"], ["ADMIN_NO_SRP_AUTH"], ["USER_PASSWORD_AUTH", "CUSTOM_AUTH_FLOW_ONLY"]]
)
def test_srp_is_allowed_by_default_and_by_the_old_words(make_pool: Callable[..., Pool], flows: list[str]) -> None:
    """A client without ExplicitAuthFlows may use it, and each of the old values but CUSTOM_AUTH_FLOW_ONLY allows it."""
    pool = make_pool(client={"ExplicitAuthFlows": flows})
    pool.confirmed("ann")
    assert is_signed_in(sign_in(pool, "ann"))


def test_what_an_answer_does_not_need_changes_nothing(pool: Pool) -> None:
    """Other responses are of no account, and neither is a device that nobody remembers yet."""
    pool.confirmed("ann")
    device = f"us-east-1_{UUID(int=5)}"
    assert is_signed_in(Exchange(pool, "ann").answer(DEVICE_KEY=device, NEW_PASSWORD=NEW, ANSWER="x"))
    assert is_signed_in(sign_in(pool, "ann"))


def test_a_hash_that_was_imported_has_no_verifier_yet(pool: Pool) -> None:
    """SRP is refused like a wrong password until the first sign-in has shown the password, and works from then on."""
    pool.confirmed("ann")
    world = pool.server.application.world
    statement = "update users set srp_salt = ?, srp_verifier = ? where pool_id = ? and username = ?"
    pool.server.run(world.database.write(lambda tx: tx.run(statement, (b"", b"", pool.pool_id, "ann"))))
    first, second = Exchange(pool, "ann"), Exchange(pool, "ann")
    assert first.asked["SALT"] == second.asked["SALT"]
    assert refusal(first.answer) == INCORRECT
    assert is_signed_in(pool.sign_in("ann"))
    assert refusal(second.answer) == INCORRECT  # it was begun with another salt
    assert is_signed_in(sign_in(pool, "ann"))


# Whoever does not know the password


@pytest.mark.parametrize("password", [WRONG, PASSWORD.lower(), PASSWORD + " ", ""])
def test_a_wrong_password_is_refused(pool: Pool, password: str) -> None:
    """The proof of another password is none."""
    pool.confirmed("ann")
    assert refusal(lambda: sign_in(pool, "ann", password)) == INCORRECT


@pytest.mark.parametrize("srp_a", ["0", "000", f"{N:x}", f"0{N:x}", f"{N:X}"])
def test_a_multiple_of_the_prime_is_refused(hiding: Pool, srp_a: str) -> None:
    """CRED-16: With it anybody would know the shared secret, whatever the password; unknown names are refused alike."""
    hiding.confirmed("ann")
    for name in ("ann", "nobody"):
        code, message = refusal(lambda name=name: Exchange(hiding, name, srp_a=srp_a))  # type: ignore[misc]
        assert (code, message) == ("InvalidParameterException", "SRP_A is not acceptable.")


@pytest.mark.parametrize("srp_a", ["xyz", "-1", "0x10", " 10", "1_0", "\u0661", "f" * 771, "f" * 70_000])
def test_what_is_no_number_is_refused(hiding: Pool, srp_a: str) -> None:
    """Only hexadecimal digits are, and no more of them than the prime has; unknown names are refused alike."""
    hiding.confirmed("ann")
    for name in ("ann", "nobody"):
        code, message = refusal(lambda name=name: Exchange(hiding, name, srp_a=srp_a))  # type: ignore[misc]
        assert code == "InvalidParameterException"
        assert message == "SRP_A is not a hexadecimal number of the expected size."


def test_a_tampered_answer_is_refused(pool: Pool) -> None:
    """Another signature, another block or none that is ours: each is as good as a wrong password."""
    pool.confirmed("ann")
    exchange, other = Exchange(pool, "ann"), Exchange(pool, "ann")
    right, of_other = exchange.proof(), other.proof()
    block, signature = "PASSWORD_CLAIM_SECRET_BLOCK", "PASSWORD_CLAIM_SIGNATURE"
    spoilt = ("A" if right[block][60] != "A" else "B").join((right[block][:60], right[block][61:]))
    for changed in (
        {signature: of_other[signature]},
        {signature: right[signature][:20]},
        {block: of_other[block]},
        {block: spoilt},
        {block: "QUJD"},
        {block: "A" * 100_000},
        {"TIMESTAMP": time_text(timedelta(seconds=2))},
    ):
        assert refusal(lambda changed=changed: respond(pool, {**right, **changed})) == INCORRECT  # type: ignore[misc]
        pool.server.run(forgive(pool))
    assert is_signed_in(respond(pool, right))


async def forgive(pool: Pool) -> None:
    statement = "delete from lockouts where pool_id = ?"
    await pool.server.application.world.database.write(lambda tx: tx.run(statement, (pool.pool_id,)))


@pytest.mark.parametrize("name", ["PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK"])
@pytest.mark.parametrize("text", ["?", "QUJ", "QQ==QQ==", "ÄÖ==", "QUJD\n"])
def test_what_is_no_base64_is_refused(pool: Pool, name: str, text: str) -> None:
    """It cannot be a signature or a block, and is not counted as a wrong password."""
    pool.confirmed("ann")
    exchange = Exchange(pool, "ann")
    for _ in range(6):
        assert refusal(lambda: exchange.answer(**{name: text})) == (
            "InvalidParameterException",
            f"{name} is not in base64.",
        )
    assert is_signed_in(exchange.answer())


# What is told of accounts


@pytest.mark.parametrize("hides", [False, True])
def test_an_unconfirmed_user_is_told_before_the_password(make_pool: Callable[..., Pool], hides: bool) -> None:
    """As on AWS: USER_PASSWORD_AUTH looks at the password first, this flow does not."""
    pool = make_pool(client=HIDING if hides else CLIENT)
    pool.sign_up("ann")
    assert refusal(lambda: Exchange(pool, "ann")) == ("UserNotConfirmedException", "User is not confirmed.")


def test_that_a_user_is_disabled_is_told_after_the_proof(pool: Pool) -> None:
    """Who does not know the password learns nothing."""
    pool.confirmed("ann")
    pool.cognito.admin_disable_user(UserPoolId=pool.pool_id, Username="ann")
    assert refusal(lambda: sign_in(pool, "ann", WRONG)) == INCORRECT
    assert refusal(lambda: sign_in(pool, "ann")) == ("NotAuthorizedException", "User is disabled.")


def test_a_name_that_nobody_has_is_told_at_once_where_the_client_tells(pool: Pool) -> None:
    """The sub is no name in a pool of user names."""
    sub = pool.confirmed("ann")["UserSub"]
    for name in ("nobody", sub, "ANN"):
        refused = refusal(lambda name=name: Exchange(pool, name))  # type: ignore[misc]
        assert refused == ("UserNotFoundException", "User does not exist.")


@pytest.mark.parametrize(
    ("settings", "name", "has_uuid"),
    [
        ({}, "nobody", False),
        ({"AliasAttributes": ["email"]}, "nobody", False),
        ({"AliasAttributes": ["email"]}, "nobody@example.com", True),
        ({"UsernameAttributes": ["email"]}, "nobody@example.com", True),
    ],
)
def test_a_name_that_nobody_has_looks_like_one_that_somebody_has(
    make_pool: Callable[..., Pool], settings: dict[str, Any], name: str, has_uuid: bool
) -> None:
    """Salt and USER_ID_FOR_SRP stay the same for a name and differ between names, and no proof is right."""
    pool = make_pool(client=HIDING, **settings)
    real = "ann@example.com" if "UsernameAttributes" in settings else "ann"
    pool.confirmed(real)
    somebody = Exchange(pool, real)
    first, second, other = Exchange(pool, name), Exchange(pool, name), Exchange(pool, f"x{name}")
    assert first.begun.keys() == somebody.begun.keys()
    assert first.asked.keys() == somebody.asked.keys()
    fixed = ("SALT", "USER_ID_FOR_SRP", "USERNAME")
    assert [first.asked[each] for each in fixed] == [second.asked[each] for each in fixed]
    assert first.asked["SALT"] != other.asked["SALT"]
    assert first.asked["USER_ID_FOR_SRP"] != other.asked["USER_ID_FOR_SRP"]
    if has_uuid:
        assert UUID(first.asked["USER_ID_FOR_SRP"]).version == 4
    else:
        assert first.asked["USER_ID_FOR_SRP"] == name
    assert refusal(first.answer) == INCORRECT
    assert refusal(lambda: second.answer(USERNAME=name)) == INCORRECT


def test_nobody_is_not_told_apart_by_the_secret_block(hiding: Pool) -> None:
    """It is as long as anybody's whose name is as long, also of a user without a password."""
    hiding.confirmed("ann")
    asked = {"UserPoolId": hiding.pool_id, "Username": "imp", "TemporaryPassword": PASSWORD}
    hiding.cognito.admin_create_user(**asked, MessageAction="SUPPRESS")
    hiding.server.run(drop_password(hiding, "imp"))
    names = ["ann", "imp", "eve"]
    assert [Exchange(hiding, name).asked["USER_ID_FOR_SRP"] for name in names] == names
    assert len({len(Exchange(hiding, name).asked["SECRET_BLOCK"]) for name in names}) == 1


async def drop_password(pool: Pool, name: str) -> None:
    """As an account is that was made to sign in by codes."""
    statement = (
        "update users set password_hash = null, srp_salt = null, srp_verifier = null, password_set_ms = null"
        " where pool_id = ? and username = ?"
    )
    await pool.server.application.world.database.write(lambda tx: tx.run(statement, (pool.pool_id, name)))


def test_nobody_is_not_told_apart_by_the_work(hiding: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same powers, with exponents of the same size, are computed for a name that nobody has."""
    hiding.confirmed("ann")
    sign_in(hiding, "ann")
    seen: list[tuple[bool, int]] = []
    power = modexp.power

    def counted(base: int, exponent: int, modulus: int) -> int:
        seen.append((base == 2, (exponent.bit_length() + 63) // 64))
        return power(base, exponent, modulus)

    monkeypatch.setattr(srp_proofs.modexp, "power", counted)
    work = []
    for name in ("ann", "nobody"):
        seen.clear()
        assert refusal(lambda name=name: sign_in(hiding, name, WRONG)) == INCORRECT  # type: ignore[misc]
        work.append(list(seen))
    assert work[0] == work[1] == [(True, 4), (False, 4), (False, 4)]
