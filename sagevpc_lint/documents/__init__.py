"""Files to facts: recognise each document by what it holds, validate it and read it."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from sagevpc_lint.answer import Absence, Unknown
from sagevpc_lint.documents import exports, files, jobs, schema
from sagevpc_lint.documents.refusal import Refusal
from sagevpc_lint.documents.scope import Folder, Told, of_snapshot, scope, told_by, told_by_role
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.kinds import BY_NAME, KINDS
from sagevpc_lint.model.nouns import Fact, with_fields
from sagevpc_lint.source import InputError, Source, Span, locate_all

_NOTHING = "holds nothing that is known"


@dataclass(frozen=True, slots=True, order=True)
class Skipped:
    """A file, or a document in one, that was not read, and why."""

    file: str
    why: str


@dataclass(frozen=True, slots=True)
class Page:
    """One document, or one page of a list of them, as far as it can be read before its scope is known.

    *why*: it was not read into facts. *about*: the id it was asked for, where the answer itself does not hold it.
    """

    source: Source
    kind: str = ""
    facts: tuple[Fact, ...] = ()
    refusals: tuple[Refusal, ...] = ()
    complete: bool = True
    told: Told = Told()
    stated: Folder | None = None
    why: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All documents that were given together. *pages*: what was read, before it was collected. *unused*: documents that no rule reads yet. *files*: how many files were read."""

    facts: Facts
    pages: tuple[Page, ...]
    errors: tuple[InputError, ...]
    skipped: tuple[Skipped, ...]
    unused: tuple[Skipped, ...]
    files: int
    texts: Mapping[str, str]

    def locate(self, sources: Iterable[Source]) -> dict[Source, Span]:
        """Find lines and columns of *sources*."""
        files: dict[str, list[Source]] = {}
        for source in sources:
            files.setdefault(source.file, []).append(source)
        return {source: span for file, there in files.items() for source, span in locate_all(self.texts[file], there).items()}


@dataclass(frozen=True, slots=True)
class _File:
    """One file: its text and what it holds, or why it could not be read."""

    file: str
    text: str = ""
    pages: tuple[Page, ...] = ()
    errors: tuple[InputError, ...] = ()
    skipped: str = ""


def load(paths: Sequence[Path], exclude: Sequence[str] = (), standard_input: tuple[str, bytes] | None = None) -> Snapshot:
    """Read all that *paths* and *standard_input* (a file name and its bytes) hold; raises `InputError` for a path that does not exist."""
    found = {files.shown(path): _open(path, named) for path, named in files.find(paths, exclude)}
    if standard_input is not None:  # which stands for the file of that name, if there is one
        name = files.shown(Path(standard_input[0]))
        found[name] = _file(name, standard_input[1], named=True)
    return _snapshot_of(list(found.values()))


def read(contents: Mapping[str, bytes]) -> Snapshot:
    """Read files by name and content, as if each had been named."""
    return _snapshot_of([_named(name, data) for name, data in sorted(contents.items())])


def facts_of(pages: Iterable[Page]) -> Facts:
    """Collect the facts of *pages*, with the scope that these pages alone give them."""
    return Facts.of(_exports([page for page in pages if not page.refusals]))


def _snapshot_of(found: list[_File]) -> Snapshot:
    pages = tuple(page for file in found for page in file.pages)
    return Snapshot(
        facts=facts_of(pages),
        pages=pages,
        errors=tuple(sorted(error for file in found for error in file.errors)),
        skipped=tuple(sorted(Skipped(file.file, file.skipped) for file in found if file.skipped)) + _unread(page for page in pages if not page.kind),
        unused=_unread(page for page in pages if page.kind),
        files=len(found),
        texts={file.file: file.text for file in found},
    )


def _open(path: Path, named: bool) -> _File:
    file = files.shown(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        return _File(file, errors=(InputError(file, 0, 0, "this folder cannot be listed" if path.is_dir() else f"cannot be read: {error.strerror}"),))
    return _file(file, data, named)


def _file(file: str, data: bytes, named: bool) -> _File:
    """Read one file. Text that cannot be parsed is an error if the file was named or is called like an AWS CLI call."""
    try:
        text = files.decode(data, file)
        documents = files.documents(text, file)
        pages = tuple(page for number, document in enumerate(documents) for page in _together(_pages(Source(file, number), document)))
    except InputError as error:
        if named or files.is_called_like_a_call(PurePosixPath(file).name):
            return _File(file, errors=(error,))
        return _File(file, skipped=f"{error.line}:{error.column}: {error.message}")
    refusals = [refusal for page in pages for refusal in page.refusals]
    places = locate_all(text, [refusal.source for refusal in refusals])
    errors = tuple(InputError(file, places[refusal.source].line, places[refusal.source].column, refusal.message) for refusal in refusals)
    return _File(file, text, pages, errors, "" if pages else "an empty file proves nothing")


@lru_cache(maxsize=256)  # environments that examples make of the good one differ from it in one file or two
def _named(file: str, data: bytes) -> _File:
    return _file(file, data, named=True)


def _unread(pages: Iterable[Page]) -> tuple[Skipped, ...]:
    return tuple(sorted(Skipped(page.source.file, f"{page.source.pointer} {page.why}".strip()) for page in pages if page.why))


def _pages(source: Source, document: object) -> list[Page]:
    """Read the pages of a document; one of which none is known is one that holds nothing."""
    if isinstance(document, list) and not any(isinstance(page, dict) for page in document):
        return [Page(source, why=_NOTHING)]
    pages = [_page(source.at(*steps), page) for steps, page in files.pages(document)]
    return [Page(source, why=_NOTHING)] if all(page.why == _NOTHING for page in pages) else pages


def _page(source: Source, document: object) -> Page:
    if not isinstance(document, dict):
        return Page(source, why=_NOTHING)
    if {"version", "time", "calls"} <= document.keys():
        return _snapshot(source, document)
    name = jobs.recognise(document)
    if name is not None:
        return _request(name, source, document)
    kind = exports.recognise(document)
    if kind is None:
        return Page(source, why=_NOTHING)
    told = told_by(kind.keys[0], document)
    if kind.name == "caller-identity":
        return _checked(Page(source, kind.name, stated=Folder(identities=frozenset({str(document["Account"])}))), document, lambda: iter(()))
    if kind.name == "processing-job":
        return _checked(Page(source, kind.name, told=told), document, lambda: jobs.description(document, source))
    if kind.name not in exports.READERS:
        return Page(source, kind.name, told=told, why=f"{kind.name}: not used yet")
    asked_for = exports.id_asked_for(kind, document, PurePosixPath(source.file).name)
    if kind.member and asked_for is None:
        return Page(source, why=f'looks like {kind.file}, but does not say of what: call the file {kind.file}.ID.json, or add "{kind.member}" to it')
    page = Page(source, kind.name, complete=not _left_over(document), told=told, about=asked_for if kind.member and asked_for else "")
    return _checked(page, document, lambda: exports.read(kind, document, source, asked_for))


def _snapshot(source: Source, document: Mapping[str, Any]) -> Page:
    def stated() -> Iterator[Fact]:
        jobs.time_in(document, "time", source)
        return iter(())

    page = _checked(Page(source, "snapshot"), document, stated)
    return page if page.refusals else replace(page, stated=of_snapshot(document))


def _request(name: str, source: Source, document: Mapping[str, Any]) -> Page:
    if name == "training-job-request":
        refusals = tuple(jobs.misplaced(document, source))
        return Page(source, name, refusals=refusals, why="" if refusals else f"{name}: not used yet")
    return _checked(Page(source, name, told=told_by_role(document.get("RoleArn"))), document, lambda: jobs.request(document, source))


def _checked(page: Page, document: Mapping[str, Any], read: Callable[[], Iterator[Fact | Refusal]]) -> Page:
    """Validate a document and read it; all that is wrong with it is told at once, and then none of it counts."""
    problems = schema.check(page.kind, document)
    if problems:
        return replace(page, refusals=tuple(Refusal(replace(page.source, pointer=page.source.pointer + problem.pointer), problem.message) for problem in problems))
    try:
        found = tuple(read())
    except Refusal as refusal:
        return replace(page, refusals=(refusal,))
    refusals = tuple(each for each in found if isinstance(each, Refusal))
    facts = tuple(each for each in found if not isinstance(each, Refusal))
    return replace(page, refusals=refusals, facts=() if refusals else facts)


def _left_over(document: Mapping[str, Any]) -> bool:
    """Is a page left over (F14.1)?"""
    return any(document.get(key) for key in ("NextToken", "nextToken", "Marker", "AdditionalRoutesAvailable"))


def _together(pages: list[Page]) -> Iterator[Page]:
    """Make one document of the pages of a list that are of one answer; only the last one's token counts."""
    answers: dict[tuple[object, ...], list[Page]] = {}
    for page in pages:
        answers.setdefault((page.kind, page.about) if page.kind in exports.READERS else (page.source,), []).append(page)
    for same in answers.values():
        yield same[0] if len(same) == 1 else _joined(same)


def _joined(pages: list[Page]) -> Page:
    facts: dict[tuple[type, str], Fact] = {}
    refusals = [refusal for page in pages for refusal in page.refusals]
    for fact in (fact for page in pages for fact in page.facts):
        before = facts.get((type(fact), fact.id))
        together = exports.united(before, fact) if before else None
        if before is not None and together is None:
            refusals.append(Refusal(fact.source, f"{fact.id} stands on two pages of one document; leave one of them"))
        facts[type(fact), fact.id] = together or fact
    told = Told(*(frozenset().union(*(getattr(page.told, name) for page in pages)) for name in ("accounts", "regions", "services")))
    return replace(pages[0], facts=tuple(facts.values()), refusals=tuple(refusals), complete=pages[-1].complete, told=told)


def _exports(pages: list[Page]) -> Iterator[Export]:
    folders: dict[str, list[Page]] = {}
    for page in pages:
        folders.setdefault(Path(os.path.abspath(PurePosixPath(page.source.file).parent)).as_posix(), []).append(page)
    stated = {path: _stated(found) for path, found in folders.items()}
    for path, found in folders.items():
        exported = [page.told for page in found if not _is_definition(page)]
        covers, folder = scope(stated, exported, (page.told for page in found if _is_definition(page)), path)
        for page in found:
            yield from _failed(page, covers) if page.stated else ()
            if page.facts or page.kind in exports.READERS:
                yield Export(page.kind, page.source, covers, _settled(page, covers), page.complete, vpcs=folder.vpcs, time=folder.time)


def _is_definition(page: Page) -> bool:
    return page.kind.endswith("-request") or page.kind in BY_NAME and BY_NAME[page.kind].meaning == "definition"


def _failed(page: Page, covers: Scope) -> Iterator[Export]:
    """The exports that `snapshot.json` says are not there, of kinds that are read."""
    for file, error in page.stated.failed if page.stated else ():
        for kind in {kind.name for kind in KINDS if kind.name in exports.READERS and file.startswith(f"{kind.file}.")}:
            yield Export(kind, page.source, covers, (), complete=False, failure=error)


def _stated(pages: list[Page]) -> Folder:
    """Put together what a folder's documents state of it as a whole."""
    folder = next((page.stated for page in pages if page.stated and page.stated.time), Folder())
    return replace(folder, identities=frozenset().union(*(page.stated.identities for page in pages if page.stated)))


def _settled(page: Page, covers: Scope) -> tuple[Fact, ...]:
    """Make unknown what an answer does not tell: lists of which a page is left over, and the tags of another account's resources."""
    return tuple(_with_tags(fact if page.complete else exports.unfinished(fact), covers) for fact in page.facts)


def _with_tags(fact: Fact, covers: Scope) -> Fact:
    """Tags of a shared resource are its owner's alone to see (VPC guide, shared VPCs)."""
    owner = getattr(fact, "owner_id", None)
    if owner is None or covers.account in (None, owner) or getattr(fact, "tags", None) != {}:
        return fact
    return with_fields(fact, tags=Unknown(Absence(f"the tags of {fact.id}, which only its owner sees", owner, "world")))
