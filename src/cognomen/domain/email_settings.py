"""EmailConfiguration of a pool: who its mail comes from (reference 03)."""

import re
from collections.abc import Mapping
from typing import Any

from cognomen import errors

IDENTITY_ARN = re.compile(r"arn:aws[a-z-]*:ses:[a-z0-9-]+:[0-9]{12}:identity/[^\s/]+", re.ASCII)
ATOM = r"[^\s<>()\[\],;:\\\"@]+"
ADDRESS = re.compile(rf'(?:"[^"\\]*"|[^"<>@]*?)\s*<{ATOM}@{ATOM}>|{ATOM}@{ATOM}')


def check_email_configuration(asked: Mapping[str, Any]) -> None:
    """Refuse a configuration by which no mail could be sent; raises InvalidParameterException."""
    source = asked.get("SourceArn")
    if source and not IDENTITY_ARN.fullmatch(source):
        raise errors.InvalidParameterException(f"SourceArn {source} is not the ARN of an SES identity.")
    if asked.get("EmailSendingAccount") == "DEVELOPER" and not source:
        raise errors.InvalidParameterException("EmailSendingAccount DEVELOPER needs the SourceArn of an SES identity.")
    for member in ("From", "ReplyToEmailAddress"):
        if asked.get(member) and not ADDRESS.fullmatch(asked[member]):
            raise errors.InvalidParameterException(f"{member} is not an e-mail address.")
