"""Folders of rules: all rules of all of them are read, and checked against each other."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from sagevpc_lint.documents.files import shown
from sagevpc_lint.documents.yaml_text import quoted
from sagevpc_lint.questions import Question
from sagevpc_lint.rulebook.faults import Fault, RuleError, instead
from sagevpc_lint.rulebook.rules import Rule, read_rule
from sagevpc_lint.rulebook.sheets import Origin, open_sheet, open_text, without_examples
from sagevpc_lint.source import pointer

_PACKAGE = Path(__file__).parent.parent


def shipped_rules() -> Path:
    """Return the folder of the rules that travel with the package: in it if it is installed, beside it in a checkout."""
    installed = _PACKAGE / "rules"
    return installed if installed.is_dir() else _PACKAGE.parent / "rules"


def load(folders: Sequence[Path], words: Mapping[str, Question]) -> tuple[tuple[Rule, ...], tuple[RuleError, ...]]:
    """Read every rule of *folders*, by id, and tell all that is wrong in all files.

    A rule is `FOLDER/SECTION/ID.yaml` or `FOLDER/ID.yaml`; its section then has the name of FOLDER itself. A file that two folders
    share is read once. What is wrong with one rule does not keep the others from being returned.
    """
    origins, errors = _origins(folders)
    rules = []
    for origin in origins:
        rule, wrong = _opened(origin, words)
        errors += wrong
        rules += [rule] if rule else []
    unlinked = [*_unknown_rules(rules, {origin.id for origin in origins}), *_cycles(rules)]
    broken = {id for id, _ in unlinked}
    return tuple(rule for rule in rules if rule.id not in broken), tuple(sorted({*errors, *(error for _, error in unlinked)}))


def _opened(origin: Origin, words: Mapping[str, Question]) -> tuple[Rule | None, tuple[RuleError, ...]]:
    try:
        return read_rule(origin, open_text(origin), words)
    except RuleError as error:
        return None, (error,)


def _origins(folders: Sequence[Path]) -> tuple[list[Origin], list[RuleError]]:
    """Find the files of all rules, by id; of two with one id the first counts."""
    found: dict[str, Origin] = {}
    errors = []
    for folder in folders:
        origins, wrong = _files(folder)
        errors += wrong
        for origin in origins:
            first = found.setdefault(origin.id, origin)
            if first.path != origin.path:
                errors.append(RuleError(origin.file, 0, 0, f"the id {quoted(origin.id)} is that of {first.file} too; rename one of the files"))
    return [found[id] for id in sorted(found)], errors


def _files(folder: Path) -> tuple[list[Origin], list[RuleError]]:
    if not folder.is_dir():
        found = "a file; name the folder that holds it" if folder.exists() else "no such folder of rules"
        return [], [RuleError(shown(folder), 0, 0, found)]
    top = folder.resolve()
    paths = sorted(path for pattern in ("*.y*ml", "*/*.y*ml") for path in top.glob(pattern) if not _is_hidden(path, top))
    origins = [Origin(path.stem, path.parent.name, shown(folder / path.relative_to(top)), path) for path in paths if path.suffix == ".yaml"]
    errors = [RuleError(shown(folder / path.relative_to(top)), 0, 0, f"the file of a rule is called ID.yaml; rename it to {path.stem}.yaml") for path in paths if path.suffix == ".yml"]
    if not paths:
        errors.append(RuleError(shown(folder), 0, 0, "no rule in this folder; a rule is a file ID.yaml or SECTION/ID.yaml in it"))
    return origins, errors


def _is_hidden(path: Path, top: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(top).parts)


def _unknown_rules(rules: Sequence[Rule], ids: set[str]) -> Iterator[tuple[str, RuleError]]:
    for rule in rules:
        for at, id in enumerate(rule.unless):
            if id not in ids:
                yield rule.id, _unless_error(rule, at, f"no rule {quoted(id)}; {instead(id, {other.id for other in rules} - {rule.id})}")


def _cycles(rules: Sequence[Rule]) -> Iterator[tuple[str, RuleError]]:
    """Find rules that silence each other in a circle, so that a failure of all of them would be told by none."""
    from graphlib import CycleError, TopologicalSorter

    graph = {rule.id: rule for rule in rules}
    while True:
        try:
            TopologicalSorter({id: [other for other in rule.unless if other in graph] for id, rule in graph.items()}).prepare()
            return
        except CycleError as error:
            circle = _from_smallest(error.args[1][:0:-1])
            first, following = graph[circle[0]], circle[1 % len(circle)]
            told = _unless_error(first, first.unless.index(following), f"{' → '.join((*circle, circle[0]))} is a circle; leave out one of its steps")
            yield from ((id, told) for id in circle)
            graph = {id: rule for id, rule in graph.items() if id not in circle}


def _from_smallest(circle: list[str]) -> list[str]:
    start = circle.index(min(circle))
    return circle[start:] + circle[:start]


def _unless_error(rule: Rule, at: int, message: str) -> RuleError:
    origin = Origin(rule.id, rule.folder, rule.file, rule.path)
    return open_sheet(origin, without_examples(open_text(origin))).wrong(pointer("unless", at), rule.unless[at], Fault(0, message))
