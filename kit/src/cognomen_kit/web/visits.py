"""What an adapter tells of a request."""

from collections.abc import Mapping
from dataclasses import dataclass, field

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request: `scheme` and `host` (with its port) as the browser sees them, header names in lower case."""

    scheme: str
    host: str
    path: str = "/"
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    ip_address: str | None = None

    @property
    def origin(self) -> str:
        """Scheme and host, as a browser writes them into the header Origin."""
        return f"{self.scheme}://{self.host}".lower()

    @property
    def is_https(self) -> bool:
        """Whether the browser came over TLS."""
        return self.scheme == "https"

    @property
    def is_local(self) -> bool:
        """Whether the host is this machine, where browsers do without TLS."""
        name = self.host.rsplit(":", 1)[0] if not self.host.endswith("]") else self.host
        return name.lower() in LOCAL_HOSTS or name.lower().endswith(".localhost")

    @property
    def is_json(self) -> bool:
        """Whether the body says that it is JSON."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"

    @property
    def bearer_token(self) -> str | None:
        """The token of the header Authorization (RFC 6750 section 2.1); None where there is none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() == "bearer" else None

    @property
    def comes_from_elsewhere(self) -> bool:
        """Whether the browser says that another site's page sent this request."""
        origin = self.headers.get("origin")
        if origin is not None:
            return origin.lower() != self.origin
        return self.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}
