"""The look of hosted pages through the AWS SDK: classic styles and logos, and the styles of managed login."""

import secrets

import pytest

from conftest import sdk_client
from served import serve

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
JPEG = b"\xff\xd8\xff\xe0" + bytes(64)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'
CSS = ".banner-customizable { background: navy; }\n/* hover */ .submitButton-customizable:hover { color: #fff; }"
SETTINGS = {"categories": {"form": {"instructions": {"enabled": True}}}, "components": {"list": [1, 2.5, None, "é"]}}


def asset(content, category="FORM_LOGO", mode="LIGHT", extension="PNG"):
    return {"Category": category, "ColorMode": mode, "Extension": extension, "Bytes": content}


def without_ids(assets):
    return [{name: value for name, value in one.items() if name != "ResourceId"} for one in assets]


@pytest.fixture
def with_domain(pool):
    pool.cognito.create_user_pool_domain(UserPoolId=pool.pool_id, Domain=f"look-{secrets.token_hex(6)}")
    return pool


def look_of(pool, **client):
    return pool.cognito.get_ui_customization(UserPoolId=pool.pool_id, **client)["UICustomization"]


def test_a_client_has_its_own_look_or_that_of_all(with_domain):
    """Without a look nothing is shown; the look of all is shown for a client until it has its own."""
    pool, client = with_domain, {"ClientId": with_domain.client_id}
    assert look_of(pool) == look_of(pool, **client) == {}
    key = {"UserPoolId": pool.pool_id}
    everyones = pool.cognito.set_ui_customization(**key, CSS=CSS, ImageFile=PNG)["UICustomization"]
    assert (everyones["ClientId"], everyones["CSS"]) == ("ALL", CSS)
    assert len(everyones["CSSVersion"]) == 14
    assert look_of(pool) == look_of(pool, ClientId="ALL") == look_of(pool, **client) == everyones
    own = pool.cognito.set_ui_customization(**key, **client, ImageFile=JPEG)["UICustomization"]
    assert own["ClientId"] == pool.client_id
    assert "CSS" not in own
    assert look_of(pool, **client) == own
    assert look_of(pool) == everyones


@pytest.mark.parametrize(
    "css",
    ["body { color: red; }", ".banner-customizable { color: red", "@import 'x';", ".banner-customizable { a: url(b) }",
     ".banner-customizable, .mine { color: red; }", "</style><script>"],
)  # fmt: skip
def test_a_style_holds_rules_for_the_known_classes_only(with_domain, css):
    """Everything else is refused, and the look stays."""
    with pytest.raises(with_domain.cognito.exceptions.InvalidParameterException):
        with_domain.cognito.set_ui_customization(UserPoolId=with_domain.pool_id, CSS=css)
    assert look_of(with_domain) == {}


def test_a_logo_is_a_picture_of_100_kilobytes_at_most(with_domain):
    """Its bytes decide, not its name."""
    for image in (SVG, b"GIF89a", PNG + bytes(100 * 1024)):
        with pytest.raises(with_domain.cognito.exceptions.InvalidParameterException):
            with_domain.cognito.set_ui_customization(UserPoolId=with_domain.pool_id, ImageFile=image)


def create(pool, **style):
    asked = {"UserPoolId": pool.pool_id, "ClientId": pool.client_id, **style}
    return pool.cognito.create_managed_login_branding(**asked)["ManagedLoginBranding"]


def test_a_style_is_shown_as_it_was_made(pool):
    """By its id and by its client; settings are any JSON object, and images come back byte by byte."""
    assets = [asset(PNG), asset(SVG, "FAVICON_SVG", "DYNAMIC", "SVG"), asset(JPEG, "PAGE_BACKGROUND", "DARK", "JPEG")]
    made = create(pool, Settings=SETTINGS, Assets=assets)
    assert (made["Settings"], without_ids(made["Assets"])) == (SETTINGS, assets)
    assert made["UseCognitoProvidedValues"] is False
    key = {"UserPoolId": pool.pool_id}
    by_id = {**key, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    assert pool.cognito.describe_managed_login_branding(**by_id)["ManagedLoginBranding"] == made
    by_client = {**key, "ClientId": pool.client_id, "ReturnMergedResources": False}
    assert pool.cognito.describe_managed_login_branding_by_client(**by_client)["ManagedLoginBranding"] == made
    pool.cognito.delete_managed_login_branding(**by_id)
    with pytest.raises(pool.cognito.exceptions.ResourceNotFoundException):
        pool.cognito.describe_managed_login_branding(**by_id)


def test_an_update_keeps_what_it_does_not_name(pool):
    """Images are replaced place by place, settings as a whole; the server's own settings end the ones before."""
    made = create(pool, Settings=SETTINGS, Assets=[asset(PNG), asset(JPEG, mode="DARK", extension="JPEG")])
    key = {"UserPoolId": pool.pool_id, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    update = pool.cognito.update_managed_login_branding
    other = PNG + b"other"
    changed = update(**key, Assets=[asset(other)])["ManagedLoginBranding"]
    assert changed["Settings"] == SETTINGS
    assert [one["Bytes"] for one in changed["Assets"]] == [other, JPEG]
    kept = {**asset(None, "FORM_BACKGROUND"), "ResourceId": changed["Assets"][0]["ResourceId"]}
    del kept["Bytes"]
    copied = update(**key, Assets=[kept])["ManagedLoginBranding"]["Assets"]
    assert copied[2]["Bytes"] == other
    assert update(**key, Settings={"a": 1})["ManagedLoginBranding"]["Settings"] == {"a": 1}
    provided = update(**key, UseCognitoProvidedValues=True)["ManagedLoginBranding"]
    assert provided["UseCognitoProvidedValues"] is True
    assert "Settings" not in provided
    assert len(provided["Assets"]) == 3


@pytest.mark.parametrize(
    "drawing",
    [b"<svg><script/></svg>", b'<svg onload="a()"/>', b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', b"<html/>",
     b'<svg><a href="javascript:a()"/></svg>'],
)  # fmt: skip
def test_a_drawing_holds_nothing_that_runs(pool, drawing):
    """Whoever sees the page would run it."""
    with pytest.raises(pool.cognito.exceptions.InvalidParameterException, match="not a usable SVG"):
        create(pool, Settings={}, Assets=[asset(drawing, "FAVICON_SVG", "DYNAMIC", "SVG")])


def test_a_style_goes_with_its_client(pool):
    """A deleted client leaves no style behind."""
    made = create(pool, UseCognitoProvidedValues=True)
    pool.cognito.delete_user_pool_client(UserPoolId=pool.pool_id, ClientId=pool.client_id)
    key = {"UserPoolId": pool.pool_id, "ManagedLoginBrandingId": made["ManagedLoginBrandingId"]}
    with pytest.raises(pool.cognito.exceptions.ResourceNotFoundException):
        pool.cognito.describe_managed_login_branding(**key)


def test_a_pool_has_no_more_styles_than_its_quota():
    """One too many is LimitExceededException."""
    with serve(**{"quotas.brandings_per_pool": "1"}) as server:
        cognito = sdk_client(server.url)
        key = {"UserPoolId": cognito.create_user_pool(PoolName="narrow")["UserPool"]["Id"]}
        one, other = (
            cognito.create_user_pool_client(**key, ClientName="app")["UserPoolClient"]["ClientId"] for _ in range(2)
        )
        cognito.create_managed_login_branding(**key, ClientId=one, UseCognitoProvidedValues=True)
        with pytest.raises(cognito.exceptions.LimitExceededException, match="more than 1 managed login branding"):
            cognito.create_managed_login_branding(**key, ClientId=other, UseCognitoProvidedValues=True)
