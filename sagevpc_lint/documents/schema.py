"""JSON Schemas, compiled to plain functions: they accept a document fast, and jsonschema words the refusal."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sagevpc_lint.source import pointer, steps

if TYPE_CHECKING:
    from jsonschema import ValidationError

Node = Mapping[str, Any]
Column = Sequence[Any]  # all values that stand at one place of the schema: in thousands of rows, a member is tested once, not row by row
Test = Callable[[Column], bool]

_FOLDER = Path(__file__).parent.parent / "schemas"
_TYPES: Mapping[str, set[type]] = {"object": {dict}, "array": {list}, "string": {str}, "boolean": {bool}, "null": {type(None)}, "integer": {int, float}, "number": {int, float}}
_EVERY_TYPE = frozenset(kind for kinds in _TYPES.values() for kind in kinds)
_KEYWORDS = frozenset(
    "$schema $id title description $defs $ref type properties required items enum const pattern minLength maxLength minItems maxItems "
    "minimum maximum additionalProperties propertyNames anyOf".split()
)
_REQUIRED = " is a required property"
_LONGEST = 60


class SchemaError(Exception):
    """A schema that ships with the package is wrong."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A place where a document breaks its schema, as a JSON pointer, and why. *of_key*: the member's name is meant, not its value."""

    pointer: str
    message: str
    of_key: bool = False


def check(name: str, value: object) -> tuple[Problem, ...]:
    """Return what breaks the schema *name* in *value*, by place; nothing if it is accepted."""
    return () if compiled(name)(value) else problems(read(name), value)


@lru_cache
def compiled(name: str) -> Callable[[object], bool]:
    """Return the function that tells whether the schema *name* accepts a value."""
    return compile_schema(read(name), name)


@lru_cache
def read(name: str) -> Node:
    """Read the schema *name* that ships with the package."""
    schema: Node = json.loads((_FOLDER / f"{name}.json").read_text("utf-8"))
    return schema


def compile_schema(schema: Node, name: str) -> Callable[[object], bool]:
    """Turn a schema into a function that tells whether it accepts a value; raises `SchemaError` for a keyword that is not known here."""
    test = _Compiler(schema, name, {}).test(schema, "")
    return lambda value: test([value])


def problems(schema: Node, value: object) -> tuple[Problem, ...]:
    """Let jsonschema say what breaks *schema* in *value*, by place."""
    from jsonschema import Draft202012Validator

    errors = [clear for error in Draft202012Validator(schema).iter_errors(value) for clear in _clearest(error)]
    found = {problem for error in errors for problem in _worded(error, schema)}
    return tuple(sorted(found, key=lambda problem: (_place(problem.pointer), problem.message)))


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """Return the one of *allowed* that *word* may have been meant to be."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, sorted(allowed), 1)), None)


@dataclass(frozen=True, slots=True)
class _Compiler:
    """One schema, and what is compiled of its definitions. Tests get columns that are not empty."""

    root: Node
    name: str
    definitions: dict[str, Test]

    def test(self, node: Node, at: str) -> Test:
        """Compile the schema that stands at the pointer *at*."""
        if not isinstance(node, dict):
            raise self._error(at, "a schema must be an object here")
        for keyword in sorted(node.keys() - _KEYWORDS):
            raise self._error(at, f"unknown keyword {keyword!r}; allowed are {', '.join(sorted(_KEYWORDS))}")
        kinds = self._kinds(node, at)
        tests = [_are(kinds)] + [_of_kind(kind, kinds, _all([*self._of_kind(kind, node, at)])) for kind in kinds]
        return _all([*tests, *self._of_any(node, at)])

    def _kinds(self, node: Node, at: str) -> frozenset[type]:
        """Return the Python types of which a value may be."""
        for name in sorted(set(_type_names(node)) - _TYPES.keys()):
            raise self._error(at, f"unknown type {name!r}; allowed are {', '.join(_TYPES)}")
        kinds = frozenset(kind for name in _type_names(node) for kind in _TYPES[name])
        for constants in _constants(node):
            if any(isinstance(value, dict | list) for value in constants):
                raise self._error(at, "enum and const of objects and arrays are not supported")
            kinds &= {kind for kind in kinds if _like(kind, constants)}
        return kinds

    def _of_kind(self, kind: type, node: Node, at: str) -> Iterator[Test]:
        """Yield what a node asks of values of one Python type."""
        if kind is dict:
            yield from self._of_objects(node, at)
        elif kind is list:
            yield from _limits(node, "minItems", "maxItems", len)
            if "items" in node:
                yield _items(self.test(node["items"], f"{at}/items"))
        elif kind is str:
            yield from _limits(node, "minLength", "maxLength", len)
            if "pattern" in node:
                yield _match(node["pattern"])
        elif kind in (int, float):
            yield from _limits(node, "minimum", "maximum")
            if kind is float and "number" not in _type_names(node):
                yield lambda column: all(map(float.is_integer, column))
        for constants in _constants(node):
            yield _like(kind, constants).issuperset

    def _of_objects(self, node: Node, at: str) -> Iterator[Test]:
        members = {name: self.test(each, at + pointer("properties", name)) for name, each in node.get("properties", {}).items()}
        required = frozenset(node.get("required", ()))
        for name in sorted(members.keys() | required):
            yield _member(name, members.get(name, _accept), name in required)
        others = node.get("additionalProperties", True)
        if others is not True:
            yield _others(frozenset(members), _refuse if others is False else self.test(others, f"{at}/additionalProperties"))
        if "propertyNames" in node:
            yield _items(self.test(node["propertyNames"], f"{at}/propertyNames"))

    def _of_any(self, node: Node, at: str) -> Iterator[Test]:
        """Yield what a node asks of values of every type."""
        if "$ref" in node:
            yield self._definition(node["$ref"], at)
        if "anyOf" in node:
            branches = [self.test(each, f"{at}/anyOf/{index}") for index, each in enumerate(node["anyOf"])]
            yield lambda column: all(any(branch([value]) for branch in branches) for value in column)

    def _definition(self, reference: str, at: str) -> Test:
        name = reference.removeprefix("#/$defs/")
        if name == reference or name not in self.root.get("$defs", {}):
            raise self._error(at, f"no definition {reference!r}; only '#/$defs/NAME' of the same file is allowed")
        if name not in self.definitions:
            self.definitions[name] = lambda column: self.definitions[name](column)  # while a definition that refers to itself is compiled
            self.definitions[name] = self.test(self.root["$defs"][name], f"/$defs/{name}")
        return self.definitions[name]

    def _error(self, at: str, message: str) -> SchemaError:
        return SchemaError(f"{self.name}: {at or '/'}: {message}")


def _type_names(node: Node) -> Sequence[str]:
    named = node.get("type", tuple(_TYPES))
    return (named,) if isinstance(named, str) else named


def _constants(node: Node) -> Iterator[Sequence[Any]]:
    if "enum" in node:
        yield node["enum"]
    if "const" in node:
        yield (node["const"],)


def _like(kind: type, constants: Sequence[Any]) -> frozenset[Any]:
    """Return the constants that a value of this type may equal: in JSON 1 and 1.0 are equal, 1 and true are not."""
    numbers = (int, float)
    return frozenset(value for value in constants if type(value) is kind or type(value) in numbers and kind in numbers)


def _accept(_: Column) -> bool:
    return True


def _refuse(_: Column) -> bool:
    return False


def _all(tests: Sequence[Test]) -> Test:
    several = [test for test in tests if test is not _accept]
    if len(several) < 2:
        return several[0] if several else _accept

    def accepts(column: Column) -> bool:
        for test in several:
            if not test(column):
                return False
        return True

    return accepts


def _are(kinds: frozenset[type]) -> Test:
    return _accept if kinds == _EVERY_TYPE else lambda column: kinds.issuperset(map(type, column))


def _of_kind(kind: type, kinds: frozenset[type], test: Test) -> Test:
    """Put only the values of one type to the test, where a column may hold others."""
    if test is _accept or len(kinds) == 1:
        return test
    return lambda column: not (part := [value for value in column if type(value) is kind]) or test(part)


def _limits(node: Node, least: str, most: str, measure: Callable[[Any], int] | None = None) -> Iterator[Test]:
    low, high = node.get(least), node.get(most)
    if low is not None:
        yield lambda column: min(map(measure, column) if measure else column) >= low
    if high is not None:
        yield lambda column: max(map(measure, column) if measure else column) <= high


def _match(pattern: str) -> Test:
    search = re.compile(pattern).search
    return lambda column: all(map(search, column))


def _items(test: Test) -> Test:
    """Test the items of all arrays at once, or the names of all objects."""
    return lambda column: not (items := [*chain.from_iterable(column)]) or test(items)


def _member(name: str, test: Test, required: bool) -> Test:
    def accepts(column: Column) -> bool:
        members = [value[name] for value in column if name in value]
        return (len(members) == len(column) or not required) and (not members or test(members))

    return accepts


def _others(known: frozenset[str], test: Test) -> Test:
    return lambda column: not (others := [value[name] for value in column for name in value if name not in known]) or test(others)


def _clearest(error: "ValidationError") -> Iterator["ValidationError"]:
    """Yield the refusals of an anyOf's only branch for values of this type, if there is just one; else the error itself."""
    branches = [[*branch] for _, branch in groupby(error.context or (), key=lambda inner: inner.relative_schema_path[0])]
    fitting = [branch for branch in branches if not any(inner.validator == "type" and not inner.relative_path for inner in branch)]
    if len(fitting) == 1:
        for inner in fitting[0]:
            yield from _clearest(inner)
    else:
        yield error


def _worded(error: "ValidationError", schema: Node) -> Iterator[Problem]:
    """Say what an error means: one problem for each unexpected member, else one."""
    path, node = [*error.absolute_path], error.schema
    members = node.get("properties", {})
    if error.validator == "additionalProperties" and error.validator_value is False:
        for name in error.instance.keys() - members.keys():
            yield _problem([*path, name], _unexpected(name, members, schema), of_key=True)
    elif error.validator == "required":
        absent = next(name for name in node["required"] if error.message == f"{name!r}{_REQUIRED}")
        yield _problem(path, error.message, members.get(absent, {}))
    elif [*error.absolute_schema_path][-2:-1] == ["propertyNames"]:
        yield _problem([*path, error.instance], _text(error), node, of_key=True)
    else:
        yield _problem(path, _text(error), _described(error, schema))


def _problem(path: Sequence[str | int], text: str, node: Node | None = None, of_key: bool = False) -> Problem:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step if step.isprintable() else _shown(step)}" for step in path).removeprefix(".")
    expected = f"; expected {node['description']}" if node and "description" in node else ""
    return Problem(pointer(*path), f"{place}: {text}{expected}" if place else text + expected, of_key)


def _text(error: "ValidationError") -> str:
    """Return jsonschema's message with a short form of the value that it shows."""
    shown, found = _shown(error.instance), repr(error.instance)
    if error.validator == "const":
        return f"{error.message}, not {shown}"
    if error.validator == "anyOf" and all(inner.validator == "required" for inner in error.context or ()):
        return f"{' or '.join(inner.message.removesuffix(_REQUIRED) for inner in error.context or ())}{_REQUIRED}"
    return shown + error.message.removeprefix(found) if error.message.startswith(found) else error.message


def _shown(value: object) -> str:
    match value:
        case None | True | False:
            return json.dumps(value)
        case dict() if value:
            return "an object"
        case list() if value:
            return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _described(error: "ValidationError", schema: Node) -> Node:
    """Return the node that failed, or the one that refers to it, if that one has a description."""
    node: Any = schema
    for step in [*error.absolute_schema_path][:-1]:
        node = (_resolved(node, schema) if step not in node and "$ref" in node else node)[step]
    return node if "description" in node else error.schema


def _resolved(node: Node, schema: Node) -> Node:
    return _resolved(schema["$defs"][node["$ref"].removeprefix("#/$defs/")], schema) if "$ref" in node else node


def _unexpected(name: str, allowed: Node, schema: Node) -> str:
    """Say that a member is not allowed, and which one or which place may have been meant."""
    if home := _home(name, schema):
        return f"not allowed here; its place is {home}"
    if meant := nearest(name, allowed):
        return f'not allowed here; did you mean "{meant}"?'
    return f"not allowed here; allowed: {', '.join(sorted(allowed))}"


def _home(name: str, schema: Node) -> str | None:
    """Find the place, nearest to the top, at which a schema knows the member *name*."""
    places = [("", schema)]
    for place, node in places:  # which grows meanwhile
        node = _resolved(node, schema)
        members = node.get("properties", {})
        if name in members:
            return f"{place}{name}"
        if place.count(".") < 5:
            places += [(f"{place}{member}.", each) for member, each in members.items()]
            places += [(f"{place.removesuffix('.')}[].", node["items"])] if "items" in node else []
    return None


def _place(text: str) -> list[tuple[bool, int, str]]:
    """Sort the items of a list by number, members by name."""
    return [(not step.isdecimal(), len(step) if step.isdecimal() else 0, step) for step in steps(text)]
