"""Changing attributes, and proving contacts by their codes, as operations of users do it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from cognomen import errors
from cognomen.domain.attribute_changes import Author
from cognomen.domain.user import User
from cognomen.flows.accounts import find_user, require_user
from cognomen.flows.user_attributes import change_attributes, delete_attributes, send_code, verify_attribute
from cognomen.ids import Ids
from cognomen.services import Services

PROVEN = {
    "AutoVerifiedAttributes": ["email", "phone_number"],
    "UserAttributeUpdateSettings": {"AttributesRequireVerificationBeforeUpdate": ["email", "phone_number"]},
}
HELD = {"email": "old@d.example", "email_verified": "true"}
PHONE = "+4915100000011"


@dataclass(frozen=True)
class People:
    """A pool and its users, through the flows."""

    pool: Any

    @property
    def world(self) -> Services:
        world: Services = self.pool.server.application.world
        return world

    def run(self, step: Any, name: str, *more: Any, world: Services | None = None) -> Any:
        async def work() -> Any:
            found = await self.world.directory.pool(self.pool.pool_id)
            user = await require_user(self.world, found, name)
            return await step(world or self.world, found, user, *more)

        return self.pool.server.run(work())

    def make(self, name: str, /, **attributes: str) -> None:
        listed = [{"Name": key, "Value": value} for key, value in attributes.items()]
        asked = {"Username": name, "UserAttributes": listed, "MessageAction": "SUPPRESS"}
        self.pool.cognito.admin_create_user(UserPoolId=self.pool.pool_id, **asked)

    def change(self, name: str, /, **given: str) -> list[str]:
        """Where codes went."""
        return [target.destination for target in self.run(change_attributes, name, given, Author.USER)]

    def code(self, to: str) -> str:
        """The newest code that was sent there."""
        return str(self.pool.code_for(to))

    def known(self, name: str) -> dict[str, str]:
        async def attributes(_world: Services, _pool: Any, user: User) -> dict[str, str]:
            return dict(user.attributes)

        found: dict[str, str] = self.run(attributes, name)
        return found

    def is_found(self, name: str) -> bool:
        async def work() -> bool:
            pool = await self.world.directory.pool(self.pool.pool_id)
            return await find_user(self.world, pool, name) is not None

        return bool(self.pool.server.run(work()))


@pytest.fixture
def people(make_pool: Callable[..., Any]) -> People:
    """A pool that wants new contacts proved first, and in which a verified e-mail is an alias."""
    return People(make_pool(AliasAttributes=["email"], **PROVEN))


def test_a_waiting_contact_takes_effect_by_its_code(people: People) -> None:
    """Until then the old one is shown and signs in; then the new one, verified, and the old one no more (API-11)."""
    people.make("ann", **HELD)
    assert people.change("ann", email="ann.new@d.example", name="Ann") == ["ann.new@d.example"]
    assert people.known("ann") == {**HELD, "name": "Ann"}
    assert people.is_found("old@d.example")
    assert not people.is_found("ann.new@d.example")
    people.run(verify_attribute, "ann", "email", people.code("ann.new@d.example"))
    assert people.known("ann") == {"email": "ann.new@d.example", "email_verified": "true", "name": "Ann"}
    assert people.is_found("ann.new@d.example")
    assert not people.is_found("old@d.example")


def test_each_contact_has_a_code_of_its_own(people: People) -> None:
    """Both may wait at once; the code of one proves nothing of the other, and each works once."""
    people.make("bob", **HELD)
    assert people.change("bob", email="bob.new@d.example", phone_number=PHONE) == [PHONE, "bob.new@d.example"]
    codes = {"email": people.code("bob.new@d.example"), "phone_number": people.code(PHONE)}
    if codes["email"] != codes["phone_number"]:
        with pytest.raises(errors.CodeMismatchException):
            people.run(verify_attribute, "bob", "email", codes["phone_number"])
    for name, code in codes.items():
        people.run(verify_attribute, "bob", name, code)
        with pytest.raises(errors.ExpiredCodeException):
            people.run(verify_attribute, "bob", name, code)
    verified = {"email_verified": "true", "phone_number_verified": "true"}
    assert people.known("bob") == {"email": "bob.new@d.example", "phone_number": PHONE, **verified}


class Told(Ids):
    """Ids with a code that is none of chance."""

    def __init__(self, digit: str) -> None:
        self._digit = digit

    def digits(self, count: int) -> str:
        return self._digit * count


@pytest.mark.parametrize("email", ["old@d.example", "", "third@d.example"])
def test_a_code_ends_with_the_value_it_was_sent_to(people: People, email: str) -> None:
    """Set back, taken away or changed once more: the first code proves nothing, least of all the present value."""
    sent = f"new-{email[:3]}@d.example"
    people.make("cat", email="old@d.example")
    first, second = (replace(people.world, ids=Told(digit)) for digit in "17")  # surely not the same code twice
    people.run(change_attributes, "cat", {"email": sent}, Author.USER, world=first)
    code = people.code(sent)
    people.run(change_attributes, "cat", {"email": email}, Author.USER, world=second)
    with pytest.raises((errors.CodeMismatchException, errors.ExpiredCodeException)):
        people.run(verify_attribute, "cat", "email", code)
    assert people.known("cat").get("email_verified") is None


def test_a_code_goes_to_the_value_that_waits(people: People) -> None:
    """Else to the present one, and nowhere for who has none."""
    people.make("dan", **HELD)
    assert people.run(send_code, "dan", "email").destination == "old@d.example"
    with pytest.raises(errors.NothingToVerify):
        people.run(send_code, "dan", "phone_number")
    people.change("dan", email="dan.new@d.example")
    assert people.run(send_code, "dan", "email").destination == "dan.new@d.example"


def test_an_alias_that_somebody_has_by_now_is_refused_and_the_code_is_kept(people: People) -> None:
    """Nothing of the verification happens; freed, the same code works."""
    people.make("eve", **HELD)
    people.change("eve", email="eve.new@d.example")
    code = people.code("eve.new@d.example")
    people.make("rival", email="eve.new@d.example", email_verified="true")
    with pytest.raises(errors.AliasExistsException):
        people.run(verify_attribute, "eve", "email", code)
    assert people.known("eve") == HELD
    people.run(delete_attributes, "rival", ["email"], Author.USER)
    people.run(verify_attribute, "eve", "email", code)
    assert people.known("eve")["email"] == "eve.new@d.example"


def test_without_a_courier_nothing_of_the_change_happens(people: People) -> None:
    """Users are told CodeDeliveryFailureException, whether the contact would wait or not."""
    people.make("fay", **HELD)
    world = replace(people.world, facts=replace(people.world.facts, media=frozenset()))
    with pytest.raises(errors.CodeDeliveryFailureException):
        people.run(change_attributes, "fay", {"email": "fay.new@d.example", "name": "Fay"}, Author.USER, world=world)
    assert people.known("fay") == HELD


def test_without_a_courier_no_code_is_made_or_counted(people: People) -> None:
    """Asking is refused as often as it is done, and leaves all the codes of the hour for later."""
    people.make("kim", **HELD)
    world = replace(people.world, facts=replace(people.world.facts, media=frozenset()))
    for _ in range(6):
        with pytest.raises(errors.CodeDeliveryFailureException):
            people.run(send_code, "kim", "email", world=world)
    assert people.run(send_code, "kim", "email").destination == "old@d.example"


def test_a_code_asked_for_with_a_stale_look_goes_to_the_present_contact(people: People) -> None:
    """Who changes the e-mail meanwhile gets no code for the new one at the old one (TRUST API-11)."""
    people.make("lea", **HELD)

    async def overtaken(world: Services, pool: Any, user: User) -> Any:
        await change_attributes(world, pool, user, {"email": "lea.new@d.example"}, Author.USER)
        return await send_code(world, pool, user, "email")

    assert people.run(overtaken, "lea").destination == "lea.new@d.example"


def test_a_user_who_is_gone_changes_nothing(people: People) -> None:
    """Deleted between the look and the write: UserNotFoundException, and no row is left of it."""
    people.make("gus", **HELD)

    async def gone(world: Services, pool: Any, user: User) -> None:
        lost = replace(user, sub="00000000-0000-4000-8000-000000000000")
        await change_attributes(world, pool, lost, {"email": "gus.new@d.example"}, Author.USER)

    with pytest.raises(errors.UserNotFoundException):
        people.run(gone, "gus")
