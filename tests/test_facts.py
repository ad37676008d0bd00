"""What the facts tell, what they say is missing, and what becomes of a resource that is told twice."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagevpc_lint import examples
from sagevpc_lint.answer import Absence, Found, Missing, Unknown, is_unknown
from sagevpc_lint.documents import load
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.kinds import BY_NAME
from sagevpc_lint.model.nouns import (
    BlockPublicAccessExclusion, BlockPublicAccessOptions, Bucket, CidrReservation, DhcpOptions, EndpointService, Fact, FlowLog, HostedZone, Instance, InternetGateway, Job, NatGateway, NetworkAcl,
    NetworkAclEntry, NetworkInterface, PrefixList, PrefixListEntries, ProfileAssociation, ResolverRule, ResolverRuleAssociation, Route, RouteTable, SecurityGroup, SecurityGroupRule,
    SecurityGroupVpcAssociation, Subnet, TransitGatewayAttachment, TransitGatewayRoute, TransitGatewayRoutes, TransitGatewayVpcAttachment, Vpc, VpcAttribute, VpcConfig, VpcEndpoint,
    VpcPeeringConnection,
)
from sagevpc_lint.source import Source

ACCOUNT, OTHER = "111122223333", "444455556666"
HERE = Scope(ACCOUNT, "eu-west-1")
DARK = Unknown(Absence("what is in the dark", "", "world"))
OLD, NEW = datetime(2026, 11, 20, tzinfo=UTC), datetime(2026, 11, 21, tzinfo=UTC)


def subnet(id: str = "subnet-1", file: str = "subnets.json", **changes: Any) -> Subnet:
    default = Subnet(id, Source(file, 0, "/Subnets/0"), ACCOUNT, "vpc-1", "available", "10.0.0.0/24", False, "eu-west-1a", "euw1-az1", 251, {})
    return replace(default, **changes)


def vpc(id: str = "vpc-1", file: str = "vpcs.json", **changes: Any) -> Vpc:
    default = Vpc(id, Source(file, 0, "/Vpcs/0"), ACCOUNT, "available", "default", ("10.0.0.0/16",), (), "dopt-1", False, {})
    return replace(default, **changes)


def rule(id: str = "sgr-1", file: str = "rules.json", **changes: Any) -> SecurityGroupRule:
    default = SecurityGroupRule(id, Source(file, 0, f"/SecurityGroupRules/{id}"), ACCOUNT, "sg-1", False, "tcp", 443, 443, cidr="10.0.0.0/8")
    return replace(default, **changes)


def group(*rules: SecurityGroupRule, id: str = "sg-1", file: str = "groups.json", **changes: Any) -> SecurityGroup:
    default = SecurityGroup(id, Source(file, 0, "/SecurityGroups/0"), ACCOUNT, "vpc-1", "jobs", rules, {})
    return replace(default, **changes)


def flow_log(id: str, resource: str) -> FlowLog:
    return FlowLog(id, Source("logs.json"), resource, "ACTIVE", "ALL", None, None, {})


def route(destination: str = "0.0.0.0/0", target: str = "igw-1", table: str = "rtb-1", **changes: Any) -> Route:
    is_list = destination.startswith("pl-")
    default = Route(f"{table}/{destination}", Source("tables.json", 0, "/Routes/0"), None if is_list else destination, destination if is_list else None, target, "active", "CreateRoute")
    return replace(default, **changes)


def table(id: str = "rtb-1", *subnets: str, file: str = "tables.json", **changes: Any) -> RouteTable:
    return replace(RouteTable(id, Source(file, 0, f"/RouteTables/{id}"), ACCOUNT, "vpc-1", (route(table=id),), frozenset(subnets), False, {}), **changes)


def acl(id: str = "acl-1", *subnets: str, **changes: Any) -> NetworkAcl:
    entry = NetworkAclEntry(f"{id}/egress/100", Source("acls.json", 0, "/Entries/0"), True, 100, "allow", "-1", "0.0.0.0/0", None, None, None, None)
    return replace(NetworkAcl(id, Source("acls.json", 0, f"/NetworkAcls/{id}"), ACCOUNT, "vpc-1", False, (entry,), frozenset(subnets), {}), **changes)


def endpoint(id: str = "vpce-1", **changes: Any) -> VpcEndpoint:
    name = "com.amazonaws.eu-west-1.s3"
    default = VpcEndpoint(id, Source("endpoints.json"), ACCOUNT, "vpc-1", "Gateway", name, "s3", "eu-west-1", "available", (), (), (), frozenset(), False, None, {})
    return replace(default, **changes)


def interface(id: str = "eni-1", **changes: Any) -> NetworkInterface:
    return replace(NetworkInterface(id, Source("interfaces.json"), ACCOUNT, "vpc-1", "subnet-1", ("10.0.0.9",), None, True, ("sg-1",), "in-use", None, {}), **changes)


def attachment(id: str = "tgw-attach-1", **changes: Any) -> TransitGatewayVpcAttachment:
    return replace(TransitGatewayVpcAttachment(id, Source("attachments.json"), "tgw-1", "vpc-1", ACCOUNT, "available", ("subnet-1",), {}), **changes)


def options(mode: str = "block-bidirectional", id: str = f"{ACCOUNT}/eu-west-1") -> BlockPublicAccessOptions:
    return BlockPublicAccessOptions(id, Source("options.json"), mode)


def exclusion(resource: str = "subnet-1", mode: str = "allow-bidirectional", state: str = "create-complete", **changes: Any) -> BlockPublicAccessExclusion:
    return replace(BlockPublicAccessExclusion(f"exclude-{resource}", Source("exclusions.json"), resource, mode, state), **changes)


def prefix_list(id: str = "pl-1", name: str = "com.amazonaws.eu-west-1.s3", **changes: Any) -> PrefixList:
    return replace(PrefixList(id, Source("lists.json"), "AWS", name), **changes)


def entries(id: str = "pl-1", *cidrs: str) -> PrefixListEntries:
    return PrefixListEntries(id, Source("entries.json"), cidrs)


def job(name: str = "etl", file: str = "job.json", **changes: Any) -> Job:
    arn = f"arn:aws:sagemaker:eu-west-1:{ACCOUNT}:processing-job/{name}"
    config = VpcConfig(Source(file, 0, "/NetworkConfig/VpcConfig"), ("subnet-1",), ("sg-1",))
    default = Job(f"processing-job/{name}", Source(file), "description", name, arn, f"arn:aws:iam::{ACCOUNT}:role/etl", "InProgress", None, None, config, 2, False, False)
    return replace(default, **changes)


def export(kind: str, *facts: Fact, file: str = "", scope: Scope = HERE, **rest: Any) -> Export:
    return Export(kind, Source(file or (facts[0].source.file if facts else f"{kind}.json")), scope, facts, **rest)


def missing(ask: Any, *arguments: object) -> frozenset[Absence]:
    with pytest.raises(Missing) as error:
        ask(*arguments)
    return error.value.absences


# What an export covers


def test_an_export_covers_its_own_account_and_region_and_no_other() -> None:
    covers = export("subnets", subnet()).covers
    assert (True, True) == (covers(HERE, None), covers(HERE, "vpc-9"))
    assert (False, False) == (covers(Scope(OTHER, "eu-west-1"), None), covers(Scope(ACCOUNT, "us-east-1"), "vpc-1"))


@pytest.mark.parametrize("scope", [Scope(ACCOUNT), Scope(None, "eu-west-1"), Scope()])
def test_an_export_of_which_account_or_region_is_not_known_covers_nothing(scope: Scope) -> None:
    covers = export("subnets", subnet(), scope=scope).covers
    assert (False, False, False) == (covers(scope, None), covers(HERE, None), covers(scope, "vpc-1"))


def test_an_export_of_which_a_page_is_left_over_covers_nothing() -> None:
    covers = export("subnets", subnet(), complete=False).covers
    assert (False, False) == (covers(HERE, None), covers(HERE, "vpc-1"))


def test_an_export_that_was_filtered_covers_the_vpcs_it_was_filtered_for() -> None:
    covers = export("subnets", subnet(), vpcs=frozenset({"vpc-1", "vpc-2"})).covers
    assert (True, True, False, False) == (covers(HERE, "vpc-1"), covers(HERE, "vpc-2"), covers(HERE, "vpc-3"), covers(HERE, None))


@pytest.mark.parametrize("kind", ["route-tables", "network-acls", "security-groups"])
@pytest.mark.parametrize("vpcs", [None, frozenset({"vpc-1", "vpc-2"})])
def test_of_what_every_vpc_has_an_export_covers_only_vpcs_of_which_it_holds_one(kind: str, vpcs: frozenset[str] | None) -> None:
    covers = export(kind, group(), group(id="sg-2", vpc_id=DARK), vpcs=vpcs).covers
    assert (True, False) == (covers(HERE, "vpc-1"), covers(HERE, "vpc-2"))


@pytest.mark.parametrize("kind", ["subnets", "flow-logs", "vpc-endpoints"])
def test_what_a_vpc_need_not_have_is_covered_without_a_row(kind: str) -> None:
    assert export(kind).covers(HERE, "vpc-1")


def test_what_is_not_covered_is_missing_with_the_command_that_tells_it() -> None:
    facts = Facts.of([export("subnets", subnet(), complete=False), export("vpcs", vpc())])
    assert {Absence("subnets", f"{ACCOUNT}/eu-west-1; a NextToken is left in subnets.json", "export", "aws ec2 describe-subnets")} == facts.uncovered("subnets", HERE)
    assert {Absence("flow-logs", "unknown account/unknown Region", "export", "aws ec2 describe-flow-logs")} == facts.uncovered("flow-logs", Scope())
    assert frozenset() == facts.uncovered("vpcs", HERE)


def test_the_covering_exports_are_those_that_each_show_all_with_no_page_left_beside_them() -> None:
    parts = [export("subnets", subnet(file=name), file=name, complete=complete) for name, complete in (("a.json", True), ("b.json", False), ("c.json", True))]
    assert () == Facts.of(parts).covering("subnets", HERE)
    assert (parts[0], parts[2]) == Facts.of([parts[0], parts[2]]).covering("subnets", HERE)


@pytest.mark.parametrize(("owner", "all_are_shown"), [(ACCOUNT, True), (None, True), (OTHER, False), ("AWS", True), ("amazon", True)])
def test_rows_of_another_account_show_that_not_all_of_it_need_be_there(owner: str | None, all_are_shown: bool) -> None:
    assert all_are_shown is Facts.of([export("subnets", subnet(), subnet("subnet-2", owner_id=owner))]).shows_all("subnets", HERE)


def test_a_row_of_an_owner_who_is_not_known_shows_that_not_all_of_it_need_be_there() -> None:
    assert not Facts.of([export("subnets", subnet(), subnet("subnet-2", owner_id=DARK))]).shows_all("subnets", HERE)


def test_a_vpc_of_an_owner_who_is_not_known_may_be_one_of_which_groups_are_not_shown() -> None:
    assert not Facts.of([export("security-groups", group()), export("vpcs", vpc(), vpc("vpc-2", owner_id=DARK))]).shows_all("security-groups", HERE)
    assert Facts.of([export("security-groups", group()), export("vpcs", vpc(), vpc("vpc-2", owner_id=OTHER))]).shows_all("security-groups", HERE)


def test_what_is_not_covered_is_not_all_shown() -> None:
    assert not Facts.of([export("subnets", subnet(), complete=False)]).shows_all("subnets", HERE)


def test_the_common_scope_is_that_of_all_exports_or_none() -> None:
    here = export("subnets", subnet())
    assert HERE == Facts.of([here, export("vpcs", vpc(), scope=Scope(ACCOUNT)), export("dhcp-options", scope=Scope(None, "eu-west-1"))]).scope
    assert Scope(ACCOUNT) == Facts.of([here, export("vpcs", vpc(), scope=Scope(ACCOUNT, "us-east-1"))]).scope
    assert Scope(None, "eu-west-1") == Facts.of([here, export("vpcs", vpc(), scope=Scope(OTHER))]).scope


def test_an_export_says_why_it_does_not_show_everything() -> None:
    gaps = [export("subnets", **rest).gap for rest in ({}, {"complete": False}, {"complete": False, "failure": "AccessDenied"})]
    assert ["", "a NextToken is left in subnets.json", "the call failed: AccessDenied"] == gaps


# Asking for one thing


@pytest.mark.parametrize(("ask", "kind"), [("subnet", "subnets"), ("group", "security-groups")])
def test_what_a_job_names_is_missing_or_told_not_to_exist(ask: str, kind: str) -> None:
    command = f"aws ec2 describe-{kind}"
    assert {Absence(kind, "unknown account/unknown Region", "export", command)} == missing(getattr(Facts.of([]), ask), "x-1")
    left = f"x-1 of {HERE}; a NextToken is left in {kind}.json"
    assert {Absence(kind, left, "export", command)} == missing(getattr(Facts.of([export(kind, complete=False)]), ask), "x-1")
    whole = Facts.of([export("vpcs", vpc()), export("subnets"), export("security-groups", group())])
    assert {Absence("anything about x-1, which does not exist", str(HERE), "world")} == missing(getattr(whole, ask), "x-1")


@pytest.mark.parametrize("exports", [[export("security-groups", group())], [export("security-groups"), export("vpcs", vpc())], [export("security-groups", group()), export("vpcs", vpc(), vpc("vpc-2"))]])
def test_groups_are_only_all_shown_where_each_vpc_that_there_is_has_one(exports: list[Export]) -> None:
    assert (False, True) == (Facts.of(exports).shows_all("security-groups", HERE), Facts.of([export("security-groups", group()), export("vpcs", vpc())]).shows_all("security-groups", HERE))


def test_what_a_vpc_names_is_asked_of_its_owner() -> None:
    shared = Facts.of([export("vpcs", vpc(owner_id=OTHER)), export("dhcp-options")])
    assert {Absence("dhcp-options", f"{OTHER}/eu-west-1", "export", "aws ec2 describe-dhcp-options")} == missing(shared.dhcp_options, "dopt-1", "vpc-1")
    assert {Absence("vpcs", f"{OTHER}/eu-west-1", "export", "aws ec2 describe-vpcs")} == missing(Facts.of([export("subnets", subnet(owner_id=OTHER))]).vpc, "vpc-1")


def test_what_was_given_is_returned() -> None:
    options = DhcpOptions("dopt-1", Source("options.json"), ACCOUNT, {}, {})
    facts = Facts.of([export("vpcs", vpc()), export("subnets", subnet()), export("security-groups", group()), export("dhcp-options", options)])
    assert (vpc(), subnet(), group(), options) == (facts.vpc("vpc-1"), facts.subnet("subnet-1"), facts.group("sg-1"), facts.dhcp_options("dopt-1", "vpc-1"))
    assert (True, False) == (facts.has(Subnet, "subnet-1"), facts.has(Subnet, "subnet-2"))
    assert (True, False) == (facts.exported("subnets"), facts.exported("flow-logs"))


def test_an_attribute_that_is_missing_is_asked_for_in_the_scope_of_its_vpc() -> None:
    facts = Facts.of([export("vpcs", vpc(owner_id=OTHER)), export("vpc-attributes", VpcAttribute("vpc-1/enableDnsSupport", Source("a.json"), "vpc-1", True))])
    assert facts.vpc_attribute("vpc-1", "enableDnsSupport").value
    assert {Absence(
        "vpc-attributes", f"{OTHER}/eu-west-1", "export", "aws ec2 describe-vpc-attribute --vpc-id vpc-1 --attribute enableDnsHostnames",
    )} == missing(facts.vpc_attribute, "vpc-1", "enableDnsHostnames")


def test_the_entries_of_a_prefix_list_are_returned_or_missing() -> None:
    entries = PrefixListEntries("pl-1", Source("entries.json"), ("10.0.0.0/8",))
    facts = Facts.of([export("prefix-list-entries", entries)])
    assert entries == facts.prefix_list_entries("pl-1")
    assert {Absence(
        "prefix-list-entries", str(HERE), "export", "aws ec2 get-managed-prefix-list-entries --prefix-list-id pl-2",
    )} == missing(facts.prefix_list_entries, "pl-2")


# Homes and scopes


def test_the_home_of_a_fact_is_its_owner_and_the_region_of_its_export() -> None:
    facts = Facts.of([export("subnets", subnet(), *(subnet(f"subnet-{index}", owner_id=owner) for index, owner in enumerate([OTHER, None, "AWS", DARK], 2)))])
    homes = [facts.home(Subnet, f"subnet-{index}") for index in range(1, 7)]
    assert [HERE, Scope(OTHER, "eu-west-1"), HERE, HERE, Scope(None, "eu-west-1"), Scope()] == homes


def test_the_home_of_a_vpc_that_is_not_exported_is_that_of_a_subnet_of_it() -> None:
    subnets = export("subnets", subnet(owner_id=OTHER))
    assert Scope(OTHER, "eu-west-1") == Facts.of([subnets]).home_of_vpc("vpc-1")
    assert HERE == Facts.of([subnets, export("vpcs", vpc())]).home_of_vpc("vpc-1")
    assert HERE == Facts.of([subnets]).home_of_vpc("vpc-2")


def test_the_home_of_a_vpc_that_only_a_peering_connection_names_is_the_one_that_it_tells() -> None:
    told = replace(SINGLE["peering"][1], homes={"vpc-1": (ACCOUNT, "eu-west-1"), "vpc-8": (OTHER, "us-east-1"), "vpc-9": (None, "eu-west-1")})
    facts = Facts.of([export("vpcs", vpc()), export("subnets", subnet()), export("vpc-peering-connections", told)])
    assert [HERE, Scope(OTHER, "us-east-1"), HERE] == [facts.home_of_vpc(f"vpc-{number}") for number in (1, 8, 9)]
    assert {Absence("subnets", f"{OTHER}/us-east-1", "export", "aws ec2 describe-subnets")} == facts.subnets_of("vpc-8").missing
    assert {"caller-identity"} == {absence.kind for absence in facts.subnets_of("vpc-9").missing}
    assert HERE == Facts.of([export("vpc-peering-connections", replace(told, homes=DARK))]).home_of_vpc("vpc-8")


def test_that_a_peering_connection_names_a_vpc_of_an_account_that_is_covered_does_not_show_it() -> None:
    told = replace(SINGLE["peering"][1], homes={"vpc-8": (ACCOUNT, "eu-west-1")})
    assert Facts.of([export("subnets", subnet()), export("vpc-peering-connections", told)]).subnets_of("vpc-8").missing


def test_a_job_is_of_the_account_and_region_of_its_arn() -> None:
    described = job(arn=f"arn:aws:sagemaker:us-east-1:{OTHER}:processing-job/etl")
    assert Scope(OTHER, "us-east-1") == Facts.of([export("subnets", subnet())]).scope_of(described)


def test_a_request_is_of_the_documents_account_if_its_role_is() -> None:
    facts = Facts.of([export("subnets", subnet())])
    assert HERE == facts.scope_of(job(arn=None))
    assert Scope() == facts.scope_of(job(arn=None, role_arn=f"arn:aws:iam::{OTHER}:role/etl"))
    assert (Scope(), Scope()) == (facts.scope_of(job(arn=None, role_arn=None)), facts.scope_of(job(arn=None, role_arn="etl")))


# The same resource twice


def told(*versions: tuple[Fact, dict[str, Any]]) -> Facts:
    """Collect versions of a fact, whatever the order in which they come."""
    exports = [export("subnets", fact, **rest) for fact, rest in versions]
    results = [Facts.of(order) for order in permutations(exports)]
    looks = {repr([fact for facts in each._collection.facts.values() for fact in facts.values()]) for each in results}
    assert 1 == len(looks)
    return results[0]


def test_two_that_tell_the_same_are_one() -> None:
    assert subnet(file="a.json") == told((subnet(file="a.json"), {}), (subnet(file="b.json"), {})).subnet("subnet-1")


def test_the_owners_view_counts_before_a_newer_one() -> None:
    found = told((subnet(file="a.json", state="pending"), {"time": OLD}), (subnet(file="b.json"), {"time": NEW, "scope": Scope(OTHER, "eu-west-1")}))
    assert ("pending", HERE) == (found.subnet("subnet-1").state, found.home(Subnet, "subnet-1"))


def test_of_two_views_of_the_owner_the_newer_one_counts() -> None:
    assert "pending" == told((subnet(file="a.json"), {"time": OLD}), (subnet(file="b.json", state="pending"), {"time": NEW})).subnet("subnet-1").state
    assert "pending" == told((subnet(file="a.json"), {}), (subnet(file="b.json", state="pending"), {"time": OLD})).subnet("subnet-1").state


def test_a_field_that_two_tell_differently_is_unknown_and_both_places_are_said() -> None:
    found = told((subnet(file="a.json"), {"time": OLD}), (subnet(file="b.json", state="pending", tags={"Name": "b"}), {"time": OLD})).subnet("subnet-1")
    assert {Absence(
        "subnets", "state of subnet-1 is told differently in a.json /Subnets/0 and b.json /Subnets/0; leave one of them out", "export", "aws ec2 describe-subnets",
    )} == missing(lambda: found.state == "available")
    assert "10.0.0.0/24" == found.cidr_block
    assert ["state", "tags"] == [field.name for field in fields(found) if type(getattr(found, field.name)) is Unknown]


def test_a_contradiction_below_the_best_view_counts_for_nothing() -> None:
    older = [(subnet(file=file, state=state), {"time": OLD}) for file, state in (("a.json", "pending"), ("b.json", "failed"))]
    assert "available" == told(*older, (subnet(file="c.json"), {"time": NEW})).subnet("subnet-1").state


def test_a_field_that_only_one_of_two_knows_is_known() -> None:
    found = told((subnet(file="a.json", state=DARK), {}), (subnet(file="b.json", tags=DARK), {})).subnet("subnet-1")
    assert ("available", {}) == (found.state, found.tags)


def test_a_field_that_nobody_knows_stays_unknown_for_its_own_reason() -> None:
    found = told((subnet(file="a.json", state=DARK), {}), (subnet(file="b.json", state=DARK), {})).subnet("subnet-1")
    assert {*DARK.absences} == missing(lambda: found.state == "available")


def test_a_group_that_two_documents_tell_with_the_same_rules_in_another_order_has_them() -> None:
    rules = rule("a"), rule("b", from_port=1, to_port=2)
    found = Facts.of([export("security-groups", group(*order, file=file), file=file) for file, order in (("a.json", rules), ("b.json", rules[::-1]))])
    assert rules == found.group("sg-1").rules
    assert Found(rules) == found.rules_of("sg-1")


def test_a_job_that_two_documents_describe_is_one_and_the_later_description_counts() -> None:
    earlier, later = job(file="a.json", status="InProgress", changed=OLD), job(file="b.json", status="Completed", changed=NEW)
    for order in permutations([earlier, later]):
        assert (later,) == Facts.of([export("processing-job", each) for each in order]).jobs


def test_where_it_is_not_known_which_description_is_the_later_one_both_count() -> None:
    blurred, other = job(file="a.json", status="InProgress", changed=Unknown()), job(file="b.json", status="Completed", changed=NEW)
    for order in permutations([blurred, other]):
        merged, = Facts.of([export("processing-job", each) for each in order]).jobs
        assert is_unknown(merged.status)
        assert 2 == merged.instance_count


def test_a_malformed_arn_tells_no_scope() -> None:
    assert Scope() == Facts.of([]).scope_of(job(arn="arn:aws:sagemaker:eu"))


def test_two_requests_of_one_name_are_two_jobs() -> None:
    requests = [job(file=file, arn=None, form="request") for file in ("b.json", "a.json")]
    assert (requests[1], requests[0]) == Facts.of([export("processing-job-request", each) for each in requests]).jobs


def test_a_vpc_config_is_compared_without_its_places() -> None:
    found = Facts.of([export("processing-job", job(file=file)) for file in ("a.json", "b.json")]).jobs[0]
    assert ("subnet-1",) == found.vpc_config.subnets  # type: ignore[union-attr]


EXPORTS = (*load([examples.good()]).facts.exports, export("security-group-rules", rule("a"), rule("b")))


@pytest.mark.parametrize("clear", EXPORTS, ids=lambda export: export.source.file.rpartition("/")[2])
def test_any_field_may_be_unknown_in_one_or_in_both_of_two_documents(clear: Export) -> None:
    for at, fact in enumerate(clear.facts):
        for field in fields(fact):
            if field.name not in ("id", "source"):
                facts = (*clear.facts[:at], replace(fact, **{field.name: DARK}), *clear.facts[at + 1 :])
                blurred = [replace(clear, facts=facts, source=Source(file)) for file in ("a.json", "b.json")]
                for world in (blurred[:1], blurred, [clear, blurred[0]]):
                    found = Facts.of(world)
                    assert found.has(type(fact), fact.id) or fact.id in {job.id for job in found.jobs}


@pytest.mark.parametrize(("noun", "member"), [(RouteTable, "routes"), (NetworkAcl, "entries"), (TransitGatewayRoutes, "routes")])
def test_what_a_fact_holds_is_compared_whatever_its_order_and_its_places(noun: type, member: str) -> None:
    transit = tuple(TransitGatewayRoute(f"t/{block}", Source("a.json", 0, block), block, None, "static", "active", ("a-1",)) for block in ("10.0.0.0/8", "0.0.0.0/0"))
    parts = {
        RouteTable: (route(), route("10.0.0.0/16", "local")), NetworkAcl: (*acl().entries, replace(acl().entries[0], id="acl-1/egress/110")), TransitGatewayRoutes: transit,
    }[noun]
    whole = {RouteTable: table(), NetworkAcl: acl(), TransitGatewayRoutes: TransitGatewayRoutes("t", Source("a.json"), ())}[noun]
    versions = [replace(whole, source=Source(file), **{member: order}) for file, order in (("a.json", parts), ("b.json", tuple(replace(part, source=Source("b.json", 7)) for part in parts[::-1])))]
    assert parts == getattr(told(*((version, {}) for version in versions))._collection.get(noun, whole.id), member)
    assert is_unknown(getattr(told((versions[0], {}), (replace(versions[1], **{member: parts[:1]}), {}))._collection.get(noun, whole.id), member))


# Rules of groups, in both describe forms


def test_either_describe_form_alone_gives_the_rules_of_a_group() -> None:
    rules = rule("a"), rule("b", is_egress=True)
    assert Found(rules) == Facts.of([export("security-groups", group(*rules))]).rules_of("sg-1")
    assert Found(rules) == Facts.of([export("security-group-rules", rules[0], rule("c", group_id="sg-2"), rules[1])]).rules_of("sg-1")


def test_a_group_of_which_neither_form_tells_is_missing() -> None:
    facts = Facts.of([export("security-group-rules", rule())])
    assert Found((), frozenset({Absence("security-groups", str(HERE), "export", "aws ec2 describe-security-groups")})) == facts.rules_of("sg-2")
    assert (True, False) == (facts.has_group("sg-1"), facts.has_group("sg-2"))
    assert Facts.of([export("security-groups", group())]).has_group("sg-1")


def test_a_group_without_rules_is_known_to_have_none() -> None:
    assert Found(()) == Facts.of([export("security-groups", group(), complete=False)]).rules_of("sg-1")


@pytest.mark.parametrize(("one", "other"), [
    ({"ip_protocol": "-1", "from_port": None, "to_port": None}, {"ip_protocol": "-1", "from_port": -1, "to_port": -1}),
    ({"ip_protocol": "tcp"}, {"ip_protocol": "6"}),
    ({"ip_protocol": "icmp", "from_port": -1, "to_port": -1}, {"ip_protocol": "ICMP", "from_port": None, "to_port": None}),
    ({"cidr": None, "referenced_group_id": "sg-1"}, {"cidr": None, "referenced_group_id": "sg-1", "referenced_peering_id": None}),
])
def test_both_forms_agree_however_each_writes_a_rule(one: dict[str, Any], other: dict[str, Any]) -> None:
    facts = Facts.of([export("security-groups", group(rule("x", **one))), export("security-group-rules", rule("sgr-1", **other))])
    assert Found((rule("x", **one),)) == facts.rules_of("sg-1")


def test_where_the_forms_differ_what_both_tell_is_known_and_the_rest_is_missing() -> None:
    shared, lost, new = rule("a"), rule("b", from_port=22, to_port=22), rule("c", is_egress=True)
    groups, rules = export("security-groups", group(shared, lost)), export("security-group-rules", rule("sgr-1"), new)
    for order in permutations([groups, rules]):
        found = Facts.of(order).rules_of("sg-1")
        assert (shared,) == found.items
        assert ["rules of sg-1 is told differently in groups.json /SecurityGroups/0 and rules.json /SecurityGroupRules/sgr-1; leave one of them out"] == [absence.scope for absence in found.missing]


def test_of_both_forms_the_newer_one_counts() -> None:
    groups, rules = export("security-groups", group(rule("a")), time=OLD), export("security-group-rules", rule("b", from_port=1), time=NEW)
    assert Found(rules.facts) == Facts.of([groups, rules]).rules_of("sg-1")


def test_of_an_unfinished_list_of_rules_what_is_there_is_known_and_the_rest_is_missing() -> None:
    absence = Absence("security-group-rules", str(HERE), "export", "aws ec2 describe-security-group-rules")
    pages = [export("security-group-rules", rule(name, file=name), complete=False) for name in ("a", "b")]
    assert Found((rule("a", file="a"),), frozenset({absence})) == Facts.of(pages[:1]).rules_of("sg-1")
    assert Found((rule("a", file="a"), rule("b", file="b")), frozenset({absence})) == Facts.of(pages).rules_of("sg-1")


def test_an_unfinished_list_of_rules_does_not_shake_a_group_that_holds_them_all() -> None:
    rules = rule("a"), rule("b", is_egress=True)
    assert Found(rules) == Facts.of([export("security-groups", group(*rules)), export("security-group-rules", rules[1], complete=False)]).rules_of("sg-1")


def test_the_last_page_of_rules_alone_is_not_taken_for_all_of_them() -> None:
    first, last = export("security-group-rules", rule("a", file="a"), complete=False), export("security-group-rules", rule("b", file="b", is_egress=True))
    found = Facts.of([first, last]).rules_of("sg-1")
    assert last.facts == found.items
    assert {Absence("security-group-rules", str(HERE), "export", "aws ec2 describe-security-group-rules")} == found.missing


def test_a_rule_of_an_unknown_group_may_be_any_groups() -> None:
    found = Facts.of([export("security-group-rules", rule("a"), rule("b", group_id=DARK))]).rules_of("sg-1")
    assert Found((rule("a"),), frozenset(DARK.absences)) == found


def test_rules_that_are_unknown_are_missing() -> None:
    assert Found((), frozenset(DARK.absences)) == Facts.of([export("security-groups", group(rules=DARK))]).rules_of("sg-1")


# What belongs to something


def test_the_associations_of_a_group_are_found_and_none_is_assumed() -> None:
    associations = [SecurityGroupVpcAssociation(f"{group}/vpc-2", Source("a.json"), group, "vpc-2", "associated") for group in ("sg-1", "sg-2")]
    assert Found((associations[0],)) == Facts.of([export("security-group-vpc-associations", *associations)]).associations_of("sg-1")
    assert Found(()) == Facts.of([]).associations_of("sg-1")


def test_the_reservations_of_a_subnet_are_found_and_one_of_an_unknown_subnet_is_missing() -> None:
    reservation = CidrReservation("scr-1", Source("a.json"), ACCOUNT, "subnet-1", "10.0.0.16/28", "prefix")
    stray = replace(reservation, id="scr-2", subnet_id=DARK)
    facts = Facts.of([export("subnet-cidr-reservations", reservation, stray)])
    assert Found((reservation,), frozenset(DARK.absences)) == facts.reservations_of("subnet-1")


def test_the_flow_logs_of_a_subnet_are_its_own_and_its_vpcs() -> None:
    logs = flow_log("fl-1", "subnet-1"), flow_log("fl-2", "vpc-1"), flow_log("fl-3", "vpc-2"), flow_log("fl-4", "subnet-2")
    assert Found(logs[:2]) == Facts.of([export("subnets", subnet()), export("flow-logs", *logs)]).flow_logs_of("subnet-1")


def test_flow_logs_that_are_not_covered_are_missing() -> None:
    log = flow_log("fl-1", "subnet-1")
    absence = Absence("flow-logs", str(HERE), "export", "aws ec2 describe-flow-logs")
    assert Found((), frozenset({absence})) == Facts.of([export("subnets", subnet())]).flow_logs_of("subnet-1")
    left = replace(absence, scope=f"{HERE}; a NextToken is left in logs.json")
    assert Found((log,), frozenset({left})) == Facts.of([export("subnets", subnet()), export("flow-logs", log, complete=False)]).flow_logs_of("subnet-1")


def test_the_flow_logs_of_a_subnet_that_another_account_shares_are_missing() -> None:
    found = Facts.of([export("subnets", subnet(owner_id=OTHER)), export("flow-logs")]).flow_logs_of("subnet-1")
    assert [f"{OTHER}/eu-west-1"] == [absence.scope for absence in found.missing]


def test_the_flow_logs_of_a_subnet_that_is_missing_are_as_missing_as_it_is() -> None:
    assert {"subnets"} == {absence.kind for absence in Facts.of([export("flow-logs")]).flow_logs_of("subnet-1").missing}


# What a subnet uses


def network(*facts: Fact, kind: str = "route-tables", **rest: Any) -> Facts:
    return Facts.of([export("vpcs", vpc(), vpc("vpc-2")), export("subnets", subnet(), subnet("subnet-2")), export(kind, *facts, **rest)])


def test_a_subnet_uses_the_table_that_it_is_associated_with_whatever_else_is_not_shown() -> None:
    own, main = table("rtb-1", "subnet-1"), table("rtb-2", is_main=True)
    assert (own, main) == ((facts := network(own, main)).route_table_of("subnet-1"), facts.route_table_of("subnet-2"))
    assert own == network(own, complete=False).route_table_of("subnet-1")


def test_a_subnet_without_a_table_of_its_own_uses_the_main_one_of_its_vpc_only_if_all_tables_are_shown() -> None:
    main = table(is_main=True)
    left = Absence("route-tables", f"{HERE}; a NextToken is left in tables.json", "export", "aws ec2 describe-route-tables")
    assert {left} == missing(network(main, complete=False).route_table_of, "subnet-1")
    assert {"route-tables"} == {absence.kind for absence in missing(network(table(vpc_id="vpc-2", is_main=True)).route_table_of, "subnet-1")}
    assert {"that of subnet-1 is none of those that are shown"} == {absence.scope for absence in missing(network(table()).route_table_of, "subnet-1")}


def test_a_subnet_that_another_account_shares_uses_a_table_that_its_owner_may_have() -> None:
    exports = [export("subnets", subnet(owner_id=OTHER)), export("route-tables", table(is_main=True))]
    assert [f"{OTHER}/eu-west-1"] == [absence.scope for absence in missing(Facts.of(exports).route_table_of, "subnet-1")]
    own = table("rtb-2", "subnet-1")
    assert own == Facts.of([exports[0], export("route-tables", own)]).route_table_of("subnet-1")


def test_a_subnet_with_two_tables_has_a_contradiction() -> None:
    twice = "that of subnet-1 is told differently in tables.json /RouteTables/rtb-1 and tables.json /RouteTables/rtb-2; leave one of them out"
    assert {Absence("route-tables", twice, "export", "aws ec2 describe-route-tables")} == missing(network(table("rtb-1", "subnet-1"), table("rtb-2", "subnet-1")).route_table_of, "subnet-1")
    assert 1 == len(missing(network(table("rtb-1", is_main=True), table("rtb-2", is_main=True)).route_table_of, "subnet-1"))


@pytest.mark.parametrize("dark", [{"subnet_ids": DARK}, {"vpc_id": DARK}])
def test_a_table_that_may_be_a_subnets_leaves_open_which_one_it_uses(dark: dict[str, Any]) -> None:
    for known_one in (table("rtb-1", "subnet-1"), table("rtb-1", is_main=True)):
        assert {*DARK.absences} == missing(network(known_one, table("rtb-2", **dark)).route_table_of, "subnet-1")


def test_a_table_of_another_vpc_is_no_ones_here() -> None:
    main = table(is_main=True)
    assert main == network(main, table("rtb-2", vpc_id="vpc-2", subnet_ids=DARK)).route_table_of("subnet-1")


def test_a_table_of_which_it_is_not_known_whether_it_is_the_main_one_may_be_it() -> None:
    own = table("rtb-1", "subnet-2")
    assert {*DARK.absences} == missing((facts := network(own, table("rtb-2", is_main=DARK))).route_table_of, "subnet-1")
    assert own == facts.route_table_of("subnet-2")


def test_a_subnet_that_is_missing_uses_a_table_that_is_as_missing() -> None:
    assert {"subnets"} == {absence.kind for absence in missing(Facts.of([export("route-tables", table("rtb-1", "subnet-1"))]).route_table_of, "subnet-1")}


def test_a_subnet_uses_its_own_network_acl_or_the_default_one() -> None:
    own, default = acl("acl-1", "subnet-1"), acl("acl-2", is_default=True)
    facts = network(own, default, kind="network-acls")
    assert (own, default) == (facts.network_acl_of("subnet-1"), facts.network_acl_of("subnet-2"))
    assert {"network-acls"} == {absence.kind for absence in missing(network(default, kind="network-acls", complete=False).network_acl_of, "subnet-2")}


# Block Public Access


def blocked(*exports: Export, **changes: Any) -> str:
    return Facts.of([export("vpcs", vpc()), export("subnets", subnet(**changes)), *exports]).block_public_access("subnet-1")


BLOCKING = export("vpc-block-public-access-options", options())


def excluding(*exclusions: BlockPublicAccessExclusion, **rest: Any) -> Export:
    return export("vpc-block-public-access-exclusions", *exclusions, **rest)


def test_the_mode_of_a_subnet_counts_before_its_vpcs_and_that_before_its_regions() -> None:
    assert "block-ingress" == blocked(BLOCKING, block_public_access="block-ingress")
    shut = export("vpcs", vpc(block_public_access="block-ingress"))
    assert "block-ingress" == Facts.of([shut, export("subnets", subnet()), BLOCKING]).block_public_access("subnet-1")
    assert ("block-bidirectional", "off") == (blocked(BLOCKING), blocked())


def test_a_subnet_that_says_that_it_is_open_is_excluded() -> None:
    shut = export("vpcs", vpc(block_public_access="block-bidirectional"))
    assert "off" == Facts.of([shut, export("subnets", subnet(block_public_access="off")), BLOCKING]).block_public_access("subnet-1")


def test_options_of_another_account_or_region_say_nothing() -> None:
    assert "off" == blocked(export("vpc-block-public-access-options", options(id="x"), scope=Scope(OTHER, "eu-west-1")))
    assert "off" == blocked(export("vpc-block-public-access-options", options(id="x"), scope=Scope(ACCOUNT, "us-east-1")))


def test_whose_options_block_must_be_known() -> None:
    with pytest.raises(Missing):
        blocked(export("vpc-block-public-access-options", options(), scope=Scope(None, "eu-west-1")))
    with pytest.raises(Missing):
        blocked(BLOCKING, owner_id=DARK)
    nobodys = [export(kind, fact, scope=Scope(None, "eu-west-1")) for kind, fact in (("vpcs", vpc(owner_id=None)), ("subnets", subnet(owner_id=None)), (BLOCKING.kind, options(id="")))]
    assert {"caller-identity"} == {absence.kind for absence in missing(Facts.of(nobodys).block_public_access, "subnet-1")}
    assert "off" == blocked(export("vpc-block-public-access-options", options("off")), owner_id=DARK)


@pytest.mark.parametrize(("exclusions", "mode"), [
    ((exclusion(),), "off"), ((exclusion(mode="allow-egress"),), "block-ingress"), ((exclusion("vpc-1"),), "off"), ((exclusion("vpc-1", "allow-egress"),), "block-ingress"),
    ((exclusion(mode="allow-egress"), exclusion("vpc-1")), "block-ingress"), ((exclusion("subnet-2"), exclusion("vpc-2")), "block-bidirectional"),
    ((exclusion(state="delete-complete"),), "block-bidirectional"), ((exclusion(state="create-failed"), exclusion("vpc-1", state="disable-complete")), "block-bidirectional"),
    ((exclusion(state="update-complete"),), "off"), ((exclusion(state="update-failed"),), "off"),
])
def test_an_exclusion_that_is_in_force_leaves_what_it_allows(exclusions: tuple[BlockPublicAccessExclusion, ...], mode: str) -> None:
    assert mode == blocked(BLOCKING, excluding(*exclusions))


@pytest.mark.parametrize("unsure", [exclusion(state="create-in-progress"), exclusion("vpc-1", state="delete-in-progress"), exclusion(mode="allow-some"), exclusion(resource_id=DARK), exclusion(state=DARK)])
def test_what_may_be_excluded_is_not_known_to_be_blocked(unsure: BlockPublicAccessExclusion) -> None:
    with pytest.raises(Missing):
        blocked(BLOCKING, excluding(unsure))
    assert "block-ingress" == blocked(BLOCKING, excluding(unsure), block_public_access="block-ingress")


def test_exclusions_of_which_a_page_is_left_over_leave_open_what_is_excluded() -> None:
    with pytest.raises(Missing):
        blocked(BLOCKING, excluding(exclusion("subnet-2"), complete=False))


# What belongs to a VPC


@pytest.mark.parametrize(("ask", "kind", "fact"), [
    ("subnets_of", "subnets", subnet()), ("interfaces_of", "network-interfaces", interface()), ("endpoints_of", "vpc-endpoints", endpoint()),
])
def test_all_that_a_vpc_has_is_found_where_the_documents_cover_it(ask: str, kind: str, fact: Any) -> None:
    stray = replace(fact, id="stray", vpc_id=DARK)
    of = lambda *exports: getattr(Facts.of([export("vpcs", vpc(), vpc("vpc-2")), *exports]), ask)  # noqa: E731
    assert (Found((fact,)), Found(())) == (of(export(kind, fact))("vpc-1"), of(export(kind, fact))("vpc-2"))
    assert Found((fact,), frozenset(DARK.absences)) == of(export(kind, fact, stray))("vpc-1")
    absence = Absence(kind, f"{HERE}; a NextToken is left in {fact.source.file}", "export", BY_NAME[kind].command())
    assert Found((fact,), frozenset({absence})) == of(export(kind, fact, complete=False))("vpc-1")
    assert {kind} == {absence.kind for absence in of()("vpc-1").missing}


def test_the_route_tables_of_a_vpc_are_found_of_which_there_is_one_at_least() -> None:
    facts = Facts.of([export("vpcs", vpc(), vpc("vpc-2")), export("route-tables", table())])
    assert (Found((table(),)), True) == (facts.route_tables_of("vpc-1"), bool(facts.route_tables_of("vpc-2").missing))


def test_nothing_is_known_of_a_vpc_that_no_document_shows() -> None:
    facts = Facts.of([export("vpcs", vpc()), export("subnets", subnet()), export("vpc-endpoints")])
    assert (Found(()), True) == (facts.endpoints_of("vpc-1"), bool(facts.endpoints_of("vpc-9").missing))
    assert facts.subnets_of("vpc-9").missing


def test_the_attachments_to_a_transit_gateway_are_those_that_are_shown() -> None:
    kind = "transit-gateway-vpc-attachments"
    there = attachment("tgw-attach-2", vpc_id="vpc-2", vpc_owner_id=OTHER)
    both = Facts.of([export(kind, attachment()), export(kind, there, file="b.json", scope=Scope(OTHER, "eu-west-1"))])
    assert Found((attachment(), there)) == both.attachments_of("tgw-1")
    assert Found(()) == both.attachments_of("tgw-2")
    assert {kind} == {absence.kind for absence in Facts.of([]).attachments_of("tgw-1").missing}
    assert Facts.of([export(kind, attachment(), complete=False)]).attachments_of("tgw-1").missing


@pytest.mark.parametrize(("ask", "kind", "fact"), [
    ("hosted_zones_of", "hosted-zones", HostedZone("Z1/vpc-1", Source("a.json"), "vpc-1", "example")),
    ("profiles_of", "profile-associations", ProfileAssociation("p-1", Source("a.json"), "rp-1", "vpc-1", "COMPLETE")),
])
def test_what_leads_names_elsewhere_is_found_and_none_is_assumed(ask: str, kind: str, fact: Any) -> None:
    assert Found((fact,)) == getattr(Facts.of([export(kind, fact)]), ask)("vpc-1")
    assert (Found(()), Found(())) == (getattr(Facts.of([export(kind, fact)]), ask)("vpc-2"), getattr(Facts.of([]), ask)("vpc-1"))
    assert getattr(Facts.of([export(kind, complete=False)]), ask)("vpc-1").missing


def test_a_resolver_rule_that_is_used_and_not_shown_is_missing() -> None:
    uses = ResolverRuleAssociation("a-1", Source("a.json"), "rr-1", "vpc-1", "COMPLETE")
    rule_ = ResolverRule("rr-1", Source("b.json"), "example", "FORWARD")
    facts = Facts.of([export("resolver-rule-associations", uses), export("resolver-rules", rule_)])
    assert (Found((rule_,)), Found(())) == (facts.resolver_rules_of("vpc-1"), facts.resolver_rules_of("vpc-2"))
    assert {"resolver-rules"} == {absence.kind for absence in Facts.of([export("resolver-rule-associations", uses)]).resolver_rules_of("vpc-1").missing}
    blurred = export("resolver-rule-associations", replace(uses, resolver_rule_id=DARK))
    assert Found((), frozenset(DARK.absences)) == Facts.of([blurred, export("resolver-rules", rule_)]).resolver_rules_of("vpc-1")


# Prefix lists


def test_the_service_of_a_prefix_list_is_told_by_its_name_or_by_a_route_to_a_gateway_endpoint() -> None:
    named = Facts.of([export("managed-prefix-lists", prefix_list(), prefix_list("pl-2", "office"))])
    assert ("s3", None, "office") == (named.service_of_prefix_list("pl-1"), named.service_of_prefix_list("pl-2"), named.prefix_list_name("pl-2"))
    routed = Facts.of([export("route-tables", table(routes=(route("pl-1", "vpce-1"),))), export("vpc-endpoints", endpoint())])
    assert ("s3", None) == (routed.service_of_prefix_list("pl-1"), routed.prefix_list_name("pl-1"))
    assert (("pl-1",), ("pl-1",), (), ()) == tuple(routed.prefix_lists_of(*asked) for asked in (("s3", "eu-west-1"), ("s3", None), ("s3", "us-east-1"), ("dynamodb", None)))
    assert (("pl-1",), ("pl-1",), (), ()) == tuple(named.prefix_lists_of(*asked) for asked in (("s3", "eu-west-1"), ("s3", None), ("s3", "us-east-1"), ("dynamodb", None)))


@pytest.mark.parametrize("changes", [{"vpc_endpoint_type": "GatewayLoadBalancer"}, {"vpc_endpoint_type": DARK}, {"service": DARK}, {"service_region": DARK}, {"id": "vpce-2"}])
def test_another_route_tells_no_service(changes: dict[str, Any]) -> None:
    facts = Facts.of([export("route-tables", table(routes=(route("pl-1", "vpce-1"),))), export("vpc-endpoints", endpoint(**changes))])
    assert () == facts.prefix_lists_of("s3", None)


def test_a_prefix_list_of_which_only_entries_are_told_may_be_a_services() -> None:
    assert {"managed-prefix-lists"} == {absence.kind for absence in missing(Facts.of([export("prefix-list-entries", entries("pl-1", "10.0.0.0/8"))]).service_of_prefix_list, "pl-1")}
    assert {"prefix-list-entries"} == {absence.kind for absence in missing(Facts.of([]).service_of_prefix_list, "pl-1")}
    assert {*DARK.absences} == missing(Facts.of([export("managed-prefix-lists", prefix_list(prefix_list_name=DARK))]).service_of_prefix_list, "pl-1")
    assert {"aws ec2 describe-prefix-lists"} == {absence.command for absence in Facts.of([]).uncovered_prefix_lists()}


# Single things of the network


SINGLE: dict[str, tuple[str, Fact]] = {
    "route_table": ("route-tables", table("x-1")), "internet_gateway": ("internet-gateways", InternetGateway("x-1", Source("a.json"), ACCOUNT, {"vpc-1": "available"}, {})),
    "nat_gateway": ("nat-gateways", NatGateway("x-1", Source("a.json"), "vpc-1", "subnet-1", "available", "public", "zonal", ("10.0.0.4",), ("203.0.113.7",), frozenset(), False, None, {})),
    "vpc_endpoint": ("vpc-endpoints", endpoint("x-1")), "peering": ("vpc-peering-connections", VpcPeeringConnection("x-1", Source("a.json"), "active", {"vpc-1": ("10.0.0.0/16",)}, {})),
    "network_interface": ("network-interfaces", interface("x-1")), "instance": ("instances", Instance("x-1", Source("a.json"), "running")),
    "transit_gateway_attachment": (
        "transit-gateway-attachments", TransitGatewayAttachment("x-1", Source("a.json"), ACCOUNT, "tgw-1", "vpc", "vpc-1", "available", "tgw-rtb-1", "associated", {}),
    ),
    "transit_gateway_routes": ("transit-gateway-routes", TransitGatewayRoutes("x-1", Source("a.json"), ())), "bucket": ("bucket-location", Bucket("x-1", Source("a.json"), "eu-west-1")),
}


@pytest.mark.parametrize("ask", SINGLE)
def test_one_thing_of_the_network_is_returned_or_missing(ask: str) -> None:
    kind, fact = SINGLE[ask]
    assert fact == getattr(Facts.of([export(kind, fact)]), ask)("x-1")
    absence, = missing(getattr(Facts.of([]), ask), "x-1")
    assert (kind, "export", BY_NAME[kind].command("x-1")) == (absence.kind, absence.because, absence.command)


def test_what_is_asked_for_by_its_id_is_not_said_to_lack_because_others_are_there() -> None:
    facts = Facts.of([export("transit-gateway-routes", SINGLE["transit_gateway_routes"][1]), export("bucket-location", SINGLE["bucket"][1])])
    assert {"aws ec2 search-transit-gateway-routes --transit-gateway-route-table-id t"} == {absence.command for absence in missing(facts.transit_gateway_routes, "t")}
    assert {"aws s3api get-bucket-location --bucket b"} == {absence.command for absence in missing(facts.bucket, "b")}


def test_an_endpoint_service_is_returned_where_it_is_shown() -> None:
    service = EndpointService("com.amazonaws.eu-west-1.s3", Source("a.json"), "s3", ("Interface",), (), frozenset())
    facts = Facts.of([export("vpc-endpoint-services", service)])
    assert (service, None, True) == (facts.endpoint_service(service.id), facts.endpoint_service("x"), facts.has_endpoint_services())
    assert (None, False) == (Facts.of([]).endpoint_service(service.id), Facts.of([]).has_endpoint_services())


# Law 2: less knowledge never gives another answer


SUBNETS, VPCS, TABLES = ("subnet-1", "subnet-2", "subnet-3"), ("vpc-1", "vpc-2"), ("rtb-1", "rtb-2", "rtb-3")
NAMES = {"pl-1": "com.amazonaws.eu-west-1.s3", "pl-2": "office"}


@st.composite
def worlds(draw: st.DrawFn) -> list[Export]:
    """Draw the exports of one account, one of each kind, that may be unfinished or of some VPCs only; a VPC may be another account's."""
    owners = {vpc: draw(st.sampled_from([ACCOUNT, ACCOUNT, OTHER])) for vpc in VPCS}
    homes = dict(zip(SUBNETS, ("vpc-1", "vpc-1", "vpc-2")))
    some = lambda values: draw(st.frozensets(st.sampled_from(values), max_size=2))  # noqa: E731
    flag = lambda: draw(st.booleans())  # noqa: E731
    mode = lambda: draw(st.sampled_from(["off", "off", "block-ingress"]))  # noqa: E731
    rows: dict[str, list[Fact]] = {
        "vpcs": [vpc(id, owner_id=owners[id], block_public_access=mode()) for id in VPCS],
        "subnets": [subnet(id, vpc_id=homes[id], owner_id=owners[homes[id]], block_public_access=mode()) for id in SUBNETS],
        "route-tables": [
            table(id, *some(SUBNETS), vpc_id=draw(st.sampled_from(VPCS)), is_main=flag(), routes=draw(st.sampled_from([(route("pl-1", "vpce-1", id),), (route("pl-2", "nat-1", id),)])))
            for id in TABLES
        ],
        "network-acls": [acl(id, *some(SUBNETS), vpc_id=draw(st.sampled_from(VPCS)), is_default=flag()) for id in ("acl-1", "acl-2")],
        "security-groups": [group(id="sg-1", vpc_id=draw(st.sampled_from(VPCS)))],
        "vpc-endpoints": [endpoint(vpc_id=draw(st.sampled_from(VPCS)), vpc_endpoint_type=draw(st.sampled_from(["Gateway", "GatewayLoadBalancer"])))],
        "network-interfaces": [interface(f"eni-{id}", vpc_id=homes[id], subnet_id=id) for id in some(SUBNETS)],
        "flow-logs": [flow_log(f"fl-{id}", id) for id in some((*SUBNETS, *VPCS))],
        "internet-gateways": [SINGLE["internet_gateway"][1]], "nat-gateways": [SINGLE["nat_gateway"][1]], "instances": [SINGLE["instance"][1]],
        "vpc-peering-connections": [replace(SINGLE["peering"][1], homes={id: (owner, "eu-west-1") for id, owner in owners.items()})], "transit-gateway-attachments": [SINGLE["transit_gateway_attachment"][1]],
        "transit-gateway-routes": [SINGLE["transit_gateway_routes"][1]], "bucket-location": [SINGLE["bucket"][1]],
        "transit-gateway-vpc-attachments": [attachment(f"tgw-attach-{id}", vpc_id=id) for id in some(VPCS)],
        "managed-prefix-lists": [prefix_list(id, name) for id, name in NAMES.items() if flag()],
        "prefix-list-entries": [entries(id, "10.0.0.0/8") for id in some(sorted(NAMES))],
        "vpc-block-public-access-options": [options(draw(st.sampled_from(["off", "block-bidirectional"])))],
        "vpc-block-public-access-exclusions": [
            exclusion(id, draw(st.sampled_from(["allow-egress", "allow-bidirectional"])), draw(st.sampled_from(["create-complete", "delete-complete", "update-in-progress"]))) for id in some((*SUBNETS, *VPCS))
        ],
        "hosted-zones": [HostedZone(f"Z/{id}", Source("zones.json"), id, "example") for id in some(VPCS)],
        "resolver-rules": [ResolverRule("rr-1", Source("rr.json"), "example", "FORWARD")],
        "resolver-rule-associations": [ResolverRuleAssociation(f"a-{id}", Source("rra.json"), "rr-1", id, draw(st.sampled_from(["COMPLETE", "FAILED"]))) for id in some(VPCS)],
        "profile-associations": [ProfileAssociation(f"p-{id}", Source("p.json"), "rp-1", id, draw(st.sampled_from(["COMPLETE", "DELETED"]))) for id in some(VPCS)],
    }
    vpcs = draw(st.sampled_from([None, None, frozenset({"vpc-1"})]))
    given = [kind for kind in rows if kind in ("subnets", "vpcs") or draw(st.sampled_from([True, True, True, False]))]
    return [export(kind, *rows[kind], file=f"{kind}.json", complete=draw(st.sampled_from([True, True, False])), vpcs=vpcs) for kind in given]


def asked(facts: Facts) -> dict[str, Any]:
    """Ask everything: an id, what is found and whether that is all, a value, or None for what is not known."""
    asks: list[tuple[str, tuple[Any, ...]]] = [
        *((name, (id,)) for name in ("subnet", "route_table_of", "network_acl_of", "block_public_access", "flow_logs_of", "reservations_of") for id in SUBNETS),
        *((name, (id,)) for name in ("vpc", "subnets_of", "route_tables_of", "interfaces_of", "endpoints_of", "hosted_zones_of", "resolver_rules_of", "profiles_of") for id in VPCS),
        *((name, ("x-1",)) for name in SINGLE), ("vpc_endpoint", ("vpce-1",)), ("attachments_of", ("tgw-1",)), ("rules_of", ("sg-1",)), ("group", ("sg-1",)),
        *((name, (id,)) for name in ("service_of_prefix_list", "prefix_list_entries") for id in NAMES), ("prefix_lists_of", ("s3", "eu-west-1")),
        *(("shows_all", (kind, HERE)) for kind in ("subnets", "security-groups", "route-tables", "vpcs")),
    ]
    return {f"{name}{arguments}": answered(facts, name, arguments) for name, arguments in asks}


def answered(facts: Facts, name: str, arguments: tuple[Any, ...]) -> Any:
    try:
        match getattr(facts, name)(*arguments):
            case Found(items=items, missing=lacking):
                return frozenset(item.id for item in items), not lacking
            case tuple() as ids:
                return frozenset(ids), False
            case bool() as yes:
                return yes or None
            case str() | None as value:
                return value or "none"
            case fact:
                return fact.id
    except Missing:
        return None


def is_less(after: Any, before: Any) -> bool:
    """Is an answer the same or less than it was? Of what is found there is never more, and it is all only if it was all."""
    if isinstance(before, tuple) and isinstance(after, tuple):
        return after[0] <= before[0] and (not after[1] or after == before)
    return after is None or after == before


LOOKED_AT = frozenset(
    "owner_id vpc_id subnet_ids is_main is_default routes rules block_public_access internet_gateway_block_mode internet_gateway_exclusion_mode resource_id state status subnet_id group_id "
    "resolver_rule_id prefix_list_name service service_region vpc_endpoint_type transit_gateway_id homes".split()
)


@settings(max_examples=max(150, settings.default.max_examples))
@given(worlds(), st.data())
def test_less_knowledge_never_gives_another_answer(exports: list[Export], data: st.DataObject) -> None:
    known_all = asked(Facts.of(exports))
    needed = [each.kind for each in exports if BY_NAME[each.kind].meaning in ("required", "pointed-at")]
    lost = data.draw(st.frozensets(st.sampled_from(needed), max_size=2)) if needed else frozenset()
    less = [each for each in exports if each.kind not in lost]
    for _ in range(data.draw(st.integers(0, 6))):
        places = [(number, at, field.name) for number, each in enumerate(less) for at, fact in enumerate(each.facts) for field in fields(fact) if field.name in LOOKED_AT]
        if places:
            number, at, name = data.draw(st.sampled_from(places))
            facts = tuple(replace(fact, **{name: DARK}) if index == at else fact for index, fact in enumerate(less[number].facts))
            less[number] = replace(less[number], facts=facts)
    known_less = asked(Facts.of(less))
    assert {} == {ask: (known_all[ask], known_less[ask]) for ask in known_all if not is_less(known_less[ask], known_all[ask])}


@given(worlds())
def test_the_order_of_exports_does_not_matter(exports: list[Export]) -> None:
    assert asked(Facts.of(exports)) == asked(Facts.of(exports[::-1]))


def test_much_is_answered_and_much_is_not_in_the_worlds_of_law_2() -> None:
    counts: dict[bool, int] = {True: 0, False: 0}

    @settings(max_examples=100)
    @given(worlds())
    def count(exports: list[Export]) -> None:
        for ask, answer in asked(Facts.of(exports)).items():
            if ask.startswith(("route_table_of", "network_acl_of", "block_public_access")):
                counts[answer is not None] += 1

    count()
    assert min(counts.values()) > 200
