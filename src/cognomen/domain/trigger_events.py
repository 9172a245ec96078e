"""The events that triggers get, member by member as AWS makes them (reference 08)."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cognomen.domain.pool import UserPool
from cognomen.domain.trigger_names import Trigger
from cognomen.domain.user import User

NO_CLIENT = "CLIENT_ID_NOT_APPLICABLE"  # for administrators who name none
UNKNOWN_SDK = "aws-sdk-unknown-unknown"
SDK = re.compile(r"\baws-sdk-([a-z]+[a-z0-9-]*)/v?([0-9][\w.]*)")


_RESPONSES = frozenset({"RespondToAuthChallenge", "AdminRespondToAuthChallenge"})
_MESSAGES = frozenset(
    {
        *("SignUp", "ResendConfirmationCode", "ForgotPassword", "AdminResetUserPassword", "UpdateUserAttributes"),
        *("AdminUpdateUserAttributes", "GetUserAttributeVerificationCode", *_RESPONSES),
    }
)
# The operations whose ClientMetadata reaches a trigger, by AWS's guides: that of InitiateAuth reaches none of them, it
# is the validationData of the triggers before a sign-in.
HEARD: Mapping[Trigger, frozenset[str]] = {
    Trigger.PRE_SIGN_UP: frozenset({"SignUp", "AdminCreateUser"}),
    Trigger.POST_CONFIRMATION: frozenset({"SignUp", "ConfirmSignUp", "AdminConfirmSignUp", "ConfirmForgotPassword"}),
    Trigger.PRE_AUTHENTICATION: frozenset(),
    Trigger.POST_AUTHENTICATION: _RESPONSES,
    Trigger.PRE_TOKEN_GENERATION: _RESPONSES | {"GetTokensFromRefreshToken", "GetClientToken"},
    Trigger.CUSTOM_MESSAGE: _MESSAGES,
    Trigger.CUSTOM_EMAIL_SENDER: _MESSAGES,
    Trigger.CUSTOM_SMS_SENDER: _MESSAGES,
    Trigger.DEFINE_AUTH_CHALLENGE: _RESPONSES,
    Trigger.CREATE_AUTH_CHALLENGE: _RESPONSES,
    Trigger.VERIFY_AUTH_CHALLENGE: _RESPONSES,
    Trigger.USER_MIGRATION: frozenset({"ForgotPassword"}),
}
INITIATIONS = frozenset({"InitiateAuth", "AdminInitiateAuth"})


@dataclass(frozen=True, slots=True)
class Caller:
    """What triggers are told of the call that they run in."""

    operation: str = ""
    client_id: str = NO_CLIENT
    sdk: str = UNKNOWN_SDK
    metadata: Mapping[str, str] | None = field(default=None, repr=False)
    validation_data: Mapping[str, str] | None = field(default=None, repr=False)

    def metadata_for(self, trigger: Trigger) -> dict[str, Any]:
        """The member clientMetadata, where this call brings it to this trigger."""
        heard = self.metadata is not None and self.operation in HEARD[trigger]
        return {"clientMetadata": dict(self.metadata or {})} if heard else {}

    @property
    def validation(self) -> Mapping[str, str] | None:
        """The validationData: of sign-ups a member of its own, of sign-ins their ClientMetadata."""
        return self.metadata if self.operation in INITIATIONS else self.validation_data


NOBODY_CALLED = Caller()


def sdk_of(user_agent: str) -> str:
    """The awsSdkVersion of a caller: known of those SDKs whose User-Agent says it in AWS's own form."""
    found = SDK.search(user_agent)
    return f"aws-sdk-{found[1]}-{found[2]}" if found else UNKNOWN_SDK


@dataclass(frozen=True, slots=True)
class Invocation:
    """One run of a trigger: for what, of whom, what it is asked, and the members that it is to fill in."""

    trigger: Trigger
    action: str
    username: str
    request: Mapping[str, Any] = field(repr=False)
    response: Mapping[str, Any] = field(default_factory=dict)
    version: str = "1"


def event_of(pool: UserPool, caller: Caller, asked: Invocation) -> dict[str, Any]:
    """The whole event."""
    return {
        "version": asked.version,
        "region": pool.region,
        "userPoolId": pool.pool_id,
        "userName": asked.username,
        "callerContext": {"awsSdkVersion": caller.sdk, "clientId": caller.client_id},
        "triggerSource": f"{asked.trigger.source}_{asked.action}",
        "request": {**asked.request, **caller.metadata_for(asked.trigger)},
        "response": dict(asked.response),
    }


def attributes_of(user: User) -> dict[str, str]:
    """The userAttributes of an account."""
    return {"sub": user.sub, "cognito:user_status": user.status.value, **user.attributes}
