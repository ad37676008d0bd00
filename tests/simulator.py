"""One packet at a time through a small world: the slow, obvious reference that reachability is compared with, written from the AWS facts (F-numbers)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network
from typing import Literal, TypeVar

from sagevpc_lint.model.nouns import (
    Instance, InternetGateway, NatGateway, NetworkAcl, NetworkAclEntry, NetworkInterface, PrefixListEntries, Route, RouteTable, SecurityGroup, SecurityGroupRule, Subnet,
    TransitGatewayAttachment, TransitGatewayRoute, TransitGatewayRoutes, TransitGatewayVpcAttachment, Vpc, VpcEndpoint, VpcPeeringConnection,
)

ICMP, TCP, UDP, ESP = 1, 6, 17, 50
ECHO_REQUEST, ECHO_REPLY = 8, 0  # types of ICMP
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
class Answer:
    """The answer to a packet on its way home. *start*: the subnet where it started. *at*: the subnet in which a transit gateway handed it out, until it leaves that.

    *is_astray*: it may come another way; *is_home*: it is with who sent the packet.
    """

    events: tuple[Event, ...] = ()
    start: Subnet | None = None
    at: str = ""
    is_astray: bool = False
    is_home: bool = False

    def loses(self, if_: bool, code: str, component: str, step: str = "", is_certain: bool = False) -> "Answer":
        """Write down that the answer is lost here, *if_* it is; where it may come another way, only what *is_certain*."""
        return replace(self, events=(*self.events, Event(True, code, component, step))) if if_ and (is_certain or not self.is_astray) else self

    def strays(self, component: str) -> "Answer":
        """Write down that it is unknown from here on which way the answer comes."""
        return replace(self, events=(*self.events, Event(False, "", component)), is_astray=True)


Meet = Callable[[Answer], list[Answer]]


@dataclass(frozen=True)
class Trip:
    """A packet on its way, as it is on the wire now. *subnet*: where it is; None inside a regional NAT gateway.

    *events*: on the way there. *back*: what its answer meets, in the order of the way there, and *passed*: the components, each with the id of the sender then. *answer*: as
    it starts out, astray where the packet's way is unknown from here on. *firewalls*: the subnets of the firewall endpoints passed. *came_over*: did it
    ever come over a peering connection or transit gateway? And since *sender* wrote its address into it: *over* which; what it *came_by* into this VPC, or the firewall
    endpoint that it passed last; the *routers* passed in this VPC; *is_forwarded*: did any middlebox forward it?
    """

    packet: Packet
    vpc_id: str
    subnet: Subnet | None
    sender: Sender
    events: tuple[Event, ...] = ()
    back: tuple[tuple[str, Meet], ...] = ()
    passed: tuple[tuple[str, str], ...] = ()
    answer: Answer = Answer()
    firewalls: tuple[Subnet, ...] = ()
    came_over: bool = False
    over: str = ""
    came_by: str = ""
    routers: tuple[str, ...] = ()
    is_forwarded: bool = False

    def loses(self, if_: bool, code: str, component: str, step: str = "") -> "Trip":
        """Write down that the packet is lost here, *if_* it is; the way goes on, so that every loss is found."""
        return replace(self, events=(*self.events, Event(True, code, component, step))) if if_ else self

    def doubts(self, if_: bool, component: str, code: str = "") -> "Trip":
        """Write down that it is unknown whether the packet is lost here."""
        return replace(self, events=(*self.events, Event(False, code, component))) if if_ else self

    def opens(self, code: str, component: str) -> "Trip":
        """Write down that the way beyond is unknown."""
        return replace(self.doubts(True, component, code), answer=Answer(is_astray=True))

    def meets(self, meet: Meet) -> "Trip":
        """Let the answer meet something here."""
        return replace(self, back=(*self.back, (self.sender.id, meet)))


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


def entries(world: World, prefix_list: str | None) -> tuple[str, ...]:
    """Return the blocks of a prefix list."""
    found = one(world.prefix_lists, prefix_list)
    return found.cidrs if found else ()


def subnet_of(world: World, id: str) -> Subnet:
    """Return a subnet, which the world must have."""
    return next(subnet for subnet in world.subnets if subnet.id == id)


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


def block_mode(world: World, subnet: Subnet | None, vpc_id: str) -> str:
    """Return how Block Public Access treats a subnet: as it tells itself, also that it does not, else as its VPC (F6.15, F6.15a); without a subnet, the VPC."""
    own = subnet.block_public_access if subnet else None
    vpc = one(world.vpcs, subnet.vpc_id if subnet else vpc_id)
    return own or (vpc.block_public_access if vpc else "off")


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
    """Does an ACL let through the answers at every port of the range? An echo reply has one type and code.

    Entries name ranges of ports. Cut the line where one of them begins or ends: between two cuts each entry fits all ports or none, so the same
    entry decides for all of them, and the first port of a piece speaks for the piece.
    """
    low, high = ports if protocol in (TCP, UDP) else (ECHO_REPLY, ECHO_REPLY)
    cuts = [cut for entry in acl.entries if entry.from_port is not None and entry.to_port is not None for cut in (entry.from_port, entry.to_port + 1)]
    return all(admits(acl, is_egress, protocol, address, port) for port in [low, *(cut for cut in cuts if low < cut <= high)])


def cross(world: World, trip: Trip, subnet: Subnet, is_egress: bool, steps: tuple[str, str] = ("", "")) -> Trip:
    """Pass the ACL of a subnet on the way out or in, and let the answer pass its opposite direction later: both look at the same far address."""
    return answers_cross(world, filtered(world, trip, subnet, is_egress, steps[0]), subnet, not is_egress, steps[1])


def filtered(world: World, trip: Trip, subnet: Subnet, is_egress: bool, step: str = "") -> Trip:
    """Pass the ACL of a subnet on the way out or in."""
    acl, packet = acl_of(world, subnet), trip.packet
    far = packet.destination if is_egress else packet.source
    return trip.loses(not admits(acl, is_egress, packet.protocol, far, packet.port), "SUBNET_ACL_RESTRICTION", acl.id, step)


def answers_cross(world: World, trip: Trip, subnet: Subnet, is_egress: bool, step: str = "") -> Trip:
    """Let the answer pass the ACL of a subnet on its way out or in. Into that of who sent the packet it surely must, but where a hub is, or may be, attached (tgw-nacls)."""
    is_last = not is_egress and trip.sender.subnet == subnet and not may_hand_out(world, subnet)

    def meet(answer: Answer) -> list[Answer]:
        if not is_egress and answer.at == subnet.id:
            return [replace(answer, at="")]
        return [replace(answer_filtered(world, answer, trip, subnet, is_egress, step, is_last), at="")]

    return trip.meets(meet)


def may_hand_out(world: World, subnet: Subnet) -> bool:
    """May answers come out of something in a subnet itself? An attachment to a transit gateway, or to one, or to Cloud WAN, to which a route leads though no attachment is shown."""
    targets = [route.target for table in world.route_tables if table.vpc_id == subnet.vpc_id for route in table.routes]
    shown = [each.transit_gateway_id for each in world.vpc_attachments if each.vpc_id == subnet.vpc_id]
    hidden = [target for target in targets if target.startswith(("tgw-", "arn:")) and target not in shown]
    return bool(hidden) or any(subnet.id in each.subnet_ids for each in world.vpc_attachments)


def answer_filtered(world: World, answer: Answer, trip: Trip, subnet: Subnet, is_egress: bool, step: str = "", is_certain: bool = False) -> Answer:
    """Pass the ACL of a subnet with the answer to the packet of a trip."""
    acl, packet = acl_of(world, subnet), trip.packet
    far = packet.source if is_egress else packet.destination
    passes = admits_answers(acl, is_egress, packet.protocol, far, trip.sender.answer_ports)
    return answer.loses(not passes, "SUBNET_ACL_RESTRICTION", acl.id, step, is_certain)


def enter(world: World, trip: Trip, subnet: Subnet, steps: tuple[str, str] = ("", "")) -> Trip:
    """Come into a subnet, through its ACL unless the packet is there already (F5.5)."""
    return trip if trip.subnet == subnet else cross(world, trip, subnet, False, steps)


# Security groups: the union of their rules, stateful (F4.8)


def pass_groups(world: World, trip: Trip, groups: tuple[str, ...], is_egress: bool, component: str) -> Trip:
    """Pass the groups of an interface in this VPC; their answers pass them too."""
    rules = [rule for id in groups for group in world.groups if group.id == id for rule in group.rules if rule.is_egress == is_egress]
    if not rules:
        return trip.loses(True, "SG_HAS_NO_RULES", component)
    fits = {is_peer(world, trip, rule) for rule in rules if describes(rule, trip.packet)}
    return trip if True in fits else trip.doubts(None in fits, component).loses(None not in fits, "ENI_SG_RULES_MISMATCH", component)


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


def is_peer(world: World, trip: Trip, rule: SecurityGroupRule) -> bool | None:
    """Is the far end of the packet what a rule of a group in this VPC names: an address, a prefix list's, or an interface that bears a group (F4.10, F4.18)?

    None: whether a transit gateway lets rules refer to groups behind it is one of its options, which are not read; egress rules never can.
    """
    far = trip.packet.destination if rule.is_egress else trip.packet.source
    if rule.referenced_group_id is None:
        return inside_one(far, (rule.cidr,) if rule.cidr else entries(world, rule.prefix_list_id))
    if rule.is_egress:
        bearers = [each for each in world.interfaces if rule.referenced_group_id in each.security_group_ids and far in each.private_ips]
        return any(counts_between(world, rule, trip.vpc_id, each.vpc_id) for each in bearers)
    if rule.referenced_group_id not in trip.sender.groups or trip.is_forwarded:
        return False
    return counts_between(world, rule, trip.vpc_id, trip.sender.vpc_id) or (None if trip.over.startswith("tgw-") and rule.referenced_peering_id is None else False)


def counts_between(world: World, rule: SecurityGroupRule, vpc: str, other: str) -> bool:
    """May a rule refer to a group of another VPC? Over an active peering connection of the two, and only while the rule is not stale (F4.10, F4.16)."""
    ties = [each for each in world.peerings if {vpc, other} == set(each.vpcs) and each.status == "active" and rule.referenced_peering_id in (None, each.id)]
    return vpc == other or bool(ties) and rule.peering_status in (None, "active")


# Routes: the longest prefix, then static, then a prefix list's, then propagated (F6.1–F6.7)


def best(world: World, routes: Iterable[AnyRoute], address: str) -> AnyRoute | None:
    """Find the route that takes an address, or one of those of which it is not said which one does."""
    return next(iter(bests(world, routes, address)), None)


def bests(world: World, routes: Iterable[AnyRoute], address: str) -> list[AnyRoute]:
    """List the routes that may take an address: one at most, but of prefix lists that overlap AWS takes any (F6.2). No propagated one takes what a local route does."""
    def place(route: AnyRoute) -> tuple[int, int]:
        return -prefix_length(world, route, address), rank(route)

    fitting = sorted((each for each in routes if prefix_length(world, each, address) >= 0 and not inside(address, NOT_ROUTABLE)), key=place)
    if any(isinstance(each, Route) and each.target == "local" for each in fitting):
        fitting = [each for each in fitting if not isinstance(each, Route) or each.origin != "EnableVgwRoutePropagation"]
    return [each for each in fitting if each.prefix_list_id and place(each) == place(fitting[0])] or fitting[:1]


def prefix_length(world: World, route: AnyRoute, address: str) -> int:
    """Return the length of the longest prefix of a route that holds an address, -1 if none does; a prefix list takes part with each of its entries (F6.3)."""
    blocks = (route.cidr,) if route.cidr else entries(world, route.prefix_list_id)
    return max((int(block.partition("/")[2]) for block in blocks if inside(address, block)), default=-1)


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


def leave(world: World, trip: Trip, subnet: Subnet, steps: tuple[str, str] = ("", ""), answers: bool = True) -> list[Trip]:
    """Leave a subnet, unless the destination is inside it: through its ACL (F5.5), then where its table leads. *answers*: do they come back through the ACL?"""
    trip = replace(trip, subnet=subnet, vpc_id=subnet.vpc_id)
    if subnet.cidr_block is not None and inside(trip.packet.destination, subnet.cidr_block):
        return [deliver(world, trip, subnet.vpc_id)]
    trip = cross(world, trip, subnet, True, steps) if answers else filtered(world, trip, subnet, True, steps[0])
    return route_on(world, trip, table_of(world, subnet))


def route_on(world: World, trip: Trip, table: RouteTable, without: tuple[Route, ...] = ()) -> list[Trip]:
    """Follow the table's route for the packet, or each one that may take it. Whether a `filtered` one is installed is unknown (section 16): then there are two ways."""
    routes = tuple(route for route in table.routes if route not in without)
    found = bests(world, routes, trip.packet.destination)
    if not found:
        return [trip.loses(True, "NO_ROUTE_TO_DESTINATION", table.id)]
    ways = []
    for route in found:
        if route.state == "blackhole":
            shadowed = is_shadowed(world, replace(table, routes=routes), route, trip.packet.destination)
            ways.append(trip.loses(True, "MORE_SPECIFIC_ROUTE" if shadowed else "BAD_STATE_ROUTE", table.id))
        else:
            ways += route_on(world, trip, table, (*without, route)) if route.state == "filtered" else []
            ways += follow(world, trip, route.target)
    return ways


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
    is_lost_track = target.startswith(("igw-", "nat-", "vpce-", "eni-", "pcx-"))
    return [trip.opens("UNKNOWN_RESOURCE" if is_lost_track else "UNSUPPORTED_COMPONENT", target)]


# Routes of answers: back by what the packet came by


def leads_back(world: World, trip: Trip, subnet: Subnet | None, table: RouteTable, starts: bool = False) -> Trip:
    """Let the answer be led back by the *table* of a *subnet*, in which it *starts*; what stays inside the sender's subnet is not routed."""
    def meet(answer: Answer) -> list[Answer]:
        answer = replace(answer, start=subnet) if starts else answer
        return [answer] if subnet is not None and subnet == trip.sender.subnet else led_back(world, answer, trip, table)

    return trip.meets(meet)


def led_back(world: World, answer: Answer, trip: Trip, table: RouteTable) -> list[Answer]:
    """Follow a table's route for the answer, which must go back by what the packet came by: what it does not, may come another way, or not at all."""
    return [led_by(world, answer, trip, table.id, route) for route in bests(world, table.routes, trip.packet.source) or [None]]  # type: ignore[arg-type]


def led_by(world: World, answer: Answer, trip: Trip, table: str, route: Route | None) -> Answer:
    """Follow one route for the answer. To another VPC nothing comes back over the local route, gateways, or other peering connections (F6.11, F6.12)."""
    if route is None or route.state == "blackhole":
        return answer.loses(True, "BAD_STATE_ROUTE" if route else "NO_ROUTE_TO_DESTINATION", table)
    if route.state == "active" and (route.target == (trip.came_by or "local") or not trip.came_by and route.target in trip.routers):
        return answer
    if route.state == "active" and trip.came_by.startswith(("tgw-", "pcx-")) and route.target.startswith(("local", "igw-", "nat-", "pcx-")):
        return answer.loses(True, "NO_ROUTE_TO_DESTINATION", table)
    return answer.strays(table)


def comes_straight_home(trip: Trip, component: str) -> Trip:
    """Let the answer come into this VPC where no table routes it: past the firewall that the packet may have come through, of which it is not said what it does then."""
    return trip.meets(lambda answer: [answer.strays(component)]) if trip.came_by.startswith("vpce-") else trip


# What routes lead to


def deliver(world: World, trip: Trip, vpc_id: str) -> Trip:
    """Bring the packet to its destination inside a VPC: through the ACL of its subnet, then through the groups of the interface there, if there is one."""
    subnet = next((each for each in world.subnets if each.vpc_id == vpc_id and each.cidr_block and inside(trip.packet.destination, each.cidr_block)), None)
    if subnet is None:
        return trip.loses(True, "NO_POSSIBLE_DESTINATION", vpc_id)
    if not (trip.sender.is_nat_gateway and trip.over.startswith("pcx-")):  # a NAT gateway's answers find back over a peering connection on their own (nat-gateway-basics)
        trip = leads_back(world, trip, subnet, table_of(world, subnet), starts=True)
    if trip.came_by.startswith("tgw-") and trip.subnet == subnet:  # out of the transit gateway straight to here: only the answer meets the ACL (tgw-nacls)
        trip = answers_cross(world, trip, subnet, True)
    trip = replace(enter(world, trip, subnet), subnet=subnet, vpc_id=vpc_id)
    interface = next((each for each in world.interfaces if each.vpc_id == vpc_id and trip.packet.destination in each.private_ips), None)
    return pass_groups(world, trip, interface.security_group_ids, False, interface.id) if interface else trip


def to_internet_gateway(world: World, trip: Trip, gateway: InternetGateway) -> list[Trip]:
    """Leave for the internet: attached to this VPC, from a public address in it (F3.2, F6.8), where public access is not blocked (F6.15, F6.15d), to a public address."""
    packet, sender, is_at_home = trip.packet, trip.sender, trip.sender.vpc_id == trip.vpc_id
    trip = trip.loses(gateway.attachments.get(trip.vpc_id) not in ("available", "attached"), "BAD_STATE_ATTACHMENT", gateway.id)
    trip = trip.loses(not (sender.is_public and is_at_home), "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", gateway.id)
    for subnet in (*([sender.subnet] if is_at_home else []), *(each for each in trip.firewalls if each.vpc_id == trip.vpc_id)):
        mode = block_mode(world, subnet, sender.vpc_id)
        is_blocked = mode == "block-bidirectional" or mode == "block-ingress" and not sender.is_nat_gateway
        trip = trip.loses(is_blocked, "VPC_BLOCK_PUBLIC_ACCESS_ENABLED", subnet.id if subnet else sender.vpc_id)
    trip = trip.loses(inside_one(packet.destination, RFC_1918), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", gateway.id)
    trip = trip.loses(inside_one(packet.destination, RFC_6598), "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", gateway.id)
    trip = trip.loses(inside_one(packet.destination, OTHERS_NOT_PUBLIC), "NO_POSSIBLE_DESTINATION", gateway.id)
    table = next((each for each in world.route_tables if gateway.id in each.gateway_ids), None)  # it routes what comes in
    return [leads_back(world, trip, None, table) if table else comes_straight_home(trip, gateway.id)]


def to_nat_gateway(world: World, trip: Trip, gateway: NatGateway) -> list[Trip]:
    """Go through a NAT gateway, which writes its own address into the packet (F7.1–F7.6). A zonal one stands in a subnet, a regional one in none."""
    subnet = None if gateway.subnet_id is None else subnet_of(world, gateway.subnet_id)
    zones = {trip.subnet.availability_zone, trip.subnet.availability_zone_id} if trip.subnet else set()
    table = next(table for table in world.route_tables if table.id == gateway.route_table_id) if subnet is None else table_of(world, subnet)
    trip = leads_back(world, trip, subnet, table, starts=True)
    trip = enter(world, trip, subnet, ("2", "5")) if subnet else trip
    trip = trip.loses(gateway.state not in ("available", "pending"), "BAD_STATE", gateway.id).doubts(gateway.state == "pending", gateway.id)
    trip = trip.loses(trip.packet.protocol not in (TCP, UDP, ICMP), "PROTOCOL_RESTRICTION", gateway.id)
    trip = trip.loses(subnet is None and not gateway.auto_provision_zones and not zones & gateway.zones, "REGIONAL_NGW_ROUTE_AZ_RESTRICTION", gateway.id)
    sender = Sender(gateway.id, gateway.vpc_id, subnet, is_nat_gateway=True, is_public=gateway.connectivity_type == "public" and bool(gateway.public_ips))
    trip = sent_by(trip, sender, gateway.private_ips[0])
    return leave(world, trip, subnet, ("3", "4")) if subnet else route_on(world, replace(trip, subnet=None), table)


def sent_by(trip: Trip, sender: Sender, address: str) -> Trip:
    """Let another *sender* write its *address* into the packet: what lies behind does not matter for what comes."""
    return replace(trip, packet=replace(trip.packet, source=address), sender=sender, over="", came_by="", routers=(), is_forwarded=False)


def to_endpoint(world: World, trip: Trip, endpoint: VpcEndpoint) -> list[Trip]:
    """Come to a gateway endpoint, which takes TCP and echo requests of its own VPC (F6.11, F6.12, F8.5), or go through a Gateway Load Balancer endpoint (F6.14)."""
    if endpoint.vpc_endpoint_type == "GatewayLoadBalancer":
        subnet = subnet_of(world, endpoint.subnet_ids[0])
        trip = enter(world, leads_back(world, trip, subnet, table_of(world, subnet)), subnet).loses(endpoint.state != "available", "BAD_STATE", endpoint.id)
        return leave(world, replace(trip, is_forwarded=True, came_by=endpoint.id, routers=(), firewalls=(*trip.firewalls, subnet)), subnet)
    trip = trip.loses(endpoint.state != "available", "BAD_STATE", endpoint.id)
    trip = trip.loses(trip.packet.protocol != TCP and not is_echo_request(trip.packet), "VPCE_GATEWAY_PROTOCOL_RESTRICTION", endpoint.id)
    trip = trip.doubts(trip.came_over and not trip.over, endpoint.id)  # what a NAT of the endpoint's VPC sends for another one: AWS does not say
    return [comes_straight_home(trip.loses(bool(trip.over), "NO_POSSIBLE_DESTINATION", endpoint.id), endpoint.id)]


def to_interface(world: World, trip: Trip, interface: NetworkInterface) -> list[Trip]:
    """Go through an interface that forwards; one with a public address is a NAT instance, which writes its own address into the packet (F6.10)."""
    subnet, instance = subnet_of(world, interface.subnet_id), one(world.instances, interface.instance_id)
    trip = leads_back(world, trip, subnet, table_of(world, subnet), starts=True) if interface.public_ip else trip
    trip = replace(enter(world, trip, subnet), subnet=subnet, vpc_id=subnet.vpc_id)
    trip = pass_groups(world, trip, interface.security_group_ids, False, interface.id)
    trip = trip.loses(interface.source_dest_check, "ENI_SOURCE_DEST_CHECK_RESTRICTION", interface.id)
    trip = trip.loses(interface.status != "in-use" or instance is not None and instance.state != "running", "BAD_STATE", interface.id)
    sender = Sender(interface.id, interface.vpc_id, subnet, interface.security_group_ids, is_public=True)
    is_nat = bool(interface.public_ip)
    trip = sent_by(trip, sender, interface.private_ips[0]) if is_nat else replace(trip, is_forwarded=True, routers=(*trip.routers, interface.id))
    return leave(world, pass_groups(world, trip, interface.security_group_ids, True, interface.id), subnet)


def to_peering(world: World, trip: Trip, peering: VpcPeeringConnection) -> list[Trip]:
    """Come over a peering connection, which carries packets of one VPC for the addresses of the other only (F6.11)."""
    peer = next(vpc for vpc in peering.vpcs if vpc != trip.vpc_id)
    trip = trip.loses(peering.status != "active", "BAD_STATE", peering.id).loses(bool(trip.over), "NO_POSSIBLE_DESTINATION", peering.id)
    if not inside_one(trip.packet.destination, peering.vpcs[peer]):
        return [trip.loses(True, "PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", peering.id)]
    if one(world.vpcs, peer) is None:
        return [trip.opens("UNKNOWN_RESOURCE", peer)]
    trip = comes_straight_home(trip, peering.id)
    return [deliver(world, replace(trip, over=peering.id, came_by=peering.id, came_over=True, routers=()), peer)]


# Transit gateways (F6.12)


def to_transit_gateway(world: World, trip: Trip, gateway: str) -> list[Trip]:
    """Come to a transit gateway through this VPC's attachment and its interface in the subnet of the same zone, then go where the attachment's table leads."""
    attachment = next((each for each in world.vpc_attachments if each.transit_gateway_id == gateway and each.vpc_id == trip.vpc_id), None)
    if attachment is None or trip.subnet is None:
        return [trip.opens("UNKNOWN_RESOURCE", gateway)]
    trip, there = in_state(trip, attachment), attached(world, attachment, trip.subnet)
    trip = trip.loses(not there, "TGW_ROUTE_AZ_RESTRICTION", attachment.id)
    for subnet in there:
        trip = filtered(world, trip, subnet, False)
    found = transit_ways(world, attachment.id, trip.packet.destination)
    ends = [trip.loses(True, to.code, to.component) if to.is_loss else trip.opens(to.code, to.component) for _, to in found if isinstance(to, Event)]
    return [*ends, *(way for _, to in found if isinstance(to, str) for way in to_attachment(world, trip, attachment, to))]


def in_state(trip: Trip, attachment: TransitGatewayVpcAttachment) -> Trip:
    """Come to an attachment in whatever state it is."""
    state = attachment.state.lower().replace("-", "")
    trip = trip.doubts(state in ("modifying", "rollingback"), attachment.id)
    return trip.loses(state not in ("available", "modifying", "rollingback"), "BAD_STATE", attachment.id)


def attached(world: World, attachment: TransitGatewayVpcAttachment, zone_of: Subnet | None = None) -> list[Subnet]:
    """List the subnets of an attachment, or only the one in the zone of a subnet, if there is one."""
    return [each for each in world.subnets if each.id in attachment.subnet_ids and (zone_of is None or each.availability_zone_id == zone_of.availability_zone_id)]


def transit_ways(world: World, attachment: str, address: str) -> list[tuple[str, str | Event]]:
    """Return to which attachment the table leads with which one is associated, behind the id of the table, or why to none; several where it is not said to which."""
    shown = one(world.attachments, attachment)
    if shown is None:
        return [("", Event(False, "UNKNOWN_RESOURCE", attachment))]
    if shown.route_table_id is None or shown.association_state not in ("associated", None):
        return [("", Event(True, "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", attachment))]
    table = one(world.transit_routes, shown.route_table_id)
    if table is None:
        return [("", Event(False, "UNKNOWN_RESOURCE", shown.route_table_id))]
    blackhole, none = Event(True, "TGW_RTB_BAD_STATE_ROUTE", table.id), Event(True, "TGW_RTB_CANNOT_ROUTE", table.id)
    found = bests(world, table.routes, address)
    return [(table.id, blackhole if each.state == "blackhole" else each.attachment_ids[0]) for each in found] or [("", none)]  # type: ignore[union-attr]


def to_attachment(world: World, trip: Trip, start: TransitGatewayVpcAttachment, to: str) -> list[Trip]:
    """Come from one attachment to another; the packet comes out in the same zone, if that is in it, else anywhere."""
    end = one(world.vpc_attachments, to)
    if end is None:
        shown = one(world.attachments, to)
        return [trip.opens("UNSUPPORTED_COMPONENT" if shown and shown.resource_type != "vpc" else "UNKNOWN_RESOURCE", to)]
    here, gateway = trip, start.transit_gateway_id
    trip = in_state(trip, end).meets(lambda answer: answer_over(world, answer, here, start, end))
    trip = replace(trip, over=gateway, came_by=gateway, came_over=True, routers=())
    return [way for subnet in attached(world, end, trip.subnet) or attached(world, end) for way in leave(world, trip, subnet, answers=False)]


def answer_over(world: World, answer: Answer, here: Trip, start: TransitGatewayVpcAttachment, end: TransitGatewayVpcAttachment) -> list[Answer]:
    """Bring the answer over the transit gateway, in the zone where it started, and out where the first VPC is attached in that zone, else anywhere."""
    if answer.start is None:
        return [answer.strays(end.id)]
    there, outs = attached(world, end, answer.start), attached(world, start, answer.start) or attached(world, start)
    answer = answer.loses(not there, "TGW_ROUTE_AZ_RESTRICTION", end.id)
    for subnet in there:  # also where it started in it (tgw-nacls)
        answer = answer_filtered(world, answer, here, subnet, False)
    ways = []
    for table, to in transit_ways(world, end.id, here.packet.source):
        if isinstance(to, Event):
            ways.append(answer.loses(True, to.code, to.component) if to.is_loss else answer.strays(to.component))
        else:
            ways.append(answer if to == start.id else answer.strays(table))
    return [way for led in ways for subnet in outs for way in answer_out(world, led, here, subnet)]


def answer_out(world: World, answer: Answer, here: Trip, subnet: Subnet) -> list[Answer]:
    """Let the answer out of the transit gateway in a *subnet*: it is home in the sender's, and leaves others through their ACLs, by their tables."""
    if subnet == here.sender.subnet:
        is_short = here.came_by.startswith("vpce-") or here.subnet != subnet  # past a firewall or router that the packet went through
        return [replace(answer.strays(subnet.id) if is_short else answer, is_home=True)]
    answer = answer if subnet == here.subnet else answer_filtered(world, answer, here, subnet, True)
    return [replace(each, at=subnet.id) for each in led_back(world, answer, here, table_of(world, subnet))]


# All together


def send(world: World, subnet_id: str, group_ids: tuple[str, ...], packet: Packet) -> Outcome:
    """Send a packet from a job's interface, which never has a public address (F3.1), in a subnet and with groups, and tell what becomes of it and its answer."""
    subnet = subnet_of(world, subnet_id)
    trip = Trip(packet, subnet.vpc_id, subnet, Sender("", subnet.vpc_id, subnet, group_ids))
    trip = pass_groups(world, trip, group_ids, True, ", ".join(group_ids))
    return joined([outcome(trip, answer) for trip in leave(world, trip, subnet, ("1", "6")) for answer in answers(trip)])


def is_echo_request(packet: Packet) -> bool:
    """Is a packet one to which ICMP has an answer?"""
    return packet.protocol == ICMP and packet.port // 256 == ECHO_REQUEST


def answers(trip: Trip) -> list[Answer]:
    """Let the answer come back from the far end, by each of its ways. Whatever way one has gone, it comes back to who wrote its address into the packet: then all doubt ends."""
    if trip.packet.protocol == ICMP and not is_echo_request(trip.packet):
        return [Answer()]
    ways, sender = [trip.answer], trip.sender.id
    for sender_then, meet in reversed(trip.back):
        if sender_then != sender:
            ways = [Answer(way.events, way.start) for way in ways]
        sender = sender_then
        ways = [on for way in ways for on in ([way] if way.is_home else meet(way))]
    return ways


def outcome(trip: Trip, answer: Answer) -> Outcome:
    """Tell the first loss, else the first doubt, of a packet and its answer; the steps of F7.7 lead over a zonal NAT gateway to the internet."""
    events = (*trip.events, *answer.events)
    is_f77 = trip.sender.subnet is not None and tuple(id.partition("-")[0] for id, _ in trip.passed) == ("nat", "igw")
    events = events if is_f77 else tuple(replace(event, step="") for event in events)
    first = next((event for event in events if event.is_loss), None) or next(iter(events), None)
    if first is None:
        return Outcome("arrives")
    return Outcome("lost" if first.is_loss else "unknown", first.code, first.component, first.step, events)


def joined(outcomes: list[Outcome]) -> Outcome:
    """Tell what becomes of a packet that may go several ways: what becomes of it on each of them, else it is unknown."""
    first, *others = outcomes
    if {first.verdict} == {each.verdict for each in outcomes}:
        return replace(first, also=tuple(Event(True, other.code, other.component, other.step) for other in others))
    return next((each for each in outcomes if each.verdict == "unknown"), Outcome("unknown"))
