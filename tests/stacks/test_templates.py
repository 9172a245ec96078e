"""Templates as text: what is understood, and that every fault is told with its place before anything is done."""

import json
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import pytest

from cognomen.admin.stacks.functions import LATER, Made, Scope, in_order, parameter_values, pseudo_parameters
from cognomen.admin.stacks.plan import refuse_unsupported, resolved, supported
from cognomen.admin.stacks.template import TemplateRefused, read_template

POOL = {"Type": "AWS::Cognito::UserPool"}
PSEUDO = pseudo_parameters("eu-west-1", "123456789012", "shop")


def of(**resources: Any) -> str:
    return json.dumps({"Resources": resources})


def group(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Cognito::UserPoolGroup", "Properties": {"UserPoolId": "p", **properties}}


MALFORMED = {
    "nothing": ("", "a template is an object with Resources"),
    "a list": ("- a\n", "a template is an object with Resources"),
    "broken JSON": ('{"Resources": ', "no JSON"),
    "broken YAML": ("Resources: [", "no YAML"),
    "an unknown function": (
        "Resources: {A: {Type: x, Properties: {UserPoolName: !If [a, b]}}}",
        "!If",
    ),
    "code": ("Resources: !!python/object/apply:os.system [id]", "no YAML"),
    "a number of thousands of digits": (f"Resources: {'9' * 5000}", "no YAML"),
    "names for values that grow": (
        "a: &a [x, x]\n"
        + "".join(f"{new}: &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in pairwise("abcdefgh")),
        "a template has less than 100000 values",
    ),
    "no resources": ("{}", "a template needs Resources"),
    "a foreign section": (
        '{"Resources": {"A": {"Type": "x"}}, "Pipeline": {}}',
        "Pipeline is no section",
    ),
    "conditions": ('{"Resources": {"A": {"Type": "x"}}, "Conditions": {}}', "Conditions is not supported"),
    "resources as a list": ('{"Resources": []}', "Resources must be an object"),
    "a resource without a type": (of(A={}), "Resources.A needs a Type"),
    "a name with a dash": (of(**{"a-b": POOL}), "a name has letters and digits only"),
    "a condition of a resource": (of(A={**POOL, "Condition": "X"}), "Resources.A.Condition is not supported"),
    "properties as text": (of(A={**POOL, "Properties": "x"}), "Resources.A.Properties must be an object"),
    "another policy": (
        of(A={**POOL, "DeletionPolicy": "Snapshot"}),
        "A.DeletionPolicy must be Delete or Retain",
    ),
    "an output without a value": ('{"Resources": {"A": {"Type": "x"}}, "Outputs": {"B": {}}}', "Outputs.B needs"),
    "a parameter without a type": (
        '{"Resources": {"A": {"Type": "x"}}, "Parameters": {"B": {}}}',
        "B needs a Type",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_no_template_is_refused(name: str) -> None:
    """In words, with the place."""
    content, told = MALFORMED[name]
    with pytest.raises(TemplateRefused) as refused:
        read_template(content)
    assert told in str(refused.value)


def test_all_faults_are_told_at_once() -> None:
    """One run shows everything that has to be mended."""
    content = json.dumps({"Resources": {"A": {}, "B-": POOL}, "Rules": {}, "Outputs": {"C": {}}})
    with pytest.raises(TemplateRefused) as refused:
        read_template(content)
    assert len(str(refused.value).splitlines()) == 4


def scope(content: str, given: Mapping[str, str] | None = None, **made: Made) -> Scope:
    template = read_template(content)
    return Scope(template, parameter_values(template, given or {}), PSEUDO, made)


PARAMETERS = {"Size": {"Type": "Number", "Default": 8}, "Urls": {"Type": "CommaDelimitedList", "Default": "a,b"}}
THINGS = json.dumps({"Parameters": PARAMETERS, "Resources": {"A": POOL, "B": POOL}})
VALUES: dict[str, tuple[Any, Any]] = {
    "text": ("x", "x"),
    "a parameter": ({"Ref": "Size"}, "8"),
    "a list": ({"Ref": "Urls"}, ["a", "b"]),
    "a pseudo parameter": ({"Ref": "AWS::Region"}, "eu-west-1"),
    "a resource": ({"Ref": "A"}, "p_1"),
    "a resource that is not there": ({"Ref": "B"}, LATER),
    "an attribute": ({"Fn::GetAtt": ["A", "Arn"]}, "arn:a"),
    "an attribute by text": ({"Fn::GetAtt": "A.Arn"}, "arn:a"),
    "a text with placeholders": ({"Fn::Sub": "${A}/${A.Arn}/${Size}/${!A}/${AWS::StackName}"}, "p_1/arn:a/8/${A}/shop"),
    "a text with its own values": ({"Fn::Sub": ["${X}-${Size}", {"X": {"Ref": "A"}}]}, "p_1-8"),
    "a join": ({"Fn::Join": [",", ["x", {"Ref": "A"}]]}, "x,p_1"),
    "nothing in a list": ([{"Ref": "AWS::NoValue"}, 1], [1]),
    "nothing in an object": ({"a": {"Ref": "AWS::NoValue"}, "b": 1}, {"b": 1}),
    "an object that only looks like a function": ({"Ref": "A", "x": 1}, {"Ref": "A", "x": 1}),
}


@pytest.mark.parametrize("name", VALUES)
def test_functions_are_resolved(name: str) -> None:
    """Against parameters, and what is there by now."""
    value, expected = VALUES[name]
    assert scope(THINGS, A=Made("p_1", {"Arn": "arn:a"})).resolve(value, "X") == expected


UNRESOLVABLE: dict[str, tuple[Any, str]] = {
    "an unknown name": ({"Ref": "C"}, "X: Ref names C, which the template does not have"),
    "an unknown resource": ({"Fn::GetAtt": ["C", "Arn"]}, "X: Fn::GetAtt names C"),
    "an unknown attribute": ({"Fn::GetAtt": ["A", "Size"]}, "X: A has no attribute Size"),
    "half an attribute": ({"Fn::GetAtt": "A"}, "X: Fn::GetAtt takes a resource and an attribute"),
    "an unknown function": ({"Fn::ImportValue": "x"}, "X: Fn::ImportValue is not supported"),
    "a placeholder of nothing": ({"Fn::Sub": "${C}"}, "X: Ref names C"),
    "a sub of a number": ({"Fn::Sub": 1}, "X: Fn::Sub takes a text"),
    "a join of text": ({"Fn::Join": ["", "x"]}, "X: Fn::Join takes a text and a list"),
    "deep inside": ({"a": [{"b": {"Ref": "C"}}]}, "X.a[0].b: Ref names C"),
}


@pytest.mark.parametrize("name", UNRESOLVABLE)
def test_what_cannot_be_resolved_is_refused(name: str) -> None:
    """With its place."""
    value, told = UNRESOLVABLE[name]
    with pytest.raises(TemplateRefused) as refused:
        scope(THINGS, A=Made("p_1")).resolve(value, "X")
    assert str(refused.value).startswith(told)


RULES: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "missing": ({"Type": "String"}, {}, "the parameter A needs a value: --parameter A=…"),
    "unknown": ({"Type": "String", "Default": "x"}, {"B": "1"}, "the template has no parameter B"),
    "not allowed": ({"Type": "String", "AllowedValues": ["x", "y"]}, {"A": "z"}, "must be one of x, y"),
    "of another form": ({"Type": "String", "AllowedPattern": "[a-z]+"}, {"A": "1"}, "must match [a-z]+"),
    "no number": ({"Type": "Number"}, {"A": "x"}, "must be a number"),
    "too short": ({"Type": "String", "MinLength": 2}, {"A": "x"}, "breaks MinLength 2"),
    "too much": ({"Type": "Number", "MaxValue": 2}, {"A": "3"}, "breaks MaxValue 2"),
}


@pytest.mark.parametrize("name", RULES)
def test_parameters_keep_their_rules(name: str) -> None:
    """What is missing, unknown or not allowed is told."""
    said, given, told = RULES[name]
    template = read_template(json.dumps({"Parameters": {"A": said}, "Resources": {"P": POOL}}))
    with pytest.raises(TemplateRefused, match=r".") as refused:
        parameter_values(template, given)
    assert told in str(refused.value)


def test_resources_come_behind_what_they_refer_to() -> None:
    """By functions and by DependsOn; a circle is refused, and so is a name that is nowhere."""
    content = of(
        C={**group(GroupName={"Fn::Sub": "${B}-x"}), "DependsOn": "D"}, B=group(GroupName={"Ref": "A"}), A=POOL, D=POOL
    )
    assert [one.logical_id for one in in_order(read_template(content))] == ["A", "D", "B", "C"]
    with pytest.raises(TemplateRefused, match="these resources wait for each other: A, B"):
        in_order(read_template(of(A=group(GroupName={"Ref": "B"}), B=group(GroupName={"Ref": "A"}), C=POOL)))
    with pytest.raises(TemplateRefused, match="DependsOn names X, which is not there"):
        in_order(read_template(of(A={**POOL, "DependsOn": "X"})))


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (group(Colour="red"), "Resources.A.Properties.Colour is not supported"),
        ({"Type": "AWS::Cognito::UserPoolDomain"}, "Resources.A.Properties.Domain is missing"),
        (group(GroupName={"Ref": "B"}), "Resources.A.Properties.GroupName: Ref names B"),
    ],
)
def test_properties_are_those_of_the_type(said: dict[str, Any], told: str) -> None:
    """Nothing is taken and ignored."""
    made = scope(of(A=said))
    with pytest.raises(TemplateRefused) as refused:
        resolved(made, made.template.resources["A"], "shop")
    assert told in str(refused.value)


def test_what_has_no_name_is_named_by_the_stack() -> None:
    """As CloudFormation makes names up, so that a second run finds the same."""
    made = scope(of(A=group(), B=POOL))
    assert resolved(made, made.template.resources["A"], "shop")["GroupName"] == "shop-A"
    assert resolved(made, made.template.resources["B"], "shop")["UserPoolName"] == "shop-B"


def test_outputs_of_what_is_passed_over_are_left_out() -> None:
    """They could not be told."""
    content = json.dumps(
        {
            "Resources": {"A": POOL, "Q": {"Type": "AWS::SQS::Queue"}},
            "Outputs": {"X": {"Value": {"Ref": "Q"}}, "Y": {"Value": {"Ref": "A"}}},
        }
    )
    template = read_template(content)
    assert [step.logical_id for step in refuse_unsupported(template, skip=True)] == ["Q"]
    assert list(supported(template).outputs) == ["Y"]
