"""Passwords that the server makes up."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cognomen.domain.passwords import PasswordPolicy
from cognomen.domain.temporary_passwords import CLASSES, ENTROPY_BYTES, temporary_password

POLICIES = [PasswordPolicy(length, *rules) for length in (6, 8, 20, 99) for rules in product((True, False), repeat=4)]


@given(st.sampled_from(POLICIES), st.binary(min_size=ENTROPY_BYTES, max_size=ENTROPY_BYTES))
def test_a_made_up_password_conforms_to_any_policy(policy, entropy):
    """It passes the check that its user's own password has to pass, and is 12 characters at least."""
    made = temporary_password(policy, entropy)
    policy.check(made)
    assert len(made) == max(12, policy.minimum_length)


def test_all_entropy_of_the_longest_policy_is_there():
    """99 characters and their order use less than is given, so that no place is foreseeable."""
    outcomes = 1
    for place in range(99):
        outcomes *= max(map(len, ("".join(CLASSES), CLASSES[0]))) * (99 - place)
    assert outcomes.bit_length() + 64 < 8 * ENTROPY_BYTES


@pytest.mark.parametrize("change", [0, 100, ENTROPY_BYTES - 1])
def test_other_entropy_makes_another_password(change):
    """No byte that counts is left out: the same bytes make the same password, others another one."""
    entropy = bytearray(range(256))
    first = temporary_password(PasswordPolicy(99), bytes(entropy))
    entropy[change] ^= 0x55
    second = temporary_password(PasswordPolicy(99), bytes(entropy))
    assert first == temporary_password(PasswordPolicy(99), bytes(range(256)))
    assert first != second
