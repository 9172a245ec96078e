"""Session tokens: what was put in comes out again, for the right key alone, and nothing made up is opened."""

import base64

import pytest

from cognomen.domain.access_keys import EVERYTHING
from cognomen.domain.policies import Verdict
from cognomen.domain.policy_documents import PolicyMalformed
from cognomen.ids import Ids
from cognomen.signing.sealing import AesGcmSealer, MasterKeys
from cognomen.signing.session_tokens import (
    LONGEST,
    Session,
    SessionTokens,
    SessionTooLarge,
    TemporaryCredentials,
    issue,
)

SEALER = AesGcmSealer(MasterKeys.fresh())
ISSUED, EXPIRES = 1_700_000_000_000, 1_700_003_600_000
ROLE = Session(
    "arn:aws:sts::123456789012:assumed-role/app/CognitoIdentityCredentials",
    "AROAEXAMPLE:CognitoIdentityCredentials",
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "cognito-idp:ListUsers", "Resource": "*"}}',
    {"aws:PrincipalTag/team": ("red",), "cognito-identity.amazonaws.com:sub": ("us-east-1:1-2",)},
)


def issued(session: Session = ROLE) -> TemporaryCredentials:
    return issue(SEALER, Ids(), session, ISSUED, EXPIRES)


def test_a_token_tells_who_signs() -> None:
    """Principal, secret, policy, context and end of the session come back from nothing but the token."""
    made = issued()
    signer = SessionTokens(SEALER).signer(made.access_key_id, made.token.encode())
    assert signer is not None
    assert (signer.arn, signer.secret, signer.expires_ms) == (ROLE.arn, made.secret, EXPIRES)
    assert signer.context == {
        "aws:principaltag/team": ("red",),
        "cognito-identity.amazonaws.com:sub": ("us-east-1:1-2",),
        "aws:principalarn": (ROLE.arn,),
        "aws:userid": (ROLE.user_id,),
        "aws:tokenissuetime": ("2023-11-14T22:13:20Z",),
    }
    assert signer.policy.judge("cognito-idp:ListUsers", "*", signer.context.get) is Verdict.ALLOWED
    assert signer.policy.judge("cognito-idp:AdminGetUser", "*", signer.context.get) is Verdict.NOT_ALLOWED


def test_temporary_keys_look_like_aws_ones() -> None:
    """ASIA and 16 base-32 characters, a secret of 40, each of them new."""
    made, other = issued(), issued()
    assert made.access_key_id.startswith("ASIA")
    assert len(made.access_key_id) == 20
    assert len(made.secret) == 40
    assert not {made.access_key_id, made.secret, made.token} & {other.access_key_id, other.secret, other.token}


def test_what_is_secret_neither_prints_nor_shows_in_the_token() -> None:
    """The token is sealed: whoever sees it learns no secret and cannot say what it allows."""
    made = issued()
    assert made.secret not in repr(made)
    assert made.token not in repr(made)
    inside = base64.b64decode(made.token)
    for known in (made.secret, made.access_key_id, ROLE.arn, "ListUsers"):
        assert known.encode() not in inside


def test_a_token_is_good_for_its_own_key_alone() -> None:
    """The token of one session with the key of another is nobody's, in either order of asking."""
    made, other = issued(), issued()
    tokens = SessionTokens(SEALER)
    assert tokens.signer(made.access_key_id, other.token.encode()) is None
    assert tokens.signer(other.access_key_id, other.token.encode())
    assert tokens.signer(made.access_key_id, other.token.encode()) is None


def test_nothing_made_up_is_opened() -> None:
    """Changed, cut, foreign and malformed tokens are nobody's."""
    made = issued()
    token = made.token.encode()
    foreign = issue(AesGcmSealer(MasterKeys.fresh()), Ids(), ROLE, ISSUED, EXPIRES)
    other_purpose = base64.b64encode(SEALER.seal(b"x", "page:ListUserPools"))
    changed = [bytes([*token[:at], token[at] ^ 1, *token[at + 1 :]]) for at in range(0, len(token) - 4, 7)]
    wrong = [b"", b"made-up", b"=", token[:-8], token + b"AAAA", token + b"\xff", foreign.token.encode(), other_purpose]
    tokens = SessionTokens(SEALER)
    for each in [*wrong, *changed, token * 20]:
        assert tokens.signer(made.access_key_id, each) is None, each
    assert tokens.signer(made.access_key_id, token)


def test_a_token_outlives_a_new_master_key() -> None:
    """Tokens sealed under an older master key are opened as long as that key is known."""
    old, new = bytes(32), bytes([1] * 32)
    made = issue(AesGcmSealer(MasterKeys((old,))), Ids(), ROLE, ISSUED, EXPIRES)
    assert SessionTokens(AesGcmSealer(MasterKeys((new, old)))).signer(made.access_key_id, made.token.encode())
    assert SessionTokens(AesGcmSealer(MasterKeys((new,)))).signer(made.access_key_id, made.token.encode()) is None


def test_a_session_says_itself_who_it_is() -> None:
    """Context cannot take the place of what the session is."""
    made = issued(Session(ROLE.arn, ROLE.user_id, EVERYTHING, {"aws:PrincipalArn": ("arn:of:somebody:e:l:se",)}))
    signer = SessionTokens(SEALER).signer(made.access_key_id, made.token.encode())
    assert signer is not None
    assert signer.context["aws:principalarn"] == (ROLE.arn,)


def test_what_cannot_be_kept_to_is_not_issued() -> None:
    """A policy that is none, and a session that fits into no header."""
    with pytest.raises(PolicyMalformed):
        issued(Session(ROLE.arn, ROLE.user_id, "{}"))
    with pytest.raises(SessionTooLarge, match=f"characters, {LONGEST} are allowed"):
        issued(Session(ROLE.arn, ROLE.user_id, EVERYTHING, {"aws:PrincipalTag/long": ("x" * LONGEST,)}))
