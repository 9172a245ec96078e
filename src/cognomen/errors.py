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


class AuditLogUnwritable(InternalErrorException):
    wording = "The audit log cannot be written: until it can be, nothing is changed and nobody signs in"


class InternalServerException(Refusal):
    status = 500
    wording = "Something went wrong"


class TooManyRequestsException(Refusal):
    wording = "Too many requests"


class Overloaded(TooManyRequestsException):
    """This server has more to do than it can."""


class RateExceeded(TooManyRequestsException):
    """A category's quota is used up; this wording is what callers of AWS report."""

    wording = "Rate exceeded"


class TooManyCodesSent(TooManyRequestsException):
    """UpdateUserAttributes sends codes, and its model has no error for limits."""

    wording = "Attempt limit exceeded, please try after some time."


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


class TimestampUnreadable(InvalidParameterException):
    wording = "TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english."


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


class MachineAuthNotAlone(InvalidParameterException):
    wording = "ALLOW_CLIENT_TOKEN_AUTH must be the only value of ExplicitAuthFlows."


class ClientHasNoSecret(InvalidParameterException):
    wording = "User pool client {client_id} was made without a secret and cannot be given one."


class TooManyClientSecrets(LimitExceededException):
    wording = "User pool client {client_id} cannot have more than {most} secrets."


class ClientSecretNotFound(ResourceNotFoundException):
    wording = "User pool client {client_id} has no secret {secret_id}."


class LastClientSecret(InvalidParameterException):
    wording = "The last secret of a user pool client cannot be deleted."


class ScopeDoesNotExistException(Refusal):
    wording = "Invalid scope requested: {scope}"


class InvalidOAuthFlowException(Refusal):
    pass


class MachineFlowNotAlone(InvalidOAuthFlowException):
    wording = "client_credentials flow can not be selected along with code flow or implicit flow."


class MachineFlowWithoutSecret(InvalidOAuthFlowException):
    wording = "client_credentials flow can not be selected if client does not have a client secret."


class CallbacksMissing(InvalidOAuthFlowException):
    wording = "CallbackUrls can not be empty when code flow or implicit flow is selected"


class FlowsAndScopesMissing(InvalidParameterException):
    wording = "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows."


class UrlWithFragment(InvalidParameterException):
    wording = "{url} cannot use fragment"


class UrlNotAbsolute(InvalidParameterException):
    wording = "{url} is not an absolute URI."


class UrlNotSecure(InvalidParameterException):
    wording = "{url} cannot use the HTTP protocol."


class DefaultNotAmongCallbacks(InvalidParameterException):
    wording = "The default redirect URI {url} is not in the callback URIs list."


class ProviderOfClientUnknown(InvalidParameterException):
    wording = "The provider {provider} does not exist for User Pool {pool_id}."


class PoolHasDomain(InvalidParameterException):
    wording = "User pool cannot be deleted. It has a domain configured that should be deleted first."


class TooManyPools(LimitExceededException):
    wording = "An account cannot have more than {most} user pools."


class PoolQuotaExceeded(LimitExceededException):
    wording = "A user pool cannot have more than {most} {things}."


class ResourceServerExists(InvalidParameterException):
    wording = "{identifier} already exists in user pool {pool_id}."


class ResourceServerNotFound(ResourceNotFoundException):
    wording = "Resource server {identifier} does not exist."


class FeatureNotInTier(FeatureUnavailableInTierException):
    wording = "The following feature is not available for the {tier} pricing tier configured: {feature}"


class NotADomainPrefix(InvalidParameterException):
    wording = (
        "1 validation error detected: Value '{prefix}' at 'domain' failed to satisfy constraint: "
        "Member must satisfy regular expression pattern: {pattern}"
    )


class DomainReserved(InvalidParameterException):
    wording = "Domain cannot contain reserved word: {word}"


class NotASubdomain(InvalidParameterException):
    wording = "Custom domain is not a valid subdomain"


class CertificateUnusable(InvalidParameterException):
    wording = (
        "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, "
        "or doesn't include a valid certificate chain."
    )


class LoginVersionUnknown(InvalidParameterException):
    wording = "ManagedLoginVersion must be 1 or 2."


class DomainTaken(InvalidParameterException):
    wording = "Domain already associated with another user pool"


class PoolHasADomain(InvalidParameterException):
    wording = "User pool already has a domain configured."


class PrefixHasNoCertificate(InvalidParameterException):
    wording = "CustomDomainConfig can only be given for a custom domain."


class NoSuchDomain(InvalidParameterException):
    wording = "No such domain or user pool exists."


class TooManyCustomDomains(LimitExceededException):
    wording = "An account cannot have more than {most} custom domains."


class ScopeNamedTwice(InvalidParameterException):
    wording = "The scope {name} is given more than once."


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


class MfaCodeWrong(CodeMismatchException):
    """A code that was sent by SMS or e-mail."""

    wording = "Invalid code or auth state for the user."


class SoftwareTokenCodeWrong(CodeMismatchException):
    wording = "Invalid code received for user"


class SoftwareTokenUsed(ExpiredCodeException):
    wording = "Your software token has already been used once."


class NoSecondFactor(InvalidUserPoolConfigurationException):
    """MFA is ON, and there is nothing that this user could be asked for or set up."""

    wording = "The user pool requires a second factor, and the user has none that can be used or set up."


class FactorNotAmongChoices(MFAMethodNotFoundException):
    wording = "The user cannot choose {factor}."


class SmsConfigurationMissing(InvalidParameterException):
    wording = "SMS configuration and Auto verification for phone_number are required when MFA is required/optional"


class CodesBesideMfa(InvalidParameterException):
    wording = "Only PASSWORD and WEB_AUTHN (if configured) can be enabled as an auth factor if MFA is enabled"


class PasskeysBesideMfa(InvalidParameterException):
    """A sign-in policy that allows passkeys, in a pool with MFA ON where they count as one factor."""

    wording = "WEB_AUTHN cannot be used as an auth factor when MFA is enabled if not configured for MFA."


class PasskeysCountOnce(InvalidParameterException):
    """MFA turned ON, in a pool whose sign-in policy allows passkeys, and they count as one factor."""

    wording = (
        "Cannot set WebAuthn factor configuration to SINGLE_FACTOR if MFA is required and WebAuthn is an allowed first "
        "auth factor"
    )


class EmailMfaNeedsSes(InvalidParameterException):
    wording = (
        "Cannot set EmailMfaConfiguration when user pool EmailConfiguration contains an EmailSendingAccount of "
        "COGNITO_DEFAULT"
    )


class FactorGivenWhileOff(InvalidParameterException):
    wording = "Invalid MFA configuration given, can't turn off MFA and configure an MFA together"


class NoFactorGiven(InvalidParameterException):
    wording = "Invalid MFA Configuration given. SMS MFA, Email MFA, or Software Token MFA must be enabled."


class FactorNotSetUp(InvalidParameterException):
    wording = "User does not have delivery config set to turn on {factor}"


class FactorNotOffered(InvalidParameterException):
    wording = "{factor} is not turned on in the user pool."


class PreferredFactorIsOff(InvalidParameterException):
    wording = "{factor} cannot be preferred while it is off."


class TwoPreferredFactors(InvalidParameterException):
    wording = "Only one MFA factor can be preferred."


class FactorsCannotBeTurnedOff(InvalidParameterException):
    wording = "{factor} cannot be turned off: the user pool requires MFA."


class SoftwareTokenNotGivenOut(InvalidParameterException):
    wording = "User has not set up software token mfa"


class DeviceKeyExistsException(Refusal):
    wording = "Device already exists."


class DeviceDoesNotExist(ResourceNotFoundException):
    """AWS's wording, which clients look for to sign in anew without the device (amazon-cognito-identity-js)."""

    wording = "Device does not exist."


class DeviceKeyInvalid(InvalidParameterException):
    """As observed of ConfirmDevice (boto3#4059, amplify-js#2087)."""

    wording = "Invalid device key given."


class DeviceVerifierUnusable(InvalidParameterException):
    wording = "{member} of DeviceSecretVerifierConfig is missing or not acceptable."


class DeviceStatusMissing(InvalidParameterException):
    wording = "DeviceRememberedStatus is missing."


class WebAuthnChallengeNotFoundException(Refusal):
    wording = "Challenge was not found, has expired or was already answered."


class WebAuthnClientMismatchException(Refusal):
    wording = "The access token is for another app client than the one that started the registration."


class WebAuthnConfigurationMissingException(Refusal):
    wording = "The user pool has neither a relying party ID nor a domain."


class WebAuthnCredentialNotSupportedException(Refusal):
    wording = "The authenticator of this passkey is not supported."


class WebAuthnNotEnabledException(Refusal):
    wording = "Passkeys are not enabled for the user pool."


class WebAuthnOriginNotAllowedException(Refusal):
    wording = "The origin of the passkey is not allowed by the relying party ID of the user pool."


class WebAuthnRelyingPartyMismatchException(Refusal):
    wording = "The passkey is for another relying party ID than the user pool's."


class PasskeyUnreadable(InvalidParameterException):
    wording = "The credential is not a well-formed WebAuthn credential."


class PasskeyRefused(NotAuthorizedException):
    wording = "The passkey could not be verified."


class TooManyPasskeys(LimitExceededException):
    wording = "A user cannot have more than {most} passkeys."


class PasskeyTaken(InvalidParameterException):
    wording = "The passkey is registered already."


class PasskeyNotFound(ResourceNotFoundException):
    wording = "The passkey does not exist."


class RelyingPartyNotADomain(InvalidParameterException):
    wording = "RelyingPartyId {name} is not a domain name in small letters."


class NoOtherFactorThanPasskeys(InvalidParameterException):
    wording = "Passkeys can count as MFA only for users who have another MFA factor."


class PasskeysAreOneFactor(InvalidParameterException):
    wording = "The user pool does not let passkeys count as MFA."


class PasswordsMustBeAllowed(InvalidParameterException):
    wording = "AllowedFirstAuthFactors must contain PASSWORD."


class NotAFirstFactor(InvalidParameterException):
    wording = "{factor} cannot be one of AllowedFirstAuthFactors."


class ChallengeNotAvailable(InvalidParameterException):
    wording = "{name} is not one of the challenges that are available."


class NotAnOpening(InvalidParameterException):
    wording = "{name} is not a challenge that a sign-in can begin with."


class TooManySignInCodes(TooManyRequestsException):
    wording = "Too many codes were asked for; try again later."


# Tokens and passwords


class RefreshTokenReuseException(Refusal):
    wording = "Refresh token reuse detected"


class UnsupportedTokenTypeException(Refusal):
    wording = "Only refresh tokens can be revoked."


class UnauthorizedException(Refusal):
    """Who may not revoke a token; its model has no NotAuthorizedException."""


class ScopeNotOfClient(InvalidParameterException):
    wording = "Invalid scope requested: {scope}"


class NoScopeInCommon(InvalidParameterException):
    wording = "None of the requested scopes is one of both the subject token and the app client."


class ActorTokenIncomplete(InvalidParameterException):
    wording = "ActorToken and ActorTokenType must be given together."


class AudienceAndResource(InvalidParameterException):
    wording = "Audiences and Resources cannot be requested together."


class TokenNotExchangeable(NotAuthorizedException):
    wording = "Invalid {part} token"


class TokenToExchangeExpired(NotAuthorizedException):
    wording = "The {part} token has expired"


class TokenToExchangeRevoked(NotAuthorizedException):
    wording = "The {part} token has been revoked"


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


class MessageOfTriggerUnusable(InvalidLambdaResponseException):
    wording = "CustomMessage: {member} must {rule}"


class SessionTooLong(InvalidLambdaResponseException):
    """The model bounds a Session, which holds the private parameters and what came of the challenges before."""

    wording = "CreateAuthChallenge: the private parameters and the session do not fit into 2048 characters."


class MigrationUnusable(InvalidLambdaResponseException):
    wording = "UserMigration: {rule}"


class MigrationFailed(UserNotFoundException):
    wording = "Exception migrating user in app client {client_id}"


class TriggerNotMapped(InvalidParameterException):
    """The ARN of a trigger stands for nothing here; AWS would refuse a function that it cannot invoke, too."""

    wording = (
        "{member}: this server maps {arn} to no target. Add it to its settings: "
        '[triggers] "{arn}" = "python:package.module:function"'
    )


class CodeKeyNotMapped(InvalidParameterException):
    """The ARN of a key stands for none here; AWS would refuse a key that it cannot use, too."""

    wording = (
        'LambdaConfig.KMSKeyID: this server has no key for {arn}. Add it to its settings: [kms_keys] "{arn}" ='
        ' "code.key", a file made with `(umask 077; head -c 32 /dev/urandom | base64 > code.key)`'
    )


class SenderKeyMissing(InvalidParameterException):
    wording = "KMSKeyID is required for CustomEmailSender and CustomSMSSender."


class TokenTriggersDiffer(InvalidParameterException):
    wording = "PreTokenGeneration and PreTokenGenerationConfig.LambdaArn must be the same ARN."


class CustomAuthNotConfigured(InvalidParameterException):
    wording = "Custom auth lambda trigger is not configured for the user pool."


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
    wording = "A provider with the name {name} already exists."


class UnsupportedIdentityProviderException(Refusal):
    wording = "{name} is not a provider that can be changed."


class ProviderNotFound(ResourceNotFoundException):
    wording = "Identity provider {name} does not exist."


class ProviderNameOfAnotherType(InvalidParameterException):
    wording = "Provider {name} cannot be of type {kind}."


class DetailUnknown(InvalidParameterException):
    wording = "{name} is not a detail of a provider of type {kind}."


class DetailsMissing(InvalidParameterException):
    """The wording tells which ones, by type."""


class EndpointNotSecure(InvalidParameterException):
    wording = "OIDC endpoint must start with https://"


class RequestMethodUnknown(InvalidParameterException):
    wording = (
        "1 validation error detected: Value '{method}' at 'attributesRequestMethod' failed to satisfy constraint: "
        "Member must satisfy enum value set: [POST, GET]"
    )


class DetailNotAFlag(InvalidParameterException):
    wording = "{name} must be true or false."


class MetadataMissing(InvalidParameterException):
    wording = "At least one of the MetadataURL or MetadataFile should be provided."


class MetadataTwice(InvalidParameterException):
    wording = "Only one of the MetadataURL or MetadataFile should be provided."


class MetadataUnreadable(InvalidParameterException):
    wording = "Error parsing metadata"


class MetadataUnreachable(InvalidParameterException):
    wording = "Error retrieving metadata from {address}"


class SigningAlgorithmUnknown(InvalidParameterException):
    wording = "RequestSigningAlgorithm must be rsa-sha256."


class AttributeNotMappable(InvalidParameterException):
    wording = "Invalid AttributeMapping: {attribute} is not an attribute of the user pool that can be mapped."


class AcrMappingNotSupported(InvalidParameterException):
    wording = "AcrMapping is not supported for providers of type {kind}."


class IdentifierTaken(InvalidParameterException):
    wording = "An identifier of the provider is already in use."


class SourceIsLocal(InvalidParameterException):
    wording = "The SourceUser must be a user of an identity provider."


class SubjectNeeded(InvalidParameterException):
    wording = "ProviderAttributeName must be Cognito_Subject for {provider}."


class AttributeNotMapped(InvalidParameterException):
    wording = "{attribute} is not mapped to an attribute of the provider {provider}."


class MergingNotSupported(InvalidParameterException):
    wording = "Merging is not currently supported, provide a SourceUser that has not been signed up in order to link"


class AlreadyLinked(InvalidParameterException):
    wording = "SourceUser is already linked to DestinationUser"


class LinkedToAnother(AliasExistsException):
    wording = "SourceUser is already linked to another user"


class TooManyIdentities(LimitExceededException):
    wording = "A user cannot have more than {most} linked identities."


class ManagedLoginBrandingExistsException(Refusal):
    wording = "The app client already has a managed login branding style."


class BrandingNotFound(ResourceNotFoundException):
    wording = "Managed login branding style does not exist."


class BrandingSettingsOrProvided(InvalidParameterException):
    wording = "useCognitoProvidedValues or settings should be specified (but not both)"


class BrandingSettingsUnreadable(InvalidParameterException):
    wording = "Settings must be a JSON object."


class AssetGivenTwice(InvalidParameterException):
    wording = "The asset {category} is given more than once for {mode}."


class AssetExtensionUnfit(InvalidParameterException):
    wording = "The asset {category} cannot have the extension {extension}."


class AssetNotWhatItSays(InvalidParameterException):
    wording = "The asset {category} is not a usable {extension} file."


class AssetWithoutImage(InvalidParameterException):
    wording = "The asset {category} has no Bytes, and no ResourceId of an asset of this style."


class AssetsTooLarge(InvalidParameterException):
    wording = "The assets of a style cannot have more than {most} bytes together."


class DomainNeeded(InvalidParameterException):
    wording = "A domain must be associated with this user pool."


class CssClassUnknown(InvalidParameterException):
    wording = "The CSS class {name} is not in the list of allowed classes."


class CssUnreadable(InvalidParameterException):
    wording = "The CSS contains something other than rules for the allowed classes."


class ImageTooLarge(InvalidParameterException):
    wording = "The image cannot have more than {most} bytes."


class ImageNotReadable(InvalidParameterException):
    wording = "The image must be a PNG or JPEG file."


class TermsExistsException(Refusal):
    wording = "The app client already has a document with the name {name}."


class TermsNotFound(ResourceNotFoundException):
    wording = "Terms document does not exist."


class TermsLinkUnusable(InvalidParameterException):
    wording = "The link for {language} is not the address of a web page."


class EventSourceTwice(InvalidParameterException):
    wording = "Following event sources appear more then once in a request"


class LogLevelUnfit(InvalidParameterException):
    wording = "The event source {source} needs the log level {level}."


class LogDestinationNotOne(InvalidParameterException):
    wording = "The event source {source} needs exactly one destination."


class LogDestinationUnfit(InvalidParameterException):
    wording = "{name} is not a destination for the event source {source}."


class LogDestinationAbroad(InvalidParameterException):
    wording = "ARN does not belong to current region"


class UserImportInProgressException(Refusal):
    wording = "A user import job is in progress for user pool {pool_id}."


class ImportJobNotFound(ResourceNotFoundException):
    wording = "User import job does not exist."


class UserPoolAddOnNotEnabledException(Refusal):
    wording = "Threat protection is not enabled for user pool {pool_id}."


class RequestBlocked(NotAuthorizedException):
    wording = "Request not allowed due to security reasons."


class SignInBlocked(NotAuthorizedException):
    wording = "Unable to login because of security reasons."


class PasswordLeaked(InvalidPasswordException):
    wording = "Password is on a list of breached passwords: choose another one."


class NotARange(InvalidParameterException):
    wording = "{range} is not a range of IP addresses in CIDR notation."


class NotAnAddress(InvalidParameterException):
    wording = "IpAddress is not an IPv4 or IPv6 address."


class ActionsOutOfOrder(InvalidParameterException):
    wording = "The action for a higher risk level cannot be less restrictive than that for a lower one."


class NotifyWithoutConfiguration(InvalidParameterException):
    wording = "NotifyConfiguration is needed where an action notifies the user."


class AuthEventNotFound(InvalidParameterException):
    wording = "Event {event_id} does not exist for the user."


class ContextDataNeedsSecret(InvalidParameterException):
    wording = "EnablePropagateAdditionalUserContextData needs a client with a secret."


class PreconditionNotMetException(Refusal):
    pass


class ImportJobNotCreated(PreconditionNotMetException):
    wording = "The user import job cannot be started: its status is {status}."


class ImportJobNotActive(PreconditionNotMetException):
    wording = "The user import job cannot be stopped: its status is {status}."


class NothingUploaded(PreconditionNotMetException):
    wording = "No CSV file was uploaded for the user import job."


class NothingAutoVerified(PreconditionNotMetException):
    wording = "The user pool must have at least one auto verified attribute, email or phone_number."


class AnotherImportActive(PreconditionNotMetException):
    wording = "Only one user import job can be active at a time per account."


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
