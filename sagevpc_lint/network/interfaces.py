"""The addresses that network interfaces may have."""

from sagevpc_lint.addresses import Intervals, parse_cidr
from sagevpc_lint.model.nouns import Subnet


def usable_addresses(subnet: Subnet) -> Intervals:
    """The addresses of a subnet that interfaces may have: all but the first four and the last (F2.4)."""
    if subnet.cidr_block == None:  # noqa: E711  # an unknown field must raise
        return Intervals()
    (first, last), = parse_cidr(subnet.cidr_block).spans
    return Intervals.of((first + 4, last - 1)) if first + 4 < last else Intervals()
