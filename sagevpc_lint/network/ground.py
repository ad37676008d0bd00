"""What steps are worked out from: the facts, and what was already worked out of them."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Missing
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import NetworkAcl, Route, RouteTable
from sagevpc_lint.network.acls import Filter, filters
from sagevpc_lint.network.bounds import Bounds
from sagevpc_lint.network.prefix_lists import of_cidr
from sagevpc_lint.network.routes import Taken, taken

Value = TypeVar("Value")


class Ground:
    """The facts of a run. It remembers what was worked out of them."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self._known: dict[Hashable, object] = {}

    def once(self, key: Hashable, work: Callable[[], Value]) -> Value:
        """Do some *work* the first time that it is asked for under *key*."""
        if key not in self._known:
            self._known[key] = work()
        return self._known[key]  # type: ignore[return-value]

    def filters(self, subnet: str) -> tuple[Filter, Filter, NetworkAcl | None]:
        """Return what the network ACL of *subnet* lets in and what it lets out, and the ACL itself where the documents show it."""
        return self.once(("acl of", subnet), lambda: self._filters(subnet))

    def _filters(self, subnet: str) -> tuple[Filter, Filter, NetworkAcl | None]:
        try:
            acl = self.facts.network_acl_of(subnet)
            return *self.once(("acl", acl.id), lambda: filters(acl)), acl
        except Missing as error:
            unknown = Filter(Bounds.unknown(error.absences))
            return unknown, unknown, None

    def inside(self, vpc: str) -> Intervals:
        """All addresses of the subnets of *vpc* that are shown."""
        return self.once(("inside", vpc), lambda: Intervals.union(of_cidr(block) for block in self._blocks(vpc)))

    def _blocks(self, vpc: str) -> list[str]:
        shown = self.facts.subnets_of(vpc).only(lambda subnet: subnet.cidr_block != None)  # noqa: E711  # an unknown field is left out
        return [subnet.cidr_block or "" for subnet in shown.items]

    def taken(self, table: RouteTable) -> tuple[Taken[Route], ...]:
        """Part all destinations among the routes of *table*; raises `Missing` if its routes are not known."""
        return self.once(("table", table.id), lambda: taken(self.facts, table.routes))
