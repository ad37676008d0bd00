"""Which account and Region the documents of a folder cover: what decides, what completes it, and what covers nothing."""

import json
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from sagevpc_lint import examples
from sagevpc_lint.documents import read
from sagevpc_lint.documents.scope import Told, told_by
from sagevpc_lint.model.exports import Scope
from sagevpc_lint.model.facts import Facts

ONE, TWO, THREE = "111122223333", "444455556666", "777788889999"


def facts(documents: dict[str, Any]) -> Facts:
    """Read documents by path without `.json`."""
    snapshot = read({f"{path}.json": json.dumps(document).encode() for path, document in documents.items()})
    assert () == snapshot.errors
    return snapshot.facts


def scope(kind: str, documents: dict[str, Any]) -> Scope:
    found, = {export.scope for export in facts(documents).exports if export.kind == kind}
    return found


def subnets(*owners: str | None, **member: Any) -> dict[str, Any]:
    row = {"VpcId": "vpc-1", "State": "available", "AvailableIpAddressCount": 251} | member
    return {"Subnets": [{"SubnetId": f"subnet-{index}", "OwnerId": owner, **row} for index, owner in enumerate(owners)]}


def identity(account: str) -> dict[str, Any]:
    return {"UserId": "A", "Account": account, "Arn": f"arn:aws:iam::{account}:user/me"}


def snapshot(account: str | None = None, region: str | None = None, vpcs: tuple[str, ...] = (), calls: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"version": 1, "account": account, "region": region, "time": "2026-11-24T09:00:00Z", "filters": {"vpcs": vpcs}, "calls": calls}


ZONE = {"AvailabilityZone": "eu-west-1a"}


# The account


def test_the_account_is_the_snapshots_before_the_callers_before_the_owners() -> None:
    documents = {"snapshot": snapshot(ONE, "eu-west-1"), "identity": identity(TWO), "subnets": subnets(THREE)}
    assert ONE == scope("subnets", documents).account
    assert TWO == scope("subnets", documents | {"snapshot": snapshot()}).account
    assert TWO == scope("subnets", {"identity": identity(TWO), "subnets": subnets(THREE)}).account
    assert THREE == scope("subnets", {"subnets": subnets(THREE)}).account


@pytest.mark.parametrize(("owners", "account"), [
    ((), None), ((None,), None), ((ONE, None, ONE), ONE), ((ONE, TWO), None), (("AWS", "amazon", ""), None), (("AWS", ONE, "amazon"), ONE), (("1111-2222-3333",), None), ((f"{ONE}0",), None),
])
def test_the_owners_name_an_account_if_they_name_one_alone(owners: tuple[str | None, ...], account: str | None) -> None:
    assert account == scope("subnets", {"subnets": subnets(*owners)}).account


def test_all_documents_of_a_folder_tell_together_also_those_that_no_rule_reads() -> None:
    documents = {"subnets": subnets(None), "tables": {"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "OwnerId": ONE, "Routes": []}]}}
    assert ONE == scope("subnets", documents).account
    assert None is scope("subnets", documents | {"gateways": {"CarrierGateways": [{"CarrierGatewayId": "cagw-1", "OwnerId": TWO}]}}).account


def test_two_callers_in_one_folder_name_nobody() -> None:
    assert None is scope("subnets", {"a": identity(ONE), "b": identity(TWO), "subnets": subnets(ONE)}).account


def test_what_is_refused_tells_nothing() -> None:
    broken = subnets(TWO)
    broken["Subnets"][0]["CidrBlock"] = 7
    found = read({"a.json": json.dumps(subnets(ONE)).encode(), "b.json": json.dumps(broken).encode()})
    assert ([ONE], 1) == ([export.scope.account for export in found.facts.exports], len(found.errors))


# The Region


@pytest.mark.parametrize(("key", "row", "regions"), [
    ("Subnets", {"AvailabilityZone": "eu-west-1a"}, {"eu-west-1"}),
    ("Subnets", {"AvailabilityZone": "us-west-2-lax-1a"}, {"us-west-2"}),
    ("Subnets", {"AvailabilityZone": "us-east-1-wl1-bos-wlz-1"}, {"us-east-1"}),
    ("Subnets", {"AvailabilityZone": "us-gov-west-1b"}, {"us-gov-west-1"}),
    ("Subnets", {"AvailabilityZone": "ap-southeast-2c"}, {"ap-southeast-2"}),
    ("Subnets", {"AvailabilityZoneId": "euw1-az1"}, set()),
    ("Subnets", {"AvailabilityZone": 7, "OwnerId": [ONE], "SubnetArn": {}, "ServiceName": None}, set()),
    ("Subnets", {"SubnetArn": f"arn:aws:ec2:eu-west-1:{ONE}:subnet/subnet-1"}, {"eu-west-1"}),
    ("SecurityGroups", {"SecurityGroupArn": f"arn:aws-cn:ec2:cn-north-1:{ONE}:security-group/sg-1"}, {"cn-north-1"}),
    ("SecurityGroupRules", {"SecurityGroupRuleArn": f"arn:aws:ec2:eu-west-1:{ONE}:security-group-rule/sgr-1"}, {"eu-west-1"}),
    ("PrefixLists", {"PrefixListArn": "arn:aws:ec2:eu-west-1:aws:prefix-list/pl-1"}, {"eu-west-1"}),
    ("Roles", {"RoleArn": f"arn:aws:iam::{ONE}:role/etl"}, set()),
    ("Subnets", {"SubnetArn": "subnet-1"}, set()),
])
def test_arns_and_zones_tell_a_region(key: str, row: dict[str, Any], regions: set[str]) -> None:
    assert regions == told_by(key, {key: [row, "no row"]}).regions


@pytest.mark.parametrize(("name", "services"), [
    ("com.amazonaws.eu-west-1.s3", {"eu-west-1"}), ("com.amazonaws.vpce.eu-west-1.vpce-svc-0c00000000000000", {"eu-west-1"}), ("aws.sagemaker.us-east-2.notebook", {"us-east-2"}),
    ("cn.com.amazonaws.cn-north-1.ec2", {"cn-north-1"}), ("com.amazonaws.s3-global.accesspoint", set()),
])
def test_service_names_tell_a_region(name: str, services: set[str]) -> None:
    assert services == told_by("VpcEndpoints", {"VpcEndpoints": [{"ServiceName": name}]}).services
    assert services == told_by("PrefixLists", {"PrefixLists": [{"PrefixListName": name}]}).services


def test_a_job_tells_its_account_and_region() -> None:
    assert Told(frozenset({ONE}), frozenset({"eu-west-1"})) == told_by("ProcessingJobArn", {"ProcessingJobArn": f"arn:aws:sagemaker:eu-west-1:{ONE}:processing-job/etl"})


def test_the_region_is_the_snapshots_before_what_zones_tell_before_what_services_tell() -> None:
    endpoint = {"VpcEndpoints": [
        {"VpcEndpointId": "vpce-1", "VpcEndpointType": "Gateway", "VpcId": "vpc-1", "State": "available", "ServiceName": "com.amazonaws.us-east-1.s3"},
    ]}
    zoned = {"subnets": subnets(ONE, **ZONE), "endpoints": endpoint}
    assert "ap-south-1" == scope("subnets", zoned | {"snapshot": snapshot(region="ap-south-1")}).region
    assert "eu-west-1" == scope("subnets", zoned).region
    assert "us-east-1" == scope("subnets", {"subnets": subnets(ONE), "endpoints": endpoint}).region


def test_two_regions_in_one_folder_are_none() -> None:
    assert Scope(ONE) == scope("subnets", {"a": subnets(ONE, **ZONE), "b": subnets(ONE, AvailabilityZone="us-east-1a")})


def test_account_and_region_are_completed_each_on_its_own() -> None:
    rows = {"subnets": subnets(ONE, **ZONE)}
    assert Scope(TWO, "eu-west-1") == scope("subnets", rows | {"snapshot": snapshot(account=TWO)})
    assert Scope(ONE, "us-east-1") == scope("subnets", rows | {"snapshot": snapshot(region="us-east-1")})


# Folders


def test_a_folder_without_a_statement_has_that_of_the_folder_above() -> None:
    documents = {"snapshot": snapshot(ONE, "eu-west-1"), "x/y/subnets": subnets(ONE, TWO)}
    assert Scope(ONE, "eu-west-1") == scope("subnets", documents)
    assert Scope(TWO, "us-east-1") == scope("subnets", documents | {"x/snapshot": snapshot(TWO, "us-east-1")})
    assert Scope(TWO, "eu-west-1") == scope("subnets", {"me": identity(TWO), "x/subnets": subnets(TWO, THREE, **ZONE)})


def test_a_statement_from_above_is_not_about_documents_of_other_accounts_or_regions() -> None:
    above = {"snapshot": snapshot(ONE, "eu-west-1")}
    assert Scope(None, "eu-west-1") == scope("subnets", above | {"x/subnets": subnets(THREE)})
    assert Scope(ONE) == scope("subnets", above | {"x/subnets": subnets(ONE, AvailabilityZone="us-east-1a")})
    assert Scope(TWO, "eu-west-1") == scope("subnets", above | {"x/identity": identity(TWO), "x/subnets": subnets(TWO)})


def test_a_job_of_another_region_does_not_unsettle_the_exports() -> None:
    job = json.loads((examples.good() / "describe-processing-job.nightly-etl.json").read_text())
    job["ProcessingJobArn"] = f"arn:aws:sagemaker:us-east-1:{ONE}:processing-job/nightly-etl"
    assert Scope(ONE, "eu-west-1") == scope("subnets", {"subnets": subnets(ONE, **ZONE), "job": job})
    assert Scope(ONE, "us-east-1") == scope("subnets", {"subnets": subnets(None), "job": job})


def test_what_the_rows_of_one_folder_tell_says_nothing_of_another() -> None:
    documents = {"a/subnets": subnets(ONE, **ZONE), "b/vpcs": {"Vpcs": []}, "c/x/flow-logs": {"FlowLogs": []}, "dhcp-options": {"DhcpOptions": []}}
    assert [Scope(ONE, "eu-west-1")] + [Scope()] * 3 == [scope(kind, documents) for kind in ("subnets", "vpcs", "flow-logs", "dhcp-options")]


def test_the_order_of_the_documents_does_not_matter() -> None:
    documents = {"snapshot": snapshot(region="eu-west-1"), "a": identity(ONE), "b": subnets(TWO), "c": {"Vpcs": []}}
    assert 1 == len({tuple(export.scope for export in facts(dict(order)).exports) for order in permutations(documents.items())})


# What a snapshot states besides


def test_a_snapshot_states_time_and_filters_of_its_folder_and_those_below() -> None:
    exports = facts({"a/snapshot": snapshot(ONE, "eu-west-1", ("vpc-1",)), "a/x/subnets": subnets(ONE), "b/subnets": subnets(ONE)}).exports
    read_ones = {export.source.file: (export.time, export.vpcs) for export in exports if export.kind == "subnets"}
    assert {"a/x/subnets.json": (datetime(2026, 11, 24, 9, tzinfo=UTC), frozenset({"vpc-1"})), "b/subnets.json": (None, None)} == read_ones


def test_a_snapshot_without_filters_is_of_all_vpcs() -> None:
    export, = facts({"snapshot": snapshot(ONE, "eu-west-1"), "subnets": subnets(ONE)}).exports
    assert None is export.vpcs
    assert export.covers(Scope(ONE, "eu-west-1"), None)


def test_rows_of_another_owner_are_read_and_cover_nothing_of_that_owner() -> None:
    found = facts({"me": identity(ONE), "subnets": subnets(TWO, **ZONE)})
    assert "vpc-1" == found.subnet("subnet-0").vpc_id
    assert (frozenset(), 1) == (found.uncovered("subnets", Scope(ONE, "eu-west-1")), len(found.uncovered("subnets", Scope(TWO, "eu-west-1"))))
    assert not found.shows_all("subnets", Scope(ONE, "eu-west-1"))


@pytest.mark.parametrize("left_over", [{"NextToken": "a"}, {}])
def test_a_left_over_token_covers_nothing(left_over: dict[str, Any]) -> None:
    found = facts({"subnets": subnets(ONE, **ZONE) | left_over})
    assert bool(left_over) is bool(found.uncovered("subnets", Scope(ONE, "eu-west-1")))


def test_a_call_that_failed_is_an_export_that_covers_nothing_and_says_why() -> None:
    calls = ({"file": "describe-flow-logs.json", "command": "aws ec2 describe-flow-logs", "ok": False, "error": "AccessDenied"},)
    failed = [export for export in facts({"snapshot": snapshot(ONE, "eu-west-1", calls=calls), "subnets": subnets(ONE)}).exports if export.kind == "flow-logs"]
    assert [("AccessDenied", False, ())] == [(export.failure, export.complete, export.facts) for export in failed]


def test_a_snapshots_statement_is_known_by_what_it_holds() -> None:
    assert Scope(ONE, "eu-west-1") == scope("subnets", {"what-was-collected": snapshot(ONE, "eu-west-1"), "subnets": subnets(None)})
