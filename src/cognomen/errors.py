"""Every refusal the service can give: wire name, HTTP status and wording, each worded once.

A class whose name ends in ``Exception`` is a wire name of AWS; a class derived from it is one cause of that
refusal with its own wording. Sources of the wordings: reference 02-errors, 14-recorded and 01-wire.
"""

from typing import ClassVar


class Refusal(Exception):
    """Something the caller asked for that the service will not do."""

    wire_name: ClassVar[str] = "InternalErrorException"
    status: ClassVar[int] = 400
    wording: ClassVar[str] = ""

    def __init_subclass__(cls) -> None:
        if cls.__name__.endswith("Exception"):
            cls.wire_name = cls.__name__

    def __init__(self, wording: str | None = None, /, **facts: object) -> None:
        text = self.wording if wording is None else wording
        super().__init__(text.format(**facts) if facts else text)


# Before the service: transport, signatures


class UnknownOperationException(Refusal):
    """The target names no operation, or one that is not built: then the reason is the message."""


class SerializationException(Refusal):
    """The body is not JSON of the expected shape."""


class MissingAuthenticationTokenException(Refusal):
    wording = "Missing Authentication Token"


class IncompleteSignatureException(Refusal):
    """The Authorization header is no well-formed SigV4 header."""


class InvalidSignatureException(Refusal):
    wording = (
        "The request signature we calculated does not match the signature you provided. "
        "Check your AWS Secret Access Key and signing method. Consult the service documentation for details."
    )


class UnrecognizedClientException(Refusal):
    wording = "The security token included in the request is invalid."


class ExpiredTokenException(Refusal):
    wording = "The security token included in the request is expired"


class AccessDeniedException(Refusal):
    """The caller's policies do not allow the operation."""


class ValidationException(Refusal):
    """Limits of the model are broken (cognito-identity)."""


# Any operation


class InternalErrorException(Refusal):
    status = 500
    wording = "Something went wrong"


class InternalServerException(Refusal):
    status = 500
    wording = "Something went wrong"


class TooManyRequestsException(Refusal):
    wording = "Too many requests"


class ForbiddenException(Refusal):
    wording = "Request not allowed due to WAF block."


class OperationNotEnabledException(Refusal):
    pass


class ConcurrentModificationException(Refusal):
    pass


class LimitExceededException(Refusal):
    wording = "Attempt limit exceeded, please try after some time."


class InvalidParameterException(Refusal):
    """A parameter breaks a limit of the model or a rule of the operation."""


class MissingParameter(InvalidParameterException):
    wording = "Missing required parameter {name}"


class NotSupportedYet(InvalidParameterException):
    """A member whose effect is not built: refused, so that nothing is stored and then ignored."""

    wording = "{member} is not supported by this server: {reason}"


class ResourceNotFoundException(Refusal):
    pass


class PoolDoesNotExist(ResourceNotFoundException):
    wording = "User pool {pool_id} does not exist."


class ClientDoesNotExist(ResourceNotFoundException):
    wording = "User pool client {client_id} does not exist."


# Who the caller is


class NotAuthorizedException(Refusal):
    wording = "Incorrect username or password."


class SecretHashMissing(NotAuthorizedException):
    wording = "Client {client_id} is configured with secret but SECRET_HASH was not received"


class SecretHashWrong(NotAuthorizedException):
    wording = "Unable to verify secret hash for client {client_id}"


class SecretHashOfOtherName(NotAuthorizedException):
    """The hash on a refresh was made with a name that is not the canonical one."""

    wording = "SecretHash does not match for the client: {client_id}"


class UserIsDisabled(NotAuthorizedException):
    wording = "User is disabled."


class AccessTokenInvalid(NotAuthorizedException):
    wording = "Invalid Access Token"


class AccessTokenExpired(NotAuthorizedException):
    wording = "Access Token has expired"


class AccessTokenRevoked(NotAuthorizedException):
    wording = "Access Token has been revoked"


class AccessTokenLacksScopes(NotAuthorizedException):
    wording = "Access Token does not have required scopes"


class RefreshTokenInvalid(NotAuthorizedException):
    wording = "Invalid Refresh Token"


class RefreshTokenExpired(NotAuthorizedException):
    wording = "Refresh Token has expired"


class RefreshTokenRevoked(NotAuthorizedException):
    wording = "Refresh Token has been revoked"


class UserNotFoundException(Refusal):
    wording = "User does not exist."


class UserClientPairNotFound(UserNotFoundException):
    wording = "Username/client id combination not found."


class UserNotConfirmedException(Refusal):
    wording = "User is not confirmed."


class PasswordResetRequiredException(Refusal):
    wording = "Password reset required for the user"


# Sign-up and codes


class UsernameExistsException(Refusal):
    wording = "User already exists"


class EmailAccountExists(UsernameExistsException):
    wording = "An account with the given email already exists."


class PhoneAccountExists(UsernameExistsException):
    wording = "An account with the given phone_number already exists."


class AliasExistsException(Refusal):
    wording = "An account with the {attribute} already exists."


class InvalidPasswordException(Refusal):
    wording = "Password did not conform with policy: {rule}"


class SignUpNotPermitted(NotAuthorizedException):
    wording = "SignUp is not permitted for this user pool"


class UnauthorizedAttribute(NotAuthorizedException):
    wording = "A client attempted to write unauthorized attribute"


class UserCannotBeConfirmed(NotAuthorizedException):
    wording = "User cannot be confirmed. Current status is {status}"


class UserAlreadyConfirmed(InvalidParameterException):
    wording = "User is already confirmed."


class NoDeliveryTarget(InvalidParameterException):
    """There is no contact attribute to which a code could go."""

    wording = "Cannot resend codes. Auto verification not turned on."


class CodeMismatchException(Refusal):
    wording = "Invalid verification code provided, please try again."


class ExpiredCodeException(Refusal):
    wording = "Invalid code provided, please request a code again."


class CodeDeliveryFailureException(Refusal):
    wording = "Failed to deliver the code: no courier for {medium} is configured."


class TooManyFailedAttemptsException(Refusal):
    wording = "Too many failed attempts"


# Signing in


class FlowNotEnabled(InvalidParameterException):
    wording = "{flow} flow not enabled for this client"


class SrpFlowNotEnabled(InvalidParameterException):
    wording = "USER_SRP_AUTH is not enabled for the client."


class AdminFlowNotEnabled(InvalidParameterException):
    wording = "Auth flow not enabled for this client"


class FlowNotSupportedHere(InvalidParameterException):
    wording = "Initiate Auth method not supported."


class UnsupportedOperationException(Refusal):
    pass


class InvalidUserPoolConfigurationException(Refusal):
    pass


class MFAMethodNotFoundException(Refusal):
    pass


class FeatureUnavailableInTierException(Refusal):
    pass


# Pools and clients


class UserPoolTaggingException(Refusal):
    pass


class TierChangeNotAllowedException(Refusal):
    pass


class ScopeDoesNotExistException(Refusal):
    pass


class InvalidOAuthFlowException(Refusal):
    pass


class DeletionProtected(InvalidParameterException):
    wording = (
        "The user pool cannot be deleted because deletion protection is activated. "
        "Deletion protection must be inactivated first."
    )


class InvalidSession(NotAuthorizedException):
    wording = "Invalid session for the user."


class FeedbackTokenInvalid(NotAuthorizedException):
    wording = "Invalid feedback token"


class ClientSecretWrong(NotAuthorizedException):
    wording = "Unable to verify secret for client {client_id}"


# Second factors, devices, passkeys


class EnableSoftwareTokenMFAException(Refusal):
    wording = "Code mismatch and fail enable Software Token MFA"


class SoftwareTokenMFANotFoundException(Refusal):
    wording = "Software Token MFA has not been enabled by the userPool"


class DeviceKeyExistsException(Refusal):
    pass


class WebAuthnChallengeNotFoundException(Refusal):
    pass


class WebAuthnClientMismatchException(Refusal):
    pass


class WebAuthnConfigurationMissingException(Refusal):
    pass


class WebAuthnCredentialNotSupportedException(Refusal):
    pass


class WebAuthnNotEnabledException(Refusal):
    pass


class WebAuthnOriginNotAllowedException(Refusal):
    pass


class WebAuthnRelyingPartyMismatchException(Refusal):
    pass


# Tokens and passwords


class RefreshTokenReuseException(Refusal):
    pass


class UnsupportedTokenTypeException(Refusal):
    pass


class UnauthorizedException(Refusal):
    pass


class PasswordHistoryPolicyViolationException(Refusal):
    wording = "Password has previously been used"


class UnsupportedUserStateException(Refusal):
    pass


# Triggers and couriers


class UserLambdaValidationException(Refusal):
    wording = "{trigger} failed with error {message}."


class InvalidLambdaResponseException(Refusal):
    wording = "Unrecognizable lambda output"


class UnexpectedLambdaException(Refusal):
    wording = "{trigger} invocation failed due to error {error}."


class InvalidEmailRoleAccessPolicyException(Refusal):
    pass


class InvalidSmsRoleAccessPolicyException(Refusal):
    pass


class InvalidSmsRoleTrustRelationshipException(Refusal):
    pass


# Groups, providers, branding, terms, import jobs, quotas


class GroupExistsException(Refusal):
    wording = "A group with the name already exists"


class DuplicateProviderException(Refusal):
    pass


class UnsupportedIdentityProviderException(Refusal):
    pass


class ManagedLoginBrandingExistsException(Refusal):
    pass


class TermsExistsException(Refusal):
    pass


class UserImportInProgressException(Refusal):
    pass


class UserPoolAddOnNotEnabledException(Refusal):
    pass


class PreconditionNotMetException(Refusal):
    pass


class ServiceQuotaExceededException(Refusal):
    pass


# Identity pools


class InvalidIdentityPoolConfigurationException(Refusal):
    wording = "Invalid identity pool configuration. Check assigned IAM roles for this pool."


class DeveloperUserAlreadyRegisteredException(Refusal):
    pass


class ResourceConflictException(Refusal):
    pass


class ExternalServiceException(Refusal):
    pass
