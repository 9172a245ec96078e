"""How risky a sign-in is, judged from what this server has seen alone, and what that leads to (reference 11, risk).

The rule: an address and a device count as known once a sign-in from there passed, or somebody said Valid to an attempt.
Where nothing is known yet there is nothing to compare. One of the two unknown is Low, both are Medium. An address to
which somebody said Invalid is High.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

from cognomen import errors
from cognomen.domain import mfa
from cognomen.domain.auth_events import AuthEvent, Outcome, Place
from cognomen.domain.pool import UserPool
from cognomen.domain.user import User

LOOKED_BACK = 50  # sign-ins of one user that a new one is compared with
Network = IPv4Network | IPv6Network
BLOCK, MFA_REQUIRED, MFA_IF_CONFIGURED, NO_ACTION = "BLOCK", "MFA_REQUIRED", "MFA_IF_CONFIGURED", "NO_ACTION"
STRENGTH = (NO_ACTION, MFA_IF_CONFIGURED, MFA_REQUIRED, BLOCK)
LEVELS: Mapping[str, str] = {"Low": "LowAction", "Medium": "MediumAction", "High": "HighAction"}
FILTERS = ("SIGN_IN", "PASSWORD_CHANGE", "SIGN_UP")
EVERY_CLIENT = "ALL"  # the client id under which the configuration of a pool is kept
PLACES = ("BlockEmail", "MfaEmail", "NoActionEmail")
LINKS = ("{one-click-link-valid}", "{one-click-link-invalid}")


@dataclass(frozen=True)
class RiskConfiguration:
    """What a pool, or one of its clients, does about risk; `settings` by their wire names, empty where nothing is set.

    Without settings AWS's defaults hold: passwords are watched for, and nothing is blocked.
    """

    pool_id: str
    client_id: str
    settings: Mapping[str, Any]
    modified_ms: int

    @cached_property
    def blocked(self) -> tuple[Network, ...]:
        """Ranges of addresses from which nobody signs in or up."""
        return _networks(self._exceptions.get("BlockedIPRangeList") or ())

    @cached_property
    def skipped(self) -> tuple[Network, ...]:
        """Ranges of addresses for which no risk is judged."""
        return _networks(self._exceptions.get("SkippedIPRangeList") or ())

    @cached_property
    def watched(self) -> frozenset[str]:
        """The events in which a password is looked up among the breached ones; all, unless some are named."""
        return frozenset(self._compromised.get("EventFilter") or FILTERS)

    @cached_property
    def blocks_leaked(self) -> bool:
        """Whether a breached password is refused."""
        return (self._compromised.get("Actions") or {}).get("EventAction") == BLOCK

    @cached_property
    def notice(self) -> Mapping[str, Any]:
        """NotifyConfiguration, empty where there is none."""
        return self._takeover.get("NotifyConfiguration") or {}

    def action(self, level: str | None) -> str:
        """The EventAction for a level."""
        return str(self._action(level).get("EventAction") or NO_ACTION)

    def answers(self, level: str) -> bool:
        """Whether anything is said of a level."""
        return bool(self._action(level))

    def notifies(self, level: str | None) -> bool:
        """Whether the user is written to."""
        return bool(self._action(level).get("Notify"))

    def _action(self, level: str | None) -> Mapping[str, Any]:
        return (self._takeover.get("Actions") or {}).get(LEVELS.get(level or "", "")) or {}

    @property
    def _takeover(self) -> Mapping[str, Any]:
        return self.settings.get("AccountTakeoverRiskConfiguration") or {}

    @property
    def _compromised(self) -> Mapping[str, Any]:
        return self.settings.get("CompromisedCredentialsRiskConfiguration") or {}

    @property
    def _exceptions(self) -> Mapping[str, Any]:
        return self.settings.get("RiskExceptionConfiguration") or {}


def is_in(address: str, networks: Iterable[Network]) -> bool:
    """Whether an address is in one of the ranges; an unreadable one is in none."""
    try:
        read = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    plain = getattr(read, "ipv4_mapped", None) or read
    return any(plain in network for network in networks)


def is_address(text: str) -> bool:
    """Whether this is an IPv4 or IPv6 address."""
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _networks(ranges: Iterable[str]) -> tuple[Network, ...]:
    return tuple(ip_network(one, strict=False) for one in ranges)


def check_configuration(settings: Mapping[str, Any], *, knows_leaks: bool, can_mail: bool) -> None:
    """Refuse what AWS refuses, and what this server could not do.

    Raises NotARange, ActionsOutOfOrder, NotifyWithoutConfiguration, NotSupportedYet, CodeDeliveryFailureException.
    """
    asked = RiskConfiguration("", "", settings, 0)
    exceptions = settings.get("RiskExceptionConfiguration") or {}
    for member in ("BlockedIPRangeList", "SkippedIPRangeList"):
        for one in exceptions.get(member) or ():
            _check_range(one)
    if asked.blocks_leaked and not knows_leaks:
        member = "CompromisedCredentialsRiskConfiguration.Actions.EventAction"
        raise errors.NotSupportedYet(member=member, reason=NO_LIST)
    actions = [STRENGTH.index(asked.action(level)) for level in LEVELS if asked.answers(level)]
    if actions != sorted(actions):
        raise errors.ActionsOutOfOrder
    _check_notices(asked, can_mail=can_mail)


NO_LIST = "threat_protection.leaked_passwords_file names no list of breached passwords"


def _check_range(text: str) -> None:
    try:
        ip_network(text, strict=False)
    except ValueError:
        raise errors.NotARange(range=text) from None
    if "/" not in text:
        raise errors.NotARange(range=text)


def _check_notices(asked: RiskConfiguration, *, can_mail: bool) -> None:
    if any(map(asked.notifies, LEVELS)):
        if not asked.notice:
            raise errors.NotifyWithoutConfiguration
        if not can_mail:
            raise errors.CodeDeliveryFailureException(medium="EMAIL")
    for place in PLACES:
        words = asked.notice.get(place) or {}
        for body in ("HtmlBody", "TextBody"):
            if any(link in (words.get(body) or "") for link in LINKS):
                member = f"AccountTakeoverRiskConfiguration.NotifyConfiguration.{place}.{body}"
                raise errors.NotSupportedYet(member=member, reason="one-click links lead to hosted pages")


def level_of(place: Place, history: Sequence[AuthEvent]) -> str | None:
    """The level of a sign-in from here; None where there is no risk, or nothing to judge by."""
    if any(_says(event, "Invalid") and event.place.ip_address == place.ip_address for event in history):
        return "High" if place.ip_address else None
    known = [event.place for event in history if _is_trusted(event)]
    if not known:
        return None
    new_address = _is_new(place.ip_address, (one.ip_address for one in known))
    new_device = _is_new(place.device_name, (one.device_name for one in known))
    return (None, "Low", "Medium")[new_address + new_device]


def _is_new(value: str, known: Iterable[str]) -> bool:
    """What is not told cannot be told to be new."""
    seen = set(known) - {""}
    return bool(value and seen) and value not in seen


def _is_trusted(event: AuthEvent) -> bool:
    return _says(event, "Valid") or (event.outcome is Outcome.PASS and not _says(event, "Invalid"))


def _says(event: AuthEvent, value: str) -> bool:
    return event.feedback is not None and event.feedback.value == value


def demanding(pool: UserPool, user: User, action: str) -> UserPool:
    """The pool as it is for one sign-in at risk: one that insists on MFA, so that the table of challenges asks for it.

    MFA_IF_CONFIGURED leaves alone who has nothing to show; a pool whose MFA is off has nothing to ask for.
    """
    if action not in (MFA_REQUIRED, MFA_IF_CONFIGURED):
        return pool
    insisting = pool.insisting()
    can_show = mfa.preferred(insisting, user) or mfa.choices(insisting, user)
    return insisting if action == MFA_REQUIRED or can_show else pool


def blocks(pool: UserPool, action: str) -> bool:
    """Whether the sign-in is refused; so it is where MFA is required of a pool that has none."""
    return action == BLOCK or (action == MFA_REQUIRED and pool.mfa == "OFF")
