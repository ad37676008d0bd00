"""What steps are worked out from: the facts, and what was already worked out of them."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import NetworkAcl, Route, RouteTable
from sagevpc_lint.network.acls import Filter, filters
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
        """Return what the network ACL of *subnet* lets in and out, and the ACL."""
        return self.once(("acl", subnet), lambda: filters(self.facts, subnet))

    def taken(self, table: RouteTable) -> tuple[Taken[Route], ...]:
        """Part all destinations among the routes of *table*; raises `Missing` if its routes are not known."""
        return self.once(("table", table.id), lambda: taken(self.facts, table.routes))
