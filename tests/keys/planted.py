"""The whole life of some accounts, told in secrets that can be recognised wherever they turn up."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from api.idp.importing import created, csv_of, header_of, upload, user
from authenticator import App
from cognomen.flows.pool_keys import pool_keys
from cognomen.process import access_keys, stacks
from conftest import Pool, sdk_client, secret_hash
from keys.house import ISSUER, House
from refusals.device_client import DeviceClient
from refusals.srp_client import G, N, hashed, padded
from second_factors import TEXTS
from webauthn_authenticator import RP_ID, Authenticator

PLANT = "xyzzyPLANTED"  # begins no word and no id of this program
CODE = "918273"  # every code that is sent
HOOK, FUNCTION = (f"arn:aws:lambda:us-east-1:123456789012:function:{name}" for name in ("hook", "function"))
CONTACTS: Mapping[str, Any] = {
    "AutoVerifiedAttributes": ["email", "phone_number"],
    "SmsConfiguration": TEXTS,
    "AccountRecoverySetting": {"RecoveryMechanisms": [{"Priority": 1, "Name": "verified_email"}]},
}
NAME, EMAIL, PHONE = "ann", "ann@post.example", "+14440000001"
PASSWORDS = {when: f"{PLANT}-{when}-9" for when in ("First", "Second", "Third", "Temporary", "Final", "Wrong")}
CLIENT_SECRET = f"{PLANT}ClientSecret0123456789"
SMTP_PASSWORD, PROVIDER_SECRET, LAMBDA_SECRET = (f"{PLANT}{of}Secret0123456789" for of in ("Smtp", "Google", "Lambda"))
HOOK_SECRET = f"{PLANT}HookSecret0123456789abcdef".encode()


def settings_with_secrets(folder: Path) -> dict[str, Any]:
    """Settings that hold secrets of their own: mail goes nowhere, and so do calls of triggers."""
    hook = folder / "hook.secret"
    hook.touch(0o600)
    hook.write_text("whsec_" + base64.b64encode(HOOK_SECRET).decode())
    return {
        "dev.fixed_code": CODE,
        "smtp.host": "127.0.0.1",
        "smtp.port": "1",
        "smtp.sender": "id@post.example",
        "smtp.username": "postman",
        "smtp.password": SMTP_PASSWORD,
        "triggers": {HOOK: "http://127.0.0.1:1/hook", FUNCTION: "lambda:http://127.0.0.1:1"},
        "trigger_calls.webhook_secret_file": str(hook),
        "trigger_calls.aws_access_key_id": "AKIAFUNCTIONCALLER00",
        "trigger_calls.aws_secret_access_key": LAMBDA_SECRET,
    }


@dataclass
class Planted:
    """Every secret by what it is, as bytes; those that were only ever to be seen in `told` may be anywhere there."""

    secrets: dict[str, bytes] = field(default_factory=dict)

    def add(self, what: str, secret: str | bytes) -> None:
        self.secrets[what] = secret.encode() if isinstance(secret, str) else secret

    def add_tokens(self, whose: str, result: Mapping[str, str]) -> None:
        """Of a signed token what makes it one; a refresh token whole, as text and as the bytes in it."""
        for name in ("AccessToken", "IdToken"):
            self.add(f"{whose} {name}", result[name].rpartition(".")[2])
        if "RefreshToken" in result:
            body = result["RefreshToken"].partition(".")[2].replace(".", "")
            self.add(f"{whose} RefreshToken", result["RefreshToken"])
            self.add(f"{whose} bytes of RefreshToken", base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def spellings(secret: bytes) -> Iterator[bytes]:
    """A secret as it may stand in other bytes: plain, hex, base64 of either alphabet at any place in its text."""
    yield secret
    yield secret.hex().encode()
    yield secret.hex().upper().encode()
    for shift in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            coded = encode(bytes(shift) + secret).rstrip(b"=")
            inner = coded[(8 * shift + 5) // 6 : -1]  # the characters that hold nothing else
            if len(inner) >= 8:  # fewer could be there by chance
                yield inner


def found_in(content: bytes, planted: Planted) -> list[str]:
    """What of the secrets stands in the content. Six digits may be part of a longer number or word."""
    found = []
    for what, secret in planted.secrets.items():
        if secret.isdigit():
            pattern = rb"(?<![\w.-])" + re.escape(secret) + rb"(?![\w-])"
            found += [what] if re.search(pattern, content) else []
        else:
            found += [what] if any(spelling in content for spelling in spellings(secret)) else []
    return found


class Life:
    """Sign-up to refresh, passwords that change, second factors, a device, a passkey, and what administrators keep."""

    def __init__(self, house: House, planted: Planted) -> None:
        self.house, self.planted = house, planted
        self.cognito = sdk_client(house.servers[0].url)
        for when, password in PASSWORDS.items():
            planted.add(f"{when} password", password)
        planted.add("code", CODE)
        self.pool = self._pool()

    def live(self) -> None:
        """All of it, in order."""
        tokens = self._account()
        self._factors(tokens["AccessToken"])
        self._device()
        self._proofs()
        self._passwords(tokens["AccessToken"])
        self._invitation()
        self._administrators()
        self._import()
        self._stack()
        self._triggers()
        self._keys_of_the_house()

    def _pool(self) -> Pool:
        made = self.cognito.create_user_pool(
            PoolName="planted",
            **CONTACTS,
            UserPoolTier="ESSENTIALS",
            Policies={"SignInPolicy": {"AllowedFirstAuthFactors": ["PASSWORD", "WEB_AUTHN"]}},
        )
        pool_id = made["UserPool"]["Id"]
        client = self.cognito.create_user_pool_client(
            UserPoolId=pool_id,
            ClientName="a",
            ClientSecret=CLIENT_SECRET,
            ExplicitAuthFlows=[
                *("ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_USER_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")
            ],
        )["UserPoolClient"]
        self.planted.add("client secret", CLIENT_SECRET)
        self.planted.add("secret hash", secret_hash(CLIENT_SECRET, NAME, client["ClientId"]))
        return Pool(self.cognito, self.house.servers[0], pool_id, client["ClientId"], CLIENT_SECRET)

    def _account(self) -> Mapping[str, str]:
        pool = self.pool
        listed = [{"Name": "email", "Value": EMAIL}, {"Name": "phone_number", "Value": PHONE}]
        pool.sign_up(NAME, Password=PASSWORDS["First"], UserAttributes=listed)
        self.cognito.confirm_sign_up(ClientId=pool.client_id, Username=NAME, ConfirmationCode=CODE, **pool.hash(NAME))
        with suppress(ClientError):
            pool.sign_in(NAME, PASSWORDS["Wrong"])
        tokens: Mapping[str, str] = pool.sign_in(NAME, PASSWORDS["First"])["AuthenticationResult"]
        self.planted.add_tokens("first", tokens)
        sub = self.cognito.admin_get_user(UserPoolId=pool.pool_id, Username=NAME)["Username"]
        login = {"REFRESH_TOKEN": tokens["RefreshToken"], "SECRET_HASH": pool.hash(sub)["SecretHash"]}
        refreshed = self.cognito.initiate_auth(
            ClientId=pool.client_id, AuthFlow="REFRESH_TOKEN_AUTH", AuthParameters=login
        )
        self.planted.add_tokens("refreshed", refreshed["AuthenticationResult"])
        for attribute in ("email", "phone_number"):
            self.cognito.get_user_attribute_verification_code(
                AccessToken=tokens["AccessToken"], AttributeName=attribute
            )
        email = {"UserPoolId": pool.pool_id, "Username": NAME}
        self.cognito.admin_update_user_attributes(**email, UserAttributes=[{"Name": "email_verified", "Value": "true"}])
        return tokens

    def _factors(self, token: str) -> None:
        self.cognito.set_user_pool_mfa_config(
            UserPoolId=self.pool.pool_id,
            MfaConfiguration="OPTIONAL",
            SoftwareTokenMfaConfiguration={"Enabled": True},
            WebAuthnConfiguration={"RelyingPartyId": RP_ID, "UserVerification": "preferred"},
        )
        for _ in range(2):  # the second one waits for ever
            given = self.cognito.associate_software_token(AccessToken=token)["SecretCode"]
            self.planted.add(f"TOTP seed {given[:4]}", given)
            self.planted.add(f"bytes of TOTP seed {given[:4]}", base64.b32decode(given + "=" * (-len(given) % 8)))
            if "app" not in vars(self):
                self.app = App(given)
                code = self.app.code(int(self.house.now * 1000))
                self.cognito.verify_software_token(AccessToken=token, UserCode=code)
        begun = self.cognito.start_web_authn_registration(AccessToken=token)["CredentialCreationOptions"]
        self.planted.add("challenge of passkey", begun["challenge"])
        passkey = Authenticator()
        self.cognito.complete_web_authn_registration(AccessToken=token, Credential=passkey.create(begun))
        self.cognito.admin_set_user_mfa_preference(
            UserPoolId=self.pool.pool_id,
            Username=NAME,
            SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True},
        )
        self.house.advance(90)
        asked = self.pool.sign_in(NAME, PASSWORDS["First"])
        self.planted.add("session", asked["Session"])
        self.cognito.respond_to_auth_challenge(
            ClientId=self.pool.client_id,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={
                "USERNAME": NAME,
                "SOFTWARE_TOKEN_MFA_CODE": self.app.code(int(self.house.now * 1000)),
                "SECRET_HASH": self.pool.hash(NAME)["SecretHash"],
            },
        )
        self.cognito.admin_set_user_mfa_preference(
            UserPoolId=self.pool.pool_id, Username=NAME, SoftwareTokenMfaSettings={"Enabled": False}
        )

    def _device(self) -> None:
        self.cognito.update_user_pool(
            UserPoolId=self.pool.pool_id,
            **CONTACTS,
            DeviceConfiguration={"ChallengeRequiredOnNewDevice": True, "DeviceOnlyRememberedOnUserPrompt": False},
        )
        answer = self.pool.sign_in(NAME, PASSWORDS["First"])
        device = DeviceClient.of(answer)
        self.cognito.confirm_device(
            AccessToken=answer["AuthenticationResult"]["AccessToken"],
            DeviceKey=device.device_key,
            DeviceSecretVerifierConfig=device.config,
        )
        self.planted.add("secret of device", device.secret)
        self.planted.add("verifier of device", base64.b64decode(device.config["PasswordVerifier"]))

    def _proofs(self) -> None:
        """The verifier of the password, as whoever reads the salt could make it only with the password."""

        async def read(tx: Any) -> Any:
            return await tx.one("select srp_salt from users where username = ?", (NAME,))

        server = self.house.servers[0]
        salt = int.from_bytes(server.run(server.application.world.database.read(read))[0], "big")
        identity = f"{self.pool.pool_id.partition('_')[2]}{NAME}:{PASSWORDS['First']}"
        x = hashed(padded(salt), hashlib.sha256(identity.encode()).digest())
        self.planted.add("SRP verifier", pow(G, x, N).to_bytes(384, "big"))
        begun = self.cognito.initiate_auth(
            ClientId=self.pool.client_id,
            AuthFlow="USER_SRP_AUTH",
            AuthParameters={"USERNAME": NAME, "SRP_A": f"{pow(G, 7**90, N):x}", **self._proof()},
        )
        self.planted.add("secret block", begun["ChallengeParameters"]["SECRET_BLOCK"])

    def _proof(self) -> dict[str, str]:
        return {"SECRET_HASH": self.pool.hash(NAME)["SecretHash"]}

    def _passwords(self, token: str) -> None:
        self.cognito.change_password(
            AccessToken=token, PreviousPassword=PASSWORDS["First"], ProposedPassword=PASSWORDS["Second"]
        )
        asked = {"ClientId": self.pool.client_id, "Username": NAME, **self.pool.hash(NAME)}
        self.cognito.forgot_password(**asked)
        self.cognito.confirm_forgot_password(**asked, ConfirmationCode=CODE, Password=PASSWORDS["Third"])
        self.cognito.forgot_password(**asked)  # its code is never used

    def _invitation(self) -> None:
        bob = {"UserPoolId": self.pool.pool_id, "Username": "bob"}
        listed = [{"Name": "email", "Value": "bob@post.example"}]
        self.cognito.admin_create_user(
            **bob,
            UserAttributes=listed,
            TemporaryPassword=PASSWORDS["Temporary"],
            DesiredDeliveryMediums=["EMAIL"],
        )
        asked = self.pool.sign_in("bob", PASSWORDS["Temporary"])
        self.planted.add("session of bob", asked["Session"])
        self.cognito.admin_set_user_password(**bob, Password=PASSWORDS["Final"], Permanent=True)

    def _administrators(self) -> None:
        pool_id = self.pool.pool_id
        details = {"client_id": "google", "client_secret": PROVIDER_SECRET, "authorize_scopes": "openid"}
        self.cognito.create_identity_provider(
            UserPoolId=pool_id, ProviderName="Google", ProviderType="Google", ProviderDetails=details
        )
        self.planted.add("secret of provider", PROVIDER_SECRET)
        self.cognito.get_signing_certificate(UserPoolId=pool_id)
        made = self.cognito.create_user_pool_client(UserPoolId=pool_id, ClientName="b", GenerateSecret=True)
        self.planted.add("generated client secret", made["UserPoolClient"]["ClientSecret"])
        _, secret = access_keys.create(self.house.settings, None, "planted", None)
        self.planted.add("access key", secret)

    def _import(self) -> None:
        """A file of users that waits to be imported."""
        job = created(self.pool)
        job["PreSignedUrl"] = job["PreSignedUrl"].replace(ISSUER, self.house.servers[0].url)
        row = user(f"{PLANT}Uma", phone_number="+14440000002", phone_number_verified="TRUE")
        assert upload(job, csv_of(header_of(self.pool), [row])).status == 200

    def _stack(self) -> None:
        """A template with a secret among its parameters."""
        pool = {"Type": "AWS::Cognito::UserPool", "Properties": {"UserPoolName": "stacked"}}
        details = {"client_id": "google", "client_secret": {"Ref": "Secret"}, "authorize_scopes": "openid"}
        provider = {"UserPoolId": {"Ref": "Pool"}, "ProviderName": "Google", "ProviderType": "Google"}
        template = {
            "Parameters": {"Secret": {"Type": "String", "NoEcho": True}},
            "Resources": {
                "Pool": pool,
                "Google": {
                    "Type": "AWS::Cognito::UserPoolIdentityProvider",
                    "Properties": {**provider, "ProviderDetails": details},
                },
            },
        }
        options = stacks.Options("planted", {"Secret": PROVIDER_SECRET})
        assert stacks.apply(self.house.settings, stacks.Asked(json.dumps(template), options), lambda _: None)

    def _triggers(self) -> None:
        for trigger, arn in (("PreSignUp", HOOK), ("PreAuthentication", FUNCTION)):
            made = self.cognito.create_user_pool(PoolName=trigger, LambdaConfig={trigger: arn})
            pool_id = made["UserPool"]["Id"]
            client = self.cognito.create_user_pool_client(
                UserPoolId=pool_id, ClientName="a", ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]
            )
            pool = Pool(self.cognito, self.house.servers[0], pool_id, client["UserPoolClient"]["ClientId"], None)
            with suppress(ClientError):
                pool.sign_up(NAME, Password=PASSWORDS["First"])
            with suppress(ClientError):
                pool.sign_in(NAME, PASSWORDS["First"])
        for what, secret in (("smtp", SMTP_PASSWORD), ("hook", HOOK_SECRET), ("lambda", LAMBDA_SECRET)):
            self.planted.add(f"{what} secret of the settings", secret)

    def _keys_of_the_house(self) -> None:
        """The master key, and the private keys of the pool."""
        server = self.house.servers[0]
        for number, line in enumerate(self.house.settings.master_key_path.read_bytes().splitlines()):
            self.planted.add(f"master key {number}", base64.b64decode(line))
        keys = server.run(pool_keys(server.application.world, self.pool.pool_id))
        for key in keys.by_id.values():
            numbers = key._private.private_numbers()  # type: ignore[attr-defined]
            for name in ("p", "q", "d"):
                number = getattr(numbers, name)
                self.planted.add(f"{name} of {key.key_id}", number.to_bytes((number.bit_length() + 7) // 8, "big"))


def slips(life: Life) -> Iterator[tuple[str, dict[str, Any]]]:
    """Calls full of secrets, for servers whose store fails."""
    pool, password = life.pool, PASSWORDS["First"]
    client = {"ClientId": pool.client_id, **pool.hash(NAME)}
    admin = {"UserPoolId": pool.pool_id, "Username": NAME}
    login = {"USERNAME": NAME, "PASSWORD": password, "SECRET_HASH": pool.hash(NAME)["SecretHash"]}
    yield "sign_up", {**client, "Username": "eve", "Password": password}
    yield "confirm_sign_up", {**client, "Username": NAME, "ConfirmationCode": CODE}
    yield "forgot_password", {**client, "Username": NAME}
    yield "initiate_auth", {"ClientId": pool.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": login}
    yield "admin_set_user_password", {**admin, "Password": password}
    yield "admin_create_user", {**admin, "Username": "new", "TemporaryPassword": password}
    yield "create_user_pool_client", {"UserPoolId": pool.pool_id, "ClientName": "c", "ClientSecret": CLIENT_SECRET}
    details = {"client_id": "google", "client_secret": PROVIDER_SECRET, "authorize_scopes": "openid"}
    provider = {"ProviderName": "Facebook", "ProviderType": "Facebook", "ProviderDetails": details}
    yield "create_identity_provider", {"UserPoolId": pool.pool_id, **provider}
