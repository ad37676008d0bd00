"""The collection: every fact once, by noun and id, with what it belongs to, what the exports cover, and what is missing where they end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from sagevpc_lint.answer import Absence, Found, Missing, is_unknown
from sagevpc_lint.model.agreement import home_of, merged
from sagevpc_lint.model.coverage import Coverage, Key
from sagevpc_lint.model.exports import Export, Scope, common
from sagevpc_lint.model.index import Index, homes_of_peers, indexed
from sagevpc_lint.model.nouns import Fact, Job, Subnet, Vpc

Noun = TypeVar("Noun", bound=Fact)


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """All facts. *scope*: the one that all exports share. *jobs_are_here*: whether all jobs are surely of it. *all_shown*: the kinds and scopes that hide nothing."""

    facts: Mapping[type, Mapping[str, Fact]]
    jobs: tuple[Job, ...]
    scope: Scope
    coverage: Coverage
    jobs_are_here: bool
    all_shown: frozenset[Key]
    _homes: Mapping[tuple[type, str], Scope]
    _indexes: Mapping[type, Index[Fact]]
    _peers: Mapping[str, Scope]

    @classmethod
    def of(cls, exports: Iterable[Export]) -> "Collection":
        """Collect the facts of *exports*, which come in order."""
        exports = tuple(exports)
        versions: dict[tuple[type, str], list[tuple[Fact, Export]]] = defaultdict(list)
        for export in exports:
            for fact in export.facts:
                versions[type(fact), _identity(fact)].append((fact, export))
        facts: dict[type, dict[str, Fact]] = defaultdict(dict)
        for (noun, identity), seen in sorted(versions.items(), key=lambda item: (item[0][0].__name__, item[0][1])):
            facts[noun][identity] = merged(seen)
        homes = {key: home_of(seen) for key, seen in versions.items()}
        jobs = tuple(sorted(facts.pop(Job, {}).values(), key=lambda job: (job.id, job.source)))
        coverage, scope = Coverage.of(exports), common(exports)
        shown = coverage.all_shown((id, homes[Vpc, id]) for id in facts.get(Vpc, ()))
        are_here = all(_is_of(job, scope) for job in jobs)  # type: ignore[arg-type]
        peers = {vpc: Scope(*home) for vpc, home in homes_of_peers(facts).items()}  # type: ignore[arg-type]
        return cls(facts, jobs, scope, coverage, are_here, shown, homes, indexed(facts), peers)  # type: ignore[arg-type]

    def all(self, noun: type[Noun]) -> tuple[Noun, ...]:
        """Return all facts of *noun*."""
        return tuple(self.facts.get(noun, {}).values())  # type: ignore[arg-type]

    def get(self, noun: type[Noun], id: str) -> Noun | None:
        """Return the fact of this id, None where no document shows it."""
        return self.facts.get(noun, {}).get(id)  # type: ignore[return-value]

    def named(self, noun: type[Noun], id: str, kind: str) -> Noun:
        """Return what something names, or raise `Missing`; the Absence says where it does not exist."""
        fact = self.get(noun, id)
        if fact is None:
            raise Missing(self.lacking(kind, id))
        return fact

    def asked_for(self, noun: type[Noun], id: str, kind: str, scope: Scope, *ids: str) -> Noun:
        """Return what an export of *kind* in *scope* tells, which the call was asked for by *ids*, or raise `Missing`."""
        fact = self.get(noun, id)
        if fact is None:
            raise Missing(self.coverage.absence(kind, scope, *ids))
        return fact

    def at(self, noun: type[Noun], id: str) -> Found[Noun]:
        """Find the facts of *noun* that belong to *id*, as far as the documents show them."""
        return self._indexes[noun].at(id) if noun in self._indexes else Found(())  # type: ignore[return-value]

    def in_vpc(self, noun: type[Noun], vpc: str, kind: str) -> Found[Noun]:
        """Find all facts of *noun* in a VPC; that there are no more is only known of a VPC that the documents show."""
        if self.get(Vpc, vpc) or self.at(Subnet, vpc).items:
            missing = self.coverage.uncovered(kind, self.home_of_vpc(vpc), vpc)
        elif vpc in self._peers:
            missing = frozenset({self.coverage.absence(kind, self._peers[vpc])})
        else:
            missing = self.coverage.uncovered(kind, Scope(), vpc)
        found = self.at(noun, vpc)
        return replace(found, missing=found.missing | missing)

    def assumed(self, noun: type[Noun], id: str, kind: str) -> Found[Noun]:
        """Find the facts of *noun* that belong to *id*: none where *kind* is not exported, but maybe more where a page of it is left over."""
        found = self.at(noun, id)
        return replace(found, missing=found.missing | self.coverage.left_over(kind))

    def home(self, noun: type, id: str) -> Scope:
        """Return the account that owns a fact and the Region it lies in, as far as the documents tell."""
        return self._homes.get((noun, id), Scope())

    def home_of_vpc(self, vpc: str) -> Scope:
        """Return the owner and the Region of a VPC, from the VPC itself, else from a subnet of it, else from a peering connection."""
        if self.get(Vpc, vpc):
            return self.home(Vpc, vpc)
        subnets = self.at(Subnet, vpc).items
        return self.home(Subnet, subnets[0].id) if subnets else self._peers.get(vpc, self.scope)

    def lacking(self, kind: str, id: str) -> Absence:
        """Say what would tell of a resource that something names and no document shows."""
        lacking = self.coverage.absence(kind, self.scope)
        if kind not in self.coverage.given:
            return lacking
        if not self.jobs_are_here:
            return replace(lacking, scope=id)
        if (kind, self.scope) in self.all_shown:
            return Absence(f"anything about {id}, which does not exist", str(self.scope), "world")
        return replace(lacking, scope=f"{id} of {lacking.scope}")


def scope_of(job: Job, documents: Scope) -> Scope:
    """Return a job's account and Region: its ARN's; for a request the *documents*' only ones, if its role is of that account."""
    if job.arn:
        parts = job.arn.split(":", 5)
        return Scope(parts[4] or None, parts[3] or None) if len(parts) == 6 else Scope()
    account = (job.role_arn or "").split(":")[4:5]
    return documents if account == [documents.account] else Scope()


def _is_of(job: Job, scope: Scope) -> bool:
    try:
        return scope_of(job, scope) == scope
    except Missing:
        return False


def _identity(fact: Fact) -> str:
    """A described job is the same job wherever its ARN stands; a request is one of its own."""
    if type(fact) is Job:
        return repr(fact.source) if is_unknown(fact.arn) or fact.arn is None else fact.arn
    return fact.id
