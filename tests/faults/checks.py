"""What is left in the store of what was acknowledged, asked through the API."""

import time
from dataclasses import dataclass, field
from typing import Any

from faults.accounts import ABSENT, CONFIRMED, Account
from faults.line import Reply
from faults.processes import CODE
from faults.steps import Writer

PATIENCE = 30.0  # seconds that a look waits for a server that does not answer


@dataclass
class Findings:
    """What must not be."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)


def verify(writer: Writer, *, everything: bool = False) -> Findings:
    """Look at a writer's users, those touched since the last look or all; what was in doubt is known afterwards."""
    found = Findings()
    for account in list(writer.accounts if everything else writer.touched.values()):
        _look(writer, account, found)
    writer.touched.clear()
    return found


def _look(writer: Writer, account: Account, found: Findings) -> None:
    status, nickname = _read(writer, account)
    _settle(found, account, "status", status)
    if status == ABSENT:
        return
    _settle(found, account, "nickname", nickname)
    _settle(found, account, "member", _is_member(writer, account))
    _look_at_tokens(writer, account, found)
    if status == CONFIRMED:
        _look_at_password(writer, account, found)
        _look_at_code(writer, account, found)


def _settle(found: Findings, account: Account, name: str, seen: Any) -> None:
    register = getattr(account, name)
    possible = list(register.possible)
    if not register.settle(seen):
        found.lost.append(f"{account.name}: {name} is {seen!r}, and must be one of {possible!r}")


def _read(writer: Writer, account: Account) -> tuple[str, str]:
    reply = answered(writer, "AdminGetUser", UserPoolId=writer.ground.pool_id, Username=account.name)
    if reply.error == "UserNotFoundException":
        return ABSENT, ""
    attributes = {one["Name"]: one["Value"] for one in reply.document["UserAttributes"]}
    return reply.document["UserStatus"], attributes.get("nickname", "")


def _is_member(writer: Writer, account: Account) -> bool:
    named = {"UserPoolId": writer.ground.pool_id, "Username": account.name}
    return bool(answered(writer, "AdminListGroupsForUser", **named).document["Groups"])


def _look_at_tokens(writer: Writer, account: Account, found: Findings) -> None:
    """What was spent stays spent; what was given out works, unless it may have been spent meanwhile."""
    if account.spent_token:
        if _refresh(writer, account.spent_token).done:
            found.doubled.append(f"{account.name}: a refresh token was taken again")
        account.spent_token = ""
    if account.refresh_token:
        reply = _refresh(writer, account.refresh_token)
        if reply.done:
            account.spent_token = account.refresh_token
            account.note_tokens(reply)
            return
        if not account.token_doubtful:
            found.lost.append(f"{account.name}: its refresh token is not taken: {reply.error}")
        account.refresh_token = account.access_token = ""
        account.token_doubtful = False


def _refresh(writer: Writer, token: str) -> Reply:
    return answered(writer, "GetTokensFromRefreshToken", ClientId=writer.ground.client_id, RefreshToken=token)


def _look_at_password(writer: Writer, account: Account, found: Findings) -> None:
    possible = list(account.password.possible)
    for password in reversed(possible):
        login = {"USERNAME": account.name, "PASSWORD": password}
        asked = {"ClientId": writer.ground.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": login}
        if answered(writer, "InitiateAuth", **asked).done:
            account.password.settle(password)
            return
    found.lost.append(f"{account.name}: none of its passwords is taken: {possible!r}")


def _look_at_code(writer: Writer, account: Account, found: Findings) -> None:
    """A code that was spent is not taken again; one that was acknowledged and not spent is."""
    if account.code.possible == ["none"]:
        return
    password = writer.word("Steady-Horse-")
    named = {"ClientId": writer.ground.client_id, "Username": account.name, "ConfirmationCode": CODE}
    reply = answered(writer, "ConfirmForgotPassword", **named, Password=password)
    if reply.done:
        account.password.settle(password)
        if account.code.possible == ["spent"]:
            found.doubled.append(f"{account.name}: a code was taken again")
    elif account.code.possible == ["sent"]:
        found.lost.append(f"{account.name}: its code is not taken: {reply.error}")
    account.code.settle("spent")
    account.refresh_token = account.access_token = account.spent_token = ""  # a new password may end sessions


def answered(writer: Writer, operation: str, **members: Any) -> Reply:
    """What the server says, when it says something."""
    deadline = time.monotonic() + PATIENCE
    while True:
        reply = writer.line.call(operation, **members)
        if reply.status > 0 and not reply.doubtful and reply.error != "TooManyRequestsException":
            return reply
        assert time.monotonic() < deadline, (operation, reply)
