"""What triggers answer, read member by member; what cannot be is InvalidLambdaResponseException (reference 08)."""

from collections.abc import Callable, Mapping
from typing import Any

from cognomen import errors

Response = Mapping[str, Any]


def response_of(answer: Any) -> Response:
    """The response within the event that a handler gave back; raises InvalidLambdaResponseException."""
    response = answer.get("response") if isinstance(answer, dict) else None
    if not isinstance(response, dict):
        raise errors.InvalidLambdaResponseException
    return response


def _read(response: Response, name: str, fits: Callable[[Any], bool]) -> Any:
    value = response.get(name)
    if value is not None and not fits(value):
        raise errors.InvalidLambdaResponseException
    return value


def flag(response: Response, name: str) -> bool:
    """A member that is true, false or not given."""
    return bool(_read(response, name, lambda value: isinstance(value, bool)))


def text(response: Response, name: str) -> str | None:
    """A member that is text, if anything."""
    value: str | None = _read(response, name, lambda value: isinstance(value, str))
    return value


def texts(response: Response, name: str) -> tuple[str, ...] | None:
    """A list of texts; None where it is not given."""
    value = _read(response, name, lambda value: isinstance(value, list) and all(isinstance(one, str) for one in value))
    return None if value is None else tuple(value)


def table(response: Response, name: str) -> Mapping[str, Any]:
    """A table of anything; empty where it is not given."""
    return _read(response, name, lambda value: isinstance(value, dict)) or {}


def table_of_texts(response: Response, name: str) -> Mapping[str, str]:
    """A table of texts; numbers and truth values become text, as they do on AWS."""
    found = table(response, name)
    return {key: _as_text(value) for key, value in found.items() if value is not None}


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str | int | float):
        raise errors.InvalidLambdaResponseException
    return str(value)
