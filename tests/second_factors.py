"""Pools with MFA, users with second factors, and sign-ins in several steps, through the AWS SDK."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from authenticator import App, surely_apart
from conftest import Pool

TEXTS = {"SnsCallerArn": "arn:aws:iam::123456789012:role/texts"}
SES = {
    "EmailSendingAccount": "DEVELOPER",
    "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/id.example",
    "From": "sign-in@id.example",
}
CONFIGURATIONS: dict[str, dict[str, Any]] = {
    "SMS_MFA": {"SmsMfaConfiguration": {"SmsConfiguration": TEXTS}},
    "SOFTWARE_TOKEN_MFA": {"SoftwareTokenMfaConfiguration": {"Enabled": True}},
    "EMAIL_OTP": {"EmailMfaConfiguration": {}},
}
PREFERENCES = {
    "SMS_MFA": "SMSMfaSettings",
    "SOFTWARE_TOKEN_MFA": "SoftwareTokenMfaSettings",
    "EMAIL_OTP": "EmailMfaSettings",
}
BOTH_RECOVER = {
    "RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}, {"Priority": 2, "Name": "verified_phone_number"}]
}
ADMINS_RECOVER = {"RecoveryMechanisms": [{"Priority": 1, "Name": "admin_only"}]}
USED = "Your software token has already been used once."
NOT_GOOD = "Invalid session for the user."


@dataclass(frozen=True)
class Guarded:
    """A pool with MFA."""

    pool: Pool

    @property
    def cognito(self) -> Any:
        return self.pool.cognito

    def now_ms(self) -> int:
        return int(self.pool.server.post("/_dev/clock", {"advance": 0})["now_ms"])

    def next_step(self) -> None:
        """Let so much time pass that no code from before is good any more."""
        self.pool.server.advance(90)

    def user(self, name: str, **attributes: str) -> str:
        """A confirmed user; `at` in a value stands for an address of its own."""
        listed = [{"Name": key, "Value": value} for key, value in attributes.items()]
        self.pool.confirmed(name, UserAttributes=listed)
        return name

    def admin(self, operation: str, name: str, **members: Any) -> Any:
        return getattr(self.cognito, operation)(UserPoolId=self.pool.pool_id, Username=name, **members)

    def prefer(self, name: str, *factors: str, preferred: str = "") -> None:
        """Switch factors on, and prefer one of them."""
        members = {PREFERENCES[one]: {"Enabled": True, "PreferredMfa": one == preferred} for one in factors}
        self.admin("admin_set_user_mfa_preference", name, **members)

    def factors(self, name: str) -> tuple[str | None, list[str]]:
        found = self.admin("admin_get_user", name)
        return found.get("PreferredMfaSetting"), found.get("UserMFASettingList", [])

    def begin(self, name: str, **password: str) -> Any:
        return self.pool.sign_in(name, **password)

    def answer(self, asked: Any, name: str, **responses: str) -> Any:
        """Answer a challenge; the name of its member is the caller's."""
        if self.pool.secret:
            responses["SECRET_HASH"] = self.pool.hash(name)["SecretHash"]
        return self.cognito.respond_to_auth_challenge(
            ClientId=self.pool.client_id,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": name, **responses},
        )

    def totp(self, asked: Any, name: str, code: str) -> Any:
        return self.answer(asked, name, SOFTWARE_TOKEN_MFA_CODE=code)

    def set_up_in_sign_in(self, asked: Any, device: str | None = None) -> tuple[App, Any]:
        """The app, and the challenge with the Session that its proof gave."""
        given = self.cognito.associate_software_token(Session=asked["Session"])
        app = App(given["SecretCode"])
        named = {"FriendlyDeviceName": device} if device else {}
        done = self.cognito.verify_software_token(Session=given["Session"], UserCode=app.code(self.now_ms()), **named)
        assert done["Status"] == "SUCCESS"
        return app, {**asked, "Session": done["Session"]}

    def set_up(self, access_token: str, **named: str) -> App:
        """An app, proved by who is signed in; its codes are fresh again afterwards."""

        def associate() -> str:
            given = self.cognito.associate_software_token(AccessToken=access_token)
            assert "Session" not in given
            return str(given["SecretCode"])

        app = surely_apart(self.now_ms(), associate)
        code = app.code(self.now_ms())
        done = self.cognito.verify_software_token(AccessToken=access_token, UserCode=code, **named)
        assert done["Status"] == "SUCCESS"
        self.next_step()
        return app

    def code_sent(self, to: str) -> str:
        return self.pool.code_for(to)


def access_token(answer: Any) -> str:
    return str(answer["AuthenticationResult"]["AccessToken"])


def listed(asked: Any, name: str) -> list[str]:
    """A list that is in a parameter as JSON."""
    found: list[str] = json.loads(asked["ChallengeParameters"][name])
    return found


def refusal_of(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(Exception) as refused:  # noqa: PT011
        call()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def guarded(make_pool: Callable[..., Pool], mode: str, *factors: str, secret: bool = False, **pool: Any) -> Guarded:
    """A pool with these factors."""
    mail = {"EmailConfiguration": SES} if "EMAIL_OTP" in factors else {}
    made = make_pool(secret=secret, **mail, **pool)
    members: dict[str, Any] = {}
    for factor in factors:
        members |= CONFIGURATIONS[factor]
    made.cognito.set_user_pool_mfa_config(UserPoolId=made.pool_id, MfaConfiguration=mode, **members)
    return Guarded(made)
