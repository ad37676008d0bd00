"""Ways out of a subnet in its own VPC: internet gateways, NAT gateways, endpoints, and interfaces that forward."""

from dataclasses import replace
from sagevpc_lint.addresses import IPV4, PUBLIC_IPV4, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Evidence, Missing, Resource, known, shows
from sagevpc_lint.model.nouns import InternetGateway, NatGateway, NetworkInterface, Route, RouteTable, VpcEndpoint
from sagevpc_lint.network import interfaces
from sagevpc_lint.network.bounds import ALL, EVERYWHERE, Among, Bounds, toward
from sagevpc_lint.network.crossings import entering
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.places import Check, Context, Place, Step, in_doubt, only, unknown
from sagevpc_lint.network.prefix_lists import SERVICES, everywhere, of_cidr, of_service
from sagevpc_lint.network.returns import LOCAL, answer_checks, back_by, bypassed
from sagevpc_lint.traffic import ECHO, ICMP, TCP, UDP, Traffic

_RFC1918 = of_cidr("10.0.0.0/8") | of_cidr("172.16.0.0/12") | of_cidr("192.168.0.0/16")
_RFC6598 = of_cidr("100.64.0.0/10")
_KINDS = {"igw": "internet-gateway", "nat": "nat-gateway", "vpce": "vpc-endpoint", "eni": "network-interface"}
_NOT_PUBLIC = everywhere(IPV4 - PUBLIC_IPV4) - _RFC1918 - _RFC6598


def _not_shown(place: Place, takes: Among, out: tuple[Check, ...], route: Route, error: Missing) -> tuple[Step, ...]:
    target = Resource(_KINDS.get(route.target.partition("-")[0], "route"), route.target)
    return (unknown(place, takes, out, "UNKNOWN_RESOURCE", target, error.absences, (shows(route, code="UNKNOWN_RESOURCE"),)),)


def _refuses(code: str, fact: InternetGateway | NatGateway | NetworkInterface | VpcEndpoint, says: str, passes: Bounds) -> Check:
    return Check(code, Resource(fact.kind, fact.id), (shows(fact, code=code),), says, passes, looks_at="destinations")


def to_internet_gateway(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    """Through an internet gateway to the internet; it wants a public address of the sender (F3.2, F6.8)."""
    try:
        gateway = ground.facts.internet_gateway(route.target)
        attached = known(gateway.attachments).get(table.vpc_id) in ("available", "attached")
    except Missing as error:
        return _not_shown(place, takes, out, route, error)
    sender = place.context.sender or "a job's interface"
    checks = (
        *out,
        _refuses("BAD_STATE_ATTACHMENT", gateway, f"{gateway.id} is not attached to {table.vpc_id}", only(attached)),
        _refuses("IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", gateway, f"{sender} has no public address, which {gateway.id} wants of it", only(place.context.is_public)),
        *_public_access(ground, place, table.vpc_id),
        *_let_in(ground, gateway, table, place.context.back),
        _refuses("IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS", gateway, f"{gateway.id} drops {{packets}}: private addresses", Bounds.of(ALL - toward(_RFC1918))),
        _refuses("IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS", gateway, f"{gateway.id} drops {{packets}}: shared addresses", Bounds.of(ALL - toward(_RFC6598))),
        _refuses("NO_POSSIBLE_DESTINATION", gateway, "nobody on the internet has the addresses of {packets}", Bounds.of(ALL - toward(_NOT_PUBLIC))),
    )
    return (Step(place, Place("internet", "internet"), takes, checks, (shows(route), shows(gateway))),)


def _let_in(ground: Ground, gateway: InternetGateway, table: RouteTable, back: tuple[str, ...]) -> tuple[Check, ...]:
    """Answers come in by the gateway's own table, if it has one, else go to their address past all firewalls."""
    try:
        edge = ground.facts.edge_table_of(gateway.id, table.vpc_id)
    except Missing:
        edge = None
    return back_by(edge, ground.taken(edge), back, ground.inside(table.vpc_id)) if edge else bypassed(back, Resource(gateway.kind, gateway.id), table.vpc_id)


def _public_access(ground: Ground, place: Place, vpc: str) -> tuple[Check, ...]:
    """What Block Public Access says of the sender's subnet, and of the firewall endpoints on the way (F6.15, F6.15d)."""
    own = place.context.subnet or None if place.context.sender else place.id
    return tuple(_block(ground, place.context, subnet, vpc) for subnet in dict.fromkeys((own, *place.context.behind)))


def _block(ground: Ground, context: Context, subnet: str | None, vpc: str) -> Check:
    where = Resource("subnet", subnet) if subnet else Resource("vpc", vpc)
    try:
        mode = ground.facts.block_public_access(subnet) if subnet else known(ground.facts.vpc(vpc).block_public_access)
        fact = ground.facts.subnet(subnet) if subnet else ground.facts.vpc(vpc)
        # Only NAT gateways may still send where what comes in is blocked.
        passes = only(mode == "off" or mode == "block-ingress" and context.is_nat)
        evidence: tuple[Evidence, ...] = (shows(fact, code="VPC_BLOCK_PUBLIC_ACCESS_ENABLED"),)
    except Missing as error:
        mode, passes, evidence = "unknown", Bounds.unknown(error.absences), ()
    return Check("VPC_BLOCK_PUBLIC_ACCESS_ENABLED", where, evidence, f"Block Public Access of {where.id} is {mode}", passes)


def to_nat_gateway(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    """To a NAT gateway, through the network ACL of its subnet (F7.7, steps 2 and 5); what it sent itself leads nowhere."""
    try:
        nat = ground.facts.nat_gateway(route.target)
        if place.context.sender == nat.id:
            circle = _refuses("NO_POSSIBLE_DESTINATION", nat, f"the subnet of {nat.id} routes {{packets}} back to {nat.id} itself", only(False))
            return (Step(place, Place("lost", nat.id), takes, (*out, circle), (shows(route),)),)
        subnet = known(nat.subnet_id)
        is_regional = bool(nat.availability_mode == "regional")
        state = _state(nat)
        checks = (*out, *answer_checks(ground, place, subnet or ""), *(entering(ground, subnet, place) if subnet and not is_regional else ()), state)
        zone = (*_zone(ground, place, nat), *_from_no_subnet(nat, place.context)) if is_regional else ()
    except Missing as error:
        return _not_shown(place, takes, out, route, error)
    protocols = Bounds.of(Traffic.of(TCP | UDP | ICMP, ALL.sources, ALL.destinations))
    checks += (_refuses("PROTOCOL_RESTRICTION", nat, f"{nat.id} takes TCP, UDP and ICMP only, not {{packets}}", protocols), *zone)
    return (Step(place, Place("nat-gateway", nat.id, place.context), takes, checks, (shows(route), shows(nat))),)


def _from_no_subnet(nat: NatGateway, context: Context) -> tuple[Check, ...]:
    """In which zone, and by which network ACLs, a regional NAT gateway answers what came by other than the local route, AWS does not say."""
    if context.back[0] == LOCAL[0]:
        return ()
    missing = Absence(f"how answers leave {nat.id}, which is in no subnet, for {context.back[0]}", nat.vpc_id, "world")
    return (in_doubt(Resource(nat.kind, nat.id), {missing}),)


def _state(nat: NatGateway) -> Check:
    state = nat.state
    if state == "pending":
        return _refuses("BAD_STATE", nat, "", Bounds.unknown({Absence(f"whether {nat.id}, which is pending, becomes available", nat.vpc_id, "world")}))
    sentence = _in_state(nat.id, state)
    return _refuses("BAD_STATE", nat, sentence, only(state == "available"))


def _in_state(id: str, state: str) -> str:
    return f"{id} is deleting: a job that starts later cannot count on it" if state == "deleting" else f"{id} is {state}"


def _zone(ground: Ground, place: Place, nat: NatGateway) -> tuple[Check, ...]:
    """A regional NAT gateway whose zones are kept by hand serves only these (F7.2)."""
    if place.kind != "subnet":
        return ()
    subnet = ground.facts.subnet(place.id)
    serves = bool(nat.auto_provision_zones) or bool(known(nat.zones) & {subnet.availability_zone, subnet.availability_zone_id})
    return (_refuses("REGIONAL_NGW_ROUTE_AZ_RESTRICTION", nat, f"{nat.id} is not in the zone of {place.id}", only(serves)),)


def steps_of_nat_gateway(ground: Ground, place: Place) -> tuple[Step, ...]:
    """From a NAT gateway onward with its own address: by the table of its subnet, or by its own."""
    nat = ground.facts.nat_gateway(place.id)
    try:
        is_public = nat.connectivity_type != "private" and (bool(nat.public_ips) or not nat.private_ips)
        context = replace(place.context, sender=nat.id, subnet=known(nat.subnet_id) or "", is_nat=True, is_public=is_public, groups=(), via=(), back=LOCAL)
        regional = nat.availability_mode == "regional"
        onward = Place("route-table", known(nat.route_table_id) or "", context) if regional else Place("subnet", known(nat.subnet_id) or "", context)
        source = Intervals.union(map(parse_cidr, nat.private_ips)) or _any_address(ground, nat)
    except Missing as error:
        return (unknown(place, EVERYWHERE, (), "UNKNOWN_RESOURCE", Resource(nat.kind, nat.id), error.absences),)
    return (Step(place, onward, evidence=(shows(nat),), source=source),)


def _any_address(ground: Ground, nat: NatGateway) -> Intervals:
    """Where its address is not told: any of its subnet, or of its VPC."""
    if nat.subnet_id:
        return interfaces.usable_addresses(ground.facts.subnet(nat.subnet_id))
    return Intervals.union(map(parse_cidr, ground.facts.vpc(nat.vpc_id).cidr_blocks))


def to_endpoint(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    """To a gateway endpoint, or through a Gateway Load Balancer endpoint, which a firewall may stand behind (F6.14, F8.4, F8.5)."""
    try:
        endpoint = ground.facts.vpc_endpoint(route.target)
        kind, state = known(endpoint.vpc_endpoint_type).lower(), known(endpoint.state)
        if kind == "gatewayloadbalancer":
            return _through_firewall(ground, place, route, endpoint, takes, out)
        service = known(endpoint.service)
    except Missing as error:
        return _not_shown(place, takes, out, route, error)
    addresses = of_service(IPV4, service) if service in SERVICES else Intervals()
    serves = Bounds.of(Traffic.of(TCP, ALL.sources, addresses) | Traffic.of(ICMP, ALL.sources, addresses, ECHO))
    checks = (
        *out,
        _refuses("BAD_STATE", endpoint, _in_state(endpoint.id, state), usable(endpoint)),
        _refuses("VPCE_GATEWAY_PROTOCOL_RESTRICTION", endpoint, f"{endpoint.id} carries TCP to the addresses of {service} only, not {{packets}}", serves),
        _refuses("NO_POSSIBLE_DESTINATION", endpoint, f"{endpoint.id} takes nothing that came over {', '.join(place.context.via[:1])}", _from_here(place.context)),
    )
    return (Step(place, Place("vpc-endpoint", endpoint.id, Context(goal=service)), takes, checks, (shows(route), shows(endpoint))),)


def _from_here(context: Context) -> Bounds:
    """A gateway endpoint takes nothing from beyond its VPC (F8.5); whether it does once a NAT in its VPC has written the source, AWS does not say."""
    if context.is_foreign and not context.via:
        return Bounds.unknown({Absence(f"whether a gateway endpoint takes what {context.sender} sends for another VPC", context.subnet, "world")})
    return only(not context.via)


def usable(endpoint: VpcEndpoint) -> Bounds:
    """Does an endpoint's state let packets through? `partial` and `pending` do not tell."""
    state = known(endpoint.state)
    if state in ("partial", "pending"):
        return Bounds.unknown({Absence(f"whether {endpoint.id}, which is {state}, takes packets", endpoint.vpc_id, "world")})
    return only(state == "available")


def _through_firewall(ground: Ground, place: Place, route: Route, endpoint: VpcEndpoint, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    state = _refuses("BAD_STATE", endpoint, _in_state(endpoint.id, known(endpoint.state)), usable(endpoint))
    if not known(endpoint.subnet_ids):
        missing = frozenset({Absence("the subnet", endpoint.id, "form")})
        return (unknown(place, takes, (*out, state), "UNKNOWN_RESOURCE", Resource(endpoint.kind, endpoint.id), missing, (shows(route), shows(endpoint))),)
    subnet, context = endpoint.subnet_ids[0], place.context
    behind = replace(context, groups=(), behind=tuple(sorted({*context.behind, subnet})), back=(endpoint.id,))  # references to groups end at a middlebox (F4.10)
    checks = (*out, *answer_checks(ground, place, subnet), *entering(ground, subnet, place), state)
    return (Step(place, Place("subnet", subnet, behind), takes, checks, (shows(route), shows(endpoint))),)


def to_interface(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    """To an interface that forwards: a NAT instance, or an appliance (F6.10)."""
    try:
        interface = ground.facts.network_interface(route.target)
        forwards, is_running = not interface.source_dest_check, _is_running(ground, interface)
        checks = (
            *out,
            *(answer_checks(ground, place, known(interface.subnet_id)) if known(interface.public_ip) else ()),
            *entering(ground, known(interface.subnet_id), place),
            interfaces.ingress(ground, known(interface.security_group_ids), place.context, Resource(interface.kind, interface.id)),
            _refuses("ENI_SOURCE_DEST_CHECK_RESTRICTION", interface, f"{interface.id} checks source and destination, so it forwards nothing", only(forwards)),
            _refuses("BAD_STATE", interface, f"{interface.id} is not in use by a running instance", only(is_running)),
        )
    except Missing as error:
        return _not_shown(place, takes, out, route, error)
    return (Step(place, Place("network-interface", interface.id, place.context), takes, checks, (shows(route), shows(interface))),)


def _is_running(ground: Ground, interface: NetworkInterface) -> bool:
    """Is the interface in use, and its instance, if it has one, running?"""
    if interface.status != "in-use":
        return False
    instance = known(interface.instance_id)
    if instance is None:
        return True
    return bool(ground.facts.instance(instance).state == "running")


def steps_of_interface(ground: Ground, place: Place) -> tuple[Step, ...]:
    """From a forwarding interface onward: with a public address it is a NAT instance and writes its own address into the packets, else it keeps theirs."""
    interface = ground.facts.network_interface(place.id)
    came = place.context
    try:
        is_nat_instance = known(interface.public_ip) is not None
        groups = known(interface.security_group_ids)
        kept = replace(came, groups=(), back=(*came.back, interface.id) if came.back[0] == LOCAL[0] and interface.id not in came.back else came.back)  # references to groups end at a middlebox (F4.10)
        context = replace(came, sender=interface.id, subnet=known(interface.subnet_id), is_nat=False, is_public=True, groups=groups, via=(), back=LOCAL) if is_nat_instance else kept
        check = interfaces.egress(ground, groups, interface.vpc_id, came.goal, Resource(interface.kind, interface.id))
        source = interfaces.addresses_of(interface) if is_nat_instance else None
        return (Step(place, Place("subnet", known(interface.subnet_id), context), given=(check,), evidence=(shows(interface),), source=source),)
    except Missing as error:
        return (unknown(place, EVERYWHERE, (), "UNKNOWN_RESOURCE", Resource(interface.kind, interface.id), error.absences),)
