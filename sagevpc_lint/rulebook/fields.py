"""What a rule may read of a subject: fields of the facts that it names, checked against the dataclasses, and their values."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime
from types import NoneType, UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

from sagevpc_lint.answer import Absence, Missing, known
from sagevpc_lint.documents.yaml_text import quoted
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Fact, Job, Need
from sagevpc_lint.model.subjects import NOUNS, ROOTS, Subject
from sagevpc_lint.questions import Constant, Question
from sagevpc_lint.rulebook.faults import Fault, Refused, instead
from sagevpc_lint.source import Source

Shape = tuple[object, ...]
_IN_DOUBT = ("bucket", "region", "cidr", "port")
_SAID = {str: "text", int: "a number", bool: "true or false", NoneType: "None", datetime: "a time"}


@dataclass(frozen=True, slots=True)
class Scope:
    """What the texts of a rule may use: the *kinds* of its subjects and the questions, by name."""

    kinds: tuple[str, ...]
    words: Mapping[str, Question]

    def without(self, name: str) -> tuple[str, ...]:
        """Return the kinds whose subjects do not bind *name*."""
        return tuple(kind for kind in self.kinds if name not in ROOTS[kind])

    def bound(self) -> tuple[str, ...]:
        """Return the names that subjects of every kind bind, but those that are for questions only."""
        return tuple(name for name in ROOTS[self.kinds[0]] if name in NOUNS and not self.without(name))


@dataclass(frozen=True, slots=True)
class Key:
    """A step to the value of a constant key; None where the key is absent."""

    name: str


@dataclass(frozen=True, slots=True)
class Path:
    """The steps from a name that the subject binds to a value, and the *shape* of that value: the types it can have."""

    root: str
    steps: tuple[str | Key, ...]
    shape: Shape

    def __str__(self) -> str:
        return self.root + "".join(f"[{constant_text(step.name)}]" if isinstance(step, Key) else f".{step}" for step in self.steps)

    def read(self, facts: Facts, subject: Subject) -> object:
        """Return the value, None where a step on the way is None; raise `Missing` where it is not known."""
        value: object = fact_of(self.root, facts, subject)
        for step in self.steps:
            if value is not None:
                value = known(value.get(step.name) if isinstance(step, Key) else _field_of(value, step))  # type: ignore[attr-defined]
        return value


def _field_of(value: object, name: str) -> object:
    """Of a need that is in doubt, a field without a value is not known rather than none."""
    found = getattr(value, name)
    if found is None and isinstance(value, Need) and value.missing and name in _IN_DOUBT:
        raise Missing(*value.missing)
    return found


def fact_of(root: str, facts: Facts, subject: Subject) -> Fact | Need:
    """Return the fact that *subject* binds to *root*; raise `Missing` if there is none."""
    value = getattr(subject, root)
    if value is None:
        raise Missing(*(subject.missing or (Absence(f"a {root} of its own", subject.id, "world"),)))
    match value:
        case Job() | Need():
            return value
        case str(id) if root == "endpoint":
            return facts.vpc_endpoint(id)
    fact: Fact = getattr(facts, root)(value)
    return fact


def path_of(node: ast.expr, scope: Scope) -> Path:
    """Read a path from a name to a field; raise `Refused` where it leaves the dataclasses."""
    match node:
        case ast.Name(id=root):
            return _root(node, root, scope)
        case ast.Attribute(value=inner, attr=name):
            whole = path_of(inner, scope)
            place = max(inner.end_col_offset or 0, (node.end_col_offset or 0) - len(name.encode()))
            return replace(whole, steps=(*whole.steps, name), shape=_field(whole, name, place))
        case ast.Subscript(value=inner, slice=ast.Constant(value=str(key))):
            whole = path_of(inner, scope)
            return replace(whole, steps=(*whole.steps, Key(key)), shape=_member(whole, inner.end_col_offset or 0))
        case ast.Subscript(slice=key):
            raise Refused(Fault(key.col_offset, 'a key must be a text constant, as in tags["tier"]'))
    raise Refused(Fault(node.col_offset, "only a name and its fields can stand here, as in subnet.cidr_block"))


def _root(node: ast.expr, name: str, scope: Scope) -> Path:
    if name in scope.bound():
        return Path(name, (), (NOUNS[name],))
    if name in scope.words:
        raise Refused(Fault(node.col_offset, f'"{name}" is a question and must be asked: {name}()'))
    if name not in NOUNS and not scope.without(name):
        raise Refused(Fault(node.col_offset, f'"{name}" is for questions only; {instead(name, scope.bound())}'))
    if any(name in names for names in ROOTS.values()):
        raise Refused(Fault(node.col_offset, f'a subject of kind {scope.without(name)[0]} does not name a "{name}"; {instead(name, scope.bound())}'))
    raise Refused(Fault(node.col_offset, f'no name "{name}"; {instead(name, scope.bound())}'))


def _field(path: Path, name: str, place: int) -> Shape:
    nouns = [kind for kind in path.shape if is_dataclass(kind)]
    if not nouns:
        raise Refused(Fault(place, f'"{path}" has no fields, so no "{name}"'))
    noun: type = nouns[0]  # type: ignore[assignment]
    hints = get_type_hints(noun)
    allowed = [field.name for field in fields(noun) if hints[field.name] is not Source]
    if name not in allowed:
        raise Refused(Fault(place, f'"{path}" has no field "{name}"; {instead(name, allowed)}'))
    return _shape(hints[name], optional=NoneType in path.shape)


def _member(path: Path, place: int) -> Shape:
    for kind in path.shape:
        if is_mapping(kind):
            return _shape(get_args(kind)[1], optional=True)
    raise Refused(Fault(place, f'"{path}" has no keys'))


def _shape(hint: object, *, optional: bool) -> Shape:
    kinds = get_args(hint) if get_origin(hint) in (Union, UnionType) else (hint,)
    return (*kinds, NoneType) if optional and NoneType not in kinds else kinds


def is_mapping(kind: object) -> bool:
    """Is a type of a shape a mapping?"""
    return get_origin(kind) in (dict, Mapping)


def items(shape: Shape) -> Shape:
    """Return the shape of what stands in a value: the items of a tuple, the keys of a mapping."""
    return tuple(get_args(kind)[0] for kind in shape if get_origin(kind) is tuple or is_mapping(kind))


def scalars(shape: Shape) -> frozenset[type]:
    """Return those types of a shape that a constant can have."""
    plain = {kind for kind in shape if kind in (str, int, bool, NoneType)}
    return frozenset(plain | {type(value) for kind in shape if get_origin(kind) is Literal for value in get_args(kind)})


def is_admitted(value: Constant, shape: Shape) -> bool:
    """Can a value of *shape* be this constant?"""
    return any(type(value) is kind or any(type(value) is type(choice) and value == choice for choice in _choices(kind)) for kind in shape)


def is_printable(shape: Shape) -> bool:
    """Can a message show values of *shape*?"""
    return bool(shape) and all(_is_plain(kind) or get_origin(kind) is tuple and _is_plain(get_args(kind)[0]) for kind in shape)


def shape_text(shape: Shape) -> str:
    """Say what a value of *shape* can be."""
    words = [said for kind in shape for said in (map(constant_text, _choices(kind)) if _choices(kind) else (_SAID.get(kind, "no single value"),))]  # type: ignore[call-overload]
    return " or ".join(dict.fromkeys(words)) or "no value"


def constant_text(value: Constant) -> str:
    """Write a constant as conditions do."""
    return quoted(value) if isinstance(value, str) else repr(value)


def _is_plain(kind: object) -> bool:
    return kind in _SAID or get_origin(kind) is Literal


def _choices(kind: object) -> tuple[Constant, ...]:
    return get_args(kind) if get_origin(kind) is Literal else ()
