"""The laws that verdicts obey, tried on the good environment and on every example of every rule."""

import copy
import json
import random
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from itertools import product
from pathlib import Path
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sagevpc_lint import examples, lint, reports
from sagevpc_lint.answer import Absence, Unknown
from sagevpc_lint.check import Report, check
from sagevpc_lint.history import judged
from sagevpc_lint.judge import Judge
from sagevpc_lint.documents import Page, facts_of, read
from sagevpc_lint.examples import Example
from sagevpc_lint.model.exports import Export
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.kinds import BY_NAME
from sagevpc_lint.questions import vocabulary
from sagevpc_lint.rulebook import Rule, load, shipped_rules

RULES, _ = load([shipped_rules()], vocabulary())
IDS = frozenset(rule.id for rule in RULES)
EXAMPLES = {rule.id: examples.of_rule(rule)[0] for rule in RULES}
BLURRED = Unknown(Absence("a blurred field", "", "world"))
FEW = settings(max_examples=max(30, settings.default.max_examples if settings.default.max_examples > 1000 else 0))
Verdicts = Mapping[tuple[str, str, str], tuple[bool | None, bool]]


def verdicts(rule: Rule, facts: Facts, declared: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> Verdicts:
    """What a rule says of each subject, for each need where it asks for needs, and whether a failure is silent."""
    judge = Judge(facts, RULES, judged(facts, 30)[0], declared)
    return {
        (subject.kind, subject.id, subject.need.id if subject.need else ""): (verdict.value, verdict.silent) for subject, verdict in judge.verdicts(rule)
    }


@cache
def as_it_is(id: str, number: int) -> Verdicts:
    """What a rule says of the environment of one of its examples."""
    example, rule = EXAMPLES[id][number], next(rule for rule in RULES if rule.id == id)
    return verdicts(rule, examples.facts(example, examples.environment(example)), example.declared)


def checked(texts: Mapping[str, bytes], selected: frozenset[str] = IDS) -> Report:
    return check(read(texts), RULES, selected, frozenset(), 30)


@cache
def good_texts() -> Mapping[str, bytes]:
    return MappingProxyType({path.name: path.read_bytes() for path in examples.good().glob("*.json")})


def said(report: Report) -> tuple[object, ...]:
    """All that a report says but for places."""
    findings = sorted(
        (finding.rule.id, finding.resource, finding.subjects, finding.message, finding.because, finding.remediation, finding.code, finding.fingerprint)
        for finding in report.findings
    )
    return findings, [(open_.rule.id, open_.subjects, open_.missing) for open_ in report.undecided], report.assumptions


def some(rule: Rule, deep: bool, count: int = 2) -> Sequence[Example]:
    """A few examples of a rule, one of them with a failure; deep: all."""
    found = EXAMPLES[rule.id]
    failing = next(index for index, example in enumerate(found) if example.fail)
    others = [*found[:failing], *found[failing + 1 :]]
    return found if deep else [found[failing], *random.Random(rule.id).sample(others, min(count - 1, len(others)))]


# Law 1


def test_the_good_environment_passes_every_rule() -> None:
    report = lint([examples.good()])
    assert ((), (), ()) == (report.findings, report.undecided, report.errors)
    assert len(RULES) == report.rules


# Law 2


@dataclass
class Seen:
    """How many worlds were looked at, and how many verdicts became unknown in them."""

    worlds: int = 0
    became_unknown: int = 0

    def compare(self, rule: Rule, example: Example, before: Verdicts, facts: Facts, world: str) -> None:
        after = verdicts(rule, facts, example.declared)
        self.worlds += 1
        for subject in before.keys() & after.keys():
            if before[subject] != after[subject]:
                assert None is after[subject][0], f"{rule.id}: {example.name}: {subject} was {before[subject]} and is {after[subject]} {world}"
                self.became_unknown += 1


def omitted(pages: Sequence[Page], kinds: Iterable[str]) -> Facts:
    return facts_of(page for page in pages if page.kind not in set(kinds))


def omissions(kinds: Sequence[str], telling: frozenset[str], seed: str, *, deep: bool) -> Iterator[tuple[str, ...]]:
    """Each kind alone, all but each, 64 random sets; of these, the *telling* kinds alone and 3 others where it is not *deep*."""
    chance = random.Random(seed)
    found = [(kind,) for kind in kinds] + [tuple(other for other in kinds if other != kind) for kind in kinds]
    found += [tuple(kind for kind in kinds if chance.random() < 0.5) for _ in range(64)]
    yield from found if deep else [*((kind,) for kind in kinds if kind in telling), *chance.sample(found, 3)]


def blurs(facts: Facts, seed: str, *, deep: bool) -> Iterator[tuple[str, Facts]]:
    """The facts with one field of one of them made unknown: 3 random ones; deep: each."""
    places = [
        (number, at, field.name)
        for number, export in enumerate(facts.exports) for at, fact in enumerate(export.facts)
        for field in fields(fact) if field.name not in ("id", "source")
    ]
    for number, at, name in places if deep else random.Random(seed).sample(places, min(3, len(places))):
        yield f"without {name} of {facts.exports[number].facts[at].id}", Facts.of(blurred(facts.exports, number, at, name))
    fields_of_rules = rule_fields(facts)
    for rule, name in fields_of_rules if deep else random.Random(seed).sample(fields_of_rules, min(1, len(fields_of_rules))):
        yield f"without {name} of {rule.id}", Facts.of(with_rule(facts.exports, rule, name))


def blurred(exports: Sequence[Export], number: int, at: int, name: str) -> list[Export]:
    export = exports[number]
    changed = tuple(replace(fact, **{name: BLURRED}) if index == at else fact for index, fact in enumerate(export.facts))
    return [replace(export, facts=changed) if other is export else other for other in exports]


def rule_fields(facts: Facts) -> list[tuple[object, str]]:
    """The fields of rules inside groups, of the job's group only: these the rules read."""
    rules = facts.rules_of("sg-0c000000000000001").items
    return [(rule, name) for rule in rules for name in ("is_egress", "ip_protocol", "from_port", "to_port", "cidr", "prefix_list_id", "referenced_group_id")]


def with_rule(exports: Sequence[Export], rule: object, name: str) -> list[Export]:
    def changed(fact: object) -> object:
        if rule in getattr(fact, "rules", ()):
            return replace(fact, rules=tuple(replace(each, **{name: BLURRED}) if each is rule else each for each in fact.rules))
        return fact

    return [replace(export, facts=tuple(map(changed, export.facts))) for export in exports]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_less_knowledge_never_gives_another_verdict(rule: Rule, deep: bool, capsys: pytest.CaptureFixture[str]) -> None:
    seen = Seen()
    telling = frozenset(kind for example in EXAMPLES[rule.id] for kind in example.omit)
    for example in some(rule, deep, 4):
        snapshot = examples.environment(example)
        facts, before = examples.facts(example, snapshot), as_it_is(rule.id, EXAMPLES[rule.id].index(example))
        pages = [page for page in snapshot.pages if page.kind not in example.omit]
        kinds = sorted({page.kind for page in pages if BY_NAME[page.kind].meaning in ("required", "pointed-at", "context")})
        for chosen in omissions(kinds, telling, f"{rule.id}/{example.name}", deep=deep):
            seen.compare(rule, example, before, omitted(pages, chosen), f"without {', '.join(chosen)}")
        for world, blurred_facts in blurs(facts, f"{rule.id}/{example.name}", deep=deep):
            seen.compare(rule, example, before, blurred_facts, world)
    with capsys.disabled():
        print(f"\n{rule.id}: {seen.worlds} worlds, {seen.became_unknown} verdicts became unknown", end="")
    assert seen.became_unknown or not any(example.undecided and example.omit for example in EXAMPLES[rule.id])


def test_a_rule_that_guesses_breaks_law_2() -> None:
    seen = Seen()
    rule = next(rule for rule in RULES if rule.id == "flow-logs-missing")
    example = next(example for example in EXAMPLES[rule.id] if example.passing and not example.change)
    facts = examples.facts(example, examples.environment(example))
    guessed = {subject: (False, False) for subject in verdicts(rule, facts)}
    with pytest.raises(AssertionError, match="was"):
        seen.compare(rule, example, guessed, facts, "")


# Law 3


def shuffled(value: object, chance: random.Random) -> object:
    """Shuffle the rows of an export, and the rules, peers and tags in them; what has an order, such as a job's subnets, keeps it."""
    if isinstance(value, list):
        rows = [shuffled(item, chance) for item in value]
        return chance.sample(rows, len(rows)) if all(isinstance(row, dict) for row in rows) else rows
    if isinstance(value, dict):
        return {key: value[key] if key == "DhcpConfigurations" else shuffled(value[key], chance) for key in chance.sample(list(value), len(value))}
    return value


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_order_of_resources_does_not_matter(rule: Rule, deep: bool) -> None:
    chance = random.Random(rule.id)
    for example in some(rule, deep):
        texts = {name: text.encode() for name, text in environment_texts(example).items()}
        other = {name: json.dumps(shuffled(json.loads(text), chance)).encode() for name, text in texts.items()}
        selected = IDS if deep else frozenset({rule.id})
        assert said(checked(texts, selected)) == said(checked(other, selected))


def environment_texts(example: Example) -> Mapping[str, str]:
    snapshot = examples.environment(example)
    kept = {page.source.file for page in snapshot.pages if page.kind not in example.omit}
    return {name: text for name, text in snapshot.texts.items() if name in kept}


def test_the_order_of_files_and_paths_does_not_matter() -> None:
    chance = random.Random("files")
    example = next(example for example in EXAMPLES["flow-logs-missing"] if example.fail)
    texts = [(name, text.encode()) for name, text in environment_texts(example).items()]
    expected = rendered(checked(dict(texts)))
    for _ in range(8):
        chance.shuffle(texts)
        assert expected == rendered(checked(dict(texts)))


def rendered(report: Report) -> list[str]:
    """A report in every format, with all that it can tell."""
    return [reports.render(format, report, verbose=True) for format in reports.FORMATS]


def test_the_order_of_paths_does_not_matter(tmp_path: Path) -> None:
    paths = [examples.good(), *sorted(examples.good().parent.glob("faulty/*"))]
    one, other = (reports.render("json", lint(order)) for order in (paths, paths[::-1]))
    assert one == other


# Law 4


def renamed(text: str, account: str, region: str) -> str:
    """Rename all ids, so that the environment has nothing to do with the one it was made from."""
    text = re.sub(r"\b((?:vpc|subnet|sg|rtb|acl|igw|nat|vpce|dopt|fl|eni|eipalloc|eipassoc|rtbassoc|aclassoc)-)0", r"\1f", text)
    text = re.sub(r"\betl-(input|output)\b", r"other-\1", text)
    text = text if region == "eu-west-1" else text.replace("pl-6da54004", "pl-63a5400a")
    text = text.replace("111122223333", account).replace("eu-west-1", region).replace("euw1", "use1" if region == "us-east-1" else "euw1")
    return text.replace("nightly-etl", "other-etl")


ELSEWHERE = (("777788889999", "eu-west-1"), ("111122223333", "us-east-1"), ("777788889999", "us-east-1"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_unconnected_account_or_region_changes_no_verdict(rule: Rule, deep: bool) -> None:
    places = product(some(rule, deep), ELSEWHERE)
    for example, (account, region) in places if deep else random.Random(rule.id).sample([*places], 2):
        texts = environment_texts(example)
        alone = {f"here/{name}": text.encode() for name, text in texts.items()}
        kept = {name: text for name, text in good_texts().items() if "processing-job" not in name and kind_of(name) not in example.omit}
        other = {renamed(f"there/{name}", account, region): renamed(text.decode(), account, region).encode() for name, text in kept.items()}
        assert unchanged(rule, example, read(alone | other).facts)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_an_unconnected_vpc_changes_no_verdict(rule: Rule, deep: bool) -> None:
    for example in some(rule, deep):
        alone = {name: json.loads(text) for name, text in environment_texts(example).items()}
        more = {name: json.loads(renamed(text.decode(), "111122223333", "eu-west-1")) for name, text in good_texts().items()}
        together = {name: joined(document, more.get(name)) for name, document in alone.items()}
        assert unchanged(rule, example, read(encoded(together)).facts)


def joined(document: Mapping[str, object], more: Mapping[str, object] | None) -> Mapping[str, object]:
    """Append the rows of *more* that are not there; documents without rows stay."""
    return {key: value + [row for row in more[key] if row not in value] if isinstance(value, list) and more and key[0].isupper() and "ProcessingJobName" not in document else value for key, value in document.items()}


def encoded(documents: Mapping[str, object]) -> dict[str, bytes]:
    return {name: json.dumps(document).encode() for name, document in documents.items()}


def unchanged(rule: Rule, example: Example, after: Facts) -> bool:
    return as_it_is(rule.id, EXAMPLES[rule.id].index(example)) == verdicts(rule, after, example.declared)


@cache
def kind_of(name: str) -> str:
    """The kind of export that a file of the good environment holds."""
    (page,) = {page.kind for page in read({name: good_texts()[name]}).pages}
    return page


# Law 9


@FEW
@given(st.sampled_from(sorted(good_texts())), st.integers(0, 10_000), st.sampled_from([b"", b"[", b"}", b"null", b"-1", b'"', b"\xff", b"1e999", b"\\ud800", b",", b":"]), st.integers(0, 40))
def test_whatever_bytes_go_in_a_report_comes_out(name: str, at: int, inserted: bytes, removed: int) -> None:
    text = good_texts()[name]
    at %= len(text)
    report = checked({**good_texts(), name: text[:at] + inserted + text[at + removed :]})
    assert all(text.endswith("\n") for text in rendered(report))
    assert all("\n" not in str(error) for error in report.errors)


def leaves(value: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in children:
        yield (*way, step)
        yield from leaves(child, (*way, step))


def replaced(value: object, way: tuple[str | int, ...], new: object) -> None:
    for step in way[:-1]:
        value = value[step]  # type: ignore[index]
    value[way[-1]] = new  # type: ignore[index]


ODD = st.sampled_from([None, True, 0, -1, 2**70, 1.5, "", "x", "\u0000", "\ud800", "0.0.0.0/0", "::/0", [], [None], [[]], {}, {"a": 1}, [{"Key": 1}]])


@FEW
@given(st.data())
def test_whatever_values_go_in_a_report_comes_out(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(good_texts())))
    document = json.loads(good_texts()[name])
    for _ in range(data.draw(st.integers(1, 3))):
        replaced(document, data.draw(st.sampled_from(sorted(leaves(document), key=repr))), copy.deepcopy(data.draw(ODD)))
    report = checked({**good_texts(), name: json.dumps(document).encode()})
    assert all(text.endswith("\n") for text in rendered(report))
    assert all("\n" not in str(error) for error in report.errors)
