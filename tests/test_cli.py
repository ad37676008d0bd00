"""The command line: exit codes, what is printed where, and what is read; by a process of its own each exit code, and all that hangs on the process."""

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import TextIO

import pytest

from sagevpc_lint import cli, reports
from sagevpc_lint.documents.schema import check

ROOT = Path(__file__).parent.parent
COMMAND = (sys.executable, "-m", "sagevpc_lint")
STEERING = ("NO_COLOR", "TERM", "COLUMNS", "PYTHONPATH", "PYTHONUTF8", "PYTHONIOENCODING")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name not in STEERING} | {"PYTHONPATH": str(ROOT), "TERM": "xterm"}

JOB = "describe-processing-job.nightly-etl.json"
SUBNETS = "describe-subnets.json"
LOGS = "describe-flow-logs.json"
REQUEST = '{"ProcessingJobName": "mine", "RoleArn": "arn:aws:iam::111122223333:role/etl", "AppSpecification": {"ImageUri": "i"},\n' \
    ' "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}}}'
RULE = """\
name: Job is small
severity: warning
for: job
require: {require}
message: "{{job}} is small"
rationale: A made-up rule.
remediation: More instances.
examples:
  - name: two instances
    fail: {{processing-job/nightly-etl: {message}}}
  - name: three instances
    change: {{processing-job/nightly-etl: {{ProcessingResources: {{ClusterConfig: {{InstanceCount: 3}}}}}}}}
    pass: [processing-job/nightly-etl]
"""


@dataclass(frozen=True)
class Ran:
    """A run that has ended: its exit code and what it printed."""

    code: int
    out: str
    err: str


def run(*arguments: str | Path, cwd: Path, stdin: str = "", out: TextIO | None = None, **variables: str) -> Ran:
    """Run the program in this process, with streams, a working directory and an environment of its own, and check what holds of every run."""
    given, printed, told = (TextIOWrapper(BytesIO(text.encode()), "utf-8") for text in (stdin, "", ""))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(cwd)
        patch.setattr(os, "environ", ENVIRONMENT | variables)
        for name, stream in (("stdin", given), ("stdout", out or printed), ("stderr", told)):
            patch.setattr(sys, name, stream)
        try:
            code = cli.main([*map(str, arguments)])
        except SystemExit as error:  # of the arguments' parser
            code = error.code  # type: ignore[assignment]
    return checked(arguments, Ran(code, *(written(stream) for stream in (printed, told))))


def written(stream: TextIOWrapper) -> str:
    stream.seek(0)
    return stream.read()


def process(*arguments: str | Path, cwd: Path, command: Sequence[str] = COMMAND) -> Ran:
    """Run the program in a process of its own, and check what holds of every run."""
    done = subprocess.run([*command, *map(str, arguments)], cwd=cwd, stdin=subprocess.DEVNULL, capture_output=True, env=ENVIRONMENT, timeout=60)
    return checked(arguments, Ran(done.returncode, done.stdout.decode(), done.stderr.decode()))


def checked(arguments: Sequence[str | Path], done: Ran) -> Ran:
    """A run shows no traceback that was not asked for."""
    assert "--verbose" in arguments or "Traceback" not in done.err
    return done


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """A folder to work in, the root of a repository, with a good snapshot in it."""
    folder = tmp_path / "repository"
    (folder / ".git").mkdir(parents=True)
    shutil.copytree(ROOT / "fixtures" / "good", folder / "snapshot")
    return folder


def edit(path: Path, old: str, new: str) -> None:
    """Replace the only *old* in a file."""
    text = path.read_text("utf-8")
    assert 1 == text.count(old)
    path.write_text(text.replace(old, new), "utf-8")


def place(path: Path, text: str) -> str:
    """Line and column of the first *text* in a file."""
    before = path.read_text("utf-8").partition(text)[0]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def break_job(here: Path) -> str:
    """Let the job name a subnet that does not exist, and return the line that must be printed."""
    edit(here / "snapshot" / JOB, '"subnet-0b000000000000002"', '"subnet-0d000000000000004"')
    at = place(here / "snapshot" / JOB, '"subnet-0d')
    return f"snapshot/{JOB}:{at}: error: VpcConfig names subnet-0d000000000000004, which does not exist [vpc-config-unresolved]"


def write_rule(folder: Path, require: str = "job.instance_count > 2", message: str = "processing-job/nightly-etl is small", id: str = "job-small") -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{id}.yaml").write_text(RULE.format(require=require, message=message), "utf-8")


# Exit codes


def test_0_the_good_environment_is_clean(here: Path) -> None:
    done = process("check", "snapshot", cwd=here)
    assert (0, "") == (done.code, done.err)
    assert done.out.startswith("no findings; nothing undecided; 1 job in 1 VPC, ")


def test_0_without_a_path_the_working_directory_is_checked(here: Path) -> None:
    assert "; 1 job in 1 VPC, " in run("check", cwd=here).out


def test_1_a_finding_is_printed_with_its_place(here: Path) -> None:
    line = break_job(here)
    done = process("check", "snapshot", cwd=here)
    assert (1, line, "") == (done.code, done.out.partition("\n")[0], done.err)


def test_1_the_least_severity_that_counts_can_be_chosen(here: Path) -> None:
    edit(here / "snapshot" / LOGS, '"TrafficType": "ALL"', '"TrafficType": "REJECT"')
    codes = [run("check", "snapshot", *options, cwd=here).code for options in ((), ("--fail-on", "advice"))]
    assert [0, 1] == codes


UNUSABLE: tuple[tuple[tuple[str, ...], str], ...] = (
    (("nowhere",), "sagevpc-lint: nowhere: no such file or folder\n"),
    (("snapshot", "--fail-on", "fatal"), "invalid choice: 'fatal'"),
    (("snapshot", "--today", "tomorrow"), "tomorrow is not a date; expected one such as 2026-11-24"),
    (("snapshot", "--select", "sg-no-self-ingres"), 'sagevpc-lint: select: no rule or folder of rules "sg-no-self-ingres"; did you mean "sg-no-self-ingress"?\n'),
    (("snapshot", "--config", "nowhere.yaml"), "sagevpc-lint: nowhere.yaml: cannot be read: No such file or directory\n"),
    (("snapshot", "--output", "nowhere/report"), "sagevpc-lint: nowhere/report: cannot be written: No such file or directory\n"),
)


@pytest.mark.parametrize(("arguments", "message"), UNUSABLE, ids=[" ".join(arguments) for arguments, _ in UNUSABLE])
def test_2_unusable_arguments_are_refused(here: Path, arguments: tuple[str, ...], message: str) -> None:
    done = run("check", *arguments, cwd=here)
    assert (2, "") == (done.code, done.out)
    assert message in done.err


@pytest.mark.parametrize(("file", "further"), [("notes.json", ("snapshot/notes.json",)), ("describe-nothing.json", ())], ids=["named", "called like a call"])
def test_2_broken_json_that_is_meant_for_us_is_refused(here: Path, file: str, further: tuple[str, ...]) -> None:
    (here / "snapshot" / file).write_text("{\n", "utf-8")
    done = run("check", "snapshot", *further, cwd=here)
    message = f"snapshot/{file}:2:1: error: not JSON: "
    assert (2, message) == (done.code, done.out[: len(message)])
    assert "1 input error; no findings; nothing undecided; 1 job" in done.out


def test_0_broken_json_of_somebody_else_is_skipped(here: Path) -> None:
    (here / "snapshot" / "notes.json").write_text("{\n", "utf-8")
    done = run("check", "snapshot", "--verbose", cwd=here)
    assert 0 == done.code
    assert "\nskipped:\n  snapshot/notes.json" in done.out


def test_2_brackets_without_end_are_refused(here: Path) -> None:
    (here / "deep.json").write_text("[\n" * 5000, "utf-8")
    done = process("check", "deep.json", cwd=here)
    assert (2, "deep.json:101:1: error: brackets are nested deeper than 100 levels") == (done.code, done.out.partition("\n")[0])


def test_2_a_value_of_the_wrong_type_is_refused_with_its_place_and_the_rest_is_judged(here: Path) -> None:
    edit(here / "snapshot" / SUBNETS, '"CidrBlock": "10.0.1.0/24"', '"CidrBlock": 7')
    (here / "mine.json").write_text(REQUEST, "utf-8")
    done = run("check", cwd=here)
    assert 2 == done.code
    assert done.out.startswith(f"snapshot/{SUBNETS}:{place(here / 'snapshot' / SUBNETS, '7,')}: error: Subnets[0].CidrBlock: 7 is not of type ")
    assert 1 == done.out.count("[job-without-vpc]")


@pytest.mark.parametrize(
    ("require", "message"),
    [
        ("is_smal()", 'rules/job-small.yaml:4:10: error: require: no question "is_smal"; '),
        ('job.__class__ == "Job"', 'rules/job-small.yaml:4:14: error: require: "job" has no field "__class__"; '),
        ("__import__('os').system('true')", "rules/job-small.yaml:4:10: error: require: "),
    ],
    ids=["unknown question", "__class__", "__import__"],
)
def test_2_a_rule_that_is_wrong_is_refused_and_the_rest_is_judged(here: Path, require: str, message: str) -> None:
    write_rule(here / "rules", require)
    done = run("check", "snapshot", "--rules", "rules", cwd=here)
    assert (2, message) == (done.code, done.out[: len(message)])
    assert "1 input error; no findings; nothing undecided; 1 job" in done.out


def test_2_a_rule_that_is_selected_and_wrong_is_told_for_what_it_is(here: Path) -> None:
    write_rule(here / "rules", "is_smal()")
    done = run("check", "snapshot", "--rules", "rules", "--select", "job-small", cwd=here)
    assert (2, "") == (done.code, done.out)
    assert 'sagevpc-lint: rules/job-small.yaml:4:10: require: no question "is_smal"; ' in done.err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fail-on: fatal\n", "sagevpc-lint: sagevpc-lint.yaml:1:10: fail-on: "),
        ("histroy: 3\n", "sagevpc-lint: sagevpc-lint.yaml:1:1: "),
        ("ignore: [job]\nselect: [dns, nothing]\n", 'sagevpc-lint: sagevpc-lint.yaml:2:15: select: no rule or folder of rules "nothing"; '),
    ],
    ids=["value", "key", "rule"],
)
def test_2_settings_that_are_wrong_are_refused_with_their_place(here: Path, text: str, message: str) -> None:
    (here / "sagevpc-lint.yaml").write_text(text, "utf-8")
    done = run("check", "snapshot", cwd=here)
    assert (2, "", message) == (done.code, done.out, done.err[: len(message)])


def test_3_a_page_that_is_left_over_proves_nothing(here: Path) -> None:
    logs = here / "snapshot" / LOGS
    logs.write_text('{"FlowLogs": [], "NextToken": "more"}', "utf-8")
    done = process("check", "snapshot", cwd=here)
    assert 3 == done.code
    assert "    aws ec2 describe-flow-logs\n" in done.out
    logs.write_text('{"FlowLogs": []}', "utf-8")
    assert 0 == run("check", "snapshot", cwd=here).code


def test_3_an_export_that_is_missing_is_undecided_unless_that_is_allowed(here: Path) -> None:
    (here / "snapshot" / LOGS).unlink()
    codes = [run("check", "snapshot", *options, cwd=here).code for options in ((), ("--allow-undecided",), ("--fail-on", "error"), ("--ignore", "monitoring"))]
    assert [3, 0, 0, 0] == codes
    break_job(here)
    assert 1 == run("check", "snapshot", cwd=here).code


def test_4_where_there_is_no_job_nothing_was_checked(here: Path) -> None:
    (here / "empty").mkdir()
    (here / "other").mkdir()
    (here / "other" / "package.json").write_text('{"name": "other"}', "utf-8")
    nothing, unrelated = process("check", "empty", cwd=here), run("check", "other", cwd=here)
    assert (4, "sagevpc-lint: nothing to check: no file was found\n") == (nothing.code, nothing.err)
    assert (4, "sagevpc-lint: nothing to check: no job definition in 1 files\n") == (unrelated.code, unrelated.err)


def test_4_where_all_jobs_are_older_than_history_nothing_was_checked(here: Path) -> None:
    stated = {"version": 1, "account": "111122223333", "region": "eu-west-1", "time": "2026-12-31T00:00:00Z", "filters": {}, "calls": []}
    (here / "snapshot" / "snapshot.json").write_text(json.dumps(stated), "utf-8")
    done = run("check", "snapshot", cwd=here)
    assert (4, "sagevpc-lint: nothing to check: all 1 jobs ended longer ago than `history` allows\n") == (done.code, done.err)
    (here / "sagevpc-lint.yaml").write_text("history: 60\n", "utf-8")
    assert 0 == run("check", "snapshot", cwd=here).code


@pytest.mark.parametrize("options", [(), ("--verbose",)], ids=["plain", "verbose"])
def test_70_a_fault_of_the_tool_is_one_line_and_its_traceback_only_if_asked_for(here: Path, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reports, "render", lambda *report, **options: 1 / 0)
    done = run("check", "snapshot", *options, cwd=here)
    told, line = done.err.splitlines()[:-1], done.err.splitlines()[-1]
    assert (70, "") == (done.code, done.out)
    assert "sagevpc-lint: a fault of this tool: ZeroDivisionError: division by zero; --verbose shows where" == line
    assert (["Traceback (most recent call last):"] if options else []) == told[:1]


def test_70_a_fault_is_not_taken_for_findings_where_nothing_can_be_printed(here: Path) -> None:
    done = process("-c", f"exec {sys.executable} -m sagevpc_lint check snapshot >&-", cwd=here, command=("sh",))
    assert (70, 1) == (done.code, done.err.count("\n"))


def test_130_an_interrupt_ends_it_without_a_word(here: Path) -> None:
    process = subprocess.Popen(
        [*COMMAND, "check", "-"], cwd=here, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # what runs in the background of a shell ignores interrupts
    )
    assert process.stdin is not None
    process.stdin.write(b" " * 1_000_000)  # more than a pipe holds: once it is written, the process is reading
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    assert (b"", b"") == process.communicate(timeout=60)
    assert 130 == process.returncode


# What is read


def test_standard_input_is_a_file_with_the_name_that_it_is_given(here: Path) -> None:
    done = run("check", "snapshot", "-", "--stdin-filename", "jobs/mine.json", cwd=here, stdin=REQUEST)
    assert (1, "jobs/mine.json:1:1: warning: processing-job/mine has no VpcConfig") == (done.code, done.out.rpartition(": it runs")[0])
    refused = run("check", "-", "--stdin-filename", "jobs/mine.json", cwd=here, stdin=REQUEST[:-1])
    message = f"jobs/mine.json:2:{len(REQUEST.splitlines()[1])}: error: not JSON: "
    assert (2, message) == (refused.code, refused.out[: len(message)])


def test_powershells_utf_16_is_read_and_its_places_are_counted_in_characters(here: Path) -> None:
    line = break_job(here)
    for file in (JOB, SUBNETS):
        text = (here / "snapshot" / file).read_text("utf-8")
        (here / "snapshot" / file).write_bytes(text.replace("\n", "\r\n").encode("utf-16"))
    done = run("check", "snapshot", cwd=here)
    assert (1, line) == (done.code, done.out.partition("\n")[0])


def test_only_narrows_what_is_reported_not_what_is_read(here: Path) -> None:
    break_job(here)
    (here / "mine.json").write_text(REQUEST, "utf-8")
    done = run("check", "--format", "json", "--only", "./mine.json", cwd=here)
    report = json.loads(done.out)
    assert (1, ["job-without-vpc"], 2) == (done.code, [finding["rule"] for finding in report["findings"]], report["summary"]["jobs"])
    assert 0 == run("check", "--only", f"snapshot/{LOGS}", cwd=here).code


def test_settings_are_found_above_up_to_the_root_of_the_repository(here: Path) -> None:
    (here.parent / "sagevpc-lint.yaml").write_text("ignore: nothing\n", "utf-8")
    (here / "jobs").mkdir()
    without = run("check", "../snapshot", "--format", "json", cwd=here / "jobs")
    assert (0, None) == (without.code, json.loads(without.out)["settings"]["file"])
    (here / "sagevpc-lint.yaml").write_text("snapshot: snapshot\nignore: job\n", "utf-8")
    found = run("check", "--format", "json", cwd=here / "jobs")
    assert (0, (here / "sagevpc-lint.yaml").as_posix(), 1) == (found.code, json.loads(found.out)["settings"]["file"], json.loads(found.out)["summary"]["jobs"])


def test_settings_are_overruled_by_the_command_line(here: Path) -> None:
    break_job(here)
    (here / "sagevpc-lint.yaml").write_text("select: [dns, nothing]\nfail-on: advice\n", "utf-8")
    assert 1 == run("check", "snapshot", "--isolated", cwd=here).code
    assert 0 == run("check", "snapshot", "--select", "dns", cwd=here).code


# What is printed


def test_the_json_report_keeps_its_schema_and_goes_where_it_is_sent(here: Path) -> None:
    break_job(here)
    done = run("check", "snapshot", "--format", "json", "--output", "report.json", cwd=here)
    report = json.loads((here / "report.json").read_text("utf-8"))
    assert (1, "", ()) == (done.code, done.out, check("report", report))
    assert ["vpc-config-unresolved"] == [finding["rule"] for finding in report["findings"]]


def on_terminal(*arguments: str, cwd: Path, **variables: str) -> str:
    """Run the program on a terminal and return what it prints there."""
    ours, theirs = pty.openpty()
    with open(theirs, "w", encoding="utf-8") as terminal:
        run(*arguments, cwd=cwd, out=terminal, **variables)
        printed = os.read(ours, 65536)
    os.close(ours)
    return printed.decode()


def test_colour_is_for_terminals_and_for_those_who_want_it(here: Path) -> None:
    break_job(here)
    wanted = {
        "pipe": "\x1b[" in run("check", "snapshot", cwd=here).out,
        "pipe, always": "\x1b[" in run("check", "snapshot", "--color", "always", cwd=here).out,
        "terminal": "\x1b[" in on_terminal("check", "snapshot", cwd=here),
        "terminal, never": "\x1b[" in on_terminal("check", "snapshot", "--color", "never", cwd=here),
        "terminal, NO_COLOR": "\x1b[" in on_terminal("check", "snapshot", cwd=here, NO_COLOR="1"),
    }
    assert {"pipe": False, "pipe, always": True, "terminal": True, "terminal, never": False, "terminal, NO_COLOR": False} == wanted


def test_a_reader_that_has_gone_changes_no_exit_code(here: Path) -> None:
    break_job(here)
    process = subprocess.Popen([*COMMAND, "check", "snapshot", "-"], cwd=here, env=ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, err = process.communicate(REQUEST.encode(), timeout=60)
    assert (1, b"") == (process.returncode, err)


def test_names_do_not_steer_the_terminal(here: Path) -> None:
    edit(here / "snapshot" / JOB, '"subnet-0b000000000000002"', '"subnet-\\u001b[31m\\u0007\\u202e"')
    (here / "snapshot" / "get-\x1b[2J.json").write_text("{", "utf-8")
    write_rule(here / "rules", message='"\\e[31m"', id="job-small")
    (here / "rules" / "\x1b[31m.yaml").write_text("name: x\n", "utf-8")
    runs = [
        process("check", "snapshot", "--verbose", cwd=here),
        run("check", "\x1b[31m", cwd=here),
        run("check", "snapshot", "--select", "\x1b[31m", cwd=here),
        run("explain", "\x1b[31m", cwd=here),
        run("rules", "--test", "rules", cwd=here),
    ]
    assert [2, 2, 2, 2, 2] == [done.code for done in runs]
    assert all("\\x1b[" in done.out + done.err for done in runs)
    assert set() == {character for done in runs for character in done.out + done.err if not character.isprintable()} - {"\n"}


# The other commands


def test_rules_are_listed_for_people_and_for_machines(here: Path) -> None:
    table, listed = run("rules", cwd=here), run("rules", "--format", "json", cwd=here)
    rules = json.loads(listed.out)
    assert (0, 0) == (table.code, listed.code)
    assert {"id": "vpc-dns-disabled", "severity": "error", "for": ["vpc"], "name": "VPC resolves no names", "folder": "dns"} in rules
    assert sorted(rule["id"] for rule in rules) == sorted(line.split()[1] for line in table.out.splitlines())


def test_the_examples_of_all_rules_are_run(here: Path) -> None:
    done = run("rules", "--test", cwd=here)
    assert (0, "") == (done.code, done.err)
    assert done.out.endswith(" examples: as they must be\n")


def test_the_examples_of_the_rules_in_a_folder_are_run(here: Path) -> None:
    write_rule(here / "rules")
    for folder, cwd in (("rules", here), (".", here / "rules")):
        right = run("rules", "--test", folder, cwd=cwd)
        assert (0, "1 rule, 2 examples: as they must be\n") == (right.code, right.out)
    write_rule(here / "rules", message="it is tiny")
    wrong = run("rules", "--test", "rules", cwd=here)
    difference = 'processing-job/nightly-etl: expected "it is tiny", got "processing-job/nightly-etl is small"'
    assert (1, f"rules/job-small.yaml:9: two instances: {difference}") == (wrong.code, wrong.out.partition("\n")[0])


def test_a_rule_of_ones_own_is_checked_beside_the_others(here: Path) -> None:
    write_rule(here / "rules")
    done = run("check", "snapshot", "--rules", "rules", cwd=here)
    assert (1, 1) == (done.code, done.out.count("[job-small]"))
    assert "1 warning" in done.out


def test_explain_prints_the_rule_in_any_encoding(here: Path) -> None:
    shipped = run("explain", "vpc-dns-disabled", cwd=here)
    assert (0, (ROOT / "rules" / "dns" / "vpc-dns-disabled.yaml").read_text("utf-8")) == (shipped.code, shipped.out)
    write_rule(here / "rules")
    text = (here / "rules" / "job-small.yaml").read_text("utf-8")
    (here / "rules" / "job-small.yaml").write_bytes(text.encode("utf-16"))
    own = run("explain", "job-small", "--rules", "rules", cwd=here)
    assert (0, text) == (own.code, own.out)


def test_explain_names_the_nearest_rule(here: Path) -> None:
    done = run("explain", "vpc-dns-disable", cwd=here)
    assert (2, 'sagevpc-lint: no rule "vpc-dns-disable"; did you mean "vpc-dns-disabled"?\n') == (done.code, done.err)


def test_collect_prints_a_script(here: Path) -> None:
    done = run("collect", "--region", "eu-west-1", cwd=here)
    assert (0, "#!/bin/sh") == (done.code, done.out.partition("\n")[0])


def test_a_clean_run_imports_nothing_that_it_does_not_need(here: Path) -> None:
    heavy = "import sys; from sagevpc_lint import cli; cli.main(sys.argv[1:]); print(sorted({'jsonschema', 'networkx', 'difflib'} & sys.modules.keys()))"
    addresses_only = process("check", "--select", "addresses", "snapshot", cwd=here, command=(sys.executable, "-c", heavy))
    walked = process("check", "snapshot", cwd=here, command=(sys.executable, "-c", heavy))
    assert ("[]", "['networkx']") == (addresses_only.out.splitlines()[-1], walked.out.splitlines()[-1])
