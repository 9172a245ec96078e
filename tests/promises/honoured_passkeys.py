"""Where each input member of passkeys and of the choice of first factors shows its effect."""

from collections.abc import Mapping

PASSKEYS = "tests/api/idp/test_passkeys.py"
CHOICE = "tests/api/idp/test_choice.py"
MFA = "tests/api/idp/test_choice_mfa.py"
PAGES = f"{PASSKEYS}::test_pages_hold_every_passkey_once"
HAND_OVER = "tests/api/idp/test_hand_over.py::test_a_sign_up_without_a_password_goes_on_as_a_sign_in"

HONOURED: Mapping[str, Mapping[str, str]] = {
    "StartWebAuthnRegistration": {"AccessToken": "StartWebAuthnRegistration.made-up-token"},
    "CompleteWebAuthnRegistration": {
        "AccessToken": "CompleteWebAuthnRegistration.token-of-another-client",
        "Credential": "CompleteWebAuthnRegistration.another-origin",
    },
    "ListWebAuthnCredentials": {
        "AccessToken": "ListWebAuthnCredentials.made-up-token",
        "MaxResults": PAGES,
        "NextToken": PAGES,
    },
    "DeleteWebAuthnCredential": {
        "AccessToken": "DeleteWebAuthnCredential.made-up-token",
        "CredentialId": "DeleteWebAuthnCredential.unknown-passkey",
    },
}
POOL_CONFIGURATION: Mapping[str, str] = {
    "WebAuthnConfiguration.RelyingPartyId": f"{PASSKEYS}::test_the_relying_party_is_the_pools",
    "WebAuthnConfiguration.UserVerification": f"{PASSKEYS}::test_verification_is_required_where_the_pool_says_so",
    "WebAuthnConfiguration.FactorConfiguration": f"{MFA}::test_a_passkey_counts_twice_where_pool_and_user_want_it",
}
PREFERENCES: Mapping[str, str] = {
    "WebAuthnMfaSettings": f"{MFA}::test_a_passkey_counts_twice_where_pool_and_user_want_it",
}
CREATE_USER_POOL: Mapping[str, str] = {
    "Policies.SignInPolicy": f"{CHOICE}::test_the_pool_and_the_user_say_what_there_is",
}
