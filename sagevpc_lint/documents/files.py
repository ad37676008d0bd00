"""Find the files of a snapshot and read them into JSON documents, strictly."""

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from sagevpc_lint.source import InputError, line_and_column, space

DEEPEST = 100
_PASSED_OVER = frozenset({"node_modules", "__pycache__"})
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]')
_LITERAL = re.compile(r'"(?:[^"\\]|\\.)*"|(NaN|-?Infinity|-?[0-9]{4301,})')
_CALL = re.compile(r"(describe|get|list|create|search|head)-")


def is_called_like_a_call(name: str) -> bool:
    """Is a file called like an AWS CLI call, so that it is meant for us even if it cannot be parsed?"""
    return bool(_CALL.match(name))


def find(paths: Sequence[Path], exclude: Sequence[str] = ()) -> Iterator[tuple[Path, bool]]:
    """Yield the files to read, in order, each once, and whether it was named itself.

    Raises `InputError` for a path that does not exist.
    """
    named = {_real(path) for path in paths if not os.path.isdir(path)}
    seen: set[str] = set()
    for path in sorted(paths):
        if not os.path.exists(path):
            raise InputError(str(path), 0, 0, "no such file or folder")
        for file in _walk(path, exclude) if os.path.isdir(path) else (path,):
            real = _real(file)
            if real not in seen:
                seen.add(real)
                yield file, real in named


def _real(path: Path) -> str:
    return os.path.realpath(path)


def _walk(top: Path, exclude: Sequence[str]) -> Iterator[Path]:
    unreadable: list[str] = []
    for folder, folders, files in os.walk(top, onerror=lambda error: unreadable.append(str(error.filename))):
        folders[:] = sorted(name for name in folders if not _is_passed_over(folder, name, exclude))
        for name in sorted(files):
            path = os.path.join(folder, name)
            if name.endswith(".json") and not name.startswith(".") and os.path.isfile(path) and not _is_excluded(path, exclude):
                yield Path(path)
    yield from map(Path, sorted(unreadable))  # reading one as a file says that it cannot be read


def _is_passed_over(folder: str, name: str, exclude: Sequence[str]) -> bool:
    path = os.path.join(folder, name)
    return name.startswith(".") or name in _PASSED_OVER or os.path.exists(os.path.join(path, "pyvenv.cfg")) or _is_excluded(path, exclude)


def _is_excluded(path: str, exclude: Sequence[str]) -> bool:
    absolute = os.path.abspath(path)
    return any(fnmatch(absolute, pattern) for pattern in exclude)


def shown(path: Path) -> str:
    """Write a path as it is printed: with `/`, relative to the working directory where it lies below it or was given so."""
    try:
        relative = os.path.relpath(path)
    except ValueError:  # another drive
        return path.as_posix()
    below = not relative.startswith("..")
    return Path(relative).as_posix() if below or not path.is_absolute() else path.as_posix()


def decode(data: bytes, file: str) -> str:
    """Decode UTF-8 or UTF-16, with or without a mark; PowerShell redirects write UTF-16."""
    encoding = json.detect_encoding(data)
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        text = error.object[: error.start].decode(encoding, "replace")  # without the mark, if there is one
        raise InputError(file, *line_and_column(text, len(text)), f"not {encoding.upper()} text: {error.reason}; save the file as UTF-8") from None


def documents(text: str, file: str) -> list[object]:
    """Read the JSON documents that *text* holds one after the other; usually one.

    Raises `InputError` for what is not JSON, for a member that stands twice, and for brackets nested deeper than `DEEPEST`.
    """
    found = []
    at = space(text, 0)
    while at < len(text):
        value, at = _document(text, at, file)
        if _is_deep(value):
            require_shallow(text, file)
        found.append(value)
        at = space(text, at)
    return found


def _document(text: str, start: int, file: str) -> tuple[object, int]:
    try:
        return _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        require_shallow(text, file)
        offset, message = _worded(text, error)
        raise InputError(file, *line_and_column(text, offset), f"not JSON: {message}") from None
    except RecursionError:
        require_shallow(text, file)
        raise InputError(file, 1, 1, "not JSON that can be read: nested too deeply") from None
    except _Refused as error:
        offset = error.find(text, start)
        raise InputError(file, *line_and_column(text, offset), str(error)) from None
    except ValueError:  # the standard library's limit on the digits of an integer
        raise InputError(file, *line_and_column(text, _literal(text, start)), "not JSON that can be read: it holds a number of thousands of digits") from None


def _is_deep(value: object) -> bool:
    """Are brackets nested deeper than `DEEPEST`? Level by level, since a call for each would end in a RecursionError."""
    level: list[Any] = [value] if type(value) in (dict, list) else []
    for _ in range(DEEPEST):
        level = [child for each in level for child in (each.values() if type(each) is dict else each) if type(child) in (dict, list)]
    return bool(level)


def require_shallow(text: str, file: str) -> None:
    """Refuse brackets that are nested deeper than `DEEPEST`, with their place."""
    depth = 0
    for token in _TOKEN.finditer(text):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token[0], 0)
        if depth > DEEPEST:
            raise InputError(file, *line_and_column(text, token.start()), f"brackets are nested deeper than {DEEPEST} levels")


def _worded(text: str, error: json.JSONDecodeError) -> tuple[int, str]:
    """Say where and what is wrong, alike in all versions of Python: the later ones know a trailing comma."""
    if error.pos >= len(text.rstrip()):
        return error.pos, "the file ends too early"
    before = text[: error.pos].rstrip()
    if error.msg.startswith("Illegal trailing comma") or text[error.pos] in "]}" and before.endswith(","):
        return error.pos if text[error.pos] == "," else len(before) - 1, "nothing follows this comma"
    if error.msg.startswith("Unterminated string"):
        return error.pos, "a string that starts here does not end"
    return error.pos, error.msg[0].lower() + error.msg[1:]


class _Refused(ValueError):
    """Something that the standard library's decoder reads and JSON, or good sense, does not allow."""

    def __init__(self, message: str, find: Callable[[str, int], int]) -> None:
        super().__init__(message)
        self.find = find


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        twice = next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1)
        raise _Refused(f'the member "{twice}" stands twice in one object; leave one of them', lambda text, start: _second(text, start, twice))
    return members


def _second(text: str, start: int, name: str) -> int:
    """Find the place of the second *name* in the first object that holds it twice."""
    open_objects: list[set[str]] = []
    for token in _TOKEN.finditer(text, start):
        match token[0]:
            case "{" | "[":
                open_objects.append(set())
            case "}" | "]":
                open_objects.pop()
            case string if text[space(text, token.end())] == ":" and json.loads(string, strict=False) == name:
                if name in open_objects[-1]:
                    return token.start()
                open_objects[-1].add(name)
    return start


def _no_constant(name: str) -> object:
    raise _Refused(f"{name} is not JSON", _literal)


def _literal(text: str, start: int) -> int:
    """Find the place of the first literal, outside strings, that the decoder stumbled over."""
    return next((found.start() for found in _LITERAL.finditer(text, start) if found[1]), start)


_DECODER = json.JSONDecoder(object_pairs_hook=_members, parse_constant=_no_constant)


def pages(document: object) -> Iterable[tuple[tuple[int, ...], object]]:
    """Yield the pages of a document, with the steps that lead to each: the items of a list, else the document itself."""
    if isinstance(document, list):
        return (((index,), page) for index, page in enumerate(document))
    return (((), document),)
