"""Users of Django's own for the people of the pool: found by `sub`, with the groups that their tokens name."""

import logging
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.auth import get_backends, get_user_model
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.http import HttpRequest

from cognomen_kit import CognitoError, SignedIn
from cognomen_kit.django.the_account import account, cognito
from cognomen_kit.web import Visitor
from cognomen_kit.web.sessions import visitor_of
from cognomen_kit.web.vault import Session

log: logging.Logger = logging.getLogger("cognomen_kit.django")


class CognitoBackend(ModelBackend):
    """Permissions are those of Django's users and groups. A subclass may do more in `configure_user`.

    * `COGNITO_USER_FIELD`, "username" where it is not set, is the field of the user model that holds the `sub`.
    * `COGNITO_GROUPS` maps groups of the pool to groups of Django, and only these are given and taken away. Where it is
      not set the user has exactly the groups of the token, which are made as they appear.
    """

    def user_of(self, visitor: Visitor) -> Any | None:
        """The user, who is made where there is none; None where an administrator has made them inactive."""
        model: Any = get_user_model()
        field = getattr(settings, "COGNITO_USER_FIELD", "username")
        new = {model.USERNAME_FIELD: visitor.sub, "password": make_password(None)}
        user, _ = model._default_manager.get_or_create(**{field: visitor.sub}, defaults=new)  # noqa: SLF001 - documented
        if not self.user_can_authenticate(user):
            return None
        give_groups(user, visitor.groups)
        self.configure_user(user, visitor)
        return user

    def configure_user(self, user: Any, visitor: Visitor) -> None:
        """Nothing; asked with every request that looks at the user, so save only what has changed."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002 - Django hands it over
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> Any | None:
        """For forms of Django's own, such as the admin's: a password of the pool, where nothing else is asked for."""
        if not username or not password:
            return None
        try:
            outcome = cognito().sign_in(username, password, flow=account().settings.flow_for(cognito().app))
        except CognitoError as error:
            log.info("Cognito does not sign somebody in: %s", error.code)
            return None
        visitor = _visitor_at_the_door(outcome) if isinstance(outcome, SignedIn) else None
        return None if visitor is None else self.user_of(visitor)


def backend_in_use() -> CognitoBackend | None:
    """The one of AUTHENTICATION_BACKENDS, if any."""
    return next((each for each in get_backends() if isinstance(each, CognitoBackend)), None)


def give_groups(user: Any, names: frozenset[str]) -> None:
    """Have a user be in the groups that the token names; writes only where something is different."""
    if not hasattr(user, "groups"):
        return
    mapping = getattr(settings, "COGNITO_GROUPS", None)
    wanted = names if mapping is None else {mapping[name] for name in names if name in mapping}
    has = set(user.groups.values_list("name", flat=True))
    ours = has if mapping is None else has & set(mapping.values())
    if ours - wanted:
        user.groups.remove(*Group.objects.filter(name__in=ours - wanted))
    if wanted - has:
        user.groups.add(*(Group.objects.get_or_create(name=name)[0] for name in sorted(wanted - has)))


def _visitor_at_the_door(tokens: SignedIn) -> Visitor | None:
    """Who it is; Django keeps a session of its own, so the one of the pool is ended again."""
    with suppress(CognitoError):
        cognito().revoke_token(tokens)
    return visitor_of(Session.begun(tokens, cognito().surroundings.clock()))
