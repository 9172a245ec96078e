"""What pools do about risk, through the AWS SDK.

`watched` calls SetRiskConfiguration, AdminListUserAuthEvents and AdminUpdateAuthEventFeedback.
"""

import pytest

from conftest import PASSWORD
from proving import Exchange
from second_factors import CONFIGURATIONS, Guarded, refusal_of
from watched import AWAY, HOME, LEAKED, LINUX, WINDOWS, Watched, cognito, server, watch  # noqa: F401

NEW = "Other-Horse-10"
BLOCKED = ("NotAuthorizedException", "Unable to login because of security reasons.")
SHUT_OUT = ("NotAuthorizedException", "Request not allowed due to security reasons.")
RESET = "PasswordResetRequiredException"
LEAKS = {"CompromisedCredentialsRiskConfiguration": {"Actions": {"EventAction": "BLOCK"}}}


def at_home(watched: Watched, name: str = "ann", **attributes: str) -> Watched:
    """A user who has signed in from home."""
    watched.pool.confirmed(name, UserAttributes=[{"Name": key, "Value": value} for key, value in attributes.items()])
    watched.from_place(name)
    return watched


def risk_of(watched: Watched, name: str = "ann") -> tuple[str, str | None]:
    risk = watched.events(name)[0]["EventRisk"]
    return risk["RiskDecision"], risk.get("RiskLevel")


def test_a_configuration_is_shown_as_it_was_set(watch):
    """For a pool and for a client; nothing given takes it back."""
    watched = watch()
    pool_id, client_id = watched.pool.pool_id, watched.pool.client_id
    action = {"EventAction": "BLOCK", "Notify": True}
    words = {"Subject": "s", "HtmlBody": "<p>h {city}</p>", "TextBody": "A text {city}"}
    parts = {
        "CompromisedCredentialsRiskConfiguration": {"EventFilter": ["SIGN_UP"], "Actions": {"EventAction": "BLOCK"}},
        "AccountTakeoverRiskConfiguration": {
            "NotifyConfiguration": {
                "From": "a@id.example",
                "ReplyTo": "b@id.example",
                "SourceArn": "arn:aws:ses:us-east-1:1:identity/a",
                "BlockEmail": words,
                "NoActionEmail": words,
                "MfaEmail": words,
            },
            "Actions": {"LowAction": action, "MediumAction": action, "HighAction": action},
        },
        "RiskExceptionConfiguration": {"BlockedIPRangeList": ["192.0.2.0/24"], "SkippedIPRangeList": ["2001:db8::/32"]},
    }

    def shown(**of):
        found = watched.cognito.describe_risk_configuration(UserPoolId=pool_id, **of)["RiskConfiguration"]
        assert found.pop("LastModifiedDate")
        return found

    answer = watched.configure(**parts)
    answer.pop("LastModifiedDate")
    assert answer == shown() == {"UserPoolId": pool_id, **parts}
    ranges = {"RiskExceptionConfiguration": parts["RiskExceptionConfiguration"]}
    watched.configure(ClientId=client_id, **ranges)
    assert shown(ClientId=client_id) == {"UserPoolId": pool_id, "ClientId": client_id, **ranges}
    watched.configure(ClientId=client_id)
    assert shown(ClientId=client_id) == {"UserPoolId": pool_id, "ClientId": client_id}
    watched.configure()
    assert shown() == {"UserPoolId": pool_id}


def test_a_pool_is_made_and_changed_with_protection(watch):
    """Describe shows the mode; a pool below PLUS, or without the add-on, has none of it."""
    watched = watch("AUDIT", add_ons={"AdvancedSecurityAdditionalFlows": {"CustomAuthMode": "ENFORCED"}})
    shown = watched.cognito.describe_user_pool(UserPoolId=watched.pool.pool_id)["UserPool"]
    assert shown["UserPoolAddOns"]["AdvancedSecurityMode"] == "AUDIT"
    assert shown["UserPoolAddOns"]["AdvancedSecurityAdditionalFlows"] == {"CustomAuthMode": "ENFORCED"}
    add_ons = {"UserPoolAddOns": {"AdvancedSecurityMode": "OFF"}, "UserPoolTier": "PLUS"}
    watched.cognito.update_user_pool(UserPoolId=watched.pool.pool_id, **add_ons)
    assert refusal_of(watched.configure)[0] == "UserPoolAddOnNotEnabledException"


def test_blocked_addresses_neither_sign_in_nor_up(watch):
    """Whatever the password, and nobody else is; a lookup is noted as blocked."""
    watched = at_home(watch(AutoVerifiedAttributes=["email"]))
    watched.configure(RiskExceptionConfiguration={"BlockedIPRangeList": ["203.0.113.0/24"]})
    for name, password in (("ann", PASSWORD), ("ann", "Wrong-Horse-9"), ("nobody", PASSWORD)):
        assert refusal_of(lambda: watched.from_place(name, AWAY, password=password)) == SHUT_OUT  # noqa: B023
    assert risk_of(watched) == ("Block", None)
    assert watched.kinds("ann")[-1] == ("SignIn", "Fail")
    assert watched.from_place("ann")["AuthenticationResult"]
    watched.configure(RiskExceptionConfiguration={"BlockedIPRangeList": ["127.0.0.0/8"]})
    assert refusal_of(lambda: watched.pool.sign_up("bea")) == SHUT_OUT
    refresh = watched.from_place("ann")["AuthenticationResult"]["RefreshToken"]
    assert watched.cognito.initiate_auth(
        ClientId=watched.pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters={"REFRESH_TOKEN": refresh}
    )["AuthenticationResult"]


def test_a_client_has_its_own_configuration(watch):
    """It stands in place of the pool's."""
    watched = at_home(watch())
    blocking = {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["203.0.113.0/24"]}}
    watched.configure(**blocking)
    elsewhere = {"RiskExceptionConfiguration": {"BlockedIPRangeList": ["198.51.100.0/24"]}}
    watched.configure(ClientId=watched.pool.client_id, **elsewhere)
    assert watched.from_place("ann", AWAY)["AuthenticationResult"]
    watched.configure(ClientId=watched.pool.client_id)
    assert refusal_of(lambda: watched.from_place("ann", AWAY)) == SHUT_OUT


def test_what_is_new_is_noted_as_a_risk(watch):
    """A new address or device is Low, both are Medium; an address called Invalid is High, a skipped one is none."""
    watched = at_home(watch("AUDIT"))
    seen = []
    for ip, agent in ((HOME, WINDOWS), (AWAY, WINDOWS), ("198.51.100.7", LINUX), (AWAY, LINUX)):
        watched.from_place("ann", ip, agent)
        seen.append(risk_of(watched))
    low, medium = ("AccountTakeover", "Low"), ("AccountTakeover", "Medium")
    assert seen == [("NoRisk", None), low, medium, ("NoRisk", None)]
    watched.say("ann", watched.events("ann")[0], "Invalid")
    watched.from_place("ann", AWAY)
    assert risk_of(watched) == ("AccountTakeover", "High")
    watched.configure(RiskExceptionConfiguration={"SkippedIPRangeList": ["203.0.113.0/24"]})
    watched.from_place("ann", AWAY)
    assert risk_of(watched) == ("NoRisk", None)


def test_a_risk_is_blocked(watch):
    """Once the password was right; whoever has it wrong is told just that. What was called Valid gets in."""
    watched = at_home(watch())
    watched.act("NO_ACTION", "BLOCK")
    assert watched.from_place("ann", AWAY)["AuthenticationResult"]
    wrong = refusal_of(lambda: watched.from_place("ann", "198.51.100.7", LINUX, "Wrong-Horse-9"))
    assert wrong == ("NotAuthorizedException", "Incorrect username or password.")
    assert risk_of(watched) == ("AccountTakeover", "Medium")
    assert refusal_of(lambda: watched.from_place("ann", "198.51.100.7", LINUX)) == BLOCKED
    assert risk_of(watched) == ("Block", "Medium")
    [shown] = watched.events("ann")[0]["ChallengeResponses"]
    assert shown["ChallengeResponse"] == "Success"
    watched.say("ann", watched.events("ann")[0], "Valid")
    assert watched.from_place("ann", "198.51.100.7", LINUX)["AuthenticationResult"]


def test_a_proof_at_risk_is_blocked(watch):
    """SRP is judged where it begins, and refused once it has shown the password."""
    watched = at_home(watch())
    watched.act("BLOCK")
    exchange = Exchange(watched.pool, "ann")
    assert refusal_of(exchange.answer) == BLOCKED


def test_no_mfa_where_it_is_required_is_blocked(watch):
    """A pool whose MFA is off has nothing to ask for."""
    watched = at_home(watch())
    watched.act("MFA_IF_CONFIGURED")
    assert watched.from_place("ann", AWAY)["AuthenticationResult"]
    watched.act("MFA_REQUIRED")
    assert refusal_of(lambda: watched.from_place("ann", "198.51.100.7")) == BLOCKED


def test_a_risk_asks_for_a_second_factor(watch):
    """MFA_IF_CONFIGURED asks whom it can; MFA_REQUIRED has an app set up within the sign-in."""
    watched = watch()
    members = {"MfaConfiguration": "OPTIONAL", **CONFIGURATIONS["SOFTWARE_TOKEN_MFA"]}
    watched.cognito.set_user_pool_mfa_config(UserPoolId=watched.pool.pool_id, **members)
    at_home(watched)
    watched.act("MFA_IF_CONFIGURED", "MFA_REQUIRED")
    assert watched.from_place("ann", AWAY)["AuthenticationResult"]
    asked = watched.from_place("ann", "198.51.100.7", LINUX)
    assert asked["ChallengeName"] == "MFA_SETUP"
    guarded = Guarded(watched.pool)
    app, proved = guarded.set_up_in_sign_in(asked)
    assert watched.answer(proved, "ann", "198.51.100.7")["AuthenticationResult"]
    [event] = watched.events("ann", MaxResults=1)
    assert (event["EventResponse"], event["EventRisk"]["RiskLevel"]) == ("Pass", "Medium")
    watched.cognito.admin_set_user_mfa_preference(
        UserPoolId=watched.pool.pool_id, Username="ann", SoftwareTokenMfaSettings={"Enabled": False}
    )
    assert watched.from_place("ann")["AuthenticationResult"]
    asked = watched.from_place("ann", "198.51.100.8")
    assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
    wrong = app.wrong_code(guarded.now_ms())
    assert refusal_of(lambda: watched.answer(asked, "ann", SOFTWARE_TOKEN_MFA_CODE=wrong))[0] == "CodeMismatchException"
    guarded.next_step()
    right = app.code(guarded.now_ms())
    assert watched.answer(asked, "ann", SOFTWARE_TOKEN_MFA_CODE=right)["AuthenticationResult"]
    [event] = watched.events("ann", MaxResults=1)
    results = [(one["ChallengeName"], one["ChallengeResponse"]) for one in event["ChallengeResponses"]]
    assert results == [("Password", "Success"), ("Mfa", "Failure"), ("Mfa", "Success")]


def test_auditing_only_notes(watch):
    """Nothing is blocked, asked or sent, and breached passwords are noted."""
    watched = at_home(watch("AUDIT"))
    watched.act("BLOCK")
    assert watched.from_place("ann", AWAY, LINUX)["AuthenticationResult"]
    watched.configure(RiskExceptionConfiguration={"BlockedIPRangeList": ["203.0.113.0/24"]}, **LEAKS)
    assert watched.from_place("ann", AWAY, LINUX)["AuthenticationResult"]
    assert watched.events("ann")[0]["EventRisk"]["CompromisedCredentialsDetected"] is False
    watched.pool.confirmed("bea", Password=LEAKED)
    watched.from_place("bea", password=LEAKED)
    found = [one["EventRisk"]["CompromisedCredentialsDetected"] for one in watched.events("bea")]
    assert found == [True, True]


def test_breached_passwords_are_refused(watch):
    """At sign-up, when they are changed or chosen anew; whoever signs in with one has to choose another."""
    watched = watch(AutoVerifiedAttributes=["email"])
    pool = watched.pool
    pool.confirmed("bea", Password=LEAKED)
    watched.configure(**LEAKS)
    assert refusal_of(lambda: pool.sign_up("ann", Password=LEAKED))[0] == "InvalidPasswordException"
    pool.confirmed("ann", UserAttributes=[{"Name": "email", "Value": "ann@leaked.example"}])
    token = pool.sign_in("ann")["AuthenticationResult"]["AccessToken"]
    change = {"AccessToken": token, "PreviousPassword": PASSWORD, "ProposedPassword": LEAKED}
    assert refusal_of(lambda: pool.cognito.change_password(**change))[0] == "InvalidPasswordException"
    reset = {"ClientId": pool.client_id, "Username": "ann", "ConfirmationCode": "123456", "Password": LEAKED}
    assert refusal_of(lambda: pool.cognito.confirm_forgot_password(**reset))[0] == "InvalidPasswordException"
    assert watched.events("ann")[0]["EventRisk"]["CompromisedCredentialsDetected"] is True
    for _ in range(2):
        assert refusal_of(lambda: pool.sign_in("bea", LEAKED))[0] == RESET
    assert watched.events("bea")[1]["EventRisk"] == {"RiskDecision": "Block", "CompromisedCredentialsDetected": True}
    status = pool.cognito.admin_get_user(UserPoolId=pool.pool_id, Username="bea")["UserStatus"]
    assert status == "RESET_REQUIRED"


def test_a_first_password_is_looked_up(watch):
    """The one that takes the place of a temporary password, and not the temporary one."""
    watched = watch()
    watched.configure(**LEAKS)
    pool = watched.pool
    asked = {"UserPoolId": pool.pool_id, "Username": "ann", "MessageAction": "SUPPRESS"}
    pool.cognito.admin_create_user(TemporaryPassword=LEAKED, **asked)
    challenge = watched.from_place("ann", password=LEAKED)
    refused = refusal_of(lambda: watched.answer(challenge, "ann", HOME, NEW_PASSWORD=LEAKED))
    assert refused[0] == "InvalidPasswordException"
    assert watched.answer(challenge, "ann", HOME, NEW_PASSWORD=NEW)["AuthenticationResult"]


@pytest.mark.parametrize(("occasion", "refused"), [("SIGN_UP", True), ("PASSWORD_CHANGE", False), ("SIGN_IN", False)])
def test_only_the_events_that_are_named_are_looked_at(watch, occasion, refused):
    """EventFilter chooses."""
    watched = watch()
    part = LEAKS["CompromisedCredentialsRiskConfiguration"]
    watched.configure(CompromisedCredentialsRiskConfiguration={**part, "EventFilter": [occasion]})
    if refused:
        assert refusal_of(lambda: watched.pool.sign_up("ann", Password=LEAKED))[0] == "InvalidPasswordException"
    else:
        watched.pool.sign_up("ann", Password=LEAKED)


WORDS = {
    "From": "guard@id.example",
    "ReplyTo": "help@id.example",
    "MfaEmail": {"Subject": "mfa", "TextBody": "A factor"},
    "NoActionEmail": {"Subject": "new", "HtmlBody": "<p>{username} {ip-address} {country}</p>"},
    "BlockEmail": {"Subject": "blocked", "TextBody": "{event-id} {feedback-token} {device-name} {login-time}"},
}


def test_users_are_told_of_a_risk(watch):
    """By mail in the pool's words, once a sign-in; by the token in it they say what they know."""
    watched = at_home(watch(), email="ann@risk.example")
    watched.act("NO_ACTION", "BLOCK", notify=True, **WORDS)
    watched.from_place("ann", AWAY)
    [mail] = watched.pool.messages(to="ann@risk.example", wait=10)
    assert (mail["subject"], mail["body"].strip()) == ("new", f"ann {AWAY} unknown")
    refusal_of(lambda: watched.from_place("ann", "198.51.100.7", LINUX))
    [mail] = watched.pool.messages(to="ann@risk.example", after=mail["id"], wait=10)
    event_id, token, *_ = mail["body"].split(" ")
    asked = {"UserPoolId": watched.pool.pool_id, "EventId": event_id, "FeedbackToken": token}
    say = watched.cognito.update_auth_event_feedback
    other = {**asked, "EventId": watched.events("ann")[1]["EventId"]}
    assert refusal_of(lambda: say(Username="ann", FeedbackValue="Valid", **other))[0] == "NotAuthorizedException"
    assert refusal_of(lambda: say(Username="nobody", FeedbackValue="Valid", **asked))[0] == "UserNotFoundException"
    say(Username="ann", FeedbackValue="Valid", **asked)
    said = watched.events("ann")[0]["EventFeedback"]
    assert (said["FeedbackValue"], said["Provider"]) == ("Valid", "User")
    watched.pool.server.advance(8 * 86400)
    assert refusal_of(lambda: say(Username="ann", FeedbackValue="Valid", **asked))[0] == "NotAuthorizedException"


def test_a_second_factor_is_told_of(watch):
    """In the words for MFA, once, though the sign-in takes two steps."""
    watched = watch()
    members = {"MfaConfiguration": "OPTIONAL", **CONFIGURATIONS["SOFTWARE_TOKEN_MFA"]}
    watched.cognito.set_user_pool_mfa_config(UserPoolId=watched.pool.pool_id, **members)
    at_home(watched, email="ann@mfa.example")
    watched.act("MFA_REQUIRED", notify=True, **WORDS)
    asked = watched.from_place("ann", AWAY)
    _, proved = Guarded(watched.pool).set_up_in_sign_in(asked)
    assert watched.answer(proved, "ann")["AuthenticationResult"]
    assert [one["subject"] for one in watched.pool.messages(to="ann@mfa.example", wait=10)] == ["mfa"]
