"""The simulator itself: worlds built by hand, with what becomes of a packet reasoned by hand from the AWS facts, and how varied the random worlds are."""

import ast
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
import simulator
import worlds
from simulator import ESP, ICMP, TCP, UDP, Outcome, Packet, send
from worlds import ALL, Dice, Draft, acl, endpoint, entry, group, hosts, interface, nat, peering_with_b, regional_nat, route, rule, subnet, table, transit_route

from sagevpc_lint.model.nouns import (
    Instance, InternetGateway, NatGateway, NetworkAclEntry, NetworkInterface, Route, RouteTable, SecurityGroup, SecurityGroupRule, Subnet, TransitGatewayAttachment,
    TransitGatewayRoutes, TransitGatewayVpcAttachment, Vpc, VpcEndpoint, VpcPeeringConnection,
)
from sagevpc_lint.source import Source

NOWHERE = Source("", 0, "")
ECHO, TIMESTAMP, UNREACHABLE = 8 * 256, 13 * 256, 3 * 256 + 4
Change = Callable[[Draft], object]
ARRIVES = ("arrives", "", "", "")


class Case(NamedTuple):
    """What becomes of a packet from 10.0.0.8 in subnet-a0 after a change of the house. *facts*: what it rests on."""

    says: str
    facts: str
    expected: tuple[str, str, str, str]
    change: Change
    to: str = "8.8.8.8"
    port: int = 443
    protocol: int = TCP
    groups: tuple[str, ...] = ("sg-a-all",)


def lost(code: str, component: str, step: str = "") -> tuple[str, str, str, str]:
    """A packet is lost with this code at this component."""
    return "lost", code, component, step


def unknown(code: str, component: str) -> tuple[str, str, str, str]:
    """It is unknown what becomes of a packet, for this reason at this component."""
    return "unknown", code, component, ""


def house() -> Draft:
    """A sound VPC: two subnets for jobs, one with a NAT gateway, one with nothing; everything is let through, and a host stands in the second subnet."""
    draft = Draft(Dice(Random(0)), False)
    draft.add(Vpc("vpc-a", NOWHERE, worlds.OWNER, "available", "default", ("10.0.0.0/16",), (), "dopt-1", False, {}))
    for id, block, zone in (("a0", "10.0.0.0/26", 1), ("a1", "10.0.1.0/28", 2), ("a2", "10.0.2.0/28", 2), ("a3", "10.0.3.0/27", 1)):
        subnet(draft, f"subnet-{id}", block, f"euw1-az{zone}")
    draft.add(InternetGateway("igw-a", NOWHERE, worlds.OWNER, {"vpc-a": "available"}, {}))
    nat(draft, "nat-a", "subnet-a2")
    table(draft, "rtb-a-jobs", ("subnet-a0",), [route(ALL, "nat-a")], is_main=True)
    table(draft, "rtb-a-gateways", ("subnet-a2", "subnet-a3"), [route(ALL, "igw-a")])
    acl(draft, "acl-a-default", (), [entry(100, is_egress, "allow", "-1", ALL) for is_egress in (False, True)], is_default=True)
    group(draft, "sg-a-all", rule("sg-a-all", True, "-1", ALL))
    group(draft, "sg-a-router", rule("sg-a-router", True, "-1", ALL), rule("sg-a-router", False, "-1", "10.0.0.0/8"))
    group(draft, "sg-a-hosts", rule("sg-a-hosts", True, "-1", ALL), rule("sg-a-hosts", False, "tcp", "10.0.0.0/16", 443, 443))
    interface(draft, "eni-a1", "subnet-a1", 7, ("sg-a-hosts",))
    return draft


def result(change: Change, packet: Packet, groups: tuple[str, ...] = ("sg-a-all",), subnet_id: str = "subnet-a0") -> Outcome:
    """Send a packet in the changed house."""
    draft = house()
    change(draft)
    return send(worlds.finished(draft), subnet_id, groups, packet)


# Changes of the house


def nothing(_: Draft) -> None:
    """Leave the house as it is."""


def all_of(*changes: Change) -> Change:
    """Make several changes."""
    return lambda draft: [change(draft) for change in changes]


def with_group(*rules: SecurityGroupRule) -> Change:
    """Add a group with these rules."""
    return lambda draft: group(draft, "sg-a-x", *rules)


def admitting(*rules: SecurityGroupRule) -> Change:
    """Let the host's group have these rules only."""
    return lambda draft: draft.change(SecurityGroup, "sg-a-hosts", rules=rules)


def x(is_egress: bool, protocol: str, peer: str, first: int | None = None, last: int | None = None) -> SecurityGroupRule:
    """Make a rule of the added group."""
    return rule("sg-a-x", is_egress, protocol, peer, first, last)


def entries_at(subnet_id: str, *entries: NetworkAclEntry, opens: bool = True) -> Change:
    """Give a subnet an ACL with these entries, before those that allow everything."""
    rest = [entry(100, is_egress, "allow", "-1", ALL) for is_egress in (False, True)] if opens else []
    return lambda draft: acl(draft, f"acl-{subnet_id[7:]}", (subnet_id,), [*entries, *rest])


def deny_out(subnet_id: str, block: str, protocol: str = "6", first: int | None = 0, last: int | None = 65535) -> Change:
    """Let a subnet's ACL deny something on the way out."""
    return entries_at(subnet_id, entry(10, True, "deny", protocol, block, first, last))


def deny_in(subnet_id: str, block: str, protocol: str = "6", first: int | None = 0, last: int | None = 65535) -> Change:
    """Let a subnet's ACL deny something on the way in."""
    return entries_at(subnet_id, entry(10, False, "deny", protocol, block, first, last))


def routes(*added: Route, of: str = "rtb-a-jobs") -> Change:
    """Give a table other routes, beside its local one."""
    return lambda draft: draft.change(RouteTable, of, routes=(draft.get(RouteTable, of).routes[0], *added))


def also(*added: Route, of: str = "rtb-a-jobs") -> Change:
    """Give a table more routes."""
    return lambda draft: draft.change(RouteTable, of, routes=(*draft.get(RouteTable, of).routes, *added))


def change(noun: type, id: str, **values: object) -> Change:
    """Give a noun other values."""
    return lambda draft: draft.change(noun, id, **values)


def regional(*zones: str, expands: bool = False, mode: str = "off") -> Change:
    """Let a regional NAT gateway take the place of the zonal one."""
    def make(draft: Draft) -> None:
        regional_nat(draft, "nat-r", zones, expands=expands, routes=[route(ALL, "igw-a")])
        routes(route(ALL, "nat-r"))(draft)
        draft.change(Vpc, "vpc-a", block_public_access=mode)

    return make


def s3(draft: Draft) -> None:
    """Add an S3 gateway endpoint and its route."""
    endpoint(draft, "vpce-s3", "Gateway", "s3")
    also(route("pl-s3", "vpce-s3"))(draft)


def firewall(draft: Draft) -> None:
    """Let a firewall endpoint in subnet-a3 stand before the NAT gateway and subnet-a1, on both ways."""
    endpoint(draft, "vpce-fw", "GatewayLoadBalancer", "", ("subnet-a3",))
    table(draft, "rtb-a-between", ("subnet-a3",), [route(ALL, "nat-a")])
    draft.change(RouteTable, "rtb-a-gateways", subnet_ids=frozenset({"subnet-a2"}))
    also(route("10.0.0.0/26", "vpce-fw"), of="rtb-a-gateways")(draft)
    routes(route(ALL, "vpce-fw"), route("10.0.1.0/28", "vpce-fw"), route("10.0.0.0/26", "vpce-fw"))(draft)


def guarded(draft: Draft) -> None:
    """Let a firewall endpoint in subnet-a3 stand between the NAT gateway and the internet, on both ways."""
    endpoint(draft, "vpce-fw", "GatewayLoadBalancer", "", ("subnet-a3",))
    table(draft, "rtb-a-between", ("subnet-a3",), [route(ALL, "igw-a")])
    draft.change(RouteTable, "rtb-a-gateways", subnet_ids=frozenset({"subnet-a2"}))
    routes(route(ALL, "vpce-fw"), of="rtb-a-gateways")(draft)
    edge(route("10.0.2.0/28", "vpce-fw"))(draft)


def edge(*added: Route) -> Change:
    """Let a table route what comes in through the internet gateway, or another one than before."""
    def make(draft: Draft) -> None:
        table(draft, "rtb-a-edge", (), added)
        draft.change(RouteTable, "rtb-a-edge", gateway_ids=frozenset({"igw-a"}))

    return make


def nat_instance(draft: Draft) -> None:
    """Let a NAT instance in subnet-a2 take the place of the NAT gateway."""
    interface(draft, "eni-nat", "subnet-a2", 6, ("sg-a-router",), public_ip="52.30.0.2", checks=False)
    routes(route(ALL, "eni-nat"))(draft)


def router(draft: Draft) -> None:
    """Let an interface without a public address forward everything, also what is for subnet-a1."""
    interface(draft, "eni-router", "subnet-a3", 6, ("sg-a-router",), checks=False)
    table(draft, "rtb-a-between", ("subnet-a3",), [route(ALL, "nat-a")])
    draft.change(RouteTable, "rtb-a-gateways", subnet_ids=frozenset({"subnet-a2"}))
    routes(route(ALL, "eni-router"), route("10.0.1.0/28", "eni-router"))(draft)


def peered(draft: Draft) -> None:
    """Add a peered VPC with a host at 10.1.0.7, which admits TCP 443 from VPC A."""
    peering_with_b(draft)
    for each in ("subnet-b0", "subnet-b1", "subnet-b2"):
        draft.change(Subnet, each, availability_zone="eu-west-1a", availability_zone_id="euw1-az1")
    acl(draft, "acl-b-default", (), [entry(100, is_egress, "allow", "-1", ALL) for is_egress in (False, True)], is_default=True)
    hosts(draft, "b", ("subnet-b0",), "pcx-b")
    draft.change(SecurityGroup, "sg-b-hosts", rules=(rule("sg-b-hosts", False, "tcp", "10.0.0.0/16", 443, 443),))
    also(route("10.1.0.0/16", "pcx-b"))(draft)


def without_vpc_b(draft: Draft) -> None:
    """Leave VPC B out, as if its owner had not exported it."""
    for key, noun in list(draft.nouns.items()):
        if key == (Vpc, "vpc-b") or getattr(noun, "vpc_id", "") == "vpc-b":
            del draft.nouns[key]


def transit(draft: Draft) -> None:
    """Add a VPC behind a transit gateway, over which everything goes: its NAT gateway leads to the internet, and a host stands at 10.1.0.7."""
    peered(draft)
    del draft.nouns[VpcPeeringConnection, "pcx-b"]
    for name, subnet_id in (("a", "subnet-a3"), ("b", "subnet-b2")):
        draft.add(TransitGatewayVpcAttachment(f"tgw-attach-{name}", NOWHERE, "tgw-1", f"vpc-{name}", worlds.OWNER, "available", (subnet_id,), {}))
        draft.add(TransitGatewayAttachment(f"tgw-attach-{name}", NOWHERE, worlds.OWNER, "tgw-1", "vpc", f"vpc-{name}", "available", f"tgw-rtb-{name}", "associated", {}))
        there = "b" if name == "a" else "a"
        draft.add(TransitGatewayRoutes(f"tgw-rtb-{name}", NOWHERE, (transit_route(ALL, f"tgw-attach-{there}"), transit_route("10.77.0.0/16", "tgw-attach-gone"))))
        draft.add(TransitGatewayAttachment("tgw-attach-vpn", NOWHERE, worlds.OWNER, "tgw-1", "vpn", "vpn-1", "available", None, None, {}))
    routes(route(ALL, "tgw-1"))(draft)
    for id, default in (("rtb-b-hosts", "nat-b"), ("rtb-b-gateways", "igw-b"), ("rtb-b-arrivals", "nat-b")):
        routes(route(ALL, default), route("10.0.0.0/16", "tgw-1"), of=id)(draft)


def inspected(draft: Draft) -> None:
    """Let a firewall endpoint in subnet-a2 stand between the job and the transit gateway, on both ways."""
    transit(draft)
    endpoint(draft, "vpce-fw", "GatewayLoadBalancer", "", ("subnet-a2",))
    in_zone(1, "subnet-a2")(draft)
    table(draft, "rtb-a-between", ("subnet-a2",), [route(ALL, "tgw-1")])
    draft.change(RouteTable, "rtb-a-gateways", subnet_ids=frozenset({"subnet-a3"}))
    also(route("10.0.0.0/26", "vpce-fw"), of="rtb-a-gateways")(draft)
    routes(route(ALL, "vpce-fw"))(draft)


def beyond(draft: Draft) -> None:
    """Peer VPC B, behind the transit gateway, with a third VPC."""
    transit(draft)
    draft.add(Vpc("vpc-c", NOWHERE, worlds.OWNER, "available", "default", ("10.2.0.0/16",), (), "dopt-1", False, {}))
    subnet(draft, "subnet-c0", "10.2.0.0/26", "euw1-az1")
    draft.add(VpcPeeringConnection("pcx-c", NOWHERE, "active", {"vpc-b": ("10.1.0.0/16",), "vpc-c": ("10.2.0.0/16",)}, {}))
    table(draft, "rtb-c-hosts", (), [], is_main=True)
    acl(draft, "acl-c-default", (), [entry(100, is_egress, "allow", "-1", ALL) for is_egress in (False, True)], is_default=True)
    for id in ("rtb-b-arrivals", "rtb-b-gateways"):
        also(route("10.2.0.0/16", "pcx-c"), of=id)(draft)


def in_zone(number: int, *subnet_ids: str) -> Change:
    """Put subnets into another zone."""
    return all_of(*(change(Subnet, id, availability_zone=f"eu-west-1{'abc'[number - 1]}", availability_zone_id=f"euw1-az{number}") for id in subnet_ids))


def attached(vpc: str, *subnet_ids: str) -> Change:
    """Attach a VPC in other subnets."""
    return change(TransitGatewayVpcAttachment, f"tgw-attach-{vpc}", subnet_ids=subnet_ids)


def by_private_nat(target: str) -> Change:
    """Let a private NAT gateway in subnet-a3 send what the job sends to VPC B."""
    return all_of(
        change(NatGateway, "nat-a", connectivity_type="private", public_ips=(), subnet_id="subnet-a3", private_ips=("10.0.3.5",)),
        routes(route(ALL, "nat-a")), routes(route(ALL, target), of="rtb-a-gateways"),
    )


def after(first: Change) -> Callable[..., Change]:
    """Make further changes after the first one."""
    return lambda *others: all_of(first, *others)


BEHIND_FIREWALL, GUARDED, BY_INSTANCE, BY_ROUTER = after(firewall), after(guarded), after(nat_instance), after(router)
PEERED, TRANSIT, INSPECTED, BEYOND = after(peered), after(transit), after(inspected), after(beyond)
BOTH_ZONES = all_of(attached("b", "subnet-b1", "subnet-b2"), in_zone(2, "subnet-b0", "subnet-b1"))  # the host and the NAT gateway of VPC B are in another zone than the job
NO_CIDR_ROUTE = routes()


# Cases

OF_GROUPS = (
    Case("a sound way arrives", "F7.7", ARRIVES, nothing),
    Case("groups without any rule let nothing out", "F4.8", lost("SG_HAS_NO_RULES", "sg-a-x"), with_group(), groups=("sg-a-x",)),
    Case("groups without egress rules let nothing out", "F4.8", lost("SG_HAS_NO_RULES", "sg-a-x"), with_group(x(False, "-1", ALL)), groups=("sg-a-x",)),
    Case("no rule fits another port", "F4.12", lost("ENI_SG_RULES_MISMATCH", "sg-a-x"), with_group(x(True, "tcp", ALL, 80, 442)), groups=("sg-a-x",)),
    Case("the rules of all groups are united", "F4.8", ARRIVES, with_group(x(True, "tcp", ALL, 80, 80)), groups=("sg-a-x", "sg-a-all")),
    Case("a protocol's number is its name", "F4.12", ARRIVES, with_group(x(True, "6", ALL, 443, 443)), groups=("sg-a-x",)),
    Case("absent ports of TCP are all ports", "F4.12", ARRIVES, with_group(x(True, "tcp", ALL, -1, -1)), groups=("sg-a-x",)),
    Case("a protocol without ports ignores them", "F4.12", ARRIVES, with_group(x(True, "50", ALL, 1, 2)), groups=("sg-a-x",), protocol=ESP, port=0, to="10.0.1.9"),
    Case("ICMP's ports are type and code", "F4.13", ARRIVES, with_group(x(True, "icmp", ALL, 8, -1)), groups=("sg-a-x",), protocol=ICMP, port=ECHO),
    Case(
        "ICMP's ports are no range", "F4.13", lost("ENI_SG_RULES_MISMATCH", "sg-a-x"),
        with_group(x(True, "icmp", ALL, 0, 8)), groups=("sg-a-x",), protocol=ICMP, port=5 * 256,
    ),
    Case("an IPv6 rule fits no IPv4 packet", "F4.8", lost("ENI_SG_RULES_MISMATCH", "sg-a-x"), with_group(x(True, "-1", "::/0")), groups=("sg-a-x",)),
    Case("a prefix list admits its entries", "F4.18", ARRIVES, with_group(x(True, "tcp", "pl-s3", 443, 443)), groups=("sg-a-x",), to="3.5.64.9"),
    Case("a prefix list admits nothing else", "F4.18", lost("ENI_SG_RULES_MISMATCH", "sg-a-x"), with_group(x(True, "tcp", "pl-s3", 443, 443)), groups=("sg-a-x",)),
    Case("a reference admits interfaces that bear the group", "F4.10", ARRIVES, with_group(x(True, "-1", "sg-a-hosts")), groups=("sg-a-x",), to="10.0.1.7"),
    Case(
        "a reference admits no other address", "F4.10", lost("ENI_SG_RULES_MISMATCH", "sg-a-x"),
        with_group(x(True, "-1", "sg-a-hosts")), groups=("sg-a-x",), to="10.0.1.8",
    ),
)
OF_ACLS = (
    Case("a narrow deny stands before the wide allow", "F5.1, F5.9", lost("SUBNET_ACL_RESTRICTION", "acl-a0", "1"), deny_out("subnet-a0", "8.8.8.8/32")),
    Case("a deny takes nothing else", "F5.9", ARRIVES, deny_out("subnet-a0", "8.8.8.8/32"), to="8.8.8.9"),
    Case("an allow before the deny decides", "F5.1", ARRIVES, entries_at("subnet-a0", entry(5, True, "allow", "6", ALL, 443, 443), entry(10, True, "deny", "-1", ALL))),
    Case("what no entry fits is denied", "F5.1", lost("SUBNET_ACL_RESTRICTION", "acl-a0", "1"), entries_at("subnet-a0", entry(9, False, "allow", "-1", ALL), opens=False)),
    Case("nothing is filtered inside one subnet", "F5.5", ARRIVES, all_of(deny_out("subnet-a0", ALL, "-1"), NO_CIDR_ROUTE), to="10.0.0.9"),
    Case(
        "protocol 58 with an IPv4 block is ICMP", "F5.3", lost("SUBNET_ACL_RESTRICTION", "acl-a0", "1"),
        deny_out("subnet-a0", ALL, "58", None, None), protocol=ICMP, port=ECHO,
    ),
    Case(
        "ports of other protocols are ignored", "F5.2", lost("SUBNET_ACL_RESTRICTION", "acl-a1"),
        deny_in("subnet-a1", ALL, "50", 1, 2), to="10.0.1.9", protocol=ESP, port=0,
    ),
    Case("an IPv6 entry fits no IPv4 packet", "F5.2", ARRIVES, deny_out("subnet-a0", "::/0", "-1")),
    Case("an ICMP entry names type and code", "F5.2", ARRIVES, entries_at("subnet-a0", entry(10, True, "deny", "1", ALL, 3, 4)), protocol=ICMP, port=ECHO),
    Case(
        "step 2 is the NAT gateway's subnet, from the job", "F7.7", lost("SUBNET_ACL_RESTRICTION", "acl-a2", "2"),
        deny_in("subnet-a2", "10.0.0.0/26", first=443, last=443),
    ),
    Case(
        "step 3 is the NAT gateway's subnet, to the internet", "F7.7", lost("SUBNET_ACL_RESTRICTION", "acl-a2", "3"),
        deny_out("subnet-a2", "8.0.0.0/8", first=443, last=443),
    ),
    Case("step 4 is the answer to the NAT gateway", "F7.7, F5.8", lost("SUBNET_ACL_RESTRICTION", "acl-a2", "4"), deny_in("subnet-a2", "8.8.8.0/24", first=1024, last=1024)),
    Case("step 5 is the answer to the job", "F7.7, F7.8", lost("SUBNET_ACL_RESTRICTION", "acl-a2", "5"), deny_out("subnet-a2", "10.0.0.8/32", first=60999, last=60999)),
    Case("step 6 is the answer from the internet host", "F7.7", lost("SUBNET_ACL_RESTRICTION", "acl-a0", "6"), deny_in("subnet-a0", "8.8.8.8/32", first=32768, last=32768)),
    Case("step 6 knows nothing of the NAT gateway's address", "F7.7, F7.8", ARRIVES, deny_in("subnet-a0", "10.0.2.0/28")),
    Case(
        "answers to a NAT gateway use every port from 1024", "F5.8, F7.6", lost("SUBNET_ACL_RESTRICTION", "acl-a2", "4"),
        deny_in("subnet-a2", "8.8.8.0/24", first=65535, last=65535),
    ),
    Case("answers to a NAT gateway use no port below", "F5.8, F7.6", ARRIVES, deny_in("subnet-a2", "8.8.8.0/24", first=0, last=1023)),
    Case(
        "answers to a job use Linux' ports only", "F5.8", ARRIVES,
        entries_at("subnet-a0", entry(1, False, "deny", "6", ALL, 0, 32767), entry(2, False, "deny", "6", ALL, 61000, 65535)),
    ),
    Case(
        "the answer to an echo request is an echo reply", "RFC 792", lost("SUBNET_ACL_RESTRICTION", "acl-a0", "6"),
        entries_at("subnet-a0", entry(5, False, "deny", "1", ALL, 0, 0)), protocol=ICMP, port=ECHO,
    ),
    Case("an echo reply is nothing else", "RFC 792", ARRIVES, entries_at("subnet-a0", entry(5, False, "deny", "1", ALL, 3, 4)), protocol=ICMP, port=ECHO),
    Case("no answer is needed to other ICMP", "RFC 792", ARRIVES, deny_in("subnet-a0", ALL, "1", -1, -1), protocol=ICMP, port=UNREACHABLE),
    Case(
        "answers of UDP pass no TCP entry", "F5.2", lost("SUBNET_ACL_RESTRICTION", "acl-a0", "6"),
        entries_at("subnet-a0", entry(1, True, "allow", "-1", ALL), entry(2, False, "allow", "6", ALL, 0, 65535), opens=False), protocol=UDP,
    ),
    Case(
        "the answer nearest to the far end is lost first", "F7.7", lost("SUBNET_ACL_RESTRICTION", "acl-a2", "4"),
        all_of(deny_in("subnet-a0", "8.8.8.8/32"), deny_in("subnet-a2", "8.8.8.8/32")),
    ),
    Case("the ACL of the destination's subnet filters, too", "F5.11", lost("SUBNET_ACL_RESTRICTION", "acl-a1"), deny_in("subnet-a1", "10.0.0.0/26"), to="10.0.1.7"),
    Case(
        "groups come before ACLs", "F4.8", lost("ENI_SG_RULES_MISMATCH", "sg-a-x"),
        all_of(with_group(x(True, "udp", ALL, 1, 2)), deny_out("subnet-a0", ALL)), groups=("sg-a-x",),
    ),
    Case("ACLs come before routes", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a0"), all_of(deny_out("subnet-a0", ALL), NO_CIDR_ROUTE)),
)
OF_ROUTES = (
    Case("a table without a fitting route loses", "F6.1", lost("NO_ROUTE_TO_DESTINATION", "rtb-a-jobs"), routes(route("9.0.0.0/8", "nat-a"))),
    Case("an IPv6 route takes no IPv4 packet", "F6.2", lost("NO_ROUTE_TO_DESTINATION", "rtb-a-jobs"), routes(route("::/0", "nat-a"))),
    Case("two halves are the whole", "F6.2", ARRIVES, routes(route("0.0.0.0/1", "nat-a"), route("128.0.0.0/1", "nat-a"))),
    Case(
        "the longest prefix wins", "F6.2", lost("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "igw-a"),
        also(route("8.8.0.0/16", "vgw-1", origin="Advertisement"), route("8.8.8.0/24", "igw-a")),
    ),
    Case("a static route wins over a propagated one", "F6.2", ARRIVES, also(route(ALL, "vgw-1", origin="EnableVgwRoutePropagation"))),
    Case("a prefix list's route wins over a propagated one", "F6.2", ARRIVES, all_of(s3, also(route("3.5.64.0/21", "vgw-1", origin="Advertisement"))), to="3.5.64.9"),
    Case("a static route wins over a prefix list's", "F6.3", unknown("UNSUPPORTED_COMPONENT", "vgw-1"), all_of(s3, also(route("3.5.64.0/21", "vgw-1"))), to="3.5.64.9"),
    Case("a prefix list's entry has its own length", "F6.3", ARRIVES, all_of(s3, also(route("3.5.64.0/20", "vgw-1"))), to="3.5.64.9"),
    Case("a blackhole drops", "F6.6", lost("BAD_STATE_ROUTE", "rtb-a-jobs"), routes(route(ALL, "", "blackhole"))),
    Case("a blackhole before a wider active route is more specific", "F6.6", lost("MORE_SPECIFIC_ROUTE", "rtb-a-jobs"), also(route("8.8.8.8/32", "", "blackhole"))),
    Case("two blackholes are no active route", "F6.6", lost("BAD_STATE_ROUTE", "rtb-a-jobs"), routes(route(ALL, "", "blackhole"), route("8.8.8.8/32", "", "blackhole"))),
    Case("some link-local addresses are never routed", "F6.7", lost("NO_ROUTE_TO_DESTINATION", "rtb-a-jobs"), nothing, to="169.254.168.9"),
    Case("a filtered route may be installed", "section 16", unknown("UNSUPPORTED_COMPONENT", "vgw-1"), also(route("8.8.8.8/32", "vgw-1", "filtered"))),
    Case("a filtered route changes nothing where both ways are the same", "section 16", ARRIVES, also(route("8.8.8.8/32", "nat-a", "filtered"))),
    Case("a packet that is lost on both ways is lost", "section 16", lost("NO_ROUTE_TO_DESTINATION", "rtb-a-jobs"), routes(route(ALL, "igw-a", "filtered"))),
    Case("a packet that is lost on one way only may be lost", "section 16", unknown("", ""), also(route("8.8.8.8/32", "igw-a", "filtered"))),
    Case(
        "which of two prefix lists is taken is not said", "F6.2", unknown("", ""),
        also(route("pl-corp", "nat-a"), route("pl-partners", "igw-a")), to="193.99.144.80",
    ),
    Case(
        "it does not matter where both lead to the same", "F6.2", lost("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "igw-a"),
        also(route("pl-corp", "igw-a"), route("pl-partners", "igw-a")), to="193.99.144.80",
    ),
    Case("the longer entry of two prefix lists wins", "F6.3", ARRIVES, also(route("pl-corp", "igw-a"), route("pl-partners", "nat-a")), to="193.99.144.130"),
    Case("what stays in the subnet is not routed", "F5.5", ARRIVES, also(route("10.0.0.0/26", "igw-a")), to="10.0.0.9"),
    Case(
        "a virtual private gateway's propagated route takes nothing that is local", "route-tables-priority", ARRIVES,
        also(route("10.0.1.0/28", "vgw-1", origin="EnableVgwRoutePropagation")), to="10.0.1.7",
    ),
    Case(
        "another propagated route does", "F6.2", unknown("UNSUPPORTED_COMPONENT", "vgw-1"),
        also(route("10.0.1.0/28", "vgw-1", origin="Advertisement")), to="10.0.1.7",
    ),
    Case("a subnet without a table uses the main one", "F6.4", ARRIVES, change(RouteTable, "rtb-a-jobs", subnet_ids=frozenset())),
)
OF_TARGETS = (
    Case("an address of no subnet is nowhere", "F6.5", lost("NO_POSSIBLE_DESTINATION", "vpc-a"), nothing, to="10.0.200.1"),
    Case("an address that no interface has is arrived at", "F6.5", ARRIVES, nothing, to="10.0.1.9", port=5432),
    Case("the interface there admits by its groups", "F4.8", ARRIVES, nothing, to="10.0.1.7"),
    Case("the interface there refuses by its groups", "F4.8", lost("ENI_SG_RULES_MISMATCH", "eni-a1"), nothing, to="10.0.1.7", port=5432),
    Case(
        "an interface whose groups have no ingress rules refuses", "F4.8", lost("SG_HAS_NO_RULES", "eni-a1"),
        admitting(rule("sg-a-hosts", True, "-1", ALL)), to="10.0.1.7",
    ),
    Case("an interface admits the job's group", "F4.10", ARRIVES, admitting(rule("sg-a-hosts", False, "-1", "sg-a-all")), to="10.0.1.7"),
    Case("a gateway endpoint needs no public address", "F3.5, F8.5", ARRIVES, s3, to="3.5.64.9"),
    Case("a gateway endpoint takes its own list only", "F6.3", ARRIVES, all_of(s3, change(VpcEndpoint, "vpce-s3", state="failed"))),
    Case("a gateway endpoint must be available", "F8.2", lost("BAD_STATE", "vpce-s3"), all_of(s3, change(VpcEndpoint, "vpce-s3", state="failed")), to="3.5.64.9"),
    Case("a gateway endpoint takes echo requests", "section 13", ARRIVES, s3, to="3.5.64.9", protocol=ICMP, port=ECHO),
    Case(
        "a gateway endpoint takes no other ICMP", "section 13", lost("VPCE_GATEWAY_PROTOCOL_RESTRICTION", "vpce-s3"),
        s3, to="3.5.64.9", protocol=ICMP, port=TIMESTAMP,
    ),
    Case(
        "a gateway endpoint takes what a NAT gateway of its VPC sends for it", "F8.5", ARRIVES,
        all_of(s3, routes(route(ALL, "nat-a")), also(route("pl-s3", "vpce-s3"), of="rtb-a-gateways")), to="3.5.64.9",
    ),
    Case("a gateway endpoint takes no UDP", "section 13", lost("VPCE_GATEWAY_PROTOCOL_RESTRICTION", "vpce-s3"), s3, to="3.5.64.9", protocol=UDP),
    Case(
        "answers of a gateway endpoint come from S3's addresses", "F5.7", lost("SUBNET_ACL_RESTRICTION", "acl-a0"),
        all_of(s3, deny_in("subnet-a0", "3.5.64.0/21")), to="3.5.64.9",
    ),
    Case("a NAT gateway must be available", "F7.1", lost("BAD_STATE", "nat-a"), change(NatGateway, "nat-a", state="deleting")),
    Case("a NAT gateway that is pending may become available", "F7.1", unknown("", "nat-a"), change(NatGateway, "nat-a", state="pending")),
    Case(
        "a loss behind a pending NAT gateway is a loss", "F7.7", lost("SUBNET_ACL_RESTRICTION", "acl-a2", "3"),
        all_of(change(NatGateway, "nat-a", state="pending"), deny_out("subnet-a2", "8.8.8.8/32")),
    ),
    Case("a NAT gateway takes no ESP", "F7.6", lost("PROTOCOL_RESTRICTION", "nat-a"), nothing, protocol=ESP, port=0),
    Case("a NAT gateway in the job's own subnet leads to itself", "F7.3", lost("NO_POSSIBLE_DESTINATION", "nat-a"), change(NatGateway, "nat-a", subnet_id="subnet-a0")),
    Case(
        "the ACL stands before the NAT gateway's state", "F7.6", lost("SUBNET_ACL_RESTRICTION", "acl-a2", "2"),
        all_of(deny_in("subnet-a2", "10.0.0.0/26"), change(NatGateway, "nat-a", state="failed")),
    ),
    Case("the NAT gateway's subnet needs a route, too", "F7.3", lost("NO_ROUTE_TO_DESTINATION", "rtb-a-gateways"), routes(of="rtb-a-gateways")),
    Case(
        "the internet gateway drops a private NAT gateway's packets", "F7.4, F6.8", lost("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "igw-a"),
        change(NatGateway, "nat-a", connectivity_type="private", public_ips=()),
    ),
    Case("a regional NAT gateway has no subnet and no ACL", "F7.2", ARRIVES, all_of(regional("euw1-az1"), deny_out("subnet-a2", ALL))),
    Case("a regional NAT gateway's zones may be names", "F7.2", ARRIVES, regional("eu-west-1a")),
    Case("a regional NAT gateway serves its zones only", "F7.2", lost("REGIONAL_NGW_ROUTE_AZ_RESTRICTION", "nat-r"), regional("euw1-az2")),
    Case("a regional NAT gateway may expand on its own", "F7.2", ARRIVES, regional(expands=True)),
    Case("a regional NAT gateway is blocked with its VPC", "F6.15", lost("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "vpc-a"), regional("euw1-az1", mode="block-bidirectional")),
    Case("a job has no public address", "F3.1, F3.2", lost("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "igw-a"), routes(route(ALL, "igw-a"))),
    Case("an internet gateway must be attached", "F6.8", lost("BAD_STATE_ATTACHMENT", "igw-a"), change(InternetGateway, "igw-a", attachments={})),
    Case(
        "an internet gateway must be attached to this VPC", "F6.8", lost("BAD_STATE_ATTACHMENT", "igw-a"),
        change(InternetGateway, "igw-a", attachments={"vpc-x": "available"}),
    ),
    Case("an internet gateway may be called attached", "F6.8", ARRIVES, change(InternetGateway, "igw-a", attachments={"vpc-a": "attached"})),
    Case("an internet gateway drops private destinations", "section 13", lost("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", "igw-a"), nothing, to="192.168.1.1"),
    Case("an internet gateway drops shared destinations", "section 13", lost("IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", "igw-a"), nothing, to="100.64.0.1"),
    Case("nobody has a documentation address", "section 13", lost("NO_POSSIBLE_DESTINATION", "igw-a"), nothing, to="198.51.100.1"),
    Case(
        "public access is blocked for the NAT gateway's subnet", "F6.15a", lost("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "subnet-a2"),
        change(Subnet, "subnet-a2", block_public_access="block-bidirectional"),
    ),
    Case("public access is not asked about the job's subnet", "F6.15", ARRIVES, change(Subnet, "subnet-a0", block_public_access="block-bidirectional")),
    Case(
        "public access is blocked for the VPC", "F6.15a", lost("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "subnet-a2"),
        change(Vpc, "vpc-a", block_public_access="block-bidirectional"),
    ),
    Case(
        "a subnet is excluded from what is blocked for the VPC", "F6.15a", ARRIVES,
        all_of(change(Vpc, "vpc-a", block_public_access="block-bidirectional"), change(Subnet, "subnet-a2", block_public_access="off")),
    ),
    Case("a NAT gateway may send where ingress is blocked", "F6.15", ARRIVES, change(Vpc, "vpc-a", block_public_access="block-ingress")),
    Case("a firewall endpoint leads on", "F6.14", ARRIVES, firewall),
    Case(
        "answers to a NAT gateway's clients that bypass a firewall may be dropped", "asymmetric-routing", unknown("", "rtb-a-gateways"),
        BEHIND_FIREWALL(routes(route(ALL, "igw-a"), of="rtb-a-gateways")),
    ),
    Case(
        "answers of a host that bypass a firewall may be dropped", "asymmetric-routing", unknown("", "rtb-a-jobs"),
        BEHIND_FIREWALL(routes(route(ALL, "vpce-fw"), route("10.0.1.0/28", "vpce-fw"))), to="10.0.1.7",
    ),
    Case(
        "a firewall's subnet must lead answers home", "F6.6", lost("BAD_STATE_ROUTE", "rtb-a-between"),
        BEHIND_FIREWALL(also(route("10.0.0.0/26", "", "blackhole"), of="rtb-a-between")),
    ),
    Case(
        "answers through a firewall that was not passed may be dropped", "asymmetric-routing", unknown("", "rtb-a-gateways"),
        BEHIND_FIREWALL(routes(route(ALL, "nat-a"))),
    ),
    Case(
        "what lies before the job is certain whatever way answers come", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a0"),
        BEHIND_FIREWALL(routes(route(ALL, "igw-a"), of="rtb-a-gateways"), deny_in("subnet-a0", "8.8.8.8/32")),
    ),
    Case("a firewall may stand between the NAT gateway and the internet", "F6.14", ARRIVES, guarded),
    Case(
        "without an edge table, answers from the internet bypass it", "asymmetric-routing", unknown("", "igw-a"),
        GUARDED(change(RouteTable, "rtb-a-edge", gateway_ids=frozenset())),
    ),
    Case("an edge table may lead answers past the firewall", "asymmetric-routing", unknown("", "rtb-a-edge"), GUARDED(edge())),
    Case(
        "an edge table may lead answers to a firewall that was not passed", "asymmetric-routing", unknown("", "rtb-a-edge"),
        GUARDED(routes(route(ALL, "igw-a"), of="rtb-a-gateways")),
    ),
    Case("an edge table need not lead anywhere but home", "F6.4", ARRIVES, edge()),
    Case("an edge table's blackhole drops answers", "F6.6", lost("BAD_STATE_ROUTE", "rtb-a-edge"), edge(route("10.0.2.0/28", "", "blackhole"))),
    Case(
        "answers from the internet pass the firewall's subnet", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a3"),
        GUARDED(deny_in("subnet-a3", "8.8.8.8/32", first=2000, last=2000)),
    ),
    Case("a firewall endpoint must be available", "F8.2", lost("BAD_STATE", "vpce-fw"), BEHIND_FIREWALL(change(VpcEndpoint, "vpce-fw", state="failed"))),
    Case("a firewall's subnet has an ACL", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a3"), BEHIND_FIREWALL(deny_in("subnet-a3", "10.0.0.0/26"))),
    Case(
        "answers to the job pass a firewall's subnet", "F5.8", lost("SUBNET_ACL_RESTRICTION", "acl-a3"),
        BEHIND_FIREWALL(deny_out("subnet-a3", "10.0.0.0/26", first=40000, last=40000)),
    ),
    Case(
        "whether they pass it is not told where what lies behind it is not", "F6.13", unknown("UNSUPPORTED_COMPONENT", "vgw-1"),
        BEHIND_FIREWALL(all_of(deny_out("subnet-a3", "10.0.0.0/26"), routes(route(ALL, "vgw-1"), of="rtb-a-between"))),
    ),
    Case(
        "a firewall is blocked with its subnet", "F6.15d", lost("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "subnet-a3"),
        BEHIND_FIREWALL(change(Subnet, "subnet-a3", block_public_access="block-bidirectional")),
    ),
    Case(
        "a firewall hides the group of the sender", "F4.10", lost("ENI_SG_RULES_MISMATCH", "eni-a1"),
        BEHIND_FIREWALL(admitting(rule("sg-a-hosts", False, "-1", "sg-a-all"))), to="10.0.1.7",
    ),
    Case("a firewall hides no address", "F4.10", ARRIVES, firewall, to="10.0.1.7"),
    Case(
        "a firewall that leads to itself leads nowhere", "F6.14", lost("NO_POSSIBLE_DESTINATION", "vpce-fw"),
        BEHIND_FIREWALL(routes(route(ALL, "vpce-fw"), of="rtb-a-between")),
    ),
    Case("a NAT instance leads to the internet", "F6.10", ARRIVES, nat_instance),
    Case(
        "a NAT instance checks no source or destination", "F6.10", lost("ENI_SOURCE_DEST_CHECK_RESTRICTION", "eni-nat"),
        BY_INSTANCE(change(NetworkInterface, "eni-nat", source_dest_check=True)),
    ),
    Case("a NAT instance must run", "F6.10", lost("BAD_STATE", "eni-nat"), BY_INSTANCE(change(Instance, "i-nat", state="stopped"))),
    Case("a NAT instance's interface must be in use", "F6.10", lost("BAD_STATE", "eni-nat"), BY_INSTANCE(change(NetworkInterface, "eni-nat", status="available"))),
    Case(
        "a NAT instance admits by its groups", "F6.10", lost("ENI_SG_RULES_MISMATCH", "eni-nat"),
        BY_INSTANCE(change(SecurityGroup, "sg-a-router", rules=(rule("r", False, "udp", ALL, 1, 2),))),
    ),
    Case(
        "a NAT instance sends by its groups", "F6.10", lost("SG_HAS_NO_RULES", "eni-nat"),
        BY_INSTANCE(change(SecurityGroup, "sg-a-router", rules=(rule("r", False, "-1", ALL),))),
    ),
    Case("a NAT instance keeps the port", "F5.8", ARRIVES, BY_INSTANCE(deny_in("subnet-a2", "8.0.0.0/8", first=1024, last=32767))),
    Case(
        "a NAT instance takes answers at Linux' ports", "F5.8", lost("SUBNET_ACL_RESTRICTION", "acl-a2"),
        BY_INSTANCE(deny_in("subnet-a2", "8.0.0.0/8", first=32768, last=32768)),
    ),
    Case(
        "a NAT instance may not send where ingress is blocked", "F6.15", lost("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "subnet-a2"),
        BY_INSTANCE(change(Vpc, "vpc-a", block_public_access="block-ingress")),
    ),
    Case("a router leads on", "F6.10", ARRIVES, router),
    Case(
        "a router without a public address lends none", "F3.2", lost("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "igw-a"),
        BY_ROUTER(routes(route(ALL, "igw-a"), of="rtb-a-between")),
    ),
    Case(
        "a router hides the group of the sender", "F4.10", lost("ENI_SG_RULES_MISMATCH", "eni-a1"),
        BY_ROUTER(admitting(rule("sg-a-hosts", False, "-1", "sg-a-all"))), to="10.0.1.7",
    ),
    Case(
        "a route may be more specific than the local one", "F6.5", lost("ENI_SOURCE_DEST_CHECK_RESTRICTION", "eni-router"),
        BY_ROUTER(change(NetworkInterface, "eni-router", source_dest_check=True)), to="10.0.1.9",
    ),
    Case("a router may lead answers back", "F6.10", ARRIVES, BY_ROUTER(also(route("10.0.0.0/26", "eni-router"))), to="10.0.1.9"),
    Case(
        "a router that was not passed may not", "F6.10", unknown("", "rtb-a-gateways"),
        BY_ROUTER(routes(route(ALL, "nat-a")), also(route("10.0.0.0/26", "eni-router"), of="rtb-a-gateways")),
    ),
    Case(
        "answers that are led elsewhere than home may come home", "F6.5", unknown("", "rtb-a-gateways"),
        also(route("10.0.0.0/26", "vgw-1", origin="Advertisement"), of="rtb-a-gateways"),
    ),
    Case(
        "whether answers are led home may rest on a filtered route", "section 16", unknown("", "rtb-a-gateways"),
        also(route("10.0.0.0/26", "vgw-1", "filtered"), of="rtb-a-gateways"),
    ),
    Case("a blackhole drops answers on their way home", "F6.6", lost("BAD_STATE_ROUTE", "rtb-a-gateways"), also(route("10.0.0.0/26", "", "blackhole"), of="rtb-a-gateways")),
    Case("a virtual private gateway leads to the unknown", "F6.13", unknown("UNSUPPORTED_COMPONENT", "vgw-1"), routes(route(ALL, "vgw-1"))),
    Case("an address as next hop leads to the unknown", "F6.1", unknown("UNSUPPORTED_COMPONENT", "10.0.2.9"), routes(route(ALL, "10.0.2.9"))),
    Case("a target that is not shown is unknown", "section 13", unknown("UNKNOWN_RESOURCE", "nat-gone"), routes(route(ALL, "nat-gone"))),
    Case("answers from the unknown pass the ACL", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a0"), all_of(routes(route(ALL, "vgw-1")), deny_in("subnet-a0", ALL))),
    Case(
        "what stands in the job's own subnet is not behind its ACL", "F5.5", lost("NO_POSSIBLE_DESTINATION", "nat-a"),
        all_of(change(NatGateway, "nat-a", subnet_id="subnet-a0", private_ips=("10.0.0.5",)), deny_in("subnet-a0", "10.0.0.0/26")),
    ),
    Case(
        "answers over a peering connection that is not shown pass the ACL", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a0"),
        all_of(routes(route(ALL, "pcx-gone")), deny_in("subnet-a0", ALL)),
    ),
    Case(
        "answers from Cloud WAN may come out in the job's subnet", "tgw-nacls", unknown("UNSUPPORTED_COMPONENT", "arn:x"),
        all_of(routes(route(ALL, "arn:x")), deny_in("subnet-a0", ALL)),
    ),
    Case(
        "answers to a NAT gateway come from there to the job", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a0"),
        all_of(routes(route(ALL, "arn:x"), of="rtb-a-gateways"), deny_in("subnet-a0", ALL)),
    ),
    Case(
        "answers to a NAT gateway from there pass its ACL to the job", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a2"),
        all_of(routes(route(ALL, "arn:x"), of="rtb-a-gateways"), deny_out("subnet-a2", "10.0.0.0/26")),
    ),
)
OF_TIES = (
    Case("a peering connection leads to the other VPC", "F6.11", ARRIVES, peered, to="10.1.0.7"),
    Case("a peering connection must be active", "F6.11", lost("BAD_STATE", "pcx-b"), PEERED(change(VpcPeeringConnection, "pcx-b", status="deleted")), to="10.1.0.7"),
    Case("a peering connection leads no further", "F6.11", lost("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", "pcx-b"), PEERED(routes(route(ALL, "pcx-b")))),
    Case("the other VPC's ACL filters", "F6.11", lost("SUBNET_ACL_RESTRICTION", "acl-b0"), PEERED(deny_in("subnet-b0", "10.0.0.0/26")), to="10.1.0.7"),
    Case("the other VPC's groups filter", "F6.11", lost("ENI_SG_RULES_MISMATCH", "eni-b0"), peered, to="10.1.0.7", port=5432),
    Case("answers over a peering connection need a route", "F6.11", lost("NO_ROUTE_TO_DESTINATION", "rtb-b-hosts"), PEERED(routes(of="rtb-b-hosts")), to="10.1.0.7"),
    Case(
        "a blackhole drops answers", "F6.11, F6.6", lost("BAD_STATE_ROUTE", "rtb-b-hosts"),
        PEERED(also(route("10.0.0.8/32", "", "blackhole"), of="rtb-b-hosts")), to="10.1.0.7",
    ),
    *(
        Case(f"answers that {what} takes never come back", "F6.11", lost("NO_ROUTE_TO_DESTINATION", "rtb-b-hosts"), PEERED(routes(route(ALL, to), of="rtb-b-hosts")), to="10.1.0.7")
        for what, to in (("a NAT gateway", "nat-b"), ("an internet gateway", "igw-b"), ("another peering connection", "pcx-x"), ("the local route", "local"))
    ),
    *(
        Case(f"answers that {to} takes may come back", "F6.11", unknown("", "rtb-b-hosts"), PEERED(routes(route(ALL, to), of="rtb-b-hosts")), to="10.1.0.7")
        for to in ("vgw-1", "tgw-1", "arn:x", "eni-x", "vpce-x")
    ),
    Case(
        "answers that are led elsewhere pass the job's ACL", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a0"),
        PEERED(routes(route(ALL, "vgw-1"), of="rtb-b-hosts"), deny_in("subnet-a0", "10.1.0.0/16")), to="10.1.0.7",
    ),
    Case(
        "answers that are led elsewhere may come out in the job's subnet", "tgw-nacls", unknown("", "rtb-b-hosts"),
        PEERED(routes(route(ALL, "arn:x"), of="rtb-b-hosts"), also(route("10.77.0.0/16", "arn:x")), deny_in("subnet-a0", "10.1.0.0/16")), to="10.1.0.7",
    ),
    Case(
        "but not where nothing says that its VPC is attached", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-a0"),
        PEERED(routes(route(ALL, "arn:x"), of="rtb-b-hosts"), deny_in("subnet-a0", "10.1.0.0/16")), to="10.1.0.7",
    ),
    Case("a NAT gateway needs no route back over a peering connection", "nat-gateway-basics", ARRIVES, PEERED(by_private_nat("pcx-b"), routes(of="rtb-b-hosts")), to="10.1.0.7"),
    Case(
        "its answers pass ACLs, too", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-b0"),
        PEERED(by_private_nat("pcx-b"), routes(of="rtb-b-hosts"), deny_out("subnet-b0", "10.0.3.0/27", first=1024, last=1024)), to="10.1.0.7",
    ),
    Case(
        "a NAT instance needs a route back over a peering connection", "F6.11", lost("NO_ROUTE_TO_DESTINATION", "rtb-b-hosts"),
        PEERED(nat_instance, routes(route(ALL, "eni-nat")), routes(route(ALL, "pcx-b"), of="rtb-a-gateways"), routes(of="rtb-b-hosts")), to="10.1.0.7",
    ),
    Case(
        "answers over a peering connection bypass a firewall", "asymmetric-routing", unknown("", "pcx-b"),
        PEERED(firewall, routes(route(ALL, "pcx-b"), of="rtb-a-between")), to="10.1.0.7",
    ),
    Case("a VPC that is not shown is unknown", "section 13", unknown("UNKNOWN_RESOURCE", "vpc-b"), PEERED(without_vpc_b), to="10.1.0.7"),
    Case(
        "a rule may refer to a group over a peering connection", "F4.10", ARRIVES,
        PEERED(change(SecurityGroup, "sg-b-hosts", rules=(rule("sg-b-hosts", False, "-1", "sg-a-all", peering="pcx-b"),))), to="10.1.0.7",
    ),
    Case(
        "a stale rule has no effect", "F4.16", lost("ENI_SG_RULES_MISMATCH", "eni-b0"),
        PEERED(
            change(SecurityGroup, "sg-b-hosts", rules=(replace(rule("sg-b-hosts", False, "-1", "sg-a-all", peering="pcx-b"), peering_status="deleted"),)),
        ), to="10.1.0.7",
    ),
    Case(
        "an egress rule may refer to a group over a peering connection", "F4.10", ARRIVES,
        PEERED(with_group(rule("sg-a-x", True, "-1", "sg-b-hosts", peering="pcx-b"))), to="10.1.0.7", groups=("sg-a-x",),
    ),
    Case("a rule need not name the peering connection", "F4.10", ARRIVES, PEERED(with_group(x(True, "-1", "sg-b-hosts"))), to="10.1.0.7", groups=("sg-a-x",)),
    Case(
        "no rule refers to a group over a transit gateway", "F4.10", lost("ENI_SG_RULES_MISMATCH", "sg-a-x"),
        TRANSIT(with_group(x(True, "-1", "sg-b-hosts"))), to="10.1.0.7", groups=("sg-a-x",),
    ),
    Case(
        "a group behind a transit gateway may count on the way in", "F4.10", unknown("", "eni-b0"),
        TRANSIT(change(SecurityGroup, "sg-b-hosts", rules=(rule("sg-b-hosts", False, "-1", "sg-a-all"),))), to="10.1.0.7",
    ),
    Case(
        "a router's rules refer to groups of its own VPC", "F4.10", ARRIVES,
        TRANSIT(
            lambda draft: group(draft, "sg-b-router", rule("sg-b-router", True, "-1", "sg-b-hosts"), rule("sg-b-router", False, "-1", ALL)),
            lambda draft: interface(draft, "eni-b-router", "subnet-b1", 6, ("sg-b-router",), checks=False),
            also(route("10.1.0.0/26", "eni-b-router"), of="rtb-b-arrivals"),
        ), to="10.1.0.7",
    ),
    Case("a transit gateway leads to a host", "F6.12", ARRIVES, transit, to="10.1.0.7"),
    Case("central egress is a way to the internet", "F6.12", ARRIVES, transit),
    *(
        Case(
            f"an attachment that is {state} may carry packets", "F6.12", unknown("", "tgw-attach-a"),
            TRANSIT(change(TransitGatewayVpcAttachment, "tgw-attach-a", state=state)),
        )
        for state in ("modifying", "rollingBack", "rolling-back")
    ),
    Case("an attachment must be available", "F6.12", lost("BAD_STATE", "tgw-attach-a"), TRANSIT(change(TransitGatewayVpcAttachment, "tgw-attach-a", state="deleting"))),
    Case(
        "an attachment needs a subnet in the zone", "F6.12", lost("TGW_ROUTE_AZ_RESTRICTION", "tgw-attach-a"),
        TRANSIT(change(TransitGatewayVpcAttachment, "tgw-attach-a", subnet_ids=("subnet-a2",))),
    ),
    Case("the attachment's subnet filters by the source", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-a3"), TRANSIT(deny_in("subnet-a3", "10.0.0.0/26"))),
    Case(
        "the attachment's subnet lets answers out by their destination", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-a3"),
        TRANSIT(deny_out("subnet-a3", "10.0.0.0/26")),
    ),
    Case("the job's subnet lets answers in", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-a0"), TRANSIT(deny_in("subnet-a0", "8.8.8.8/32"))),
    Case(
        "an attachment in the job's subnet filters by the source, too", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-a0"),
        TRANSIT(change(TransitGatewayVpcAttachment, "tgw-attach-a", subnet_ids=("subnet-a0",)), deny_in("subnet-a0", "10.0.0.0/26")),
    ),
    Case(
        "an attachment in the job's subnet passes answers by its ACL", "tgw-nacls", ARRIVES,
        TRANSIT(change(TransitGatewayVpcAttachment, "tgw-attach-a", subnet_ids=("subnet-a0",)), deny_in("subnet-a0", "8.8.8.8/32")),
    ),
    *(
        Case(
            f"{what} in another zone than the attachment cannot answer", "F6.12", lost("TGW_ROUTE_AZ_RESTRICTION", "tgw-attach-b"),
            TRANSIT(in_zone(2, id)), to=to,
        ) for what, id, to in (("a host", "subnet-b0", "10.1.0.7"), ("a NAT gateway", "subnet-b1", "8.8.8.8"))
    ),
    Case("answers go in where they start, and out anywhere", "F6.12", ARRIVES, TRANSIT(BOTH_ZONES), to="10.1.0.7"),
    Case(
        "answers go in through the ACL of their own zone's subnet", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-b1"),
        TRANSIT(BOTH_ZONES, deny_in("subnet-b1", "10.1.0.0/26")), to="10.1.0.7",
    ),
    Case("answers go in through no other subnet", "tgw-nacls", ARRIVES, TRANSIT(BOTH_ZONES, deny_in("subnet-b2", "10.1.0.0/26")), to="10.1.0.7"),
    Case(
        "answers come out in the zone where they started", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-a2"),
        TRANSIT(BOTH_ZONES, attached("a", "subnet-a2", "subnet-a3"), deny_out("subnet-a2", "10.0.0.0/26")), to="10.1.0.7",
    ),
    Case(
        "answers come out in no other zone", "tgw-nacls", ARRIVES,
        TRANSIT(BOTH_ZONES, attached("a", "subnet-a2", "subnet-a3"), deny_out("subnet-a3", "10.0.0.0/26")), to="10.1.0.7",
    ),
    Case(
        "answers may come out in any zone where theirs is not attached", "F6.12", unknown("", ""),
        TRANSIT(BOTH_ZONES, attached("a", "subnet-a2", "subnet-a3"), in_zone(3, "subnet-a2"), deny_out("subnet-a2", "10.0.0.0/26")), to="10.1.0.7",
    ),
    Case(
        "answers that may come out nowhere are lost", "F6.12", lost("SUBNET_ACL_RESTRICTION", "acl-a2"),
        TRANSIT(BOTH_ZONES, attached("a", "subnet-a2", "subnet-a3"), in_zone(3, "subnet-a2"), *(deny_out(id, "10.0.0.0/26") for id in ("subnet-a2", "subnet-a3"))), to="10.1.0.7",
    ),
    Case(
        "answers that may come out in the job's subnet may pass its ACL by", "tgw-nacls", unknown("", ""),
        TRANSIT(BOTH_ZONES, attached("a", "subnet-a0", "subnet-a2"), in_zone(3, "subnet-a2"), deny_in("subnet-a0", "10.1.0.0/16")), to="10.1.0.7",
    ),
    Case("a host may stand in the attachment's subnet", "tgw-nacls", ARRIVES, TRANSIT(deny_in("subnet-b2", "10.0.0.0/16")), to="10.1.2.9"),
    Case(
        "its answers go out through the ACL", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-b2"),
        TRANSIT(deny_out("subnet-b2", "10.0.0.0/26", first=32768, last=32768)), to="10.1.2.9",
    ),
    Case(
        "its answers go in through the ACL with the host's own address", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-b2"),
        TRANSIT(deny_in("subnet-b2", "10.1.2.0/28", first=32768, last=32768)), to="10.1.2.9",
    ),
    Case(
        "answers are lost on their way out before they are routed", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-b0"),
        TRANSIT(routes(of="rtb-b-hosts"), deny_out("subnet-b0", "10.0.0.0/26")), to="10.1.0.7",
    ),
    Case(
        "answers are routed before the transit gateway has them", "tgw-nacls", lost("NO_ROUTE_TO_DESTINATION", "rtb-b-hosts"),
        TRANSIT(routes(of="rtb-b-hosts"), deny_in("subnet-b2", "10.1.0.0/26")), to="10.1.0.7",
    ),
    Case(
        "the attachment's subnet may lead answers through a firewall that was not passed", "asymmetric-routing", unknown("", "rtb-a-gateways"),
        TRANSIT(also(route("10.0.0.0/26", "vpce-gone"), of="rtb-a-gateways")),
    ),
    Case("a firewall may stand before the transit gateway", "F6.14", ARRIVES, inspected),
    Case(
        "answers from the transit gateway may bypass it", "asymmetric-routing", unknown("", "rtb-a-gateways"),
        INSPECTED(routes(of="rtb-a-gateways")),
    ),
    Case(
        "answers that come out in another zone go in through the ACL of the firewall's subnet", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a2"),
        INSPECTED(attached("a", "subnet-a2", "subnet-a3"), attached("b", "subnet-b2", "subnet-b0"), in_zone(2, "subnet-b0", "subnet-a3"), deny_in("subnet-a2", "10.1.0.0/16")), to="10.1.0.7",
    ),
    Case(
        "answers from the transit gateway bypass it in the job's subnet", "asymmetric-routing", unknown("", "subnet-a0"),
        INSPECTED(attached("a", "subnet-a0")),
    ),
    Case(
        "a firewall's subnet does not matter to another VPC's internet gateway", "F6.15d", ARRIVES,
        INSPECTED(change(Subnet, "subnet-a2", block_public_access="block-bidirectional")),
    ),
    Case(
        "a public address does not matter to another VPC's internet gateway", "F6.8", lost("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "igw-b"),
        TRANSIT(by_private_nat("tgw-1"), change(NatGateway, "nat-a", connectivity_type="public", public_ips=("52.30.0.1",)), routes(route(ALL, "igw-b"), of="rtb-b-arrivals")),
    ),
    Case("a peering connection takes nothing from a transit gateway", "F6.11", lost("NO_POSSIBLE_DESTINATION", "pcx-c"), beyond, to="10.2.0.9"),
    Case(
        "a peering connection that is not active takes nothing at all", "F6.11", lost("BAD_STATE", "pcx-c"),
        BEYOND(change(VpcPeeringConnection, "pcx-c", status="deleted")), to="10.2.0.9",
    ),
    Case(
        "a peering connection takes what a NAT gateway of its VPC sends", "F6.11", ARRIVES,
        BEYOND(routes(route(ALL, "nat-b"), of="rtb-b-arrivals")), to="10.2.0.9",
    ),
    Case(
        "answers from behind a transit gateway pass the job's ACL", "F5.5", lost("SUBNET_ACL_RESTRICTION", "acl-a0"),
        TRANSIT(deny_in("subnet-a0", ALL)), to="10.77.0.1",
    ),
    Case(
        "answers from behind a transit gateway may come out in the job's subnet", "tgw-nacls", unknown("UNKNOWN_RESOURCE", "tgw-attach-gone"),
        TRANSIT(attached("a", "subnet-a0"), deny_in("subnet-a0", "10.77.0.0/16")), to="10.77.0.1",
    ),
    Case(
        "answers from elsewhere may come out in the job's subnet, too", "tgw-nacls", unknown("UNSUPPORTED_COMPONENT", "vgw-1"),
        TRANSIT(attached("a", "subnet-a0"), routes(route(ALL, "vgw-1")), deny_in("subnet-a0", "8.8.8.8/32")),
    ),
    Case(
        "an attachment must be associated", "section 13", lost("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "tgw-attach-a"),
        TRANSIT(change(TransitGatewayAttachment, "tgw-attach-a", route_table_id=None, association_state=None)),
    ),
    Case(
        "an attachment that is being associated is not", "section 13", lost("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "tgw-attach-a"),
        TRANSIT(change(TransitGatewayAttachment, "tgw-attach-a", association_state="associating")),
    ),
    Case(
        "a transit gateway's table that is not shown is unknown", "F6.12", unknown("UNKNOWN_RESOURCE", "tgw-rtb-x"),
        TRANSIT(change(TransitGatewayAttachment, "tgw-attach-a", route_table_id="tgw-rtb-x")),
    ),
    Case("a transit gateway that is not shown is unknown", "F6.12", unknown("UNKNOWN_RESOURCE", "tgw-9"), routes(route(ALL, "tgw-9"))),
    Case(
        "an attachment that is not shown may be in the job's subnet", "tgw-nacls", unknown("UNKNOWN_RESOURCE", "tgw-9"),
        all_of(routes(route(ALL, "tgw-9")), deny_in("subnet-a0", ALL)),
    ),
    Case(
        "a transit gateway's table needs a route", "section 13", lost("TGW_RTB_CANNOT_ROUTE", "tgw-rtb-a"),
        TRANSIT(change(TransitGatewayRoutes, "tgw-rtb-a", routes=(transit_route("9.0.0.0/8", "tgw-attach-b"),))),
    ),
    Case(
        "a transit gateway's blackhole drops", "section 13", lost("TGW_RTB_BAD_STATE_ROUTE", "tgw-rtb-a"),
        TRANSIT(change(TransitGatewayRoutes, "tgw-rtb-a", routes=(transit_route(ALL, "", state="blackhole"),))),
    ),
    Case(
        "a transit gateway's static route wins over a propagated one", "section 13", ARRIVES,
        TRANSIT(change(TransitGatewayRoutes, "tgw-rtb-a", routes=(transit_route(ALL, "tgw-attach-vpn", "propagated"), transit_route(ALL, "tgw-attach-b")))),
    ),
    Case(
        "behind a VPN lies the unknown", "F6.12", unknown("UNSUPPORTED_COMPONENT", "tgw-attach-vpn"),
        TRANSIT(change(TransitGatewayRoutes, "tgw-rtb-a", routes=(transit_route(ALL, "tgw-attach-vpn"),))),
    ),
    Case("an attachment that is not shown is unknown", "F6.12", unknown("UNKNOWN_RESOURCE", "tgw-attach-gone"), transit, to="10.77.0.1"),
    Case(
        "the other attachment must be available", "F6.12", lost("BAD_STATE", "tgw-attach-b"),
        TRANSIT(change(TransitGatewayVpcAttachment, "tgw-attach-b", state="failed")),
    ),
    Case("the other attachment's subnet lets packets out", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-b2"), TRANSIT(deny_out("subnet-b2", "8.8.8.8/32"))),
    Case("the other attachment's subnet lets answers in", "tgw-nacls", lost("SUBNET_ACL_RESTRICTION", "acl-b2"), TRANSIT(deny_in("subnet-b2", "8.8.8.8/32"))),
    Case("the other attachment's subnet lets packets to itself out", "tgw-nacls", ARRIVES, TRANSIT(deny_out("subnet-b2", "10.1.0.0/16")), to="10.1.2.9"),
    Case(
        "answers over a transit gateway need a route of the host's subnet", "F6.12", lost("NO_ROUTE_TO_DESTINATION", "rtb-b-hosts"),
        TRANSIT(routes(of="rtb-b-hosts")), to="10.1.0.7",
    ),
    Case(
        "answers over a transit gateway need a route of the NAT gateway's subnet", "F6.12", lost("BAD_STATE_ROUTE", "rtb-b-gateways"),
        TRANSIT(routes(route(ALL, "igw-b"), route("10.0.0.0/8", "", "blackhole"), of="rtb-b-gateways")),
    ),
    Case(
        "answers that the NAT gateway's subnet leads to the internet never come back", "F6.12", lost("NO_ROUTE_TO_DESTINATION", "rtb-b-gateways"),
        TRANSIT(routes(route(ALL, "igw-b"), of="rtb-b-gateways")),
    ),
    Case(
        "answers that the NAT gateway's subnet leads elsewhere may come back", "F6.12", unknown("", "rtb-b-gateways"),
        TRANSIT(routes(route(ALL, "igw-b"), route("10.0.0.0/8", "vgw-1"), of="rtb-b-gateways")),
    ),
    Case(
        "a NAT gateway needs a route back over a transit gateway", "F6.12", lost("NO_ROUTE_TO_DESTINATION", "rtb-b-hosts"),
        TRANSIT(by_private_nat("tgw-1"), routes(of="rtb-b-hosts")), to="10.1.0.7",
    ),
    Case("answers need a route of the transit gateway", "F6.12", lost("TGW_RTB_CANNOT_ROUTE", "tgw-rtb-b"), TRANSIT(change(TransitGatewayRoutes, "tgw-rtb-b", routes=()))),
    Case(
        "answers may not fall into the transit gateway's blackhole", "F6.12", lost("TGW_RTB_BAD_STATE_ROUTE", "tgw-rtb-b"),
        TRANSIT(change(TransitGatewayRoutes, "tgw-rtb-b", routes=(transit_route(ALL, "", state="blackhole"),))),
    ),
    Case(
        "answers that the transit gateway leads elsewhere may come back", "F6.12", unknown("", "tgw-rtb-b"),
        TRANSIT(change(TransitGatewayRoutes, "tgw-rtb-b", routes=(transit_route(ALL, "tgw-attach-vpn"),))),
    ),
    Case(
        "answers need the other attachment's association", "section 13", lost("TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", "tgw-attach-b"),
        TRANSIT(change(TransitGatewayAttachment, "tgw-attach-b", association_state="disassociating")),
    ),
    Case(
        "packets that come out in any subnet may be lost in one", "F6.12", unknown("", ""),
        TRANSIT(
            *(change(Subnet, id, availability_zone_id="euw1-az3") for id in ("subnet-b1", "subnet-b2")),
            change(TransitGatewayVpcAttachment, "tgw-attach-b", subnet_ids=("subnet-b1", "subnet-b2")),
        ),
    ),
    Case(
        "packets that are lost in every subnet are lost", "F6.12", lost("SG_HAS_NO_RULES", "eni-b0"),
        TRANSIT(
            *(change(Subnet, id, availability_zone_id="euw1-az3") for id in ("subnet-b1", "subnet-b2")),
            change(TransitGatewayVpcAttachment, "tgw-attach-b", subnet_ids=("subnet-b1", "subnet-b2")),
            change(SecurityGroup, "sg-b-hosts", rules=()),
        ), to="10.1.0.7",
    ),
    Case(
        "a gateway endpoint takes nothing that came over a transit gateway", "F6.12", lost("NO_POSSIBLE_DESTINATION", "vpce-s3"),
        TRANSIT(s3, routes(route(ALL, "tgw-1")), also(route("pl-s3", "vpce-s3"), of="rtb-b-arrivals")), to="3.5.64.9",
    ),
    Case(
        "whether it takes what a NAT gateway behind the transit gateway sends is not said", "F6.12", unknown("", "vpce-s3"),
        TRANSIT(s3, routes(route(ALL, "tgw-1")), also(route("pl-s3", "vpce-s3"), of="rtb-b-gateways")), to="3.5.64.9",
    ),
    Case(
        "a private NAT gateway may lead over a transit gateway", "F7.4", ARRIVES,
        TRANSIT(by_private_nat("tgw-1")),
    ),
)
CASES = (*OF_GROUPS, *OF_ACLS, *OF_ROUTES, *OF_TARGETS, *OF_TIES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.says} ({case.facts})")
def test_a_packet_fares_as_reasoned_by_hand(case: Case) -> None:
    outcome = result(case.change, Packet(case.protocol, "10.0.0.8", case.to, case.port), case.groups)
    assert case.expected == (outcome.verdict, outcome.code, outcome.component, outcome.step)


def test_every_loss_of_the_way_is_told_in_order() -> None:
    gateways = all_of(change(NatGateway, "nat-a", state="failed"), change(InternetGateway, "igw-a", attachments={}))
    broken = all_of(deny_out("subnet-a0", "8.8.8.8/32"), gateways, deny_in("subnet-a2", "8.8.8.8/32"))
    events = result(broken, Packet(TCP, "10.0.0.8", "8.8.8.8", 443)).all
    assert [("acl-a0", "1"), ("nat-a", ""), ("igw-a", ""), ("acl-a2", "4")] == [(event.component, event.step) for event in events]


def test_one_port_of_each_piece_speaks_for_all() -> None:
    pieces = [entry(number, False, action, "6", "8.0.0.0/8", *sorted((first, last))) for number, action, first, last in _odd_entries(Random(7))]
    for count in range(len(pieces)):
        draft = house()
        entries_at("subnet-a0", *pieces[count:], opens=False)(draft)
        shown = next(each for each in worlds.finished(draft).network_acls if each.id == "acl-a0")
        one_by_one = all(simulator.admits(shown, False, TCP, "8.8.8.8", port) for port in range(32768, 61000))
        assert one_by_one == simulator.admits_answers(shown, False, TCP, "8.8.8.8", (32768, 60999))


def _odd_entries(random: Random) -> Iterator[tuple[int, str, int, int]]:
    """Entries of which the later ones admit more, so that both answers come up."""
    for number in range(1, 9):
        yield number, "deny", int(random.random() * 65536), int(random.random() * 65536)
    yield from ((9, "allow", 32768, 50000), (10, "allow", 50001, 60999))


def test_an_echo_reply_has_one_type_and_code() -> None:
    for kind, code, expected in ((0, 0, False), (0, -1, False), (-1, -1, False), (0, 1, True), (8, 0, True), (3, -1, True)):
        draft = house()
        entries_at("subnet-a0", entry(1, False, "deny", "1", ALL, kind, code))(draft)
        shown = next(each for each in worlds.finished(draft).network_acls if each.id == "acl-a0")
        assert expected == simulator.admits_answers(shown, False, ICMP, "8.8.8.8", (0, 0))


def test_the_simulator_knows_nothing_of_the_package_but_its_nouns() -> None:
    tree = ast.parse(Path(simulator.__file__ or "").read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {"sagevpc_lint.model.nouns"} == {name for name in imported if name.startswith(("sagevpc_lint", "."))}


# The random worlds

CODES = (
    "NO_ROUTE_TO_DESTINATION", "ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES", "SUBNET_ACL_RESTRICTION", "BAD_STATE_ROUTE", "BAD_STATE", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS",
    "MORE_SPECIFIC_ROUTE", "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", "UNKNOWN_RESOURCE", "UNSUPPORTED_COMPONENT",
)


def fates(seeds: range) -> Iterator[Outcome]:
    """What becomes of the packets of many worlds."""
    for seed in seeds:
        world = worlds.world(seed)
        for placement in worlds.packets(world, Random(seed)):
            yield send(world, *placement)


def test_random_worlds_show_every_code_and_every_step_often() -> None:
    outcomes = list(fates(range(200)))
    codes, steps = Counter(each.code for each in outcomes), Counter(each.step for each in outcomes)
    assert [] == [code for code in CODES if codes[code] < 50]
    assert [] == [step for step in "123456" if steps[step] < 50]


def test_random_worlds_neither_lose_nor_let_through_nearly_everything() -> None:
    verdicts = Counter(each.verdict for each in fates(range(500, 700)))
    assert 0.2 < verdicts["arrives"] / verdicts.total() < 0.8
    assert verdicts["unknown"] > 50


def test_a_seed_makes_one_world_and_one_choice_of_packets() -> None:
    assert worlds.world(5) == worlds.world(5) != worlds.world(6)
    assert worlds.packets(worlds.world(5), Random(1)) == worlds.packets(worlds.world(5), Random(1)) != worlds.packets(worlds.world(5), Random(2))


def test_choices_rest_on_no_algorithm_that_python_may_change() -> None:
    dice = Dice(Random(11))
    assert "dehdeebe" == "".join(dice.pick("abcdefgh") for _ in range(8))


def test_what_is_left_out_is_in_no_export_and_the_rest_is_whole() -> None:
    world = worlds.world(5)
    whole, part = worlds.exports(world), worlds.exports(world, frozenset({"network-acls", "subnets"}))
    assert [each for each in whole if each.kind not in ("network-acls", "subnets")] == part
    assert world.subnets == next(each.facts for each in whole if each.kind == "subnets")
    assert (True, False) == (worlds.facts(world).exported("subnets"), worlds.facts(world, frozenset({"subnets"})).exported("subnets"))
