"""Law 7: the address module agrees with the standard library's `ipaddress`."""

import ipaddress
from collections.abc import Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sagevpc_lint.addresses import (
    ADDRESSES,
    IPV4,
    IPV6,
    PUBLIC_IPV4,
    AddressError,
    Intervals,
    canonical,
    cidrs,
    format_address,
    parse_cidr,
)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

MAPPED = ipaddress.ip_network("::ffff:0:0/96")  # spelled with a dotted tail since Python 3.13
NOT_PUBLIC = (
    "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.2.0/24 192.168.0.0/16 "
    "198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4"
).split()
PUBLIC_TO_SOME_PYTHONS = ("192.0.0.0/24", "192.88.99.0/24")


def place(address: Address) -> int:
    return int(address) + (1 << 128 if address.version == 6 else 0)


def span(network: Network) -> tuple[int, int]:
    return place(network[0]), place(network[-1])


def intervals(members: Iterable[int]) -> Intervals:
    return Intervals.of(*((member, member) for member in members))


def members(found: Intervals) -> set[int]:
    return {member for low, high in found.spans for member in range(low, high + 1)}


def allowed(text: str) -> Intervals | None:
    """Read as `ipaddress` does, less the netmasks, leading zeros and zones that EC2 does not know."""
    _, slash, length = text.partition("/")
    if "%" in text or slash and (not length.isdecimal() or str(int(length)) != length):
        return None
    try:
        return Intervals.of(span(ipaddress.ip_network(text)))
    except ValueError:
        return None


def read(text: str) -> Intervals | None:
    try:
        return parse_cidr(text)
    except AddressError:
        return None


@st.composite
def networks(draw: st.DrawFn) -> Network:
    address = draw(st.ip_addresses())
    length = draw(st.integers(0, address.max_prefixlen))
    return ipaddress.ip_network((address, length), strict=False)


@st.composite
def ipv6_spellings(draw: st.DrawFn) -> str:
    groups = draw(st.lists(st.sampled_from((0, 0, 0, 1, 0xDB8, 0xFFFF)) | st.integers(0, 0xFFFF), min_size=8, max_size=8))
    dotted = draw(st.booleans())
    parts = [draw(st.sampled_from((f"{group:x}", f"{group:X}", f"{group:04x}"))) for group in groups[: 6 if dotted else 8]]
    if dotted:
        parts.append(str(ipaddress.IPv4Address(groups[6] << 16 | groups[7])))
    first, last = sorted(draw(st.tuples(st.integers(0, 8), st.integers(0, 8))))
    if first < last <= len(groups[: 6 if dotted else 8]) and not any(groups[first:last]):
        return ":".join(parts[:first]) + "::" + ":".join(parts[last:])
    return ":".join(parts)


@st.composite
def near_misses(draw: st.DrawFn) -> str:
    text = draw(networks().map(str) | ipv6_spellings() | st.ip_addresses().map(str))
    at = draw(st.integers(0, len(text)))
    return text[:at] + draw(st.text("0129aFg:./ -+_%", max_size=2)) + text[at + draw(st.integers(0, 2)) :]


small_sets = st.sets(st.integers(0, 15))
address_spans = st.lists(st.tuples(st.ip_addresses(v=4), st.ip_addresses(v=4)) | st.tuples(st.ip_addresses(v=6), st.ip_addresses(v=6)), max_size=3)


@given(networks())
@example(ipaddress.ip_network("0.0.0.0/0"))
@example(ipaddress.ip_network("::/0"))
def test_a_network_is_read_as_ipaddress_reads_it(network: Network) -> None:
    assert (span(network),) == parse_cidr(str(network)).spans


@given(st.ip_addresses())
def test_a_bare_address_is_a_set_of_one(address: Address) -> None:
    assert Intervals.of((place(address), place(address))) == parse_cidr(str(address))


@given(ipv6_spellings())
@example("::")
@example("::1:2:3:4:5:6:7")
@example("1:2:3:4:5:6:7::")
@example("::FFFF:10.0.0.1")
def test_every_spelling_of_an_ipv6_address_is_read(spelling: str) -> None:
    assert Intervals.of((place(ipaddress.ip_address(spelling)),) * 2) == parse_cidr(spelling)


@given(near_misses())
def test_a_text_that_ipaddress_refuses_is_refused_and_no_other(text: str) -> None:
    assert allowed(text) == read(text)


@pytest.mark.parametrize(
    "text",
    (
        "",
        "/",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/+8",
        "10.0.0.0/08",
        "10.0.0.0/1_6",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/8/8",
        "10.0.0.0/１６",
        "10.0.0/8",
        "10.0.0.0.0/8",
        "10..0.0/8",
        "010.0.0.0/8",
        "256.0.0.0/8",
        "10.0.256.0/24",
        "١٠.0.0.0/8",
        " 10.0.0.0/8",
        "10.0.0.0/8\n",
        "0x0a.0.0.0/8",
        ":",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:8:9",
        "1::2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8::",
        ":1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        "00001::",
        "+1::",
        "1_0::",
        " 1::",
        "g::",
        "1.2.3.4::",
        "1.2.3.4::1",
        "::1.2.3.4:5",
        "::1.2.3",
        "::1.2.3.04",
        "1:2:3:4:5:6:7:1.2.3.4",
        "::/129",
        "fe80::1%eth0",
    ),
)
def test_a_malformed_text_is_refused(text: str) -> None:
    with pytest.raises(AddressError):
        parse_cidr(text)


@pytest.mark.parametrize(
    ("text", "message"),
    (
        ("10.0.0.1/16", "10.0.0.1/16 has host bits set; expected 10.0.0.0/16"),
        ("2001:DB8::1/32", "2001:DB8::1/32 has host bits set; expected 2001:db8::/32"),
        ("10.0.0.0/33", '"10.0.0.0/33" has prefix length "33"; expected a number from 0 to 32, no leading zeros'),
        ("::/0128", '"::/0128" has prefix length "0128"; expected a number from 0 to 128, no leading zeros'),
        (
            "10.0.0\n",
            '"10.0.0\\n" is no address range; expected IPv4 such as 10.0.0.0/16 (four numbers from 0 to 255, no leading zeros) '
            "or IPv6 such as 2001:db8::/32",
        ),
    ),
)
def test_a_refusal_says_what_was_found_and_what_is_allowed(text: str, message: str) -> None:
    with pytest.raises(AddressError) as refusal:
        parse_cidr(text)
    assert message == str(refusal.value)


@given(networks(), st.data())
def test_a_cidr_with_host_bits_is_refused(network: Network, data: st.DataObject) -> None:
    inside = network[data.draw(st.integers(0, network.num_addresses - 1))]
    text = f"{inside}/{network.prefixlen}"
    assert (None if inside != network[0] else Intervals.of(span(network))) == read(text)


@given(st.ip_addresses(), st.data())
def test_the_canonical_spelling_has_no_host_bits(address: Address, data: st.DataObject) -> None:
    text = f"{address}/{data.draw(st.integers(0, address.max_prefixlen))}"
    assert Intervals.of(span(ipaddress.ip_network(text, strict=False))) == parse_cidr(canonical(text))
    assert (canonical(text),) == cidrs(parse_cidr(canonical(text)))


@pytest.mark.parametrize(
    ("spelling", "text"),
    (("100.68.0.0/18", "100.68.0.18/18"), ("10.0.0.1/32", "10.0.0.1"), ("2001:db8::/32", "2001:0DB8:0::1/32"), ("::1/128", "0::1")),
)
def test_a_cidr_has_one_canonical_spelling(spelling: str, text: str) -> None:
    assert spelling == canonical(text)


@given((st.ip_addresses() | ipv6_spellings().map(ipaddress.ip_address)).filter(lambda address: address not in MAPPED))
def test_an_address_is_spelled_as_ipaddress_spells_it(address: Address) -> None:
    assert str(address) == format_address(place(address))


@pytest.mark.parametrize(
    "spelling",
    ("0.0.0.0", "255.255.255.255", "::", "::1", "1::", "::2:0:0:3:0:0", "1:0:0:2::3", "1:0:2:3:4:5:6:7", "1:2:3:4:5:6:7:0", "a0::10:20:0:0", "::ffff:192.0.2.1", "::102:304", "0:0:1::", "::1:0:0"),
)
def test_an_address_is_spelled_by_rfc_5952(spelling: str) -> None:
    assert spelling == format_address(parse_cidr(spelling).spans[0][0])


@pytest.mark.parametrize("number", (-1, 1 << 32, (1 << 128) - 1, 1 << 129))
def test_a_number_outside_both_families_is_no_address(number: int) -> None:
    with pytest.raises(ValueError, match=f"{number} is no address"):
        format_address(number)


@pytest.mark.parametrize("low, high", ((-1, 0), (0, 1 << 32), (0, 1 << 128), ((1 << 129) - 1, 1 << 129)))
def test_a_set_that_leaves_both_families_has_no_cidrs(low: int, high: int) -> None:
    with pytest.raises(ValueError, match="no address"):
        cidrs(Intervals.of((low, high)))


@given(address_spans)
@example([(ipaddress.ip_address("0.0.0.0"), ipaddress.ip_address("255.255.255.255"))])
@example([(ipaddress.ip_address("::"), ipaddress.ip_address("::2"))])
def test_a_set_is_spelled_with_the_fewest_cidrs(pairs: list[tuple[Address, Address]]) -> None:
    ordered = [tuple(sorted(pair)) for pair in pairs]
    expected = [
        Intervals.of(span(network))
        for version in (4, 6)
        for network in ipaddress.collapse_addresses(
            part for low, high in ordered if low.version == version for part in ipaddress.summarize_address_range(low, high)
        )
    ]
    union = Intervals.of(*((place(low), place(high)) for low, high in ordered))
    assert expected == [parse_cidr(cidr) for cidr in cidrs(union)]


@given(networks(), networks())
def test_one_network_holds_another_as_ipaddress_says(one: Network, other: Network) -> None:
    expected = one.version == other.version and one.subnet_of(other)
    assert expected == (parse_cidr(str(one)) <= parse_cidr(str(other)))


@given(networks(), st.data())
def test_a_network_holds_an_address_as_ipaddress_says(network: Network, data: st.DataObject) -> None:
    low, high = span(network)
    address = data.draw(st.ip_addresses() | st.sampled_from((network[0], network[-1])))
    assert (address in network) == (place(address) in parse_cidr(str(network)))
    assert low - 1 not in parse_cidr(str(network)) and high + 1 not in parse_cidr(str(network))


@given(networks(), networks())
def test_networks_are_joined_as_ipaddress_collapses_them(one: Network, other: Network) -> None:
    expected = [one, other] if one.version != other.version else ipaddress.collapse_addresses([one, other])
    assert Intervals.union(Intervals.of(span(network)) for network in expected) == parse_cidr(str(one)) | parse_cidr(str(other))


@given(networks(), st.data())
def test_a_part_is_taken_away_as_ipaddress_excludes_it(network: Network, data: st.DataObject) -> None:
    length = data.draw(st.integers(network.prefixlen, network.max_prefixlen))
    inside = network[data.draw(st.integers(0, network.num_addresses - 1))]
    part = ipaddress.ip_network((inside, length), strict=False)
    expected = Intervals.of(*(span(rest) for rest in network.address_exclude(part)))
    assert expected == parse_cidr(str(network)) - parse_cidr(str(part))


def test_the_families_are_disjoint_and_complete() -> None:
    assert not IPV4 & IPV6
    assert (1 << 32, 1 << 128) == (IPV4.size, IPV6.size)
    assert IPV4 | IPV6 == ADDRESSES == parse_cidr("0.0.0.0/0") | parse_cidr("::/0")


@pytest.mark.parametrize("block", NOT_PUBLIC)
def test_a_block_that_is_not_public_ends_where_ipaddress_says(block: str) -> None:
    low, high = span(ipaddress.ip_network(block))
    for number in {low - 1, low, high, high + 1} & members(Intervals.of((low - 1, low), (high, high + 1)) & IPV4):
        address = ipaddress.IPv4Address(number)
        assert (address.is_global and not address.is_multicast) == (number in PUBLIC_IPV4), address


@pytest.mark.parametrize("block", PUBLIC_TO_SOME_PYTHONS)
def test_a_block_that_iana_does_not_call_globally_reachable_is_not_public(block: str) -> None:
    low, high = span(ipaddress.ip_network(block))
    assert not PUBLIC_IPV4 & parse_cidr(block)
    assert low - 1 in PUBLIC_IPV4 and high + 1 in PUBLIC_IPV4


def test_everything_else_is_public() -> None:
    blocks = Intervals.union(map(parse_cidr, (*NOT_PUBLIC, *PUBLIC_TO_SOME_PYTHONS)))
    assert IPV4 == PUBLIC_IPV4 | blocks


@given(small_sets, small_sets)
def test_the_operators_agree_with_sets(one: set[int], other: set[int]) -> None:
    left, right = intervals(one), intervals(other)
    assert one | other == members(left | right)
    assert one & other == members(left & right)
    assert one - other == members(left - right)
    assert (one <= other) == (left <= right)
    assert (one == other) == (left == right)
    assert (bool(one), len(one)) == (bool(left), left.size)
    assert one == {number for number in range(-1, 17) if number in left}


@given(small_sets, small_sets)
def test_equal_sets_are_equal_values_however_they_were_made(one: set[int], other: set[int]) -> None:
    left, right = intervals(one), intervals(other)
    assert intervals(one | other) == left | right
    assert intervals(one & other) == left & right
    assert intervals(one - other) == left - right
    assert hash(intervals(one | other)) == hash(left | right)


@given(st.lists(small_sets, max_size=4))
def test_many_sets_are_joined_at_once(sets: list[set[int]]) -> None:
    assert intervals(set().union(*sets)) == Intervals.union(map(intervals, sets))


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=6))
def test_overlapping_spans_are_joined(starts: list[tuple[int, int]]) -> None:
    expected = {number for start, more in starts for number in range(start, start + more + 1)}
    found = Intervals.of(*((start, start + more) for start, more in starts))
    assert expected == members(found)
    assert all(high + 1 < low for (_, high), (low, _) in zip(found.spans, found.spans[1:]))


def test_an_interval_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="interval 5 to 3 ends before it begins"):
        Intervals.of((1, 1), (5, 3))
