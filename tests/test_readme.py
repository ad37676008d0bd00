"""What the README shows is what the tool does."""

import re
from dataclasses import fields
from itertools import takewhile
from pathlib import Path

import pytest

from sagevpc_lint import cli
from sagevpc_lint.documents.exports import READERS
from sagevpc_lint.model.kinds import BY_NAME
from sagevpc_lint.model.subjects import NOUNS, ROOTS
from sagevpc_lint.questions import vocabulary

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def block(language: str, after: str) -> str:
    """The first block of *language* after a line of the README."""
    return re.search(rf"```{language}\n(.*?)```", README[README.index(after):], re.DOTALL)[1]  # type: ignore[index]


def test_the_finding_is_printed_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.FINDINGS == cli.main(["check", "--isolated", "fixtures/good", "fixtures/faulty"])
    assert block("text", "A finding, as it is printed") in capsys.readouterr().out


SHOWN = re.findall(r"```sh\nsagevpc-lint (trace [^\n]*)\n```\n\n```text\n(.*?)```", README, re.DOTALL)


def test_all_kinds_of_destination_are_shown() -> None:
    assert ["s3", "internet", "kms", "peers", "10.0.0.0/8:5432"] == [command.split()[2] for command, _ in SHOWN]


@pytest.mark.parametrize(("command", "printed"), SHOWN, ids=[command for command, _ in SHOWN])
def test_a_trace_is_printed_so(command: str, printed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(ROOT)
    assert cli.main(command.split()) in (cli.CLEAN, cli.FINDINGS)
    assert printed == capsys.readouterr().out


def test_the_rule_is_accepted_with_its_examples(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = re.search(r"our-rules/([a-z-]+\.yaml)", README)[1]  # type: ignore[index]
    (tmp_path / name).write_text(block("yaml", "## Add a rule"))
    assert cli.CLEAN == cli.main(["rules", "--test", str(tmp_path)])
    assert "1 rule, 3 examples" in capsys.readouterr().out


def test_the_settings_are_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = block("yaml", "## Settings").replace("rules: [our-rules]", "rules: []")
    (tmp_path / "sagevpc-lint.yaml").write_text(settings)
    assert cli.CLEAN == cli.main(["check", str(ROOT / "fixtures" / "good")])


def test_the_table_of_documents_names_every_kind_that_is_read() -> None:
    rows = [row.split("|") for row in block_of_table("## What it reads")]
    named = {name for row in rows for name in re.findall(r"`([a-z-]+)`", row[1])}
    calls = {call for row in rows for call in re.findall(r"`(\w+ [a-z-]+)`", row[2])}
    assert {kind for kind in READERS if kind not in ("prefix-lists", "managed-prefix-lists")} <= named
    assert {BY_NAME[kind].call for kind in named if kind in BY_NAME} <= calls


def test_the_tables_of_fields_and_questions_are_whole() -> None:
    fields_shown = {row.split("|")[1].strip(): set(re.findall(r"`(\w+)(?:\.\w+)?`", row.split("|")[3])) for row in block_of_table("| subject |")}
    for name, noun in NOUNS.items():
        assert {field.name for field in fields(noun)} - {"source", "rules", "data", "missing"} == fields_shown[name]
    assert {*ROOTS, "need"} == set(fields_shown)
    shown = {re.search(r"`(\w+)\(", row)[1]: row.split("|")[2].strip() for row in block_of_table("| question |")}  # type: ignore[index]
    assert {name: ", ".join(question.asks) for name, question in vocabulary().items()} == shown


def test_the_table_of_exit_codes_is_whole() -> None:
    codes = {int(row.split("|")[1]) for row in block_of_table("## Exit codes")}
    assert {cli.CLEAN, cli.FINDINGS, cli.UNUSABLE, cli.UNDECIDED, cli.NOTHING, cli.FAULT, cli.INTERRUPTED} == codes


def block_of_table(heading: str) -> list[str]:
    lines = README[README.index(heading):].splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith("|---")) + 1
    return list(takewhile(lambda line: line.startswith("|"), lines[start:]))
