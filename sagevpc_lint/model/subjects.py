"""The subjects that rules are put to: jobs, and only what they use."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from sagevpc_lint.answer import Absence, Missing, known
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, Need, SecurityGroup, Subnet, Vpc, VpcEndpoint
from sagevpc_lint.source import Source

ROOTS: Mapping[str, tuple[str, ...]] = {  # the names that subjects of a kind bind; a rule that mentions `need` is put to each need of a placement
    "job": ("job", "needs"),
    "placement": ("job", "subnet", "vpc", "need", "needs"),
    "vpc": ("vpc",),
    "subnet": ("subnet", "vpc"),
    "group": ("group",),
    "endpoint": ("endpoint", "vpc"),
}
NOUNS: Mapping[str, type] = {  # those of which conditions and messages may name fields; the others are for questions only
    "job": Job, "subnet": Subnet, "vpc": Vpc, "group": SecurityGroup, "need": Need, "endpoint": VpcEndpoint,
}
Needs = Mapping[Source, tuple[Need, ...]]  # what each job must reach, by the job's source; unknown where that cannot be told


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule is put to: its kind and id, and the ids (for a job and a need, the facts) that conditions may name.

    *jobs*: the jobs that use it. *missing*: what a subject of the wanted kind could not be named for; its job or VPC then stands in its place.
    *needs*: what the job must reach, which may be unknown. *need*: the one of them that a rule is put to.
    """

    kind: str
    id: str
    job: Job | None = None
    subnet: str | None = None
    vpc: str | None = None
    group: str | None = None
    jobs: tuple[Job, ...] = ()
    missing: frozenset[Absence] = frozenset()
    endpoint: str | None = None
    needs: tuple[Need, ...] = ()
    need: Need | None = None


@dataclass(frozen=True, slots=True)
class Subjects:
    """All subjects of a run, by kind, and which of them belong together."""

    by_kind: Mapping[str, tuple[Subject, ...]]
    _index: Mapping[tuple[str, object], tuple[Subject, ...]]

    @classmethod
    def of(cls, by_kind: Mapping[str, tuple[Subject, ...]]) -> "Subjects":
        """Collect subjects by kind, so that those that belong together are found at once."""
        index: dict[tuple[str, object], list[Subject]] = {}
        for kind, found in by_kind.items():
            for subject in found:
                for key in _keys(subject):
                    index.setdefault((kind, key), []).append(subject)
        return cls(by_kind, {key: tuple(found) for key, found in index.items()})

    def related(self, subject: Subject, kind: str) -> tuple[Subject, ...]:
        """Return the subjects of *kind* that `unless` looks at for *subject*: itself, its job, subnet and VPC, and a job's placements with their subnets and VPCs."""
        if kind == subject.kind:
            return tuple(other for other in self._index.get((kind, subject.id), ()) if subject.job is None or _is_of_its_job(other, subject))
        if kind == "subnet" and subject.subnet is not None:
            return self._index.get((kind, ("subnet", subject.subnet)), ())
        if kind == "vpc" and subject.vpc is not None:
            return self._index.get((kind, ("vpc", subject.vpc)), ())
        if kind in ("job", "placement", "subnet", "vpc") and subject.job is not None:
            return self._index.get((kind, subject.job.source), ())
        return ()


def _keys(subject: Subject) -> Iterator[object]:
    """What `Subjects.related` looks a subject up by."""
    yield subject.id
    yield from (job.source for job in subject.jobs)
    yield from ((name, id) for name, id in (("subnet", subject.subnet), ("vpc", subject.vpc)) if id is not None)


def _is_of_its_job(other: Subject, subject: Subject) -> bool:
    return any(job is subject.job for job in other.jobs)


def subjects(facts: Facts, jobs: tuple[Job, ...], needs: Needs = MappingProxyType({})) -> Subjects:
    """Name all that *jobs* use. Where what a job uses cannot be named, the job stands in its place, or its VPC in an endpoint's, and says what is missing."""
    placements = tuple(place for job in jobs for place in _placements(facts, job, needs.get(job.source, ())))
    vpcs = _used("vpc", placements)
    return Subjects.of({
        "job": tuple(Subject("job", job.id, job=job, jobs=(job,), needs=needs.get(job.source, ())) for job in jobs),
        "placement": placements,
        "subnet": _used("subnet", placements),
        "vpc": vpcs,
        "group": _groups(jobs),
        "endpoint": _endpoints(facts, vpcs),
    })


def _placements(facts: Facts, job: Job, needs: tuple[Need, ...]) -> tuple[Subject, ...]:
    try:
        config = known(job.vpc_config)
        subnets = None if config is None else sorted(set(config.subnets))
    except Missing as error:
        return (_stand_in(job, error),)
    if subnets is None:
        return (Subject("placement", f"{job.id}@service", job=job, jobs=(job,)),)
    return tuple(_placement(facts, job, subnet, needs) for subnet in subnets)


def _placement(facts: Facts, job: Job, subnet: str, needs: tuple[Need, ...]) -> Subject:
    place = Subject("placement", f"{job.id}@{subnet}", job=job, subnet=subnet, jobs=(job,), needs=needs)
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


def _endpoints(facts: Facts, vpcs: tuple[Subject, ...]) -> tuple[Subject, ...]:
    """Name the endpoints of VPCs; a VPC of which not all are shown stands in for the others, and who stands in for a VPC stands in for its endpoints."""
    named, lost = [], []
    for vpc in vpcs:
        if vpc.kind != "vpc":
            lost.append(vpc)
            continue
        found = facts.endpoints_of(vpc.id)
        named += [Subject("endpoint", endpoint.id, vpc=vpc.id, jobs=vpc.jobs, endpoint=endpoint.id) for endpoint in found.items]
        lost += [replace(vpc, missing=found.missing)] if found.missing else []
    return (*sorted(named, key=lambda endpoint: endpoint.id), *lost)


def _jobs(places: list[Subject]) -> tuple[Job, ...]:
    return tuple({job.source: job for place in places for job in place.jobs}.values())


def _stand_in(job: Job, error: Missing) -> Subject:
    return Subject("job", job.id, job=job, jobs=(job,), missing=error.absences)
