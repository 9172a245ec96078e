"""What a site chooses about its account pages."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cognomen_kit.app import CLIENT_SECRET, App, ConfigurationMissing
from cognomen_kit.sign_in import Flow, UserAuth
from cognomen_kit.web.fields import EMAIL, NAME, Field

KEY_BYTES = 32
OPTIONAL_NAME = replace(NAME, required=False)
DAY = 24 * 60 * 60  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """`keys` seal cookies (32 bytes each, the newest first); without any they follow from the client secret."""

    site_name: str = "Your account"
    base: str = "/account"
    after_sign_in: str = "/"
    after_sign_out: str = "/"
    keys: tuple[bytes, ...] = field(default=(), repr=False)
    session_seconds: int = 30 * DAY
    flow: Flow | None = None
    """None is SRP where the id of the pool is known, else USER_PASSWORD_AUTH."""
    username: Field = EMAIL
    """What people sign in with."""
    sign_up_attributes: tuple[Field, ...] = (OPTIONAL_NAME,)
    profile_attributes: tuple[Field, ...] = (OPTIONAL_NAME, EMAIL)
    check_revoked: bool = False
    """Ask the service about the token of every visit: a sign-out elsewhere counts at once, for a call each time."""
    more_links: Mapping[str, str] = field(default_factory=dict)
    """Shown at the foot of each page: label to URL."""

    def __post_init__(self) -> None:
        if any(len(key) != KEY_BYTES for key in self.keys):
            raise ConfigurationMissing(f"a key for cookies has {KEY_BYTES} bytes: secrets.token_bytes({KEY_BYTES})")
        if self.base and (not self.base.startswith("/") or self.base.endswith("/")):
            raise ConfigurationMissing(f"base is a path such as /account, not {self.base!r}")

    @property
    def password_is_required(self) -> bool:
        """Whether nobody signs in without a password: the choice and the custom flow may do without."""
        return not isinstance(self.flow, UserAuth) and self.flow not in {"USER_AUTH", "CUSTOM_AUTH"}

    def url(self, form: str) -> str:
        """Where a page of the account life is."""
        return f"{self.base}/{form}"

    def sign_in_url(self, then: str | None = None) -> str:
        """Where to sign in, and where to go afterwards."""
        return self.url("sign-in") + (f"?next={quote(then)}" if then else "")

    def flow_for(self, app: App) -> Flow:
        """How a password is proven; SRP needs to know the pool."""
        return self.flow or ("USER_SRP_AUTH" if app.user_pool_id else "USER_PASSWORD_AUTH")

    def keys_for(self, app: App) -> tuple[bytes, ...]:
        """The keys for cookies; raises ConfigurationMissing where there is nothing to take them from."""
        if self.keys:
            return self.keys
        if not app.client_secret:
            raise ConfigurationMissing(f"pass keys=(secrets.token_bytes(32),), or set {CLIENT_SECRET}")
        derive = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"cognomen-kit web cookies 1")
        return (derive.derive(app.client_secret.encode()),)
