"""Where to go afterwards, without leading anybody away from the site."""

from urllib.parse import urlsplit


def safe_next(wanted: str | None, otherwise: str = "/") -> str:
    """The path of this site that was asked for, else the other one: no host, no scheme, no tricks of browsers.

    Browsers read a backslash as a slash and drop tabs and line ends, so both are refused anywhere in the path.
    """
    if not wanted or not wanted.startswith("/") or wanted.startswith("//"):
        return otherwise
    if "\\" in wanted or any(ord(character) <= ord(" ") or ord(character) == 0x7F for character in wanted):  # noqa: PLR2004 - DEL
        return otherwise
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else wanted
