"""What security groups admit: all their rules together, as an exact set of packets (F4.8)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sagevpc_lint.addresses import ADDRESSES, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Missing
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import SecurityGroupRule
from sagevpc_lint.traffic import EVERYTHING, Traffic, packets

_NONE = Intervals()


@dataclass(frozen=True, slots=True)
class Admitted:
    """The packets that groups admit in one direction: *certain* ⊆ what they admit ⊆ *possible*, which differ for want of *missing*."""

    certain: Traffic
    possible: Traffic
    missing: frozenset[Absence] = frozenset()


def admitted(facts: Facts, groups: Iterable[str], *, is_egress: bool, bearers: Mapping[str, Intervals]) -> Admitted:
    """Unite the rules of *groups* in one direction.

    *bearers*: the addresses of the interfaces that bear a group, by group; a reference to any other group admits nobody of interest (F4.10).
    The peer is the packets' source for ingress and their destination for egress.
    """
    certain: list[Traffic] = []
    possible: list[Traffic] = []
    missing: set[Absence] = set()
    for group in sorted(set(groups)):
        rules = facts.rules_of(group)
        missing |= rules.missing
        possible += [EVERYTHING] if rules.missing else []
        for rule in rules.items:
            low, high, lacking = _bounds(facts, rule, is_egress, bearers)
            certain.append(low)
            possible.append(high)
            missing |= lacking
    return Admitted(Traffic.union(certain), Traffic.union(possible), frozenset(missing))


def _bounds(facts: Facts, rule: SecurityGroupRule, is_egress: bool, bearers: Mapping[str, Intervals]) -> tuple[Traffic, Traffic, frozenset[Absence]]:
    """What one rule surely admits, what it may admit, and what is missing between the two."""
    nothing = Traffic()
    try:
        if rule.is_egress != is_egress:
            return nothing, nothing, frozenset()
        peers = _peers(facts, rule, bearers)
    except Missing as error:
        return nothing, _of_rule(rule, is_egress, ADDRESSES), error.absences
    try:
        exact = packets(rule.ip_protocol, rule.from_port, rule.to_port, *_ends(is_egress, peers))
        return exact, exact, frozenset()
    except Missing as error:
        return nothing, Traffic.of(sources=_ends(is_egress, peers)[0], destinations=_ends(is_egress, peers)[1]), error.absences


def _of_rule(rule: SecurityGroupRule, is_egress: bool, peers: Intervals) -> Traffic:
    try:
        return packets(rule.ip_protocol, rule.from_port, rule.to_port, *_ends(is_egress, peers))
    except Missing:
        return EVERYTHING


def _ends(is_egress: bool, peers: Intervals) -> tuple[Intervals, Intervals]:
    return (ADDRESSES, peers) if is_egress else (peers, ADDRESSES)


def _peers(facts: Facts, rule: SecurityGroupRule, bearers: Mapping[str, Intervals]) -> Intervals:
    if rule.cidr != None:  # noqa: E711  # an unknown field must raise, which `is not` would not
        return parse_cidr(rule.cidr)
    if rule.prefix_list_id != None:  # noqa: E711
        return Intervals.union(map(parse_cidr, facts.prefix_list_entries(rule.prefix_list_id).cidrs))
    return bearers.get(rule.referenced_group_id or "", _NONE)
