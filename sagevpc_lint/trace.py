"""Traces: what becomes of a job's packets to a destination, from each of its placements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Literal

from sagevpc_lint.addresses import IPV4, Intervals
from sagevpc_lint.answer import Absence, Missing, Resource, all_of, known, unknown
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, Need
from sagevpc_lint.needs import Wanted, need_for, needs_of
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.groups import admitted, bearing
from sagevpc_lint.network.interfaces import egress, ingress
from sagevpc_lint.network.places import Context, Place, Step
from sagevpc_lint.network.reach import reach, sources, tolerated, start
from sagevpc_lint.network.walk import Walk, walk
from sagevpc_lint.traffic import TCP, Traffic

Verdict = Literal["arrives", "lost", "depends"]
Declared = Mapping[str, tuple[str, ...]]
_VERDICTS: Mapping[bool | None, Verdict] = {True: "arrives", False: "lost", None: "depends"}
_ISOLATED = "EnableNetworkIsolation: the job's container reaches nothing; SageMaker itself moves what lies in S3"
_OUTSIDE = "the job has no VpcConfig: it runs in the service's own network, which reaches S3, AWS services and the internet"
_PEERS = Intervals.of((1024, 65535))  # which of them the containers use for each other is not documented


@dataclass(frozen=True, slots=True)
class Sent:
    """Packets on all their ways. *needs*: the ids of what they are for. *where*: what the name of a service leads to, or the subnet of peers; else empty."""

    needs: tuple[str, ...]
    where: str
    walk: Walk


@dataclass(frozen=True, slots=True)
class Placed:
    """What becomes of the packets of one placement. *subnet*: None in the service's own network. *missing*: what would settle the verdict. *note*: what no way shows."""

    id: str
    subnet: str | None
    verdict: Verdict
    sent: tuple[Sent, ...] = ()
    missing: frozenset[Absence] = frozenset()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trace:
    """What becomes of the packets of *job* to *destination*, as it is written."""

    network: Network
    job: Job
    destination: str
    placements: tuple[Placed, ...]


def find_job(facts: Facts, text: str) -> Job:
    """Find the job with this name, id, ARN or file; raises `ValueError`, which says what there is, where there is none or more than one."""
    found = [job for job in facts.jobs if text in (job.id, _told(job.name), _told(job.arn))] or [job for job in facts.jobs if text == job.source.file]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(sorted(_told(job.arn) or job.source.file for job in found))
        raise ValueError(f'{len(found)} jobs are called "{text}"; name one of them by its ARN or file: {names}')
    if not facts.jobs:
        raise ValueError(f'no job "{text}": there is no job definition in the snapshot')
    ids = sorted({job.id for job in facts.jobs})
    near = get_close_matches(text, [*ids, *(id.partition("/")[2] for id in ids)], 3) or ids[:3]
    raise ValueError(f'no job "{text}"; did you mean {" or ".join(near)}?')


def _told(value: str | None) -> str:
    try:
        return known(value) or ""
    except Missing:
        return ""


def trace(facts: Facts, job: Job, wanted: Wanted, declared: Declared) -> Trace:
    """Send packets of *job* to what is *wanted* from each of its subnets; *declared*: what the settings say that jobs need."""
    network = Network(facts)
    try:
        config = known(job.vpc_config)
    except Missing as error:
        return Trace(network, job, wanted.id, (Placed(job.id, None, "depends", missing=error.absences),))
    subnets = (None,) if config is None else tuple(sorted(set(config.subnets)))
    return Trace(network, job, wanted.id, tuple(_placed(network, job, subnet, wanted, declared) for subnet in subnets))


def _placed(network: Network, job: Job, subnet: str | None, wanted: Wanted, declared: Declared) -> Placed:
    place = Placed(f"{job.id}@{subnet or 'service'}", subnet, "depends")
    try:
        if wanted.what != "s3" and job.enable_network_isolation:
            return replace(place, verdict="lost", note=_ISOLATED)
        if subnet is None:
            return _outside(job, place, wanted)
        if not sources(network, subnet):
            return replace(place, verdict="lost", note=f"{subnet} has no IPv4 address for an interface of the job")
        return _with_peers(network, job, place) if wanted.what == "peers" else _sending(network, job, place, _needs(network.facts, job, wanted, declared))
    except Missing as error:
        return replace(place, missing=error.absences)


def _outside(job: Job, place: Placed, wanted: Wanted) -> Placed:
    """From the service's own network S3, AWS services, the internet and the job's other instances are reached; of addresses nothing is known."""
    if wanted.what != "address":
        return replace(place, verdict="arrives", note=_OUTSIDE)
    return replace(place, note=_OUTSIDE, missing=frozenset({Absence(f"whether the service's own network reaches {wanted.id}", job.id, "world")}))


def _sending(network: Network, job: Job, place: Placed, needs: tuple[Need, ...]) -> Placed:
    groups = _groups(job)
    answer = all_of(needs, lambda need: reach(network, place.subnet or "", groups, need).answer)
    sent = tuple(sent for same in _alike(needs) for sent in _sent(network, place.subnet or "", groups, same))
    return replace(place, verdict=_VERDICTS[answer.value], sent=sent, missing=answer.missing)


def _groups(job: Job) -> tuple[str, ...]:
    config = known(job.vpc_config)
    return tuple(sorted(set(config.security_group_ids))) if config else ()


def _needs(facts: Facts, job: Job, wanted: Wanted, declared: Declared) -> tuple[Need, ...]:
    """What is meant: of S3 all buckets that the job needs, or where it needs none S3 of the VPC's own Region."""
    if wanted.what != "s3" or wanted.bucket is not None:
        return (need_for(facts, job, wanted),)
    return tuple(need for need in needs_of(facts, job, declared) if need.what == "s3") or (need_for(facts, job, wanted),)


def _alike(needs: Sequence[Need]) -> list[tuple[Need, ...]]:
    """Put needs together that packets to the same addresses meet, such as buckets of one Region."""
    found: dict[object, list[Need]] = {}
    for need in needs:
        found.setdefault((need.what, need.service, need.region, need.cidr, need.port, need.missing), []).append(need)
    return [tuple(same) for same in found.values()]


def _sent(network: Network, subnet: str, groups: tuple[str, ...], needs: tuple[Need, ...]) -> tuple[Sent, ...]:
    first = needs[0]
    is_named = first.what in ("s3", "service")
    return tuple(
        Sent(tuple(need.id for need in needs), walk.place.context.goal or "public addresses" if is_named else "", walk)
        for walk in reach(network, subnet, groups, first).walks
    )


def _with_peers(network: Network, job: Job, place: Placed) -> Placed:
    """To the job's other instances, which bear the same groups, in each of its subnets."""
    config = known(job.vpc_config)
    found, answers = [], []
    for other in sorted(set(config.subnets)) if config else ():
        try:
            way = _to_subnet(network, place.subnet or "", other, _groups(job))
            found.append(Sent(("peers",), other, way))
            answers.append(tolerated(way).answer)
        except Missing as error:
            answers.append(unknown(error.absences))
    answer = all_of(answers, lambda each: each)
    return replace(place, verdict=_VERDICTS[answer.value], sent=tuple(found), missing=answer.missing)


def _to_subnet(network: Network, subnet: str, other: str, groups: tuple[str, ...]) -> Walk:
    """Walk between two instances: the network's own steps, but that the groups are those of the job at both ends."""
    component, vpc = Resource("group", ", ".join(groups)), known(network.facts.subnet(subnet).vpc_id)
    lets_out = replace(egress(network.ground, groups, vpc, "", component), passes=admitted(network.facts, groups, is_egress=True, bearers=bearing(dict.fromkeys(groups, IPV4))))
    lets_in = ingress(network.ground, groups, Context(groups=groups), component)

    def steps(place: Place) -> tuple[Step, ...]:
        if place.kind == "interface" and groups:
            return (Step(place, Place("subnet", place.id, place.context), given=(lets_out,)),)
        if place.kind == "arrival" and groups:
            return (Step(place, Place("peer", place.id), given=(lets_in,)),)
        return network.steps(place)

    sender = start(network, subnet, groups, "peers")
    return walk(steps, sender, Traffic.of(TCP, sources(network, subnet), sources(network, other), _PEERS))
