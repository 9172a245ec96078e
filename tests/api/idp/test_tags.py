"""TagResource, UntagResource and ListTagsForResource through the AWS SDK."""

import jwt
import pytest


def arn_of(pool):
    return pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]["Arn"]


def tags_of(pool):
    """The tags as both operations show them, which are the same."""
    listed = pool.cognito.list_tags_for_resource(ResourceArn=arn_of(pool))["Tags"]
    assert listed == pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]["UserPoolTags"]
    return listed


def test_tags_are_set_and_taken(make_pool):
    """A tag is added or replaced, the others stay; taking one that is not there changes nothing."""
    pool = make_pool(UserPoolTags={"team": "blue", "stage": "test"})
    arn = arn_of(pool)
    answer = pool.cognito.tag_resource(ResourceArn=arn, Tags={"stage": "prod", "cost center": ""})
    assert answer.keys() == {"ResponseMetadata"}
    assert tags_of(pool) == {"team": "blue", "stage": "prod", "cost center": ""}
    pool.cognito.untag_resource(ResourceArn=arn, TagKeys=["team", "nobody"])
    assert tags_of(pool) == {"stage": "prod", "cost center": ""}
    pool.cognito.tag_resource(ResourceArn=arn, Tags={})
    pool.cognito.untag_resource(ResourceArn=arn, TagKeys=[])
    assert tags_of(pool) == {"stage": "prod", "cost center": ""}


def test_a_pool_without_tags_has_none(pool):
    """The list is there and empty."""
    assert tags_of(pool) == {}


def test_tags_change_nothing_else(make_pool):
    """The rest of the pool is as before, save the time of its last change."""
    pool = make_pool(AutoVerifiedAttributes=["email"], UsernameConfiguration={"CaseSensitive": False})
    before = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]
    pool.cognito.tag_resource(ResourceArn=before["Arn"], Tags={"a": "b"})
    after = pool.cognito.describe_user_pool(UserPoolId=pool.pool_id)["UserPool"]
    moved = {"UserPoolTags": {"a": "b"}, "LastModifiedDate": after["LastModifiedDate"]}
    assert after == {**before, **moved}


def test_fifty_tags_are_the_most(pool):
    """The fifty-first is refused, and then none of the call is kept."""
    arn = arn_of(pool)
    pool.cognito.tag_resource(ResourceArn=arn, Tags={f"k{number}": "v" for number in range(49)})
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="more than 50 tags"):
        pool.cognito.tag_resource(ResourceArn=arn, Tags={"one": "v", "two": "v"})
    pool.cognito.tag_resource(ResourceArn=arn, Tags={"one": "v"})
    assert len(tags_of(pool)) == 50
    pool.cognito.tag_resource(ResourceArn=arn, Tags={"one": "w"})


def test_the_issuer_tag_works_at_once(pool):
    """The next token has the issuer that the tag asks for, and without the tag the server's own again."""

    def issuer():
        token = pool.sign_in("ann")["AuthenticationResult"]["IdToken"]
        return jwt.decode(token, options={"verify_signature": False})["iss"]

    pool.confirmed("ann")
    own, aws = f"{pool.server.url}/{pool.pool_id}", f"https://cognito-idp.us-east-1.amazonaws.com/{pool.pool_id}"
    assert issuer() == own
    pool.cognito.tag_resource(ResourceArn=arn_of(pool), Tags={"cognomen:issuer": "aws"})
    assert issuer() == aws
    assert pool.server.get(f"/{pool.pool_id}/.well-known/openid-configuration")["issuer"] == aws
    pool.cognito.untag_resource(ResourceArn=arn_of(pool), TagKeys=["cognomen:issuer"])
    assert issuer() == own


def test_tags_of_a_deleted_pool_are_gone(pool):
    """Its ARN leads nowhere."""
    arn = arn_of(pool)
    pool.cognito.delete_user_pool(UserPoolId=pool.pool_id)
    with pytest.raises(pool.cognito.exceptions.ResourceNotFoundException):
        pool.cognito.list_tags_for_resource(ResourceArn=arn)
