"""Exports: what each covers, so that only there anything may be said not to exist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sagevpc_lint.answer import Missing
from sagevpc_lint.model.nouns import Fact
from sagevpc_lint.source import Source

HELD_BY_EVERY_VPC = frozenset({"route-tables", "network-acls", "security-groups"})
"""The kinds of which every VPC has at least one."""


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """The account and Region that a document covers, each None if it is not known."""

    account: str | None = None
    region: str | None = None

    def may_be(self, other: "Scope") -> bool:
        """Can both be one and the same, as far as they are known?"""
        return all(None in pair or pair[0] == pair[1] for pair in ((self.account, other.account), (self.region, other.region)))

    def __str__(self) -> str:
        return f"{self.account or 'unknown account'}/{self.region or 'unknown Region'}"


@dataclass(frozen=True, slots=True)
class Export:
    """One answer of the AWS CLI, or one definition, and the facts that it holds.

    *complete*: no page is left over, and the call did not fail, of which *failure* then tells. *vpcs*: the VPCs it was filtered for, None for
    all. *time*: when it was collected, if that is known.
    """

    kind: str
    source: Source
    scope: Scope
    facts: tuple[Fact, ...]
    complete: bool = True
    failure: str = ""
    vpcs: frozenset[str] | None = None
    time: datetime | None = None

    @property
    def gap(self) -> str:
        """Why this export does not show everything, if it does not."""
        if self.complete:
            return ""
        return f"the call failed: {self.failure}" if self.failure else f"a NextToken is left in {self.source.file}"

    def covers(self, scope: Scope, vpc: str | None) -> bool:
        """Does this export show all that *scope*, or *vpc* in it, has of its kind?"""
        if not self.complete or None in (scope.account, scope.region) or self.scope != scope:
            return False
        if vpc is not None and self.kind in HELD_BY_EVERY_VPC and not any(_is_of(fact, vpc) for fact in self.facts):
            return False
        return self.vpcs is None or vpc in self.vpcs


def common(exports: Iterable[Export]) -> Scope:
    """Return the one scope that all *exports* share; without account or Region where they differ or do not tell."""
    scopes = {export.scope for export in exports}
    accounts, regions = {scope.account for scope in scopes} - {None}, {scope.region for scope in scopes} - {None}
    return Scope(*(found.pop() if len(found) == 1 else None for found in (accounts, regions)))


def _is_of(fact: Fact, vpc: str) -> bool:
    """Does a row surely belong to *vpc*?"""
    try:
        return bool(fact.vpc_id == vpc)  # type: ignore[union-attr]
    except Missing:
        return False
