"""The triggers that a pool can have (reference 08)."""

from enum import StrEnum


class Trigger(StrEnum):
    """The triggers, by the members of LambdaConfig; refusals call them so, too."""

    PRE_SIGN_UP = "PreSignUp"
    POST_CONFIRMATION = "PostConfirmation"
    PRE_AUTHENTICATION = "PreAuthentication"
    POST_AUTHENTICATION = "PostAuthentication"
    PRE_TOKEN_GENERATION = "PreTokenGeneration"  # noqa: S105
    CUSTOM_MESSAGE = "CustomMessage"
    DEFINE_AUTH_CHALLENGE = "DefineAuthChallenge"
    CREATE_AUTH_CHALLENGE = "CreateAuthChallenge"
    VERIFY_AUTH_CHALLENGE = "VerifyAuthChallengeResponse"
    USER_MIGRATION = "UserMigration"
    CUSTOM_EMAIL_SENDER = "CustomEmailSender"
    CUSTOM_SMS_SENDER = "CustomSMSSender"

    @property
    def source(self) -> str:
        """What its triggerSource begins with."""
        return "TokenGeneration" if self is Trigger.PRE_TOKEN_GENERATION else self.value
