"""All facts of a run, what the exports they came from cover, and what is missing where they end."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from shlex import quote
from typing import TypeVar

from sagevpc_lint.answer import Absence, Found, Missing, Unknown, known
from sagevpc_lint.model.kinds import absence
from sagevpc_lint.model.nouns import (
    CidrReservation, DhcpOptions, Fact, FlowLog, Job, PrefixListEntries, SecurityGroup, SecurityGroupRule, SecurityGroupVpcAssociation, Subnet, Vpc, VpcAttribute,
)
from sagevpc_lint.source import Source
from sagevpc_lint.traffic import protocol_number

Noun = TypeVar("Noun", bound=Fact)
_HELD_BY_EVERY_VPC = frozenset({"route-tables", "network-acls", "security-groups"})


@dataclass(frozen=True, slots=True, order=True)
class Scope:
    """The account and Region that a document covers, each None if it is not known."""

    account: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        return f"{self.account or 'unknown account'}/{self.region or 'unknown Region'}"


@dataclass(frozen=True, slots=True)
class Export:
    """One answer of the AWS CLI, or one definition, and the facts that it holds.

    *complete*: no page is left over, and the call did not fail, of which *failure* then tells. *vpcs*: the VPCs it was filtered for, None for all. *time*: when it was collected, if that is known.
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
        if vpc is not None and self.kind in _HELD_BY_EVERY_VPC and not any(_same(fact.vpc_id, vpc) for fact in self.facts):  # type: ignore[union-attr]
            return False
        return self.vpcs is None or vpc in self.vpcs


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The facts by noun and id. Asking for what was not given raises `Missing`; collections come as `Found`."""

    exports: tuple[Export, ...]
    jobs: tuple[Job, ...]
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
            facts[noun][identity] = _merged(seen)
        homes = {key: _home(*_best(seen)) for key, seen in versions.items()}
        jobs = tuple(sorted(facts.pop(Job, {}).values(), key=lambda job: (job.id, job.source)))
        return cls(exports, jobs, facts, homes, _group_rules(exports))  # type: ignore[arg-type]

    @property
    def scope(self) -> Scope:
        """The one scope that all exports share; without account or Region where they differ or do not tell."""
        accounts = {export.scope.account for export in self.exports} - {None}
        regions = {export.scope.region for export in self.exports} - {None}
        return Scope(*(found.pop() if len(found) == 1 else None for found in (accounts, regions)))

    def scope_of(self, job: Job) -> Scope:
        """Return a job's account and Region: its ARN's; for a request the documents' only ones, if its role is of that account."""
        if job.arn:
            return Scope(*job.arn.split(":")[4:2:-1])
        account = (job.role_arn or "").split(":")[4:5]
        return self.scope if account == [self.scope.account] else Scope()

    def has(self, noun: type, id: str) -> bool:
        """Is there a fact of *noun* with this id in the documents?"""
        return id in self._facts.get(noun, {})

    def exported(self, kind: str) -> bool:
        """Is there any export of *kind*?"""
        return any(export.kind == kind and not export.failure for export in self.exports)

    def vpc(self, id: str) -> Vpc:
        """Return the VPC, or raise `Missing`."""
        return self._get(Vpc, id, "vpcs", "--vpc-ids")

    def subnet(self, id: str) -> Subnet:
        """Return the subnet, or raise `Missing`."""
        return self._get(Subnet, id, "subnets", "--subnet-ids")

    def group(self, id: str) -> SecurityGroup:
        """Return the security group, or raise `Missing`."""
        return self._get(SecurityGroup, id, "security-groups", "--group-ids")

    def dhcp_options(self, id: str) -> DhcpOptions:
        """Return the DHCP option set, or raise `Missing`."""
        return self._get(DhcpOptions, id, "dhcp-options", "--dhcp-options-ids")

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
        return self._rules.get(group) or Found((), frozenset({self._lacking("security-groups", group, "--group-ids")}))

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
        resources, missing = {subnet}, frozenset()
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
        return frozenset() if self.covering(kind, scope, vpc) else frozenset({self._absence(kind, scope)})

    def covering(self, kind: str, scope: Scope, vpc: str | None = None) -> tuple[Export, ...]:
        """Return the exports that each show all of *kind* in *scope*, or in one *vpc* there."""
        return tuple(export for export in self.exports if export.kind == kind and export.covers(scope, vpc))

    def shows_all(self, kind: str, scope: Scope) -> bool:
        """Do the documents cover *scope* and hold no rows of other owners, of whose resources an export need not show all?"""
        owners = {_owner(fact) for export in self.exports if export.kind == kind and export.scope == scope for fact in export.facts}
        return not self.uncovered(kind, scope) and not owners - {None, scope.account}

    def _absence(self, kind: str, scope: Scope, *ids: str) -> Absence:
        """Say that an export of *kind* is missing, and why one that is there does not do."""
        gaps = sorted({export.gap for export in self.exports if export.kind == kind and export.scope == scope and export.gap})
        return absence(kind, "; ".join([str(scope), *gaps]), *ids)

    def _all(self, noun: type[Noun]) -> tuple[Noun, ...]:
        return tuple(self._facts.get(noun, {}).values())  # type: ignore[arg-type]

    def _get(self, noun: type[Noun], id: str, kind: str, option: str) -> Noun:
        fact = self._facts.get(noun, {}).get(id)
        if fact is not None:
            return fact  # type: ignore[return-value]
        raise Missing(self._lacking(kind, id, option))

    def _lacking(self, kind: str, id: str, option: str) -> Absence:
        """Say what would tell of one resource that no document shows."""
        lacking = self._absence(kind, self.scope)
        if self.shows_all(kind, self.scope):
            lacking = Absence(f"anything about {id}, which does not exist", str(self.scope), "world")
        elif self.exported(kind):
            lacking = replace(lacking, scope=id, command=f"{lacking.command} {option} {quote(id)}")
        return lacking


def _identity(fact: Fact) -> str:
    """A described job is the same job wherever its ARN stands; a request is one of its own."""
    if type(fact) is Job:
        return repr(fact.source) if type(fact.arn) is Unknown or fact.arn is None else fact.arn
    return fact.id


def _owner(fact: object) -> str | None:
    """The account that owns a fact, as far as it is told; an owner such as `AWS` is nobody."""
    owner: str | None = getattr(fact, "owner_id", None)
    if type(owner) is str and not (len(owner) == 12 and owner.isascii() and owner.isdecimal()):
        return None
    return owner


def _same(value: object, other: object) -> bool:
    try:
        return _plain(value) == _plain(other)
    except Missing:
        return False


def _rank(fact: object, export: Export) -> tuple[bool, float]:
    """The owner's view counts before others', then the newer one."""
    owner = _owner(fact)
    owned = type(owner) is not Unknown and owner is not None and owner == export.scope.account
    changed = getattr(fact, "changed", None)
    time = changed if isinstance(changed, datetime) else export.time
    return owned, time.timestamp() if time else 0.0


def _best(seen: list[tuple[Fact, Export]]) -> tuple[Fact, Export]:
    return max(seen, key=lambda version: _rank(*version))


def _home(fact: Fact, export: Export) -> Scope:
    owner = _owner(fact)
    if type(owner) is Unknown:
        return Scope(None, export.scope.region)
    return Scope(owner or export.scope.account, export.scope.region)


def _merged(seen: list[tuple[Fact, Export]]) -> Fact:
    """Make one fact of all that tell of it: a field that equal ranks tell differently becomes unknown."""
    if len(seen) == 1:
        return seen[0][0]
    best, export = _best(seen)
    equals = [fact for fact, other in seen if _rank(fact, other) == _rank(best, export)]
    return replace(best, **{field.name: _told(field.name, equals, export) for field in fields(best) if field.name not in ("id", "source")})


def _told(name: str, facts: list[Fact], export: Export) -> object:
    """What those of *facts* that know a field say of it; unknown if two of them differ, or if none knows it."""
    first, *others = [fact for fact in facts if type(getattr(fact, name)) is not Unknown] or facts[:1]
    rivals = [other for other in others if not _same(getattr(first, name), getattr(other, name))]
    return Unknown(_contradiction(name, first.id, first, rivals[0], export)) if rivals else getattr(first, name)


def _plain(value: object) -> object:
    """What counts of a field when two documents are compared: not the places inside it."""
    if isinstance(value, tuple) and value and isinstance(value[0], SecurityGroupRule):
        return frozenset(map(_meaning, value))
    return replace(value, source=None) if hasattr(value, "source") and hasattr(value, "__dataclass_fields__") else value  # type: ignore[type-var]


def _contradiction(name: str, id: str, fact: Fact, rival: Fact, export: Export) -> Absence:
    places = " and ".join(sorted({_place(fact.source), _place(rival.source)}))
    lacking = absence(export.kind, str(export.scope))
    return replace(lacking, scope=f"{name.replace('_', ' ')} of {id} is told differently in {places}; leave one of them out")


def _place(source: Source) -> str:
    return f"{source.file} {source.pointer}".strip()


def _meaning(rule: SecurityGroupRule) -> tuple[object, ...]:
    """What a rule says, however a describe form writes it (F4.12)."""
    ports = tuple(None if port in (None, -1) else port for port in (rule.from_port, rule.to_port))
    return (rule.is_egress, protocol_number(rule.ip_protocol), ports, rule.cidr, rule.prefix_list_id, rule.referenced_group_id)


@dataclass(frozen=True, slots=True)
class _View:
    """The rules of a group as one export shows them. *fact*: the group, or the first of the rules."""

    rules: tuple[SecurityGroupRule, ...]
    fact: SecurityGroup | SecurityGroupRule
    export: Export

    @property
    def whole(self) -> bool:
        """Are these all rules of the group, and not those that one page holds?"""
        return self.export.complete or type(self.fact) is SecurityGroup

    @property
    def rank(self) -> tuple[bool, float]:
        """How much this view counts beside others."""
        return _rank(self.fact, self.export)

    @property
    def meanings(self) -> frozenset[tuple[object, ...]]:
        """What the rules say; raises `Missing` where a field is unknown."""
        return frozenset(map(_meaning, self.rules))


def _group_rules(exports: tuple[Export, ...]) -> dict[str, Found[SecurityGroupRule]]:
    """Bring both describe forms together, by group."""
    views: dict[str, list[_View]] = defaultdict(list)
    strays: set[Absence] = set()  # of rules that may be any group's
    for export in exports:
        loose: dict[str, list[SecurityGroupRule]] = defaultdict(list)
        for fact in export.facts:
            if type(fact) is SecurityGroup:
                views[fact.id].append(_View(fact.rules, fact, export))
            elif type(fact) is SecurityGroupRule and type(fact.group_id) is Unknown:
                strays |= {*fact.group_id.absences}
            elif type(fact) is SecurityGroupRule:
                loose[fact.group_id].append(fact)
        for group, rules in loose.items():
            views[group].append(_View(tuple(rules), rules[0], export))
    found = {group: _agreed(group, seen) for group, seen in sorted(views.items())}
    return {group: replace(rules, missing=rules.missing | strays) for group, rules in found.items()}


def _agreed(group: str, views: list[_View]) -> Found[SecurityGroupRule]:
    """Return the rules on which the best views agree; where they differ the rest is missing."""
    if not any(view.whole for view in views):
        rules = {rule.id: rule for view in views for rule in view.rules}
        return Found(tuple(rules.values()), frozenset({absence("security-group-rules", str(views[0].export.scope))}))
    best = max(view.rank for view in views if view.whole)
    first, *others = sorted((view for view in views if view.rank >= best), key=lambda view: not view.whole)
    blurred = {absence for view in (first, *others) if type(view.rules) is Unknown for absence in view.rules.absences}
    if blurred or not others:
        return Found(() if blurred else first.rules, frozenset(blurred))
    try:
        rivals = [view for view in others if not (view.meanings == first.meanings if view.whole else view.meanings <= first.meanings)]
        shared = first.meanings.intersection(*(view.meanings for view in rivals if view.whole))
        common = tuple(rule for rule in first.rules if _meaning(rule) in shared)
    except Missing as error:
        return Found((), error.absences)
    return Found(common, frozenset({_contradiction("rules", group, first.fact, rivals[0].fact, first.export)} if rivals else ()))
