"""At the subnet of the destination: the groups of the interface that has the address let packets in."""

from sagevpc_lint.answer import Absence, Missing, Resource, known, shows
from sagevpc_lint.model.nouns import NetworkInterface, VpcEndpoint
from sagevpc_lint.network.bounds import EVERYWHERE, Among
from sagevpc_lint.network.gateways import usable
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.interfaces import addresses_of, ingress
from sagevpc_lint.network.places import Check, Place, Step, unknown
from sagevpc_lint.network.prefix_lists import everywhere


def steps(ground: Ground, place: Place) -> tuple[Step, ...]:
    """Hand packets in a subnet to whom they are meant for: a peer of the job, an interface endpoint, or whoever has the address."""
    goal = place.context.goal
    if goal == "peers":
        return (Step(place, Place("peer", place.id)),)
    try:
        return _to_endpoint(ground, place, ground.facts.vpc_endpoint(goal)) if goal else _to_hosts(ground, place)
    except Missing as error:
        return (unknown(place, EVERYWHERE, (), "UNKNOWN_RESOURCE", Resource("subnet", place.id), error.absences),)


def _to_endpoint(ground: Ground, place: Place, endpoint: VpcEndpoint) -> tuple[Step, ...]:
    if not known(endpoint.security_group_ids):  # every interface endpoint has one at least (F4.7)
        raise Missing(Absence("the security groups", endpoint.id, "form"))
    state = Check("BAD_STATE", Resource(endpoint.kind, endpoint.id), (shows(endpoint, code="BAD_STATE"),), f"{endpoint.id} is {endpoint.state}", usable(endpoint))
    checks = (state, ingress(ground, known(endpoint.security_group_ids), place.context, Resource(endpoint.kind, endpoint.id)))
    return (Step(place, Place("vpc-endpoint", endpoint.id), given=checks, evidence=(shows(endpoint),)),)


def _to_hosts(ground: Ground, place: Place) -> tuple[Step, ...]:
    """An address that no interface has in exports that show all of them is nobody's yet; packets arrive at its subnet then."""
    vpc = known(ground.facts.subnet(place.id).vpc_id)
    interfaces = ground.facts.interfaces_of(vpc)
    found = [_to_host(ground, place, interface) for interface in interfaces.items if interface.subnet_id == place.id]
    rest = EVERYWHERE
    for step in found:
        rest = rest.without(step.takes.possible)
    if interfaces.missing:
        return (*found, unknown(place, rest, (), "UNKNOWN_RESOURCE", Resource("subnet", place.id), interfaces.missing))
    return (*found, Step(place, Place("host", place.id), rest))


def _to_host(ground: Ground, place: Place, interface: NetworkInterface) -> Step:
    check = ingress(ground, known(interface.security_group_ids), place.context, Resource(interface.kind, interface.id))
    return Step(place, Place("host", interface.id), Among.of(everywhere(addresses_of(interface))), (check,), (shows(interface),))
