"""What people have begun on a server that is backed up, and go on with on the one that it is restored to."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from authenticator import App
from conftest import Pool, sdk_client
from passkey import Keyed, contacts, is_signed_in, keyed, listed
from proving import sign_in as prove
from refreshing import INVALID, REUSED, claims_of, get_tokens, refused, rotating
from refusals.device_client import DeviceClient
from remembered import TOTP, Homes, enrolled, homes
from served import Served
from webauthn_authenticator import Authenticator

LATER = 900  # seconds that the clock of the new server is ahead: what was used up on the old one is over there, too
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH"]
SHOWN: dict[str, dict[str, Any]] = {
    "describe_user_pool": {},
    "get_user_pool_mfa_config": {},
    "list_user_pool_clients": {"MaxResults": 60},
    "list_users": {},
    "list_groups": {},
    "list_identity_providers": {},
    "describe_identity_provider": {"ProviderName": "Corp"},
    "list_resource_servers": {"MaxResults": 50},
    "get_ui_customization": {},
}


def maker(server: Served) -> Callable[..., Pool]:
    """Makes pools on a server."""
    cognito = sdk_client(server.url)

    def make(*, secret: bool = False, client: dict[str, Any] | None = None, **pool: Any) -> Pool:
        pool_id = cognito.create_user_pool(PoolName="kept", **pool)["UserPool"]["Id"]
        asked = {"ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"], **(client or {})}
        made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", GenerateSecret=secret, **asked)
        return Pool(
            cognito, server, pool_id, made["UserPoolClient"]["ClientId"], made["UserPoolClient"].get("ClientSecret")
        )

    return make


def on(pool: Pool, server: Served) -> Pool:
    """The same pool on another server."""
    return replace(pool, cognito=sdk_client(server.url), server=server)


@dataclass(frozen=True)
class Plain:
    """Passwords, tokens, groups, codes that are waited for, and a pool's resources."""

    pool: Pool
    tokens: list[dict[str, Any]]  # of one sign-in, the newest last
    address: str
    code: str
    shown: dict[str, Any]

    @classmethod
    def begun(cls, server: Served) -> "Plain":
        make = maker(server)
        pool = make(secret=True, AutoVerifiedAttributes=["email"], client=rotating(ExplicitAuthFlows=FLOWS))
        address = contacts()["email"]
        pool.sign_up("ben", UserAttributes=[{"Name": "email", "Value": address}])
        pool.confirmed("ann")
        _furnish(pool)
        first = dict(pool.sign_in("ann")["AuthenticationResult"])
        second = get_tokens(pool, first["RefreshToken"], ClientSecret=pool.secret)
        return cls(pool, [first, second], address, server.code_for(address), shown(pool))

    def goes_on(self, server: Served, *, anew: bool = False) -> None:
        pool = on(self.pool, server)
        first, newest = self.tokens
        assert shown(pool) == self.shown
        assert jwks(pool) == jwks(self.pool)
        user = pool.cognito.get_user(AccessToken=first["AccessToken"])
        assert user["Username"] == "ann"
        told = refused(lambda: get_tokens(pool, first["RefreshToken"], ClientSecret=pool.secret))
        assert told.startswith(INVALID if anew else REUSED)
        tokens = get_tokens(pool, newest["RefreshToken"], ClientSecret=pool.secret)
        before, after = claims_of(newest["AccessToken"]), claims_of(tokens["AccessToken"])
        same = ("sub", "client_id", "origin_jti", "auth_time", "cognito:groups")
        assert [before[one] for one in same] == [after[one] for one in same]
        assert is_signed_in(pool.sign_in("ann"))
        assert is_signed_in(prove(pool, "ann"))
        self._confirm(pool, anew)

    def _confirm(self, pool: Pool, anew: bool) -> None:
        """With the code that the old server sent, or a new one."""
        asked = {"ClientId": pool.client_id, "Username": "ben", **pool.hash("ben")}
        if anew:
            told = refused(lambda: pool.cognito.confirm_sign_up(**asked, ConfirmationCode=self.code))
            assert told.startswith("ExpiredCodeException")
            pool.cognito.resend_confirmation_code(**asked)
        code = pool.server.code_for(self.address) if anew else self.code
        pool.cognito.confirm_sign_up(**asked, ConfirmationCode=code)
        assert is_signed_in(pool.sign_in("ben"))


def _furnish(pool: Pool) -> None:
    here = {"UserPoolId": pool.pool_id}
    pool.cognito.create_group(GroupName="staff", **here)
    pool.cognito.admin_add_user_to_group(GroupName="staff", Username="ann", **here)
    pool.cognito.create_resource_server(
        Identifier="api", Name="API", Scopes=[{"ScopeName": "read", "ScopeDescription": "Read"}], **here
    )
    details = {
        "client_id": "c",
        "client_secret": "of-the-provider",
        "oidc_issuer": "https://id.example",
        "authorize_scopes": "openid",
        "attributes_request_method": "GET",
        **{f"{one}_url": f"https://id.example/{one}" for one in ("authorize", "token", "attributes")},
        "jwks_uri": "https://id.example/jwks",
    }
    pool.cognito.create_identity_provider(ProviderName="Corp", ProviderType="OIDC", ProviderDetails=details, **here)
    pool.cognito.create_user_pool_domain(Domain=f"kept-{pool.pool_id[-9:].lower()}", **here)
    pool.cognito.set_ui_customization(CSS=".label-customizable {font-weight: 400;}", **here)


def shown(pool: Pool) -> dict[str, Any]:
    """What administrators are shown of a pool."""
    found = {}
    for operation, members in SHOWN.items():
        found[operation] = getattr(pool.cognito, operation)(UserPoolId=pool.pool_id, **members)
        del found[operation]["ResponseMetadata"]
    return found


def jwks(pool: Pool) -> Any:
    return pool.server.get(f"/{pool.pool_id}/.well-known/jwks.json")


@dataclass(frozen=True)
class Guarded:
    """An authenticator app, a remembered device, and a sign-in that waits for a code of the app."""

    home: Homes
    app: App
    device: DeviceClient
    asked: Any

    @classmethod
    def begun(cls, server: Served) -> "Guarded":
        home = homes(maker(server), "ON")
        app = enrolled(home)
        asked = home.begin("ann")
        device = home.confirm(home.people.totp(asked, "ann", app.code(home.people.now_ms())))
        home.people.next_step()
        return cls(home, app, device, home.begin("ann"))

    @property
    def pool(self) -> Pool:
        return self.home.pool

    def goes_on(self, server: Served, *, anew: bool = False) -> None:
        home = Homes(replace(self.home.people, pool=on(self.pool, server)))
        now_ms = home.people.now_ms()
        asked = home.begin("ann") if anew else self.asked
        assert asked["ChallengeName"] == TOTP
        assert is_signed_in(home.people.totp(asked, "ann", self.app.code(now_ms)))
        assert is_signed_in(home.from_device("ann", self.device))


@dataclass(frozen=True)
class Touched:
    """A passkey."""

    keys: Keyed
    authenticator: Authenticator

    @classmethod
    def begun(cls, server: Served) -> "Touched":
        keys = keyed(maker(server))
        keys.pool.confirmed("ann", UserAttributes=listed(contacts()))
        return cls(keys, keys.register(keys.token("ann")))

    @property
    def pool(self) -> Pool:
        return self.keys.pool

    def goes_on(self, server: Served, *, anew: bool = False) -> None:
        keys = Keyed(on(self.pool, server))
        assert is_signed_in(keys.sign_in("ann", self.authenticator))


STORIES = (Plain, Guarded, Touched)
