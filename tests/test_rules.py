"""Every example of every rule."""


import pytest

from sagevpc_lint import examples
from sagevpc_lint.history import judged
from sagevpc_lint.judge import Judge
from sagevpc_lint.examples import Example
from sagevpc_lint.questions import vocabulary
from sagevpc_lint.rulebook import Rule, load, shipped_rules

RULES, ERRORS = load([shipped_rules()], vocabulary())
EXAMPLES = [(rule, example) for rule in RULES for example in examples.of_rule(rule)[0]]
READ_NOTHING_BUT_THE_JOB = {"isolation-contradicts-needs", "job-without-vpc", "vpc-config-limits"}


def name(rule: Rule, example: Example) -> str:
    return f"{rule.id}: {example.name}"


def evidence_kinds(rule: Rule, example: Example) -> set[str]:
    """The kinds of export that the evidence of the example's failures came from."""
    snapshot = examples.environment(example)
    facts = examples.facts(example, snapshot)
    kinds = {page.source.file: page.kind for page in snapshot.pages}
    verdicts = Judge(facts, RULES, judged(facts, 30)[0], example.declared).verdicts(rule)
    return {kinds[piece.source.file] for _, verdict in verdicts if verdict.value is False for piece in verdict.answer.evidence}


def test_all_shipped_rules_are_right() -> None:
    assert () == ERRORS
    assert 41 <= len(RULES)


@pytest.mark.parametrize(("rule", "example"), EXAMPLES, ids=[name(*each) for each in EXAMPLES])
def test_an_example_gets_its_verdicts(rule: Rule, example: Example) -> None:
    assert [] == list(examples.differences(rule, RULES, example))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_has_the_examples_that_it_must_have(rule: Rule) -> None:
    found, errors = examples.of_rule(rule)
    assert () == errors
    assert [] == list(examples.shortfalls(rule, RULES, found))
    assert (rule.id in READ_NOTHING_BUT_THE_JOB) == (not any(example.undecided and example.omit for example in found))


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.id not in READ_NOTHING_BUT_THE_JOB], ids=lambda rule: rule.id)
def test_an_undecided_example_lacks_what_a_failure_rests_on(rule: Rule) -> None:
    found, _ = examples.of_rule(rule)
    failing = set().union(*(evidence_kinds(rule, example) for example in found if example.fail))
    assert any(example.omit & failing for example in found if example.undecided)




def test_each_rule_serves_a_heading_of_the_guidance() -> None:
    assert set() == {rule.id for rule in RULES if not rule.guidance or not rule.references}
