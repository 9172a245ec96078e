"""`cognomen apply`: what a template asks for is there afterwards, as AWS SDKs see it; a second run changes nothing."""

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli.running import Ended, run
from cognomen.admin.stacks.template import _loader
from conftest import sdk_client
from served import Served, serve

SHOP = Path(__file__).parent / "shop.yaml"
SECRET = ("--parameter", "ProviderSecret=a-secret-of-the-provider")
Document = dict[str, Any]


@dataclass(frozen=True)
class Store:
    """A served store, and a folder to apply templates to it from."""

    folder: Path
    server: Served
    cognito: Any

    def apply(self, template: str, *more: str, stack: str = "shop") -> Ended:
        (self.folder / "template").write_text(template, "utf-8")
        return run("apply", "template", "--stack", stack, "--data", "store", *more, folder=self.folder)

    def done(self, document: Document, *more: str) -> list[str]:
        """The lines of an application that has to work."""
        ended = self.apply(json.dumps(document), *more)
        assert (ended.code, ended.err) == (0, ""), ended
        return ended.out.splitlines()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with serve(data=str(tmp_path / "store")) as server:
        yield Store(tmp_path, server, sdk_client(server.url))


def outputs(out: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+) = (.+)$", out, re.MULTILINE))


def signs(lines: list[str]) -> dict[str, str]:
    """What the plan says of each resource."""
    found = (re.match(r"(\S) (\w+) \(", line) for line in lines)
    return {step[2]: step[1] for step in found if step}


def test_a_template_of_every_type(store: Store) -> None:
    """Everything is there with its settings; numbers and truth values may be text; the outputs are told."""
    ended = store.apply(SHOP.read_text("utf-8"), *SECRET)
    assert (ended.code, ended.err) == (0, ""), ended
    told, cognito = outputs(ended.out), store.cognito
    key = {"UserPoolId": told["PoolId"]}
    pool = cognito.describe_user_pool(**key)["UserPool"]
    assert pool["Name"] == "shop-people"
    assert pool["Policies"]["PasswordPolicy"]["MinimumLength"] == 10
    assert pool["Policies"]["PasswordPolicy"]["RequireSymbols"] is False
    assert pool["MfaConfiguration"] == "OPTIONAL"
    assert pool["Domain"] == "shop-000000000000"
    assert cognito.get_user_pool_mfa_config(**key)["SoftwareTokenMfaConfiguration"] == {"Enabled": True}
    client = cognito.describe_user_pool_client(**key, ClientId=told["ClientId"])["UserPoolClient"]
    assert client["ClientSecret"] == told["Secret"]
    assert client["SupportedIdentityProviders"] == ["COGNITO", "corp"]
    assert client["AllowedOAuthScopes"] == ["https://api.shop.example/read"]
    members = cognito.list_users_in_group(**key, GroupName="owners")["Users"]
    [attributes] = [{one["Name"]: one["Value"] for one in user["Attributes"]} for user in members]
    assert attributes["email"] == "owner@shop.example"
    assert told["Issuer"] == f"https://cognito-idp.us-east-1.amazonaws.com/{told['PoolId']}"
    assert "a-secret-of-the-provider" not in ended.out


def test_a_second_run_changes_nothing(store: Store) -> None:
    """No line but the count and the outputs, which are the same."""
    first = store.apply(SHOP.read_text("utf-8"), *SECRET)
    again = store.apply(SHOP.read_text("utf-8"), *SECRET)
    assert again.out.splitlines()[0] == "8 as wanted"
    assert outputs(again.out) == outputs(first.out)


def test_a_plan_changes_nothing(store: Store) -> None:
    """What would be made, in order, with what is not known yet; secrets are masked."""
    ended = store.apply(SHOP.read_text("utf-8"), *SECRET, "--plan")
    assert set(signs(ended.out.splitlines()).values()) == {"+"}
    assert ended.out.splitlines()[-1] == "8 to make"
    assert '    UserPoolId: "(known after it is made)"' in ended.out
    assert "    ProviderDetails: ****" in ended.out
    assert store.cognito.list_user_pools(MaxResults=60)["UserPools"] == []


def template(**resources: Document) -> Document:
    return {"Resources": resources}


def resource(kind: str, **properties: Any) -> Document:
    return {"Type": f"AWS::Cognito::{kind}", "Properties": properties}


POOL = {"Ref": "Pool"}
SMALL = template(
    Pool=resource("UserPool", UserPoolName="small"),
    App=resource("UserPoolClient", UserPoolId=POOL, ClientName="app"),
    Staff=resource("UserPoolGroup", UserPoolId=POOL, GroupName="staff"),
)
SMALL["Outputs"] = {"PoolId": {"Value": POOL}, "ClientId": {"Value": {"Ref": "App"}}}


def changed(change: Callable[[Document], None]) -> Document:
    document = deepcopy(SMALL)
    change(document["Resources"])
    return document


def test_what_differs_is_changed_in_place(store: Store) -> None:
    """The pool and the client keep their ids; attributes are added; the plan says what was and what is to be."""
    before = outputs("\n".join(store.done(SMALL)))

    def change(resources: Document) -> None:
        resources["Pool"]["Properties"] |= {"UserPoolName": "large", "MfaConfiguration": "ON"}
        resources["Pool"]["Properties"] |= {"EnabledMfas": ["SOFTWARE_TOKEN_MFA"]}
        resources["Pool"]["Properties"]["Schema"] = [{"Name": "tenant", "AttributeDataType": "String"}]
        resources["App"]["Properties"]["AccessTokenValidity"] = 2
        resources["Staff"]["Properties"]["Precedence"] = 7

    lines = store.done(changed(change))
    assert signs(lines) == {"Pool": "~", "App": "~", "Staff": "~"}
    assert '    UserPoolName: "small" -> "large"' in lines
    assert "    Precedence: 7" in lines
    assert outputs("\n".join(lines)) == before
    key = {"UserPoolId": before["PoolId"]}
    pool = store.cognito.describe_user_pool(**key)["UserPool"]
    assert (pool["Name"], pool["MfaConfiguration"]) == ("large", "ON")
    assert "custom:tenant" in {one["Name"] for one in pool["SchemaAttributes"]}
    client = store.cognito.describe_user_pool_client(**key, ClientId=before["ClientId"])["UserPoolClient"]
    assert client["AccessTokenValidity"] == 2
    assert store.cognito.get_group(**key, GroupName="staff")["Group"]["Precedence"] == 7
    assert store.done(changed(change))[0] == "3 as wanted"
    store.done(SMALL | {"Resources": changed(change)["Resources"] | {"App": SMALL["Resources"]["App"]}})
    client = store.cognito.describe_user_pool_client(**key, ClientId=before["ClientId"])["UserPoolClient"]
    assert client.get("AccessTokenValidity") is None


def test_what_cannot_be_changed_is_replaced(store: Store) -> None:
    """A client that is to have a secret is another client; a group of another name another group."""
    before = outputs("\n".join(store.done(SMALL)))

    def change(resources: Document) -> None:
        resources["App"]["Properties"]["GenerateSecret"] = True
        resources["Staff"]["Properties"]["GroupName"] = "crew"

    lines = store.done(changed(change))
    assert signs(lines) == {"App": "±", "Staff": "±"}
    after = outputs("\n".join(lines))
    assert after["PoolId"] == before["PoolId"]
    assert after["ClientId"] != before["ClientId"]
    groups = store.cognito.list_groups(UserPoolId=after["PoolId"])["Groups"]
    assert [one["GroupName"] for one in groups] == ["crew"]
    assert len(store.cognito.list_user_pool_clients(UserPoolId=after["PoolId"])["UserPoolClients"]) == 1


@pytest.mark.parametrize(
    ("properties", "told"),
    [
        ({"UsernameAttributes": ["email"]}, "Pool: UsernameAttributes cannot be changed: another pool would be needed"),
        (
            {"Schema": [{"Name": "b", "AttributeDataType": "Number"}]},
            "attributes can be added, not changed or taken away",
        ),
        ({"MfaConfiguration": "ALWAYS"}, "Pool: InvalidParameterException"),
    ],
)
def test_users_are_never_lost_for_a_change(store: Store, properties: Document, told: str) -> None:
    """What would need another pool is refused, and so is what its operation refuses; nothing has changed."""

    def first(resources: Document) -> None:
        resources["Pool"]["Properties"]["Schema"] = [{"Name": "a", "AttributeDataType": "String"}]

    pool_id = outputs("\n".join(store.done(changed(first))))["PoolId"]
    before = store.cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"]

    def second(resources: Document) -> None:
        first(resources)
        resources["Pool"]["Properties"] |= properties

    ended = store.apply(json.dumps(changed(second)))
    assert ended.code == 2
    assert told in ended.err
    assert store.cognito.describe_user_pool(UserPoolId=pool_id)["UserPool"] == before


def test_what_the_template_does_not_name_any_more_goes(store: Store) -> None:
    """In the order in which it can; what is to be retained stays, and the stack knows it no more."""
    pool_id = outputs("\n".join(store.done(SMALL)))["PoolId"]
    only_pool = {"Resources": {"Pool": SMALL["Resources"]["Pool"]}}
    assert signs(store.done(only_pool)) == {"App": "-", "Staff": "-"}
    assert store.cognito.list_groups(UserPoolId=pool_id)["Groups"] == []

    def retain(resources: Document) -> None:
        resources["Pool"]["DeletionPolicy"] = "Retain"

    store.done(changed(retain))
    other = template(Other=resource("UserPool", UserPoolName="other"))
    lines = store.done(other)
    assert signs(lines) == {"Other": "+", "App": "-", "Staff": "-", "Pool": "-"}
    assert "    retained: it stays, and is no part of the stack any more" in lines
    names = {one["Name"] for one in store.cognito.list_user_pools(MaxResults=60)["UserPools"]}
    assert names == {"small", "other"}
    assert store.done(other)[0] == "1 as wanted"


def test_what_was_deleted_by_hand_is_made_again(store: Store) -> None:
    """A group that is gone, and a whole pool with what was in it."""
    told = outputs("\n".join(store.done(SMALL)))
    store.cognito.delete_group(UserPoolId=told["PoolId"], GroupName="staff")
    assert signs(store.done(SMALL)) == {"Staff": "+"}
    store.cognito.delete_user_pool(UserPoolId=told["PoolId"])
    lines = store.done(SMALL)
    assert signs(lines) == {"Pool": "+", "App": "+", "Staff": "+"}
    assert outputs("\n".join(lines))["PoolId"] != told["PoolId"]
    assert store.done(SMALL)[0] == "3 as wanted"


def test_a_refusal_stops_where_it_is_and_the_rest_follows(store: Store) -> None:
    """What stands before is done and not made twice when the template is mended."""

    def break_it(resources: Document) -> None:
        resources["Staff"]["Properties"]["Precedence"] = -1

    ended = store.apply(json.dumps(changed(break_it)))
    assert ended.code == 2
    assert ended.err.startswith("cognomen: Resources.Staff: InvalidParameterException: ")
    assert signs(store.done(SMALL)) == {"Staff": "+"}
    assert len(store.cognito.list_user_pools(MaxResults=60)["UserPools"]) == 1


def test_other_types_are_listed_and_refused(store: Store) -> None:
    """Unless they are to be passed over; what refers to them cannot be made either way."""
    other = deepcopy(SMALL)
    other["Resources"]["Queue"] = {"Type": "AWS::SQS::Queue", "Properties": {}}
    ended = store.apply(json.dumps(other))
    assert ended.code == 2
    assert "Resources.Queue: AWS::SQS::Queue is not supported" in ended.err
    assert "--skip-unsupported" in ended.err
    assert signs(store.done(other, "--skip-unsupported")) == {"Queue": "!", "Pool": "+", "App": "+", "Staff": "+"}
    other["Resources"]["Staff"]["Properties"]["Description"] = {"Ref": "Queue"}
    ended = store.apply(json.dumps(other), "--skip-unsupported")
    assert (ended.code, "Staff refers to Queue, which is not supported" in ended.err) == (2, True)


def test_what_a_name_stands_for_may_become_another_kind(store: Store) -> None:
    """The old thing goes first."""
    told = outputs("\n".join(store.done(SMALL)))
    other = changed(
        lambda resources: resources.update(Staff=resource("UserPoolClient", UserPoolId=POOL, ClientName="x"))
    )
    store.done(other)
    assert store.cognito.list_groups(UserPoolId=told["PoolId"])["Groups"] == []
    assert store.done(other)[0] == "3 as wanted"


def test_two_stacks_are_apart(store: Store) -> None:
    """Each has its own things under the same names."""
    store.done(SMALL)
    ended = store.apply(json.dumps(SMALL), stack="other")
    assert (ended.code, len(store.cognito.list_user_pools(MaxResults=60)["UserPools"])) == (0, 2)


def test_yaml_is_read_as_cloudformation_reads_it() -> None:
    """Short forms of functions, and dates that stay text."""
    found = yaml.load("a: !Ref X\nb: !GetAtt X.Arn\nc: !Sub '${X}'\nd: 2010-09-09\n", Loader=_loader(yaml))
    assert found == {"a": {"Ref": "X"}, "b": {"Fn::GetAtt": ["X", "Arn"]}, "c": {"Fn::Sub": "${X}"}, "d": "2010-09-09"}
