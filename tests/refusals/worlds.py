"""Prepares the worlds that cases need, through the public API alone, and knows what the blanks stand for there."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from refusals import (
    device_steps,
    mfa_steps,
    passkey_steps,
    password_steps,
    pool_steps,
    profile_steps,
    resource_steps,
    risk_steps,
    srp_steps,
    token_steps,
    user_steps,
)
from refusals.endpoints import CannotPrepare, DevLane, NeedsDevLane, Pools
from refusals.forgeries import FORGERIES, cut_in_half
from refusals.service import Service
from refusals.table import Document, Ingredient, filled, merged

PASSWORD = "Correct-Horse-9"
SIGN_UP = {
    "Username": "${name}",
    "Password": PASSWORD,
    "UserAttributes": [{"Name": "email", "Value": "${email}"}],
}
HOUR = 3600


@dataclass
class World:
    """One prepared world. `facts` are what the steps found out, by the names of the blanks."""

    service: Service
    dev: DevLane | None
    sign_up: Document
    facts: dict[str, str | None]
    things: dict[str, Any] = field(default_factory=dict)  # what steps leave for later ones, and no blank stands for

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """A call that has to work; its request may hold blanks. Raises CannotPrepare."""
        answer = self.service.call(operation, filled(request, self.value))
        if answer.status != 200:
            raise CannotPrepare(operation, answer)
        return answer.document

    def value(self, name: str) -> str | None:
        """What a blank stands for; None where this world has no such thing. Raises KeyError for unknown names."""
        if name in self.facts:
            return self.facts[name]
        if name in FORGERIES:
            return FORGERIES[name](self.facts["access_token"] or "")
        return COMPUTED[name](self)

    @property
    def developer(self) -> DevLane:
        """The dev lane; worlds whose steps need it are not made without it."""
        assert self.dev is not None
        return self.dev


def secret_hash(secret: str | None, name: str | None, client_id: str | None) -> str | None:
    """SECRET_HASH by the published formula; None for a client without a secret."""
    if not secret:
        return None
    mac = hmac.new(secret.encode(), f"{name}{client_id}".encode(), hashlib.sha256)
    return base64.b64encode(mac.digest()).decode()


def _hash_for(name: str) -> Callable[[World], str | None]:
    return lambda world: secret_hash(world.facts["client_secret"], world.value(name), world.facts["client_id"])


def _wrong_code(world: World) -> str:
    code = world.facts.get("code")
    return f"{(int(code) + 1) % 10**6:06}" if code else "0000000"  # seven digits are nobody's code


COMPUTED: Mapping[str, Callable[[World], str | None]] = {
    "secret_hash": _hash_for("username"),
    "new_secret_hash": _hash_for("new_name"),
    "sub_secret_hash": _hash_for("sub"),
    "secret_hash_of_second_client": lambda w: secret_hash(
        w.facts["second_client_secret"], w.facts["username"], w.facts["second_client_id"]
    ),
    "arn_of_another_region": pool_steps.arn_of_another_region,
    "arn_of_another_account": pool_steps.arn_of_another_account,
    "arn_of_another_partition": pool_steps.arn_of_another_partition,
    "arn_of_unknown_pool": pool_steps.arn_of_unknown_pool,
    "username_in_capitals": lambda w: (w.facts["username"] or "").upper(),
    "wrong_code": _wrong_code,
    "session_with_another_end": lambda w: (w.facts["session"] or "")[:-8] + "AAAAAAAA",
    "srp_block_with_another_end": lambda w: (w.facts["srp_block"] or "")[:-8] + "AAAAAAAA",
    "refresh_token_cut_in_half": lambda w: cut_in_half(w.facts["refresh_token"] or ""),
    **token_steps.FORGERIES,
    **mfa_steps.COMPUTED,
    **device_steps.COMPUTED,
}
CONSTANTS = {
    "password": PASSWORD,
    "temporary_password": "Given-Horse-1",
    "new_password": "Other-Horse-10",
    "unknown_client_id": "1example23456789unknown0id",
    "some_secret": "a1b2c3d4e5f6a7b8c9d0e1f2",
    "some_hash": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
}


# Steps, by the names that worlds.toml uses


def prepare(pools: Pools, dev: DevLane | None, parts: Sequence[Ingredient]) -> World:
    """A world of these ingredients; raises CannotPrepare, NeedsDevLane."""
    steps = steps_of(parts)
    if dev is None and any(step.needs_dev for step in steps):
        raise NeedsDevLane("needs the inbox or the clock of a dev server")
    pool: Document = {}
    client: Document = {}
    sign_up: Document = SIGN_UP
    for part in parts:
        pool, client, sign_up = merged(pool, part.pool), merged(client, part.client), merged(sign_up, part.sign_up)
    made = pools.of(pool, client, own=any(part.own_pool for part in parts))
    unknown = {"unknown_pool_id": f"{pools.service.region}_Unknown00"}
    world = World(pools.service, dev, sign_up, {**CONSTANTS, **unknown, **made, **_fresh_names()})
    world.facts["username"] = filled(sign_up["Username"], world.value)
    for step in steps:
        step.run(world, pools)
    return world


def steps_of(parts: Iterable[Ingredient]) -> list["Step"]:
    """Everything that happens in a world of these ingredients, in order."""
    return [STEPS[name] for part in parts for name in part.steps]


_NUMBERS = count(secrets.randbelow(10**7))  # of phones: at random two of some hundred would soon be the same


def _fresh_names() -> dict[str, str | None]:
    """Names that nobody has yet."""
    token, other, number = secrets.token_hex(6), secrets.token_hex(6), next(_NUMBERS) % 10**7
    return {
        "name": f"user-{token}",
        "email": f"user-{token}@example.com",
        "phone": f"+1206{number:07}",
        "new_name": f"user-{other}",
        "new_email": f"user-{other}@example.com",
        "new_phone": f"+1307{number:07}",
        "group": f"group-{token}",
        "new_group": f"group-{other}",
        "thing": f"thing-{token}",
    }


def _sign_up(world: World, _: Pools) -> None:
    done = world.call("SignUp", ClientId="${client_id}", SecretHash="${secret_hash}", **world.sign_up)
    world.facts["sub"] = done["UserSub"]


def _sign_in(world: World, _: Pools) -> None:
    parameters = {"USERNAME": "${username}", "PASSWORD": "${password}", "SECRET_HASH": "${secret_hash}"}
    answer = world.call(
        "InitiateAuth", ClientId="${client_id}", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters
    )
    tokens = answer["AuthenticationResult"]
    world.facts |= {
        "access_token": tokens["AccessToken"],
        "id_token": tokens["IdToken"],
        "refresh_token": tokens["RefreshToken"],
    }


def _make_second_client(world: World, _: Pools) -> None:
    client = world.call(
        "CreateUserPoolClient",
        UserPoolId="${pool_id}",
        ClientName="second",
        GenerateSecret=True,
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    world.facts |= {"second_client_id": client["ClientId"], "second_client_secret": client["ClientSecret"]}


def _make_second_pool(world: World, pools: Pools) -> None:
    second = pools.of({"PoolName": "second"}, {"ClientName": "second"}, own=False)
    world.facts |= {"second_pool_id": second["pool_id"], "client_of_second_pool": second["client_id"]}
    page = world.call("ListUserPools", MaxResults=1)
    world.facts["pools_page"] = page["NextToken"]


def _read_code(world: World, _: Pools) -> None:
    message = world.developer.message_to(world.facts["email"] or "")
    world.facts |= {"code": message["code"], "message_id": message["id"]}


def _ask_for_a_code(world: World) -> None:
    request = {"ClientId": "${client_id}", "SecretHash": "${secret_hash}", "Username": "${username}"}
    world.call("ResendConfirmationCode", **request)


def _ask_for_another_code(world: World, _: Pools) -> None:
    password_steps.ask_until_another(world, lambda: _ask_for_a_code(world), "email", "code")


def _ask_for_5_codes(world: World, _: Pools) -> None:
    for _again in range(5):
        _ask_for_a_code(world)


def _try_wrong_codes(world: World, _: Pools) -> None:
    for _again in range(15):
        request = {"ClientId": "${client_id}", "Username": "${username}", "ConfirmationCode": "${wrong_code}"}
        world.service.call("ConfirmSignUp", filled(request, world.value))


def _confirm_a_rival(world: World, _: Pools) -> None:
    rival = {**world.sign_up, "Username": "${new_name}"}
    world.call("SignUp", ClientId="${client_id}", SecretHash="${new_secret_hash}", **rival)
    message = world.developer.message_to(world.facts["email"] or "", after=world.facts["message_id"] or "")
    world.call("ConfirmSignUp", ClientId="${client_id}", Username="${new_name}", ConfirmationCode=message["code"])


@dataclass(frozen=True)
class Step:
    """Something that happens to a world: what it calls, and whether only a dev server lets anybody do it."""

    run: Callable[[World, Pools], None]
    calls: tuple[str, ...] = ()
    needs_dev: bool = False


def _calling(operation: str, **request: object) -> Step:
    """A step that is one call; its answer does not matter."""

    def run(world: World, _: Pools) -> None:
        world.call(operation, **request)

    return Step(run, (operation,))


def _advancing(seconds: int) -> Step:
    return Step(lambda world, _: world.developer.advance(seconds), needs_dev=True)


USER = {"UserPoolId": "${pool_id}", "Username": "${username}"}
RESEND = "ResendConfirmationCode"
MFA_CONFIG = "SetUserPoolMfaConfig"
APP = ("AssociateSoftwareToken", "VerifySoftwareToken")
STEPS: Mapping[str, Step] = {
    "sign_up": Step(_sign_up, ("SignUp",)),
    "confirm": _calling("AdminConfirmSignUp", **USER),
    "sign_in": Step(_sign_in, ("InitiateAuth",)),
    "make_second_client": Step(_make_second_client, ("CreateUserPoolClient",)),
    "make_second_pool": Step(_make_second_pool, ("ListUserPools",)),
    "delete_pool": _calling("DeleteUserPool", UserPoolId="${pool_id}"),
    "delete_client": _calling("DeleteUserPoolClient", UserPoolId="${pool_id}", ClientId="${client_id}"),
    "delete_user": _calling("AdminDeleteUser", **USER),
    "disable": _calling("AdminDisableUser", **USER),
    "reset_password": _calling("AdminResetUserPassword", **USER),
    "sign_out_everywhere": _calling("AdminUserGlobalSignOut", **USER),
    "confirm_by_code": _calling(
        "ConfirmSignUp",
        ClientId="${client_id}",
        SecretHash="${secret_hash}",
        Username="${username}",
        ConfirmationCode="${code}",
    ),
    "verify_email": Step(password_steps.verify_email, ("AdminUpdateUserAttributes",)),
    "set_temporary_password": _calling("AdminSetUserPassword", **USER, Password="${temporary_password}"),
    "set_permanent_password": _calling("AdminSetUserPassword", **USER, Password="${new_password}", Permanent=True),
    "begin_sign_in": Step(password_steps.begin_sign_in, ("InitiateAuth",)),
    "challenge_another": Step(password_steps.challenge_another, ("SignUp", "AdminSetUserPassword", "InitiateAuth")),
    "answer_challenge": Step(password_steps.answer_challenge, ("RespondToAuthChallenge",)),
    "begin_srp": Step(srp_steps.begin, ("InitiateAuth",)),
    "begin_srp_for_another": Step(srp_steps.begin_for_another, ("SignUp", "AdminConfirmSignUp", "InitiateAuth")),
    "answer_srp": Step(srp_steps.answer, ("RespondToAuthChallenge",)),
    "offer_apps": Step(mfa_steps.configuring("OPTIONAL", **mfa_steps.APPS), (MFA_CONFIG,)),
    "require_apps": Step(mfa_steps.configuring("ON", **mfa_steps.APPS), (MFA_CONFIG,)),
    "offer_apps_and_texts": Step(
        mfa_steps.configuring("OPTIONAL", **mfa_steps.APPS, SmsMfaConfiguration={"SmsConfiguration": mfa_steps.ROLE}),
        (MFA_CONFIG,),
    ),
    "offer_mail": Step(mfa_steps.configuring("OPTIONAL", EmailMfaConfiguration={}), (MFA_CONFIG,)),
    "turn_mfa_off": Step(mfa_steps.configuring("OFF"), (MFA_CONFIG,)),
    "give_out_secret": Step(mfa_steps.give_out_secret, APP[:1]),
    "set_up_app": Step(mfa_steps.set_up_app, APP),
    "prefer_app": Step(mfa_steps.preferring("SoftwareTokenMfaSettings"), (mfa_steps.PREFERENCE,)),
    "prefer_texts": Step(mfa_steps.preferring("SMSMfaSettings"), (mfa_steps.PREFERENCE,)),
    "prefer_mail": Step(mfa_steps.preferring("EmailMfaSettings"), (mfa_steps.PREFERENCE,)),
    "switch_on_texts_and_app": Step(mfa_steps.switch_on_texts_and_app, (mfa_steps.PREFERENCE,)),
    "delete_app": _calling("AdminDeleteSoftwareToken", **USER),
    "begin_mfa": Step(mfa_steps.begin, ("InitiateAuth",)),
    "begin_mfa_again": Step(mfa_steps.begin_again, ("InitiateAuth",)),
    "begin_mfa_for_another": Step(
        mfa_steps.begin_for_another, ("SignUp", "AdminConfirmSignUp", "InitiateAuth", *APP, mfa_steps.PREFERENCE)
    ),
    "choose_app": Step(mfa_steps.choose_app, ("RespondToAuthChallenge",)),
    "pass_app": Step(mfa_steps.pass_app, ("RespondToAuthChallenge",)),
    "pass_text": Step(mfa_steps.pass_text, ("RespondToAuthChallenge",)),
    "read_text": Step(mfa_steps.read_text, needs_dev=True),
    "read_mail": Step(mfa_steps.read_mail, needs_dev=True),
    "try_wrong_totp_codes": Step(mfa_steps.try_wrong_codes, ("RespondToAuthChallenge",)),
    "associate_in_sign_in": Step(mfa_steps.associate_in_sign_in, APP[:1]),
    "verify_in_sign_in": Step(mfa_steps.verify_in_sign_in, APP[1:]),
    "finish_set_up": Step(mfa_steps.finish_set_up, ("RespondToAuthChallenge",)),
    "forget_password": _calling("ForgotPassword", **password_steps.FORGETFUL),
    "replace_reset_code": Step(password_steps.replace_reset_code, ("ForgotPassword",), needs_dev=True),
    "read_reset_code": Step(password_steps.read_reset_code, needs_dev=True),
    "confirm_forgotten_password": _calling(
        "ConfirmForgotPassword", **password_steps.FORGETFUL, ConfirmationCode="${code}", Password="${new_password}"
    ),
    "try_wrong_reset_codes": Step(password_steps.try_wrong_reset_codes, ("ConfirmForgotPassword",)),
    "try_wrong_passwords": Step(password_steps.try_wrong_passwords, ("InitiateAuth",)),
    "try_wrong_previous_passwords": Step(password_steps.try_wrong_previous_passwords, ("ChangePassword",)),
    "let_sessions_expire": _advancing(3 * 60 + 1),
    "let_reset_codes_expire": _advancing(HOUR + 1),
    "let_temporary_passwords_expire": _advancing(7 * 24 * HOUR + 1),
    "take_preferred_username": Step(password_steps.take_preferred_username, ("RespondToAuthChallenge",)),
    "create_user": Step(password_steps.create_user, ("AdminCreateUser",)),
    "create_another": Step(user_steps.create_another, ("AdminCreateUser",)),
    "create_another_by_email": Step(user_steps.create_another_by_email, ("AdminCreateUser",)),
    "create_rival": Step(user_steps.create_rival, ("AdminCreateUser",)),
    "ask_for_verification_code": Step(profile_steps.ask_for_code, (profile_steps.ASK,)),
    "ask_for_5_verification_codes": Step(profile_steps.ask_for_5_codes, (profile_steps.ASK,)),
    "read_verification_code": Step(profile_steps.read_code, needs_dev=True),
    "verify_by_code": Step(profile_steps.verify, (profile_steps.VERIFY,)),
    "try_wrong_verification_codes": Step(profile_steps.try_wrong_codes, (profile_steps.VERIFY,)),
    "list_a_page": Step(user_steps.list_a_page, ("ListUsers",)),
    "list_auth_events": Step(risk_steps.list_events, ("AdminListUserAuthEvents",)),
    "tell_of_risk": Step(risk_steps.tell_of_risk, ("SetRiskConfiguration", "AdminInitiateAuth"), needs_dev=True),
    "know_home": Step(risk_steps.know_home, ("AdminInitiateAuth",)),
    "block_risks": Step(risk_steps.block_risks, ("SetRiskConfiguration",)),
    "shut_everybody_out": Step(risk_steps.shut_everybody_out, ("SetRiskConfiguration",)),
    "let_feedback_tokens_expire": _advancing(7 * 24 * HOUR + 1),
    "make_group": _calling("CreateGroup", **pool_steps.GROUP),
    "delete_group": _calling("DeleteGroup", **pool_steps.GROUP),
    "add_secret": _calling("AddUserPoolClientSecret", **pool_steps.CLIENT),
    "list_secrets": Step(pool_steps.list_secrets, ("ListUserPoolClientSecrets",)),
    "fill_schema": Step(pool_steps.fill_schema, ("AddCustomAttributes",)),
    "read_arn": Step(pool_steps.read_arn, ("DescribeUserPool",)),
    "read_code": Step(_read_code, needs_dev=True),
    "ask_for_another_code": Step(_ask_for_another_code, (RESEND,)),
    "ask_for_5_codes": Step(_ask_for_5_codes, (RESEND,)),
    "try_wrong_codes": Step(_try_wrong_codes, ("ConfirmSignUp",)),
    "confirm_a_rival": Step(_confirm_a_rival, ("SignUp", "ConfirmSignUp"), needs_dev=True),
    "refresh": Step(token_steps.refresh, ("GetTokensFromRefreshToken",)),
    "refresh_again": Step(token_steps.refresh_again, ("GetTokensFromRefreshToken",)),
    "let_the_grace_pass": _advancing(60),
    "revoke": Step(token_steps.revoke, ("RevokeToken",)),
    "track_sessions": Step(token_steps.track_sessions, ("SetUserPoolSessionConfiguration",)),
    "turn_tracking_off": Step(token_steps.turn_tracking_off, ("SetUserPoolSessionConfiguration",)),
    "sign_in_again": Step(token_steps.sign_in_again, ("InitiateAuth", "ListUserSessions")),
    "end_other_session": Step(token_steps.end_other_session, ("AdminRevokeUserSession",)),
    "sign_another_in": Step(token_steps.sign_another_in, ("SignUp", "InitiateAuth", "AdminListUserSessions")),
    **{name: Step(run, calls) for name, (run, calls) in resource_steps.STEPS.items()},
    **{name: Step(run, calls) for name, (run, calls) in passkey_steps.STEPS.items()},
    **{name: Step(run, calls) for name, (run, calls) in device_steps.STEPS.items()},
    "let_registrations_expire": _advancing(5 * 60 + 1),
    "let_codes_expire": _advancing(24 * HOUR + 1),
    "let_access_tokens_expire": _advancing(HOUR + 1),
    "let_refresh_tokens_expire": _advancing(30 * 24 * HOUR + 1),
}
