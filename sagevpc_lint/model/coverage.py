"""Coverage: of which accounts, Regions and VPCs the exports show everything."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from sagevpc_lint.answer import Absence, is_unknown
from sagevpc_lint.model.agreement import owner_of
from sagevpc_lint.model.exports import HELD_BY_EVERY_VPC, Export, Scope
from sagevpc_lint.model.kinds import BY_NAME, absence

Key = tuple[str, Scope]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the exports cover, by kind and scope.

    *given*: those of calls that did not fail. *whole*: those with no page left over, not even beside them. *gaps*: why the others do not do.
    """

    given: Mapping[str, tuple[Export, ...]]
    whole: Mapping[Key, tuple[Export, ...]]
    gaps: Mapping[Key, tuple[str, ...]]

    @classmethod
    def of(cls, exports: Iterable[Export]) -> "Coverage":
        """Sort *exports* by what they cover.

        Beside a file with a page left over, another one in the same folder may be a page too, if the last one.
        """
        given: dict[str, list[Export]] = defaultdict(list)
        whole: dict[Key, list[Export]] = defaultdict(list)
        gaps: dict[Key, set[str]] = defaultdict(set)
        exports = tuple(exports)
        left = {(export.kind, _folder(export)) for export in exports if not export.complete and not export.failure}
        for export in exports:
            if not export.failure:
                given[export.kind].append(export)
            if not export.complete:
                gaps[export.kind, export.scope].add(export.gap)
            elif not left or (export.kind, _folder(export)) not in left:
                whole[export.kind, export.scope].append(export)
        return cls(
            {kind: tuple(these) for kind, these in given.items()},
            {key: tuple(these) for key, these in whole.items()},
            {key: tuple(sorted(these)) for key, these in gaps.items()},
        )

    def covering(self, kind: str, scope: Scope, vpc: str | None = None) -> tuple[Export, ...]:
        """Return the exports that each show all of *kind* in *scope*, or in one *vpc* there."""
        return tuple(export for export in self.whole.get((kind, scope), ()) if export.covers(scope, vpc))

    def uncovered(self, kind: str, scope: Scope, vpc: str | None = None) -> frozenset[Absence]:
        """Say what is missing to know all of *kind* in *scope*, or in one *vpc* there; empty if the exports cover it."""
        if self.covering(kind, scope, vpc):
            return frozenset()
        if scope.account is None and any(export.complete for export in self.given.get(kind, ())):
            return frozenset({absence("caller-identity", str(scope))})
        return frozenset({self.absence(kind, scope)})

    def left_over(self, kind: str) -> frozenset[Absence]:
        """Say of which exports of *kind* a page is left over."""
        return frozenset(self.absence(kind, export.scope) for export in self.given.get(kind, ()) if not export.complete)

    def absence(self, kind: str, scope: Scope, *ids: str) -> Absence:
        """Say that an export of *kind* is missing, and why one that is there does not do."""
        return absence(kind, "; ".join([str(scope), *self.gaps.get((kind, scope), ())]), *ids)

    def all_shown(self, vpcs: Iterable[tuple[str, Scope]]) -> frozenset[Key]:
        """Return the kinds and scopes that are covered and hold no rows of other owners, of whose resources an export need not show all. *vpcs*: all that are shown, with their homes."""
        vpcs = tuple(vpcs)
        return frozenset(
            (kind, scope) for kind, scope in self.whole
            if kind in BY_NAME and not BY_NAME[kind].asks and self.covering(kind, scope) and not self._has_strangers(kind, scope)
            and (kind not in HELD_BY_EVERY_VPC or self._shows_one_for_each(kind, scope, vpcs))
        )

    def _shows_one_for_each(self, kind: str, scope: Scope, vpcs: tuple[tuple[str, Scope], ...]) -> bool:
        """Of what every VPC has, an export that holds none for one of them does not show all."""
        return bool(self.covering("vpcs", scope)) and all(self.covering(kind, scope, vpc) for vpc, home in vpcs if home.may_be(scope))

    def _has_strangers(self, kind: str, scope: Scope) -> bool:
        """Are there rows of another owner, or of one who is not known?"""
        owners = (owner_of(fact) for export in self.given[kind] if export.scope == scope for fact in export.facts)
        return any(is_unknown(owner) or owner is not None and owner != scope.account for owner in owners)


def _folder(export: Export) -> str:
    return str(PurePosixPath(export.source.file).parent)
