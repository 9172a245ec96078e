"""How many requests a second AWS allows, by category of operations (reference 13, rates).

A category's rate holds for all pools of the account together. Operations that AWS's table does not list are where
their nearest relatives are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from cognomen import errors


@dataclass(frozen=True, slots=True)
class Category:
    """Operations that share one rate. `default` is in requests a second; only some rates can be raised."""

    name: str
    default: int
    adjustable: bool
    operations: frozenset[str]

    def require_possible(self, asked: int, most: int) -> None:
        """Refuse a rate that cannot be set, `most` being the account's highest (reference 11, provisioned limits).

        Raises LimitNotAdjustable, LimitBelowDefault, ServiceQuotaExceededException.
        """
        if not self.adjustable:
            raise errors.LimitNotAdjustable(name=self.name)
        if asked < self.default:
            raise errors.LimitBelowDefault(asked=asked, default=self.default)
        if asked > most:
            raise errors.ServiceQuotaExceededException(asked=asked, most=most)


def _category(name: str, default: int, operations: str, *, adjustable: bool = False) -> Category:
    return Category(name, default, adjustable, frozenset(operations.split()))


CATEGORIES: Mapping[str, Category] = {
    category.name: category
    for category in (
        _category(
            "UserAuthentication",
            120,
            """AdminInitiateAuth AdminRespondToAuthChallenge GetTokensFromRefreshToken InitiateAuth
            RespondToAuthChallenge""",
            adjustable=True,
        ),
        _category("UserCreation", 50, "AdminConfirmSignUp AdminCreateUser ConfirmSignUp SignUp", adjustable=True),
        _category("UserFederation", 25, "", adjustable=True),
        _category(
            "UserAccountRecovery",
            30,
            "AdminResetUserPassword AdminSetUserPassword ChangePassword ConfirmForgotPassword ForgotPassword",
        ),
        _category("UserRead", 120, "AdminGetUser AdminGetUserAuthFactors GetUser GetUserAuthFactors", adjustable=True),
        _category(
            "UserUpdate",
            25,
            """AdminAddUserToGroup AdminDeleteUser AdminDeleteUserAttributes AdminDisableProviderForUser
            AdminDisableUser AdminEnableUser AdminLinkProviderForUser AdminRemoveUserFromGroup
            AdminUpdateUserAttributes AdminUserGlobalSignOut DeleteUser DeleteUserAttributes GlobalSignOut
            UpdateUserAttributes VerifyUserAttribute""",
        ),
        _category("UserToken", 120, "GetDerivedToken RevokeToken", adjustable=True),
        _category(
            "UserResourceRead",
            50,
            """AdminGetDevice AdminListDevices AdminListGroupsForUser AdminListUserAuthEvents AdminListUserSessions
            GetDevice GetUserAttributeVerificationCode ListDevices ListUserSessions ListWebAuthnCredentials
            ResendConfirmationCode""",
            adjustable=True,
        ),
        _category(
            "UserResourceUpdate",
            25,
            """AdminDeleteSoftwareToken AdminForgetDevice AdminRevokeUserSession AdminSetUserMFAPreference
            AdminSetUserSettings AdminUpdateAuthEventFeedback AdminUpdateDeviceStatus AssociateSoftwareToken
            CompleteWebAuthnRegistration ConfirmDevice DeleteWebAuthnCredential ForgetDevice RevokeUserSession
            SetUserMFAPreference SetUserSettings StartWebAuthnRegistration UpdateAuthEventFeedback
            UpdateDeviceStatus VerifySoftwareToken""",
        ),
        _category("UserList", 30, "ListUsers ListUsersInGroup"),
        _category("UserPoolRead", 15, "DescribeUserPool ListUserPoolReplicas ListUserPools"),
        _category(
            "UserPoolUpdate",
            15,
            """CreateUserPool CreateUserPoolReplica DeleteUserPool DeleteUserPoolReplica UpdateUserPool
            UpdateUserPoolReplica""",
        ),
        _category(
            "UserPoolResourceRead",
            20,
            """DescribeIdentityProvider DescribeManagedLoginBranding DescribeManagedLoginBrandingByClient
            DescribeResourceServer DescribeRiskConfiguration DescribeTerms DescribeTermsByClient
            DescribeUserImportJob DescribeUserPoolDomain GetCSVHeader GetGroup GetIdentityProviderByIdentifier
            GetLogDeliveryConfiguration GetSigningCertificate GetUICustomization GetUserPoolMfaConfig
            GetUserPoolSessionConfiguration ListGroups ListIdentityProviders ListResourceServers
            ListTagsForResource ListTerms ListUserImportJobs""",
        ),
        _category(
            "UserPoolResourceUpdate",
            15,
            """AddCustomAttributes CreateGroup CreateIdentityProvider CreateManagedLoginBranding CreateResourceServer
            CreateTerms CreateUserImportJob CreateUserPoolDomain DeleteGroup DeleteIdentityProvider
            DeleteManagedLoginBranding DeleteResourceServer DeleteTerms DeleteUserPoolDomain
            SetLogDeliveryConfiguration SetRiskConfiguration SetUICustomization SetUserPoolMfaConfig
            SetUserPoolSessionConfiguration StartUserImportJob StopUserImportJob TagResource UntagResource
            UpdateGroup UpdateIdentityProvider UpdateManagedLoginBranding UpdateResourceServer UpdateTerms
            UpdateUserPoolDomain""",
        ),
        _category(
            "UserPoolClientRead",
            15,
            """DescribeUserPoolClient GetUserPoolClientSessionConfiguration ListUserPoolClientSecrets
            ListUserPoolClients""",
        ),
        _category(
            "UserPoolClientUpdate",
            15,
            """AddUserPoolClientSecret CreateUserPoolClient DeleteUserPoolClient DeleteUserPoolClientSecret
            SetUserPoolClientSessionConfiguration UpdateUserPoolClient""",
        ),
        _category("ClientAuthentication", 150, "GetClientToken"),
        _category("LimitManagement", 1, "GetProvisionedLimit UpdateProvisionedLimit"),
    )
}
BY_OPERATION: Mapping[str, Category] = {
    operation: category for category in CATEGORIES.values() for operation in category.operations
}
CHALLENGE_OF_RECOVERY = "NEW_PASSWORD_REQUIRED"


def category_of(operation: str, challenge: str | None = None) -> Category:
    """The category whose rate an operation of user pools counts against.

    The answer to a demand for a new password counts as account recovery, whichever operation brings it.
    """
    if challenge == CHALLENGE_OF_RECOVERY:
        return CATEGORIES["UserAccountRecovery"]
    return BY_OPERATION[operation]
