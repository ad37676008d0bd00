"""From verdicts to findings: what silences what, what is one cause, which jobs count, and that no order matters."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from types import ModuleType

import pytest

from sagevpc_lint import documents, lint
from sagevpc_lint.answer import Absence, Answer, Evidence, Missing, Resource, Unknown
from sagevpc_lint.check import Report, _is_id, check, only
from sagevpc_lint.history import judged
from sagevpc_lint.judge import Judge, Verdict
from sagevpc_lint.documents import Snapshot
from sagevpc_lint.examples import Example, environment, good
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, Need
from sagevpc_lint.network.graph import Network
from sagevpc_lint.questions import Question, questions_of, vocabulary
from sagevpc_lint.rulebook import Rule, load, shipped_rules
from sagevpc_lint.settings import Settings

Node = dict[str, object]


def tagged(facts: Facts, job: Job, *, key: str) -> Answer:
    """Does the job's tag of this key say yes? It may also say no, with a need after it, or unknown.

    Names: need
    """
    match job.tags.get(key, "yes").split():
        case ["yes"]:
            return Answer(True)
        case ["no", *needs]:
            return Answer(False, names={"need": tuple(needs)} if needs else {}, because=(f"the tag {key} says no",))
    raise Missing(Absence(f"tag {key}", "all jobs", "export", f"look up {key}"))


def is_first(facts: Facts, subnet: str) -> Answer:
    """Is it the first subnet?"""
    return Answer(subnet == "subnet-1")


def has_no_blocker(facts: Facts, job: Job) -> Answer:
    """Does the tag `blocker` name nothing? It names a group, a code, and further blockers.

    Names: blocker
    """
    match job.tags.get("blocker", "").split():
        case [group, code, *further]:
            shown = Evidence(job.source.at("Tags"), Resource("group", group), note=job.name, code=code)
            return Answer(False, (shown,), {"blocker": (group, *further)}, (f"{group} blocks",))
    return Answer(True)


def _vocabulary(*functions: Callable[..., Answer]) -> ModuleType:
    module = ModuleType("made_up")
    for function in functions:
        function.__module__ = module.__name__
        setattr(module, function.__name__, function)
    return module


WORDS = questions_of([_vocabulary(tagged, is_first, has_no_blocker)])


def rules(folder: Path, words: Mapping[str, Question] | None = None, /, **texts: str) -> dict[str, Rule]:
    """Write rules, each `KIND: CONDITION` and perhaps `unless ID, ID`, and load them."""
    for id, text in texts.items():
        rule, _, unless = text.partition(" unless ")
        kind, _, require = rule.partition(": ")
        lines = [f"name: {id}", "severity: error", f"for: {kind}", f"require: {require}", f"message: a message{' about {blocker}' if 'has_no_blocker' in require else ''}", "rationale: because", "remediation: mend it"]
        (folder / f"{id.replace('_', '-')}.yaml").write_text("\n".join([*lines, *([f"unless: [{unless}]"] if unless else [])]), "utf-8")
    loaded, errors = load([folder], words or WORDS)
    assert () == errors
    return {rule.id: rule for rule in loaded}


def job(name: str = "etl", subnets: Iterable[str] = (), **tags: str) -> Node:
    """Write a request of `create-processing-job`."""
    network = {"NetworkConfig": {"VpcConfig": {"Subnets": [*subnets], "SecurityGroupIds": ["sg-1"]}}} if subnets else {}
    return {
        "ProcessingJobName": name, "RoleArn": "arn:aws:iam::111122223333:role/etl", "AppSpecification": {"ImageUri": "image"},
        "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "VolumeSizeInGB": 1}}, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()], **network,
    }


def finished(name: str, time: str = "2026-11-20T00:00:00Z", status: str = "Completed", account: str = "111122223333") -> Node:
    """Write an answer of `describe-processing-job`; *time* is its end if it has ended."""
    member = "ProcessingEndTime" if status in ("Completed", "Failed", "Stopped") else "LastModifiedTime"
    return {
        "ProcessingJobName": name, "ProcessingJobArn": f"arn:aws:sagemaker:eu-west-1:{account}:processing-job/{name}", "ProcessingJobStatus": status, member: time,
        "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1}},
    }


def snapshot(*jobs: Node, folder: str = "jobs", further: Mapping[str, Node] = {}) -> Snapshot:
    """Read jobs, each from a file of its own, and further documents by name."""
    contents = {f"{folder}/{each['ProcessingJobName']}.json": each for each in jobs} | {f"{folder}/{name}.json": each for name, each in further.items()}
    read = documents.read({name: json.dumps(each).encode() for name, each in contents.items()})
    assert () == read.errors
    return read


def subnet(id: str) -> Node:
    return {
        "SubnetId": id, "VpcId": "vpc-1", "OwnerId": "111122223333", "State": "available", "CidrBlock": "10.0.0.0/24", "AvailableIpAddressCount": 9,
        "AvailabilityZone": "eu-west-1a",
    }


SUBNETS: Mapping[str, Node] = {"subnets": {"Subnets": [subnet("subnet-1"), subnet("subnet-2")]}}


def report(read: Snapshot, loaded: Iterable[Rule], ignored: Iterable[str] = (), history: int = 30, declared: Mapping[str, tuple[str, ...]] = {}) -> Report:
    loaded = tuple(loaded)
    return check(read, loaded, frozenset(rule.id for rule in loaded), frozenset(ignored), history, declared)


def outcome(verdict: Verdict) -> str:
    """Say a verdict in one word."""
    match verdict.value:
        case True:
            return "holds"
        case False:
            return "silent" if verdict.silent else "fails"
    return f"undecided for want of {', '.join(sorted(absence.kind for absence in verdict.answer.missing))}"


def outcomes(read: Snapshot, loaded: Mapping[str, Rule], id: str) -> dict[str, str]:
    """What a rule says of each subject."""
    judge = Judge(read.facts, loaded.values(), judged(read.facts, 30)[0])
    return {subject.id.removeprefix("processing-job/"): outcome(verdict) for subject, verdict in judge.verdicts(loaded[id])}


# unless


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("yes", "no", "fails"),
        ("no", "no", "silent"),
        ("unknown", "no", "undecided for want of tag first"),
        ("no", "yes", "holds"),
        ("unknown", "yes", "holds"),
        ("no", "unknown", "undecided for want of tag second"),
    ],
)
def test_unless_changes_nothing_but_a_failure(tmp_path: Path, first: str, second: str, expected: str) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', second='job: tagged(key="second") unless first')
    assert {"etl": expected} == outcomes(snapshot(job(first=first, second=second)), loaded, "second")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("no", "unknown", "silent"),
        ("unknown", "no", "silent"),
        ("unknown", "unknown", "undecided for want of tag first, tag second"),
        ("unknown", "yes", "undecided for want of tag first"),
        ("yes", "yes", "fails"),
    ],
)
def test_one_rule_that_is_reported_explains_a_failure_whatever_the_others_are(tmp_path: Path, first: str, second: str, expected: str) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', second='job: tagged(key="second")', third='job: tagged(key="third") unless first, second')
    assert {"etl": expected} == outcomes(snapshot(job(first=first, second=second, third="no")), loaded, "third")


def test_a_rule_that_is_silent_itself_is_not_reported_and_so_silences_nothing(tmp_path: Path) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', second='job: tagged(key="second") unless first', third='job: tagged(key="third") unless second')
    read = snapshot(job(first="no", second="no", third="no"))
    assert ["fails", "silent", "fails"] == [outcomes(read, loaded, id)["etl"] for id in ("first", "second", "third")]


def test_doubt_goes_on_along_a_chain(tmp_path: Path) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', second='job: tagged(key="second") unless first', third='job: tagged(key="third") unless second')
    read = snapshot(job(first="unknown", second="no", third="no"))
    assert {"etl": "undecided for want of tag first"} == outcomes(read, loaded, "third")


def test_a_rule_that_is_not_there_any_more_silences_nothing(tmp_path: Path) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', second='job: tagged(key="second") unless first')
    assert {"etl": "fails"} == outcomes(snapshot(job(first="no", second="no")), {"second": loaded["second"]}, "second")


def test_unless_looks_at_the_same_job_only(tmp_path: Path) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', second='job: tagged(key="second") unless first')
    read = snapshot(job("etl", first="no", second="no"), job("dbt", first="yes", second="no"))
    assert {"dbt": "fails", "etl": "silent"} == outcomes(read, loaded, "second")


def test_unless_looks_at_a_placements_job_and_subnet_and_at_a_jobs_placements(tmp_path: Path) -> None:
    loaded = rules(
        tmp_path, whole='job: tagged(key="whole")', place="placement: is_first()", ground="subnet: is_first()",
        of_job='placement: tagged(key="x") unless whole', of_subnet='placement: tagged(key="x") unless ground', of_places='job: tagged(key="x") unless place',
    )
    read = snapshot(job("etl", ("subnet-1", "subnet-2"), whole="no", x="no"), job("dbt", ("subnet-1",), x="no"), further=SUBNETS)
    assert {"dbt@subnet-1": "fails", "etl@subnet-1": "silent", "etl@subnet-2": "silent"} == outcomes(read, loaded, "of-job")
    assert {"dbt@subnet-1": "fails", "etl@subnet-1": "fails", "etl@subnet-2": "silent"} == outcomes(read, loaded, "of-subnet")
    assert {"dbt": "fails", "etl": "silent"} == outcomes(read, loaded, "of-places")


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("no s3://a", "no s3://a", "silent"),
        ("no s3://a", "no s3://b", "fails"),
        ("no", "no s3://b", "silent"),
        ("no s3://a", "no", "silent"),
    ],
)
def test_needs_are_compared_where_both_rules_have_one(tmp_path: Path, first: str, second: str, expected: str) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', second='job: tagged(key="second") unless first')
    assert {"etl": expected} == outcomes(snapshot(job(first=first, second=second)), loaded, "second")


def test_verdicts_do_not_depend_on_the_order_in_which_rules_are_asked(tmp_path: Path) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', second='job: tagged(key="second") unless first', third='job: tagged(key="third") unless second')
    read = snapshot(job("etl", first="unknown", second="no", third="no"), job("dbt", first="no", second="no", third="no"))
    judged_in_turn = []
    for order in permutations(loaded.values()):
        judge = Judge(read.facts, order, read.facts.jobs)
        verdicts = {rule.id: [(subject.id, verdict) for subject, verdict in judge.verdicts(rule)] for rule in order}
        judged_in_turn.append(dict(sorted(verdicts.items())))
    assert judged_in_turn[:1] * 6 == judged_in_turn


# Needs


def meets(network: Network, job: Job, need: Need, *, key: str) -> Answer:
    """Is the need met? The job's tag of this key lists those that are not, and behind a `?` those of which that is not known."""
    told = job.tags.get(key, "").split()
    if f"?{need.id}" in told:
        raise Missing(Absence(f"tag {key}", "all jobs", "export"))
    return Answer(need.id not in told, because=(f"{need.id} is not met",))


def has_no_needs(network: Network, needs: tuple[Need, ...]) -> Answer:
    """Is nothing needed?

    Names: wanted
    """
    return Answer(not needs, names={"wanted": tuple(need.id for need in needs)})


def is_one_network(network: Network) -> Answer:
    """Is it the network of the run?

    Names: network
    """
    return Answer(False, names={"network": (f"n{id(network)}",)})


def is_the_first_endpoint(network: Network, endpoint: str) -> Answer:
    """Is it the first endpoint?"""
    return Answer(network.facts.vpc_endpoint(endpoint).id == "vpce-1")


BY_NEED = questions_of([_vocabulary(tagged, is_first, meets, has_no_needs, is_one_network, is_the_first_endpoint)])
STS_AND_INTERNET = {"*": ("sts", "internet")}


def by_need(read: Snapshot, loaded: Mapping[str, Rule], id: str, declared: Mapping[str, tuple[str, ...]] = STS_AND_INTERNET) -> dict[str, str]:
    """What a rule says of each subject and need."""
    judge = Judge(read.facts, loaded.values(), judged(read.facts, 30)[0], declared)
    return {f"{subject.id.removeprefix('processing-job/')} {', '.join(verdict.answer.names.get('need', ()))}".strip(): outcome(verdict) for subject, verdict in judge.verdicts(loaded[id])}


def placed(*subnets: str, **tags: str) -> Snapshot:
    return snapshot(job("etl", subnets or ("subnet-1",), **tags), further=SUBNETS)


def test_a_rule_that_mentions_a_need_is_put_to_every_placement_and_need(tmp_path: Path) -> None:
    loaded = rules(tmp_path, BY_NEED, met='placement: meets(key="x")')
    assert {
        "etl@subnet-1 internet": "holds", "etl@subnet-1 sts": "fails", "etl@subnet-2 internet": "holds", "etl@subnet-2 sts": "fails",
    } == by_need(placed("subnet-1", "subnet-2", x="sts"), loaded, "met")
    assert {"etl@subnet-1 internet": "undecided for want of tag x", "etl@subnet-1 sts": "holds"} == by_need(placed(x="?internet"), loaded, "met")


def test_a_job_that_needs_nothing_gets_no_verdict_of_such_a_rule_and_one_of_others(tmp_path: Path) -> None:
    loaded = rules(tmp_path, BY_NEED, met='placement: meets(key="x")', none="placement: has_no_needs()")
    assert {} == by_need(placed(), loaded, "met", {})
    assert {"etl@subnet-1": "holds"} == by_need(placed(), loaded, "none", {})


def test_a_placement_outside_every_vpc_has_no_needs_and_its_job_has(tmp_path: Path) -> None:
    loaded = rules(tmp_path, BY_NEED, met='placement: meets(key="x")', none="job: has_no_needs()")
    assert ({}, {"etl": "fails"}) == tuple(by_need(snapshot(job(x="sts")), loaded, id) for id in ("met", "none"))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("sts", "sts", "silent"),
        ("internet", "sts", "fails"),
        ("?sts", "sts", "undecided for want of tag first"),
        ("?internet", "sts", "fails"),
        ("internet ?sts", "sts", "undecided for want of tag first"),
    ],
)
def test_between_two_rules_that_mention_a_need_unless_looks_at_the_same_one(tmp_path: Path, first: str, second: str, expected: str) -> None:
    loaded = rules(tmp_path, BY_NEED, first='placement: meets(key="first")', second='placement: meets(key="second") unless first')
    assert expected == by_need(placed(first=first, second=second), loaded, "second")["etl@subnet-1 sts"]


def test_a_rule_without_needs_explains_all_of_them_and_is_explained_by_any(tmp_path: Path) -> None:
    loaded = rules(
        tmp_path, BY_NEED, whole='job: tagged(key="whole")', met='placement: meets(key="x") unless whole', part='placement: meets(key="x")', of_job='job: tagged(key="y") unless part',
    )
    assert {"etl@subnet-1 internet": "silent", "etl@subnet-1 sts": "silent"} == by_need(placed(whole="no", x="sts internet"), loaded, "met")
    assert ["silent", "fails"] == [by_need(placed(y="no", x=x), loaded, "of-job")["etl"] for x in ("sts", "")]


def test_what_is_only_probably_needed_cannot_fail(tmp_path: Path) -> None:
    query = {"Catalog": "c", "Database": "d", "QueryString": "q", "OutputS3Uri": "s3://a/x", "OutputFormat": "PARQUET"}
    etl = job("etl", ("subnet-1",), x="athena glue") | {"ProcessingInputs": [{"InputName": "q", "DatasetDefinition": {"AthenaDatasetDefinition": query}}]}
    loaded = rules(tmp_path, BY_NEED, met='placement: meets(key="x")', whole='job: tagged(key="whole")', explained='placement: meets(key="x") unless whole')
    read = snapshot(etl, further=SUBNETS)
    assert {
        "etl@subnet-1 athena": "undecided for want of whether the job needs athena", "etl@subnet-1 glue": "fails", "etl@subnet-1 s3://a": "holds",
    } == by_need(read, loaded, "met", {"etl": ("glue",)})
    explained = snapshot({**etl, "Tags": [*etl["Tags"], {"Key": "whole", "Value": "no"}]}, further=SUBNETS)  # type: ignore[misc]
    assert "silent" == by_need(explained, loaded, "explained", {})["etl@subnet-1 athena"]
    open_, = report(read, [loaded["met"]], declared={"etl": ("glue",)}).undecided
    assert ([("processing-job/etl@subnet-1", "athena")], {"world"}) == ([(each.id, each.need) for each in open_.subjects], {absence.because for absence in open_.missing})


def test_needs_that_cannot_be_told_leave_one_verdict_undecided(tmp_path: Path) -> None:
    lacking = Absence("what the job reads", "", "form")
    loaded = rules(tmp_path, BY_NEED, met='placement: meets(key="x")', none="job: has_no_needs()", other='placement: meets(key="x") unless met')
    read = placed(x="sts")
    dark = replace(read.facts.jobs[0], data=Unknown(lacking))
    judge = Judge(read.facts, loaded.values(), (dark,), STS_AND_INTERNET)
    said = {rule.id: [(subject.id, verdict.value, verdict.answer.missing) for subject, verdict in judge.verdicts(rule)] for rule in loaded.values()}
    undecided = [("processing-job/etl@subnet-1", None, {lacking})]
    assert {"met": undecided, "other": undecided, "none": [("processing-job/etl", None, {lacking})]} == said


def test_needs_are_those_that_the_settings_declare_for_the_job(tmp_path: Path) -> None:
    loaded = rules(tmp_path, BY_NEED, met='placement: meets(key="x")').values()
    read = snapshot(job("etl", ("subnet-1",), x="sts"), job("dbt", ("subnet-1",), x="sts"), further=SUBNETS)
    finding, = report(read, loaded, declared={"e*": ("sts",)}).findings
    assert [("processing-job/etl@subnet-1", "sts")] == [(subject.id, subject.need) for subject in finding.subjects]
    assert () == report(read, loaded).findings


def test_needs_with_one_cause_are_one_finding_and_no_part_of_its_fingerprint(tmp_path: Path) -> None:
    loaded = rules(tmp_path, BY_NEED, met='placement: meets(key="x") or is_first()')
    both = placed("subnet-1", "subnet-2", x="sts internet")
    found = [report(both, loaded.values(), declared={"*": needs}).findings for needs in (("sts", "internet"), ("sts",))]
    assert [[("internet",), ("sts",)], [("sts",)]] == [[(subject.need,) for finding in findings for subject in finding.subjects] for findings in found]
    assert 1 == len({finding.fingerprint for findings in found for finding in findings})


def test_a_run_takes_the_needs_of_its_settings(tmp_path: Path) -> None:
    rules(tmp_path, BY_NEED, made_up='placement: need.what != "address"')
    settings = Settings(rules=(tmp_path,), select=("made-up",), needs={"nightly-*": ("10.9.9.9:5432",), "weekly-*": ("10.8.8.8:1",)})
    found = [(finding.resource, [subject.need for subject in finding.subjects]) for finding in lint([good()], settings).findings]
    places = [f"processing-job/nightly-etl@subnet-0{letter}" for letter in ("a000000000000001", "b000000000000002")]
    assert [(Resource("placement", place), ["10.9.9.9:5432"]) for place in places] == found


def test_one_run_has_one_network(tmp_path: Path) -> None:
    loaded = rules(tmp_path, BY_NEED, one="job: is_one_network()", two="placement: is_one_network()")
    judge = Judge(placed().facts, loaded.values(), placed().facts.jobs)
    assert {f"n{id(judge.network)}"} == {name for rule in loaded.values() for _, verdict in judge.verdicts(rule) for name in verdict.answer.names["network"]}


# Endpoints


def endpoints(*ids: str, vpc: str = "vpc-1") -> dict[str, Node]:
    rows = [{
        "VpcEndpointId": id, "VpcEndpointType": "Gateway", "VpcId": vpc, "ServiceName": "com.amazonaws.eu-west-1.s3", "State": "available", "RouteTableIds": [], "OwnerId": "111122223333",
    } for id in ids]
    return {"describe-vpc-endpoints": {"VpcEndpoints": rows}}


def test_a_rule_for_endpoints_is_put_to_those_of_the_vpcs_of_jobs_and_found_where_they_stand(tmp_path: Path) -> None:
    loaded = rules(tmp_path, BY_NEED, first="endpoint: is_the_first_endpoint()")
    read = snapshot(job("etl", ("subnet-1",)), further={**SUBNETS, **endpoints("vpce-1", "vpce-2")})
    assert {"vpce-1": "holds", "vpce-2": "fails"} == by_need(read, loaded, "first")
    finding, = report(read, loaded.values()).findings
    assert ("jobs/describe-vpc-endpoints.json", "/VpcEndpoints/1", Resource("endpoint", "vpce-2"), ("processing-job/etl",)) == (
        finding.source.file, finding.source.pointer, finding.resource, finding.jobs,
    )
    elsewhere = snapshot(job("etl", ("subnet-1",)), further={**SUBNETS, **endpoints("vpce-9", vpc="vpc-9")})
    assert {} == by_need(elsewhere, loaded, "first")


def test_endpoints_that_are_not_exported_leave_the_vpc_undecided(tmp_path: Path) -> None:
    loaded = rules(tmp_path, BY_NEED, first="endpoint: is_the_first_endpoint()")
    assert {"vpc-1": "undecided for want of vpc-endpoints"} == by_need(placed(), loaded, "first")


def test_unless_looks_at_the_vpc_of_an_endpoint(tmp_path: Path) -> None:
    loaded = rules(tmp_path, BY_NEED, ground="vpc: vpc.is_default", first="endpoint: is_the_first_endpoint() unless ground")
    vpc = {"VpcId": "vpc-1", "OwnerId": "111122223333", "State": "available", "CidrBlock": "10.0.0.0/16", "DhcpOptionsId": "dopt-1", "InstanceTenancy": "default"}
    documents = {**SUBNETS, **endpoints("vpce-2")}
    outcomes_of = [by_need(snapshot(job("etl", ("subnet-1",)), further={**documents, "vpcs": {"Vpcs": [vpc | {"IsDefault": is_default}]}}), loaded, "first") for is_default in (False, True)]
    assert [{"vpce-2": "silent"}, {"vpce-2": "fails"}] == outcomes_of


# Findings


def blocked(read: Snapshot, folder: Path) -> Report:
    return report(read, rules(folder, blocked="job: has_no_blocker()").values())


def test_failures_with_one_resource_and_one_cause_are_one_finding(tmp_path: Path) -> None:
    read = snapshot(job("b", blocker="sg-1 CODE"), job("a", blocker="sg-1 CODE"), job("c", blocker="sg-2 CODE"), job("d"))
    findings = blocked(read, tmp_path).findings
    assert [("sg-1", ["processing-job/a", "processing-job/b"]), ("sg-2", ["processing-job/c"])] == [
        (finding.resource.id, [subject.id for subject in finding.subjects]) for finding in findings
    ]
    assert ["a", "b"] == [piece.note for piece in findings[0].evidence]
    assert {"jobs/a.json", "jobs/b.json"} == findings[0].files


def test_another_code_is_another_cause(tmp_path: Path) -> None:
    read = snapshot(job("a", blocker="sg-1 CODE"), job("b", blocker="sg-1 OTHER"))
    assert {"CODE", "OTHER"} == {finding.code for finding in blocked(read, tmp_path).findings}


def test_a_finding_without_evidence_stands_where_its_subject_does(tmp_path: Path) -> None:
    loaded = rules(tmp_path, job_rule='job: tagged(key="x")', subnet_rule="subnet: is_first()", lost="placement: is_first()")
    read = snapshot(job("etl", ("subnet-1", "subnet-2"), x="no"), further=SUBNETS)
    places = {finding.rule.id: (finding.source.file, finding.source.pointer, finding.resource.id) for finding in report(read, loaded.values()).findings}
    assert {
        "job-rule": ("jobs/etl.json", "", "processing-job/etl"),
        "subnet-rule": ("jobs/subnets.json", "/Subnets/1", "subnet-2"),
        "lost": ("jobs/etl.json", "", "processing-job/etl@subnet-2"),
    } == places


def fingerprint(folder: Path, tag: str = "sg-1 CODE sg-7 sg-8", name: str = "etl", path: str = "jobs") -> str:
    finding, = blocked(snapshot(job(name, blocker=tag), folder=path), folder).findings
    return finding.fingerprint


def test_a_fingerprint_knows_no_job_name_and_no_path(tmp_path: Path) -> None:
    same = {fingerprint(tmp_path), fingerprint(tmp_path, name="etl-2026-11-24"), fingerprint(tmp_path, path="elsewhere")}
    assert 1 == len(same)


@pytest.mark.parametrize("tag", ["sg-2 CODE sg-7 sg-8", "sg-1 OTHER sg-7 sg-8", "sg-1 CODE sg-7"], ids=["resource", "code", "deciding ids"])
def test_a_fingerprint_changes_with_the_cause(tmp_path: Path, tag: str) -> None:
    assert fingerprint(tmp_path) != fingerprint(tmp_path, tag)


def test_a_fingerprint_does_not_depend_on_the_order_of_ids(tmp_path: Path) -> None:
    assert fingerprint(tmp_path, "sg-1 CODE sg-7 sg-8") == fingerprint(tmp_path, "sg-1 CODE sg-8 sg-7")


def test_a_fingerprint_of_a_job_is_that_of_the_next_run(tmp_path: Path) -> None:
    loaded = rules(tmp_path, tagged='job: tagged(key="x")').values()
    found = {report(snapshot(job(name, x="no")), loaded).findings[0].fingerprint for name in ("etl-1", "etl-2")}
    assert 1 == len(found)


def test_what_is_undecided_is_grouped_by_what_is_missing(tmp_path: Path) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', both='job: tagged(key="first") and tagged(key="second")')
    read = snapshot(job("b", first="unknown"), job("a", first="unknown", second="unknown"), job("c"))
    shown = [(each.rule.id, [subject.id for subject in each.subjects], [absence.kind for absence in each.missing]) for each in report(read, loaded.values()).undecided]
    assert [
        ("both", ["processing-job/b"], ["tag first"]),
        ("both", ["processing-job/a"], ["tag first", "tag second"]),
        ("first", ["processing-job/a", "processing-job/b"], ["tag first"]),
    ] == shown


@pytest.mark.parametrize("key", ["Subnets", "SecurityGroupIds"])
def test_what_a_finding_says_does_not_exist_leaves_nothing_undecided_beside_it(key: str) -> None:
    known = {"Subnets": "subnet-0a000000000000001", "SecurityGroupIds": "sg-0c000000000000001"}[key]
    change = {"processing-job/nightly-etl": {"NetworkConfig": {"VpcConfig": {key: [known, known.replace("0", "f")]}}}}
    read = environment(Example("", 1, change, frozenset(), {}, frozenset(), frozenset()))
    shipped, _ = load([shipped_rules()], vocabulary())
    selected = frozenset(rule.id for rule in shipped)
    told, ignored, untold = (check(read, shipped, select, ignore, 30) for select, ignore in (
        (selected, frozenset[str]()), (selected, frozenset({"vpc-config-unresolved"})), (selected - {"vpc-config-unresolved"}, frozenset[str]()),
    ))
    assert (["vpc-config-unresolved"], (), ()) == ([finding.rule.id for finding in told.findings], told.undecided, ignored.undecided)
    assert untold.undecided


def test_ignored_findings_are_counted_and_still_explain_others(tmp_path: Path) -> None:
    loaded = rules(tmp_path, first='job: tagged(key="first")', second='job: tagged(key="second") unless first', third='job: tagged(key="third")').values()
    read = snapshot(job("a", first="no", second="no", third="unknown"), job("b", first="unknown"))
    found = report(read, loaded, ignored=["first"])
    assert ([], 1, ["third"], 2) == ([finding.rule.id for finding in found.findings], found.ignored, [each.rule.id for each in found.undecided], found.rules)


def test_only_keeps_what_speaks_of_a_file(tmp_path: Path) -> None:
    read = snapshot(job("a", blocker="sg-1 CODE"), job("b", blocker="sg-2 CODE"))
    narrowed = only(blocked(read, tmp_path), frozenset({"jobs/b.json"}))
    assert ["sg-2"] == [finding.resource.id for finding in narrowed.findings]


# Jobs of the past


def old(read: Snapshot, history: int = 30) -> set[str]:
    return {each.name for each in judged(read.facts, history)[1]}


def test_a_finished_job_counts_for_as_many_days_as_history_says(tmp_path: Path) -> None:
    read = snapshot(finished("new"), finished("month", "2026-10-21T00:00:00Z"), finished("older", "2026-10-20T23:59:59Z"))
    assert [{"older"}, {"month", "older"}, set()] == [old(read, history) for history in (30, 29, 31)]
    found = report(read, rules(tmp_path, large="job: job.instance_count > 1").values())
    assert (["processing-job/month", "processing-job/new"], 2, 1) == ([each.id for finding in found.findings for each in finding.subjects], found.jobs, found.not_judged)


@pytest.mark.parametrize(("status", "expected"), [("Completed", {"old"}), ("Failed", {"old"}), ("Stopped", {"old"}), ("InProgress", set()), ("Stopping", set())])
def test_only_a_finished_job_can_be_too_old(status: str, expected: set[str]) -> None:
    assert expected == old(snapshot(finished("new"), finished("old", "2025-01-01T00:00:00Z", status)))


def test_the_time_is_that_of_the_jobs_own_account() -> None:
    assert set() == old(snapshot(finished("new"), finished("theirs", "2025-01-01T00:00:00Z", account="444455556666")))


def test_the_time_of_the_snapshot_counts_more_than_that_of_jobs() -> None:
    assert {"etl"} == old(snapshot(finished("etl"), further=stated("2026-12-25T00:00:00Z")))
    assert set() == old(snapshot(finished("etl"), further=stated("2026-12-25T00:00:00Z", region="us-east-1")))
    assert set() == old(snapshot(finished("etl"), finished("future", "2027-12-25T00:00:00Z"), further=stated("2026-11-25T00:00:00Z")))


def test_a_request_is_never_too_old() -> None:
    assert set() == old(snapshot(job(), further=stated("2036-12-25T00:00:00Z")))


def stated(time: str, region: str = "eu-west-1") -> dict[str, Node]:
    """A `snapshot.json`, and an export to which its time belongs."""
    return {
        "snapshot": {"version": 1, "account": "111122223333", "region": region, "time": time, "filters": {}, "calls": []},
        **SUBNETS,
    }


def test_a_fingerprint_is_the_same_when_only_amounts_differ() -> None:
    assert _is_id("subnet-0a000000000000001")
    assert not _is_id("4")
    assert not _is_id("TCP 22-23")
