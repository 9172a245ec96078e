"""IAM policies: who may do what to which resource (IAM user guide, "Policy evaluation logic")."""

from dataclasses import dataclass
from enum import Enum

from cognomen.domain.policy_conditions import Condition
from cognomen.domain.policy_keys import Lookup
from cognomen.domain.policy_texts import Patterns


class Effect(Enum):
    """What a statement does where it applies."""

    ALLOW = "Allow"
    DENY = "Deny"


class Verdict(Enum):
    """What a policy says of a request."""

    ALLOWED = "allowed"
    DENIED = "denied"  # by a statement that says so
    NOT_ALLOWED = "not allowed"  # by no statement


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; `spares_actions` is NotAction, `spares_resources` NotResource. Actions are in lower case."""

    effect: Effect
    actions: Patterns
    spares_actions: bool
    resources: Patterns
    spares_resources: bool
    conditions: tuple[Condition, ...]

    def applies(self, action: str, resource: str, lookup: Lookup) -> bool:
        """Whether it speaks of this request."""
        return (
            self.actions.fit(action, lookup) is not self.spares_actions
            and self.resources.fit(resource, lookup) is not self.spares_resources
            and all(condition.holds(lookup) for condition in self.conditions)
        )


class Policy:
    """What its statements allow together. `keys` are the condition keys that judging may look up."""

    __slots__ = ("_allowing", "_denying", "keys")

    def __init__(self, statements: tuple[Statement, ...]) -> None:
        self._allowing = tuple(one for one in statements if one.effect is Effect.ALLOW)
        self._denying = tuple(one for one in statements if one.effect is Effect.DENY)
        asked = (one.resources.keys.union(*(condition.keys for condition in one.conditions)) for one in statements)
        self.keys = frozenset().union(*asked)

    def judge(self, action: str, resource: str, lookup: Lookup) -> Verdict:
        """Nothing is allowed unless a statement says so, and a statement that denies wins over all that allow."""
        name = action.lower()
        if any(statement.applies(name, resource, lookup) for statement in self._denying):
            return Verdict.DENIED
        if any(statement.applies(name, resource, lookup) for statement in self._allowing):
            return Verdict.ALLOWED
        return Verdict.NOT_ALLOWED
