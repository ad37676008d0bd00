"""Verdicts in environments that are no example of a single rule."""

from collections.abc import Mapping
from typing import Any

import pytest

from sagevpc_lint import examples
from sagevpc_lint.history import judged
from sagevpc_lint.judge import Judge
from sagevpc_lint.examples import Example
from sagevpc_lint.questions import vocabulary
from sagevpc_lint.rulebook import load, shipped_rules

RULES = {rule.id: rule for rule in load([shipped_rules()], vocabulary())[0]}
JOB, A, B, GROUP, VPC, DOPT = (
    "processing-job/nightly-etl", "subnet-0a000000000000001", "subnet-0b000000000000002", "sg-0c000000000000001", "vpc-0c000000000000000", "dopt-0c000000000000000",
)
OTHER = "444455556666"
IPV6_ONLY = {"Ipv6Native": True, "CidrBlock": None}


def verdicts(change: Mapping[str, Any], *omit: str) -> dict[str, set[bool | None]]:
    """What each rule says, where failures that another rule explains do not count."""
    example = Example("", 1, change, frozenset(omit), {}, frozenset(), frozenset())
    facts = examples.facts(example, examples.environment(example))
    judge = Judge(facts, RULES.values(), judged(facts, 30)[0])
    return {id: {verdict.value for _, verdict in judge.verdicts(rule) if not verdict.silent} for id, rule in RULES.items()}


def failing(change: Mapping[str, Any], *omit: str) -> set[str]:
    return {rule for rule, values in verdicts(change, *omit).items() if False in values}


def undecided(change: Mapping[str, Any], *omit: str) -> set[str]:
    return {rule for rule, values in verdicts(change, *omit).items() if None in values}


def vpc_config(**lists: list[str]) -> dict[str, Any]:
    return {JOB: {"NetworkConfig": {"VpcConfig": lists}}}


def dns(*servers: str) -> dict[str, Any]:
    options = {"domain-name": ["x"], "domain-name-servers": servers}
    return {DOPT: {"DhcpConfigurations": [{"Key": key, "Values": [{"Value": value} for value in values]} for key, values in options.items()]}}


@pytest.mark.parametrize("length", [30, 31, 32])
def test_a_subnet_too_small_for_the_five_reserved_addresses_holds_nothing(length: int) -> None:
    assert {"subnet-ip-fragmented"} == failing({A: {"CidrBlock": f"10.0.1.0/{length}"}})


def test_subnets_without_ipv4_are_not_also_a_fault_of_the_groups() -> None:
    assert {"subnet-unusable", "subnet-ip-capacity"} == failing({A: IPV6_ONLY, B: IPV6_ONLY})


@pytest.mark.parametrize("lists", [{"SecurityGroupIds": []}, {"Subnets": []}])
def test_an_empty_list_is_not_also_a_fault_of_the_groups(lists: dict[str, list[str]]) -> None:
    assert {"vpc-config-limits"} == failing(vpc_config(**lists))


def test_a_self_rule_settles_what_peers_may_do_wherever_they_lie() -> None:
    assert not undecided({}, "subnets") & {"sg-no-self-ingress", "sg-no-self-egress", "sg-self-partial"}


def test_dns_support_matters_only_where_no_other_server_answers() -> None:
    off = {VPC: {"EnableDnsSupport": {"Value": False}}}
    assert {"vpc-dns-disabled"} == failing(off)
    assert {"dhcp-custom-dns", "dns-servers-unreachable"} == failing(off | dns("10.9.0.2"))
    assert {"dhcp-custom-dns"} == failing(off | dns("10.9.0.2", "10.0.0.2"))
    assert "vpc-dns-disabled" in undecided(off | dns("10.9.0.2", "10.0.0.2"))


def test_two_groups_of_different_vpcs_span_them_whatever_the_subnets_are() -> None:
    change = {"sg-0c000000000000443": {"VpcId": "vpc-0d000000000000000"}, **vpc_config(SecurityGroupIds=[GROUP, "sg-0c000000000000443"])}
    assert "vpc-config-spans-vpcs" in failing(change, "subnets")


def test_a_group_of_who_uses_a_shared_subnet_is_not_looked_for_among_the_owners() -> None:
    role = {"RoleArn": f"arn:aws:iam::{OTHER}:role/etl", "ProcessingJobArn": f"arn:aws:sagemaker:eu-west-1:{OTHER}:processing-job/nightly-etl"}
    change = {JOB: role | vpc_config(SecurityGroupIds=["sg-0d000000000000004"])[JOB]}
    assert {"vpc-config-unresolved"} <= undecided(change)
    assert set() == failing(change)


@pytest.mark.parametrize("groups", [[], [{"GroupId": "sg-1", "VpcId": "vpc-1", "OwnerId": "111122223333", "IpPermissions": [], "IpPermissionsEgress": []}]])
def test_an_export_without_a_group_of_the_vpc_does_not_show_all_groups(groups: list[dict[str, Any]]) -> None:
    change = {"describe-security-groups.json": {"SecurityGroups": groups}}
    assert set() == failing(change)
    assert {"vpc-config-unresolved", "sg-no-self-ingress", "sg-open-to-world"} <= undecided(change)


def test_the_owners_option_set_of_a_shared_vpc_is_not_said_not_to_exist() -> None:
    change = {VPC: {"OwnerId": OTHER, "DhcpOptionsId": "dopt-0d000000000000000"}}
    example = Example("", 1, change, frozenset(), {}, frozenset(), frozenset())
    facts = examples.facts(example, examples.environment(example))
    verdict = next(verdict for _, verdict in Judge(facts, RULES.values(), facts.jobs).verdicts(RULES["dhcp-options-incomplete"]))
    assert [("dhcp-options", f"{OTHER}/eu-west-1", "export")] == [(absence.kind, absence.scope, absence.because) for absence in verdict.answer.missing]
