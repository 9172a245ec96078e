"""What can go wrong, under AWS's own names: one class for each modelled exception of `cognito-idp`.

`message` is AWS's wording, for logs. `safe_message` is ours, for showing to people: it never tells whether an
account exists and never repeats what an attacker could have put in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

TRY_LATER = "Something went wrong on our side. Please try again in a moment."
NOT_POSSIBLE = "This is not possible at the moment. Please contact support."
SIGN_IN_AGAIN = "Please sign in again."
WRONG_CREDENTIALS = "Incorrect username or password."
CODE_SPENT = "This code is no longer valid. Please ask for a new one."
TOO_OFTEN = "Too many attempts. Please wait a while and try again."
PASSKEY_FAILED = "This passkey could not be used. Please try again or choose another way."


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where a refusal came from: everything but its name and wording."""

    status: int | None = None
    request_id: str | None = None
    operation: str | None = None
    hashed_username: str | None = None
    details: Mapping[str, Any] | None = None


class CognitoError(Exception):
    """A refusal of the service; a code that no class here models is this class itself."""

    safe: ClassVar[str] = TRY_LATER

    def __init__(self, message: str = "", *, code: str | None = None, at: Circumstances | None = None) -> None:
        super().__init__(message)
        self.message: str = message
        self.code: str = code or type(self).__name__
        self.at: Circumstances = at or Circumstances()

    @property
    def status(self) -> int | None:
        """HTTP status of the answer; None where no answer came."""
        return self.at.status

    @property
    def request_id(self) -> str | None:
        """The id under which the service logged the call."""
        return self.at.request_id

    @property
    def operation(self) -> str | None:
        """The operation that was refused, in AWS's spelling."""
        return self.at.operation

    @property
    def hashed_username(self) -> str | None:
        """The username that the SECRET_HASH of this call was made with; None where none was sent."""
        return self.at.hashed_username

    @property
    def safe_message(self) -> str:
        """A sentence that may be shown to the person in front of the screen."""
        return self.safe

    def __str__(self) -> str:
        return ": ".join(part for part in (self.operation, self.code, self._explained()) if part)

    def _explained(self) -> str:
        if self.hashed_username is None or not _is_about_secret_hash(self.message):
            return self.message
        return f"{self.message} (SECRET_HASH was made with username {self.hashed_username!r})"


def _is_about_secret_hash(message: str) -> bool:
    """True for `… verify secret hash …`, `SecretHash does not match …`, `… SECRET_HASH was not received`."""
    return "secrethash" in message.lower().replace(" ", "").replace("_", "")


class CognitoUnavailable(CognitoError):  # the one name that is ours: AWS has none for silence
    """No usable answer: the connection failed, timed out or broke, or something else answered."""

    @property
    def unsent(self) -> bool:
        """True where the service cannot have seen the request, so that repeating it is always safe."""
        return bool((self.at.details or {}).get("unsent"))


class AccessDeniedException(CognitoError):
    safe = NOT_POSSIBLE


class AliasExistsException(CognitoError):
    safe = "This e-mail address or phone number cannot be used for this account."


class CodeDeliveryFailureException(CognitoError):
    safe = "The message with your code could not be sent. Please try again."


class CodeMismatchException(CognitoError):
    safe = "This code is not right. Please check it and try again."


class ConcurrentModificationException(CognitoError):
    safe = TRY_LATER


class DeviceKeyExistsException(CognitoError):
    safe = NOT_POSSIBLE


class DuplicateProviderException(CognitoError):
    safe = NOT_POSSIBLE


class EnableSoftwareTokenMFAException(CognitoError):
    safe = "This code is not right. Please check the clock of your device and try again."


class ExpiredCodeException(CognitoError):
    safe = CODE_SPENT


class FeatureUnavailableInTierException(CognitoError):
    safe = NOT_POSSIBLE


class ForbiddenException(CognitoError):
    safe = NOT_POSSIBLE


class GroupExistsException(CognitoError):
    safe = NOT_POSSIBLE


class InternalErrorException(CognitoError):
    safe = TRY_LATER


class InternalServerException(CognitoError):
    safe = TRY_LATER


class InvalidEmailRoleAccessPolicyException(CognitoError):
    safe = NOT_POSSIBLE


class InvalidLambdaResponseException(CognitoError):
    safe = TRY_LATER


class InvalidOAuthFlowException(CognitoError):
    safe = NOT_POSSIBLE


class InvalidParameterException(CognitoError):
    safe = "Something that was entered is not valid. Please check it and try again."

    @property
    def reason_code(self) -> str | None:
        """AWS's machine-readable reason, where it gives one."""
        return (self.at.details or {}).get("reasonCode")


class InvalidPasswordException(CognitoError):
    safe = "This password does not meet the rules."

    @property
    def safe_message(self) -> str:
        """The rule that was broken, where AWS names it: `… policy: Password not long enough`."""
        _, _, rule = self.message.partition("policy: ")
        return f"{rule}." if rule in PASSWORD_RULES else self.safe


PASSWORD_RULES = frozenset(
    {
        "Password not long enough",
        "Password must have uppercase characters",
        "Password must have lowercase characters",
        "Password must have numeric characters",
        "Password must have symbol characters",
    }
)


class InvalidSmsRoleAccessPolicyException(CognitoError):
    safe = NOT_POSSIBLE


class InvalidSmsRoleTrustRelationshipException(CognitoError):
    safe = NOT_POSSIBLE


class InvalidUserPoolConfigurationException(CognitoError):
    safe = NOT_POSSIBLE


class LimitExceededException(CognitoError):
    safe = TOO_OFTEN


class MFAMethodNotFoundException(CognitoError):
    safe = "No second factor is set up for this account. Please contact support."


class ManagedLoginBrandingExistsException(CognitoError):
    safe = NOT_POSSIBLE


class NotAuthorizedException(CognitoError):
    safe = WRONG_CREDENTIALS

    @property
    def safe_message(self) -> str:
        """Wrong credentials at a sign-in; a token or session that is over asks for a new one."""
        if any(word in self.message.lower() for word in ("token", "session")):
            return SIGN_IN_AGAIN
        return self.safe if self.operation in SIGN_IN_OPERATIONS else NOT_POSSIBLE


SIGN_IN_OPERATIONS = frozenset(
    {
        None,
        "InitiateAuth",
        "AdminInitiateAuth",
        "RespondToAuthChallenge",
        "AdminRespondToAuthChallenge",
        "ChangePassword",
    }
)


class OperationNotEnabledException(CognitoError):
    safe = NOT_POSSIBLE


class PasswordHistoryPolicyViolationException(CognitoError):
    safe = "This password has been used before. Please choose another one."


class PasswordResetRequiredException(CognitoError):
    safe = "Please set a new password to go on."


class PreconditionNotMetException(CognitoError):
    safe = NOT_POSSIBLE


class RefreshTokenReuseException(CognitoError):
    safe = SIGN_IN_AGAIN


class ResourceNotFoundException(CognitoError):
    safe = NOT_POSSIBLE


class ScopeDoesNotExistException(CognitoError):
    safe = NOT_POSSIBLE


class ServiceQuotaExceededException(CognitoError):
    safe = TRY_LATER


class SoftwareTokenMFANotFoundException(CognitoError):
    safe = "No authenticator app is set up for this account."


class TermsExistsException(CognitoError):
    safe = NOT_POSSIBLE


class TierChangeNotAllowedException(CognitoError):
    safe = NOT_POSSIBLE


class TooManyFailedAttemptsException(CognitoError):
    safe = TOO_OFTEN


class TooManyRequestsException(CognitoError):
    safe = TOO_OFTEN


class UnauthorizedException(CognitoError):
    safe = NOT_POSSIBLE


class UnexpectedLambdaException(CognitoError):
    safe = TRY_LATER


class UnsupportedIdentityProviderException(CognitoError):
    safe = NOT_POSSIBLE


class UnsupportedOperationException(CognitoError):
    safe = NOT_POSSIBLE


class UnsupportedTokenTypeException(CognitoError):
    safe = NOT_POSSIBLE


class UnsupportedUserStateException(CognitoError):
    safe = NOT_POSSIBLE


class UserImportInProgressException(CognitoError):
    safe = TRY_LATER


class UserLambdaValidationException(CognitoError):
    safe = "This was not accepted. Please check what you entered."


class UserNotConfirmedException(CognitoError):
    safe = "Please confirm your account with the code that was sent to you."


class UserNotFoundException(CognitoError):
    safe = WRONG_CREDENTIALS


class UserPoolAddOnNotEnabledException(CognitoError):
    safe = NOT_POSSIBLE


class UserPoolTaggingException(CognitoError):
    safe = NOT_POSSIBLE


class UsernameExistsException(CognitoError):
    safe = "This account could not be created. If you already have one, please sign in."


class WebAuthnChallengeNotFoundException(CognitoError):
    safe = PASSKEY_FAILED


class WebAuthnClientMismatchException(CognitoError):
    safe = PASSKEY_FAILED


class WebAuthnConfigurationMissingException(CognitoError):
    safe = NOT_POSSIBLE


class WebAuthnCredentialNotSupportedException(CognitoError):
    safe = "This kind of passkey is not supported."


class WebAuthnNotEnabledException(CognitoError):
    safe = NOT_POSSIBLE


class WebAuthnOriginNotAllowedException(CognitoError):
    safe = PASSKEY_FAILED


class WebAuthnRelyingPartyMismatchException(CognitoError):
    safe = PASSKEY_FAILED


BY_CODE: Mapping[str, type[CognitoError]] = {
    kind.__name__: kind for kind in CognitoError.__subclasses__() if kind is not CognitoUnavailable
}


def refusal(code: str, message: str, at: Circumstances) -> CognitoError:
    """The error for a code of the wire; an unknown code keeps its name in `code`."""
    return BY_CODE.get(code, CognitoError)(message, code=code, at=at)
