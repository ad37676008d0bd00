"""The network: the one reachability graph of a run, whose steps are worked out when a walk first comes to their place."""

from collections.abc import Callable, Hashable
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from sagevpc_lint.model.facts import Facts
from sagevpc_lint.network import arrivals, gateways, interfaces, subnets, transit
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.places import Place, Step
from sagevpc_lint.network.walk import Walk, walk
from sagevpc_lint.traffic import Traffic

if TYPE_CHECKING:
    from networkx import MultiDiGraph

Value = TypeVar("Value")
_BUILDERS: dict[str, Callable[[Ground, Place], tuple[Step, ...]]] = {
    "interface": interfaces.steps,
    "subnet": subnets.steps,
    "route-table": subnets.steps,
    "nat-gateway": gateways.steps_of_nat_gateway,
    "network-interface": gateways.steps_of_interface,
    "transit-gateway-attachment": transit.steps,
    "arrival": arrivals.steps,
}


class Network:
    """The places of the documents and the steps between them; it remembers the walks that were done.

    The nodes of its graph are `Place`s; each edge has its `Step` under the key `step`.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.ground = Ground(facts)

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

    def once(self, key: Hashable, work: Callable[[], Value]) -> Value:
        """Do some *work* the first time that it is asked for under *key*."""
        return self.ground.once(key, work)

    def _expand(self, place: Place) -> None:
        self.graph.add_node(place)
        for step in _BUILDERS[place.kind](self.ground, place):
            self.graph.add_edge(place, step.end, step=step)
