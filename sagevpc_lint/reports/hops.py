"""A trace in words: each walk as ways, each way as hops there and back, and at each hop what is lost."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from sagevpc_lint.addresses import PUBLIC_IPV4, Intervals
from sagevpc_lint.answer import Absence, Evidence, Missing, Resource, known, shows
from sagevpc_lint.model.nouns import Route, Subnet, TransitGatewayRoute
from sagevpc_lint.network.bounds import from_anywhere
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.places import Check, Place, Step
from sagevpc_lint.network.prefix_lists import SERVICES, addresses_of, of_service, spelled
from sagevpc_lint.network.reach import blamed
from sagevpc_lint.network.walk import Branch, Loss, Walk
from sagevpc_lint.network.words import described, ports
from sagevpc_lint.traffic import Traffic

Direction = Literal["forward", "answers"]
WayVerdict = Literal["lost", "lost in part", "depends", "arrives"]
Spell = Callable[[Traffic], str]
_ROUTES = {"route": "route-table", "transit-gateway-route": "transit-gateway-route-table"}  # the kinds of routes, and of the tables that hold them
_FILTERS = frozenset({"SUBNET_ACL_RESTRICTION", "ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES"})
_UNDONE = ("lost", "unknown")


@dataclass(frozen=True, slots=True)
class Lost:
    """What a hop takes of the packets, or of the answers to them; with *missing* it is not known whether it does.

    *packets*: of the way, as they start. *allow*: the smallest set that a filter would have to let through, as it is at the hop; empty where nothing can be allowed.
    """

    code: str
    component: Resource
    why: str
    packets: str
    allow: str
    evidence: tuple[Evidence, ...]
    missing: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """A component that packets, or the answers to them, come through. *does*: what it does with them. *evidence*: where it stands, if a document shows it."""

    resource: Resource
    does: str
    direction: Direction
    evidence: tuple[Evidence, ...] = ()
    losses: tuple[Lost, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """Where some *packets* go. *missing*: what would tell whether they go there; empty if they surely do."""

    packets: str
    end: Place
    hops: tuple[Hop, ...]
    missing: tuple[Absence, ...] = ()

    @property
    def verdict(self) -> WayVerdict:
        """What becomes of the packets: of all, or of a part."""
        losses = [lost for hop in self.hops for lost in hop.losses]
        surely = [lost.packets for lost in losses if not lost.missing]
        if self.packets in surely:
            return "lost"
        return "lost in part" if surely else "depends" if losses or self.missing else "arrives"


def ways(network: Network, walk: Walk) -> tuple[Way, ...]:
    """Part a walk into its ways, first those on which something is lost, then in the order of their destinations."""
    found = [(packets, end, way) for way, (end, packets) in zip(walk.ways(), walk.ends()) if way]
    found.sort(key=lambda each: (each[0].destinations.spans, each[1].kind, each[1].id))
    return tuple(sorted((_way(network, *each) for each in found), key=lambda way: get_args(WayVerdict).index(way.verdict)))


def speller(network: Network) -> Spell:
    """Spell packets; all entries of a service's prefix list are the service's addresses."""
    whole = {entries: of_service(PUBLIC_IPV4, service) for service in SERVICES for entries in _entries(network, service)}
    return lambda traffic: described(Traffic.union(Traffic.of(*box[:2], whole.get(box.destinations, box.destinations), box.ports) for box in traffic.boxes))


def _entries(network: Network, service: str) -> tuple[Intervals, ...]:
    try:
        return (addresses_of(network.facts, service, None),)
    except Missing:
        return ()


def _way(network: Network, packets: Traffic, end: Place, way: tuple[Branch, ...]) -> Way:
    spell = speller(network)
    there, back = [], []
    for at, branch in enumerate(way):
        losses = _Losses(spell, packets, way[:at])
        there += _forward(network, branch, losses)
        back += [*reversed([*_answers(branch, losses)])]
    there += _at_the_end(network, end)
    hops = (*_merged(there), *_merged(hop for hop in reversed(back) if hop.losses or end.kind not in _UNDONE))
    missing = frozenset().union(*(branch.step.takes.missing for branch in way if branch.packets != branch.surely))
    return Way(spell(packets), end, hops, tuple(sorted(missing)))


@dataclass(frozen=True, slots=True)
class _Losses:
    """Words for the losses on a way of *packets*, once they have come through the branches *before*."""

    spell: Spell
    packets: Traffic
    before: tuple[Branch, ...]

    def at(self, check: Check, losses: Iterable[Loss]) -> Iterator[Lost]:
        """Tell what *check* takes of the packets of this way."""
        for loss in losses:
            if loss.check is check:
                says = check.says_of_answers if loss.of_answers else check.says
                why = says.replace("the addresses of {packets}", "their addresses").replace("{packets}", "the answers" if loss.of_answers else "them")
                for packets, missing in ((loss.packets, ()), (loss.doubtful, tuple(sorted(loss.missing)))):
                    if gone := self._as_started(packets):
                        allow = self.spell(loss.here) if check.code in _FILTERS and not missing else ""
                        told = self.spell(gone)
                        if not missing and gone <= self._as_started(loss.spared):
                            told = f"answers at {ports(loss.here.ports)} to {told}"
                        yield Lost(check.code, check.component, why, told, allow, blamed(loss), missing)

    def _as_started(self, packets: Traffic) -> Traffic:
        """The same packets as they were before any NAT wrote its address into them."""
        for branch in reversed(self.before):
            packets = packets if branch.step.source is None else branch.packets & from_anywhere(packets)
        return packets & self.packets


def _at_the_end(network: Network, end: Place) -> Iterator[Hop]:
    """Yield the subnet where packets end that no known component takes."""
    if end.kind in ("peer", "host") and network.facts.has(Subnet, end.id):
        yield Hop(Resource(Subnet.kind, end.id), "an instance of the job" if end.kind == "peer" else "an address in it", "forward", (shows(network.facts.subnet(end.id)),))


def _forward(network: Network, branch: Branch, losses: _Losses) -> Iterator[Hop]:
    """Yield what packets pass on a step: the network ACL that lets them out, the route, and what lies behind it."""
    step = branch.step
    checks = (*step.checks, *(loss.check for loss in branch.losses if id(loss.check) not in set(map(id, step.checks))))
    out = 1 if step.start.kind == "subnet" else 0
    yield from _passed(branch, checks[:out], losses)
    yield from (_by_route(network, step, piece) for piece in step.evidence if piece.resource.kind in _ROUTES)
    behind = {piece.resource.id: Hop(piece.resource, _becomes(step), "forward", (piece,)) for piece in step.evidence if piece.resource.kind not in (*_ROUTES, "group")}
    for hop in _passed(branch, checks[out:], losses):
        same = behind.pop(hop.resource.id, None)
        yield replace(hop, does=hop.does or same.does) if same else hop
    yield from behind.values()


def _becomes(step: Step) -> str:
    """What a step makes of packets: a NAT writes its address into them."""
    if step.source is not None:
        return f"as {', '.join(spelled(step.source))}".replace("/32", "")
    if (step.start.kind, step.end) == ("subnet", Place("arrival", step.start.id, step.start.context)):
        return "stays in it"
    return {"internet": "to the internet", "vpc-endpoint": "arrives", "host": "arrives"}.get(step.end.kind, "")


def _passed(branch: Branch, checks: Iterable[Check], losses: _Losses) -> Iterator[Hop]:
    """Yield a hop for each filter, and for what else does not let everything through."""
    for check in checks:
        lost = tuple(losses.at(check, branch.losses))
        if lost or (check.code in _FILTERS or not check.passes.is_all) and not _is_inside(branch.step, check):
            yield Hop(_shown(check), _does(branch.step, check, check.says), "forward", check.evidence, lost)


def _shown(check: Check) -> Resource:
    """The component, or where it is an interface or an endpoint whose groups filter, the groups."""
    if check.component.kind in ("group", "network-acl") or check.code not in _FILTERS or not check.evidence:
        return check.component
    return Resource("group", ", ".join(piece.resource.id for piece in check.evidence))


def _answers(branch: Branch, losses: _Losses) -> Iterator[Hop]:
    """Yield what the answers pass on a step, which they come the other way."""
    for check in reversed(branch.step.checks):
        lost = tuple(losses.at(check, branch.answer_losses))
        if lost or not check.answers.is_all and not _is_inside(branch.step, check):
            does = _does(branch.step, check, check.says_of_answers) or "back"
            yield Hop(check.component, f"{does}, ports {ports(branch.step.start.context.answer_ports)}", "answers", check.evidence, lost)


def _is_inside(step: Step, check: Check) -> bool:
    """Packets that stay inside a subnet pass no network ACL."""
    return check.component.kind == "network-acl" and step.start.kind == "subnet" and (step.end.kind, step.end.id) == ("arrival", step.start.id)


def _does(step: Step, check: Check, says: str) -> str:
    if check.component.kind == "network-acl":
        return says.partition("{packets} ")[2]
    if check.code in _FILTERS:
        return "out of the interface" if step.end.kind == "subnet" else "into the interface"
    return ""


def _by_route(network: Network, step: Step, piece: Evidence) -> Hop:
    table, found = piece.resource.id.partition("/")[0], [route for route in _routes(network, step.start) if route.source == piece.source]
    return Hop(Resource(_ROUTES[piece.resource.kind], table), f"{_destination(found[0])} -> {_target(found[0])}" if found else "", "forward", (piece,))


def _routes(network: Network, place: Place) -> tuple[Route | TransitGatewayRoute, ...]:
    facts = network.facts
    try:
        match place.kind:
            case "subnet":
                return known(facts.route_table_of(place.id).routes)
            case "route-table":
                return known(facts.route_table(place.id).routes)
            case "transit-gateway-attachment":
                return facts.transit_gateway_routes(known(facts.transit_gateway_attachment(place.id).route_table_id) or "").routes
    except Missing:
        pass
    return ()


def _merged(hops: Iterable[Hop]) -> Iterator[Hop]:
    """Make one hop of neighbours that are the same component."""
    last: Hop | None = None
    for hop in hops:
        if last is not None and last.resource.id == hop.resource.id and (not last.does or not hop.does or last.does == hop.does):
            last = replace(last, does=last.does or hop.does, evidence=(*last.evidence, *hop.evidence), losses=(*last.losses, *hop.losses))
            continue
        if last is not None:
            yield last
        last = hop
    if last is not None:
        yield last


def _destination(route: Route | TransitGatewayRoute) -> str:
    try:
        return known(route.cidr) or known(route.prefix_list_id) or "?"
    except Missing:
        return "?"


def _target(route: Route | TransitGatewayRoute) -> str:
    try:
        return known(route.target) if isinstance(route, Route) else ", ".join(known(route.attachment_ids))
    except Missing:
        return "?"
