"""Ways into other VPCs: peering connections and transit gateways, and the routes that answers need to come back (F6.11, F6.12)."""

from collections.abc import Iterator
from dataclasses import replace
from sagevpc_lint.addresses import Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Evidence, Missing, Resource, known, shows
from sagevpc_lint.model.nouns import Route, RouteTable, TransitGatewayAttachment, TransitGatewayRoute, TransitGatewayVpcAttachment, VpcPeeringConnection
from sagevpc_lint.network.crossings import entering
from sagevpc_lint.network.bounds import EVERYWHERE, NONE, Among, Bounds, toward
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.places import Check, Place, Step, in_doubt, lost, only, unknown
from sagevpc_lint.network.prefix_lists import everywhere
from sagevpc_lint.network.returns import answer_checks, led_back
from sagevpc_lint.network.routes import Taken, taken


def to_peering(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    """Over a peering connection into the subnets of the other VPC."""
    try:
        peering = ground.facts.peering(route.target)
        other, blocks = _far_side(peering, table.vpc_id)
        active = bool(peering.status == "active")
    except Missing as error:
        here, doubted = Resource("route-table", table.id), in_doubt(out, error.absences)
        return (unknown(place, takes, doubted, "UNKNOWN_RESOURCE", here, error.absences, (shows(route, code="UNKNOWN_RESOURCE"),)),)
    checks = (
        *out,
        _check("BAD_STATE", peering, f"{peering.id} is {peering.status}", only(active)),
        _check("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", peering, f"{{packets}} are not for addresses of {other}, to which {peering.id} leads", Bounds.of(toward(blocks))),
    )
    context = replace(place.context, via=(peering.id,))
    return tuple(_into(ground, place, Place("subnet", "", context), other, takes, checks, (shows(route), shows(peering))))


def _check(code: str, fact: VpcPeeringConnection | TransitGatewayVpcAttachment, says: str, passes: Bounds) -> Check:
    return Check(code, Resource(fact.kind, fact.id), (shows(fact, code=code),), says, passes)


def _far_side(peering: VpcPeeringConnection, vpc: str) -> tuple[str, Intervals]:
    other = [id for id in known(peering.vpcs) if id != vpc]
    if len(other) != 1:
        raise Missing(Absence(f"which VPC is on the other side of {peering.id}", vpc, "world"))
    return other[0], Intervals.union(everywhere(parse_cidr(block)) for block in peering.vpcs[other[0]] if ":" not in block)


def _into(ground: Ground, start: Place, past: Place, vpc: str, takes: Among, checks: tuple[Check, ...], evidence: tuple[Evidence, ...]) -> Iterator[Step]:
    """To the subnets of *vpc*, whose tables must lead the answers back over the same connection."""
    found = ground.facts.subnets_of(vpc)
    rest = takes
    for subnet in found.items:
        block = everywhere(parse_cidr(subnet.cidr_block)) if subnet.cidr_block != None else Intervals()  # noqa: E711  # an unknown field must raise
        all_checks = (*checks, *entering(ground, subnet.id, start), *answer_checks(ground, past, subnet.id))
        yield Step(start, Place("arrival", subnet.id, past.context), takes.only(block), all_checks, evidence)
        rest = rest.without(block)
    if found.missing:
        yield unknown(start, rest, checks, "UNKNOWN_RESOURCE", Resource("vpc", vpc), found.missing, evidence)
    else:
        yield lost(start, rest, checks, "NO_POSSIBLE_DESTINATION", Resource("vpc", vpc), evidence, f"no subnet of {vpc} holds the addresses of {{packets}}")


def to_transit_gateway(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    """To a transit gateway, through the VPC's attachment and the network ACL of its subnet in the same zone."""
    attachments = ground.facts.attachments_of(route.target).only(lambda attachment: attachment.vpc_id == table.vpc_id)
    if attachments.missing or not attachments.items or place.kind != "subnet":
        missing = attachments.missing or frozenset({Absence(f"how {table.vpc_id} is attached to {route.target}", table.vpc_id, "world")})
        return (unknown(place, takes, in_doubt(out, missing), "UNKNOWN_RESOURCE", Resource("route-table", table.id), missing, (shows(route, code="UNKNOWN_RESOURCE"),)),)
    attachment = attachments.items[0]
    zone = known(ground.facts.subnet(place.id).availability_zone_id) or ground.facts.subnet(place.id).availability_zone or ""
    near = _in_zone(ground, attachment, zone)
    checks = [_check("BAD_STATE", attachment, f"{attachment.id} is {attachment.state}", only(attachment.state == "available"))]
    checks += [_check("TGW_ROUTE_AZ_RESTRICTION", attachment, f"{attachment.id} has no subnet in the zone of {place.id}", only(bool(near)))]
    checks = [*(_without_answers(out) if place.id in near else out), *checks, *_into_attachment(ground, place, near)]
    context = replace(place.context, zone=zone, via=(route.target, attachment.id))
    return (Step(place, Place("transit-gateway-attachment", attachment.id, context), takes, tuple(checks), (shows(route), shows(attachment))),)


def _in_zone(ground: Ground, attachment: TransitGatewayVpcAttachment, zone: str) -> tuple[str, ...]:
    facts = ground.facts
    return tuple(id for id in known(attachment.subnet_ids) if zone and zone in (facts.subnet(id).availability_zone_id, facts.subnet(id).availability_zone))


def _without_answers(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    """Answers that a transit gateway hands to its own attachment's subnet pass no network ACL there (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html)."""
    return tuple(replace(check, answers=Check(check.code, check.component, (), "").answers) for check in checks)


def _into_attachment(ground: Ground, place: Place, near: tuple[str, ...]) -> tuple[Check, ...]:
    """The attachment's subnet lets packets in by their source also where the sender is in it; it lets answers out only into another subnet."""
    if not near:
        return ()
    if near[0] != place.id:
        return entering(ground, near[0], place)
    return _without_answers(entering(ground, near[0], replace(place, id="")))


def steps(ground: Ground, place: Place) -> tuple[Step, ...]:
    """From an attachment onward, by the transit gateway's table that it is associated with."""
    try:
        attachment = ground.facts.transit_gateway_attachment(place.id)
        table = _table_of(attachment)
        if table is None:
            says = f"{attachment.id} is associated with no route table of {attachment.transit_gateway_id}"
            return (lost(place, EVERYWHERE, (), "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", Resource(attachment.kind, attachment.id), (shows(attachment),), says),)
        found = _taken(ground, table)
    except Missing as error:
        return (unknown(place, EVERYWHERE, (), "UNKNOWN_RESOURCE", Resource("transit-gateway-attachment", place.id), error.absences),)
    return tuple(step for one in found for step in _by_route(ground, place, table, one))


def _by_route(ground: Ground, place: Place, table: str, one: Taken[TransitGatewayRoute]) -> Iterator[Step]:
    takes = Among(one.certain, one.possible, one.missing)
    route, here = one.route, Resource("transit-gateway-route-table", table)
    if route is None:
        told = shows(ground.facts.transit_gateway_routes(table), code="TGW_RTB_CANNOT_ROUTE")
        yield lost(place, takes, (), "TGW_RTB_CANNOT_ROUTE", here, (told,), f"{table} has no route for {{packets}}")
        return
    evidence = (shows(route),)
    try:
        if route.state == "blackhole":
            yield lost(place, takes, (), "TGW_RTB_BAD_STATE_ROUTE", here, (shows(route, code="TGW_RTB_BAD_STATE_ROUTE"),), f"{table} drops {{packets}}: its route is a blackhole")
            return
        far = [ground.facts.transit_gateway_attachment(id) for id in known(route.attachment_ids)]
        vpcs = [attachment for attachment in far if attachment.resource_type == "vpc"]
        if len(far) != 1 or not vpcs:
            missing = frozenset({Absence(f"what lies behind {', '.join(known(route.attachment_ids))}", place.context.via[0], "world")})
            yield unknown(place, takes, (), "UNSUPPORTED_COMPONENT", here, missing, evidence)
            return
        yield from _out_of(ground, place, vpcs[0], takes, evidence)
    except Missing as error:
        yield unknown(place, takes, (), "UNKNOWN_RESOURCE", here, error.absences, evidence)


def _out_of(ground: Ground, place: Place, far: TransitGatewayAttachment, takes: Among, evidence: tuple[Evidence, ...]) -> Iterator[Step]:
    """Out of the other VPC's attachment, in its subnet in the same zone, else in any of its subnets."""
    found = ground.facts.attachments_of(far.transit_gateway_id).only(lambda attachment: attachment.id == far.id)
    if not found.items:
        yield unknown(place, takes, (), "UNKNOWN_RESOURCE", Resource(far.kind, far.id), found.missing or frozenset({Absence(f"the subnets of {far.id}", far.transit_gateway_id, "world")}), evidence)
        return
    attachment = found.items[0]
    near = _in_zone(ground, attachment, place.context.zone) or known(attachment.subnet_ids)
    context = replace(place.context, via=(*place.context.via[:2], far.id))
    checks = (_check("BAD_STATE", attachment, f"{attachment.id} is {attachment.state}", only(attachment.state == "available")), *_led_back(ground, place, far))
    surely = takes if len(near) == 1 else Among(Intervals(), takes.possible, takes.missing | {Absence(f"in which of its subnets {far.id} hands packets out", far.transit_gateway_id, "world")})
    for subnet in near:
        yield Step(place, Place("subnet", subnet, context), surely, checks, (*evidence, shows(attachment)))


def _led_back(ground: Ground, place: Place, far: TransitGatewayAttachment) -> tuple[Check, ...]:
    """Does the table that the other VPC's attachment is associated with lead answers back to this VPC's?"""
    try:
        table = _table_of(far)
        if table is None:
            says = f"{far.id} is associated with no route table of {far.transit_gateway_id}"
            code, here = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", Resource(far.kind, far.id)
            return (Check(code, here, (shows(far, code=code),), says, answers=Bounds.of(NONE), says_of_answers=says),)
        return _back_checks(place, far, table, _taken(ground, table))
    except Missing as error:
        return (Check("UNKNOWN_RESOURCE", Resource(far.kind, far.id), (), "", answers=Bounds.unknown(error.absences), diverts=True),)


def _back_checks(place: Place, far: TransitGatewayAttachment, table: str, found: tuple[Taken[TransitGatewayRoute], ...]) -> tuple[Check, ...]:
    says = f"{table} does not lead {{packets}} back to {place.id}"
    unsure = Absence(f"whether answers come back, which {table} does not send to {place.id}", far.transit_gateway_id, "world")
    lost_at = {False: ("TGW_RTB_CANNOT_ROUTE", says), True: ("TGW_RTB_BAD_STATE_ROUTE", says)}
    return led_back(found, lambda route: bool(route.attachment_ids == (place.id,)), Resource("transit-gateway-route-table", table), far, lost_at, unsure)


def _table_of(attachment: TransitGatewayAttachment) -> str | None:
    """The transit gateway's table that an attachment is associated with; raises `Missing`."""
    return known(attachment.route_table_id) if attachment.association_state in ("associated", None) else None


def _taken(ground: Ground, table: str) -> tuple[Taken[TransitGatewayRoute], ...]:
    return ground.once(("transit-gateway-routes", table), lambda: taken(ground.facts, ground.facts.transit_gateway_routes(table).routes))
