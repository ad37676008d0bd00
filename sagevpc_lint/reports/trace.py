"""A trace for people, hop by hop, and for machines: JSON, version 1; within a version, members are only added."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from sagevpc_lint.answer import Absence, Evidence
from sagevpc_lint.documents import Snapshot
from sagevpc_lint.reports.hops import Hop, Lost, Way, speller, ways
from sagevpc_lint.rulebook import visible
from sagevpc_lint.source import Source, Span
from sagevpc_lint.trace import Placed, Sent, Trace
from sagevpc_lint.version import VERSION

Node = Mapping[str, object]
Spans = Mapping[Source, Span]
Line = tuple[tuple[str, str], ...]  # pieces of text, each after its style
_PLAIN, _BOLD, _DIM = "", "1", "2"  # ECMA-48, 8.3.117
_COLORS = {"arrives": "32", "lost": "31", "depends": "33"}
_VERDICTS = {"arrives": ("arrives", "arrive"), "lost": ("does not arrive", "do not arrive"), "depends": ("it depends", "depend on what is not known")}
_KINDS = {"group": "security group", "network-acl": "network ACL", "nat-gateway": "NAT gateway", "vpc-endpoint": "endpoint", "vpc": "VPC"}
_OF_WAYS = {"lost": "does not arrive", "lost in part": "does not arrive in part", "depends": "it depends", "arrives": "arrives"}
_MOST = 4  # ways from one placement to one destination that are shown unless all are asked for
_REASONS = {"form": "this form of document never tells", "world": "no document tells"}


def render(format: str, snapshot: Snapshot, trace: Trace, *, color: bool = False, verbose: bool = False) -> str:
    """Write *trace* as `text` or `json`; *color* and *verbose* change nothing but text."""
    shown = [(place, [(sent, ways(trace.network, sent.walk)) for sent in place.sent]) for place in trace.placements]
    spans = snapshot.locate([trace.job.source, *(source for _, all_sent in shown for _, found in all_sent for way in found for source in _sources(way))])
    if format == "json":
        return json.dumps(_document(trace, shown, spans), indent=2) + "\n"
    return "".join(_painted(line, color) + "\n" for line in _text(trace, shown, spans, verbose))


def _sources(way: Way) -> Iterator[Source]:
    for hop in way.hops:
        yield from (piece.source for piece in (*hop.evidence, *(piece for lost in hop.losses for piece in lost.evidence)))


def _painted(line: Line, color: bool) -> str:
    *first, last = line or ((_PLAIN, ""),)
    pieces = (*first, (last[0], last[1].rstrip()))
    return "".join(f"\x1b[{style}m{visible(text)}\x1b[0m" if color and style else visible(text) for style, text in pieces)


# Text

Shown = Sequence[tuple[Placed, Sequence[tuple[Sent, tuple[Way, ...]]]]]
Row = tuple[str, str, str]


def _text(trace: Trace, shown: Shown, spans: Spans, verbose: bool) -> Iterator[Line]:
    spell, widths = speller(trace.network), _widths(hop for _, sent in shown for _, found in sent for way in found for hop in way.hops)
    yield ((_PLAIN, f"{_place(trace.job.source, spans)}: {trace.job.id} to {trace.destination}"),)
    for placed, all_sent in shown:
        yield ()
        yield ((_BOLD, f"{placed.id}: "), (_COLORS[placed.verdict], _VERDICTS[placed.verdict][0]))
        if placed.note:
            yield ((_PLAIN, f"  {placed.note}"),)
        told: set[Absence] = set()
        for sent, found in all_sent:
            label = f"{', '.join(sent.needs)} at {sent.where}: " if sent.where else ""
            yield ((_PLAIN, f"  {label}{spell(sent.walk.packets)}"),)
            yield from _ways(found, spans, widths, None if verbose else _MOST)
            told |= {absence for way in found for absence in (*way.missing, *(each for hop in way.hops for lost in hop.losses for each in lost.missing))}
        yield from (((_PLAIN, f"  not known for want of {_named(absence)}"),) for absence in sorted(placed.missing - told))
    yield ()
    yield ((_PLAIN, _tally(trace)),)


def _ways(found: tuple[Way, ...], spans: Spans, widths: tuple[int, ...], most: int | None) -> Iterator[Line]:
    """Yield the hops that all ways share once, then what is left of each way."""
    shared = _shared(found)
    yield from _hops(found[0].hops[:shared] if found else (), 1, spans, widths, "")
    for way in found[:most]:
        if len(found) > 1:
            yield ((_PLAIN, f"  to {way.packets.partition(' to ')[2] or way.packets}: {_OF_WAYS[way.verdict]}"),)
        yield from (((_PLAIN, f"    perhaps, for want of {_named(absence)}"),) for absence in way.missing)
        # Where nothing arrives, nothing comes back either; what would not let it is told none the less.
        is_gone = any(lost.packets == way.packets and not lost.missing for hop in way.hops if hop.direction == "forward" for lost in hop.losses)
        hops = [hop for hop in way.hops[shared:] if hop.direction == "forward" or hop.losses or not is_gone]
        yield from _hops(hops, shared + 1, spans, widths, way.packets)
    if most is not None and len(found) > most:
        more = len(found) - most
        yield ((_DIM, f"  and {more} more way{'s' if more > 1 else ''} (--verbose shows {'them' if more > 1 else 'it'})"),)


def _shared(found: tuple[Way, ...]) -> int:
    """How many hops do all ways begin with? What is lost there must be the same, too."""
    if len(found) < 2:
        return 0
    rows = [[_on_any_way(hop, way) for hop in way.hops] for way in found]
    count = 0
    while all(len(row) > count and row[count] == rows[0][count] and row[count].direction == "forward" for row in rows):
        count += 1
    return count


def _on_any_way(hop: Hop, way: Way) -> Hop:
    return replace(hop, losses=tuple(replace(lost, packets="" if lost.packets == way.packets else lost.packets) for lost in hop.losses))


def _widths(hops: Iterable[Hop]) -> tuple[int, ...]:
    rows = [_row(hop) for hop in hops] or [("", "", "")]
    return tuple(max(map(len, column)) for column in zip(*rows))


def _row(hop: Hop) -> Row:
    return _KINDS.get(hop.resource.kind, hop.resource.kind.replace("-", " ")), hop.resource.id, hop.does


def _hops(hops: Sequence[Hop], first: int, spans: Spans, widths: tuple[int, ...], packets: str) -> Iterator[Line]:
    for number, hop in enumerate(hops, first):
        if hop.direction == "answers" and (number == first or hops[number - first - 1].direction == "forward"):
            yield ((_DIM, "  back"),)
        mark = "x" if any(not lost.missing for lost in hop.losses) else "?" if hop.losses else " "
        cells = "  ".join(f"{cell:<{width}}" for cell, width in zip(_row(hop), widths))
        place = ((_DIM, _place(each.source, spans)) for each in hop.evidence[:1])
        yield ((_COLORS["lost"] if mark == "x" else _COLORS["depends"], f"  {mark}"), (_PLAIN, f" {number:>2}  {cells}  "), *place)
        for lost in hop.losses:
            yield from _lost(lost, hop, spans, packets)


def _lost(lost: Lost, hop: Hop, spans: Spans, packets: str) -> Iterator[Line]:
    """Yield why packets are lost, which, what would have to be let through, and what else shows it; of a doubt, what would settle it."""
    indent, code = " " * 8, f" [{lost.code}]"
    for absence in lost.missing:
        yield ((_PLAIN, f"{indent}{f'perhaps {lost.why}' if lost.why else 'not known'}{code}, for want of {_named(absence)}"),)
    if lost.missing:
        return
    yield ((_PLAIN, f"{indent}{lost.why}{code}"),)
    yield ((_PLAIN, f"{indent}lost: {'all of them' if lost.packets in ('', packets) else lost.packets}"),)
    if lost.allow:
        yield ((_PLAIN, f"{indent}allow: {lost.allow}"),)
    told = {piece.source for piece in hop.evidence}
    yield from (((_DIM, f"{indent}{_place(piece.source, spans)}: {piece.note or piece.resource.id}"),) for piece in lost.evidence if piece.source not in told)


def _named(absence: Absence) -> str:
    """What is missing, and the call that tells it, or why none does."""
    return f"{absence.kind}{f' ({absence.scope})' if absence.scope else ''}: {absence.command or _REASONS.get(absence.because, '')}".rstrip(": ")


def _place(source: Source, spans: Spans) -> str:
    return f"{source.file}:{spans[source].line}:{spans[source].column}"


def _tally(trace: Trace) -> str:
    verdicts = [placed.verdict for placed in trace.placements]
    counts = [(verdicts.count(verdict), words) for verdict, words in _VERDICTS.items()]
    told = [f"{count} {words[0] if count == 1 else words[1]}" for count, words in counts if count]
    return f"{len(verdicts)} placement{'s' if len(verdicts) != 1 else ''}: {', '.join(told)}"


# JSON


def _document(trace: Trace, shown: Shown, spans: Spans) -> Node:
    return {
        "version": 1,
        "tool": {"name": "sagevpc-lint", "version": VERSION},
        "job": trace.job.id,
        "destination": trace.destination,
        "placements": [_placement(placed, sent, spans) for placed, sent in shown],
    }


def _placement(placed: Placed, all_sent: Sequence[tuple[Sent, tuple[Way, ...]]], spans: Spans) -> Node:
    return {
        "id": placed.id,
        "subnet": placed.subnet,
        "verdict": placed.verdict,
        "note": placed.note,
        "ways": [_way_node(sent, way, spans) for sent, found in all_sent for way in found],
        "missing": [_absence(absence) for absence in sorted(placed.missing)],
    }


def _way_node(sent: Sent, way: Way, spans: Spans) -> Node:
    losses = [(hop, lost) for hop in way.hops for lost in hop.losses]
    return {
        "needs": sent.needs,
        "where": sent.where,
        "packets": way.packets,
        "end": {"kind": way.end.kind, "id": way.end.id},
        "hops": [{"kind": hop.resource.kind, "id": hop.resource.id, "does": hop.does, "direction": hop.direction, **_location(hop.evidence[:1], spans)} for hop in way.hops],
        "losses": [_loss(hop, lost, spans) | {"packets": lost.packets, "allow": lost.allow} for hop, lost in losses if not lost.missing],
        "doubts": [_loss(hop, lost, spans) | {"packets": lost.packets, "missing": [*map(_absence, lost.missing)]} for hop, lost in losses if lost.missing],
        "missing": [_absence(absence) for absence in way.missing],
    }


def _loss(hop: Hop, lost: Lost, spans: Spans) -> dict[str, object]:
    component = {"kind": lost.component.kind, "id": lost.component.id}
    evidence = [{**_location((piece,), spans), "note": piece.note} for piece in lost.evidence]
    return {"code": lost.code, "component": component, "direction": hop.direction, "why": lost.why, **_location(lost.evidence[:1], spans), "evidence": evidence}


def _location(evidence: Sequence[Evidence], spans: Spans) -> dict[str, object]:
    """Where something stands; nothing where no document shows it."""
    return {
        name: value for piece in evidence
        for name, value in (("file", piece.source.file), ("line", spans[piece.source].line), ("column", spans[piece.source].column), ("pointer", piece.source.pointer))
    }


def _absence(absence: Absence) -> Node:
    return {"kind": absence.kind, "scope": absence.scope, "because": absence.because, "command": absence.command}
