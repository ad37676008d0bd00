"""Rule files: what is refused and where, what is read, and what a rule says of a subject."""

import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagevpc_lint.answer import Absence, Answer, Missing, Unknown
from sagevpc_lint.documents.yaml_text import read as read_yaml
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, Need, Subnet, VpcConfig, VpcEndpoint
from sagevpc_lint.model.subjects import Subject
from sagevpc_lint.network.graph import Network
from sagevpc_lint.questions import questions_of, vocabulary
from sagevpc_lint.rulebook import Rule, examples, load, shipped_rules
from sagevpc_lint.rulebook.rules import read_rule
from sagevpc_lint.rulebook.sheets import Origin, without_examples
from sagevpc_lint.source import InputError, Source

LACKING = Absence("route-tables", "111122223333/eu-west-1", "export", "aws ec2 describe-route-tables")


def is_yes(facts: Facts) -> Answer:
    """Is it yes?"""
    return Answer(True, because=("it is",))


def is_lost(facts: Facts) -> Answer:
    """Is it anything?"""
    raise Missing(LACKING)


def is_asked(facts: Facts) -> Answer:
    """Is it asked at all?"""
    raise AssertionError("this question must not be asked")


def reaches_service(facts: Facts, job: Job, subnet: str, *, name: str = "s3") -> Answer:
    """Does the job reach
    the service?

    Names: route_table, endpoint
    """
    return Answer(False, names={"route_table": ("rtb-1", "rtb-2")}, because=("there is no route.", "the route is a blackhole."))


def reaches_it(network: Network, need: Need) -> Answer:
    """Does it reach it?"""
    return Answer(True)


def knows_all_needs(network: Network, needs: tuple[Need, ...]) -> Answer:
    """Are all known?

    Names: network, needs
    """
    return Answer(True, names={"network": (str(id(network)),), "needs": tuple(need.id for need in needs)})


def module_of(*functions: Callable[..., Any], name: str = "made_up") -> ModuleType:
    module = ModuleType(name)
    for function in functions:
        function.__module__ = name
        setattr(module, function.__name__, function)
    return module


WORDS = questions_of([module_of(is_yes, is_lost, is_asked, reaches_service)])
RULE = """\
name: A rule
severity: error
for: placement
where: is_yes()
require: reaches_service()
message: "{subnet} uses {route_table}"
rationale: Because.
remediation: Mend {route_table}.
"""
EXAMPLES = """\
examples:
  - name: one
    fail: {subnet-1: no}
  - name: another
    pass: [subnet-2]
"""


def read(text: str, id: str = "made-up") -> tuple[Rule | None, list[str]]:
    rule, errors = read_rule(Origin(id, "job", f"{id}.yaml", Path(f"{id}.yaml")), text, WORDS)
    assert (rule is None) == bool(errors)
    return rule, [str(error) for error in errors]


def rule_of(text: str) -> Rule:
    rule, errors = read(text)
    assert rule is not None, errors
    return rule


def changed(**members: str | None) -> str:
    """RULE with other lines: a member by its text, a new one at the end, or none at all."""
    lines = dict(line.split(": ", 1) for line in RULE.splitlines()) | {name.removesuffix("_"): text for name, text in members.items()}
    return "".join(f"{name}: {text}\n" for name, text in lines.items() if text is not None)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/').replace('_', '-')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def test_a_rule_is_read_whole() -> None:
    text = changed(since='"0.1"', guidance="A section", for_="[placement, job, job]", require="is_yes()", unless="[other]", message="'{job}'", remediation="Mend.", references="[https://a.b/c]")
    rule = rule_of(text)
    assert ("made-up", "job", "made-up.yaml", "A rule", "error", "0.1", "A section") == (rule.id, rule.folder, rule.file, rule.name, rule.severity, rule.since, rule.guidance)
    assert (("placement", "job"), ("other",), ("https://a.b/c",), "Because.") == (rule.kinds, rule.unless, rule.references, rule.rationale)


def test_what_a_rule_may_leave_out_is_empty() -> None:
    rule = rule_of(changed(where=None))
    assert (None, (), (), "", "") == (rule.where, rule.unless, rule.references, rule.since, rule.guidance)


FIELDS = "arn, changed, data, enable_inter_container_traffic_encryption, enable_network_isolation, ended, environment, form, id, image_uri, instance_count, name, role_arn, status, tags, vpc_config"
A_RULE = "a rule: a mapping with name, severity, for, require, message, rationale and remediation"
BRACES = "write {{ and }} for the signs themselves"


@pytest.mark.parametrize(
    ("marked", "message"),
    [
        (changed(where='§reach_service(name="s3")'), 'where: no question "reach_service"; did you mean "reaches_service"?'),
        (changed(where='"is_yes() and §is_yse()"'), 'where: no question "is_yse"; did you mean "is_yes"?'),
        (changed(where="'  is_yes() and §is_yse()'"), 'where: no question "is_yse"; did you mean "is_yes"?'),
        (changed(require="§>\n  is_yes() and\n  is_yse()"), 'require: no question "is_yse"; did you mean "is_yes"?'),
        (changed(require='§"job.name == \\"x\\" and is_yse()"'), 'require: no question "is_yse"; did you mean "is_yes"?'),
        (changed(require="job.§__class__"), f'require: "job" has no field "__class__"; allowed: {FIELDS}'),
        (changed(require="§job.tags.pop('x') == 1"), "require: only a question can be called, by its name"),
        (changed(for_="§placment"), 'for: no subject kind "placment"; did you mean "placement"?'),
        (changed(for_="[placement, group, §vcp]"), 'for: no subject kind "vcp"; did you mean "vpc"?'),
        (changed(for_="[placement, vpc]", require="§reaches_service()"), 'require: "reaches_service" asks of a job, which a subject of kind vpc does not name'),
        (changed(for_="[placement, vpc]", require="§subnet.state == None"), 'require: a subject of kind vpc does not name a "subnet"; allowed: vpc'),
        (changed(message='"{§subnt} {vpc}"'), 'message: no placeholder "{subnt}"; did you mean "subnet"?'),
        (changed(message="'{§route} {route_table}'"), 'message: no placeholder "{route}"; did you mean "route_table"?'),
        (changed(message="no {§subnet.cidr}"), 'message: "subnet" has no field "cidr"; did you mean "cidr_block"?'),
        (changed(message="no {§subnet.tags}"), 'message: "subnet.tags" is no single value that could be printed'),
        (changed(message="no {§job.vpc_config}"), 'message: "job.vpc_config" is no single value that could be printed'),
        (changed(message="no {§group}"), 'message: no placeholder "{group}"; a subject of kind placement does not name it, nor does an answer'),
        (changed(message="no {§}"), f'message: no placeholder "{{}}"; {BRACES}'),
        (changed(message="'no {§\"a\": 1}'"), f'message: no placeholder "{{\\"a\\": 1}}"; {BRACES}'),
        (changed(message="no {§subnet!r}"), f'message: no placeholder "{{subnet!r}}"; {BRACES}'),
        (changed(message="no {§subnet.tags[subnet]}"), 'message: a key must be a text constant, as in tags["tier"]'),
        (changed(message="no {§job.name.upper()}"), "message: only a name and its fields can stand here, as in subnet.cidr_block"),
        (changed(remediation="a §} b"), 'remediation: a lone "}"; write }} for the sign itself'),
        (changed(remediation="a §{ b"), 'remediation: a lone "{"; write {{ for the sign itself'),
        (changed(remediation="a {§__class__}"), 'remediation: no placeholder "{__class__}"; allowed: because, endpoint, job, need, route_table, subnet, vpc'),
        (changed(require="is_yes()", message="to {§endpoint_id}", remediation="x"), 'message: no placeholder "{endpoint_id}"; allowed: because, job, need, subnet, vpc'),
        (changed(**{"§sevrity": "error"}), 'sevrity: not allowed here; did you mean "severity"?'),
        (changed(severity="§fatal"), "severity: 'fatal' is not one of ['error', 'warning', 'advice']; expected error, warning or advice"),
        ("§" + changed(name=None), "'name' is a required property; expected one line that says what is wrong"),
        ("§" + changed(require=None), "'require' is a required property; expected the condition that must hold"),
        (changed(since="§0.1"), "since: 0.1 is not of type 'string'; expected the version that brought the rule, in quotes, as in \"0.1\""),
        (changed(where="§true"), "where: true is not of type 'string'; expected the condition that tells which subjects the rule is about"),
        (changed(references="[§http://a.b]"), "references[0]: 'http://a.b' does not match '^https://[^ ]+$'; expected an https address"),
        (changed(message="a\n§message: b"), 'the key "message" stands twice, first in line 6; leave one of them'),
        (changed(message="§&a b"), "anchors and aliases are not read; write the value out"),
        ("§", f"null is not of type 'object'; expected {A_RULE}"),
        ("§- a\n", f"a list of 1 is not of type 'object'; expected {A_RULE}"),
        ("§" + "[" * 100 + "]" * 100, f"a list of 1 is not of type 'object'; expected {A_RULE}"),
    ],
)
def test_a_refusal_names_file_line_column_what_was_found_and_what_is_allowed(marked: str, message: str) -> None:
    before, _, after = marked.partition("§")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    assert [f"made-up.yaml:{line}:{column}: {message}"] == read(before + after)[1]


def test_all_that_is_wrong_with_a_rule_is_told_at_once() -> None:
    text = changed(severity="fatal", sevrity="error", where="is_now() or is_asced()", require="job.nam", message="to {nobody}")
    assert [(2, 11), (4, 8), (4, 20), (5, 14), (9, 1)] == [tuple(map(int, error.split(":")[1:3])) for error in read(text)[1]]


def test_a_role_of_a_condition_that_was_refused_is_no_second_fault() -> None:
    assert 1 == len(read(changed(require="reach_service()"))[1]) == len(read(changed(where="3", message="to {endpoint}"))[1]) == len(read(changed(require=None))[1])


@pytest.mark.parametrize("id", ["Made-up", "made_up", "made--up", "-made", "made-", "1st", "", "mäde", "made up", "made.up", "a\nb"])
def test_an_id_is_in_kebab_case(id: str) -> None:
    (error,) = read(RULE, id)[1]
    assert error.startswith(f"{id}.yaml: the file name is the rule's id, and ")


@pytest.mark.parametrize("opening", ["[", "- ", "{a: "])
@pytest.mark.parametrize("head", ["", "where: "])
def test_a_hundred_thousand_levels_are_refused(head: str, opening: str) -> None:
    assert 1 == len(read(head + opening * 100_000)[1])


WHOLE = RULE + EXAMPLES


@pytest.mark.parametrize(
    "text",
    [WHOLE, WHOLE + "\n# end\n", WHOLE.replace("  - ", "- ").replace("    ", "  "), WHOLE.replace("\n", "\r\n"), RULE + "examples: []\n", RULE + "examples:", RULE + "examples: # none\n"],
)
def test_examples_are_not_parsed_when_a_rule_is_loaded(text: str) -> None:
    assert RULE == without_examples(text).replace("\r\n", "\n")
    assert rule_of(RULE) == rule_of(text) == rule_of(text + "  - *broken [\n")


@pytest.mark.parametrize(
    "text",
    [
        RULE, EXAMPLES + RULE, WHOLE + "since: x\n", WHOLE + "\u2028since: x\n", WHOLE + "    a: b\x85since: x\n", WHOLE + "\rsince: x\n", WHOLE + "'since': x\n", WHOLE + "---\n", WHOLE + "-",
        RULE + "examples : []\n", RULE + "'examples': []\n", RULE + "examples:x\n", RULE + " examples:\n", "{a: 1, examples: 2}",
    ],
)
def test_a_text_in_which_something_may_follow_the_examples_is_read_whole(text: str) -> None:
    assert text == without_examples(text)


def test_a_key_after_the_examples_counts() -> None:
    assert "0.1" == rule_of(WHOLE + 'since: "0.1"\n').since
    assert ['made-up.yaml:14:1: the key "name" stands twice, first in line 1; leave one of them'] == read(WHOLE + "name: b\n")[1]


def test_examples_come_as_they_stand_with_their_places(tmp_path: Path) -> None:
    (rule,), errors = load([write(tmp_path, job__made_up=WHOLE)], WORDS)
    found, wrong = examples(rule)
    assert ((), ()) == (errors, wrong)
    assert [{"name": "one", "fail": {"subnet-1": "no"}}, {"name": "another", "pass": ["subnet-2"]}] == found.value
    assert ((11, 22), (11, 12), (13, 12)) == (found.positions["/0/fail/subnet-1"], found.key_positions["/0/fail/subnet-1"], found.positions["/1/pass/0"])


@pytest.mark.parametrize(
    ("example", "error"),
    [
        ("{name: a}", "10:5: examples[0]: 'fail' or 'pass' or 'undecided' is a required property"),
        ("{fail: {a: b}}", "10:5: examples[0]: 'name' is a required property; expected one line that says what the example shows"),
        ("{name: a, fial: {a: b}, pass: [a]}", '10:15: examples[0].fial: not allowed here; did you mean "fail"?'),
        ("{name: a, fail: {a: 1}}", "10:25: examples[0].fail.a: 1 is not of type 'string'; expected the exact message"),
        ("{name: a, pass: a}", "10:21: examples[0].pass: 'a' is not of type 'array'; expected a list of the subjects, or SUBJECT NEED, that the rule is about and that pass"),
    ],
)
def test_examples_are_checked_when_they_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str, error: str) -> None:
    monkeypatch.chdir(tmp_path)
    (rule,), errors = load([write(Path("rules"), job__made_up=f"{RULE}examples:\n  - {example}\n")], WORDS)
    assert () == errors
    assert [f"rules/job/made-up.yaml:{error}"] == [str(wrong).split("; expected an example")[0] for wrong in examples(rule)[1]]


def test_a_rule_without_examples_has_none(tmp_path: Path) -> None:
    (rule,), _ = load([write(tmp_path, made_up=RULE)], WORDS)
    assert [] == examples(rule)[0].value


def test_a_rules_section_is_its_folder_or_the_name_of_the_folder_of_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "ours", b__made_up=RULE, flat=RULE)
    monkeypatch.chdir(tmp_path / "ours")
    rules, errors = load([Path(".")], WORDS)
    assert ((), [("flat", "ours", "flat.yaml"), ("made-up", "b", "b/made-up.yaml")]) == (errors, [(rule.id, rule.folder, rule.file) for rule in rules])


def test_what_is_hidden_or_no_rule_file_is_passed_over(tmp_path: Path) -> None:
    write(tmp_path, job__made_up=RULE, git__config="[")
    (tmp_path / "git").rename(tmp_path / ".git")
    (tmp_path / "job" / "README.md").write_text("#")
    (tmp_path / ".hidden.yaml").write_text("[")
    rules, errors = load([tmp_path], WORDS)
    assert (["made-up"], ()) == ([rule.id for rule in rules], errors)


def test_all_files_are_told_of_and_none_stops_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("a"), job__good=RULE, job__bad=changed(where="is_yse()"), dns__worse="- a\n- a: b: c\n")
    Path("a/job/other.yml").write_text(RULE)
    Path("a/job/folder.yaml").mkdir()
    Path("empty").mkdir()
    rules, errors = load([Path("a"), Path("absent"), Path("empty")], WORDS)
    assert ["good"] == [rule.id for rule in rules]
    assert [
        "a/dns/worse.yaml:2:7: not YAML: mapping values are not allowed in this context",
        'a/job/bad.yaml:4:8: where: no question "is_yse"; did you mean "is_yes"?',
        "a/job/folder.yaml: cannot be read: is a directory",
        "a/job/other.yml: the file of a rule is called ID.yaml; rename it to other.yaml",
        "absent: no such folder of rules",
        "empty: no rule in this folder; a rule is a file ID.yaml or SECTION/ID.yaml in it",
    ] == [str(error) for error in errors]


def test_a_rule_that_is_not_utf_8_is_refused_where_it_is_not(tmp_path: Path) -> None:
    (tmp_path / "made-up.yaml").write_bytes(b"name: a\nfor: \xff\n")
    _, (error,) = load([tmp_path], WORDS)
    assert (2, 6) == (error.line, error.column)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_rule_is_read_in_every_encoding_of_a_snapshot(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "made-up.yaml").write_text(changed(name="Grüße"), encoding)
    (rule,), _ = load([tmp_path], WORDS)
    assert "Grüße" == rule.name


def test_an_id_that_two_files_have_is_an_error_that_names_both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("ours"), dns__made_up=RULE, job__made_up=RULE)
    write(Path("theirs"), made_up=RULE)
    rules, errors = load([Path("ours"), Path("theirs")], WORDS)
    assert ["ours/dns/made-up.yaml"] == [rule.file for rule in rules]
    assert [f'{file}: the id "made-up" is that of ours/dns/made-up.yaml too; rename one of the files' for file in ("ours/job/made-up.yaml", "theirs/made-up.yaml")] == [
        str(error) for error in errors
    ]


def test_a_file_that_two_folders_share_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, job__made_up=RULE)
    rules, errors = load([tmp_path, tmp_path / "job", tmp_path], WORDS)
    assert (["job"], ()) == ([rule.folder for rule in rules], errors)


def test_rules_come_in_the_order_of_their_ids_whatever_the_order_of_folders(tmp_path: Path) -> None:
    folders = [write(tmp_path / "x", z__a=RULE, a__c=RULE), write(tmp_path / "y", b=RULE)]
    assert ["a", "b", "c"] == [rule.id for rule in load(folders, WORDS)[0]] == [rule.id for rule in load(folders[::-1], WORDS)[0]]


def unless(*ids: str) -> str:
    return changed(unless=f"[{', '.join(ids)}]") if ids else RULE


def test_unless_may_name_any_rule_of_any_folder_even_one_that_was_refused(tmp_path: Path) -> None:
    rules, errors = load([write(tmp_path / "ours", one=unless("two", "bad")), write(tmp_path / "theirs", two=RULE, bad="[]")], WORDS)
    assert (["one", "two"], 1) == ([rule.id for rule in rules], len(errors))


def test_unless_names_no_unknown_rule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("r"), one=unless("two-rules", "two-rule") + "examples: [broken\n", two_rules=RULE)
    rules, errors = load([Path("r")], WORDS)
    assert ["two-rules"] == [rule.id for rule in rules]
    assert ['r/one.yaml:9:21: unless: no rule "two-rule"; did you mean "two-rules"?'] == [str(error) for error in errors]


def test_rules_do_not_silence_each_other_in_a_circle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write(Path("r"), a=unless("d", "b"), b=unless("c"), c=unless("a"), d=RULE, self=unless("self"), to_circle=unless("a"), x=unless("y"), y=unless("d", "x"))
    rules, errors = load([Path("r")], WORDS)
    assert ["d", "to-circle"] == [rule.id for rule in rules]
    assert [f"r/{place} is a circle; leave out one of its steps" for place in ("a.yaml:9:13: unless: a → b → c → a", "self.yaml:9:10: unless: self → self", "x.yaml:9:10: unless: x → y → x")] == [
        str(error) for error in errors
    ]


def test_a_chain_of_a_thousand_rules_is_no_circle(tmp_path: Path) -> None:
    ids = [f"r{number:04}" for number in range(1000)]
    random.Random(1).shuffle(ids)
    write(tmp_path, **{id: unless(*ids[at + 1 : at + 2]) for at, id in enumerate(ids)})
    rules, errors = load([tmp_path], WORDS)
    assert (1000, ()) == (len(rules), errors)


def test_the_shipped_rules_have_a_folder_and_their_vocabulary_is_well_formed() -> None:
    assert shipped_rules().is_dir()
    assert vocabulary() == dict(sorted(vocabulary().items()))


JOB = Job(
    "processing-job/nightly", Source("job.json"), "request", "nightly", None, None, None, None, None,
    VpcConfig(Source("job.json"), ("subnet-1", "subnet-2"), ()), 2, False, True,
)
SUBNET = Subnet("subnet-1", Source("subnets.json"), "111122223333", "vpc-1", "available", "10.0.1.0/24", False, None, None, 40, {"tier": "private"})
SUBJECT = Subject("placement", "processing-job/nightly@subnet-1", job=JOB, subnet="subnet-1", vpc="vpc-1", jobs=(JOB,))


def facts_of(*subnets: Subnet) -> Facts:
    return Facts.of(Export("subnets", subnet.source, Scope("111122223333", "eu-west-1"), (subnet,)) for subnet in subnets)


FACTS = facts_of(SUBNET)
NEEDS = (Need("internet", JOB.source, "internet"), Need("sts", JOB.source, "service", service="sts"))
ENDPOINT = VpcEndpoint(
    "vpce-1", Source("endpoints.json"), "111122223333", "vpc-1", "Interface", "com.amazonaws.eu-west-1.sts", "sts", "eu-west-1", "pending", (), (), (), frozenset(), True, None, {},
)
ENDPOINTS = Facts.of([Export("vpc-endpoints", ENDPOINT.source, Scope("111122223333", "eu-west-1"), (ENDPOINT,))])


def answers(text: str) -> tuple[bool | None, bool | None]:
    where, require = rule_of(text).ask(Network(FACTS), SUBJECT)
    return where.value, require.value


def test_a_rule_answers_whether_it_is_about_a_subject_and_whether_it_holds() -> None:
    assert (True, False) == answers(RULE)
    assert (True, False) == answers(changed(where=None))
    assert (None, False) == answers(changed(where="is_lost()"))
    assert (True, None) == answers(changed(require="is_lost()", message="m", remediation="r"))


def test_a_rule_that_is_not_about_a_subject_holds_and_asks_no_further() -> None:
    assert (False, True) == answers(changed(where="not is_yes()", require="is_asked()", message="m", remediation="r"))


def rendered(message: str, subject: Subject = SUBJECT, facts: Facts = FACTS) -> str:
    rule = rule_of(changed(message="|\n  " + message))
    return rule.message.render(facts, subject, rule.require.ask(Network(facts), subject))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("subnet-1 of vpc-1 for processing-job/nightly", "{subnet} of {vpc} for {job}"),
        ("10.0.1.0/24, 40, false, private", '{subnet.cidr_block}, {subnet.available_ip_address_count}, {subnet.ipv6_native}, {subnet.tags["tier"]}'),
        ("none and none", '{subnet.availability_zone} and {subnet.tags["absent"]}'),
        ("subnet-1, subnet-2 and none", "{job.vpc_config.subnets} and {job.vpc_config.security_group_ids}"),
        ("rtb-1, rtb-2", "{route_table}"), ("?", "{endpoint}"),
        ("why: there is no route.\nthe route is a blackhole.", "why: {because}"),
        ("{x} {{subnet-1}}", "{{x}} {{{{{subnet}}}}}"),
        ("?", "{vpc.state}"),
    ],
)
def test_placeholders_are_filled(text: str, message: str) -> None:
    assert text == rendered(message)


def test_what_is_not_known_prints_as_a_question_mark() -> None:
    assert "? ?" == rendered("{subnet} {subnet.state}", replace(SUBJECT, subnet=None))
    assert "?" == rendered("{subnet.state}", facts=facts_of(replace(SUBNET, state=Unknown(LACKING))))
    rule = rule_of(changed(message="of {route_table}, {because}"))
    assert "of ?, ?" == rule.message.render(FACTS, SUBJECT, Answer(False))


def test_a_question_is_described_by_its_signature_and_docstring() -> None:
    question = WORDS["reaches_service"]
    assert ("reaches_service", reaches_service, "made_up", ("job", "subnet")) == (question.name, question.function, question.module, question.asks)
    assert (("route_table", "endpoint"), "Does the job reach the service?", ["name"]) == (question.names, question.sentence, list(question.keywords))


def test_a_question_is_about_the_facts_or_the_network_of_them() -> None:
    found = questions_of([module_of(is_yes, reaches_it)])
    assert ("facts", "network") == (found["is_yes"].about, found["reaches_it"].about)


def test_a_question_about_the_network_gets_the_one_of_the_run() -> None:
    rule, _ = read_rule(Origin("made-up", "job", "f", Path("f")), changed(where=None, require="knows_all_needs()", message="m", remediation="r"), questions_of([module_of(knows_all_needs)]))
    assert rule is not None
    network = Network(FACTS)
    assert {"network": (str(id(network)),), "needs": ("internet", "sts")} == rule.ask(network, replace(SUBJECT, needs=NEEDS))[1].names
    assert (None, {LACKING}) == (lambda answer: (answer.value, answer.missing))(rule.ask(network, replace(SUBJECT, needs=Unknown(LACKING)))[1])


@pytest.mark.parametrize(
    ("is_per_need", "members"),
    [
        (True, {"require": "reaches_it()"}),
        (True, {"require": "is_yes()", "where": 'not need.what == "s3"'}),
        (True, {"require": 'is_yes() or (is_yes() and need.service in ["sts"])'}),
        (True, {"require": "is_yes()", "message": "no {need}"}),
        (True, {"require": "is_yes()", "remediation": "mend {need.service}"}),
        (False, {"require": "is_yes()"}),
        (False, {"require": "knows_all_needs()"}),
        (False, {"require": "knows_all_needs()", "message": "no {needs}"}),
    ],
)
def test_a_rule_that_mentions_a_need_is_put_to_each(is_per_need: bool, members: dict[str, str]) -> None:
    text = changed(**{"where": None, "message": "m", "remediation": "r"} | members)
    rule, errors = read_rule(Origin("made-up", "job", "f", Path("f")), text, questions_of([module_of(is_yes, reaches_it, knows_all_needs)]))
    assert () == errors
    assert rule is not None and is_per_need == rule.is_per_need


@pytest.mark.parametrize(
    ("kind", "members", "message"),
    [
        ("job", {"require": "reaches_it()"}, 'require: "reaches_it" asks of a need, which a subject of kind job does not name'),
        ("job", {"require": 'need.what == "s3"'}, 'require: a subject of kind job does not name a "need"; allowed: job'),
        ("[placement, job]", {"require": "is_yes()", "message": "'{need}'"}, 'message: no placeholder "{need}"; a subject of kind job does not name it, nor does an answer'),
        ("subnet", {"require": "knows_all_needs()"}, 'require: "knows_all_needs" asks of needs, which a subject of kind subnet does not name'),
        ("placement", {"require": 'needs == "x"'}, 'require: "needs" is for questions only; did you mean "need"?'),
        ("placement", {"require": 'need.wat == "x"'}, 'require: "need" has no field "wat"; did you mean "what"?'),
        ("endpoint", {"require": 'endpoint.state == 5'}, 'require: "endpoint.state" is text, never 5'),
        ("endpoint", {"require": 'subnet.state == "x"'}, 'require: a subject of kind endpoint does not name a "subnet"; allowed: endpoint, vpc'),
    ],
)
def test_only_a_placement_has_a_need(kind: str, members: dict[str, str], message: str) -> None:
    text = changed(**{"for_": kind, "where": None, "message": "m", "remediation": "r"} | members)
    _, errors = read_rule(Origin("made-up", "job", "f", Path("f")), text, questions_of([module_of(is_yes, reaches_it, knows_all_needs)]))
    assert [message] == [error.message for error in errors]


def test_fields_of_a_need_and_of_an_endpoint_are_read() -> None:
    rule = rule_of(changed(where='need.what == "service"', require='need.service in ["s3"]', message='"{need}: {need.service}, {need.established}, {need.port}"', remediation="r"))
    subject = replace(SUBJECT, need=NEEDS[1])
    where, require = rule.ask(Network(FACTS), subject)
    assert (True, False, {"need": ("sts",)}, ()) == (where.value, require.value, require.names, require.evidence)
    assert "sts: sts, true, none" == rule.message.render(FACTS, subject, require)
    endpoint = Subject("endpoint", "vpce-1", vpc="vpc-1", endpoint="vpce-1")
    rule = rule_of(changed(for_="endpoint", where=None, require='endpoint.state == "available"', message='"{endpoint} in {vpc} is {endpoint.state}"', remediation="r"))
    answer = rule.ask(Network(ENDPOINTS), endpoint)[1]
    assert (False, {"endpoint": ("vpce-1",)}, "vpce-1 in vpc-1 is pending") == (answer.value, answer.names, rule.message.render(ENDPOINTS, endpoint, answer))


@pytest.mark.parametrize(
    ("condition", "missing", "expected"),
    [
        ('need.region == "eu-west-1"', [LACKING], None), ('need.region == "eu-west-1"', [], False), ("need.port == None", [LACKING], None), ("need.port == None", [], True),
        ('need.service == "sts"', [LACKING], False), ('need.what == "s3"', [LACKING], True),
    ],
)
def test_a_field_of_a_need_that_is_in_doubt_is_not_known_where_it_has_no_value(condition: str, missing: list[Absence], expected: bool | None) -> None:
    rule = rule_of(changed(where=None, require=condition, message="m", remediation="r"))
    need = Need("s3://a", JOB.source, "s3", bucket="a", missing=frozenset(missing))
    assert expected is rule.ask(Network(FACTS), replace(SUBJECT, need=need))[1].value


def test_only_public_functions_that_a_module_defines_are_questions() -> None:
    def elsewhere(facts: Facts) -> Answer:
        """Is it from elsewhere?"""

    def _hidden(facts: Facts) -> Answer:
        """Is it hidden?"""

    def open_one(facts: Facts) -> Answer:
        """Is it open?"""

    module = module_of(_hidden, open_one)
    module_of(elsewhere, name="elsewhere")
    vars(module).update(elsewhere=elsewhere, Answer=Answer, CONSTANT=1)
    assert ["open_one"] == list(questions_of([module]))


def nameless(facts: Facts) -> Answer: ...


def without_facts(job: Job) -> Answer:
    """Is it without facts?"""


def of_a_stranger(facts: Facts, stranger: str) -> Answer:
    """Is it strange?"""


def with_a_default(facts: Facts, job: Job | None = None) -> Answer:
    """Is it by default?"""


def with_keywords(facts: Facts, **keywords: str) -> Answer:
    """Is it anything?"""


def with_a_list(facts: Facts, *, names: tuple[str, ...] = ()) -> Answer:
    """Is it one of them?"""


def with_bad_names(facts: Facts) -> Answer:
    """Is it named?

    Names: the route table
    """


@pytest.mark.parametrize(
    ("message", "function"),
    [
        ("has no sentence in its docstring", nameless), ("does not take the facts or the network first", without_facts), ("asks what no subject binds: stranger", of_a_stranger),
        ("has parameters that a rule can neither bind nor set", with_a_default), ("has parameters that a rule can neither bind nor set", with_keywords),
        ("has a keyword that is no Literal, bool, int or str: names", with_a_list), ("has a `Names:` line that is no list of roles", with_bad_names),
    ],
)
def test_a_function_that_is_not_written_as_a_question_is_a_fault_of_the_program(message: str, function: Callable[..., Answer]) -> None:
    with pytest.raises(AssertionError) as caught:
        questions_of([module_of(function)])
    assert f"the question {function.__name__} in made_up {message}" == str(caught.value)


def test_two_modules_do_not_share_the_name_of_a_question() -> None:
    def first(facts: Facts) -> Answer:
        """Is it the first?"""

    def second(facts: Facts) -> Answer:
        """Is it the second?"""

    second.__name__ = "first"
    with pytest.raises(AssertionError, match="^the question first in two has the name of another question$"):
        questions_of([module_of(first, name="one"), module_of(second, name="two")])


SOUP = st.lists(
    st.sampled_from([line + "\n" for line in WHOLE.splitlines()] + list("[]{}:-'\"|>&*!#%@\n ") + ["require: ", "is_yes()", "is_asked()", "{because}", "\x00", "\x1b", "\u2028", "é", "'\\e'", '"\\e\\n"']),
    max_size=25,
).map("".join)


@settings(max_examples=250, deadline=None)
@given(st.text(max_size=80) | SOUP | st.builds(changed, require=st.text(max_size=30), message=SOUP, for_=st.text(max_size=10)))
def test_any_text_is_a_rule_or_refused_in_lines_that_can_be_printed(text: str) -> None:
    assert all(error.isprintable() for error in read(text)[1])


@settings(max_examples=250, deadline=None)
@given(SOUP.map(lambda text: f"a: 1\n{text}") | st.tuples(SOUP, SOUP).map(lambda parts: f"{parts[0]}\nexamples:\n{parts[1]}"))
def test_the_text_before_the_examples_means_what_the_whole_text_says_before_them(text: str) -> None:
    try:
        whole, head = read_yaml(text, "f").value, read_yaml(without_examples(text), "f").value
    except InputError:
        return
    if isinstance(whole, dict) and without_examples(text) != text:
        assert {key: member for key, member in whole.items() if key != "examples"} == (head or {})
