"""A report in the formats that people and machines read, and what all of them count."""

from collections.abc import Mapping

from sagevpc_lint.check import SEVERITIES, Report, Undecided

FORMATS = ("text", "json")


def render(format: str, report: Report, *, color: bool = False, verbose: bool = False) -> str:
    """Write *report* in one of `FORMATS`; *color* and *verbose* are for people, so they change nothing but text."""
    match format:
        case "text":
            from sagevpc_lint.reports import text

            return text.render(report, color=color, verbose=verbose)
        case "json":
            from sagevpc_lint.reports import json

            return json.render(report)
    raise ValueError(f"no format {format!r}; allowed are {', '.join(FORMATS)}")


def summary(report: Report) -> Mapping[str, int]:
    """Count what a run found and what it looked at, under the names of the JSON report."""
    severities: list[str] = [finding.rule.severity for finding in report.findings]
    return {
        **{severity: severities.count(severity) for severity in SEVERITIES},
        "undecided": sum(len(each.subjects) for each in report.undecided if is_counted(each)),
        "suppressed": 0,
        "jobs": report.jobs,
        "not_judged": report.not_judged,
        "vpcs": report.vpcs,
        "rules": report.rules,
        "files": report.snapshot.files,
    }


def is_counted(undecided: Undecided) -> bool:
    """Would an export help to settle it? What no call tells is listed and not counted."""
    return any(absence.because == "export" for absence in undecided.missing)
