"""Wrong codes of second factors lock out like wrong passwords: for each user and factor, across all sessions."""

from cognomen import errors
from cognomen.flows.lockout import Suspect, judge
from cognomen.services import Services
from cognomen.signing.port import PasswordVerdict


async def judge_guess(world: Services, suspect: Suspect, wrong: type[errors.Refusal], *, right: bool) -> None:
    """Count a wrong code and refuse it as `wrong` says; a right one clears what was counted.

    Raises `wrong`, PasswordAttemptsExceeded.
    """

    async def compare() -> PasswordVerdict:
        return PasswordVerdict(right, outdated=False)

    try:
        await judge(world, suspect, compare)
    except errors.PasswordAttemptsExceeded:
        raise
    except errors.NotAuthorizedException:
        raise wrong from None
