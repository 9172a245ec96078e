"""Counting calls against AWS's rates: after the caller is known, before anything is done (reference 13, rates)."""

from collections.abc import Iterator

from cognomen.api.call import Call
from cognomen.domain.quotas import ANSWERS, OF_ONE_POOL, OF_ONE_USER, Category, category_of, has_answers_apart
from cognomen.throttle import Rate, Throttle
from cognomen.wire._base import Operation, WireStruct

ANSWERED = "answers to challenges"


def count(throttle: Throttle, operation: Operation, call: Call, request: WireStruct) -> None:
    """Count a call against every rate that holds for it; raises RateExceeded."""
    category = category_of(operation.service, operation.name, getattr(request, "challenge_name", None))
    if category is not None:
        wide = rates_of_account(category, operation, call)
        throttle.admit(call.world.now_ms(), rates_of_one(category, operation, call, request), wide)


def rates_of_account(category: Category, operation: Operation, call: Call) -> tuple[Rate, ...]:
    """The rate of all pools together; answers to challenges have one of their own before it."""
    per_second = category.in_force(call.world.facts.rates, call.world.directory.provisioned)
    whole = Rate(category.name, per_second)
    if has_answers_apart(category, operation.name):
        return Rate(ANSWERED, ANSWERS * per_second), whole
    return (whole,)


def rates_of_one(category: Category, operation: Operation, call: Call, request: WireStruct) -> Iterator[Rate]:
    """The rates of one pool or one user; users are told apart by what the caller calls them, known or not.

    The keys are hashes, so that names of any length cost the same and none is kept.
    """
    if category.per_pool and (pool := pool_of(call, request)):
        yield Rate(hash((operation.name, pool)), OF_ONE_POOL)
    if category.per_user and (user := user_of(call, request)):
        pool_id = call.known_pool.pool_id if call.known_pool else ""
        yield Rate(hash((category.per_user, pool_id, user)), OF_ONE_USER)


def pool_of(call: Call, request: WireStruct) -> str | None:
    """The pool that a call is about: tags name it by its ARN."""
    return call.known_pool.pool_id if call.known_pool else getattr(request, "resource_arn", None)


def user_of(call: Call, request: WireStruct) -> str | None:
    """The user that a call is about; None where only its token or session tells."""
    if call.known_user:
        return call.known_user.sub
    parameters = getattr(request, "auth_parameters", None) or getattr(request, "challenge_responses", None) or {}
    name: str | None = getattr(request, "username", None) or parameters.get("USERNAME")
    return name
