"""Walks through random worlds: the losses that they name are all there are, and less knowledge, another order and other parts give no other verdict."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import reduce
from itertools import groupby
from random import Random
from typing import TypeVar

import worlds
from simulator import Packet, World, best, send, subnet_of, table_of
from test_reachability import traffic
from worlds import Dice, Placement

from sagevpc_lint.addresses import Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Unknown
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.kinds import BY_NAME
from sagevpc_lint.model.nouns import Fact, NetworkAclEntry, Route, SecurityGroupRule, Subnet, TransitGatewayRoute
from sagevpc_lint.network.bounds import Bounds
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.prefix_lists import ANYWHERE
from sagevpc_lint.network.reach import start
from sagevpc_lint.network.walk import Branch, Loss, Walk
from sagevpc_lint.source import Source
from sagevpc_lint.traffic import TCP, Traffic

NEW = Source("repair.json")
BLURRED = Unknown(Absence("a blurred field", "", "world"))
ARRIVES, LOST, UNKNOWN = "arrives", "lost", "unknown"
Noun = TypeVar("Noun")

# Packets as sets


def verdict(arrives: Bounds, packet: Packet) -> str:
    one = traffic(packet)
    return ARRIVES if one <= arrives.certain else UNKNOWN if one & arrives.possible else LOST


def walked(network: Network, subnet: str, groups: tuple[str, ...], packets: Traffic) -> Walk:
    return network.walk(start(network, subnet, groups), packets)


def together(packets: Iterable[Placement]) -> Iterator[tuple[tuple[str, tuple[str, ...]], list[Packet]]]:
    """Yield each placement with its packets."""
    for placement, found in groupby(packets, key=lambda each: each[:2]):
        yield placement, [packet for *_, packet in found]


def verdicts(facts: Facts, packets: Sequence[Placement]) -> list[str]:
    """What becomes of each packet, all packets of a placement sent at once."""
    found, network = [], Network(facts)
    for placement, sent in together(packets):
        arrives = walked(network, *placement, Traffic.union(map(traffic, sent))).arrives
        found += [verdict(arrives, packet) for packet in sent]
    return found


# Blockers are complete


@dataclass(frozen=True)
class Repair:
    """One change of a world. Two with the same *key* are the same."""

    key: tuple[str, ...]
    change: Callable[[World], World] = field(compare=False)


@dataclass(frozen=True)
class Named:
    """A loss that a walk names, the branch at which it is, and the packet that was sent."""

    branch: Branch
    loss: Loss
    packet: Packet

    @property
    def says(self) -> str:
        return self.loss.check.says_of_answers if self.loss.of_answers else self.loss.check.says

    @property
    def key(self) -> tuple[object, ...]:
        return self.loss.check.code, self.loss.component, self.loss.of_answers, self.says

    @property
    def source(self) -> str:
        """The source as it is here, on the wire."""
        (low, _), = self.branch.packets.sources.spans
        return ".".join(str(low >> shift & 255) for shift in (24, 16, 8, 0))


def named(walk: Walk, packet: Packet) -> list[Named]:
    """The losses of a walk of one packet, in order, with their branches."""
    found = [Named(branch, loss, packet) for branch, loss in (*_there(walk), *_back(walk)) if loss.packets]
    assert [(loss.check, loss.of_answers) for loss in walk.losses() if loss.packets] == [(each.loss.check, each.loss.of_answers) for each in found]
    return found


def _there(walk: Walk) -> Iterator[tuple[Branch, Loss]]:
    for branch in walk.branches:
        yield from ((branch, loss) for loss in branch.losses)
        yield from _there(branch.onward)


def _back(walk: Walk) -> Iterator[tuple[Branch, Loss]]:
    for branch in walk.branches:
        yield from _back(branch.onward)
        yield from ((branch, loss) for loss in branch.answer_losses)


def with_noun(column: str, id: str, change: Callable[[Noun], Noun]) -> Callable[[World], World]:
    """Change one noun of a world."""
    return lambda world: replace(world, **{column: tuple(change(noun) if noun.id == id else noun for noun in getattr(world, column))})


def set_fields(column: str, id: str, **values: object) -> Repair:
    return Repair((column, id, *sorted(values)), with_noun(column, id, lambda noun: replace(noun, **values)))


def admit(world: World, at: Named) -> list[Repair]:
    """Let a group admit everything in the direction in which it lost the packet."""
    component, is_egress = at.loss.component, "egress rule" in at.says
    group = component.id.split(", ")[0] if component.kind == "group" else noun(world.interfaces, component.id).security_group_ids[0]
    rule = SecurityGroupRule(f"{group}/all-{is_egress}", NEW, worlds.OWNER, group, is_egress, "-1", None, None, cidr="0.0.0.0/0")
    return [Repair(("groups", group, rule.id), with_noun("groups", group, lambda each: replace(each, rules=(*each.rules, rule))))]


def open_acl(world: World, at: Named) -> list[Repair]:
    """Let an ACL admit everything in the direction in which it lost the packet or its answer, before any other entry."""
    id, is_egress = at.loss.component.id, " out of " in at.says
    entry = NetworkAclEntry(f"{id}/all-{is_egress}", NEW, is_egress, 0, "allow", "-1", "0.0.0.0/0", None, None, None, None)
    return [Repair(("network_acls", id, entry.id), with_noun("network_acls", id, lambda acl: replace(acl, entries=(entry, *acl.entries))))]


def lead(world: World, at: Named) -> list[Repair]:
    """Give a table a route of its own for the packet to a sound exit, or for its answer back to where the packet came over."""
    here = at.branch.step.start
    if at.loss.of_answers:
        return [_routed(at.loss.component.id, at.source, (at.branch.step.end.context.via or here.context.via)[0])]
    table = at.loss.component.id if at.loss.component.kind == "route-table" else table_of(world, subnet_of(world, here.id)).id
    vpc = table[4]
    is_sound = vpc in "ab" and not worlds.inside(at.packet.destination, "169.254.168.0/22")  # vpc-c has no exit; the block is never routable (F6.7)
    target = f"igw-{vpc}" if here.context.is_public or "gateways" in table or "regional" in table else f"nat-{vpc}"
    return [_routed(table, at.packet.destination, target)] if is_sound else []


def _routed(table: str, address: str, target: str) -> Repair:
    route = Route(f"{table}/to-{address}", NEW, f"{address}/32", None, target, "active", "CreateRoute")
    change = with_noun("route_tables", table, lambda each: replace(each, routes=(*(old for old in each.routes if old.cidr != route.cidr), route)))
    return Repair(("route_tables", table, route.id), change)


def revive(world: World, at: Named) -> list[Repair]:
    """Make the blackhole that took the packet active; where its target is gone, and for answers, lead the packet elsewhere."""
    table, address = noun(world.route_tables, at.loss.component.id), at.packet.destination
    hole = best(world, table.routes, address)
    if at.loss.of_answers or hole is None or not hole.target:  # type: ignore[union-attr]
        return lead(world, at)
    return [Repair(("route_tables", table.id, hole.id), with_noun("route_tables", table.id, lambda each: replace(each, routes=tuple(
        replace(route, state="active") if route.id == hole.id else route for route in each.routes
    ))))]


def put_in_order(world: World, at: Named) -> list[Repair]:
    """Bring a resource into the state in which it carries packets."""
    id = at.loss.component.id
    match at.loss.component.kind:
        case "network-interface":
            return [set_fields("interfaces", id, status="in-use"), set_fields("instances", f"i{id[3:]}", state="running")]
        case "vpc-peering-connection":
            return [set_fields("peerings", id, status="active")]
    column = {"nat-gateway": "nat_gateways", "vpc-endpoint": "endpoints", "transit-gateway-vpc-attachment": "vpc_attachments"}[at.loss.component.kind]
    return [set_fields(column, id, state="available")]


def attach(world: World, at: Named) -> list[Repair]:
    id = at.loss.component.id
    return [set_fields("internet_gateways", id, attachments={f"vpc-{id[4]}": "available"})]


def make_public(world: World, at: Named) -> list[Repair]:
    """Give a NAT gateway a public address. A job's interface never has one (F3.1): that is left out."""
    sender = at.branch.step.start.context.sender
    return [set_fields("nat_gateways", sender, connectivity_type="public", public_ips=("52.30.0.7",))] if sender.startswith("nat-") else []


def unblock(world: World, at: Named) -> list[Repair]:
    id = at.loss.component.id
    return [set_fields("subnets" if id.startswith("subnet-") else "vpcs", id, block_public_access="off")]


def find_destination(world: World, at: Named) -> list[Repair]:
    """Make a subnet for an address that none has; lead packets that go round in circles out of them. Addresses that nobody on the internet has are left out."""
    component, address = at.loss.component, at.packet.destination
    if component.kind == "vpc":
        subnet = Subnet(f"subnet-{component.id[4]}-new", NEW, worlds.OWNER, component.id, "available", f"{address}/32", False, "eu-west-1a", "euw1-az1", 0, {})
        return [Repair(("subnets", subnet.id), lambda world: replace(world, subnets=(*world.subnets, subnet)))]
    return lead(world, at) if component.kind != "internet-gateway" and at.branch.step.start.kind == "subnet" else []


def serve_zone(world: World, at: Named) -> list[Repair]:
    """Let a regional NAT gateway spread to all zones, or put an attachment into a new subnet of the packet's zone, or of the zone in which its answer starts."""
    id, step = at.loss.component.id, at.branch.step
    if id.startswith("nat-"):
        return [set_fields("nat_gateways", id, auto_provision_zones=True)]
    homes = {each.id: each.subnet_id for each in (*world.nat_gateways, *world.interfaces)}
    here = homes.get(step.end.id, step.end.id) if at.loss.of_answers else step.start.id
    near = replace(subnet_of(world, here), id=f"subnet-{here[7]}-attachment", source=NEW, cidr_block=f"10.{'abc'.index(here[7])}.250.0/28", block_public_access="off")
    add = Repair(("subnets", near.id), lambda world: replace(world, subnets=(*(each for each in world.subnets if each.id != near.id), near)))
    return [add, Repair(("vpc_attachments", id, near.id), with_noun("vpc_attachments", id, lambda each: replace(each, subnet_ids=(*each.subnet_ids, near.id))))]


def associate(world: World, at: Named) -> list[Repair]:
    return [set_fields("attachments", at.loss.component.id, route_table_id="tgw-rtb-1", association_state="associated")]


def lead_over(world: World, at: Named) -> list[Repair]:
    """Give a transit gateway's table a route for the packet, or for its answer back to the attachment from which the packet came."""
    table, here = at.loss.component.id, at.branch.step.start.id
    address, attachment = (at.source, here) if at.loss.of_answers else (at.packet.destination, "tgw-attach-b" if here == "tgw-attach-a" else "tgw-attach-a")
    route = TransitGatewayRoute(f"{table}/to-{address}", NEW, f"{address}/32", None, "static", "active", (attachment,))
    return [Repair(("transit_routes", table, route.id), with_noun("transit_routes", table, lambda each: replace(each, routes=(*each.routes, route))))]


def forward(world: World, at: Named) -> list[Repair]:
    return [set_fields("interfaces", at.loss.component.id, source_dest_check=False)]


def by_nature(world: World, at: Named) -> list[Repair]:
    """Nothing in the component's power: no gateway takes other protocols (F7.6, F8.5), and private addresses are not on the internet."""
    return []


REPAIRS: Mapping[str, Callable[[World, Named], list[Repair]]] = {
    "ENI_SG_RULES_MISMATCH": admit, "SG_HAS_NO_RULES": admit, "SUBNET_ACL_RESTRICTION": open_acl, "NO_ROUTE_TO_DESTINATION": lead, "BAD_STATE_ROUTE": revive,
    "MORE_SPECIFIC_ROUTE": revive, "BAD_STATE": put_in_order, "BAD_STATE_ATTACHMENT": attach, "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS": make_public,
    "VPC_BLOCK_PUBLIC_ACCESS_ENABLED": unblock, "NO_POSSIBLE_DESTINATION": find_destination, "REGIONAL_NGW_ROUTE_AZ_RESTRICTION": serve_zone,
    "TGW_ROUTE_AZ_RESTRICTION": serve_zone, "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION": associate, "TGW_RTB_CANNOT_ROUTE": lead_over, "TGW_RTB_BAD_STATE_ROUTE": lead_over,
    "ENI_SOURCE_DEST_CHECK_RESTRICTION": forward,
    "PROTOCOL_RESTRICTION": by_nature, "VPCE_GATEWAY_PROTOCOL_RESTRICTION": by_nature, "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS": by_nature,
    "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS": by_nature,
}
HOPELESS = frozenset(code for code, repair in REPAIRS.items() if repair is by_nature)


def noun(nouns: Iterable[Noun], id: str) -> Noun:
    return next(each for each in nouns if each.id == id)  # type: ignore[attr-defined]


def repaired(world: World, repairs: Iterable[Repair]) -> World:
    """Make each repair once."""
    return reduce(lambda found, repair: repair.change(found), dict.fromkeys(repairs), world)


@dataclass
class Seen:
    """What the property met: repairs by code, rounds of them, what became of the packets in the end, and losses that were left as they were."""

    codes: Counter[str] = field(default_factory=Counter)
    rounds: Counter[int] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    left: int = 0

    def see(self, world: World, placement: tuple[str, tuple[str, ...]], packet: Packet, about: str) -> None:
        """Repair all that a packet is lost at, until it is not lost any more, or something cannot be repaired."""
        losses = self._losses(world, placement, packet, about)
        for round in range(1, 12):
            ways = [(each, [repair for repair in REPAIRS[each.loss.check.code](world, each) if repair.change(world) != world]) for each in losses]
            is_beyond_repair = bool([each for each, repairs in ways if not repairs])
            if not is_beyond_repair:
                self._leave_each(world, placement, packet, ways, about)
            world = repaired(world, _all(ways))
            after = self._losses(world, placement, packet, about)
            self.codes.update(each.loss.check.code for each, repairs in ways if repairs)
            if not after or is_beyond_repair:
                break
            assert {each.key for each in after} - {each.key for each in losses}, f"{about}: all is repaired, yet nothing new is named: {[each.key for each in after]}"
            losses = after
        end = send(world, *placement, packet).verdict
        assert not is_beyond_repair or end != ARRIVES, f"{about}: arrives, though something cannot be repaired"
        self.rounds[round] += 1
        self.ends["beyond repair" if after else end] += 1

    def _losses(self, world: World, placement: tuple[str, tuple[str, ...]], packet: Packet, about: str) -> list[Named]:
        """The losses of a packet that is lost; none of one that is not."""
        walk = walked(Network(worlds.facts(world)), *placement, traffic(packet))
        found = verdict(walk.arrives, packet)
        assert found == send(world, *placement, packet).verdict, about
        losses = named(walk, packet)
        assert (found == LOST) <= bool(losses), f"{about}: lost, and no loss is named"
        return losses if found == LOST else []

    def _leave_each(self, world: World, placement: tuple[str, tuple[str, ...]], packet: Packet, ways: list[tuple[Named, list[Repair]]], about: str) -> None:
        """Without the repair of any one loss the packet does not arrive; a loss that others' repairs mend, too, cannot be left."""
        for at, (each, repairs) in enumerate(ways):
            others = _all(ways[:at] + ways[at + 1:])
            if repairs and set(repairs) <= set(others):
                continue
            walk = walked(Network(worlds.facts(repaired(world, others))), *placement, traffic(packet))
            assert verdict(walk.arrives, packet) != ARRIVES, f"{about}: arrives, though {each.key} is as it was"
            self.left += 1


def _all(ways: Iterable[tuple[Named, list[Repair]]]) -> list[Repair]:
    return [repair for _, repairs in ways for repair in repairs]


def broken(world: World, seed: int) -> World:
    """Break more of what is seldom broken: what forwards, and what ties VPCs together."""
    dice = Dice(Random(f"broken {seed}"))
    routes = tuple(tuple(replace(route, state="blackhole", attachment_ids=()) if dice.chance(0.3) else route for route in each.routes if dice.chance(0.8)) for each in world.transit_routes)
    return replace(
        world,
        interfaces=tuple(replace(each, source_dest_check=True) if dice.chance(0.3) else each for each in world.interfaces),
        instances=tuple(replace(each, state="stopped") if dice.chance(0.2) else each for each in world.instances),
        peerings=tuple(replace(each, status="deleted") if dice.chance(0.2) else each for each in world.peerings),
        attachments=tuple(replace(each, association_state="associating") if dice.chance(0.2) else each for each in world.attachments),
        transit_routes=tuple(replace(each, routes=found) for each, found in zip(world.transit_routes, routes)),
    )


def some_world(seed: int) -> World:
    """A world as it is, or, one in three, with more broken."""
    return worlds.world(seed) if seed % 3 else broken(worlds.world(seed), seed)


def lost_packets(world: World, seed: int, codes: Counter[str]) -> list[tuple[tuple[str, tuple[str, ...]], Packet]]:
    """Choose the lost packet of a world that is lost at the rarest of what can be repaired, if it is rare enough, and one that nothing can help."""
    rank: dict[bool, list[tuple[int, int, tuple[tuple[str, tuple[str, ...]], Packet]]]] = {True: [], False: []}
    for number, (*placement, packet) in enumerate(worlds.packets(world, Random(seed))):
        outcome = send(world, *placement, packet)
        found = {event.code for event in outcome.all if event.is_loss}
        if outcome.verdict == LOST:
            hopeless = bool(found & HOPELESS) or "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS" in found and codes["IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"] > 20
            rank[not hopeless].append((min(codes[code] for code in found), number, ((placement[0], placement[1]), packet)))
    hopeful, hopeless = sorted(rank[True])[:1], sorted(rank[False])[:1]
    return [found for rarity, _, found in hopeful if rarity < 8 or seed % 20 == 0] + [found for _, _, found in hopeless if seed % 40 == 0]


REPAIRED = {code: 2 for code in REPAIRS.keys() - HOPELESS} | {"SUBNET_ACL_RESTRICTION": 20}
"""How often each code must have been repaired, so that the property speaks of it."""


def test_the_losses_that_a_walk_names_are_all_that_hold_a_packet_up(deep: bool) -> None:
    seen = Seen()
    for seed in range(5_000 if deep else 160):
        world = some_world(seed)
        for placement, packet in lost_packets(world, seed, seen.codes):
            seen.see(world, placement, packet, f"world {seed}, {placement}, {packet}")
    assert {} == {code: seen.codes[code] for code, count in REPAIRED.items() if seen.codes[code] < count}
    assert seen.left > 50 and seen.ends[ARRIVES] > 25 and seen.ends[UNKNOWN] < seen.ends[ARRIVES] // 4 and max(seen.rounds) > 1


# Law 2


def omissions(dice: Dice) -> Iterator[tuple[str, frozenset[str]]]:
    """One kind of export, and a set of several; but none that is assumed to change nothing where it is not there."""
    kinds = [kind for kind in (*worlds.KINDS, "managed-prefix-lists") if BY_NAME[kind].meaning != "assumed"]
    for gone in (frozenset({dice.pick(kinds)}), frozenset(dice.some(kinds, dice.pick((0.15, 0.5))))):
        yield f"without {', '.join(sorted(gone))}", gone


def blurred(fact: Fact, dice: Dice) -> tuple[str, Fact]:
    """Make one field of a noun, or of one of its parts, unknown."""
    member = _parts_of(fact)
    parts = getattr(fact, member) if member else ()
    if parts and dice.chance(0.7):
        number = int(dice.pick(range(len(parts))))
        what, part = blurred(parts[number], dice)
        return what, replace(fact, **{member: (*parts[:number], part, *parts[number + 1:])})  # type: ignore[arg-type, misc]
    name = dice.pick([each.name for each in fields(fact) if each.name not in ("id", "source")])
    return f"with {name} of {fact.id} blurred", replace(fact, **{name: BLURRED})  # type: ignore[arg-type]


def _parts_of(fact: Fact) -> str | None:
    return next((name for name in ("routes", "entries", "rules") if hasattr(fact, name)), None)


def one_blurred(world: World, dice: Dice) -> tuple[str, World]:
    """Blur one noun of a world."""
    column = dice.pick([column for _, _, column in worlds.KINDS.values() if getattr(world, column)])
    nouns = getattr(world, column)
    at = int(dice.pick(range(len(nouns))))
    what, noun = blurred(nouns[at], dice)
    return what, replace(world, **{column: (*nouns[:at], noun, *nouns[at + 1:])})


def test_less_knowledge_turns_no_verdict(deep: bool) -> None:
    became: Counter[tuple[str, str]] = Counter()
    for seed in range(2_000 if deep else 30):
        dice, world = Dice(Random(f"less {seed}")), some_world(seed)
        packets = worlds.packets(world, Random(seed))[: 32 if deep else 16]
        before = verdicts(worlds.facts(world), packets)
        less = [(about, worlds.facts(world, gone)) for about, gone in omissions(dice)]
        less += [(about, worlds.facts(each)) for about, each in (one_blurred(world, dice), one_blurred(world, dice))]
        for about, facts in less:
            for packet, was, is_now in zip(packets, before, verdicts(facts, packets)):
                assert is_now in (was, UNKNOWN), f"world {seed}, {about}: {packet} was {was} and is {is_now}"
                became[was, is_now] += 1
    assert min(became[was, is_now] for was in (ARRIVES, LOST) for is_now in (was, UNKNOWN)) > 100


# Order


def shuffled(facts: Facts, dice: Dice) -> Facts:
    """The same exports, the nouns in them and the parts of each in another order."""
    return Facts.of(replace(export, facts=tuple(_inside(fact, dice) for fact in _shuffled(export.facts, dice))) for export in _shuffled(facts.exports, dice))


def _inside(fact: Fact, dice: Dice) -> Fact:
    member = _parts_of(fact)
    return replace(fact, **{member: tuple(_shuffled(getattr(fact, member), dice))}) if member else fact  # type: ignore[arg-type]


def _shuffled(items: Iterable[Noun], dice: Dice) -> list[Noun]:
    rest, found = list(items), []
    while rest:
        found.append(rest.pop(int(dice.pick(range(len(rest))))))
    return found


def losses_of(facts: Facts, packets: Sequence[Placement]) -> list[tuple[Bounds, Counter[object]]]:
    """Of each placement, which packets arrive, and all losses, in whatever order."""
    network = Network(facts)
    walks = [walked(network, *placement, Traffic.union(map(traffic, sent))) for placement, sent in together(packets)]
    return [(walk.arrives, Counter(map(_what, walk.losses()))) for walk in walks]


def _what(loss: Loss) -> object:
    return loss.check.code, loss.component, loss.of_answers, loss.packets, loss.doubtful, loss.narrow


def test_the_order_of_nouns_and_of_their_parts_does_not_matter(deep: bool) -> None:
    for seed in range(1_000 if deep else 10):
        world, dice = some_world(seed), Dice(Random(f"order {seed}"))
        facts = worlds.facts(world, frozenset(dice.some(tuple(worlds.KINDS), 0.1)))
        packets = worlds.packets(world, Random(seed))
        assert losses_of(facts, packets) == losses_of(shuffled(facts, dice), packets), f"world {seed}"


# Parts


def parts(packets: Traffic) -> Iterator[tuple[Traffic, Traffic]]:
    """Split a set of packets by their destinations, sources, protocols and ports."""
    halves = parse_cidr("0.0.0.0/1"), parse_cidr("10.0.0.0/27"), TCP, Intervals.of((0, 443))
    for name, half in zip(("destinations", "sources", "protocols", "ports"), halves):
        part = packets & Traffic.of(**{name: half})
        yield part, packets - part


def test_parts_of_a_set_arrive_as_the_whole_does(deep: bool) -> None:
    split = 0
    for seed in range(500 if deep else 6):
        world, dice = some_world(seed), Dice(Random(f"parts {seed}"))
        network = Network(worlds.facts(world, frozenset(dice.some(tuple(worlds.KINDS), 0.05))))
        for placement, sent in together(worlds.packets(world, Random(seed))):
            chosen = Traffic.union(map(traffic, sent)) if dice.chance(0.5) else Traffic.of(sources=parse_cidr("10.0.0.32/28"), destinations=ANYWHERE)
            whole = walked(network, *placement, chosen)
            for both in parts(chosen):
                one, other = (walked(network, *placement, part) for part in both)
                assert whole.arrives.certain == one.arrives.certain | other.arrives.certain, f"world {seed}, {placement}"
                assert whole.arrives.possible == one.arrives.possible | other.arrives.possible, f"world {seed}, {placement}"
                assert whole.tolerant.certain == one.tolerant.certain | other.tolerant.certain, f"world {seed}, {placement}"
                split += bool(one.arrives.certain) and bool(other.arrives.certain)
            assert whole.arrives.certain <= whole.tolerant.certain and whole.arrives.possible <= whole.tolerant.possible, f"world {seed}, {placement}"
    assert split > 15
