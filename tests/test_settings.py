"""The settings file: where it is found, what it may say, and what is told of one that is wrong."""

import os
from datetime import date
from fnmatch import fnmatch
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint import settings as settings_module
from sagevpc_lint.documents.schema import read
from sagevpc_lint.settings import NAME, Organization, Settings, SettingsError, Suppression, find, load, misnamed, resolve

RULES = {"dhcp-custom-dns": "dns", "vpc-dns-disabled": "dns", "flow-logs-missing": "monitoring"}
EVERYTHING = """\
snapshot: exports
exclude: [old, "*.bak.json"]
rules: [house-rules, /opt/rules]
select: [dns, flow-logs-missing]
ignore: dhcp-custom-dns
severity: {flow-logs-missing: warning}
fail-on: error
allow-undecided: true
needs:
  etl-*: [internet, sts, "10.1.2.3:5432"]
together: [etl-*, [a, b]]
history: 7
organization: {id: o-a1b2c3d4e5, paths: [o-a1b2c3d4e5/r-ab12/], accounts: ["012345678901"]}
suppress:
  - {rule: flow-logs-missing, subject: subnet-*, reason: a sandbox, expires: 2026-12-31}
  - {rule: vpc-dns-disabled, resource: vpc-1, reason: known}
required-version: ">=0.1, <99"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / NAME
    path.write_text(text, "utf-8")
    return path


def refusals(folder: Path, text: str) -> list[tuple[int, int, str]]:
    """Return line, column and message of all that is wrong with a settings file."""
    with pytest.raises(SettingsError) as error:
        load(written(folder, text))
    return [(each.line, each.column, each.message) for each in error.value.errors]


def test_settings_are_found_above_the_working_directory(tmp_path: Path) -> None:
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    path = written(tmp_path, "")
    assert path == find(below)


def test_the_nearest_settings_are_found(tmp_path: Path) -> None:
    below = tmp_path / "a"
    below.mkdir()
    written(tmp_path, "")
    assert written(below, "") == find(below)


@pytest.mark.parametrize("root", ["folder", "file of a worktree"])
def test_settings_above_the_root_of_the_repository_are_not_found(tmp_path: Path, root: str) -> None:
    repository = tmp_path / "repository"
    repository.mkdir()
    (repository / ".git").mkdir() if root == "folder" else (repository / ".git").write_text("gitdir: elsewhere")
    written(tmp_path, "")
    assert None is find(repository)
    assert written(repository, "") == find(repository)


def test_a_folder_of_that_name_is_no_settings_file(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / NAME).mkdir()
    assert None is find(tmp_path)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "\ufeff", "{}"])
def test_a_file_that_says_nothing_means_the_defaults(tmp_path: Path, text: str) -> None:
    loaded = load(written(tmp_path, text))
    assert Settings(file=loaded.file) == loaded
    assert ("warning", False, 30) == (loaded.fail_on, loaded.allow_undecided, loaded.history)


def test_every_key_is_read(tmp_path: Path) -> None:
    path = written(tmp_path, EVERYTHING)
    assert Settings(
        file=path.as_posix(),
        snapshot=(tmp_path / "exports",),
        exclude=(str(tmp_path / "old"), str(tmp_path / "*.bak.json")),
        rules=(tmp_path / "house-rules", Path("/opt/rules")),
        select=("dns", "flow-logs-missing"),
        ignore=("dhcp-custom-dns",),
        severity={"flow-logs-missing": "warning"},
        fail_on="error",
        allow_undecided=True,
        needs={"etl-*": ("internet", "sts", "10.1.2.3:5432")},
        together=(("etl-*",), ("a", "b")),
        history=7,
        organization=Organization("o-a1b2c3d4e5", ("o-a1b2c3d4e5/r-ab12/",), ("012345678901",)),
        suppress=(
            Suppression("flow-logs-missing", "a sandbox", subject="subnet-*", expires=date(2026, 12, 31)),
            Suppression("vpc-dns-disabled", "known", resource="vpc-1"),
        ),
        required_version=">=0.1, <99",
    ) == load(path)


def test_the_schema_and_the_settings_know_the_same_keys() -> None:
    keys = {field.replace("_", "-") for field in Settings.__dataclass_fields__} - {"file", "places"}
    assert keys == read("settings")["properties"].keys()


def test_the_file_is_printed_from_the_working_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "")
    monkeypatch.chdir(tmp_path)
    assert NAME == load(path).file


def test_paths_are_taken_from_the_folder_of_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    below = tmp_path / "below"
    below.mkdir()
    written(tmp_path, "snapshot: exports")
    monkeypatch.chdir(below)
    assert (Path("..") / "exports",) == load(Path("..") / NAME).snapshot


@pytest.mark.parametrize(("pattern", "excluded"), [
    ("old", "old"), ("./old/", "old"), ("*.bak.json", "a.bak.json"), ("../shared", "../shared"), ("o?d", "old"),
])
def test_what_is_excluded_is_matched_by_its_absolute_path(tmp_path: Path, pattern: str, excluded: str) -> None:
    folder = tmp_path / "a [b] c"
    folder.mkdir()
    loaded = load(written(folder, f"exclude: ['{pattern}']"))
    path = os.path.normpath(folder / excluded)
    assert [True] == [fnmatch(path, each) for each in loaded.exclude]
    assert [False] == [fnmatch(str(folder / "new"), each) for each in loaded.exclude]


def test_all_that_is_wrong_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    assert [
        (1, 1, 'selct: not allowed here; did you mean "select"?'),
        (3, 17, "exclude[1]: 3 is not of type 'string'; expected a text that is not empty"),
        (4, 12, "severity.Bad Rule: 'Bad Rule' does not match '^[a-z0-9]+(-[a-z0-9]+)*$'; expected the id of a rule, such as subnet-ip-capacity"),
        (6, 15, "suppress[0].expires: 2026-02-30 is not a day of the calendar"),
        (7, 5, "suppress[1]: 'reason' is a required property; expected why the finding is accepted"),
        (9, 21, 'needs.etl*[1]: "10.0.0.1:0" has port "0"; expected a number from 1 to 65535'),
        (10, 19, 'required-version: "~=1" is not read; expected one of >=, <=, ==, !=, >, < and numbers with dots, such as ">=0.1, <1"'),
    ] == refusals(tmp_path, """\
selct:
  - dns
exclude: [old,  3]
severity: {Bad Rule: error}
suppress:
  - {expires: 2026-02-30, rule: a, subject: b, reason: c}
  - rule: a
    subject: b
needs: {etl*: [sts, "10.0.0.1:0"]}
required-version: "~=1"
""")


@pytest.mark.parametrize(("text", "found"), [
    ("history: -1", "-1 is less than the minimum of 0"),
    ("history: '30'", "'30' is not of type 'integer'"),
    ("fail-on: warn", "'warn' is not one of ['error', 'warning', 'advice']"),
    ("needs: {etl: [sts, 10.0.0.1]}", 'needs.etl[1]: "10.0.0.1" has no port; expected one, such as 10.0.0.1:443'),
    ("needs: {etl: [STS]}", 'needs.etl[0]: "STS" is no need; expected internet, an AWS service such as sts, '),
    ("needs: {etl: ['2001:db8::1']}", 'needs.etl[0]: "2001:db8::1" is an IPv6 address, and the interfaces of jobs are IPv4; expected '),
    ("needs: {etl: ['10.1.2.3/16:443']}", "needs.etl[0]: 10.1.2.3/16 has host bits set; expected 10.1.0.0/16"),
    ("needs: {etl: [peers]}", "needs.etl[0]: peers are what every job with several instances must reach"),
    ("needs: {etl: [443]}", "needs.etl[0]: 443 is not of type 'string'; expected internet, an AWS service such as sts, "),
    ("needs: {etl: internet}", "'internet' is not of type 'array'"),
    ("organization: {accounts: [111122223333]}", "111122223333 is not of type 'string'; expected an account id of twelve digits, in quotes"),
    ("required-version: 0.1", "0.1 is not of type 'string'"),
    ("suppress: [{rule: a, reason: b}]", "'subject' or 'resource' is a required property"),
    ("suppress: [{rule: a, subject: b}]", "'reason' is a required property"),
    ("snapshot: \"a\\0b\"", r"'a\x00b' does not match "),
    ("- dns", "a list of 1 is not of type 'object'; expected a mapping of settings"),
    ("select:", "null is not of type 'string', 'array'"),
])
def test_a_value_of_the_wrong_form_is_refused(tmp_path: Path, text: str, found: str) -> None:
    assert [True] == [found in message for _, _, message in refusals(tmp_path, text)]


def test_text_that_is_no_yaml_is_told_with_its_place(tmp_path: Path) -> None:
    assert [(2, 1)] == [(line, column) for line, column, _ in refusals(tmp_path, "select: dns\nselect: dns\n")]


def test_a_file_that_cannot_be_read_is_told_by_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path / "none.yaml")
    assert f"{(tmp_path / 'none.yaml').as_posix()}: cannot be read: No such file or directory" == str(error.value)


def test_bytes_that_are_no_text_are_told_with_their_place(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"select: dns\nignore: \xff\n")
    with pytest.raises(SettingsError) as error:
        load(tmp_path / NAME)
    assert [(2, 9)] == [(each.line, each.column) for each in error.value.errors]


def test_settings_for_another_version_are_told_that_alone(tmp_path: Path) -> None:
    assert [(2, 19, f'required-version: this is sagevpc-lint {settings_module.VERSION}, and the settings are for ">=99"; install a version that fits')] == refusals(
        tmp_path, 'a-key-of-version-99: 1\nrequired-version: ">=99"\n'
    )


@pytest.mark.parametrize(("wanted", "version"), [
    (">=0.1", "0.1.0"), ("==0.1", "0.1.0"), ("==0.1.0", "0.1"), ("<0.10", "0.9"), (">0.9", "0.10"), ("!=0.1.1", "0.1.0"), ("<=1, >=0.1 , != 0.2", "0.3"), (">0", "0.0.1"),
])
def test_a_version_that_fits_is_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, version: str) -> None:
    monkeypatch.setattr(settings_module, "VERSION", version)
    assert wanted == load(written(tmp_path, f'required-version: "{wanted}"')).required_version


@pytest.mark.parametrize(("wanted", "version"), [(">=0.1.1", "0.1.0"), ("!=0.1", "0.1.0"), ("<0.9", "0.10"), (">0.1", "0.1.0"), (">=0.1, <0.2", "0.2.0")])
def test_a_version_that_does_not_fit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str, version: str) -> None:
    monkeypatch.setattr(settings_module, "VERSION", version)
    assert [True] == [message.startswith(f"required-version: this is sagevpc-lint {version}, ") for _, _, message in refusals(tmp_path, f'required-version: "{wanted}"')]


@pytest.mark.parametrize("wanted", ["~=0.1", "0.1", "==0.*", ">=0.1rc1", ">=0.1,", ">=", "=0.1", ">=1 2", ">=" + "9" * 5000, ">=٣"])
def test_a_version_of_another_form_is_refused(tmp_path: Path, wanted: str) -> None:
    assert [True] == [" is not read; expected one of >=, <=, ==, !=, >, < and numbers with dots" in message for _, _, message in refusals(tmp_path, f"required-version: '{wanted}'")]


@given(st.lists(st.sampled_from([*RULES, *RULES.values()])))
def test_names_are_ids_or_folders(names: list[str]) -> None:
    assert {id for id in RULES if id in names or RULES[id] in names} == resolve(names, RULES)


def test_all_unknown_names_are_told_with_the_nearest() -> None:
    with pytest.raises(ValueError) as error:
        resolve(["monitorng", "dns", "flow-log-missing", "x"], RULES)
    assert (
        'no rule or folder of rules "monitorng"; did you mean "monitoring"?; no rule or folder of rules "flow-log-missing"; did you mean "flow-logs-missing"?; '
        'no rule or folder of rules "x"; sagevpc-lint rules lists them'
    ) == str(error.value)


def test_unknown_names_in_the_settings_are_told_with_their_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    loaded = load(written(tmp_path, "select: [dns, dnss]\nignore: monitorin\n"))
    assert [
        f'{NAME}:1:15: select: no rule or folder of rules "dnss"; did you mean "dns"?',
        f'{NAME}:2:9: ignore: no rule or folder of rules "monitorin"; did you mean "monitoring"?',
    ] == [str(error) for error in misnamed(loaded, RULES)]
