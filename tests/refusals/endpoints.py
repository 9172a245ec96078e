"""What worlds are made on: the pools of an endpoint, and the dev lane where it has one."""

import json
from dataclasses import dataclass, field
from typing import Any

from refusals.service import Answer, Service
from refusals.table import Document


class CannotPrepare(Exception):
    """A step was refused, so that the case cannot be asked."""

    def __init__(self, operation: str, answer: Answer) -> None:
        super().__init__(f"{operation} answered {answer.status} {answer.error}: {answer.message}")
        unmapped = "to no target" in (answer.message or "")  # the server lacks the triggers of the table
        self.is_unbuilt = answer.error == "UnknownOperationException" or unmapped


class NeedsDevLane(Exception):
    """A step reads the inbox or moves the clock, which only a dev server lets anybody do."""


class DevLane:
    """The inbox and the clock under /_dev."""

    def __init__(self, service: Service) -> None:
        self._service = service

    @classmethod
    def of(cls, service: Service) -> "DevLane | None":
        """The dev lane of an endpoint, where it has one."""
        found = service.get("/_dev/messages", to="nobody@example.com")
        return cls(service) if found.status == 200 and "messages" in found.document else None

    def message_to(self, address: str, after: str = "") -> dict[str, Any]:
        """The newest message that was sent there, or the first after another one, which may still be on its way."""
        query = {"to": address, "wait": "25", **({"after": after} if after else {})}
        messages = self._service.get("/_dev/messages", **query).document["messages"]
        if not messages:
            raise LookupError(f"no message arrived for {address}")
        return dict(messages[-1])

    def now_ms(self) -> int:
        """What the clock shows."""
        return int(self._service.post("/_dev/clock", {"advance": 0}).document["now_ms"])

    def advance(self, seconds: int) -> None:
        """Move the clock forward."""
        self._service.post("/_dev/clock", {"advance": seconds})


@dataclass
class Pools:
    """The pools that were made, so that cases which spoil nothing share them and all of them go away in the end."""

    service: Service
    shared: dict[str, dict[str, str | None]] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)

    def of(self, pool: Document, client: Document, *, own: bool) -> dict[str, str | None]:
        """The facts of a pool and a client with these settings."""
        key = json.dumps([pool, client], sort_keys=True)
        if own or key not in self.shared:
            found = self._make(pool, client)
            if own:
                return found
            self.shared[key] = found
        return dict(self.shared[key])

    def share_no_more(self) -> None:
        """Whoever asks from now on gets pools that nothing has happened to."""
        self.shared.clear()

    def _make(self, pool: Document, client: Document) -> dict[str, str | None]:
        made = self._call("CreateUserPool", pool)["UserPool"]
        self.made.append(made["Id"])
        app = self._call("CreateUserPoolClient", {"UserPoolId": made["Id"], **client})["UserPoolClient"]
        return {"pool_id": made["Id"], "client_id": app["ClientId"], "client_secret": app.get("ClientSecret")}

    def _call(self, operation: str, request: Document) -> dict[str, Any]:
        answer = self.service.call(operation, request)
        if answer.status != 200:
            raise CannotPrepare(operation, answer)
        return answer.document

    def delete_all(self) -> list[str]:
        """Delete what was made; answers with the pools that are still there."""
        left = []
        for pool_id in self.made:
            answer = self.service.call("DeleteUserPool", {"UserPoolId": pool_id})
            if answer.error == "InvalidParameterException":  # it is protected, or has a domain
                self.service.call("UpdateUserPool", {"UserPoolId": pool_id, "DeletionProtection": "INACTIVE"})
                shown = self.service.call("DescribeUserPool", {"UserPoolId": pool_id}).document["UserPool"]
                self.service.call("DeleteUserPoolDomain", {"UserPoolId": pool_id, "Domain": shown.get("Domain", "a")})
                answer = self.service.call("DeleteUserPool", {"UserPoolId": pool_id})
            if answer.status != 200 and answer.error != "ResourceNotFoundException":
                left.append(pool_id)
        return left
