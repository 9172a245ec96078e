"""What happens in worlds with threat protection: events that are noted, and a mail that tells of one."""

from typing import Any

USER = {"UserPoolId": "${pool_id}", "Username": "${username}"}
AT = {"ServerName": "app.example.com", "ServerPath": "/", "HttpHeaders": []}
WORDS = {"Subject": "A sign-in", "TextBody": "{event-id} {feedback-token}"}


def list_events(world: Any, _: object) -> None:
    world.facts["event_id"] = world.call("AdminListUserAuthEvents", **USER)["AuthEvents"][0]["EventId"]


def tell_of_risk(world: Any, _: object) -> None:
    """A sign-in from somewhere else, and the token in the mail that tells of it."""
    action = {"EventAction": "NO_ACTION", "Notify": True}
    levels = ("LowAction", "MediumAction", "HighAction")
    notice = {"SourceArn": "arn:aws:ses:us-east-1:123456789012:identity/id.example", "NoActionEmail": WORDS}
    takeover = {"NotifyConfiguration": notice, "Actions": dict.fromkeys(levels, action)}
    world.call("SetRiskConfiguration", UserPoolId="${pool_id}", AccountTakeoverRiskConfiguration=takeover)
    for address in ("192.0.2.1", "203.0.113.9"):
        sign_in_from(world, address)
    mail = world.developer.message_to(world.facts["email"] or "")
    world.facts["event_id"], world.facts["feedback_token"] = mail["body"].split(" ")


def sign_in_from(world: Any, address: str) -> None:
    world.call(
        "AdminInitiateAuth",
        UserPoolId="${pool_id}",
        ClientId="${client_id}",
        AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "${username}", "PASSWORD": "${password}"},
        ContextData={"IpAddress": address, **AT},
    )


def know_home(world: Any, _: object) -> None:
    sign_in_from(world, "192.0.2.1")


def block_risks(world: Any, _: object) -> None:
    block = {"EventAction": "BLOCK", "Notify": False}
    actions = dict.fromkeys(("LowAction", "MediumAction", "HighAction"), block)
    world.call("SetRiskConfiguration", UserPoolId="${pool_id}", AccountTakeoverRiskConfiguration={"Actions": actions})


def shut_everybody_out(world: Any, _: object) -> None:
    ranges = {"BlockedIPRangeList": ["0.0.0.0/0", "::/0"]}
    world.call("SetRiskConfiguration", UserPoolId="${pool_id}", RiskExceptionConfiguration=ranges)
