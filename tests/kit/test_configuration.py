"""Where a client's settings come from: arguments, the environment, AWS."""

import pytest

from cognomen_kit import Cognito, ConfigurationMissing
from cognomen_kit.app import App, aws_endpoint, from_environment

SEED = {
    "AWS_COGNITO_CLIENT_ID": "of-environment",
    "AWS_COGNITO_APP_CLIENT_SECRET": "secret-of-environment",
    "AWS_REGION": "sa-east-1",
}


def test_the_environment_of_the_seed_is_enough() -> None:
    """Client id, secret and region in the environment reach AWS in that region."""
    assert from_environment(SEED) == App(
        "of-environment", "secret-of-environment", "sa-east-1", "https://cognito-idp.sa-east-1.amazonaws.com"
    )


def test_one_variable_leaves_aws() -> None:
    """The endpoint variable of the AWS SDKs points somewhere else; a slash at its end does not matter."""
    variable = {"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://127.0.0.1:9229/"}
    assert from_environment({**SEED, **variable}).endpoint == "http://127.0.0.1:9229"


def test_arguments_win() -> None:
    """What is passed wins over what is set."""
    variable = {"AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": "http://127.0.0.1:9229"}
    app = from_environment(
        {**SEED, **variable},
        client_id="mine",
        client_secret="my-secret",
        region="eu-west-1",
        endpoint="http://127.0.0.1:1",
        user_pool_id="eu-west-1_Mine",
    )
    assert app == App("mine", "my-secret", "eu-west-1", "http://127.0.0.1:1", "eu-west-1_Mine")


@pytest.mark.parametrize(
    ("environment", "region"),
    [
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
        ({"AWS_COGNITO_USER_POOL_ID": "eu-central-1_AbCdEfGhI"}, "eu-central-1"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": "eu-west-2"}, "eu-west-2"),
    ],
)
def test_the_region_has_several_sources(environment: dict[str, str], region: str) -> None:
    """AWS_REGION, then AWS_DEFAULT_REGION, then the pool id; an empty variable is as good as none."""
    assert from_environment(environment).region == region


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("eu-west-1", "https://cognito-idp.eu-west-1.amazonaws.com"),
        ("us-gov-west-1", "https://cognito-idp.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "https://cognito-idp.cn-north-1.amazonaws.com.cn"),
        ("us-iso-east-1", "https://cognito-idp.us-iso-east-1.c2s.ic.gov"),
        ("us-isob-east-1", "https://cognito-idp.us-isob-east-1.sc2s.sgov.gov"),
        ("eusc-de-east-1", "https://cognito-idp.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_endpoints_of_aws(region: str, endpoint: str) -> None:
    """Each part of AWS has its own domain."""
    assert aws_endpoint(region) == endpoint


def test_nothing_is_guessed() -> None:
    """Without a region there is no endpoint, and the refusal says what to set."""
    with pytest.raises(ConfigurationMissing, match="pass region= or set AWS_REGION"):
        Cognito(client_id="c")


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (lambda client: client.sign_up("karla", "p"), "pass client_id= or set AWS_COGNITO_CLIENT_ID"),
        (lambda client: client.admin_get_user("karla"), "pass user_pool_id= or set AWS_COGNITO_USER_POOL_ID"),
    ],
)
def test_a_call_says_what_it_lacks(call: object, told: str) -> None:
    """A setting that only some calls need is asked for by those calls."""
    with Cognito(endpoint="http://127.0.0.1:1") as client, pytest.raises(ConfigurationMissing, match=told):
        call(client)  # type: ignore[operator]


def test_signing_needs_a_region() -> None:
    """An endpoint of one's own needs no region until a call is signed."""
    settings = {"endpoint": "http://127.0.0.1:1", "user_pool_id": "local"}
    with Cognito(**settings) as client, pytest.raises(ConfigurationMissing, match="AWS_REGION"):
        client.admin_get_user("karla")
