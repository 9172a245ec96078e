"""Where the members that are there for threat protection show their effect; see honoured.py."""

from collections.abc import Mapping

RISK = "tests/api/idp/test_risk.py"
EVENTS = "tests/api/idp/test_auth_events.py"
TOLD_BY_APP = f"{EVENTS}::test_an_app_tells_where_its_users_are"
TOLD_BY_SERVER = f"{EVENTS}::test_a_server_tells_where_its_users_are"
SHOWN = f"{RISK}::test_a_configuration_is_shown_as_it_was_set"
MADE = f"{RISK}::test_a_pool_is_made_and_changed_with_protection"
PAGES = f"{EVENTS}::test_pages_hold_every_event_once"
TOLD = f"{RISK}::test_users_are_told_of_a_risk"
TAKEOVER, LEAKS = "AccountTakeoverRiskConfiguration", "CompromisedCredentialsRiskConfiguration"
NOTICE = f"{TAKEOVER}.NotifyConfiguration"

CREATE_USER_POOL: Mapping[str, str] = {"UserPoolAddOns": MADE, "UserPoolTier": MADE}
HONOURED: Mapping[str, Mapping[str, str]] = {
    "SetRiskConfiguration": {
        "UserPoolId": "SetRiskConfiguration.unknown-pool",
        "ClientId": f"{RISK}::test_a_client_has_its_own_configuration",
        f"{LEAKS}.EventFilter": f"{RISK}::test_only_the_events_that_are_named_are_looked_at",
        f"{LEAKS}.Actions": f"{RISK}::test_breached_passwords_are_refused",
        f"{NOTICE}.From": TOLD,
        f"{NOTICE}.ReplyTo": TOLD,
        f"{NOTICE}.BlockEmail": TOLD,
        f"{NOTICE}.NoActionEmail": TOLD,
        f"{NOTICE}.MfaEmail": f"{RISK}::test_a_second_factor_is_told_of",
        f"{NOTICE}.SourceArn": SHOWN,
        f"{TAKEOVER}.Actions": f"{RISK}::test_a_risk_is_blocked",
        "RiskExceptionConfiguration.BlockedIPRangeList": f"{RISK}::test_blocked_addresses_neither_sign_in_nor_up",
        "RiskExceptionConfiguration.SkippedIPRangeList": f"{RISK}::test_what_is_new_is_noted_as_a_risk",
    },
    "DescribeRiskConfiguration": {"UserPoolId": "DescribeRiskConfiguration.unknown-pool", "ClientId": SHOWN},
    "AdminListUserAuthEvents": {
        "UserPoolId": "AdminListUserAuthEvents.unknown-pool",
        "Username": "AdminListUserAuthEvents.unknown-user",
        "MaxResults": PAGES,
        "NextToken": PAGES,
    },
    "AdminUpdateAuthEventFeedback": {
        "UserPoolId": "AdminUpdateAuthEventFeedback.unknown-pool",
        "Username": "AdminUpdateAuthEventFeedback.unknown-user",
        "EventId": "AdminUpdateAuthEventFeedback.unknown-event",
        "FeedbackValue": f"{EVENTS}::test_feedback_is_shown",
    },
    "UpdateAuthEventFeedback": {
        "UserPoolId": "UpdateAuthEventFeedback.unknown-pool",
        "Username": "UpdateAuthEventFeedback.unknown-user",
        "EventId": "UpdateAuthEventFeedback.token-of-another-event",
        "FeedbackToken": "UpdateAuthEventFeedback.token-of-nobody",
        "FeedbackValue": TOLD,
    },
}
_APPS = (
    *("SignUp", "ResendConfirmationCode", "InitiateAuth", "RespondToAuthChallenge"),
    *("ForgotPassword", "ConfirmForgotPassword"),
)
_BESIDE: Mapping[str, Mapping[str, str]] = {
    **{operation: {"UserContextData": TOLD_BY_APP} for operation in _APPS},
    **{
        operation: {"ContextData": TOLD_BY_SERVER} for operation in ("AdminInitiateAuth", "AdminRespondToAuthChallenge")
    },
}


def beside(honoured: Mapping[str, Mapping[str, str]]) -> dict[str, Mapping[str, str]]:
    """The same, with where users are in its operations."""
    return {operation: {**members, **_BESIDE.get(operation, {})} for operation, members in honoured.items()}
