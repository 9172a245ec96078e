"""Values that are sealed anew between the moments in which a call reads and uses them: the call succeeds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from authenticator import App
from cognomen.flows.totp import token_purpose
from cognomen.storage import software_tokens
from keys.house import House, house
from second_factors import USED, Guarded, access_token
from storage.stores import FILE, POSTGRES


@pytest.fixture(params=[FILE, POSTGRES])
def one_server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[House]:
    with house(request.param, tmp_path, lambda: request.getfixturevalue("postgres"), servers=1) as made:
        yield made


@pytest.fixture
def people(one_server: House) -> Guarded:
    pool = one_server.pool()
    pool.cognito.set_user_pool_mfa_config(
        UserPoolId=pool.pool_id,
        MfaConfiguration="OPTIONAL",
        SoftwareTokenMfaConfiguration={"Enabled": True},
    )
    pool.confirmed("ann")
    return Guarded(pool)


def sealing_anew_before(house: House, patch: pytest.MonkeyPatch, name: str) -> list[str]:
    """Seal the secret of an app anew in the moment before a statement is run for the first time."""
    sealer, times = house.servers[0].application.world.sealer, []
    statement = getattr(software_tokens, name)

    async def late(tx: Any, pool_id: str, sub: str, sealed: bytes, step: int) -> bool:
        if not times:
            times.append(sub)
            purpose = token_purpose(pool_id, sub)
            anew = sealer.seal(sealer.open(sealed, purpose), purpose)
            for column in ("sealed", "waiting"):
                change = f"update software_tokens set {column} = ? where sub = ? and {column} = ?"
                await tx.run(change, (anew, sub, sealed))
        return bool(await statement(tx, pool_id, sub, sealed, step))

    patch.setattr(software_tokens, name, late)
    return times


def test_the_code_of_an_app_is_taken_once(one_server: House, people: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    """At its proof and at a sign-in; and a second time it is refused, as ever."""
    with monkeypatch.context() as patch:
        proved = sealing_anew_before(one_server, patch, "prove")
        app = people.set_up(access_token(people.begin("ann")))
        assert proved
    people.prefer("ann", "SOFTWARE_TOKEN_MFA", preferred="SOFTWARE_TOKEN_MFA")
    code = app.code(people.now_ms())
    with monkeypatch.context() as patch:
        used = sealing_anew_before(one_server, patch, "use_step")
        assert access_token(people.totp(people.begin("ann"), "ann", code))
        assert used
    asked = people.begin("ann")
    with pytest.raises(ClientError, match=USED):
        people.totp(asked, "ann", code)


def test_an_app_that_was_replaced_meanwhile_is_refused(
    one_server: House, people: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another secret is not the same secret under another key."""
    token = access_token(people.begin("ann"))
    app = App(people.cognito.associate_software_token(AccessToken=token)["SecretCode"])
    prove = software_tokens.prove

    async def late(tx: Any, pool_id: str, sub: str, sealed: bytes, step: int) -> bool:
        other = one_server.servers[0].application.world.sealer.seal(b"another secret", token_purpose(pool_id, sub))
        await software_tokens.give_out(tx, pool_id, sub, other)
        return await prove(tx, pool_id, sub, sealed, step)

    monkeypatch.setattr(software_tokens, "prove", late)
    with pytest.raises(ClientError, match="EnableSoftwareTokenMFAException"):
        people.cognito.verify_software_token(AccessToken=token, UserCode=app.code(people.now_ms()))


def test_nobodys_proof_outlives_its_master_key(one_server: House, people: Guarded) -> None:
    """SRP for names that nobody has goes on when the key is gone that was in use at the start."""
    names = iter(range(100))

    def begin() -> dict[str, str]:
        name = f"nobody{next(names)}"
        parameters = {"USERNAME": name, "SRP_A": f"{7**400:x}", **people.pool.hash(name)}
        parameters["SECRET_HASH"] = parameters.pop("SecretHash")
        asked = people.cognito.initiate_auth(
            ClientId=people.pool.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters
        )
        found: dict[str, str] = asked["ChallengeParameters"]
        return found

    people.cognito.update_user_pool_client(
        UserPoolId=people.pool.pool_id,
        ClientId=people.pool.client_id,
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        PreventUserExistenceErrors="ENABLED",
    )
    before = begin()
    one_server.change_master_key()
    assert set(begin()) == set(before)
