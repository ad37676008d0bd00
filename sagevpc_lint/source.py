"""Where a value stands: symbolic while facts are passed about, line and column only for what is shown."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_SPACE = re.compile(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, slots=True, order=True)
class Source:
    """A place in a snapshot.

    *file*: the path as it is printed. *document*: its number in the file, from 0. *pointer*: a JSON pointer (RFC 6901) in
    that document. *inner*: a JSON pointer inside the value, if the value is itself JSON text, else empty.
    """

    file: str
    document: int = 0
    pointer: str = ""
    inner: str = ""

    def at(self, *steps: str | int) -> "Source":
        """Return the source of the value that *steps* lead to from here."""
        return Source(self.file, self.document, self.pointer + pointer(*steps), self.inner)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Lines and columns of a value, counted from 1 in characters; the end column is the one after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


class InputError(Exception):
    """An input or a rule file is wrong; *line* and *column* are 0 where the file as a whole is meant. The message is one line, whatever it quotes."""

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
        message = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in message)
        super().__init__(file, line, column, message)
        self.file, self.line, self.column, self.message = file, line, column, message

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return f"{place}: {self.message}"

    def __lt__(self, other: "InputError") -> bool:
        return self.args < other.args


def pointer(*steps: str | int) -> str:
    """Write *steps* as a JSON pointer."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def steps(text: str) -> list[str]:
    """Read a JSON pointer into its steps."""
    return [step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:]]


def locate(text: str, source: Source) -> Span:
    """Find the value that *source* names in *text*, the whole JSON text of its file.

    Where the pointer leads to nothing (a member that is missing), the innermost value on its way is found.
    """
    return locate_all(text, [source])[source]


def locate_all(text: str, sources: Iterable[Source]) -> dict[Source, Span]:
    """Find the values that *sources* name in *text* as `locate` does, on one way through it that passes over all else."""
    wanted: dict[int, list[tuple[list[str], Source]]] = {}
    for source in sources:
        wanted.setdefault(source.document, []).append((steps(source.pointer), source))
    found: dict[Source, tuple[int, int]] = {}
    start, document = space(text, 0), 0
    for number in sorted(wanted):
        for _ in range(number - document):
            start = space(text, _end(text, start))
        document = number
        _find(text, start, wanted[number], found)
    places = _lines_and_columns(text, {offset for ends in found.values() for offset in ends})
    return {source: Span(*places[start], *places[end]) for source, (start, end) in found.items()}


def _find(text: str, start: int, wanted: list[tuple[list[str], Source]], found: dict[Source, tuple[int, int]]) -> None:
    """Find the offsets of each of *wanted*, the steps that are left from the value at *start*."""
    below: dict[str, list[tuple[list[str], Source]]] = {}
    for way, source in wanted:
        if way:
            below.setdefault(way[0], []).append((way[1:], source))
    for step, child in _children(text, start, below):
        _find(text, child, below.pop(step), found)
    here = [source for way, source in wanted if not way] + [source for lost in below.values() for _, source in lost]
    if here:
        ends = start, _end(text, start)
        found.update((source, ends) for source in here)


def _lines_and_columns(text: str, offsets: Iterable[int]) -> dict[int, tuple[int, int]]:
    """Turn offsets in *text* into lines and columns, counting each line once."""
    places: dict[int, tuple[int, int]] = {}
    line, start, counted = 1, 0, 0
    for offset in sorted(offsets):
        if breaks := text.count("\n", counted, offset):
            line, start = line + breaks, text.rfind("\n", counted, offset) + 1
        places[offset] = line, offset - start + 1
        counted = offset
    return places


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Turn an offset in *text* into a line and a column, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def space(text: str, offset: int) -> int:
    """Skip JSON's white space from *offset* on."""
    return _SPACE.match(text, offset).end()  # type: ignore[union-attr]  # the pattern matches everywhere


def _end(text: str, start: int) -> int:
    return _DECODER.raw_decode(text, start)[1]


def _children(text: str, start: int, wanted: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield the steps and offsets of those children of the value at *start* that are *wanted*, each once."""
    left, index = set(wanted), 0
    is_object = text[start] == "{"
    if not left or text[start] not in "{[":
        return
    at = space(text, start + 1)
    while left and text[at] not in "}]":
        step = str(index)
        if is_object:
            step, at = _DECODER.raw_decode(text, at)
            at = space(text, space(text, at) + 1)
        if step in left:
            left.remove(step)
            yield step, at
        at = space(text, _end(text, at))
        at = space(text, at + 1) if text[at] == "," else at
        index += 1
