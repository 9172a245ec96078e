"""Log delivery through the AWS SDK."""

import json
import re
import time

import pytest

from conftest import PASSWORD, sdk_client
from served import serve

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:cognito"
NOTICES = {
    "LogLevel": "ERROR",
    "EventSource": "userNotification",
    "CloudWatchLogsConfiguration": {"LogGroupArn": GROUP},
}


def test_deliveries_are_replaced_as_a_whole(pool):
    """A new pool has none; what is set is shown, until nothing is set."""
    key = {"UserPoolId": pool.pool_id}
    read = pool.cognito.get_log_delivery_configuration
    assert read(**key)["LogDeliveryConfiguration"] == {**key, "LogConfigurations": []}
    made = pool.cognito.set_log_delivery_configuration(**key, LogConfigurations=[NOTICES])
    assert made["LogDeliveryConfiguration"] == {**key, "LogConfigurations": [NOTICES]}
    assert read(**key)["LogDeliveryConfiguration"] == made["LogDeliveryConfiguration"]
    pool.cognito.set_log_delivery_configuration(**key, LogConfigurations=[])
    assert read(**key)["LogDeliveryConfiguration"]["LogConfigurations"] == []


@pytest.fixture(scope="module")
def exporting(tmp_path_factory):
    """A server whose log group is a file, and whose mail server is not there."""
    file = tmp_path_factory.mktemp("logs") / "pools.jsonl"
    gone = {"smtp.host": "127.0.0.1", "smtp.port": "1", "smtp.security": "none", "smtp.sender": "a@b.example"}
    with serve(log_destinations={GROUP: f"file:{file}"}, **gone) as server:
        yield sdk_client(server.url), file


def lines(file, source):
    """What is in the file of this source, as soon as there is something."""
    for _ in range(1200):
        whole, _, _ = file.read_text().rpartition("\n") if file.exists() else ("", "", "")  # one may be half written
        found = [json.loads(line) for line in whole.splitlines()]
        if wanted := [line for line in found if line["eventSource"] == source]:
            return wanted
        time.sleep(0.05)
    raise AssertionError(found)


def a_pool(cognito, *configurations, **asked):
    pool_id = cognito.create_user_pool(PoolName="exporting", **asked)["UserPool"]["Id"]
    cognito.set_log_delivery_configuration(UserPoolId=pool_id, LogConfigurations=list(configurations))
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    made = cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="app", ExplicitAuthFlows=flows)
    return pool_id, made["UserPoolClient"]["ClientId"]


def test_messages_that_fail_are_exported(exporting):
    """A mail that could not be handed over is a line of the pool's log, without its code or address."""
    cognito, file = exporting
    pool_id, client_id = a_pool(cognito, NOTICES, AutoVerifiedAttributes=["email"])
    mail = [{"Name": "email", "Value": "ann@example.com"}]
    cognito.sign_up(ClientId=client_id, Username="ann", Password=PASSWORD, UserAttributes=mail)
    line = lines(file, "USER_NOTIFICATION")[0]
    assert (line["logLevel"], line["logSourceId"]) == ("ERROR", {"userPoolId": pool_id})
    assert re.fullmatch(r"Message \S+ was not sent at try 1: .+; it is tried again\.", line["message"]["details"])
    assert "ann@example.com" not in file.read_text()


def test_what_users_do_is_exported(exporting):
    """A line for each event of a watched pool, as AWS's guide shows them."""
    cognito, file = exporting
    activity = {**NOTICES, "LogLevel": "INFO", "EventSource": "userAuthEvents"}
    plus = {"UserPoolTier": "PLUS", "UserPoolAddOns": {"AdvancedSecurityMode": "AUDIT"}}
    pool_id, client_id = a_pool(cognito, activity, **plus)
    sub = cognito.sign_up(ClientId=client_id, Username="ann", Password=PASSWORD)["UserSub"]
    cognito.admin_confirm_sign_up(UserPoolId=pool_id, Username="ann")
    asked = {"USERNAME": "ann", "PASSWORD": PASSWORD}
    cognito.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=asked)
    event = cognito.admin_list_user_auth_events(UserPoolId=pool_id, Username="ann")["AuthEvents"][0]
    found = {line["message"]["eventType"]: line["message"] for line in lines(file, "USER_ACTIVITY")}
    while "SignIn" not in found:
        found = {line["message"]["eventType"]: line["message"] for line in lines(file, "USER_ACTIVITY")}
    told = found["SignIn"]
    assert (told["userSub"], told["userName"], told["clientId"], told["userPoolId"]) == (sub, "ann", client_id, pool_id)
    assert (told["eventId"], told["eventResponse"], told["riskDecision"]) == (event["EventId"], "Pass", "PASS")
    assert told["challenges"] == [{"challengeName": "Password", "challengeResponse": "Success"}]
    assert (told["ipAddress"], told["hasContextData"]) == ("127.0.0.1", "true")
    assert time.strptime(told["creationDate"], "%a %b %d %H:%M:%S UTC %Y")


def test_a_pool_that_exports_nothing_writes_nothing(exporting):
    """Also where another pool of the server does."""
    cognito, _ = exporting
    pool_id, client_id = a_pool(cognito, AutoVerifiedAttributes=["email"])
    mail = [{"Name": "email", "Value": "bob@example.com"}]
    cognito.sign_up(ClientId=client_id, Username="bob", Password=PASSWORD, UserAttributes=mail)
    _, file = exporting
    assert pool_id not in (file.read_text() if file.exists() else "")
