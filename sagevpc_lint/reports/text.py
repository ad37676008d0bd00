"""The report for people: what is wrong and where, what is undecided and which call settles it, and one line of counts."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from sagevpc_lint.answer import Absence, Evidence
from sagevpc_lint.check import Finding, Named, Report, Undecided
from sagevpc_lint.documents import Skipped
from sagevpc_lint.reports import is_counted, summary
from sagevpc_lint.rulebook import visible
from sagevpc_lint.source import InputError, Source

Line = tuple[tuple[str, str], ...]  # pieces of text, each after its style
Place = Callable[[Source], str]

# Styles are the parameters of the terminal's "select graphic rendition" (ECMA-48, 8.3.117).
_PLAIN, _BOLD, _DIM = "", "1", "2"
_COLORS = {"error": "31", "warning": "33", "advice": "36"}
_INDENT = "    "
_MOST = 5  # subjects, and pieces of evidence, that are shown unless all are asked for
_REASONS = {"form": "this form of document never tells", "world": "no document tells"}
_HINT = "put each answer into the snapshot as a .json file, or run the script that `sagevpc-lint collect` prints"


def render(report: Report, *, color: bool, verbose: bool) -> str:
    """Write *report* as text, ending with a line feed: without *color* the same text, with *verbose* all of it."""
    blocks = ("".join(_painted(line, color) + "\n" for line in block) for block in _blocks(report, verbose))
    return "\n".join(block for block in blocks if block)


def _painted(line: Line, color: bool) -> str:
    return "".join(f"\x1b[{style}m{visible(text)}\x1b[0m" if color and style else visible(text) for style, text in line)


def _blocks(report: Report, verbose: bool) -> Iterator[Iterable[Line]]:
    spans = report.locate()

    def place(source: Source) -> str:
        return f"{source.file}:{spans[source].line}:{spans[source].column}"

    most = None if verbose else _MOST
    yield map(_error, report.errors)
    for finding in report.findings:
        yield _finding(finding, place, most)
    yield from _undecided(report.undecided, verbose)
    if verbose:
        yield from _listed(report)
    yield (_line(_tally(report, verbose)),)


def _line(text: str, style: str = _PLAIN) -> Line:
    return ((style, text),)


def _headline(place: str, severity: str, message: str) -> Line:
    return ((_BOLD, f"{place}:"), (_PLAIN, " "), (_COLORS[severity], f"{severity}:"), (_PLAIN, f" {message}"))


def _error(error: InputError) -> Line:
    place = f"{error.file}:{error.line}:{error.column}" if error.line else error.file
    return _headline(place, "error", error.message)


def _finding(finding: Finding, place: Place, most: int | None) -> Iterator[Line]:
    """Yield the headline, the causes that are not told elsewhere, where they stand, what to do and whom it concerns."""
    first, *rest = finding.message.strip().split("\n")
    beside = finding.evidence[1:]
    notes = {evidence.note for evidence in beside[:most]}
    yield (*_headline(place(finding.source), finding.rule.severity, first), (_DIM, f" [{finding.rule.id}]"))
    for cause in (*rest, *(line for line in finding.because if line not in finding.message and line not in notes)):
        yield _line(_INDENT + cause)
    for evidence in beside[:most]:
        yield _line(f"{_INDENT}{place(evidence.source)}: {_shown(evidence)}", _DIM)
    if hidden := _hidden(beside, most):
        yield _line(_INDENT + hidden, _DIM)
    yield from _labelled("fix", finding.remediation.strip().split("\n"))
    if not _is_itself(finding):
        yield from _labelled("for", [_subjects(finding.subjects, most)])
    if used_by := [Named("job", job) for job in finding.jobs if all(job not in subject.id for subject in finding.subjects)]:
        yield from _labelled("used by", [_subjects(used_by, most)])


def _shown(evidence: Evidence) -> str:
    note = evidence.note or f"{evidence.resource.kind} {evidence.resource.id}"
    return f"{note} ({evidence.code})" if evidence.code else note


def _labelled(label: str, lines: Sequence[str]) -> Iterator[Line]:
    """Yield *lines* below each other after a label; none for an empty text."""
    for number, line in enumerate(lines if any(lines) else ()):
        yield ((_DIM, f"{_INDENT}{label}: "), (_PLAIN, line)) if number == 0 else _line(f"{_INDENT}{' ' * len(label)}  {line}")


def _is_itself(finding: Finding) -> bool:
    """Is the only subject the resource that the headline speaks of?"""
    return finding.subjects == (Named(finding.resource.kind, finding.resource.id),)


def _subjects(subjects: Sequence[Named], most: int | None) -> str:
    names = [f"{subject.id} ({subject.need})" if subject.need else subject.id for subject in subjects[:most]]
    return ", ".join(names) + (f" {hidden}" if (hidden := _hidden(subjects, most)) else "")


def _hidden(items: Sequence[object], most: int | None) -> str:
    return f"and {len(items) - most} more" if most is not None and len(items) > most else ""


def _undecided(undecided: Iterable[Undecided], verbose: bool) -> Iterator[list[Line]]:
    """Yield what is missing, first what settles most: the exports with their commands, then what no call would tell."""
    waiting: dict[Absence, list[Undecided]] = {}
    for each in undecided:
        for absence in each.missing:
            waiting.setdefault(absence, []).append(each)
    ordered = sorted(waiting, key=lambda absence: (-_alone(waiting[absence]), -_verdicts(waiting[absence]), absence))
    exports = [line for absence in ordered if absence.because == "export" for line in _export(absence, waiting[absence], verbose)]
    others = [line for absence in ordered if absence.because != "export" for line in _other(absence, waiting[absence], verbose)]
    if exports:
        yield [_line("undecided, for want of an export:"), *exports, _line(f"  {_HINT}", _DIM)]
    if others:
        yield [_line("undecided, and no call would tell:"), *others]


def _export(absence: Absence, waiting: Sequence[Undecided], verbose: bool) -> Iterator[Line]:
    yield _line(f"  {_named(absence)}: {_worth(waiting)}")
    if absence.command:
        yield _line(_INDENT + absence.command)
    yield from _waiting(waiting, verbose)


def _other(absence: Absence, waiting: Sequence[Undecided], verbose: bool) -> Iterator[Line]:
    yield _line(f"  {_named(absence)}: {_REASONS[absence.because]}; {_count(_verdicts(waiting), 'verdict')}")
    yield from _waiting(waiting, verbose)


def _waiting(waiting: Sequence[Undecided], verbose: bool) -> Iterator[Line]:
    for each in waiting if verbose else ():
        yield _line(f"{_INDENT}{each.rule.id}: {_subjects(each.subjects, None)}", _DIM)


def _named(absence: Absence) -> str:
    return f"{absence.kind} ({absence.scope})" if absence.scope else absence.kind


def _worth(waiting: Sequence[Undecided]) -> str:
    """Say how many verdicts one absence settles alone, and for how many more it is needed beside others."""
    alone, more = _alone(waiting), _verdicts(waiting) - _alone(waiting)
    if not alone:
        return f"needed for {_count(more, 'verdict')}"
    return f"settles {_count(alone, 'verdict')}" + (f", needed for {more} more" if more else "")


def _alone(waiting: Iterable[Undecided]) -> int:
    return _verdicts(each for each in waiting if len(each.missing) == 1)


def _verdicts(waiting: Iterable[Undecided]) -> int:
    return sum(len(each.subjects) for each in waiting)


def _listed(report: Report) -> Iterator[list[Line]]:
    """Yield what only those who ask for everything want to read."""
    lists: Mapping[str, Iterable[str]] = {
        "assumed": report.assumptions,
        "skipped": _files(report.snapshot.skipped),
        "unused": _files(report.snapshot.unused),
        "settings": (report.settings or "none",),
    }
    for title, texts in lists.items():
        if texts:
            yield [_line(f"{title}:"), *(_line(f"  {text}") for text in texts)]


def _files(skipped: Iterable[Skipped]) -> list[str]:
    return sorted(f"{each.file}: {each.why}" for each in skipped)


def _tally(report: Report, verbose: bool) -> str:
    counts = summary(report)
    parts = (_count(len(report.errors), "input error") if report.errors else "", _verdict(report, counts), _extent(report, counts))
    snapshot = report.snapshot
    hint = " (--verbose lists them)" if (snapshot.skipped or snapshot.unused or report.assumptions) and not verbose else ""
    return "; ".join(part for part in parts if part) + hint


def _verdict(report: Report, counts: Mapping[str, int]) -> str:
    """Say what was found and what is undecided."""
    found = f"{_count(counts['error'], 'error')}, {_count(counts['warning'], 'warning')}, {counts['advice']} advice" if report.findings else "no findings"
    ignored = f" ({report.ignored} ignored)" if report.ignored else ""
    forever = _verdicts(each for each in report.undecided if not is_counted(each))
    match counts["undecided"], forever:
        case 0, 0:
            undecided = "nothing undecided"
        case 0, _:
            undecided = f"{forever} undecided that no call would settle"
        case counted, 0:
            undecided = f"{counted} undecided"
        case counted, _:
            undecided = f"{counted} undecided and {forever} that no call would settle"
    return f"{found}{ignored}; {undecided}"


def _extent(report: Report, counts: Mapping[str, int]) -> str:
    """Say what was looked at, and what was passed over if anything was."""
    parts = (
        f"{_count(counts['jobs'], 'job')} in {_count(counts['vpcs'], 'VPC')}",
        f"{counts['not_judged']} older not judged" if counts["not_judged"] else "",
        _count(counts["rules"], "rule"),
        _count(counts["files"], "file"),
        f"{len(report.snapshot.skipped)} skipped" if report.snapshot.skipped else "",
        f"{len(report.snapshot.unused)} not used yet" if report.snapshot.unused else "",
        _count(len(report.assumptions), "assumption") if report.assumptions else "",
    )
    return ", ".join(part for part in parts if part)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
