"""The sessions of users, and what pools and clients are told about them, through the AWS SDK."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import Pool, sdk_client
from served import Served, serve

BROWSER = (
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/125.0.0.0 Safari/537.36"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A server of its own, since tests move its clock."""
    with serve() as served:
        yield served


@pytest.fixture(scope="module")
def cognito(server: Served) -> Any:
    return sdk_client(server.url)


@pytest.fixture
def tracking(make_pool: Callable[..., Pool]) -> Pool:
    """A pool that tracks sessions."""
    pool = make_pool()
    track(pool)
    return pool


def track(pool: Pool, most: int = 20, state: str = "ENABLED") -> dict[str, Any]:
    asked = {"UserSessionTracking": state, "TokenSession": {"MaxPerUser": most}}
    return told(pool.cognito.set_user_pool_session_configuration(UserPoolId=pool.pool_id, **asked))


def told(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def signed_in(pool: Pool, name: str = "ann") -> dict[str, Any]:
    pool.confirmed(name)
    return dict(pool.sign_in(name)["AuthenticationResult"])


def listed(pool: Pool, tokens: dict[str, Any]) -> list[dict[str, Any]]:
    return list(pool.cognito.list_user_sessions(AccessToken=tokens["AccessToken"])["Sessions"])


def listed_by_admin(pool: Pool, name: str = "ann") -> list[dict[str, Any]]:
    return list(pool.cognito.admin_list_user_sessions(UserPoolId=pool.pool_id, Username=name)["Sessions"])


def own_session(pool: Pool, tokens: dict[str, Any]) -> str:
    (own,) = (one["SessionId"] for one in listed(pool, tokens) if one["IsCurrentSession"])
    return str(own)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as raised:
        call()
    return str(raised.value.response["Error"]["Code"])


def is_over(pool: Pool, tokens: dict[str, Any]) -> bool:
    """Whether both the access and the refresh token of a sign-in are refused as revoked."""
    asked = {"ClientId": pool.client_id, "RefreshToken": tokens["RefreshToken"]}
    calls = (
        lambda: pool.cognito.get_user(AccessToken=tokens["AccessToken"]),
        lambda: pool.cognito.get_tokens_from_refresh_token(**asked),
    )
    seen = set()
    for call in calls:
        try:
            call()
        except ClientError as error:
            seen.add(error.response["Error"]["Message"])
        else:
            seen.add("works")
    assert seen in ({"works"}, {"Access Token has been revoked", "Refresh Token has been revoked"})
    return seen != {"works"}


def pass_for_a_browser(request: Any, **_: Any) -> None:
    request.headers["User-Agent"] = BROWSER


# Lists


def test_a_session_is_listed_with_all_that_is_known(tracking: Pool) -> None:
    """Id, type, client, dates, device and address; the place is unknown; no single sign-on session stands before it."""
    tokens = signed_in(tracking)
    (session,) = listed(tracking, tokens)
    assert re.fullmatch(r"tkn[a-z0-9]{25}", session.pop("SessionId"))
    created = session.pop("CreateDate")
    assert session.pop("LastActiveDate") == created
    assert re.fullmatch(r"Boto3 1\.\d+ / Linux \S+", session.pop("DeviceType"))
    assert session == {
        "SessionType": "TOKEN",
        "ClientId": tracking.client_id,
        "LastIPAddress": "127.0.0.1",
        "LastLocation": {"Country": "unknown"},
        "IsCurrentSession": True,
    }


def test_each_sign_in_is_a_session_and_one_is_the_callers(tracking: Pool) -> None:
    """All sessions of the user through all clients, none of others; an administrator sees the same, none as current."""
    second = tracking.cognito.create_user_pool_client(
        UserPoolId=tracking.pool_id, ClientName="second", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
    )["UserPoolClient"]["ClientId"]
    other = Pool(tracking.cognito, tracking.server, tracking.pool_id, second, None)
    tokens = [signed_in(tracking), tracking.sign_in("ann")["AuthenticationResult"]]
    tokens.append(other.sign_in("ann")["AuthenticationResult"])
    signed_in(tracking, "bob")
    own = [own_session(tracking, one) for one in tokens]
    assert len(set(own)) == 3
    seen = listed_by_admin(tracking)
    assert {one["SessionId"] for one in seen} == set(own)
    assert not any(one["IsCurrentSession"] for one in seen)
    assert sorted(one["ClientId"] for one in seen) == sorted([tracking.client_id, tracking.client_id, second])


def test_a_refresh_moves_a_session_to_its_new_device(tracking: Pool) -> None:
    """Device, address and last activity are those of the last refresh; id and creation stay; the last used is first."""
    tokens = [signed_in(tracking), tracking.sign_in("ann")["AuthenticationResult"]]
    before = {one["SessionId"]: one for one in listed_by_admin(tracking)}
    moved = own_session(tracking, tokens[0])
    tracking.server.advance(60)
    browser = sdk_client(tracking.server.url)
    browser.meta.events.register("before-send", pass_for_a_browser)
    browser.get_tokens_from_refresh_token(ClientId=tracking.client_id, RefreshToken=tokens[0]["RefreshToken"])
    after = listed_by_admin(tracking)
    assert [one["SessionId"] for one in after] == [moved, *(set(before) - {moved})]
    assert after[0]["DeviceType"] == "Chrome 125 / macOS 10.15"
    assert after[0]["CreateDate"] == before[moved]["CreateDate"]
    assert after[0]["LastActiveDate"] - before[moved]["LastActiveDate"] >= timedelta(seconds=60)
    assert after[1] == before[after[1]["SessionId"]]


def test_rotations_and_both_ways_to_refresh_are_activity(make_pool: Callable[..., Pool]) -> None:
    """GetTokensFromRefreshToken with rotation, and REFRESH_TOKEN_AUTH, count as uses of the same session."""
    pool = make_pool()
    track(pool)
    rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 0}
    flows = ["ALLOW_USER_PASSWORD_AUTH"]
    made = pool.cognito.create_user_pool_client(
        UserPoolId=pool.pool_id, ClientName="r", ExplicitAuthFlows=flows, RefreshTokenRotation=rotation
    )["UserPoolClient"]
    rotating = Pool(pool.cognito, pool.server, pool.pool_id, made["ClientId"], None)
    plain, rotated = signed_in(pool), rotating.sign_in("ann")["AuthenticationResult"]
    before = {one["SessionId"]: one["LastActiveDate"] for one in listed_by_admin(pool)}
    pool.server.advance(60)
    parameters = {"REFRESH_TOKEN": plain["RefreshToken"]}
    pool.cognito.initiate_auth(ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=parameters)
    asked = {"ClientId": rotating.client_id, "RefreshToken": rotated["RefreshToken"]}
    fresh = pool.cognito.get_tokens_from_refresh_token(**asked)["AuthenticationResult"]
    after = {one["SessionId"]: one["LastActiveDate"] for one in listed(pool, fresh)}
    assert after.keys() == before.keys()
    assert all(after[one] - before[one] >= timedelta(seconds=60) for one in before)
    assert own_session(pool, fresh) == own_session(pool, rotated)


def test_ended_and_expired_sessions_are_not_listed(make_pool: Callable[..., Pool]) -> None:
    """A revoked sign-in, one of a deleted client, and one whose refresh token expired are gone from the list."""
    pool = make_pool(client={"RefreshTokenValidity": 1})
    track(pool)
    tokens = [signed_in(pool), pool.sign_in("ann")["AuthenticationResult"]]
    pool.cognito.revoke_token(ClientId=pool.client_id, Token=tokens[0]["RefreshToken"])
    assert [one["IsCurrentSession"] for one in listed(pool, tokens[1])] == [True]
    pool.server.advance(86_400)
    assert listed_by_admin(pool) == []
    pool.sign_in("ann")
    assert len(listed_by_admin(pool)) == 1
    pool.cognito.delete_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id)
    assert listed_by_admin(pool) == []


def test_without_tracking_nothing_is_listed(pool: Pool) -> None:
    """A pool that does not track sessions has none to show, and a sign-in from before tracking stays unlisted."""
    tokens = signed_in(pool)
    assert (listed(pool, tokens), listed_by_admin(pool)) == ([], [])
    track(pool)
    assert (listed(pool, tokens), listed_by_admin(pool)) == ([], [])
    assert len(listed(pool, dict(pool.sign_in("ann")["AuthenticationResult"]))) == 1
    track(pool, state="DISABLED")
    assert listed_by_admin(pool) == []


def test_there_is_no_second_page(tracking: Pool) -> None:
    """All sessions stand on one page; a NextToken was given out by nobody and is refused."""
    tokens = signed_in(tracking)
    answer = tracking.cognito.list_user_sessions(AccessToken=tokens["AccessToken"])
    assert "NextToken" not in answer
    for call in (
        lambda: tracking.cognito.list_user_sessions(AccessToken=tokens["AccessToken"], NextToken="bWFkZSB1cA=="),
        lambda: tracking.cognito.admin_list_user_sessions(
            UserPoolId=tracking.pool_id, Username="ann", NextToken="bWFkZSB1cA=="
        ),
    ):
        assert refused(call) == "InvalidParameterException"


# Ending one


@pytest.mark.parametrize("linked", [{}, {"RevokeAssociatedSessions": "NONE"}, {"RevokeAssociatedSessions": "LINKED"}])
@pytest.mark.parametrize("by_admin", [True, False])
def test_a_session_ends_with_its_tokens(tracking: Pool, by_admin: bool, linked: dict[str, str]) -> None:
    """Its refresh and access tokens stop working and it leaves the list; the other session of the user goes on."""
    mine, ended = signed_in(tracking), dict(tracking.sign_in("ann")["AuthenticationResult"])
    session_id = own_session(tracking, ended)
    if by_admin:
        asked = {"UserPoolId": tracking.pool_id, "Username": "ann", "SessionId": session_id, **linked}
        tracking.cognito.admin_revoke_user_session(**asked)
    else:
        tracking.cognito.revoke_user_session(AccessToken=mine["AccessToken"], SessionId=session_id, **linked)
    assert (is_over(tracking, ended), is_over(tracking, mine)) == (True, False)
    assert [one["IsCurrentSession"] for one in listed(tracking, mine)] == [True]


def test_the_own_session_cannot_be_ended(tracking: Pool) -> None:
    """The session of the calling access token is refused, and goes on; for an administrator none is the own one."""
    tokens = signed_in(tracking)
    own = own_session(tracking, tokens)
    asked = {"AccessToken": tokens["AccessToken"], "SessionId": own}
    assert refused(lambda: tracking.cognito.revoke_user_session(**asked)) == "InvalidParameterException"
    assert not is_over(tracking, tokens)
    tracking.cognito.admin_revoke_user_session(UserPoolId=tracking.pool_id, Username="ann", SessionId=own)
    assert is_over(tracking, tokens)


def test_nobody_ends_the_session_of_another_user(tracking: Pool) -> None:
    """A session of somebody else, one that has ended, and one that never was are not found, and nothing happens."""
    ann, bob = signed_in(tracking), signed_in(tracking, "bob")
    ended = dict(tracking.sign_in("ann")["AuthenticationResult"])
    gone = own_session(tracking, ended)
    tracking.cognito.revoke_token(ClientId=tracking.client_id, Token=ended["RefreshToken"])
    for session_id in (own_session(tracking, bob), gone, "tkn" + "0" * 25, "sso" + "0" * 25):
        by_user = {"AccessToken": ann["AccessToken"], "SessionId": session_id}
        by_admin = {"UserPoolId": tracking.pool_id, "Username": "ann", "SessionId": session_id}
        for call in (
            lambda asked=by_user: tracking.cognito.revoke_user_session(**asked),
            lambda asked=by_admin: tracking.cognito.admin_revoke_user_session(**asked),
        ):
            assert refused(call) == "ResourceNotFoundException"
    assert (is_over(tracking, ann), is_over(tracking, bob)) == (False, False)


# The most per user


def test_a_sign_in_too_many_ends_the_least_recently_used(make_pool: Callable[..., Pool]) -> None:
    """At the maximum the next sign-in ends the session whose last refresh is longest ago, whichever came first."""
    pool = make_pool()
    track(pool, 2)
    first, second = signed_in(pool), dict(pool.sign_in("ann")["AuthenticationResult"])
    pool.server.advance(1)
    pool.cognito.get_tokens_from_refresh_token(ClientId=pool.client_id, RefreshToken=first["RefreshToken"])
    third = dict(pool.sign_in("ann")["AuthenticationResult"])
    assert [is_over(pool, one) for one in (first, second, third)] == [False, True, False]
    assert not is_over(pool, signed_in(pool, "bob"))
    assert len(listed_by_admin(pool)) == 2


def test_a_lower_maximum_holds_from_the_next_sign_in(make_pool: Callable[..., Pool]) -> None:
    """Lowering it ends nothing at once; the next sign-in brings the user within it (reference 11)."""
    pool = make_pool()
    track(pool, 3)
    old = [signed_in(pool), *(dict(pool.sign_in("ann")["AuthenticationResult"]) for _ in range(2))]
    track(pool, 1)
    assert [is_over(pool, one) for one in old] == [False] * 3
    new = dict(pool.sign_in("ann")["AuthenticationResult"])
    assert [is_over(pool, one) for one in (*old, new)] == [True] * 3 + [False]


def test_an_administrators_sign_in_counts_as_well(make_pool: Callable[..., Pool]) -> None:
    """AdminInitiateAuth begins a session like any other."""
    pool = make_pool()
    track(pool, 1)
    first = signed_in(pool)
    parameters = {"USERNAME": "ann", "PASSWORD": "Correct-Horse-9"}
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, "AuthParameters": parameters}
    pool.cognito.admin_initiate_auth(AuthFlow="ADMIN_USER_PASSWORD_AUTH", **asked)
    assert is_over(pool, first)
    assert len(listed_by_admin(pool)) == 1


def test_without_tracking_there_is_no_maximum(pool: Pool) -> None:
    """More sign-ins than the default maximum all go on."""
    track(pool, 1, "DISABLED")
    tokens = [signed_in(pool), *(dict(pool.sign_in("ann")["AuthenticationResult"]) for _ in range(2))]
    assert [is_over(pool, one) for one in tokens] == [False] * 3


# What pools and clients are told


def test_a_pools_configuration_is_replaced_as_a_whole(pool: Pool) -> None:
    """Untouched it is DISABLED and 20; Set answers with what Get shows from then on."""
    cognito, pool_id = pool.cognito, pool.pool_id

    def shown() -> dict[str, Any]:
        return told(cognito.get_user_pool_session_configuration(UserPoolId=pool_id))

    default = {"UserPoolId": pool_id, "UserSessionTracking": "DISABLED", "TokenSession": {"MaxPerUser": 20}}
    assert shown() == default
    for state, most in (("ENABLED", 1), ("DISABLED", 100)):
        asked = {"UserSessionTracking": state, "TokenSession": {"MaxPerUser": most}}
        assert track(pool, most, state) == {"UserPoolId": pool_id, **asked}
        assert shown() == {"UserPoolId": pool_id, **asked}


def test_a_clients_configuration_is_replaced_and_outlives_a_pause(pool: Pool) -> None:
    """60 minutes by default, 0 to 129600 while the pool tracks sessions; while it does not, it is kept as it is."""
    named = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id}

    def shown() -> dict[str, Any]:
        return told(pool.cognito.get_user_pool_client_session_configuration(**named))

    def put(minutes: int) -> dict[str, Any]:
        asked = {**named, "SSOSession": {"MaxValidityMinutes": minutes}}
        return told(pool.cognito.set_user_pool_client_session_configuration(**asked))

    assert shown() == {**named, "SSOSession": {"MaxValidityMinutes": 60}}
    assert refused(lambda: put(5)) == "InvalidParameterException"
    track(pool)
    for minutes in (0, 129_600):
        assert put(minutes) == shown() == {**named, "SSOSession": {"MaxValidityMinutes": minutes}}
    track(pool, state="DISABLED")
    assert refused(lambda: put(5)) == "InvalidParameterException"
    assert shown()["SSOSession"] == {"MaxValidityMinutes": 129_600}


def test_a_lite_pool_cannot_track(make_pool: Callable[..., Pool]) -> None:
    """Sessions come with ESSENTIALS and PLUS; what is set can be read in any tier."""
    pool = make_pool(UserPoolTier="LITE")
    assert refused(lambda: track(pool)) == "FeatureUnavailableInTierException"
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, "SSOSession": {"MaxValidityMinutes": 5}}
    set_client = pool.cognito.set_user_pool_client_session_configuration
    assert refused(lambda: set_client(**asked)) == "FeatureUnavailableInTierException"
    shown = pool.cognito.get_user_pool_session_configuration(UserPoolId=pool.pool_id)
    assert shown["UserSessionTracking"] == "DISABLED"
