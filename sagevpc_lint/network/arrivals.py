"""At the subnet of the destination: the groups of the interface that has the address let packets in."""

from typing import TYPE_CHECKING

from sagevpc_lint.answer import Missing, Resource, known, shows
from sagevpc_lint.model.nouns import NetworkInterface, VpcEndpoint
from sagevpc_lint.network.bounds import EVERYWHERE, Among
from sagevpc_lint.network.gateways import usable
from sagevpc_lint.network.interfaces import addresses_of, ingress
from sagevpc_lint.network.places import Check, Place, Step, unknown
from sagevpc_lint.network.prefix_lists import everywhere

if TYPE_CHECKING:
    from sagevpc_lint.network.graph import Network


def steps(network: "Network", place: Place) -> tuple[Step, ...]:
    """Hand packets in a subnet to whom they are meant for: a peer of the job, an interface endpoint, or whoever has the address."""
    goal = place.context.goal
    if goal == "peers":
        return (Step(place, Place("peer", place.id)),)
    try:
        return _to_endpoint(network, place, network.facts.vpc_endpoint(goal)) if goal else _to_hosts(network, place)
    except Missing as error:
        return (unknown(place, EVERYWHERE, (), "UNKNOWN_RESOURCE", Resource("subnet", place.id), error.absences),)


def _to_endpoint(network: "Network", place: Place, endpoint: VpcEndpoint) -> tuple[Step, ...]:
    state = Check("BAD_STATE", Resource(endpoint.kind, endpoint.id), (shows(endpoint, code="BAD_STATE"),), f"{endpoint.id} is {endpoint.state}", usable(endpoint))
    checks = (state, ingress(network, known(endpoint.security_group_ids), place.context, Resource(endpoint.kind, endpoint.id)))
    return (Step(place, Place("vpc-endpoint", endpoint.id), checks=checks, evidence=(shows(endpoint),)),)


def _to_hosts(network: "Network", place: Place) -> tuple[Step, ...]:
    """An address that no interface has in exports that show all of them is nobody's yet; packets arrive at its subnet then."""
    vpc = known(network.facts.subnet(place.id).vpc_id)
    interfaces = network.facts.interfaces_of(vpc)
    found = [_to_host(network, place, interface) for interface in interfaces.items if interface.subnet_id == place.id]
    rest = EVERYWHERE
    for step in found:
        rest = rest.without(step.takes.possible)
    if interfaces.missing:
        return (*found, unknown(place, rest, (), "UNKNOWN_RESOURCE", Resource("subnet", place.id), interfaces.missing))
    return (*found, Step(place, Place("host", place.id), rest))


def _to_host(network: "Network", place: Place, interface: NetworkInterface) -> Step:
    check = ingress(network, known(interface.security_group_ids), place.context, Resource(interface.kind, interface.id))
    return Step(place, Place("host", interface.id), Among.of(everywhere(addresses_of(interface))), (check,), (shows(interface),))
