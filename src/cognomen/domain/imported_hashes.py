"""Password hashes of other systems: Argon2id alone is taken, and nothing that would cost a sign-in too much.

The form is that of the PHC string format; a hash is checked against the password at the first sign-in, which then
replaces it by one of the server's own strength.
"""

import re

MOST_MEMORY_KIB = 128 * 1024
MOST_PASSES = 16
MOST_LANES = 16
MOST_OF_JOBS = (19_456, 2, 1)  # KiB, passes, lanes: what AWS takes in a user import job
ARGON2ID = re.compile(
    r"\$argon2id\$v=19\$m=([1-9]\d{0,8}),t=([1-9]\d{0,3}),p=([1-9]\d{0,3})"
    r"\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{22,86}"
)
# How the hashes of other algorithms begin, to say what was found.
OTHERS = {
    "bcrypt": ("$2a$", "$2b$", "$2x$", "$2y$"),
    "argon2i or argon2d": ("$argon2i$", "$argon2d$"),
    "argon2id of another version": ("$argon2id$m=", "$argon2id$v=16"),
    "scrypt": ("$scrypt$", "scrypt", "$7$", "{SCRYPT}"),
    "PBKDF2": ("$pbkdf2", "pbkdf2", "{PBKDF2"),
    "crypt": ("$1$", "$5$", "$6$", "$y$", "{CRYPT}"),
    "salted SHA": ("{SSHA", "{SHA"),
}


def fault_of_hash(text: str) -> str | None:
    """Why a hash cannot be imported, without a word of the hash; None where it can."""
    found = ARGON2ID.fullmatch(text)
    if found is None:
        kind = next((name for name, starts in OTHERS.items() if text.startswith(starts)), None)
        return f"password_hash is {kind}: only argon2id is taken" if kind else "password_hash is no argon2id PHC string"
    memory_kib, passes, lanes = map(int, found.groups())
    if memory_kib > MOST_MEMORY_KIB or passes > MOST_PASSES or lanes > MOST_LANES:
        return f"password_hash costs more than m={MOST_MEMORY_KIB},t={MOST_PASSES},p={MOST_LANES}"
    if memory_kib < 8 * lanes:  # RFC 9106, section 3.1
        return "password_hash has less memory than 8 KiB a lane"
    return None


def fault_of_job_hash(text: str) -> str | None:
    """Why a user import job does not take a hash; AWS bounds what a sign-in may cost more closely."""
    fault = fault_of_hash(text)
    if fault:
        return fault
    found = ARGON2ID.fullmatch(text)
    assert found is not None
    costs = tuple(map(int, found.groups()))
    if any(cost > most for cost, most in zip(costs, MOST_OF_JOBS, strict=True)):
        return "password_hash costs more than m={},t={},p={}".format(*MOST_OF_JOBS)
    return None
