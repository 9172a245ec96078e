"""SRP sign-ins through the AWS SDK, step by step."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from conftest import PASSWORD, Pool
from refusals.srp_client import SrpClient

WRONG = "Wrong-Horse-9"
INCORRECT = ("NotAuthorizedException", "Incorrect username or password.")
FLOWS = [
    *("ALLOW_USER_SRP_AUTH", "ALLOW_USER_PASSWORD_AUTH"),
    *("ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"),
]
CLIENT = {"ExplicitAuthFlows": FLOWS}
HIDING = {**CLIENT, "PreventUserExistenceErrors": "ENABLED"}


class Exchange:
    """One SRP sign-in under way."""

    def __init__(
        self, pool: Pool, name: str, *, admin: bool = False, srp_a: str = "", client: SrpClient | None = None
    ) -> None:
        self.pool = pool
        self.client = client or SrpClient(pool.pool_id)
        begin = pool.cognito.admin_initiate_auth if admin else pool.cognito.initiate_auth
        parameters = {"USERNAME": name, "SRP_A": srp_a or self.client.srp_a, **hash_of(pool, name)}
        self.begun = begin(**ids_of(pool, admin), AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)
        self.asked = self.begun["ChallengeParameters"]

    def proof(self, password: str = PASSWORD, timestamp: str = "") -> dict[str, str]:
        proof = self.client.proof(self.asked, password, timestamp)
        return {**proof, **hash_of(self.pool, proof["USERNAME"])}

    def answer(self, password: str = PASSWORD, *, timestamp: str = "", admin: bool = False, **changed: str) -> Any:
        return respond(self.pool, {**self.proof(password, timestamp), **changed}, admin=admin)


def ids_of(pool: Pool, admin: bool) -> dict[str, str]:
    return {"ClientId": pool.client_id, **({"UserPoolId": pool.pool_id} if admin else {})}


def hash_of(pool: Pool, name: str) -> dict[str, str]:
    return {"SECRET_HASH": pool.hash(name)["SecretHash"]} if pool.secret else {}


def respond(pool: Pool, proof: dict[str, str], *, admin: bool = False, **more: Any) -> Any:
    answer = pool.cognito.admin_respond_to_auth_challenge if admin else pool.cognito.respond_to_auth_challenge
    return answer(**ids_of(pool, admin), ChallengeName="PASSWORD_VERIFIER", ChallengeResponses=proof, **more)


def sign_in(pool: Pool, name: str, password: str = PASSWORD) -> Any:
    return Exchange(pool, name).answer(password)


def refusal(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as refused:
        call()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def is_signed_in(answer: Any) -> bool:
    return {"AccessToken", "IdToken", "RefreshToken"} <= answer["AuthenticationResult"].keys()
