"""Made-up users for a pool whose users sign in with their e-mail: a file of lines as `cognomen import` takes them."""

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path

FIRST = ("ada", "bob", "cleo", "dan", "eve", "finn", "gus", "hal", "ida", "jon")
LAST = ("babbage", "dijkstra", "hopper", "knuth", "lovelace", "turing")
BEGINNINGS = [f"{first}.{last}." for first in FIRST for last in LAST]  # of e-mails; each begins a 60th of all
SALT = base64.b64encode(b"0123456789abcdef").decode().rstrip("=")
PARTS = (8, 4, 4, 4, 12)  # hexadecimal digits of a UUID


def email_of(number: int) -> str:
    return f"{BEGINNINGS[number % len(BEGINNINGS)]}{number}@example.com"


def people(count: int) -> Iterator[str]:
    chance = random.Random(count)
    for number in range(count):
        email = email_of(number)
        given, family, _ = email.split(".", 2)
        digits = f"{chance.getrandbits(128):032x}"
        tag = base64.b64encode(chance.randbytes(32)).decode().rstrip("=")
        line = {
            "username": email,
            "sub": "-".join(digits[sum(PARTS[:part]) : sum(PARTS[: part + 1])] for part in range(len(PARTS))),
            "attributes": {
                "email": email,
                "email_verified": "true",
                "given_name": given.title(),
                "family_name": family.title(),
                "name": f"{given} {family}".title(),
            },
            "password_hash": f"$argon2id$v=19$m=19456,t=2,p=1${SALT}${tag}",
            "created_at": 1_700_000_000 + number,
        }
        yield json.dumps(line) + "\n"


def write_people(file: Path, count: int) -> None:
    with file.open("w", encoding="ascii") as lines:
        lines.writelines(people(count))
