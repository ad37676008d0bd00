"""The arguments of the command line."""

import argparse
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from sagevpc_lint.version import VERSION

SEVERITIES = ("error", "warning", "advice")
_EXIT_CODES = """exit codes of check: 0 clean; 1 findings at or above --fail-on; 2 unusable arguments, settings, rule, or a document that was refused;
3 no such finding, but undecided; 4 nothing to check was found; 70 a fault of this tool; 130 interrupted"""
_EXIT_CODES_OF_TRACE = """exit codes of trace: 0 the packets of all placements arrive; 1 some do not; 2 unusable arguments, settings or document;
3 it depends on what is not known; 70 a fault of this tool; 130 interrupted"""


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; `command` of the answer is the name of the command. Paths may stand before options and behind them."""
    top = _parser()
    options, rest = top.parse_known_args(arguments)
    if wrong := [each for each in rest if "paths" not in options or each.startswith("-") and each != "-"]:
        top.error(f"unrecognized arguments: {' '.join(wrong)}")
    if rest:
        options.paths += map(Path, rest)
    return options


def _parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="sagevpc-lint", description="Find out before it runs why a SageMaker job in a private VPC would fail.", epilog=_EXIT_CODES)
    top.add_argument("--version", action="version", version=f"sagevpc-lint {VERSION}")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _add_check(commands.add_parser("check", help="check a snapshot: files and folders of AWS CLI exports and job definitions", epilog=_EXIT_CODES))
    _add_trace(commands.add_parser("trace", help="show the way of a job's packets to a destination, hop by hop, and of the answers back", epilog=_EXIT_CODES_OF_TRACE))
    _add_rules(commands.add_parser("rules", help="list the rules, or run their examples"))
    _add_explain(commands.add_parser("explain", help="explain a rule"))
    _add_collect(commands.add_parser("collect", help="print a shell script that exports a snapshot with read-only AWS CLI calls"))
    return top


def _add_check(parser: argparse.ArgumentParser) -> None:
    _add_paths(parser)
    parser.add_argument("--select", action="append", type=_names, metavar="RULES", help="only these rules or folders of rules, separated by commas")
    parser.add_argument("--ignore", action="append", type=_names, metavar="RULES", help="all but these rules or folders of rules")
    parser.add_argument("--fail-on", choices=SEVERITIES, help="the least severity that makes the exit code 1 (default: warning)")
    parser.add_argument("--allow-undecided", action="store_true", default=None, help="exit 0 where rules are undecided for want of an export")
    parser.add_argument("--only", nargs="+", type=Path, metavar="FILE", help="report only what speaks of these files")
    _add_output(parser)
    parser.add_argument("--today", type=_date, metavar="DATE", help="take DATE for today")
    _add_settings(parser)
    _add_common(parser)
    parser.set_defaults(command="check")


def _add_paths(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", type=Path, metavar="PATH", help="files and folders; - is standard input (default: `snapshot` of the settings, else .)")
    parser.add_argument("--stdin-filename", default="standard-input.json", metavar="NAME", help="the name of what comes from standard input")


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="of the report (default: text)")
    parser.add_argument("--output", type=Path, metavar="FILE", help="write the report to FILE")
    parser.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="of text (default: on a terminal, unless NO_COLOR is set)")


def _add_settings(parser: argparse.ArgumentParser) -> None:
    settings = parser.add_mutually_exclusive_group()
    settings.add_argument("--config", type=Path, metavar="FILE", help="read the settings from FILE (default: sagevpc-lint.yaml here or above)")
    settings.add_argument("--isolated", action="store_true", help="read no settings")


def _add_common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--rules", action="append", type=Path, metavar="DIR", help="add the rules in DIR")
    parser.add_argument("--verbose", action="store_true", help="say more: what was skipped and why, which verdicts are undecided, a fault's traceback")


def _add_trace(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("job", metavar="JOB", help="the name, id, ARN or file of a job")
    parser.add_argument("destination", metavar="DESTINATION", help="internet, s3, s3://BUCKET, an AWS service such as kms, peers, or ADDRESS[/N][:PORT]")
    _add_paths(parser)
    _add_output(parser)
    _add_settings(parser)
    parser.add_argument("--verbose", action="store_true", help="show all ways where there are many, and a fault's traceback")
    parser.set_defaults(command="trace")


def _add_rules(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=("text", "json"), default="text", help="(default: text)")
    parser.add_argument("--test", nargs="?", type=Path, const=False, metavar="DIR", help="run the examples of the rules in DIR (default: of all rules)")
    _add_common(parser)
    parser.set_defaults(command="rules")


def _add_explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", help="the id of a rule")
    _add_common(parser)
    parser.set_defaults(command="explain")


def _add_collect(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--region", action="append", default=[], metavar="R", help="a Region to export; may be repeated (default: the profile's)")
    parser.add_argument("--profile", metavar="P", help="the AWS CLI's profile")
    parser.add_argument("--vpc", action="append", default=[], metavar="V", help="export only what belongs to this VPC, where a call can be filtered; may be repeated")
    parser.set_defaults(command="collect")


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is not a date; expected one such as 2026-11-24") from None
