"""The HTTP status of a refusal."""

from cognomen_kit.errors import CognitoError

TOO_MANY = 429
UNAVAILABLE = 503
STATUSES = {
    "NotAuthorizedException": 401,
    "UserNotFoundException": 401,
    "ForbiddenException": 403,
    "UsernameExistsException": 409,
    "AliasExistsException": 409,
    "LimitExceededException": TOO_MANY,
    "TooManyRequestsException": TOO_MANY,
    "TooManyFailedAttemptsException": TOO_MANY,
    "InternalErrorException": UNAVAILABLE,
    "CognitoUnavailable": UNAVAILABLE,
}


def status_of(error: CognitoError) -> int:
    """What a browser or a program is told: 400 unless there is something better to say."""
    return STATUSES.get(error.code, 400)
