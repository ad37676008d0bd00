"""The text of a rule file: which part of it is read, and where in it something is wrong."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sagevpc_lint.documents.files import decode
from sagevpc_lint.documents.schema import Problem
from sagevpc_lint.documents.yaml_text import Value, Yaml, read
from sagevpc_lint.rulebook.faults import Fault, RuleError
from sagevpc_lint.source import InputError, steps

_EXAMPLES = re.compile(r"^examples:(?=[ \r\n]|\Z)", re.MULTILINE)
_FURTHER = re.compile("[\n\r\x85\u2028\u2029](?!-[ \n\r]|#)[^ \t\n\r\x85\u2028\u2029]")
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Origin:
    """A rule's file: its *path*, how it is printed (*file*), and the *folder* that `select` and `ignore` may name."""

    id: str
    folder: str
    file: str
    path: Path


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of a rule file as it is written, and as YAML."""

    file: str
    text: str
    yaml: Yaml

    @property
    def members(self) -> Mapping[str, Value]:
        """The members of the rule; none where the text is no mapping."""
        return self.yaml.value if isinstance(self.yaml.value, dict) else {}

    @property
    def head(self) -> Value:
        """What is checked when a rule is loaded: all but the examples."""
        return {key: member for key, member in self.members.items() if key != "examples"} if self.members else self.yaml.value

    def broken(self, problem: Problem) -> RuleError:
        """Say what breaks the schema, and where."""
        place = self.yaml.key_positions[problem.pointer] if problem.of_key else self.yaml.place(problem.pointer)
        return RuleError(self.file, *place, problem.message)

    def wrong(self, pointer: str, value: str, fault: Fault) -> RuleError:
        """Say what is wrong in the text *value* at *pointer*, and where: at the character if it stands in one line as it is."""
        line, column = self.yaml.place(pointer)
        written = _BREAK.split(self.text)[line - 1][column - 1 :]
        quote = 1 if written[:1] in ("'", '"') else 0
        offset = quote + fault.offset if written[quote:].startswith(value) else 0
        return RuleError(self.file, line, column + offset, f"{steps(pointer)[0]}: {fault.message}")


def open_text(origin: Origin) -> str:
    """Return the text of a rule's file; raise `RuleError` if it cannot be read."""
    try:
        return decode(origin.path.read_bytes(), origin.file).removeprefix("\ufeff")
    except OSError as error:
        raise RuleError(origin.file, 0, 0, f"cannot be read: {(error.strerror or 'error').lower()}") from None
    except InputError as error:
        raise RuleError(*error.args) from None


def open_sheet(origin: Origin, text: str) -> Sheet:
    """Read *text* as YAML; raise `RuleError` if it is none."""
    try:
        return Sheet(origin.file, text, read(text, origin.file))
    except InputError as error:
        raise RuleError(*error.args) from None


def without_examples(text: str) -> str:
    """Return a rule's text up to its examples: they cost more to parse than all the rest, and no check needs them.

    A line that starts at column 1 with `examples:` can only be that key in block style: block scalars, and the further lines of a longer
    text, are indented. What else starts at column 1 after it, but items and comments, is a further key: then the whole text is returned.
    """
    found = _EXAMPLES.search(text)
    return text if found is None or _FURTHER.search(text, found.end()) else text[: found.start()]
