"""Messages and remediations: text with placeholders, checked when it is loaded."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from shlex import quote

from sagevpc_lint.answer import Answer, Missing
from sagevpc_lint.documents.yaml_text import quoted
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.subjects import ROOTS, Subject
from sagevpc_lint.rulebook.faults import Fault, Refused, instead
from sagevpc_lint.rulebook.fields import Path, Scope, is_printable
from sagevpc_lint.rulebook.grammar import read_path

NOT_KNOWN = "?"
_WORD = re.compile(r"[A-Za-z_]\w*(?![^.\[])")
_BRACES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True, slots=True)
class Role:
    """A placeholder for the ids that answers give a role."""

    name: str


@dataclass(frozen=True, slots=True)
class Causes:
    """The placeholder `{because}`: the causes, one a line."""


Part = str | Role | Causes | Path


@dataclass(frozen=True, slots=True)
class Template:
    """A checked text with placeholders; a path without steps stands for the id of what the subject names."""

    text: str
    parts: tuple[Part, ...]

    def names(self) -> frozenset[str]:
        """Return the names of a subject that it reads."""
        return frozenset(part.root for part in self.parts if isinstance(part, Path))

    def roles(self) -> frozenset[str]:
        """Return the roles whose ids it prints."""
        return frozenset(part.name for part in self.parts if isinstance(part, Role))

    def render(self, facts: Facts, subject: Subject, answer: Answer, *, for_shell: bool = False) -> str:
        """Fill the placeholders for a *subject* and the *answer* about it; what is not known prints as `?`.

        What comes from documents cannot steer a terminal or add a line, nor, with *for_shell*, be more than a word of a command.
        """
        def written(value: str) -> str:
            return quote(visible(value)) if for_shell and value != NOT_KNOWN else visible(value)

        return "".join(part if isinstance(part, str) else _filled(part, facts, subject, answer, written) for part in self.parts)


def visible(text: str) -> str:
    """Write what does not print as escapes."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else character.encode("unicode_escape").decode() for character in text)


def read_template(text: str, scope: Scope, roles: frozenset[str]) -> Template:
    """Read a text whose placeholders are names, fields, *roles* or `because`; raise `Refused` with all faults if one is not."""
    parts: list[Part] = []
    faults: list[Fault] = []
    end, written = 0, text.rstrip()
    for brace in _BRACES.finditer(written):
        parts.append(written[end : brace.start()])
        end = brace.end()
        try:
            parts.append(_part(brace, scope, roles))
        except Refused as error:
            faults += (Fault(brace.start() + (brace[1] is not None), fault.message) for fault in error.faults)
    if faults:
        raise Refused(*faults)
    return Template(text, tuple(part for part in (*parts, written[end:]) if part != ""))


def _part(brace: re.Match[str], scope: Scope, roles: frozenset[str]) -> Part:
    if brace[0] in ("{{", "}}"):
        return brace[0][0]
    if brace[1] is None:
        raise Refused(Fault(0, f'a lone "{brace[0]}"; write {brace[0]}{brace[0]} for the sign itself'))
    return _placeholder(brace[1], scope, roles)


def _placeholder(word: str, scope: Scope, roles: frozenset[str]) -> Part:
    bound, brace = scope.bound(), f"{{{word}}}"
    if word == "because":
        return Causes()
    if word in roles and word not in bound:
        return Role(word)
    if word in bound:
        return Path(word, (), ())
    if not _WORD.match(word):
        raise Refused(Fault(0, f"no placeholder {quoted(brace)}; write {{{{ and }}}} for the signs themselves"))
    if word.isidentifier():
        raise Refused(Fault(0, f"no placeholder {quoted(brace)}; {_meant(word, scope, roles)}"))
    path = read_path(word, scope)
    if not is_printable(path.shape):
        raise Refused(Fault(0, f'"{path}" is no single value that could be printed'))
    return path


def _meant(word: str, scope: Scope, roles: frozenset[str]) -> str:
    if scope.without(word) and any(word in names for names in ROOTS.values()):
        return f"a subject of kind {scope.without(word)[0]} does not name it, nor does an answer"
    return instead(word, {*scope.bound(), *roles, "because"})


def _filled(part: Role | Causes | Path, facts: Facts, subject: Subject, answer: Answer, written: Callable[[str], str]) -> str:
    match part:
        case Causes():
            return "\n".join(map(visible, answer.because)) or NOT_KNOWN
        case Role(name):
            return ", ".join(map(written, answer.names.get(name, ()))) or NOT_KNOWN
        case Path(root, ()):
            return written(_id(getattr(subject, root)))
        case Path():
            return written(_settled(lambda: _value_text(part.read(facts, subject))))


def _id(bound: object) -> str:
    return NOT_KNOWN if bound is None else bound if isinstance(bound, str) else bound.id  # type: ignore[attr-defined]


def _settled(text: Callable[[], str]) -> str:
    try:
        return text()
    except Missing:
        return NOT_KNOWN


def _value_text(value: object) -> str:
    match value:
        case None | True | False:
            return {None: "none", True: "true", False: "false"}[value]
        case tuple():
            return ", ".join(map(str, value)) or "none"
        case datetime():
            return value.isoformat()
    return str(value)
