"""Where a value stands: symbolic while facts are passed about, line and column only for what is shown."""

import json
import re
from dataclasses import dataclass, replace

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
        return replace(self, pointer=self.pointer + pointer(*steps))


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Lines and columns of a value, counted from 1 in characters; the end column is the one after the last character."""

    line: int
    column: int
    end_line: int
    end_column: int


class InputError(Exception):
    """An input or a rule file is wrong; *line* and *column* are 0 where the file as a whole is meant."""

    def __init__(self, file: str, line: int, column: int, message: str) -> None:
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
    start = space(text, 0)
    for _ in range(source.document):
        start = space(text, _end(text, start))
    for step in steps(source.pointer):
        child = _child(text, start, step)
        if child is None:
            break
        start = child
    return span(text, start, _end(text, start))


def span(text: str, start: int, end: int) -> Span:
    """Turn two offsets in *text* into lines and columns."""
    return Span(*line_and_column(text, start), *line_and_column(text, end))


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Turn an offset in *text* into a line and a column, both from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def space(text: str, offset: int) -> int:
    """Skip JSON's white space from *offset* on."""
    return _SPACE.match(text, offset).end()  # type: ignore[union-attr]  # the pattern matches everywhere


def _end(text: str, start: int) -> int:
    return _DECODER.raw_decode(text, start)[1]


def _child(text: str, start: int, step: str) -> int | None:
    match text[start]:
        case "{":
            return _member(text, start, step)
        case "[":
            return _item(text, start, step)
    return None


def _member(text: str, start: int, name: str) -> int | None:
    at = space(text, start + 1)
    while text[at] == '"':
        key, at = _DECODER.raw_decode(text, at)
        at = space(text, space(text, at) + 1)
        if key == name:
            return at
        at = space(text, _end(text, at))
        if text[at] == ",":
            at = space(text, at + 1)
    return None


def _item(text: str, start: int, number: str) -> int | None:
    at = space(text, start + 1)
    index = 0
    while text[at] != "]":
        if str(index) == number:
            return at
        at = space(text, _end(text, at))
        if text[at] == ",":
            at = space(text, at + 1)
        index += 1
    return None
