"""The network interfaces of jobs and of others: the addresses that they may have, and what their groups let out and in."""

from typing import TYPE_CHECKING

from sagevpc_lint.addresses import IPV4, PUBLIC_IPV4, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Evidence, Found, Missing, Resource, known, shows
from sagevpc_lint.model.nouns import NetworkInterface, SecurityGroup, Subnet, VpcEndpoint
from sagevpc_lint.network.bounds import Among
from sagevpc_lint.network.groups import Bearers, admitted
from sagevpc_lint.network.places import Check, Context, Place, Step
from sagevpc_lint.network.prefix_lists import ANYWHERE

if TYPE_CHECKING:
    from sagevpc_lint.network.graph import Network

_NOBODY = Intervals()


def usable_addresses(subnet: Subnet) -> Intervals:
    """The addresses of a subnet that interfaces may have: all but the first four and the last (F2.4)."""
    if subnet.cidr_block == None:  # noqa: E711  # an unknown field must raise
        return Intervals()
    (first, last), = parse_cidr(subnet.cidr_block).spans
    return Intervals.of((first + 4, last - 1)) if first + 4 < last else Intervals()


def addresses_of(interface: NetworkInterface) -> Intervals:
    """The private IPv4 addresses of an interface."""
    return Intervals.union(parse_cidr(address) for address in interface.private_ips if ":" not in address)


def steps(network: "Network", place: Place) -> tuple[Step, ...]:
    """Let the packets of a job's interface out through its groups."""
    context = place.context
    check = egress(network, context.groups, _vpc_of(network, place.id), context.goal, Resource("group", ", ".join(context.groups)))
    return (Step(place, Place("subnet", place.id, context), checks=(check,), evidence=check.evidence[:1]),)


def egress(network: "Network", groups: tuple[str, ...], vpc: str | None, goal: str, component: Resource) -> Check:
    """What the groups of an interface let out."""
    return _check(network, groups, component, _bearers(network, vpc, goal), is_egress=True)


def ingress(network: "Network", groups: tuple[str, ...], context: Context, component: Resource) -> Check:
    """What the groups of an interface let in of packets that come with *context*."""
    return _check(network, groups, component, _senders(context), is_egress=False)


def _check(network: "Network", groups: tuple[str, ...], component: Resource, bearers: Bearers, *, is_egress: bool) -> Check:
    has_rules = _may_have_rules(network, groups, is_egress)
    code = "ENI_SG_RULES_MISMATCH" if has_rules else "SG_HAS_NO_RULES"
    direction, way = ("egress", "to") if is_egress else ("ingress", "of")
    names = ", ".join(groups)
    says = f"no {direction} rule of {names} admits {{packets}}" if has_rules else f"{names} {'have' if len(groups) > 1 else 'has'} no {direction} rule"
    passes = admitted(network.facts, groups, is_egress=is_egress, bearers=bearers)
    evidence = tuple(piece for group in groups for piece in _of_group(network, group, code))
    return Check(code, component, evidence, says, passes, looks_at="destinations" if is_egress else "sources")


def _may_have_rules(network: "Network", groups: tuple[str, ...], is_egress: bool) -> bool:
    """Is there a rule in this direction, or one whose direction is not known?"""
    found = [network.facts.rules_of(group).only(lambda rule: rule.is_egress == is_egress) for group in groups]
    return bool([each for each in found if each.items or each.missing])


def _of_group(network: "Network", group: str, code: str) -> tuple[Evidence, ...]:
    """The group where the documents show it, else its first rule."""
    if network.facts.has(SecurityGroup, group):
        return (shows(network.facts.group(group), code=code),)
    rules = network.facts.rules_of(group).items
    return (Evidence(rules[0].source, Resource(SecurityGroup.kind, group), code=code),) if rules else ()


def _vpc_of(network: "Network", subnet: str) -> str | None:
    try:
        return str(network.facts.subnet(subnet).vpc_id)
    except Missing:
        return None


def _senders(context: Context) -> Bearers:
    """A rule that refers to a group of the sender admits all that it sends; over a transit gateway only if that supports it (F4.10, F4.20)."""
    def senders(group: str, _: str | None) -> Among:
        if group not in context.groups:
            return Among.of(_NOBODY)
        if len(context.via) > 1:
            return Among(_NOBODY, ANYWHERE, frozenset({Absence("whether the transit gateway keeps references to security groups", context.via[0], "world")}))
        return Among.of(ANYWHERE)

    return senders


def _bearers(network: "Network", vpc: str | None, goal: str) -> Bearers:
    """The addresses that bear a group: those of the interfaces that are exported. *goal*: the endpoint that is meant, whose addresses bear its groups."""
    def bearers(group: str, peering: str | None) -> Among:
        if vpc is None:
            return Among(_NOBODY, ANYWHERE)
        found = _interfaces(network, vpc, group, peering)
        endpoints = network.facts.endpoints_of(vpc).only(lambda endpoint: endpoint.id == goal and group in endpoint.security_group_ids)
        meant = [endpoint_addresses(network, endpoint) for endpoint in endpoints.items]
        certain = Intervals.union([*map(addresses_of, found.items), *meant])
        return Among(certain, _private(network, vpc) if found.missing else certain, found.missing)

    return bearers


def _interfaces(network: "Network", vpc: str, group: str, peering: str | None) -> Found[NetworkInterface]:
    """The interfaces that bear a group, in *vpc*, or in a peered one: behind the *peering* connection that a rule names, else where the group is at home."""
    facts = network.facts
    try:
        if peering is None:
            home = known(facts.group(group).vpc_id) if facts.has(SecurityGroup, group) else vpc
            peers: Found[str] = facts.peers_of(vpc) if home != vpc else Found(())
        else:
            home, peers = vpc, Found(tuple(id for id in known(facts.peering(peering).vpcs) if id != vpc))
    except Missing as error:
        return Found((), error.absences)
    vpcs = [vpc, *peers.items] if peering else [vpc, *(peer for peer in peers.items if peer == home)]
    found = [facts.interfaces_of(each).only(lambda interface: group in interface.security_group_ids) for each in sorted(set(vpcs))]
    return Found(tuple(interface for each in found for interface in each.items), peers.missing.union(*(each.missing for each in found)))


def _private(network: "Network", vpc: str) -> Intervals:
    """The addresses that interfaces can have: a reference to a group never means a public address (F4.10)."""
    try:
        blocks = network.facts.vpc(vpc).cidr_blocks
        return Intervals.union([IPV4 - PUBLIC_IPV4, *map(parse_cidr, blocks)])
    except Missing:
        return ANYWHERE


def endpoint_addresses(network: "Network", endpoint: VpcEndpoint) -> Intervals:
    """The addresses of an interface endpoint: those of its interfaces where they are exported, else any of its subnets."""
    facts = network.facts
    shown = [id for id in endpoint.network_interface_ids if facts.has(NetworkInterface, id)]
    if shown and len(shown) == len(endpoint.network_interface_ids):
        return Intervals.union(addresses_of(facts.network_interface(id)) for id in shown)
    return Intervals.union(usable_addresses(facts.subnet(id)) for id in endpoint.subnet_ids)
