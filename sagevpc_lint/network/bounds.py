"""Sets of packets that are known only between two bounds, where documents are missing."""

from collections.abc import Iterable
from dataclasses import dataclass

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Absence
from sagevpc_lint.network.prefix_lists import ANYWHERE
from sagevpc_lint.traffic import ECHO, ECHO_REPLY, ICMP, PORTS, PROTOCOLS, TCP, UDP, Traffic

ALL = Traffic.of(sources=ANYWHERE, destinations=ANYWHERE)
"""Every packet of the network."""

NONE = Traffic()
NOBODY = Intervals()
WITH_PORTS = TCP | UDP
PORTLESS = PROTOCOLS - WITH_PORTS - ICMP


@dataclass(frozen=True, slots=True)
class Bounds:
    """A set of packets: *certain* ⊆ the set ⊆ *possible*, which differ for want of *missing*."""

    certain: Traffic
    possible: Traffic
    missing: frozenset[Absence] = frozenset()

    @staticmethod
    def of(traffic: Traffic) -> "Bounds":
        """Say that exactly this is the set."""
        return Bounds(traffic, traffic)

    @staticmethod
    def unknown(missing: Iterable[Absence]) -> "Bounds":
        """Say that any packet may be in the set, and none surely is."""
        return Bounds(NONE, ALL, frozenset(missing))

    @property
    def is_all(self) -> bool:
        """Is every packet surely in the set?"""
        return self.certain == ALL


EVERY = Bounds.of(ALL)


@dataclass(frozen=True, slots=True)
class Among:
    """A set of addresses: *certain* ⊆ the set ⊆ *possible*, which differ for want of *missing*."""

    certain: Intervals
    possible: Intervals
    missing: frozenset[Absence] = frozenset()

    @staticmethod
    def of(addresses: Intervals) -> "Among":
        """Say that exactly this is the set."""
        return Among(addresses, addresses)

    def only(self, part: Intervals) -> "Among":
        """Keep what lies in *part*."""
        return Among(self.certain & part, self.possible & part, self.missing)

    def without(self, part: Intervals) -> "Among":
        """Keep what lies outside of *part*."""
        return Among(self.certain - part, self.possible - part, self.missing)


EVERYWHERE = Among.of(ANYWHERE)


def toward(destinations: Intervals) -> Traffic:
    """All packets to these addresses."""
    return Traffic.of(sources=ANYWHERE, destinations=destinations)


def answers(packets: Traffic, ports: Intervals) -> Traffic:
    """The answers to *packets*, from their destinations to *ports* of their sources: of ICMP, replies to echo requests; of protocols without ports, all of the protocol."""
    return Traffic.union(
        Traffic.of(box.protocols & protocols, box.destinations, box.sources, back)
        for box in packets.boxes for protocols, back in ((WITH_PORTS, ports), (ICMP, ECHO_REPLY if box.ports & ECHO else NOBODY), (PORTLESS, PORTS))
    )


def answered_by(some: Traffic) -> Traffic:
    """All packets that any of these answers belongs to, whatever their port; of ICMP, echo requests."""
    return Traffic.union(
        Traffic.of(box.protocols & protocols, box.destinations, box.sources, ports) for box in some.boxes for protocols, ports in ((PROTOCOLS - ICMP, PORTS), (ICMP, ECHO))
    )


def from_anywhere(packets: Traffic) -> Traffic:
    """The same packets from whatever source: a NAT rewrites it."""
    return Traffic.union(Traffic.of(box.protocols, ANYWHERE, box.destinations, box.ports) for box in packets.boxes)


def from_sources(packets: Traffic, sources: Intervals) -> Traffic:
    """The same packets once a NAT has rewritten their source."""
    return Traffic.union(Traffic.of(box.protocols, sources, box.destinations, box.ports) for box in packets.boxes)
