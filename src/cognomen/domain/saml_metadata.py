"""What the metadata of a SAML provider says (SAML 2.0 metadata, section 2.4.3); read only as far as it is needed here.

Metadata with a document type is refused unread: entities are the only way in which a small text can grow large or
reach for files, and metadata has no use for them.
"""

from xml.etree import ElementTree as ET

from cognomen import errors

METADATA = "{urn:oasis:names:tc:SAML:2.0:metadata}"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
SERVICES = {"SSORedirectBindingURI": "SingleSignOnService", "SLORedirectBindingURI": "SingleLogoutService"}


def bindings_of(text: str) -> dict[str, str]:
    """Where the provider takes redirected requests, by the names of Describe; raises MetadataUnreadable."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise errors.MetadataUnreadable
    try:
        root = ET.fromstring(text)  # noqa: S314 (nothing that could expand is left in it)
    except (ET.ParseError, ValueError) as broken:
        raise errors.MetadataUnreadable from broken
    provider = root.find(f".//{METADATA}IDPSSODescriptor")
    if provider is None or provider.find(f"{METADATA}SingleSignOnService") is None:
        raise errors.MetadataUnreadable
    found = {name: _redirect_of(provider, service) for name, service in SERVICES.items()}
    return {name: address for name, address in found.items() if address}


def _redirect_of(provider: ET.Element, service: str) -> str | None:
    places = provider.findall(f"{METADATA}{service}")
    return next((place.get("Location") for place in places if place.get("Binding") == REDIRECT), None)
