"""The seed's three functions with boto3, configured by the environment alone."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from conftest import PASSWORD, Pool

SEED = Path(__file__).parent / "boto3_seed.py"


def run(pool: Pool, step: str, **given: str) -> Any:
    environment = {
        "PATH": os.environ["PATH"],
        "AWS_COGNITO_CLIENT_ID": pool.client_id,
        "AWS_COGNITO_APP_CLIENT_SECRET": str(pool.secret),
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER": pool.server.url,
    }
    command = [sys.executable, str(SEED), step, json.dumps(given)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=True)
    return json.loads(done.stdout)


def test_the_seed_runs_unmodified_and_without_aws_credentials(make_pool: Callable[..., Pool]) -> None:
    """SignUp, ConfirmSignUp and InitiateAuth take no signature, so a backend needs no AWS account."""
    pool = make_pool(secret=True, AutoVerifiedAttributes=["email"])
    email = "kim@domain.example"
    signed_up = run(pool, "sign_up", email=email, password=PASSWORD)
    assert signed_up.keys() == {"UserConfirmed", "CodeDeliveryDetails", "UserSub"}
    assert signed_up["CodeDeliveryDetails"]["Destination"] == "k***@d***"
    assert run(pool, "confirm", email=email, code=pool.code_for(email)) == {}
    answer = run(pool, "sign_in", email=email, password=PASSWORD)
    assert answer["ChallengeParameters"] == {}
    assert answer["AuthenticationResult"]["ExpiresIn"] == 3600
