"""The forms of the account life, by name."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from cognomen_kit.web.fields import CODE, NEW_PASSWORD, OLD_PASSWORD, PASSWORD, Field, Form
from cognomen_kit.web.settings import WebSettings

CHOSEN_PASSWORD = replace(NEW_PASSWORD, label="Password")
EVERYWHERE = Field("everywhere", "Also on all other devices", "checkbox", required=False)
NOT_KEPT = {"password", "code", "passkey", "otpauth"}  # secrets, and what the page itself put in

HAVE_ACCOUNT = ("I have an account", "sign-in")
NO_ACCOUNT = ("Create an account", "sign-up")
FORGOTTEN = ("I forgot my password", "forgot")
ANOTHER_CODE = ("Send another code", "resend")
START_AGAIN = ("Start again", "sign-in")
TO_PROFILE = ("Back to my profile", "profile")


def _sign_up(settings: WebSettings) -> Form:
    given = tuple(each for each in settings.sign_up_attributes if each.name != settings.username.name)
    return Form(
        "sign-up",
        "Create an account",
        "Create account",
        (settings.username, *given, CHOSEN_PASSWORD),
        links=(HAVE_ACCOUNT, ("I have a code", "confirm")),
    )


def _confirm(settings: WebSettings) -> Form:
    return Form(
        "confirm",
        "Confirm your account",
        "Confirm",
        (settings.username, CODE),
        intro="Enter the code that was sent to you.",
        links=(ANOTHER_CODE, HAVE_ACCOUNT),
    )


def _resend(settings: WebSettings) -> Form:
    return Form("resend", "Send another code", "Send code", (settings.username,), links=(HAVE_ACCOUNT,))


def _sign_in(settings: WebSettings) -> Form:
    fields = (settings.username, replace(PASSWORD, required=settings.password_is_required))
    return Form("sign-in", "Sign in", "Sign in", fields, links=(FORGOTTEN, NO_ACCOUNT))


def _forgot(settings: WebSettings) -> Form:
    return Form(
        "forgot",
        "Reset your password",
        "Send code",
        (settings.username,),
        intro="We send you a code with which you choose a new password.",
        links=(HAVE_ACCOUNT,),
    )


def _reset(settings: WebSettings) -> Form:
    return Form(
        "reset",
        "Choose a new password",
        "Set password",
        (settings.username, CODE, NEW_PASSWORD),
        intro="Enter the code that was sent to you and a password of your choice.",
        links=(("Send another code", "forgot"), HAVE_ACCOUNT),
    )


def _profile(settings: WebSettings) -> Form:
    return Form(
        "profile",
        "Your profile",
        "Save",
        settings.profile_attributes,
        links=(("Change my password", "change-password"),),
        signed_in=True,
        partial=True,
    )


def _verify(_: WebSettings) -> Form:
    return Form(
        "verify",
        "Verify your details",
        "Verify",
        (Field("attribute", "Attribute", "hidden"), CODE),
        intro="Enter the code that was sent to you.",
        links=(TO_PROFILE,),
        signed_in=True,
    )


def _change_password(_: WebSettings) -> Form:
    fields = (OLD_PASSWORD, NEW_PASSWORD)
    return Form("change-password", "Change your password", "Change", fields, links=(TO_PROFILE,), signed_in=True)


def _sign_out(_: WebSettings) -> Form:
    return Form("sign-out", "Sign out", "Sign out", (EVERYWHERE,), links=(TO_PROFILE,), signed_in=True)


FORMS: Mapping[str, Callable[[WebSettings], Form]] = {
    "sign-up": _sign_up,
    "confirm": _confirm,
    "resend": _resend,
    "sign-in": _sign_in,
    "forgot": _forgot,
    "reset": _reset,
    "profile": _profile,
    "verify": _verify,
    "change-password": _change_password,
    "sign-out": _sign_out,
}


def filled(form: Form, values: Mapping[str, str]) -> Form:
    """The form with what is known already; passwords and codes stay empty."""
    return replace(
        form,
        fields=tuple(
            each.filled(values[each.name]) if each.name in values and each.kind not in NOT_KEPT else each
            for each in form.fields
        ),
    )


def missing(form: Form, values: Mapping[str, str]) -> str | None:
    """What has to be said about required fields that were left empty."""
    asked = (each for each in form.fields if each.required and (each.name in values or not form.partial))
    empty = [each.label for each in asked if not values.get(each.name, "").strip()]
    return f"Please fill in: {', '.join(empty)}." if empty else None
