"""What a reference to a group means: the addresses that surely bear it, and those that may, where interfaces are not exported."""

from dataclasses import dataclass
from random import Random

import pytest
from test_reach import KMS, NO_EXIT, X, address, all_of, egress, kms, less, network_of
from test_simulator import Change, change, peered, with_group
from worlds import Dice, rule

from sagevpc_lint.model.nouns import Need, Vpc, VpcPeeringConnection
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.reach import reach

HOSTS = "network-interfaces"


@dataclass(frozen=True)
class Case:
    """Is a need reached by group sg-a-x, whose egress refers to groups, where kinds are left out? *missing*: the kinds of what an unknown answer lacks."""

    says: str
    change: Change
    need: Need
    left_out: frozenset[str]
    value: bool | None
    missing: frozenset[str]


def case(says: str, change: Change, need: Need, left_out: str, value: bool | None, *missing: str) -> Case:
    return Case(says, change, need, frozenset(left_out.split()), value, frozenset(missing))


def beyond(peering: str) -> Change:
    """Let the job's group out to a group behind a peering connection, on any port."""
    return all_of(peered, with_group(rule("sg-a-x", True, "-1", "sg-b-hosts", peering=peering)))


def endpoint(**values: object) -> Change:
    return all_of(NO_EXIT, kms("subnet-a1", interfaces=("eni-k1",), **values))


CASES = [
    case("an endpoint bears its groups, whether or not its interfaces are exported", all_of(endpoint(), egress("sg-a-hosts")), KMS, HOSTS, True),
    case("an endpoint bears no other groups", all_of(endpoint(), egress("sg-a-router")), KMS, HOSTS, False),
    case("what an endpoint bears is asked whatever else is in the VPC", all_of(endpoint(), egress("sg-a-router")), KMS, "", False),
    case("an endpoint bears groups that are not told", all_of(endpoint(groups=()), egress("sg-a-router")), KMS, HOSTS, None, "the security groups"),
    case("an interface that is exported bears its groups", egress("sg-a-hosts"), address("10.0.1.7/32:443"), "", True),
    case("an interface that is not exported may bear a group", egress("sg-a-hosts"), address("10.0.1.7/32:443"), HOSTS, None, HOSTS),
    case("an interface of another VPC bears none", all_of(peered, egress("sg-a-hosts")), address("10.1.0.7/32:443"), HOSTS, False),
    case("an address of no VPC bears none", egress("sg-a-hosts"), address("8.8.8.8/32:443"), HOSTS, False),
    case("an address may be of a VPC whose blocks are not exported", egress("sg-a-hosts"), address("8.8.8.8/32:443"), f"{HOSTS} vpcs", None, HOSTS, "vpcs"),
    case("a public address may be of a VPC, too", all_of(change(Vpc, "vpc-a", cidr_blocks=("10.0.0.0/16", "52.30.0.0/16")), egress("sg-a-hosts")), address("52.30.0.7/32:443"), HOSTS, None, HOSTS),
    case("an interface of a peered VPC bears its groups", beyond("pcx-b"), address("10.1.0.7/32:443"), "", True),
    case("one that is not exported may", beyond("pcx-b"), address("10.1.0.7/32:443"), HOSTS, None, HOSTS),
    case("a connection tells the blocks of both VPCs, outside of which no address bears its groups", beyond("pcx-b"), address("8.8.8.8/32:443"), f"{HOSTS} vpcs", False),
    case("a connection that is not exported may lead anywhere", beyond("pcx-b"), address("8.8.8.8/32:443"), "vpc-peering-connections", None, "vpc-peering-connections"),
    case(
        "a connection that is not active leads nowhere", all_of(beyond("pcx-b"), change(VpcPeeringConnection, "pcx-b", status="deleted")), address("10.1.0.7/32:443"), HOSTS, False,
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_a_reference_admits_who_bears_the_group(case: Case) -> None:
    found = reach(network_of(case.change, case.left_out), "subnet-a0", X, case.need).answer
    assert (case.value, case.missing) == (found.value, {absence.kind for absence in found.missing})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_less_knowledge_of_who_bears_a_group_gives_no_other_answer(case: Case, deep: bool) -> None:
    before = network_of(case.change)
    was = reach(before, "subnet-a0", X, case.need).answer.value
    for what, facts in less(before.facts, Dice(Random(case.says)), deep):
        assert reach(Network(facts), "subnet-a0", X, case.need).answer.value in (was, None), what
