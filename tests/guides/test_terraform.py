"""The guide to Terraform: what it says is refused is refused, and its HCL is what tests/terraform applies."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import Pool

GUIDE = (Path(__file__).parents[2] / "docs/guides/terraform.md").read_text("utf-8")
REFUSED = re.findall(r"^\| (.+?) \| .+? \|$", GUIDE.partition("## What is refused")[2], re.MULTILINE)[2:]
LINK = "Please click {one-click-link-valid}"
PLUS = {"UserPoolTier": "PLUS", "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}
NOTICE = {"Subject": "A sign-in", "HtmlBody": LINK, "TextBody": LINK}
TAKEOVER = {
    "NotifyConfiguration": {
        "SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/id.example",
        "NoActionEmail": NOTICE,
    },
    "Actions": {"LowAction": {"Notify": True, "EventAction": "NO_ACTION"}},
}
BLOCKING = {"Actions": {"EventAction": "BLOCK"}}

# Operation and members by which the provider would ask for each row of the table.
ASKED: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "`email_configuration.configuration_set`": (
        "create_user_pool",
        [{"EmailConfiguration": {"EmailSendingAccount": "COGNITO_DEFAULT", "ConfigurationSet": "set"}}],
    ),
    "`verification_message_template.default_email_option` = `CONFIRM_WITH_LINK`": (
        "create_user_pool",
        [{"VerificationMessageTemplate": {"DefaultEmailOption": "CONFIRM_WITH_LINK"}}],
    ),
    "`verification_message_template.email_message_by_link`, `email_subject_by_link`": (
        "create_user_pool",
        [
            {"VerificationMessageTemplate": {"EmailMessageByLink": "{##Here##}"}},
            {"VerificationMessageTemplate": {"EmailSubjectByLink": "Here"}},
        ],
    ),
    "`analytics_configuration` of a client": (
        "create_user_pool_client",
        [{"AnalyticsConfiguration": {"ApplicationArn": "arn:aws:mobiletargeting:us-east-1:123456789012:apps/a"}}],
    ),
    "`compromised_credentials_risk_configuration` that blocks": (
        "set_risk_configuration",
        [{"CompromisedCredentialsRiskConfiguration": BLOCKING}],
    ),
    "`{one-click-link-valid}`, `{one-click-link-invalid}` in notices": (
        "set_risk_configuration",
        [{"AccountTakeoverRiskConfiguration": TAKEOVER}],
    ),
}


def test_the_table_is_known_here() -> None:
    """Each row of what is refused is tried below."""
    assert ASKED.keys() == set(REFUSED)


@pytest.mark.parametrize("row", REFUSED)
def test_what_the_guide_says_is_refused_is_refused(make_pool: Callable[..., Pool], row: str) -> None:
    """The server says of each what it does not support."""
    operation, requests = ASKED[row]
    pool = make_pool(**PLUS)
    named = {
        "create_user_pool": {"PoolName": "refused"},
        "create_user_pool_client": {"UserPoolId": pool.pool_id, "ClientName": "refused"},
        "set_risk_configuration": {"UserPoolId": pool.pool_id},
    }[operation]
    for request in requests:
        with pytest.raises(ClientError, match="is not supported by this server"):
            getattr(pool.cognito, operation)(**named, **request)
