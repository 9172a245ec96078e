"""How ``/_dev`` answers a request that it cannot read: 400, naming the parameter."""

from starlette.responses import JSONResponse


class BadParameter(Exception):  # noqa: N818
    """A parameter is not what it must be; the wording says what it must be."""

    def __init__(self, parameter: str, wording: str) -> None:
        super().__init__(wording)
        self.parameter = parameter

    def response(self) -> JSONResponse:
        """The answer for the developer who sent it."""
        return JSONResponse({"parameter": self.parameter, "message": str(self)}, status_code=400)
