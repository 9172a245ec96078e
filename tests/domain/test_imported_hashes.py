"""Which password hashes of other systems are taken."""

import pytest

from cognomen.domain.imported_hashes import fault_of_hash

SALT, TAG = "c29tZXNhbHRzb21lc2FsdA", "RdescudvJCsgt3ub+b4dWRWJTmaaJObGAAAAAAAAAAA"
GOOD = f"$argon2id$v=19$m=19456,t=2,p=1${SALT}${TAG}"


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        f"$argon2id$v=19$m=102400,t=2,p=8${SALT}${TAG}",
        f"$argon2id$v=19$m=131072,t=16,p=16${SALT}${TAG}",
        f"$argon2id$v=19$m=8,t=1,p=1${SALT[:11]}${TAG[:22]}",
    ],
)
def test_argon2id_is_taken_up_to_a_cost(text):
    """The parameters of common frameworks fit, among them Django's and those of RFC 9106 for less memory."""
    assert fault_of_hash(text) is None


REFUSED = {
    "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW": "bcrypt",
    f"$argon2i$v=19$m=19456,t=2,p=1${SALT}${TAG}": "argon2i or argon2d",
    f"$argon2d$v=19$m=19456,t=2,p=1${SALT}${TAG}": "argon2i or argon2d",
    f"$argon2id$m=19456,t=2,p=1${SALT}${TAG}": "another version",
    f"$argon2id$v=16$m=19456,t=2,p=1${SALT}${TAG}": "another version",
    "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E": "scrypt",
    "pbkdf2_sha256$390000$abc$def": "PBKDF2",
    "$6$rounds=5000$salt$hash": "crypt",
    "{SSHA}abc": "salted SHA",
    "5f4dcc3b5aa765d61d8327deb882cf99": "no argon2id PHC string",
    "": "no argon2id PHC string",
    GOOD + "\n": "no argon2id PHC string",
    GOOD.replace("m=19456,t=2,p=1", "t=2,m=19456,p=1"): "no argon2id PHC string",
    GOOD.replace("t=2", "t=02"): "no argon2id PHC string",
    GOOD.replace("t=2", "t=0"): "no argon2id PHC string",
    GOOD.replace(TAG, TAG[:10]): "no argon2id PHC string",
    GOOD.replace(SALT, "short"): "no argon2id PHC string",
    GOOD.replace(TAG, TAG * 9): "no argon2id PHC string",
    GOOD.replace("m=19456", "m=131073"): "costs more",
    GOOD.replace("m=19456", "m=999999999"): "costs more",
    GOOD.replace("t=2", "t=17"): "costs more",
    GOOD.replace("p=1", "p=17"): "costs more",
    GOOD.replace("m=19456", "m=8").replace("p=1", "p=2"): "less memory",
}


@pytest.mark.parametrize("text", REFUSED)
def test_everything_else_is_refused_and_named(text):
    """Other algorithms are told by their names; what costs too much says what would be taken; no hash is quoted."""
    fault = fault_of_hash(text)
    assert REFUSED[text] in fault
    assert SALT not in fault
    assert TAG[:10] not in fault
