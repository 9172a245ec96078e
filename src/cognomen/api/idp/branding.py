"""Get/SetUICustomization, and the styles of managed login: CreateManagedLoginBranding and its like."""

from collections.abc import Sequence

from cognomen import errors
from cognomen.api.call import Call, operation
from cognomen.domain.login_brandings import LoginBranding
from cognomen.domain.ui_customizations import EVERY_CLIENT, UiCustomization
from cognomen.flows import branding as flow
from cognomen.flows.branding import AssetAsked, Style
from cognomen.wire.idp import (
    AssetType,
    CreateManagedLoginBrandingRequest,
    CreateManagedLoginBrandingResponse,
    DeleteManagedLoginBrandingRequest,
    DescribeManagedLoginBrandingByClientRequest,
    DescribeManagedLoginBrandingByClientResponse,
    DescribeManagedLoginBrandingRequest,
    DescribeManagedLoginBrandingResponse,
    GetUICustomizationRequest,
    GetUICustomizationResponse,
    ManagedLoginBrandingType,
    SetUICustomizationRequest,
    SetUICustomizationResponse,
    UICustomizationType,
    UpdateManagedLoginBrandingRequest,
    UpdateManagedLoginBrandingResponse,
)


@operation
async def set_ui_customization(call: Call, request: SetUICustomizationRequest) -> SetUICustomizationResponse:
    """Style the classic hosted pages of a client, or of all that have no style of their own."""
    look = await flow.set_look(
        call.world, call.pool, request.client_id or EVERY_CLIENT, request.css, request.image_file
    )
    return SetUICustomizationResponse(ui_customization=shown_look(look))


@operation
async def get_ui_customization(call: Call, request: GetUICustomizationRequest) -> GetUICustomizationResponse:
    """How the classic hosted pages of a client look; nothing where nobody styled them."""
    look = await flow.look_of(call.world, call.pool, request.client_id or EVERY_CLIENT)
    return GetUICustomizationResponse(ui_customization=shown_look(look) if look else UICustomizationType())


@operation
async def create_managed_login_branding(
    call: Call, request: CreateManagedLoginBrandingRequest
) -> CreateManagedLoginBrandingResponse:
    """Give an app client its style of managed login."""
    branding = await flow.create_branding(call.world, call.client, style_of(request))
    return CreateManagedLoginBrandingResponse(managed_login_branding=shown(branding))


@operation
async def describe_managed_login_branding(
    call: Call, request: DescribeManagedLoginBrandingRequest
) -> DescribeManagedLoginBrandingResponse:
    """Everything that is known of a style."""
    branding = await flow.require_branding(call.world, call.pool, request.managed_login_branding_id)
    return DescribeManagedLoginBrandingResponse(managed_login_branding=shown(branding))


@operation
async def describe_managed_login_branding_by_client(
    call: Call, request: DescribeManagedLoginBrandingByClientRequest
) -> DescribeManagedLoginBrandingByClientResponse:
    """Everything that is known of the style of a client."""
    branding = await flow.require_branding_of_client(call.world, call.client)
    return DescribeManagedLoginBrandingByClientResponse(managed_login_branding=shown(branding))


@operation
async def update_managed_login_branding(
    call: Call, request: UpdateManagedLoginBrandingRequest
) -> UpdateManagedLoginBrandingResponse:
    """Change what is given of a style; the rest stays."""
    if not request.user_pool_id or not request.managed_login_branding_id:
        raise errors.MissingParameter(name="ManagedLoginBrandingId" if request.user_pool_id else "UserPoolId")
    branding = await flow.change_branding(call.world, call.pool, request.managed_login_branding_id, style_of(request))
    return UpdateManagedLoginBrandingResponse(managed_login_branding=shown(branding))


@operation
async def delete_managed_login_branding(call: Call, request: DeleteManagedLoginBrandingRequest) -> None:
    """Take a style from its client."""
    await flow.delete_branding(call.world, call.pool, request.managed_login_branding_id)


def style_of(request: CreateManagedLoginBrandingRequest | UpdateManagedLoginBrandingRequest) -> Style:
    """What a style is to be."""
    return Style(bool(request.use_cognito_provided_values), request.settings, assets_of(request.assets))


def assets_of(assets: Sequence[AssetType] | None) -> list[AssetAsked] | None:
    """The images that a caller gives; None where none are spoken of."""
    if assets is None:
        return None
    return [AssetAsked(one.category, one.color_mode, one.extension, one.bytes_, one.resource_id) for one in assets]


def shown(branding: LoginBranding) -> ManagedLoginBrandingType:
    """A style as answers hold it."""
    return ManagedLoginBrandingType(
        managed_login_branding_id=branding.branding_id,
        user_pool_id=branding.pool_id,
        use_cognito_provided_values=branding.uses_provided,
        settings=branding.settings,
        assets=[
            AssetType(
                category=asset.category,
                color_mode=asset.color_mode,
                extension=asset.extension,
                bytes_=asset.content,
                resource_id=asset.resource_id,
            )
            for asset in branding.assets
        ],
        creation_date=branding.created_ms / 1000,
        last_modified_date=branding.modified_ms / 1000,
    )


def shown_look(look: UiCustomization) -> UICustomizationType:
    """A look as answers hold it; its image gets an address with the hosted pages."""
    return UICustomizationType(
        user_pool_id=look.pool_id,
        client_id=look.client_id,
        css=look.css,
        css_version=look.css_version if look.css else None,
        last_modified_date=look.modified_ms / 1000,
        creation_date=look.created_ms / 1000,
    )
