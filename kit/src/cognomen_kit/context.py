"""What a call may say about its circumstances: input for triggers, the person's address, analytics."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Context:
    """`client_metadata` reaches the Lambda triggers; the rest feeds threat protection and analytics."""

    client_metadata: Mapping[str, str] | None = None
    ip_address: str | None = None
    encoded_data: str | None = field(default=None, repr=False)
    analytics_endpoint_id: str | None = None

    def members(self) -> dict[str, Any]:
        """The members of the operations that take all three."""
        return {
            **self.metadata(),
            "UserContextData": _present(IpAddress=self.ip_address, EncodedData=self.encoded_data),
            "AnalyticsMetadata": _present(AnalyticsEndpointId=self.analytics_endpoint_id),
        }

    def metadata(self) -> dict[str, Any]:
        """The member of the operations that take only input for triggers."""
        return {"ClientMetadata": None if self.client_metadata is None else dict(self.client_metadata)}


def _present(**members: str | None) -> dict[str, str] | None:
    return {name: value for name, value in members.items() if value is not None} or None


NO_CONTEXT = Context()
