"""Log delivery through the AWS SDK."""

NOTICES = {
    "LogLevel": "ERROR",
    "EventSource": "userNotification",
    "CloudWatchLogsConfiguration": {"LogGroupArn": "arn:aws:logs:us-east-1:123456789012:log-group:cognito"},
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
