"""YAML read strictly: the values that JSON has, every key once, and where each value and key stands."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from sagevpc_lint.source import InputError, line_and_column, pointer

Place = tuple[int, int]
Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]

DEEPEST = 100
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# The core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema): dates, `on` and `NO` are text there.
_CONSTANTS = {word: value for words, value in (("null Null NULL ~", None), ("true True TRUE", True), ("false False FALSE", False)) for word in words.split()} | {"": None}
_INTEGER = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_MOST_DIGITS = 3000  # the standard library refuses to print more than 4300 decimal ones, which fewer hexadecimal ones already are
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_INFINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")


@dataclass(frozen=True, slots=True)
class Yaml:
    """One YAML document: its *value*, and by JSON pointer the line and column, from 1, of each value and of each key in a mapping."""

    value: Value
    positions: Mapping[str, Place]
    key_positions: Mapping[str, Place]

    def place(self, at: str) -> Place:
        """Return the place of the value that the pointer *at* names, or of the innermost value on its way."""
        while at not in self.positions:
            at = at.rpartition("/")[0]
        return self.positions[at]


def read(text: str, file: str) -> Yaml:
    """Read the one YAML document in *text*; *file* is its path as it is printed. An empty text is null.

    Raises `InputError` for what is not YAML and for what YAML has and JSON lacks: tags, anchors, merge keys, keys that are no text,
    a key that stands twice, a second document; and for values nested deeper than `DEEPEST`.
    """
    text = text.removeprefix("\ufeff")
    if found := _UNPRINTABLE.search(text):
        raise InputError(file, *line_and_column(text, found.start()), f"not YAML: the character U+{ord(found[0]):04X} is not allowed; remove it, or escape it in double quotes")
    try:
        return _document(_Reader(file, yaml.parse(text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as error:
        problem = ", ".join(part for part in (error.context, error.problem) if part)
        hint = "; quote a text that begins with {" if re.search(r"(?m)^[\w-]+: \{", text) else ""
        raise InputError(file, *_mark(error.problem_mark or error.context_mark), f"not YAML: {problem}{hint}") from None
    except yaml.YAMLError as error:
        raise InputError(file, 0, 0, f"not YAML: {' '.join(str(error).split())}") from None


@dataclass(frozen=True, slots=True)
class _Reader:
    """The events of one text and the places that were seen so far.

    Values are built from the events themselves: composing nodes first would end the process on 100,000 nested brackets.
    """

    file: str
    events: Iterator[yaml.Event]
    positions: dict[str, Place] = field(default_factory=dict)
    key_positions: dict[str, Place] = field(default_factory=dict)

    def value(self, event: yaml.Event, at: str, depth: int) -> Value:
        """Build the value that starts with *event* at the pointer *at*."""
        self._require_plain(event)
        self.positions[at] = _mark(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            return self._scalar(event)
        if depth == DEEPEST:
            raise self._refused(event, f"nested deeper than {DEEPEST} levels")
        return self._list(at, depth + 1) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(at, depth + 1)

    def _list(self, at: str, depth: int) -> list[Value]:
        items: list[Value] = []
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.value(event, at + pointer(len(items)), depth))
        return items

    def _mapping(self, at: str, depth: int) -> dict[str, Value]:
        members: dict[str, Value] = {}
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self._key(event)
            below = at + pointer(key)
            if key in members:
                raise self._refused(event, f"the key {quoted(key)} stands twice, first in line {self.key_positions[below][0]}; leave one of them")
            self.key_positions[below] = _mark(event.start_mark)
            members[key] = self.value(next(self.events), below, depth)
        return members

    def _key(self, event: yaml.Event) -> str:
        """A key is text however it is written, as in JSON: `on`, `111122223333` and `2012-10-17` keep their spelling."""
        self._require_plain(event)
        if not isinstance(event, yaml.ScalarEvent):
            raise self._refused(event, "a list or mapping cannot be a key; keys are text")
        if event.value == "<<" and event.implicit[0]:
            raise self._refused(event, "merge keys are not read; write the members out")
        return str(event.value)

    def _scalar(self, event: yaml.ScalarEvent) -> Value:
        text = event.value
        if not event.implicit[0]:
            return str(text)
        if text in _CONSTANTS:
            return _CONSTANTS[text]
        if _INTEGER.fullmatch(text):
            return self._integer(event)
        if _FLOAT.fullmatch(text):
            return float(text)
        return float(text.replace(".", "")) if _INFINITE.fullmatch(text) else str(text)

    def _integer(self, event: yaml.ScalarEvent) -> int:
        if len(event.value) > _MOST_DIGITS:
            raise self._refused(event, "a number of thousands of digits; quote it if it is text")
        return int(event.value, 0 if event.value[:2] in ("0o", "0x") else 10)

    def _require_plain(self, event: yaml.Event) -> None:
        if event.anchor is not None:
            raise self._refused(event, "anchors and aliases are not read; write the value out")
        if getattr(event, "tag", None) is not None:
            raise self._refused(event, f"the tag {quoted(event.tag)} is not read; only text, numbers, true, false, null, lists and mappings are")

    def _refused(self, event: yaml.Event, message: str) -> InputError:
        return InputError(self.file, *_mark(event.start_mark), message)


def quoted(text: str) -> str:
    """Write a text in quotes and in one line, what cannot be printed as an escape."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


def _document(reader: _Reader) -> Yaml:
    value: Value = None
    reader.positions[""] = (1, 1)
    documents = 0
    for event in reader.events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                raise reader._refused(event, "a second document starts here; a file holds one")
        elif isinstance(event, yaml.NodeEvent):
            value = reader.value(event, "", 0)
    return Yaml(value, reader.positions, reader.key_positions)


def _mark(mark: yaml.Mark | None) -> Place:
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)
