"""Ways into other VPCs: peering connections and transit gateways (F6.11, F6.12)."""

from collections.abc import Iterator
from dataclasses import replace
from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Absence, Evidence, Missing, Resource, known, shows
from sagevpc_lint.model.nouns import Route, RouteTable, TransitGatewayAttachment, TransitGatewayRoute, TransitGatewayVpcAttachment, Vpc, VpcPeeringConnection
from sagevpc_lint.network.crossings import block_of, encrypting, entering
from sagevpc_lint.network.bounds import EVERYWHERE, Among, Bounds, toward
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.places import Check, Context, Place, Step, in_doubt, lost, only, unknown, without_answers
from sagevpc_lint.network.prefix_lists import of_cidr
from sagevpc_lint.network.returns import answer_checks, attachment_of, bypassed, in_zone_of, table_of, taken_of
from sagevpc_lint.network.routes import Taken


def to_peering(ground: Ground, place: Place, table: RouteTable, route: Route, takes: Among, out: tuple[Check, ...]) -> tuple[Step, ...]:
    """Over a peering connection into the subnets of the other VPC."""
    try:
        peering = ground.facts.peering(route.target)
        other, blocks = _far_side(peering, table.vpc_id)
        active = bool(peering.status == "active")
    except Missing as error:
        return (unknown(place, takes, out, "UNKNOWN_RESOURCE", Resource("route-table", table.id), error.absences, (shows(route, code="UNKNOWN_RESOURCE"),)),)
    checks = (
        *out,
        _check("BAD_STATE", peering, f"{peering.id} is {peering.status}", only(active)),
        _check("NO_POSSIBLE_DESTINATION", peering, f"{peering.id} takes nothing that came over {', '.join(place.context.via[:1])}", only(not place.context.via)),  # F6.11: not transitive
        _check("PCX_REQUIRES_ADDRESS_IN_VPC_CIDR", peering, f"{{packets}} are not for addresses of {other}, to which {peering.id} leads", Bounds.of(toward(blocks))),
        *(encrypting(ground, other, "VpcPeering") if ground.facts.has(Vpc, other) else ()),
        *bypassed(place.context.back, Resource(peering.kind, peering.id), table.vpc_id),
    )
    context = replace(_abroad(place.context, peering.id), via=(peering.id,))
    return tuple(_into(ground, place, Place("subnet", "", context), other, takes, checks, (shows(route), shows(peering))))


def _abroad(context: Context, way: str) -> Context:
    """In another VPC, what the sender has in its own counts no more: a public address, and the firewalls before it."""
    return replace(context, is_public=False, is_foreign=True, behind=(), back=(way,), back_home=context.back)


def _twice(context: Context, gateway: str) -> Check:
    missing = Absence(f"whether answers come back over {gateway} and then over {context.via[0]}", gateway, "world")
    return in_doubt(Resource("transit-gateway", gateway), {missing})


def _check(code: str, fact: VpcPeeringConnection | TransitGatewayVpcAttachment, says: str, passes: Bounds) -> Check:
    return Check(code, Resource(fact.kind, fact.id), (shows(fact, code=code),), says, passes)


def _far_side(peering: VpcPeeringConnection, vpc: str) -> tuple[str, Intervals]:
    other = [id for id in known(peering.vpcs) if id != vpc]
    if len(other) != 1:
        raise Missing(Absence(f"which VPC is on the other side of {peering.id}", vpc, "world"))
    return other[0], Intervals.union(of_cidr(block) for block in peering.vpcs[other[0]] if ":" not in block)


def _into(ground: Ground, start: Place, past: Place, vpc: str, takes: Among, checks: tuple[Check, ...], evidence: tuple[Evidence, ...]) -> Iterator[Step]:
    """To the subnets of *vpc*, whose tables must lead the answers back over the same connection."""
    found = ground.facts.subnets_of(vpc)
    rest = takes
    for subnet in found.items:
        block = block_of(ground, subnet.id)
        all_checks = (*checks, *answer_checks(ground, past, subnet.id), *entering(ground, subnet.id, start))
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
        return (unknown(place, takes, out, "UNKNOWN_RESOURCE", Resource("route-table", table.id), missing, (shows(route, code="UNKNOWN_RESOURCE"),)),)
    attachment = min(attachments.items, key=lambda attachment: bool(attachment.state != "available"))  # deleted ones are shown for a while
    near = in_zone_of(ground, attachment, place.id)
    checks = [_check("BAD_STATE", attachment, f"{attachment.id} is {attachment.state}", _carries(attachment))]
    checks += [_check("TGW_ROUTE_AZ_RESTRICTION", attachment, f"{attachment.id} has no subnet in the zone of {place.id}", only(bool(near)))]
    checks = [*(without_answers(out) if place.id in near else out), *checks, *_into_attachment(ground, place, near)]
    checks += [_twice(place.context, route.target)] if place.context.via else []
    context = replace(_abroad(place.context, route.target), via=(route.target, attachment.id), left=place.id)
    return (Step(place, Place("transit-gateway-attachment", attachment.id, context), takes, tuple(checks), (shows(route), shows(attachment))),)


def _into_attachment(ground: Ground, place: Place, near: tuple[str, ...]) -> tuple[Check, ...]:
    """The attachment's subnet lets packets in by their source also where the sender is in it (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html)."""
    return without_answers(entering(ground, near[0], replace(place, id="")) if near else ())


def steps(ground: Ground, place: Place) -> tuple[Step, ...]:
    """From an attachment onward, by the transit gateway's table that it is associated with."""
    try:
        attachment = ground.facts.transit_gateway_attachment(place.id)
        table = table_of(attachment)
        if table is None:
            says = f"{attachment.id} is associated with no route table of {attachment.transit_gateway_id}"
            return (lost(place, EVERYWHERE, (), "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", Resource(attachment.kind, attachment.id), (shows(attachment),), says),)
        found = taken_of(ground, table)
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
    try:
        attachment = attachment_of(ground, far.transit_gateway_id, far.id)
    except Missing as error:
        yield unknown(place, takes, (), "UNKNOWN_RESOURCE", Resource(far.kind, far.id), error.absences, evidence)
        return
    near = in_zone_of(ground, attachment, place.context.left) or known(attachment.subnet_ids)
    checks = (_check("BAD_STATE", attachment, f"{attachment.id} is {attachment.state}", _carries(attachment)),)
    if not near:
        missing = frozenset({Absence("the subnets", far.id, "form")})
        yield unknown(place, takes, checks, "UNKNOWN_RESOURCE", Resource(far.kind, far.id), missing, (*evidence, shows(attachment)))
    surely = takes if len(near) == 1 else Among(Intervals(), takes.possible, takes.missing | {Absence(f"in which of its subnets {far.id} hands packets out", far.transit_gateway_id, "world")})
    for subnet in near:
        context = replace(place.context, via=(*place.context.via[:2], far.id), landed=subnet)
        yield Step(place, Place("subnet", subnet, context), surely, checks, (*evidence, shows(attachment)))


def _carries(attachment: TransitGatewayVpcAttachment) -> Bounds:
    """Does an attachment's state let packets through? While it is changed, AWS does not say."""
    if attachment.state.lower() in ("modifying", "rollingback", "rolling-back"):
        return Bounds.unknown({Absence(f"whether {attachment.id}, which is {attachment.state}, carries packets", attachment.transit_gateway_id, "world")})
    return only(attachment.state == "available")
