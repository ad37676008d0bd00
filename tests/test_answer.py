"""Three-valued truth: what decides, what is kept of it, what is dropped, and that nobody loses the third value."""

import operator
from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint.answer import Absence, Answer, Evidence, Found, Missing, Resource, Unknown, all_of, any_of, asked, known, shows, unknown
from sagevpc_lint.model.nouns import VpcAttribute
from sagevpc_lint.source import Source

VALUES = (True, None, False)
AND = {
    (True, True): True, (True, None): None, (True, False): False,
    (None, True): None, (None, None): None, (None, False): False,
    (False, True): False, (False, None): False, (False, False): False,
}
NOT = {True: False, None: None, False: True}
ABSENCE = Absence("subnets", "111122223333/eu-west-1", "export", "aws ec2 describe-subnets")


def piece(name: str) -> Evidence:
    return Evidence(Source(f"{name}.json"), Resource("subnet", name))


def said(value: bool | None, name: str) -> Answer:
    """Give an answer whose every part tells by *name* where it came from."""
    missing = frozenset({Absence(name, "", "export")}) if value is None else frozenset()
    return Answer(value, (piece(name),), {"subnet": (name,)}, (f"because of {name}",), missing)


def sources(answer: Answer) -> set[str]:
    """Tell from which answers the parts of a joined one came; all parts must tell the same."""
    names = {each.resource.id for each in answer.evidence}
    assert names == set(answer.names.get("subnet", ())) == {line.removeprefix("because of ") for line in answer.because}
    return names


def deciding(values: list[bool | None], settled_by: bool) -> tuple[bool | None, set[str]]:
    """Decide slowly: which value, and whose answers are kept."""
    value = settled_by if settled_by in values else None if None in values else not settled_by
    return value, {str(index) for index, each in enumerate(values) if each is value}


@pytest.mark.parametrize("left", VALUES)
@pytest.mark.parametrize("right", VALUES)
def test_and_is_kleenes_and(left: bool | None, right: bool | None) -> None:
    assert AND[left, right] is (Answer(left) & Answer(right)).value


@pytest.mark.parametrize("left", VALUES)
@pytest.mark.parametrize("right", VALUES)
def test_or_is_and_of_what_is_turned(left: bool | None, right: bool | None) -> None:
    assert NOT[AND[NOT[left], NOT[right]]] is (Answer(left) | Answer(right)).value


@pytest.mark.parametrize("value", VALUES)
def test_not_turns_the_value_and_keeps_all_reasons(value: bool | None) -> None:
    answer = said(value, "0")
    assert NOT[value] is (~answer).value
    assert answer == ~~answer
    assert (answer.evidence, answer.names, answer.because, answer.missing) == ((~answer).evidence, (~answer).names, (~answer).because, (~answer).missing)


@pytest.mark.parametrize("left", VALUES)
@pytest.mark.parametrize("right", VALUES)
@pytest.mark.parametrize(("join", "settled_by"), [(operator.and_, False), (operator.or_, True)])
def test_what_decided_is_kept_and_the_rest_is_dropped(left: bool | None, right: bool | None, join: Callable[[Answer, Answer], Answer], settled_by: bool) -> None:
    joined = join(said(left, "0"), said(right, "1"))
    value, names = deciding([left, right], settled_by)
    assert (value, names) == (joined.value, sources(joined))
    assert (names if value is None else set()) == {absence.kind for absence in joined.missing}


@given(st.lists(st.sampled_from(VALUES), max_size=6), st.randoms())
def test_any_of_and_all_of_decide_as_a_slow_reading_does_whatever_the_order(values: list[bool | None], random: Random) -> None:
    items = list(enumerate(values))
    random.shuffle(items)
    for quantify, settled_by in ((any_of, True), (all_of, False)):
        answer = quantify(items, lambda item: said(item[1], str(item[0])))
        assert deciding(values, settled_by) == (answer.value, sources(answer))
        assert {str(index) for index, value in enumerate(values) if value is None and answer.value is None} == {absence.kind for absence in answer.missing}


def test_nothing_is_every_and_not_some() -> None:
    nothing: tuple[int, ...] = ()
    assert (Answer(True), Answer(False)) == (all_of(nothing, lambda _: Answer(False)), any_of(nothing, lambda _: Answer(True)))


def test_every_item_is_asked_even_if_the_first_one_settles() -> None:
    asked_for = []

    def test(item: int) -> Answer:
        asked_for.append(item)
        return Answer(True)

    any_of((1, 2, 3), test)
    assert [1, 2, 3] == asked_for


def raises(*absences: Absence) -> Answer:
    raise Missing(*absences)


def test_what_is_missing_for_one_item_does_not_hide_the_item_that_settles() -> None:
    assert said(True, "1") == any_of((0, 1), lambda item: said(True, "1") if item else raises(ABSENCE))
    assert unknown({ABSENCE}) == any_of((0, 1), lambda item: Answer(False) if item else raises(ABSENCE))
    assert unknown({ABSENCE}) == all_of((0, 1), lambda item: Answer(True) if item else raises(ABSENCE))
    assert said(False, "1") == all_of((0, 1), lambda item: said(False, "1") if item else raises(ABSENCE))


def test_of_a_collection_that_ends_in_the_dark_only_what_settles_is_decided() -> None:
    found = Found((1,), frozenset({ABSENCE}))
    assert [True, None] == [any_of(found, lambda _: Answer(value)).value for value in (True, False)]
    assert [None, False] == [all_of(found, lambda _: Answer(value)).value for value in (True, False)]
    assert {ABSENCE} == any_of(found, lambda _: Answer(False)).missing


def test_joined_answers_name_each_thing_once_in_the_order_in_which_it_came() -> None:
    first = Answer(True, (piece("a"), piece("b")), {"subnet": ("a", "b"), "vpc": ("v",)}, ("x", "y"))
    second = Answer(True, (piece("b"), piece("c")), {"subnet": ("b", "c")}, ("y", "z"))
    joined = first & second
    assert (piece("a"), piece("b"), piece("c")) == joined.evidence
    assert {"subnet": ("a", "b", "c"), "vpc": ("v",)} == joined.names
    assert ("x", "y", "z") == joined.because


def test_an_answer_is_no_boolean() -> None:
    for value in VALUES:
        with pytest.raises(TypeError, match="three values"):
            bool(Answer(value))
        with pytest.raises(TypeError, match="three values"):
            assert not (Answer(value) and Answer(True))


def test_a_question_that_misses_something_is_answered_with_what_is_missing() -> None:
    other = Absence("vpcs", "", "export")
    assert unknown({ABSENCE, other}) == asked(raises, ABSENCE, other)
    assert said(True, "0") == asked(said, True, name="0")


def test_only_keeps_what_is_wanted_and_remembers_what_cannot_be_told() -> None:
    def wanted(item: int) -> bool:
        return bool(item > 1) if item else bool(raises(ABSENCE))

    other = Absence("vpcs", "", "export")
    assert Found((2, 3), frozenset({ABSENCE, other})) == Found((0, 1, 2, 3), frozenset({other})).only(wanted)
    assert Found((2,)) == Found((1, 2)).only(wanted)


def test_a_collection_cannot_be_iterated_over() -> None:
    with pytest.raises(TypeError):
        list(Found((1, 2)))  # type: ignore[call-overload]


USES: dict[str, Callable[[object], object]] = {
    "==": lambda value: value == 1, "reflected ==": lambda value: 1 == value, "!=": lambda value: value != None, "<": lambda value: value < 1,  # noqa: E711
    "reflected <": lambda value: 1 < value, "<=": lambda value: value <= 1, ">": lambda value: value > 1, ">=": lambda value: value >= 1,
    "hash": hash, "in a set": lambda value: value in {1}, "in a tuple": lambda value: value in (1, 2), "a key": lambda value: {1: 2}.get(value),
    "bool": bool, "not": lambda value: not value, "or": lambda value: value or 1, "contains": lambda value: 1 in value, "iter": list,
    "star": lambda value: (*value,), "len": len, "item": lambda value: value["tier"], "slice": lambda value: value[1:], "str": str,
    "format": lambda value: f"{value}", "formatted": lambda value: f"{value:>10}", "percent": lambda value: "%s" % value, "int": int, "float": float, "index": lambda value: [1, 2][value],
    "attribute": lambda value: value.subnets, "method": lambda value: value.get("tier"), "call": lambda value: value(), "sorted": lambda value: sorted([value, value]),
    "max": lambda value: max(1, value), "sum": lambda value: sum([1, value]), "round": round, "abs": abs, "reversed": reversed, "bytes": bytes, "divmod": lambda value: divmod(value, 2),
    **{f"{name} 1": lambda value, use=getattr(operator, name): use(value, 1) for name in "add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor matmul".split()},
    **{f"1 {name}": lambda value, use=getattr(operator, name): use(1, value) for name in "add sub mul truediv floordiv mod pow lshift rshift and_ or_ xor matmul".split()},
    **{f"{name} set": lambda value, use=getattr(operator, name): use({1}, value) for name in "sub and_ or_ xor".split()},
    "text +": lambda value: "a" + value, "tuple +": lambda value: (1,) + value, "+ text": lambda value: value + "a",
    "neg": operator.neg, "pos": operator.pos, "invert": operator.invert,
}


@pytest.mark.parametrize("use", USES.values(), ids=USES)
def test_every_use_of_an_unknown_field_raises_what_is_missing(use: Callable[[object], object]) -> None:
    with pytest.raises(Missing) as missing:
        use(Unknown(ABSENCE))
    assert {ABSENCE} == missing.value.absences


def test_an_unknown_field_may_be_looked_at_in_a_debugger() -> None:
    assert "Unknown()" == repr(Unknown(ABSENCE))


def test_a_fact_with_an_unknown_field_can_be_made_and_is_equal_to_nothing() -> None:
    fact = VpcAttribute("vpc-1/enableDnsSupport", Source("a.json"), "vpc-1", Unknown(ABSENCE))  # type: ignore[arg-type]
    with pytest.raises(Missing):
        fact == VpcAttribute("vpc-1/enableDnsSupport", Source("a.json"), "vpc-1", True)  # noqa: B015


@given(st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.integers()))
def test_what_is_known_is_returned_as_it_is(value: object) -> None:
    assert value is known(value)


def test_what_is_not_known_is_missing() -> None:
    with pytest.raises(Missing):
        known(Unknown(ABSENCE))


def test_a_fact_shows_itself_by_its_kind_and_id() -> None:
    fact = VpcAttribute("vpc-1/enableDnsSupport", Source("a.json", 0, "/EnableDnsSupport"), "vpc-1", True)
    assert Evidence(fact.source, Resource("vpc-attribute", fact.id), "it is on", "CODE") == shows(fact, "it is on", "CODE")
