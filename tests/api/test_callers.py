"""Proving an app client: by any live secret, hashed or as it is."""

import pytest

from cognomen import errors
from cognomen.api.callers import require_client_secret
from cognomen.domain.app_client import AppClient, ClientSecret, secret_hash_of

OLD, NEW = "the-old-secret-of-the-client", "the-new-secret-of-the-client"


def client_with(*secrets: str) -> AppClient:
    live = tuple(ClientSecret(f"id{number}", value, number) for number, value in enumerate(secrets))
    return AppClient("us-east-1_Aa1Bb2Cc3", "client", "app", 0, 0, {}, live)


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_any_live_secret_proves_the_client(secret: str) -> None:
    """While two secrets are live, each works, as a SECRET_HASH and as it is."""
    client = client_with(OLD, NEW)
    require_client_secret(client, secret)
    client.require_secret_hash("ann", secret_hash_of(secret, "ann", "client"))


@pytest.mark.parametrize("given", [None, "", OLD, OLD + NEW])
def test_no_other_secret_does(given: str | None) -> None:
    """A secret that is gone, or none, is refused."""
    with pytest.raises(errors.ClientSecretWrong):
        require_client_secret(client_with(NEW), given)
    if given:
        with pytest.raises(errors.SecretHashWrong):
            client_with(NEW).require_secret_hash("ann", secret_hash_of(given, "ann", "client"))


def test_a_client_without_secrets_proves_nothing() -> None:
    """It needs none."""
    require_client_secret(client_with(), None)
