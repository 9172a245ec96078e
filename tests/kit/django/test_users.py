"""Users of Django's own: found by `sub`, with the groups of the token, and let in by forms of Django's own."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from cognomen_kit import Cognito, errors
from kit.django.configured import BACKEND
from kit.django.conftest import DjangoSite
from kit.site import PASSWORD
from kit.site_stories import a_customer, tokens_of
from kit.test_end_to_end import settings_for

from django.contrib.auth import authenticate, get_user_model  # isort: skip - settings come first
from django.contrib.auth.models import Group, Permission  # isort: skip
from django.test import override_settings  # isort: skip

ANOTHER = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def mapped(site: DjangoSite) -> Iterator[None]:
    with override_settings(AUTHENTICATION_BACKENDS=[BACKEND, ANOTHER]):
        yield


def sub_of(site: DjangoSite, email: str) -> str:
    found = site.pool.cognito.admin_get_user(UserPoolId=site.pool.pool_id, Username=email)
    return next(each["Value"] for each in found["UserAttributes"] if each["Name"] == "sub")


def user_of(site: DjangoSite, email: str) -> Any:
    return get_user_model().objects.get(username=sub_of(site, email))


def test_the_user_is_made_at_the_first_visit(site: DjangoSite) -> None:
    """`login_required` leads to the account pages; afterwards `request.user` is a user by `sub`, without a password."""
    email = a_customer(site, groups=("staff",))
    led = site.get("/own")
    assert led.location == "/account/sign-in?next=/own"
    site.get(led.location)
    assert site.sign_in(email).location == "/own"
    assert site.get("/own").text == f"{sub_of(site, email)} False ['staff']"
    assert site.get("/own-async").text == sub_of(site, email)
    assert not user_of(site, email).has_usable_password()
    site.get("/own")
    assert get_user_model().objects.filter(username=sub_of(site, email)).count() == 1
    site.submit("/account/sign-out")
    assert site.get("/own").status == 302
    assert site.get("/own-async").text == "nobody"


def test_groups_follow_the_token(site: DjangoSite) -> None:
    """Permissions come with the groups of the pool, and go with them as soon as the token is renewed."""
    email = a_customer(site, groups=("editors", "staff"))
    site.sign_in(email)
    Group.objects.get_or_create(name="editors")[0].permissions.add(Permission.objects.get(codename="view_group"))
    assert site.get("/own").text.endswith("True ['editors', 'staff']")
    leaving = {"UserPoolId": site.pool.pool_id, "Username": email, "GroupName": "editors"}
    site.pool.cognito.admin_remove_user_from_group(**leaving)
    site.later(3600)
    assert site.get("/own").text.endswith("False ['staff']")


def test_only_groups_that_are_mapped_are_managed(site: DjangoSite) -> None:
    """With COGNITO_GROUPS a group that an administrator of Django gave stays, and others of the pool mean nothing."""
    email = a_customer(site, groups=("chiefs", "noise"))
    site.sign_in(email)
    with override_settings(COGNITO_GROUPS={"chiefs": "Managers", "clerks": "Clerks"}):
        assert site.get("/own").text.endswith("['Managers']")
        given = [Group.objects.get_or_create(name=name)[0] for name in ("By hand", "Clerks")]
        user_of(site, email).groups.add(*given)
        assert site.get("/own").text.endswith("['By hand', 'Managers']")


def test_another_field_may_hold_the_sub(site: DjangoSite) -> None:
    """COGNITO_USER_FIELD finds users that were there before."""
    email = a_customer(site)
    get_user_model().objects.create_user(username=email, first_name=sub_of(site, email))
    site.sign_in(email)
    with override_settings(COGNITO_USER_FIELD="first_name"):
        assert site.get("/own").text.startswith(email)


def test_an_inactive_user_is_nobody_to_django(site: DjangoSite) -> None:
    """What an administrator of Django switched off stays off, though the pool knows the person."""
    email = a_customer(site)
    site.sign_in(email)
    site.get("/own")
    get_user_model().objects.filter(username=sub_of(site, email)).update(is_active=False)
    assert site.get("/own").status == 302
    assert email in site.get("/mine").text


def test_a_password_of_the_pool_opens_forms_of_django(site: DjangoSite) -> None:
    """`authenticate` takes it, refuses a wrong one, and leaves no session behind in the pool."""
    email = a_customer(site, groups=("staff",))
    user = authenticate(None, username=email, password=PASSWORD)
    assert user is not None
    assert (user.get_username(), [each.name for each in user.groups.all()]) == (sub_of(site, email), ["staff"])
    assert authenticate(None, username=email, password="Wrong-Horse-9") is None
    assert authenticate(None, username=email, password="") is None
    assert authenticate(None, username="nobody@deno.example", password=PASSWORD) is None


def test_no_second_factor_is_passed_over(site: DjangoSite) -> None:
    """A form that asks for a password alone lets nobody in of whom the pool asks for more."""
    email = a_customer(site)
    temporary = {"UserPoolId": site.pool.pool_id, "Username": email, "Password": PASSWORD, "Permanent": False}
    site.pool.cognito.admin_set_user_password(**temporary)
    assert authenticate(None, username=email, password=PASSWORD) is None


def test_django_lets_its_own_in_while_the_service_is_silent(site: DjangoSite) -> None:
    """A silent service is no reason to lock out an administrator whom Django itself knows."""
    get_user_model().objects.create_superuser("root", password="Local-Horse-9")
    with override_settings(COGNITO_CLIENT={**site.options, "endpoint": "http://127.0.0.1:9"}):
        assert authenticate(None, username="root", password="Local-Horse-9") is not None


def test_the_session_of_the_pool_is_ended_behind_a_form_of_django(
    site: DjangoSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Django keeps a session of its own, so the refresh token is revoked at once."""
    kept: list[Any] = []
    sign_in = Cognito.sign_in.bound_to

    def spied(owner: Any) -> Any:
        def run(*args: Any, **more: Any) -> Any:
            kept.append(sign_in(owner)(*args, **more))
            return kept[-1]

        return run

    monkeypatch.setattr(Cognito.sign_in, "bound_to", spied)
    assert authenticate(None, username=a_customer(site), password=PASSWORD) is not None
    with Cognito(**settings_for(site.pool)) as kit, pytest.raises(errors.CognitoError, match=re.compile("[Rr]evoked")):
        kit.get_tokens_from_refresh_token(kept[0].refresh_token)


def test_bearer_tokens_are_users_too(site: DjangoSite) -> None:
    """A program with an access token is the same user of Django's."""
    email = a_customer(site)
    good = f"Bearer {tokens_of(site, email)['AccessToken']}"
    assert site.program("GET", "/own", Authorization=good).text.startswith(sub_of(site, email))
