"""Sets of packets, so that security groups and network ACLs are compared exactly and never by one sample packet."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import NamedTuple, TypeVar

from sagevpc_lint.addresses import ADDRESSES, Intervals, Spans, common, joined, merged, without

TCP = Intervals.of((6, 6))
UDP = Intervals.of((17, 17))
ICMP = Intervals.of((1, 1))
ESP = Intervals.of((50, 50))
ECHO, ECHO_REPLY = Intervals.of((8 * 256, 8 * 256 + 255)), Intervals.of((0, 0))  # types and codes of ICMP
PROTOCOLS = Intervals.of((0, 255))
PORTS = Intervals.of((0, 65535))

_FEW = 4  # sets up to which joining one by one is faster

_NUMBERS: dict[str, int | None] = {
    **{str(number): number for number in range(256)},
    "-1": None,
    "tcp": 6,
    "udp": 17,
    "icmp": 1,
    "icmpv6": 58,
}

Below = TypeVar("Below")
_Level = tuple[tuple[Spans, Below], ...]
_Combine = Callable[[Below, Below], Below]
_Tree = _Level[_Level[_Level[Spans]]]


class Box(NamedTuple):
    """Hold all packets with one of these protocols, sources, destinations and ports."""

    protocols: Intervals
    sources: Intervals
    destinations: Intervals
    ports: Intervals  # TCP and UDP: the destination's; ICMP and ICMPv6: type * 256 + code; others: all, without a meaning


@dataclass(frozen=True, slots=True)
class Traffic:
    """A set of packets; build it with `Traffic.of` or `packets`, so that equal sets are equal values."""

    tree: _Tree = ()  # by protocols, in each by sources, in each by destinations, the ports: disjoint, ascending, no two with the same below, so the same however the set was put together

    @staticmethod
    def of(
        protocols: Intervals = PROTOCOLS,
        sources: Intervals = ADDRESSES,
        destinations: Intervals = ADDRESSES,
        ports: Intervals = PORTS,
    ) -> "Traffic":
        """Make the set of all packets that have one of each; ports mean nothing without their protocols."""
        return Traffic(((protocols.spans, ((sources.spans, ((destinations.spans, ports.spans),)),)),) if protocols and sources and destinations and ports else ())

    @staticmethod
    def union(sets: Iterable["Traffic"]) -> "Traffic":
        """Join any number of *sets*."""
        trees = [each.tree for each in sets if each.tree]
        if len(trees) > _FEW:
            trees = _gathered(trees)
        return Traffic(_united(trees)) if trees else Traffic()

    def __or__(self, other: "Traffic") -> "Traffic":
        """Join both sets."""
        return Traffic(_either(self.tree, other.tree))

    def __and__(self, other: "Traffic") -> "Traffic":
        """Keep what both sets hold."""
        return Traffic(_both(self.tree, other.tree))

    def __sub__(self, other: "Traffic") -> "Traffic":
        """Keep what only this set holds."""
        return Traffic(_only_left(self.tree, other.tree))

    def __le__(self, other: "Traffic") -> bool:
        """Does the other set hold everything of this one?"""
        return not self - other

    def __bool__(self) -> bool:
        """Is there a packet?"""
        return bool(self.tree)

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The set as disjoint boxes, in ascending order."""
        return tuple(Box(*map(Intervals, row)) for row in _rows(self.tree))

    @property
    def protocols(self) -> Intervals:
        """Which protocols does some packet have?"""
        return _on(self.tree, 0)

    @property
    def sources(self) -> Intervals:
        """Which sources does some packet have?"""
        return _on(self.tree, 1)

    @property
    def destinations(self) -> Intervals:
        """Which destinations does some packet have?"""
        return _on(self.tree, 2)

    @property
    def ports(self) -> Intervals:
        """Which ports does some packet have?"""
        return _on(self.tree, 3)


def packets(protocol: str, from_port: int | None, to_port: int | None, sources: Intervals, destinations: Intervals) -> Traffic:
    """Tell which packets a security group rule describes (F4.12, F4.13), or raise `ValueError`; a port of -1 is an absent one."""
    number = protocol_number(protocol)
    low = -1 if from_port is None else from_port
    high = -1 if to_port is None else to_port
    match number:
        case None:
            return Traffic.of(sources=sources, destinations=destinations)
        case 6 | 17:
            ports = _port_range(low, high)
        case 1 | 58:
            ports = _types_and_codes(low, high)
        case _:
            ports = PORTS
    return Traffic.of(Intervals.of((number, number)), sources, destinations, ports)


def protocol_number(text: str) -> int | None:
    """Read a protocol's name in any case or its number, none for all protocols, or raise `ValueError`."""
    try:
        return _NUMBERS[text.lower()]
    except KeyError:
        raise ValueError(f"protocol {ascii(text)}: expected tcp, udp, icmp, icmpv6, a number from 0 to 255, or -1 for all") from None


def _port_range(low: int, high: int) -> Intervals:
    if low == high == -1:
        return PORTS
    if not 0 <= low <= high <= 65535:
        raise ValueError(f"ports {low} to {high}: expected an ascending range within 0 to 65535, or both absent or -1 for all")
    return Intervals.of((low, high))


def _types_and_codes(kind: int, code: int) -> Intervals:
    if kind == code == -1:
        return PORTS
    if not (0 <= kind <= 255 and -1 <= code <= 255):
        raise ValueError(f"ICMP type {kind}, code {code}: expected both from 0 to 255, a code of -1 for all codes, or both absent or -1 for all")
    first = kind * 256
    return Intervals.of((first, first + 255) if code == -1 else (first + code, first + code))


# Trees: what to do on a level is said once, and built on what to do on the level below


def _both_on(below: _Combine[Below]) -> _Combine[_Level[Below]]:
    def both(left: _Level[Below], right: _Level[Below]) -> _Level[Below]:
        if left == right:
            return left
        return _tree([(shared, kept) for mine, one in left for other, two in right if (shared := common(mine, other)) and (kept := below(one, two))])

    return both


def _only_left_on(below: _Combine[Below]) -> _Combine[_Level[Below]]:
    def only_left(left: _Level[Below], right: _Level[Below]) -> _Level[Below]:
        if not right or left == right:
            return () if right else left
        cells = []
        for mine, one in left:
            for other, two in right:
                if shared := common(mine, other):
                    mine = without(mine, shared)
                    cells += [(shared, kept)] if (kept := below(one, two)) else []
            cells += [(mine, one)] if mine else []
        return _tree(cells)

    return only_left


def _either_on(below: _Combine[Below]) -> _Combine[_Level[Below]]:
    def either(left: _Level[Below], right: _Level[Below]) -> _Level[Below]:
        if not right or left == right:
            return left
        if not left:
            return right
        cells = [(shared, below(one, two)) for mine, one in left for other, two in right if (shared := common(mine, other))]
        lefts, rights = (merged(chain.from_iterable(head for head, _ in tree)) for tree in (left, right))
        cells += [(rest, one) for mine, one in left if (rest := without(mine, rights))]
        cells += [(rest, two) for other, two in right if (rest := without(other, lefts))]
        return _tree(cells)

    return either


def _tree(cells: list[tuple[Spans, Below]]) -> _Level[Below]:
    """Put disjoint cells together, those with the same below as one, in ascending order."""
    if len(cells) < 2:
        return tuple(cells)
    heads: dict[Below, list[Spans]] = {}
    for head, below in cells:
        heads.setdefault(below, []).append(head)
    return tuple(sorted(((merged(chain.from_iterable(parts)), below) for below, parts in heads.items()), key=itemgetter(0)))


_both = _both_on(_both_on(_both_on(common)))
_only_left = _only_left_on(_only_left_on(_only_left_on(without)))
_either = _either_on(_either_on(_either_on(joined)))


def _rows(tree: _Tree) -> Iterator[tuple[Spans, ...]]:
    for protocols, by_source in tree:
        for sources, by_destination in by_source:
            for destinations, ports in by_destination:
                yield protocols, sources, destinations, ports


def _on(tree: _Tree, dimension: int) -> Intervals:
    return Intervals(merged(chain.from_iterable(row[dimension] for row in _rows(tree))))


def _gathered(trees: list[_Tree]) -> list[_Tree]:
    """Make one of the boxes that differ in one dimension only, so that a thousand rules are not joined one by one."""
    rows = [row for tree in trees for row in _rows(tree)]
    for dimension in range(4):
        parts: dict[tuple[Spans, ...], list[Spans]] = {}
        for row in rows:
            parts.setdefault(row[:dimension] + row[dimension + 1 :], []).append(row[dimension])
        rows = [(*rest[:dimension], merged(chain.from_iterable(each)), *rest[dimension:]) for rest, each in parts.items()]
    return [((protocols, ((sources, ((destinations, ports),)),)),) for protocols, sources, destinations, ports in rows]


def _united(trees: list[_Tree]) -> _Tree:
    if len(trees) == 1:
        return trees[0]
    middle = len(trees) // 2
    return _either(_united(trees[:middle]), _united(trees[middle:]))
