"""Sets of addresses (and of ports and protocols) as sorted intervals of integers, so that reachability is computed exactly."""

import json
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

Span = tuple[int, int]
Spans = tuple[Span, ...]

_IPV6_START = 1 << 128
_OCTETS = {str(octet): octet for octet in range(256)}
_LENGTHS = {str(length): length for length in range(129)}
_GROUP = re.compile(r"[0-9a-fA-F]{1,4}")
_ZERO_GROUPS = re.compile(r"\b0(?::0)+\b")


class AddressError(ValueError):
    """Report a text that is no address range, with what was found and what is allowed."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """A set of integers; build it with `Intervals.of`, so that equal sets are equal values."""

    spans: Spans = ()  # inclusive, ascending, with a gap between any two

    @staticmethod
    def of(*spans: Span) -> "Intervals":
        """Collect inclusive *spans*, which may overlap and come in any order."""
        for low, high in spans:
            if low > high:
                raise ValueError(f"interval {low} to {high} ends before it begins")
        return Intervals(merged(spans))

    @staticmethod
    def union(sets: Iterable["Intervals"]) -> "Intervals":
        """Join any number of *sets* with one sort."""
        return Intervals(merged(chain.from_iterable(each.spans for each in sets)))

    def __or__(self, other: "Intervals") -> "Intervals":
        """Join both sets."""
        return Intervals(joined(self.spans, other.spans))

    def __and__(self, other: "Intervals") -> "Intervals":
        """Keep what both sets hold."""
        return Intervals(common(self.spans, other.spans))

    def __sub__(self, other: "Intervals") -> "Intervals":
        """Keep what only this set holds."""
        return Intervals(without(self.spans, other.spans))

    def __le__(self, other: "Intervals") -> bool:
        """Does the other set hold everything of this one?"""
        return self & other == self

    def __contains__(self, member: int) -> bool:
        """Is this integer a member?"""
        index = bisect_right(self.spans, member, key=_low)
        return index > 0 and member <= self.spans[index - 1][1]

    def __bool__(self) -> bool:
        """Is there a member?"""
        return bool(self.spans)

    @property
    def size(self) -> int:
        """Count the members."""
        return sum(high - low + 1 for low, high in self.spans)


def merged(spans: Iterable[Span]) -> Spans:
    """Put *spans* in order, those that touch or overlap as one."""
    found: list[Span] = []
    for low, high in sorted(spans):  # two sorted runs are merged in linear time
        if not found or low > found[-1][1] + 1:
            found.append((low, high))
        elif high > found[-1][1]:
            found[-1] = (found[-1][0], high)
    return tuple(found)


def joined(left: Spans, right: Spans) -> Spans:
    """The members of either."""
    return left if left == right else merged(left + right)


def common(left: Spans, right: Spans) -> Spans:
    """The members of both."""
    if left == right:
        return left
    found = []
    i = j = 0
    while i < len(left) and j < len(right):
        (low, high), (start, end) = left[i], right[j]
        low = start if start > low else low
        if end < high:
            j += 1
            high = end
        else:
            i += 1
        if low <= high:
            found.append((low, high))
    return tuple(found)


def without(left: Spans, right: Spans) -> Spans:
    """The members of *left* only."""
    if not left or not right or left[-1][1] < right[0][0] or right[-1][1] < left[0][0]:
        return left
    found = []
    j = 0
    for low, high in left:
        while j < len(right) and right[j][0] <= high:
            start, end = right[j]
            if low < start:
                found.append((low, start - 1))
            low = end + 1 if end >= low else low
            if end > high:
                break  # it may reach into the next span, too
            j += 1
        if low <= high:
            found.append((low, high))
    return tuple(found)


def _low(span: Span) -> int:
    return span[0]


@lru_cache(maxsize=1 << 17)
def parse_cidr(text: str) -> Intervals:
    """Read an IPv4 or IPv6 CIDR or single address, or raise `AddressError`, also if bits behind the prefix are set."""
    address, host_bits = _read(text)
    first = address >> host_bits << host_bits
    if first != address:
        raise AddressError(f"{text} has host bits set; expected {_cidr(first, host_bits)}")
    return Intervals(((first, first | (1 << host_bits) - 1),))


def canonical(text: str) -> str:
    """Spell a CIDR or single address as EC2 stores it, with a prefix length and without host bits (F6.15c), or raise `AddressError`."""
    address, host_bits = _read(text)
    return _cidr(address >> host_bits << host_bits, host_bits)


def cidrs(addresses: Intervals) -> tuple[str, ...]:
    """Spell a set of addresses as the fewest CIDRs, in ascending order, IPv4 first."""
    if not addresses <= ADDRESSES:
        raise ValueError("the set holds integers that are no address")
    return tuple(_cidr(*block) for low, high in addresses.spans for block in _blocks(low, high))


def format_address(address: int) -> str:
    """Spell an address in its one recommended way (RFC 5952 for IPv6)."""
    if address not in ADDRESSES:
        raise ValueError(f"{address} is no address")
    if address in IPV4:
        return _dotted(address)
    if address in _MAPPED:
        return "::ffff:" + _dotted(address & 0xFFFF_FFFF)
    groups = ":".join(f"{address >> shift & 0xFFFF:x}" for shift in range(112, -16, -16))
    runs = [match.span() for match in _ZERO_GROUPS.finditer(groups)]
    if not runs:
        return groups
    start, end = max(runs, key=lambda run: run[1] - run[0])  # the first of the longest, as RFC 5952 wants
    return groups[:start].removesuffix(":") + "::" + groups[end:].removeprefix(":")


def _read(text: str) -> tuple[int, int]:
    """Read the place on the number line and the number of bits behind the prefix."""
    spelling, slash, length = text.partition("/")
    address = _ipv6(spelling) if ":" in spelling else _ipv4(spelling)
    if address is None:
        raise AddressError(
            f"{json.dumps(text)} is no address range; expected IPv4 such as 10.0.0.0/16 (four numbers from 0 to 255, "
            "no leading zeros) or IPv6 such as 2001:db8::/32"
        )
    bits = 32 if address in IPV4 else 128
    prefix = _LENGTHS.get(length, -1) if slash else bits
    if not 0 <= prefix <= bits:
        raise AddressError(f"{json.dumps(text)} has prefix length {json.dumps(length)}; expected a number from 0 to {bits}, no leading zeros")
    return address, bits - prefix


def _ipv4(text: str) -> int | None:
    try:
        first, second, third, fourth = map(_OCTETS.__getitem__, text.split("."))
    except (KeyError, ValueError):
        return None
    return first << 24 | second << 16 | third << 8 | fourth


def _ipv6(text: str) -> int | None:
    head, gap, tail = text.partition("::")
    before, after = _groups(head, embeds=not gap), _groups(tail, embeds=True)
    if before is None or after is None:
        return None
    missing = 8 - len(before) - len(after)
    fits = missing > 0 if gap else missing == 0
    if not fits:
        return None
    address = 1
    for group in (*before, *[0] * missing, *after):
        address = address << 16 | group
    return address


def _groups(text: str, embeds: bool) -> list[int] | None:
    """Read the groups on one side of `::`; the last may *embed* an IPv4 address."""
    if not text:
        return []
    parts = text.split(":")
    dotted = _ipv4(parts[-1]) if embeds else None
    ending = [] if dotted is None else [dotted >> 16, dotted & 0xFFFF]
    plain = parts if dotted is None else parts[:-1]
    if not all(map(_GROUP.fullmatch, plain)):
        return None
    return [int(part, 16) for part in plain] + ending


def _blocks(low: int, high: int) -> Iterator[tuple[int, int]]:
    """Cut an interval into the largest aligned blocks, each as its first address and its number of host bits."""
    while low <= high:
        fitting = (high - low + 1).bit_length() - 1
        aligned = (low & -low).bit_length() - 1 if low else fitting
        host_bits = min(fitting, aligned)
        yield low, host_bits
        low += 1 << host_bits


def _cidr(first: int, host_bits: int) -> str:
    bits = 32 if first in IPV4 else 128
    return f"{format_address(first)}/{bits - host_bits}"


def _dotted(address: int) -> str:
    return ".".join(str(address >> shift & 0xFF) for shift in (24, 16, 8, 0))


IPV4 = Intervals.of((0, (1 << 32) - 1))
"""All of IPv4: an address stands for itself as an integer."""

IPV6 = Intervals.of((_IPV6_START, 2 * _IPV6_START - 1))
"""All of IPv6: an address stands for itself plus 2**128, behind IPv4 on the same number line."""

ADDRESSES = IPV4 | IPV6
"""Every address of both families."""

_MAPPED = parse_cidr("::ffff:0:0/96")  # RFC 5952, section 5, recommends dotted spelling here

PUBLIC_IPV4 = IPV4 - Intervals.union(
    map(
        parse_cidr,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private use
            "100.64.0.0/10",  # shared address space
            "127.0.0.0/8",  # loopback
            "169.254.0.0/16",  # link local
            "172.16.0.0/12",  # private use
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays, withdrawn by RFC 7526
            "192.168.0.0/16",  # private use
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
"""IPv4 that a host on the internet can have: all but multicast and the blocks that are not globally reachable in
https://www.iana.org/assignments/iana-ipv4-special-registry; 192.0.0.0/24 counts whole, with its two anycast addresses."""
