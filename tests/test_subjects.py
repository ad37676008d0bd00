"""Which subjects rules are put to: the jobs and what they use, and who stands in for what cannot be named."""

from dataclasses import replace
from typing import Any

import pytest

from sagevpc_lint.answer import Absence, Unknown
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, Need, Subnet, VpcConfig, VpcEndpoint
from sagevpc_lint.model.subjects import NOUNS, ROOTS, Subject, Subjects, subjects
from sagevpc_lint.source import Source

DARK = Unknown(Absence("what is in the dark", "", "world"))
NEED = Need("internet", Source("etl.json"), "internet")
SUBNETS_ARE_MISSING = {Absence("subnets", "unknown account/unknown Region", "export", "aws ec2 describe-subnets")}


def job(name: str = "etl", subnets: Any = ("subnet-1", "subnet-2"), groups: Any = ("sg-1",), file: str = "") -> Job:
    source = Source(file or f"{name}.json")
    config = VpcConfig(source.at("VpcConfig"), subnets, groups)
    return Job(f"processing-job/{name}", source, "request", name, None, None, None, None, None, config, 1, False, False)


def facts(**vpcs: Any) -> Facts:
    """Collect subnets; *vpcs* says in which VPC each lies, `subnet_1` for `subnet-1`."""
    rows = tuple(
        Subnet(name.replace("_", "-"), Source("subnets.json"), None, vpc, "available", "10.0.0.0/24", False, None, None, 251, {}) for name, vpc in vpcs.items()
    )
    return Facts.of([Export("subnets", Source("subnets.json"), Scope(), rows)] if rows else ())


def endpoints(*places: tuple[str, str], complete: bool = True) -> Facts:
    """Two subnets of vpc-1 and endpoints, each with its VPC."""
    here, source = Scope("111122223333", "eu-west-1"), Source("endpoints.json")
    rows = tuple(
        VpcEndpoint(id, source, here.account, vpc, "Gateway", "com.amazonaws.eu-west-1.s3", "s3", "eu-west-1", "available", (), (), (), frozenset(), False, None, {}) for id, vpc in places
    )
    subnets = tuple(
        Subnet(id, Source("subnets.json"), here.account, "vpc-1", "available", "10.0.0.0/24", False, None, None, 251, {}) for id in ("subnet-1", "subnet-2")
    )
    return Facts.of([Export("subnets", Source("subnets.json"), here, subnets), Export("vpc-endpoints", source, here, rows, complete=complete)])


def ids(found: Subjects, kind: str) -> list[tuple[str, str]]:
    return [(subject.kind, subject.id) for subject in found.by_kind[kind]]


def of(found: Subjects, kind: str, id: str) -> Subject:
    return next(subject for subject in found.by_kind[kind] if subject.id == id)


def test_every_kind_binds_names_and_its_nouns_are_known() -> None:
    assert ["job", "placement", "vpc", "subnet", "group", "endpoint"] == list(ROOTS)
    assert {"needs"} == {name for names in ROOTS.values() for name in names} - set(NOUNS)
    assert {"job", "subnet", "vpc", "group", "need", "endpoint"} == set(NOUNS)


def test_what_a_job_uses_is_named_each_thing_once() -> None:
    found = subjects(facts(subnet_1="vpc-1", subnet_2="vpc-1", subnet_3="vpc-3"), (job(), job("b", ("subnet-2", "subnet-2"), ("sg-2", "sg-1"))))
    assert [("job", "processing-job/etl"), ("job", "processing-job/b")] == ids(found, "job")
    assert [("placement", f"processing-job/{place}") for place in ("etl@subnet-1", "etl@subnet-2", "b@subnet-2")] == ids(found, "placement")
    assert [("subnet", "subnet-1"), ("subnet", "subnet-2")] == ids(found, "subnet")
    assert [("vpc", "vpc-1")] == ids(found, "vpc")
    assert [("group", "sg-1"), ("group", "sg-2")] == ids(found, "group")


def test_a_resource_that_no_job_uses_is_no_subject() -> None:
    found = subjects(facts(subnet_1="vpc-1"), ())
    assert {"job": (), "placement": (), "subnet": (), "vpc": (), "group": (), "endpoint": ()} == found.by_kind


def test_a_subject_binds_what_its_kind_may_name_and_knows_who_uses_it() -> None:
    one, two = job(), job("b", ("subnet-2", "subnet-3"))
    found = subjects(facts(subnet_1="vpc-1", subnet_2="vpc-2", subnet_3="vpc-2"), (one, two))
    assert Subject("placement", "processing-job/etl@subnet-2", one, "subnet-2", "vpc-2", jobs=(one,)) == of(found, "placement", "processing-job/etl@subnet-2")
    assert Subject("subnet", "subnet-2", subnet="subnet-2", vpc="vpc-2", jobs=(one, two)) == of(found, "subnet", "subnet-2")
    assert Subject("vpc", "vpc-2", vpc="vpc-2", jobs=(one, two)) == of(found, "vpc", "vpc-2")
    assert Subject("group", "sg-1", group="sg-1", jobs=(one, two)) == of(found, "group", "sg-1")


def test_a_job_without_a_vpc_has_one_placement_and_uses_nothing() -> None:
    lone = replace(job(), vpc_config=None)
    found = subjects(facts(), (lone,))
    assert (Subject("placement", "processing-job/etl@service", lone, jobs=(lone,)),) == found.by_kind["placement"]
    assert ((), (), ()) == tuple(found.by_kind[kind] for kind in ("subnet", "vpc", "group"))


@pytest.mark.parametrize("kind", ["placement", "subnet", "vpc", "group"])
def test_a_job_of_which_nobody_knows_what_it_uses_stands_in(kind: str) -> None:
    dark = replace(job(), vpc_config=DARK)
    assert (Subject("job", dark.id, dark, jobs=(dark,), missing=frozenset(DARK.absences)),) == subjects(facts(), (dark,)).by_kind[kind]


def test_a_list_of_subnets_or_groups_that_is_unknown_is_stood_in_for() -> None:
    found = subjects(facts(subnet_1="vpc-1"), (job("a", DARK), job("b", ("subnet-1",), DARK)))
    assert [("job", "processing-job/a"), ("placement", "processing-job/b@subnet-1")] == ids(found, "placement")
    assert [("vpc", "vpc-1"), ("job", "processing-job/a")] == ids(found, "vpc")
    assert [("group", "sg-1"), ("job", "processing-job/b")] == ids(found, "group")


def test_a_subnet_that_is_missing_is_named_and_the_job_stands_in_for_its_vpc() -> None:
    found = subjects(facts(), (job(),))
    assert [("subnet", "subnet-1"), ("subnet", "subnet-2")] == ids(found, "subnet")
    assert [("job", "processing-job/etl")] == ids(found, "vpc")
    assert SUBNETS_ARE_MISSING == found.by_kind["vpc"][0].missing == of(found, "placement", "processing-job/etl@subnet-1").missing


def test_a_job_of_which_one_subnet_tells_the_vpc_needs_no_stand_in() -> None:
    assert [("vpc", "vpc-1")] == ids(subjects(facts(subnet_1="vpc-1"), (job(),)), "vpc")


def test_a_vpc_that_is_unknown_is_stood_in_for() -> None:
    found = subjects(facts(subnet_1=DARK), (job(subnets=("subnet-1",)),))
    assert [("job", "processing-job/etl")] == ids(found, "vpc")
    assert frozenset(DARK.absences) == found.by_kind["vpc"][0].missing


def test_two_jobs_of_one_name_are_stood_in_for_each_on_its_own() -> None:
    told, lost, other = job(subnets=("subnet-1",), file="told.json"), job(subnets=("subnet-2",), file="lost.json"), job(subnets=("subnet-3",), file="other.json")
    found = subjects(facts(subnet_1="vpc-1"), (told, lost, other)).by_kind["vpc"]
    assert [(told,), (lost,), (other,)] == [subject.jobs for subject in found]


def test_a_job_and_its_placements_bind_what_the_job_must_reach() -> None:
    one, two, dark = job(), job("b", ("subnet-1",)), job("c", ("subnet-1",))
    needs = {one.source: (NEED,), dark.source: DARK}
    found = subjects(facts(subnet_1="vpc-1", subnet_2="vpc-1"), (one, two, dark), needs)
    assert [(NEED,), ()] == [subject.needs for subject in found.by_kind["job"][:2]]
    assert [(NEED,), (NEED,), ()] == [subject.needs for subject in found.by_kind["placement"][:3]]
    assert DARK is found.by_kind["job"][2].needs is found.by_kind["placement"][3].needs


def test_a_job_without_a_vpc_binds_its_needs_and_its_placement_none() -> None:
    lone = replace(job(), vpc_config=None)
    found = subjects(facts(), (lone,), {lone.source: (NEED,)})
    assert ((NEED,), ()) == (found.by_kind["job"][0].needs, found.by_kind["placement"][0].needs)


def test_the_endpoints_of_the_vpcs_of_jobs_are_subjects_whatever_uses_them() -> None:
    found = subjects(endpoints(("vpce-2", "vpc-1"), ("vpce-1", "vpc-1"), ("vpce-3", "vpc-3")), (job(),))
    assert [("endpoint", "vpce-1"), ("endpoint", "vpce-2")] == ids(found, "endpoint")
    assert Subject("endpoint", "vpce-1", vpc="vpc-1", jobs=found.by_kind["vpc"][0].jobs, endpoint="vpce-1") == found.by_kind["endpoint"][0]


def test_a_vpc_that_may_have_more_endpoints_than_are_shown_stands_in_for_them() -> None:
    found = subjects(endpoints(("vpce-1", "vpc-1"), complete=False), (job(),))
    assert [("endpoint", "vpce-1"), ("vpc", "vpc-1")] == ids(found, "endpoint")
    assert [("vpc-endpoints", "export")] == [(absence.kind, absence.because) for absence in found.by_kind["endpoint"][1].missing]
    assert frozenset() == found.by_kind["vpc"][0].missing


def test_who_stands_in_for_a_vpc_stands_in_for_its_endpoints() -> None:
    found = subjects(facts(), (job(),))
    assert [("job", "processing-job/etl")] == ids(found, "endpoint")
    assert SUBNETS_ARE_MISSING == found.by_kind["endpoint"][0].missing


def test_unless_looks_at_an_endpoint_itself_and_its_vpc() -> None:
    found = subjects(endpoints(("vpce-1", "vpc-1"), ("vpce-2", "vpc-1")), (job(), job("b")))
    endpoint = of(found, "endpoint", "vpce-1")
    assert [["vpce-1"], ["vpc-1"], [], [], [], []] == [[other.id for other in found.related(endpoint, kind)] for kind in ("endpoint", "vpc", "job", "placement", "subnet", "group")]
    assert [] == [*found.related(of(found, "placement", "processing-job/b@subnet-1"), "endpoint")]


def test_a_placement_with_a_need_belongs_where_it_does_without() -> None:
    found = subjects(facts(subnet_1="vpc-1", subnet_2="vpc-1"), (job(), job("b")))
    place = of(found, "placement", "processing-job/b@subnet-2")
    kinds = ("job", "placement", "subnet", "vpc")
    assert [found.related(place, kind) for kind in kinds] == [found.related(replace(place, need=NEED), kind) for kind in kinds]


def related(subject: tuple[str, str], kind: str) -> list[str]:
    found = subjects(facts(subnet_1="vpc-1", subnet_2="vpc-1", subnet_3="vpc-3"), (job(), job("b", ("subnet-2", "subnet-3"), ("sg-2",))))
    return [other.id for other in found.related(of(found, *subject), kind)]


@pytest.mark.parametrize(("subject", "kind", "expected"), [
    (("job", "processing-job/etl"), "job", ["processing-job/etl"]),
    (("job", "processing-job/etl"), "placement", ["processing-job/etl@subnet-1", "processing-job/etl@subnet-2"]),
    (("job", "processing-job/etl"), "vpc", ["vpc-1"]),
    (("job", "processing-job/b"), "vpc", ["vpc-1", "vpc-3"]),
    (("placement", "processing-job/b@subnet-2"), "placement", ["processing-job/b@subnet-2"]),
    (("placement", "processing-job/b@subnet-2"), "job", ["processing-job/b"]),
    (("placement", "processing-job/b@subnet-2"), "subnet", ["subnet-2"]),
    (("placement", "processing-job/b@subnet-2"), "vpc", ["vpc-1"]),
    (("placement", "processing-job/b@subnet-2"), "group", []),
    (("subnet", "subnet-2"), "subnet", ["subnet-2"]),
    (("subnet", "subnet-2"), "vpc", ["vpc-1"]),
    (("subnet", "subnet-2"), "job", []),
    (("vpc", "vpc-1"), "vpc", ["vpc-1"]),
    (("vpc", "vpc-1"), "subnet", []),
    (("group", "sg-1"), "group", ["sg-1"]),
    (("group", "sg-1"), "vpc", []),
    (("job", "processing-job/etl"), "bucket", []),
])
def test_unless_looks_at_the_subject_itself_its_job_its_subnet_its_vpc_and_a_jobs_placements(subject: tuple[str, str], kind: str, expected: list[str]) -> None:
    assert expected == related(subject, kind)


def test_a_placement_without_a_known_vpc_looks_at_the_stand_in_of_its_job() -> None:
    found = subjects(facts(), (job(), job("b")))
    assert ["processing-job/b"] == [other.id for other in found.related(of(found, "placement", "processing-job/b@subnet-1"), "vpc")]
