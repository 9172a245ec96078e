"""Which second factor a sign-in asks for: what the pool offers, what the user has and prefers (reference 05, MFA)."""

from cognomen.domain.pool import UserPool
from cognomen.domain.second_factors import CONTACT_OF, Factor
from cognomen.domain.user import User


def usable(pool: UserPool, user: User) -> tuple[Factor, ...]:
    """The factors that the pool offers and the user has what they need for, verified or not."""
    return tuple(factor for factor in Factor if factor in pool.second_factors and has_means(user, factor))


def has_means(user: User, factor: Factor) -> bool:
    """Whether a user has what a factor needs: an authenticator app, or somewhere for codes to go."""
    if factor is Factor.SOFTWARE_TOKEN_MFA:
        return user.factors.has_token
    return bool(user.attributes.get(CONTACT_OF[factor]))


def preferred(pool: UserPool, user: User) -> Factor | None:
    """The factor that the user prefers, where it can be used."""
    factor = user.factors.preferred
    usable_now = factor is not None and factor in pool.second_factors and has_means(user, factor)
    return factor if usable_now else None


def choices(pool: UserPool, user: User) -> tuple[Factor, ...]:
    """The factors that a user who prefers none is asked for, or can choose from.

    Where the pool leaves it to users: what they switched on. Where it insists: also an app that is set up, and every
    contact but the one that a forgotten password is recovered by first.
    """
    own = user.factors.enabled
    return tuple(one for one in usable(pool, user) if one in own or (pool.mfa == "ON" and not _recovers(pool, one)))


def can_set_up(pool: UserPool, user: User) -> tuple[Factor, ...]:
    """What a user who has nothing to show can set up in the sign-in: an app, and without contacts one of these, too."""
    bare = not any(user.attributes.get(contact) for contact in CONTACT_OF.values())
    return tuple(
        factor
        for factor in Factor
        if factor in pool.second_factors
        and (factor is Factor.SOFTWARE_TOKEN_MFA or (bare and not _recovers(pool, factor)))
    )


def _recovers(pool: UserPool, factor: Factor) -> bool:
    """Whether the factor's contact is the first to which a code for a forgotten password goes."""
    return CONTACT_OF.get(factor) in pool.recovery_contacts[:1]
