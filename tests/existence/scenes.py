"""What is asked of somebody who exists and of nobody, where a client must not tell one from the other."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

PASSWORD, WRONG, WRONG_CODE = "Correct-Horse-9", "Wrong-Horse-99", "999999"
FLOWS = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH"]
FIRST_FACTORS = {"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "EMAIL_OTP", "WEB_AUTHN"]}}
SRP_A = "5" * 700
SETTINGS = {"dev.fixed_code": "246810"}

Call = Callable[[str, Mapping[str, Any]], Any]  # an operation and its members; must succeed
Person = Mapping[str, str]  # ClientId and Username


@dataclass(frozen=True)
class Stage:
    """A pool whose client hides who exists; users sign in with their e-mail too."""

    call: Call
    pool_id: str
    client_id: str

    def named(self, name: str) -> Person:
        return {"ClientId": self.client_id, "Username": name}

    def sign_up(self, name: str) -> None:
        self.call("SignUp", {**self.named(name), "Password": PASSWORD, **mail_of(name)})

    def confirmed(self, name: str) -> None:
        """A user with a verified e-mail."""
        self.sign_up(name)
        user = {"UserPoolId": self.pool_id, "Username": name}
        self.call("AdminConfirmSignUp", user)
        verified = [{"Name": "email_verified", "Value": "true"}]
        self.call("AdminUpdateUserAttributes", {**user, "UserAttributes": verified})

    def forgets(self, name: str) -> None:
        self.call("ForgotPassword", self.named(name))

    def remembers(self, name: str) -> None:
        pass


def stage(call: Call) -> Stage:
    asked = {"PoolName": "existence", "AutoVerifiedAttributes": ["email"], "AliasAttributes": ["email"]}
    pool_id = call("CreateUserPool", {**asked, "Policies": FIRST_FACTORS})["UserPool"]["Id"]
    asked = {"ClientName": "a", "ExplicitAuthFlows": FLOWS, "PreventUserExistenceErrors": "ENABLED"}
    client = call("CreateUserPoolClient", {"UserPoolId": pool_id, **asked})["UserPoolClient"]
    return Stage(call, pool_id, client["ClientId"])


def mail_of(name: str) -> dict[str, Any]:
    return {"UserAttributes": [{"Name": "email", "Value": f"{name}@domain.example"}]}


@dataclass(frozen=True)
class Scene:
    """`make` makes somebody, `before` is done for somebody and for nobody alike, then the operation is called."""

    operation: str
    members: Callable[[Person], Mapping[str, Any]]
    make: Callable[[Stage, str], None] = Stage.confirmed
    before: Callable[[Stage, str], None] = Stage.remembers


def signing_in(flow: str, **parameters: str) -> Callable[[Person], Mapping[str, Any]]:
    def members(person: Person) -> Mapping[str, Any]:
        given = {"USERNAME": person["Username"], **parameters}
        return {"ClientId": person["ClientId"], "AuthFlow": flow, "AuthParameters": given}

    return members


def new_password(person: Person) -> Mapping[str, Any]:
    return {**person, "ConfirmationCode": WRONG_CODE, "Password": PASSWORD}


def with_the_address_of(person: Person) -> Mapping[str, Any]:
    name = person["Username"]
    return {**person, "Username": f"new-{name}", "Password": PASSWORD, **mail_of(name)}


SCENES = {
    "wrong password": Scene("InitiateAuth", signing_in("USER_PASSWORD_AUTH", PASSWORD=WRONG)),
    "beginning of SRP": Scene("InitiateAuth", signing_in("USER_SRP_AUTH", SRP_A=SRP_A)),
    "choice of a first factor": Scene("InitiateAuth", signing_in("USER_AUTH")),
    "code to begin with": Scene("InitiateAuth", signing_in("USER_AUTH", PREFERRED_CHALLENGE="EMAIL_OTP")),
    "passkey that is not there": Scene("InitiateAuth", signing_in("USER_AUTH", PREFERRED_CHALLENGE="WEB_AUTHN")),
    "proof to begin with": Scene(
        "InitiateAuth", signing_in("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD_SRP", SRP_A=SRP_A)
    ),
    "wrong password by choice": Scene(
        "InitiateAuth", signing_in("USER_AUTH", PREFERRED_CHALLENGE="PASSWORD", PASSWORD=WRONG)
    ),
    "forgotten password": Scene("ForgotPassword", dict),
    "wrong code for a password": Scene("ConfirmForgotPassword", new_password, before=Stage.forgets),
    "code that was never asked for": Scene("ConfirmForgotPassword", new_password),
    "resend": Scene("ResendConfirmationCode", dict, make=Stage.sign_up),
    "wrong code of a sign-up": Scene(
        "ConfirmSignUp", lambda person: {**person, "ConfirmationCode": WRONG_CODE}, make=Stage.sign_up
    ),
    "sign-up with an address": Scene("SignUp", with_the_address_of),
}
