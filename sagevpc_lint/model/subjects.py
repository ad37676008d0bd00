"""The subjects that rules are put to: jobs, and only what they use."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sagevpc_lint.answer import Absence, Missing, known
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, SecurityGroup, Subnet, Vpc

ROOTS: Mapping[str, tuple[str, ...]] = {
    "job": ("job",),
    "placement": ("job", "subnet", "vpc"),
    "vpc": ("vpc",),
    "subnet": ("subnet", "vpc"),
    "group": ("group",),
}
NOUNS: Mapping[str, type] = {"job": Job, "subnet": Subnet, "vpc": Vpc, "group": SecurityGroup}


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is put to: its kind and id, and the ids (for a job, the fact) that conditions may name.

    *jobs*: the jobs that use it. *missing*: what a subject of the wanted kind could not be named for; its job then stands in its place.
    """

    kind: str
    id: str
    job: Job | None = None
    subnet: str | None = None
    vpc: str | None = None
    group: str | None = None
    jobs: tuple[Job, ...] = ()
    missing: frozenset[Absence] = frozenset()


@dataclass(frozen=True, slots=True)
class Subjects:
    """All subjects of a run, by kind, and which of them belong together."""

    by_kind: Mapping[str, tuple[Subject, ...]]

    def related(self, subject: Subject, kind: str) -> tuple[Subject, ...]:
        """Return the subjects of *kind* that `unless` looks at for *subject*: itself, its job, subnet and VPC, and a job's placements."""
        return tuple(other for other in self.by_kind.get(kind, ()) if _belongs(other, kind, subject))


def subjects(facts: Facts, jobs: tuple[Job, ...]) -> Subjects:
    """Name all that *jobs* use. Where what a job uses cannot be named, the job stands in its place and says what is missing."""
    placements = tuple(place for job in jobs for place in _placements(facts, job))
    return Subjects({
        "job": tuple(Subject("job", job.id, job=job, jobs=(job,)) for job in jobs),
        "placement": placements,
        "subnet": _used("subnet", placements),
        "vpc": _used("vpc", placements),
        "group": _groups(jobs),
    })


def _placements(facts: Facts, job: Job) -> tuple[Subject, ...]:
    try:
        config = known(job.vpc_config)
        subnets = None if config is None else sorted(set(config.subnets))
    except Missing as error:
        return (_stand_in(job, error),)
    if subnets is None:
        return (Subject("placement", f"{job.id}@service", job=job, jobs=(job,)),)
    return tuple(_placement(facts, job, subnet) for subnet in subnets)


def _placement(facts: Facts, job: Job, subnet: str) -> Subject:
    place = Subject("placement", f"{job.id}@{subnet}", job=job, subnet=subnet, jobs=(job,))
    try:
        return replace(place, vpc=known(facts.subnet(subnet).vpc_id))
    except Missing as error:
        return replace(place, missing=error.absences)


def _used(kind: str, placements: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Name the subnets or VPCs of *placements*; a job of whose placements none tells one stands in for it."""
    users: dict[str, list[Subject]] = {}
    for place in placements:
        users.setdefault(getattr(place, kind) or "", []).append(place)
    unnamed = [place for place in users.pop("", ()) if place.missing]
    named = tuple(
        Subject(kind, id, subnet=places[0].subnet if kind == "subnet" else None, vpc=places[0].vpc, jobs=_jobs(places))
        for id, places in sorted(users.items())
    )
    told = {job.source for subject in named for job in subject.jobs}
    lost = {place.job.source: Subject("job", place.job.id, job=place.job, jobs=place.jobs, missing=place.missing) for place in unnamed if place.job}
    return named + tuple(subject for source, subject in lost.items() if source not in told)


def _groups(jobs: tuple[Job, ...]) -> tuple[Subject, ...]:
    users: dict[str, list[Job]] = {}
    lost = []
    for job in jobs:
        try:
            config = known(job.vpc_config)
            for group in sorted(set(config.security_group_ids)) if config else ():
                users.setdefault(group, []).append(job)
        except Missing as error:
            lost.append(_stand_in(job, error))
    return tuple(Subject("group", id, group=id, jobs=tuple(found)) for id, found in sorted(users.items())) + tuple(lost)


def _jobs(places: list[Subject]) -> tuple[Job, ...]:
    return tuple({job.source: job for place in places for job in place.jobs}.values())


def _stand_in(job: Job, error: Missing) -> Subject:
    return Subject("job", job.id, job=job, jobs=(job,), missing=error.absences)


def _belongs(other: Subject, kind: str, subject: Subject) -> bool:
    """Is *other*, a subject of *kind*, one that `unless` looks at for *subject*?"""
    same_job = subject.job is not None and any(job is subject.job for job in other.jobs)
    if kind == subject.kind:
        return other.id == subject.id and (subject.job is None or same_job)
    if kind == "subnet":
        return subject.subnet is not None and other.subnet == subject.subnet
    if kind == "vpc" and subject.vpc is not None:
        return other.vpc == subject.vpc
    return kind in ("job", "placement", "vpc") and same_job
