"""Questions about where the subnets of jobs lead: to an internet gateway without a NAT, and whether all of a job's lead alike."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations
from operator import and_, or_

from sagevpc_lint.addresses import IPV4, PUBLIC_IPV4, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Evidence, Missing, Resource, all_of, any_of, known, shows, unknown
from sagevpc_lint.model.nouns import Job, Need, Route, RouteTable
from sagevpc_lint.network.bounds import ALL, NONE
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.names import led
from sagevpc_lint.network.prefix_lists import SERVICES, of_service, plain
from sagevpc_lint.network.reach import Reach, reach, sources, start
from sagevpc_lint.network.subnets import name_of
from sagevpc_lint.network.walk import Branch
from sagevpc_lint.traffic import TCP, Traffic

Way = tuple[Branch, ...]
_EXITS = {"nat": "to a NAT gateway", "igw": "to an internet gateway", "tgw": "to a transit gateway"}
_NOWHERE, _ELSEWHERE, _LOST = "nowhere", "elsewhere", "lost"
_ENDS = {"vpc-endpoint": "through an endpoint", "internet": "over the internet", "host": "as an address", "peer": "as an address"}
# What drops packets at an internet gateway does not make a subnet private, nor do groups and network ACLs.
_STILL_PUBLIC = frozenset({"SUBNET_ACL_RESTRICTION", "ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"})
# An internet gateway serves interfaces of its own VPC that have a public address (F3.2, F6.8): what leaves the VPC, to whatever may lie there, comes to none that would take it without a NAT (F6.11–F6.13).
_NEVER_PUBLIC = frozenset({"nat", "pcx", "tgw", "vgw", "lgw", "arn", "local"})
_SLASH_8 = 1 << 24  # addresses: no service has as many in a Region


def leads_to_internet_gateway(network: Network, subnet: str) -> Answer:
    """Does some public IPv4 destination that is not S3's lead to an internet gateway, without a NAT on the way?

    Names: route_table, gateway, destination
    """
    walk = network.walk(start(network, subnet, ()), Traffic.of(TCP, sources(network, subnet), PUBLIC_IPV4))
    return any_of([way for way in walk.ways() if way], lambda way: _is_public(network, subnet, way))


def _is_public(network: Network, subnet: str, way: Way) -> Answer:
    """Does a way surely take an address that is not S3's to an internet gateway?"""
    last = way[-1].step
    if last.end.kind not in ("internet", "unknown") or last.start.context.sender or _targets(network, way) & _NEVER_PUBLIC:
        return Answer(False)
    listed, missing = _listed(network, subnet, "s3")
    surely = reduce(and_, (branch.surely - _dropped(branch, with_doubts=True) for branch in way), ALL).destinations
    if last.end.kind == "internet" and surely - listed and (not missing or surely.size > _SLASH_8):
        return _public(network, way)
    perhaps = reduce(and_, (branch.packets - _dropped(branch, with_doubts=False) for branch in way), ALL).destinations
    return unknown(_doubts(way) or missing) if perhaps - listed else Answer(False)


def _listed(network: Network, subnet: str, service: str) -> tuple[Intervals, frozenset[Absence]]:
    """The addresses of a service in the subnet's Region, and what is missing to know all of them."""
    facts, vpc = network.facts, known(network.facts.subnet(subnet).vpc_id)
    region = facts.home_of_vpc(vpc).region
    if region is None:
        return Intervals(), frozenset({Absence("the Region", vpc, "world")})
    lists = facts.prefix_lists_of(service, region)
    try:
        found = [parse_cidr(block) for id in lists for block in known(facts.prefix_list_entries(id).cidrs) if ":" not in block]
        return Intervals.union(found), frozenset() if lists else facts.uncovered_prefix_lists()
    except Missing as error:
        return Intervals(), error.absences


def _dropped(branch: Branch, *, with_doubts: bool) -> Traffic:
    losses = [loss for loss in branch.losses if loss.check.code not in _STILL_PUBLIC]
    return reduce(or_, (loss.packets | loss.doubtful if with_doubts else loss.packets for loss in losses), NONE)


def _doubts(way: Way) -> frozenset[Absence]:
    losses = [loss.missing for branch in way for loss in branch.losses if loss.check.code not in _STILL_PUBLIC]
    return frozenset().union(*losses, *(branch.step.takes.missing for branch in way if branch.packets != branch.surely))


def _public(network: Network, way: Way) -> Answer:
    """Say which route of the subnet's table begins the way: it is what to change."""
    table, route = _route(network, way[0])
    evidence = dict.fromkeys(piece for branch in way for piece in branch.step.evidence)
    here = (Evidence(route.source, Resource(RouteTable.kind, table.id)),) if route else (shows(table),)
    gateways = tuple(piece.resource.id for piece in way[-1].step.evidence if piece.resource.kind == "internet-gateway")
    return Answer(True, (*here, *evidence), {"route_table": (table.id,), "gateway": gateways, "destination": (name_of(route),) if route else ()})


def _targets(network: Network, way: Way) -> frozenset[str]:
    """What the routes of a way lead to, as the beginnings of their ids tell, as far as the routes are known."""
    found: set[str] = set()
    for branch in way:
        try:
            route = _route(network, branch)[1] if branch.step.start.kind == "subnet" else None
            found |= {re.split("[-:]", known(route.target))[0]} if route else set()
        except Missing:
            continue
    return frozenset(found)


def _route(network: Network, branch: Branch) -> tuple[RouteTable, Route | None]:
    """The table of the subnet where a step starts, and the route of it that the step follows; raises `Missing`."""
    table = network.facts.route_table_of(branch.step.start.id)
    places = {piece.source for piece in branch.step.evidence}
    routes = [route for route in known(table.routes) if route.source in places]
    return table, routes[0] if routes else None


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a subnet meets one thing: *says* is printed after the subnet's id. *lacks*: not at all.

    *ends*: by kind of end, the destinations whose packets may end so. *is_all*: the job asks for all of these, not for some of them. *missing*: what would tell which packets end where.
    """

    says: str
    lacks: bool
    evidence: tuple[Evidence, ...]
    ends: Mapping[str, Intervals] = field(default_factory=dict)
    is_all: bool = True
    missing: frozenset[Absence] = frozenset()


def subnets_lead_alike(network: Network, job: Job, needs: tuple[Need, ...]) -> Answer:
    """Do all subnets of the job meet its needs alike, and do their default routes lead to the same kind of exit?

    Names: subnets, differences, subnet
    """
    config = known(job.vpc_config)
    if config is None:
        return Answer(True)
    subnets, groups = tuple(sorted(set(config.subnets))), tuple(sorted(set(config.security_group_ids)))
    here = Evidence(config.source.at("Subnets"), Resource(Job.kind, job.id))
    exits = _alike(here, subnets, "default route", lambda subnet: _exit(network, subnet), is_sure=True)
    return exits & all_of(needs, lambda need: _alike(here, subnets, need.id, lambda subnet: _met(network, subnet, groups, need), is_sure=need.established))


def _alike(here: Evidence, subnets: tuple[str, ...], what: str, ask: Callable[[str], _Manner | None], *, is_sure: bool) -> Answer:
    """Is the manner of all *subnets* the same that have one? Where one is not known, two others may still differ."""
    found: dict[str, _Manner] = {}
    missing: frozenset[Absence] = frozenset()
    for subnet in subnets if len(subnets) > 1 else ():
        try:
            manner = ask(subnet)
            found |= {subnet: manner} if manner else {}
        except Missing as error:
            missing |= error.absences
    alike = all_of(combinations(found.values(), 2), lambda pair: _are_alike(*pair))
    if alike.value is not False:
        return alike & (unknown(missing) if missing else Answer(True))
    if not is_sure:
        return unknown({Absence(f"whether the job needs {what}", here.resource.id, "world")})
    line = f"{what}: " + ", ".join(f"{subnet} {manner.says}" for subnet, manner in found.items())
    evidence = (here, *(piece for manner in found.values() for piece in manner.evidence))
    return Answer(False, tuple(dict.fromkeys(evidence)), {"subnets": subnets, "differences": (line,), "subnet": (_odd(found),)}, (line,))


def _are_alike(one: _Manner, other: _Manner) -> Answer:
    """Do two subnets surely meet a thing alike, or surely not? What a narrower deny or blackhole loses in one of them is compared with nothing.

    One address may have several places on the number line, of which only one is real: the two surely differ about it where they do at each.
    """
    if one.lacks or other.lacks:
        return Answer(one.lacks is other.lacks)
    every = Intervals.union([*one.ends.values(), *other.ends.values()])
    same = Intervals.union(one.ends[end] & other.ends[end] for end in one.ends.keys() & other.ends.keys() - {_LOST})
    differ = (_arriving(one) & _arriving(other)) - same
    surely = differ - Intervals.union(manner.ends[_LOST] for manner in (one, other) if _LOST in manner.ends)
    if plain(surely) - plain(every - surely) if one.is_all else surely and surely == every:
        return Answer(False)
    return unknown(one.missing | other.missing) if differ or _is_torn(one) or _is_torn(other) else Answer(True)


def _arriving(manner: _Manner) -> Intervals:
    return Intervals.union(destinations for end, destinations in manner.ends.items() if end != _LOST)


def _is_torn(manner: _Manner) -> bool:
    """May packets to one destination end in several ways?"""
    return sum(destinations.size for end, destinations in manner.ends.items() if end != _LOST) > _arriving(manner).size


def _odd(found: Mapping[str, _Manner]) -> str:
    """The subnet to change: one that leads nowhere, else one of the fewest that lead so."""
    hows = [manner.says for manner in found.values()]
    return min(found, key=lambda subnet: (not found[subnet].lacks, hows.count(found[subnet].says), subnet))


def _met(network: Network, subnet: str, groups: tuple[str, ...], need: Need) -> _Manner | None:
    if not sources(network, subnet):
        return None
    met = reach(network, subnet, groups, need)
    if met.answer.value is None:
        raise Missing(*met.answer.missing)
    if met.answer.value is False:
        return _Manner("does not reach it", True, met.answer.evidence[:1])
    ends: dict[str, Intervals] = {}
    for place, packets in (end for walk in met.walks for end in walk.ends()):
        kind = _ENDS.get(place.kind, _LOST)
        ends |= {kind: ends.get(kind, Intervals()) | packets.destinations} if packets else {}
    is_all = _is_all(need, ends)
    parts = [plain(ends[kind]) for kind in ends]
    is_told = is_all and sum(part.size for part in parts) == Intervals.union(parts).size
    says = (" and " if is_told else " or ").join(sorted(ends.keys() - {_LOST}))
    missing = frozenset[Absence]() if is_all and len(ends) == 1 else _doubts_of_ends(network, subnet, need, met, Intervals.union(ends.values()))
    return _Manner(says, False, (), ends, is_all, missing)


def _is_all(need: Need, ends: Mapping[str, Intervals]) -> bool:
    """Does the job ask for all these addresses? Of a service only the entries of its prefix list are known, if they are."""
    service, every = need.service or "s3", Intervals.union(ends.values())
    return need.what in ("internet", "address") or service in SERVICES and every <= of_service(IPV4, service) and every != of_service(PUBLIC_IPV4, service)


def _doubts_of_ends(network: Network, subnet: str, need: Need, met: Reach, every: Intervals) -> frozenset[Absence]:
    """What would tell where packets end that may end in several ways."""
    vpc = known(network.facts.subnet(subnet).vpc_id)
    choices = (branch.step.takes.missing for walk in met.walks for way in walk.ways() for branch in way if branch.packets - branch.surely)
    lists = (_listed(network, subnet, service)[1] for service in SERVICES if every & of_service(IPV4, service))
    names = led(network, vpc, need.service or "s3", need.region or network.facts.home_of_vpc(vpc).region).missing if need.what in ("s3", "service") else frozenset()
    return names.union(*choices, *lists) or frozenset({Absence(f"which public addresses {need.id} has", subnet, "world")})


def _exit(network: Network, subnet: str) -> _Manner | None:
    """Where the subnet's table sends most public addresses, however it cuts them; nowhere at all from a subnet too small for an interface."""
    if not sources(network, subnet):
        return None
    table = network.facts.route_table_of(subnet)
    exits: dict[str, tuple[int, int]] = {}
    missing: frozenset[Absence] = frozenset()
    for one in network.ground.taken(table):
        low, high = (one.certain & PUBLIC_IPV4).size, (one.possible & PUBLIC_IPV4).size
        if high:
            end = _kind(one.route)
            exits[end] = exits.get(end, (0, 0))[0] + low, exits.get(end, (0, 0))[1] + high
            missing |= one.missing
    first, *others = sorted(exits, key=lambda end: (*exits[end], end), reverse=True)
    if missing and exits[first][0] <= max((exits[end][1] for end in others), default=0):
        raise Missing(*missing)
    return _Manner(first, first == _NOWHERE, (shows(table),), {first: PUBLIC_IPV4})


def _kind(route: Route | None) -> str:
    if route is None or route.state == "blackhole":
        return _NOWHERE
    return _EXITS.get(known(route.target).partition("-")[0], _ELSEWHERE)
