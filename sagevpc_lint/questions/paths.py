"""Questions about the paths of a subnet: over the NAT gateways of its default route, and through the Availability Zones that lie on the way."""

from collections.abc import Callable
from dataclasses import replace

from sagevpc_lint.addresses import PUBLIC_IPV4, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Found, Missing, all_of, any_of, known, shows, unknown
from sagevpc_lint.model.nouns import NatGateway, Need, Route, RouteTable, Subnet, VpcEndpoint
from sagevpc_lint.network.bounds import toward
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.places import Place, Step
from sagevpc_lint.network.reach import HTTPS, blamed, sentence, sources, way_shown
from sagevpc_lint.network.remedies import ENTRY, lacking_entry
from sagevpc_lint.network.walk import Loss, Walk, walk
from sagevpc_lint.questions.egress import leads_to_interface_endpoint
from sagevpc_lint.traffic import TCP, Traffic

_NO_PUBLIC_ADDRESS = "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS"

# NAT gateways


def default_route_names_nat_gateway(network: Network, subnet: str) -> Answer:
    """Does the default route of the subnet's table lead to a NAT gateway, as one route or in parts that cover all public addresses?

    Names: nat_gateway
    """
    gateways = _default_nat_gateways(network, subnet)
    return Answer(bool(gateways), (shows(network.facts.route_table_of(subnet)),), {"nat_gateway": gateways})


def internet_is_reached_over_nat_gateway(network: Network, subnet: str) -> Answer:
    """Do packets to the internet get through the NAT gateways of the default route, as far as network ACLs let them?

    Names: nat_gateway, route_table, blocker, code, cause
    """
    table, gateways = network.facts.route_table_of(subnet), _default_nat_gateways(network, subnet)
    way = network.once(("without network ACLs", subnet), lambda: walk(lambda place: _without_acls(network, place), Place("subnet", subnet), _to_the_internet(network, subnet, table)))
    if not way.packets & Traffic.union(_taken(network, table, gateway)[1] for gateway in gateways):
        return _goes_another_way(network, table, gateways, way)
    return all_of(gateways, lambda gateway: _gets_through(network, table, gateway, way, lambda loss: True))


def _goes_another_way(network: Network, table: RouteTable, gateways: tuple[str, ...], way: Walk) -> Answer:
    """More specific routes take all that the default route is for: do they lead to the internet?"""
    if way.arrives.certain or not way.packets:
        return Answer(True)
    if way.arrives.possible:
        return unknown(way.missing())
    answer = _is_lost(network, table, gateways, way, tuple(loss for loss in way.losses() if loss.packets))
    return replace(answer, names={**answer.names, "cause": (f"more specific routes of {table.id} take all of it, and lead nowhere",)})


def acls_let_nat_traffic_through(network: Network, subnet: str) -> Answer:
    """Do the network ACLs on the path over the NAT gateways of the default route let packets to the internet through, and the answers back (F7.7)?

    Names: nat_gateway, blocker, code, cause, acl, direction, ports, cidr
    """
    table = network.facts.route_table_of(subnet)
    way = network.walk(Place("subnet", subnet), _to_the_internet(network, subnet, table))
    answer = all_of(_default_nat_gateways(network, subnet), lambda gateway: _gets_through(network, table, gateway, way, _is_of_an_acl))
    # It is one cause for all tables that lead there; where several gateways lose packets, each in its way, the entry for the first is told.
    return replace(answer, names={role: ids[:1] if role in ENTRY else ids for role, ids in answer.names.items() if role != "route_table"})


def _default_nat_gateways(network: Network, subnet: str) -> tuple[str, ...]:
    """The NAT gateways that the default route names, one or, cut into parts, several; raises `Missing`."""
    table = network.facts.route_table_of(subnet)
    found = Found(known(table.routes)).only(lambda route: route.target.startswith("nat-") and _is_ipv4(route))
    whole = [route for route in found.items if route.cidr == "0.0.0.0/0"]
    if not whole and found.missing:
        raise Missing(*found.missing)
    covers = _public(table) <= Intervals.union(parse_cidr(route.cidr) for route in found.items)
    return tuple(sorted({route.target for route in whole or (found.items if covers else ())}))


def _is_ipv4(route: Route) -> bool:
    return bool(route.cidr != None and ":" not in route.cidr)  # noqa: E711  # an unknown field must raise


def _public(table: RouteTable) -> Intervals:
    """Public addresses but those that the table delivers in the VPC."""
    return PUBLIC_IPV4 - Intervals.union(parse_cidr(route.cidr) for route in known(table.routes) if route.target == "local" and _is_ipv4(route))


def _to_the_internet(network: Network, subnet: str, table: RouteTable) -> Traffic:
    return Traffic.of(TCP, sources(network, subnet), _public(table), Intervals.of((HTTPS, HTTPS)))


def _without_acls(network: Network, place: Place) -> tuple[Step, ...]:
    return tuple(replace(step, given=tuple(check for check in step.checks if check.component.kind != "network-acl")) for step in network.steps(place))


def _is_of_an_acl(loss: Loss) -> bool:
    return loss.component.kind == "network-acl"


def _taken(network: Network, table: RouteTable, gateway: str) -> tuple[Traffic, Traffic]:
    """The packets that the table surely sends to a NAT gateway, and those that it may send there."""
    found = [one for one in network.ground.taken(table) if one.route is not None and one.route.target == gateway]
    return toward(Intervals.union(one.certain for one in found)), toward(Intervals.union(one.possible for one in found))


def _gets_through(network: Network, table: RouteTable, gateway: str, way: Walk, counts: Callable[[Loss], bool]) -> Answer:
    """Do the packets that go to *gateway* arrive, as far as the losses that count are concerned? What only a narrower deny loses does not count, unless that is all."""
    surely, perhaps = _taken(network, table, gateway)
    sent = way.packets & perhaps
    gone = sent - way.arrives.possible
    losses = tuple(loss for loss in way.losses() if counts(loss) and loss.packets & gone)
    whole = gone & Traffic.union(loss.packets - loss.spared for loss in losses)
    lost = whole if whole == sent else gone & Traffic.union(loss.packets - loss.narrow for loss in losses)
    if lost & surely:
        return _is_lost(network, table, (gateway,), way, losses)
    return unknown(way.missing()) if lost or sent & way.arrives.possible - way.arrives.certain else Answer(True)


def _is_lost(network: Network, table: RouteTable, gateways: tuple[str, ...], way: Walk, losses: tuple[Loss, ...]) -> Answer:
    first = losses[0]
    names = {
        "nat_gateway": gateways, "route_table": (table.id,), "blocker": tuple(dict.fromkeys(loss.component.id for loss in losses)),
        "code": tuple(dict.fromkeys(loss.check.code for loss in losses)), "cause": (sentence(first).removesuffix(f" [{first.check.code}]"),),
        **lacking_entry(first),
    }
    # That an internet gateway takes nothing from a private NAT gateway is for the NAT gateway to change.
    private = tuple(shows(network.facts.nat_gateway(id), code=_NO_PUBLIC_ADDRESS) for id in gateways if first.check.code == _NO_PUBLIC_ADDRESS)
    return Answer(False, (*private, *(piece for loss in losses for piece in blamed(loss)), *way_shown((way,))), names, tuple(dict.fromkeys(map(sentence, losses))))


# Availability Zones


def nat_gateways_are_in_zone(network: Network, subnet: str) -> Answer:
    """Are the zonal NAT gateways of the default route in the subnet's Availability Zone?

    Names: nat_gateway, route_table, zone, other_zone
    """
    here, table = network.facts.subnet(subnet), network.facts.route_table_of(subnet)
    answer = all_of(_default_nat_gateways(network, subnet), lambda id: _is_in_zone(network, network.facts.nat_gateway(id), here))
    return replace(answer, names={**answer.names, "route_table": (table.id,)})


def _is_in_zone(network: Network, nat: NatGateway, here: Subnet) -> Answer:
    if nat.availability_mode == "regional" or nat.subnet_id == None:  # noqa: E711  # an unknown field must raise
        return Answer(True)
    there = network.facts.subnet(nat.subnet_id)
    names = {"nat_gateway": (nat.id,), "zone": (_zone(here),), "other_zone": (_zone(there),)}
    return Answer(_are_in_one_zone(here, there), (shows(nat), shows(there), shows(here)), names)


def has_endpoint_in_zone(network: Network, subnet: str, vpc: str, need: Need) -> Answer:
    """Has the interface endpoint to which the name leads an interface in the subnet's Availability Zone, or does AWS not offer it there?

    Names: endpoint, zone
    """
    here, leads = network.facts.subnet(subnet), leads_to_interface_endpoint(network, vpc, need)
    near = any_of(leads.names.get("endpoint", ()), lambda id: _is_near(network, network.facts.vpc_endpoint(id), here))
    return near if near.value is not False else Answer(False, (*leads.evidence, shows(here)), {**leads.names, "zone": (_zone(here),)})


def _is_near(network: Network, endpoint: VpcEndpoint, here: Subnet) -> Answer:
    service = network.facts.endpoint_service(known(endpoint.service_name))
    if service and service.availability_zones and here.availability_zone not in service.availability_zones:
        return Answer(True)
    return any_of(known(endpoint.subnet_ids), lambda id: Answer(_are_in_one_zone(here, network.facts.subnet(id))))


def _are_in_one_zone(one: Subnet, other: Subnet) -> bool:
    """Names of zones differ between accounts, their ids do not."""
    for field in ("availability_zone_id", "availability_zone"):
        zones = known(getattr(one, field)), known(getattr(other, field))
        if None not in zones:
            return bool(zones[0] == zones[1])
    raise Missing(Absence("the Availability Zone", f"{one.id}, {other.id}", "form"))


def _zone(subnet: Subnet) -> str:
    return known(subnet.availability_zone_id) or known(subnet.availability_zone) or "an unknown zone"
