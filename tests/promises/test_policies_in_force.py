"""What a policy asks of a request is what the server knows of it: tags, addresses, regions, times, names."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from promises.caller import Caller, Signature
from promises.guarded import ACCOUNT, NO_POOL, Guarded, allow, deny, guarded, policy, pool_arn
from promises.verifying import ACCESS_KEY
from served import Served, serve

PASSED = "passed"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with guarded(tmp_path_factory.mktemp("house")) as made:
        yield made


@pytest.fixture(scope="module")
def red_pool(house: Guarded) -> str:
    """A pool with the tag Team = red."""
    made = sdk(house.server, Signature(*ACCESS_KEY)).create_user_pool(PoolName="red", UserPoolTags={"Team": "red"})
    return str(made["UserPool"]["Id"])


def sdk(server: Served, signature: Signature, region: str = "us-east-1") -> Any:
    """The AWS SDK with these credentials, whose calls are answered with their result or the name of their refusal."""
    keys = {
        "aws_access_key_id": signature.access_key,
        "aws_secret_access_key": signature.secret,
        "aws_session_token": signature.token,
    }
    config = Config(retries={"max_attempts": 0})
    return boto3.client("cognito-idp", endpoint_url=server.url, region_name=region, config=config, **keys)


def outcome(call: Any, **request: Any) -> str:
    """`passed`, or the name of the refusal."""
    try:
        call(**request)
    except ClientError as refused:
        return str(refused.response["Error"]["Code"])
    return PASSED


def session(house: Guarded, *statements: dict[str, Any], **context: tuple[str, ...]) -> Any:
    """The SDK with temporary credentials of this policy; `context` has `__` for the colon and `_of_` for the slash."""
    named = {name.replace("__", ":").replace("_of_", "/"): value for name, value in context.items()}
    return sdk(house.server, house.session(policy(*statements), **named))


DENIED = "AccessDeniedException"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({"StringEquals": {"aws:ResourceTag/Team": "red"}}, PASSED),
        ({"StringEquals": {"aws:resourcetag/team": "red"}}, PASSED),
        ({"StringEquals": {"aws:ResourceTag/Team": "blue"}}, DENIED),
        ({"Null": {"aws:ResourceTag/Team": "true"}}, DENIED),
        ({"Null": {"aws:ResourceTag/Other": "true"}}, PASSED),
        ({"StringEquals": {"aws:ResourceTag/Team": "${aws:PrincipalTag/Team}"}}, PASSED),
        ({"StringEquals": {"aws:ResourceTag/Team": "${aws:PrincipalTag/Other}"}}, DENIED),
    ],
)
def test_tags_of_the_resource(house: Guarded, red_pool: str, conditions: dict[str, Any], expected: str) -> None:
    """A pool's own tags decide, also compared with those of the session."""
    client = session(house, allow(Condition=conditions), aws__PrincipalTag_of_Team=("red",))
    assert outcome(client.describe_user_pool, UserPoolId=red_pool) == expected


def test_a_tag_that_is_set_later_decides_from_then_on(house: Guarded) -> None:
    """Whoever may tag can let others in; another pool, and one that is not there, have no such tag."""
    root = sdk(house.server, Signature(*ACCESS_KEY))
    pool_id = root.create_user_pool(PoolName="later")["UserPool"]["Id"]
    reds = session(house, allow(Condition={"StringEquals": {"aws:ResourceTag/Team": "red"}}))
    assert outcome(reds.describe_user_pool, UserPoolId=pool_id) == DENIED
    root.tag_resource(ResourceArn=pool_arn(pool_id), Tags={"Team": "red"})
    assert outcome(reds.describe_user_pool, UserPoolId=pool_id) == PASSED
    assert outcome(reds.list_tags_for_resource, ResourceArn=pool_arn(pool_id)) == PASSED
    assert outcome(reds.describe_user_pool, UserPoolId=house.facts["pool_id"]) == DENIED
    assert outcome(reds.describe_user_pool, UserPoolId=NO_POOL) == DENIED
    assert outcome(reds.list_user_pools, MaxResults=1) == DENIED


def test_tags_of_the_request(house: Guarded) -> None:
    """Pools may be made with the tag asked for, and with no others."""
    conditions = {
        "StringEquals": {"aws:RequestTag/Team": "red"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["Team", "Stage"]},
    }
    client = session(house, allow(Condition=conditions))
    outcomes = {
        tags: outcome(client.create_user_pool, PoolName="a", UserPoolTags=dict(tags))
        for tags in (
            (("Team", "red"),),
            (("Team", "red"), ("Stage", "test")),
            (("Team", "blue"),),
            (("Team", "red"), ("Other", "x")),
            (("Stage", "test"),),
        )
    }
    assert list(outcomes.values()) == [PASSED, PASSED, DENIED, DENIED, DENIED]
    assert outcome(client.create_user_pool, PoolName="a") == DENIED


def test_tags_that_are_taken_away(house: Guarded, red_pool: str) -> None:
    """UntagResource names its keys, which a policy can keep it from."""
    keeping = deny("cognito-idp:UntagResource", Condition={"ForAnyValue:StringEquals": {"aws:TagKeys": "Team"}})
    client = session(house, allow(), keeping)
    arn = pool_arn(red_pool)
    assert outcome(client.untag_resource, ResourceArn=arn, TagKeys=["Stage", "Team"]) == DENIED
    assert outcome(client.untag_resource, ResourceArn=arn, TagKeys=["Stage"]) == PASSED


SPELLINGS = [
    "arn:aws-cn:cognito-idp:eu-west-1:{account}:userpool/{pool}",
    "arn:x:cognito-idp:y:999999999999:userpool/{pool}",
]


@pytest.mark.parametrize("spelling", [*SPELLINGS, "arn:aws:cognito-idp:us-east-1:{account}:userpool/{pool}"])
def test_an_arn_is_of_the_pool_that_it_names(house: Guarded, red_pool: str, spelling: str) -> None:
    """API-04: however the ARN of another pool is spelled, it opens nothing."""
    arn = spelling.format(account=ACCOUNT, pool=red_pool)
    own, spelled = allow(resource=pool_arn(house.facts["pool_id"])), allow(resource="arn:x:*:userpool/*")
    for statement in (own, spelled):
        client = session(house, statement)
        assert outcome(client.tag_resource, ResourceArn=arn, Tags={"Team": "blue"}) == DENIED


CIRCUMSTANCES = [
    ({"IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, PASSED),
    ({"NotIpAddress": {"aws:SourceIp": "127.0.0.0/8"}}, DENIED),
    ({"DateLessThan": {"aws:CurrentTime": "2100-01-01T00:00:00Z"}}, PASSED),
    ({"DateLessThan": {"aws:CurrentTime": "2024-01-01T00:00:00Z"}}, DENIED),
    ({"NumericGreaterThan": {"aws:EpochTime": "1700000000"}}, PASSED),
    ({"DateGreaterThan": {"aws:EpochTime": "2100-01-01T00:00:00Z"}}, DENIED),
    ({"Bool": {"aws:SecureTransport": "false"}}, PASSED),
    ({"Bool": {"aws:SecureTransport": "true"}}, DENIED),
    ({"StringEquals": {"aws:RequestedRegion": "us-east-1"}}, PASSED),
    ({"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}, DENIED),
    ({"ArnLike": {"aws:PrincipalArn": "arn:aws:sts::*:assumed-role/app/*"}}, PASSED),
    ({"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}, PASSED),
    ({"Null": {"aws:username": "true"}}, PASSED),
    ({"DateGreaterThan": {"aws:TokenIssueTime": "2024-01-01T00:00:00Z"}}, PASSED),
    ({"DateGreaterThan": {"aws:TokenIssueTime": "2100-01-01T00:00:00Z"}}, DENIED),
]


@pytest.mark.parametrize(("conditions", "expected"), CIRCUMSTANCES)
def test_circumstances(house: Guarded, conditions: dict[str, Any], expected: str) -> None:
    """Where the call comes from, when, from whom and for which region."""
    client = session(house, allow(Condition=conditions))
    assert outcome(client.describe_user_pool, UserPoolId=house.facts["pool_id"]) == expected


def test_the_region_is_the_pools_whatever_was_signed_for(house: Guarded) -> None:
    """A caller who may work in one region cannot reach pools of another by signing for the first."""
    conditions = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    client = sdk(house.server, house.session(policy(allow(Condition=conditions))), region="eu-west-1")
    assert outcome(client.describe_user_pool, UserPoolId=house.facts["pool_id"]) == DENIED
    assert outcome(client.list_user_pools, MaxResults=1) == PASSED


def test_a_client_stands_for_its_pool(house: Guarded) -> None:
    """GetDerivedToken is about the pool of its client; a client that is nowhere is about no pool."""
    operation = ("cognito-idp", "GetDerivedToken")
    own = house.session(policy(allow(resource=pool_arn(house.facts["pool_id"]))))
    assert house.call(operation, own).error != DENIED
    for other in (house.facts["client_of_second_pool"], "1example23456789unknown0id"):
        assert house.refuses(operation, own, ClientId=other).error == DENIED


# The dev profile


@pytest.fixture(scope="module")
def dev() -> Iterator[Guarded]:
    """A dev server that has a key with a policy, and one that is disabled."""
    with serve() as server, Caller(server.url) as caller:
        made = Guarded(server, caller, {})
        made.keep("reader", policy(allow("cognito-idp:List*")))
        made.keep("disabled", enabled=False)
        yield made


def test_dev_takes_any_key_and_keeps_to_the_policy_of_those_it_knows(dev: Guarded) -> None:
    """Policies can be tried out on a laptop: signatures are not verified there, and unknown keys may do everything."""
    reader = Signature(dev.kept["reader"].access_key, "not even the secret")
    expected = {
        "unknown": (Signature("AKIDANYBODY", "any"), PASSED),
        "unknown with a token": (Signature("ASIAANYBODY", "any", token="any"), PASSED),
        "known": (reader, DENIED),
        "disabled": (dev.kept["disabled"], "UnrecognizedClientException"),
        "session": (dev.session(policy(allow("cognito-idp:List*"))), DENIED),
        "free session": (dev.session(policy(allow())), PASSED),
    }
    found = {
        what: outcome(sdk(dev.server, signature).create_user_pool, PoolName="a")
        for what, (signature, _) in expected.items()
    }
    assert found == {what: result for what, (_, result) in expected.items()}
    assert outcome(sdk(dev.server, reader).list_user_pools, MaxResults=1) == PASSED


def test_a_session_ends_on_time(dev: Guarded) -> None:
    """To the second: one second before its end a session works, then it is expired."""
    client = sdk(dev.server, dev.session(policy(allow()), lives_ms=3_600_000))
    dev.server.advance(3500)
    assert outcome(client.list_user_pools, MaxResults=1) == PASSED
    dev.server.advance(101)
    assert outcome(client.list_user_pools, MaxResults=1) == "ExpiredTokenException"
