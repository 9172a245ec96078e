"""What a client takes from the world around it, so that tests can put something else in its place."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from cognomen_kit.calls import HttpRequest
from cognomen_kit.credentials import CredentialsSource, find_credentials
from cognomen_kit.retries import Retries
from cognomen_kit.signature import sign


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Clock (seconds since 1970), credentials, retry rules and the modular exponentiation of SRP."""

    retries: Retries
    clock: Callable[[], float]
    credentials: CredentialsSource
    powmod: Callable[[int, int, int], int]

    def sign(self, request: HttpRequest, region: str) -> HttpRequest:
        """The request, signed now with the credentials found now; may read files."""
        return sign(request, self.credentials(), region, self.clock())


clock: Callable[[], float] = time.time  # noqa: TID251 - the one clock of the kit
DEFAULT_RETRIES = Retries()
DEFAULT_CREDENTIALS: CredentialsSource = find_credentials
