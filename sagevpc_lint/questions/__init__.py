"""The vocabulary of rules: every public function that a module of this folder defines."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from types import FunctionType, ModuleType
from typing import Literal, get_origin, get_type_hints

from sagevpc_lint.answer import Answer
from sagevpc_lint.model.subjects import ROOTS

Constant = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Keyword:
    """What a rule may set: a constant of *shape*, which is one type or `Literal[…]`; *required* if there is no default."""

    shape: tuple[object, ...]
    required: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A function that asks one thing of one subject.

    *asks*: the names that the subject must bind, in the order in which *function* takes them after what it is *about*: the facts, or the network of them.
    *keywords*: what a rule may set. *names*: the roles that its answers fill. *sentence*: what it asks, as its docstring says.
    """

    name: str
    function: Callable[..., Answer]
    module: str
    about: Literal["facts", "network"]
    asks: tuple[str, ...]
    keywords: Mapping[str, Keyword]
    names: tuple[str, ...]
    sentence: str


def vocabulary() -> Mapping[str, Question]:
    """Describe all questions by name, in alphabetical order."""
    modules = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return questions_of(importlib.import_module(f"{__name__}.{name}") for name in modules)


def questions_of(modules: Iterable[ModuleType]) -> Mapping[str, Question]:
    """Describe the public functions that *modules* define.

    Raises `AssertionError` where one is not written as a question must be, or where two share a name: the program is wrong then.
    """
    words: dict[str, Question] = {}
    for module in modules:
        for name, function in vars(module).items():
            if isinstance(function, FunctionType) and function.__module__ == module.__name__ and not name.startswith("_"):
                _require(name not in words, function, "has the name of another question")
                words[name] = _described(name, function)
    return dict(sorted(words.items()))


def _described(name: str, function: FunctionType) -> Question:
    code = function.__code__
    first, *asks = code.co_varnames[: code.co_argcount] or ("",)
    bound = {known for names in ROOTS.values() for known in names}
    _require(first in ("facts", "network"), function, "does not take the facts or the network first")
    _require(bound.issuperset(asks), function, f"asks what no subject binds: {', '.join(sorted(set(asks) - bound))}")
    # 0x04 and 0x08 mark `*args` and `**kwargs` (https://docs.python.org/3/library/inspect.html#inspect-module-co-flags).
    _require(not function.__defaults__ and not code.co_flags & 0x0C, function, "has parameters that a rule can neither bind nor set")
    sentence, names = _docstring(function)
    return Question(name, function, function.__module__, first, tuple(asks), _keywords(function), names, sentence)


def _keywords(function: FunctionType) -> Mapping[str, Keyword]:
    code, defaults = function.__code__, function.__kwdefaults__ or {}
    names = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    hints = get_type_hints(function) if names else {}
    return {name: _keyword(function, name, hints.get(name), name not in defaults) for name in names}


def _keyword(function: FunctionType, name: str, hint: object, required: bool) -> Keyword:
    _require(hint in (str, int, bool) or get_origin(hint) is Literal, function, f"has a keyword that is no Literal, bool, int or str: {name}")
    return Keyword((hint,), required)


def _docstring(function: FunctionType) -> tuple[str, tuple[str, ...]]:
    lines = [line.strip() for line in (function.__doc__ or "").strip().splitlines()]
    sentence = " ".join(takewhile(lambda line: line and not line.startswith("Names:"), lines))
    _require(bool(sentence), function, "has no sentence in its docstring")
    roles = tuple(role.strip().rstrip(".") for line in lines if line.startswith("Names:") for role in line.removeprefix("Names:").split(","))
    _require(not [role for role in roles if not role.isidentifier()], function, "has a `Names:` line that is no list of roles")
    return sentence, roles


def _require(holds: bool, function: FunctionType, message: str) -> None:
    if not holds:
        raise AssertionError(f"the question {function.__name__} in {function.__module__} {message}")
