"""What the arithmetic alone costs on this machine, in this run: nothing that does it can be faster."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from cognomen.signing.argon2_engines import Argon2Parameters, Engine

CLAIMS = {
    "sub": "a" * 36,
    "iss": "b" * 50,
    "client_id": "c" * 26,
    "exp": 1,
    "iat": 1,
    "jti": "d" * 36,
    "scope": "e" * 30,
}


def cpu_ms(calls: int, one: Callable[[], object]) -> float:
    """Milliseconds of CPU of one call."""
    one()
    began = time.process_time()
    for _ in range(calls):
        one()
    return (time.process_time() - began) * 1000 / calls


def signature_pair_ms() -> float:
    """An ID and an access token: two RSA-2048 signatures over small claims."""
    key = rsa.generate_private_key(65537, 2048)
    claims = msgspec.json.encode(CLAIMS)
    return 2 * cpu_ms(400, lambda: key.sign(claims, padding.PKCS1v15(), hashes.SHA256()))


def sign_in_ms(engine: Engine, cost: Argon2Parameters) -> float:
    """One Argon2id hash in a thread and two signatures after it, as a sign-in does them.

    The hash sweeps the caches, so what follows it is slower than the same in a loop of its own.
    """
    key = rsa.generate_private_key(65537, 2048)
    claims = msgspec.json.encode(CLAIMS)
    calls, spent = 40, 0.0
    with ThreadPoolExecutor(1) as threads:
        for _ in range(calls):
            time.sleep(0.001)
            began = time.process_time()
            threads.submit(engine, b"Correct-Horse-9", b"0123456789abcdef", cost).result()
            for _ in range(2):
                key.sign(claims, padding.PKCS1v15(), hashes.SHA256())
            spent += time.process_time() - began
    return spent * 1000 / calls
