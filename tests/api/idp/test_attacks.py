"""Sequences of calls by which somebody could try to get around a step of a sign-in, through the AWS SDK."""

import base64
from typing import Any

import pytest

from proving import Exchange, respond
from second_factors import CONFIGURATIONS, refusal_of
from watched import Watched, cognito, server, watch  # noqa: F401

BLOCKED = ("NotAuthorizedException", "Unable to login because of security reasons.")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def at_home(watched: Watched, name: str) -> Watched:
    """A user who has signed in from home."""
    watched.pool.confirmed(name)
    watched.from_place(name)
    return watched


def respelled(block: str) -> str:
    """Another text in base64 that stands for the same bytes: the last bits of its last letter are of no account."""
    text, padding = block.rstrip("="), block.count("=")
    assert padding, "bytes that fill their last letter have one spelling"
    other = text[:-1] + ALPHABET[ALPHABET.index(text[-1]) + 1] + "=" * padding
    assert base64.b64decode(other, validate=True) == base64.b64decode(block)
    return other


def answered_respelled(watched: Watched, name: str) -> Any:
    proof = Exchange(watched.pool, name).proof()
    block = respelled(proof["PASSWORD_CLAIM_SECRET_BLOCK"])
    return respond(watched.pool, {**proof, "PASSWORD_CLAIM_SECRET_BLOCK": block})


@pytest.mark.parametrize("name", ["anna", "annie"])
def test_a_secret_block_that_is_spelled_otherwise_is_still_watched(watch, name):
    """The risk of the sign-in is held against whoever writes the same bytes in another way."""
    watched = at_home(watch(), name)
    watched.act("BLOCK")
    assert refusal_of(lambda: answered_respelled(watched, name)) == BLOCKED


@pytest.mark.parametrize("name", ["anna", "annie"])
def test_a_secret_block_that_is_spelled_otherwise_still_asks_for_a_second_factor(watch, name):
    """MFA_REQUIRED stays as well, and an answer as it was given shows the same."""
    watched = watch()
    members = {"MfaConfiguration": "OPTIONAL", **CONFIGURATIONS["SOFTWARE_TOKEN_MFA"]}
    watched.cognito.set_user_pool_mfa_config(UserPoolId=watched.pool.pool_id, **members)
    at_home(watched, name)
    watched.act("MFA_REQUIRED")
    assert Exchange(watched.pool, name).answer()["ChallengeName"] == "MFA_SETUP"
    assert answered_respelled(watched, name)["ChallengeName"] == "MFA_SETUP"
