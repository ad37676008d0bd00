"""The network interfaces of jobs and of others: the addresses that they may have, and what their groups let out and in."""

from sagevpc_lint.addresses import IPV4, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Evidence, Found, Missing, Resource, known, shows
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import NetworkInterface, SecurityGroup, Subnet, VpcEndpoint
from sagevpc_lint.network.bounds import Among
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.groups import Bearers, admitted
from sagevpc_lint.network.places import Check, Context, Place, Step
from sagevpc_lint.network.prefix_lists import ANYWHERE

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


def steps(ground: Ground, place: Place) -> tuple[Step, ...]:
    """Let the packets of a job's interface out through its groups."""
    context = place.context
    check = egress(ground, context.groups, _vpc_of(ground, place.id), context.goal, Resource("group", ", ".join(context.groups)))
    return (Step(place, Place("subnet", place.id, context), given=(check,), evidence=check.evidence[:1]),)


def egress(ground: Ground, groups: tuple[str, ...], vpc: str | None, goal: str, component: Resource) -> Check:
    """What the groups of an interface let out."""
    return _check(ground, groups, component, _bearers(ground, vpc, goal), is_egress=True)


def ingress(ground: Ground, groups: tuple[str, ...], context: Context, component: Resource) -> Check:
    """What the groups of an interface let in of packets that come with *context*."""
    return _check(ground, groups, component, _senders(context), is_egress=False)


def _check(ground: Ground, groups: tuple[str, ...], component: Resource, bearers: Bearers, *, is_egress: bool) -> Check:
    has_rules = _may_have_rules(ground, groups, is_egress)
    code = "ENI_SG_RULES_MISMATCH" if has_rules else "SG_HAS_NO_RULES"
    direction, way = ("egress", "to") if is_egress else ("ingress", "of")
    names = ", ".join(groups)
    says = f"no {direction} rule of {names} admits {{packets}}" if has_rules else f"{names} {'have' if len(groups) > 1 else 'has'} no {direction} rule"
    passes = admitted(ground.facts, groups, is_egress=is_egress, bearers=bearers)
    evidence = tuple(piece for group in groups for piece in _of_group(ground, group, code))
    return Check(code, component, evidence, says, passes, looks_at="destinations" if is_egress else "sources")


def _may_have_rules(ground: Ground, groups: tuple[str, ...], is_egress: bool) -> bool:
    """Is there a rule in this direction, or one whose direction is not known?"""
    found = [ground.facts.rules_of(group).only(lambda rule: rule.is_egress == is_egress) for group in groups]
    return bool([each for each in found if each.items or each.missing])


def _of_group(ground: Ground, group: str, code: str) -> tuple[Evidence, ...]:
    """The group where the documents show it, else its first rule."""
    if ground.facts.has(SecurityGroup, group):
        return (shows(ground.facts.group(group), code=code),)
    rules = ground.facts.rules_of(group).items
    return (Evidence(rules[0].source, Resource(SecurityGroup.kind, group), code=code),) if rules else ()


def _vpc_of(ground: Ground, subnet: str) -> str | None:
    try:
        return str(ground.facts.subnet(subnet).vpc_id)
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


def _bearers(ground: Ground, vpc: str | None, goal: str) -> Bearers:
    """The addresses that bear a group: those of the interfaces that are exported. *goal*: the endpoint that is meant, if any, to whose addresses alone packets go: they bear its groups and no others."""
    def bearers(group: str, peering: str | None) -> Among:
        if vpc is None:
            return Among(_NOBODY, ANYWHERE)
        if ground.facts.has(VpcEndpoint, goal) and ground.facts.vpc_endpoint(goal).vpc_id == vpc:
            return Among.of(_addresses_that_bear(ground, ground.facts.vpc_endpoint(goal), group))
        vpcs = _vpcs(ground.facts, vpc, group, peering)
        found = [ground.facts.interfaces_of(each).only(lambda interface: group in interface.security_group_ids) for each in vpcs.items]
        certain = Intervals.union(addresses_of(interface) for each in found for interface in each.items)
        missing = vpcs.missing.union(*(each.missing for each in found))
        return Among(certain, certain | _blocks(ground.facts, vpcs, peering) if missing else certain, missing)

    return bearers


def _addresses_that_bear(ground: Ground, endpoint: VpcEndpoint, group: str) -> Intervals:
    """The addresses of an interface endpoint, if it bears a group; raises `Missing`."""
    if not known(endpoint.security_group_ids):  # every interface endpoint has one at least (F4.7)
        raise Missing(Absence("the security groups", endpoint.id, "form"))
    return endpoint_addresses(ground, endpoint) if group in endpoint.security_group_ids else _NOBODY


def _vpcs(facts: Facts, vpc: str, group: str, peering: str | None) -> Found[str]:
    """The VPCs whose interfaces a reference to a group means: *vpc*, and a peered one: behind the *peering* connection that a rule names, else where the group is at home (F4.10)."""
    try:
        if peering is None:
            home = known(facts.group(group).vpc_id) if facts.has(SecurityGroup, group) else vpc
            peers = facts.peers_of(vpc).only(lambda peer: peer == home) if home != vpc else Found(())
        else:
            connection = facts.peering(peering)
            peers = Found(tuple(id for id in known(connection.vpcs) if id != vpc and connection.status == "active"))
    except Missing as error:
        return Found((vpc,), error.absences)
    return Found(tuple(sorted({vpc, *peers.items})), peers.missing)


def _blocks(facts: Facts, vpcs: Found[str], peering: str | None) -> Intervals:
    """The addresses that interfaces in these VPCs can have; any where not all of the VPCs, or of their blocks, are known."""
    try:
        connected = known(facts.peering(peering).vpcs) if peering else {}
        blocks = [known(connected[vpc]) if vpc in connected else known(facts.vpc(vpc).cidr_blocks) for vpc in vpcs.items]
        return IPV4 if vpcs.missing else Intervals.union(parse_cidr(block) for each in blocks for block in each if ":" not in block)
    except Missing:
        return IPV4


def endpoint_addresses(ground: Ground, endpoint: VpcEndpoint) -> Intervals:
    """The addresses of an interface endpoint: those of its interfaces where they are exported, else any of its subnets."""
    facts = ground.facts
    shown = [id for id in endpoint.network_interface_ids if facts.has(NetworkInterface, id)]
    if shown and len(shown) == len(endpoint.network_interface_ids):
        return Intervals.union(addresses_of(facts.network_interface(id)) for id in shown)
    return Intervals.union(usable_addresses(facts.subnet(id)) for id in endpoint.subnet_ids)
