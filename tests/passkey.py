"""Pools that know passkeys, and users who choose how to sign in, through the AWS SDK."""

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conftest import Pool
from webauthn_authenticator import RP_ID, Authenticator

FACTORS = ["PASSWORD", "EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"]
CHOOSING = {"ExplicitAuthFlows": ["ALLOW_USER_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}
HIDING = {**CHOOSING, "PreventUserExistenceErrors": "ENABLED"}


NUMBERS = iter(range(10**6))


def contacts() -> dict[str, str]:
    """An address and a number that nobody else has."""
    return {"email": f"ada{uuid.uuid4().hex}@post.example", "phone_number": f"+1444{next(NUMBERS):07}"}


def listed(attributes: dict[str, str]) -> list[dict[str, str]]:
    return [{"Name": name, "Value": value} for name, value in attributes.items()]


@dataclass(frozen=True)
class Keyed:
    """A pool whose users can have passkeys and choose how to sign in."""

    pool: Pool

    @property
    def cognito(self) -> Any:
        return self.pool.cognito

    def begin(self, name: str, *, admin: bool = False, session: str | None = None, **parameters: str) -> Any:
        """USER_AUTH; parameters beside USERNAME are the caller's."""
        if self.pool.secret:
            parameters["SECRET_HASH"] = self.pool.hash(name)["SecretHash"]
        call = self.cognito.admin_initiate_auth if admin else self.cognito.initiate_auth
        more: dict[str, Any] = {"UserPoolId": self.pool.pool_id} if admin else {}
        more |= {"Session": session} if session else {}
        asked = {"USERNAME": name, **parameters}
        return call(ClientId=self.pool.client_id, AuthFlow="USER_AUTH", AuthParameters=asked, **more)

    def answer(self, asked: Any, name: str, *, admin: bool = False, **responses: str) -> Any:
        if self.pool.secret:
            responses["SECRET_HASH"] = self.pool.hash(name)["SecretHash"]
        call = self.cognito.admin_respond_to_auth_challenge if admin else self.cognito.respond_to_auth_challenge
        more = {"UserPoolId": self.pool.pool_id} if admin else {}
        more |= {"Session": asked["Session"]} if asked.get("Session") else {}
        return call(
            ClientId=self.pool.client_id,
            ChallengeName=asked["ChallengeName"],
            ChallengeResponses={"USERNAME": name, **responses},
            **more,
        )

    def token(self, name: str) -> str:
        return str(self.pool.sign_in(name)["AuthenticationResult"]["AccessToken"])

    def options(self, token: str) -> dict[str, Any]:
        started = self.cognito.start_web_authn_registration(AccessToken=token)
        found: dict[str, Any] = started["CredentialCreationOptions"]
        return found

    def register(self, token: str, authenticator: Authenticator | None = None) -> Authenticator:
        device = authenticator or Authenticator()
        self.complete(token, device.create(self.options(token)))
        return device

    def complete(self, token: str, credential: Any) -> None:
        self.cognito.complete_web_authn_registration(AccessToken=token, Credential=credential)

    def passkeys(self, token: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.cognito.list_web_authn_credentials(AccessToken=token)["Credentials"]
        return found

    def asked_for_passkey(self, name: str) -> Any:
        return self.begin(name, PREFERRED_CHALLENGE="WEB_AUTHN")

    def sign_in(self, name: str, device: Authenticator, asked: Any = None) -> Any:
        asked = asked or self.asked_for_passkey(name)
        return self.answer(asked, name, CREDENTIAL=json.dumps(device.get(request_options(asked))))


def request_options(asked: Any) -> dict[str, Any]:
    options: dict[str, Any] = json.loads(asked["ChallengeParameters"]["CREDENTIAL_REQUEST_OPTIONS"])
    return options


def keyed(make_pool: Callable[..., Pool], factors: list[str] | None = None, **more: Any) -> Keyed:
    """A pool with these first factors, whose relying party is localhost.

    `client` are members of CreateUserPoolClient, `passkeys` of WebAuthnConfiguration, or None; what is named after MFA
    goes to SetUserPoolMfaConfig, and the rest to CreateUserPool.
    """
    passkeys = more.pop("passkeys", {})
    mfa = {name: more.pop(name) for name in list(more) if name.endswith("MfaConfiguration")}
    policies = {**more.pop("Policies", {}), "SignInPolicy": {"AllowedFirstAuthFactors": factors or FACTORS}}
    pool = make_pool(client=more.pop("client", CHOOSING), Policies=policies, **more)
    if passkeys is not None:
        mfa["WebAuthnConfiguration"] = {"RelyingPartyId": RP_ID, **passkeys}
    pool.cognito.set_user_pool_mfa_config(UserPoolId=pool.pool_id, **{"MfaConfiguration": "OFF", **mfa})
    return Keyed(pool)


def is_signed_in(answer: Any) -> bool:
    return {"AccessToken", "IdToken", "RefreshToken"} <= answer["AuthenticationResult"].keys()
