"""One rule: checked when its file is read, and put to a subject."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from sagevpc_lint.answer import Answer
from sagevpc_lint.documents.schema import check
from sagevpc_lint.documents.yaml_text import Place, Value, Yaml, quoted
from sagevpc_lint.model.subjects import ROOTS, Subject
from sagevpc_lint.network.graph import Network
from sagevpc_lint.questions import Question
from sagevpc_lint.rulebook.conditions import Condition
from sagevpc_lint.rulebook.faults import Fault, Refused, RuleError, instead
from sagevpc_lint.rulebook.fields import Scope
from sagevpc_lint.rulebook.grammar import read_condition
from sagevpc_lint.rulebook.sheets import Origin, open_sheet, open_text, without_examples
from sagevpc_lint.rulebook.templates import Template, read_template
from sagevpc_lint.source import pointer, steps

Severity = Literal["error", "warning", "advice"]
Members = Mapping[str, Value]
Wrong = tuple[str, str, Fault]
Text = TypeVar("Text", Condition, Template)
_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule. *kinds*: the kinds of subject it is put to. *unless*: the rules that silence a failure where they are reported. *is_per_need*: it mentions `need`."""

    id: str
    folder: str
    file: str
    path: Path
    name: str
    severity: Severity
    since: str
    guidance: str
    kinds: tuple[str, ...]
    where: Condition | None
    require: Condition
    unless: tuple[str, ...]
    message: Template
    rationale: str
    remediation: Template
    references: tuple[str, ...]
    is_per_need: bool

    def ask(self, network: Network, subject: Subject) -> tuple[Answer, Answer]:
        """Is the rule about *subject*, and does it hold? Where the first is no it holds, and nothing more is asked."""
        where = self.where.ask(network, subject) if self.where else Answer(True)
        return where, ~where if where.value is False else self.require.ask(network, subject)


def read_rule(origin: Origin, text: str, words: Mapping[str, Question]) -> tuple[Rule | None, tuple[RuleError, ...]]:
    """Read the rule in *text*, all but its examples. The rule is None if anything is wrong; all that is wrong is told."""
    try:
        sheet = open_sheet(origin, without_examples(text))
    except RuleError as error:
        return None, (error,)
    problems = check("rule", sheet.head)
    refused = {steps(problem.pointer)[0] for problem in problems if problem.pointer}
    members = {key: member for key, member in sheet.members.items() if key not in refused}
    conditions, templates, wrong = _texts(members, words, whole="require" in members and "where" not in refused)
    errors = [*_id_errors(origin), *map(sheet.broken, problems), *(sheet.wrong(*each) for each in wrong)]
    return (None if errors else _rule(origin, members, conditions, templates)), tuple(sorted(errors))


def examples(rule: Rule) -> tuple[Yaml, tuple[RuleError, ...]]:
    """Read the list of examples of *rule* from its file, as they stand there, and all that breaks their schema.

    Pointers are counted from the list: `/0/fail`. Raises `RuleError` if the file cannot be read any more.
    """
    origin = Origin(rule.id, rule.folder, rule.file, rule.path)
    sheet = open_sheet(origin, open_text(origin))
    errors = tuple(map(sheet.broken, check("rule", sheet.yaml.value)))
    found = sheet.members.get("examples", [])
    return Yaml(found, _below(sheet.yaml.positions), _below(sheet.yaml.key_positions)), errors


def _below(places: Mapping[str, Place]) -> dict[str, Place]:
    top = pointer("examples")
    return {"": (1, 1)} | {at.removeprefix(top): place for at, place in places.items() if at == top or at.startswith(f"{top}/")}


def _id_errors(origin: Origin) -> Iterator[RuleError]:
    if not _ID.fullmatch(origin.id):
        message = f"the file name is the rule's id, and {quoted(origin.id)} is none; write it in lower case with hyphens, as in s3-endpoint-not-routed.yaml"
        yield RuleError(origin.file, 0, 0, message)


def _texts(members: Members, words: Mapping[str, Question], *, whole: bool) -> tuple[Mapping[str, Condition], Mapping[str, Template], list[Wrong]]:
    """Read the conditions, and then the templates if all conditions are there to tell the roles."""
    wrong = [*_unknown_kinds(members)]
    if wrong or "for" not in members:
        return {}, {}, wrong
    scope = Scope(_words(members, "for"), words)
    conditions = _each(members, ("where", "require"), lambda text: read_condition(text, scope), wrong)
    if wrong or not whole:
        return conditions, {}, wrong
    roles = frozenset(role for condition in conditions.values() for question in condition.questions() for role in question.names)
    templates = _each(members, ("message", "remediation"), lambda text: read_template(text, scope, roles), wrong)
    return conditions, templates, wrong


def _each(members: Members, keys: tuple[str, ...], reader: Callable[[str], Text], wrong: list[Wrong]) -> dict[str, Text]:
    found = {}
    for key in keys:
        try:
            if key in members:
                found[key] = reader(str(members[key]))
        except Refused as error:
            wrong += ((pointer(key), str(members[key]), fault) for fault in error.faults)
    return found


def _unknown_kinds(members: Members) -> Iterator[Wrong]:
    for at, kind in enumerate(_words(members, "for")):
        if kind not in ROOTS:
            place = pointer("for") if isinstance(members["for"], str) else pointer("for", at)
            yield place, kind, Fault(0, f"no subject kind {quoted(kind)}; {instead(kind, ROOTS)}")


def _text(members: Members, key: str) -> str:
    return str(members.get(key, "")).strip()


def _words(members: Members, key: str) -> tuple[str, ...]:
    match members.get(key):
        case None:
            return ()
        case list(words):
            return tuple(map(str, words))
        case word:
            return (str(word),)


def _rule(origin: Origin, members: Members, conditions: Mapping[str, Condition], templates: Mapping[str, Template]) -> Rule:
    return Rule(
        id=origin.id, folder=origin.folder, file=origin.file, path=origin.path,
        name=_text(members, "name"),
        severity=_text(members, "severity"),  # type: ignore[arg-type]  # the schema has checked it
        since=_text(members, "since"),
        guidance=_text(members, "guidance"),
        kinds=tuple(dict.fromkeys(_words(members, "for"))),
        where=conditions.get("where"),
        require=conditions["require"],
        unless=_words(members, "unless"),
        message=templates["message"],
        rationale=_text(members, "rationale"),
        remediation=templates["remediation"],
        references=_words(members, "references"),
        is_per_need="need" in frozenset().union(*(text.names() for text in (*conditions.values(), *templates.values()))),
    )
