"""Small random worlds, the packets that are sent through them, and the exports that show them: each the same for its seed in every version of Python."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network
from random import Random
from typing import TypeVar

from simulator import ESP, ICMP, TCP, UDP, Packet, World, inside

from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import (
    Fact, Instance, InternetGateway, NatGateway, NetworkAcl, NetworkAclEntry, NetworkInterface, PrefixList, PrefixListEntries, Route, RouteTable, SecurityGroup,
    SecurityGroupRule, Subnet, TransitGatewayAttachment, TransitGatewayRoute, TransitGatewayRoutes, TransitGatewayVpcAttachment, Vpc, VpcEndpoint, VpcPeeringConnection,
)
from sagevpc_lint.source import Source

OWNER, REGION = "111122223333", "eu-west-1"
SCOPE = Scope(OWNER, REGION)
ZONES = {"euw1-az1": "eu-west-1a", "euw1-az2": "eu-west-1b"}
BLOCKS = {"vpc-a": "10.0.0.0/16", "vpc-b": "10.1.0.0/16", "vpc-c": "10.2.0.0/16"}
LISTS = {"pl-s3": f"com.amazonaws.{REGION}.s3", "pl-dynamodb": f"com.amazonaws.{REGION}.dynamodb", "pl-corp": "corp", "pl-partners": "partners"}
ENTRIES = {
    "pl-s3": ("52.218.0.0/17", "3.5.64.0/21"), "pl-dynamodb": ("52.119.224.0/20",), "pl-corp": ("193.99.144.0/24", "10.200.0.0/16"),
    "pl-partners": ("193.99.144.0/24", "193.99.144.128/25"),
}
PUBLIC = ("52.218.1.10", "3.5.64.9", "52.119.230.1", "52.94.5.5", "8.8.8.8", "151.101.1.1", "193.99.144.80")  # in S3's list, S3's, DynamoDB's, nobody's, …, corp's
PUBLIC_BLOCKS = ("52.218.0.0/17", "52.0.0.0/8", "52.94.0.0/16", "8.0.0.0/8", "128.0.0.0/1", "0.0.0.0/1", "0.0.0.0/1", "193.99.144.80/32", "151.101.1.1/32", "0.0.0.0/0")
ELSEWHERE = ("10.200.3.4", "192.168.7.7", "172.20.1.1", "100.64.99.1", "169.254.168.7", "198.51.100.1", "10.0.200.9")
UNSUPPORTED = ("vgw-1", "cagw-1", "lgw-1", "arn:aws:networkmanager::111122223333:core-network/core-network-1", "odb-net-1", "10.0.2.12")
GONE = ("nat-gone", "tgw-gone", "vpce-gone", "eni-gone", "pcx-gone", "igw-gone")
PROPAGATED = ("EnableVgwRoutePropagation", "Advertisement")
_NOWHERE = Source("", 0, "")
Item = TypeVar("Item")
Noun = TypeVar("Noun", bound=Fact)
Placement = tuple[str, tuple[str, ...], Packet]


class Dice:
    """Choices that rest on nothing but `Random.random`, whose numbers are the same in every version of Python."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def chance(self, probability: float) -> bool:
        """Say yes with this probability."""
        return self._random.random() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        """Take one of *items*; one that stands there twice is taken twice as often."""
        return items[int(self._random.random() * len(items))]

    def some(self, items: Sequence[Item], probability: float) -> list[Item]:
        """Take each of *items* with this probability."""
        return [item for item in items if self.chance(probability)]


@dataclass
class Draft:
    """A world in the making: its nouns by type and id, in the order in which they were made. *is_about_nat*: the six steps of F7.7 are tried in it."""

    dice: Dice
    is_about_nat: bool
    nouns: dict[tuple[type, str], Fact] = field(default_factory=dict)

    def add(self, noun: Noun) -> Noun:
        """Put a noun into the world, or another version of one."""
        self.nouns[type(noun), noun.id] = noun
        return noun

    def of(self, noun: type[Noun]) -> list[Noun]:
        """List the nouns of a type."""
        return [each for (kind, _), each in self.nouns.items() if kind is noun]  # type: ignore[misc]

    def get(self, noun: type[Noun], id: str) -> Noun:
        """Return a noun."""
        return self.nouns[noun, id]  # type: ignore[return-value]

    def has(self, noun: type[Fact], id: str) -> bool:
        """Is there such a noun?"""
        return (noun, id) in self.nouns

    def change(self, noun: type[Noun], id: str, **values: object) -> None:
        """Give a noun other values."""
        self.add(replace(self.get(noun, id), **values))  # type: ignore[type-var]


# Pieces


def subnet(draft: Draft, id: str, block: str, zone: str) -> None:
    """Add a subnet; its VPC is told by its id."""
    draft.add(Subnet(id, _NOWHERE, OWNER, f"vpc-{id[7]}", "available", block, False, ZONES[zone], zone, 8, {}))


def route(destination: str, target: str, state: str = "active", origin: str = "CreateRoute") -> Route:
    """Make a route to a block or a prefix list."""
    is_list = destination.startswith("pl-")
    return Route("", _NOWHERE, None if is_list else destination, destination if is_list else None, target, state, origin)


def table(draft: Draft, id: str, subnets: Iterable[str], routes: Iterable[Route], is_main: bool = False) -> None:
    """Add a route table with the local routes of its VPC, which its id tells."""
    vpc = draft.get(Vpc, f"vpc-{id[4]}")
    local = [route(block, "local", origin="CreateRouteTable") for block in vpc.cidr_blocks]
    draft.add(RouteTable(id, _NOWHERE, OWNER, vpc.id, (*local, *routes), frozenset(subnets), is_main, {}))


def entry(number: int, is_egress: bool, action: str, protocol: str, block: str, first: int | None = None, last: int | None = None) -> NetworkAclEntry:
    """Make an ACL entry; the two numbers are ports, or the type and code of ICMP."""
    ports, kind = ((None, None), (first, last)) if protocol == "1" else ((first, last), (None, None))
    return NetworkAclEntry("", _NOWHERE, is_egress, number, action, protocol, block, *ports, *kind)


def acl(draft: Draft, id: str, subnets: Iterable[str], entries: Iterable[NetworkAclEntry], is_default: bool = False) -> None:
    """Add an ACL, which ends as AWS' do by denying the rest (F5.1); its VPC is told by its id."""
    rest = [entry(32767, is_egress, "deny", "-1", "0.0.0.0/0") for is_egress in (False, True)]
    draft.add(NetworkAcl(id, _NOWHERE, OWNER, f"vpc-{id[4]}", is_default, (*entries, *rest), frozenset(subnets), {}))


def rule(group: str, is_egress: bool, protocol: str, peer: str, first: int | None = None, last: int | None = None, peering: str | None = None) -> SecurityGroupRule:
    """Make a rule whose peer is a block, a prefix list or a group."""
    named = {"pl": "prefix_list_id", "sg": "referenced_group_id"}.get(peer[:2], "cidr")
    peers = {named: peer, "referenced_peering_id": peering, "peering_status": "active" if peering else None}
    return SecurityGroupRule("", _NOWHERE, OWNER, group, is_egress, protocol, first, last, **peers)  # type: ignore[arg-type]


def group(draft: Draft, id: str, *rules: SecurityGroupRule) -> None:
    """Add a group; its VPC is told by its id."""
    draft.add(SecurityGroup(id, _NOWHERE, OWNER, f"vpc-{id[3]}", id, rules, {}))


def address(draft: Draft, subnet_id: str, offset: int) -> str:
    """Return the address that stands at an offset in a subnet."""
    return str(IPv4Network(draft.get(Subnet, subnet_id).cidr_block or "")[offset])


def interface(draft: Draft, id: str, subnet_id: str, offset: int, groups: tuple[str, ...], public_ip: str | None = None, checks: bool = True) -> None:
    """Add an interface of a running instance."""
    instance = draft.add(Instance(f"i{id[3:]}", _NOWHERE, "running"))
    vpc = draft.get(Subnet, subnet_id).vpc_id
    private_ips = (address(draft, subnet_id, offset),)
    draft.add(NetworkInterface(id, _NOWHERE, OWNER, vpc, subnet_id, private_ips, public_ip, checks, groups, "in-use", instance.id, {}))


def nat(draft: Draft, id: str, subnet_id: str, is_public: bool = True) -> str:
    """Add a zonal NAT gateway and return its id."""
    public_ips = ("52.30.0.1",) if is_public else ()
    kind = "public" if is_public else "private"
    vpc, own = draft.get(Subnet, subnet_id).vpc_id, (address(draft, subnet_id, 5),)
    return draft.add(NatGateway(id, _NOWHERE, vpc, subnet_id, "available", kind, "zonal", own, public_ips, frozenset(), False, None, {})).id


def regional_nat(draft: Draft, id: str, zones: Iterable[str], *, expands: bool, routes: Iterable[Route]) -> str:
    """Add a regional NAT gateway to VPC A, with a table of its own, and return its id."""
    table(draft, "rtb-a-regional", (), routes)
    own, public_ips = ("10.0.0.4",), ("52.30.0.9",)
    regional = NatGateway(id, _NOWHERE, "vpc-a", None, "available", "public", "regional", own, public_ips, frozenset(zones), expands, "rtb-a-regional", {})
    return draft.add(regional).id


def endpoint(draft: Draft, id: str, kind: str, service: str, subnets: tuple[str, ...] = ()) -> str:
    """Add a VPC endpoint of VPC A and return its id."""
    name = f"com.amazonaws.{REGION}.{service}" if kind == "Gateway" else f"com.amazonaws.vpce.{REGION}.vpce-svc-1"
    plain = service if kind == "Gateway" else name
    draft.add(VpcEndpoint(id, _NOWHERE, OWNER, "vpc-a", kind, name, plain, REGION, "available", subnets, (), (), frozenset(), False, None, {}))
    return id


# VPC A, in which the jobs run


def vpc_a(draft: Draft) -> None:
    """Add the VPC: two subnets for jobs, one for gateways, one for what stands in between, and sometimes one with addresses of the second block."""
    dice, zones = draft.dice, tuple(ZONES)
    second = ("100.64.0.0/24",) if dice.chance(0.2) else ()
    draft.add(Vpc("vpc-a", _NOWHERE, OWNER, "available", "default", (BLOCKS["vpc-a"], *second), (), "dopt-1", False, {}))
    for id, block in (("subnet-a0", "10.0.0.0/26"), ("subnet-a1", "10.0.1.0/28"), ("subnet-a2", "10.0.2.0/28"), ("subnet-a3", "10.0.3.0/27")):
        subnet(draft, id, block, dice.pick(zones))
    if second:
        subnet(draft, "subnet-a4", "100.64.0.0/28", dice.pick(zones))
    draft.add(InternetGateway("igw-a", _NOWHERE, OWNER, {"vpc-a": dice.pick(("available", "available", "attached"))}, {}))


EXITS = (
    *("nat",) * 16, "igw", "igw", "regional", "regional", "private-nat", "private-nat", "instance", "instance", "router", *("firewall",) * 4, *("hub",) * 4, "unsupported",
    "unsupported", "gone", "none",
)


def way_out(draft: Draft, kind: str) -> str:
    """Add what an exit of VPC A needs, and return the target that routes to it have; empty where there is no such route."""
    match kind:
        case "nat":
            return nat(draft, "nat-a", "subnet-a2")
        case "private-nat":
            return nat(draft, "nat-private", "subnet-a3", is_public=False)
        case "regional":
            zones = draft.dice.some((*ZONES, *ZONES.values()), 0.4)
            return regional_nat(draft, "nat-regional", zones, expands=draft.dice.chance(0.3), routes=[route("0.0.0.0/0", "igw-a")] if draft.dice.chance(0.9) else [])
        case "instance":
            interface(draft, "eni-nat", "subnet-a2", 6, ("sg-a-router",), public_ip="52.30.0.2", checks=False)
            return "eni-nat"
        case "router":
            interface(draft, "eni-router", "subnet-a3", 6, ("sg-a-router",), checks=False)
            return "eni-router"
        case "firewall":
            return endpoint(draft, "vpce-firewall", "GatewayLoadBalancer", "", ("subnet-a3",))
    return {"igw": "igw-a", "hub": "tgw-1", "unsupported": draft.dice.pick(UNSUPPORTED), "gone": draft.dice.pick(GONE), "none": ""}[kind]


def tables_of_a(draft: Draft) -> None:
    """Add the tables of VPC A, one of which is the main one, with or without being named for its subnets."""
    dice = draft.dice
    kinds = ["nat" if draft.is_about_nat else dice.pick(EXITS), dice.pick(EXITS)]
    gateway, exits = way_out(draft, "nat"), [way_out(draft, kind) for kind in kinds]
    if "hub" in kinds or dice.chance(0.4):
        transit_to_b(draft)
    elif dice.chance(0.5):
        peering_with_b(draft)
    private = ("subnet-a0", "subnet-a4") if draft.has(Subnet, "subnet-a4") else ("subnet-a0",)
    whole = dice.chance(0.6)  # do all subnets for jobs have one table?
    job_table(draft, "rtb-a-jobs", (*private, "subnet-a1") if whole else private, exits)
    if not whole:
        job_table(draft, "rtb-a-others", ("subnet-a1",), exits[::-1])
    inspects = dice.chance(0.1)  # does a firewall stand between the NAT gateway and the internet?
    exit_of_gateways = way_out(draft, "firewall") if inspects else "igw-a"
    back = through_firewall(draft) if "firewall" in kinds and not inspects and dice.chance(0.8) else []
    table(draft, "rtb-a-gateways", ("subnet-a2",), [route("0.0.0.0/0", exit_of_gateways), *back, *(to_others(draft) if dice.chance(0.8) else [])])
    is_tied = draft.has(TransitGatewayVpcAttachment, "tgw-attach-a") and ("private-nat" in kinds or "firewall" in kinds and dice.chance(0.4))
    between = "igw-a" if inspects else "tgw-1" if is_tied else dice.pick((gateway, gateway, gateway, "igw-a"))
    table(draft, "rtb-a-between", ("subnet-a3",), [route("0.0.0.0/0", between), *to_others(draft)])
    if dice.chance(0.8 if inspects else 0.04):
        table(draft, "rtb-a-edge", (), [route("10.0.2.0/28", "vpce-firewall")] if draft.has(VpcEndpoint, "vpce-firewall") and dice.chance(0.85) else [])
        draft.change(RouteTable, "rtb-a-edge", gateway_ids=frozenset({"igw-a"}))
    main = dice.pick(("rtb-a-jobs", "rtb-a-gateways"))
    draft.change(RouteTable, main, is_main=True, **({"subnet_ids": frozenset()} if dice.chance(0.5) else {}))


def through_firewall(draft: Draft) -> list[Route]:
    """Routes that lead answers to jobs back through the firewall, more specific than the local one."""
    return [route(draft.get(Subnet, id).cidr_block or "", "vpce-firewall") for id in ("subnet-a0", "subnet-a1")]


def job_table(draft: Draft, id: str, subnets: tuple[str, ...], exits: list[str]) -> None:
    """Add a table of subnets for jobs: the exit, whole or in halves, what leads elsewhere than it, and what loses packets on purpose."""
    dice, (main, other) = draft.dice, exits
    halves = [route("0.0.0.0/1", main), route("128.0.0.0/1", dice.pick((main, other)))]
    routes = [each for each in (halves if dice.chance(0.2) else [route("0.0.0.0/0", main)]) if each.target]
    if dice.chance(0.4):
        routes.append(route("pl-s3", endpoint(draft, "vpce-s3", "Gateway", "s3")))
    if dice.chance(0.1):
        routes.append(route("pl-dynamodb", endpoint(draft, "vpce-dynamodb", "Gateway", "dynamodb")))
    asides = dice.some(("pl-corp", "52.0.0.0/8", "8.8.8.0/24", "52.218.0.0/17", "151.101.1.1/32", "0.0.0.0/1"), 0.07)
    asides += ["pl-partners"] if "pl-corp" in asides and dice.chance(0.5) else []
    routes += [route(destination, dice.pick(exits) or other if destination == "pl-partners" else other) for destination in asides if other]
    routes += [route(destination, "", "blackhole") for destination in dice.some(("8.0.0.0/8", "193.99.144.80/32", "52.94.0.0/16", "151.101.0.0/16"), 0.07)]
    routes += [route(destination, "vgw-1", origin=dice.pick(PROPAGATED)) for destination in dice.some(("0.0.0.0/0", "10.200.0.0/16", "52.218.0.0/17", "8.8.8.8/32"), 0.05)]
    if dice.chance(0.05):
        routes.append(route(dice.pick(("8.8.8.8/32", "52.94.5.5/32", "0.0.0.0/2")), dice.pick((*exits, "igw-a")), "filtered", "Advertisement"))
    if dice.chance(0.1) and main.startswith(("nat-", "eni-", "vpce-f")):  # more specific than local (F6.5)
        routes.append(route(dice.pick(("10.0.2.0/28", "10.0.1.0/28")), main))
        routes += through_firewall(draft) if main.startswith("vpce-f") and dice.chance(0.7) else []
    if dice.chance(0.06):
        routes.append(route(dice.pick(("10.0.2.0/28", "10.0.1.0/28", "10.0.0.0/26")), "vgw-1", origin=dice.pick(PROPAGATED)))
    if "nat-private" in exits and dice.chance(0.5):
        routes.append(route(BLOCKS["vpc-b"], "nat-private"))
    if dice.chance(0.2):
        routes += [route("::/0", "eigw-1"), route("2600:1f18::/56", "local", origin="CreateRouteTable")]
    taken = {each.cidr or each.prefix_list_id: each for each in reversed([*routes, *to_others(draft)]) if each.target or each.state == "blackhole"}
    doubles = [each for each in routes if each.origin in PROPAGATED and each.state == "active" and each not in taken.values()]
    table(draft, id, subnets, [*reversed(taken.values()), *doubles])
    if dice.chance(0.03) and main.startswith(("nat-", "eni-", "vpce-f")):  # a replaced local route (F6.5)
        routes_of = draft.get(RouteTable, id).routes
        draft.change(RouteTable, id, routes=tuple(replace(each, target=main) if each.cidr == BLOCKS["vpc-a"] else each for each in routes_of))


def to_others(draft: Draft) -> list[Route]:
    """Routes from VPC A to the VPCs that it is tied to."""
    found = [route(BLOCKS[f"vpc-{id[-1]}"], id) for id in ("pcx-b", "pcx-c") if draft.has(VpcPeeringConnection, id)]
    return [route(BLOCKS["vpc-b"], "tgw-1"), *found] if draft.has(TransitGatewayVpcAttachment, "tgw-attach-a") else found


# Other VPCs


def vpc_b(draft: Draft, ties: list[Route], hub: str) -> None:
    """Add a VPC of hosts, with a way out of its own. *ties*: the routes back to VPC A. *hub*: the target of the table that packets over a transit gateway come to."""
    dice = draft.dice
    draft.add(Vpc("vpc-b", _NOWHERE, OWNER, "available", "default", (BLOCKS["vpc-b"],), (), "dopt-1", False, {}))
    zones = (dice.pick(tuple(ZONES)),) if dice.chance(0.7) else tuple(ZONES)
    for id, block in (("subnet-b0", "10.1.0.0/26"), ("subnet-b1", "10.1.1.0/28"), ("subnet-b2", "10.1.2.0/28")):
        subnet(draft, id, block, dice.pick(zones))
    subnet(draft, "subnet-b3", "10.1.3.0/28", next(zone for zone in ZONES if zone != draft.get(Subnet, "subnet-b2").availability_zone_id))
    draft.add(InternetGateway("igw-b", _NOWHERE, OWNER, {"vpc-b": "available"}, {}))
    nat(draft, "nat-b", "subnet-b1")
    inner = []
    if dice.chance(0.12):
        interface(draft, "eni-b-router", "subnet-b1", 6, ("sg-b-router",), checks=False)
        inner = [route("10.1.0.0/26", "eni-b-router")]
    propagated = [route(dice.pick(("10.1.0.0/26", "10.0.0.0/26")), "vgw-1", origin=dice.pick(PROPAGATED))] if dice.chance(0.06) else []
    table(draft, "rtb-b-hosts", (), [route("0.0.0.0/0", "nat-b"), *propagated, *(ties if dice.chance(0.85) else [])], is_main=True)
    table(draft, "rtb-b-gateways", ("subnet-b1",), [route("0.0.0.0/0", "igw-b"), *(ties if dice.chance(0.85) else [])])
    table(draft, "rtb-b-arrivals", ("subnet-b2", "subnet-b3"), [*([route("0.0.0.0/0", hub)] if hub else []), *inner, *(ties if dice.chance(0.85) else [])])


def peering_with_b(draft: Draft) -> None:
    """Tie VPC B to VPC A with a peering connection."""
    a = draft.get(Vpc, "vpc-a").cidr_blocks
    draft.add(VpcPeeringConnection("pcx-b", _NOWHERE, "active", {"vpc-a": a, "vpc-b": (BLOCKS["vpc-b"],)}, {}))
    vpc_b(draft, [route(block, "pcx-b") for block in a], "")


def transit_to_b(draft: Draft) -> None:
    """Tie VPC B to VPC A with a transit gateway, which often leads to the internet over B."""
    dice, a = draft.dice, draft.get(Vpc, "vpc-a").cidr_blocks
    vpc_b(draft, [route(block, "tgw-1") for block in a], dice.pick(("nat-b", "nat-b", "nat-b", "igw-b", "")))
    near = dice.pick((("subnet-a3", "subnet-a1"), ("subnet-a0", "subnet-a3"), ("subnet-a0", "subnet-a1"), ("subnet-a2", "subnet-a3"), ("subnet-a2", "subnet-a1")))
    far = dice.pick((("subnet-b2",), ("subnet-b2", "subnet-b3"), ("subnet-b2", "subnet-b3"), ("subnet-b0",), ("subnet-b0", "subnet-b3"), ("subnet-b1", "subnet-b2")))
    ends = {"a": one_in_each_zone(draft, near), "b": one_in_each_zone(draft, far)}
    tables = {"a": "tgw-rtb-1", "b": dice.pick(("tgw-rtb-1", "tgw-rtb-2", "tgw-rtb-2"))}
    for name, subnets in ends.items():
        id, vpc = f"tgw-attach-{name}", f"vpc-{name}"
        draft.add(TransitGatewayVpcAttachment(id, _NOWHERE, "tgw-1", vpc, OWNER, "available", subnets, {}))
        draft.add(TransitGatewayAttachment(id, _NOWHERE, OWNER, "tgw-1", "vpc", vpc, "available", tables[name], "associated", {}))
    draft.add(TransitGatewayAttachment("tgw-attach-vpn", _NOWHERE, OWNER, "tgw-1", "vpn", "vpn-1", "available", None, None, {}))
    routes = [transit_route(block, "tgw-attach-a", "propagated") for block in a] + [transit_route(BLOCKS["vpc-b"], "tgw-attach-b", "propagated")]
    routes += [transit_route("10.200.0.0/16", "tgw-attach-vpn")] if dice.chance(0.5) else []
    routes += [transit_route("0.0.0.0/0", "tgw-attach-b")] if dice.chance(0.8) else []
    routes += [transit_route("0.0.0.0/0", "tgw-attach-vpn", "propagated")] if dice.chance(0.2) else []
    routes += [transit_route("8.8.8.0/24", "tgw-attach-vpn", state="blackhole")] if dice.chance(0.1) else []
    for id in sorted(set(tables.values())):
        draft.add(TransitGatewayRoutes(id, _NOWHERE, tuple(routes)))


def one_in_each_zone(draft: Draft, subnets: Iterable[str]) -> tuple[str, ...]:
    """Keep the first subnet of each zone: an attachment has one at most."""
    return tuple({draft.get(Subnet, id).availability_zone_id: id for id in reversed(tuple(subnets))}.values())


def transit_route(block: str, attachment: str, kind: str = "static", state: str = "active") -> TransitGatewayRoute:
    """Make a route of a transit gateway's table."""
    return TransitGatewayRoute("", _NOWHERE, block, None, kind, state, (attachment,) if state == "active" else ())


def vpc_c(draft: Draft) -> None:
    """Add a third VPC: tied to VPC A with a peering connection, or with VPC A's own addresses and tied to nothing."""
    is_tied = draft.dice.chance(0.5)
    block = BLOCKS["vpc-c"] if is_tied else BLOCKS["vpc-a"]
    draft.add(Vpc("vpc-c", _NOWHERE, OWNER, "available", "default", (block,), (), "dopt-1", False, {}))
    subnet(draft, "subnet-c0", block.replace("/16", "/26"), "euw1-az1")
    a = draft.get(Vpc, "vpc-a").cidr_blocks
    if is_tied:
        draft.add(VpcPeeringConnection("pcx-c", _NOWHERE, "active", {"vpc-c": (block,), "vpc-a": a}, {}))
    table(draft, "rtb-c-hosts", (), [route(each, "pcx-c") for each in a] if is_tied else [], is_main=True)


def tie_c_to_b(draft: Draft) -> None:
    """Let the third VPC be peered with VPC B, behind the transit gateway, instead of VPC A: what VPC A sends there is lost, unless a NAT gateway of VPC B sends it."""
    block, inner = BLOCKS["vpc-c"], draft.dice.pick(("pcx-c", "nat-b"))
    draft.change(VpcPeeringConnection, "pcx-c", vpcs={"vpc-c": (block,), "vpc-b": (BLOCKS["vpc-b"],)})
    for each in draft.of(RouteTable):
        if each.vpc_id == "vpc-a":
            draft.change(RouteTable, each.id, routes=tuple(replace(route, target="tgw-1") if route.target == "pcx-c" else route for route in each.routes))
    for id, target in (("rtb-b-arrivals", inner), ("rtb-b-hosts", "pcx-c"), ("rtb-b-gateways", "pcx-c")):
        draft.change(RouteTable, id, routes=(*draft.get(RouteTable, id).routes, route(block, target)))
    draft.change(RouteTable, "rtb-c-hosts", routes=(*draft.get(RouteTable, "rtb-c-hosts").routes, route(BLOCKS["vpc-b"], "pcx-c")))
    for routes in draft.of(TransitGatewayRoutes):
        draft.change(TransitGatewayRoutes, routes.id, routes=(*routes.routes, transit_route(block, "tgw-attach-b")))


# Network ACLs, groups and hosts

ALL = "0.0.0.0/0"
INSIDE = ("10.0.0.0/8", "100.64.0.0/10")


def acls(draft: Draft) -> None:
    """Add the default ACL of each VPC, which admits everything, and ACLs of their own for some subnets."""
    for vpc in draft.of(Vpc):
        acl(draft, f"acl-{vpc.id[4]}-default", (), [entry(100, is_egress, "allow", "-1", ALL) for is_egress in (False, True)], is_default=True)
    for each in draft.of(Subnet):
        if draft.dice.chance(0.5):
            own_acl(draft, each.id)
        elif draft.dice.chance(0.5):
            default = draft.get(NetworkAcl, f"acl-{each.vpc_id[4]}-default")
            draft.change(NetworkAcl, default.id, subnet_ids=default.subnet_ids | {each.id})


def own_acl(draft: Draft, subnet_id: str) -> str:
    """Give a subnet an ACL of its own that admits what it needs, widely or just so, and return its id."""
    dice, id = draft.dice, f"acl-{subnet_id[7:]}"
    if draft.has(NetworkAcl, id):
        return id
    default = draft.get(NetworkAcl, f"acl-{subnet_id[7]}-default")
    draft.change(NetworkAcl, default.id, subnet_ids=default.subnet_ids - {subnet_id})
    entries = [entry(100, is_egress, "allow", "-1", ALL) for is_egress in (False, True)]
    if dice.chance(0.4):
        ports = dice.pick(((1024, 65535), (1024, 65535), (32768, 65535), (32768, 60999), (30000, 61000)))
        entries = [entry(100, True, "allow", "6", ALL, 443, 443), entry(110, True, "allow", "6", ALL, 8080, 8080), entry(140, False, "allow", "6", ALL, *ports)]
        entries += [entry(120 + n, is_egress, "allow", "-1", block) for n, block in enumerate(INSIDE) for is_egress in (False, True)]
        entries += [entry(150, is_egress, "allow", *dice.pick((("1", ALL), ("58", ALL), ("1", ALL, -1, -1), ("1", ALL, 8, -1)))) for is_egress in (False, True)]
    acl(draft, id, (subnet_id,), entries)
    return id


def groups(draft: Draft) -> None:
    """Add the groups that jobs, hosts and routers bear."""
    dice = draft.dice
    both = [rule("sg-a-all", is_egress, "-1", peer) for is_egress, peer in ((True, ALL), (False, "sg-a-all"), (True, "::/0"))]
    group(draft, "sg-a-all", *both)
    more = [rule("sg-a-web", True, "tcp", "10.0.0.0/8", 8000, 9000), rule("sg-a-web", True, "icmp", ALL, 8, -1)]
    group(draft, "sg-a-web", rule("sg-a-web", True, "tcp", ALL, 443, 443), *dice.some(more, 0.5))
    group(draft, "sg-a-lists", rule("sg-a-lists", True, "6", dice.pick(("pl-s3", "pl-corp")), 443, 443), rule("sg-a-lists", True, "-1", "sg-a-hosts"))
    group(draft, "sg-a-mute", rule("sg-a-mute", False, "-1", "10.0.0.0/8"))
    group(draft, "sg-a-none")
    group(draft, "sg-a-odd", *(odd_rule(draft, "sg-a-odd") for _ in range(3)))
    group(draft, "sg-a-router", rule("sg-a-router", True, "-1", ALL), *(rule("sg-a-router", False, "-1", block) for block in INSIDE))
    if draft.has(NetworkInterface, "eni-b-router"):
        group(draft, "sg-b-router", rule("sg-b-router", True, "-1", "sg-b-hosts"), rule("sg-b-router", False, "-1", dice.pick(("10.0.0.0/8", "sg-a-all"))))
    hosts(draft, "a", ("subnet-a0", "subnet-a1"), "")
    if draft.has(Vpc, "vpc-b"):
        hosts(draft, "b", ("subnet-b0",), "pcx-b" if draft.has(VpcPeeringConnection, "pcx-b") else "")
    if draft.has(Vpc, "vpc-c"):
        hosts(draft, "c", ("subnet-c0",), "pcx-c" if draft.has(VpcPeeringConnection, "pcx-c") and "vpc-a" in draft.get(VpcPeeringConnection, "pcx-c").vpcs else "")


def odd_rule(draft: Draft, group_id: str) -> SecurityGroupRule:
    """Make any egress rule."""
    kinds = (("tcp", 443, 443), ("tcp", 0, 65535), ("udp", -1, -1), ("icmp", -1, -1), ("icmp", 8, 0), ("50", None, None), ("-1", None, None), ("17", 53, 443))
    protocol, first, last = draft.dice.pick(kinds)
    return rule(group_id, True, protocol, draft.dice.pick((*PUBLIC_BLOCKS, "10.0.0.0/8", "10.0.1.0/28", "pl-corp", "pl-s3", "sg-a-hosts")), first, last)


def hosts(draft: Draft, vpc: str, subnets: tuple[str, ...], peering: str) -> None:
    """Add hosts, whose group admits jobs by group, by address, or not at all."""
    dice, id = draft.dice, f"sg-{vpc}-hosts"
    rules = [rule(id, False, "tcp", "10.0.0.0/26", 443, 8080), rule(id, False, "-1", "10.0.0.0/8"), rule(id, False, "tcp", "100.64.0.0/24", 443, 443)]
    rules += [rule(id, False, "tcp", peer, 443, 443, peering or None) for peer in ("sg-a-all", "sg-a-web", "sg-a-router")]
    kept = dice.some(rules, 0.5)
    if kept and kept[-1].referenced_peering_id and dice.chance(0.1):
        kept[-1] = replace(kept[-1], peering_status="deleted")
    group(draft, id, rule(id, True, "-1", ALL), *kept)
    if vpc != "a" and dice.chance(0.5):
        lists = draft.get(SecurityGroup, "sg-a-lists")
        draft.change(SecurityGroup, lists.id, rules=(*lists.rules, rule(lists.id, True, "tcp", id, 443, 443, peering or None)))
    for subnet_id in subnets:
        interface(draft, f"eni-{subnet_id[7:]}", subnet_id, 7, (id,))


# What goes wrong


def _deny(draft: Draft, subnet_id: str, is_egress: bool, blocks: Sequence[str], ports: Sequence[tuple[int, int]]) -> None:
    """Deny something narrow before the wide allow entries."""
    dice, id = draft.dice, own_acl(draft, subnet_id)
    protocol, first, last = dice.pick([("6", *each) for each in ports] * 3 + [("-1", None, None), ("1", 8, -1), ("58", None, None)])
    number = 2 * (1 + len(draft.get(NetworkAcl, id).entries))  # so that there is room for another one before it
    entries = (entry(number, is_egress, "deny", protocol, dice.pick(blocks), first, last), *draft.get(NetworkAcl, id).entries)
    if dice.chance(0.15):  # an exception from the exception
        entries = (entry(number - 1, is_egress, "allow", "6", dice.pick(("8.8.8.8/32", "52.218.0.0/17", "10.0.0.0/26")), 0, 65535), *entries)
    draft.change(NetworkAcl, id, entries=entries)


REQUESTS = ((443, 443), (0, 1023), (0, 65535))
PIECES = ((32768, 33000), (49152, 65535), (60999, 60999), (0, 65535))
NAT_PIECES = ((1024, 2000), (61000, 65535), (40000, 40000))
JOBS = ("10.0.0.0/26", "10.0.0.0/26", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.0/16", "10.0.1.0/28", "100.64.0.0/10")
STEPS: tuple[tuple[tuple[str, ...], bool, tuple[str, ...], tuple[tuple[int, int], ...]], ...] = (  # where an ACL can lose packets on the way over a NAT gateway (F7.7)
    (("subnet-a0", "subnet-a0", "subnet-a1"), True, (ALL, "0.0.0.0/1", *PUBLIC_BLOCKS), REQUESTS),
    (("subnet-a2",), False, JOBS, REQUESTS),
    (("subnet-a2",), True, PUBLIC_BLOCKS, REQUESTS),
    (("subnet-a2",), False, PUBLIC_BLOCKS, NAT_PIECES),
    (("subnet-a2",), True, JOBS, PIECES),
    (("subnet-a0", "subnet-a0", "subnet-a0", "subnet-a1"), False, (ALL, ALL, ALL, "0.0.0.0/1", "0.0.0.0/1", *PUBLIC_BLOCKS), PIECES),
)


def deny_on_the_nat_path(draft: Draft) -> None:
    """Deny at one of the six steps of F7.7; those of answers are the harder ones to come to."""
    subnets, is_egress, blocks, ports = draft.dice.pick([STEPS[step - 1] for step in (1, 1, 1, 2, 2, 3, 3, 3, 4, 5, 5, 5, 6, 6, 6, 6, 6, 6)])
    _deny(draft, draft.dice.pick(subnets), is_egress, blocks, ports)


def deny_anywhere(draft: Draft) -> None:
    """Deny at any subnet."""
    blocks = (*PUBLIC_BLOCKS, *JOBS, "10.1.0.0/16", "10.1.0.0/26", "10.2.0.0/16")
    _deny(draft, draft.dice.pick(draft.of(Subnet)).id, draft.dice.chance(0.5), blocks, (*REQUESTS, *PIECES))


def break_a_route(draft: Draft) -> None:
    """Take a route out of a table, make it a blackhole, or lead it astray."""
    dice = draft.dice
    chosen = dice.pick([each for each in draft.of(RouteTable) if each.routes[-1].target != "local"])
    index = dice.pick([index for index, each in enumerate(chosen.routes) if each.target != "local"])
    broken = chosen.routes[index]
    blackholes = [replace(broken, state="blackhole")], [replace(broken, state="blackhole", target="")]
    instead = dice.pick(([], *blackholes, [replace(broken, target=dice.pick((*GONE, *UNSUPPORTED)))]))
    draft.change(RouteTable, chosen.id, routes=(*chosen.routes[:index], *instead, *chosen.routes[index + 1:]))


def lose_the_exit(draft: Draft) -> None:
    """Make the widest routes of a table for jobs, but the local ones, blackholes, or let them lead to what is gone."""
    chosen = draft.get(RouteTable, "rtb-a-jobs")
    lost = draft.dice.pick(({"state": "blackhole"}, {"state": "blackhole"}, {"target": draft.dice.pick(GONE)}))
    draft.change(RouteTable, chosen.id, routes=tuple(replace(each, **lost) if each.cidr in (ALL, "0.0.0.0/1", "128.0.0.0/1") else each for each in chosen.routes))


def add_a_blackhole(draft: Draft) -> None:
    """Give a table a blackhole for some destinations."""
    chosen = draft.dice.pick(draft.of(RouteTable))
    destination = draft.dice.pick(("8.8.8.8/32", "52.0.0.0/9", "52.218.1.0/24", "128.0.0.0/2", "151.0.0.0/8", "10.1.0.0/26", "193.99.144.0/24", "3.0.0.0/8"))
    if destination not in {each.cidr for each in chosen.routes}:
        draft.change(RouteTable, chosen.id, routes=(*chosen.routes, route(destination, "", "blackhole")))


def break_a_nat_gateway(draft: Draft) -> None:
    """Break a NAT gateway, or put it where it cannot work."""
    dice, chosen = draft.dice, draft.dice.pick(draft.of(NatGateway))
    values: list[dict[str, object]] = [{"state": state} for state in ("failed", "deleted", "deleting", "pending")]
    values += [{"public_ips": ()}, {"connectivity_type": "private", "public_ips": ()}]
    if chosen.id == "nat-a":
        values += [{"subnet_id": "subnet-a0", "private_ips": (address(draft, "subnet-a0", 5),)}]
    draft.change(NatGateway, chosen.id, **dice.pick(values))


def break_a_gateway(draft: Draft) -> None:
    """Detach an internet gateway, or break an endpoint."""
    dice = draft.dice
    chosen = dice.pick([*draft.of(InternetGateway), *draft.of(VpcEndpoint), *draft.of(VpcEndpoint)])
    if isinstance(chosen, InternetGateway):
        draft.change(InternetGateway, chosen.id, attachments=dice.pick(({}, {"vpc-other": "available"}, {f"vpc-{chosen.id[4]}": "detaching"})))
    else:
        draft.change(VpcEndpoint, chosen.id, state=dice.pick(("failed", "deleted", "rejected")))


def block_public_access(draft: Draft) -> None:
    """Block public access for a subnet or a VPC."""
    dice, mode = draft.dice, draft.dice.pick(("block-bidirectional", "block-bidirectional", "block-ingress"))
    if dice.chance(0.5):
        draft.change(Vpc, dice.pick(("vpc-a", dice.pick(draft.of(Vpc)).id)), block_public_access=mode)
        for each in dice.some(draft.of(Subnet), 0.2):  # excluded
            draft.change(Subnet, each.id, block_public_access="off")
    else:
        draft.change(Subnet, dice.pick(("subnet-a2", "subnet-a2", "subnet-a3", dice.pick(draft.of(Subnet)).id)), block_public_access=mode)


def break_an_interface(draft: Draft) -> None:
    """Break an interface, or give it other groups."""
    dice = draft.dice
    chosen = dice.pick([each for each in draft.of(NetworkInterface) for _ in range(1 if each.source_dest_check else 3)])
    if dice.chance(0.2) and chosen.instance_id:
        draft.change(Instance, chosen.instance_id, state="stopped")
    else:
        changes = ({"source_dest_check": True}, {"status": "available"}, {"security_group_ids": ("sg-a-web",)}, {"security_group_ids": ("sg-a-mute",)}, {"public_ip": None})
        draft.change(NetworkInterface, chosen.id, **dice.pick(changes))


def break_a_tie(draft: Draft) -> None:
    """Break a peering connection or something of a transit gateway."""
    dice = draft.dice
    of_transit = [*draft.of(TransitGatewayVpcAttachment), *draft.of(TransitGatewayAttachment), *draft.of(TransitGatewayRoutes)]
    chosen = dice.pick([*draft.of(VpcPeeringConnection), *of_transit] or draft.of(Subnet))
    match chosen:
        case VpcPeeringConnection():
            draft.change(VpcPeeringConnection, chosen.id, status=dice.pick(("pending-acceptance", "deleted", "failed")))
        case TransitGatewayVpcAttachment():
            draft.change(TransitGatewayVpcAttachment, chosen.id, state=dice.pick(("pending", "deleted", "failed", "modifying", "rollingBack")))
        case TransitGatewayAttachment():
            changes = ({"route_table_id": None, "association_state": None}, {"association_state": "associating"}, {"route_table_id": "tgw-rtb-gone"})
            draft.change(TransitGatewayAttachment, chosen.id, **dice.pick(changes))
        case TransitGatewayRoutes(routes=routes):
            index = int(dice.pick(range(len(routes))))
            instead = dice.pick(([], [replace(routes[index], state="blackhole", attachment_ids=())], [replace(routes[index], attachment_ids=("tgw-attach-gone",))]))
            draft.change(TransitGatewayRoutes, chosen.id, routes=(*routes[:index], *instead, *routes[index + 1:]))
        case _:
            deny_anywhere(draft)


FAULTS: tuple[Callable[[Draft], None], ...] = (
    *(deny_on_the_nat_path,) * 4, *(deny_anywhere,) * 6, *(break_a_route,) * 4, *(lose_the_exit,) * 3, *(add_a_blackhole,) * 3, *(break_a_nat_gateway,) * 4,
    *(break_a_gateway,) * 3, *(block_public_access,) * 7, *(break_an_interface,) * 2, *(break_a_tie,) * 3,
)


def world(seed: int) -> World:
    """Build the world of a seed: one that is sound but for its choice of an exit, and then what goes wrong in it."""
    dice = Dice(Random(seed))
    draft = Draft(dice, dice.chance(0.4))
    vpc_a(draft)
    if dice.chance(0.25):
        vpc_c(draft)
    tables_of_a(draft)
    if draft.has(VpcPeeringConnection, "pcx-c") and draft.has(TransitGatewayVpcAttachment, "tgw-attach-b") and dice.chance(0.6):
        tie_c_to_b(draft)
    acls(draft)
    groups(draft)
    faults = [deny_on_the_nat_path] * 2 if draft.is_about_nat else []
    for fault in [*faults, *(dice.pick(FAULTS) for _ in range(dice.pick((0, 0, 1, 1, 2)) if faults else dice.pick((0, 1, 2, 2, 3))))]:
        fault(draft)
    return finished(draft)


# Worlds as documents show them

KINDS: Mapping[str, tuple[type[Fact], str, str]] = {  # kind of export → noun, the key of its rows, the field of World
    "vpcs": (Vpc, "Vpcs", "vpcs"),
    "subnets": (Subnet, "Subnets", "subnets"),
    "route-tables": (RouteTable, "RouteTables", "route_tables"),
    "network-acls": (NetworkAcl, "NetworkAcls", "network_acls"),
    "security-groups": (SecurityGroup, "SecurityGroups", "groups"),
    "internet-gateways": (InternetGateway, "InternetGateways", "internet_gateways"),
    "nat-gateways": (NatGateway, "NatGateways", "nat_gateways"),
    "vpc-endpoints": (VpcEndpoint, "VpcEndpoints", "endpoints"),
    "vpc-peering-connections": (VpcPeeringConnection, "VpcPeeringConnections", "peerings"),
    "transit-gateway-vpc-attachments": (TransitGatewayVpcAttachment, "TransitGatewayVpcAttachments", "vpc_attachments"),
    "transit-gateway-attachments": (TransitGatewayAttachment, "TransitGatewayAttachments", "attachments"),
    "transit-gateway-routes": (TransitGatewayRoutes, "Routes", "transit_routes"),
    "network-interfaces": (NetworkInterface, "NetworkInterfaces", "interfaces"),
    "instances": (Instance, "Reservations", "instances"),
    "prefix-list-entries": (PrefixListEntries, "Entries", "prefix_lists"),
}
PARTS = {"route_tables": ("routes", "Routes"), "network_acls": ("entries", "Entries"), "groups": ("rules", "IpPermissions"), "transit_routes": ("routes", "Routes")}
ONE_FILE_EACH = ("transit-gateway-routes", "prefix-list-entries")


def finished(draft: Draft) -> World:
    """Give every noun its place in a document, and every part of one its id."""
    for id, blocks in ENTRIES.items():
        draft.add(PrefixListEntries(id, _NOWHERE, blocks))
    columns: dict[str, tuple[Fact, ...]] = {}
    for kind, (noun, key, column) in KINDS.items():
        rows = []
        for index, each in enumerate(draft.of(noun)):
            source = Source(f"{kind}.{each.id}.json", 0, f"/{key}") if kind in ONE_FILE_EACH else Source(f"{kind}.json", 0, f"/{key}/{index}")
            rows.append(placed(each, column, source))
        columns[column] = tuple(rows)
    return World(**columns)  # type: ignore[arg-type]


def placed(noun: Fact, column: str, source: Source) -> Fact:
    """Return a noun with its source, and its parts with ids and sources."""
    if column not in PARTS:
        return replace(noun, source=source)  # type: ignore[arg-type]
    member, key = PARTS[column]
    parts = tuple(replace(part, id=f"{noun.id}/{index}", source=source.at(key, index)) for index, part in enumerate(getattr(noun, member)))
    return replace(noun, source=source, **{member: parts})  # type: ignore[arg-type]


def exports(world: World, left_out: frozenset[str] = frozenset()) -> list[Export]:
    """Make the exports of a world, but for the kinds that are *left_out*; each of the others shows all that the account and Region have."""
    made = []
    for kind, (_, key, column) in KINDS.items():
        nouns = getattr(world, column)
        if kind in ONE_FILE_EACH:
            made += [Export(kind, Source(f"{kind}.{noun.id}.json"), SCOPE, (noun,)) for noun in nouns]
        else:
            made.append(Export(kind, Source(f"{kind}.json"), SCOPE, nouns))
    lists = tuple(PrefixList(id, Source("managed-prefix-lists.json", 0, f"/PrefixLists/{n}"), None, LISTS[id]) for n, id in enumerate(LISTS))
    made.append(Export("managed-prefix-lists", Source("managed-prefix-lists.json"), SCOPE, lists))
    return [export for export in made if export.kind not in left_out]


def facts(world: World, left_out: frozenset[str] = frozenset()) -> Facts:
    """Collect the facts of a world, but for the kinds that are *left_out*."""
    return Facts.of(exports(world, left_out))


# Packets


def packets(world: World, random: Random) -> list[Placement]:
    """Choose packets that jobs of two placements send: from any address, to every kind of destination."""
    dice = Dice(random)
    return [(*placement, packet) for placement in (_placement(world, dice), _placement(world, dice)) for packet in _packets(world, dice, placement[0])]


def _placement(world: World, dice: Dice) -> tuple[str, tuple[str, ...]]:
    subnets = [each.id for each in world.subnets if each.vpc_id == "vpc-a"]
    odd = (("sg-a-lists",), ("sg-a-lists", "sg-a-web"), ("sg-a-mute",), ("sg-a-none",), ("sg-a-mute", "sg-a-none"), ("sg-a-odd",), ("sg-a-mute", "sg-a-odd"))
    groups = dice.pick((*[("sg-a-all",)] * 40, *[("sg-a-web",)] * 10, *odd))
    return dice.pick(("subnet-a0", "subnet-a0", "subnet-a0", "subnet-a1", dice.pick(subnets))), groups


def _packets(world: World, dice: Dice, subnet_id: str) -> list[Packet]:
    sources = [_usable(each.cidr_block or "", dice) for each in world.subnets if each.id == subnet_id for _ in range(3)]
    inside_vpcs = [_usable(dice.pick(world.subnets).cidr_block or "", dice) for _ in range(3)] + [dice.pick(world.interfaces).private_ips[0] for _ in range(2)]
    public = [dice.pick(PUBLIC) for _ in range(10)]
    destinations = [*public, *(each for each in inside_vpcs if each not in sources), dice.pick(ELSEWHERE)]
    return [Packet(protocol, dice.pick(sources), destination, port) for destination in destinations for protocol, port in [_kind(dice)]]


def _kind(dice: Dice) -> tuple[int, int]:
    return dice.pick((*[(TCP, 443)] * 18, *[(TCP, 8080)] * 3, (UDP, 443), (UDP, 53), (ICMP, 8 * 256), (ICMP, 13 * 256), (ESP, 0)))


def _usable(block: str, dice: Dice) -> str:
    """Choose an address that no gateway and no host of the world has."""
    network = IPv4Network(block)
    return str(network[dice.pick(range(8, min(network.num_addresses - 1, 40)))])


def in_list(address: str, prefix_list: str) -> bool:
    """Does a prefix list hold an address?"""
    return any(inside(address, block) for block in ENTRIES[prefix_list])


def left_out(seed: int) -> frozenset[str]:
    """Choose the kinds of export that the world of a seed is shown without: at least one."""
    dice = Dice(Random(-1 - seed))
    kinds = (*KINDS, "managed-prefix-lists")
    return frozenset(dice.some(kinds, 0.08)) or frozenset({dice.pick(kinds)})


def corners(world: World) -> list[str]:
    """List the first address of every block of a world, and the first one behind it: between two of them nothing that the world says changes."""
    vpcs = [block for vpc in world.vpcs for block in vpc.cidr_blocks] + [subnet.cidr_block for subnet in world.subnets if subnet.cidr_block]
    routes = [each.cidr for table in (*world.route_tables, *world.transit_routes) for each in table.routes if each.cidr]
    filters = [each.cidr for acl in world.network_acls for each in acl.entries] + [each.cidr for group in world.groups for each in group.rules if each.cidr]
    others = [block for each in world.prefix_lists for block in each.cidrs] + [f"{address}/32" for each in world.interfaces for address in each.private_ips]
    networks = [IPv4Network(block) for block in (*vpcs, *routes, *filters, *others) if ":" not in block]
    return [str(IPv4Address(cut)) for cut in sorted({int(end) for each in networks for end in (each[0], each[-1] + 1 if each[-1] < IPv4Address(2**32 - 1) else each[0])})]
