"""Whether a placement reaches what a job needs: the whole of it or a part, over which endpoint, and what is not known."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import pytest
import worlds
from test_simulator import (
    Change, all_of, also, change, deny_in, deny_out, entries_at, guarded, house, nat_instance, nothing, peered, router, routes, s3, transit, with_group, x,
)
from test_walk import blurred
from worlds import ALL, Dice, Draft, entry, nat, route

from sagevpc_lint.addresses import Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Missing
from sagevpc_lint.model.exports import Export
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.kinds import BY_NAME
from sagevpc_lint.model.nouns import (
    DhcpOptions, HostedZone, InternetGateway, NatGateway, Need, Subnet, TransitGatewayVpcAttachment, Vpc, VpcAttribute, VpcEndpoint, VpcPeeringConnection,
)
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.hubs import may_lead_to_a_hub
from sagevpc_lint.network.places import Context, Place
from sagevpc_lint.network.reach import reach, service, to_addresses
from sagevpc_lint.source import Source
from sagevpc_lint.traffic import ICMP, TCP, UDP, Traffic

HERE = Source("reach.json")
INTERNET, S3, KMS = Need("internet", HERE, "internet"), Need("s3", HERE, "s3"), Need("kms", HERE, "service", service="kms")
HALVES = ("0.0.0.0/1", "128.0.0.0/1")
ENTRIES = "prefix-list-entries"


def address(text: str) -> Need:
    """A need of an address block and port, or of all ports."""
    cidr, _, port = text.partition(":")
    return Need(text, HERE, "address", cidr=cidr, port=int(port) if port else None)


@dataclass(frozen=True)
class Case:
    """What is said of a need after a change of the house. *missing*: the kinds of what an unknown answer lacks; *names*: what the answer must name."""

    says: str
    change: Change
    need: Need
    value: bool | None
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    missing: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    groups: tuple[str, ...] = ("sg-a-all",)


def case(says: str, change: Change, need: Need, value: bool | None, *missing: str, left_out: str = "", groups: tuple[str, ...] = ("sg-a-all",), **names: str) -> Case:
    return Case(says, change, need, value, {name: (id,) for name, id in names.items()}, frozenset(missing), frozenset(left_out.split()), groups)


def network_of(change: Change, left_out: frozenset[str] = frozenset(), zones: tuple[HostedZone, ...] = ()) -> Network:
    """The network of the changed house, with what its names rest on."""
    draft = house()
    change(draft)
    world = worlds.finished(draft)
    servers = DhcpOptions("dopt-1", HERE, worlds.OWNER, {"domain-name": ("corp",), "domain-name-servers": ("AmazonProvidedDNS",)}, {})
    attributes = tuple(VpcAttribute(f"vpc-a/{name}", HERE, "vpc-a", True) for name in ("enableDnsHostnames", "enableDnsSupport"))
    more = [Export("dhcp-options", HERE, worlds.SCOPE, (servers,)), Export("vpc-attributes", HERE, worlds.SCOPE, attributes)]
    more += [Export("hosted-zones", HERE, worlds.SCOPE, (zone,)) for zone in zones]
    return Network(Facts.of([*worlds.exports(world, left_out), *(export for export in more if export.kind not in left_out)]))


def kms(*subnets: str, groups: tuple[str, ...] = ("sg-a-hosts",), interfaces: tuple[str, ...] = (), service: str = "kms", **values: Any) -> Change:
    """Add an interface endpoint with private DNS. *interfaces*: ids of those that it has, whether or not they are exported."""
    named = f"com.amazonaws.{worlds.REGION}.{service}", service, worlds.REGION
    made = VpcEndpoint("vpce-kms", HERE, worlds.OWNER, "vpc-a", "Interface", *named, "available", subnets, groups, interfaces, frozenset(), True, None, {})
    return lambda draft: draft.add(replace(made, **values))


def shown(id: str, subnet: str, offset: int, groups: tuple[str, ...] = ("sg-a-hosts",)) -> Change:
    """Export an interface."""
    return lambda draft: worlds.interface(draft, id, subnet, offset, groups)


def denied(*blocks: str, is_egress: bool = True, at: str = "subnet-a0", ports: tuple[int, int] = (0, 65535)) -> Change:
    """Deny TCP to, or from, some blocks at a subnet."""
    return entries_at(at, *(entry(10 + number, is_egress, "deny", "6", block, *ports) for number, block in enumerate(blocks)))


def only_allowed(*blocks: str) -> Change:
    """Let the ACL of the job's subnet let out to these blocks only, and everything in."""
    return entries_at("subnet-a0", entry(90, False, "allow", "-1", ALL), *(entry(10 + n, True, "allow", "-1", block) for n, block in enumerate(blocks)), opens=False)


def egress(*peers: str) -> Change:
    """Add a group sg-a-x that lets out TCP 443 to some peers."""
    return with_group(*(x(True, "tcp", peer, 443, 443) for peer in peers))


def detached(draft: Draft) -> None:
    """Add an internet gateway that is attached to no VPC."""
    draft.add(InternetGateway("igw-x", HERE, worlds.OWNER, {}, {}))


def second_nat(state: str) -> Change:
    """Add another NAT gateway, nat-x."""
    return lambda draft: draft.change(NatGateway, nat(draft, "nat-x", "subnet-a2"), state=state)


X = ("sg-a-x",)
NO_EXIT = routes()
FEW_PORTS = deny_in("subnet-a2", ALL, "6", 3389, 3389)  # where the NAT gateway is, to which answers go at ports from 1024 on
OUT_AND_TO_443 = (entry(10, True, "allow", "-1", ALL), entry(10, False, "allow", "6", ALL, 443, 443))
TWO_ZONES = all_of(  # the hub's attachment is in two subnets, and only from that in the job's zone everything leads on
    transit, change(TransitGatewayVpcAttachment, "tgw-attach-b", subnet_ids=("subnet-b1", "subnet-b2")),
    change(Subnet, "subnet-b1", availability_zone="eu-west-1b", availability_zone_id="euw1-az2"),
)
ASTRAY = all_of(transit, routes(route(ALL, "vgw-1"), of="rtb-b-hosts"), deny_out("subnet-a3", "10.0.0.0/26"))  # an ACL that answers may or may not meet

CASES = [
    # The internet: what no allow and no route covers counts, what a narrower deny or blackhole takes does not.
    case("over a NAT gateway", nothing, INTERNET, True),
    case("but for a block that is denied on the way out", denied("8.8.8.0/24"), INTERNET, True),
    case("but for a block whose answers are denied", denied("8.8.8.0/24", is_egress=False), INTERNET, True),
    case("but for a block that is denied behind the NAT gateway", denied("8.0.0.0/8", at="subnet-a2"), INTERNET, True),
    case("but for a blackhole", also(route("8.0.0.0/8", "", "blackhole")), INTERNET, True),
    case("but for a half that is a blackhole", also(route("0.0.0.0/1", "", "blackhole")), INTERNET, True),
    case("but for a half that is a blackhole, and nothing else takes it", routes(route("0.0.0.0/1", "nat-a"), route("128.0.0.0/1", "", "blackhole")), INTERNET, False, blocker="rtb-a-jobs"),
    case("but for a blackhole, which S3's prefix list is, too", also(route("8.0.0.0/8", "", "blackhole"), route("pl-s3", "", "blackhole")), INTERNET, True),
    case("but for a block that is led to a gateway which is gone", all_of(detached, also(route("8.8.8.0/24", "igw-x"))), INTERNET, True),
    case("but for a block that is led to a NAT gateway which is gone", all_of(second_nat("deleted"), also(route("8.8.8.0/24", "nat-x"))), INTERNET, True),
    case("but for a block that is led to a NAT gateway which may come", all_of(second_nat("pending"), also(route("8.8.8.0/24", "nat-x"))), INTERNET, None, "whether nat-x, which is pending, becomes available"),
    case("but for a block that is led to a peering connection which nobody accepted", all_of(peered, change(VpcPeeringConnection, "pcx-b", status="expired"), also(route("8.8.8.0/24", "pcx-b"))), INTERNET, True),
    case("but for a half that is led to a NAT gateway which is gone, and nothing else takes it", all_of(second_nat("deleted"), routes(route("0.0.0.0/1", "nat-a"), route("128.0.0.0/1", "nat-x"))), INTERNET, False, blocker="nat-x"),
    case("but for a block that is led straight to an internet gateway", also(route("8.8.8.0/24", "igw-a")), INTERNET, False, blocker="igw-a", code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
    case("an address in a block that is led to a NAT gateway which is gone", all_of(second_nat("deleted"), also(route("8.8.8.0/24", "nat-x"))), address("8.8.8.8/32:443"), False, blocker="nat-x", code="BAD_STATE"),
    case("denied whole", denied(ALL), INTERNET, False, blocker="acl-a0", code="SUBNET_ACL_RESTRICTION"),
    case("denied whole on the way back", denied(ALL, is_egress=False), INTERNET, False, blocker="acl-a0", code="SUBNET_ACL_RESTRICTION"),
    case("denied in halves, narrow as each is", denied(*HALVES), INTERNET, False, blocker="acl-a0"),
    case("half of it not allowed", only_allowed("0.0.0.0/1"), INTERNET, False, blocker="acl-a0"),
    case("allowed in halves", only_allowed(*HALVES), INTERNET, True),
    case("some answers denied by port", entries_at("subnet-a0", entry(10, False, "deny", "6", ALL, 40000, 40000)), INTERNET, True),
    case(
        "some answers denied by port, and one address on the way out", entries_at("subnet-a0", entry(10, False, "deny", "6", ALL, 40000, 40000), entry(10, True, "deny", "6", "8.8.8.8/32", 0, 65535)),
        INTERNET, True,
    ),
    case("all answers denied by port", entries_at("subnet-a0", entry(10, False, "deny", "6", ALL, 32768, 60999)), INTERNET, False, blocker="acl-a0"),
    case("some answers denied at ports that no job uses", entries_at("subnet-a0", entry(10, False, "deny", "6", ALL, 61000, 65535)), INTERNET, True),
    case("the default route is a blackhole", routes(route(ALL, "nat-a", "blackhole")), INTERNET, False, blocker="rtb-a-jobs", code="BAD_STATE_ROUTE"),
    case(
        "the default route is a blackhole, beside which a part is routed", routes(route(ALL, "nat-a", "blackhole"), route("8.0.0.0/8", "nat-a")), INTERNET, False,
        blocker="rtb-a-jobs",
    ),
    case("both halves are blackholes", routes(*(route(half, "nat-a", "blackhole") for half in HALVES)), INTERNET, False, blocker="rtb-a-jobs"),
    case("both halves lead to the NAT gateway", routes(*(route(half, "nat-a") for half in HALVES)), INTERNET, True),
    case("one half has no route", routes(route("0.0.0.0/1", "nat-a")), INTERNET, False, blocker="rtb-a-jobs", code="NO_ROUTE_TO_DESTINATION"),
    case("no route", NO_EXIT, INTERNET, False, blocker="rtb-a-jobs", code="NO_ROUTE_TO_DESTINATION"),
    case("straight to an internet gateway", routes(route(ALL, "igw-a")), INTERNET, False, blocker="igw-a", code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"),
    case(
        "a private NAT gateway, of which no addresses are told", change(NatGateway, "nat-a", connectivity_type="private", private_ips=(), public_ips=()), INTERNET,
        False, code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    ),
    case("a public NAT gateway, of which no addresses are told", change(NatGateway, "nat-a", private_ips=(), public_ips=()), INTERNET, True),
    case(
        "addresses of the subnet that no job can have are denied", denied("10.0.0.0/30", "10.0.0.63/32", at="subnet-a2", is_egress=False), address("8.8.8.8/32:443"),
        True,
    ),
    case(
        "the first address of the subnet that a job can have is denied", denied("10.0.0.4/32", at="subnet-a2", is_egress=False), address("8.8.8.8/32:443"), False,
        blocker="acl-a2",
    ),
    case(
        "a NAT gateway without a public address", change(NatGateway, "nat-a", public_ips=()), INTERNET, False, blocker="igw-a",
        code="IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    ),
    case(
        "through a router whose own subnet leads to it", all_of(router, routes(route(ALL, "eni-router"), of="rtb-a-between")), INTERNET, False, blocker="eni-router",
        code="NO_POSSIBLE_DESTINATION",
    ),
    case(
        "through a router, behind which the job's addresses are denied", all_of(router, denied("10.0.0.0/26", at="subnet-a2", is_egress=False)), INTERNET, False,
        blocker="acl-a2",
    ),
    case("through a router, behind which the router's address is denied", all_of(router, denied("10.0.3.6/32", at="subnet-a2", is_egress=False)), INTERNET, True),
    case("a NAT gateway that is pending", change(NatGateway, "nat-a", state="pending"), INTERNET, None, "whether nat-a, which is pending, becomes available"),
    case("a NAT gateway that is deleting", change(NatGateway, "nat-a", state="deleting"), INTERNET, False, blocker="nat-a", code="BAD_STATE"),
    case("groups that let out to half of it", egress("0.0.0.0/1"), INTERNET, False, blocker="sg-a-x", code="ENI_SG_RULES_MISMATCH", groups=X),
    case("groups that let out to both halves", egress(*HALVES), INTERNET, True, groups=X),
    case("groups without egress", with_group(), INTERNET, False, blocker="sg-a-x", code="SG_HAS_NO_RULES", groups=X),
    case(
        "over a firewall behind the NAT gateway, to whose subnet the job's addresses are denied",
        all_of(guarded, denied("10.0.0.0/26", at="subnet-a3", is_egress=False)), INTERNET, True,
    ),
    case(
        "over a firewall behind the NAT gateway, to whose subnet that one's address is denied",
        all_of(guarded, denied("10.0.2.5/32", at="subnet-a3", is_egress=False)), INTERNET, False,
    ),
    case("over an internet gateway that is being detached", change(InternetGateway, "igw-a", attachments={"vpc-a": "detaching"}), INTERNET, False, blocker="igw-a"),
    case("over a NAT gateway, where ingress is blocked", change(Vpc, "vpc-a", block_public_access="block-ingress"), INTERNET, True),
    case(
        "over a NAT instance, where ingress is blocked", all_of(nat_instance, change(Vpc, "vpc-a", block_public_access="block-ingress")), INTERNET, False,
        blocker="subnet-a2",
    ),
    case(
        "public addresses that are the VPC's own are not the internet",
        all_of(change(Vpc, "vpc-a", cidr_blocks=("10.0.0.0/16", "52.1.0.0/16")), also(route("52.1.0.0/16", "local"))), INTERNET, True,
    ),
    case("over a virtual private gateway", routes(route(ALL, "vgw-1")), INTERNET, None, "what lies behind vgw-1"),
    case("over a NAT instance", nat_instance, INTERNET, True),
    case("over a NAT instance that is not exported", nat_instance, INTERNET, None, "network-interfaces", left_out="network-interfaces"),
    case("with no NAT gateways exported", nothing, INTERNET, None, "nat-gateways", left_out="nat-gateways"),
    case("with no ACLs exported", nothing, INTERNET, None, "network-acls", left_out="network-acls"),
    case("with no groups exported", nothing, INTERNET, None, "security-groups", left_out="security-groups"),
    case("with no subnets exported", nothing, INTERNET, None, "subnets", left_out="subnets"),
    case("over a proxy in the VPC", nothing, replace(INTERNET, cidr="10.0.1.7/32", port=443), True),
    case("over a proxy that does not answer at its port", nothing, replace(INTERNET, cidr="10.0.1.7/32", port=3128), False, blocker="eni-a1"),
    case("over a proxy that is a name", nothing, replace(INTERNET, missing=frozenset({Absence("a name", "", "world")})), None, "a name"),
    # S3: all of its addresses, which the prefix list tells
    case("S3 over its gateway endpoint", s3, S3, True, endpoint="vpce-s3"),
    case("S3 over its gateway endpoint, whose entries are not exported", s3, S3, True, endpoint="vpce-s3", left_out=ENTRIES),
    case("S3 over its gateway endpoint, from a subnet without another exit", all_of(NO_EXIT, s3), S3, True, endpoint="vpce-s3"),
    case("S3 over a NAT gateway", nothing, S3, True),
    case("S3 over a NAT gateway, whose entries are not exported", nothing, S3, True, left_out=ENTRIES),
    case("S3, of which a part is denied", all_of(s3, denied("52.218.0.0/24")), S3, False, blocker="acl-a0", endpoint="vpce-s3"),
    case("S3, beside which something is denied", all_of(s3, denied("8.8.8.0/24", "52.219.0.0/16")), S3, True),
    case("S3, of which a part may be denied", all_of(s3, denied("8.8.8.0/24")), S3, None, ENTRIES, left_out=ENTRIES),
    case("S3, of which answers of a part are denied", all_of(s3, denied("3.5.64.0/24", is_egress=False)), S3, False, blocker="acl-a0"),
    case("S3, denied whole", all_of(s3, denied(*HALVES)), S3, False, blocker="acl-a0", left_out=ENTRIES),
    case("S3 by a group that names its list", all_of(s3, egress("pl-s3")), S3, True, endpoint="vpce-s3", groups=X),
    case("S3 by a group that names its list, whose entries are not exported", all_of(s3, egress("pl-s3")), S3, True, left_out=ENTRIES, groups=X),
    case("S3 by a group that names its blocks", all_of(s3, egress("52.218.0.0/16", "3.5.64.0/20")), S3, True, groups=X),
    case("S3 by a group that names some of its blocks", all_of(s3, egress("52.218.0.0/16")), S3, False, blocker="sg-a-x", groups=X),
    case("S3 by a group that may name its blocks", all_of(s3, egress("52.218.0.0/16", "3.5.64.0/20")), S3, None, ENTRIES, left_out=ENTRIES, groups=X),
    case("S3 by a group that lets out inside the VPC only", all_of(s3, egress("10.0.0.0/16")), S3, False, blocker="sg-a-x", groups=X),
    case("S3 with a static route for one of its blocks elsewhere", all_of(s3, also(route("52.218.0.0/17", "igw-a"))), S3, False, blocker="igw-a"),
    case("S3 with a wide route elsewhere that the list's longer prefixes beat", all_of(s3, also(route("52.0.0.0/8", "igw-a"))), S3, True),
    case("S3 with a wide route elsewhere, and the entries are not exported", all_of(s3, also(route("52.0.0.0/9", "igw-a"))), S3, None, ENTRIES, left_out=ENTRIES),
    case("S3 over an endpoint that failed", all_of(s3, change(VpcEndpoint, "vpce-s3", state="failed")), S3, False, blocker="vpce-s3", code="BAD_STATE"),
    case(
        "S3 over an endpoint of which a part works", all_of(s3, change(VpcEndpoint, "vpce-s3", state="partial")), S3, None,
        "whether vpce-s3, which is partial, takes packets",
    ),
    case("S3 without any exit", NO_EXIT, S3, False, blocker="rtb-a-jobs", code="NO_ROUTE_TO_DESTINATION"),
    case("S3 without any exit, and endpoints are not exported", NO_EXIT, S3, None, "vpc-endpoints", left_out="vpc-endpoints"),
    case("S3 over a NAT gateway, to which some answer ports are denied", FEW_PORTS, S3, True),
    case("S3 over a NAT gateway, to which some answer ports of S3's own addresses are denied", deny_in("subnet-a2", "52.218.0.0/17", "6", 3389, 3389), S3, True),
    case("S3 over its endpoint, from which some answer ports are denied", all_of(s3, deny_in("subnet-a0", ALL, "6", 40000, 40000)), S3, True, endpoint="vpce-s3"),
    case("S3 over a NAT gateway, to which all answer ports are denied", deny_in("subnet-a2", ALL, "6", 1024, 65535), S3, False, blocker="acl-a2"),
    case(
        "S3 over a NAT gateway, to which some answer ports are not allowed", entries_at("subnet-a2", *OUT_AND_TO_443, entry(20, False, "allow", "6", ALL, 1024, 32767), opens=False),
        S3, False, blocker="acl-a2",
    ),
    case("S3 over a NAT gateway, to which some answer ports are denied, and the way to S3", all_of(FEW_PORTS, deny_out("subnet-a0", ALL)), S3, False, blocker="acl-a0"),
    case("S3 over a NAT gateway, to which some answer ports are denied, and a part of S3", all_of(s3, NO_EXIT, also(route(ALL, "nat-a")), FEW_PORTS, deny_out("subnet-a0", "52.218.1.1/32")), S3, False, blocker="acl-a0"),
    case("S3 over a NAT gateway that is pending, to which some answer ports are denied", all_of(FEW_PORTS, change(NatGateway, "nat-a", state="pending")), S3, None, "whether nat-a, which is pending, becomes available"),
    case("S3 of another Region, over a NAT gateway", s3, replace(S3, region="us-east-1"), True),
    case("S3 of another Region, without another exit", all_of(NO_EXIT, s3), replace(S3, region="us-east-1"), False, blocker="rtb-a-jobs"),
    case(
        "S3 of another Region, of which a part may not be routed", routes(route("0.0.0.0/1", "nat-a")), replace(S3, region="us-east-1"), None,
        "which public addresses the service has",
    ),
    case("S3 of a Region that is not known", s3, replace(S3, missing=frozenset({Absence("bucket-location", "", "export")})), None, "bucket-location"),
    # Services: the name first
    case("a service over its endpoint", all_of(NO_EXIT, kms("subnet-a1")), KMS, True, endpoint="vpce-kms"),
    case(
        "a service over its endpoint, whose groups let nobody in", all_of(kms("subnet-a1", groups=("sg-a-all",))), KMS, False, blocker="vpce-kms",
        code="SG_HAS_NO_RULES", endpoint="vpce-kms",
    ),
    case(
        "a service over its endpoint, whose groups let others in", all_of(kms("subnet-a1", groups=X), with_group(x(False, "tcp", "10.9.0.0/16", 443, 443))), KMS,
        False, blocker="vpce-kms",
    ),
    case("a service over its endpoint, whose groups let the job's in", all_of(kms("subnet-a1", groups=X), with_group(x(False, "tcp", "sg-a-all", 443, 443))), KMS, True),
    case(
        "a service over its endpoint, by a group that lets out to the endpoint's", all_of(kms("subnet-a1"), with_group(x(True, "tcp", "sg-a-hosts", 443, 443))), KMS,
        True, groups=X,
    ),
    case(
        "a service over its endpoint, by a group that lets out to another's", all_of(kms("subnet-a1"), with_group(x(True, "tcp", "sg-a-router", 443, 443))), KMS,
        False, blocker="sg-a-x", groups=X,
    ),
    case("a service over an endpoint that failed, whatever else is routed", kms("subnet-a1", state="failed"), KMS, False, blocker="vpce-kms", code="BAD_STATE"),
    case("a service over an endpoint of which a part works", kms("subnet-a1", state="partial"), KMS, None, "whether vpce-kms, which is partial, takes packets"),
    case("a service over an endpoint that is pending", kms("subnet-a1", state="pending"), KMS, None, "whether vpce-kms, which is pending, takes packets"),
    case("a service over an endpoint that waits for a yes", kms("subnet-a1", state="pendingacceptance"), KMS, False, blocker="vpce-kms"),
    case("a service over an endpoint in a subnet that lets nothing in", all_of(kms("subnet-a1"), deny_in("subnet-a1", ALL)), KMS, False, blocker="acl-a1"),
    case("a service over an endpoint in the job's own subnet, whose ACL has no say", all_of(kms("subnet-a0"), deny_out("subnet-a0", "10.0.0.0/16")), KMS, True),
    case("a service over an endpoint from which some answer ports are denied", all_of(kms("subnet-a1"), deny_in("subnet-a0", ALL, "6", 40000, 40000)), KMS, True, endpoint="vpce-kms"),
    case("a service over an endpoint from which all answer ports are denied", all_of(kms("subnet-a1"), deny_in("subnet-a0", ALL, "6", 1024, 65535)), KMS, False, blocker="acl-a0"),
    case(
        "a service over an endpoint one of whose subnets lets nothing in", all_of(kms("subnet-a1", "subnet-a3"), deny_in("subnet-a1", ALL)), KMS, None,
        "which addresses vpce-kms has",
    ),
    case(
        "a service over an endpoint one of whose exported interfaces is not reached",
        all_of(kms("subnet-a1", "subnet-a3", interfaces=("eni-k1", "eni-k3")), shown("eni-k1", "subnet-a1", 9), shown("eni-k3", "subnet-a3", 9), deny_in("subnet-a1", ALL)),
        KMS, None, "which address of vpce-kms a job takes",
    ),
    case("a service over an endpoint, of whose subnet a part lets nothing in", all_of(kms("subnet-a1"), denied("10.0.1.8/29")), KMS, None, "which addresses vpce-kms has"),
    case(
        "a service over an endpoint whose exported interface is in the other part",
        all_of(kms("subnet-a1", interfaces=("eni-k1",)), shown("eni-k1", "subnet-a1", 6), denied("10.0.1.8/29")), KMS, True,
    ),
    case(
        "a service over an endpoint whose exported interface is in that part",
        all_of(kms("subnet-a1", interfaces=("eni-k1",)), shown("eni-k1", "subnet-a1", 9), denied("10.0.1.8/29")), KMS, False, blocker="acl-a0",
    ),
    case(
        "a service over an endpoint, whose interfaces are not exported", all_of(kms("subnet-a1", interfaces=("eni-k1",)), denied("10.0.1.8/29")), KMS, None,
        "network-interfaces", left_out="network-interfaces",
    ),
    case("a service over a NAT gateway", nothing, KMS, True),
    case("a service over a NAT gateway, for its endpoint has no private DNS", kms("subnet-a1", private_dns_enabled=False, groups=("sg-a-all",)), KMS, True),
    case("a service without a way", NO_EXIT, KMS, False, blocker="rtb-a-jobs"),
    case("a service without a way, for its endpoint has no private DNS", all_of(NO_EXIT, kms("subnet-a1", private_dns_enabled=False)), KMS, False, blocker="rtb-a-jobs"),
    case("a service, of whose public addresses some may not be let through", only_allowed("0.0.0.0/1", "10.0.0.0/8"), KMS, None, "which public addresses the service has"),
    case("a service over a NAT gateway, and endpoints are not exported", nothing, KMS, None, "vpc-endpoints", left_out="vpc-endpoints"),
    case("a service whose endpoint is there, and attributes are not exported", kms("subnet-a1"), KMS, True, left_out="vpc-attributes"),
    case(
        "a service whose endpoint is there, without another way, and attributes are not exported", all_of(NO_EXIT, kms("subnet-a1")), KMS, None, "vpc-attributes",
        "vpc-attributes", left_out="vpc-attributes",
    ),
    case("a service neither of whose places is reached", all_of(NO_EXIT, kms("subnet-a1", state="failed")), KMS, False, left_out="vpc-attributes"),
    case("S3's interface endpoint beside its gateway endpoint, in either setting", all_of(s3, kms("subnet-a1", service="s3")), S3, True),
    case(
        "S3's interface endpoint beside its gateway endpoint, which inside matters", all_of(s3, kms("subnet-a1", service="s3", state="failed")), S3, None,
        "PrivateDnsOnlyForInboundResolverEndpoint of vpce-kms",
    ),
    case(
        "S3's interface endpoint that answers inbound only",
        all_of(s3, kms("subnet-a1", service="s3", state="failed", private_dns_only_for_inbound_resolver_endpoint=True)), S3, True, endpoint="vpce-s3",
    ),
    case(
        "S3's interface endpoint that answers inside",
        all_of(s3, kms("subnet-a1", service="s3", state="failed", private_dns_only_for_inbound_resolver_endpoint=False)), S3, False, blocker="vpce-kms",
    ),
    # Addresses: all of them, at the port
    case("an address in the VPC", nothing, address("10.0.1.7/32:443"), True),
    case("a port at which it does not answer", nothing, address("10.0.1.7/32:5432"), False, blocker="eni-a1", code="ENI_SG_RULES_MISMATCH"),
    case("all ports of it", nothing, address("10.0.1.7/32"), False, blocker="eni-a1"),
    case("an address that nobody has yet", nothing, address("10.0.1.9/32:5432"), True),
    case("an address of which it is not known whose it is", nothing, address("10.0.1.9/32:5432"), None, "network-interfaces", left_out="network-interfaces"),
    case("a block of which one address is not reached", nothing, address("10.0.1.0/28:5432"), False, blocker="eni-a1"),
    case("a block beyond the VPC's subnets", nothing, address("10.0.9.0/24:443"), False, blocker="vpc-a", code="NO_POSSIBLE_DESTINATION"),
    case("a block of which a part is denied", denied("10.0.1.12/30"), address("10.0.1.8/29:443"), False, blocker="acl-a0"),
    case("a block of which another part is denied", denied("10.0.1.0/30"), address("10.0.1.8/29:443"), True),
    case("an address of a peer", peered, address("10.1.0.7/32:443"), True),
    case("an address of a peer, with which nothing is exported", peered, address("10.1.0.7/32:443"), None, "vpc-peering-connections", left_out="vpc-peering-connections"),
    case("an address behind a transit gateway", transit, address("10.1.0.7/32:443"), True),
    case(
        "an address behind a transit gateway, to whose attachment answers do not come", ASTRAY, address("10.1.0.7/32:443"), None,
        "whether answers come back, which rtb-b-hosts does not send to tgw-1",
    ),
    case(
        "an address behind a transit gateway, of which it is not known where it leads", ASTRAY, address("10.1.0.7/32:443"), None, "transit-gateway-attachments",
        left_out="transit-gateway-attachments",
    ),
    case("central egress that comes out in the job's zone", TWO_ZONES, INTERNET, True),
    case("the internet, where the VPC enforces encryption", change(Vpc, "vpc-a", encryption_exclusions=frozenset({"InternetGateway"})), INTERNET, None,
        "whether packets pass in vpc-a, which enforces encryption and does not exclude NatGateway"),
    case("the internet, where gateways need not encrypt", change(Vpc, "vpc-a", encryption_exclusions=frozenset({"InternetGateway", "NatGateway"})), INTERNET, True),
    case(
        "an address of a peer that enforces encryption", all_of(peered, change(Vpc, "vpc-b", encryption_exclusions=frozenset())), address("10.1.0.7/32:443"),
        None, "whether packets pass in vpc-b, which enforces encryption and does not exclude VpcPeering",
    ),
    case("an address on the internet", nothing, address("8.8.8.8/32:443"), True),
    case(
        "an address on the internet, to which a route leads that may not be installed", also(route("8.0.0.0/8", "igw-a", "filtered", "Advertisement")), address("8.8.8.8/32:443"),
        None, "whether a route in state `filtered` is installed",
    ),
    case("an address on the internet that is denied", denied("8.8.8.8/32"), address("8.8.8.8/32:443"), False, blocker="acl-a0"),
    case("an address on the internet, some of whose answer ports are denied", FEW_PORTS, address("8.8.8.8/32:443"), True),
    case("an address in the VPC, some of whose answer ports are denied", deny_in("subnet-a0", "10.0.1.0/28", "6", 40000, 40000), address("10.0.1.7/32:443"), True),
    case("a block, some of whose answer ports are denied, and an address of it", all_of(FEW_PORTS, denied("8.8.8.8/32")), address("8.8.8.0/24:443"), False, blocker="acl-a0"),
    case(
        "an address on the internet that may be S3's, whose way is another", all_of(s3, NO_EXIT, also(route("pl-s3", "vpce-s3"))), address("52.218.1.10/32:443"), None,
        ENTRIES, left_out=ENTRIES,
    ),
    case(
        "an address on the internet that may be S3's, whose endpoint failed", all_of(s3, change(VpcEndpoint, "vpce-s3", state="failed")), address("8.8.8.8/32:443"),
        None, ENTRIES, left_out=ENTRIES,
    ),
    case("an address on the internet that S3's list does not hold", all_of(s3, change(VpcEndpoint, "vpce-s3", state="failed")), address("8.8.8.8/32:443"), True),
    case("an address of S3's, reached over its endpoint alone", all_of(s3, NO_EXIT, also(route("pl-s3", "vpce-s3"))), address("52.218.1.10/32:443"), True),
    case("an address of S3's, whose endpoint failed", all_of(s3, change(VpcEndpoint, "vpce-s3", state="failed")), address("52.218.1.10/32:443"), False, blocker="vpce-s3"),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_a_need_is_reached_or_not(case: Case) -> None:
    found = reach(network_of(case.change, case.left_out), "subnet-a0", case.groups, case.need).answer
    assert case.value is found.value
    assert case.missing == {absence.kind for absence in found.missing}
    assert case.names == {name: found.names.get(name) for name in case.names}


# Law 2


def less(facts: Facts, dice: Dice, deep: bool) -> Iterator[tuple[str, Facts]]:
    """The same facts without a kind, and with one field of one of them unknown; deep: without each kind, and with many fields."""
    kinds = sorted({export.kind for export in facts.exports if BY_NAME[export.kind].meaning != "assumed"})
    for kind in kinds if deep else (dice.pick(kinds),):
        yield f"without {kind}", Facts.of(export for export in facts.exports if export.kind != kind)
    for _ in range(40 if deep else 1):
        chosen = dice.pick([export for export in facts.exports if export.facts])
        at = int(dice.pick(range(len(chosen.facts))))
        what, fact = blurred(chosen.facts[at], dice)
        changed = replace(chosen, facts=(*chosen.facts[:at], fact, *chosen.facts[at + 1:]))
        yield what, Facts.of(changed if export is chosen else export for export in facts.exports)


def test_less_knowledge_gives_no_other_answer(deep: bool) -> None:
    became: Counter[bool | None] = Counter()
    for case in CASES:
        before = network_of(case.change, case.left_out)
        was = reach(before, "subnet-a0", case.groups, case.need).answer.value
        for what, facts in less(before.facts, Dice(Random(case.says)), deep):
            is_now = reach(Network(facts), "subnet-a0", case.groups, case.need).answer.value
            assert is_now in (was, None), f"{case.says}, {what}: was {was} and is {is_now}"
            became[was] += is_now is not was
    assert became[True] > 10 and became[False] > 10


def test_what_is_lost_beside_the_internet_is_told_though_it_is_reached() -> None:
    found = reach(network_of(denied("8.8.8.0/24")), "subnet-a0", ("sg-a-all",), INTERNET)
    assert {"8.8.8.0/24"} == {span for loss in found.losses for span in [f"8.8.8.0/{33 - loss.packets.destinations.size.bit_length()}"]}
    assert [True, ["SUBNET_ACL_RESTRICTION"]] == [found.answer.value, [loss.check.code for loss in found.losses]]


def test_only_losses_that_count_are_told_where_the_internet_is_not_reached() -> None:
    entries = entry(10, True, "deny", "6", "8.8.8.0/24", 0, 65535), entry(20, True, "allow", "-1", "0.0.0.0/1"), entry(90, False, "allow", "-1", ALL)
    change = entries_at("subnet-a0", *entries, opens=False)
    found = reach(network_of(all_of(change, denied("9.9.9.0/24", at="subnet-a2"))), "subnet-a0", ("sg-a-all",), INTERNET)
    assert ["acl-a0"] == [loss.component.id for loss in found.losses]
    assert ("acl-a0",) == found.answer.names["blocker"]


def test_all_losses_are_told_where_nothing_gets_through() -> None:
    everything = all_of(denied(*HALVES), change(NatGateway, "nat-a", state="failed"), change(InternetGateway, "igw-a", attachments={}))
    found = reach(network_of(everything), "subnet-a0", ("sg-a-all",), INTERNET)
    assert ("acl-a0", "nat-a", "igw-a") == found.answer.names["blocker"]
    assert ("SUBNET_ACL_RESTRICTION", "BAD_STATE", "BAD_STATE_ATTACHMENT") == found.answer.names["code"]
    assert [code in line for code, line in zip(found.answer.names["code"], found.answer.because)] == [True] * 3


def test_a_need_that_is_reached_tells_where_it_ends() -> None:
    network = network_of(all_of(s3, kms("subnet-a1")))
    assert [{("vpc-endpoint", "vpce-s3")}, {("vpc-endpoint", "vpce-kms")}, {("internet", "internet")}] == [
        set(reach(network, "subnet-a0", ("sg-a-all",), need).ends) for need in (S3, KMS, INTERNET)
    ]


def test_the_order_and_number_of_groups_do_not_matter() -> None:
    network = network_of(with_group(x(False, "-1", ALL)))
    assert reach(network, "subnet-a0", ("sg-a-x", "sg-a-all", "sg-a-x"), INTERNET) is reach(network, "subnet-a0", ("sg-a-all", "sg-a-x"), INTERNET)


def test_without_groups_the_way_starts_behind_them() -> None:
    network = network_of(with_group())
    assert [False, True] == [reach(network, "subnet-a0", groups, INTERNET).answer.value for groups in (X, ())]


def test_needs_of_another_port_are_other_needs() -> None:
    network = network_of(nothing)
    assert [True, False] == [reach(network, "subnet-a0", ("sg-a-all",), address(f"10.0.1.7/32:{port}")).answer.value for port in (443, 80)]


def test_a_service_has_an_endpoint_in_each_region_that_it_is_asked_for() -> None:
    network = network_of(all_of(NO_EXIT, kms("subnet-a1")))
    assert [True, True, False] == [service(network, "subnet-a0", ("sg-a-all",), "kms", region).answer.value for region in (None, worlds.REGION, "us-east-1")]


def test_a_subnet_that_is_not_exported_is_missing() -> None:
    with pytest.raises(Missing):
        service(network_of(nothing), "subnet-x", (), "kms", None)


@pytest.mark.parametrize(("protocol", "arrives"), [(TCP, False), (UDP, True), (ICMP, True)])
def test_addresses_are_asked_for_with_a_kind_of_packets(protocol: Intervals, arrives: bool) -> None:
    network, kind = network_of(denied("10.0.1.0/28", ports=(53, 53))), Traffic.of(protocol, ports=Intervals.of((53, 53)))
    found = to_addresses(network, "subnet-a0", ("sg-a-all",), parse_cidr("10.0.1.9"), kind)
    assert arrives is found.answer.value


# Peers


@pytest.mark.parametrize(
    ("change", "lost"),
    [
        (nothing, []), (denied("10.0.1.0/28"), ["acl-a0"]), (denied("10.0.1.0/28", is_egress=False), ["acl-a0"]),
        (denied("10.0.0.0/26", at="subnet-a1", is_egress=False), ["acl-a1"]),
        (denied("10.0.0.0/26", at="subnet-a1"), ["acl-a1"]), (denied("10.0.2.0/28"), []),
    ],
    ids=["nothing", "out", "answers in", "in", "answers out", "elsewhere"],
)
def test_between_two_subnets_each_acl_has_its_say_both_ways(change: Change, lost: list[str]) -> None:
    network = network_of(change)
    walk = network.walk(Place("subnet", "subnet-a0", Context(goal="peers")), Traffic.of(TCP, parse_cidr("10.0.0.8"), parse_cidr("10.0.1.8"), Intervals.of((2000, 2000))))
    assert lost == [loss.component.id for loss in walk.losses()]
    assert [("peer", "subnet-a1")] == [(place.kind, place.id) for place, _ in walk.ends()]


def test_inside_one_subnet_no_acl_stands_between_peers() -> None:
    network = network_of(entries_at("subnet-a0", opens=False))
    packets = Traffic.of(TCP, parse_cidr("10.0.0.8"), parse_cidr("10.0.0.9"))
    assert packets == network.walk(Place("subnet", "subnet-a0", Context(goal="peers")), packets).arrives.certain


# Hubs


HUB = all_of(routes(route("10.0.0.0/8", "tgw-1")))
ZONE, OTHER_ZONE = HostedZone("Z1/vpc-a", HERE, "vpc-a", "kms.eu-west-1.amazonaws.com"), HostedZone("Z2/vpc-a", HERE, "vpc-a", "corp")


@pytest.mark.parametrize(
    ("change", "zones", "value"),
    [
        (nothing, (), False), (HUB, (), True), (HUB, (OTHER_ZONE,), True), (nothing, (ZONE,), True), (routes(route("10.0.0.0/8", "tgw-1", "blackhole")), (), False),
        *((routes(route("10.0.0.0/8", target)), (), True) for target in ("pcx-1", "vgw-1", "eni-a1", "arn:aws:networkmanager::1:core-network/core-network-1")),
        *((routes(route("10.0.0.0/8", target)), (), False) for target in ("nat-a", "igw-a", "vpce-1", "lgw-1")),
    ],
)
def test_a_name_may_lead_to_a_hub_to_which_a_route_leads(change: Change, zones: tuple[HostedZone, ...], value: bool) -> None:
    assert value is may_lead_to_a_hub(network_of(change, zones=zones), "subnet-a0", "kms").value


def test_with_names_exported_no_hub_is_left_to_chance() -> None:
    exports = [Export(kind, HERE, worlds.SCOPE, ()) for kind in ("hosted-zones", "profile-associations", "resolver-rule-associations")]
    facts = network_of(HUB).facts.exports
    assert [True, True, False] == [may_lead_to_a_hub(Network(Facts.of([*facts, *exports[:count]])), "subnet-a0", "kms").value for count in (0, 2, 3)]


def test_without_the_table_it_is_not_known_whether_there_is_a_hub() -> None:
    with pytest.raises(Missing):
        may_lead_to_a_hub(network_of(HUB, frozenset({"route-tables"})), "subnet-a0", "kms")
