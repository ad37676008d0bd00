"""The way of answers: which tables must lead them back, and which network ACLs they pass over a transit gateway (F6.11, F6.12)."""

from functools import reduce
from operator import and_, or_

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Absence, Missing, Resource, Shown, known, shows
from sagevpc_lint.model.nouns import Route, RouteTable, TransitGatewayAttachment, TransitGatewayRoute, TransitGatewayVpcAttachment
from sagevpc_lint.network.bounds import ALL, EVERY, NONE, Bounds, toward
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.places import Check, Context, Place, in_doubt
from sagevpc_lint.network.routes import AnyRoute, Taken, taken

LOCAL = ("local",)
"""What leads answers back where packets came by no other way."""

_ENDS = ("local", "igw", "nat", "pcx")  # from here nothing comes back to another VPC


def answer_checks(ground: Ground, place: Place, subnet: str) -> tuple[Check, ...]:
    """What answers to packets from *place* meet where the table of *subnet* routes them: it must lead them to what the packets came by."""
    context = place.context
    if not subnet or context.back == LOCAL and (place.kind, place.id) == ("subnet", subnet):
        return ()  # what stays in a subnet is not routed
    if context.is_nat and context.back[0].startswith("pcx"):
        return ()  # a NAT gateway gets its answers over a peering connection without a route (https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html)
    checks = ground.once(("back", subnet, context.back), lambda: _routed(ground, subnet, context.back))
    if context.back != context.via[:1] or len(context.via) != 3:
        return checks
    over = ground.once(("over", subnet, context), lambda: _over(ground, context, subnet))
    out = (_past(ground, subnet, f"out of {subnet}", is_in=False),) if place.id == subnet else ()  # else they pass it where packets come in
    return (*over, *checks, *out)


def _routed(ground: Ground, subnet: str, back: tuple[str, ...]) -> tuple[Check, ...]:
    try:
        table = ground.facts.route_table_of(subnet)
        return back_by(table, ground.taken(table), back, ground.inside(table.vpc_id))
    except Missing as error:
        return (in_doubt(Resource("subnet", subnet), error.absences),)


def back_by(table: RouteTable, found: tuple[Taken[Route], ...], back: tuple[str, ...], inside: Intervals) -> tuple[Check, ...]:
    """A table leads answers home by *back*, from addresses of its VPC to those *inside* it. Firewalls see both directions of a connection or none, and between subnets of one VPC there may be one, too: elsewhere, it is not told."""
    way, here = back[0], Resource("route-table", table.id)
    unsure = Absence(f"whether answers come back, which {table.id} does not send to {way}", table.vpc_id, "world")
    active = [one for one in found if one.route is not None and one.route.state != "blackhole"]
    home = [one for one in active if one.route and one.route.target in back]
    away = [one for one in active if one not in home and one.route and one.route.target.partition("-")[0] in _ENDS] if way.partition("-")[0] in ("tgw", "pcx") else []
    if way == LOCAL[0] and not [one for one in found if one not in home and one.possible & inside]:
        return ()
    checks = led_back(found, [*home, *away], here, table, ("NO_ROUTE_TO_DESTINATION", f"{table.id} has no route back for {{packets}}"), ("BAD_STATE_ROUTE", f"{table.id} drops {{packets}}: its route back is a blackhole"), unsure)
    lost = (_lost([one], here, table, "NO_ROUTE_TO_DESTINATION", f"{table.id} sends {{packets}} to {one.route.target}, not back to {way}") for one in away if one.route)
    return (*checks, *lost)


def led_back(
    found: tuple[Taken[AnyRoute], ...], home: list[Taken[AnyRoute]], here: Resource, told: Shown, no_route: tuple[str, str], blackhole: tuple[str, str], unsure: Absence,
) -> tuple[Check, ...]:
    """Answers pass where a route leads them home; they are lost where there is none, or a blackhole; led elsewhere they may come home or not.

    *home*: the routes that lead home. *here*: the table. *told*: what shows it. *no_route*, *blackhole*: code and sentence. *unsure*: what is missing where they are led elsewhere.
    """
    none = [one for one in found if one.route is None]
    dead = [one for one in found if one.route is not None and one.route.state == "blackhole"]
    settled = toward(Intervals.union(one.certain for one in (*none, *dead, *home)))
    elsewhere = Check("UNKNOWN_RESOURCE", here, (), "", answers=Bounds(settled, ALL, frozenset({unsure}).union(*(one.missing for one in home))), diverts=True)
    return _lost(none, here, told, *no_route), _lost(dead, here, told, *blackhole), elsewhere


def _lost(part: list[Taken[AnyRoute]], here: Resource, told: Shown, code: str, says: str) -> Check:
    certain, possible = (toward(Intervals.union(getattr(one, name) for one in part)) for name in ("certain", "possible"))
    passes = Bounds(ALL - possible, ALL - certain, frozenset().union(*(one.missing for one in part)))
    return Check(code, here, (shows(told, code=code),), "", answers=passes, says_of_answers=says, looks_at_of_answers="destinations")


# Over a transit gateway


def in_zone_of(ground: Ground, attachment: TransitGatewayVpcAttachment, subnet: str) -> tuple[str, ...]:
    """The attachment's subnet in the zone of another subnet, if it has one."""
    facts = ground.facts
    zone = known(facts.subnet(subnet).availability_zone_id) or facts.subnet(subnet).availability_zone
    return tuple(id for id in known(attachment.subnet_ids) if zone and zone in (facts.subnet(id).availability_zone_id, facts.subnet(id).availability_zone))


def attachment_of(ground: Ground, gateway: str, id: str) -> TransitGatewayVpcAttachment:
    """The attachment of a VPC with its subnets; raises `Missing`."""
    found = ground.facts.attachments_of(gateway).only(lambda attachment: attachment.id == id)
    if not found.items:
        raise Missing(*(found.missing or {Absence(f"the subnets of {id}", gateway, "world")}))
    return found.items[0]


def table_of(attachment: TransitGatewayAttachment) -> str | None:
    """The transit gateway's table that an attachment is associated with; raises `Missing`."""
    return known(attachment.route_table_id) if attachment.association_state in ("associated", None) else None


def taken_of(ground: Ground, table: str) -> tuple[Taken[TransitGatewayRoute], ...]:
    """Part all destinations among the routes of a transit gateway's table; raises `Missing`."""
    return ground.once(("transit-gateway-routes", table), lambda: taken(ground.facts, ground.facts.transit_gateway_routes(table).routes))


def _over(ground: Ground, context: Context, subnet: str) -> tuple[Check, ...]:
    """What answers meet from *subnet* on: the attachment's subnet in its zone, by their source even if it is *subnet* itself, the transit gateway's table, and this VPC's attachment in that zone.

    (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html)
    """
    gateway, near, far = context.via
    try:
        here, there = attachment_of(ground, gateway, near), attachment_of(ground, gateway, far)
        past, out = in_zone_of(ground, there, subnet), in_zone_of(ground, here, subnet) or known(here.subnet_ids)
    except Missing as error:
        return (in_doubt(Resource("transit-gateway-attachment", far), error.absences),)
    if not past:
        code, says = "TGW_ROUTE_AZ_RESTRICTION", f"{far} has no subnet in the zone of {subnet}, from which {{packets}} come back"
        return (*_led(ground, near, far), Check(code, Resource(there.kind, far), (shows(there, code=code),), "", answers=Bounds.of(NONE), says_of_answers=says))
    return (*_handed_out(ground, here, out, context), *_led(ground, near, far), _past(ground, past[0], f"from {subnet} into {past[0]}", is_in=True))


def _handed_out(ground: Ground, attachment: TransitGatewayVpcAttachment, out: tuple[str, ...], context: Context) -> tuple[Check, ...]:
    """The ACL of the attachment's subnet in which answers come out lets them on, and that of their own in, unless it hands them out right there."""
    home, left, back = context.subnet, context.left, context.back_home
    into = (_past(ground, left, f"back into {left}", is_in=True),) if left in known(attachment.subnet_ids) else ()  # else the way there asks for this already
    between = back if home == left else (*back[1:], back[0])
    ways = [
        bypassed(between, Resource("subnet", home), home) if subnet == home
        else _routed(ground, subnet, back) if subnet == left
        else (*into, *_routed(ground, subnet, back), _past(ground, subnet, f"out of {subnet} to {left}", is_in=False))
        for subnet in out
    ]
    checks = [check for way in ways for check in way]
    if len(ways) < 2 or not checks:
        return tuple(checks)
    found = [[check.answers for check in way] or [EVERY] for way in ways]
    certain = reduce(and_, (bounds.certain for way in found for bounds in way))
    possible = reduce(or_, (reduce(and_, (bounds.possible for bounds in way)) for way in found))
    missing = frozenset({Absence(f"in which of its subnets {attachment.id} hands answers out", attachment.transit_gateway_id, "world")}).union(*(bounds.missing for way in found for bounds in way))
    last = checks[-1]
    return (Check(last.code, last.component, last.evidence, "", answers=Bounds(certain, possible, missing), says_of_answers=last.says_of_answers, looks_at_of_answers=last.looks_at_of_answers),)


def bypassed(back: tuple[str, ...], by: Resource, scope: str) -> tuple[Check, ...]:
    """Where packets came by a firewall, whose endpoint answers cannot come by: whether it lets them through, AWS does not say."""
    if back[0] == LOCAL[0]:
        return ()
    missing = Absence(f"whether answers may bypass {back[0]}, which packets came by", scope, "world")
    return (in_doubt(by, {missing}),)


def _past(ground: Ground, subnet: str, whither: str, *, is_in: bool) -> Check:
    """The ACL of a subnet lets answers in by their source, or out by their destination."""
    ingress, egress, acl = ground.filters(subnet)
    side, component = ingress if is_in else egress, Resource("network-acl", acl.id if acl else f"of {subnet}")
    return Check(
        "SUBNET_ACL_RESTRICTION", component, (shows(acl, code="SUBNET_ACL_RESTRICTION"),) if acl else (), "", answers=side.passes, says_of_answers=f"{component.id} does not let {{packets}} {whither}",
        narrow_answers=side.narrow, denies_answers=side.denies, looks_at_of_answers="sources" if is_in else "destinations",
    )


def _led(ground: Ground, near: str, far: str) -> tuple[Check, ...]:
    """Does the table that the other VPC's attachment is associated with lead answers back to this VPC's?"""
    try:
        attachment = ground.facts.transit_gateway_attachment(far)
        table = table_of(attachment)
        if table is None:
            code, says = "TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION", f"{far} is associated with no route table of {attachment.transit_gateway_id}"
            return (Check(code, Resource(attachment.kind, far), (shows(attachment, code=code),), "", answers=Bounds.of(NONE), says_of_answers=says),)
        found, says = taken_of(ground, table), f"{table} does not lead {{packets}} back to {near}"
    except Missing as error:
        return (in_doubt(Resource("transit-gateway-attachment", far), error.absences),)
    unsure = Absence(f"whether answers come back, which {table} does not send to {near}", attachment.transit_gateway_id, "world")
    home = [one for one in found if one.route is not None and one.route.state != "blackhole" and one.route.attachment_ids == (near,)]
    here = Resource("transit-gateway-route-table", table)
    return led_back(found, home, here, attachment, ("TGW_RTB_CANNOT_ROUTE", says), ("TGW_RTB_BAD_STATE_ROUTE", says), unsure)
