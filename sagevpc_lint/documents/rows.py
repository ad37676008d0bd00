"""What all readers of exports share: rows and their ids, CIDR blocks, addresses and tags."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from sagevpc_lint.addresses import AddressError, canonical, parse_cidr
from sagevpc_lint.documents.refusal import Refusal
from sagevpc_lint.model.nouns import Fact
from sagevpc_lint.source import Source

Row = Mapping[str, Any]
Read = Iterator[Fact | Refusal]
Reader = Callable[[Row, Source, str | None], Read]


def rows(key: str, of_row: Callable[[Row, Source], Fact]) -> Reader:
    """Read each row under *key* into one fact; a row that cannot be right comes as a `Refusal`."""
    return lambda document, source, _: one_by_one(((row, source.at(key, index)) for index, row in enumerate(document[key])), of_row)


def one_by_one(placed: Iterable[tuple[Row, Source]], of_row: Callable[[Row, Source], Fact]) -> Read:
    """Read rows and their places into facts; an id that comes twice is refused."""
    seen: set[str] = set()
    for row, at in placed:
        try:
            fact = of_row(row, at)
        except Refusal as refusal:
            yield refusal
            continue
        yield Refusal(at, f"{fact.id} stands twice in one document; leave one of them") if fact.id in seen else fact
        seen.add(fact.id)


def cidr(value: str, source: Source) -> str:
    """Return a CIDR block as AWS writes it; refuse one with host bits, which no export has (F6.15c)."""
    try:
        parse_cidr(value)
    except AddressError as error:
        raise Refusal(source, str(error)) from None
    return value if "/" in value and ":" not in value else canonical(value)  # an IPv4 block has one spelling only


def address(value: str, source: Source) -> str:
    """Return a single address; refuse what is none."""
    if "/" in value:
        raise Refusal(source, f"{value} is a CIDR block; expected a single address")
    cidr(value, source)
    return value


def distinct(values: Iterable[str | None]) -> tuple[str, ...]:
    """Return ids and the like in one order, whatever the document's is; nothing for those that are null or empty."""
    return tuple(sorted({value for value in values if value}))


def members(row: Row, key: str, member: str) -> tuple[str, ...]:
    """Return what a *member* of the rows under *key* holds, as `distinct` does."""
    return distinct(each.get(member) for each in row.get(key) or ())


def tags(row: Row, key: str = "Tags") -> dict[str, str]:
    """Return the tags of a row by key."""
    return {tag["Key"]: tag["Value"] for tag in row.get(key) or ()}
