"""No operation works for somebody who may not call it, and none of them writes a thing (API-01, API-03).

All operations of both services are called over HTTP, on a server that verifies signatures. Which operation takes
whom follows from AWS's own model, not from this server's tables.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from botocore.credentials import Credentials

from cognomen import errors
from cognomen.api import not_yet
from cognomen.api.table import HANDLERS, MODEL
from cognomen.domain.signing_keys import TokenUse
from cognomen.flows.pool_keys import pool_keys
from promises.caller import Caller, Signature
from promises.made_up import modelled, operations, request_for
from promises.store import everything
from promises.verifying import ACCESS_KEY, verifying
from refusals import worlds
from refusals.forgeries import FORGERIES
from refusals.reach import INGREDIENTS
from refusals.service import Answer, Service
from served import Served

Operation = tuple[str, str]
ALL = operations()
EITHER = {("cognito-idp", "GetClientToken"), ("cognito-idp", "GetDerivedToken")}  # reference 01: signed or not


def _members(operation: Operation) -> frozenset[str]:
    shape = modelled(operation).input_shape
    return frozenset(shape.members) if shape else frozenset()


def _is_unsigned(operation: Operation) -> bool:
    return modelled(operation).auth_type == "none"


SIGNED = [one for one in ALL if not _is_unsigned(one) and one not in EITHER]
UNSIGNED = [one for one in ALL if _is_unsigned(one)]
TOKEN_OR_SESSION = [("cognito-idp", "AssociateSoftwareToken"), ("cognito-idp", "VerifySoftwareToken")]
BY_TOKEN = [one for one in UNSIGNED if "AccessToken" in _members(one) and one not in TOKEN_OR_SESSION]
BY_CLIENT = [one for one in UNSIGNED if "ClientId" in _members(one)]
FEEDBACK = ("cognito-idp", "UpdateAuthEventFeedback")
GUESTS = [one for one in UNSIGNED if one[0] == "cognito-identity"]


NEEDS = ("pool", "client_with_secret", "signed_in_user", "second_client", "second_pool")


@dataclass(frozen=True)
class House:
    """A server with something in it that a stranger could spoil."""

    server: Served
    caller: Caller
    pools: worlds.Pools
    facts: Mapping[str, Any]

    def someone(self) -> worlds.World:
        """Another user with live tokens, whom a test may spoil."""
        return worlds.prepare(self.pools, None, [INGREDIENTS[name] for name in NEEDS[:3]])

    def request(self, operation: Operation, **more: Any) -> dict[str, Any]:
        """A request that would do something, were the caller who they should be."""
        known = {
            "UserPoolId": self.facts["pool_id"],
            "ClientId": self.facts["client_id"],
            "Username": self.facts["username"],
            "SecretHash": self.facts["hash"],
            **more,
        }
        return request_for(*operation, known)

    def refuses(self, operation: Operation, request: Mapping[str, Any], signature: Signature | None = None) -> Answer:
        """The refusal of a call, which changed nothing in the store."""
        before = everything(self.server)
        answer = self.caller.call(operation, request, signature)
        assert answer.status == 400, (operation, answer)
        assert everything(self.server) == before, operation
        return answer


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with (
        verifying(tmp_path_factory.mktemp("house")) as server,
        Caller(server.url) as caller,
        Service(server.url, Credentials(*ACCESS_KEY)) as service,
    ):
        pools = worlds.Pools(service)
        world = worlds.prepare(pools, None, [INGREDIENTS[name] for name in NEEDS])
        yield House(server, caller, pools, {**world.facts, "hash": world.value("secret_hash")})


def names(operation: Operation) -> str:
    return operation[1]


def test_all_164_operations_are_called_here() -> None:
    """API-01: the lists of this file are the model's: 34 and 4 unsigned operations of 141 and 23, each in one list."""
    assert (len(ALL), len(UNSIGNED), len(GUESTS)) == (164, 38, 4)
    parts = [*SIGNED, *EITHER, *BY_TOKEN, *TOKEN_OR_SESSION, *BY_CLIENT, FEEDBACK, *GUESTS]
    assert sorted(parts) == sorted(ALL)
    assert set(MODEL) == set(ALL)


# Signed operations


RIGHT = Signature(*ACCESS_KEY)
FOREIGN = {
    "an unknown access key": (Signature("AKIDNOBODY", "nobody's"), "UnrecognizedClientException"),
    "a session token": (Signature(*ACCESS_KEY, token="made-up"), "UnrecognizedClientException"),
    "a wrong secret": (Signature(ACCESS_KEY[0], "somebody-else's"), "InvalidSignatureException"),
    "an old signature": (Signature(*ACCESS_KEY, late=timedelta(minutes=16)), "InvalidSignatureException"),
    "a signature of tomorrow": (Signature(*ACCESS_KEY, late=timedelta(days=-1)), "InvalidSignatureException"),
    "the other service": (Signature(*ACCESS_KEY, other_service=True), "InvalidSignatureException"),
    "another region": (Signature(*ACCESS_KEY, replace=("us-east-1", "eu-west-1")), "InvalidSignatureException"),
}
MALFORMED = {
    "empty": "",
    "no parameters": "AWS4-HMAC-SHA256",
    "no signature": "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/cognito-idp/aws4_request, SignedHeaders=host",
    "no scope": "AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b",
    "a bearer token": "Bearer made-up",
    "basic": "Basic YTpi",
    "another algorithm": "AWS4-ECDSA-P256-SHA256 Credential=a/20260101/cognito-idp/aws4_request, Signature=b",
}


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_unsigned_calls_are_refused(operation: Operation, house: House) -> None:
    """API-01: an operation for administrators refuses who brings no credentials, and writes nothing."""
    answer = house.refuses(operation, house.request(operation))
    assert (answer.error, answer.message) == ("MissingAuthenticationTokenException", "Missing Authentication Token")


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_malformed_signatures_are_refused(operation: Operation, house: House) -> None:
    """API-01: an Authorization header that is no signature is refused as incomplete, and nothing is written."""
    for authorization in MALFORMED.values():
        signature = Signature(*ACCESS_KEY, authorization=authorization)
        answer = house.refuses(operation, house.request(operation), signature)
        assert answer.error == "IncompleteSignatureException", authorization


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_foreign_signatures_are_refused(operation: Operation, house: House) -> None:
    """API-01: mis-signed, stale, made for another service or region, by an unknown key: refused, nothing is written."""
    for what, (signature, error) in FOREIGN.items():
        answer = house.refuses(operation, house.request(operation), signature)
        assert answer.error == error, what


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_who_may_not_call_learns_nothing_of_the_request(operation: Operation, house: House) -> None:
    """API-01: the signature is checked before the body is read: nonsense in it is not even looked at."""
    headers = house.caller.headers(operation, b"nonsense", FOREIGN["a wrong secret"][0])
    got = house.caller.http.request("POST", f"{house.server.url}/", body=b"nonsense", headers=headers)
    assert b"InvalidSignatureException" in got.data


@pytest.mark.parametrize("operation", [one for one in SIGNED if one not in HANDLERS], ids=names)
def test_the_right_signature_leads_behind_the_door(operation: Operation, house: House) -> None:
    """The refusals above are for the signature: with the right one, an unbuilt operation tells its own reason."""
    carried = {"USERNAME": house.facts["username"], "SECRET_HASH": house.facts["hash"]}
    answer = house.refuses(operation, house.request(operation, ChallengeResponses=carried), RIGHT)
    assert (answer.error, answer.message) == ("UnknownOperationException", not_yet.REASONS[operation])


@pytest.mark.parametrize("operation", [one for one in SIGNED if one in HANDLERS], ids=names)
def test_the_right_signature_works(operation: Operation, house: House) -> None:
    """The refusals above are for the signature: with the right one, a built operation reads the request."""
    request = house.request(operation, UserPoolId="us-east-1_Unknown00")
    answer = house.caller.call(operation, request, RIGHT)
    assert answer.status == 200 or answer.error in MODEL[operation].errors


@pytest.mark.parametrize("operation", UNSIGNED, ids=names)
def test_a_signature_means_nothing_where_none_is_asked_for(operation: Operation, house: House) -> None:
    """Reference 01: unsigned operations ignore an Authorization header, right or wrong: the answer is the same."""
    request = house.request(operation, ClientId="unknown", UserPoolId="us-east-1_Unknown00", AccessToken="made-up")
    plain = house.refuses(operation, request)
    for signature in (RIGHT, FOREIGN["a wrong secret"][0], Signature(*ACCESS_KEY, authorization="Bearer x")):
        signed = house.refuses(operation, request, signature)
        assert (signed.error, signed.message) == (plain.error, plain.message)


# Operations of app clients


CARRIED = ("AuthParameters", "ChallengeResponses")
WRONG = "Q" * 43


def _proved(operation: Operation, house: House, proof: str | None) -> dict[str, Any]:
    """A request that brings this hash or secret wherever the operation carries one."""
    members = _members(operation)
    carried = {"USERNAME": house.facts["username"], **({"SECRET_HASH": proof} if proof else {})}
    chosen: dict[str, Any] = {name: carried for name in CARRIED if name in members}
    direct = {name: proof for name in ("SecretHash", "ClientSecret") if name in members}
    flow = {"AuthFlow": "USER_PASSWORD_AUTH"} if "AuthFlow" in members else {}
    request = {**house.request(operation, **chosen), **direct, **flow}
    return {name: value for name, value in request.items() if value is not None}


@pytest.mark.parametrize("operation", BY_CLIENT, ids=names)
def test_unknown_clients_are_refused(operation: Operation, house: House) -> None:
    """API-01: an operation of an app client refuses a client that does not exist, and writes nothing."""
    request = {**_proved(operation, house, WRONG), "ClientId": "1example23456789unknown0id"}
    answer = house.refuses(operation, request)
    assert answer.error == _as_modelled(operation, "ResourceNotFoundException")


@pytest.mark.parametrize("operation", BY_CLIENT, ids=names)
def test_clients_that_do_not_know_their_secret_are_refused(operation: Operation, house: House) -> None:
    """API-01: where a client has a secret, its operations want the proof: none and wrong ones are refused."""
    for proof in (None, WRONG, house.facts["second_client_secret"]):
        answer = house.refuses(operation, _proved(operation, house, proof))
        assert answer.error == _as_modelled(operation, "NotAuthorizedException"), proof


def _as_modelled(operation: Operation, error: str) -> str:
    """RevokeToken has one name for all of it: UnauthorizedException (reference 02, tokens)."""
    return error if error in MODEL[operation].errors else "UnauthorizedException"


@pytest.mark.parametrize("operation", sorted(EITHER), ids=names)
def test_operations_for_either_want_one_or_the_other(operation: Operation, house: House) -> None:
    """API-01: an operation for signers or clients refuses wrong signatures, unknown clients and wrong secrets."""
    for what, (signature, error) in FOREIGN.items():
        assert house.refuses(operation, house.request(operation), signature).error == error, what
    unknown = house.request(operation, ClientId="unknown")
    assert house.refuses(operation, unknown).error == "ResourceNotFoundException"
    wrong = house.request(operation, ClientSecret=WRONG, Secret=WRONG)
    assert house.refuses(operation, wrong).error == "NotAuthorizedException"


# Operations of users


def _tokens(house: House) -> dict[str, str]:
    """Everything that is no live access token with the right scope, by what is wrong with it (API-03)."""
    live = house.facts["access_token"]
    forged = {name: forge(live) for name, forge in FORGERIES.items()}
    return {
        "an ID token": house.facts["id_token"],
        "a refresh token": house.facts["refresh_token"],
        "nonsense": "made-up",
        **forged,
        **_signed_but_wrong(house),
    }


def _signed_but_wrong(house: House) -> dict[str, str]:
    """Tokens with a right signature of this pool that were not given out like this."""
    world = house.server.application.world
    signers = house.server.run(pool_keys(world, house.facts["pool_id"])).signers
    access = signers[TokenUse.ACCESS]
    claims = access.read(house.facts["access_token"])
    second = house.facts["second_pool_id"]
    changed: Mapping[str, Mapping[str, Any]] = {
        "an expired token": {"exp": claims["iat"] - 1},
        "a token without a scope": {"scope": ""},
        "a token of other scopes": {"scope": "openid email"},
        "a token of a scope that looks alike": {"scope": "aws.cognito.signin.user.administrator"},
        "a token of another issuer": {"iss": f"https://login.example.com/{house.facts['pool_id']}"},
        "a token of another pool's issuer": {"iss": claims["iss"].replace(house.facts["pool_id"], second)},
        "a token of another pool's client": {"client_id": house.facts["client_of_second_pool"]},
        "a token for another use": {"token_use": "id"},
    }
    made = {what: access.sign({**claims, **change}) for what, change in changed.items()}
    return {
        **made,
        "an access token signed by the key for ID tokens": signers[TokenUse.ID].sign({**claims, "token_use": "id"}),
    }


@pytest.fixture(scope="module")
def bad_tokens(house: House) -> dict[str, str]:
    return _tokens(house)


@pytest.mark.parametrize("operation", [*BY_TOKEN, *TOKEN_OR_SESSION], ids=names)
def test_only_a_live_access_token_opens(operation: Operation, house: House, bad_tokens: Mapping[str, str]) -> None:
    """TOK-01: API-03: ID, refresh, forged, expired and foreign tokens and missing scopes are refused; nothing is
    written.
    """
    for what, token in bad_tokens.items():
        answer = house.refuses(operation, house.request(operation, AccessToken=token))
        assert answer.error == "NotAuthorizedException", what


def test_there_are_enough_bad_tokens(bad_tokens: Mapping[str, str]) -> None:
    """API-03 names eight kinds; each token here is another."""
    assert len(set(bad_tokens.values())) == len(bad_tokens) >= 20


@pytest.mark.parametrize("operation", BY_TOKEN, ids=names)
def test_the_right_token_opens(operation: Operation, house: House) -> None:
    """The refusals above are for the token: a live one is not blamed, whatever else the operation finds."""
    token = house.someone().facts["access_token"]
    answer = house.caller.call(operation, house.request(operation, AccessToken=token))
    assert answer.message not in TOKEN_REFUSALS
    assert (answer.error == "UnknownOperationException") is (operation not in HANDLERS)


TOKEN_REFUSALS = {
    refusal.wording
    for refusal in (
        errors.AccessTokenInvalid,
        errors.AccessTokenExpired,
        errors.AccessTokenRevoked,
        errors.AccessTokenLacksScopes,
    )
}


@pytest.mark.parametrize("operation", TOKEN_OR_SESSION, ids=names)
def test_a_session_has_to_be_one(operation: Operation, house: House) -> None:
    """Neither a token nor a session, or a made-up session: refused."""
    assert house.refuses(operation, house.request(operation)).error == "NotAuthorizedException"
    made_up = house.request(operation, Session="made-up-session-of-many-letters")
    assert house.refuses(operation, made_up).error == "NotAuthorizedException"


def test_feedback_wants_the_token_of_its_mail(house: House) -> None:
    """A made-up feedback token is refused, and so is a pool that does not exist."""
    assert house.refuses(FEEDBACK, house.request(FEEDBACK)).error == "NotAuthorizedException"
    unknown = house.request(FEEDBACK, UserPoolId="us-east-1_Unknown00")
    assert house.refuses(FEEDBACK, unknown).error == "ResourceNotFoundException"


@pytest.mark.parametrize("operation", [one for one in GUESTS if one not in HANDLERS], ids=names)
def test_guests_are_told_what_is_not_built(operation: Operation, house: House) -> None:
    """Operations open to guests do nothing yet, and say so."""
    answer = house.refuses(operation, house.request(operation))
    assert (answer.error, answer.message) == ("UnknownOperationException", not_yet.REASONS[operation])


def test_this_server_knows_the_same_classes() -> None:
    """Access classes in the generated wire types are those of the model."""
    expected = {
        **dict.fromkeys(SIGNED, "IAM"),
        **dict.fromkeys(EITHER, "IAM_OR_CLIENT"),
        **dict.fromkeys(BY_TOKEN, "ACCESS_TOKEN"),
        **dict.fromkeys(TOKEN_OR_SESSION, "TOKEN_OR_SESSION"),
        **dict.fromkeys(BY_CLIENT, "CLIENT"),
        **dict.fromkeys(GUESTS, "LOGINS"),
        FEEDBACK: "FEEDBACK_TOKEN",
    }
    assert {key: operation.access.value for key, operation in MODEL.items()} == expected
