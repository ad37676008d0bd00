"""What the facts tell, what they say is missing, and what becomes of a resource that is told twice."""

from dataclasses import fields, replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from sagevpc_lint import examples
from sagevpc_lint.answer import Absence, Found, Missing, Unknown, is_unknown
from sagevpc_lint.documents import load
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import (
    CidrReservation, DhcpOptions, Fact, FlowLog, Job, PrefixListEntries, SecurityGroup, SecurityGroupRule, SecurityGroupVpcAssociation, Subnet, Vpc, VpcAttribute, VpcConfig,
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
    assert {Absence("anything about x-1, which does not exist", str(HERE), "world")} == missing(getattr(Facts.of([export(kind)]), ask), "x-1")


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
    looks = {repr([fact for facts in each._facts.values() for fact in facts.values()]) for each in results}
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
