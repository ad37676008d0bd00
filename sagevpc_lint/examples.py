"""The examples of rules: a change of the good environment, and the verdicts that it must get."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TypedDict

from sagevpc_lint.history import judged
from sagevpc_lint.judge import Judge, Verdict
from sagevpc_lint.documents import Snapshot, facts_of, read
from sagevpc_lint.documents.yaml_text import Value
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.kinds import BY_NAME
from sagevpc_lint.model.subjects import Subject
from sagevpc_lint.needs import declared_need
from sagevpc_lint.rulebook import Rule, RuleError, examples
from sagevpc_lint.rulebook.faults import instead

Documents = dict[str, Value]
_Raw = TypedDict(
    "_Raw", {"name": str, "change": Mapping[str, Value], "omit": list[str], "needs": list[str], "fail": Mapping[str, str], "pass": list[str], "undecided": list[str]}, total=False,
)

_HISTORY = 30
_JSON_TEXT = frozenset({"Policy", "PolicyDocument"})
_ROWS: Mapping[str, tuple[str, str, str]] = {  # the prefix of an id → the file, its key and the member that holds the id
    "vpc-": ("describe-vpcs.json", "Vpcs", "VpcId"),
    "subnet-": ("describe-subnets.json", "Subnets", "SubnetId"),
    "rtb-": ("describe-route-tables.json", "RouteTables", "RouteTableId"),
    "acl-": ("describe-network-acls.json", "NetworkAcls", "NetworkAclId"),
    "igw-": ("describe-internet-gateways.json", "InternetGateways", "InternetGatewayId"),
    "nat-": ("describe-nat-gateways.json", "NatGateways", "NatGatewayId"),
    "vpce-": ("describe-vpc-endpoints.json", "VpcEndpoints", "VpcEndpointId"),
    "sg-": ("describe-security-groups.json", "SecurityGroups", "GroupId"),
    "dopt-": ("describe-dhcp-options.json", "DhcpOptions", "DhcpOptionsId"),
    "fl-": ("describe-flow-logs.json", "FlowLogs", "FlowLogId"),
    "pl-": ("describe-prefix-lists.json", "PrefixLists", "PrefixListId"),
    "pcx-": ("describe-vpc-peering-connections.json", "VpcPeeringConnections", "VpcPeeringConnectionId"),
    "tgw-attach-": ("describe-transit-gateway-vpc-attachments.json", "TransitGatewayVpcAttachments", "TransitGatewayAttachmentId"),
    "eni-": ("describe-network-interfaces.json", "NetworkInterfaces", "NetworkInterfaceId"),
}


@dataclass(frozen=True, slots=True)
class Example:
    """One example of a rule: *change* of the good environment, kinds of export to *omit*, and what must come of it.

    *needs*: what the settings would declare for every job. *fail*, *passing*: subjects, or `SUBJECT NEED` of a rule that is put to needs.
    """

    name: str
    line: int
    change: Mapping[str, Value]
    omit: frozenset[str]
    fail: Mapping[str, str]
    passing: frozenset[str]
    undecided: frozenset[str]
    needs: tuple[str, ...] = ()

    @property
    def declared(self) -> Mapping[str, tuple[str, ...]]:
        """The needs as the settings would have them."""
        return {"*": self.needs}


def good() -> Path:
    """Return the folder of the good environment: in the package if it is installed, beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "fixtures" / "good"
    return installed if installed.is_dir() else package.parent / "fixtures" / "good"


def of_rule(rule: Rule) -> tuple[tuple[Example, ...], tuple[RuleError, ...]]:
    """Read the examples of *rule*, and all that is wrong with how they are written."""
    sheet, errors = examples(rule)
    if errors:
        return (), errors
    return tuple(_example(each, sheet.positions[f"/{index}"][0]) for index, each in enumerate(sheet.value)), ()  # type: ignore[arg-type]


def _example(raw: _Raw, line: int) -> Example:
    return Example(
        raw["name"], line, raw.get("change") or {}, frozenset(raw.get("omit") or ()), raw.get("fail") or {},
        frozenset(raw.get("pass") or ()), frozenset(raw.get("undecided") or ()), tuple(raw.get("needs") or ()),
    )


def environment(example: Example) -> Snapshot:
    """Read the good environment with the change of *example*; what it omits is still there.

    Raises `KeyError` with a message where the change names something that it cannot change.
    """
    documents: Documents = {name: json.loads(text) for name, text in _good_texts().items()}
    for id, change in example.change.items():
        try:
            _change(documents, id, change)
        except KeyError as error:
            raise KeyError(f"change: {id}: {error.args[0]}") from None
    return read({name: json.dumps(document).encode() for name, document in documents.items() if document is not None})


def facts(example: Example, snapshot: Snapshot) -> Facts:
    """Collect the facts of *snapshot* but for what *example* omits."""
    return facts_of(page for page in snapshot.pages if page.kind not in example.omit) if example.omit else snapshot.facts


@cache
def _good_texts() -> Mapping[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(good().glob("*.json"))}


def _change(documents: Documents, id: str, change: Value) -> None:
    """Apply one change as a JSON merge patch (RFC 7396) to what *id* names: a row, a job, a bucket, or a whole document by its file name."""
    if id.endswith(".json"):
        if change is None and id not in documents:
            raise KeyError("there is no such document to remove")
        documents[id] = merged(documents.get(id), change)
    elif id.startswith("processing-job/"):
        file = f"describe-processing-job.{id.partition('/')[2]}.json"
        if file not in documents:
            raise KeyError("there is no such job in the good environment")
        documents[file] = merged(documents[file], change)
    elif any(id.startswith(prefix) for prefix in _ROWS):
        _change_row(documents, id, change)
    elif rest := _change_parts(documents, id, change):
        raise KeyError(f"nothing in the good environment belongs to it and has {', '.join(rest)}")


def _change_row(documents: Documents, id: str, change: Value) -> None:
    file, key, member = next(row for prefix, row in _ROWS.items() if id.startswith(prefix))
    rows = _rows(documents, file, key)
    at = next((index for index, row in enumerate(rows) if isinstance(row, dict) and row.get(member) == id), None)
    if change is not None:
        rest = _change_parts(documents, id, change)
        if at is None:
            rows.append(merged({member: id}, rest))
        else:
            rows[at] = merged(rows[at], rest)
    elif at is None:
        raise KeyError("there is nothing of that id to remove")
    else:
        del rows[at]


def _rows(documents: Documents, file: str, key: str) -> list[Value]:
    document = documents.setdefault(file, {})
    rows = document.setdefault(key, []) if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise KeyError(f"{file} has no list of {key} any more, so no row of it can be changed")
    return rows


def _change_parts(documents: Documents, id: str, change: Value) -> dict[str, Value]:
    """Apply each member to the document of *id* that holds it, as attributes of a VPC or a bucket do; return the rest, which is for its row."""
    if not isinstance(change, dict):
        raise KeyError("a change of it is a mapping of its members")
    rest = {}
    for member, value in change.items():
        file = next((name for name, document in documents.items() if f".{id}." in name and isinstance(document, dict) and member in document), None)
        if file is None:
            rest[member] = value
        else:
            documents[file] = merged(documents[file], {member: value})
    return rest


def merged(value: Value, change: Value) -> Value:
    """Merge *change* into *value* as RFC 7396 says: null removes a member, lists are replaced whole; a policy is given as YAML and becomes text.

    Unlike there, null must remove something, so that a misspelled name does not go unnoticed; else this raises `KeyError` with a message.
    """
    if not isinstance(change, dict):
        return change
    result = dict(value) if isinstance(value, dict) else {}
    for member, part in change.items():
        if part is None:
            if result.pop(member, result) is result:
                raise KeyError(f'there is no "{member}" to remove')
        elif member in _JSON_TEXT and isinstance(part, (dict, list)):
            result[member] = json.dumps(part)
        else:
            result[member] = merged(result.get(member), part)
    return result


def differences(rule: Rule, rules: Sequence[Rule], example: Example) -> Iterator[str]:
    """Put *rule* to the environment of *example* and say what differs from what it must get."""
    if wrong := [*_misspelt(example)]:
        yield from wrong
        return
    try:
        snapshot = environment(example)
    except KeyError as error:
        yield str(error.args[0])
        return
    if snapshot.errors:
        yield from (f"the changed environment is refused: {error.file}: {error.message}" for error in snapshot.errors)
        return
    known = facts(example, snapshot)
    judge = Judge(known, rules, judged(known, _HISTORY)[0], example.declared)
    yield from _differences(rule, judge, [*judge.verdicts(rule)], example)


def _misspelt(example: Example) -> Iterator[str]:
    for kind in sorted(example.omit - BY_NAME.keys()):
        yield f'omit: no kind of export "{kind}"; {instead(kind, BY_NAME)}'
    for need in example.needs:
        try:
            declared_need(need)
        except ValueError as error:
            yield f"needs: {error}"


def _differences(rule: Rule, judge: Judge, verdicts: Sequence[tuple[Subject, Verdict]], example: Example) -> Iterator[str]:
    failing = [(subject, verdict) for subject, verdict in verdicts if verdict.value is False and not verdict.silent]
    got = {_key(subject): rule.message.render(judge.facts, subject, verdict.answer) for subject, verdict in failing}
    wanted = {_key(subject): example.fail.get(_key(subject), example.fail.get(subject.id)) for subject, _ in failing}
    met = wanted.keys() | {subject.id for subject, _ in failing}
    wanted |= {key: message for key, message in example.fail.items() if key not in met}
    for key in sorted(wanted):
        if wanted[key] != got.get(key):
            yield f"{key}: expected {_quoted(wanted[key])}, got {_quoted(got.get(key))}"
    for key in sorted(example.passing - _holding(rule, judge, verdicts)):
        yield f"{key}: expected the rule to be about it and to hold"
    missing = {absence.kind for _, verdict in verdicts if verdict.value is None for absence in verdict.answer.missing}
    if missing != example.undecided:
        yield f"expected {_kinds(example.undecided)}, got {_kinds(missing)}"


def _key(subject: Subject) -> str:
    """How an example names a subject that a rule is put to, with its need if there is one."""
    return f"{subject.id} {subject.need.id}" if subject.need else subject.id


def _holding(rule: Rule, judge: Judge, verdicts: Sequence[tuple[Subject, Verdict]]) -> set[str]:
    """That which the rule is about and holds for: subjects with a need, and subjects, if it holds for each of their needs that it is about."""
    values: dict[str, set[bool | None]] = {}
    for subject, verdict in verdicts:
        if rule.ask(judge.network, subject)[0].value:
            for key in {subject.id, _key(subject)}:
                values.setdefault(key, set()).add(verdict.value)
    return {key for key, found in values.items() if found == {True}}


def _quoted(message: str | None) -> str:
    return "no failure" if message is None else f'"{message}"'


def _kinds(kinds: set[str] | frozenset[str]) -> str:
    return f"undecided for want of {', '.join(sorted(kinds))}" if kinds else "nothing undecided"


def shortfalls(rule: Rule, rules: Sequence[Rule], found: Sequence[Example]) -> Iterator[str]:
    """Say which kinds of example *rule* lacks: one that fails, one that passes, one that is undecided if the rule can be."""
    if not any(example.fail for example in found):
        yield "no example fails; add one with `fail`"
    if not any(example.passing for example in found):
        yield "no example passes; add one with `pass`"
    if not any(example.undecided for example in found) and any(_is_undecided_by_the_job_alone(rule, rules, example) for example in found):
        yield "no example is undecided; add one with `undecided`, and `omit` an export that the failure rests on"


def _is_undecided_by_the_job_alone(rule: Rule, rules: Sequence[Rule], example: Example) -> bool:
    """Does *rule* need more than the subject's own document?"""
    try:
        pages = environment(example).pages
    except KeyError:
        return False
    known = facts_of(page for page in pages if page.kind == "processing-job")
    return any(verdict.value is None for _, verdict in Judge(known, rules, known.jobs, example.declared).verdicts(rule))
