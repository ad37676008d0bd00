"""What network ACLs let through, against the first entry that fits one packet."""

from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint.addresses import parse_cidr
from sagevpc_lint.answer import Absence, Unknown
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import NetworkAcl, NetworkAclEntry, Subnet
from sagevpc_lint.network.acls import Filter
from sagevpc_lint.network.bounds import ALL
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.prefix_lists import of_service
from sagevpc_lint.source import Source
from sagevpc_lint.traffic import Traffic, packets

HERE = Source("acls.json")
SCOPE = Scope("111122223333", "eu-west-1")
BLOCKS = ["0.0.0.0/0", "0.0.0.0/1", "10.0.0.0/8", "10.0.1.0/24", "10.0.1.7/32", "52.0.0.0/8"]
FAR = ["10.0.1.7", "10.0.1.8", "10.9.9.9", "52.1.1.1", "200.1.1.1"]
KINDS = [(6, 443), (6, 40000), (17, 443), (50, 0), (1, 8 * 256), (1, 3 * 256 + 4)]


def entry(number: int, row: tuple[bool, str, str, str, tuple[int, int] | None, tuple[int, int] | None]) -> NetworkAclEntry:
    is_egress, action, protocol, cidr, ports, icmp = row
    low, high = ports or (None, None)
    kind, code = icmp or (None, None)
    return NetworkAclEntry(f"acl-1/{number}", HERE, is_egress, number, action, protocol, cidr, low, high, kind, code)


ROWS = st.tuples(
    st.booleans(), st.sampled_from(["allow", "deny"]), st.sampled_from(["-1", "6", "17", "1", "50", "58"]), st.sampled_from(BLOCKS),
    st.sampled_from([(443, 443), (1024, 65535), (0, 65535)]), st.sampled_from([(-1, -1), (8, 0), (3, -1)]),
)
ENTRIES = st.lists(ROWS, max_size=8).map(lambda rows: tuple(entry(100 + number, row) for number, row in enumerate(rows)))


def filters_of(entries: tuple[NetworkAclEntry, ...]) -> tuple[Filter, Filter]:
    acl = NetworkAcl("acl-1", HERE, "111122223333", "vpc-1", True, entries, frozenset({"subnet-1"}), {})
    subnet = Subnet("subnet-1", HERE, "111122223333", "vpc-1", "available", "10.0.1.0/24", False, None, None, 9, {})
    ingress, egress, _ = Ground(Facts.of([Export("network-acls", HERE, SCOPE, (acl,)), Export("subnets", HERE, SCOPE, (subnet,))])).filters("subnet-1")
    return ingress, egress


def fits(entry: NetworkAclEntry, far: str, protocol: int, port: int) -> bool:
    if ip_address(far) not in ip_network(entry.cidr):
        return False
    if entry.protocol == "-1":
        return True
    if entry.protocol == "58":  # F5.3
        return protocol in (1, 58)
    if int(entry.protocol) != protocol:
        return False
    if protocol in (6, 17):
        return (entry.from_port or 0) <= port <= (entry.to_port or 0)
    return protocol != 1 or (entry.icmp_type in (-1, port // 256) and entry.icmp_code in (-1, port % 256)) or entry.icmp_type == -1


def first(entries: tuple[NetworkAclEntry, ...], is_egress: bool, far: str, protocol: int, port: int) -> NetworkAclEntry | None:
    found = [each for each in sorted(entries, key=lambda each: each.rule_number) if each.is_egress == is_egress and fits(each, far, protocol, port)]
    return found[0] if found else None


def is_for_less_than_all(entry: NetworkAclEntry) -> bool:
    return not entry.cidr.endswith("/0") or entry.protocol in ("6", "17") and (entry.from_port, entry.to_port) != (0, 65535)


def packet(is_egress: bool, far: str, protocol: int, port: int) -> Traffic:
    near, other = parse_cidr("10.0.1.5"), parse_cidr(far)
    one = packets(str(protocol), port, port, near if is_egress else other, other if is_egress else near) if protocol in (6, 17) else None
    if one is not None:
        return one
    kind, code = (port // 256, port % 256) if protocol == 1 else (None, None)
    return packets(str(protocol), kind, code, near if is_egress else other, other if is_egress else near)


@given(ENTRIES)
def test_the_first_entry_that_fits_decides(entries: tuple[NetworkAclEntry, ...]) -> None:
    ingress, egress = filters_of(entries)
    for is_egress, found in ((False, ingress), (True, egress)):
        for far in FAR:
            for protocol, port in KINDS:
                deciding = first(entries, is_egress, far, protocol, port)
                one = packet(is_egress, far, protocol, port)
                assert (deciding is not None and deciding.rule_action == "allow") == (one <= found.passes.certain)
                is_narrow = deciding is not None and deciding.rule_action == "deny" and is_for_less_than_all(deciding)
                assert is_narrow == (one <= found.narrow)
                assert found.passes.certain == found.passes.possible


@given(ENTRIES)
def test_every_deny_entry_tells_what_it_takes(entries: tuple[NetworkAclEntry, ...]) -> None:
    ingress, _ = filters_of(entries)
    denied = Traffic.union(taken for _, taken in ingress.denies)
    assert not denied & ingress.passes.certain
    assert sum(1 for each in entries if not each.is_egress and each.rule_action == "deny") == len(ingress.denies)


def test_an_entry_for_a_block_also_fits_addresses_of_s3_in_it() -> None:
    _, egress = filters_of((entry(100, (True, "allow", "6", "52.0.0.0/8", (443, 443), None)),))
    assert packets("6", 443, 443, parse_cidr("10.0.1.5"), of_service(parse_cidr("52.1.1.1"), "s3")) <= egress.passes.certain


def test_ipv6_entries_fit_no_ipv4() -> None:
    ingress, _ = filters_of((entry(100, (False, "allow", "-1", "::/0", None, None)),))
    assert not ingress.passes.possible


def test_an_acl_that_is_not_shown_may_do_anything() -> None:
    ingress, egress, acl = Ground(Facts.of([])).filters("subnet-1")
    assert None is acl
    assert (ALL, ALL) == (ingress.passes.possible, egress.passes.possible)
    assert not ingress.passes.certain
    assert ingress.passes.missing


def test_an_entry_that_is_not_known_leaves_its_direction_open() -> None:
    unknown = Unknown(Absence("an entry", "", "form"))
    known = entry(100, (True, "allow", "-1", "0.0.0.0/0", None, None))
    blurred = NetworkAclEntry("acl-1/1", HERE, True, 90, unknown, "-1", "10.0.0.0/8", None, None, None, None)  # type: ignore[arg-type]
    _, egress = filters_of((known, blurred))
    assert ALL == egress.passes.possible
    assert not egress.passes.certain
