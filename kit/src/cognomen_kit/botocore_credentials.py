"""Credentials from wherever botocore finds them: containers, instances, SSO, assumed roles (extra `aws`).

The kit itself never imports this module: who wants it pays for botocore, who does not does not.
"""

from typing import Any, Protocol

import botocore.session

from cognomen_kit.app import ConfigurationMissing
from cognomen_kit.credentials import Credentials, CredentialsSource


class Session(Protocol):
    """What is asked of a session, botocore's or boto3's."""

    def get_credentials(self) -> Any:
        """The credentials it has, or None."""


def of_session(session: Session | None = None) -> CredentialsSource:
    """A source that asks botocore each time, so that keys which expire are renewed: `credentials=of_session()`."""
    chain: Session = session or botocore.session.Session()

    def source() -> Credentials:
        found = chain.get_credentials()
        if found is None:
            raise ConfigurationMissing("botocore finds no AWS credentials")
        keys = found.get_frozen_credentials()
        return Credentials(keys.access_key, keys.secret_key, keys.token)

    return source
