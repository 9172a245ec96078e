"""Where the members that are there for triggers show their effect."""

from collections.abc import Mapping

EVENTS = "tests/triggers/test_events.py"
EFFECTS = "tests/triggers/test_effects.py"
CUSTOM = "tests/triggers/test_custom_auth.py::test_two_riddles_bring_tokens"
SENDERS = "tests/triggers/test_custom_senders.py"
SIGNING_UP = f"{EVENTS}::test_signing_up_and_confirming"
SIGNING_IN = f"{EVENTS}::test_signing_in_and_refreshing"

_TOLD = (
    *("SignUp", "ConfirmSignUp", "ResendConfirmationCode", "AdminConfirmSignUp", "AdminCreateUser"),
    *("InitiateAuth", "AdminInitiateAuth", "RespondToAuthChallenge", "AdminRespondToAuthChallenge"),
    *("ForgotPassword", "ConfirmForgotPassword", "AdminResetUserPassword", "UpdateUserAttributes"),
    *("AdminUpdateUserAttributes", "GetUserAttributeVerificationCode", "GetTokensFromRefreshToken"),
)
_CONFIG: Mapping[str, str] = {
    "LambdaConfig.PreSignUp": f"{EFFECTS}::test_a_sign_up_can_be_confirmed_and_verified_at_once",
    "LambdaConfig.CustomMessage": f"{EFFECTS}::test_messages_go_out_in_the_words_of_the_trigger",
    "LambdaConfig.PostConfirmation": SIGNING_UP,
    "LambdaConfig.PreAuthentication": SIGNING_IN,
    "LambdaConfig.PostAuthentication": SIGNING_IN,
    "LambdaConfig.DefineAuthChallenge": CUSTOM,
    "LambdaConfig.CreateAuthChallenge": CUSTOM,
    "LambdaConfig.VerifyAuthChallengeResponse": CUSTOM,
    "LambdaConfig.PreTokenGeneration": f"{EFFECTS}::test_claims_and_groups_of_version_1",
    "LambdaConfig.PreTokenGenerationConfig": f"{EFFECTS}::test_claims_and_scopes_of_version_2",
    "LambdaConfig.UserMigration": ("tests/triggers/test_migration.py::test_who_signs_in_is_taken_in_with_the_password"),
    "LambdaConfig.CustomEmailSender": f"{SENDERS}::test_sign_up",
    "LambdaConfig.CustomSMSSender": f"{SENDERS}::test_a_second_factor",
    "LambdaConfig.KMSKeyID": f"{SENDERS}::test_sign_up",
}
HONOURED: Mapping[str, Mapping[str, str]] = {
    **{operation: {"ClientMetadata": f"{operation}.trigger-that-raises"} for operation in _TOLD},
    "SignUp": {"ClientMetadata": SIGNING_UP, "ValidationData": SIGNING_UP},
    "AdminCreateUser": dict.fromkeys(
        ("ClientMetadata", "ValidationData"), f"{EVENTS}::test_a_first_password_and_an_invitation"
    ),
    "CreateUserPool": _CONFIG,
    "UpdateUserPool": _CONFIG,
}


def beside(honoured: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """The same, with these members of its operations."""
    return {operation: {**members, **HONOURED.get(operation, {})} for operation, members in honoured.items()}
