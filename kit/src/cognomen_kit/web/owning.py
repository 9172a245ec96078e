"""What somebody who is signed in does with the account."""

from collections.abc import Mapping

from cognomen_kit.calls import Call
from cognomen_kit.passwords import Passwords
from cognomen_kit.profile import Profile
from cognomen_kit.web.joining import attributes_of, sent
from cognomen_kit.web.turns import Decided, Turn
from cognomen_kit.web.vault import Note


def known_attributes(turn: Turn) -> Call[Mapping[str, str]]:
    """The account's attributes as the service has them now."""
    return (yield from turn.call(Profile.get_user, turn.access_token)).user_attributes


def profile(turn: Turn) -> Call[Decided]:
    """Save what was changed; a new address has to be verified."""
    before = yield from known_attributes(turn)
    fields = [each for each in turn.settings.profile_attributes if each.name in turn.values]
    given = {name: value for name, value in attributes_of(turn, *fields).items() if value != before.get(name, "")}
    removed = [name for name, value in given.items() if not value]
    kept = {name: value for name, value in given.items() if value}
    if removed:
        yield from turn.call(Profile.delete_user_attributes, turn.access_token, removed)
    if not kept:
        return Decided("profile", note=Note(notice="Your profile is saved."))
    done = yield from turn.call(Profile.update_user_attributes, turn.access_token, kept, context=turn.context)
    for delivery in done.code_delivery_details_list:
        return Decided("verify", note=Note(notice=sent(delivery), attribute=delivery.attribute_name))
    return Decided("profile", note=Note(notice="Your profile is saved."))


def verify(turn: Turn) -> Call[Decided]:
    """Verify an address with the code."""
    attribute, code = turn.values["attribute"], turn.values["code"].strip()
    yield from turn.call(Profile.verify_user_attribute, turn.access_token, attribute, code)
    return Decided("profile", note=Note(notice="Thank you, that is verified."))


def change_password(turn: Turn) -> Call[Decided]:
    """Replace the password."""
    old, new = turn.values["previous_password"], turn.values["password"]
    yield from turn.call(Passwords.change_password, turn.access_token, old, new)
    return Decided("profile", note=Note(notice="Your password is changed."))
