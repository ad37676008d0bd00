"""Examples: how a change is made, and how a wrong example is told."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint import examples
from sagevpc_lint.documents.yaml_text import Value
from sagevpc_lint.examples import Example, environment, merged
from sagevpc_lint.model.nouns import Subnet
from sagevpc_lint.questions import vocabulary
from sagevpc_lint.rulebook import load

RULE = """\
name: Subnet is not tagged
severity: warning
for: subnet
require: subnet.tags["tier"] == "private"
message: "{{subnet}} is not tagged"
rationale: A made-up rule.
remediation: Tag it.
examples:
{examples}
"""


def example(change: Mapping[str, Value]) -> Example:
    """Make an example of nothing but a change."""
    return Example("made up", 1, change, frozenset(), {}, frozenset(), frozenset())


def texts(of: Example) -> dict[str, Any]:
    """The documents of an environment, by name."""
    return {name: json.loads(text) for name, text in environment(of).texts.items()}


def row(of: Example, file: str, key: str, member: str, id: str) -> Any:
    rows = texts(of)[file][key]
    return next((each for each in rows if each[member] == id), None)


def differences(folder: Path, text: str, rule: str = RULE) -> list[str]:
    """All that is said of the examples in *text*."""
    path = folder / "made-up.yaml"
    path.write_text(rule.format(examples=text), "utf-8")
    rules, errors = load([folder], vocabulary())
    assert () == errors
    found, wrong = examples.of_rule(rules[0])
    assert () == wrong
    return [f"{each.line}: {difference}" for each in found for difference in examples.differences(rules[0], rules, each)]


# Merge patches (RFC 7396)


@pytest.mark.parametrize(
    ("value", "change", "expected"),
    [
        ({"a": "b"}, {"a": "c"}, {"a": "c"}),
        ({"a": "b"}, {"b": "c"}, {"a": "b", "b": "c"}),
        ({"a": "b"}, {"a": None}, {}),
        ({"a": "b", "b": "c"}, {"a": None}, {"b": "c"}),
        ({"a": ["b"]}, {"a": "c"}, {"a": "c"}),
        ({"a": "c"}, {"a": ["b"]}, {"a": ["b"]}),
        ({"a": {"b": "c", "d": "e"}}, {"a": {"b": "d", "d": None}}, {"a": {"b": "d"}}),
        ({"a": [{"b": "c"}]}, {"a": [1]}, {"a": [1]}),
        (["a", "b"], ["c", "d"], ["c", "d"]),
        ({"a": "b"}, ["c"], ["c"]),
        ({"a": "foo"}, None, None),
        ({"a": "foo"}, "bar", "bar"),
        ({"e": None}, {"a": 1}, {"e": None, "a": 1}),
        ([1, 2], {"a": "b"}, {"a": "b"}),
    ],
)
def test_a_change_is_a_merge_patch_as_in_the_examples_of_its_rfc(value: Value, change: Value, expected: Value) -> None:
    assert expected == merged(value, change)


@pytest.mark.parametrize(("value", "change"), [({"a": "b"}, {"c": None}), ([1, 2], {"c": None}), ({}, {"a": {"bb": {"c": None}}}), (None, {"c": None})])
def test_unlike_there_null_must_remove_something(value: Value, change: Value) -> None:
    with pytest.raises(KeyError, match='there is no "c" to remove'):
        merged(value, change)


def json_values(nothing: bool) -> st.SearchStrategy[Value]:
    leaves = st.booleans() | st.integers() | st.text() | (st.none() if nothing else st.nothing())
    return st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=8)


@given(json_values(True), json_values(False))
def test_a_change_made_twice_changes_nothing_more(value: Value, change: Value) -> None:
    once = merged(value, change)
    assert once == merged(once, change)


@given(json_values(False))
def test_a_change_of_nothing_is_the_change_itself(change: Value) -> None:
    assert change == merged({}, change)


def test_a_policy_is_given_as_yaml_and_becomes_text() -> None:
    policy: Value = {"Statement": [{"Effect": "Deny", "Condition": None}]}
    assert {"Policy": '{"Statement": [{"Effect": "Deny", "Condition": null}]}'} == merged({"Policy": '{"Version": "2012-10-17"}'}, {"Policy": policy})
    assert {"Policy": "{"} == merged({}, {"Policy": "{"})


# What is changed


def test_without_a_change_it_is_the_good_environment() -> None:
    assert {path.name: json.loads(path.read_text("utf-8")) for path in examples.good().iterdir()} == texts(example({}))


def test_a_row_is_changed_by_its_id() -> None:
    changed = row(example({"subnet-0a000000000000001": {"State": "pending", "VpcId": None}}), "describe-subnets.json", "Subnets", "SubnetId", "subnet-0a000000000000001")
    assert isinstance(changed, dict)
    assert ("pending", False, "10.0.1.0/24") == (changed["State"], "VpcId" in changed, changed["CidrBlock"])


def test_a_row_that_is_not_there_is_added_and_one_is_removed_by_null() -> None:
    added = row(example({"fl-1": {"TrafficType": "ALL"}}), "describe-flow-logs.json", "FlowLogs", "FlowLogId", "fl-1")
    assert {"FlowLogId": "fl-1", "TrafficType": "ALL"} == added
    assert None is row(example({"fl-0c000000000000000": None}), "describe-flow-logs.json", "FlowLogs", "FlowLogId", "fl-0c000000000000000")


@pytest.mark.parametrize(("id", "file", "key", "member"), [
    ("vpc-0c000000000000000", "describe-vpcs.json", "Vpcs", "VpcId"),
    ("subnet-0a000000000000001", "describe-subnets.json", "Subnets", "SubnetId"),
    ("rtb-0c000000000000000", "describe-route-tables.json", "RouteTables", "RouteTableId"),
    ("acl-0c000000000000000", "describe-network-acls.json", "NetworkAcls", "NetworkAclId"),
    ("igw-0c000000000000000", "describe-internet-gateways.json", "InternetGateways", "InternetGatewayId"),
    ("nat-0c000000000000000", "describe-nat-gateways.json", "NatGateways", "NatGatewayId"),
    ("vpce-0c000000000000053", "describe-vpc-endpoints.json", "VpcEndpoints", "VpcEndpointId"),
    ("sg-0c000000000000001", "describe-security-groups.json", "SecurityGroups", "GroupId"),
    ("dopt-0c000000000000000", "describe-dhcp-options.json", "DhcpOptions", "DhcpOptionsId"),
    ("fl-0c000000000000000", "describe-flow-logs.json", "FlowLogs", "FlowLogId"),
    ("pcx-0c000000000000000", "describe-vpc-peering-connections.json", "VpcPeeringConnections", "VpcPeeringConnectionId"),
    ("tgw-attach-0c000000000000000", "describe-transit-gateway-vpc-attachments.json", "TransitGatewayVpcAttachments", "TransitGatewayAttachmentId"),
    ("eni-0c000000000000000", "describe-network-interfaces.json", "NetworkInterfaces", "NetworkInterfaceId"),
])
def test_an_id_tells_the_document_whose_row_is_changed(id: str, file: str, key: str, member: str) -> None:
    assert [{"Key": "x", "Value": "y"}] == row(example({id: {"Tags": [{"Key": "x", "Value": "y"}]}}), file, key, member, id)["Tags"]


def test_attributes_of_a_vpc_and_documents_of_a_bucket_are_changed_by_the_id_they_belong_to() -> None:
    of_vpc = texts(example({"vpc-0c000000000000000": {"EnableDnsSupport": {"Value": False}, "State": "pending"}}))
    assert {"Value": False} == of_vpc["describe-vpc-attribute.vpc-0c000000000000000.enableDnsSupport.json"]["EnableDnsSupport"]
    assert "pending" == of_vpc["describe-vpcs.json"]["Vpcs"][0]["State"]
    assert "EnableDnsSupport" not in of_vpc["describe-vpcs.json"]["Vpcs"][0]
    of_bucket = texts(example({"etl-input": {"Policy": {"Statement": []}, "LocationConstraint": "eu-central-1"}}))
    assert {"Policy": '{"Statement": []}'} == of_bucket["get-bucket-policy.etl-input.json"]
    assert {"LocationConstraint": "eu-central-1"} == of_bucket["get-bucket-location.etl-input.json"]


def test_a_job_and_a_whole_document_are_changed_added_and_removed() -> None:
    file = "describe-processing-job.nightly-etl.json"
    changed = texts(example({"processing-job/nightly-etl": {"ProcessingResources": {"ClusterConfig": {"InstanceCount": 9}}}}))
    assert {"InstanceCount": 9, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30} == changed[file]["ProcessingResources"]["ClusterConfig"]
    assert file not in texts(example({"processing-job/nightly-etl": None}))
    whole = texts(example({"get-x.json": {"a": 1}, "describe-vpcs.json": None}))
    assert ({"a": 1}, False) == (whole["get-x.json"], "describe-vpcs.json" in whole)


def test_what_is_omitted_is_not_among_the_facts() -> None:
    omitting = Example("", 1, {}, frozenset({"subnets"}), {}, frozenset(), frozenset())
    known = examples.facts(omitting, environment(omitting))
    assert (False, True) == (known.has(Subnet, "subnet-0a000000000000001"), known.exported("security-groups"))


# What is said of a wrong example


TAGGED = "{subnet-0a000000000000001: {Tags: [{Key: tier, Value: private}]}, subnet-0b000000000000002: {Tags: [{Key: tier, Value: private}]}}"


def test_nothing_is_said_of_an_example_that_is_right(tmp_path: Path) -> None:
    right = f"""\
  - name: no tag
    fail:
      subnet-0a000000000000001: subnet-0a000000000000001 is not tagged
      subnet-0b000000000000002: subnet-0b000000000000002 is not tagged
  - name: tags
    change: {TAGGED}
    pass: [subnet-0a000000000000001, subnet-0b000000000000002]
  - name: not exported
    omit: [subnets]
    undecided: [subnets]"""
    assert [] == differences(tmp_path, right)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "fail: {subnet-0a000000000000001: it is bad, subnet-1: it is worse}",
            [
                'subnet-0a000000000000001: expected "it is bad", got "subnet-0a000000000000001 is not tagged"',
                'subnet-0b000000000000002: expected no failure, got "subnet-0b000000000000002 is not tagged"',
                'subnet-1: expected "it is worse", got no failure',
            ],
        ),
        (f"change: {TAGGED}\n    pass: [subnet-1]", ["subnet-1: expected the rule to be about it and to hold"]),
        (f"change: {TAGGED}\n    undecided: [subnets]", ["expected undecided for want of subnets, got nothing undecided"]),
        ("omit: [subnets]\n    pass: [subnet-1]", ["subnet-1: expected the rule to be about it and to hold", "expected nothing undecided, got undecided for want of subnets"]),
        ("omit: [subnet]\n    pass: [subnet-1]", ['omit: no kind of export "subnet"; did you mean "subnets"?']),
        ("change: {processing-job/weekly: {RoleArn: x}}\n    pass: [subnet-1]", ["change: processing-job/weekly: there is no such job in the good environment"]),
        ("change: {etl-inptu: {Policy: {}}}\n    pass: [subnet-1]", ["change: etl-inptu: nothing in the good environment belongs to it and has Policy"]),
        ("change: {subnet-0a000000000000001: 5}\n    pass: [subnet-1]", ["change: subnet-0a000000000000001: a change of it is a mapping of its members"]),
        ("change: {etl-input: null}\n    pass: [subnet-1]", ["change: etl-input: a change of it is a mapping of its members"]),
        ("change: {subnet-1: null}\n    pass: [subnet-1]", ["change: subnet-1: there is nothing of that id to remove"]),
        ("change: {subnet-0a000000000000001: {Sate: null}}\n    pass: [subnet-1]", ['change: subnet-0a000000000000001: there is no "Sate" to remove']),
        ("change: {describe-x.json: null}\n    pass: [subnet-1]", ["change: describe-x.json: there is no such document to remove"]),
        (
            "change: {describe-subnets.json: {Subnets: 5}, subnet-1: {State: x}}\n    pass: [subnet-1]",
            ["change: subnet-1: describe-subnets.json has no list of Subnets any more, so no row of it can be changed"],
        ),
        (
            "change: {subnet-0a000000000000001: {CidrBlock: 7}}\n    pass: [subnet-1]",
            ["the changed environment is refused: describe-subnets.json: Subnets[0].CidrBlock: 7 is not of type 'string', 'null'"],
        ),
    ],
)
def test_a_wrong_example_is_told_by_what_differs(tmp_path: Path, text: str, expected: list[str]) -> None:
    told = differences(tmp_path, f"  - name: made up\n    {text}")
    assert [f"9: {difference}" for difference in expected] == [difference.partition("; expected")[0] for difference in told]


def test_a_subject_that_the_rule_is_not_about_does_not_pass(tmp_path: Path) -> None:
    text = RULE.replace("require:", "where: subnet.state != \"available\"\nrequire:")
    assert ["10: subnet-0a000000000000001: expected the rule to be about it and to hold"] == differences(tmp_path, "  - name: x\n    pass: [subnet-0a000000000000001]", text)


# Needs


BY_NEED = (
    RULE.replace("for: subnet", "for: placement").replace('require: subnet.tags["tier"] == "private"', 'where: need.what != "s3"\nrequire: need.service in ["sts", None]')
    .replace('"{{subnet}} is not tagged"', '"{{subnet}} does not take {{need}}"')
)
A, B = (f"processing-job/nightly-etl@subnet-0{letter}" for letter in ("a000000000000001", "b000000000000002"))
OTHERS = f"{B} kms: subnet-0b000000000000002 does not take kms"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"needs: [sts, kms]\n    fail:\n      {A} kms: subnet-0a000000000000001 does not take kms\n      {OTHERS}", []),
        (f"needs: [sts, kms]\n    fail:\n      {A}: subnet-0a000000000000001 does not take kms\n      {OTHERS}", []),
        (f"needs: [sts, kms]\n    fail: {{{A} kms: it is bad, {OTHERS}}}", [f'{A} kms: expected "it is bad", got "subnet-0a000000000000001 does not take kms"']),
        (f"needs: [sts, kms]\n    fail: {{{A}: it is bad, {OTHERS}}}", [f'{A} kms: expected "it is bad", got "subnet-0a000000000000001 does not take kms"']),
        (f"needs: [sts, kms]\n    fail: {{{OTHERS}}}", [f'{A} kms: expected no failure, got "subnet-0a000000000000001 does not take kms"']),
        (f"needs: [sts]\n    fail: {{{OTHERS}}}", [f'{B} kms: expected "subnet-0b000000000000002 does not take kms", got no failure']),
        (f"needs: [sts]\n    fail: {{{A}: it is bad}}", [f'{A}: expected "it is bad", got no failure']),
        (
            f"needs: [kms, logs]\n    fail: {{{A}: subnet-0a000000000000001 does not take kms, {B}: x, {B} kms: subnet-0b000000000000002 does not take kms}}",
            [
                f'{A} logs: expected "subnet-0a000000000000001 does not take kms", got "subnet-0a000000000000001 does not take logs"',
                f'{B} logs: expected "x", got "subnet-0b000000000000002 does not take logs"',
            ],
        ),
        (f'needs: [sts, internet, "10.1.2.3:5432"]\n    pass: ["{A}", "{B} sts", "{B} 10.1.2.3:5432"]', []),
        (f'needs: [sts]\n    pass: ["{A} kms", "{A} s3://etl-input"]', [f"{A} {need}: expected the rule to be about it and to hold" for need in ("kms", "s3://etl-input")]),
        (f'pass: ["{A}"]', [f"{A}: expected the rule to be about it and to hold"]),
        (
            f'needs: [sts, kms]\n    fail: {{{A}: subnet-0a000000000000001 does not take kms, {OTHERS}}}\n    pass: ["{A}", "{B} sts"]',
            [f"{A}: expected the rule to be about it and to hold"],
        ),
        (f'needs: [peers, STS]\n    pass: ["{A}"]', ["needs: peers are what every job with several instances must reach, and no need to declare", 'needs: "STS" is no need']),
    ],
)
def test_a_rule_that_is_put_to_needs_is_told_what_differs_by_subject_and_need(tmp_path: Path, text: str, expected: list[str]) -> None:
    told = differences(tmp_path, f"  - name: made up\n    {text}", BY_NEED)
    assert [f"10: {difference}" for difference in expected] == [difference.partition("; expected internet")[0] for difference in told]


def test_a_rule_for_needs_alone_may_be_undecided_for_want_of_more_than_the_job(tmp_path: Path) -> None:
    text = BY_NEED.replace('where: need.what != "s3"\n', "").replace('need.service in ["sts", None]', 'need.region == "eu-west-1" and subnet.state == "available"')
    (tmp_path / "made-up.yaml").write_text(text.format(examples="  - {name: x, pass: [y]}"), "utf-8")
    rule, = load([tmp_path], vocabulary())[0]
    found = [Example("", 1, {}, frozenset(), {"a": "b"}, frozenset({"c"}), frozenset())]
    assert ["no example is undecided; add one with `undecided`, and `omit` an export that the failure rests on"] == list(examples.shortfalls(rule, [rule], found))


def test_an_example_that_is_not_written_as_one_is_an_error_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "made-up.yaml").write_text(RULE.format(examples="  - name: x\n    passes: [subnet-1]"), "utf-8")
    rules, _ = load([tmp_path], vocabulary())
    found, errors = examples.of_rule(rules[0])
    assert () == found
    assert {(10, 5)} <= {(error.line, error.column) for error in errors}


def test_a_rule_needs_an_example_that_fails_one_that_passes_and_one_that_is_undecided(tmp_path: Path) -> None:
    def lacking(fail: dict[str, str], passing: set[str], undecided: set[str]) -> list[str]:
        found = [Example("", 1, {}, frozenset(), fail, frozenset(passing), frozenset(undecided))]
        return list(examples.shortfalls(rule, [rule], found))

    (tmp_path / "made-up.yaml").write_text(RULE.format(examples="  - {name: x, pass: [y]}"), "utf-8")
    rule, = load([tmp_path], vocabulary())[0]
    assert [] == lacking({"a": "b"}, {"c"}, {"d"})
    assert ["no example passes; add one with `pass`"] == lacking({"a": "b"}, set(), {"d"})
    assert ["no example fails; add one with `fail`"] == lacking({}, {"c"}, {"d"})
    assert ["no example is undecided; add one with `undecided`, and `omit` an export that the failure rests on"] == lacking({"a": "b"}, {"c"}, set())


def test_a_rule_that_reads_nothing_but_the_job_needs_no_undecided_example(tmp_path: Path) -> None:
    text = RULE.replace("for: subnet", "for: job").replace("subnet.", "job.").replace("{{subnet}}", "{{job}}")
    assert "for: job" in text
    (tmp_path / "made-up.yaml").write_text(re.sub(r"(?m)^require:.*$", "require: job.instance_count > 1", text).format(examples="  - {name: x, pass: [y]}"), "utf-8")
    rule, = load([tmp_path], vocabulary())[0]
    assert [] == list(examples.shortfalls(rule, [rule], [Example("", 1, {}, frozenset(), {"a": "b"}, frozenset({"c"}), frozenset())]))
