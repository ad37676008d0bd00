"""Which route of a table takes a packet: the longest prefix, then a static route, then a prefix list's, then a propagated one (F6.2, F6.3)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Generic, TypeVar

from sagevpc_lint.addresses import Intervals, Span
from sagevpc_lint.answer import Absence, Missing, absences_of
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Route, TransitGatewayRoute
from sagevpc_lint.network.prefix_lists import ANYWHERE, Entry, entries, of_cidr

AnyRoute = TypeVar("AnyRoute", Route, TransitGatewayRoute)
_NOTHING = Intervals()
_UNROUTABLE = of_cidr("169.254.168.0/22")  # F6.7
_STATIC, _PREFIX_LIST, _PROPAGATED = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Taken(Generic[AnyRoute]):
    """The destinations that a route takes: *certain* ⊆ what it takes ⊆ *possible*. *shadows*: those for which a shorter prefix has an active route, too.

    *route* is None for the destinations that no route takes.
    """

    route: AnyRoute | None
    certain: Intervals
    possible: Intervals
    shadows: Intervals = _NOTHING
    missing: frozenset[Absence] = frozenset()


@dataclass(frozen=True, slots=True)
class _Claim(Generic[AnyRoute]):
    """What a route may take, with the bounds of its prefix length; the lower the *rank* the better."""

    route: AnyRoute
    entry: Entry
    rank: int

    @property
    def is_exact(self) -> bool:
        """Is it known what the route may take, and how long its prefix is?"""
        return self.entry.certain == self.entry.possible and self.entry.shortest == self.entry.longest

    def surely_beats(self, other: "_Claim[AnyRoute]") -> bool:
        """Does this route win wherever both fit?"""
        return self.entry.shortest > other.entry.longest or self.entry.shortest == other.entry.longest and self.rank < other.rank


def taken(facts: Facts, routes: Iterable[AnyRoute]) -> tuple[Taken[AnyRoute], ...]:
    """Part all destinations among *routes*; the last one takes those that no route does."""
    routes = tuple(routes)
    local = Intervals.union(of_cidr(route.cidr) for route in routes if isinstance(route, Route) and _is_local(route))
    claims = sorted((claim for route in routes for claim in _claims(facts, route, local)), key=_in_order)
    doubtful = [claim for claim in claims if not claim.is_exact]
    found: dict[str, list[Taken[AnyRoute]]] = {}
    for claim, better in _ranked(claim for claim in claims if claim.is_exact):
        found.setdefault(claim.route.id, []).append(_outcome(claim, better, doubtful, claims))
    for claim in doubtful:
        exact = [other for other in claims if other.is_exact and not claim.surely_beats(other)]
        found.setdefault(claim.route.id, []).append(_outcome(claim, _Better.of(claim, exact), [other for other in doubtful if other is not claim], claims))
    surely = Intervals.union(claim.entry.certain for claim in claims)
    perhaps = Intervals.union(claim.entry.possible for claim in claims)
    missing = frozenset(absence for claim in doubtful for absence in claim.entry.missing)
    return (*map(_joined, found.values()), Taken(None, ANYWHERE - perhaps, ANYWHERE - surely, missing=missing))


@dataclass(frozen=True, slots=True)
class _Better:
    """What exact routes take from another: *surely*, and *perhaps*, where *rivals* are its equals."""

    surely: Intervals
    perhaps: Intervals
    rivals: tuple[str, ...] = ()

    @staticmethod
    def of(claim: _Claim[AnyRoute], others: list[_Claim[AnyRoute]]) -> "_Better":
        """Ask each of *others* alone, for a claim whose prefixes are not known."""
        surely = Intervals.union(other.entry.certain for other in others if other.surely_beats(claim))
        return _Better(surely, Intervals.union(other.entry.certain for other in others))


def _ranked(claims: Iterable[_Claim[AnyRoute]]) -> Iterator[tuple[_Claim[AnyRoute], _Better]]:
    """Yield exact claims, the best first, with what better ones, and equals, take from them."""
    covered = _NOTHING
    for _, group in groupby(claims, key=_order):
        equals = list(group)
        for claim in equals:
            rivals = [other for other in equals if other.route.id != claim.route.id and other.entry.certain & claim.entry.certain]
            yield claim, _Better(covered, covered | Intervals.union(other.entry.certain for other in rivals), tuple(other.route.id for other in rivals))
        covered |= Intervals.union(claim.entry.certain for claim in equals)


def _order(claim: _Claim[AnyRoute]) -> tuple[int, int]:
    return -claim.entry.longest, claim.rank


def _in_order(claim: _Claim[AnyRoute]) -> tuple[int, int, tuple[Span, ...], str]:
    """The order in which routes are told, whatever the document's is."""
    return *_order(claim), claim.entry.possible.spans, claim.route.id


def _outcome(claim: _Claim[AnyRoute], better: _Better, doubtful: list[_Claim[AnyRoute]], claims: list[_Claim[AnyRoute]]) -> Taken[AnyRoute]:
    entry = claim.entry
    rivals = [other for other in doubtful if other.route.id != claim.route.id and not claim.surely_beats(other) and other.entry.possible & entry.possible]
    lost = Intervals.union([better.surely, *(other.entry.certain for other in rivals if other.surely_beats(claim))])
    open_ = Intervals.union([better.perhaps, *(other.entry.possible for other in rivals)])
    missing = entry.missing.union(*(other.entry.missing for other in rivals), _arbitrary(claim, better))
    return Taken(claim.route, entry.certain - open_, entry.possible - lost, _shadowed(claim, claims), missing)


def _shadowed(claim: _Claim[AnyRoute], claims: list[_Claim[AnyRoute]]) -> Intervals:
    """Where a blackhole takes what an active route with a shorter prefix would carry."""
    if _is_active(claim.route):
        return _NOTHING
    shorter = (other.entry.certain for other in claims if _is_active(other.route) and other.entry.longest < claim.entry.shortest)
    return Intervals.union(shorter) & claim.entry.possible


def _arbitrary(claim: _Claim[AnyRoute], better: _Better) -> frozenset[Absence]:
    """Which of two prefix lists that overlap AWS takes is arbitrary (F6.2)."""
    names = ", ".join(sorted((claim.route.id, *better.rivals)))
    return frozenset({Absence("which of two routes of equal prefix AWS takes", names, "world")}) if better.rivals else frozenset()


def _joined(parts: list[Taken[AnyRoute]]) -> Taken[AnyRoute]:
    certain, possible, shadows = (Intervals.union(getattr(part, name) for part in parts) for name in ("certain", "possible", "shadows"))
    return Taken(parts[0].route, certain, possible, shadows, frozenset().union(*(part.missing for part in parts)))


def _is_local(route: Route) -> bool:
    try:
        return bool(route.target == "local" and route.cidr != None and ":" not in route.cidr)  # noqa: E711  # an unknown field must raise
    except Missing:
        return False


def _claims(facts: Facts, route: AnyRoute, local: Intervals) -> list[_Claim[AnyRoute]]:
    """What a route may take, for each length of its prefixes; one that may not be installed, or of which something is unknown, surely takes nothing.

    A virtual private gateway's propagated route takes nothing of *local* ones, however long its prefix (https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-route-priority.html).
    """
    try:
        found = _entries(facts, route)
        if isinstance(route, Route) and route.origin == "EnableVgwRoutePropagation":
            found = [replace(entry, certain=entry.certain - local, possible=entry.possible - local) for entry in found]
        if route.state == "filtered":  # section 16: not installed, it seems
            found = [_doubtful(entry, {Absence("whether a route in state `filtered` is installed", route.id, "world")}) for entry in found]
        return [_Claim(route, entry, _rank(route)) for entry in found]
    except Missing as error:
        return [_Claim(route, Entry(_NOTHING, ANYWHERE - _UNROUTABLE, 0, 32, error.absences), _STATIC)]


def _entries(facts: Facts, route: Route | TransitGatewayRoute) -> list[Entry]:
    if absences := absences_of(route.cidr) | absences_of(route.prefix_list_id) | absences_of(route.state):
        raise Missing(*absences)
    if route.cidr is None:
        return [_without_unroutable(entry) for entry in entries(facts, route.prefix_list_id)] if route.prefix_list_id is not None else []
    if ":" in route.cidr:
        return []
    block, length = of_cidr(route.cidr) - _UNROUTABLE, int(route.cidr.partition("/")[2])
    return [Entry(block, block, length, length)]


def _without_unroutable(entry: Entry) -> Entry:
    return Entry(entry.certain - _UNROUTABLE, entry.possible - _UNROUTABLE, entry.shortest, entry.longest, entry.missing)


def _doubtful(entry: Entry, missing: set[Absence]) -> Entry:
    return Entry(_NOTHING, entry.possible, entry.shortest, entry.longest, entry.missing | missing)


def _is_active(route: Route | TransitGatewayRoute) -> bool:
    try:
        return bool(route.state == "active")
    except Missing:
        return False


def _rank(route: Route | TransitGatewayRoute) -> int:
    origin = route.origin if isinstance(route, Route) else route.type
    if origin in ("EnableVgwRoutePropagation", "Advertisement", "propagated"):
        return _PROPAGATED
    return _PREFIX_LIST if route.prefix_list_id is not None else _STATIC
