"""Pools with threat protection, on a server that knows one breached password, through the AWS SDK."""

import base64
import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from conftest import PASSWORD, Pool, sdk_client
from served import Served, serve

LEAKED = "Leaked-Horse-9"
WINDOWS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/125.0.0.0 Safari/537.36"
)
LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
HOME, AWAY = "192.0.2.1", "203.0.113.9"
FLOWS = [
    *("ALLOW_USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"),
    *("ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"),
]
ARN = "arn:aws:ses:us-east-1:123456789012:identity/id.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    known = sorted(hashlib.sha1(one.encode()).hexdigest().upper() for one in (LEAKED, "password", "123456"))
    file = tmp_path_factory.mktemp("leaked") / "passwords.txt"
    file.write_text("\n".join(f"{one}:3" for one in known))
    with serve(**{"threat_protection.leaked_passwords_file": str(file)}) as served:
        yield served


@pytest.fixture(scope="module")
def cognito(server: Served) -> Any:
    return sdk_client(server.url)


def encoded(agent: str, timezone: str = "-07:00") -> str:
    """What the context data library of a browser makes."""
    payload = json.dumps({"contextData": {"UserAgent": agent, "ClientTimezone": timezone}, "username": "ann"})
    whole = {"payload": payload, "signature": "c2lnbmVk", "version": "JS20171115"}
    return base64.b64encode(json.dumps(whole).encode()).decode()


@dataclass(frozen=True)
class Watched:
    """A pool with threat protection."""

    pool: Pool

    @property
    def cognito(self) -> Any:
        return self.pool.cognito

    def from_place(self, name: str, ip: str = HOME, agent: str = WINDOWS, password: str = PASSWORD) -> Any:
        """Sign in through a server that tells where the user is."""
        headers = [{"headerName": "User-Agent", "headerValue": agent}]
        return self.cognito.admin_initiate_auth(
            UserPoolId=self.pool.pool_id,
            ClientId=self.pool.client_id,
            AuthFlow="ADMIN_USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": name, "PASSWORD": password, **self.hash(name)},
            ContextData={"IpAddress": ip, "ServerName": "app", "ServerPath": "/", "HttpHeaders": headers},
        )

    def hash(self, name: str) -> dict[str, str]:
        return {"SECRET_HASH": self.pool.hash(name)["SecretHash"]} if self.pool.secret else {}

    def answer(self, asked: Any, name: str, ip: str = AWAY, **responses: str) -> Any:
        context = {"IpAddress": ip, "ServerName": "app", "ServerPath": "/", "HttpHeaders": []}
        return self.cognito.admin_respond_to_auth_challenge(
            UserPoolId=self.pool.pool_id,
            ClientId=self.pool.client_id,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, **responses},
            ContextData=context,
        )

    def events(self, name: str, **asked: Any) -> list[dict[str, Any]]:
        found = self.cognito.admin_list_user_auth_events(UserPoolId=self.pool.pool_id, Username=name, **asked)
        return list(found["AuthEvents"])

    def kinds(self, name: str) -> list[tuple[str, str]]:
        """What happened, the oldest first."""
        return [(one["EventType"], one["EventResponse"]) for one in reversed(self.events(name))]

    def configure(self, **parts: Any) -> Any:
        return self.cognito.set_risk_configuration(UserPoolId=self.pool.pool_id, **parts)["RiskConfiguration"]

    def act(self, low: str, medium: str = "", high: str = "", *, notify: bool = False, **words: Any) -> Any:
        """Have a sign-in at risk answered so."""
        actions = {"LowAction": low, "MediumAction": medium or low, "HighAction": high or medium or low}
        asked: dict[str, Any] = {
            "Actions": {level: {"EventAction": action, "Notify": notify} for level, action in actions.items()}
        }
        if notify:
            asked["NotifyConfiguration"] = {"SourceArn": ARN, **words}
        return self.configure(AccountTakeoverRiskConfiguration=asked)

    def say(self, name: str, event: Any, value: str) -> None:
        self.cognito.admin_update_auth_event_feedback(
            UserPoolId=self.pool.pool_id, Username=name, EventId=event["EventId"], FeedbackValue=value
        )


@pytest.fixture
def watch(make_pool: Callable[..., Pool]) -> Callable[..., Watched]:
    """Makes a pool that notes what users do, and does something about it unless its mode is AUDIT."""

    def make(mode: str = "ENFORCED", **more: Any) -> Watched:
        client = {"ExplicitAuthFlows": FLOWS, **more.pop("client", {})}
        add_ons = {"AdvancedSecurityMode": mode, **more.pop("add_ons", {})}
        return Watched(make_pool(client=client, UserPoolTier="PLUS", UserPoolAddOns=add_ons, **more))

    return make
