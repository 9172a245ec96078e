"""Destinations as answers show them: enough to recognise, too little to learn (reference 14)."""


def mask_email(address: str) -> str:
    """``k***@d***``: the first letter of each side."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain[:1]}***"


def mask_phone(number: str) -> str:
    """``+*******1234``: seven stars and the last four digits."""
    return f"+*******{number[-4:]}"
