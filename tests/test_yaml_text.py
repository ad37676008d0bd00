"""YAML is read strictly, and every value and key knows its place."""

import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from sagevpc_lint.documents import yaml_text
from sagevpc_lint.documents.yaml_text import DEEPEST, read
from sagevpc_lint.source import InputError, pointer


@pytest.fixture(params=["installed", "pure"])
def parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The parser that is installed, and the one that stands in where PyYAML has no C library."""
    if request.param == "pure":
        monkeypatch.setattr(yaml_text, "_LOADER", yaml.SafeLoader)
    return request.param


def error(text: str) -> str:
    with pytest.raises(InputError) as caught:
        read(text, "f.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("2012-10-17", "2012-10-17"), ("NO", "NO"), ("on", "on"), ("y", "y"), ("Off", "Off"), ("10:30", "10:30"), ("1_000", "1_000"), ("tRUE", "tRUE"),
        ("0b11", "0b11"), ("-0x1", "-0x1"), ("=", "="), ("1", "'1'"), ("true", '"true"'), ("", "''"), ("~", "'~'"), ("a\n", "|\n  a"), ("1", "|-\n  1"),
        (True, "true"), (True, "TRUE"), (False, "False"), (None, "null"), (None, "~"), (None, ""), (None, "Null"),
        (777, "0777"), (-12, "-12"), (12, "+12"), (15, "0o17"), (31, "0x1F"), (0, "0"),
        (1.5, "1.5"), (100000.0, "1e5"), (0.5, ".5"), (1.0, "1."), (-0.02, "-2.0E-2"), (float("inf"), ".inf"), (float("-inf"), "-.INF"),
        ([], "[]"), ({}, "{}"), ([1, "b", None], "[1, b, ~]"), ({"b": [1]}, "\n  b:\n  - 1"),
    ],
)
def test_values_are_those_of_the_core_schema_of_yaml_1_2(value: object, written: str, parser: str) -> None:
    found = read(f"a: {written}\n", "f.yaml").value
    assert {"a": value} == found
    assert isinstance(found, dict) and type(value) is type(found["a"])


def test_not_a_number_is_a_number(parser: str) -> None:
    value = read(".NaN", "f.yaml").value
    assert value != value


def test_an_empty_text_is_null(parser: str) -> None:
    assert [None] * 4 == [read(text, "f.yaml").value for text in ("", "\n\n", "# only a comment\n", "---\n")]


def test_keys_are_text_as_they_are_written(parser: str) -> None:
    text = "on: 1\n012345678901: 2\n2012-10-17: 3\nnull: 4\n'<<': 5\n1: 6\n'é/~': 7\n"
    assert ["on", "012345678901", "2012-10-17", "null", "<<", "1", "é/~"] == list(read(text, "f.yaml").value)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ('f.yaml:3:1: the key "a" stands twice, first in line 1; leave one of them', "a: 1\nb: 2\na: 3\n"),
        ('f.yaml:2:12: the key "b" stands twice, first in line 2; leave one of them', "a:\n  - {b: 1, 'b': 2}\n"),
        ('f.yaml:1:8: the key "1" stands twice, first in line 1; leave one of them', "{1: a, '1': b}"),
        ("f.yaml:1:4: anchors and aliases are not read; write the value out", "a: &x 1\n"),
        ("f.yaml:1:4: anchors and aliases are not read; write the value out", "a: *x\n"),
        ("f.yaml:1:1: anchors and aliases are not read; write the value out", "&x a: 1\n"),
        ("f.yaml:1:1: anchors and aliases are not read; write the value out", "*x : 1\n"),
        ("f.yaml:2:3: merge keys are not read; write the members out", "a:\n  <<: {b: 1}\n"),
        ('f.yaml:1:4: the tag "tag:yaml.org,2002:str" is not read; only text, numbers, true, false, null, lists and mappings are', "a: !!str 1\n"),
        ('f.yaml:1:1: the tag "!Ref" is not read; only text, numbers, true, false, null, lists and mappings are', "!Ref a: 1\n"),
        ('f.yaml:1:4: the tag "!GetAtt" is not read; only text, numbers, true, false, null, lists and mappings are', "a: !GetAtt [b, c]\n"),
        ('f.yaml:1:1: the tag "!" is not read; only text, numbers, true, false, null, lists and mappings are', "! 1\n"),
        (
            'f.yaml:1:4: the tag "tag:yaml.org,2002:python/object/apply:os.system" is not read; only text, numbers, true, false, null, lists and mappings are',
            "a: !!python/object/apply:os.system [ls]\n",
        ),
        ("f.yaml:1:1: a list or mapping cannot be a key; keys are text", "[a]: 1\n"),
        ("f.yaml:1:3: a list or mapping cannot be a key; keys are text", "? {a: 1}\n: 2\n"),
        ("f.yaml:3:1: a second document starts here; a file holds one", "---\na: 1\n---\nb: 2\n"),
        ("f.yaml:2:1: a second document starts here; a file holds one", "a: 1\n---\n"),
        ("f.yaml:1:4: a number of thousands of digits; quote it if it is text", f"a: {'9' * 5000}\n"),
        ("f.yaml:1:4: a number of thousands of digits; quote it if it is text", f"a: 0x{'f' * 4000}\n"),
        ("f.yaml:2:4: not YAML: the character U+0007 is not allowed; remove it, or escape it in double quotes", "a: 1\nb: \a\n"),
        ("f.yaml:1:4: not YAML: the character U+D800 is not allowed; remove it, or escape it in double quotes", "a: \ud800"),
    ],
)
def test_what_json_lacks_is_refused_where_it_stands(expected: str, text: str, parser: str) -> None:
    assert expected == error(text)


@pytest.mark.parametrize(("place", "text"), [("1:5", "a: b: c\n"), ("2:1", "a: [\n"), ("1:4", "a: @b\n"), ("3:1", "a: 'b\n\n"), ("1:1", "%YAML 3.0\n--- a\n")])
def test_what_is_not_yaml_is_refused_where_it_stands(place: str, text: str) -> None:
    assert error(text).startswith(f"f.yaml:{place}: not YAML: ")


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[{a: ", "- a: "])
def test_a_hundred_thousand_levels_are_refused(opening: str, parser: str) -> None:
    assert error(opening * 100_000).startswith("f.yaml:1:")


def test_nesting_is_read_down_to_the_deepest_level_and_no_further(parser: str) -> None:
    deepest = "[" * DEEPEST + "]" * DEEPEST
    assert DEEPEST == json.dumps(read(deepest, "f.yaml").value).count("[")
    assert f"f.yaml:1:{DEEPEST + 1}: nested deeper than {DEEPEST} levels" == error(f"[{deepest}]")


def test_values_and_keys_know_their_places(parser: str) -> None:
    found = read("# c\né: 'x'\nb/c:\n  - 1\n  - {k: t}\nd: |\n  text\ne:\n", "f.yaml")
    values = {"": (2, 1), "/é": (2, 4), "/b~1c": (4, 3), "/b~1c/0": (4, 5), "/b~1c/1": (5, 5), "/d": (6, 4), "/e": (8, 3)}
    assert values == {at: found.positions[at] for at in values}
    assert {"/é": (2, 1), "/b~1c": (3, 1), "/b~1c/1/k": (5, 6), "/d": (6, 1), "/e": (8, 1)} == dict(found.key_positions)


def test_a_pointer_to_nothing_finds_the_innermost_value_on_its_way() -> None:
    assert (1, 4) == read("a: {b: 1}", "f.yaml").place("/a/c/0")
    assert (1, 1) == read("", "f.yaml").place("/a")


def test_a_byte_order_mark_is_no_text_and_takes_no_column(parser: str) -> None:
    found = read("\ufeffa: 1\n", "f.yaml")
    assert ({"a": 1}, (1, 4)) == (found.value, found.positions["/a"])


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufeff\x7f"), max_size=8)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)


def leaves(value: Any, at: str = "") -> list[tuple[str, Any]]:
    match value:
        case list():
            return [leaf for index, item in enumerate(value) for leaf in leaves(item, at + pointer(index))]
        case dict():
            return [leaf for key, item in value.items() for leaf in leaves(item, at + pointer(key))]
    return [(at, value)]


@settings(max_examples=150, deadline=None)
@given(JSON, st.sampled_from([None, 2]))
def test_json_means_the_same_read_as_yaml_and_every_place_is_right(value: Any, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    found = read(text, "f.yaml")
    assert value == found.value
    for at, leaf in leaves(value):
        line, column = found.positions[at]
        assert text.split("\n")[line - 1][column - 1 :].startswith(json.dumps(leaf, ensure_ascii=False))


@settings(max_examples=300, deadline=None)
@given(st.text() | st.text("ab:- \n\t[]{},'\"|>&*!?#%@`~<.0x1e\\", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read(text, "f.yaml")
    except InputError as refused:
        assert "f.yaml" == refused.file and "\n" not in refused.message
