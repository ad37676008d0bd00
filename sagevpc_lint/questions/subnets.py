"""Questions about where the subnets of jobs lead: to an internet gateway without a NAT, and whether all of a job's lead alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_

from sagevpc_lint.addresses import PUBLIC_IPV4, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Evidence, Missing, Resource, all_of, any_of, known, shows, unknown
from sagevpc_lint.model.nouns import Job, Need, Route, RouteTable
from sagevpc_lint.network.bounds import ALL, NONE
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.places import Context, Place
from sagevpc_lint.network.reach import reach, sources
from sagevpc_lint.network.subnets import name_of
from sagevpc_lint.network.walk import ARRIVED, Branch
from sagevpc_lint.traffic import TCP, Traffic

Way = tuple[Branch, ...]
_EXITS = {"nat": "to a NAT gateway", "igw": "to an internet gateway", "tgw": "to a transit gateway"}
_NOWHERE, _ELSEWHERE = "nowhere", "elsewhere"
_ENDS = {"vpc-endpoint": "through an endpoint", "internet": "over the internet", "host": "as an address", "peer": "as an address"}
# What drops packets at an internet gateway does not make a subnet private, nor do groups and network ACLs.
_STILL_PUBLIC = frozenset({"SUBNET_ACL_RESTRICTION", "ENI_SG_RULES_MISMATCH", "SG_HAS_NO_RULES", "IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS", "VPC_BLOCK_PUBLIC_ACCESS_ENABLED"})
_NEVER_PUBLIC = ("nat", "pcx", "vgw", "lgw", "local")
_SLASH_8 = 1 << 24  # addresses: no service has as many in a Region


def leads_to_internet_gateway(network: Network, subnet: str) -> Answer:
    """Does some public IPv4 destination that is not S3's lead to an internet gateway, without a NAT on the way?

    Names: route_table, gateway, destination
    """
    walk = network.walk(Place("subnet", subnet, Context()), Traffic.of(TCP, sources(network, subnet), PUBLIC_IPV4))
    return any_of([way for way in walk.ways() if way], lambda way: _is_public(network, subnet, way))


def _is_public(network: Network, subnet: str, way: Way) -> Answer:
    """Does a way surely take an address that is not S3's to an internet gateway?"""
    last = way[-1].step
    if last.end.kind not in ("internet", "unknown") or last.start.context.sender or _target(network, subnet, way) in _NEVER_PUBLIC:
        return Answer(False)
    listed, missing = _of_s3(network, subnet)
    surely = reduce(and_, (branch.surely - _dropped(branch, with_doubts=True) for branch in way), ALL).destinations
    if last.end.kind == "internet" and surely - listed and (not missing or surely.size > _SLASH_8):
        return _public(network, subnet, way)
    perhaps = reduce(and_, (branch.packets - _dropped(branch, with_doubts=False) for branch in way), ALL).destinations
    return unknown(_doubts(way) or missing) if perhaps - listed else Answer(False)


def _of_s3(network: Network, subnet: str) -> tuple[Intervals, frozenset[Absence]]:
    """The addresses of S3 in the subnet's Region, and what is missing to know all of them."""
    facts, vpc = network.facts, known(network.facts.subnet(subnet).vpc_id)
    region = facts.home_of_vpc(vpc).region
    if region is None:
        return Intervals(), frozenset({Absence("the Region", vpc, "world")})
    lists = facts.prefix_lists_of("s3", region)
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


def _public(network: Network, subnet: str, way: Way) -> Answer:
    """Say which route of the subnet's table begins the way: it is what to change."""
    table, route = _first(network, subnet, way)
    evidence = dict.fromkeys(piece for branch in way for piece in branch.step.evidence)
    here = (Evidence(route.source, Resource(RouteTable.kind, table.id)),) if route else (shows(table),)
    gateways = tuple(piece.resource.id for piece in way[-1].step.evidence if piece.resource.kind == "internet-gateway")
    return Answer(True, (*here, *evidence), {"route_table": (table.id,), "gateway": gateways, "destination": (name_of(route),) if route else ()})


def _target(network: Network, subnet: str, way: Way) -> str:
    """What the first route of a way leads to, as the beginning of its id tells; empty where the routes are not known."""
    try:
        route = _first(network, subnet, way)[1]
    except Missing:
        return ""
    return known(route.target).partition("-")[0] if route else ""


def _first(network: Network, subnet: str, way: Way) -> tuple[RouteTable, Route | None]:
    table = network.facts.route_table_of(subnet)
    places = {piece.source for piece in way[0].step.evidence}
    routes = [route for route in known(table.routes) if route.source in places]
    return table, routes[0] if routes else None


@dataclass(frozen=True, slots=True)
class _Manner:
    """How a subnet meets one thing: *how* is compared, *says* is printed after the subnet's id. *lacks*: not at all."""

    how: object
    says: str
    lacks: bool
    evidence: tuple[Evidence, ...] = ()


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
    if len({manner.how for manner in found.values()}) < 2:
        return unknown(missing) if missing else Answer(True)
    if not is_sure:
        return unknown({Absence(f"whether the job needs {what}", here.resource.id, "world")})
    line = f"{what}: " + ", ".join(f"{subnet} {manner.says}" for subnet, manner in found.items())
    evidence = (here, *(piece for manner in found.values() for piece in manner.evidence))
    return Answer(False, tuple(dict.fromkeys(evidence)), {"subnets": subnets, "differences": (line,), "subnet": (_odd(found),)}, (line,))


def _odd(found: Mapping[str, _Manner]) -> str:
    """The subnet to change: one that leads nowhere, else one of the fewest that lead so."""
    hows = [manner.how for manner in found.values()]
    return min(found, key=lambda subnet: (not found[subnet].lacks, hows.count(found[subnet].how), subnet))


def _met(network: Network, subnet: str, groups: tuple[str, ...], need: Need) -> _Manner | None:
    if not sources(network, subnet):
        return None
    met = reach(network, subnet, groups, need)
    if met.answer.value is None:
        raise Missing(*met.answer.missing)
    if met.answer.value is False:
        return _Manner(None, "does not reach it", True, met.answer.evidence[:1])
    ends = sorted({_ENDS[kind] for kind, _ in met.ends if kind in ARRIVED})
    return _Manner(tuple(ends), " and ".join(ends), False)


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
    return _Manner(first, first, first == _NOWHERE, (shows(table),))


def _kind(route: Route | None) -> str:
    if route is None or route.state == "blackhole":
        return _NOWHERE
    return _EXITS.get(known(route.target).partition("-")[0], _ELSEWHERE)
