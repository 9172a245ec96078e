"""What happens in worlds around a pool: groups, secrets of clients, attributes, ARNs; each step gets a World."""

from typing import Any

GROUP = {"UserPoolId": "${pool_id}", "GroupName": "${group}"}
CLIENT = {"UserPoolId": "${pool_id}", "ClientId": "${client_id}"}


def list_secrets(world: Any, _: object) -> None:
    world.facts["secret_id"] = world.call("ListUserPoolClientSecrets", **CLIENT)["ClientSecrets"][0]["ClientSecretId"]


def read_arn(world: Any, _: object) -> None:
    world.facts["pool_arn"] = world.call("DescribeUserPool", UserPoolId="${pool_id}")["UserPool"]["Arn"]


def fill_schema(world: Any, _: object) -> None:
    for half in "ab":
        attributes = [{"Name": f"{half}{number}", "AttributeDataType": "String"} for number in range(25)]
        world.call("AddCustomAttributes", UserPoolId="${pool_id}", CustomAttributes=attributes)


def _arn_with(place: int, text: str, world: Any) -> str:
    parts = (world.facts["pool_arn"] or "").split(":")
    return ":".join((*parts[:place], text, *parts[place + 1 :]))


def arn_of_another_region(world: Any) -> str:
    return _arn_with(3, "eu-south-2", world)


def arn_of_another_account(world: Any) -> str:
    return _arn_with(4, "999999999999", world)


def arn_of_another_partition(world: Any) -> str:
    return _arn_with(1, "aws-cn", world)


def arn_of_unknown_pool(world: Any) -> str:
    return _arn_with(5, f"userpool/{world.facts['unknown_pool_id']}", world)
