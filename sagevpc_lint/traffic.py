"""Sets of packets, so that security groups and network ACLs are compared exactly and never by one sample packet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import and_, gt, or_
from typing import NamedTuple

from sagevpc_lint.addresses import ADDRESSES, Intervals

TCP = Intervals.of((6, 6))
UDP = Intervals.of((17, 17))
ICMP = Intervals.of((1, 1))
ICMPV6 = Intervals.of((58, 58))
ESP = Intervals.of((50, 50))
PROTOCOLS = Intervals.of((0, 255))
PORTS = Intervals.of((0, 65535))

_NUMBERS: dict[str, int | None] = {
    **{str(number): number for number in range(256)},
    "-1": None,
    "tcp": 6,
    "udp": 17,
    "icmp": 1,
    "icmpv6": 58,
}

_Rows = tuple[tuple[Intervals, ...], ...]
_Cell = tuple[Intervals, _Rows]
_Keep = Callable[[bool, bool], bool]  # is a packet kept that is in the left set, in the right set?


class Box(NamedTuple):
    """Hold all packets with one of these protocols, sources, destinations and ports."""

    protocols: Intervals
    sources: Intervals
    destinations: Intervals
    ports: Intervals  # TCP and UDP: the destination's; ICMP and ICMPv6: type * 256 + code; others: all, without a meaning


@dataclass(frozen=True, slots=True)
class Traffic:
    """A set of packets; build it with `Traffic.of` or `packets`, so that equal sets are equal values."""

    boxes: tuple[Box, ...] = ()  # disjoint, ascending, and the same however the set was put together

    @staticmethod
    def of(
        protocols: Intervals = PROTOCOLS,
        sources: Intervals = ADDRESSES,
        destinations: Intervals = ADDRESSES,
        ports: Intervals = PORTS,
    ) -> "Traffic":
        """Make the set of all packets that have one of each; ports mean nothing without their protocols."""
        box = Box(protocols, sources, destinations, ports)
        return Traffic((box,) if all(box) else ())

    @staticmethod
    def union(sets: Iterable["Traffic"]) -> "Traffic":
        """Join any number of *sets*."""
        rows: Iterable[tuple[Intervals, ...]] = (box for each in sets for box in each.boxes)
        for dimension in range(4):
            rows = _gathered(rows, dimension)
        return _traffic(_united(tuple(rows)))

    def __or__(self, other: "Traffic") -> "Traffic":
        """Join both sets."""
        return _traffic(_combined(self.boxes, other.boxes, or_))

    def __and__(self, other: "Traffic") -> "Traffic":
        """Keep what both sets hold."""
        if len(self.boxes) == len(other.boxes) == 1:
            return Traffic.of(*map(and_, self.boxes[0], other.boxes[0]))
        return _traffic(_combined(self.boxes, other.boxes, and_))

    def __sub__(self, other: "Traffic") -> "Traffic":
        """Keep what only this set holds."""
        away = tuple(box for box in other.boxes if [True for mine in self.boxes if all(map(and_, mine, box))])
        return _traffic(_combined(self.boxes, away, gt)) if away else self

    def __le__(self, other: "Traffic") -> bool:
        """Does the other set hold everything of this one?"""
        return not self - other

    def __bool__(self) -> bool:
        """Is there a packet?"""
        return bool(self.boxes)

    def restrict(
        self,
        protocols: Intervals = PROTOCOLS,
        sources: Intervals = ADDRESSES,
        destinations: Intervals = ADDRESSES,
        ports: Intervals = PORTS,
    ) -> "Traffic":
        """Keep the packets that have one of each; ports mean nothing without their protocols."""
        return self & Traffic.of(protocols, sources, destinations, ports)

    @property
    def protocols(self) -> Intervals:
        """Which protocols does some packet have?"""
        return Intervals.union(box.protocols for box in self.boxes)

    @property
    def sources(self) -> Intervals:
        """Which sources does some packet have?"""
        return Intervals.union(box.sources for box in self.boxes)

    @property
    def destinations(self) -> Intervals:
        """Which destinations does some packet have?"""
        return Intervals.union(box.destinations for box in self.boxes)

    @property
    def ports(self) -> Intervals:
        """Which ports does some packet have?"""
        return Intervals.union(box.ports for box in self.boxes)


NOTHING = Traffic()
EVERYTHING = Traffic.of()


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


def _combined(left: _Rows, right: _Rows, keep: _Keep) -> _Rows:
    """Combine two sets of rows column by column: equal sets have equal rows."""
    if not right:
        return left if keep(True, False) else ()
    if not left:
        return right if keep(False, True) else ()
    if left == right:  # also where no column is left
        return left if keep(True, True) else ()
    lefts, rights = _by_head(left), _by_head(right)
    cells = [(head & other, lefts[head], rights[other]) for head in lefts for other in rights]
    if keep(True, False):
        covered = Intervals.union(rights)
        cells += [(head - covered, lefts[head], ()) for head in lefts]
    if keep(False, True):
        covered = Intervals.union(lefts)
        cells += [(other - covered, (), rights[other]) for other in rights]
    return _rows((head, _combined(one, two, keep)) for head, one, two in cells if head)


def _by_head(rows: _Rows) -> dict[Intervals, _Rows]:
    """Map each value of the first column to the rest of its rows."""
    tails: dict[Intervals, list[tuple[Intervals, ...]]] = {}
    for head, *tail in rows:
        tails.setdefault(head, []).append(tuple(tail))
    return {head: tuple(rest) for head, rest in tails.items()}


def _rows(cells: Iterable[_Cell]) -> _Rows:
    """Put disjoint cells together, those with the same tails as one, in ascending order."""
    heads: dict[_Rows, list[Intervals]] = {}
    for head, tails in cells:
        if tails:
            heads.setdefault(tails, []).append(head)
    joined = sorted((Intervals.union(parts).spans, tails) for tails, parts in heads.items())
    return tuple((Intervals(spans), *tail) for spans, tails in joined for tail in tails)


def _gathered(rows: Iterable[tuple[Intervals, ...]], dimension: int) -> _Rows:
    """Make one row of those that differ in one dimension only."""
    parts: dict[tuple[Intervals, ...], list[Intervals]] = {}
    for row in rows:
        parts.setdefault(row[:dimension] + row[dimension + 1 :], []).append(row[dimension])
    return tuple((*rest[:dimension], Intervals.union(each), *rest[dimension:]) for rest, each in parts.items())


def _united(rows: _Rows) -> _Rows:
    if len(rows) < 2:
        return rows
    middle = len(rows) // 2
    return _combined(_united(rows[:middle]), _united(rows[middle:]), or_)


def _traffic(rows: _Rows) -> Traffic:
    return Traffic(tuple(map(Box._make, rows)))
