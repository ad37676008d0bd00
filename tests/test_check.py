"""From verdicts to findings: what silences what, what is one cause, which jobs count, and that no order matters."""

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import permutations
from pathlib import Path
from types import ModuleType

import pytest

from sagevpc_lint import documents
from sagevpc_lint.answer import Absence, Answer, Evidence, Missing, Resource
from sagevpc_lint.check import Judge, Report, Verdict, _is_id, check, judged, only
from sagevpc_lint.documents import Snapshot
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job
from sagevpc_lint.questions import questions_of
from sagevpc_lint.rulebook import Rule, load

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


def rules(folder: Path, **texts: str) -> dict[str, Rule]:
    """Write rules, each `KIND: CONDITION` and perhaps `unless ID, ID`, and load them."""
    for id, text in texts.items():
        rule, _, unless = text.partition(" unless ")
        kind, _, require = rule.partition(": ")
        lines = [f"name: {id}", "severity: error", f"for: {kind}", f"require: {require}", "message: a message", "rationale: because", "remediation: mend it"]
        (folder / f"{id.replace('_', '-')}.yaml").write_text("\n".join([*lines, *([f"unless: [{unless}]"] if unless else [])]), "utf-8")
    loaded, errors = load([folder], WORDS)
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


def report(read: Snapshot, loaded: Iterable[Rule], ignored: Iterable[str] = (), history: int = 30) -> Report:
    loaded = tuple(loaded)
    return check(read, loaded, frozenset(rule.id for rule in loaded), frozenset(ignored), history)


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
