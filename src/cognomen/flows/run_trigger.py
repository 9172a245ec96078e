"""Running a trigger, and what each of them is asked (reference 08). No write may be open meanwhile."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cognomen import errors
from cognomen.delivery.port import Medium
from cognomen.domain import trigger_answers as read
from cognomen.domain.app_client import AppClient
from cognomen.domain.attributes import VERIFIED_FLAG
from cognomen.domain.challenges import Situation
from cognomen.domain.claims import SELF_SERVICE_SCOPE
from cognomen.domain.groups import NO_GROUPS, GroupClaims
from cognomen.domain.messages import MessageKind, Words, check_words
from cognomen.domain.pool import UserPool
from cognomen.domain.token_overrides import NO_OVERRIDES, ClaimChanges, TokenOverrides, overrides_of
from cognomen.domain.trigger_events import Invocation, attributes_of, event_of
from cognomen.domain.trigger_names import Trigger
from cognomen.domain.user import User
from cognomen.services import Services
from cognomen.triggers.port import AnswerUnreadable, HandlerFailed, TargetUnreachable

AUTHENTICATION = "Authentication"


async def run(world: Services, pool: UserPool, asked: Invocation) -> read.Response:
    """The response of a trigger that the pool has.

    Raises UserLambdaValidationException, UnexpectedLambdaException, InvalidLambdaResponseException,
    TooManyRequestsException.
    """
    try:
        answer = await world.triggers.invoke(pool.triggers[asked.trigger], event_of(pool, world.caller, asked))
    except HandlerFailed as failed:
        raise errors.UserLambdaValidationException(trigger=asked.trigger, message=failed) from failed
    except TargetUnreachable as unreachable:
        raise errors.UnexpectedLambdaException(trigger=asked.trigger, error=unreachable) from unreachable
    except AnswerUnreadable as unreadable:
        raise errors.InvalidLambdaResponseException from unreadable
    return read.response_of(answer)


@dataclass(frozen=True, slots=True)
class Admission:
    """What the trigger before a sign-up decided: confirmed at once, and which contacts count as verified."""

    confirmed: bool = False
    verified: Mapping[str, str] = field(default_factory=dict)


async def pre_sign_up(
    world: Services, pool: UserPool, username: str, attributes: Mapping[str, str], action: str
) -> read.Response:
    """Ask whether an account may be made; what it answers is read by `admission_of`."""
    if Trigger.PRE_SIGN_UP not in pool.triggers:
        return {}
    flags = ("autoConfirmUser", "autoVerifyEmail", "autoVerifyPhone")
    given = {name: value for name, value in attributes.items() if name not in VERIFIED_FLAG.values()}
    asked = {"userAttributes": given, "validationData": _plain(world.caller.validation)}
    response = dict.fromkeys(flags, False)
    return await run(world, pool, Invocation(Trigger.PRE_SIGN_UP, action, username, asked, response))


def admission_of(response: read.Response, attributes: Mapping[str, str]) -> Admission:
    """What a sign-up is admitted as; raises InvalidLambdaResponseException, ContactMissing."""
    verified = {}
    for member, name in (("autoVerifyEmail", "email"), ("autoVerifyPhone", "phone_number")):
        if not read.flag(response, member):
            continue
        if not attributes.get(name):
            thing = name.replace("_", " ")
            raise errors.ContactMissing(title=thing.capitalize(), thing=thing)
        verified[VERIFIED_FLAG[name]] = "true"
    return Admission(read.flag(response, "autoConfirmUser"), verified)


async def post_confirmation(world: Services, pool: UserPool, user: User, action: str) -> None:
    """Tell that an account was confirmed, or its password set anew: that is done whatever comes of it."""
    if Trigger.POST_CONFIRMATION in pool.triggers:
        asked = {"userAttributes": attributes_of(user)}
        await run(world, pool, Invocation(Trigger.POST_CONFIRMATION, action, user.username, asked))


async def pre_authentication(world: Services, pool: UserPool, client: AppClient, user: User | None, name: str) -> None:
    """Ask whether this user may sign in; nobody, where the client must not tell that there is none."""
    if Trigger.PRE_AUTHENTICATION not in pool.triggers:
        return
    asked = {**of_whom(client, user), "validationData": _plain(world.caller.validation)}
    await run(
        world,
        pool,
        Invocation(Trigger.PRE_AUTHENTICATION, AUTHENTICATION, user.username if user else name, asked),
    )


async def post_authentication(world: Services, situation: Situation) -> None:
    """Tell that a user has signed in, before there are tokens; a handler that fails keeps them from being made."""
    if Trigger.POST_AUTHENTICATION not in situation.pool.triggers:
        return
    is_new = situation.pool.devices.enabled and situation.device is None
    asked = {"userAttributes": attributes_of(situation.user), "newDeviceUsed": is_new}
    await run(
        world,
        situation.pool,
        Invocation(Trigger.POST_AUTHENTICATION, AUTHENTICATION, situation.user.username, asked),
    )


@dataclass(frozen=True, slots=True)
class TokensAsked:
    """For what tokens are made, as the trigger is told, and with which scopes."""

    action: str
    scopes: tuple[str, ...] = (SELF_SERVICE_SCOPE,)


async def token_overrides(
    world: Services, pool: UserPool, user: User, held: GroupClaims, tokens: TokensAsked
) -> TokenOverrides:
    """What the pool's trigger changes of tokens that are about to be made."""
    if Trigger.PRE_TOKEN_GENERATION not in pool.triggers:
        return NO_OVERRIDES
    version = pool.token_trigger_version
    groups = {
        "groupsToOverride": list(held.groups),
        "iamRolesToOverride": list(held.roles),
        "preferredRole": held.preferred_role,
    }
    asked: dict[str, Any] = {"userAttributes": attributes_of(user), "groupConfiguration": groups}
    if version != "1":
        asked["scopes"] = list(tokens.scopes)
    response = {"claimsOverrideDetails" if version == "1" else "claimsAndScopeOverrideDetails": None}
    answer = await run(
        world, pool, Invocation(Trigger.PRE_TOKEN_GENERATION, tokens.action, user.username, asked, response, version)
    )
    return overrides_of(answer, version, held)


MACHINES = "ClientCredentials"
FOR_MACHINES = "3"  # the first version of the events that is asked about tokens without a user


async def machine_changes(world: Services, pool: UserPool, scopes: Iterable[str]) -> ClaimChanges | None:
    """What the pool's trigger changes of a machine's token; None where it is not asked."""
    if Trigger.PRE_TOKEN_GENERATION not in pool.triggers or pool.token_trigger_version != FOR_MACHINES:
        return None
    asked: dict[str, Any] = {"userAttributes": {}, "groupConfiguration": None, "scopes": list(scopes)}
    response = {"claimsAndScopeOverrideDetails": None}
    answer = await run(
        world, pool, Invocation(Trigger.PRE_TOKEN_GENERATION, MACHINES, MACHINES, asked, response, FOR_MACHINES)
    )
    return overrides_of(answer, FOR_MACHINES, NO_GROUPS).access_token


LINK_PARAMETER = "{##Click Here##}"


async def custom_words(world: Services, pool: UserPool, user: User, kind: MessageKind, medium: Medium) -> Words | None:
    """The words that a trigger puts in place of the pool's; raises MessageOfTriggerUnusable besides."""
    if Trigger.CUSTOM_MESSAGE not in pool.triggers:
        return None
    invites = kind is MessageKind.ADMIN_CREATE_USER
    asked = {
        "userAttributes": attributes_of(user),
        "codeParameter": "{####}",
        "linkParameter": LINK_PARAMETER,
        "usernameParameter": "{username}" if invites else None,
    }
    response = dict.fromkeys(("smsMessage", "emailMessage", "emailSubject"))
    answer = await run(world, pool, Invocation(Trigger.CUSTOM_MESSAGE, kind, user.username, asked, response))
    words = Words(*(read.text(answer, name) for name in ("emailSubject", "emailMessage", "smsMessage")))
    check_words(words, kind, by_mail=medium is Medium.EMAIL)
    return words


def of_whom(client: AppClient, user: User | None) -> dict[str, Any]:
    """The members that say whom a sign-in is about; userNotFound is there for clients that hide existence."""
    about: dict[str, Any] = {"userAttributes": attributes_of(user) if user else {}}
    return {**about, "userNotFound": user is None} if client.hides_existence else about


def _plain(given: Mapping[str, str] | None) -> dict[str, str] | None:
    return None if given is None else dict(given)
