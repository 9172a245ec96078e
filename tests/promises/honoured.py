"""Where each input member of each built operation shows its effect.

A name like ``SignUp.username-taken`` is a case of the refusal table, one with ``::`` is a test, DESCRIBED says that
Describe returns the member as it was given (test_describe.py). A path speaks for everything below it.
"""

from collections.abc import Mapping

from promises import (
    honoured_devices,
    honoured_import_jobs,
    honoured_mfa,
    honoured_passkeys,
    honoured_resources,
    honoured_risk,
    honoured_tokens,
    honoured_triggers,
)

DESCRIBED = "tests/promises/test_describe.py::test_describe_returns_what_create_was_given"
SIGN_UP = "tests/api/idp/test_sign_up.py"
SIGN_IN = "tests/api/idp/test_sign_in.py"
MESSAGES = "tests/domain/test_messages.py"
ALIASES = f"{SIGN_UP}::test_an_alias_moves_only_by_force"
PAGES = "tests/api/idp/test_user_pools.py::test_pages_hold_every_pool_once"
ISSUER = "tests/http/test_well_known.py::test_an_issuer_of_aws_is_told_and_the_keys_stay_here"
GROUPS = "tests/api/idp/test_groups.py"
POOLS = "tests/api/idp/test_user_pools.py"
CLIENTS = "tests/api/idp/test_app_clients.py"
TAGS = "tests/api/idp/test_tags.py"
GROUP_PAGES = f"{GROUPS}::test_pages_hold_every_group_once"
BY_PRECEDENCE = f"{GROUPS}::test_tokens_tell_groups_and_roles_by_precedence"
CLIENT_PAGES = "tests/api/idp/test_app_clients.py::test_pages_hold_every_client_once"
VALIDITIES = f"{SIGN_IN}::test_validities_are_those_of_the_client"

CHALLENGES = "tests/api/idp/test_challenges.py"
USERS = "tests/api/idp/test_users.py"
CHANGES = "tests/api/idp/test_users_attributes.py"
LISTS = "tests/api/idp/test_users_listed.py"
PROFILE = "tests/api/idp/test_profile.py"
PASSWORDS = "tests/api/idp/test_passwords.py"
BY_THE_CLOCK = f"{PASSWORDS}::test_codes_tries_and_temporary_passwords_end_by_the_clock"
SETS = f"{PASSWORDS}::test_an_administrator_sets_a_password"

_SIGN_IN: Mapping[str, str] = {
    "ClientId": "InitiateAuth.unknown-client",
    "AuthFlow": "InitiateAuth.admin-flow",
    "AuthParameters": "InitiateAuth.wrong-password",
    "Session": honoured_passkeys.HAND_OVER,
}
_ANSWER: Mapping[str, str] = {
    "ClientId": "RespondToAuthChallenge.unknown-client",
    "ChallengeName": "RespondToAuthChallenge.challenge-that-was-not-put-sms-mfa",
    "Session": "RespondToAuthChallenge.used-session",
    "ChallengeResponses": "RespondToAuthChallenge.no-new-password",
}
_HONOURED: Mapping[str, Mapping[str, str]] = {
    **honoured_tokens.HONOURED,
    **honoured_resources.HONOURED,
    **honoured_import_jobs.HONOURED,
    **honoured_mfa.HONOURED,
    **honoured_risk.HONOURED,
    **honoured_devices.HONOURED,
    **honoured_passkeys.HONOURED,
    "CreateUserPool": {
        **honoured_risk.CREATE_USER_POOL,
        **honoured_mfa.CREATE_USER_POOL,
        **honoured_devices.CREATE_USER_POOL,
        **honoured_passkeys.CREATE_USER_POOL,
        "PoolName": DESCRIBED,
        "Policies.PasswordPolicy.MinimumLength": "SignUp.password-shorter-than-the-pool-wants",
        "Policies.PasswordPolicy.RequireUppercase": "SignUp.password-without-the-only-thing-asked-for-capital",
        "Policies.PasswordPolicy.RequireLowercase": "SignUp.password-without-the-only-thing-asked-for-small-letter",
        "Policies.PasswordPolicy.RequireNumbers": "SignUp.password-without-the-only-thing-asked-for-digit",
        "Policies.PasswordPolicy.RequireSymbols": "SignUp.password-without-the-only-thing-asked-for-symbol",
        "Policies.PasswordPolicy.PasswordHistorySize": "ChangePassword.present-password-in-history",
        "Policies.PasswordPolicy.TemporaryPasswordValidityDays": BY_THE_CLOCK,
        "AccountRecoverySetting": "ForgotPassword.verified-email-where-codes-go-by-phone",
        "DeletionProtection": "DeleteUserPool.protected-pool",
        "AutoVerifiedAttributes": f"{SIGN_UP}::test_without_a_place_for_a_code_none_is_sent",
        "AliasAttributes": ALIASES,
        "UsernameAttributes": f"{SIGN_UP}::test_in_an_email_pool_the_name_is_the_sub",
        "SmsVerificationMessage": f"{MESSAGES}::test_older_members_still_count",
        "EmailVerificationMessage": f"{MESSAGES}::test_older_members_still_count",
        "EmailVerificationSubject": f"{MESSAGES}::test_older_members_still_count",
        "VerificationMessageTemplate.SmsMessage": f"{MESSAGES}::test_the_words_of_the_pool_win",
        "VerificationMessageTemplate.EmailMessage": f"{MESSAGES}::test_the_words_of_the_pool_win",
        "VerificationMessageTemplate.EmailSubject": f"{MESSAGES}::test_the_words_of_the_pool_win",
        "UserPoolTags": DESCRIBED,
        "AdminCreateUserConfig.AllowAdminCreateUserOnly": "SignUp.only-administrators-create",
        "AdminCreateUserConfig.UnusedAccountValidityDays": f"{USERS}::test_a_temporary_password_expires",
        "AdminCreateUserConfig.InviteMessageTemplate": f"{USERS}::test_an_invitation_goes_out_in_the_pools_own_words",
        "UserAttributeUpdateSettings": f"{CHANGES}::test_where_the_pool_says_so_an_address_is_proved_before_it_counts",
        "Schema.Name": "SignUp.string-too-long",
        "Schema.AttributeDataType": "SignUp.number-in-words",
        "Schema.DeveloperOnlyAttribute": "SignUp.write-for-developers",
        "Schema.Mutable": DESCRIBED,
        "Schema.Required": "SignUp.required-attributes-missing",
        "Schema.NumberAttributeConstraints.MinValue": "SignUp.number-too-small",
        "Schema.NumberAttributeConstraints.MaxValue": "SignUp.number-too-large",
        "Schema.StringAttributeConstraints.MinLength": "SignUp.string-too-short",
        "Schema.StringAttributeConstraints.MaxLength": "SignUp.string-too-long",
        "UsernameConfiguration.CaseSensitive": "SignUp.username-taken-in-other-case",
        "IssuerConfiguration.Type": ISSUER,
    },
    "DescribeUserPool": {"UserPoolId": "DescribeUserPool.unknown-pool"},
    "ListUserPools": {"NextToken": PAGES, "MaxResults": PAGES},
    "DeleteUserPool": {"UserPoolId": "DeleteUserPool.unknown-pool"},
    "CreateUserPoolClient": {
        "UserPoolId": "CreateUserPoolClient.unknown-pool",
        "ClientName": DESCRIBED,
        "GenerateSecret": "tests/api/idp/test_app_clients.py::test_a_generated_secret_is_shown_and_stays",
        "ClientSecret": DESCRIBED,
        "RefreshTokenValidity": "InitiateAuth.refresh-expired",
        "AccessTokenValidity": VALIDITIES,
        "IdTokenValidity": VALIDITIES,
        "TokenValidityUnits": VALIDITIES,
        **honoured_resources.OAUTH_MEMBERS,
        "EnablePropagateAdditionalUserContextData": honoured_risk.TOLD_BY_APP,
        "ReadAttributes": f"{SIGN_IN}::test_an_id_token_shows_what_the_client_may_read",
        "WriteAttributes": "SignUp.write-outside-writeattributes",
        "ExplicitAuthFlows": "InitiateAuth.password-flow-not-enabled",
        "PreventUserExistenceErrors": "InitiateAuth.unknown-user-hidden",
        "AuthSessionValidity": f"{CHALLENGES}::test_a_session_lives_as_long_as_the_client_says",
        "EnableTokenRevocation": f"{SIGN_IN}::test_without_revocation_tokens_carry_no_jti",
        "RefreshTokenRotation.Feature": "GetTokensFromRefreshToken.replaced-token",
        "RefreshTokenRotation.RetryGracePeriodSeconds": f"{honoured_tokens.ROTATION}::test_the_grace_is_exact",
    },
    "DescribeUserPoolClient": {
        "UserPoolId": "DescribeUserPoolClient.unknown-pool",
        "ClientId": "DescribeUserPoolClient.client-of-another-pool",
    },
    "ListUserPoolClients": {
        "UserPoolId": "ListUserPoolClients.unknown-pool",
        "MaxResults": CLIENT_PAGES,
        "NextToken": CLIENT_PAGES,
    },
    "DeleteUserPoolClient": {
        "UserPoolId": "DeleteUserPoolClient.unknown-pool",
        "ClientId": "DeleteUserPoolClient.client-of-another-pool",
    },
    "SignUp": {
        "ClientId": "SignUp.unknown-client",
        "SecretHash": "SignUp.hash-wrong",
        "Username": "SignUp.username-taken",
        "Password": "SignUp.password-short",
        "UserAttributes": "SignUp.unknown-attribute",
    },
    "ConfirmSignUp": {
        "Session": honoured_passkeys.HAND_OVER,
        "ClientId": "ConfirmSignUp.unknown-client",
        "SecretHash": "ConfirmSignUp.hash-wrong",
        "Username": "ConfirmSignUp.unknown-user",
        "ConfirmationCode": "ConfirmSignUp.wrong-code",
        "ForceAliasCreation": ALIASES,
    },
    "ResendConfirmationCode": {
        "ClientId": "ResendConfirmationCode.unknown-client",
        "SecretHash": "ResendConfirmationCode.hash-wrong",
        "Username": "ResendConfirmationCode.unknown-user",
    },
    "AdminConfirmSignUp": {
        "UserPoolId": "AdminConfirmSignUp.unknown-pool",
        "Username": "AdminConfirmSignUp.unknown-user",
    },
    "InitiateAuth": _SIGN_IN,
    "AdminInitiateAuth": {"UserPoolId": "AdminInitiateAuth.pool-of-another-client", **_SIGN_IN},
    "RespondToAuthChallenge": _ANSWER,
    "AdminRespondToAuthChallenge": {"UserPoolId": "AdminRespondToAuthChallenge.unknown-pool", **_ANSWER},
    "ForgotPassword": {
        "ClientId": "ForgotPassword.unknown-client",
        "SecretHash": "ForgotPassword.hash-wrong",
        "Username": "ForgotPassword.unknown-user",
    },
    "ConfirmForgotPassword": {
        "ClientId": "ConfirmForgotPassword.unknown-client",
        "SecretHash": "ConfirmForgotPassword.hash-wrong",
        "Username": "ConfirmForgotPassword.unknown-user",
        "ConfirmationCode": "ConfirmForgotPassword.wrong-code",
        "Password": "ConfirmForgotPassword.password-short",
    },
    "ChangePassword": {
        "AccessToken": "ChangePassword.id-token",
        "PreviousPassword": "ChangePassword.wrong-previous-password",
        "ProposedPassword": "ChangePassword.password-short",
    },
    "AdminSetUserPassword": {
        "UserPoolId": "AdminSetUserPassword.unknown-pool",
        "Username": "AdminSetUserPassword.unknown-user",
        "Password": SETS,
        "Permanent": SETS,
    },
    "AdminResetUserPassword": {
        "UserPoolId": "AdminResetUserPassword.unknown-pool",
        "Username": "AdminResetUserPassword.unknown-user",
    },
    **{
        operation: {"AccessToken": f"{operation}.id-token"}
        for operation in ("GetUser", "GetUserAuthFactors", "DeleteUser")
    },
    "UpdateUserAttributes": {
        "AccessToken": "UpdateUserAttributes.id-token",
        "UserAttributes": f"{PROFILE}::test_users_set_change_and_take_away_their_attributes",
    },
    "DeleteUserAttributes": {
        "AccessToken": "DeleteUserAttributes.id-token",
        "UserAttributeNames": f"{PROFILE}::test_users_set_change_and_take_away_their_attributes",
    },
    "GetUserAttributeVerificationCode": {
        "AccessToken": "GetUserAttributeVerificationCode.id-token",
        "AttributeName": "GetUserAttributeVerificationCode.attribute-that-is-no-contact",
    },
    "VerifyUserAttribute": {
        "AccessToken": "VerifyUserAttribute.id-token",
        "AttributeName": "VerifyUserAttribute.code-of-the-other-contact",
        "Code": "VerifyUserAttribute.wrong-code",
    },
    **{
        operation: {"UserPoolId": f"{operation}.unknown-pool", "Username": f"{operation}.unknown-user"}
        for operation in (
            "AdminGetUser",
            "AdminDeleteUser",
            "AdminEnableUser",
            "AdminDisableUser",
            "AdminGetUserAuthFactors",
        )
    },
    "AdminCreateUser": {
        "UserPoolId": "AdminCreateUser.unknown-pool",
        "Username": "AdminCreateUser.username-taken",
        "UserAttributes": "AdminCreateUser.unknown-attribute",
        "TemporaryPassword": "AdminCreateUser.short-temporary-password",
        "ForceAliasCreation": f"{USERS}::test_a_verified_alias_is_usable_and_moves_only_by_force",
        "MessageAction": f"{USERS}::test_a_suppressed_invitation_is_not_sent",
        "DesiredDeliveryMediums": f"{USERS}::test_a_text_message_is_what_goes_out_unless_asked",
    },
    "AdminUpdateUserAttributes": {
        "UserPoolId": "AdminUpdateUserAttributes.unknown-pool",
        "Username": "AdminUpdateUserAttributes.unknown-user",
        "UserAttributes": f"{CHANGES}::test_attributes_are_set_changed_and_taken_away",
    },
    "AdminDeleteUserAttributes": {
        "UserPoolId": "AdminDeleteUserAttributes.unknown-pool",
        "Username": "AdminDeleteUserAttributes.unknown-user",
        "UserAttributeNames": f"{CHANGES}::test_attributes_are_set_changed_and_taken_away",
    },
    "ListUsers": {
        "UserPoolId": "ListUsers.unknown-pool",
        "AttributesToGet": f"{LISTS}::test_only_the_attributes_asked_for_are_shown",
        "Limit": f"{LISTS}::test_a_filter_finds_in_order",
        "PaginationToken": f"{LISTS}::test_a_token_belongs_to_its_list_and_lasts_an_hour",
        "Filter": f"{LISTS}::test_a_filter_finds_in_order",
    },
    "CreateGroup": {
        "UserPoolId": "CreateGroup.unknown-pool",
        "GroupName": "CreateGroup.taken",
        "Description": f"{GROUPS}::test_a_group_is_shown_as_it_was_made",
        "RoleArn": BY_PRECEDENCE,
        "Precedence": BY_PRECEDENCE,
    },
    "GetGroup": {"UserPoolId": "GetGroup.unknown-pool", "GroupName": "GetGroup.unknown-group"},
    "UpdateGroup": {
        "UserPoolId": "UpdateGroup.unknown-pool",
        "GroupName": "UpdateGroup.unknown-group",
        "Description": f"{GROUPS}::test_an_update_changes_what_is_given",
        "RoleArn": f"{GROUPS}::test_two_roles_of_one_precedence_leave_none_preferred",
        "Precedence": f"{GROUPS}::test_an_update_changes_what_is_given",
    },
    "DeleteGroup": {"UserPoolId": "DeleteGroup.unknown-pool", "GroupName": "DeleteGroup.unknown-group"},
    "ListGroups": {"UserPoolId": "ListGroups.unknown-pool", "Limit": GROUP_PAGES, "NextToken": GROUP_PAGES},
    "ListUsersInGroup": {
        "UserPoolId": "ListUsersInGroup.unknown-pool",
        "GroupName": "ListUsersInGroup.unknown-group",
        "Limit": f"{GROUPS}::test_pages_hold_every_user_of_a_group_once",
        "NextToken": f"{GROUPS}::test_pages_hold_every_user_of_a_group_once",
    },
    "AdminAddUserToGroup": {
        "UserPoolId": "AdminAddUserToGroup.unknown-pool",
        "Username": "AdminAddUserToGroup.unknown-user",
        "GroupName": "AdminAddUserToGroup.unknown-group",
    },
    "AdminRemoveUserFromGroup": {
        "UserPoolId": "AdminRemoveUserFromGroup.unknown-pool",
        "Username": "AdminRemoveUserFromGroup.unknown-user",
        "GroupName": "AdminRemoveUserFromGroup.unknown-group",
    },
    "AdminListGroupsForUser": {
        "UserPoolId": "AdminListGroupsForUser.unknown-pool",
        "Username": "AdminListGroupsForUser.unknown-user",
        "Limit": f"{GROUPS}::test_pages_hold_every_group_of_a_user_once",
        "NextToken": f"{GROUPS}::test_pages_hold_every_group_of_a_user_once",
    },
    "AddCustomAttributes": {
        "UserPoolId": "AddCustomAttributes.unknown-pool",
        "CustomAttributes.Name": "AddCustomAttributes.name-taken",
        "CustomAttributes.AttributeDataType": "AddCustomAttributes.no-type",
        "CustomAttributes.DeveloperOnlyAttribute": "AddCustomAttributes.name-of-a-developers-attribute-taken",
        "CustomAttributes.Mutable": f"{POOLS}::test_added_and_made_attributes_are_the_same",
        "CustomAttributes.Required": "AddCustomAttributes.required",
        "CustomAttributes.NumberAttributeConstraints": "AddCustomAttributes.value-out-of-order",
        "CustomAttributes.StringAttributeConstraints": "AddCustomAttributes.length-out-of-order",
    },
    "AddUserPoolClientSecret": {
        "UserPoolId": "AddUserPoolClientSecret.unknown-pool",
        "ClientId": "AddUserPoolClientSecret.client-of-another-pool",
        "ClientSecret": f"{CLIENTS}::test_a_chosen_secret_is_not_told",
    },
    "ListUserPoolClientSecrets": {
        "UserPoolId": "ListUserPoolClientSecrets.unknown-pool",
        "ClientId": "ListUserPoolClientSecrets.client-of-another-pool",
        "NextToken": "ListUserPoolClientSecrets.any-token",
    },
    "DeleteUserPoolClientSecret": {
        "UserPoolId": "DeleteUserPoolClientSecret.unknown-pool",
        "ClientId": "DeleteUserPoolClientSecret.client-of-another-pool",
        "ClientSecretId": "DeleteUserPoolClientSecret.unknown-secret",
    },
    "TagResource": {"ResourceArn": "TagResource.unknown-pool", "Tags": f"{TAGS}::test_tags_are_set_and_taken"},
    "UntagResource": {"ResourceArn": "UntagResource.unknown-pool", "TagKeys": f"{TAGS}::test_tags_are_set_and_taken"},
    "ListTagsForResource": {"ResourceArn": "ListTagsForResource.unknown-pool"},
    "GetProvisionedLimit": {
        "LimitDefinition.LimitClass": "GetProvisionedLimit.unknown-class",
        "LimitDefinition.Attributes": "GetProvisionedLimit.unknown-category",
    },
    "UpdateProvisionedLimit": {
        "LimitDefinition.LimitClass": "UpdateProvisionedLimit.unknown-class",
        "LimitDefinition.Attributes": "UpdateProvisionedLimit.unknown-category",
        "RequestedLimitValue": "tests/api/idp/test_limits.py::test_a_limit_is_raised_and_lowered",
    },
}

# An update goes the way of a creation, so that what shows an effect there shows it here, too.
HONOURED: Mapping[str, Mapping[str, str]] = {
    **_HONOURED,
    **{
        update: {
            **{path: why for path, why in _HONOURED[creation].items() if path.partition(".")[0] in replaced},
            **_HONOURED[update],
        }
        for update, creation, replaced in honoured_resources.UPDATED
    },
}

HONOURED = honoured_risk.beside(honoured_triggers.beside(HONOURED))

_FOR_ANALYTICS = "AWS hands it to Pinpoint where the client says so, which CreateUserPoolClient refuses"
_EVERYWHERE: Mapping[str, str] = {
    "AnalyticsMetadata": _FOR_ANALYTICS,
}
NO_EFFECT: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "SignUp",
            "ConfirmSignUp",
            "ResendConfirmationCode",
            "AdminConfirmSignUp",
            "AdminCreateUser",
            "AdminUpdateUserAttributes",
            "InitiateAuth",
            "AdminInitiateAuth",
            "RespondToAuthChallenge",
            "AdminRespondToAuthChallenge",
            "ForgotPassword",
            "ConfirmForgotPassword",
            "AdminResetUserPassword",
            "UpdateUserAttributes",
            "GetUserAttributeVerificationCode",
        ),
        _EVERYWHERE,
    ),
    "ConfirmSignUp": {**_EVERYWHERE, "UserContextData": "AWS has no kind of event for a confirmation"},
    **honoured_tokens.NO_EFFECT,
    **honoured_resources.NO_EFFECT,
}
