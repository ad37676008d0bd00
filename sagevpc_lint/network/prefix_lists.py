"""The addresses of prefix lists. Those of S3 and DynamoDB are a set of their own, whether or not the documents hold its entries.

What a route or a rule says of a service's prefix list, it says of all of the service's addresses. So these get their own stretch of the number
line, a copy of IPv4 in which an address means *this address, if the list holds it*; outside of it an address means *this address, which no such
list holds*. A CIDR block covers both; the list covers the copy. The entries are needed only where a block covers a part of the copy.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sagevpc_lint.addresses import ADDRESSES, IPV4, PUBLIC_IPV4, Intervals, cidrs, format_address, parse_cidr
from sagevpc_lint.answer import Absence, Missing, known
from sagevpc_lint.model.facts import Facts

SERVICES = ("s3", "dynamodb")
"""The services that a gateway endpoint leads to (F8.4)."""

_OFFSETS = {service: number << 40 for number, service in enumerate(SERVICES, 1)}


def of_service(addresses: Intervals, service: str) -> Intervals:
    """These IPv4 addresses, if the prefix list of *service* holds them."""
    offset = _OFFSETS[service]
    return Intervals(tuple((low + offset, high + offset) for low, high in (addresses & IPV4).spans))


def everywhere(addresses: Intervals) -> Intervals:
    """These addresses, whether a service's prefix list holds them or not."""
    return Intervals.union([addresses, *(of_service(addresses, service) for service in SERVICES)])


@lru_cache(maxsize=1 << 16)
def of_cidr(cidr: str) -> Intervals:
    """All addresses of a CIDR block, whether a service's prefix list holds them or not; raises `AddressError`."""
    return everywhere(parse_cidr(cidr))


def plain(addresses: Intervals) -> Intervals:
    """The addresses as they are written, whether or not a service's prefix list holds them."""
    return Intervals.union([addresses & ADDRESSES, *(
        Intervals(tuple((low - offset, high - offset) for low, high in (addresses & of_service(IPV4, service)).spans)) for service, offset in _OFFSETS.items()
    )])


def spelled(addresses: Intervals) -> tuple[str, ...]:
    """Spell addresses for a report: those of a service by its name, all public ones as such, others as CIDR blocks and ranges."""
    found = []
    for service in SERVICES:
        part = plain(addresses & of_service(IPV4, service))
        if PUBLIC_IPV4 <= part:
            found.append(f"{service}'s addresses")
        elif part:
            blocks = _spans(part)
            found.append(f"{service}'s addresses in {', '.join(blocks[:3])}{' …' if len(blocks) > 3 else ''}")
    rest = addresses & ADDRESSES
    hidden = [of_service(rest & IPV4, service) <= addresses for service in SERVICES]
    if hidden and False not in hidden and rest:  # a plain block: those of services in it go without saying
        found = []
    return (*found, *_plainly(rest))


def _plainly(addresses: Intervals) -> tuple[str, ...]:
    if addresses & IPV4 == IPV4:
        return ("all addresses",)
    public = addresses & PUBLIC_IPV4
    lacking = PUBLIC_IPV4 - addresses
    if public and lacking.size < public.size // 2:
        but = f" but {', '.join(_spans(lacking)[:3])}{' …' if len(lacking.spans) > 3 else ''}" if lacking else ""
        return (f"all public addresses{but}", *_spans(addresses - PUBLIC_IPV4))
    return _spans(addresses)


def _spans(addresses: Intervals) -> tuple[str, ...]:
    blocks = [(low, high, cidrs(Intervals(((low, high),)))) for low, high in addresses.spans]
    return tuple(found[0] if len(found) == 1 else f"{format_address(low)}-{format_address(high)}" for low, high, found in blocks)


ANYWHERE = everywhere(ADDRESSES)
"""Every address of the network."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A part of a prefix list: *certain* ⊆ its addresses ⊆ *possible*, with the shortest and the longest prefix that they may have in a route."""

    certain: Intervals
    possible: Intervals
    shortest: int
    longest: int
    missing: frozenset[Absence] = frozenset()


def service_of(facts: Facts, id: str) -> str | None:
    """The service whose addresses a prefix list holds, as its name or a route to a gateway endpoint tells (F8.5); None if neither does."""
    service = facts.service_of_prefix_list(id)
    return service if service in SERVICES else None


def entries(facts: Facts, id: str) -> tuple[Entry, ...]:
    """The addresses of a prefix list, by the length of their prefixes, which take part in the longest-prefix match (F6.3)."""
    service = service_of(facts, id)
    try:
        blocks = known(facts.prefix_list_entries(id).cidrs)
    except Missing as error:
        if service is None:
            return (Entry(Intervals(), ANYWHERE, 0, 32, error.absences),)
        # No registry hands out more than a /8 at a time, so no entry has a shorter prefix.
        return (Entry(of_service(IPV4, service), of_service(IPV4, service), 8, 32, error.absences),)
    return tuple(
        Entry(addresses, addresses, length, length)
        for length, addresses in sorted(_by_length(blocks).items())
        for addresses in [of_service(addresses, service) if service else everywhere(addresses)]
    )


def addresses_of(facts: Facts, service: str, region: str | None) -> Intervals:
    """The addresses of a gateway service in *region*: its entries where the documents hold them, else any public address if the list holds it."""
    known = [entry.certain for id in facts.prefix_lists_of(service, region) for entry in entries(facts, id) if not entry.missing]
    return Intervals.union(known) or of_service(PUBLIC_IPV4, service)


def _by_length(blocks: Iterable[str]) -> Mapping[int, Intervals]:
    lengths: dict[int, list[Intervals]] = {}
    for block in blocks:
        if ":" not in block:
            lengths.setdefault(int(block.partition("/")[2]), []).append(parse_cidr(block))
    return {length: Intervals.union(found) for length, found in lengths.items()}
