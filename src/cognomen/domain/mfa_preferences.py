"""What users and administrators may say of a user's second factors (reference 05, users' MFA operations)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cognomen import errors
from cognomen.domain.mfa import has_means
from cognomen.domain.pool import UserPool
from cognomen.domain.second_factors import Factor, SecondFactors
from cognomen.domain.user import User


@dataclass(frozen=True, slots=True)
class Wish:
    """What shall hold for one factor; where nothing is said of preferring it, that stays as long as it is on."""

    factor: Factor
    enabled: bool
    preferred: bool | None


def factors_after(pool: UserPool, user: User, wishes: Sequence[Wish]) -> SecondFactors:
    """The second factors of a user after these wishes; the factors that none speaks of stay as they are.

    Raises TwoPreferredFactors, PreferredFactorIsOff, FactorNotOffered, FactorNotSetUp, FactorsCannotBeTurnedOff.
    """
    for wish in wishes:
        _check(pool, user, wish)
    liked = [wish.factor for wish in wishes if wish.preferred]
    if len(liked) > 1:
        raise errors.TwoPreferredFactors
    factors = user.factors
    for wish in wishes:
        factors = factors.switched(wish.factor, on=wish.enabled)
        if wish.preferred is False and factors.preferred is wish.factor:
            factors = replace(factors, preferred=None)
    return replace(factors, preferred=liked[0]) if liked else factors


def with_passkeys(pool: UserPool, factors: SecondFactors, *, enough: bool) -> SecondFactors:
    """The same where a passkey shall count as both factors or not.

    Raises PasskeysAreOneFactor, NoOtherFactorThanPasskeys.
    """
    if enough and not pool.passkeys.two_factors:
        raise errors.PasskeysAreOneFactor
    if enough and not factors.enabled:
        raise errors.NoOtherFactorThanPasskeys
    return replace(factors, passkey_is_enough=enough)


def _check(pool: UserPool, user: User, wish: Wish) -> None:
    if wish.preferred and not wish.enabled:
        raise errors.PreferredFactorIsOff(factor=wish.factor)
    if wish.enabled and wish.factor not in pool.second_factors:
        raise errors.FactorNotOffered(factor=wish.factor)
    if wish.enabled and not has_means(user, wish.factor):
        raise errors.FactorNotSetUp(factor=wish.factor)
    if not wish.enabled and pool.mfa == "ON" and wish.factor in user.factors.enabled:
        raise errors.FactorsCannotBeTurnedOff(factor=wish.factor)
