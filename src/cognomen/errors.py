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


class NoPolicyAllows(AccessDeniedException):
    wording = (
        "User: {user} is not authorized to perform: {action} on resource: {resource} "
        "because no identity-based policy allows the {action} action"
    )


class PolicyDenies(AccessDeniedException):
    wording = (
        "User: {user} is not authorized to perform: {action} on resource: {resource} "
        "with an explicit deny in an identity-based policy"
    )


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


class AdminsPasswordInvalid(InvalidPasswordException):
    wording = "Password did not conform with password policy: {rule}"


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


# Users and their attributes


class UnsupportedUserStateException(Refusal):
    pass


class UserAccountExists(UsernameExistsException):
    wording = "User account already exists"


class ResendNotPossible(UnsupportedUserStateException):
    wording = "Resend not possible. {username} status is not FORCE_CHANGE_PASSWORD"


class NowhereToInvite(InvalidParameterException):
    wording = "The user has no {attribute} to which the invitation could be sent by {medium}."


class NoContactForCodes(InvalidParameterException):
    wording = "A user without a password needs an email or a phone_number to sign in."


class AttributeImmutable(InvalidParameterException):
    wording = "user.{attribute}: Attribute cannot be updated."


class ContactMissing(InvalidParameterException):
    wording = "{title} is required to verify/un-verify {thing}"


class SignInNameNeeded(InvalidParameterException):
    wording = "user.{attribute}: The attribute that serves as the username cannot be deleted."


class NotAContact(InvalidParameterException):
    wording = "{attribute} cannot be verified: only email and phone_number can."


class NothingToVerify(InvalidParameterException):
    wording = "The user has no {attribute} to verify."


class FilterUnreadable(InvalidParameterException):
    wording = "Error while parsing filter"


class NotSearchable(InvalidParameterException):
    wording = "Invalid search attribute: {attribute}"


class RequestedAttributeMissing(InvalidParameterException):
    """AttributesToGet names what the pool does not know, or what one of the users found lacks."""

    wording = "One or more requested attributes do not exist."


# Recovery of accounts


class OnlyAdminsReset(NotAuthorizedException):
    wording = "Contact administrator to reset password."


class PasswordCannotBeReset(NotAuthorizedException):
    """The account is in a state in which nobody resets its password."""

    wording = "User password cannot be reset in the current state."


class NoVerifiedContact(InvalidParameterException):
    wording = "Cannot reset password for the user as there is no registered/verified email or phone_number"


class NoCourier(InvalidParameterException):
    """For operations whose model has no refusal for a failed delivery."""

    wording = "Failed to deliver the code: no courier for {medium} is configured."


# Signing in


class PasswordAttemptsExceeded(NotAuthorizedException):
    """Too many wrong passwords in a row: this one was not even looked at."""

    wording = "Password attempts exceeded"


class TemporaryPasswordExpired(NotAuthorizedException):
    wording = "Temporary password has expired and must be reset by an administrator."


class AttributeAlreadyProvided(NotAuthorizedException):
    wording = "Cannot modify an already provided {name}"


class RequiredAttributeMissing(InvalidParameterException):
    wording = "Invalid attributes given, {name} is missing"


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
    wording = "The following features need to be disabled for the {tier} pricing tier configured: {features}"


# Pools and clients


class UserPoolTaggingException(Refusal):
    pass


class TierChangeNotAllowedException(Refusal):
    pass


class NotAPoolArn(InvalidParameterException):
    wording = "{arn} is not the ARN of a user pool."


class InvalidTokenValidity(InvalidParameterException):
    wording = "Invalid range for token validity."


class RotationWithRefreshFlow(InvalidParameterException):
    wording = "ALLOW_REFRESH_TOKEN_AUTH cannot be used while refresh token rotation is enabled."


class ClientHasNoSecret(InvalidParameterException):
    wording = "User pool client {client_id} was made without a secret and cannot be given one."


class TooManyClientSecrets(LimitExceededException):
    wording = "User pool client {client_id} cannot have more than {most} secrets."


class ClientSecretNotFound(ResourceNotFoundException):
    wording = "User pool client {client_id} has no secret {secret_id}."


class LastClientSecret(InvalidParameterException):
    wording = "The last secret of a user pool client cannot be deleted."


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


class SessionExpired(InvalidSession):
    wording = "Invalid session for the user, session is expired."


class SessionUsed(InvalidSession):
    wording = "Invalid session for the user, session can only be used once."


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
    wording = "Refresh token reuse detected"


class UnsupportedTokenTypeException(Refusal):
    wording = "Only refresh tokens can be revoked."


class UnauthorizedException(Refusal):
    """Who may not revoke a token; its model has no NotAuthorizedException."""


class TokenOfAnotherClient(UnauthorizedException):
    wording = "The token was not issued to client {client_id}."


class RevocationNotEnabled(UnsupportedOperationException):
    wording = "Token revocation is not enabled for client {client_id}."


class SessionNotFound(ResourceNotFoundException):
    wording = "Session {session_id} does not exist."


class CurrentSessionKept(InvalidParameterException):
    wording = "The current session cannot be revoked."


class SessionTrackingOff(InvalidParameterException):
    wording = "Session tracking is not enabled for user pool {pool_id}."


class PasswordHistoryPolicyViolationException(Refusal):
    wording = "Password has previously been used"


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


class GroupNotFound(ResourceNotFoundException):
    wording = "Group not found."


class TooManyGroups(LimitExceededException):
    wording = "A user pool cannot have more than {most} groups."


class TooManyGroupsOfUser(InvalidParameterException):
    """The model of AdminAddUserToGroup has no error for limits."""

    wording = "A user cannot be in more than {most} groups."


class NotAnIamRole(InvalidParameterException):
    wording = "RoleArn {role_arn} is not the ARN of an IAM role."


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
    wording = "The requested limit of {asked} is above the account's maximum of {most} requests per second."


class NotACategory(InvalidParameterException):
    wording = "The attributes of an API_CATEGORY limit are Category, and nothing else."


class CategoryNotFound(ResourceNotFoundException):
    wording = "Limit category {name} does not exist."


class LimitNotAdjustable(InvalidParameterException):
    wording = "The limit of the category {name} is not adjustable."


class LimitBelowDefault(InvalidParameterException):
    wording = "The requested limit of {asked} is below the default of {default} requests per second."


# Identity pools


class InvalidIdentityPoolConfigurationException(Refusal):
    wording = "Invalid identity pool configuration. Check assigned IAM roles for this pool."


class DeveloperUserAlreadyRegisteredException(Refusal):
    pass


class ResourceConflictException(Refusal):
    pass


class ExternalServiceException(Refusal):
    pass
