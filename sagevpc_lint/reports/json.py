"""The report for machines: JSON, version 1; within a version, members are only added."""

import json
from collections.abc import Callable, Mapping

from sagevpc_lint.answer import Absence, Evidence
from sagevpc_lint.check import Finding, Named, Report, Undecided
from sagevpc_lint.documents import Skipped
from sagevpc_lint.reports import summary
from sagevpc_lint.source import InputError, Source, Span
from sagevpc_lint.version import VERSION

Node = Mapping[str, object]
Locate = Callable[[Source], Span]


def render(report: Report) -> str:
    """Write *report* as indented JSON in ASCII, ending with a line feed; the same report gives the same bytes."""
    locate = report.locate().__getitem__
    document = {
        "version": 1,
        "tool": {"name": "sagevpc-lint", "version": VERSION},
        "settings": {"file": report.settings, "ignored": report.ignored, "suppressed": 0},
        "findings": [_finding(finding, locate) for finding in report.findings],
        "undecided": [_undecided(undecided) for undecided in report.undecided],
        "assumptions": report.assumptions,
        "suppressed": [],
        "errors": [_error(error) for error in report.errors],
        "skipped": [_skipped(skipped) for skipped in sorted(report.snapshot.skipped)],
        "summary": summary(report),
    }
    return json.dumps(document, indent=2) + "\n"


def _finding(finding: Finding, locate: Locate) -> Node:
    return {
        "rule": finding.rule.id,
        "severity": finding.rule.severity,
        "resource": {"kind": finding.resource.kind, "id": finding.resource.id},
        "subjects": [_subject(subject) for subject in finding.subjects],
        "message": finding.message,
        "because": finding.because,
        "remediation": finding.remediation,
        "code": finding.code,
        "location": _location(finding.source, locate),
        "evidence": [_evidence(evidence, locate) for evidence in finding.evidence],
        "fingerprint": finding.fingerprint,
    }


def _undecided(undecided: Undecided) -> Node:
    return {
        "rule": undecided.rule.id,
        "severity": undecided.rule.severity,
        "subjects": [_subject(subject) for subject in undecided.subjects],
        "missing": [_absence(absence) for absence in undecided.missing],
    }


def _subject(subject: Named) -> Node:
    need = {"need": subject.need} if subject.need else {}
    return {"kind": subject.kind, "id": subject.id, **need}


def _location(source: Source, locate: Locate) -> Node:
    span = locate(source)
    inner = {"inner": source.inner} if source.inner else {}
    return {
        "file": source.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "pointer": source.pointer,
        **inner,
    }


def _evidence(evidence: Evidence, locate: Locate) -> Node:
    span = locate(evidence.source)
    return {
        "file": evidence.source.file,
        "line": span.line,
        "column": span.column,
        "pointer": evidence.source.pointer,
        "note": evidence.note,
        "code": evidence.code,
    }


def _absence(absence: Absence) -> Node:
    return {"kind": absence.kind, "scope": absence.scope, "because": absence.because, "command": absence.command}


def _error(error: InputError) -> Node:
    return {"file": error.file, "line": error.line, "column": error.column, "message": error.message}


def _skipped(skipped: Skipped) -> Node:
    return {"file": skipped.file, "why": skipped.why}
