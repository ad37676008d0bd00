"""One packet at a time through a small world: the slow, obvious reference that reachability is compared with, written from the AWS facts (F-numbers)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network
from typing import Literal, TypeVar

from sagevpc_lint.model.nouns import (
    Instance, InternetGateway, NatGateway, NetworkAcl, NetworkAclEntry, NetworkInterface, PrefixListEntries, Route, RouteTable, SecurityGroup, SecurityGroupRule, Subnet,
    TransitGatewayAttachment, TransitGatewayRoute, TransitGatewayRoutes, TransitGatewayVpcAttachment, Vpc, VpcEndpoint, VpcPeeringConnection,
)

ICMP, TCP, UDP, ESP = 1, 6, 17, 50
NUMBERS = {"icmp": ICMP, "tcp": TCP, "udp": UDP, "icmpv6": 58}
NOT_ROUTABLE = "169.254.168.0/22"  # F6.7
RFC_1918 = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
RFC_6598 = ("100.64.0.0/10",)
OTHERS_NOT_PUBLIC = (
    "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
)
OF_INTERFACES, OF_NAT_GATEWAYS = (32768, 60999), (1024, 65535)  # the ports at which they take answers (F5.8)
Noun = TypeVar("Noun")
AnyRoute = Route | TransitGatewayRoute


@dataclass(frozen=True)
class World:
    """All that exists, as plain collections of nouns. What is not here the documents do not show."""

    vpcs: tuple[Vpc, ...] = ()
    subnets: tuple[Subnet, ...] = ()
    route_tables: tuple[RouteTable, ...] = ()
    network_acls: tuple[NetworkAcl, ...] = ()
    groups: tuple[SecurityGroup, ...] = ()
    internet_gateways: tuple[InternetGateway, ...] = ()
    nat_gateways: tuple[NatGateway, ...] = ()
    endpoints: tuple[VpcEndpoint, ...] = ()
    peerings: tuple[VpcPeeringConnection, ...] = ()
    vpc_attachments: tuple[TransitGatewayVpcAttachment, ...] = ()
    attachments: tuple[TransitGatewayAttachment, ...] = ()
    transit_routes: tuple[TransitGatewayRoutes, ...] = ()
    interfaces: tuple[NetworkInterface, ...] = ()
    instances: tuple[Instance, ...] = ()
    prefix_lists: tuple[PrefixListEntries, ...] = ()


@dataclass(frozen=True)
class Packet:
    """One packet; *port* is the destination's for TCP and UDP, type * 256 + code for ICMP, and 0 for protocols without ports."""

    protocol: int
    source: str
    destination: str
    port: int = 0


@dataclass(frozen=True)
class Event:
    """What happens to a packet: it is lost, or it is unknown whether it is. *step*: which of the six of F7.7."""

    is_loss: bool
    code: str
    component: str
    step: str = ""


@dataclass(frozen=True)
class Outcome:
    """What becomes of a packet: the first loss of a lost one, the first doubt of an unknown one, whose code is empty where it is neither the resource nor its kind.

    *all*: every event of the way, the first one first. *also*: the first losses on the other ways that it may take, where it is lost on each.
    """

    verdict: Literal["arrives", "lost", "unknown"]
    code: str = ""
    component: str = ""
    step: str = ""
    all: tuple[Event, ...] = ()
    also: tuple[Event, ...] = ()


@dataclass(frozen=True)
class Sender:
    """Whose address the packet has as its source: a job's interface (whose *id* is empty), a NAT gateway (*subnet* is None for a regional one) or a NAT instance."""

    id: str
    vpc_id: str
    subnet: Subnet | None
    groups: tuple[str, ...] = ()
    is_nat_gateway: bool = False
    is_public: bool = False

    @property
    def answer_ports(self) -> tuple[int, int]:
        """A NAT gateway takes answers at 1024–65535, everything else at Linux' ports (F5.8, F7.6)."""
        return OF_NAT_GATEWAYS if self.is_nat_gateway else OF_INTERFACES


@dataclass(frozen=True)
class Trip:
    """A packet on its way, as it is on the wire now. *subnet*: where it is; None inside a regional NAT gateway.

    *events*: on the way there. *back*: what its answer meets, in the order of the way there. *passed*: the components, each with the id of the sender then. *over*: the
    peering connection or transit gateway that it came over since *sender* sent it; *came_over*: did it ever? *forwarded*: does a middlebox stand between *sender* and
    here? *firewalls*: the subnets of the firewall endpoints passed. *at_home*: how
    many of *back*, from the first, an answer passes whatever way it comes.
    """

    packet: Packet
    vpc_id: str
    subnet: Subnet | None
    sender: Sender
    events: tuple[Event, ...] = ()
    back: tuple[Callable[[], Iterable[Event]], ...] = ()
    passed: tuple[tuple[str, str], ...] = ()
    over: str = ""
    came_over: bool = False
    forwarded: bool = False
    firewalls: tuple[Subnet, ...] = ()
    at_home: int = 1

    def loses(self, if_: bool, code: str, component: str, step: str = "") -> "Trip":
        """Write down that the packet is lost here, *if_* it is; the way goes on, so that every loss is found."""
        return replace(self, events=(*self.events, Event(True, code, component, step))) if if_ else self

    def doubts(self, if_: bool, code: str, component: str) -> "Trip":
        """Write down that it is unknown whether the packet is lost here."""
        return replace(self, events=(*self.events, Event(False, code, component))) if if_ else self


# Small questions


@lru_cache(maxsize=1 << 16)
def inside(address: str, block: str) -> bool:
    """Is an IPv4 address in a block? It is in no IPv6 block."""
    return ":" not in block and IPv4Address(address) in IPv4Network(block)


def inside_one(address: str, blocks: Iterable[str]) -> bool:
    """Is an address in one of *blocks*?"""
    return any(inside(address, block) for block in blocks)


def one(nouns: Iterable[Noun], id: str | None) -> Noun | None:
    """Find a noun by its id."""
    return next((noun for noun in nouns if noun.id == id), None)  # type: ignore[attr-defined]


def length(block: str) -> int:
    """Return the length of a block's prefix."""
    return int(block.partition("/")[2])


def entries(world: World, prefix_list: str | None) -> tuple[str, ...]:
    """Return the blocks of a prefix list."""
    found = one(world.prefix_lists, prefix_list)
    return found.cidrs if found else ()


def subnet_of(world: World, id: str) -> Subnet:
    """Return a subnet, which the world must have."""
    return next(subnet for subnet in world.subnets if subnet.id == id)


def subnet_with(world: World, vpc_id: str, address: str) -> Subnet | None:
    """Find the subnet of a VPC that holds an address."""
    return next((each for each in world.subnets if each.vpc_id == vpc_id and each.cidr_block and inside(address, each.cidr_block)), None)


def table_of(world: World, subnet: Subnet) -> RouteTable:
    """Return the table associated with a subnet, else the main one of its VPC (F6.4)."""
    explicit = [table for table in world.route_tables if subnet.id in table.subnet_ids]
    main = [table for table in world.route_tables if table.is_main and table.vpc_id == subnet.vpc_id]
    return (explicit or main)[0]


def acl_of(world: World, subnet: Subnet) -> NetworkAcl:
    """Return the ACL associated with a subnet, else the default one of its VPC (F5.4)."""
    explicit = [acl for acl in world.network_acls if subnet.id in acl.subnet_ids]
    default = [acl for acl in world.network_acls if acl.is_default and acl.vpc_id == subnet.vpc_id]
    return (explicit or default)[0]


def share_a_zone(subnet: Subnet, other: Subnet) -> bool:
    """Do two subnets lie in the same zone?"""
    return subnet.availability_zone_id == other.availability_zone_id


def block_mode(world: World, subnet: Subnet | None, vpc_id: str) -> str:
    """Return how Block Public Access treats a subnet, by its own field, else its VPC's (F6.15, F6.15a); without a subnet, the VPC."""
    own = subnet.block_public_access if subnet else "off"
    vpc = one(world.vpcs, subnet.vpc_id if subnet else vpc_id)
    return own if own != "off" or vpc is None else vpc.block_public_access


# Network ACLs: stateless, the first entry that fits decides (F5.1–F5.9)


def admits(acl: NetworkAcl, is_egress: bool, protocol: int, address: str, port: int) -> bool:
    """Does an ACL let a packet through? *address* is the far one: the destination on the way out, the source on the way in (F5.2)."""
    for entry in sorted(acl.entries, key=lambda entry: entry.rule_number):
        if entry.is_egress == is_egress and inside(address, entry.cidr) and is_about(entry, protocol, port):
            return entry.rule_action == "allow"
    return False


def is_about(entry: NetworkAclEntry, protocol: int, port: int) -> bool:
    """Does an entry speak of a protocol and port? Protocol 58 with an IPv4 block means all ICMP (F5.3); ports of other protocols are ignored (F5.2)."""
    if entry.protocol == "-1" or entry.protocol == "58" and protocol == ICMP:
        return True
    if entry.protocol != str(protocol):
        return False
    if protocol in (TCP, UDP):
        return entry.from_port is None or entry.to_port is None or entry.from_port <= port <= entry.to_port
    return protocol != ICMP or entry.icmp_type in (None, -1, port // 256) and entry.icmp_code in (None, -1, port % 256)


def admits_answers(acl: NetworkAcl, is_egress: bool, protocol: int, address: str, ports: tuple[int, int]) -> bool:
    """Does an ACL let through the answers at every port of the range?

    Entries name ranges of ports (types and codes of ICMP). Cut the line where one of them begins or ends: between two cuts each entry fits all ports or none, so the same
    entry decides for all of them, and the first port of a piece speaks for the piece.
    """
    low, high = {TCP: ports, UDP: ports, ICMP: (0, 65535)}.get(protocol, (0, 0))
    starts = {low} | {cut for entry in acl.entries for cut in cuts(entry, protocol) if low < cut <= high}
    return all(admits(acl, is_egress, protocol, address, port) for port in sorted(starts))


def cuts(entry: NetworkAclEntry, protocol: int) -> Iterator[int]:
    """Yield the ports at which what an entry says may change."""
    if protocol in (TCP, UDP) and entry.from_port is not None and entry.to_port is not None:
        yield from (entry.from_port, entry.to_port + 1)
    if protocol == ICMP and entry.icmp_type not in (None, -1):
        first = entry.icmp_type * 256 + max(entry.icmp_code or 0, 0)
        yield from (entry.icmp_type * 256, first, first + 1, entry.icmp_type * 256 + 256)


def cross(world: World, trip: Trip, subnet: Subnet, is_egress: bool, steps: tuple[str, str] = ("", "")) -> Trip:
    """Pass the ACL of a subnet on the way out or in, and let the answer pass its opposite direction later: both look at the same far address."""
    acl, packet, ports = acl_of(world, subnet), trip.packet, trip.sender.answer_ports
    far = packet.destination if is_egress else packet.source

    def answer() -> Iterator[Event]:
        if not admits_answers(acl, not is_egress, packet.protocol, far, ports):
            yield Event(True, "SUBNET_ACL_RESTRICTION", acl.id, steps[1])

    passes = admits(acl, is_egress, packet.protocol, far, packet.port)
    return replace(trip.loses(not passes, "SUBNET_ACL_RESTRICTION", acl.id, steps[0]), back=(*trip.back, answer))


def enter(world: World, trip: Trip, subnet: Subnet, steps: tuple[str, str] = ("", "")) -> Trip:
    """Come into a subnet, through its ACL unless the packet is there already (F5.5)."""
    return trip if trip.subnet is not None and trip.subnet.id == subnet.id else cross(world, trip, subnet, False, steps)


# Security groups: the union of their rules, stateful (F4.8)


def pass_groups(world: World, trip: Trip, groups: tuple[str, ...], is_egress: bool, component: str) -> Trip:
    """Pass the groups of an interface; their answers pass them too."""
    rules = [rule for id in groups for group in world.groups if group.id == id for rule in group.rules if rule.is_egress == is_egress]
    if not rules:
        return trip.loses(True, "SG_HAS_NO_RULES", component)
    vpc = trip.sender.vpc_id if is_egress else trip.vpc_id
    fits = any(describes(rule, trip.packet) and is_peer(world, trip, rule, vpc) for rule in rules)
    return trip.loses(not fits, "ENI_SG_RULES_MISMATCH", component)


def describes(rule: SecurityGroupRule, packet: Packet) -> bool:
    """Does a rule speak of the packet's protocol and port? ICMP's two ports are type and code, no range (F4.12, F4.13)."""
    if rule.ip_protocol == "-1":
        return True
    number = NUMBERS.get(rule.ip_protocol.lower()) or int(rule.ip_protocol)
    if number != packet.protocol:
        return False
    if number in (TCP, UDP):
        return rule.from_port in (None, -1) or rule.from_port <= packet.port <= rule.to_port
    return number != ICMP or rule.from_port in (None, -1, packet.port // 256) and rule.to_port in (None, -1, packet.port % 256)


def is_peer(world: World, trip: Trip, rule: SecurityGroupRule, vpc: str) -> bool:
    """Is the far end of the packet what a rule of a group in *vpc* names: an address, a prefix list's, or an interface that bears a group (F4.10, F4.18)?"""
    far = trip.packet.destination if rule.is_egress else trip.packet.source
    if rule.referenced_group_id is None:
        return inside_one(far, (rule.cidr,) if rule.cidr else entries(world, rule.prefix_list_id))
    if rule.is_egress:
        bearers = [each for each in world.interfaces if rule.referenced_group_id in each.security_group_ids and far in each.private_ips]
        return any(counts_between(world, rule, vpc, each.vpc_id) for each in bearers)
    return rule.referenced_group_id in trip.sender.groups and not trip.forwarded and counts_between(world, rule, vpc, trip.sender.vpc_id)


def counts_between(world: World, rule: SecurityGroupRule, vpc: str, other: str) -> bool:
    """May a rule refer to a group of another VPC? Over an active peering connection of the two, and only while the rule is not stale (F4.10, F4.16)."""
    ties = [each for each in world.peerings if {vpc, other} == set(each.vpcs) and each.status == "active" and rule.referenced_peering_id in (None, each.id)]
    return vpc == other or bool(ties) and rule.peering_status in (None, "active")


# Routes: the longest prefix, then static, then a prefix list's, then propagated (F6.1–F6.7)


def best(world: World, routes: Iterable[AnyRoute], address: str) -> AnyRoute | None:
    """Find the route that takes an address."""
    if inside(address, NOT_ROUTABLE):
        return None
    fitting = [(prefix_length(world, route, address), -rank(route), route) for route in routes if prefix_length(world, route, address) >= 0]
    return max(fitting, key=lambda each: each[:2])[2] if fitting else None


def prefix_length(world: World, route: AnyRoute, address: str) -> int:
    """Return the length of the longest prefix of a route that holds an address, -1 if none does; a prefix list takes part with each of its entries (F6.3)."""
    blocks = (route.cidr,) if route.cidr else entries(world, route.prefix_list_id)
    return max((length(block) for block in blocks if inside(address, block)), default=-1)


def rank(route: AnyRoute) -> int:
    """Rank static routes before those of prefix lists before propagated ones (F6.2)."""
    origin = route.origin if isinstance(route, Route) else route.type
    if origin in ("EnableVgwRoutePropagation", "Advertisement", "propagated"):
        return 2
    return 1 if route.prefix_list_id else 0


def is_shadowed(world: World, table: RouteTable, route: Route, address: str) -> bool:
    """Does a shorter prefix of the table have an active route for an address, too?"""
    shorter = range(prefix_length(world, route, address))
    return any(other.state == "active" and prefix_length(world, other, address) in shorter for other in table.routes)


def leave(world: World, trip: Trip, subnet: Subnet, steps: tuple[str, str] = ("", "")) -> list[Trip]:
    """Leave a subnet: through its ACL unless the destination is inside it (F5.5), then where its table leads."""
    trip = replace(trip, subnet=subnet, vpc_id=subnet.vpc_id)
    stays = subnet.cidr_block is not None and inside(trip.packet.destination, subnet.cidr_block)
    trip = trip if stays else cross(world, trip, subnet, True, steps)
    return route_on(world, trip, table_of(world, subnet))


def route_on(world: World, trip: Trip, table: RouteTable, without: tuple[Route, ...] = ()) -> list[Trip]:
    """Follow the table's route for the packet. Whether a `filtered` one is installed is unknown (section 16): then there are two ways."""
    routes = tuple(route for route in table.routes if route not in without)
    route = best(world, routes, trip.packet.destination)
    if route is None:
        return [trip.loses(True, "NO_ROUTE_TO_DESTINATION", table.id)]
    if route.state == "blackhole":
        shadowed = is_shadowed(world, replace(table, routes=routes), route, trip.packet.destination)
        return [trip.loses(True, "MORE_SPECIFIC_ROUTE" if shadowed else "BAD_STATE_ROUTE", table.id)]
    ways = follow(world, trip, route.target)
    return [*route_on(world, trip, table, (*without, route)), *ways] if route.state == "filtered" else ways


def follow(world: World, trip: Trip, target: str) -> list[Trip]:
    """Come to the target of a route. What comes back to its sender, or to where that one's packet was before, goes round for ever."""
    here = target, trip.sender.id
    if target == trip.sender.id or here in trip.passed:
        return [trip.loses(True, "NO_POSSIBLE_DESTINATION", target)]
    on = replace(trip, passed=(*trip.passed, here))
    if target == "local":
        return [deliver(world, on, trip.vpc_id)]
    for nouns, come_to in (
        (world.internet_gateways, to_internet_gateway), (world.nat_gateways, to_nat_gateway), (world.endpoints, to_endpoint),
        (world.interfaces, to_interface), (world.peerings, to_peering),
    ):
        if (noun := one(nouns, target)) is not None:  # type: ignore[arg-type]
            return come_to(world, on, noun)  # type: ignore[operator]
    if target.startswith("tgw-"):
        return to_transit_gateway(world, on, target)
    if target.startswith(("arn:", "pcx-")) and on.back:  # Cloud WAN attaches to subnets, as transit gateways do, and a peered VPC may answer that way: by which ACL is not told
        crossing = on.back[-1]
        trip = replace(trip, back=(*on.back[:-1], lambda: (replace(event, is_loss=False) for event in crossing())))
    is_lost_track = target.startswith(("igw-", "nat-", "vpce-", "eni-", "pcx-"))
    return [trip.doubts(True, "UNKNOWN_RESOURCE" if is_lost_track else "UNSUPPORTED_COMPONENT", target)]


# What routes lead to


def deliver(world: World, trip: Trip, vpc_id: str) -> Trip:
    """Bring the packet to its destination inside a VPC: through the ACL of its subnet, then through the groups of the interface there, if there is one."""
    subnet = subnet_with(world, vpc_id, trip.packet.destination)
    if subnet is None:
        return trip.loses(True, "NO_POSSIBLE_DESTINATION", vpc_id)
    trip = starts_answer(world, enter(world, trip, subnet), table_of(world, subnet))
    trip = replace(trip, subnet=subnet, vpc_id=vpc_id)
    interface = next((each for each in world.interfaces if each.vpc_id == vpc_id and trip.packet.destination in each.private_ips), None)
    return pass_groups(world, trip, interface.security_group_ids, False, interface.id) if interface else trip


def starts_answer(world: World, trip: Trip, table: RouteTable) -> Trip:
    """Here the answer starts: *table* must lead it back over the peering connection or transit gateway that the packet came over (F6.11, F6.12)."""
    if not trip.over:
        return trip
    source, over = trip.packet.source, trip.over

    def answer() -> Iterator[Event]:
        route = best(world, table.routes, source)
        if route is None:
            yield Event(True, "NO_ROUTE_TO_DESTINATION", table.id)
        elif route.state == "blackhole":
            yield Event(True, "BAD_STATE_ROUTE", table.id)
        elif route.state == "filtered" or route.target != over:
            yield Event(False, "", table.id)

    return replace(trip, back=(*trip.back, answer))


def to_internet_gateway(world: World, trip: Trip, gateway: InternetGateway) -> list[Trip]:
    """Leave for the internet: attached to this VPC, from a public address (F3.2, F6.8), where public access is not blocked (F6.15, F6.15d), to a public address."""
    packet, sender = trip.packet, trip.sender
    trip = trip.loses(gateway.attachments.get(trip.vpc_id) not in ("available", "attached"), "BAD_STATE_ATTACHMENT", gateway.id)
    trip = trip.loses(not sender.is_public, "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", gateway.id)
    for subnet in (sender.subnet, *trip.firewalls):
        mode = block_mode(world, subnet, sender.vpc_id)
        is_blocked = mode == "block-bidirectional" or mode == "block-ingress" and not sender.is_nat_gateway
        trip = trip.loses(is_blocked, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", subnet.id if subnet else sender.vpc_id)
    trip = trip.loses(inside_one(packet.destination, RFC_1918), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", gateway.id)
    trip = trip.loses(inside_one(packet.destination, RFC_6598), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", gateway.id)
    return [trip.loses(inside_one(packet.destination, OTHERS_NOT_PUBLIC), "NO_POSSIBLE_DESTINATION", gateway.id)]


def to_nat_gateway(world: World, trip: Trip, gateway: NatGateway) -> list[Trip]:
    """Go through a NAT gateway, which writes its own address into the packet (F7.1–F7.6). A zonal one stands in a subnet, a regional one in none."""
    subnet = None if gateway.subnet_id is None else subnet_of(world, gateway.subnet_id)
    zones = {trip.subnet.availability_zone, trip.subnet.availability_zone_id} if trip.subnet else set()
    table = next(table for table in world.route_tables if table.id == gateway.route_table_id) if subnet is None else table_of(world, subnet)
    trip = starts_answer(world, enter(world, trip, subnet, ("2", "5")) if subnet else trip, table)
    trip = trip.loses(gateway.state not in ("available", "pending"), "BAD_STATE", gateway.id).doubts(gateway.state == "pending", "", gateway.id)
    trip = trip.loses(trip.packet.protocol not in (TCP, UDP, ICMP), "PROTOCOL_RESTRICTION", gateway.id)
    trip = trip.loses(subnet is None and not gateway.auto_provision_zones and not zones & gateway.zones, "REGIONAL_NGW_ROUTE_AZ_RESTRICTION", gateway.id)
    sender = Sender(gateway.id, gateway.vpc_id, subnet, is_nat_gateway=True, is_public=gateway.connectivity_type == "public" and bool(gateway.public_ips))
    trip = sent_by(trip, sender, gateway.private_ips[0])
    return leave(world, trip, subnet, ("3", "4")) if subnet else route_on(world, replace(trip, subnet=None), table)


def sent_by(trip: Trip, sender: Sender, address: str) -> Trip:
    """Let another *sender* write its *address* into the packet: what lies behind does not matter for what comes."""
    return replace(trip, packet=replace(trip.packet, source=address), sender=sender, over="", forwarded=False, at_home=len(trip.back) + 1)


def to_endpoint(world: World, trip: Trip, endpoint: VpcEndpoint) -> list[Trip]:
    """Come to a gateway endpoint, which takes TCP and ICMP of its own VPC (F6.11, F6.12, F8.5), or go through a Gateway Load Balancer endpoint (F6.14)."""
    if endpoint.vpc_endpoint_type == "GatewayLoadBalancer":
        subnet = subnet_of(world, endpoint.subnet_ids[0])
        trip = enter(world, trip, subnet).loses(endpoint.state != "available", "BAD_STATE", endpoint.id)
        return leave(world, replace(trip, forwarded=True, firewalls=(*trip.firewalls, subnet)), subnet)
    trip = trip.loses(endpoint.state != "available", "BAD_STATE", endpoint.id)
    trip = trip.loses(trip.packet.protocol not in (TCP, ICMP), "VPCE_GATEWAY_PROTOCOL_RESTRICTION", endpoint.id)
    trip = trip.doubts(trip.came_over and bool(trip.sender.id), "", endpoint.id)  # what a NAT of the endpoint's VPC sends for another one: AWS does not say
    return [trip.loses(trip.came_over and not trip.sender.id, "NO_POSSIBLE_DESTINATION", endpoint.id)]


def to_interface(world: World, trip: Trip, interface: NetworkInterface) -> list[Trip]:
    """Go through an interface that forwards; one with a public address is a NAT instance, which writes its own address into the packet (F6.10)."""
    subnet, instance = subnet_of(world, interface.subnet_id), one(world.instances, interface.instance_id)
    trip = replace(enter(world, trip, subnet), subnet=subnet, vpc_id=subnet.vpc_id)
    trip = starts_answer(world, trip, table_of(world, subnet)) if interface.public_ip else trip
    trip = pass_groups(world, trip, interface.security_group_ids, False, interface.id)
    trip = trip.loses(interface.source_dest_check, "ENI_SOURCE_DEST_CHECK_RESTRICTION", interface.id)
    trip = trip.loses(interface.status != "in-use" or instance is not None and instance.state != "running", "BAD_STATE", interface.id)
    sender = Sender(interface.id, interface.vpc_id, subnet, interface.security_group_ids, is_public=True)
    trip = sent_by(trip, sender, interface.private_ips[0]) if interface.public_ip else replace(trip, forwarded=True)
    return leave(world, pass_groups(world, trip, interface.security_group_ids, True, interface.id), subnet)


def to_peering(world: World, trip: Trip, peering: VpcPeeringConnection) -> list[Trip]:
    """Come over a peering connection, which carries packets for the addresses of the other VPC only (F6.11)."""
    peer = next(vpc for vpc in peering.vpcs if vpc != trip.vpc_id)
    trip = trip.loses(peering.status != "active", "BAD_STATE", peering.id)
    if not inside_one(trip.packet.destination, peering.vpcs[peer]):
        return [trip.loses(True, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", peering.id)]
    if one(world.vpcs, peer) is None:
        return [trip.doubts(True, "UNKNOWN_RESOURCE", peer)]
    return [deliver(world, replace(trip, over=peering.id, came_over=True), peer)]


# Transit gateways (F6.12)


def to_transit_gateway(world: World, trip: Trip, gateway: str) -> list[Trip]:
    """Come to a transit gateway through this VPC's attachment and its interface in the subnet of the same zone, then go where the attachment's table leads."""
    attachment = next((each for each in world.vpc_attachments if each.transit_gateway_id == gateway and each.vpc_id == trip.vpc_id), None)
    if attachment is None or trip.subnet is None:  # whether the answers come through this subnet's ACL is not known either
        return [replace(trip, back=trip.back[:-1]).doubts(True, "UNKNOWN_RESOURCE", gateway)]
    trip = trip.loses(attachment.state != "available", "BAD_STATE", attachment.id)
    here = trip.subnet
    there = next((each for each in world.subnets if each.id in attachment.subnet_ids and share_a_zone(each, here)), None)
    trip = trip.loses(there is None, "TGW_ROUTE_AZ_RESTRICTION", attachment.id)
    if there is not None:
        crossed = cross(world, trip, there, False)
        # With the attachment's interface in the packet's own subnet, answers pass no ACL of it at all (VPC guide, network ACLs for transit gateways).
        trip = crossed if there.id != here.id else replace(crossed, back=trip.back[:-1])
    return across(world, replace(trip, over=gateway, came_over=True), attachment, here)


def across(world: World, trip: Trip, start: TransitGatewayVpcAttachment, zone: Subnet) -> list[Trip]:
    """Cross a transit gateway from one VPC's attachment to another's; the packet comes out in the same zone, if the other is in it."""
    table, event = transit_table(world, start.id)
    if table is None:
        return [replace(trip, events=(*trip.events, *event))]
    route = best(world, table.routes, trip.packet.destination)
    if route is None or route.state == "blackhole":
        return [trip.loses(True, "TGW_RTB_BAD_STATE_ROUTE" if route else "TGW_RTB_CANNOT_ROUTE", table.id)]
    end = one(world.vpc_attachments, route.attachment_ids[0])
    if end is None:
        shown = one(world.attachments, route.attachment_ids[0])
        return [trip.doubts(True, "UNSUPPORTED_COMPONENT" if shown and shown.resource_type != "vpc" else "UNKNOWN_RESOURCE", route.attachment_ids[0])]
    trip = trip.loses(end.state != "available", "BAD_STATE", end.id)
    source = trip.packet.source
    trip = replace(trip, back=(*trip.back, lambda: led_back(world, end, start, source)))
    subnets = [each for each in world.subnets if each.id in end.subnet_ids]
    same = [each for each in subnets if share_a_zone(each, zone)]
    return [way for subnet in same or subnets for way in leave(world, trip, subnet)]


def transit_table(world: World, attachment: str) -> tuple[TransitGatewayRoutes | None, tuple[Event, ...]]:
    """Return the routes of the table that an attachment is associated with, else why there is none."""
    shown = one(world.attachments, attachment)
    if shown is None:
        return None, (Event(False, "UNKNOWN_RESOURCE", attachment),)
    if shown.route_table_id is None or shown.association_state != "associated":
        return None, (Event(True, "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", attachment),)
    table = one(world.transit_routes, shown.route_table_id)
    return table, () if table else (Event(False, "UNKNOWN_RESOURCE", shown.route_table_id),)


def led_back(world: World, end: TransitGatewayVpcAttachment, start: TransitGatewayVpcAttachment, source: str) -> Iterator[Event]:
    """Yield why the transit gateway does not surely lead an answer from the attachment at the *end* back to the one at the *start*."""
    table, event = transit_table(world, end.id)
    route = best(world, table.routes, source) if table else None
    if table is None:
        yield from event
    elif route is None or route.state == "blackhole":
        yield Event(True, "TGW_RTB_BAD_STATE_ROUTE" if route else "TGW_RTB_CANNOT_ROUTE", table.id)
    elif start.id not in route.attachment_ids:
        yield Event(False, "", table.id)


# All together


def send(world: World, subnet_id: str, group_ids: tuple[str, ...], packet: Packet) -> Outcome:
    """Send a packet from a job's interface, which never has a public address (F3.1), in a subnet and with groups, and tell what becomes of it and its answer."""
    subnet = subnet_of(world, subnet_id)
    trip = Trip(packet, subnet.vpc_id, subnet, Sender("", subnet.vpc_id, subnet, group_ids))
    trip = pass_groups(world, trip, group_ids, True, ", ".join(group_ids))
    return joined([outcome(way) for way in leave(world, trip, subnet, ("1", "6"))])


def outcome(trip: Trip) -> Outcome:
    """Let the answer come back from the far end, and tell the first loss, else the first doubt; the steps of F7.7 lead over a zonal NAT gateway to the internet."""
    events = (*trip.events, *answered(trip))
    is_f77 = trip.sender.subnet is not None and tuple(id.partition("-")[0] for id, _ in trip.passed) == ("nat", "igw")
    events = events if is_f77 else tuple(replace(event, step="") for event in events)
    first = next((event for event in events if event.is_loss), None) or next(iter(events), None)
    if first is None:
        return Outcome("arrives")
    return Outcome("lost" if first.is_loss else "unknown", first.code, first.component, first.step, events)


def answered(trip: Trip) -> Iterator[Event]:
    """Yield what happens to the answer. One that a table leads elsewhere may come back another way: nothing that lies on this one surely loses it."""
    is_astray, is_open = False, bool([event for event in trip.events if not event.is_loss and event.code in ("UNKNOWN_RESOURCE", "UNSUPPORTED_COMPONENT")])
    at_home = 0 if trip.came_over else trip.at_home  # what it surely passes, wherever it comes from: the ACL of the subnet that it is for, and all behind that
    for number, answer in reversed(tuple(enumerate(trip.back))):
        for event in answer():
            yield replace(event, is_loss=event.is_loss and not is_astray and not (is_open and number >= at_home))
            is_astray = is_astray or not event.is_loss and event.code != "SUBNET_ACL_RESTRICTION"


def joined(outcomes: list[Outcome]) -> Outcome:
    """Tell what becomes of a packet that may go several ways: what becomes of it on each of them, else it is unknown."""
    first, *others = outcomes
    if {first.verdict} == {each.verdict for each in outcomes}:
        return replace(first, also=tuple(Event(True, other.code, other.component, other.step) for other in others))
    return next((each for each in outcomes if each.verdict == "unknown"), Outcome("unknown"))
