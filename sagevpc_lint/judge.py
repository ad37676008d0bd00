"""Verdicts: what each rule says of each subject, and which failures another rule explains."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from sagevpc_lint.answer import Absence, Answer, Missing, Unknown, absences_of, is_unknown, unknown
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, Need
from sagevpc_lint.model.subjects import Subject, Subjects, subjects
from sagevpc_lint.needs import needs_of
from sagevpc_lint.network.graph import Network
from sagevpc_lint.rulebook import Rule

Declared = Mapping[str, tuple[str, ...]]  # a pattern of job names → needs, as the settings have them
NONE: Declared = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule says of a subject: *value* True, it holds; False, it fails; None, undecided. *silent*: it fails, and another rule explains it."""

    value: bool | None
    answer: Answer
    silent: bool = False


class Judge:
    """Verdicts of rules on the subjects of one run, each worked out once."""

    def __init__(self, facts: Facts, rules: Iterable[Rule], jobs: tuple[Job, ...], declared: Declared = NONE) -> None:
        self.facts = facts
        self.network = Network(facts)
        self.rules = {rule.id: rule for rule in rules}
        self.subjects: Subjects = subjects(facts, jobs, {job.source: _needs(facts, job, declared) for job in jobs})
        self._verdicts: dict[tuple[str, int], Verdict] = {}
        self._by_need: dict[int, tuple[Subject, ...]] = {}

    def verdicts(self, rule: Rule) -> Iterator[tuple[Subject, Verdict]]:
        """Put *rule* to every subject of its kinds, and if it mentions `need` to every need of each."""
        for kind in rule.kinds:
            for subject in self.subjects.by_kind.get(kind, ()):
                for each in self._asked(rule, subject):
                    yield each, self.verdict(rule, kind, each)

    def verdict(self, rule: Rule, kind: str, subject: Subject) -> Verdict:
        """Say whether *rule* holds for *subject*, one of *kind* or what stands in for one."""
        key = rule.id, id(subject)
        if key not in self._verdicts:
            self._verdicts[key] = _with_need(subject, self._unless(rule, subject, self._plain(rule, kind, subject)))
        return self._verdicts[key]

    def _asked(self, rule: Rule, subject: Subject) -> tuple[Subject, ...]:
        """What *rule* is put to in place of *subject*: it itself, or it with each need; without any where needs are not known."""
        if not rule.is_per_need or subject.kind != "placement" or is_unknown(subject.needs):
            return (subject,)
        if id(subject) not in self._by_need:
            self._by_need[id(subject)] = tuple(replace(subject, need=need) for need in subject.needs)
        return self._by_need[id(subject)]

    def _plain(self, rule: Rule, kind: str, subject: Subject) -> Verdict:
        if subject.kind != kind:
            return Verdict(None, unknown(subject.missing))
        if rule.is_per_need and subject.need is None:
            return Verdict(None, unknown(absences_of(subject.needs)))
        where, require = rule.ask(self.network, subject)
        holds = ~where | require
        if holds.value is not False:
            return Verdict(holds.value, holds)
        return Verdict(False, Answer(False, require.evidence or where.evidence, {**where.names, **require.names}, require.because))

    def _unless(self, rule: Rule, subject: Subject, verdict: Verdict) -> Verdict:
        """A failure is silent where a rule of `unless` is reported, and undecided where one is undecided."""
        if verdict.value is not False:
            return verdict
        answer = _named_by_need(subject.need, verdict.answer)
        others = [other for other in self._explanations(rule, subject) if _same_need(other.answer, answer)]
        if any(other.value is False and not other.silent for other in others):
            return Verdict(False, verdict.answer, silent=True)
        missing = frozenset().union(*(other.answer.missing for other in others if other.value is None))
        return Verdict(None, unknown(missing)) if missing else verdict

    def _explanations(self, rule: Rule, subject: Subject) -> Iterator[Verdict]:
        others = (self.rules[name] for name in rule.unless if name in self.rules)  # one that is broken is an error of its own
        for other in others:
            for kind in other.kinds:
                for related in self.subjects.related(subject, kind):
                    for each in self._asked(other, related):
                        if each.need is None or subject.need is None or each.need is subject.need:
                            yield self.verdict(other, kind, each)


def _needs(facts: Facts, job: Job, declared: Declared) -> tuple[Need, ...]:
    try:
        return needs_of(facts, job, declared)
    except Missing as error:
        return Unknown(*error.absences)  # type: ignore[return-value]


def _with_need(subject: Subject, verdict: Verdict) -> Verdict:
    """The need is part of a verdict's identity; what is only probably needed cannot fail."""
    if subject.need and not subject.need.established and verdict.value is False and not verdict.silent:
        verdict = Verdict(None, unknown({Absence(f"whether the job needs {subject.need.id}", subject.jobs[0].id, "world")}))
    return replace(verdict, answer=_named_by_need(subject.need, verdict.answer))


def _named_by_need(need: Need | None, answer: Answer) -> Answer:
    return replace(answer, names={**answer.names, "need": (need.id,)}) if need else answer


def _same_need(answer: Answer, other: Answer) -> bool:
    needs = answer.names.get("need"), other.names.get("need")
    return None in needs or needs[0] == needs[1]
