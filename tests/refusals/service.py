"""Raw calls to an endpoint that speaks Cognito's wire: no client-side validation stands in the way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Self
from urllib.parse import urlsplit

import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials, EnvProvider
from botocore.session import get_session

PREFIX = "AWSCognitoIdentityProviderService"
SERVICE = "cognito-idp"
ANY_KEY = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG")  # a server that verifies nothing takes it
UNKNOWN_KEY = Credentials("AKIDNOBODYKNOWS00000", "a-secret-that-nobody-knows-either")


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read as AWS JSON 1.1 wants it."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body; empty where it is no JSON object."""
        try:
            found = json.loads(self.body or b"{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def error(self) -> str | None:
        """The name of the refusal as SDKs read it: without a namespace in front and an address behind."""
        named = self.document.get("__type") or self.headers.get("x-amzn-errortype")
        return str(named).partition(":")[0].rpartition("#")[2] if named and self.status != 200 else None

    @property
    def message(self) -> str | None:
        """The wording of the refusal."""
        return self.document.get("message") or self.document.get("Message")


class Service:
    """One endpoint of cognito-idp, and the credentials that administrators sign with: AWS_ACCESS_KEY_ID and so on."""

    def __init__(self, endpoint: str, credentials: Credentials | None = None, region: str | None = None) -> None:
        self.endpoint = endpoint.rstrip("/")
        self._credentials = credentials or EnvProvider().load() or ANY_KEY
        self.region = region or region_of(endpoint)
        self._http = urllib3.PoolManager(retries=False, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.clear()

    def call(self, operation: str, request: Mapping[str, Any]) -> Answer:
        """An ordinary call: signed where the model says so."""
        return self.send(f"{PREFIX}.{operation}", json.dumps(request).encode(), "" if is_signed(operation) else "no")

    def send(self, target: str, body: bytes, sign: str = "") -> Answer:
        """Any bytes for any target; `sign` is one of table.SIGNATURES."""
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": target}
        request = AWSRequest("POST", f"{self.endpoint}/", headers=headers, data=body)
        if sign == "garbled":
            request.headers["Authorization"] = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE"
        elif sign != "no":
            SigV4Auth(self._signer(sign), SERVICE, self.region).add_auth(request)
        return self._request("POST", request.url, body=body, headers=dict(request.headers.items()))

    def get(self, path: str, **query: str) -> Answer:
        """A page beside the API."""
        return self._request("GET", f"{self.endpoint}{path}", fields=query)

    def post(self, path: str, body: Mapping[str, Any]) -> Answer:
        """A JSON body to a page beside the API."""
        return self._request("POST", f"{self.endpoint}{path}", json=dict(body))

    def _request(self, method: str, url: str, **more: Any) -> Answer:
        """What came back; the status is 0 where nothing did."""
        try:
            got = self._http.request(method, url, **more)
        except urllib3.exceptions.HTTPError as fault:
            return Answer(0, {}, json.dumps({"message": type(fault).__name__}).encode())
        return Answer(got.status, {name.lower(): value for name, value in got.headers.items()}, got.data)

    def _signer(self, sign: str) -> Credentials:
        if sign == "unknown_key":
            return UNKNOWN_KEY
        if sign == "wrong_secret":
            return Credentials(self._credentials.access_key, "a-secret-of-somebody-else-entirely")
        return self._credentials


def region_of(endpoint: str) -> str:
    """The region in a host name such as cognito-idp.eu-west-1.amazonaws.com; us-east-1 elsewhere."""
    labels = (urlsplit(endpoint).hostname or "").split(".")
    return labels[1] if labels[0].startswith("cognito-idp") and len(labels) > 2 else "us-east-1"


@cache
def _model() -> Any:
    return get_session().get_service_model(SERVICE)


def is_signed(operation: str) -> bool:
    """Whether AWS's model has callers sign this operation; an unknown one is signed."""
    known = operation in _model().operation_names
    return not known or _model().operation_model(operation).auth_type != "none"
