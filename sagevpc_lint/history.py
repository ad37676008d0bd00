"""Which jobs are judged: those of the past count for a while, as one new run would."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sagevpc_lint.answer import Missing
from sagevpc_lint.model.exports import Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job

_FINISHED = frozenset({"Completed", "Failed", "Stopped"})


def judged(facts: Facts, history: int) -> tuple[tuple[Job, ...], tuple[Job, ...]]:
    """Part the jobs into those to judge and finished ones that ended more than *history* days before their snapshot's time."""
    times = _times(facts)
    new: list[Job] = []
    old: list[Job] = []
    for job in facts.jobs:
        (old if _is_old(facts, job, times, timedelta(days=history)) else new).append(job)
    return tuple(new), tuple(old)


def _times(facts: Facts) -> Mapping[Scope, datetime]:
    """The time of each account and Region: the snapshot's, else the newest time among its jobs."""
    times: dict[Scope, datetime] = {}
    for scope, time in (told for job in facts.jobs for told in _told_by(facts, job)):
        times[scope] = max(time, times.get(scope, time))
    collected: dict[Scope, datetime] = {}
    for export in facts.exports:
        if export.time:
            collected[export.scope] = max(export.time, collected.get(export.scope, export.time))
    return times | collected


def _told_by(facts: Facts, job: Job) -> Iterator[tuple[Scope, datetime]]:
    """What a described job tells of the time of its account and Region; nothing where a field of it is not known."""
    try:
        yield from [(facts.scope_of(job), time) for time in (job.ended, job.changed) if job.arn and time]
    except Missing:
        return


def _is_old(facts: Facts, job: Job, times: Mapping[Scope, datetime], history: timedelta) -> bool:
    try:
        if job.status not in _FINISHED or not job.arn:
            return False
        ended, now = job.ended or job.changed, times.get(facts.scope_of(job))
        return ended is not None and now is not None and ended < now - history
    except Missing:
        return False
