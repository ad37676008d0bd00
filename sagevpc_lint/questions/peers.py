"""Questions about the groups of a job, and about what its instances may say to each other."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from sagevpc_lint.addresses import IPV4, PUBLIC_IPV4, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Evidence, Missing, Resource, all_of, known, shows, unknown
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, NetworkAcl, SecurityGroup, Subnet
from sagevpc_lint.network.bounds import Bounds
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.groups import admitted, bearing
from sagevpc_lint.network.interfaces import usable_addresses
from sagevpc_lint.network.reach import blamed, sentence, sources, start
from sagevpc_lint.network.remedies import ENTRY, lacking_entry
from sagevpc_lint.traffic import ESP, PORTS, TCP, UDP, Traffic

Direction = Literal["ingress", "egress"]
_PORTS = Intervals.of((1, 65535))  # nobody listens on port 0
_UNPRIVILEGED = Intervals.of((1024, 65535))
_IKE = Intervals.of((500, 500))


def admits_some_tcp_from_peers(facts: Facts, job: Job, *, direction: Direction) -> Answer:
    """Do the job's groups admit any TCP between its instances, in this direction?

    Names: groups, group
    """
    if not _groups(job):
        return Answer(True)
    members, admits = _between_instances(facts, job, direction)
    tcp = Traffic.of(protocols=TCP, ports=_PORTS)
    if not members.possible or admits.certain & members.certain & tcp or IPV4 <= _peers(admits.certain & tcp, direction):
        return Answer(True)
    if admits.possible & members.possible & tcp:
        return unknown(admits.missing | members.missing)
    return _refused(facts, job, direction, "TCP")


def admits_all_tcp_from_peers(facts: Facts, job: Job) -> Answer:
    """Do the job's groups admit all TCP between its instances, both ways?

    Names: groups, group, direction
    """
    answer = _covers(facts, job, "ingress", TCP, _PORTS, "TCP") & _covers(facts, job, "egress", TCP, _PORTS, "TCP")
    return replace(answer, names={role: ids[:1] if role == "direction" else ids for role, ids in answer.names.items()})


def admits_encrypted_traffic_from_peers(facts: Facts, job: Job) -> Answer:
    """Do the job's groups admit UDP 500 and ESP between its instances, both ways?

    Names: groups, group
    """
    return (
        _covers(facts, job, "ingress", UDP, _IKE, "UDP 500") & _covers(facts, job, "ingress", ESP, PORTS, "ESP (protocol 50)")
        & _covers(facts, job, "egress", UDP, _IKE, "UDP 500") & _covers(facts, job, "egress", ESP, PORTS, "ESP (protocol 50)")
    )


def acls_let_peers_through(network: Network, job: Job) -> Answer:
    """Do network ACLs let TCP to ports from 1024 on pass between the job's subnets, and the answers?

    What only a narrower deny takes does not count.

    Names: acls, subnets, acl, direction, ports, cidr
    """
    config = known(job.vpc_config)
    subnets = sorted(set(config.subnets)) if config else []
    answer = all_of([(one, other) for one in subnets for other in subnets if one != other], lambda pair: _lets_through(network, *pair))
    return replace(answer, names={role: ids[:1] if role in ENTRY else ids for role, ids in answer.names.items()})  # the entry that the first pair lacks


def _lets_through(network: Network, one: str, other: str) -> Answer:
    """What the ACLs drop counts, but for what entries deny that leave other addresses or ports open between the two."""
    wanted = Traffic.of(TCP, sources(network, one), sources(network, other), _UNPRIVILEGED)
    walk = network.walk(start(network, one, (), "peers"), wanted)
    gone = wanted - walk.arrives.possible
    losses = [loss for loss in walk.losses() if loss.component.kind == NetworkAcl.kind]
    is_closed = wanted == gone & Traffic.union(loss.packets - loss.spared for loss in losses)
    counted = [loss for loss in losses if gone & (loss.packets - (loss.spared if is_closed else loss.narrow))]
    if counted:
        names = {"acls": tuple(loss.component.id for loss in counted), "subnets": (one, other), **lacking_entry(counted[0])}
        return Answer(False, tuple(piece for loss in counted for piece in blamed(loss)), names, tuple(map(sentence, counted)))
    doubts = frozenset().union(*(loss.missing for loss in walk.losses() if loss.doubtful))
    return unknown(doubts) if doubts else Answer(True)


def admits_everyone(facts: Facts, group: str) -> Answer:
    """Does the group admit TCP or UDP from all public IPv4 addresses on at least one port?

    Names: ports
    """
    admits = admitted(facts, [group], is_egress=False, bearers=bearing({}))
    certain, possible = _open_ports(admits.certain), _open_ports(admits.possible)
    if not Intervals.union(certain.values()):
        return unknown(admits.missing) if Intervals.union(possible.values()) else Answer(False)
    ports = tuple(f"{protocol} {_span(*span)}" for protocol, found in certain.items() for span in found.spans)
    rules = facts.rules_of(group).only(lambda rule: not rule.is_egress and rule.cidr is not None and bool(parse_cidr(rule.cidr) & PUBLIC_IPV4))
    line = f"{group} admits {', '.join(ports)} from all public addresses"
    return Answer(True, (*_of_group(facts, group, ""), *(shows(rule, f"admits {rule.cidr}") for rule in rules.items)), {"ports": ports}, (line,))


def _open_ports(traffic: Traffic) -> dict[str, Intervals]:
    """The ports on which a set of packets holds all public sources, by protocol."""
    return {
        name: PORTS - (Traffic.of(protocols=protocol, sources=PUBLIC_IPV4) - traffic).ports
        for name, protocol in (("TCP", TCP), ("UDP", UDP))
    }


def _span(first: int, last: int) -> str:
    if first <= 1 and last == 65535:
        return "all ports"
    return str(first) if first == last else f"{first}-{last}"


def _between_instances(facts: Facts, job: Job, direction: Direction) -> tuple[Bounds, Bounds]:
    """The packets that the job's instances may send each other, and what its groups admit, both as bounds.

    Every instance bears all groups of the job (F4.9), so a reference to any of them admits every instance, wherever it lies.
    """
    config = known(job.vpc_config)
    groups = _groups(job)
    members = _members(facts, config.subnets if config else (), direction)
    return members, admitted(facts, groups, is_egress=direction == "egress", bearers=bearing(dict.fromkeys(groups, IPV4)))


def _members(facts: Facts, subnets: Iterable[str], direction: Direction) -> Bounds:
    """All packets from, or to, the addresses of *subnets*; a subnet that is not known may have any address."""
    certain: list[Intervals] = []
    missing: set[Absence] = set()
    for id in sorted(set(subnets)):
        try:
            certain.append(usable_addresses(facts.subnet(id)))
        except Missing as error:
            missing |= error.absences
    addresses = Intervals.union(certain)
    return Bounds(_toward(direction, addresses), _toward(direction, IPV4 if missing else addresses), frozenset(missing))


def _groups(job: Job) -> tuple[str, ...]:
    """The job's groups; where there are none, another rule tells it, and nothing can be said of what they admit."""
    config = known(job.vpc_config)
    return tuple(sorted(set(config.security_group_ids))) if config else ()


def _peers(traffic: Traffic, direction: Direction) -> Intervals:
    return traffic.sources if direction == "ingress" else traffic.destinations


def _toward(direction: Direction, peers: Intervals) -> Traffic:
    return Traffic.of(sources=peers) if direction == "ingress" else Traffic.of(destinations=peers)


def _covers(facts: Facts, job: Job, direction: Direction, protocol: Intervals, ports: Intervals, what: str) -> Answer:
    """Is all that the instances may send each other of this protocol and these ports admitted?"""
    if not _groups(job):
        return Answer(True)
    members, admits = _between_instances(facts, job, direction)
    wanted = Traffic.of(protocols=protocol, ports=ports)
    if members.possible & wanted <= admits.certain:
        return Answer(True)
    if members.certain & wanted <= admits.possible:
        return unknown(admits.missing | members.missing)
    lost = (members.certain & wanted) - admits.possible
    return _refused(facts, job, direction, what, lost)


def _refused(facts: Facts, job: Job, direction: Direction, what: str, lost: Traffic | None = None) -> Answer:
    """Say for each group why it does not help; the first one is the resource to change."""
    groups = _groups(job)
    has_rules = {group: _may_have_rules(facts, group, direction) for group in groups}
    evidence = tuple(
        piece for group in groups
        for piece in _of_group(facts, group, "ENI_SG_RULES_MISMATCH" if True in has_rules.values() else "SG_HAS_NO_RULES")
    )
    told = _lost(facts, job, what, direction, lost)
    lines = tuple(f"no {direction} rule of {group} admits {told}" if has_rules[group] else f"{group} has no {direction} rule" for group in groups)
    return Answer(False, evidence, {"groups": groups, "group": groups[:1], "direction": (direction,)}, lines)


def _may_have_rules(facts: Facts, group: str, direction: Direction) -> bool:
    """Is there a rule in this direction, or one whose direction is not known?"""
    rules = facts.rules_of(group).only(lambda rule: rule.is_egress == (direction == "egress"))
    return bool(rules.items or rules.missing)


def _lost(facts: Facts, job: Job, what: str, direction: Direction, lost: Traffic | None) -> str:
    """Name what is not admitted: the ports, and the subnets from or to which some of it is lost."""
    side = "from" if direction == "ingress" else "to"
    if lost is None:
        return f"{what} {side} the job's instances"
    addresses = lost.sources if direction == "ingress" else lost.destinations
    subnets = [facts.subnet(id) for id in sorted(set(job.vpc_config.subnets)) if facts.has(Subnet, id)]  # type: ignore[union-attr]
    places = [_part(subnet, addresses) for subnet in subnets if usable_addresses(subnet) & addresses]
    ports = ", ".join(_span(*span) for span in lost.ports.spans) if what == "TCP" else ""
    return f"{what} {ports} {side} {', '.join(places)}".replace("  ", " ")


def _part(subnet: Subnet, addresses: Intervals) -> str:
    name = f"{subnet.id} ({subnet.cidr_block})"
    return name if usable_addresses(subnet) <= addresses else f"parts of {name}"


def _of_group(facts: Facts, group: str, code: str) -> tuple[Evidence, ...]:
    """The group where the documents show it, else its first rule."""
    if facts.has(SecurityGroup, group):
        return (shows(facts.group(group), code=code),)
    rules = facts.rules_of(group).items
    return (Evidence(rules[0].source, Resource(SecurityGroup.kind, group), code=code),) if rules else ()
