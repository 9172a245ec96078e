"""Who may call what: no operation works for a key that may not make the call, and none of them writes a thing.

All signed operations of both services are called over HTTP, on a server that verifies signatures (API-01, API-04).
"""

from collections.abc import Iterator

import pytest

from promises.caller import Signature
from promises.guarded import (
    ABOUT_NOTHING,
    NO_POOL,
    OTHER_IDENTITY_POOL,
    ROLE,
    Guarded,
    Operation,
    allow,
    deny,
    guarded,
    identity_pool_arn,
    members_of,
    policy,
    pool_arn,
)
from promises.made_up import modelled, operations
from promises.verifying import ACCESS_KEY

EITHER = {("cognito-idp", "GetClientToken"), ("cognito-idp", "GetDerivedToken")}
BY_SECRET = ("cognito-idp", "GetClientToken")  # AWS evaluates no policy there, whoever signed
SIGNED = [one for one in operations() if modelled(one).auth_type != "none" and one != BY_SECRET]
ONLY_SIGNED = [one for one in SIGNED if one not in EITHER]
INVALID_TOKEN = "The security token included in the request is invalid."
EXPIRED_TOKEN = "The security token included in the request is expired"


def names(operation: Operation) -> str:
    return operation[1]


def action_of(operation: Operation) -> str:
    return ":".join(operation)


def user_arn(name: str) -> str:
    return f"arn:aws:iam::000000000000:user/{name}"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """Its store holds a key that is disabled, one for another pool, and for each operation two: with and without it."""
    with guarded(tmp_path_factory.mktemp("house")) as made:
        made.keep("all")
        made.keep("disabled", enabled=False)
        elsewhere = [pool_arn(made.facts["second_pool_id"]), identity_pool_arn(OTHER_IDENTITY_POOL)]
        made.keep("elsewhere", policy(allow(resource=elsewhere)))
        for operation in SIGNED:
            action = action_of(operation)
            made.keep(f"without-{operation[1]}-{operation[0]}", policy(allow(), deny(action)))
            resource = made.resource(operation, known_pool(operation))
            made.keep(f"only-{operation[1]}-{operation[0]}", policy(allow(action, resource)))
        yield made


def test_all_signed_operations_are_called_here() -> None:
    """Of 141 and 23 operations, 107 and 19 are signed; each is about a pool, unless it is listed as about nothing."""
    assert (len(SIGNED), len(operations())) == (125, 164)
    naming = {"UserPoolId", "IdentityPoolId", "ResourceArn"}
    about_pools = {one for one in ONLY_SIGNED if naming & members_of(one)}
    assert set(ONLY_SIGNED) - about_pools == ABOUT_NOTHING


@pytest.mark.parametrize("operation", ONLY_SIGNED, ids=names)
def test_without_credentials(operation: Operation, house: Guarded) -> None:
    """Who brings no credentials is refused."""
    answer = house.refuses(operation, None)
    assert (answer.error, answer.message) == ("MissingAuthenticationTokenException", "Missing Authentication Token")


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_with_a_key_that_is_nobody_s(operation: Operation, house: Guarded) -> None:
    """Unknown, disabled, temporary without its token, or with a token that is not its own: all one refusal."""
    session, other = house.session(policy(allow())), house.session(policy(allow()))
    strangers = {
        "unknown": Signature("AKIDNOBODY", "nobody's"),
        "disabled": house.kept["disabled"],
        "without its token": Signature(session.access_key, session.secret),
        "with another's token": Signature(session.access_key, session.secret, token=other.token),
        "a lasting key with a token": Signature(*ACCESS_KEY, token=session.token),
        "a made-up token": Signature(*ACCESS_KEY, token="made-up"),
    }
    for what, signature in strangers.items():
        answer = house.refuses(operation, signature)
        assert (answer.error, answer.message) == ("UnrecognizedClientException", INVALID_TOKEN), what


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_with_a_wrong_secret(operation: Operation, house: Guarded) -> None:
    """A known key, lasting or temporary, with a secret that is not its own."""
    lasting, session = house.kept["all"], house.session(policy(allow()))
    for known in (lasting, session):
        answer = house.refuses(operation, Signature(known.access_key, "somebody-else's", token=known.token))
        assert answer.error == "InvalidSignatureException"
        assert (answer.message or "").startswith("The request signature we calculated does not match")


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_with_an_expired_session(operation: Operation, house: Guarded) -> None:
    """Temporary credentials end with their session, whatever they allowed."""
    answer = house.refuses(operation, house.session(policy(allow()), lives_ms=-1))
    assert (answer.error, answer.message) == ("ExpiredTokenException", EXPIRED_TOKEN)


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_with_a_key_for_another_pool(operation: Operation, house: Guarded) -> None:
    """API-04: who may do everything with one pool may do nothing with another, nor what is about no pool."""
    answer = house.refuses(operation, house.kept["elsewhere"])
    expected = no_policy(user_arn("elsewhere"), operation, house.resource(operation))
    assert (answer.error, answer.message) == ("AccessDeniedException", expected)


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_with_a_policy_that_denies(operation: Operation, house: Guarded) -> None:
    """What one statement denies is refused although another allows everything."""
    name = f"without-{operation[1]}-{operation[0]}"
    answer = house.refuses(operation, house.kept[name])
    assert answer.error == "AccessDeniedException"
    assert answer.message == (
        f"User: {user_arn(name)} is not authorized to perform: {action_of(operation)} on resource:"
        f" {house.resource(operation)} with an explicit deny in an identity-based policy"
    )


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_with_a_session_that_may_do_something_else(operation: Operation, house: Guarded) -> None:
    """The policy of a session comes with its token, and the refusal names the role."""
    answer = house.refuses(operation, house.session(policy(allow("s3:*"))))
    expected = no_policy(ROLE, operation, house.resource(operation))
    assert (answer.error, answer.message) == ("AccessDeniedException", expected)


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_who_may_not_learns_nothing_of_what_exists(operation: Operation, house: Guarded) -> None:
    """A pool, client or user that does not exist is refused in the same words as one that does."""
    answer = house.refuses(operation, house.kept["elsewhere"], pool_id=NO_POOL, Username="nobody")
    expected = no_policy(user_arn("elsewhere"), operation, house.resource(operation, known_pool(operation)))
    assert (answer.error, answer.message) == ("AccessDeniedException", expected)


def known_pool(operation: Operation) -> str | None:
    """The pool that a request is about where none of the house's is named: that of the client, or none at all."""
    return None if operation in EITHER else NO_POOL


CLOSED_DOORS = {
    "AccessDeniedException",
    "UnrecognizedClientException",
    "InvalidSignatureException",
    "ExpiredTokenException",
    "MissingAuthenticationTokenException",
}


@pytest.mark.parametrize("operation", SIGNED, ids=names)
def test_one_action_on_one_resource_is_enough(operation: Operation, house: Guarded) -> None:
    """The refusals above are for the policy: a key or session that may do just this gets to the operation.

    The pool is one that does not exist, so that nothing is spoilt for the others.
    """
    resource = house.resource(operation, known_pool(operation))
    session = house.session(policy(allow(action_of(operation), resource)))
    for signature in (house.kept[f"only-{operation[1]}-{operation[0]}"], session):
        answer = house.call(operation, signature, pool_id=NO_POOL)
        assert answer.error not in CLOSED_DOORS, answer.message


def test_where_a_secret_decides_no_policy_does(house: Guarded) -> None:
    """GetClientToken, signed with a key that may do nothing, gets as far as the secret."""
    session = house.session(policy(allow("cognito-idp:ListUserPools")))
    answer = house.call(BY_SECRET, session)
    assert answer.error not in CLOSED_DOORS, answer.message


def no_policy(arn: str, operation: Operation, resource: str) -> str:
    action = action_of(operation)
    return (
        f"User: {arn} is not authorized to perform: {action} on resource: {resource}"
        f" because no identity-based policy allows the {action} action"
    )
