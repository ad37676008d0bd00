"""Which comparisons make sense: refused at load is what could only be wrong, or raise, when it is asked."""

from sagevpc_lint.rulebook.conditions import Operand
from sagevpc_lint.rulebook.fields import Path, constant_text, is_admitted, items, scalars, shape_text


def fault(left: Operand, symbol: str, right: Operand) -> str:
    """Say why the two sides can never be compared so; empty if they can."""
    match left, symbol, right:
        case Path(), "==" | "!=", _:
            return _never_equal(left, right)
        case _, "==" | "!=", Path():
            return _never_equal(right, left)
        case _, "in" | "not in", Path():
            return _never_held(left, right)
        case Path(), "in" | "not in", tuple():
            return next((found for constant in right if (found := _never_equal(left, constant))), "")
        case _, "in" | "not in", _:
            return "`in` needs a list of constants, or a field that holds several values, on its right"
    return _unordered(left) or _unordered(right)


def _never_equal(path: Path, other: Operand) -> str:
    if isinstance(other, Path):
        return "" if scalars(path.shape) & scalars(other.shape) else f'"{path}" never equals "{other}"'
    if not scalars(path.shape):
        return f'"{path}" is no single value; compare one of its fields, or use in'
    if isinstance(other, tuple):
        return f'"{path}" never equals a list; write in'
    return "" if is_admitted(other, path.shape) else f'"{path}" is {shape_text(path.shape)}, never {constant_text(other)}'


def _never_held(item: Operand, path: Path) -> str:
    held = items(path.shape)
    if not scalars(held):
        return f'"{path}" does not hold several values that `in` could look through'
    if isinstance(item, Path):
        return "" if scalars(held) & scalars(item.shape) else f'"{path}" never holds "{item}"'
    if isinstance(item, tuple):
        return f'"{path}" never holds a list'
    return "" if is_admitted(item, held) else f'"{path}" holds {shape_text(held)}, never {constant_text(item)}'


def _unordered(side: Operand) -> str:
    if isinstance(side, Path):
        return "" if side.shape == (int,) else f'"{side}" is {shape_text(side.shape)}; only numbers are ordered'
    return "" if type(side) is int else f"{'a list' if isinstance(side, tuple) else constant_text(side)} is no number; only numbers are ordered"
