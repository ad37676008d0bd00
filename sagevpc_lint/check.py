"""Rules × facts → findings and what is undecided."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sagevpc_lint.answer import Absence, Answer, Evidence, Missing, Resource
from sagevpc_lint.documents import Snapshot
from sagevpc_lint.documents.exports import READERS
from sagevpc_lint.history import judged
from sagevpc_lint.judge import NONE, Declared, Judge, Verdict
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.kinds import KINDS
from sagevpc_lint.model.nouns import Job
from sagevpc_lint.model.subjects import Subject
from sagevpc_lint.rulebook import Rule
from sagevpc_lint.source import InputError, Source, Span

SEVERITIES = ("error", "warning", "advice")
_Cause = tuple[Resource, str, str, str, str]  # resource, which of that name, fingerprint, message, remediation


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A subject as a report names it, with the need that the verdict is about, if the rule asks per need."""

    kind: str
    id: str
    need: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause: one rule's failures with one resource to change, all subjects that they concern, and the jobs that use these."""

    rule: Rule
    resource: Resource
    source: Source
    subjects: tuple[Named, ...]
    jobs: tuple[str, ...]
    message: str
    because: tuple[str, ...]
    remediation: str
    code: str
    evidence: tuple[Evidence, ...]
    fingerprint: str
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class Undecided:
    """A rule whose answer is unknown for *subjects*, for want of *missing*."""

    rule: Rule
    subjects: tuple[Named, ...]
    missing: tuple[Absence, ...]
    files: frozenset[str]


@dataclass(frozen=True, slots=True)
class Report:
    """All that one run found; sources become lines and columns when it is printed."""

    snapshot: Snapshot
    findings: tuple[Finding, ...]
    undecided: tuple[Undecided, ...]
    assumptions: tuple[str, ...]
    errors: tuple[InputError, ...]
    settings: str | None
    ignored: int
    jobs: int
    not_judged: int
    vpcs: int
    rules: int

    def locate(self) -> Mapping[Source, Span]:
        """Find the lines and columns of all that the findings show."""
        pieces = [piece.source for finding in self.findings for piece in finding.evidence]
        return self.snapshot.locate([*(finding.source for finding in self.findings), *pieces])


def check(snapshot: Snapshot, rules: tuple[Rule, ...], selected: frozenset[str], ignored: frozenset[str], history: int, needs: Declared = NONE) -> Report:
    """Put the *selected* ones of *rules* to all that the jobs of *snapshot* use; finished jobs count for *history* days.

    Findings of *ignored* rules are only counted. *needs*: what jobs must reach beside what their definitions say.
    """
    facts = snapshot.facts
    jobs, old = judged(facts, history)
    judge = Judge(facts, rules, jobs, needs)
    findings: list[Finding] = []
    undecided: list[Undecided] = []
    for rule in rules:
        if rule.id in selected:
            verdicts = tuple(judge.verdicts(rule))
            findings += _findings(facts, rule, verdicts)
            undecided += _undecided(rule, verdicts) if rule.id not in ignored else ()
    reported = [finding for finding in findings if finding.rule.id not in ignored]
    told = _told_not_to_exist(facts, findings)
    return Report(
        snapshot,
        tuple(sorted(reported, key=_order)),
        tuple(open_ for open_ in undecided if not open_.missing or set(open_.missing) - told),
        _assumptions(facts, jobs),
        snapshot.errors,
        settings=None,
        ignored=len(findings) - len(reported),
        jobs=len(jobs),
        not_judged=len(old),
        vpcs=len({subject.id for subject in judge.subjects.by_kind["vpc"] if subject.kind == "vpc"}),
        rules=len(selected - ignored),
    )


def only(report: Report, files: frozenset[str]) -> Report:
    """Narrow a report to what speaks of one of *files*."""
    return replace(
        report,
        findings=tuple(finding for finding in report.findings if finding.files & files),
        undecided=tuple(open_ for open_ in report.undecided if open_.files & files),
    )


def _findings(facts: Facts, rule: Rule, verdicts: tuple[tuple[Subject, Verdict], ...]) -> Iterator[Finding]:
    """Make one finding of all failures with the same resource to change and the same cause."""
    causes: dict[_Cause, list[tuple[Subject, Answer]]] = {}
    for subject, verdict in verdicts:
        if verdict.value is False and not verdict.silent:
            first = _first(facts, subject, verdict.answer)
            message = rule.message.render(facts, subject, verdict.answer)
            remediation = rule.remediation.render(facts, subject, verdict.answer, for_shell=True)
            which = str(first.source) if first.resource.kind == "job" else ""  # two jobs may have one name
            key = first.resource, which, _fingerprint(rule, first, verdict.answer.names), message, remediation
            causes.setdefault(key, []).append((subject, verdict.answer))
    for (resource, _, fingerprint, message, remediation), failures in causes.items():
        first = _first(facts, *failures[0])
        because = tuple(dict.fromkeys(line for _, each in failures for line in each.because))
        evidence = tuple(dict.fromkeys(piece for _, each in failures for piece in each.evidence))
        yield Finding(
            rule, resource, first.source, _named(failures), _jobs(failures), message, because, remediation, first.code, evidence, fingerprint, _files(failures, facts),
        )


def _first(facts: Facts, subject: Subject, answer: Answer) -> Evidence:
    """The resource to change: the first piece of evidence, else the subject itself."""
    return answer.evidence[0] if answer.evidence else Evidence(*_place(facts, subject))


def _place(facts: Facts, subject: Subject) -> tuple[Source, Resource]:
    """Where a subject stands: the fact itself where the snapshot holds it, else its first job."""
    fact: object = None
    try:
        match subject.kind:
            case "subnet":
                fact = facts.subnet(subject.id)
            case "vpc":
                fact = facts.vpc(subject.id)
            case "group":
                fact = facts.group(subject.id)
            case "endpoint":
                fact = facts.vpc_endpoint(subject.id)
    except Missing:
        pass
    return (fact or subject.jobs[0]).source, Resource(subject.kind, subject.id)  # type: ignore[attr-defined]


def _named(failures: Iterable[tuple[Subject, Answer]]) -> tuple[Named, ...]:
    named = {Named(subject.kind, subject.id, ", ".join(answer.names.get("need", ()))) for subject, answer in failures}
    return tuple(sorted(named))


def _jobs(failures: Iterable[tuple[Subject, Answer]]) -> tuple[str, ...]:
    return tuple(sorted({job.id for subject, _ in failures for job in subject.jobs}))


def _files(failures: Iterable[tuple[Subject, Answer]], facts: Facts) -> frozenset[str]:
    """The files that a finding speaks of: those of its evidence, its subjects and their jobs."""
    return frozenset(
        source.file
        for subject, answer in failures
        for source in (_place(facts, subject)[0], *(job.source for job in subject.jobs), *(piece.source for piece in answer.evidence))
    )


def _fingerprint(rule: Rule, first: Evidence, names: Mapping[str, tuple[str, ...]]) -> str:
    """Name a cause so that it is the same in the next run: no job name, path or line."""
    resource = [first.resource.kind, "" if first.resource.kind in ("job", "placement") else first.resource.id]
    told = rule.message.roles() | rule.remediation.roles()
    deciding = sorted([role, *sorted(filter(_is_id, ids))] for role, ids in names.items() if role in told - {"job", "need"})
    return hashlib.sha256(json.dumps([rule.id, resource, first.code, deciding]).encode()).hexdigest()[:32]


def _is_id(name: str) -> bool:
    """Is it an id, not an amount such as `4` or `TCP 22`, which may differ in the next run?"""
    return not name.isdecimal() and " " not in name


def _undecided(rule: Rule, verdicts: tuple[tuple[Subject, Verdict], ...]) -> Iterator[Undecided]:
    groups: dict[tuple[Absence, ...], list[tuple[Subject, Answer]]] = {}
    for subject, verdict in verdicts:
        if verdict.value is None:
            groups.setdefault(tuple(sorted(verdict.answer.missing)), []).append((subject, verdict.answer))
    for missing, open_ in sorted(groups.items()):
        files = frozenset(job.source.file for subject, _ in open_ for job in subject.jobs)
        yield Undecided(rule, _named(open_), missing, files)


def _told_not_to_exist(facts: Facts, findings: Iterable[Finding]) -> frozenset[Absence]:
    """What cannot be told of subnets and groups because they do not exist, as a finding says: it explains what is undecided for want of nothing else."""
    pointed_at = {piece.resource for finding in findings for piece in finding.evidence}
    told: set[Absence] = set()
    for kind, ask in (("subnet", facts.subnet), ("group", facts.group)):
        for id in (each.id for each in pointed_at if each.kind == kind and not facts.has_group(each.id)):
            try:
                ask(id)
            except Missing as error:
                told |= error.absences
    return frozenset(told)


def _assumptions(facts: Facts, jobs: tuple[Job, ...]) -> tuple[str, ...]:
    """Say what was assumed to change nothing for want of an export; only of kinds that rules read."""
    if all(_has_no_vpc(job) for job in jobs):
        return ()
    lacking = (kind for kind in KINDS if kind.meaning == "assumed" and kind.name in READERS and not facts.exported(kind.name))
    return tuple(sorted({kind.assumption for kind in lacking}))


def _has_no_vpc(job: Job) -> bool:
    try:
        return bool(job.vpc_config == None)  # noqa: E711  # an unknown field must raise
    except Missing:
        return False


def _order(finding: Finding) -> tuple[object, ...]:
    return SEVERITIES.index(finding.rule.severity), finding.source.file, finding.source, finding.rule.id, finding.message
