"""Passwords that the server makes up for invitations: unguessable, conforming to any policy, easy to type."""

from cognomen.domain.passwords import PasswordPolicy

# One character of each at least. What is easily taken for another character is left out, as are quotes and brackets.
CLASSES = ("ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "!#%*+-=?@_")
SHORTEST = 12
ENTROPY_BYTES = 256  # the longest policy, 99 characters, uses about 150 of them


def temporary_password(policy: PasswordPolicy, entropy: bytes) -> str:
    """A password out of so many random bytes (ENTROPY_BYTES)."""
    left = int.from_bytes(entropy)

    def below(count: int) -> int:
        nonlocal left
        left, number = divmod(left, count)
        return number

    every = "".join(CLASSES)
    length = max(policy.minimum_length, SHORTEST)
    alphabets = (*CLASSES, *[every] * (length - len(CLASSES)))
    unplaced = [alphabet[below(len(alphabet))] for alphabet in alphabets]
    return "".join(unplaced.pop(below(len(unplaced))) for _ in range(length))
