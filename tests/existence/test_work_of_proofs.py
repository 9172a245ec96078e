"""A proof of a password is judged for nobody as for somebody, statement by statement."""

from functools import partial
from typing import Any

import pytest

from existence.scenes import SRP_A, signing_in, stage
from existence.test_work import NOBODY, SOMEBODY, Ask, Watch, ask, done, face_of
from refusals.srp_client import time_text

__all__ = ["ask"]


def wrong_proof(asked: dict[str, str]) -> dict[str, str]:
    return {
        "USERNAME": asked["USER_ID_FOR_SRP"],
        "PASSWORD_CLAIM_SECRET_BLOCK": asked["SECRET_BLOCK"],
        "PASSWORD_CLAIM_SIGNATURE": "QUFB",
        "TIMESTAMP": time_text(),
    }


def test_as_much_is_done_for_the_proof_of_nobody(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same statements in the same transactions, as many seals, and the same answer, up to the lock."""
    there = stage(partial(done, ask))
    there.confirmed(SOMEBODY)
    begin = signing_in("USER_SRP_AUTH", SRP_A=SRP_A)
    asked = {each: done(ask, "InitiateAuth", begin(there.named(each))) for each in (SOMEBODY, NOBODY)}
    watch = Watch(monkeypatch)
    answers, work = [], []
    for _ in range(6):
        for each in (SOMEBODY, NOBODY):
            answer: dict[str, Any] = {"ClientId": there.client_id, "ChallengeName": "PASSWORD_VERIFIER"}
            watch.seen.clear()
            proof = wrong_proof(asked[each]["ChallengeParameters"])
            answers.append(face_of(ask("RespondToAuthChallenge", {**answer, "ChallengeResponses": proof})))
            work.append(list(watch.seen))
    assert answers[::2] == answers[1::2]
    assert work[::2] == work[1::2]
    assert answers[0][2:] == ("NotAuthorizedException", "Incorrect username or password.")
    assert answers[-1][3] == "Password attempts exceeded"
    assert len(work[0]) > 1
