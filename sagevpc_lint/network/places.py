"""The places of the network and the steps between them: what each step takes, what it lets through, and what shows that."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Absence, Evidence, Resource
from sagevpc_lint.network.bounds import EVERY, EVERYWHERE, NONE, Among, Bounds
from sagevpc_lint.traffic import Traffic

PlaceKind = Literal[
    "interface", "subnet", "route-table", "arrival", "host", "vpc-endpoint", "nat-gateway", "network-interface", "transit-gateway-attachment", "internet", "peer", "lost", "unknown",
]
Side = Literal["sources", "destinations", "both"]
_LINUX, _NAT = Intervals.of((32768, 60999)), Intervals.of((1024, 65535))  # F5.8, F7.6


@dataclass(frozen=True, slots=True)
class Context:
    """What packets at a place have behind them.

    *sender*: the NAT gateway or interface that wrote their source; empty, a job's own interface. *subnet*: the one that it is in; a regional NAT gateway is in none. *is_nat*, *is_public*: what that is, in the VPC where they are. *groups*: those of
    the interface that sent them, for rules that refer to groups. *via*: the peering connection, or the transit gateway and the two attachments, that they came over since then. *left*, *landed*: the subnets from which they
    entered the transit gateway and in which they came out. *is_foreign*: they came from another VPC. *back*: the targets of routes that lead answers to where packets came from; *back_home*: the same where they left for the transit gateway. *behind*: the subnets of the firewall
    endpoints that they passed in the VPC where they are. *goal*: the interface endpoint that they are meant for, or `peers`.
    """

    sender: str = ""
    subnet: str = ""
    is_nat: bool = False
    is_public: bool = False
    groups: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    left: str = ""
    landed: str = ""
    is_foreign: bool = False
    back: tuple[str, ...] = ("local",)
    back_home: tuple[str, ...] = ("local",)
    behind: tuple[str, ...] = ()
    goal: str = ""

    @property
    def answer_ports(self) -> Intervals:
        """The ports at which the sender takes answers: a NAT gateway 1024–65535, an interface those of Linux (F5.8, F7.6)."""
        return _NAT if self.is_nat else _LINUX


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the network: where packets with the same past are."""

    kind: PlaceKind
    id: str
    context: Context = Context()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing on a step that may lose packets, or the answers to them.

    *code* is Reachability Analyzer's. *component*: what to change. *evidence*: what shows it. *says*: the cause as a line, in which `{packets}` stands for what is lost; *says_of_answers* the
    same for answers. *narrow*: what is lost through a narrower deny entry or blackhole. *denies*, *denies_answers*: entries, and what each takes.
    *diverts*: answers that are in doubt here may come home by another way. *is_of_start*: it is the network ACL of the subnet that packets leave; *is_evadable*: something in that subnet may hand
    answers out to it past its ACL. *looks_at*: the addresses that it goes by.
    """

    code: str
    component: Resource
    evidence: tuple[Evidence, ...]
    says: str
    passes: Bounds = EVERY
    answers: Bounds = EVERY
    says_of_answers: str = ""
    narrow: Traffic = NONE
    narrow_answers: Traffic = NONE
    denies: tuple[tuple[Evidence, Traffic], ...] = ()
    denies_answers: tuple[tuple[Evidence, Traffic], ...] = ()
    diverts: bool = False
    is_of_start: bool = False
    is_evadable: bool = False
    looks_at: Side = "both"
    looks_at_of_answers: Side = "both"


@dataclass(frozen=True)
class Step:
    """An edge of the network, from *start* to *end*.

    *takes*: the destinations of the packets that go this way. *given*: the checks, or what works them out once packets go this way. *source*: the addresses that a NAT writes into them. *evidence*: what shows that there is
    such a way.
    """

    start: Place
    end: Place
    takes: Among = EVERYWHERE
    given: tuple[Check, ...] | Callable[[], tuple[Check, ...]] = ()
    evidence: tuple[Evidence, ...] = ()
    source: Intervals | None = None

    @cached_property
    def checks(self) -> tuple[Check, ...]:
        """What may lose the packets, in the order in which AWS looks."""
        return self.given() if callable(self.given) else self.given


def only(holds: bool) -> Bounds:
    """Let everything through, or nothing."""
    return EVERY if holds else Bounds.of(NONE)


def lost(start: Place, takes: Among, checks: tuple[Check, ...], code: str, component: Resource, evidence: tuple[Evidence, ...], says: str, narrow: Traffic = NONE) -> Step:
    """Make a step at whose end the packets are lost."""
    last = Check(code, component, evidence, says, passes=Bounds.of(NONE), narrow=narrow, looks_at="destinations")
    return Step(start, Place("lost", component.id), takes, (*checks, last), evidence)


def in_doubt(component: Resource, missing: Iterable[Absence]) -> Check:
    """Make a check of which it is not told whether answers pass it, nor by which way they come."""
    return Check("UNKNOWN_RESOURCE", component, (), "", answers=Bounds.unknown(missing), diverts=True)


def without_answers(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """The same checks where answers do not come by."""
    return tuple(replace(check, answers=EVERY) for check in checks)


def unknown(
    start: Place, takes: Among, checks: tuple[Check, ...], code: str, component: Resource, missing: frozenset[Absence], evidence: tuple[Evidence, ...] = (),
) -> Step:
    """Make a step of which the documents do not tell what lies behind it, nor by which way answers come back."""
    last = Check(code, component, evidence, "", passes=Bounds.unknown(missing), diverts=True)
    return Step(start, Place("unknown", component.id), takes, (*checks, last), evidence)
