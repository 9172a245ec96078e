"""A world with a pool, a client, users and tokens inside this process, made through the API itself."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from asgi import Browser, Reply
from cognomen.api.table import MODEL
from cognomen.wire._base import Access, Operation
from fuzz.hostile import PLANT, Known
from promises.made_up import target_of
from refusals.srp_client import SrpClient

FLOWS = [
    "ALLOW_USER_PASSWORD_AUTH",
    "ALLOW_REFRESH_TOKEN_AUTH",
    "ALLOW_ADMIN_USER_PASSWORD_AUTH",
    "ALLOW_USER_SRP_AUTH",
]
CODE = "246810"
# Members whose values no refusal and no log may repeat. The model does not count codes in, and AWS repeats one that
# breaks its pattern; no code that was sent ever does.
SECRET_NAMES = frozenset(
    {
        *("Password", "PreviousPassword", "ProposedPassword", "TemporaryPassword", "ClientSecret", "SecretHash"),
        *("AccessToken", "RefreshToken", "Token", "PASSWORD", "NEW_PASSWORD", "SECRET_HASH", "REFRESH_TOKEN"),
        *("PASSWORD_CLAIM_SIGNATURE", "PASSWORD_CLAIM_SECRET_BLOCK"),
    }
)
PAIRS = [{"Name": "email", "Value": "x@domain.example"}, {"Name": "name", "Value": "Ann"}, {"Name": "custom:x"}]


@dataclass
class Lane:
    """Calls to one application, and every secret that went through it."""

    browser: Browser
    secrets: set[str] = field(default_factory=set)
    _numbers: Any = field(default_factory=count)

    async def send(self, operation: Operation, body: bytes) -> Reply:
        """One call, signed where the model wants it."""
        call = self.browser.signed if operation.access is Access.IAM else self.browser.call
        return await call(target_of(operation.service, operation.name), body)

    async def done(self, name: str, **members: Any) -> Any:
        """The answer to a call that must succeed."""
        reply = await self.send(MODEL["cognito-idp", name], json.dumps(members).encode())
        assert reply.status == 200, (name, reply.body)
        return reply.json if reply.body else {}

    async def pool(self) -> tuple[str, str]:
        """Id and ARN of a pool that no single stray call deletes."""
        made = await self.done(
            "CreateUserPool",
            PoolName="fuzz",
            DeletionProtection="ACTIVE",
            AutoVerifiedAttributes=["email"],
            Schema=[{"Name": "x", "AttributeDataType": "String", "Mutable": True}],
        )
        return made["UserPool"]["Id"], made["UserPool"]["Arn"]

    async def world(self, pool: tuple[str, str]) -> Known:
        """A fresh client, a signed-in user, one who has not confirmed and one who must change the password."""
        number, (pool_id, arn) = next(self._numbers), pool
        client = await self._client(pool_id, f"{PLANT}Client{number:024}" if number % 3 == 0 else "")
        name, waiting, password = f"ann{number}", f"new{number}", f"{PLANT}-Horse-{number}-a"
        mail = {"Name": "email", "Value": f"{name}@domain.example"}
        for each in (name, waiting):
            mails = [{**mail, "Value": f"{each}@domain.example"}]
            await self.done("SignUp", **client.of(each), Username=each, Password=password, UserAttributes=mails)
        verified = [{"Name": "email_verified", "Value": "true"}]
        await self.done("AdminConfirmSignUp", UserPoolId=pool_id, Username=name)
        await self.done("AdminUpdateUserAttributes", UserPoolId=pool_id, Username=name, UserAttributes=verified)
        await self.done("SetUserPoolMfaConfig", UserPoolId=pool_id)  # a request may have switched it on
        tokens = (await self._sign_in(client, name, password))["AuthenticationResult"]
        session = await self._session(pool_id, client, f"inv{number}")
        proof = await self._proof(pool_id, client, name, password)
        await self.done("CreateGroup", UserPoolId=pool_id, GroupName=f"g{number}")
        login = {**client.login(name, password), "REFRESH_TOKEN": tokens["RefreshToken"]}
        self.secrets |= {password, client.secret or password, tokens["AccessToken"], tokens["RefreshToken"], session}
        self.secrets |= {proof["PASSWORD_CLAIM_SIGNATURE"], proof["PASSWORD_CLAIM_SECRET_BLOCK"]}
        values = values_of(client, tokens, session, login)
        return Known(
            {
                **values,
                "ChallengeResponses": [*values["ChallengeResponses"], {**login, **proof}],
                **{key: [password] for key in ("Password", "PreviousPassword", "ProposedPassword")},
                "UserPoolId": [pool_id],
                "Username": [name, name, name, waiting, f"fresh{number}", mail["Value"]],
                "GroupName": [f"g{number}"],
                "ResourceArn": [arn],
                **({"SecretHash": [client.of(name)["SecretHash"]]} if client.secret else {}),
            },
            SECRET_NAMES,
        )

    async def _client(self, pool_id: str, secret: str) -> "Client":
        more = {"ClientSecret": secret} if secret else {}
        made = await self.done(
            "CreateUserPoolClient", UserPoolId=pool_id, ClientName="a", ExplicitAuthFlows=FLOWS, **more
        )
        return Client(made["UserPoolClient"]["ClientId"], secret)

    async def _sign_in(self, client: "Client", name: str, password: str) -> Any:
        login = client.login(name, password)
        return await self.done(
            "InitiateAuth", ClientId=client.client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters=login
        )

    async def _proof(self, pool_id: str, client: "Client", name: str, password: str) -> dict[str, str]:
        """The right answer to a challenge that waits for the proof of a password."""
        exchange = SrpClient(pool_id)
        login = {**client.login(name, password), "SRP_A": exchange.srp_a}
        asked = await self.done(
            "InitiateAuth", ClientId=client.client_id, AuthFlow="USER_SRP_AUTH", AuthParameters=login
        )
        return exchange.proof(asked["ChallengeParameters"], password)

    async def _session(self, pool_id: str, client: "Client", name: str) -> str:
        """The session of a challenge that waits for a new password."""
        first = f"{PLANT}-Temporary-1"
        invited = {"UserPoolId": pool_id, "Username": name}
        await self.done("AdminCreateUser", **invited, TemporaryPassword=first, MessageAction="SUPPRESS")
        return str((await self._sign_in(client, name, first))["Session"])


@dataclass(frozen=True)
class Client:
    """An app client; its secret is empty where it has none."""

    client_id: str
    secret: str

    def of(self, name: str) -> dict[str, str]:
        """The members that a call for a user carries."""
        return {"ClientId": self.client_id, **({"SecretHash": self._proof(name)} if self.secret else {})}

    def login(self, name: str, password: str) -> dict[str, str]:
        """The parameters of a sign-in."""
        proof = {"SECRET_HASH": self._proof(name)} if self.secret else {}
        return {"USERNAME": name, "PASSWORD": password, **proof}

    def _proof(self, name: str) -> str:
        """SECRET_HASH by the published formula."""
        text = f"{name}{self.client_id}".encode()
        return base64.b64encode(hmac.digest(self.secret.encode(), text, hashlib.sha256)).decode()


def values_of(
    client: Client, tokens: Mapping[str, str], session: str, login: Mapping[str, str]
) -> Mapping[str, list[Any]]:
    """The members that go with a client and its tokens."""
    answers = {**login, "NEW_PASSWORD": f"{PLANT}-Horse-2-b", "userAttributes.name": "x", "SRP_A": "f" * 300}
    invited = {**answers, "USERNAME": login["USERNAME"].replace("ann", "inv")}
    return {
        "ClientId": [client.client_id],
        "AccessToken": [tokens["AccessToken"]] * 4 + [tokens["IdToken"]],
        "RefreshToken": [tokens["RefreshToken"]],
        "Token": [tokens["RefreshToken"], tokens["AccessToken"]],
        "Session": [session],
        "AuthFlow": ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH", "ADMIN_USER_PASSWORD_AUTH", "USER_SRP_AUTH"],
        "AuthParameters": [{**login, "SRP_A": "f" * 300}],
        "ChallengeName": ["NEW_PASSWORD_REQUIRED", "PASSWORD_VERIFIER"],
        "ChallengeResponses": [answers, invited],
        "ConfirmationCode": [CODE],
        "Code": [CODE],
        "AttributeName": ["email", "email", "name"],
        "UserAttributes": [PAIRS[:1], PAIRS[1:2], PAIRS[2:], [*PAIRS]],
        "UserAttributeNames": [["name"], ["custom:x"]],
    }
