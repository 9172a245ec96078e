"""Nothing that the model lists is forgotten: each error of each built operation has a case, a test, or a reason."""

from collections import Counter
from pathlib import Path

import pytest

from cognomen.api.table import HANDLERS, MODEL
from refusals import device_steps, mfa_steps, passkey_steps, srp_steps, table, worlds
from refusals.reach import INGREDIENTS, reached, told
from refusals.worlds import COMPUTED, CONSTANTS

CASES, ACCEPTED = table.read()
MODELLED = {name: frozenset(MODEL[service, name].errors) for service, name in HANDLERS if service == "cognito-idp"}
REACHED = {(op, error) for op, error in reached(CASES, MODELLED) if error in MODELLED[op]}
TOLD = told(MODELLED)
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("operation", sorted(MODELLED))
def test_cases_and_reasons_are_exactly_what_is_modelled(operation: str) -> None:
    """Each modelled error of a built operation is reached by a case, or listed as unreachable with its reason."""
    by_case = {error for name, error in REACHED if name == operation}
    by_reason = {row.error for row in TOLD if row.operation == operation}
    assert by_case | by_reason == MODELLED[operation]


def test_nothing_is_told_twice() -> None:
    """No error of an operation has two reasons, or a reason and a case."""
    listed = Counter((row.operation, row.error) for row in TOLD)
    assert [pair for pair, count in listed.items() if count > 1] == []
    assert sorted(set(listed) & REACHED) == []


def test_only_built_operations_are_listed() -> None:
    """A reason for an operation that is not built would go stale unseen."""
    assert {row.operation for row in TOLD} <= set(MODELLED)


@pytest.mark.parametrize("row", TOLD, ids=lambda row: f"{row.operation}.{row.error}")
def test_each_has_a_reason_or_a_test(row: table.Any) -> None:
    """A reason is a sentence; a test that is named exists."""
    if row.shown_by:
        file, _, test = row.shown_by.partition("::")
        assert f"def {test}(" in (ROOT / file).read_text("utf-8")
    else:
        assert len(row.why.split()) >= 5


@pytest.mark.parametrize("ingredient", INGREDIENTS.values(), ids=lambda one: one.name)
def test_every_ingredient_is_used_and_made_of_known_steps(ingredient: table.Ingredient) -> None:
    """The vocabulary of worlds holds nothing that no case needs, and no step that is not written."""
    used = {name for holder in (*CASES, *ACCEPTED.values()) for name in holder.needs}
    assert ingredient.name in {"pool", *used}
    assert set(ingredient.steps) <= set(worlds.STEPS)
    assert ingredient.says


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_every_need_and_every_blank_means_something(case: table.Case) -> None:
    """A slip in a name is found without asking anybody."""
    assert set(case.needs) <= set(INGREDIENTS)
    blanks = table.blanks_in([dict(case.request), case.message or "", case.body or ""])
    assert blanks <= KNOWN_BLANKS


KNOWN_BLANKS = frozenset(
    {
        *COMPUTED,
        *CONSTANTS,
        *worlds.FORGERIES,
        *srp_steps.BLANKS,
        *mfa_steps.BLANKS,
        *passkey_steps.BLANKS,
        *device_steps.BLANKS,
        *("pool_id", "client_id", "client_secret", "unknown_pool_id", "username", "sub", "code"),
        *("name", "email", "phone", "new_name", "new_email", "new_phone"),
        *("group", "new_group", "secret_id", "pool_arn", "event_id", "feedback_token"),
        *("thing", "branding_id", "terms_id", "second_username", "job_id"),
        *("access_token", "id_token", "refresh_token", "session", "session_of_another"),
        *("first_new_refresh_token", "session_id", "other_session_id", "foreign_session_id"),
        *(
            "second_client_id",
            "second_client_secret",
            "second_pool_id",
            "client_of_second_pool",
            "pools_page",
            "users_page",
        ),
    }
)
