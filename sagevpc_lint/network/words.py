"""Packets in words, as reports print them."""

from collections.abc import Iterable

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.network.prefix_lists import ANYWHERE, spelled
from sagevpc_lint.traffic import PORTS, PROTOCOLS, Box, Traffic

_NAMES = {1: "ICMP", 6: "TCP", 17: "UDP", 50: "ESP", 58: "ICMPv6"}
_SHOWN = 3


def described(traffic: Traffic) -> str:
    """Spell a set of packets: `TCP 443 from 10.0.1.0/24 to s3's addresses`; only the first few parts of a long one."""
    parts = [_box(box) for box in traffic.boxes]
    return _some(parts, "; ") or "nothing"


def ports(traffic: Intervals) -> str:
    """Spell a set of ports."""
    return _some([str(low) if low == high else f"{low}-{high}" for low, high in traffic.spans], ", ")


def _box(box: Box) -> str:
    text = _protocols(box.protocols)
    if box.ports != PORTS and not _is_icmp(box):
        text += f" {ports(box.ports)}"
    elif _is_icmp(box) and box.ports != PORTS:
        text += f" {_some([f'type {low // 256} code {low % 256}' if low == high else f'type {low // 256}' for low, high in box.ports.spans], ', ')}"
    for word, addresses in (("from", box.sources), ("to", box.destinations)):
        if addresses != ANYWHERE:
            text += f" {word} {_some(spelled(addresses), ', ')}"
    return text


def _is_icmp(box: Box) -> bool:
    return box.protocols <= Intervals.of((1, 1), (58, 58))


def _protocols(protocols: Intervals) -> str:
    if protocols == PROTOCOLS:
        return "all protocols"
    singles = [number for low, high in protocols.spans for number in range(low, high + 1)]
    if len(singles) > 8:
        return f"{len(singles)} protocols"
    return "/".join(_NAMES.get(number, f"protocol {number}") for number in singles)


def _some(parts: Iterable[str], joint: str) -> str:
    parts = tuple(parts)
    rest = len(parts) - _SHOWN
    return joint.join(parts[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
