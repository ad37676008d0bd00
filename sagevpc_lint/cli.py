"""The command line: arguments in, exit code out."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sagevpc_lint.arguments import SEVERITIES, parsed

if TYPE_CHECKING:
    from sagevpc_lint.check import Report
    from sagevpc_lint.examples import Example
    from sagevpc_lint.rulebook import Rule, RuleError
    from sagevpc_lint.settings import Settings

CLEAN, FINDINGS, UNUSABLE, UNDECIDED, NOTHING, FAULT, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130


class _Unusable(Exception):
    """The arguments or the settings cannot be used; *lines* say why."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sagevpc-lint` and return its exit code."""
    options = parsed(arguments)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="backslashreplace", newline="\n")  # names in a snapshot may hold anything
    try:
        return _COMMANDS[options.command](options)
    except _Unusable as error:
        _tell(*(f"sagevpc-lint: {line}" for line in error.lines))
        return UNUSABLE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        return _fault(error, verbose=getattr(options, "verbose", False))


def _fault(error: Exception, *, verbose: bool) -> int:
    if verbose:
        import traceback

        traceback.print_exception(error)
    told = ascii(" ".join(str(error).split()))[1:-1]
    print(f"sagevpc-lint: a fault of this tool: {type(error).__name__}: {told}; --verbose shows where", file=sys.stderr)
    return FAULT


def _say(*lines: str) -> None:
    """Print lines; what does not print in them is written as escapes."""
    from sagevpc_lint.rulebook import visible

    _out("".join(f"{visible(line)}\n" for line in lines))


def _tell(*lines: str) -> None:
    """Print lines on standard error."""
    from sagevpc_lint.rulebook import visible

    print(*map(visible, lines), sep="\n", file=sys.stderr)


def _out(text: str) -> None:
    """Print *text* as it is. A reader that has gone, such as `head`, has seen enough: that changes no exit code."""
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _check(options: argparse.Namespace) -> int:
    from sagevpc_lint import lint, reports
    from sagevpc_lint.check import only
    from sagevpc_lint.documents.files import shown
    from sagevpc_lint.rulebook import RuleError
    from sagevpc_lint.settings import SettingsError
    from sagevpc_lint.source import InputError

    chosen = _settings(options)
    try:
        report = lint(*_inputs(options, chosen))
    except InputError as error:
        raise _Unusable(str(error)) from None
    except SettingsError as error:
        raise _Unusable(*(str(each) if each.line or isinstance(each, RuleError) else each.message for each in error.errors)) from None
    if options.only:
        report = only(report, frozenset(map(shown, options.only)))
    _write(options, reports.render(options.format, report, color=_color(options), verbose=options.verbose))
    code = _exit_code(report, chosen.fail_on, chosen.allow_undecided)
    if code == NOTHING:
        _tell(f"sagevpc-lint: nothing to check: {_nothing(report)}")
    return code


def _inputs(options: argparse.Namespace, chosen: "Settings") -> tuple[list[Path], "Settings", tuple[str, bytes] | None]:
    """What to load: paths, what the settings leave out of them, and standard input if it is named."""
    paths = options.paths or list(chosen.snapshot) or [Path()]
    standard_input = (options.stdin_filename, sys.stdin.buffer.read()) if Path("-") in paths else None
    return [path for path in paths if path != Path("-")], chosen, standard_input


def _trace(options: argparse.Namespace) -> int:
    from sagevpc_lint import documents, trace
    from sagevpc_lint.needs import parse_need
    from sagevpc_lint.reports.trace import render
    from sagevpc_lint.source import InputError

    chosen = _own_settings(options)
    paths, _, standard_input = _inputs(options, chosen)
    try:
        wanted = parse_need(options.destination)
        snapshot = documents.load(paths, chosen.exclude, standard_input)
        job = trace.find_job(snapshot.facts, options.job)
    except (InputError, ValueError) as error:
        raise _Unusable(str(error)) from None
    found = trace.trace(snapshot.facts, job, wanted, chosen.needs)
    _write(options, render(options.format, snapshot, found, color=_color(options), verbose=options.verbose))
    _tell(*map(str, snapshot.errors))
    verdicts = {placed.verdict for placed in found.placements}
    return UNUSABLE if snapshot.errors else FINDINGS if "lost" in verdicts else UNDECIDED if "depends" in verdicts else CLEAN


def _own_settings(options: argparse.Namespace) -> "Settings":
    """Read the settings, which the command line may name or shut out."""
    from sagevpc_lint.settings import Settings

    return Settings() if options.isolated else _found_settings(options.config)


def _settings(options: argparse.Namespace) -> "Settings":
    """Read the settings; what the command line says comes first."""
    chosen = _own_settings(options)
    given = {
        "select": sum(options.select, ()) if options.select else None,
        "ignore": sum(options.ignore, ()) if options.ignore else None,
        "rules": (*chosen.rules, *options.rules) if options.rules else None,
        "fail_on": options.fail_on,
        "allow_undecided": options.allow_undecided,
    }
    given = {name: value for name, value in given.items() if value is not None}
    places = {at: place for at, place in chosen.places.items() if at.strip("/").partition("/")[0] not in given}
    return replace(chosen, places=places, **given)


def _found_settings(file: Path | None) -> "Settings":
    """Read the settings in *file*, else those that are found here or above."""
    from sagevpc_lint import settings

    file = file or settings.find(Path())
    try:
        return settings.load(file) if file else settings.Settings()
    except settings.SettingsError as error:
        raise _Unusable(*map(str, error.errors)) from None


def _color(options: argparse.Namespace) -> bool:
    if options.color == "auto":
        return options.output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return bool(options.color == "always")


def _write(options: argparse.Namespace, text: str) -> None:
    if options.output is None:
        _out(text)
        return
    try:
        options.output.write_text(text, "utf-8", errors="backslashreplace")
    except OSError as error:
        raise _Unusable(f"{options.output}: cannot be written: {error.strerror}") from None


def _exit_code(report: "Report", fail_on: str, allow_undecided: bool) -> int:
    from sagevpc_lint import reports

    failing = SEVERITIES[: SEVERITIES.index(fail_on) + 1]
    if report.errors:
        return UNUSABLE
    if any(finding.rule.severity in failing for finding in report.findings):
        return FINDINGS
    lacking = (each for each in report.undecided if each.rule.severity in failing and reports.is_counted(each))
    if not allow_undecided and any(True for _ in lacking):
        return UNDECIDED
    return CLEAN if report.jobs else NOTHING


def _nothing(report: "Report") -> str:
    if report.not_judged:
        return f"all {report.not_judged} jobs ended longer ago than `history` allows"
    return f"no job definition in {report.snapshot.files} files" if report.snapshot.files else "no file was found"


def _load_rules(folders: Sequence[Path]) -> "tuple[tuple[Rule, ...], tuple[RuleError, ...]]":
    """Load the rules that are shipped, those of the settings and those in *folders*."""
    from sagevpc_lint import rulebook
    from sagevpc_lint.questions import vocabulary

    return rulebook.load([rulebook.shipped_rules(), *_found_settings(None).rules, *folders], vocabulary())


def _rules(options: argparse.Namespace) -> int:
    folders = [*(options.rules or ()), *([options.test] if options.test else ())]
    rules, errors = _load_rules(folders)
    if errors:
        _tell(*map(str, errors))
    if options.test is not None:
        return _test(rules, errors, options.test or None)
    if options.format == "json":
        import json

        _out(json.dumps([_described(rule) for rule in rules], indent=2) + "\n")
    else:
        width = max(len(rule.id) for rule in rules)
        for rule in sorted(rules, key=lambda rule: (rule.folder, rule.id)):
            _say(f"{rule.folder:<11}  {rule.id:<{width}}  {rule.severity:<7}  {', '.join(rule.kinds):<9}  {rule.name}")
    return UNUSABLE if errors else CLEAN


def _described(rule: "Rule") -> dict[str, object]:
    return {"id": rule.id, "severity": rule.severity, "for": list(rule.kinds), "name": rule.name, "folder": rule.folder}


def _test(rules: "tuple[Rule, ...]", refused: "tuple[RuleError, ...]", folder: Path | None) -> int:
    """Run the examples of the rules below *folder*, of all rules where there is none; *refused*: what is wrong with rule files."""
    from sagevpc_lint import examples

    tested = [rule for rule in rules if folder is None or folder.resolve() in rule.path.parents]
    broken, count, differ = {error.file for error in refused}, 0, False
    for rule in tested:
        found, errors = examples.of_rule(rule)
        broken |= {error.file for error in errors}
        wrong = [*(f"{rule.file}: {lacking}" for lacking in examples.shortfalls(rule, rules, found) if not errors), *_differences(rules, rule, found)]
        _say(*map(str, errors), *wrong)
        count, differ = count + len(found), differ or bool(wrong)
    counted = f"{_count(len(tested), 'rule')}, {_count(count, 'example')}"
    _say(f"{counted}: {_count(len(broken), 'file')} refused" if broken else f"{counted}: {'not ' if differ else ''}as they must be")
    return UNUSABLE if broken else FINDINGS if differ else CLEAN


def _differences(rules: "Sequence[Rule]", rule: "Rule", found: "Sequence[Example]") -> list[str]:
    from sagevpc_lint import examples

    return [f"{rule.file}:{example.line}: {example.name}: {difference}" for example in found for difference in examples.differences(rule, rules, example)]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _explain(options: argparse.Namespace) -> int:
    from sagevpc_lint import examples
    from sagevpc_lint.rulebook.sheets import Origin, open_text

    rules, errors = _load_rules(options.rules or ())
    rule = next((rule for rule in rules if rule.id == options.rule), None)
    if rule is None:
        _no_rule(options.rule, [rule.id for rule in rules], [str(error) for error in errors])
    _say(*open_text(Origin(rule.id, rule.folder, rule.file, rule.path)).expandtabs().splitlines())
    found, wrong = examples.of_rule(rule)
    lines = [*map(str, wrong), *_differences(rules, rule, found)]
    _say(*lines)
    return FINDINGS if lines else CLEAN


def _no_rule(id: str, ids: list[str], errors: list[str]) -> NoReturn:
    from difflib import get_close_matches

    near = get_close_matches(id, ids, 1)
    raise _Unusable(*errors, f'no rule "{id}"; ' + (f'did you mean "{near[0]}"?' if near else "`sagevpc-lint rules` lists them"))


def _collect(options: argparse.Namespace) -> int:
    from sagevpc_lint import collect

    _out(collect.script(options.region, options.profile, options.vpc))
    return CLEAN


_COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "check": _check, "trace": _trace, "rules": _rules, "explain": _explain, "collect": _collect,
}
