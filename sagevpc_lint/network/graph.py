"""The network: the one reachability graph of a run, whose steps are worked out once, when a walk first comes to their place."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Route, RouteTable
from sagevpc_lint.network import arrivals, gateways, interfaces, subnets, transit
from sagevpc_lint.network.acls import Filter, filters
from sagevpc_lint.network.places import Place, Step
from sagevpc_lint.network.routes import Taken, taken
from sagevpc_lint.network.walk import Walk, walk
from sagevpc_lint.traffic import Traffic

if TYPE_CHECKING:
    from networkx import MultiDiGraph

    from sagevpc_lint.model.nouns import NetworkAcl

Value = TypeVar("Value")
_BUILDERS: dict[str, Callable[["Network", Place], tuple[Step, ...]]] = {
    "interface": interfaces.steps,
    "subnet": subnets.steps,
    "route-table": subnets.steps,
    "nat-gateway": gateways.steps_of_nat_gateway,
    "network-interface": gateways.steps_of_interface,
    "transit-gateway-attachment": transit.steps,
    "arrival": arrivals.steps,
}


class Network:
    """The places of the documents and the steps between them; it remembers what it has worked out, and the walks that were done.

    The nodes of its graph are `Place`s; each edge has its `Step` under the key `step`.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._known: dict[Hashable, object] = {}

    @cached_property
    def graph(self) -> "MultiDiGraph[Place]":
        """The steps that are worked out so far."""
        from networkx import MultiDiGraph

        return MultiDiGraph()

    def walk(self, start: Place, packets: Traffic) -> Walk:
        """Send *packets* on their way from *start*."""
        return self.once((start, packets), lambda: walk(self.steps, start, packets))

    def steps(self, place: Place) -> tuple[Step, ...]:
        """Return the steps that lead from *place*; they are worked out when they are first asked for."""
        self.once(place, lambda: self._expand(place))
        return tuple(step for _, _, step in self.graph.out_edges(place, data="step"))

    def filters(self, subnet: str) -> "tuple[Filter, Filter, NetworkAcl | None]":
        """Return what the network ACL of *subnet* lets in and out, and the ACL."""
        return self.once(("acl", subnet), lambda: filters(self.facts, subnet))

    def taken(self, table: RouteTable) -> tuple[Taken[Route], ...]:
        """Part all destinations among the routes of *table*; raises `Missing` if its routes are not known."""
        return self.once(("table", table.id), lambda: taken(self.facts, table.routes))

    def once(self, key: Hashable, work: Callable[[], Value]) -> Value:
        """Do some *work* the first time that it is asked for under *key*."""
        if key not in self._known:
            self._known[key] = work()
        return self._known[key]  # type: ignore[return-value]

    def _expand(self, place: Place) -> None:
        self.graph.add_node(place)
        for step in _BUILDERS[place.kind](self, place):
            self.graph.add_edge(place, step.end, step=step)
