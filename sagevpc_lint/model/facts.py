"""All facts of a run, what the exports they came from cover, and what is missing where they end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TypeVar

from sagevpc_lint.answer import Absence, Found, Missing, is_unknown, known
from sagevpc_lint.model.agreement import group_rules, home_of, merged, owner_of
from sagevpc_lint.model.exports import Export, Scope, common
from sagevpc_lint.model.kinds import absence
from sagevpc_lint.model.nouns import (
    CidrReservation, DhcpOptions, Fact, FlowLog, Job, PrefixListEntries, SecurityGroup, SecurityGroupRule, SecurityGroupVpcAssociation, Subnet, Vpc, VpcAttribute,
)

Noun = TypeVar("Noun", bound=Fact)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The facts by noun and id. Asking for what was not given raises `Missing`; collections come as `Found`.

    *scope*: the one that all exports share; without account or Region where they differ or do not tell.
    """

    exports: tuple[Export, ...]
    jobs: tuple[Job, ...]
    scope: Scope
    _kinds: Mapping[str, tuple[Export, ...]]
    _facts: Mapping[type, Mapping[str, Fact]]
    _homes: Mapping[tuple[type, str], Scope]
    _rules: Mapping[str, Found[SecurityGroupRule]]

    @classmethod
    def of(cls, exports: Iterable[Export]) -> "Facts":
        """Collect the facts of *exports*; their order does not matter."""
        exports = tuple(sorted(exports, key=lambda export: (export.source, export.kind)))
        versions: dict[tuple[type, str], list[tuple[Fact, Export]]] = defaultdict(list)
        for export in exports:
            for fact in export.facts:
                versions[type(fact), _identity(fact)].append((fact, export))
        facts: dict[type, dict[str, Fact]] = defaultdict(dict)
        for (noun, identity), seen in sorted(versions.items(), key=lambda item: (item[0][0].__name__, item[0][1])):
            facts[noun][identity] = merged(seen)
        homes = {key: home_of(seen) for key, seen in versions.items()}
        jobs = tuple(sorted(facts.pop(Job, {}).values(), key=lambda job: (job.id, job.source)))
        kinds = {kind: tuple(export for export in exports if export.kind == kind) for kind in {export.kind for export in exports}}
        return cls(exports, jobs, common(exports), kinds, facts, homes, group_rules(exports))  # type: ignore[arg-type]

    def scope_of(self, job: Job) -> Scope:
        """Return a job's account and Region: its ARN's; for a request the documents' only ones, if its role is of that account."""
        if job.arn:
            parts = job.arn.split(":", 5)
            return Scope(parts[4] or None, parts[3] or None) if len(parts) == 6 else Scope()
        account = (job.role_arn or "").split(":")[4:5]
        return self.scope if account == [self.scope.account] else Scope()

    def has(self, noun: type, id: str) -> bool:
        """Is there a fact of *noun* with this id in the documents?"""
        return id in self._facts.get(noun, {})

    def exported(self, kind: str) -> bool:
        """Is there any export of *kind*?"""
        return any(not export.failure for export in self._of(kind))

    def vpc(self, id: str) -> Vpc:
        """Return the VPC, or raise `Missing`."""
        return self._get(Vpc, id, "vpcs", self.home_of_vpc(id))

    def subnet(self, id: str) -> Subnet:
        """Return the subnet, or raise `Missing`."""
        return self._get(Subnet, id, "subnets")

    def group(self, id: str) -> SecurityGroup:
        """Return the security group, or raise `Missing`."""
        return self._get(SecurityGroup, id, "security-groups")

    def dhcp_options(self, id: str, vpc: str) -> DhcpOptions:
        """Return a DHCP option set, which the owner of *vpc* has, or raise `Missing`."""
        return self._get(DhcpOptions, id, "dhcp-options", self.home_of_vpc(vpc))

    def vpc_attribute(self, vpc: str, name: str) -> VpcAttribute:
        """Return the attribute *name* (`enableDnsSupport`, `enableDnsHostnames`) of a VPC, or raise `Missing`."""
        fact = self._facts.get(VpcAttribute, {}).get(f"{vpc}/{name}")
        if fact is None:
            raise Missing(self._absence("vpc-attributes", self.home_of_vpc(vpc), vpc, name))
        return fact  # type: ignore[return-value]

    def prefix_list_entries(self, id: str) -> PrefixListEntries:
        """Return the entries of a prefix list, or raise `Missing`."""
        fact = self._facts.get(PrefixListEntries, {}).get(id)
        if fact is None:
            raise Missing(self._absence("prefix-list-entries", self.scope, id))
        return fact  # type: ignore[return-value]

    def rules_of(self, group: str) -> Found[SecurityGroupRule]:
        """Find all rules of a group, from either describe form."""
        return self._rules.get(group) or Found((), frozenset({self._lacking("security-groups", group)}))

    def has_group(self, id: str) -> bool:
        """Does either describe form show the group?"""
        return self.has(SecurityGroup, id) or id in self._rules

    def associations_of(self, group: str) -> Found[SecurityGroupVpcAssociation]:
        """Find the further VPCs that a group is associated with; where they are not exported there are none (an assumption)."""
        return Found(self._all(SecurityGroupVpcAssociation)).only(lambda association: association.group_id == group)

    def reservations_of(self, subnet: str) -> Found[CidrReservation]:
        """Find the CIDR reservations of a subnet; where they are not exported there are none (an assumption)."""
        return Found(self._all(CidrReservation)).only(lambda reservation: reservation.subnet_id == subnet)

    def flow_logs_of(self, subnet: str) -> Found[FlowLog]:
        """Find the flow logs of a subnet and of its VPC."""
        resources = {subnet}
        try:
            vpc = known(self.subnet(subnet).vpc_id)
            resources.add(vpc)
            missing = self.uncovered("flow-logs", self.home(Subnet, subnet), vpc)
        except Missing as error:
            missing = error.absences
        found = Found(self._all(FlowLog), missing)
        return found.only(lambda log: log.resource_id in resources)

    def home(self, noun: type, id: str) -> Scope:
        """Return the account that owns a fact and the Region it lies in, as far as the documents tell."""
        return self._homes.get((noun, id), Scope())

    def home_of_vpc(self, vpc: str) -> Scope:
        """Return the owner and the Region of a VPC, from the VPC itself, else from a subnet of it."""
        if self.has(Vpc, vpc):
            return self.home(Vpc, vpc)
        subnets = Found(self._all(Subnet)).only(lambda subnet: subnet.vpc_id == vpc)
        return self.home(Subnet, subnets.items[0].id) if subnets.items else self.scope

    def uncovered(self, kind: str, scope: Scope, vpc: str | None = None) -> frozenset[Absence]:
        """Say what is missing to know all of *kind* in *scope*, or in one *vpc* there; empty if the documents cover it."""
        if self.covering(kind, scope, vpc):
            return frozenset()
        if scope.account is None and any(export.complete for export in self._of(kind)):
            return frozenset({absence("caller-identity", str(scope))})
        return frozenset({self._absence(kind, scope)})

    def covering(self, kind: str, scope: Scope, vpc: str | None = None) -> tuple[Export, ...]:
        """Return the exports that each show all of *kind* in *scope*, or in one *vpc* there.

        Beside a file with a page left over, another one in the same folder may be a page too, if the last one.
        """
        left = {_folder(export) for export in self._of(kind) if not export.complete and not export.failure}
        return tuple(export for export in self._of(kind) if _folder(export) not in left and export.covers(scope, vpc))

    def shows_all(self, kind: str, scope: Scope) -> bool:
        """Do the documents cover *scope* and hold no rows of other owners, of whose resources an export need not show all?"""
        owners = {owner_of(fact) for export in self._of(kind) if export.scope == scope for fact in export.facts}
        vpcs = [vpc.id for vpc in self._all(Vpc) if self.home(Vpc, vpc.id) == scope]
        lacking = [vpc for vpc in (None, *vpcs) if self.uncovered(kind, scope, vpc)]
        return not lacking and not owners - {None, scope.account}

    def _absence(self, kind: str, scope: Scope, *ids: str) -> Absence:
        """Say that an export of *kind* is missing, and why one that is there does not do."""
        gaps = sorted({export.gap for export in self._of(kind) if export.scope == scope and export.gap})
        return absence(kind, "; ".join([str(scope), *gaps]), *ids)

    def _of(self, kind: str) -> tuple[Export, ...]:
        return self._kinds.get(kind, ())

    def _all(self, noun: type[Noun]) -> tuple[Noun, ...]:
        return tuple(self._facts.get(noun, {}).values())  # type: ignore[arg-type]

    def _get(self, noun: type[Noun], id: str, kind: str, scope: Scope | None = None) -> Noun:
        fact = self._facts.get(noun, {}).get(id)
        if fact is not None:
            return fact  # type: ignore[return-value]
        raise Missing(self._absence(kind, scope) if scope else self._lacking(kind, id))

    def _lacking(self, kind: str, id: str) -> Absence:
        """Say what would tell of a resource that a job names and no document shows."""
        lacking = self._absence(kind, self.scope)
        if not self.exported(kind):
            return lacking
        if not all(self.scope_of(job) == self.scope for job in self.jobs):
            return replace(lacking, scope=id)
        if self.shows_all(kind, self.scope):
            return Absence(f"anything about {id}, which does not exist", str(self.scope), "world")
        return replace(lacking, scope=f"{id} of {lacking.scope}")


def _folder(export: Export) -> str:
    return str(PurePosixPath(export.source.file).parent)


def _identity(fact: Fact) -> str:
    """A described job is the same job wherever its ARN stands; a request is one of its own."""
    if type(fact) is Job:
        return repr(fact.source) if is_unknown(fact.arn) or fact.arn is None else fact.arn
    return fact.id
