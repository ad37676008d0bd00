"""From a subnet onward: its network ACL lets packets out, its route table says where they go (F6.1–F6.8)."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Absence, Evidence, Found, Missing, Resource, shows
from sagevpc_lint.model.nouns import Route, RouteTable
from sagevpc_lint.network import gateways, transit
from sagevpc_lint.network.crossings import block_of, encrypting, entering, leaving
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.returns import answer_checks
from sagevpc_lint.network.bounds import EVERYWHERE, Among, toward
from sagevpc_lint.network.places import Check, Place, Step, lost, unknown, without_answers
from sagevpc_lint.network.prefix_lists import of_cidr
from sagevpc_lint.network.routes import Taken
from sagevpc_lint.traffic import Traffic

Leads = Callable[[Ground, Place, RouteTable, Route, Among, tuple[Check, ...]], tuple[Step, ...]]
_TARGETS: dict[str, Leads] = {
    "igw": gateways.to_internet_gateway,
    "nat": gateways.to_nat_gateway,
    "vpce": gateways.to_endpoint,
    "eni": gateways.to_interface,
    "pcx": transit.to_peering,
    "tgw": transit.to_transit_gateway,
}

_CARRIERS = {"igw": "InternetGateway", "nat": "NatGateway", "pcx": "VpcPeering"}  # that do not encrypt


def steps(ground: Ground, place: Place) -> tuple[Step, ...]:
    """Route the packets that leave a subnet, or a regional NAT gateway, which has a table of its own."""
    out: tuple[Check, ...] = (leaving(ground, place),) if place.kind == "subnet" else ()
    out = without_answers(out) if place.context.landed == place.id and place.context.via else out  # they go where the attachment is in their own zone
    try:
        stays, own = _stays(ground, place, out) if place.kind == "subnet" else ((), Intervals())
        table = ground.facts.route_table_of(place.id) if place.kind == "subnet" else ground.facts.route_table(place.id)
        return (*stays, *(step for one in ground.taken(table) for step in _steps(ground, place, table, _beside(one, own), out)))
    except Missing as error:
        return (unknown(place, EVERYWHERE, out, "UNKNOWN_RESOURCE", Resource(place.kind, place.id), error.absences),)


def _stays(ground: Ground, place: Place, out: tuple[Check, ...]) -> tuple[tuple[Step, ...], Intervals]:
    """What is for the subnet itself is delivered without a look at its table (https://docs.aws.amazon.com/vpc/latest/userguide/route-table-options.html)."""
    own = block_of(ground, place.id)
    checks = (*out, *answer_checks(ground, place, place.id))
    return (Step(place, Place("arrival", place.id, place.context), Among.of(own), checks, (shows(ground.facts.subnet(place.id)),)),), own


def _beside(one: Taken[Route], own: Intervals) -> Taken[Route]:
    return replace(one, certain=one.certain - own, possible=one.possible - own)


def _steps(ground: Ground, place: Place, table: RouteTable, one: Taken[Route], out: tuple[Check, ...]) -> Iterator[Step]:
    takes = Among(one.certain, one.possible, one.missing)
    route = one.route
    if route is None:
        evidence = (shows(table, code="NO_ROUTE_TO_DESTINATION"),)
        yield lost(place, takes, out, "NO_ROUTE_TO_DESTINATION", Resource("route-table", table.id), evidence, f"{table.id} has no route for {{packets}}")
        return
    try:
        if route.state == "blackhole":
            yield from _dropped(place, table, route, one.shadows, takes, out)
        elif route.target == "local":
            yield from _delivered(ground, place, table, route, takes, out)
        else:
            carrier = route.target.partition("-")[0]
            encrypting_ones = encrypting(ground, table.vpc_id, _CARRIERS[carrier]) if carrier in _CARRIERS else ()
            leads = _TARGETS.get(carrier, _unsupported)(ground, place, table, route, takes, (*out, *encrypting_ones))
            yield from (_broken(step, table, route) for step in leads)
    except Missing as error:
        yield unknown(place, takes, out, "UNKNOWN_RESOURCE", Resource("route-table", table.id), error.absences, (shows(route),))


def _dropped(place: Place, table: RouteTable, route: Route, shadows: Intervals, takes: Among, out: tuple[Check, ...]) -> Iterator[Step]:
    """A blackhole drops what it takes (F6.6), also where a route with a shorter prefix would carry it."""
    says = f"{table.id} drops {{packets}}: its route {name_of(route)} to {route.target or 'something deleted'} is a blackhole"
    for code, here in (("MORE_SPECIFIC_ROUTE", takes.only(shadows)), ("BAD_STATE_ROUTE", takes.without(shadows))):
        yield lost(place, here, out, code, Resource("route-table", table.id), (Evidence(route.source, Resource("route-table", table.id), code=code),), says, _narrow(table, route))


def _broken(step: Step, table: RouteTable, route: Route) -> Step:
    """AWS makes a blackhole of a route whose target is gone (F6.6), so what such a target takes is lost as narrowly."""
    if not [check for check in step.checks if check.code in ("BAD_STATE", "BAD_STATE_ATTACHMENT") and not check.passes.possible]:
        return step
    narrow = _narrow(table, route)
    return replace(step, given=tuple(check if check.is_of_start else replace(check, narrow=check.narrow | narrow) for check in step.checks))


def _narrow(table: RouteTable, route: Route) -> Traffic:
    """What active routes for shorter CIDR blocks would carry without *route*; of a prefix list it is enough to know that its blocks are no default route."""
    wider = Found(tuple(table.routes)).only(lambda other: other.state == "active" and other.cidr != None and ":" not in other.cidr and _length(other) < _length(route))  # noqa: E711
    return toward(Intervals.union(of_cidr(other.cidr) for other in wider.items))


def _length(route: Route) -> int:
    return int(route.cidr.partition("/")[2]) if route.cidr != None else 1  # noqa: E711  # an unknown field must raise


def name_of(route: Route) -> str:
    """What a route is about: its CIDR block or prefix list."""
    return route.cidr or route.prefix_list_id or "an unknown destination"


def _delivered(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> Iterator[Step]:
    """The VPC delivers to the subnet that holds the address; one that no subnet holds reaches nobody."""
    vpc = table.vpc_id
    subnets = ground.facts.subnets_of(vpc)
    rest = takes
    for subnet in subnets.items:
        block = block_of(ground, subnet.id)
        yield Step(place, Place("arrival", subnet.id, place.context), takes.only(block), partial(_border, ground, place, subnet.id, out), (shows(route),))
        rest = rest.without(block)
    if subnets.missing:
        yield unknown(place, rest, out, "UNKNOWN_RESOURCE", Resource("vpc", vpc), subnets.missing, (shows(route),))
    else:
        says = f"no subnet of {vpc} holds the addresses of {{packets}}"
        yield lost(place, rest, out, "NO_POSSIBLE_DESTINATION", Resource("vpc", vpc), (shows(route, code="NO_POSSIBLE_DESTINATION"),), says)


def _border(ground: Ground, place: Place, subnet: str, out: tuple[Check, ...]) -> tuple[Check, ...]:
    return (*out, *answer_checks(ground, place, subnet), *entering(ground, subnet, place))


def _unsupported(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    """What lies behind a virtual private gateway, Cloud WAN and the like, no document tells."""
    missing = frozenset({Absence(f"what lies behind {route.target}", table.vpc_id, "world")})
    return (unknown(place, takes, out, "UNSUPPORTED_COMPONENT", Resource("route-table", table.id), missing, (shows(route, code="UNSUPPORTED_COMPONENT"),)),)
