"""A new account: sign up, confirm with the code, ask for another code."""

from cognomen_kit.calls import Call
from cognomen_kit.context import NO_CONTEXT, Context
from cognomen_kit.core import Core
from cognomen_kit.members import Attributes, attribute_list
from cognomen_kit.operations import operation
from cognomen_kit.results import CodeSent, SignedUp, SignUpConfirmed


class SignUp(Core):
    """Operations that need no account yet."""

    @operation
    def sign_up(
        self,
        username: str,
        password: str | None = None,
        attributes: Attributes | None = None,
        *,
        validation_data: Attributes | None = None,
        context: Context = NO_CONTEXT,
    ) -> Call[SignedUp]:
        """Register an account; no password is needed where the pool signs in without one (SignUp)."""
        members = {
            **self.named(username),
            "Password": password,
            "UserAttributes": attribute_list(attributes),
            "ValidationData": attribute_list(validation_data),
            **context.members(),
        }
        return (yield from self.ask(SignedUp, "SignUp", members, username))

    @operation
    def confirm_sign_up(
        self,
        username: str,
        confirmation_code: str,
        *,
        force_alias_creation: bool | None = None,
        session: str | None = None,
        context: Context = NO_CONTEXT,
    ) -> Call[SignUpConfirmed]:
        """Confirm an account with the code that its owner received (ConfirmSignUp)."""
        members = {
            **self.named(username),
            "ConfirmationCode": confirmation_code,
            "ForceAliasCreation": force_alias_creation,
            "Session": session,
            **context.members(),
        }
        return (yield from self.ask(SignUpConfirmed, "ConfirmSignUp", members, username))

    @operation
    def resend_confirmation_code(self, username: str, *, context: Context = NO_CONTEXT) -> Call[CodeSent]:
        """Send the code of an unconfirmed account once more (ResendConfirmationCode)."""
        members = {**self.named(username), **context.members()}
        return (yield from self.ask(CodeSent, "ResendConfirmationCode", members, username))
