"""How many requests a second AWS allows, by category of operations (reference 13, rates).

A category's rate holds for all pools of the account together; beside it stand narrower rates of one pool and of one
user. Operations that AWS's table does not list are where their nearest relatives are. Of identity pools each operation
has a rate of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cognomen import errors

OF_ONE_POOL = 5  # requests a second of one operation on one pool, in the categories that say so
OF_ONE_USER = 10  # requests a second that read, and as many that write
ANSWERS = 3  # so many answers to challenges go with each request of the category, before they count against it


@dataclass(frozen=True, slots=True)
class Category:
    """Operations that share one rate. `default` is in requests a second; only some rates can be raised.

    `per_pool` says that each of them has a rate on one pool, `per_user` what it does to one user: read, write or
    nothing.
    """

    name: str
    default: int
    adjustable: bool
    operations: frozenset[str]
    per_pool: bool = False
    per_user: str = ""

    def at(self, rates: Mapping[str, int]) -> "Category":
        """The same with the rate of the settings, where they have one, in place of AWS's default."""
        return replace(self, default=rates.get(self.name, self.default))

    def in_force(self, rates: Mapping[str, int], provisioned: Mapping[str, int]) -> int:
        """The rate that UpdateProvisionedLimit set, never below that of the settings or the default."""
        return max(rates.get(self.name, self.default), provisioned.get(self.name, 0))

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


SLOW_ON_ONE_POOL = {"UserPoolResourceRead", "UserPoolResourceUpdate", "UserPoolClientRead", "UserPoolClientUpdate"}
DONE_TO_USERS = {
    "UserAuthentication": "read",
    "UserRead": "read",
    "UserResourceRead": "read",
    "UserCreation": "write",
    "UserAccountRecovery": "write",
    "UserUpdate": "write",
    "UserResourceUpdate": "write",
}


def _category(name: str, default: int, operations: str, *, adjustable: bool = False) -> Category:
    return Category(
        name, default, adjustable, frozenset(operations.split()), name in SLOW_ON_ONE_POOL, DONE_TO_USERS.get(name, "")
    )


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
OF_IDENTITY_POOLS = {
    "GetId": 25,
    "GetOpenIdToken": 200,
    "GetCredentialsForIdentity": 200,
    "GetOpenIdTokenForDeveloperIdentity": 50,
    "ListIdentities": 5,
    "DeleteIdentities": 10,
    "TagResource": 5,
    "UntagResource": 5,
    "ListTagsForResource": 10,
}
# Operations for which AWS publishes no rate; nothing counts them.
UNLIMITED = frozenset(
    ("cognito-identity", operation)
    for operation in (
        "CreateIdentityPool",
        "DeleteIdentityPool",
        "DescribeIdentity",
        "DescribeIdentityPool",
        "GetIdentityPoolRoles",
        "GetPrincipalTagAttributeMap",
        "ListIdentityPools",
        "LookupDeveloperIdentity",
        "MergeDeveloperIdentities",
        "SetIdentityPoolRoles",
        "SetPrincipalTagAttributeMap",
        "UnlinkDeveloperIdentity",
        "UnlinkIdentity",
        "UpdateIdentityPool",
    )
)
BY_OPERATION: Mapping[tuple[str, str], Category] = {
    ("cognito-idp", operation): category for category in CATEGORIES.values() for operation in category.operations
} | {
    ("cognito-identity", operation): Category(
        f"cognito-identity:{operation}", rate, adjustable=False, operations=frozenset({operation})
    )
    for operation, rate in OF_IDENTITY_POOLS.items()
}
ANSWERING = frozenset({"RespondToAuthChallenge", "AdminRespondToAuthChallenge"})
CHALLENGE_OF_RECOVERY = "NEW_PASSWORD_REQUIRED"
RECOVERY = CATEGORIES["UserAccountRecovery"]


def category_of(service: str, operation: str, challenge: str | None = None) -> Category | None:
    """What a call of an operation counts against; None where AWS publishes no rate.

    The answer to a demand for a new password counts as account recovery, whichever operation brings it.
    """
    if challenge == CHALLENGE_OF_RECOVERY:
        return RECOVERY
    return BY_OPERATION.get((service, operation))


def has_answers_apart(category: Category, operation: str) -> bool:
    """Whether calls count against the rate for answers to challenges, and against the category only beyond it."""
    return operation in ANSWERING and category is not RECOVERY
