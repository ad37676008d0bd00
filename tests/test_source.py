"""Law 8: a source's line and column point at the value that its pointer names."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint.source import InputError, Source, Span, line_and_column, locate, locate_all, pointer, steps

NUMBERS = st.integers(-1000, 1000).map(str) | st.sampled_from(["0", "-0", "1.5", "2e10", "-3.25E-7", "0.0", "12345678901234567890"])
CONSTANTS = st.sampled_from(["null", "true", "false"])
KEYS = st.sampled_from(["", "a", "b", "0", "1", "a/b", "~", "~1", '"', "\\", "é", "\U0001f600", "{", "}]", "a: 1,", "\n", "\ud800"]) | st.text(max_size=4)
WHITE = st.text(" \t\r\n", max_size=3)


def spelled(draw: st.DrawFn, text: str) -> str:
    """Write a string as JSON, its characters as they are or escaped in one of the ways that JSON has."""
    pieces = []
    for character in text:
        ways = [json.dumps(character)[1:-1]]
        if character <= "\uffff":
            ways.append(f"\\u{ord(character):04X}")
        if character >= " " and character not in '"\\':
            ways.append(character)
        if character == "/":
            ways.append("\\/")
        pieces.append(draw(st.sampled_from(ways)))
    return f'"{"".join(pieces)}"'


@st.composite
def texts(draw: st.DrawFn, depth: int = 3) -> str:
    """Draw the text of one JSON value, with white space wherever JSON allows it."""
    match draw(st.sampled_from(["object", "array", "string", "scalar"] if depth else ["string", "scalar"])):
        case "object":
            names = draw(st.lists(KEYS, max_size=4, unique=True))
            members = [f"{draw(WHITE)}{spelled(draw, name)}{draw(WHITE)}:{draw(WHITE)}{draw(texts(depth - 1))}{draw(WHITE)}" for name in names]
            return "{" + (",".join(members) or draw(WHITE)) + "}"
        case "array":
            items = [f"{draw(WHITE)}{draw(texts(depth - 1))}{draw(WHITE)}" for _ in range(draw(st.integers(0, 4)))]
            return "[" + (",".join(items) or draw(WHITE)) + "]"
        case "string":
            return spelled(draw, draw(KEYS))
    return draw(NUMBERS | CONSTANTS)


@st.composite
def files(draw: st.DrawFn) -> str:
    """Draw a file of one or several documents, one after the other."""
    documents = draw(st.lists(texts(), min_size=1, max_size=3))
    return draw(WHITE) + "".join(document + draw(st.sampled_from(["\n", " ", "\r\n\t"])) for document in documents)


@dataclass
class SlowParser:
    """Read JSON character by character and keep the line and column at which every value starts and ends."""

    text: str
    at: int = 0
    line: int = 1
    column: int = 1
    found: dict[tuple[int, str], Span] = field(default_factory=dict)

    def documents(self) -> dict[tuple[int, str], Span]:
        number = 0
        self.white()
        while self.at < len(self.text):
            self.value(number, "")
            self.white()
            number += 1
        return self.found

    def take(self) -> str:
        character = self.text[self.at]
        self.at += 1
        self.line, self.column = (self.line + 1, 1) if character == "\n" else (self.line, self.column + 1)
        return character

    def white(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in " \t\r\n":
            self.take()

    def value(self, document: int, here: str) -> None:
        start = self.line, self.column
        match self.text[self.at]:
            case "{":
                self.members(document, here)
            case "[":
                self.items(document, here)
            case '"':
                self.string()
            case _:
                while self.at < len(self.text) and self.text[self.at] not in " \t\r\n,]}":
                    self.take()
        self.found[document, here] = Span(*start, self.line, self.column)

    def members(self, document: int, here: str) -> None:
        self.take()
        self.white()
        while self.text[self.at] != "}":
            name = self.string()
            self.white()
            self.take()
            self.white()
            self.value(document, f"{here}/{name.replace('~', '~0').replace('/', '~1')}")
            self.separator()
        self.take()

    def items(self, document: int, here: str) -> None:
        self.take()
        self.white()
        index = 0
        while self.text[self.at] != "]":
            self.value(document, f"{here}/{index}")
            self.separator()
            index += 1
        self.take()

    def separator(self) -> None:
        self.white()
        if self.text[self.at] == ",":
            self.take()
            self.white()

    def string(self) -> str:
        start = self.at
        self.take()
        while self.text[self.at] != '"':
            if self.take() == "\\":
                self.take()
        self.take()
        return str(json.loads(self.text[start : self.at]))


def cut(text: str, span: Span) -> str:
    """Cut what a span covers out of a text, line by line."""
    lines = text.split("\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return "\n".join(lines)


def places(value: object, here: str = "") -> Iterator[tuple[str, object]]:
    """Yield every pointer into a value, with what it names."""
    yield here, value
    for step, child in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(child, here + pointer(step))


@given(files())
def test_every_pointer_is_found_where_a_slow_parser_finds_it(text: str) -> None:
    slow = SlowParser(text).documents()
    assert slow == {(document, at): locate(text, Source("a.json", document, at)) for document, at in slow}


@given(files())
def test_many_sources_are_found_at_once_as_they_are_one_by_one(text: str) -> None:
    sources = [Source("a.json", document, at) for document, at in SlowParser(text).documents()]
    assert {source: locate(text, source) for source in sources} == locate_all(text, reversed(sources))


@given(texts())
def test_a_span_covers_exactly_the_text_of_the_value(text: str) -> None:
    for at, value in places(json.loads(text)):
        assert value == json.loads(cut(text, locate(text, Source("a.json", 0, at))))


@given(texts(), KEYS)
def test_a_pointer_to_what_is_missing_finds_the_innermost_value_on_its_way(text: str, name: str) -> None:
    for at, value in places(json.loads(text)):
        beyond = str(len(value)) if isinstance(value, list) else name
        if not isinstance(value, dict) or name not in value:
            assert locate(text, Source("a.json", 0, at)) == locate(text, Source("a.json", 0, at + pointer(beyond, "more")))


@given(st.lists(KEYS))
def test_a_pointer_is_read_into_the_steps_that_it_was_written_of(names: list[str]) -> None:
    assert names == steps(pointer(*names))


@given(st.lists(KEYS | st.integers(0, 9), max_size=3), st.lists(KEYS | st.integers(0, 9), max_size=3))
def test_a_source_is_led_on_step_by_step(first: list[str | int], second: list[str | int]) -> None:
    assert Source("a.json", 2, pointer(*first, *second)) == Source("a.json", 2).at(*first).at(*second)


@given(st.text("ab\n\r\té\U0001f600", max_size=20), st.data())
def test_lines_end_at_newlines_and_columns_count_characters(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    before = text[:offset].split("\n")
    assert (len(before), len(before[-1]) + 1) == line_and_column(text, offset)


def test_the_inner_pointer_of_json_text_leads_to_the_text() -> None:
    text = '{"Policy": "{\\"Version\\": 1}"}'
    assert Span(1, 12, 1, 30) == locate(text, Source("a.json", 0, "/Policy", "/Version"))


@pytest.mark.parametrize(("line", "text"), [(3, "a.json:3:7: not JSON"), (0, "a.json: not JSON")])
def test_an_input_error_names_file_line_and_column_or_the_file_alone(line: int, text: str) -> None:
    assert text == str(InputError("a.json", line, 7 if line else 0, "not JSON"))


@given(st.text())
def test_an_input_error_is_one_printable_line_whatever_it_quotes(quoted: str) -> None:
    assert re.fullmatch("a.json:1:2: found .*", str(InputError("a.json", 1, 2, f"found {quoted}")))
    assert InputError("a.json", 1, 2, f"found {quoted}").message.isprintable()


def test_input_errors_are_sorted_by_place() -> None:
    errors = [InputError("b", 1, 1, "x"), InputError("a", 10, 1, "x"), InputError("a", 2, 5, "x"), InputError("a", 2, 5, "w"), InputError("a", 0, 0, "x")]
    assert [("a", 0, "x"), ("a", 2, "w"), ("a", 2, "x"), ("a", 10, "x"), ("b", 1, "x")] == [(error.file, error.line, error.message) for error in sorted(errors)]
