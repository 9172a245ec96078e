"""What a new password must be made of (reference 02-errors, password policy; 03-ids-defaults)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cognomen import errors

SYMBOLS = frozenset("^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ")
MAX_LENGTH = 256


@dataclass(frozen=True, slots=True)
class PasswordPolicy:
    """The pool's rules. Lengths are in characters; validity of temporary passwords in days."""

    minimum_length: int = 8
    uppercase: bool = True
    lowercase: bool = True
    numbers: bool = True
    symbols: bool = True
    temporary_days: int = 7

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> "PasswordPolicy":
        """Read a PasswordPolicyType as Describe shows it."""
        return cls(
            settings.get("MinimumLength", 8),
            settings.get("RequireUppercase", False),
            settings.get("RequireLowercase", False),
            settings.get("RequireNumbers", False),
            settings.get("RequireSymbols", False),
            settings.get("TemporaryPasswordValidityDays", 7),
        )

    def check(self, password: str) -> None:
        """Refuse by the first broken rule, as AWS does: one at a time; raises InvalidPasswordException."""
        for broken, rule in self._rules(password):
            if broken:
                raise errors.InvalidPasswordException(rule=rule)

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
