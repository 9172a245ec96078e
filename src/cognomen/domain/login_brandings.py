"""Styles of managed login: settings for its pages, and the images on them (reference 11)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cognomen import errors
from cognomen.domain.images import kind_of

MOST_BYTES = 2_000_000  # of all images of a style
ONLY_FOR: Mapping[str, str] = {"ICO": "FAVICON_ICO"}
FAVICONS: Mapping[str, str] = {"FAVICON_ICO": "ICO", "FAVICON_SVG": "SVG"}


@dataclass(frozen=True, slots=True)
class Asset:
    """An image of a style, for one place and one colour mode."""

    category: str
    color_mode: str
    extension: str
    content: bytes = field(repr=False)
    resource_id: str

    @property
    def place(self) -> tuple[str, str]:
        """Where and when it is shown; a style has one image for it."""
        return self.category, self.color_mode


@dataclass(frozen=True, slots=True)
class LoginBranding:
    """The style of one app client; `uses_provided` says that the settings are the server's own."""

    pool_id: str
    branding_id: str
    client_id: str
    uses_provided: bool
    settings: Mapping[str, Any] | None
    assets: tuple[Asset, ...]
    created_ms: int
    modified_ms: int


def check_settings(settings: Any, *, uses_provided: bool) -> None:
    """Refuse settings that are no JSON object, beside the server's own or without them; raises InvalidParameter…."""
    if uses_provided is (settings is not None):
        raise errors.BrandingSettingsOrProvided
    if settings is not None and not isinstance(settings, dict):
        raise errors.BrandingSettingsUnreadable


def check_assets(assets: Iterable[Asset]) -> tuple[Asset, ...]:
    """The images, each what it says it is and alone in its place; raises InvalidParameterException."""
    by_place: dict[tuple[str, str], Asset] = {}
    for asset in assets:
        if asset.place in by_place:
            raise errors.AssetGivenTwice(category=asset.category, mode=asset.color_mode)
        by_place[asset.place] = asset
        wanted = FAVICONS.get(asset.category, asset.extension)
        if wanted != asset.extension or ONLY_FOR.get(asset.extension, asset.category) != asset.category:
            raise errors.AssetExtensionUnfit(category=asset.category, extension=asset.extension)
        if kind_of(asset.content) != asset.extension:
            raise errors.AssetNotWhatItSays(category=asset.category, extension=asset.extension)
    if sum(len(asset.content) for asset in by_place.values()) > MOST_BYTES:
        raise errors.AssetsTooLarge(most=MOST_BYTES)
    return tuple(by_place.values())


def merged(before: Iterable[Asset], given: Iterable[Asset]) -> tuple[Asset, ...]:
    """The images before, with the given ones in their places."""
    by_place = {asset.place: asset for asset in before}
    return tuple({**by_place, **{asset.place: asset for asset in given}}.values())
