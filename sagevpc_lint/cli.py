"""The command line: arguments in, exit code out."""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from sagevpc_lint.version import VERSION

if TYPE_CHECKING:
    from sagevpc_lint.check import Report
    from sagevpc_lint.examples import Example
    from sagevpc_lint.rulebook import Rule, RuleError
    from sagevpc_lint.settings import Settings

CLEAN, FINDINGS, UNUSABLE, UNDECIDED, NOTHING, FAULT, INTERRUPTED = 0, 1, 2, 3, 4, 70, 130
_SEVERITIES = ("error", "warning", "advice")
_EXIT_CODES = """exit codes of check: 0 clean; 1 findings at or above --fail-on; 2 unusable arguments, settings, rule, or a document that was refused;
3 no such finding, but undecided; 4 nothing to check was found; 70 a fault of this tool; 130 interrupted"""


class _Unusable(Exception):
    """The arguments or the settings cannot be used; *lines* say why."""

    def __init__(self, *lines: str) -> None:
        super().__init__(*lines)
        self.lines = lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `sagevpc-lint` and return its exit code."""
    options = _parser().parse_args(arguments)
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.reconfigure(errors="backslashreplace")  # names in a snapshot may hold anything
    try:
        code: int = options.run(options)
        return code
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sagevpc-lint", description="Find out before it runs why a SageMaker job in a private VPC would fail.", epilog=_EXIT_CODES)
    parser.add_argument("--version", action="version", version=f"sagevpc-lint {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_check(commands.add_parser("check", help="check a snapshot: files and folders of AWS CLI exports and job definitions", epilog=_EXIT_CODES))
    _add_rules(commands.add_parser("rules", help="list the rules, or run their examples"))
    _add_explain(commands.add_parser("explain", help="explain a rule"))
    _add_collect(commands.add_parser("collect", help="print a shell script that exports a snapshot with read-only AWS CLI calls"))
    return parser


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files and folders; - is standard input (default: `snapshot` of the settings, else .)")
    parser.add_argument("--select", action="append", type=_names, metavar="RULES", help="only these rules or folders of rules, separated by commas")
    parser.add_argument("--ignore", action="append", type=_names, metavar="RULES", help="all but these rules or folders of rules")
    parser.add_argument("--fail-on", choices=_SEVERITIES, help="the least severity that makes the exit code 1 (default: warning)")
    parser.add_argument("--allow-undecided", action="store_true", default=None, help="exit 0 where rules are undecided for want of an export")
    parser.add_argument("--only", nargs="+", type=Path, metavar="FILE", help="report only what speaks of these files")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the report (default: text)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report to FILE")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="of text (default: on a terminal, unless NO_COLOR is set)")
    parser.add_argument("--stdin-filename", default="standard-input.json", metavar="NAME", help="the name of what comes from standard input")
    parser.add_argument("--today", type=_date, metavar="DATE", help="take DATE for today")
    _add_common(parser)
    settings = parser.add_mutually_exclusive_group()
    settings.add_argument("--config", type=Path, metavar="FILE", help="read the settings from FILE (default: sagevpc-lint.yaml here or above)")
    settings.add_argument("--isolated", action="store_true", help="read no settings")
    parser.set_defaults(run=_check)


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", action="append", type=Path, metavar="DIR", help="add the rules in DIR")
    parser.add_argument("--verbose", action="store_true", help="say more: what was skipped and why, which verdicts are undecided, a fault's traceback")


def _add_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(default: text)")
    parser.add_argument("--test", nargs="?", type=Path, const=False, metavar="DIR", help="run the examples of the rules in DIR (default: of all rules)")
    _add_common(parser)
    parser.set_defaults(run=_rules)


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="the id of a rule")
    _add_common(parser)
    parser.set_defaults(run=_explain)


def _add_collect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--region", action="append", default=[], metavar="R", help="a Region to export; may be repeated (default: the profile's)")
    parser.add_argument("--profile", metavar="P", help="the AWS CLI's profile")
    parser.add_argument("--vpc", action="append", default=[], metavar="V", help="export only what belongs to this VPC, where a call can be filtered; may be repeated")
    parser.set_defaults(run=_collect)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date; expected one such as 2026-11-24") from None


def _check(options: argparse.Namespace) -> int:
    from sagevpc_lint import lint, reports
    from sagevpc_lint.check import only
    from sagevpc_lint.documents.files import shown
    from sagevpc_lint.rulebook import RuleError
    from sagevpc_lint.settings import SettingsError
    from sagevpc_lint.source import InputError

    chosen = _settings(options)
    paths = options.paths or list(chosen.snapshot) or [Path()]
    standard_input = (options.stdin_filename, sys.stdin.buffer.read()) if Path("-") in paths else None
    try:
        report = lint([path for path in paths if path != Path("-")], chosen, standard_input)
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


def _settings(options: argparse.Namespace) -> "Settings":
    """Read the settings; what the command line says comes first."""
    from sagevpc_lint import settings

    chosen = settings.Settings() if options.isolated else _found_settings(options.config)
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

    failing = _SEVERITIES[: _SEVERITIES.index(fail_on) + 1]
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
