"""What a new password must be made of (reference 02-errors, password policy; 03-ids-defaults)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cognomen import errors

SYMBOLS = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
MAX_LENGTH = 256
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """The pool's rules. Lengths are in characters; temporary passwords work for so many days.

    `history_size` is how many of a user's passwords cannot be taken again, the current one included.
    """

    minimum_length: int = 8
    uppercase: bool = True
    lowercase: bool = True
    numbers: bool = True
    symbols: bool = True
    temporary_days: int = 7
    history_size: int = 0

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "PasswordPolicy":
        """Read a PasswordPolicyType as Describe shows it."""
        return cls(
            settings.get("MinimumLength", 8),
            settings.get("RequireUppercase", False),
            settings.get("RequireLowercase", False),
            settings.get("RequireNumbers", False),
            settings.get("RequireSymbols", False),
            settings.get("TemporaryPasswordValidityDays") or 7,
            settings.get("PasswordHistorySize") or 0,
        )

    def check(self, password: str, *, by_admin: bool = False) -> None:
        """Refuse by the first broken rule, as AWS does: one at a time; raises InvalidPasswordException.

        Administrators who set a password are told in other words than users (reference 02).
        """
        refusal = errors.AdminsPasswordInvalid if by_admin else errors.InvalidPasswordException
        for broken, rule in self._rules(password):
            if broken:
                raise refusal(rule=rule)

    def temporary_ended(self, set_ms: int, now_ms: int) -> bool:
        """Whether a temporary password set at this time does not work any more."""
        return now_ms >= set_ms + self.temporary_days * DAY_MS

    def _rules(self, password: str) -> tuple[tuple[bool, str], ...]:
        def lacks(kind: Callable[[str], bool]) -> bool:
            return not any(map(kind, password))

        return (
            (len(password) < self.minimum_length, "Password not long enough"),
            (len(password) > MAX_LENGTH, "Password too long"),
            (password != password.strip(), "Password must not begin or end with a space"),
            (self.uppercase and lacks(_is_upper), "Password must have uppercase characters"),
            (self.lowercase and lacks(_is_lower), "Password must have lowercase characters"),
            (self.numbers and lacks(_is_digit), "Password must have numeric characters"),
            (self.symbols and lacks(SYMBOLS.__contains__), "Password must have symbol characters"),
        )


def _is_upper(character: str) -> bool:
    return "A" <= character <= "Z"


def _is_lower(character: str) -> bool:
    return "a" <= character <= "z"


def _is_digit(character: str) -> bool:
    return "0" <= character <= "9"
