"""The seed's three functions with boto3; one step a process, configured by the environment as the seed is."""

import base64
import hmac
import json
import os
import sys
from typing import Any

import boto3

client_id, secret = os.environ["AWS_COGNITO_CLIENT_ID"], os.environ["AWS_COGNITO_APP_CLIENT_SECRET"]
cognito = boto3.client("cognito-idp")


def secret_hash(username: str) -> str:
    mac = hmac.digest(secret.encode(), (username + client_id).encode(), "sha256")
    return base64.b64encode(mac).decode()


def sign_up(email: str, password: str) -> Any:
    return cognito.sign_up(
        ClientId=client_id,
        SecretHash=secret_hash(email),
        Username=email,
        Password=password,
        UserAttributes=[{"Name": "email", "Value": email}],
    )


def confirm(email: str, code: str) -> Any:
    return cognito.confirm_sign_up(
        ClientId=client_id, SecretHash=secret_hash(email), Username=email, ConfirmationCode=code
    )


def sign_in(email: str, password: str) -> Any:
    return cognito.initiate_auth(
        ClientId=client_id,
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": email, "PASSWORD": password, "SECRET_HASH": secret_hash(email)},
    )


STEPS = {"sign_up": sign_up, "confirm": confirm, "sign_in": sign_in}

if __name__ == "__main__":
    answer = STEPS[sys.argv[1]](**json.loads(sys.argv[2]))
    answer.pop("ResponseMetadata")
    print(json.dumps(answer))
