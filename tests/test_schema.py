"""The compiled schemas and jsonschema agree, and refusals name the place, what was found and what is allowed."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import sagevpc_lint
from sagevpc_lint.documents.schema import Problem, SchemaError, check, compile_schema, compiled, nearest, problems, read
from sagevpc_lint.source import steps

SCHEMAS = sorted(path.stem for path in (Path(sagevpc_lint.__file__).parent / "schemas").glob("*.json"))
TAGS = [{"Key": "Name", "Value": "blue"}]
CLUSTER = {"InstanceCount": 2, "InstanceType": "ml.m5.xlarge", "VolumeSizeInGB": 30}
NETWORK = {
    "EnableNetworkIsolation": False, "EnableInterContainerTrafficEncryption": True,
    "VpcConfig": {"SecurityGroupIds": ["sg-1"], "Subnets": ["subnet-1", "subnet-2"]},
}
PERMISSION = {
    "IpProtocol": "tcp", "FromPort": 443, "ToPort": 443,
    "IpRanges": [{"CidrIp": "10.0.0.0/16", "Description": "the office"}], "Ipv6Ranges": [{"CidrIpv6": "2001:db8::/32"}],
    "PrefixListIds": [{"PrefixListId": "pl-1"}],
    "UserIdGroupPairs": [{"GroupId": "sg-1", "UserId": "111122223333", "VpcPeeringConnectionId": "pcx-1", "PeeringStatus": "active"}],
}
FINDING = {
    "rule": "subnet-ip-capacity", "severity": "error", "resource": {"kind": "subnet", "id": "subnet-1"},
    "subjects": [{"kind": "job", "id": "processing-job/etl", "need": "s3://bucket"}], "message": "too small", "because": ["11 addresses"],
    "remediation": "use larger subnets", "code": "",
    "location": {"file": "a.json", "line": 1, "column": 2, "end_line": 3, "end_column": 4, "pointer": "/Subnets/0"},
    "evidence": [{"file": "a.json", "line": 1, "column": 2, "pointer": "/Subnets/0", "note": "", "code": "BAD_STATE"}], "fingerprint": "f1",
}
ACCEPTED: dict[str, Any] = {
    "bucket-head": {"BucketRegion": "eu-west-1", "AccessPointAlias": False, "Bucket": "input"},
    "bucket-location": {"LocationConstraint": None, "Bucket": "input"},
    "bucket-policy": {"Policy": "{}", "Bucket": "input"},
    "caller-identity": {"UserId": "AIDA", "Account": "111122223333", "Arn": "arn:aws:iam::111122223333:user/me"},
    "dhcp-options": {"DhcpOptions": [{
        "DhcpOptionsId": "dopt-1", "OwnerId": "111122223333", "Tags": TAGS,
        "DhcpConfigurations": [{"Key": "domain-name-servers", "Values": [{"Value": "AmazonProvidedDNS"}]}],
    }]},
    "flow-logs": {"FlowLogs": [{
        "FlowLogId": "fl-1", "FlowLogStatus": "ACTIVE", "ResourceId": "vpc-1", "TrafficType": "ALL", "DeliverLogsStatus": "FAILED",
        "DeliverLogsErrorMessage": "Access error", "CreationTime": "2026-01-31T12:00:00Z", "Tags": TAGS,
    }]},
    "hosted-zones": {"HostedZoneSummaries": [{"HostedZoneId": "Z1", "Name": "example.", "Owner": {"OwningAccount": "111122223333"}}], "MaxItems": "100", "VPCId": "vpc-1"},
    "instances": {"Reservations": [{"ReservationId": "r-1", "Instances": [{"InstanceId": "i-1", "State": {"Code": 16, "Name": "running"}}]}]},
    "internet-gateways": {"InternetGateways": [{"InternetGatewayId": "igw-1", "OwnerId": None, "Attachments": [{"VpcId": "vpc-1", "State": "available"}], "Tags": TAGS}]},
    "managed-prefix-lists": {"PrefixLists": [{"PrefixListId": "pl-1", "OwnerId": "AWS", "PrefixListName": "com.amazonaws.eu-west-1.s3"}]},
    "nat-gateways": {"NatGateways": [{
        "NatGatewayId": "nat-1", "VpcId": "vpc-1", "SubnetId": None, "State": "available", "ConnectivityType": "public", "AvailabilityMode": "regional", "AutoProvisionZones": "enabled",
        "RouteTableId": "rtb-1", "Tags": TAGS, "NatGatewayAddresses": [
            {"PrivateIp": "10.0.0.4", "PublicIp": "203.0.113.7", "Status": "succeeded", "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az1"},
        ],
    }]},
    "network-acls": {"NetworkAcls": [{
        "NetworkAclId": "acl-1", "OwnerId": "111122223333", "VpcId": "vpc-1", "IsDefault": True, "Associations": [{"SubnetId": "subnet-1"}], "Tags": TAGS, "Entries": [
            {"Egress": True, "Protocol": "6", "RuleAction": "allow", "RuleNumber": 100, "CidrBlock": "0.0.0.0/0", "PortRange": {"From": 1, "To": 2}},
            {"Egress": False, "Protocol": "58", "RuleAction": "deny", "RuleNumber": 32768, "Ipv6CidrBlock": "::/0", "IcmpTypeCode": {"Type": -1, "Code": None}},
        ],
    }]},
    "network-interfaces": {"NetworkInterfaces": [{
        "NetworkInterfaceId": "eni-1", "OwnerId": "111122223333", "VpcId": "vpc-1", "SubnetId": "subnet-1", "Status": "in-use", "SourceDestCheck": False, "PrivateIpAddress": "10.0.0.9",
        "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.9", "Primary": True}], "Groups": [{"GroupId": "sg-1", "GroupName": "jobs"}], "TagSet": TAGS,
        "Association": {"PublicIp": "203.0.113.5"}, "Attachment": {"InstanceId": "i-1", "Status": "attached"},
    }]},
    "prefix-list-entries": {"Entries": [{"Cidr": "10.0.0.0/16", "Description": "the office"}], "PrefixListId": "pl-1", "NextToken": None},
    "prefix-lists": {"PrefixLists": [{"PrefixListId": "pl-1", "PrefixListName": "com.amazonaws.eu-west-1.s3", "Cidrs": ["52.218.0.0/17"]}]},
    "processing-job": {
        "ProcessingJobName": "etl", "ProcessingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:processing-job/etl", "ProcessingJobStatus": "Completed",
        "RoleArn": "arn:aws:iam::111122223333:role/etl", "CreationTime": 1769860800.5, "LastModifiedTime": None, "ProcessingEndTime": "2026-01-31T12:00:00Z",
        "ProcessingResources": {"ClusterConfig": {**CLUSTER, "InstancePreferences": [{"InstanceCount": 3}], "SelectedInstanceCount": 3}},
        "NetworkConfig": NETWORK, "AppSpecification": {"ImageUri": "i"},
    },
    "processing-job-request": {
        "ProcessingJobName": "etl", "ProcessingResources": {"ClusterConfig": {**CLUSTER, "InstancePreferences": [{"InstanceType": "ml.m5.large", "InstanceCount": 3}]}},
        "AppSpecification": {"ImageUri": "i", "ContainerEntrypoint": ["python3"], "ContainerArguments": ["--all"]}, "RoleArn": "arn:aws:iam::111122223333:role/etl",
        "NetworkConfig": NETWORK, "Environment": {"STAGE": "test"}, "Tags": TAGS, "StoppingCondition": {"MaxRuntimeInSeconds": 60}, "ExperimentConfig": {},
        "ProcessingInputs": [
            {"InputName": "code", "AppManaged": False, "S3Input": {"S3Uri": "s3://input/run.py", "S3DataType": "S3Prefix", "S3InputMode": "File"}},
            {"InputName": "table", "DatasetDefinition": {"AthenaDatasetDefinition": {
                "Catalog": "c", "Database": "d", "QueryString": "q", "OutputS3Uri": "s3://input/athena/", "OutputFormat": "JSON",
            }}},
        ],
        "ProcessingOutputConfig": {"Outputs": [
            {"OutputName": "result", "S3Output": {"S3Uri": "s3://output/", "S3UploadMode": "EndOfJob"}},
            {"OutputName": "features", "AppManaged": True, "FeatureStoreOutput": {"FeatureGroupName": "g"}},
        ]},
    },
    "profile-associations": {"ProfileAssociations": [{"Id": "rpassoc-1", "ProfileId": "rp-1", "ResourceId": "vpc-1", "Status": "COMPLETE"}]},
    "resolver-rule-associations": {"ResolverRuleAssociations": [{"Id": "a-1", "ResolverRuleId": "rr-1", "VPCId": "vpc-1", "Status": None}]},
    "resolver-rules": {"ResolverRules": [{"Id": "rr-1", "DomainName": "corp.example.", "RuleType": "FORWARD", "OwnerId": "111122223333"}]},
    "route-tables": {"RouteTables": [{
        "RouteTableId": "rtb-1", "OwnerId": "111122223333", "VpcId": "vpc-1", "Tags": TAGS,
        "Associations": [{"Main": False, "SubnetId": "subnet-1", "GatewayId": None, "AssociationState": {"State": "associated"}}],
        "Routes": [
            {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active", "Origin": "CreateRoute"},
            {"DestinationIpv6CidrBlock": "::/0", "EgressOnlyInternetGatewayId": "eigw-1", "State": None}, {"DestinationPrefixListId": "pl-1", "NetworkInterfaceId": "eni-1", "InstanceId": "i-1"},
        ],
    }]},
    "trace": {
        "version": 1, "tool": {"name": "sagevpc-lint", "version": "0.1.0"}, "job": "processing-job/etl", "destination": "s3",
        "placements": [{"id": "processing-job/etl@subnet-1", "subnet": "subnet-1", "verdict": "lost", "note": "", "missing": [], "ways": [{
            "needs": ["s3"], "where": "public addresses", "packets": "TCP 443", "end": {"kind": "internet", "id": "internet"}, "missing": [],
            "hops": [{"kind": "group", "id": "sg-1", "does": "", "direction": "forward", "file": "a.json", "line": 1, "column": 1, "pointer": ""}],
            "losses": [{
                "code": "C", "component": {"kind": "group", "id": "sg-1"}, "direction": "forward", "why": "w", "file": "a.json", "line": 1, "column": 1, "pointer": "",
                "evidence": [{"file": "a.json", "line": 1, "column": 1, "pointer": "", "note": ""}], "packets": "TCP 443", "allow": "TCP 443",
            }],
            "doubts": [{
                "code": "C", "component": {"kind": "group", "id": "sg-1"}, "direction": "answers", "why": "", "evidence": [], "packets": "TCP 443",
                "missing": [{"kind": "k", "scope": "s", "because": "export", "command": "c"}],
            }],
        }]}],
    },
    "report": {
        "version": 1, "tool": {"name": "sagevpc-lint", "version": "0.1.0"}, "settings": {"file": None, "ignored": 0, "suppressed": 0},
        "findings": [FINDING], "suppressed": [{**FINDING, "reason": "known", "expires": "2026-12-31"}],
        "undecided": [{"rule": "vpc-dns-disabled", "severity": "error", "subjects": [{"kind": "vpc", "id": "vpc-1"}], "missing": [
            {"kind": "vpc-attributes", "scope": "111122223333/eu-west-1", "because": "export", "command": "aws ec2 describe-vpc-attribute"},
        ]}],
        "assumptions": ["no addresses are set aside"], "errors": [{"file": "b.json", "line": 0, "column": 0, "message": "not JSON"}],
        "skipped": [{"file": "c.json", "why": "holds nothing that is known"}],
        "summary": dict.fromkeys(("error", "warning", "advice", "undecided", "suppressed", "jobs", "not_judged", "vpcs", "rules", "files"), 0),
    },
    "rule": {
        "name": "a name", "severity": "error", "for": "job", "require": "a", "message": "m", "rationale": "r", "remediation": "r",
        "examples": [{"name": "an example", "fail": {"etl": "m"}}],
    },
    "security-group-rules": {"SecurityGroupRules": [{
        "SecurityGroupRuleId": "sgr-1", "GroupId": "sg-1", "GroupOwnerId": "111122223333", "IsEgress": True, "IpProtocol": "-1", "FromPort": -1, "ToPort": -1,
        "CidrIpv4": "0.0.0.0/0", "CidrIpv6": None, "PrefixListId": "pl-1", "ReferencedGroupInfo": {"GroupId": "sg-2", "PeeringStatus": "active"},
    }]},
    "security-group-vpc-associations": {"SecurityGroupVpcAssociations": [{"GroupId": "sg-1", "VpcId": "vpc-1", "State": "associated"}]},
    "security-groups": {"SecurityGroups": [{
        "GroupId": "sg-1", "OwnerId": "111122223333", "VpcId": "vpc-1", "GroupName": "jobs", "Tags": TAGS, "IpPermissions": [PERMISSION],
        "IpPermissionsEgress": [PERMISSION, {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    }], "NextToken": "more"},
    "settings": {
        "snapshot": "exports", "exclude": ["old"], "rules": ["rules"], "select": "dns", "ignore": ["monitoring"], "severity": {"flow-logs-missing": "warning"},
        "fail-on": "error", "allow-undecided": True, "needs": {"etl-*": ["internet", "sts", "10.1.2.3:5432", "10.1.0.0/16:443"]},
        "together": ["etl-*", ["a", "b"]], "history": 7, "required-version": ">=0.1",
        "organization": {"id": "o-a1b2c3d4e5", "paths": ["o-a1b2c3d4e5/r-ab12/"], "accounts": ["111122223333"]},
        "suppress": [{"rule": "flow-logs-missing", "subject": "subnet-*", "resource": "vpc-1", "reason": "known", "expires": "2026-12-31"}],
    },
    "snapshot": {
        "version": 1, "account": "111122223333", "region": None, "time": "2026-01-31T12:00:00Z", "filters": {"vpcs": ["vpc-1"]},
        "calls": [{"file": "describe-vpcs.json", "command": "aws ec2 describe-vpcs", "ok": False, "error": "AccessDenied"}],
    },
    "subnet-cidr-reservations": {"SubnetIpv4CidrReservations": [
        {"SubnetCidrReservationId": "scr-1", "OwnerId": "111122223333", "SubnetId": "subnet-1", "Cidr": "10.0.0.16/28", "ReservationType": "explicit"},
    ]},
    "subnets": {"Subnets": [{
        "SubnetId": "subnet-1", "OwnerId": "111122223333", "VpcId": "vpc-1", "State": "available", "CidrBlock": "10.0.0.0/24", "Ipv6Native": False,
        "AvailabilityZone": "eu-west-1a", "AvailabilityZoneId": "euw1-az1", "AvailableIpAddressCount": 251, "Tags": TAGS,
    }]},
    "transit-gateway-attachments": {"TransitGatewayAttachments": [{
        "TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "TransitGatewayOwnerId": "111122223333", "ResourceOwnerId": None, "ResourceType": "vpc", "ResourceId": "vpc-1",
        "State": "available", "Association": {"TransitGatewayRouteTableId": "tgw-rtb-1", "State": "associated"}, "Tags": TAGS,
    }]},
    "transit-gateway-routes": {"TransitGatewayRouteTableId": "tgw-rtb-1", "AdditionalRoutesAvailable": False, "Routes": [
        {"DestinationCidrBlock": "0.0.0.0/0", "PrefixListId": None, "Type": "static", "State": "active", "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": "tgw-attach-1"}]},
    ]},
    "transit-gateway-vpc-attachments": {"TransitGatewayVpcAttachments": [{
        "TransitGatewayAttachmentId": "tgw-attach-1", "TransitGatewayId": "tgw-1", "VpcId": "vpc-1", "VpcOwnerId": "111122223333", "State": "available", "SubnetIds": ["subnet-1"], "Tags": TAGS,
    }]},
    "vpc-attributes": {"VpcId": "vpc-1", "EnableDnsSupport": {"Value": True}},
    "vpc-block-public-access-exclusions": {"VpcBlockPublicAccessExclusions": [{
        "ExclusionId": "x-1", "ResourceArn": "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1", "InternetGatewayExclusionMode": "allow-egress", "State": "create-complete",
    }]},
    "vpc-block-public-access-options": {"VpcBlockPublicAccessOptions": {"AwsAccountId": "111122223333", "AwsRegion": "eu-west-1", "InternetGatewayBlockMode": "off"}},
    "vpc-endpoint-services": {"ServiceNames": ["com.amazonaws.eu-west-1.s3"], "ServiceDetails": [{
        "ServiceName": "com.amazonaws.eu-west-1.s3", "ServiceType": [{"ServiceType": "Interface"}], "PrivateDnsName": "s3.eu-west-1.amazonaws.com",
        "PrivateDnsNames": [{"PrivateDnsName": "s3.eu-west-1.amazonaws.com"}], "AvailabilityZones": ["eu-west-1a"], "AvailabilityZoneIds": ["euw1-az1"],
    }]},
    "vpc-endpoints": {"VpcEndpoints": [{
        "VpcEndpointId": "vpce-1", "OwnerId": "111122223333", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "ServiceRegion": "eu-west-1",
        "State": "available", "SubnetIds": ["subnet-1"], "RouteTableIds": [], "NetworkInterfaceIds": ["eni-1"], "Groups": [{"GroupId": "sg-1"}], "PrivateDnsEnabled": True,
        "DnsOptions": {"PrivateDnsOnlyForInboundResolverEndpoint": False}, "Tags": TAGS,
    }]},
    "vpc-peering-connections": {"VpcPeeringConnections": [{
        "VpcPeeringConnectionId": "pcx-1", "Status": {"Code": "active"}, "RequesterVpcInfo": {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16", "CidrBlockSet": [{"CidrBlock": "10.0.0.0/16"}]},
        "AccepterVpcInfo": None, "Tags": TAGS,
    }]},
    "vpcs": {"Vpcs": [{
        "VpcId": "vpc-1", "OwnerId": "111122223333", "State": "available", "InstanceTenancy": "default", "IsDefault": False, "DhcpOptionsId": "dopt-1",
        "CidrBlock": "10.0.0.0/16", "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}],
        "Ipv6CidrBlockAssociationSet": [{"Ipv6CidrBlock": "2001:db8::/56", "Ipv6CidrBlockState": None}], "Tags": TAGS,
        "BlockPublicAccessStates": {"InternetGatewayBlockMode": "off"},
    }]},
}
OTHER_VALUES = [None, True, False, 0, 1, 1.0, -1, 1.5, 70000, "", "x", "2026-12-31", [], [None], ["x"], {}, {"x": 1}]
SCALARS = st.none() | st.booleans() | st.sampled_from([-1, 0, 1, 2, 0.0, 1.0, 1.5]) | st.sampled_from(["", "a", "ab", "b"])
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3), max_leaves=6)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every place inside a document: what holds it, and its key or index there."""
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


@st.composite
def mutated(draw: st.DrawFn, name: str) -> Any:
    """Draw the accepted document of *name* with a few values deleted, replaced or added."""
    document = [copy.deepcopy(ACCEPTED[name])]
    for _ in range(draw(st.integers(0, 3))):
        holder, key = draw(st.sampled_from([*places(document)]))
        match draw(st.sampled_from(["delete", "replace", "replace", "add"])):
            case "delete" if holder is not document:
                del holder[key]
            case "add" if isinstance(holder, dict):
                holder[draw(st.sampled_from(["Unknown", "VpcConfig", "reason", "a b"]))] = copy.deepcopy(draw(st.sampled_from(OTHER_VALUES)))
            case "replace":
                holder[key] = copy.deepcopy(draw(st.sampled_from(OTHER_VALUES)))
    return document[0]


def shape(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a schema that holds other schemas."""
    sizes = st.integers(0, 2)
    return st.fixed_dictionaries({}, optional={
        "properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=2), "required": st.lists(st.sampled_from("abc"), max_size=2, unique=True),
        "additionalProperties": st.booleans() | inner, "propertyNames": inner, "items": inner, "minItems": sizes, "maxItems": sizes,
        "anyOf": st.lists(inner, min_size=1, max_size=2), "$ref": st.sampled_from(["#/$defs/first", "#/$defs/second"]),
    })


KINDS = st.sampled_from(["object", "array", "string", "boolean", "null", "integer", "number"])
PLAIN = st.fixed_dictionaries({}, optional={
    "type": KINDS | st.lists(KINDS, min_size=1, max_size=3, unique=True), "enum": st.lists(SCALARS, min_size=1, max_size=3), "const": SCALARS,
    "pattern": st.sampled_from(["a", "^b$"]), "minLength": st.integers(0, 2), "maxLength": st.integers(0, 2),
    "minimum": st.sampled_from([0, 1, 1.5]), "maximum": st.sampled_from([0, 1, 1.5]), "title": st.just("t"), "description": st.just("d"),
})
INNER = st.recursive(PLAIN, lambda inner: st.builds(lambda one, other: one | other, shape(inner), PLAIN), max_leaves=4)


def test_every_shipped_schema_has_an_accepted_document() -> None:
    assert SCHEMAS == sorted(ACCEPTED)


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_shipped_schema_is_valid_and_accepts_its_document(name: str) -> None:
    schema = read(name)
    Draft202012Validator.check_schema(schema)
    assert Draft202012Validator.META_SCHEMA["$id"] == schema["$schema"]
    assert {"title", "description", "$id"} <= schema.keys()
    assert () == check(name, ACCEPTED[name])


@pytest.mark.parametrize("name", SCHEMAS)
@settings(max_examples=max(40, settings.default.max_examples if settings.default.max_examples > 1000 else 0))
@given(data=st.data())
def test_the_compiled_schema_and_jsonschema_agree_on_mutated_documents(name: str, data: st.DataObject) -> None:
    document = data.draw(mutated(name))
    assert validator(name).is_valid(document) == compiled(name)(document)


@cache
def validator(name: str) -> Draft202012Validator:
    """What jsonschema makes of a shipped schema."""
    return Draft202012Validator(read(name))


@given(INNER, PLAIN, INNER, VALUES)
@example({"additionalProperties": {}}, {}, {}, {"a": None})
@example({"items": {"anyOf": [{"type": "string"}, {"minimum": 1}]}}, {}, {}, ["a", 0])
@example({"items": {"minimum": 1, "maximum": 2, "minLength": 1, "maxLength": 2, "minItems": 1, "maxItems": 2}}, {}, {}, [1, 1.0, 2, "a", "ab", [0], [0, 0]])
@example({"items": {"enum": [1, False]}}, {}, {}, [1.0, False])
@example({"items": {"enum": [1, False]}}, {}, {}, [True, 0])
@example({"items": {"type": "integer"}}, {}, {}, [1.0, 1.5])
def test_they_agree_on_any_schema_of_the_known_keywords(root: dict[str, Any], first: dict[str, Any], second: dict[str, Any], value: Any) -> None:
    schema = {**root, "$defs": {"first": first, "second": json.loads(json.dumps(second).replace("second", "first"))}}
    assert Draft202012Validator(schema).is_valid(value) == compile_schema(schema, "any")(value)


@given(st.sampled_from(SCHEMAS).flatmap(lambda name: st.tuples(st.just(name), mutated(name))))
def test_a_refusal_is_one_line_at_a_place_that_is_there(case: tuple[str, Any]) -> None:
    name, document = case
    for problem in check(name, document):
        assert [problem.message] == problem.message.splitlines()
        value = document
        for step in steps(problem.pointer):
            value = value[int(step) if isinstance(value, list) else step]


def test_a_schema_may_refer_to_itself() -> None:
    tree = {"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "additionalProperties": {"$ref": "#/$defs/tree"}}}}
    accepts = compile_schema(tree, "tree")
    assert (True, False) == (accepts({"a": {"b": {}}}), accepts({"a": {"b": 1}}))


@pytest.mark.parametrize(("schema", "message"), [
    ({"properties": {"a/b": {"minimun": 1}}}, "made-up: /properties/a~1b: unknown keyword 'minimun'; allowed are $defs, "),
    ({"items": {"type": "text"}}, "made-up: /items: unknown type 'text'; allowed are object, "),
    ({"items": True}, "made-up: /items: a schema must be an object here"),
    ({"$ref": "other.json"}, "made-up: /: no definition 'other.json'; only '#/$defs/NAME' of the same file is allowed"),
    ({"const": {}}, "made-up: /: enum and const of objects and arrays are not supported"),
])
def test_a_schema_that_is_not_understood_is_refused(schema: dict[str, Any], message: str) -> None:
    with pytest.raises(SchemaError) as error:
        compile_schema(schema, "made-up")
    assert str(error.value).startswith(message)


def broken(name: str, breaks: Callable[[Any], object]) -> list[tuple[str, str]]:
    """Return place and message of what is wrong with the accepted document of *name* after it was broken."""
    document = copy.deepcopy(ACCEPTED[name])
    breaks(document)
    return [(problem.pointer, problem.message) for problem in check(name, document)]


def test_a_refusal_names_the_member_what_was_found_and_what_is_expected() -> None:
    assert [(
        "/Subnets/0/CidrBlock", "Subnets[0].CidrBlock: 7 is not of type 'string', 'null'; expected an IPv4 CIDR block such as 10.0.0.0/24",
    )] == broken("subnets", lambda document: document["Subnets"][0].update(CidrBlock=7))


def test_all_that_is_wrong_is_told_by_place_with_items_in_their_order() -> None:
    wrong = broken("subnets", lambda document: document.update(Subnets=[None] * 11, NextToken=1))
    assert ["/NextToken", *(f"/Subnets/{index}" for index in range(11))] == [place for place, _ in wrong]


def test_a_missing_member_is_described() -> None:
    assert [(
        "/Subnets/0", "Subnets[0]: 'AvailableIpAddressCount' is a required property; expected a number of addresses",
    )] == broken("subnets", lambda document: document["Subnets"][0].pop("AvailableIpAddressCount"))


def test_large_values_are_shortened() -> None:
    assert [
        ("/NetworkConfig", "NetworkConfig: a list of 1000 is not of type 'object', 'null'"),
        ("/ProcessingJobName", "ProcessingJobName: an object is not of type 'string'"),
        ("/ProcessingResources", f"ProcessingResources: '{'x' * 59}… is not of type 'object'"),
        ("/RoleArn", "RoleArn: true is not of type 'string', 'null'"),
    ] == broken("processing-job", lambda document: document.update(
        NetworkConfig=[0] * 1000, ProcessingJobName={"a": "b" * 1000}, ProcessingResources="x" * 1000, RoleArn=True,
    ))


def test_a_name_that_is_no_plain_text_is_quoted() -> None:
    assert [("/Environment/a\nb", r"Environment.'a\nb': 1 is not of type 'string'; expected text; put a number in quotes")] == broken(
        "processing-job-request", lambda document: document.update(Environment={"a\nb": 1})
    )


def test_an_unexpected_member_is_told_its_place_or_the_nearest_name_or_all_names() -> None:
    assert [
        Problem("/NetworkConfig/Internet", "NetworkConfig.Internet: not allowed here; allowed: EnableInterContainerTrafficEncryption, EnableNetworkIsolation, VpcConfig", True),
        Problem("/NetworkConfig/VpcConfigs", 'NetworkConfig.VpcConfigs: not allowed here; did you mean "VpcConfig"?', True),
        Problem("/VpcConfig", "VpcConfig: not allowed here; its place is NetworkConfig.VpcConfig", True),
    ] == [*check("processing-job-request", {
        **ACCEPTED["processing-job-request"], "NetworkConfig": {"VpcConfigs": {}, "Internet": True}, "VpcConfig": {},
    })]


def test_a_name_that_is_refused_is_told_at_the_name() -> None:
    assert [Problem(
        "/severity/A rule", "severity.A rule: 'A rule' does not match '^[a-z0-9]+(-[a-z0-9]+)*$'; expected the id of a rule, such as subnet-ip-capacity", True,
    )] == [*check("settings", {"severity": {"A rule": "error"}})]


def test_another_version_is_told_with_the_one_that_was_found() -> None:
    assert [("/version", "version: 1 was expected, not 2")] == broken("snapshot", lambda document: document.update(version=2))


def test_of_alternatives_the_one_for_the_type_is_told() -> None:
    schema = {"properties": {"a": {"anyOf": [{"type": "string", "minLength": 2}, {"type": "array", "items": {"type": "string"}}], "description": "names"}}}
    assert ["a[1]: 2 is not of type 'string'"] == [problem.message for problem in problems(schema, {"a": ["x", 2]})]
    assert ["a: 'x' is too short"] == [problem.message for problem in problems(schema, {"a": "x"})]
    assert ["a: 2 is not valid under any of the given schemas; expected names"] == [problem.message for problem in problems(schema, {"a": 2})]


def test_alternatives_that_lack_a_member_are_told_together() -> None:
    assert [("/suppress/0", "suppress[0]: 'subject' or 'resource' is a required property; expected a mapping with rule, reason, and subject or resource")] == broken(
        "settings", lambda document: document.update(suppress=[{"rule": "a", "reason": "b"}])
    )


def test_the_description_beside_a_reference_is_told() -> None:
    schema = {"properties": {"a": {"$ref": "#/$defs/text", "description": "a name"}}, "$defs": {"text": {"type": "string", "description": "a text"}}}
    assert ["a: 1 is not of type 'string'; expected a name"] == [problem.message for problem in problems(schema, {"a": 1})]


@pytest.mark.parametrize("counts", [(0, 0), (17, 6)])
def test_how_many_subnets_and_groups_a_job_names_is_no_matter_of_its_schema(counts: tuple[int, int]) -> None:
    config = {"Subnets": ["subnet-1"] * counts[0], "SecurityGroupIds": ["sg-1"] * counts[1]}
    for name in ("processing-job", "processing-job-request"):
        assert () == check(name, {**ACCEPTED[name], "NetworkConfig": {"VpcConfig": config}})


def test_a_request_may_leave_its_name_to_the_command_line() -> None:
    assert [] == broken("processing-job-request", lambda document: document.pop("ProcessingJobName"))


def test_a_closed_object_of_the_report_lists_all_that_it_requires() -> None:
    def closed(node: Any) -> Iterator[dict[str, Any]]:
        for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
            yield from closed(child)
        if isinstance(node, dict) and node.get("type") == "object":
            yield node

    nodes = [*closed(read("report"))]
    assert [False] * len(nodes) == [node["additionalProperties"] for node in nodes]
    assert [{"need"}, {"inner"}] == [unlisted for node in nodes if (unlisted := node["properties"].keys() - set(node["required"]))]


def test_the_nearest_word_is_found_and_a_far_one_is_not() -> None:
    assert ("select", None) == (nearest("selct", ["select", "ignore"]), nearest("x" * 10_000, ["select"]))


def test_what_is_accepted_needs_no_jsonschema() -> None:
    code = "import sys; from sagevpc_lint.documents.schema import check; print(check('bucket-policy', {'Policy': None}), 'jsonschema' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path(sagevpc_lint.__file__).parent.parent)
    assert "() False" == done.stdout.strip()
