"""Three-valued truth with its reasons: what decided, which ids, why, and what is missing."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar, Generic, Literal, NoReturn, Protocol, TypeVar

from sagevpc_lint.source import Source

Item = TypeVar("Item")
Reason = Literal["export", "form", "world"]


@dataclass(frozen=True, slots=True, order=True)
class Absence:
    """One thing that would settle an answer.

    *kind*: the kind of export, or in a few words what is not known. *scope*: `ACCOUNT/REGION`, or an id. *because*: `export`, a call
    would tell; `form`, this form of document never tells; `world`, no document tells. *command*: the AWS CLI call, else empty.
    """

    kind: str
    scope: str
    because: Reason
    command: str = ""


class Missing(Exception):
    """Something that was asked for is not in the documents."""

    def __init__(self, *absences: Absence) -> None:
        super().__init__(*absences)
        self.absences = frozenset(absences)


class Unknown:
    """The value of a field that is not known: every use raises `Missing`.

    It leaks through `is None`, `isinstance` and `match`: ask `known` first.
    """

    __slots__ = ("absences",)

    def __init__(self, *absences: Absence) -> None:
        self.absences = absences

    def _raise(self, *_: object) -> NoReturn:
        raise Missing(*self.absences)

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = __bool__ = __contains__ = __iter__ = _raise
    __len__ = __getitem__ = __call__ = __str__ = __format__ = __int__ = __index__ = __round__ = __abs__ = __neg__ = __pos__ = __invert__ = _raise
    __add__ = __sub__ = __mul__ = __matmul__ = __truediv__ = __floordiv__ = __mod__ = __divmod__ = __pow__ = __lshift__ = __rshift__ = _raise
    __radd__ = __rsub__ = __rmul__ = __rmatmul__ = __rtruediv__ = __rfloordiv__ = __rmod__ = __rdivmod__ = __rpow__ = __rlshift__ = __rrshift__ = _raise
    __and__ = __or__ = __xor__ = __rand__ = __ror__ = __rxor__ = _raise

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._raise()

    def __repr__(self) -> str:
        return "Unknown()"


def is_unknown(value: object) -> bool:
    """Is *value* an unknown field? The only question that may be asked of one."""
    return type(value) is Unknown


def absences_of(value: object) -> frozenset[Absence]:
    """Return what is missing to know *value*; nothing where it is known."""
    return frozenset(value.absences) if isinstance(value, Unknown) else frozenset()


def known(value: Item) -> Item:
    """Return *value*; raise `Missing` if it is an unknown field."""
    if isinstance(value, Unknown):
        raise Missing(*value.absences)
    return value


@dataclass(frozen=True, slots=True, order=True)
class Resource:
    """An AWS resource, or a subject, by kind and id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What an answer rests on: a place, the resource that stands there, what it shows and Reachability Analyzer's code."""

    source: Source
    resource: Resource
    note: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes (True), no (False) or unknown (None), and what it rests on.

    *evidence*: the first piece is the resource to change. *names*: role → ids. *because*: one finished line per cause.
    *missing*: what would settle an unknown answer; empty otherwise.
    """

    value: bool | None
    evidence: tuple[Evidence, ...] = ()
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    because: tuple[str, ...] = ()
    missing: frozenset[Absence] = frozenset()

    def __bool__(self) -> NoReturn:
        raise TypeError("an answer has three values: ask its `value`, or combine it with `&`, `|` and `~`")

    def __invert__(self) -> "Answer":
        """Turn yes into no and no into yes; unknown stays."""
        return self if self.value is None else replace(self, value=not self.value)

    def __and__(self, other: "Answer") -> "Answer":
        """One *no* settles; otherwise unknown wins; what did not decide is dropped."""
        return _join((self, other), settled_by=False)

    def __or__(self, other: "Answer") -> "Answer":
        """One *yes* settles; otherwise unknown wins; what did not decide is dropped."""
        return _join((self, other), settled_by=True)


def unknown(absences: Iterable[Absence]) -> Answer:
    """Answer that it is not known for want of *absences*."""
    return Answer(None, missing=frozenset(absences))


@dataclass(frozen=True, slots=True)
class Found(Generic[Item]):
    """What the documents show of a collection, and what is missing to know that it is all.

    It cannot be iterated over: `any_of` and `all_of` ask its items and do not forget what is missing.
    """

    items: tuple[Item, ...]
    missing: frozenset[Absence] = frozenset()

    def only(self, wanted: Callable[[Item], bool]) -> "Found[Item]":
        """Keep the items that are *wanted*; one that cannot be told is left out and counts as missing."""
        kept, missing = [], set(self.missing)
        for item in self.items:
            try:
                if wanted(item):
                    kept.append(item)
            except Missing as error:
                missing |= error.absences
        return Found(tuple(kept), frozenset(missing))


def any_of(items: Found[Item] | Iterable[Item], test: Callable[[Item], Answer]) -> Answer:
    """Is the answer of *test* yes for at least one item? Every item is asked; all that say yes are kept."""
    return _over(items, test, settled_by=True)


def all_of(items: Found[Item] | Iterable[Item], test: Callable[[Item], Answer]) -> Answer:
    """Is the answer of *test* yes for every item? Every item is asked; all that say no are kept."""
    return _over(items, test, settled_by=False)


def _over(items: Found[Item] | Iterable[Item], test: Callable[[Item], Answer], *, settled_by: bool) -> Answer:
    found = items if isinstance(items, Found) else Found(tuple(items))
    answers = [asked(test, item) for item in found.items]
    if found.missing:
        answers.append(unknown(found.missing))
    return _join(answers, settled_by=settled_by)


def asked(test: Callable[..., Answer], *arguments: object, **keywords: object) -> Answer:
    """Return the answer of *test*, unknown where it raises `Missing`."""
    try:
        return test(*arguments, **keywords)
    except Missing as error:
        return unknown(error.absences)


def _join(answers: Iterable[Answer], *, settled_by: bool) -> Answer:
    answers = tuple(answers)
    for value in (settled_by, None, not settled_by):
        deciding = [answer for answer in answers if answer.value is value]
        if deciding:
            return _merged(value, deciding)
    return Answer(not settled_by)


def _merged(value: bool | None, answers: list[Answer]) -> Answer:
    if len(answers) == 1:
        return answers[0]
    names: dict[str, dict[str, None]] = {}
    for answer in answers:
        for role, ids in answer.names.items():
            names.setdefault(role, {}).update(dict.fromkeys(ids))
    return Answer(
        value,
        evidence=tuple(dict.fromkeys(piece for answer in answers for piece in answer.evidence)),
        names={role: tuple(ids) for role, ids in names.items()},
        because=tuple(dict.fromkeys(line for answer in answers for line in answer.because)),
        missing=frozenset().union(*(answer.missing for answer in answers)),
    )


class Shown(Protocol):
    """Anything that evidence can point at: a fact."""

    kind: ClassVar[str]

    @property
    def id(self) -> str:
        """The id as AWS prints it."""

    @property
    def source(self) -> Source:
        """Where the fact stands."""


def shows(fact: Shown, note: str = "", code: str = "") -> Evidence:
    """Point at a fact as evidence."""
    return Evidence(fact.source, Resource(fact.kind, fact.id), note, code)
