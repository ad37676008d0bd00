"""The same resource told twice: what the documents agree on, and what becomes unknown because they do not."""

from collections import defaultdict
from dataclasses import dataclass, fields, replace
from datetime import datetime

from sagevpc_lint.answer import Absence, Found, Missing, Unknown, absences_of, is_unknown
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.kinds import absence
from sagevpc_lint.model.nouns import Fact, SecurityGroup, SecurityGroupRule, with_fields
from sagevpc_lint.source import Source
from sagevpc_lint.traffic import protocol_number


def owner_of(fact: object) -> str | None:
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
    owner = owner_of(fact)
    owned = not is_unknown(owner) and owner is not None and owner == export.scope.account
    changed = getattr(fact, "changed", None)
    time = changed if isinstance(changed, datetime) else export.time
    return owned, time.timestamp() if time else 0.0


def _is_ranked(fact: object) -> bool:
    """Is it known who tells of a fact, and when?"""
    return not is_unknown(owner_of(fact)) and not is_unknown(getattr(fact, "changed", None))


def _best(seen: list[tuple[Fact, Export]]) -> tuple[Fact, Export]:
    return max(seen, key=lambda version: _rank(*version))


def home_of(seen: list[tuple[Fact, Export]]) -> Scope:
    """Return the account that owns a fact and the Region it lies in, as the best of those that tell of it says."""
    fact, export = _best(seen)
    owner = owner_of(fact)
    if is_unknown(owner):
        return Scope(None, export.scope.region)
    return Scope(owner or export.scope.account, export.scope.region)


def merged(seen: list[tuple[Fact, Export]]) -> Fact:
    """Make one fact of all that tell of it: a field that equal ranks tell differently becomes unknown."""
    if len(seen) == 1:
        return seen[0][0]
    best, export = _best(seen)
    equals = [fact for fact, other in seen if not _is_ranked(fact) or not _is_ranked(best) or _rank(fact, other) == _rank(best, export)]
    return with_fields(best, **{field.name: _told(field.name, equals, export) for field in fields(best) if field.name not in ("id", "source")})


def _told(name: str, facts: list[Fact], export: Export) -> object:
    """What those of *facts* that know a field say of it; unknown if two of them differ, or if none knows it."""
    first, *others = [fact for fact in facts if not is_unknown(getattr(fact, name))] or facts[:1]
    rivals = [other for other in others if not _same(getattr(first, name), getattr(other, name))]
    return Unknown(_contradiction(name, first.id, first, rivals[0], export)) if rivals else getattr(first, name)


def _plain(value: object) -> object:
    """What counts of a field when two documents are compared: not the places inside it."""
    if isinstance(value, tuple):
        return frozenset(_meaning(part) if isinstance(part, SecurityGroupRule) else _plain(part) for part in value) if any(map(_has_place, value)) else value
    return replace(value, source=None) if _has_place(value) else value  # type: ignore[type-var]


def _has_place(value: object) -> bool:
    """Is it a part of a fact that knows its own place, such as a route or a VpcConfig?"""
    return hasattr(value, "__dataclass_fields__") and hasattr(value, "source")


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


def group_rules(exports: tuple[Export, ...]) -> dict[str, Found[SecurityGroupRule]]:
    """Bring both describe forms together, by group."""
    views: dict[str, list[_View]] = defaultdict(list)
    strays: set[Absence] = set()  # of rules that may be any group's
    for export in exports:
        loose: dict[str, list[SecurityGroupRule]] = defaultdict(list)
        for fact in export.facts:
            if type(fact) is SecurityGroup:
                views[fact.id].append(_View(fact.rules, fact, export))
            elif type(fact) is SecurityGroupRule and is_unknown(fact.group_id):
                strays |= absences_of(fact.group_id)
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
    blurred = {absence for view in (first, *others) for absence in absences_of(view.rules)}
    if blurred or not others:
        return Found(() if blurred else first.rules, frozenset(blurred))
    try:
        rivals = [view for view in others if not (view.meanings == first.meanings if view.whole else view.meanings <= first.meanings)]
        shared = first.meanings.intersection(*(view.meanings for view in rivals if view.whole))
        common = tuple(rule for rule in first.rules if _meaning(rule) in shared)
    except Missing as error:
        return Found((), error.absences)
    if rivals and not rivals[0].whole:  # what looks whole is the last page of several
        return Found(common, frozenset({absence("security-group-rules", str(first.export.scope))}))
    return Found(common, frozenset({_contradiction("rules", group, first.fact, rivals[0].fact, first.export)} if rivals else ()))
