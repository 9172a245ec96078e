"""Second factors: of pools (Set and GetUserPoolMfaConfig), authenticator apps, and what users are asked for."""

from collections.abc import Sequence

import msgspec

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.api.idp.shapes import SMS_OPTION
from cognomen.domain.account_states import check_confirmed
from cognomen.domain.mfa_preferences import Wish
from cognomen.domain.mfa_settings import mfa_config_of, settings_with_mfa
from cognomen.domain.second_factors import Factor
from cognomen.flows import mfa_setup, software_tokens
from cognomen.flows.accounts import require_user
from cognomen.flows.mfa_preferences import set_preferences
from cognomen.flows.pools import change_pool
from cognomen.wire.idp import (
    AdminDeleteSoftwareTokenRequest,
    AdminDeleteSoftwareTokenResponse,
    AdminSetUserMFAPreferenceRequest,
    AdminSetUserMFAPreferenceResponse,
    AdminSetUserSettingsRequest,
    AdminSetUserSettingsResponse,
    AssociateSoftwareTokenRequest,
    AssociateSoftwareTokenResponse,
    GetUserPoolMfaConfigRequest,
    GetUserPoolMfaConfigResponse,
    MFAOptionType,
    SetUserMFAPreferenceRequest,
    SetUserMFAPreferenceResponse,
    SetUserPoolMfaConfigRequest,
    SetUserPoolMfaConfigResponse,
    SetUserSettingsRequest,
    SetUserSettingsResponse,
    VerifySoftwareTokenRequest,
    VerifySoftwareTokenResponse,
)


@operation
async def set_user_pool_mfa_config(call: Call, request: SetUserPoolMfaConfigRequest) -> SetUserPoolMfaConfigResponse:
    """Choose the second factors of a pool, and whether its users need one."""
    asked = msgspec.to_builtins(request)
    changed = await change_pool(call.world, call.pool, lambda settings: settings_with_mfa(settings, asked))
    return msgspec.convert(mfa_config_of(changed.settings), SetUserPoolMfaConfigResponse)


@operation
async def get_user_pool_mfa_config(call: Call, request: GetUserPoolMfaConfigRequest) -> GetUserPoolMfaConfigResponse:
    """The second factors of a pool, and whether its users need one."""
    return msgspec.convert(mfa_config_of(call.pool.settings), GetUserPoolMfaConfigResponse)


@operation
async def associate_software_token(
    call: Call, request: AssociateSoftwareTokenRequest
) -> AssociateSoftwareTokenResponse:
    """Give out the secret of an authenticator app, to who is signed in or has to set one up to get in."""
    refuse_both(request)
    if request.session:
        resumed = await mfa_setup.resume(call.world, request.session, call.visitor)
        given = mfa_setup.associate(call.world, resumed)
        return AssociateSoftwareTokenResponse(secret_code=given.code, session=given.session)
    return AssociateSoftwareTokenResponse(secret_code=await software_tokens.associate(call.world, call.pool, call.user))


@operation
async def verify_software_token(call: Call, request: VerifySoftwareTokenRequest) -> VerifySoftwareTokenResponse:
    """Prove that an authenticator app holds the secret."""
    refuse_both(request)
    name = request.friendly_device_name or ""
    if request.session:
        resumed = await mfa_setup.resume(call.world, request.session, call.visitor)
        session = await mfa_setup.verify(call.world, resumed, request.user_code, name)
        return VerifySoftwareTokenResponse(status="SUCCESS", session=session)
    await software_tokens.verify(call.world, call.pool, call.user, request.user_code, name)
    return VerifySoftwareTokenResponse(status="SUCCESS")


def refuse_both(request: AssociateSoftwareTokenRequest | VerifySoftwareTokenRequest) -> None:
    """An access token or a session, not both; raises InvalidParameterException."""
    if request.access_token and request.session:
        raise errors.InvalidParameterException("Only one of AccessToken and Session can be given.")


@operation
async def admin_delete_software_token(
    call: Call, request: AdminDeleteSoftwareTokenRequest
) -> AdminDeleteSoftwareTokenResponse:
    """Take a user's authenticator app away."""
    await software_tokens.delete(call.world, await require_user(call.world, call.pool, request.username))
    return AdminDeleteSoftwareTokenResponse()


@operation
async def set_user_mfa_preference(call: Call, request: SetUserMFAPreferenceRequest) -> SetUserMFAPreferenceResponse:
    """Which second factors the signed-in user is asked for."""
    enough = passkey_wish(request)
    await set_preferences(call.world, call.pool, call.user, wishes_of(request), passkey_is_enough=enough)
    return SetUserMFAPreferenceResponse()


@operation
async def admin_set_user_mfa_preference(
    call: Call, request: AdminSetUserMFAPreferenceRequest
) -> AdminSetUserMFAPreferenceResponse:
    """Which second factors a user is asked for."""
    user = await require_user(call.world, call.pool, request.username)
    check_confirmed(user)
    enough = passkey_wish(request)
    await set_preferences(call.world, call.pool, user, wishes_of(request), passkey_is_enough=enough)
    return AdminSetUserMFAPreferenceResponse()


@operation
async def set_user_settings(call: Call, request: SetUserSettingsRequest) -> SetUserSettingsResponse:
    """The older way to switch SMS on or off, for the signed-in user."""
    await set_preferences(call.world, call.pool, call.user, [sms_wish(request.mfa_options)])
    return SetUserSettingsResponse()


@operation
async def admin_set_user_settings(call: Call, request: AdminSetUserSettingsRequest) -> AdminSetUserSettingsResponse:
    """The older way to switch SMS on or off, for any user."""
    user = await require_user(call.world, call.pool, request.username)
    await set_preferences(call.world, call.pool, user, [sms_wish(request.mfa_options)])
    return AdminSetUserSettingsResponse()


def wishes_of(request: SetUserMFAPreferenceRequest | AdminSetUserMFAPreferenceRequest) -> list[Wish]:
    """What a request says of each factor that it names."""
    settings = {
        Factor.SMS_MFA: request.sms_mfa_settings,
        Factor.SOFTWARE_TOKEN_MFA: request.software_token_mfa_settings,
        Factor.EMAIL_OTP: request.email_mfa_settings,
    }
    return [Wish(factor, bool(one.enabled), bool(one.preferred_mfa)) for factor, one in settings.items() if one]


def passkey_wish(request: SetUserMFAPreferenceRequest | AdminSetUserMFAPreferenceRequest) -> bool | None:
    """Whether a request wants passkeys to count as both factors; None where it says nothing of them."""
    settings = request.web_authn_mfa_settings
    return None if settings is None else bool(settings.enabled)


def sms_wish(options: Sequence[MFAOptionType]) -> Wish:
    """What MFAOptions say, which know SMS alone; raises InvalidParameterException."""
    if any(option != SMS_OPTION for option in options):
        raise errors.InvalidParameterException("MFAOptions can only name phone_number, by SMS.")
    return Wish(Factor.SMS_MFA, bool(options), None)
