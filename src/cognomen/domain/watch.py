"""What is noted of one call while it runs, in pools with threat protection."""

from dataclasses import dataclass, replace

from cognomen import errors
from cognomen.domain.auth_events import NO_RISK, Assessment
from cognomen.domain.risk import RiskConfiguration


@dataclass(slots=True)
class Watch:
    """The event that a call is noted under, what the pool does about risk, and what came out meanwhile.

    `enforced` says whether anything is done about it; else it is noted only. `refuses` that the sign-in ends once its
    first factor was shown.
    """

    event_id: str
    configuration: RiskConfiguration
    enforced: bool
    risk: Assessment = NO_RISK
    refuses: bool = False
    responded: bool = False  # the first factor was shown, so that the action for the risk was taken

    def respond(self) -> None:
        """The first factor was shown: take the action for the risk. Raises SignInBlocked."""
        self.responded = True
        if self.refuses:
            self.risk = replace(self.risk, blocked=True)
            raise errors.SignInBlocked

    def found(self, *, leaked: bool) -> bool:
        """Note whether a password is a breached one; answers whether it is to be refused."""
        refused = leaked and self.enforced and self.configuration.blocks_leaked
        self.risk = replace(self.risk, leaked=leaked, blocked=self.risk.blocked or refused)
        return refused
