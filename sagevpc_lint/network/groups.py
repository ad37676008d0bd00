"""What security groups admit: all their rules together, as an exact set of packets (F4.8)."""

from collections.abc import Callable, Iterable, Mapping

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Absence, Missing, known
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import SecurityGroupRule
from sagevpc_lint.network.bounds import ALL, NONE, Among, Bounds
from sagevpc_lint.network.prefix_lists import ANYWHERE, entries, of_cidr
from sagevpc_lint.traffic import Traffic, packets


Bearers = Callable[[str, str | None], Among]
"""Tells which addresses the interfaces have that bear a group, here or behind a peering connection: a reference to it admits these (F4.10)."""


def bearing(addresses: Mapping[str, Intervals]) -> Bearers:
    """Make bearers of exactly these addresses by group; any other group has none of interest."""
    return lambda group, _: Among.of(addresses.get(group, Intervals()))


def admitted(facts: Facts, groups: Iterable[str], *, is_egress: bool, bearers: Bearers) -> Bounds:
    """Unite the rules of *groups* in one direction.

    The peer is the packets' source for ingress and their destination for egress.
    """
    certain, possible = [NONE], [NONE]
    missing: set[Absence] = set()
    for group in sorted(set(groups)):
        rules = facts.rules_of(group)
        missing |= rules.missing
        possible += [ALL] if rules.missing else []
        for rule in rules.items:
            bounds = _bounds(facts, rule, is_egress, bearers)
            certain.append(bounds.certain)
            possible.append(bounds.possible)
            missing |= bounds.missing
    return Bounds(Traffic.union(certain), Traffic.union(possible), frozenset(missing))


def _bounds(facts: Facts, rule: SecurityGroupRule, is_egress: bool, bearers: Bearers) -> Bounds:
    """What one rule admits."""
    try:
        if rule.is_egress != is_egress:
            return Bounds.of(NONE)
        peers = _peers(facts, rule, bearers)
    except Missing as error:
        return Bounds(NONE, _of_rule(rule, is_egress, ANYWHERE), error.absences)
    try:
        certain, possible = (packets(rule.ip_protocol, rule.from_port, rule.to_port, *_ends(is_egress, each)) for each in (peers.certain, peers.possible))
        return Bounds(certain, possible, peers.missing)
    except Missing as error:
        sources, destinations = _ends(is_egress, peers.possible)
        return Bounds(NONE, Traffic.of(sources=sources, destinations=destinations), error.absences | peers.missing)


def _of_rule(rule: SecurityGroupRule, is_egress: bool, peers: Intervals) -> Traffic:
    try:
        return packets(rule.ip_protocol, rule.from_port, rule.to_port, *_ends(is_egress, peers))
    except Missing:
        return ALL


def _ends(is_egress: bool, peers: Intervals) -> tuple[Intervals, Intervals]:
    return (ANYWHERE, peers) if is_egress else (peers, ANYWHERE)


def _peers(facts: Facts, rule: SecurityGroupRule, bearers: Bearers) -> Among:
    if rule.cidr != None:  # noqa: E711  # an unknown field must raise, which `is not` would not
        addresses = of_cidr(rule.cidr)
        return Among.of(addresses)
    if rule.prefix_list_id != None:  # noqa: E711
        found = entries(facts, rule.prefix_list_id)
        missing = frozenset().union(*(entry.missing for entry in found if entry.certain != entry.possible))
        return Among(Intervals.union(entry.certain for entry in found), Intervals.union(entry.possible for entry in found), missing)
    if rule.referenced_group_id == None or rule.peering_status not in (None, "active"):  # noqa: E711  # a rule whose peering is gone is stale (F4.16)
        return Among.of(Intervals())
    return bearers(rule.referenced_group_id, known(rule.referenced_peering_id))
