"""What a subnet's network ACL lets in and out: the first entry that fits decides, over the whole set of packets (F5.1–F5.9)."""

from collections.abc import Iterator
from dataclasses import dataclass

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Evidence, shows
from sagevpc_lint.model.nouns import NetworkAcl, NetworkAclEntry
from sagevpc_lint.network.bounds import ALL, NONE, Bounds
from sagevpc_lint.network.prefix_lists import ANYWHERE, of_cidr
from sagevpc_lint.traffic import PORTS, Traffic, packets, protocol_number

_DEFAULT = 32767  # the entry that denies what no other one fits (F5.1)
_ICMPS = Intervals.of((1, 1), (58, 58))


@dataclass(frozen=True, slots=True)
class Filter:
    """What an ACL lets through in one direction. *narrow*: what a deny entry for less than all addresses and ports takes. *denies*: what each deny entry takes."""

    passes: Bounds
    narrow: Traffic = NONE
    denies: tuple[tuple[Evidence, Traffic], ...] = ()


def filters(acl: NetworkAcl) -> tuple[Filter, Filter]:
    """Return what an ACL lets in and what it lets out; raises `Missing`."""
    return _filter(acl, is_egress=False), _filter(acl, is_egress=True)


def _filter(acl: NetworkAcl, *, is_egress: bool) -> Filter:
    """Walk the entries in order; each takes what it fits of what is still undecided."""
    open_, allowed, narrow = ALL, [NONE], [NONE]
    denies: list[tuple[Evidence, Traffic]] = []
    for entry in _in_order(acl, is_egress):
        fits = _fits(entry, is_egress)
        if entry.rule_action == "allow":
            allowed.append(open_ & fits)
        else:
            taken = open_ & fits
            denies.append((shows(entry, f"denies it, entry {entry.rule_number}", "SUBNET_ACL_RESTRICTION"), taken))
            narrow += [taken] if _is_narrow(entry) else []
        open_ -= fits
    return Filter(Bounds.of(Traffic.union(allowed)), Traffic.union(narrow), tuple(denies))


def _is_narrow(entry: NetworkAclEntry) -> bool:
    """Is it an entry of the owner's, for less than all addresses and ports?"""
    has_ports = protocol_number(entry.protocol) in (6, 17) and entry.from_port is not None and (entry.from_port, entry.to_port) != (0, 65535)
    return bool(entry.rule_number < _DEFAULT and (has_ports or not entry.cidr.endswith("/0")))


def _in_order(acl: NetworkAcl, is_egress: bool) -> Iterator[NetworkAclEntry]:
    entries = [entry for entry in acl.entries if bool(entry.is_egress) == is_egress and ":" not in entry.cidr]
    yield from sorted(entries, key=lambda entry: entry.rule_number)


def _fits(entry: NetworkAclEntry, is_egress: bool) -> Traffic:
    """The packets that an entry is about; for IPv4, protocol 58 means all types of ICMP (F5.3)."""
    far = of_cidr(entry.cidr)
    sources, destinations = (ANYWHERE, far) if is_egress else (far, ANYWHERE)
    match protocol_number(entry.protocol):
        case 58:
            return Traffic.of(_ICMPS, sources, destinations, PORTS)
        case 1:
            return packets("1", entry.icmp_type, entry.icmp_code, sources, destinations)
        case _:
            return packets(entry.protocol, entry.from_port, entry.to_port, sources, destinations)
