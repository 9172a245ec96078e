"""The way to operations that have no method here yet: AWS's names in, AWS's names out."""

from collections.abc import Mapping
from typing import Any

from cognomen_kit.calls import Call, JsonObject
from cognomen_kit.core import Core
from cognomen_kit.operations import operation


class AnyOperation(Core):
    """One operation for all the others."""

    @operation
    def call(self, operation_name: str, members: Mapping[str, Any]) -> Call[JsonObject]:
        """Call an operation of `cognito-idp` by its name: `call("DescribeUserPool", {"UserPoolId": …})`.

        Signed where AWS wants a signature; nothing is added to the members.
        """
        return (yield from self.send(operation_name, members))
