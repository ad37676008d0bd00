"""The sets of packets agree with plain sets of packets, and rules with a packet-by-packet reading of them."""

from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sagevpc_lint.addresses import ADDRESSES, IPV4, IPV6, Intervals, parse_cidr
from sagevpc_lint.traffic import (
    ESP,
    ICMP,
    PORTS,
    PROTOCOLS,
    TCP,
    UDP,
    Traffic,
    packets,
    protocol_number,
)

Packet = tuple[int, ...]
NUMBERS = {"tcp": 6, "UDP": 17, "Icmp": 1, "icmpv6": 58, "6": 6, "17": 17, "1": 1, "58": 58, "50": 50, "0": 0, "255": 255}
HERE, THERE = parse_cidr("10.0.0.0/16"), parse_cidr("192.0.2.0/24")

sides = st.frozensets(st.integers(0, 3), max_size=3)
boxes = st.lists(st.tuples(sides, sides, sides, sides), max_size=4)


def intervals(members: frozenset[int]) -> Intervals:
    return Intervals.of(*((member, member) for member in members))


def traffic(sets: list[tuple[frozenset[int], ...]]) -> Traffic:
    return Traffic.union(Traffic.of(*map(intervals, box)) for box in sets)


def plain(sets: list[tuple[frozenset[int], ...]]) -> set[Packet]:
    return {packet for box in sets for packet in product(*box)}


def listed(found: Traffic) -> list[Packet]:
    return [
        packet
        for box in found.boxes
        for packet in product(*([number for low, high in side.spans for number in range(low, high + 1)] for side in box))
    ]


def point(protocol: int, source: int, destination: int, port: int) -> Traffic:
    return Traffic.of(*(Intervals.of((number, number)) for number in (protocol, source, destination, port)))


def admits(protocol: str, low: int, high: int, number: int, port: int) -> bool:
    if protocol == "-1":
        return True
    if NUMBERS[protocol] != number:
        return False
    if number in (6, 17):
        return low == high == -1 or low <= port <= high
    if number in (1, 58):
        return low in (-1, port // 256) and high in (-1, port % 256)
    return True


@st.composite
def rules(draw: st.DrawFn) -> tuple[str, int, int]:
    protocol = draw(st.sampled_from(("-1", *NUMBERS)))
    match NUMBERS.get(protocol):
        case 6 | 17:
            low, high = sorted(draw(st.tuples(st.integers(0, 65535), st.integers(0, 65535))))
            return draw(st.sampled_from(((protocol, low, high), (protocol, -1, -1))))
        case 1 | 58:
            kind, code = draw(st.integers(0, 255)), draw(st.integers(-1, 255))
            return draw(st.sampled_from(((protocol, kind, code), (protocol, -1, -1))))
        case _:
            return protocol, draw(st.integers(-1, 65535)), draw(st.integers(-1, 65535))


@given(boxes, boxes)
def test_the_operators_agree_with_sets_of_packets(one: list[tuple[frozenset[int], ...]], other: list[tuple[frozenset[int], ...]]) -> None:
    left, right = traffic(one), traffic(other)
    assert plain(one) | plain(other) == set(listed(left | right))
    assert plain(one) & plain(other) == set(listed(left & right))
    assert plain(one) - plain(other) == set(listed(left - right))
    assert (plain(one) <= plain(other)) == (left <= right)
    assert (plain(one) == plain(other)) == (left == right)
    assert bool(plain(one)) == bool(left)


@given(boxes, boxes)
def test_a_part_is_contained_in_the_whole(one: list[tuple[frozenset[int], ...]], other: list[tuple[frozenset[int], ...]]) -> None:
    left, right = traffic(one), traffic(other)
    assert left & right <= left <= left | right
    assert Traffic() <= left - right <= left <= Traffic.of()


@given(boxes, boxes)
def test_boxes_are_disjoint_and_not_empty(one: list[tuple[frozenset[int], ...]], other: list[tuple[frozenset[int], ...]]) -> None:
    for found in (traffic(one) | traffic(other), traffic(one) & traffic(other), traffic(one) - traffic(other)):
        assert len(listed(found)) == len(set(listed(found)))
        assert all(side for box in found.boxes for side in box)


@given(boxes, boxes)
def test_equal_sets_are_equal_values_however_they_were_made(
    one: list[tuple[frozenset[int], ...]], other: list[tuple[frozenset[int], ...]]
) -> None:
    left, right = traffic(one), traffic(other)
    packet_by_packet = Traffic()
    for packet in plain(one) | plain(other):
        packet_by_packet |= point(*packet)
    assert packet_by_packet == traffic(other + one) == (left - right) | right == Traffic.of() - ((Traffic.of() - left) - right)
    assert hash(packet_by_packet) == hash(left | right)


@given(boxes)
def test_each_dimension_can_be_asked_for(sets: list[tuple[frozenset[int], ...]]) -> None:
    found = traffic(sets)
    expected = tuple(intervals(frozenset(packet[dimension] for packet in plain(sets))) for dimension in range(4))
    assert expected == (found.protocols, found.sources, found.destinations, found.ports)


def test_everything_has_every_protocol_address_and_port() -> None:
    assert (Intervals.of((0, 255)), ADDRESSES, ADDRESSES, Intervals.of((0, 65535))) == Traffic.of().boxes[0]
    assert Traffic.of() and not Traffic() and not Traffic.union(())


def test_many_rules_for_one_port_are_one_box() -> None:
    each = [packets("tcp", 443, 443, parse_cidr(f"10.0.{number}.0/24"), THERE) for number in range(256)]
    assert packets("tcp", 443, 443, HERE, THERE) == Traffic.union(each)
    assert 1 == len(Traffic.union(each).boxes)


@given(rules(), st.integers(0, 65535))
@example(("UDP", 53, 53), 0)
@example(("17", 0, 65535), 0)
@example(("icmpv6", 255, 255), 0)
@example(("Icmp", 255, -1), 0)
def test_a_rule_admits_a_packet_as_a_plain_reading_says(rule: tuple[str, int, int], anywhere: int) -> None:
    protocol, low, high = rule
    passed = packets(protocol, low, high, HERE, THERE)
    borders = {low - 1, low, high, high + 1, low * 256 + high, low * 256, low * 256 + 255, low * 256 - 1, low * 256 + 256, anywhere}
    for number, port in product((0, 1, 6, 17, 50, 58, 255), (border for border in borders if 0 <= border <= 65535)):
        packet = point(number, HERE.spans[0][0], THERE.spans[0][1], port)
        assert admits(protocol, low, high, number, port) == (packet <= passed), (number, port)


@given(rules())
def test_a_rule_keeps_its_sources_and_destinations(rule: tuple[str, int, int]) -> None:
    passed = packets(*rule, HERE, THERE)
    assert (HERE, THERE) == (passed.sources, passed.destinations)


@pytest.mark.parametrize("protocol", ("tcp", "udp", "icmp", "icmpv6", "50", "-1"))
def test_absent_ports_are_all_ports(protocol: str) -> None:
    passed = packets(protocol, None, None, HERE, THERE)
    assert PORTS == passed.ports
    assert packets(protocol, -1, -1, HERE, THERE) == packets(protocol, None, -1, HERE, THERE) == passed


def test_a_rule_for_one_icmp_type_without_a_code_has_all_its_codes() -> None:
    assert Intervals.of((3 * 256, 3 * 256 + 255)) == packets("icmp", 3, None, HERE, THERE).ports


def test_icmp_numbers_are_a_type_and_a_code_and_no_port_range() -> None:
    assert Intervals.of((3 * 256 + 4, 3 * 256 + 4)) == packets("icmp", 3, 4, HERE, THERE).ports
    assert Intervals.of((8 * 256, 8 * 256)) == packets("icmp", 8, 0, HERE, THERE).ports


def test_a_rule_with_no_addresses_admits_nothing() -> None:
    assert Traffic() == packets("-1", None, None, Intervals(), THERE) == packets("tcp", 1, 2, HERE, Intervals())


def test_a_rule_for_all_protocols_admits_every_packet_of_its_addresses() -> None:
    assert Traffic.of() == packets("-1", 0, 0, ADDRESSES, ADDRESSES)
    assert Traffic.of(sources=IPV4) == packets("-1", 22, 22, IPV4, ADDRESSES)
    assert Traffic.of(destinations=IPV6) == packets("-1", None, None, ADDRESSES, IPV6)


@pytest.mark.parametrize(("name", "number"), (*NUMBERS.items(), ("-1", None), ("TCP", 6), ("ICMPv6", 58)))
def test_a_protocol_is_known_by_name_and_by_number(name: str, number: int | None) -> None:
    assert number == protocol_number(name)


@pytest.mark.parametrize("protocol", ("", "tpc", "256", "-2", "+6", "06", " 6", "6.0", "６", "all", "icmp6"))
def test_an_unknown_protocol_is_refused(protocol: str) -> None:
    with pytest.raises(ValueError) as refusal:
        packets(protocol, None, None, HERE, THERE)
    assert f"protocol {ascii(protocol)}: expected tcp, udp, icmp, icmpv6, a number from 0 to 255, or -1 for all" == str(refusal.value)


@pytest.mark.parametrize(("low", "high"), ((443, 80), (0, 65536), (-2, 80), (-1, 80), (None, 80), (443, None), (443, -1), (-2, -2)))
def test_a_port_range_that_no_rule_can_have_is_refused(low: int | None, high: int | None) -> None:
    with pytest.raises(ValueError, match=r"ports -?\d+ to -?\d+: expected an ascending range within 0 to 65535"):
        packets("tcp", low, high, HERE, THERE)


@pytest.mark.parametrize(("kind", "code"), ((256, 0), (-2, -1), (-1, 0), (None, 4), (3, 256), (3, -2)))
def test_an_icmp_type_or_code_that_no_rule_can_have_is_refused(kind: int | None, code: int | None) -> None:
    with pytest.raises(ValueError, match=r"ICMP type -?\d+, code -?\d+: expected both from 0 to 255"):
        packets("icmp", kind, code, HERE, THERE)


def test_each_protocol_has_its_number() -> None:
    assert [6, 17, 1, 50] == [protocol.spans[0][0] for protocol in (TCP, UDP, ICMP, ESP)]
    assert all(protocol.size == 1 and protocol <= PROTOCOLS for protocol in (TCP, UDP, ICMP, ESP))


@example([])
@given(st.lists(rules(), max_size=8))
def test_joining_all_rules_at_once_is_joining_one_after_the_other(each: list[tuple[str, int, int]]) -> None:
    passed = [packets(*rule, HERE, THERE) for rule in each]
    folded = Traffic()
    for part in passed:
        folded |= part
    assert folded == Traffic.union(passed)
