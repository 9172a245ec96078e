"""Passwords: forgotten, chosen anew, changed."""

from cognomen_kit.calls import Call
from cognomen_kit.context import NO_CONTEXT, Context
from cognomen_kit.core import Core
from cognomen_kit.operations import operation
from cognomen_kit.results import CodeSent


class Passwords(Core):
    """Operations on the password of an account."""

    @operation
    def forgot_password(self, username: str, *, context: Context = NO_CONTEXT) -> Call[CodeSent]:
        """Send a code that allows a new password (ForgotPassword)."""
        members = {**self.named(username), **context.members()}
        return (yield from self.ask(CodeSent, "ForgotPassword", members, username))

    @operation
    def confirm_forgot_password(
        self, username: str, confirmation_code: str, password: str, *, context: Context = NO_CONTEXT
    ) -> Call[None]:
        """Set a new password with the code (ConfirmForgotPassword)."""
        members = {
            **self.named(username),
            "ConfirmationCode": confirmation_code,
            "Password": password,
            **context.members(),
        }
        yield from self.send("ConfirmForgotPassword", members, username)

    @operation
    def change_password(self, access_token: str, previous_password: str | None, proposed_password: str) -> Call[None]:
        """Replace the password of a signed-in person, or give a passwordless one its first (ChangePassword)."""
        members = {
            "AccessToken": access_token,
            "PreviousPassword": previous_password,
            "ProposedPassword": proposed_password,
        }
        yield from self.send("ChangePassword", members)
