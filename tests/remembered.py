"""Pools that remember devices, and people who sign in from them, through the AWS SDK."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from authenticator import App
from conftest import PASSWORD, Pool
from refreshing import claims_of
from refusals.device_client import DeviceClient
from second_factors import Guarded, guarded

ALWAYS = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False}
OPT_IN = {"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": True}
TOTP = "SOFTWARE_TOKEN_MFA"
UNKNOWN_KEY = "us-east-1_00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Homes:
    """A pool that remembers devices."""

    people: Guarded

    @property
    def pool(self) -> Pool:
        return self.people.pool

    @property
    def cognito(self) -> Any:
        return self.pool.cognito

    def begin(self, name: str, flow: str = "USER_PASSWORD_AUTH", by_admin: bool = False, **parameters: str) -> Any:
        given = {"USERNAME": name, "PASSWORD": PASSWORD, **self._secret(name), **parameters}
        asked = {"ClientId": self.pool.client_id, "AuthFlow": flow, "AuthParameters": given}
        if by_admin:
            return self.cognito.admin_initiate_auth(UserPoolId=self.pool.pool_id, **asked)
        return self.cognito.initiate_auth(**asked)

    def answer(self, asked: Any, name: str, by_admin: bool = False, **responses: str) -> Any:
        members = {
            "ClientId": self.pool.client_id,
            "ChallengeName": asked["ChallengeName"],
            "ChallengeResponses": {"USERNAME": name, **self._secret(name), **responses},
            **({"Session": asked["Session"]} if asked.get("Session") else {}),
        }
        if by_admin:
            return self.cognito.admin_respond_to_auth_challenge(UserPoolId=self.pool.pool_id, **members)
        return self.cognito.respond_to_auth_challenge(**members)

    def confirm(self, tokens: Any, **members: Any) -> DeviceClient:
        """Confirm the device that a sign-in offers."""
        device = DeviceClient.of(tokens)
        self.cognito.confirm_device(
            AccessToken=access(tokens),
            DeviceKey=device.device_key,
            DeviceSecretVerifierConfig=device.config,
            **members,
        )
        return device

    def begin_proof(self, asked: Any, name: str, device: DeviceClient, by_admin: bool = False) -> Any:
        """The answer to DEVICE_SRP_AUTH."""
        return self.answer(asked, name, by_admin, DEVICE_KEY=device.device_key, SRP_A=device.srp_a)

    def prove(self, asked: Any, name: str, device: DeviceClient, by_admin: bool = False) -> Any:
        """Both answers of a remembered device."""
        put = self.begin_proof(asked, name, device, by_admin)
        return self.answer(put, name, by_admin, **device.proof(put["ChallengeParameters"]))

    def from_device(self, name: str, device: DeviceClient, flow: str = "USER_PASSWORD_AUTH") -> Any:
        """A whole sign-in of a remembered device."""
        return self.prove(self.begin(name, flow, DEVICE_KEY=device.device_key), name, device)

    def refresh(self, tokens: Any, **device: str) -> Any:
        token = tokens["AuthenticationResult"]["RefreshToken"]
        return self.cognito.initiate_auth(
            ClientId=self.pool.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": token, **device},
        )

    def by_admin(self, operation: str, name: str, **members: Any) -> Any:
        return getattr(self.cognito, operation)(UserPoolId=self.pool.pool_id, Username=name, **members)

    def _secret(self, name: str) -> dict[str, str]:
        return {"SECRET_HASH": self.pool.hash(name)["SecretHash"]} if self.pool.secret else {}


def homes(make_pool: Callable[..., Pool], mfa: str = "OFF", devices: Any = None, **more: Any) -> Homes:
    """A pool that remembers devices, always unless told otherwise."""
    configured = {"DeviceConfiguration": ALWAYS if devices is None else devices}
    if mfa == "OFF":
        return Homes(Guarded(make_pool(**configured, **more)))
    return Homes(guarded(make_pool, mfa, TOTP, **configured, **more))


def enrolled(home: Homes, name: str = "ann") -> App:
    """A user of a pool with MFA, who has an app."""
    home.people.user(name)
    app, asked = home.people.set_up_in_sign_in(home.begin(name))
    home.answer(asked, name)
    home.people.next_step()
    return app


def at_home(home: Homes, name: str = "ann") -> DeviceClient:
    """A user without second factors, and the device that was confirmed."""
    home.people.user(name)
    return home.confirm(home.begin(name))


def access(answer: Any) -> str:
    return str(answer["AuthenticationResult"]["AccessToken"])


def claims(answer: Any, token: str = "AccessToken") -> dict[str, Any]:
    return claims_of(answer["AuthenticationResult"][token])
