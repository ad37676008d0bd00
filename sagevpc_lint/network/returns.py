"""The routes that answers need to come back over a peering connection or a transit gateway (F6.11, F6.12)."""

from collections.abc import Callable, Mapping

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Absence, Missing, Resource, Shown, shows
from sagevpc_lint.model.nouns import Route, RouteTable
from sagevpc_lint.network.bounds import ALL, Bounds, toward
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.places import Check, Place
from sagevpc_lint.network.routes import AnyRoute, Taken


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
    lost_at = {
        False: ("NO_ROUTE_TO_DESTINATION", f"{table.id} has no route back for {{packets}}"),
        True: ("BAD_STATE_ROUTE", f"{table.id} drops {{packets}}: its route back is a blackhole"),
    }
    unsure = Absence(f"whether answers come back, which {table.id} does not send to {way}", table.vpc_id, "world")
    return led_back(found, lambda route: bool(route.target == way), Resource("route-table", table.id), table, lost_at, unsure)


def led_back(
    found: tuple[Taken[AnyRoute], ...], leads_home: Callable[[AnyRoute], bool], here: Resource, told: Shown, lost_at: Mapping[bool, tuple[str, str]], unsure: Absence,
) -> tuple[Check, ...]:
    """Answers pass where a route leads them home; they are lost where there is none, or a blackhole; led elsewhere they may come home or not.

    *here*: the table. *told*: what shows it. *lost_at*: code and sentence, for no route (False) and for a blackhole (True). *unsure*: what is missing where they are led elsewhere.
    """
    dead = {False: [one for one in found if one.route is None], True: [one for one in found if one.route is not None and one.route.state == "blackhole"]}
    checks = tuple(_lost(dead[is_blackhole], here, told, *lost_at[is_blackhole]) for is_blackhole in dead)
    home = [one for one in found if one.route is not None and one.route.state != "blackhole" and leads_home(one.route)]
    settled = toward(Intervals.union(one.certain for one in (*dead[False], *dead[True], *home)))
    return (*checks, Check("UNKNOWN_RESOURCE", here, (), "", answers=Bounds(settled, ALL, frozenset({unsure})), diverts=True))


def _lost(part: list[Taken[AnyRoute]], here: Resource, told: Shown, code: str, says: str) -> Check:
    certain, possible = (toward(Intervals.union(getattr(one, name) for one in part)) for name in ("certain", "possible"))
    passes = Bounds(ALL - possible, ALL - certain, frozenset().union(*(one.missing for one in part)))
    return Check(code, here, (shows(told, code=code),), "", answers=passes, says_of_answers=says, looks_at_of_answers="destinations")
