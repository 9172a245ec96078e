"""Whom a courier believes to be who they say they are."""

import ssl


def trusted_authorities(ca_file: str | None) -> ssl.SSLContext:
    """The system's authorities, and one more where it is given."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    return context
