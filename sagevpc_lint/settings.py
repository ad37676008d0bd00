"""The settings of a project, `sagevpc-lint.yaml`: find them, check them and read them."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal, TypedDict

from sagevpc_lint.documents import files, yaml_text
from sagevpc_lint.documents.schema import Problem, check, nearest
from sagevpc_lint.needs import declared_need
from sagevpc_lint.source import InputError, pointer
from sagevpc_lint.version import VERSION

NAME = "sagevpc-lint.yaml"
Severity = Literal["error", "warning", "advice"]
_Texts = str | Sequence[str]
_RawOrganization = TypedDict("_RawOrganization", {"id": str, "paths": list[str], "accounts": list[str]}, total=False)
_Raw = TypedDict("_Raw", {
    "snapshot": _Texts, "exclude": _Texts, "rules": _Texts, "select": _Texts, "ignore": _Texts, "severity": dict[str, Severity], "fail-on": Severity,
    "allow-undecided": bool, "needs": dict[str, list[str]], "together": list[_Texts], "history": int, "organization": _RawOrganization,
    "suppress": list[dict[str, str]], "required-version": str,
}, total=False)

_CLAUSE = re.compile(r"(>=|<=|==|!=|>|<) ?([0-9]{1,9}(?:\.[0-9]{1,9})*)")
_HOLDS = {">=": tuple.__ge__, "<=": tuple.__le__, "==": tuple.__eq__, "!=": tuple.__ne__, ">": tuple.__gt__, "<": tuple.__lt__}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class SettingsError(Exception):
    """A settings file is wrong; *errors* are all that is wrong with it, by place."""

    def __init__(self, *errors: InputError) -> None:
        super().__init__(*errors)
        self.errors = tuple(sorted(errors))

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


@dataclass(frozen=True, slots=True)
class Suppression:
    """Findings that are accepted: of one rule, by patterns of *subject* and *resource* ids, through the day on which it *expires*."""

    rule: str
    reason: str
    subject: str | None = None
    resource: str | None = None
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Organization:
    """The AWS organization that the accounts belong to."""

    id: str | None = None
    paths: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What a settings file says; without one, the defaults.

    *file*: its path as it is printed. *exclude*: absolute patterns for `fnmatch`. *needs*: by pattern of job names. *together*: sets of such patterns.
    *history*: days. *places*: by JSON pointer, the line and column of each value.
    """

    file: str | None = None
    snapshot: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    rules: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, Severity] = field(default_factory=dict)
    fail_on: Severity = "warning"
    allow_undecided: bool = False
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    together: tuple[tuple[str, ...], ...] = ()
    history: int = 30
    organization: Organization = Organization()
    suppress: tuple[Suppression, ...] = ()
    required_version: str = ""
    places: Mapping[str, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)


def find(start: Path) -> Path | None:
    """Find the settings file in the folder *start* or above, up to the root of the repository, which is the folder that holds `.git`."""
    top = Path(os.path.abspath(start))
    for folder in (top, *top.parents):
        if os.path.isfile(folder / NAME):
            return folder / NAME
        if os.path.exists(folder / ".git"):
            break
    return None


def load(path: Path) -> Settings:
    """Read the settings file at *path*; paths in it are taken from its folder. Raises `SettingsError`."""
    file = files.shown(path)
    try:
        yaml = yaml_text.read(files.decode(path.read_bytes(), file), file)
    except OSError as error:
        raise SettingsError(InputError(file, 0, 0, f"cannot be read: {error.strerror}")) from None
    except InputError as error:
        raise SettingsError(error) from None
    value = {} if yaml.value is None else yaml.value
    if problems := [*_problems(value)]:
        raise SettingsError(*(_error(file, yaml, problem) for problem in problems))
    return _settings(file, path.parent, value, yaml.positions)  # type: ignore[arg-type]  # the schema has checked it


def resolve(names: Iterable[str], rules: Mapping[str, str]) -> frozenset[str]:
    """Turn *names*, ids of rules or folders of them, into ids; *rules* maps id to folder. Raises `ValueError` with all names that are neither."""
    names = tuple(names)
    if unknown := [_no_rule(name, rules) for name in names if not _is_known(name, rules)]:
        raise ValueError("; ".join(unknown))
    return frozenset(id for id, folder in rules.items() if id in names or folder in names)


def misnamed(settings: Settings, rules: Mapping[str, str]) -> tuple[InputError, ...]:
    """Return an error for each name that the settings select or ignore and that is neither a rule nor a folder; *rules* maps id to folder."""
    named = [(key, index, name) for key, names in (("select", settings.select), ("ignore", settings.ignore)) for index, name in enumerate(names)]
    return tuple(
        InputError(settings.file or NAME, *_place(settings, key, index), f"{key}: {_no_rule(name, rules)}")
        for key, index, name in named if not _is_known(name, rules)
    )


def _place(settings: Settings, key: str, index: int) -> tuple[int, int]:
    return settings.places.get(pointer(key, index)) or settings.places.get(pointer(key), (0, 0))


def _is_known(name: str, rules: Mapping[str, str]) -> bool:
    return name in rules or name in rules.values()


def _no_rule(name: str, rules: Mapping[str, str]) -> str:
    meant = nearest(name, {*rules, *rules.values()})
    return f'no rule or folder of rules "{name}"; ' + (f'did you mean "{meant}"?' if meant else "sagevpc-lint rules lists them")


def _error(file: str, yaml: yaml_text.Yaml, problem: Problem) -> InputError:
    place = yaml.key_positions[problem.pointer] if problem.of_key else yaml.place(problem.pointer)
    return InputError(file, *place, problem.message)


def _problems(value: object) -> list[Problem]:
    """Return what is wrong: a version that does not fit alone, because other versions know other settings."""
    found = [*check("settings", value)]
    match value:
        case {"required-version": str(wanted)} if wanted:
            if unread := [clause.strip() for clause in wanted.split(",") if not _CLAUSE.fullmatch(clause.strip())]:
                found.append(_wrong(f'"{unread[0]}" is not read; expected one of {", ".join(_HOLDS)} and numbers with dots, such as ">=0.1, <1"', "required-version"))
            elif not _allows(wanted):
                return [_wrong(f'this is sagevpc-lint {VERSION}, and the settings are for "{wanted}"; install a version that fits', "required-version")]
    match value:
        case {"needs": {**needs}}:
            found += [problem for pattern, each in needs.items() for problem in _need_problems(pattern, each)]
    match value:
        case {"suppress": [*suppressions]}:
            found += [problem for index, each in enumerate(suppressions) for problem in _expiry_problems(index, each)]
    return found


def _need_problems(pattern: str, needs: object) -> Iterator[Problem]:
    for index, need in enumerate(needs if isinstance(needs, list) else ()):
        try:
            if isinstance(need, str):
                declared_need(need)
        except ValueError as error:
            yield _wrong(str(error), "needs", pattern, index)


def _expiry_problems(index: int, suppression: object) -> Iterator[Problem]:
    match suppression:
        case {"expires": str(day)} if _DAY.fullmatch(day) and _date(day) is None:
            yield _wrong(f"{day} is not a day of the calendar", "suppress", index, "expires")


def _wrong(message: str, *steps: str | int) -> Problem:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps).removeprefix(".")
    return Problem(pointer(*steps), f"{place}: {message}")


def _allows(wanted: str) -> bool:
    """Is this version one of those *wanted*, in which every clause reads like `>=0.1`?"""
    here = _release(VERSION)
    clauses = [_CLAUSE.fullmatch(clause.strip()) for clause in wanted.split(",")]
    return all(_HOLDS[clause[1]](here, _release(clause[2])) for clause in clauses if clause)


def _release(version: str) -> tuple[int, ...]:
    """Return the numbers of a version, without zeros at the end: 1.0 is 1."""
    numbers = [int(number) for number in version.split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _date(day: str) -> date | None:
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None


def _settings(file: str, folder: Path, value: _Raw, places: Mapping[str, tuple[int, int]]) -> Settings:
    organization: _RawOrganization = value.get("organization", {})
    return Settings(
        file=file,
        snapshot=tuple(folder / text for text in _texts(value.get("snapshot", ()))),
        exclude=tuple(_absolute(folder, text) for text in _texts(value.get("exclude", ()))),
        rules=tuple(folder / text for text in _texts(value.get("rules", ()))),
        select=_texts(value.get("select", ())),
        ignore=_texts(value.get("ignore", ())),
        severity=value.get("severity", {}),
        fail_on=value.get("fail-on", "warning"),
        allow_undecided=value.get("allow-undecided", False),
        needs={jobs: tuple(needs) for jobs, needs in value.get("needs", {}).items()},
        together=tuple(map(_texts, value.get("together", ()))),
        history=int(value.get("history", 30)),
        organization=Organization(organization.get("id"), tuple(organization.get("paths", ())), tuple(organization.get("accounts", ()))),
        suppress=tuple(_suppression(each) for each in value.get("suppress", ())),
        required_version=value.get("required-version", ""),
        places=places,
    )


def _texts(texts: _Texts) -> tuple[str, ...]:
    return (texts,) if isinstance(texts, str) else tuple(texts)


def _absolute(folder: Path, pattern: str) -> str:
    """Make a pattern absolute; the folder itself is taken by the letter."""
    from glob import escape

    return os.path.normpath(os.path.join(escape(os.path.abspath(folder)), pattern))


def _suppression(value: Mapping[str, str]) -> Suppression:
    return Suppression(value["rule"], value["reason"], value.get("subject"), value.get("resource"), _date(value.get("expires", "")))
