"""The steps of a writer: what users and administrators do all day, one call or two each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any

from faults.accounts import CONFIRMED, FIRST_PASSWORD, INVITED, UNCONFIRMED, Account
from faults.line import Line, Reply, at_once
from faults.processes import CODE

NOT_STRANGE = "TooManyRequestsException"
MOST_OPEN = 40  # users that a writer goes on with; older ones rest until the last look


@dataclass(frozen=True)
class Ground:
    """Where the users are."""

    pool_id: str
    client_id: str


@dataclass
class Writer:
    """One thread's users, and its two connections."""

    ground: Ground
    line: Line
    second: Line
    chance: Random
    number: int
    accounts: list[Account] = field(default_factory=list)
    touched: dict[str, Account] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    _names: Any = field(default_factory=count)
    _words: Any = field(default_factory=count)

    def step(self, steps: Sequence["Step"]) -> list[Reply]:
        """Do one thing that some user of this writer can do, and answer what came of its writes."""
        step = self.chance.choices(steps, [step.weight for step in steps])[0]
        if step.applies is None:
            account = self.newcomer()
        else:
            able = [account for account in self.accounts[-MOST_OPEN:] if step.applies(account)]
            if not able:
                return []
            account = self.chance.choice(able)
        self.touched[account.name] = account
        return step.act(self, account)

    def newcomer(self) -> Account:
        """A user that is not there yet."""
        account = Account(f"w{self.number}u{next(self._names)}")
        self.accounts.append(account)
        return account

    def word(self, start: str) -> str:
        """A value that was not used before."""
        return f"{start}{next(self._words)}"

    def as_admin(self, operation: str, account: Account, **members: Any) -> Reply:
        """An administrator's call about a user."""
        return self.line.call(operation, UserPoolId=self.ground.pool_id, Username=account.name, **members)

    def as_user(self, operation: str, account: Account, **members: Any) -> Reply:
        """A call of a user who is not signed in."""
        return self.line.call(operation, ClientId=self.ground.client_id, Username=account.name, **members)

    def expect(self, reply: Reply, what: str, *, certain: bool) -> Reply:
        """Note a refusal that nothing explains."""
        if certain and reply.refused and reply.status > 0 and reply.error != NOT_STRANGE:
            self.strange.append(f"{what}: {reply.error} {reply.document.get('message')}")
        return reply


def mail_of(account: Account) -> list[Mapping[str, str]]:
    return [{"Name": "email", "Value": f"{account.name}@domain.example"}]


def sign_up(writer: Writer, account: Account) -> list[Reply]:
    reply = writer.as_user("SignUp", account, Password=FIRST_PASSWORD, UserAttributes=mail_of(account))
    account.status.after(writer.expect(reply, f"SignUp {account.name}", certain=True), UNCONFIRMED)
    return [reply]


def admin_create(writer: Writer, account: Account) -> list[Reply]:
    attributes = [*mail_of(account), {"Name": "email_verified", "Value": "true"}]
    asked = {"TemporaryPassword": FIRST_PASSWORD, "MessageAction": "SUPPRESS", "UserAttributes": attributes}
    reply = writer.as_admin("AdminCreateUser", account, **asked)
    account.status.after(writer.expect(reply, f"AdminCreateUser {account.name}", certain=True), INVITED)
    return [reply]


def confirm(writer: Writer, account: Account) -> list[Reply]:
    reply = writer.as_user("ConfirmSignUp", account, ConfirmationCode=CODE)
    account.status.after(writer.expect(reply, f"ConfirmSignUp {account.name}", certain=True), CONFIRMED)
    return [reply]


def set_first_password(writer: Writer, account: Account) -> list[Reply]:
    """What makes an invited user one who can sign in."""
    reply = writer.as_admin("AdminSetUserPassword", account, Password=FIRST_PASSWORD, Permanent=True)
    account.status.after(writer.expect(reply, f"AdminSetUserPassword {account.name}", certain=True), CONFIRMED)
    return [reply]


def rename(writer: Writer, account: Account) -> list[Reply]:
    nickname = writer.word("name")
    attributes = [{"Name": "nickname", "Value": nickname}]
    reply = writer.as_admin("AdminUpdateUserAttributes", account, UserAttributes=attributes)
    account.nickname.after(writer.expect(reply, f"rename {account.name}", certain=True), nickname)
    return [reply]


def join_or_leave(writer: Writer, account: Account) -> list[Reply]:
    joins = not account.member.value
    operation = "AdminAddUserToGroup" if joins else "AdminRemoveUserFromGroup"
    reply = writer.as_admin(operation, account, GroupName="staff")
    account.member.after(writer.expect(reply, f"{operation} {account.name}", certain=True), joins)
    return [reply]


def sign_in(writer: Writer, account: Account) -> list[Reply]:
    login = {"USERNAME": account.name, "PASSWORD": account.password.value}
    asked = {"ClientId": writer.ground.client_id, "AuthFlow": "USER_PASSWORD_AUTH", "AuthParameters": login}
    reply = writer.expect(writer.line.call("InitiateAuth", **asked), f"sign-in {account.name}", certain=True)
    if reply.done:
        account.note_tokens(reply)
    return [reply]


def change_password(writer: Writer, account: Account) -> list[Reply]:
    new = writer.word("Steady-Horse-")
    asked = {"PreviousPassword": account.password.value, "ProposedPassword": new, "AccessToken": account.access_token}
    reply = writer.expect(writer.line.call("ChangePassword", **asked), f"ChangePassword {account.name}", certain=True)
    account.password.after(reply, new)
    return [reply]


def rotate(writer: Writer, account: Account) -> list[Reply]:
    """Spend a refresh token, by two connections at once every other time: one of them may get new tokens."""
    certain, old = not account.token_doubtful, account.refresh_token
    call = ("GetTokensFromRefreshToken", {"ClientId": writer.ground.client_id, "RefreshToken": old})
    lines = [writer.line, writer.second][: writer.chance.randint(1, 2)]
    replies = at_once(lines, [call] * len(lines))
    won = [reply for reply in replies if reply.done]
    if len(won) > 1:
        writer.doubled.append(f"refresh token of {account.name}")
    if won:
        account.note_tokens(won[0])
        account.spent_token = old
    elif any(reply.doubtful for reply in replies):
        account.token_doubtful = True
    else:
        for reply in replies:
            writer.expect(reply, f"rotation {account.name}", certain=certain)
        if not certain and all(reply.status > 0 and reply.error != NOT_STRANGE for reply in replies):
            account.refresh_token = ""  # the doubtful rotation was done, and its tokens never arrived
    return won or replies[:1]


def forget_password(writer: Writer, account: Account) -> list[Reply]:
    reply = writer.expect(writer.as_user("ForgotPassword", account), f"ForgotPassword {account.name}", certain=True)
    account.code.after(reply, "sent")
    return [reply]


def reset_password(writer: Writer, account: Account) -> list[Reply]:
    """Spend a code, by two connections at once every other time: one of the new passwords may hold."""
    certain = account.code.possible == ["sent"]
    lines = [writer.line, writer.second][: writer.chance.randint(1, 2)]
    named = {"ClientId": writer.ground.client_id, "Username": account.name, "ConfirmationCode": CODE}
    passwords = [writer.word("Steady-Horse-") for _ in lines]
    calls = [("ConfirmForgotPassword", {**named, "Password": password}) for password in passwords]
    replies = at_once(lines, calls)
    won = [reply for reply in replies if reply.done]
    if len(won) > 1:
        writer.doubled.append(f"code of {account.name}")
    for reply, password in zip(replies, passwords, strict=True):
        if not won or reply.done:
            writer.expect(reply, f"ConfirmForgotPassword {account.name}", certain=certain and not _doubted(replies))
            account.password.after(reply, password)
            account.code.after(reply, "spent")
    return won or replies[:1]


def _doubted(replies: Sequence[Reply]) -> bool:
    return any(reply.doubtful for reply in replies)


@dataclass(frozen=True)
class Step:
    """What some users can do; where `applies` is None it is done by somebody new."""

    act: Callable[[Writer, Account], list[Reply]]
    weight: int
    applies: Callable[[Account], bool] | None = None


def _is(status: str) -> Callable[[Account], bool]:
    return lambda account: account.status.possible == [status]


def _no_code(account: Account) -> bool:
    """No code of a forgotten password waits: a change of the password would make it worthless."""
    return account.code.possible != ["sent"]


STEPS = (
    Step(sign_up, 3),
    Step(admin_create, 1),
    Step(confirm, 3, _is(UNCONFIRMED)),
    Step(set_first_password, 1, _is(INVITED)),
    Step(rename, 3, _is(CONFIRMED)),
    Step(join_or_leave, 2, _is(CONFIRMED)),
    Step(sign_in, 3, lambda one: one.settled and not one.refresh_token),
    Step(change_password, 1, lambda one: one.settled and bool(one.access_token) and _no_code(one)),
    Step(rotate, 4, lambda one: _is(CONFIRMED)(one) and bool(one.refresh_token)),
    Step(forget_password, 1, lambda one: one.settled and _no_code(one)),
    Step(reset_password, 2, lambda one: one.settled and one.code.possible == ["sent"]),
)
