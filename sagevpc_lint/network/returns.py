"""The routes that answers need to come back over a peering connection or a transit gateway (F6.11, F6.12)."""

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Absence, Missing, Resource, shows
from sagevpc_lint.model.nouns import Route, RouteTable
from sagevpc_lint.network.bounds import ALL, Bounds, toward
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.places import Check, Place
from sagevpc_lint.network.routes import Taken


def answer_checks(ground: Ground, place: Place, subnet: str) -> tuple[Check, ...]:
    """Does the table of *subnet*, where answers start, lead them back over the connection that the packets came over?"""
    if not place.context.via or not subnet:
        return ()
    way = place.context.via[0]
    try:
        table = ground.facts.route_table_of(subnet)
        return _answer_checks(table, way, ground.taken(table))
    except Missing as error:
        return (Check("NO_ROUTE_TO_DESTINATION", Resource("subnet", subnet), (), "", answers=Bounds.unknown(error.absences)),)


def _answer_checks(table: RouteTable, way: str, found: tuple[Taken[Route], ...]) -> tuple[Check, ...]:
    """Answers pass where their route leads to *way*; they are lost where there is none, or a blackhole; elsewhere they may come back or not."""
    unsure = frozenset({Absence(f"whether answers come back, which {table.id} does not send to {way}", table.vpc_id, "world")})
    losses = []
    for code, is_lost in (("NO_ROUTE_TO_DESTINATION", False), ("BAD_STATE_ROUTE", True)):
        part = [one for one in found if (one.route is not None and one.route.state == "blackhole" if is_lost else one.route is None)]
        gone = Bounds(toward(Intervals.union(one.certain for one in part)), toward(Intervals.union(one.possible for one in part)))
        missing = frozenset().union(*(one.missing for one in part))
        says = f"{table.id} has no route back for {{packets}}" if not is_lost else f"{table.id} drops {{packets}}: its route back is a blackhole"
        losses.append(Check(code, Resource("route-table", table.id), (shows(table, code=code),), "", answers=Bounds(ALL - gone.possible, ALL - gone.certain, missing), says_of_answers=says, looks_at_of_answers="destinations"))
    back = [one for one in found if one.route is not None and one.route.state != "blackhole" and one.route.target == way]
    sure = toward(Intervals.union(one.certain for one in back))
    dead = [one for one in found if one.route is None or one.route.state == "blackhole"]
    settled = sure | toward(Intervals.union(one.certain for one in dead))
    elsewhere = Check("UNKNOWN_RESOURCE", Resource("route-table", table.id), (), "", answers=Bounds(settled, ALL, unsure), diverts=True)
    return (*losses, elsewhere)
