"""Reachability agrees with the simulator on every packet: on the worlds made by hand, and on random ones, whole and with exports left out.

`python tests/test_reachability.py FIRST COUNT [PROCESSES]` tries the worlds of COUNT seeds with a few packets each and prints a digest of what became of them.
"""

import hashlib
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address
from multiprocessing import Pool
from random import Random
from typing import NamedTuple

import pytest
import worlds
from hypothesis import given, settings
from hypothesis import strategies as st
from simulator import ESP, ICMP, TCP, UDP, Event, Outcome, Packet, World, send
from test_simulator import CASES, Case, house

from sagevpc_lint.addresses import Intervals, parse_cidr
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.prefix_lists import ANYWHERE, of_service
from sagevpc_lint.network.reach import start
from sagevpc_lint.network.walk import Loss as Lost
from sagevpc_lint.network.walk import Walk
from sagevpc_lint.traffic import Traffic

SERVICES = {"pl-s3": "s3", "pl-dynamodb": "dynamodb"}
KINDS = ((TCP, 443), (TCP, 8080), (UDP, 53), (ICMP, 8 * 256), (ESP, 0))
CHUNK = 500
PACKETS = 4  # of a world, where there are many worlds
Loss = tuple[str, str]
Groups = tuple[str, ...]


class Point(NamedTuple):
    """A packet on the product's number lines."""

    protocol: int
    source: int
    destination: int
    port: int


class Said(NamedTuple):
    """What the product says of a packet: its verdict, and all losses in order, each as code and component. *doubts*: the codes of what may lose it."""

    verdict: str
    losses: tuple[Loss, ...]
    doubts: tuple[str, ...]


class Disagreement(NamedTuple):
    """A packet of which product and simulator say different things."""

    subnet: str
    groups: Groups
    packet: Packet
    outcome: Outcome
    said: Said


def addresses(address: str) -> Intervals:
    """Return an address as the product knows it: one that a gateway service's list holds is that service's."""
    held = [service for prefix_list, service in SERVICES.items() if worlds.in_list(address, prefix_list)]
    return of_service(parse_cidr(address), held[0]) if held else parse_cidr(address)


def point(packet: Packet) -> Point:
    """Put a packet on the number lines."""
    return Point(packet.protocol, int(IPv4Address(packet.source)), addresses(packet.destination).spans[0][0], packet.port)


def traffic(packet: Packet) -> Traffic:
    """Make the set that holds one packet."""
    ports = Intervals.of((packet.port, packet.port)) if packet.protocol in (TCP, UDP, ICMP) else Intervals.of((0, 65535))
    return Traffic.of(Intervals.of((packet.protocol, packet.protocol)), parse_cidr(packet.source), addresses(packet.destination), ports)


def holds(packets: Traffic, packet: Point) -> bool:
    """Is a packet in a set?"""
    return any(
        packet.protocol in box.protocols and packet.source in box.sources and packet.destination in box.destinations and packet.port in box.ports for box in packets.boxes
    )


def said(walk: Walk, losses: tuple[Lost, ...], packet: Point) -> Said:
    """Read off a walk and its losses what becomes of one of its packets."""
    verdict = "arrives" if holds(walk.arrives.certain, packet) else "unknown" if holds(walk.arrives.possible, packet) else "lost"
    lost = tuple((loss.check.code, loss.component.id) for loss in losses if holds(loss.packets, packet))
    return Said(verdict, lost, tuple(loss.check.code for loss in losses if holds(loss.doubtful, packet)))


def agrees(outcome: Outcome, product: Said) -> bool:
    """Do both say the same, at the same component? Of what may go several ways, and is lost on each, either loss is the first."""
    if outcome.verdict == "lost":
        return product.verdict == "lost" and product.losses[:1] in {(loss,) for loss in first_losses(outcome)}
    named = outcome.code in ("UNKNOWN_RESOURCE", "UNSUPPORTED_COMPONENT")
    return product.verdict == outcome.verdict and (not named or outcome.code in product.doubts)


def first_losses(outcome: Outcome) -> set[Loss]:
    """The first loss on each way."""
    return {(event.code, event.component) for event in (Event(True, outcome.code, outcome.component), *outcome.also)}


def is_no_contradiction(outcome: Outcome, product: Said) -> bool:
    """With less knowledge: is it unknown, or the same verdict, for a loss that is one? The first loss may be what is not known (law 2)."""
    losses = first_losses(outcome) | {(event.code, event.component) for event in outcome.all if event.is_loss}
    return product.verdict == "unknown" or product.verdict == outcome.verdict and (product.verdict != "lost" or not _roughly(losses).isdisjoint(_roughly(product.losses)))


def _roughly(losses: Iterable[Loss]) -> set[Loss]:
    """Whether another route would carry what a blackhole drops may be what is not known."""
    return {("BAD_STATE_ROUTE" if code == "MORE_SPECIFIC_ROUTE" else code, component) for code, component in losses}


def chosen(world: World, seed: int) -> dict[tuple[str, Groups], list[Packet]]:
    """Choose packets of a world, by placement."""
    found: dict[tuple[str, Groups], list[Packet]] = {}
    for subnet, groups, packet in worlds.packets(world, Random(seed)):
        found.setdefault((subnet, groups), []).append(packet)
    return found


def judged(world: World, network: Network, placement: tuple[str, Groups], packets: list[Packet]) -> Iterator[Disagreement]:
    """Send packets through both; yield what both say."""
    walk = network.walk(start(network, *placement), Traffic.union(map(traffic, packets)))
    losses = walk.losses()
    for packet in packets:
        yield Disagreement(*placement, packet, send(world, *placement, packet), said(walk, losses, point(packet)))


def all_judged(seed: int, without: frozenset[str] = frozenset()) -> list[Disagreement]:
    """Send the packets of a seed through its world, which the product is shown *without* some kinds of export."""
    world = worlds.world(seed)
    network = Network(worlds.facts(world, without))
    return [each for placement, packets in chosen(world, seed).items() for each in judged(world, network, placement, packets)]


def at_corners(world: World, subnet: str) -> list[Packet]:
    """Every kind of packet between every two corners of a small universe, one address of the subnet's for each piece of it."""
    corners = worlds.corners(world)
    block = next(each.cidr_block for each in world.subnets if each.id == subnet) or ""
    sources = [address for address in corners if worlds.inside(address, block)]
    return [Packet(protocol, source, destination, port) for source in sources for destination in corners for protocol, port in KINDS]


# Tests

SEEDS = st.integers(0, 2**32 - 1)
IS_DEEP = settings.default.max_examples > 1000
MANY, SOME, FEW = (settings(max_examples=settings.default.max_examples if IS_DEEP else number) for number in (200, 30, 4))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.says)
def test_a_packet_fares_as_reasoned_by_hand(case: Case) -> None:
    draft = house()
    case.change(draft)
    world, packet = worlds.finished(draft), Packet(case.protocol, "10.0.0.8", case.to, case.port)
    (each,) = judged(world, Network(worlds.facts(world)), ("subnet-a0", case.groups), [packet])
    assert agrees(each.outcome, each.said), each


@MANY
@given(SEEDS)
def test_what_becomes_of_a_packet_is_what_the_simulator_says(seed: int) -> None:
    assert [] == [each for each in all_judged(seed) if not agrees(each.outcome, each.said)]


@SOME
@given(SEEDS)
def test_less_knowledge_never_makes_another_verdict(seed: int) -> None:
    assert [] == [each for each in all_judged(seed, worlds.left_out(seed)) if not is_no_contradiction(each.outcome, each.said)]


@FEW
@given(SEEDS)
def test_sets_of_packets_are_exact_at_every_corner(seed: int) -> None:
    world = worlds.world(seed)
    network = Network(worlds.facts(world))
    for subnet, groups in chosen(world, seed):
        block = next(each.cidr_block for each in world.subnets if each.id == subnet) or ""
        walk = network.walk(start(network, subnet, groups), Traffic.of(sources=parse_cidr(block), destinations=ANYWHERE))
        losses = walk.losses()
        for packet in at_corners(world, subnet):
            outcome, product = send(world, subnet, groups, packet), said(walk, losses, point(packet))
            assert agrees(outcome, product), (subnet, groups, packet, outcome, product)


def test_much_is_still_told_where_exports_are_left_out() -> None:
    verdicts = Counter(each.said.verdict for seed in range(12) for each in all_judged(seed, worlds.left_out(seed)))
    assert verdicts["unknown"] < 0.6 * verdicts.total()
    assert verdicts["arrives"] > 0.1 * verdicts.total()


# Many worlds


class Tally(NamedTuple):
    """How many worlds and packets there were, what became of them, and of which seeds the two disagree."""

    worlds: int
    left_out: int
    packets: int
    fates: Counter[str]
    disagreements: tuple[int, ...]

    def __add__(self, other: "Tally") -> "Tally":  # type: ignore[override]
        return Tally(*(mine + theirs for mine, theirs in zip(self, other)))


def tried(seeds: range) -> tuple[Tally, bytes]:
    """Try the worlds of some seeds, every fourth one with exports left out, too; the digest is of what the simulator says."""
    digest, total = hashlib.sha256(), Tally(0, 0, 0, Counter(), ())
    for seed in seeds:
        world = worlds.world(seed)
        placement, packets = next(iter(chosen(world, seed).items()))
        found = list(judged(world, Network(worlds.facts(world)), placement, packets[:PACKETS]))
        is_partial = seed % 4 == 0
        partial = judged(world, Network(worlds.facts(world, worlds.left_out(seed))), placement, packets[:PACKETS]) if is_partial else ()
        agree = all(agrees(each.outcome, each.said) for each in found) and all(is_no_contradiction(each.outcome, each.said) for each in partial)
        fates = [each.outcome for each in found]
        digest.update(repr([(seed, each.verdict, each.code, each.component, each.step) for each in fates]).encode())
        counted = Counter(name for each in fates for name in (each.verdict, each.code, each.step and f"step {each.step}") if name)
        total += Tally(1, is_partial, len(found), counted, () if agree else (seed,))
    return total, digest.digest()


def main(first: int, count: int, processes: int = 1) -> int:
    """Try the worlds of *count* seeds from *first* on."""
    chunks = [range(start, min(start + CHUNK, first + count)) for start in range(first, first + count, CHUNK)]
    total, digest = Tally(0, 0, 0, Counter(), ()), hashlib.sha256()
    with Pool(processes) as pool:
        for tally, part in pool.imap(tried, chunks):
            total += tally
            digest.update(part)
            if total.worlds % 50_000 == 0:
                print(f"{total.worlds} worlds, disagreements on {total.disagreements or 'none'}, sha256 {digest.hexdigest()} …", flush=True)
    print(f"{total.worlds} worlds, {total.left_out} of them with exports left out, too; {total.packets} packets")
    print("\n".join(f"{number:9} {name}" for name, number in sorted(total.fates.items())))
    print(f"seeds on which the two disagree: {', '.join(map(str, total.disagreements)) or 'none'}")
    print(f"sha256 {digest.hexdigest()}")
    return 1 if total.disagreements else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
