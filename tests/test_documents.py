"""Documents: each is known by what it holds, read into facts, passed over or refused with its place, whatever its bytes are."""

import codecs
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint import examples
from sagevpc_lint.answer import Missing
from sagevpc_lint.documents import Skipped, Snapshot, load, read
from sagevpc_lint.documents.exports import READERS
from sagevpc_lint.model.exports import Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.kinds import BY_NAME, KINDS
from sagevpc_lint.model.nouns import PrefixList, SecurityGroup, Subnet, Vpc
from sagevpc_lint.source import InputError, Source, Span, steps

BROKEN = Path(__file__).parent.parent / "fixtures" / "broken"
ACCOUNT, OTHER = "111122223333", "444455556666"
NOTHING = "holds nothing that is known"


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:eu-west-1:{ACCOUNT}:{rest}"


def subnet(id: str = "subnet-1", **changes: Any) -> dict[str, Any]:
    return {"SubnetId": id, "VpcId": "vpc-1", "State": "available", "OwnerId": ACCOUNT, "CidrBlock": "10.0.1.0/24", "AvailableIpAddressCount": 251} | changes


def vpc(id: str = "vpc-1", **changes: Any) -> dict[str, Any]:
    return {
        "VpcId": id, "OwnerId": ACCOUNT, "State": "available", "CidrBlock": "10.0.0.0/16", "DhcpOptionsId": "dopt-1", "InstanceTenancy": "default", "IsDefault": False,
    } | changes


def group(id: str = "sg-1", **changes: Any) -> dict[str, Any]:
    return {"GroupId": id, "GroupName": "jobs", "VpcId": "vpc-1", "OwnerId": ACCOUNT, "IpPermissions": [], "IpPermissionsEgress": []} | changes


def group_rule(id: str = "sgr-1", **changes: Any) -> dict[str, Any]:
    return {"SecurityGroupRuleId": id, "GroupId": "sg-1", "GroupOwnerId": ACCOUNT, "IsEgress": False, "IpProtocol": "-1", "FromPort": -1, "ToPort": -1} | changes


def flow_log(id: str = "fl-1", **changes: Any) -> dict[str, Any]:
    return {"FlowLogId": id, "FlowLogStatus": "ACTIVE", "ResourceId": "vpc-1", "TrafficType": "ALL"} | changes


def request(**changes: Any) -> dict[str, Any]:
    return {
        "ProcessingJobName": "etl", "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/etl", "AppSpecification": {"ImageUri": "image"},
        "ProcessingResources": {"ClusterConfig": {"InstanceCount": 2, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30}},
        "NetworkConfig": {"VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1"]}},
    } | changes


def description(**changes: Any) -> dict[str, Any]:
    return request() | {"ProcessingJobArn": arn("sagemaker", "processing-job/etl"), "ProcessingJobStatus": "Completed"} | changes


ANSWERS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("vpcs", {"Vpcs": [vpc()]}),
    ("vpc-attributes", {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": True}}),
    ("vpc-attributes", {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}}),
    ("vpc-attributes", {"VpcId": "vpc-1", "EnableNetworkAddressUsageMetrics": {"Value": False}}),
    ("subnets", {"Subnets": [subnet()]}),
    ("route-tables", {"RouteTables": [{"RouteTableId": "rtb-1", "Routes": []}]}),
    ("security-groups", {"SecurityGroups": [group()]}),
    ("security-group-rules", {"SecurityGroupRules": [group_rule(CidrIpv4="0.0.0.0/0")]}),
    ("network-acls", {"NetworkAcls": [{"NetworkAclId": "acl-1", "Entries": []}]}),
    ("vpc-endpoints", {"VpcEndpoints": [{"VpcEndpointId": "vpce-1"}]}),
    ("internet-gateways", {"InternetGateways": [{"InternetGatewayId": "igw-1"}]}),
    ("nat-gateways", {"NatGateways": [{"NatGatewayId": "nat-1"}]}),
    ("dhcp-options", {"DhcpOptions": [{"DhcpOptionsId": "dopt-1", "DhcpConfigurations": []}]}),
    ("flow-logs", {"FlowLogs": [flow_log()]}),
    ("bucket-policy", {"Policy": '{"Version": "2012-10-17", "Statement": []}'}),
    ("bucket-location", {"LocationConstraint": None}),
    ("prefix-lists", {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3", "Cidrs": ["52.218.0.0/17"]}]}),
    ("managed-prefix-lists", {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3", "OwnerId": "AWS", "MaxEntries": 10}]}),
    ("prefix-list-entries", {"Entries": [{"Cidr": "10.0.0.0/8", "Description": "the office"}]}),
    ("network-interfaces", {"NetworkInterfaces": [{"NetworkInterfaceId": "eni-1"}]}),
    ("instances", {"Reservations": [{"Instances": [{"InstanceId": "i-1"}]}]}),
    ("addresses", {"Addresses": [{"AllocationId": "eipalloc-1"}]}),
    ("vpc-peering-connections", {"VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1"}]}),
    ("transit-gateways", {"TransitGateways": [{"TransitGatewayId": "tgw-1"}]}),
    ("transit-gateway-vpc-attachments", {"TransitGatewayVpcAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]}),
    ("transit-gateway-attachments", {"TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]}),
    ("transit-gateway-route-tables", {"TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}]}),
    ("transit-gateway-routes", {"Routes": [{"DestinationCidrBlock": "0.0.0.0/0"}], "AdditionalRoutesAvailable": False}),
    ("vpn-gateways", {"VpnGateways": [{"VpnGatewayId": "vgw-1"}]}),
    ("carrier-gateways", {"CarrierGateways": []}),
    ("local-gateways", {"LocalGateways": []}),
    ("mount-targets", {"MountTargets": [{"MountTargetId": "fsmt-1"}]}),
    ("mount-target-security-groups", {"SecurityGroups": ["sg-1"]}),
    ("file-systems", {"FileSystems": [{"FileSystemId": "fs-1"}]}),
    ("bucket-encryption", {"ServerSideEncryptionConfiguration": {"Rules": []}}),
    ("key-policy", {"Policy": "{}", "PolicyName": "default"}),
    ("security-group-vpc-associations", {"SecurityGroupVpcAssociations": [{"GroupId": "sg-1", "VpcId": "vpc-2", "State": "associated"}]}),
    ("subnet-cidr-reservations", {"SubnetIpv4CidrReservations": [
        {"SubnetCidrReservationId": "scr-1", "SubnetId": "subnet-1", "Cidr": "10.0.1.16/28", "ReservationType": "explicit"},
    ], "SubnetIpv6CidrReservations": []}),
    ("vpc-block-public-access-options", {"VpcBlockPublicAccessOptions": {"InternetGatewayBlockMode": "off"}}),
    ("vpc-block-public-access-exclusions", {"VpcBlockPublicAccessExclusions": []}),
    ("egress-only-internet-gateways", {"EgressOnlyInternetGateways": []}),
    ("vpc-endpoint-services", {"ServiceNames": ["com.amazonaws.eu-west-1.s3"], "ServiceDetails": [{"ServiceName": "com.amazonaws.eu-west-1.s3"}]}),
    ("vpc-endpoint-associations", {"VpcEndpointAssociations": []}),
    ("instance-type-offerings", {"InstanceTypeOfferings": [{"InstanceType": "m5.xlarge", "LocationType": "availability-zone-id", "Location": "euw1-az1"}]}),
    ("hosted-zones", {"HostedZoneSummaries": [{"HostedZoneId": "Z1", "Name": "amazonaws.com."}], "MaxItems": "100"}),
    ("profile-associations", {"ProfileAssociations": [{"Id": "rpassoc-1"}]}),
    ("profile-resource-associations", {"ProfileResourceAssociations": []}),
    ("resolver-rules", {"ResolverRules": [{"Id": "rslvr-rr-1"}]}),
    ("resolver-rule-associations", {"ResolverRuleAssociations": []}),
    ("resolver-endpoints", {"ResolverEndpoints": []}),
    ("firewall-rule-group-associations", {"FirewallRuleGroupAssociations": []}),
    ("firewalls", {"UpdateToken": "1", "Firewall": {"FirewallName": "fw", "VpcId": "vpc-1"}, "FirewallStatus": {"Status": "READY"}}),
    ("role", {"Role": {"RoleName": "etl", "AssumeRolePolicyDocument": {"Statement": []}}}),
    ("attached-role-policies", {"AttachedPolicies": [{"PolicyName": "p", "PolicyArn": "arn:aws:iam::aws:policy/p"}]}),
    ("role-policies", {"PolicyNames": ["inline"]}),
    ("role-policy", {"RoleName": "etl", "PolicyName": "inline", "PolicyDocument": {"Statement": []}}),
    ("policy-version", {"PolicyVersion": {"Document": {"Statement": []}, "VersionId": "v1"}}),
    ("account-authorization-details", {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}),
    ("organization", {"Organization": {"Id": "o-a1b2c3d4e5"}}),
    ("instance-types", {"InstanceTypes": [{"InstanceType": "m5.xlarge"}]}),
    ("processing-job", description()),
    ("training-job", {"TrainingJobName": "t", "TrainingJobArn": arn("sagemaker", "training-job/t"), "TrainingJobStatus": "Completed", "AlgorithmSpecification": {}}),
    ("hyper-parameter-tuning-job", {"HyperParameterTuningJobName": "h", "HyperParameterTuningJobArn": arn("sagemaker", "h"), "HyperParameterTuningJobConfig": {}}),
    ("auto-ml-job", {"AutoMLJobName": "a", "AutoMLJobArn": arn("sagemaker", "a"), "InputDataConfig": []}),
    ("auto-ml-job-v2", {"AutoMLJobName": "a", "AutoMLJobArn": arn("sagemaker", "a"), "AutoMLJobInputDataConfig": []}),
    ("model", {"ModelName": "m", "ExecutionRoleArn": "arn:aws:iam::111122223333:role/m", "ModelArn": arn("sagemaker", "model/m"), "VpcConfig": {}}),
    ("endpoint-config", {"EndpointConfigName": "e", "EndpointConfigArn": arn("sagemaker", "endpoint-config/e"), "ProductionVariants": []}),
    ("endpoint", {"EndpointName": "e", "EndpointArn": arn("sagemaker", "endpoint/e"), "EndpointConfigName": "e", "EndpointStatus": "InService"}),
    ("transform-job", {"TransformJobName": "t", "TransformJobArn": arn("sagemaker", "t"), "TransformJobStatus": "Completed", "ModelName": "m", "TransformInput": {}}),
    ("monitoring-schedule", {"MonitoringScheduleArn": arn("sagemaker", "m"), "MonitoringScheduleName": "m", "MonitoringScheduleConfig": {}}),
    *((f"{kind}-job-definition", {"JobDefinitionArn": arn("sagemaker", "d"), "JobDefinitionName": "d", f"{key}JobInput": {}, "JobResources": {}}) for kind, key in (
        ("data-quality", "DataQuality"), ("model-quality", "ModelQuality"), ("model-bias", "ModelBias"), ("model-explainability", "ModelExplainability"),
    )),
    ("domain", {"DomainArn": arn("sagemaker", "domain/d"), "DomainId": "d", "AuthMode": "IAM", "SubnetIds": [], "VpcId": "vpc-1"}),
    ("user-profile", {"DomainId": "d", "UserProfileArn": arn("sagemaker", "user-profile/u"), "UserProfileName": "u"}),
    ("notebook-instance", {"NotebookInstanceArn": arn("sagemaker", "n"), "NotebookInstanceName": "n", "NotebookInstanceStatus": "InService"}),
    ("cluster", {"ClusterArn": arn("sagemaker", "cluster/c"), "ClusterName": "c", "InstanceGroups": [], "VpcConfig": {}}),
    ("pipeline", {"PipelineDefinition": "{}", "CreationTime": 1.5, "PipelineArn": arn("sagemaker", "pipeline/p"), "PipelineName": "p"}),
    ("pipeline-definition", {"PipelineDefinition": "{}", "CreationTime": "2026-11-20T02:00:00+00:00"}),
    ("caller-identity", {"UserId": "AIDACKCEVSQ6C2EXAMPLE", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/auditor"}),
    ("buckets", {"Buckets": [{"Name": "input"}], "Owner": {"ID": "0c"}}),
    ("bucket-head", {"BucketRegion": "eu-west-1", "AccessPointAlias": False}),
    ("public-access-block", {"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}),
    ("bucket-policy-status", {"PolicyStatus": {"IsPublic": False}}),
    ("bucket-ownership-controls", {"OwnershipControls": {"Rules": []}}),
    ("availability-zones", {"AvailabilityZones": [{"ZoneName": "eu-west-1a", "ZoneId": "euw1-az3"}]}),
    ("stale-security-groups", {"StaleSecurityGroupSet": []}),
    ("network-insights-analyses", {"NetworkInsightsAnalyses": []}),
    ("repository-policy", {"registryId": ACCOUNT, "repositoryName": "etl", "policyText": "{}"}),
    ("processing-jobs", {"ProcessingJobSummaries": [{"ProcessingJobName": "etl"}]}),
    ("training-jobs", {"TrainingJobSummaries": []}),
    ("models", {"Models": []}),
    ("endpoint-configs", {"EndpointConfigs": []}),
    ("endpoints", {"Endpoints": []}),
    ("hyper-parameter-tuning-jobs", {"HyperParameterTuningJobSummaries": []}),
    ("auto-ml-jobs", {"AutoMLJobSummaries": []}),
    ("monitoring-schedules", {"MonitoringScheduleSummaries": []}),
    ("job-definitions", {"JobDefinitionSummaries": []}),
    ("domains", {"Domains": []}),
    ("user-profiles", {"UserProfiles": []}),
    ("notebook-instances", {"NotebookInstances": []}),
    ("clusters", {"ClusterSummaries": []}),
    ("pipelines", {"PipelineSummaries": []}),
    ("pipeline-executions", {"PipelineExecutionSummaries": []}),
    ("transform-jobs", {"TransformJobSummaries": []}),
)
READ = {*READERS, "processing-job", "caller-identity"}


def text(*documents: object) -> bytes:
    return "\n".join(json.dumps(document, indent=4) for document in documents).encode()


def loaded(**documents: object) -> Snapshot:
    """Read documents by name: `_` in a name stands for `-`, and `.json` comes behind it."""
    return read({f"{name.replace('_', '-')}.json": text(document) for name, document in documents.items()})


def told(snapshot: Snapshot) -> list[str]:
    return [str(error) for error in snapshot.errors]


# What a document is


def test_every_kind_has_an_answer_here() -> None:
    assert [(kind.name, True) for kind in KINDS] == [(name, set(kind.keys) <= document.keys()) for kind, (name, document) in zip(KINDS, ANSWERS, strict=True)]


@pytest.mark.parametrize(("name", "document"), ANSWERS, ids=[name for name, _ in ANSWERS])
def test_every_kind_of_answer_is_known_and_one_that_no_rule_reads_is_said_to_be_unused(name: str, document: dict[str, Any]) -> None:
    file = f"{BY_NAME[name].file}.id.json"
    for answer in (document, {**document, "ResponseMetadata": {"HTTPStatusCode": 200}}, dict(reversed(document.items()))):
        snapshot = read({file: text(answer)})
        assert ([], (), [name]) == (told(snapshot), snapshot.skipped, [page.kind for page in snapshot.pages])
        assert (() if name in READ else (Skipped(file, f"{name}: not used yet"),)) == snapshot.unused


@pytest.mark.parametrize("document", [
    {"Subnets": ["subnet-1"], "SecurityGroupIds": []}, {"Vpcs": {"VpcId": "vpc-1"}}, {"Vpcs": 3}, {"Subnets": [{"name": "a"}]}, {"DhcpOptions": ["dopt-1"]},
    {"Parameters": []}, {"Policy": {"Statement": []}}, {"PrefixLists": [7]}, {"VpcId": "vpc-1", "EnableDnsSupport": True}, {"LocationConstraint": []},
    {"ProcessingJobArn": "arn"}, {"Organization": "acme"}, {"Firewall": []}, {"BucketRegion": {}}, {"": ""}, {},
    [{"name": "a"}, 7], [], [1, 2, 3], [[{"Vpcs": []}]], "text", 7, None, True,
], ids=json.dumps)
def test_what_is_not_ours_is_passed_over_in_one_line_even_if_it_is_named(document: object) -> None:
    snapshot = loaded(package=document)
    assert ([], (Skipped("package.json", NOTHING),), ()) == (told(snapshot), snapshot.skipped, snapshot.unused)


def test_in_a_list_only_what_is_not_ours_is_passed_over() -> None:
    snapshot = loaded(all=[{"Subnets": [subnet()]}, {"name": "a"}, {"Models": []}])
    assert (Skipped("all.json", f"/1 {NOTHING}"),) == snapshot.skipped
    assert (Skipped("all.json", "/2 models: not used yet"),) == snapshot.unused
    assert snapshot.facts.has(Subnet, "subnet-1")


@pytest.mark.parametrize("data", [b"", b" \n\t", codecs.BOM_UTF8, "\ufeff".encode("utf-16-le")])
def test_an_empty_file_proves_nothing(data: bytes) -> None:
    snapshot = read({"get-bucket-policy.input.json": data})
    assert ([], (Skipped("get-bucket-policy.input.json", "an empty file proves nothing"),), ()) == (told(snapshot), snapshot.skipped, snapshot.facts.exports)


def test_no_policy_is_an_answer() -> None:
    snapshot = read({"get-bucket-policy.input.json": text({"Policy": None})})
    assert ([], ["bucket-policy"]) == (told(snapshot), [page.kind for page in snapshot.pages])


# How documents are put together


def rows(snapshot: Snapshot) -> list[str]:
    return [fact.id for export in snapshot.facts.exports for fact in export.facts]


ONE, TWO = {"Subnets": [subnet("subnet-1")]}, {"Subnets": [subnet("subnet-2")]}


def test_one_document_a_list_of_pages_and_documents_in_a_row_are_read() -> None:
    assert ["subnet-1", "subnet-2"] == rows(loaded(a={"Subnets": [subnet("subnet-1"), subnet("subnet-2")]}))
    assert ["subnet-1", "subnet-2"] == rows(loaded(a=[ONE, TWO]))
    assert ["subnet-1", "subnet-2"] == rows(read({"a.json": text(ONE, TWO)}))
    assert ["subnet-1", "vpc-1"] == rows(read({"a.json": b" " + text(ONE) + text({"Vpcs": [vpc()]})}))


@pytest.mark.parametrize(("pages", "complete"), [
    ([ONE], True), ([ONE, {"Subnets": []}], True), ([ONE | {"NextToken": "a"}, TWO], True), ([ONE | {"NextToken": "a"}, TWO | {"NextToken": None}], True),
    ([ONE | {"NextToken": "a"}, {"Subnets": []}], True), ([ONE | {"NextToken": "a"}], False), ([ONE, TWO | {"NextToken": "a"}], False),
    ([{"Subnets": []}, TWO | {"NextToken": "a"}], False), ([ONE, {"Subnets": [], "NextToken": "a"}], False),
])
def test_the_token_of_the_last_page_tells_whether_one_is_left_over(pages: list[object], complete: bool) -> None:
    assert [complete] == [export.complete for export in loaded(a=pages).facts.exports]


@pytest.mark.parametrize("left_over", [{"NextToken": "a"}, {"nextToken": "a"}, {"Marker": "a"}, {"AdditionalRoutesAvailable": True}])
def test_a_left_over_page_is_told_in_several_ways(left_over: dict[str, Any]) -> None:
    assert [False] == [export.complete for export in loaded(a=ONE | left_over).facts.exports]


def test_pages_of_several_kinds_are_told_apart() -> None:
    exports = loaded(a=[ONE | {"NextToken": "a"}, {"Vpcs": [vpc()]}, TWO, {"Vpcs": [], "NextToken": "b"}]).facts.exports
    assert [("subnets", True, 2), ("vpcs", False, 1)] == [(export.kind, export.complete, len(export.facts)) for export in exports]


def test_of_a_list_of_which_one_page_is_refused_nothing_counts() -> None:
    snapshot = loaded(a=[ONE | {"NextToken": "a"}, {"Subnets": [subnet("subnet-2", CidrBlock=7)]}, {"Subnets": [subnet("subnet-3")]}])
    assert ((), 1) == (snapshot.facts.exports, len(snapshot.errors))


def test_a_resource_on_two_pages_is_refused() -> None:
    assert ["a.json:28:13: subnet-1 stands on two pages of one document; leave one of them"] == told(loaded(a=[ONE, TWO, ONE]))


def test_prefix_lists_on_two_pages_are_read() -> None:
    pages = [{"PrefixLists": [{"PrefixListId": f"pl-{number}", "PrefixListName": "n", "Cidrs": [f"10.{number}.0.0/16"]}]} for number in (1, 2)]
    snapshot = loaded(a=pages)
    assert ([], ("10.2.0.0/16",), True) == (told(snapshot), snapshot.facts.prefix_list_entries("pl-2").cidrs, snapshot.facts.has(PrefixList, "pl-1"))


def test_the_entries_of_a_prefix_list_are_put_together_from_its_pages() -> None:
    pages = [{"Entries": [{"Cidr": cidr}], "NextToken": token} for cidr, token in (("10.1.0.0/16", "a"), ("10.0.0.0/16", None))]
    facts = read({"get-managed-prefix-list-entries.pl-1.json": text(pages), "get-managed-prefix-list-entries.pl-2.json": text(pages[0])}).facts
    assert ("10.0.0.0/16", "10.1.0.0/16") == facts.prefix_list_entries("pl-1").cidrs
    with pytest.raises(Missing) as missing:
        len(facts.prefix_list_entries("pl-2").cidrs)
    assert ["aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-2"] == [absence.command for absence in missing.value.absences]


def test_entries_of_two_prefix_lists_in_one_list_are_told_apart() -> None:
    pages = [{"PrefixListId": id, "Entries": [{"Cidr": cidr}], "NextToken": token} for id, cidr, token in (("pl-1", "10.1.0.0/16", "a"), ("pl-2", "10.2.0.0/16", None))]
    facts = loaded(a=pages).facts
    assert ("10.2.0.0/16",) == facts.prefix_list_entries("pl-2").cidrs
    with pytest.raises(Missing):
        len(facts.prefix_list_entries("pl-1").cidrs)


def test_unfinished_entries_do_not_shake_finished_ones() -> None:
    name = "get-managed-prefix-list-entries.pl-1.json"
    page = {"Entries": [{"Cidr": "10.1.0.0/16"}]}
    facts = read({f"a/{name}": text(page | {"NextToken": "a"}), f"b/{name}": text(page), f"c/{name}": text(page | {"NextToken": "a"})}).facts
    assert ("10.1.0.0/16",) == facts.prefix_list_entries("pl-1").cidrs


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "utf-16", "utf-16-be with a mark")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_utf_8_and_utf_16_are_read_with_or_without_a_mark(encoding: str, newline: str) -> None:
    document = json.dumps({"Subnets": [subnet(Tags=[{"Key": "Name", "Value": "Zürich \U0001f600"}])]}, ensure_ascii=False, indent=1).replace("\n", newline)
    marked = "\ufeff" + document if "with a mark" in encoding else document
    snapshot = read({"a.json": marked.encode(encoding.split()[0])})
    assert ([], {"Name": "Zürich \U0001f600"}) == (told(snapshot), snapshot.facts.subnet("subnet-1").tags)
    source = snapshot.facts.subnet("subnet-1").source
    assert {source: Span(3, 3, 16, 4)} == snapshot.locate([source])


def test_the_place_of_a_wrong_byte_is_told_in_characters_behind_the_mark() -> None:
    assert ["a.json:1:9: not UTF-8 text: invalid start byte; save the file as UTF-8"] == told(read({"a.json": '["Zürich'.encode() + b"\xff"}))
    assert ["a.json:2:2: not UTF-8-SIG text: invalid start byte; save the file as UTF-8"] == told(read({"a.json": codecs.BOM_UTF8 + b"[\n[\xff"}))
    assert ["a.json:2:1: not UTF-16 text: truncated data; save the file as UTF-8"] == told(read({"a.json": codecs.BOM_UTF16_LE + "[\n".encode("utf-16-le") + b"["}))


# Ids that an answer does not hold


@pytest.mark.parametrize(("file", "document", "id"), [
    ("get-managed-prefix-list-entries.pl-1.json", {}, "pl-1"),
    ("x/y/get-managed-prefix-list-entries.pl-1.json", {}, "pl-1"),
    ("entries.json", {"PrefixListId": "pl-2"}, "pl-2"),
    ("get-managed-prefix-list-entries.pl-1.json", {"PrefixListId": "pl-2"}, "pl-2"),
    ("get-managed-prefix-list-entries.pl-1.json", {"PrefixListId": None}, "pl-1"),
    ("get-managed-prefix-list-entries.pl-1.json", {"PrefixListId": ""}, "pl-1"),
])
def test_an_id_comes_from_a_member_beside_the_answer_or_from_the_files_name(file: str, document: dict[str, Any], id: str) -> None:
    facts = read({file: text({"Entries": [{"Cidr": "10.0.0.0/8"}]} | document)}).facts
    assert ("10.0.0.0/8",) == facts.prefix_list_entries(id).cidrs


@pytest.mark.parametrize("file", ["entries.json", "get-managed-prefix-list-entries.json", "get-managed-prefix-list-entries..json", "get-managed-prefix-list-entries.pl-1.txt"])
def test_an_answer_of_which_nobody_knows_what_it_is_about_is_passed_over_with_advice(file: str) -> None:
    call = "get-managed-prefix-list-entries"
    snapshot = read({file: text({"Entries": [{"Cidr": "10.0.0.0/8"}]})})
    assert (Skipped(file, f'looks like {call}, but does not say of what: call the file {call}.ID.json, or add "PrefixListId" to it'),) == snapshot.skipped
    assert ([], ()) == (told(snapshot), snapshot.facts.exports)


# Jobs


def test_the_three_forms_of_a_processing_job_are_read_alone_and_in_a_list() -> None:
    for document in (request(), [request()]):
        job, = loaded(job=document).facts.jobs
        assert ("processing-job/etl", "request", None, None, 2) == (job.id, job.form, job.arn, job.status, job.instance_count)
    for document in (description(), [description()]):
        job, = loaded(job=document).facts.jobs
        assert ("processing-job/etl", "description", arn("sagemaker", "processing-job/etl"), "Completed") == (job.id, job.form, job.arn, job.status)
    mixed = loaded(jobs=[description(), request(ProcessingJobName="b"), description(ProcessingJobName="c", ProcessingJobArn=arn("sagemaker", "c"))]).facts.jobs
    assert ["processing-job/b", "processing-job/c", "processing-job/etl"] == [job.id for job in mixed]


def test_of_a_list_of_jobs_one_that_is_refused_does_not_stop_the_others() -> None:
    snapshot = loaded(jobs=[request(), request(RoleArn=7), request(ProcessingJobName="c")])
    assert (["processing-job/c", "processing-job/etl"], 1) == ([job.id for job in snapshot.facts.jobs], len(snapshot.errors))


def test_a_request_without_a_name_has_its_files() -> None:
    nameless = request()
    del nameless["ProcessingJobName"]
    assert ["processing-job/nightly-etl"] == [job.id for job in read({"jobs/nightly-etl.json": text(nameless)}).facts.jobs]


@pytest.mark.parametrize(("config", "subnets"), [
    ({"NetworkConfig": None}, None), ({"NetworkConfig": {}}, None), ({"NetworkConfig": {"VpcConfig": None}}, None),
    ({"NetworkConfig": {"VpcConfig": {"SecurityGroupIds": [], "Subnets": []}}}, ()), ({}, ("subnet-1",)),
])
def test_a_job_without_a_vpc_config_has_none(config: dict[str, Any], subnets: tuple[str, ...] | None) -> None:
    found = loaded(job=description(**config)).facts.jobs[0].vpc_config
    assert subnets == (found and found.subnets)


@pytest.mark.parametrize(("cluster", "count"), [
    ({"InstanceCount": 3}, 3), ({}, 1), ({"InstancePreferences": [{"InstanceCount": 2}, {"InstanceCount": 5}, {}]}, 5),
    ({"InstanceCount": 6, "InstancePreferences": [{"InstanceCount": 2}]}, 6), ({"InstancePreferences": [{"InstanceCount": 5}], "SelectedInstanceCount": 2}, 2),
])
def test_the_instances_of_a_job_are_those_that_were_selected_or_the_worst_case(cluster: dict[str, Any], count: int) -> None:
    assert count == loaded(job=description(ProcessingResources={"ClusterConfig": cluster})).facts.jobs[0].instance_count


@pytest.mark.parametrize(("written", "meant"), [
    ("2026-11-20T02:15:00+00:00", datetime(2026, 11, 20, 2, 15, tzinfo=UTC)),
    ("2026-11-20T02:15:00Z", datetime(2026, 11, 20, 2, 15, tzinfo=UTC)),
    ("2026-11-20T02:15:00.123000+01:00", datetime(2026, 11, 20, 2, 15, 0, 123000, tzinfo=timezone(timedelta(hours=1)))),
    ("2026-11-20 02:15:00.5+00:00", datetime(2026, 11, 20, 2, 15, 0, 500000, tzinfo=UTC)),
    ("2026-11-20 02:15:00", datetime(2026, 11, 20, 2, 15, tzinfo=UTC)),
    (1795140900, datetime(2026, 11, 20, 2, 15, tzinfo=UTC)),
    (1795140900.5, datetime(2026, 11, 20, 2, 15, 0, 500000, tzinfo=UTC)),
    (None, None),
])
def test_times_are_read_as_both_versions_of_the_aws_cli_write_them(written: object, meant: datetime | None) -> None:
    job, = loaded(job=description(ProcessingEndTime=written)).facts.jobs
    assert meant == job.ended


@pytest.mark.parametrize("written", ["", "yesterday", "2026-13-01T00:00:00Z", "0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", -1, 1e300, 1e18, "2026-11-20T02:15:00+99:00", "\ud800"])
def test_what_is_no_time_is_refused(written: object) -> None:
    error, = loaded(job=description(ProcessingEndTime=written)).errors
    assert f"{written!r} is not a time; expected one such as 2026-11-24T09:30:00Z, or seconds since 1970" == error.message


def test_a_job_changed_when_it_was_last_modified_or_else_created() -> None:
    day = "2026-11-{}T00:00:00Z".format
    jobs = loaded(a=description(CreationTime=day(20), LastModifiedTime=day(21)), b=description(ProcessingJobArn="x", CreationTime=day(20))).facts.jobs
    assert [21, 20] == [job.changed.day for job in jobs if job.changed]


def test_a_training_job_request_is_not_used_yet() -> None:
    snapshot = loaded(train={"TrainingJobName": "t", "AlgorithmSpecification": {}, "VpcConfig": {}})
    assert ([], (Skipped("train.json", "training-job-request: not used yet"),)) == (told(snapshot), snapshot.unused)


def test_a_pipeline_definition_is_no_request() -> None:
    assert () == loaded(pipeline={"Version": "2020-12-01", "Steps": [], "ProcessingResources": {}}).facts.jobs


# Facts


def test_only_associated_blocks_are_a_vpcs_and_the_primary_one_comes_first() -> None:
    blocks = [{"CidrBlock": block, "CidrBlockState": state} for block, state in (
        ("10.3.0.0/16", {"State": "associated"}), ("10.2.0.0/16", {"State": "failing"}), ("10.1.0.0/16", None), ("10.9.0.0/16", {"State": "associated"}),
    )]
    ipv6 = [{"Ipv6CidrBlock": "2001:db8:0:2::/64", "Ipv6CidrBlockState": {"State": "associated"}}, {"Ipv6CidrBlock": "2001:db8:0:1::/64"}]
    found = loaded(a={"Vpcs": [vpc(CidrBlock="10.9.0.0/16", CidrBlockAssociationSet=blocks, Ipv6CidrBlockAssociationSet=ipv6)]}).facts.vpc("vpc-1")
    assert (("10.9.0.0/16", "10.1.0.0/16", "10.3.0.0/16"), ("2001:db8:0:1::/64", "2001:db8:0:2::/64")) == (found.cidr_blocks, found.ipv6_cidr_blocks)


PERMISSION = {
    "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.0/8"}, {"CidrIp": "10.1.0.0/16"}], "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
    "PrefixListIds": [{"PrefixListId": "pl-1"}], "UserIdGroupPairs": [{"GroupId": "sg-2", "VpcPeeringConnectionId": "pcx-1", "PeeringStatus": "active"}],
}


def test_a_permission_is_one_rule_for_each_of_its_peers_and_each_knows_its_place() -> None:
    snapshot = loaded(groups={"SecurityGroups": [group(IpPermissions=[PERMISSION], IpPermissionsEgress=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}])]})
    rules = snapshot.facts.group("sg-1").rules
    peers = [(rule.is_egress, rule.cidr or rule.prefix_list_id or (rule.referenced_group_id, rule.referenced_peering_id, rule.peering_status)) for rule in rules]
    assert [(False, "10.0.0.0/8"), (False, "10.1.0.0/16"), (False, "::/0"), (False, "pl-1"), (False, ("sg-2", "pcx-1", "active")), (True, "0.0.0.0/0")] == peers
    assert ["10.0.0.0/8", "10.1.0.0/16", "::/0", {"PrefixListId": "pl-1"}, PERMISSION["UserIdGroupPairs"][0], "0.0.0.0/0"] == [shown(snapshot, rule.source) for rule in rules]


def test_both_describe_forms_of_group_rules_are_read_alike() -> None:
    loose = [
        group_rule(str(number), IpProtocol="tcp", FromPort=443, ToPort=443, **peer) for number, peer in enumerate((
            {"CidrIpv4": "10.0.0.0/8"}, {"CidrIpv4": "10.1.0.0/16"}, {"CidrIpv6": "::/0"}, {"PrefixListId": "pl-1"},
            {"ReferencedGroupInfo": {"GroupId": "sg-2", "VpcPeeringConnectionId": "pcx-1", "PeeringStatus": "active"}},
        ))
    ]
    snapshot = loaded(groups={"SecurityGroups": [group(IpPermissions=[PERMISSION])]}, rules={"SecurityGroupRules": loose})
    assert ([], frozenset(), 5) == (told(snapshot), snapshot.facts.rules_of("sg-1").missing, len(snapshot.facts.rules_of("sg-1").items))


def test_what_is_null_or_absent_is_what_aws_means_by_it() -> None:
    bare = {"SubnetId": "subnet-2", "VpcId": "vpc-1", "State": "available", "AvailableIpAddressCount": 0}
    for row in (bare, bare | dict.fromkeys(("CidrBlock", "Ipv6Native", "OwnerId", "AvailabilityZone", "AvailabilityZoneId", "Tags"))):
        found = loaded(a={"Subnets": [row]}).facts.subnet("subnet-2")
        assert (None, False, None, None, {}) == (found.cidr_block, found.ipv6_native, found.owner_id, found.availability_zone, found.tags)


def test_the_tags_of_a_subnet_that_another_account_shares_are_not_known() -> None:
    identity = {"UserId": "A", "Account": ACCOUNT, "Arn": "arn"}
    facts = loaded(me=identity, a={"Subnets": [subnet(OwnerId=OTHER), subnet("subnet-2")]}).facts
    assert {} == facts.subnet("subnet-2").tags
    with pytest.raises(Missing):
        facts.subnet("subnet-1").tags.get("tier")


# Refusals


@pytest.mark.parametrize("folder", sorted(path.name for path in BROKEN.iterdir()))
def test_a_broken_input_gets_the_message_beside_it(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN / folder)
    snapshot = load([Path()])
    assert Path("expected.txt").read_text("utf-8").splitlines() == told(snapshot)
    assert (1, (), ()) == (snapshot.files, snapshot.skipped, snapshot.unused)


@pytest.mark.parametrize(("written", "message"), [
    ('{"a": 1, "b": {"a": 1, "b": 2, "a": 3}, "a": 4}', 'a.json:1:32: the member "a" stands twice in one object; leave one of them'),
    ('["a", {"b": "b: b"},\n {"b": [{"b": 1}], "\\u0062": 2}]', 'a.json:2:20: the member "b" stands twice in one object; leave one of them'),
    ('{} {"\\n": 1, "\\n": 2}', 'a.json:1:14: the member "\\n" stands twice in one object; leave one of them'),
    ('{"NaN": "NaN", "a": [NaN]}', "a.json:1:22: NaN is not JSON"),
    ('{"a": -Infinity}', "a.json:1:7: -Infinity is not JSON"),
    ('{"a": "Infinity",\n"b": Infinity}', "a.json:2:6: Infinity is not JSON"),
    (f'{{"a": "{"1" * 5000}", "b": {"1" * 5000}}}', f"a.json:1:{5016}: not JSON that can be read: it holds a number of thousands of digits"),
    ("[" * 101 + "]" * 101, "a.json:1:101: brackets are nested deeper than 100 levels"),
    ("{}\n" + "[" * 100_000, "a.json:2:101: brackets are nested deeper than 100 levels"),
    ('{"a": "[[[["}\n' + '{"a":' * 101 + "1" + "}" * 101, "a.json:2:501: brackets are nested deeper than 100 levels"),
    ("'a'", "a.json:1:1: not JSON: expecting value"),
    ('{"a": 1,}', "a.json:1:8: not JSON: nothing follows this comma"),
    ('[1, 2,\n]', "a.json:1:6: not JSON: nothing follows this comma"),
    ('{"a": "\t"}', "a.json:1:8: not JSON: invalid control character at"),
    ('{"a": 012}', "a.json:1:8: not JSON: expecting ',' delimiter"),
    ('{"a": 1', "a.json:1:8: not JSON: the file ends too early"),
])
def test_what_is_not_json_is_refused_at_its_place(written: str, message: str) -> None:
    assert [message] == told(read({"a.json": written.encode()}))


def test_a_hundred_levels_may_be_nested() -> None:
    assert [] == told(read({"a.json": ("[" * 100 + "]" * 100).encode()}))


def test_an_object_with_very_many_members_is_refused_at_once() -> None:
    members = ",".join(f'"{number}": 0' for number in range(100_000))
    assert ['the member "99999" stands twice in one object; leave one of them'] == [error.message for error in read({"a.json": f'{{{members}, "99999": 1}}'.encode()}).errors]


def test_all_errors_of_all_files_are_told_in_order_and_none_stops_the_rest() -> None:
    wrong = {"Subnets": [subnet(CidrBlock="10.0.0.1/8"), subnet("subnet-2"), subnet("subnet-3", CidrBlock="10.0/16")]}
    snapshot = loaded(b=wrong, a={"Vpcs": [vpc(State=1, IsDefault=None)]}, c={"Vpcs": [vpc()]}, package=[])
    assert [("a.json", 6), ("a.json", 10), ("b.json", 8), ("b.json", 24)] == [(error.file, error.line) for error in snapshot.errors]
    assert ["vpc-1"] == rows(snapshot)


# Which files are read


def tree(top: Path, *names: str, data: bytes = b'{"Vpcs": []}') -> None:
    for name in names:
        (top / name).parent.mkdir(parents=True, exist_ok=True)
        (top / name).write_bytes(data)


def test_folders_are_searched_but_for_what_is_nobodys_export(tmp_path: Path) -> None:
    tree(tmp_path, "b.json", "x/y/a.json", ".hidden/a.json", "node_modules/a.json", "__pycache__/a.json", "venv/pyvenv.cfg", "venv/a.json", ".a.json", "a.txt", "a.JSON", "d.json/e.json")
    found = [page.source.file for page in load([tmp_path]).pages]
    assert ["b.json", "d.json/e.json", "x/y/a.json"] == [os.path.relpath(file, tmp_path) for file in found]


def test_what_is_excluded_is_passed_over_unless_it_is_named(tmp_path: Path) -> None:
    tree(tmp_path, "a.json", "old/b.json", "c.json")
    exclude = [f"{tmp_path}/old", f"{tmp_path}/c*"]
    assert 1 == load([tmp_path], exclude).files
    assert 2 == load([tmp_path, tmp_path / "c.json"], exclude).files


def test_a_file_is_read_once_however_often_it_is_named(tmp_path: Path) -> None:
    tree(tmp_path, "a.json", "x/b.json")
    (tmp_path / "link.json").symlink_to(tmp_path / "a.json")
    assert 2 == load([tmp_path, tmp_path / "a.json", tmp_path / "x", tmp_path / "x/../a.json"]).files


def test_a_named_file_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    tree(tmp_path, "export.txt")
    assert ["vpcs"] == [page.kind for page in load([tmp_path / "export.txt"]).pages]


@pytest.mark.parametrize("name", ["missing.json", "a" * 300, "missing/" * 3])
def test_a_path_that_does_not_exist_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file or folder"):
        load([tmp_path / name])


def test_paths_are_printed_relative_to_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tree(tmp_path, "here/a.json", "there/b.json")
    monkeypatch.chdir(tmp_path / "here")
    found = {page.source.file for page in load([tmp_path / "here", Path("../there")]).pages}
    assert {"a.json", "../there/b.json"} == found


def test_broken_json_is_an_error_if_it_is_named_or_called_like_a_call_and_else_passed_over(tmp_path: Path) -> None:
    tree(tmp_path, "package.json", "describe-vpcs.json", "x/get-role.etl.json", "x/create-processing-job.json", data=b"{")
    found = load([tmp_path])
    assert ["describe-vpcs.json", "create-processing-job.json", "get-role.etl.json"] == [Path(error.file).name for error in found.errors]
    assert [("package.json", "1:2: not JSON: the file ends too early")] == [(Path(skipped.file).name, skipped.why) for skipped in found.skipped]
    named = load([tmp_path, tmp_path / "package.json"])
    assert (4, ()) == (len(named.errors), named.skipped)


def test_what_is_no_file_is_passed_over(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    assert ((), 0) == (load([tmp_path]).errors, load([tmp_path]).files)


def test_standard_input_stands_for_the_file_whose_name_it_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tree(tmp_path, "a.json", "b.json", data=text({"Subnets": [subnet(State="pending", Tags=[])]}))
    snapshot = load([Path()], standard_input=("./a.json", text({"Subnets": [subnet("subnet-2")]})))
    assert (["subnet-2", "subnet-1"], 2) == (rows(snapshot), snapshot.files)
    assert {"a.json", "b.json"} == {source.file for source in snapshot.locate(export.source for export in snapshot.facts.exports)}
    assert [["a.json:1:1: not JSON: expecting value"]] == [told(load([], standard_input=("a.json", b"x")))]


# Law 9: whatever bytes go in, out comes a snapshot


def shown(snapshot: Snapshot, source: Source) -> object:
    """Read what stands where a source is found."""
    span = snapshot.locate([source])[source]
    lines = snapshot.texts[source.file].split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return json.loads("\n".join(lines))


def named(documents: list[object], source: Source) -> object:
    value: Any = documents[source.document]
    for step in steps(source.pointer):
        value = value[int(step) if isinstance(value, list) else step]
    return value


def parsed(written: str) -> list[object]:
    """Read the documents of a file with the standard library alone."""
    found, at = [], 0
    while written[at:].strip(" \t\r\n"):
        value, end = json.JSONDecoder().raw_decode(written[at:].lstrip(" \t\r\n"))
        found.append(value)
        at = len(written) - len(written[at:].lstrip(" \t\r\n")) + end
    return found


def sources(facts: Facts) -> Iterator[Source]:
    for fact in (fact for export in facts.exports for fact in export.facts):
        yield fact.source
        yield from (rule.source for rule in getattr(fact, "rules", ()))
        yield from (config.source for config in [getattr(fact, "vpc_config", None)] if config)


def assert_sound(snapshot: Snapshot) -> None:
    """All that is wrong is told in one printable line at a place in the file, and every fact stands where its source says."""
    for error in snapshot.errors:
        assert error.message.isprintable() and 1 <= error.line and 1 <= error.column
        written = snapshot.texts[error.file]
        assert not written or error.line <= written.count("\n") + 1 and error.column <= len(written.split("\n")[error.line - 1]) + 1
    for passed_over in (*snapshot.skipped, *snapshot.unused):
        assert passed_over.why.isprintable()
    documents = {file: parsed(written) for file, written in snapshot.texts.items() if any(export.source.file == file for export in snapshot.facts.exports)}
    for source in sources(snapshot.facts):
        assert named(documents[source.file], source) == shown(snapshot, source)


def good() -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(examples.good().glob("*.json"))}


GOOD = good()


def test_the_good_environment_is_read_without_a_word_and_every_fact_stands_where_its_source_says() -> None:
    snapshot = read(GOOD)
    assert ((), (), len(GOOD)) == (snapshot.errors, snapshot.skipped, snapshot.files)
    assert {"vpc", "subnet", "group", "job", "dhcp-options", "flow-log", "prefix-list", "prefix-list-entries", "vpc-attribute"} == {
        fact.kind for export in snapshot.facts.exports for fact in export.facts
    }
    assert_sound(snapshot)
    for noun, member in ((Vpc, "VpcId"), (Subnet, "SubnetId"), (SecurityGroup, "GroupId")):
        for fact in (fact for export in snapshot.facts.exports for fact in export.facts if type(fact) is noun):
            assert fact.id == shown(snapshot, fact.source)[member]  # type: ignore[index]


@st.composite
def damaged(draw: st.DrawFn, data: bytes) -> bytes:
    """Cut, repeat, replace and insert bytes."""
    for _ in range(draw(st.integers(1, 3))):
        start, end = sorted(draw(st.tuples(st.integers(0, len(data)), st.integers(0, len(data)))))
        end = min(end, start + draw(st.sampled_from([0, 1, 1, 40, 10_000])))
        junk = draw(st.binary(max_size=4) | st.sampled_from([b"", b"null", b"[", b"]", b'"', b"{}", b",", b"1e999", b"-0", b"NaN", b'"\\ud800"', b"[" * 2000, b"7" * 5000, data[start:end] * 2]))
        data = data[:start] + junk + data[end:]
    return data


@given(st.sampled_from(sorted(GOOD)).flatmap(lambda name: st.tuples(st.just(name), damaged(GOOD[name]))))
def test_whatever_bytes_go_in_a_snapshot_comes_out(case: tuple[str, bytes]) -> None:
    name, data = case
    assert_sound(read({name: data}))
    assert_sound(read(GOOD | {name: data}))


@given(st.binary(max_size=60), st.sampled_from(["describe-vpcs.json", "x.json", "get-bucket-policy.b.json"]))
def test_bytes_of_any_kind_are_read_or_refused(data: bytes, name: str) -> None:
    assert_sound(read({name: data}))


NESTED = [json.loads("[" * depth + "]" * depth) for depth in (2, 50, 99, 120)]
ODD = st.sampled_from([
    None, True, False, 0, -1, 1, 7, 2**31, 10**400, 0.5, 1e308, 443.0, "", "x", "\n", "\ud800", "\x00", "a" * 300, "10.0.0.1/8", "10.0.0.0/8", "::/0", "tcp", "-1", "999", ACCOUNT, "AWS",
    "2026-11-20T02:15:00Z", "0001-01-01", "arn:aws:ec2:eu-west-1:111122223333:x", "arn:::::", [], {}, [None], [[]], [{}], {"": {}}, {"a\nb": 1}, ["x", 1],
]) | st.sampled_from(NESTED)
MEMBERS = st.sampled_from(sorted({key for _, document in ANSWERS for key in document} | {
    "SubnetId", "VpcId", "GroupId", "OwnerId", "Tags", "Key", "Value", "CidrBlock", "IpPermissions", "IpProtocol", "IpRanges", "NextToken", "NetworkConfig", "VpcConfig",
    "AvailabilityZone", "ServiceName", "version", "time", "calls", "filters", "account", "region", "Steps", "Environment", "a\nb", "", "PrefixListId",
}))
ANYTHING = st.recursive(ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4), max_leaves=12)
SNAPSHOT = {"version": 1, "account": ACCOUNT, "region": "eu-west-1", "time": "2026-11-24T09:00:00Z", "filters": {"vpcs": []}, "calls": []}
WHOLE = (*(document for name, document in ANSWERS if name in READ), SNAPSHOT, request(), {"Vpcs": [vpc(CidrBlockAssociationSet=[{"CidrBlock": "10.0.0.0/16"}])]}, {
    "SecurityGroups": [group(IpPermissions=[PERMISSION])]}, {"TrainingJobName": "t", "ResourceConfig": {}, "NetworkConfig": {}},
)


def ways(value: object, way: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """List the steps to all values inside a value, but for those very deep in it."""
    if len(way) > 9:
        return []
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [found for step, child in children for found in ((*way, step), *ways(child, (*way, step)))]


def copied(value: object) -> Any:
    return json.loads(json.dumps(value))


@st.composite
def twisted(draw: st.DrawFn) -> object:
    """Draw an answer that would be read, and put odd values, members and rows anywhere in it."""
    document = copied(draw(st.sampled_from(WHOLE)))
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(ways(document)))
        holder: Any = document
        for step in way:
            holder = holder[step]
        match draw(st.sampled_from(["replace", "replace", "drop", "add", "repeat"])):
            case "replace":
                holder[last] = copied(draw(ANYTHING))
            case "drop" if len(document) > 1:
                del holder[last]
            case "add" if isinstance(holder, dict):
                holder[draw(MEMBERS)] = copied(draw(ANYTHING))
            case "repeat" if isinstance(holder, list):
                holder.append(copied(holder[last]))
    return document


@given(st.lists(twisted() | ANYTHING, min_size=1, max_size=3), st.sampled_from(["a.json", "get-managed-prefix-list-entries.pl-1.json"]), st.sampled_from([None, 2]), st.booleans())
def test_whatever_values_go_in_a_snapshot_comes_out(documents: list[object], name: str, indent: int | None, in_a_list: bool) -> None:
    data = "\n".join(json.dumps(document, indent=indent) for document in ([documents] if in_a_list else documents)).encode()
    assert_sound(read({name: data}))
    assert_sound(read({name: data, "b.json": data, "x/c.json": data}))


def test_a_call_that_failed_is_told_of_where_its_answer_is_missing() -> None:
    calls = [{"file": "describe-flow-logs.json", "command": "aws ec2 describe-flow-logs", "ok": False, "error": "not authorized"}]
    stated = {"version": 1, "account": "111122223333", "region": "eu-west-1", "time": "2026-11-24T09:00:00Z", "filters": {}, "calls": calls}
    facts = read({"snapshot.json": json.dumps(stated).encode()}).facts
    missing = facts.uncovered("flow-logs", Scope("111122223333", "eu-west-1"))
    assert ["111122223333/eu-west-1; the call failed: not authorized"] == [absence.scope for absence in missing]
    assert not facts.exported("flow-logs")


def test_the_tags_of_a_described_job_are_unknown_because_the_answer_never_tells_them() -> None:
    job = load([examples.good()]).facts.jobs[0]
    with pytest.raises(Missing) as error:
        assert not job.tags
    assert ["form"] == [absence.because for absence in error.value.absences]


def test_a_folder_that_cannot_be_listed_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "closed").mkdir()
    real = os.scandir

    def closed(path: str) -> Any:
        if os.path.basename(path) == "closed":
            raise PermissionError(13, "Permission denied", path)
        return real(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert ["this folder cannot be listed"] == [error.message for error in load([tmp_path]).errors]


def test_a_block_is_kept_in_its_one_spelling() -> None:
    permission = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "10.0.0.7"}], "Ipv6Ranges": [{"CidrIpv6": "2001:0DB8:0::/32"}]}
    group = {"GroupId": "sg-1", "VpcId": "vpc-1", "GroupName": "x", "IpPermissions": [permission], "IpPermissionsEgress": []}
    facts = read({"groups.json": json.dumps({"SecurityGroups": [group]}).encode()}).facts
    assert ["10.0.0.7/32", "2001:db8::/32"] == [rule.cidr for rule in facts.rules_of("sg-1").items]
