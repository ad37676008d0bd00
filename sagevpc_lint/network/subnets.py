"""From a subnet onward: its network ACL lets packets out, its route table says where they go (F6.1–F6.8)."""

from collections.abc import Callable, Iterator
from sagevpc_lint.addresses import Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Evidence, Missing, Resource, shows
from sagevpc_lint.model.nouns import Route, RouteTable, Subnet
from sagevpc_lint.network import gateways, transit
from sagevpc_lint.network.crossings import entering, leaving
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.returns import answer_checks
from sagevpc_lint.network.bounds import ALL, EVERYWHERE, NONE, Among
from sagevpc_lint.network.places import Check, Place, Step, in_doubt, lost, unknown
from sagevpc_lint.network.prefix_lists import everywhere
from sagevpc_lint.network.routes import Taken

Leads = Callable[[Ground, Place, RouteTable, Route, Among, tuple[Check, ...]], tuple[Step, ...]]
_TARGETS: dict[str, Leads] = {
    "igw": gateways.to_internet_gateway,
    "nat": gateways.to_nat_gateway,
    "vpce": gateways.to_endpoint,
    "eni": gateways.to_interface,
    "pcx": transit.to_peering,
    "tgw": transit.to_transit_gateway,
}


def steps(ground: Ground, place: Place) -> tuple[Step, ...]:
    """Route the packets that leave a subnet, or a regional NAT gateway, which has a table of its own."""
    out = (leaving(ground, place),) if place.kind == "subnet" else ()
    try:
        table = ground.facts.route_table_of(place.id) if place.kind == "subnet" else ground.facts.route_table(place.id)
        return tuple(step for one in ground.taken(table) for step in _steps(ground, place, table, one, out))
    except Missing as error:
        return (unknown(place, EVERYWHERE, in_doubt(out, error.absences), "UNKNOWN_RESOURCE", Resource(place.kind, place.id), error.absences),)


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
            target = _TARGETS.get(route.target.partition("-")[0], _unsupported)
            yield from target(ground, place, table, route, takes, out)
    except Missing as error:
        yield unknown(place, takes, in_doubt(out, error.absences), "UNKNOWN_RESOURCE", Resource("route-table", table.id), error.absences, (shows(route),))


def _dropped(place: Place, table: RouteTable, route: Route, shadows: Intervals, takes: Among, out: tuple[Check, ...]) -> Iterator[Step]:
    """A blackhole drops what it takes (F6.6), also where a route with a shorter prefix would carry it."""
    says = f"{table.id} drops {{packets}}: its route {name_of(route)} to {route.target or 'something deleted'} is a blackhole"
    for code, here in (("MORE_SPECIFIC_ROUTE", takes.only(shadows)), ("BAD_STATE_ROUTE", takes.without(shadows))):
        narrow = NONE if _is_default(route) else ALL
        yield lost(place, here, out, code, Resource("route-table", table.id), (Evidence(route.source, Resource("route-table", table.id), code=code),), says, narrow)


def _is_default(route: Route) -> bool:
    return bool(route.cidr != None and route.cidr.endswith("/0"))  # noqa: E711  # an unknown field must raise


def name_of(route: Route) -> str:
    """What a route is about: its CIDR block or prefix list."""
    return route.cidr or route.prefix_list_id or "an unknown destination"


def _delivered(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> Iterator[Step]:
    """The VPC delivers to the subnet that holds the address; one that no subnet holds reaches nobody."""
    vpc = table.vpc_id
    subnets = ground.facts.subnets_of(vpc)
    rest = takes
    for subnet in subnets.items:
        block = _block(subnet)
        back = answer_checks(ground, place, subnet.id)
        checks = (*out, *entering(ground, subnet.id, place), *back)
        yield Step(place, Place("arrival", subnet.id, place.context), takes.only(block), checks, (shows(route),))
        rest = rest.without(block)
    if subnets.missing:
        yield unknown(place, rest, out, "UNKNOWN_RESOURCE", Resource("vpc", vpc), subnets.missing, (shows(route),))
    else:
        says = f"no subnet of {vpc} holds the addresses of {{packets}}"
        yield lost(place, rest, out, "NO_POSSIBLE_DESTINATION", Resource("vpc", vpc), (shows(route, code="NO_POSSIBLE_DESTINATION"),), says)


def _block(subnet: Subnet) -> Intervals:
    return everywhere(parse_cidr(subnet.cidr_block)) if subnet.cidr_block != None else Intervals()  # noqa: E711  # an unknown field must raise


def _unsupported(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    """What lies behind a virtual private gateway, Cloud WAN and the like, no document tells."""
    missing = frozenset({Absence(f"what lies behind {route.target}", table.vpc_id, "world")})
    out = in_doubt(out, missing) if route.target.startswith("arn:") else out  # Cloud WAN attaches to subnets, as transit gateways do
    return (unknown(place, takes, out, "UNSUPPORTED_COMPONENT", Resource("route-table", table.id), missing, (shows(route, code="UNSUPPORTED_COMPONENT"),)),)
