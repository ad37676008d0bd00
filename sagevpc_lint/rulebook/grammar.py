"""How the text of a condition is read: Python's own parser, and a white list of what its tree may hold."""

import ast
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import NoReturn, TypeVar

from sagevpc_lint.model.subjects import NOUNS
from sagevpc_lint.questions import Constant, Question
from sagevpc_lint.rulebook import comparisons
from sagevpc_lint.rulebook.conditions import Call, Comparison, Condition, Junction, Negation, Node, Operand
from sagevpc_lint.rulebook.faults import Fault, Refused, instead
from sagevpc_lint.rulebook.fields import Path, Scope, constant_text, is_admitted, path_of, shape_text

Read = TypeVar("Read")
Written = TypeVar("Written")

LONGEST = 300
_LINE_BREAKS = {ord("\n"): " ", ord("\r"): " "}
_SYMBOLS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.In: "in", ast.NotIn: "not in",
}
_SAID: Mapping[type[ast.expr], str] = {
    ast.BinOp: "arithmetic", ast.UnaryOp: "arithmetic", ast.Lambda: "a lambda", ast.IfExp: "`if`", ast.JoinedStr: "an f-string", ast.NamedExpr: "`:=`",
    ast.ListComp: "a comprehension", ast.SetComp: "a comprehension", ast.DictComp: "a comprehension", ast.GeneratorExp: "a comprehension",
    ast.Starred: "`*`", ast.Dict: "a mapping", ast.Set: "a set", ast.List: "a list", ast.Tuple: "a tuple", ast.Constant: "a constant alone",
    ast.Compare: "a comparison", ast.BoolOp: "`and` or `or`",
}


def read_condition(text: str, scope: Scope) -> Condition:
    """Read a condition; raise `Refused`, with all its faults, if it is none."""
    line = text.translate(_LINE_BREAKS).strip()
    indent = len(text) - len(text.lstrip())
    if len(line) > LONGEST:
        raise Refused(Fault(indent, f"{len(line)} characters where at most {LONGEST} are allowed; put what it asks into a question"))
    try:
        return Condition(line, _node(_parsed(line), scope))
    except Refused as error:
        raise Refused(*(Fault(indent + _characters(line, fault.offset), fault.message) for fault in error.faults)) from None


def read_path(text: str, scope: Scope) -> Path:
    """Read a field, as a placeholder names it; raise `Refused` if it is none."""
    return path_of(_parsed(text), scope)


def _characters(line: str, offset: int) -> int:
    """Python's parser counts in bytes."""
    return len(line.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore"))


def _parsed(line: str) -> ast.expr:
    """Parse one expression; what Python only warns of is refused as well."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            tree = ast.parse(line, mode="eval").body
    except SyntaxError as error:
        raise Refused(Fault(len(line[: max((error.offset or 1) - 1, 0)].encode("utf-8", "replace")), f"not an expression: {error.msg}{_hint(line)}")) from None
    except (ValueError, MemoryError, RecursionError, Warning):
        raise Refused(Fault(0, "not an expression that can be read")) from None
    rest = line.encode().find(b"#", tree.end_col_offset or 0)
    if rest >= 0:
        raise Refused(Fault(rest, "a comment cannot stand here; it would hide what follows"))
    return tree


def _hint(line: str) -> str:
    return "; write == to compare" if re.search(r"(?<![=!<>(])=(?!=)", re.sub(r"\w\(.*?\)", "", line)) else ""


def _node(node: ast.expr, scope: Scope) -> Node:
    match node:
        case ast.BoolOp(op=op, values=values):
            return Junction(_all(values, lambda value: _node(value, scope)), settled_by=isinstance(op, ast.Or))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return Negation(_node(operand, scope))
        case ast.Call():
            return _call(node, scope)
        case ast.Compare():
            return _compare(node, scope)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return _truth(node, scope)
    _forbid(node)


def _all(written: Iterable[Written], read: Callable[[Written], Read]) -> tuple[Read, ...]:
    """Read each of *written*, so that the faults of all are said at once."""
    found: list[Read] = []
    faults: list[Fault] = []
    for part in written:
        try:
            found.append(read(part))
        except Refused as error:
            faults += error.faults
    if faults:
        raise Refused(*faults)
    return tuple(found)


def _forbid(node: ast.expr) -> NoReturn:
    what = _SAID.get(type(node), "this")
    raise Refused(Fault(node.col_offset, f"{what} cannot stand here; allowed: fields, comparisons with constants, questions, and, or, not, in"))


def _truth(node: ast.expr, scope: Scope) -> Comparison:
    path = path_of(node, scope)
    if path.shape == (bool,):
        return Comparison(path, "==", True)
    if path.steps:
        raise Refused(Fault(node.col_offset, f'"{path}" is {shape_text(path.shape)} and cannot stand alone; compare it'))
    raise Refused(Fault(node.col_offset, f'"{path}" cannot stand alone; compare one of its fields'))


def _compare(node: ast.Compare, scope: Scope) -> Node:
    written = (node.left, *node.comparators)
    operands = _all(written, lambda part: _operand(part, scope))
    pairs = _all(range(len(node.ops)), lambda at: _pair(operands[at], node.ops[at], operands[at + 1], written[at : at + 2]))
    return pairs[0] if len(pairs) == 1 else Junction(pairs, settled_by=False)


def _pair(left: Operand, sign: ast.cmpop, right: Operand, written: tuple[ast.expr, ...]) -> Comparison:
    symbol = _SYMBOLS.get(type(sign))
    if symbol is None:
        raise Refused(Fault(written[0].col_offset, "`is` cannot stand here; write == or !="))
    if not isinstance(left, Path) and not isinstance(right, Path):
        raise Refused(Fault(written[0].col_offset, "two constants are compared; one of them must be a field"))
    if fault := comparisons.fault(left, symbol, right):
        raise Refused(Fault(written[1 if isinstance(left, Path) else 0].col_offset, fault))
    return Comparison(left, symbol, right)


def _operand(node: ast.expr, scope: Scope) -> Operand:
    match node:
        case ast.Constant():
            return _constant(node)
        case ast.List(elts=[_, *_] as elements) | ast.Tuple(elts=[_, *_] as elements):
            return _all(elements, _constant)
        case ast.Name() | ast.Attribute() | ast.Subscript():
            return path_of(node, scope)
        case ast.Call(func=ast.Name()):
            raise Refused(Fault(node.col_offset, "a question cannot be compared: it answers yes, no or unknown; let it stand alone, with or without not"))
        case ast.Call():
            raise Refused(Fault(node.col_offset, "only a question can be called, by its name"))
    _forbid(node)


def _constant(node: ast.expr) -> Constant:
    match node:
        case ast.Constant(value=str() | int() | None as value):
            return value
    raise Refused(Fault(node.col_offset, "only a constant can stand here: a text, a whole number, True, False or None"))


def _call(node: ast.Call, scope: Scope) -> Call:
    if not isinstance(node.func, ast.Name):
        raise Refused(Fault(node.col_offset, "only a question can be called, by its name"))
    question = scope.words.get(node.func.id)
    if question is None:
        raise Refused(Fault(node.col_offset, f'no question "{node.func.id}"; {instead(node.func.id, scope.words)}'))
    for name in question.asks:
        if kinds := scope.without(name):
            raise Refused(Fault(node.col_offset, f'"{question.name}" asks of {f"a {name}" if name in NOUNS else name}, which a subject of kind {kinds[0]} does not name'))
    if node.args:
        raise Refused(Fault(node.args[0].col_offset, f'"{question.name}" takes keywords only; {_keywords_said(question)}'))
    return Call(question, _keywords(node, question))


def _keywords(node: ast.Call, question: Question) -> Mapping[str, Constant]:
    names = [keyword.arg for keyword in node.keywords]
    given = dict(_all(range(len(names)), lambda at: _keyword(node.keywords[at], question, first=names.index(names[at]) == at)))
    lacking = [name for name, keyword in question.keywords.items() if keyword.required and name not in given]
    if lacking:
        raise Refused(*(Fault(node.col_offset, f'"{question.name}" needs the keyword "{name}": {shape_text(question.keywords[name].shape)}') for name in lacking))
    return given


def _keyword(node: ast.keyword, question: Question, *, first: bool) -> tuple[str, Constant]:
    if node.arg is None:
        raise Refused(Fault(node.col_offset, "`**` cannot stand here; name each keyword"))
    if not first:
        raise Refused(Fault(node.col_offset, f'the keyword "{node.arg}" stands twice'))
    if node.arg not in question.keywords:
        raise Refused(Fault(node.col_offset, f'"{question.name}" has no keyword "{node.arg}"; {instead(node.arg, question.keywords)}'))
    value, wanted = _constant(node.value), question.keywords[node.arg]
    if not is_admitted(value, wanted.shape):
        raise Refused(Fault(node.value.col_offset, f'the keyword "{node.arg}" is {shape_text(wanted.shape)}, never {constant_text(value)}'))
    return node.arg, value


def _keywords_said(question: Question) -> str:
    return "; ".join(f"{name}: {shape_text(keyword.shape)}" for name, keyword in question.keywords.items()) or "it has none"
