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
from sagevpc_lint.answer import Missing, is_unknown
from sagevpc_lint.documents import Skipped, Snapshot, load, read
from sagevpc_lint.documents.exports import READERS
from sagevpc_lint.model.exports import Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.kinds import BY_NAME, KINDS
from sagevpc_lint.model.nouns import (
    BlockPublicAccessExclusion, BlockPublicAccessOptions, InternetGateway, NatGateway, NetworkAcl, NetworkInterface, PrefixList, RouteTable, SecurityGroup, Subnet, TransitGatewayAttachment, Vpc,
    VpcEndpoint, VpcPeeringConnection,
)
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


def table(id: str = "rtb-1", **changes: Any) -> dict[str, Any]:
    association = {"RouteTableAssociationId": "rtbassoc-1", "RouteTableId": id, "Main": False, "SubnetId": "subnet-1", "AssociationState": {"State": "associated"}}
    return {"RouteTableId": id, "VpcId": "vpc-1", "OwnerId": ACCOUNT, "Associations": [association], "Routes": [route(GatewayId="igw-1")], "PropagatingVgws": [], "Tags": []} | changes


def route(destination: str = "0.0.0.0/0", **changes: Any) -> dict[str, Any]:
    return {"DestinationCidrBlock": destination, "Origin": "CreateRoute", "State": "active"} | changes


def acl(*entries: dict[str, Any], **changes: Any) -> dict[str, Any]:
    associations = [{"NetworkAclAssociationId": "aclassoc-1", "NetworkAclId": "acl-1", "SubnetId": "subnet-1"}]
    return {"NetworkAclId": "acl-1", "VpcId": "vpc-1", "OwnerId": ACCOUNT, "IsDefault": True, "Associations": associations, "Entries": list(entries), "Tags": []} | changes


def entry(number: int = 100, **changes: Any) -> dict[str, Any]:
    return {"CidrBlock": "0.0.0.0/0", "Egress": False, "Protocol": "-1", "RuleAction": "allow", "RuleNumber": number} | changes


def nat(id: str = "nat-1", **changes: Any) -> dict[str, Any]:
    addresses = [{"AllocationId": "eipalloc-1", "NetworkInterfaceId": "eni-1", "PrivateIp": "10.0.0.4", "PublicIp": "203.0.113.7", "IsPrimary": True, "Status": "succeeded"}]
    return {
        "NatGatewayId": id, "VpcId": "vpc-1", "SubnetId": "subnet-1", "State": "available", "ConnectivityType": "public", "AvailabilityMode": "zonal", "NatGatewayAddresses": addresses, "Tags": [],
    } | changes


def endpoint(id: str = "vpce-1", **changes: Any) -> dict[str, Any]:
    return {
        "VpcEndpointId": id, "VpcEndpointType": "Gateway", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available", "RouteTableIds": ["rtb-1"], "SubnetIds": [],
        "Groups": [], "PrivateDnsEnabled": False, "NetworkInterfaceIds": [], "OwnerId": ACCOUNT, "Tags": [],
    } | changes


def interface(id: str = "eni-1", **changes: Any) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": id, "VpcId": "vpc-1", "SubnetId": "subnet-1", "OwnerId": ACCOUNT, "Status": "in-use", "SourceDestCheck": True, "PrivateIpAddress": "10.0.1.9",
        "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": "10.0.1.9"}], "Groups": [{"GroupId": "sg-1", "GroupName": "jobs"}], "TagSet": [],
    } | changes


def peering(id: str = "pcx-1", **changes: Any) -> dict[str, Any]:
    sides = [{"VpcId": vpc, "OwnerId": ACCOUNT, "Region": "eu-west-1", "CidrBlock": block, "CidrBlockSet": [{"CidrBlock": block}]} for vpc, block in (("vpc-1", "10.0.0.0/16"), ("vpc-2", "10.1.0.0/16"))]
    return {"VpcPeeringConnectionId": id, "Status": {"Code": "active", "Message": "Active"}, "RequesterVpcInfo": sides[0], "AccepterVpcInfo": sides[1], "Tags": []} | changes


def attachment(id: str = "tgw-attach-1", **changes: Any) -> dict[str, Any]:
    return {
        "TransitGatewayAttachmentId": id, "TransitGatewayId": "tgw-1", "TransitGatewayOwnerId": ACCOUNT, "ResourceOwnerId": ACCOUNT, "ResourceType": "vpc", "ResourceId": "vpc-1", "State": "available",
        "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}, "Tags": [],
    } | changes


def transit_route(destination: str = "0.0.0.0/0", **changes: Any) -> dict[str, Any]:
    attachments = [{"ResourceId": "vpc-2", "TransitGatewayAttachmentId": "tgw-attach-2", "ResourceType": "vpc"}]
    return {"DestinationCidrBlock": destination, "TransitGatewayAttachments": attachments, "Type": "static", "State": "active"} | changes


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
    ("route-tables", {"RouteTables": [table()]}),
    ("security-groups", {"SecurityGroups": [group()]}),
    ("security-group-rules", {"SecurityGroupRules": [group_rule(CidrIpv4="0.0.0.0/0")]}),
    ("network-acls", {"NetworkAcls": [acl()]}),
    ("vpc-endpoints", {"VpcEndpoints": [endpoint()]}),
    ("internet-gateways", {"InternetGateways": [{"InternetGatewayId": "igw-1", "OwnerId": ACCOUNT, "Attachments": [{"VpcId": "vpc-1", "State": "available"}], "Tags": []}]}),
    ("nat-gateways", {"NatGateways": [nat()]}),
    ("dhcp-options", {"DhcpOptions": [{"DhcpOptionsId": "dopt-1", "DhcpConfigurations": []}]}),
    ("flow-logs", {"FlowLogs": [flow_log()]}),
    ("bucket-policy", {"Policy": '{"Version": "2012-10-17", "Statement": []}'}),
    ("bucket-location", {"LocationConstraint": None}),
    ("prefix-lists", {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3", "Cidrs": ["52.218.0.0/17"]}]}),
    ("managed-prefix-lists", {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3", "OwnerId": "AWS", "MaxEntries": 10}]}),
    ("prefix-list-entries", {"Entries": [{"Cidr": "10.0.0.0/8", "Description": "the office"}]}),
    ("network-interfaces", {"NetworkInterfaces": [interface()]}),
    ("instances", {"Reservations": [{"ReservationId": "r-1", "Instances": [{"InstanceId": "i-1", "State": {"Code": 16, "Name": "running"}}]}]}),
    ("addresses", {"Addresses": [{"AllocationId": "eipalloc-1"}]}),
    ("vpc-peering-connections", {"VpcPeeringConnections": [peering()]}),
    ("transit-gateways", {"TransitGateways": [{"TransitGatewayId": "tgw-1"}]}),
    ("transit-gateway-vpc-attachments", {"TransitGatewayVpcAttachments": [
        {"TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "VpcOwnerId": ACCOUNT, "State": "available", "SubnetIds": ["subnet-1"]},
    ]}),
    ("transit-gateway-attachments", {"TransitGatewayAttachments": [attachment()]}),
    ("transit-gateway-route-tables", {"TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": "tgw-rtb-1"}]}),
    ("transit-gateway-routes", {"Routes": [transit_route()], "AdditionalRoutesAvailable": False}),
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
    ("vpc-block-public-access-options", {"VpcBlockPublicAccessOptions": {"AwsAccountId": ACCOUNT, "AwsRegion": "eu-west-1", "InternetGatewayBlockMode": "off"}}),
    ("vpc-block-public-access-exclusions", {"VpcBlockPublicAccessExclusions": [{
        "ExclusionId": "vpcbpa-exclude-1", "ResourceArn": arn("ec2", "subnet/subnet-1"), "InternetGatewayExclusionMode": "allow-egress", "State": "create-complete",
    }]}),
    ("egress-only-internet-gateways", {"EgressOnlyInternetGateways": []}),
    ("vpc-endpoint-services", {"ServiceNames": ["com.amazonaws.eu-west-1.s3"], "ServiceDetails": [{
        "ServiceName": "com.amazonaws.eu-west-1.s3", "ServiceType": [{"ServiceType": "Interface"}], "PrivateDnsNames": [{"PrivateDnsName": "s3.eu-west-1.amazonaws.com"}],
    }]}),
    ("vpc-endpoint-associations", {"VpcEndpointAssociations": []}),
    ("instance-type-offerings", {"InstanceTypeOfferings": [{"InstanceType": "m5.xlarge", "LocationType": "availability-zone-id", "Location": "euw1-az1"}]}),
    ("hosted-zones", {"HostedZoneSummaries": [{"HostedZoneId": "Z1", "Name": "amazonaws.com."}], "MaxItems": "100"}),
    ("profile-associations", {"ProfileAssociations": [{"Id": "rpassoc-1", "ProfileId": "rp-1", "ResourceId": "vpc-1", "Status": "COMPLETE"}]}),
    ("profile-resource-associations", {"ProfileResourceAssociations": []}),
    ("resolver-rules", {"ResolverRules": [{"Id": "rslvr-rr-1", "DomainName": "corp.example.", "RuleType": "FORWARD"}]}),
    ("resolver-rule-associations", {"ResolverRuleAssociations": [{"Id": "rslvr-rrassoc-1", "ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-1", "Status": "COMPLETE"}]}),
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
    {"RouteTableId": "rtb-1", "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]}, {"Reservations": [{"ReservationId": "r-1", "Count": 1}]},
    {"VpcEndpoints": [{"VpcEndpointId": "aos-1", "DomainArn": "arn"}]}, {"VpcPeeringConnections": [{"VpcPeeringConnectionId": "pcx-1", "FleetId": "f-1", "Status": {}}]},
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


@pytest.mark.parametrize(("file", "document", "vpc"), [
    ("list-hosted-zones-by-vpc.vpc-1.eu-west-1.json", {}, "vpc-1"),
    ("list-hosted-zones-by-vpc.vpc-1.json", {}, "vpc-1"),
    ("list-hosted-zones-by-vpc.a%2Eb%2Fc%3Ad%25e.eu-west-1.json", {}, "a.b/c:d%e"),
    ("zones.json", {"VPCId": "vpc-2"}, "vpc-2"),
])
def test_of_two_ids_in_a_files_name_the_first_counts_and_is_unescaped(file: str, document: dict[str, Any], vpc: str) -> None:
    facts = read({file: text({"HostedZoneSummaries": [{"HostedZoneId": "Z1", "Name": "S3.eu-west-1.amazonaws.com."}]} | document)}).facts
    assert [(f"Z1/{vpc}", vpc, "s3.eu-west-1.amazonaws.com")] == [(zone.id, zone.vpc_id, zone.name) for zone in facts.hosted_zones_of(vpc).items]


@pytest.mark.parametrize("file", ["list-hosted-zones-by-vpc.json", "list-hosted-zones-by-vpc..eu-west-1.json"])
def test_zones_of_which_nobody_knows_whose_they_are_are_passed_over(file: str) -> None:
    snapshot = read({file: text({"HostedZoneSummaries": []})})
    assert (1, ()) == (len(snapshot.skipped), snapshot.facts.exports)


def test_the_name_of_a_bucket_may_hold_dots_and_is_not_unescaped() -> None:
    facts = read({"get-bucket-location.my.bucket%2E.json": text({"LocationConstraint": None})}).facts
    assert "us-east-1" == facts.bucket("my.bucket%2E").region


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


# Facts of the network


def first(facts: Facts, noun: type) -> Any:
    return next(fact for export in facts.exports for fact in export.facts if type(fact) is noun)


def lone(key: str, row: dict[str, Any], noun: type, name: str = "a") -> Any:
    """Read one row under *key*, about which the document says nothing wrong."""
    snapshot = loaded(**{name: {key: [row]}})
    assert [] == told(snapshot)
    return first(snapshot.facts, noun)


@pytest.mark.parametrize(("members", "target"), [
    ({"GatewayId": "local"}, "local"), ({"GatewayId": "igw-1"}, "igw-1"), ({"GatewayId": "vgw-1"}, "vgw-1"), ({"GatewayId": "vpce-1"}, "vpce-1"), ({"VpcEndpointId": "vpce-2"}, "vpce-2"),
    ({"NatGatewayId": "nat-1"}, "nat-1"), ({"TransitGatewayId": "tgw-1"}, "tgw-1"), ({"VpcPeeringConnectionId": "pcx-1"}, "pcx-1"), ({"EgressOnlyInternetGatewayId": "eigw-1"}, "eigw-1"),
    ({"NetworkInterfaceId": "eni-1", "InstanceId": "i-1", "InstanceOwnerId": ACCOUNT}, "eni-1"), ({"InstanceId": "i-1"}, "i-1"), ({"LocalGatewayId": "lgw-1"}, "lgw-1"),
    ({"CarrierGatewayId": "cagw-1"}, "cagw-1"), ({"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"}, "arn:aws:networkmanager::1:core-network/c"),
    ({"OdbNetworkArn": "arn:aws:odb:eu-west-1:1:odb-network/o"}, "arn:aws:odb:eu-west-1:1:odb-network/o"), ({"IpAddress": "10.0.0.9"}, "10.0.0.9"), ({}, ""), ({"GatewayId": None, "NatGatewayId": ""}, ""),
])
def test_the_target_of_a_route_is_what_it_leads_to_whichever_member_names_it(members: dict[str, Any], target: str) -> None:
    assert [target] == [route.target for route in lone("RouteTables", table(Routes=[route(**members)]), RouteTable).routes]


def test_a_route_of_an_older_export_is_active_and_was_created() -> None:
    found, = lone("RouteTables", table(Routes=[{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}]), RouteTable).routes
    assert ("rtb-1/0.0.0.0/0", "active", "CreateRoute", None) == (found.id, found.state, found.origin, found.prefix_list_id)


def test_each_route_knows_its_place_and_has_an_id_that_does_not_depend_on_its_row() -> None:
    rows = [
        route("10.0.0.0/16", GatewayId="local", Origin="CreateRouteTable"), {"DestinationIpv6CidrBlock": "2001:0DB8::/56", "GatewayId": "local"}, {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"},
        route("10.9.0.0/16", GatewayId="vgw-1", Origin="EnableVgwRoutePropagation"), route("10.9.0.0/16", GatewayId="vgw-1"),
        *(route("10.8.0.0/16", NetworkInterfaceId=id, Origin="Advertisement", State=state) for id, state in (("eni-1", "active"), ("eni-2", "filtered"), ("eni-3", "filtered"))),
    ]
    snapshot = loaded(a={"RouteTables": [table("rtb-0"), table(Routes=rows)]})
    found = snapshot.facts.route_table("rtb-1").routes
    assert ([], rows) == (told(snapshot), [shown(snapshot, route.source) for route in found])
    assert [
        "rtb-1/10.0.0.0/16/CreateRouteTable", "rtb-1/2001:db8::/56", "rtb-1/pl-1", "rtb-1/10.9.0.0/16/EnableVgwRoutePropagation", "rtb-1/10.9.0.0/16",
        "rtb-1/10.8.0.0/16/Advertisement", "rtb-1/10.8.0.0/16/Advertisement/eni-2", "rtb-1/10.8.0.0/16/Advertisement/eni-3",
    ] == [route.id for route in found]
    assert ["10.0.0.0/16", "2001:db8::/56", None] == [route.cidr for route in found[:3]]


def test_what_a_new_state_of_a_route_means_is_not_known() -> None:
    found, = lone("RouteTables", table(Routes=[route(State="resting")]), RouteTable).routes
    assert ("0.0.0.0/0", True) == (found.cidr, is_unknown(found.state))


def test_the_subnets_of_a_table_are_those_that_are_associated_with_it_in_so_many_words() -> None:
    associations = [
        {"Main": True, "AssociationState": {"State": "associated"}}, {"SubnetId": "subnet-2", "Main": False}, {"SubnetId": "subnet-1", "AssociationState": None},
        {"SubnetId": "subnet-3", "AssociationState": {"State": "disassociating"}}, {"GatewayId": "igw-1", "Main": False, "AssociationState": {"State": "associated"}},
    ]
    found = lone("RouteTables", table(Associations=associations), RouteTable)
    assert ({"subnet-1", "subnet-2"}, True, {"igw-1"}) == (found.subnet_ids, found.is_main, found.gateway_ids)
    for bare in ([], None, associations[1:], [associations[0] | {"AssociationState": {"State": "disassociated"}}]):
        assert not lone("RouteTables", table(Associations=bare), RouteTable).is_main


@pytest.mark.parametrize(("row", "means"), [
    (entry(), ("-1", "0.0.0.0/0", None, None, None, None)),
    (entry(Protocol="6", PortRange={"From": 443, "To": 443}), ("6", "0.0.0.0/0", 443, 443, None, None)),
    (entry(Protocol="17"), ("17", "0.0.0.0/0", None, None, None, None)),
    (entry(Protocol="6", PortRange={}), ("6", "0.0.0.0/0", None, None, None, None)),
    (entry(Protocol="-1", PortRange={"From": 443, "To": 1}), ("-1", "0.0.0.0/0", None, None, None, None)),
    (entry(Protocol="50", PortRange={"From": 443, "To": 443}, IcmpTypeCode={"Type": 1, "Code": 1}), ("50", "0.0.0.0/0", None, None, None, None)),
    (entry(Protocol="1", IcmpTypeCode={"Type": 3, "Code": 4}, PortRange={"From": 9, "To": 9}), ("1", "0.0.0.0/0", None, None, 3, 4)),
    (entry(Protocol="1", IcmpTypeCode={"Type": -1, "Code": 0}), ("1", "0.0.0.0/0", None, None, -1, -1)),
    (entry(Protocol="1"), ("1", "0.0.0.0/0", None, None, -1, -1)),
    (entry(Protocol="58", CidrBlock=None, Ipv6CidrBlock="::/0", IcmpTypeCode={"Type": 128, "Code": -1}), ("58", "::/0", None, None, 128, -1)),
])
def test_an_entry_has_the_ports_or_the_icmp_type_that_its_protocol_has(row: dict[str, Any], means: tuple[object, ...]) -> None:
    found, = lone("NetworkAcls", acl(row), NetworkAcl).entries
    assert means == (found.protocol, found.cidr, found.from_port, found.to_port, found.icmp_type, found.icmp_code)


def test_an_acl_has_its_subnets_and_its_entries_of_both_directions() -> None:
    found = lone("NetworkAcls", acl(entry(RuleAction="deny"), entry(Egress=True), entry(32767)), NetworkAcl)
    assert ({"subnet-1"}, True) == (found.subnet_ids, found.is_default)
    assert ["acl-1/ingress/100", "acl-1/egress/100", "acl-1/ingress/32767"] == [entry.id for entry in found.entries]


def test_an_internet_gateway_is_attached_in_a_state() -> None:
    row = {"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1", "State": "Attached"}, {"VpcId": "vpc-2"}]}
    assert {"vpc-1": "attached", "vpc-2": "available"} == lone("InternetGateways", row, InternetGateway).attachments
    assert {} == lone("InternetGateways", {"InternetGatewayId": "igw-1"}, InternetGateway).attachments


def test_a_nat_gateway_of_an_older_export_is_public_and_zonal() -> None:
    old = nat()
    del old["ConnectivityType"], old["AvailabilityMode"]
    found = lone("NatGateways", old, NatGateway)
    assert ("public", "zonal", "subnet-1", None, False) == (found.connectivity_type, found.availability_mode, found.subnet_id, found.route_table_id, found.auto_provision_zones)
    assert (("10.0.0.4",), ("203.0.113.7",), frozenset()) == (found.private_ips, found.public_ips, found.zones)


def test_the_addresses_of_a_nat_gateway_are_not_known_where_none_is_told() -> None:
    for bare in (nat(NatGatewayAddresses=[]), nat(NatGatewayAddresses=None, State="pending")):
        found = lone("NatGateways", bare, NatGateway)
        assert (True, True) == (is_unknown(found.private_ips), is_unknown(found.public_ips))
    failed = [{"PrivateIp": "10.0.0.4", "Status": "failed"}]
    assert () == lone("NatGateways", nat(NatGatewayAddresses=failed, State="failed"), NatGateway).private_ips


REGIONAL = nat(SubnetId=None, AvailabilityMode="regional", AutoProvisionZones="enabled", RouteTableId="rtb-9", NatGatewayAddresses=[
    {"PublicIp": "203.0.113.8", "AvailabilityZone": "eu-west-1b", "AvailabilityZoneId": "euw1-az2", "Status": "succeeded"}, {"PublicIp": "203.0.113.7", "AvailabilityZoneId": "euw1-az1"},
    {"PublicIp": "203.0.113.9", "AvailabilityZoneId": "euw1-az3", "Status": "failed"},
])


def test_a_regional_nat_gateway_has_zones_and_a_table_of_its_own_and_no_subnet() -> None:
    found = lone("NatGateways", REGIONAL, NatGateway)
    assert ("regional", None, "rtb-9", True) == (found.availability_mode, found.subnet_id, found.route_table_id, found.auto_provision_zones)
    assert ({"eu-west-1b", "euw1-az2", "euw1-az1"}, ("203.0.113.7", "203.0.113.8"), ()) == (found.zones, found.public_ips, found.private_ips)
    assert not lone("NatGateways", REGIONAL | {"AutoProvisionZones": "disabled"}, NatGateway).auto_provision_zones


def test_of_a_regional_nat_gateway_an_older_aws_cli_does_not_tell_everything() -> None:
    old = {key: value for key, value in REGIONAL.items() if key not in ("SubnetId", "AvailabilityMode", "AutoProvisionZones", "RouteTableId")}
    found = lone("NatGateways", old, NatGateway)
    assert ("regional", None, True, True) == (found.availability_mode, found.subnet_id, is_unknown(found.route_table_id), is_unknown(found.auto_provision_zones))


@pytest.mark.parametrize(("name", "service", "region"), [
    ("com.amazonaws.eu-west-1.s3", "s3", "eu-west-1"), ("com.amazonaws.us-gov-west-1.kms-fips", "kms-fips", "us-gov-west-1"), ("com.amazonaws.eu-west-1.sagemaker.api", "sagemaker.api", "eu-west-1"),
    ("cn.com.amazonaws.cn-north-1.s3", "s3", "cn-north-1"), ("com.amazonaws.cn-north-1.kms", "kms", "cn-north-1"), ("aws.sagemaker.eu-west-1.notebook", "notebook", "eu-west-1"),
    ("com.amazonaws.iam", "iam", None), ("com.amazonaws.s3-global.accesspoint", "s3-global.accesspoint", None), ("com.amazonaws.us-iso-east-1.ecr.dkr", "ecr.dkr", "us-iso-east-1"),
    ("com.amazonaws.vpce.eu-west-1.vpce-svc-0a1", "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1", "eu-west-1"), ("com.example.eu-west-1.s3", "com.example.eu-west-1.s3", "eu-west-1"),
    ("com.amazonaws", "com.amazonaws", None), ("com.amazonaws.eu-west-1", "eu-west-1", None), ("", "", None),
])
def test_the_service_of_an_endpoint_is_what_follows_the_region_in_its_name(name: str, service: str, region: str | None) -> None:
    found = lone("VpcEndpoints", endpoint(ServiceName=name), VpcEndpoint)
    assert (name, service, region) == (found.service_name, found.service, found.service_region)
    assert "us-east-1" == lone("VpcEndpoints", endpoint(ServiceName=name, ServiceRegion="us-east-1"), VpcEndpoint).service_region


@pytest.mark.parametrize(("written", "state"), [("available", "available"), ("Available", "available"), ("pendingAcceptance", "pendingacceptance"), ("PendingAcceptance", "pendingacceptance"), ("Partial", "partial")])
def test_the_state_of_an_endpoint_is_the_same_in_both_spellings(written: str, state: str) -> None:
    assert state == lone("VpcEndpoints", endpoint(State=written), VpcEndpoint).state


def test_an_interface_endpoint_has_subnets_groups_interfaces_and_private_dns() -> None:
    row = endpoint(
        VpcEndpointType="Interface", SubnetIds=["subnet-2", "subnet-1"], Groups=[{"GroupId": "sg-2", "GroupName": "b"}, {"GroupId": "sg-1", "GroupName": "a"}], NetworkInterfaceIds=["eni-2", "eni-1"],
        RouteTableIds=[], PrivateDnsEnabled=True,
    )
    found = lone("VpcEndpoints", row, VpcEndpoint)
    assert (("subnet-1", "subnet-2"), ("sg-1", "sg-2"), ("eni-1", "eni-2"), frozenset()) == (found.subnet_ids, found.security_group_ids, found.network_interface_ids, found.route_table_ids)
    assert (True, None) == (found.private_dns_enabled, found.private_dns_only_for_inbound_resolver_endpoint)
    options = {"DnsRecordIpType": "ipv4", "PrivateDnsOnlyForInboundResolverEndpoint": False}
    assert False is lone("VpcEndpoints", row | {"DnsOptions": options}, VpcEndpoint).private_dns_only_for_inbound_resolver_endpoint


def test_the_private_dns_of_a_gateway_endpoint_counts_for_nothing() -> None:
    found = lone("VpcEndpoints", endpoint(PrivateDnsEnabled=True), VpcEndpoint)
    assert (False, {"rtb-1"}) == (found.private_dns_enabled, found.route_table_ids)


def test_an_endpoint_of_a_service_network_has_no_service_name() -> None:
    row = {"VpcEndpointId": "vpce-1", "VpcEndpointType": "ServiceNetwork", "VpcId": "vpc-1", "State": "available", "ServiceNetworkArn": "arn"}
    assert ("", "", None) == ((found := lone("VpcEndpoints", row, VpcEndpoint)).service_name, found.service, found.service_region)


def test_a_peering_connection_has_the_blocks_of_both_vpcs() -> None:
    requester = {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "CidrBlockSet": [{"CidrBlock": "10.9.0.0/16"}, {"CidrBlock": "10.0.0.0/16"}], "Ipv6CidrBlockSet": [{"Ipv6CidrBlock": "::/0"}]}
    found = lone("VpcPeeringConnections", peering(RequesterVpcInfo=requester), VpcPeeringConnection)
    assert ("active", {"vpc-1": ("10.0.0.0/16", "10.9.0.0/16"), "vpc-2": ("10.1.0.0/16",)}) == (found.status, found.vpcs)


def test_the_blocks_of_a_connection_that_is_not_accepted_yet_are_not_known() -> None:
    found = lone("VpcPeeringConnections", peering(Status={"Code": "pending-acceptance"}, AccepterVpcInfo={"VpcId": "vpc-2", "OwnerId": OTHER}), VpcPeeringConnection)
    assert (["vpc-1", "vpc-2"], True) == (sorted(found.vpcs), is_unknown(found.vpcs["vpc-2"]))
    assert ["vpc-1"] == list(lone("VpcPeeringConnections", peering(AccepterVpcInfo={}), VpcPeeringConnection).vpcs)


def test_an_attachment_is_associated_with_a_table_or_with_none() -> None:
    found = lone("TransitGatewayAttachments", attachment(), TransitGatewayAttachment)
    assert ("tgw-1", "vpc", "vpc-1", "tgw-rtb-1", "associated") == (found.transit_gateway_id, found.resource_type, found.resource_id, found.route_table_id, found.association_state)
    assert OTHER == lone("TransitGatewayAttachments", attachment(TransitGatewayOwnerId=OTHER), TransitGatewayAttachment).owner_id  # whose view counts
    alone = lone("TransitGatewayAttachments", attachment(Association=None), TransitGatewayAttachment)
    assert (None, None) == (alone.route_table_id, alone.association_state)


def test_what_anothers_transit_gateway_associates_with_an_attachment_is_not_known_where_it_is_not_told() -> None:
    foreign = lone("TransitGatewayAttachments", attachment(Association=None, TransitGatewayOwnerId=OTHER), TransitGatewayAttachment)
    assert (True, True) == (is_unknown(foreign.route_table_id), is_unknown(foreign.association_state))
    assert "tgw-rtb-1" == lone("TransitGatewayAttachments", attachment(TransitGatewayOwnerId=OTHER), TransitGatewayAttachment).route_table_id


ROUTES = [
    transit_route(), transit_route("10.1.0.0/16", Type="propagated"), transit_route("10.1.0.0/16", State="blackhole", TransitGatewayAttachments=[]),
    transit_route("10.2.0.0/16", State="deleted"), transit_route("10.3.0.0/16", State="pending", PrefixListId="pl-1"), {"PrefixListId": "pl-2", "Type": "static", "State": "active"},
]


def test_the_routes_of_a_transit_gateways_table_are_those_that_are_not_deleted() -> None:
    name = "search-transit-gateway-routes.tgw-rtb-1.json"
    snapshot = read({name: text({"Routes": ROUTES, "AdditionalRoutesAvailable": False})})
    found = snapshot.facts.transit_gateway_routes("tgw-rtb-1").routes
    assert [
        "tgw-rtb-1/0.0.0.0/0", "tgw-rtb-1/10.1.0.0/16/propagated", "tgw-rtb-1/10.1.0.0/16", "tgw-rtb-1/10.3.0.0/16/pending", "tgw-rtb-1/pl-2",
    ] == [route.id for route in found]
    assert ([("tgw-attach-2",), ("tgw-attach-2",), ()], "pl-1") == ([route.attachment_ids for route in found[:3]], found[3].prefix_list_id)
    assert [row for row in ROUTES if row["State"] != "deleted"] == [shown(snapshot, route.source) for route in found]


def test_of_a_transit_gateways_table_of_which_routes_are_left_over_the_routes_are_not_known() -> None:
    name = "search-transit-gateway-routes.tgw-rtb-1.json"
    facts = read({name: text({"Routes": ROUTES, "AdditionalRoutesAvailable": True})}).facts
    with pytest.raises(Missing) as missing:
        len(facts.transit_gateway_routes("tgw-rtb-1").routes)
    assert ["aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id tgw-rtb-1"] == [absence.command for absence in missing.value.absences]


def test_the_routes_of_a_transit_gateways_table_are_put_together_from_its_pages() -> None:
    pages = [{"Routes": [row], "NextToken": token} for row, token in zip(ROUTES, ("a", None))]
    found = read({"search-transit-gateway-routes.tgw-rtb-1.json": text(pages)}).facts.transit_gateway_routes("tgw-rtb-1").routes
    assert ["0.0.0.0/0", "10.1.0.0/16"] == [route.cidr for route in found]


def test_an_interface_has_its_addresses_and_its_instance() -> None:
    row = interface(
        PrivateIpAddresses=[{"PrivateIpAddress": "10.0.1.10", "Primary": False}, {"PrivateIpAddress": "10.0.1.9", "Primary": True}], SourceDestCheck=False,
        Association={"PublicIp": "203.0.113.5", "IpOwnerId": "amazon"}, Attachment={"InstanceId": "i-1", "Status": "attached"}, TagSet=[{"Key": "Name", "Value": "nat"}],
    )
    found = lone("NetworkInterfaces", row, NetworkInterface)
    assert (("10.0.1.10", "10.0.1.9"), "203.0.113.5", False, ("sg-1",), "i-1", {"Name": "nat"}) == (
        found.private_ips, found.public_ip, found.source_dest_check, found.security_group_ids, found.instance_id, found.tags,
    )
    bare = lone("NetworkInterfaces", {"NetworkInterfaceId": "eni-1", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Status": "available", "PrivateIpAddress": "10.0.1.9"}, NetworkInterface)
    assert (("10.0.1.9",), None, True, (), None) == (bare.private_ips, bare.public_ip, bare.source_dest_check, bare.security_group_ids, bare.instance_id)
    assert None is lone("NetworkInterfaces", interface(Attachment={"InstanceId": "i-1", "Status": "detached"}), NetworkInterface).instance_id


def test_instances_are_read_from_all_reservations() -> None:
    reservations = [{"Instances": [{"InstanceId": f"i-{number}", "State": {"Name": state}}]} for number, state in ((1, "running"), (2, "stopped"))]
    facts = loaded(a={"Reservations": [*reservations, {"Instances": []}]}).facts
    assert ["running", "stopped"] == [facts.instance(id).state for id in ("i-1", "i-2")]
    assert ["a.json:15:17: i-1 stands twice in one document; leave one of them"] == told(loaded(a={"Reservations": [reservations[0]] * 2}))


@pytest.mark.parametrize(("states", "mode"), [
    ({}, None), ({"BlockPublicAccessStates": None}, None), ({"BlockPublicAccessStates": {}}, None),
    ({"BlockPublicAccessStates": {"InternetGatewayBlockMode": "block-ingress"}}, "block-ingress"), ({"BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"}}, "off"),
])
def test_a_subnet_and_a_vpc_tell_what_blocks_public_access_to_them(states: dict[str, Any], mode: str | None) -> None:
    facts = loaded(a={"Subnets": [subnet(**states)]}, b={"Vpcs": [vpc(**states)]}).facts
    assert (mode, mode or "off") == (facts.subnet("subnet-1").block_public_access, facts.vpc("vpc-1").block_public_access)


@pytest.mark.parametrize(("control", "exclusions"), (
    (None, None), ({}, None), ({"Mode": "monitor", "ResourceExclusions": {"NatGateway": {"State": "enabled"}}}, None), ({"Mode": "enforce", "State": "deleted"}, None),
    ({"Mode": "enforce"}, frozenset()), ({"Mode": "enforce", "ResourceExclusions": {"NatGateway": {"State": "enabled"}, "VpcPeering": {"State": "disabled"}, "Lambda": None}}, frozenset({"NatGateway"})),
))
def test_what_a_vpc_that_enforces_encryption_excludes_is_read(control: dict[str, Any] | None, exclusions: frozenset[str] | None) -> None:
    assert exclusions == loaded(a={"Vpcs": [vpc(EncryptionControl=control)]}).facts.vpc("vpc-1").encryption_exclusions


def test_the_options_of_block_public_access_are_those_of_an_account_and_region() -> None:
    options = first(loaded(a={"VpcBlockPublicAccessOptions": {"AwsAccountId": ACCOUNT, "AwsRegion": "eu-west-1", "InternetGatewayBlockMode": "block-ingress"}}).facts, BlockPublicAccessOptions)
    assert (f"{ACCOUNT}/eu-west-1", "block-ingress") == (options.id, options.internet_gateway_block_mode)


def test_an_exclusion_is_of_the_resource_that_its_arn_names() -> None:
    row = {"ExclusionId": "x-1", "ResourceArn": arn("ec2", "vpc/vpc-1"), "InternetGatewayExclusionMode": "allow-egress", "State": "create-complete"}
    assert "vpc-1" == lone("VpcBlockPublicAccessExclusions", row, BlockPublicAccessExclusion).resource_id


# Facts of names


def test_a_service_with_endpoints_of_two_types_is_one_service_on_one_page_or_on_two() -> None:
    name = "com.amazonaws.eu-west-1.s3"
    details = [
        {"ServiceName": name, "ServiceType": [{"ServiceType": "Gateway"}], "AvailabilityZones": ["eu-west-1a"]},
        {"ServiceName": name, "ServiceType": [{"ServiceType": "Interface"}], "AvailabilityZoneIds": ["euw1-az2"], "PrivateDnsName": "*.s3.eu-west-1.amazonaws.com", "PrivateDnsNames": [
            {"PrivateDnsName": "s3.eu-west-1.amazonaws.com"}, {"PrivateDnsName": "*.s3.eu-west-1.amazonaws.com"},
        ]},
    ]
    for document in ({"ServiceDetails": details}, [{"ServiceDetails": [each]} for each in details]):
        snapshot = loaded(a=document)
        service = snapshot.facts.endpoint_service(name)
        assert ([], True) == (told(snapshot), snapshot.facts.has_endpoint_services())
        assert service is not None
        assert ("s3", ("Gateway", "Interface"), ("*.s3.eu-west-1.amazonaws.com", "s3.eu-west-1.amazonaws.com"), {"eu-west-1a", "euw1-az2"}) == (
            service.service, service.service_types, service.private_dns_names, service.availability_zones,
        )


@pytest.mark.parametrize(("location", "region"), [(None, "us-east-1"), ("", "us-east-1"), ("EU", "eu-west-1"), ("eu-central-1", "eu-central-1")])
def test_the_region_of_a_bucket_is_told_in_old_words_too(location: str | None, region: str) -> None:
    assert region == read({"get-bucket-location.input.json": text({"LocationConstraint": location})}).facts.bucket("input").region


def test_the_region_of_a_bucket_comes_from_either_call() -> None:
    head = {"head-bucket.input.json": text({"BucketRegion": "eu-west-1", "AccessPointAlias": False})}
    assert "eu-west-1" == read(head).facts.bucket("input").region
    both = read(head | {"get-bucket-location.input.json": text({"LocationConstraint": "EU"})})
    assert ([], "eu-west-1") == (told(both), both.facts.bucket("input").region)
    assert is_unknown(read(head | {"get-bucket-location.input.json": text({"LocationConstraint": None})}).facts.bucket("input").region)


def test_resolver_rules_and_profiles_are_those_of_a_vpc() -> None:
    facts = loaded(
        rules={"ResolverRules": [{"Id": id, "DomainName": f"{id}.Example.", "RuleType": "FORWARD"} for id in ("rr-1", "rr-2", "rr-3")]},
        uses={"ResolverRuleAssociations": [
            {"Id": f"a-{rule}-{vpc}", "ResolverRuleId": rule, "VPCId": vpc, "Status": status} for rule, vpc, status in (
                ("rr-1", "vpc-1", "COMPLETE"), ("rr-2", "vpc-2", "COMPLETE"), ("rr-3", "vpc-1", "FAILED"),
            )
        ]},
        profiles={"ProfileAssociations": [{"Id": f"p-{status}", "ProfileId": "rp-1", "ResourceId": "vpc-1", "Status": status} for status in ("COMPLETE", "DELETED")]},
    ).facts
    assert ["rr-1.example"] == [rule.domain_name for rule in facts.resolver_rules_of("vpc-1").items]
    assert (["p-COMPLETE"], ()) == ([profile.id for profile in facts.profiles_of("vpc-1").items], facts.profiles_of("vpc-2").items)


# Refusals


@pytest.mark.parametrize("folder", sorted(path.name for path in BROKEN.iterdir()))
def test_a_broken_input_gets_the_message_beside_it(folder: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BROKEN / folder)
    snapshot = load([Path()])
    assert Path("expected.txt").read_text("utf-8").splitlines() == told(snapshot)
    assert (1, (), ()) == (snapshot.files, snapshot.skipped, snapshot.unused)


@pytest.mark.parametrize(("document", "message"), [
    ({"RouteTables": [table(Routes=[route("10.0.0.1/8")])]}, "10.0.0.1/8 has host bits set; expected 10.0.0.0/8"),
    ({"RouteTables": [table(Routes=[{"GatewayId": "igw-1"}])]}, "a route without a destination; expected one of DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId"),
    ({"RouteTables": [table(Routes=[route(GatewayId="igw-1"), route(NatGatewayId="nat-1")])]}, "0.0.0.0/0 stands twice in rtb-1; leave one of them"),
    ({"RouteTables": [table(), table()]}, "rtb-1 stands twice in one document; leave one of them"),
    ({"NetworkAcls": [acl(entry(CidrBlock=None))]}, "an entry without addresses; expected CidrBlock or Ipv6CidrBlock"),
    ({"NetworkAcls": [acl(entry(), entry(RuleAction="deny"))]}, "ingress/100 stands twice in acl-1; leave one of them"),
    ({"NetworkAcls": [acl(entry(Ipv6CidrBlock="::1/64", CidrBlock=None))]}, "::1/64 has host bits set; expected ::/64"),
    ({"NetworkAcls": [acl(entry(Protocol="999"))]}, "protocol '999': expected tcp, udp, icmp, icmpv6, a number from 0 to 255, or -1 for all"),
    ({"NetworkAcls": [acl(entry(Protocol="6", PortRange={"From": 9, "To": 1}))]}, "ports 9 to 1: expected an ascending range within 0 to 65535, or both absent or -1 for all"),
    ({"NetworkAcls": [acl(entry(RuleAction="maybe"))]}, "NetworkAcls[0].Entries[0].RuleAction: 'maybe' is not one of ['allow', 'deny']"),
    ({"NatGateways": [nat(NatGatewayAddresses=[{"PrivateIp": "10.0.0"}])]}, None),
    ({"NatGateways": [nat(NatGatewayAddresses=[{"PublicIp": "10.0.0.0/24"}])]}, "10.0.0.0/24 is a CIDR block; expected a single address"),
    ({"NetworkInterfaces": [interface(PrivateIpAddress="10.0.0.300")]}, None),
    ({"VpcPeeringConnections": [peering(AccepterVpcInfo={"VpcId": "vpc-2", "CidrBlock": "10.1.0.1/16"})]}, "10.1.0.1/16 has host bits set; expected 10.1.0.0/16"),
    ({"TransitGatewayRouteTableId": "t", "Routes": [{"Type": "static", "State": "active"}]}, "a route without a destination; expected DestinationCidrBlock or PrefixListId"),
    ({"TransitGatewayRouteTableId": "t", "Routes": [transit_route(), transit_route()]}, "0.0.0.0/0 stands twice in t; leave one of them"),
    ({"VpcEndpoints": [endpoint(SubnetIds=["subnet-1", 7])]}, "VpcEndpoints[0].SubnetIds[1]: 7 is not of type 'string'"),
])
def test_what_cannot_be_right_in_the_network_is_refused_at_its_place(document: dict[str, Any], message: str | None) -> None:
    snapshot = loaded(a=document)
    assert ((), 1) == (snapshot.facts.exports, len(snapshot.errors))
    assert message in (None, snapshot.errors[0].message)
    assert 3 < snapshot.errors[0].line


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
        yield from (part.source for name in ("rules", "routes", "entries") for part in getattr(fact, name, ()))
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
    assert {
        "vpc", "subnet", "group", "job", "dhcp-options", "flow-log", "prefix-list", "prefix-list-entries", "vpc-attribute",
        "route-table", "network-acl", "internet-gateway", "nat-gateway", "vpc-endpoint", "bucket",
    } == {fact.kind for export in snapshot.facts.exports for fact in export.facts}
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
    "AvailabilityZone", "ServiceName", "Routes", "State", "Associations", "Main", "PortRange", "From", "Type", "Association", "Status", "version", "time", "calls", "filters", "account", "region", "Steps", "Environment", "a\nb", "", "PrefixListId", "Bucket",
}))
ANYTHING = st.recursive(ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4), max_leaves=12)
SNAPSHOT = {"version": 1, "account": ACCOUNT, "region": "eu-west-1", "time": "2026-11-24T09:00:00Z", "filters": {"vpcs": []}, "calls": []}
WHOLE = (*(document for name, document in ANSWERS if name in READ), SNAPSHOT, request(), {"Vpcs": [vpc(CidrBlockAssociationSet=[{"CidrBlock": "10.0.0.0/16"}])]}, {
    "SecurityGroups": [group(IpPermissions=[PERMISSION])]}, {"NetworkAcls": [acl(entry(Protocol="6", PortRange={"From": 1, "To": 2}), entry(110, Protocol="1", IcmpTypeCode={"Type": 3, "Code": 4}))]},
    {"TrainingJobName": "t", "ResourceConfig": {}, "NetworkConfig": {}},
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


@given(st.lists(twisted() | ANYTHING, min_size=1, max_size=3), st.sampled_from(["a.json", "get-managed-prefix-list-entries.pl-1.json", "search-transit-gateway-routes.tgw-rtb-1.json", "list-hosted-zones-by-vpc.vpc-1.eu-west-1.json", "head-bucket.b.json"]), st.sampled_from([None, 2]), st.booleans())
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
