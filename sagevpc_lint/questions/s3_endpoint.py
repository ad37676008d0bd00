"""Questions about the way to S3: does the VPC have an endpoint for it, does the table lead to one, and do packets take one?"""

from dataclasses import replace
from functools import reduce
from operator import or_

from sagevpc_lint.addresses import PUBLIC_IPV4
from sagevpc_lint.answer import Absence, Answer, Evidence, Found, Missing, Resource, all_of, any_of, known, shows, unknown
from sagevpc_lint.model.kinds import absence
from sagevpc_lint.model.nouns import Job, Need, RouteTable, Vpc, VpcEndpoint
from sagevpc_lint.network.bounds import NONE
from sagevpc_lint.network.gateways import usable
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.hubs import may_lead_to_a_hub
from sagevpc_lint.network.names import PUBLIC, gateway_endpoints, interface_endpoints, led
from sagevpc_lint.network.prefix_lists import addresses_of, of_service
from sagevpc_lint.network.reach import reach
from sagevpc_lint.network.walk import Walk
from sagevpc_lint.questions.egress import reaches_need


def lies_in_vpc_region(network: Network, vpc: str, need: Need) -> Answer:
    """Does the needed bucket lie in the VPC's own Region? Only to such a one an endpoint of the VPC leads (F8.5). S3 without a bucket is that of the Region."""
    if need.region is None and need.missing:
        raise Missing(*need.missing)
    return Answer(need.region in (None, _region(network, vpc)))


def reaches_s3(network: Network, job: Job, subnet: str, need: Need) -> Answer:
    """Does the placement reach S3? As `reaches_need`, for rules that give a cause of their own."""
    return replace(reaches_need(network, job, subnet, need), names={}, because=())


def has_s3_endpoint(network: Network, vpc: str) -> Answer:
    """Does the VPC have an S3 endpoint of its own Region, of either type?

    Names: region
    """
    facts, region = network.facts, _region(network, vpc)
    answer = any_of((gateway_endpoints, interface_endpoints), lambda of_type: any_of(of_type(facts, vpc, "s3", region), lambda endpoint: Answer(True, (shows(endpoint),))))
    if answer.value is not False:
        return answer
    here = shows(facts.vpc(vpc)) if facts.has(Vpc, vpc) else Evidence(facts.subnets_of(vpc).items[0].source, Resource("vpc", vpc))
    shown = (Evidence(export.source, Resource("vpc", vpc), f"shows no S3 endpoint of {vpc}") for export in facts.covering("vpc-endpoints", facts.home_of_vpc(vpc), vpc))
    return Answer(False, (here, *shown), {"region": (region,)}, (f"{vpc} has no S3 endpoint",))


def has_usable_s3_gateway_endpoint(network: Network, vpc: str) -> Answer:
    """Does the VPC have an S3 gateway endpoint of its own Region whose state lets packets through?"""
    return any_of(_gateways(network, vpc), _is_usable)


def s3_name_leads_to_public_addresses(network: Network, vpc: str) -> Answer:
    """Does the usual name of S3 lead to its public addresses in the VPC, not to an interface endpoint?"""
    where = led(network, vpc, "s3", _region(network, vpc))
    return unknown(where.missing) if where.missing else Answer(where.places == (PUBLIC,))


def routes_to_s3_gateway_endpoint(network: Network, subnet: str, vpc: str) -> Answer:
    """Does the subnet's route table have a route to a usable S3 gateway endpoint?

    Names: route_table, endpoint
    """
    table, gateways = network.facts.route_table_of(subnet), _gateways(network, vpc)
    routed = any_of(gateways, lambda endpoint: _is_usable(endpoint) & _is_routed(table, endpoint))
    if routed.value is not False:
        return routed
    if missing := _contradiction(table, gateways):
        return unknown(missing)
    usable_ones = [endpoint for endpoint in gateways.items if usable(endpoint).is_all]
    names = {"route_table": (table.id,), "endpoint": tuple(endpoint.id for endpoint in usable_ones[:1])}
    lines = tuple(f"{table.id} has no route to {endpoint.id}" for endpoint in usable_ones)
    return Answer(False, (shows(table, code="NO_ROUTE_TO_DESTINATION"), *map(shows, usable_ones)), names, lines)


def takes_s3_endpoint(network: Network, job: Job, subnet: str, vpc: str, need: Need) -> Answer:
    """Do the placement's packets to S3 take an endpoint?

    Names: route_table, way, region
    """
    config = known(job.vpc_config)
    found = reach(network, subnet, config.security_group_ids if config else (), need)
    if not found.walks:
        return found.answer
    every, some = (over(found.walks, lambda walk: _takes_endpoint(network, vpc, walk)) for over in (all_of, any_of))
    if every.value:
        return every
    doubts = led(network, vpc, "s3", _region(network, vpc)).missing
    if doubts or some.value is not False:
        return unknown(doubts | every.missing | some.missing)
    table, gateways = network.facts.route_table_of(subnet), _gateways(network, vpc)
    if missing := _hub(network, subnet) | _contradiction(table, gateways):
        return unknown(missing)
    ways = tuple(dict.fromkeys(end for walk in found.walks for end in _stops(walk, subnet)))
    lines = (f"{table.id} sends packets to S3 to {', '.join(ways)}", *(f"{table.id} has no route to {endpoint.id}" for endpoint in gateways.items if _is_routed(table, endpoint).value is False))
    return Answer(False, (shows(table), *found.answer.evidence), {"route_table": (table.id,), "way": ways, "region": (_region(network, vpc),)}, lines)


def _region(network: Network, vpc: str) -> str:
    home = network.facts.home_of_vpc(vpc)
    if home.region is None:
        raise Missing(*network.facts.uncovered("vpc-endpoints", home, vpc))
    return home.region


def _gateways(network: Network, vpc: str) -> Found[VpcEndpoint]:
    return gateway_endpoints(network.facts, vpc, "s3", _region(network, vpc))


def _is_usable(endpoint: VpcEndpoint) -> Answer:
    bounds = usable(endpoint)
    return unknown(bounds.missing) if bounds.missing else Answer(bounds.is_all)


def _is_routed(table: RouteTable, endpoint: VpcEndpoint) -> Answer:
    return any_of(known(table.routes), lambda route: Answer(bool(route.target == endpoint.id)))


def _contradiction(table: RouteTable, gateways: Found[VpcEndpoint]) -> frozenset[Absence]:
    """An endpoint that names the table, which has no route to it: one of them was exported on another day (F8.7)."""
    told = any_of(gateways, lambda endpoint: Answer(bool(table.id in endpoint.route_table_ids), (shows(endpoint),)) & ~_is_routed(table, endpoint))
    if told.value is False:
        return frozenset()
    places = " and ".join(sorted({table.source.file, *(piece.source.file for piece in told.evidence)}))
    said = absence("route-tables", f"whether {table.id} has a route to {', '.join(piece.resource.id for piece in told.evidence)} is told differently in {places}; leave one of them out")
    return told.missing or frozenset({said})


def _takes_endpoint(network: Network, vpc: str, walk: Walk) -> Answer:
    """Do all packets of a walk end at an endpoint (yes), or some surely elsewhere (no)? Which packets S3 gets at all, its prefix list tells."""
    ends = tuple(walk.ends())
    inside, outside = (reduce(or_, (packets for place, packets in ends if (place.kind == "vpc-endpoint") is wanted), NONE) for wanted in (True, False))
    if not outside:
        return Answer(True)
    past = walk.packets - inside
    region = _region(network, vpc)
    if past == walk.packets or past and addresses_of(network.facts, "s3", region) != of_service(PUBLIC_IPV4, "s3"):
        return Answer(False)
    entries = any_of(network.facts.prefix_lists_of("s3", region), lambda id: Answer(not network.facts.prefix_list_entries(id)))
    doubts = frozenset().union(*(branch.step.takes.missing for way in walk.ways() for branch in way if branch.packets - branch.surely))
    return unknown(doubts | entries.missing or network.facts.uncovered_prefix_lists())


def _stops(walk: Walk, subnet: str) -> tuple[str, ...]:
    """Where the subnet's route table sends packets, but for endpoints."""
    stops = ((branch.step.start, branch.step.end) for way in walk.ways() for branch in way)
    return tuple(end.id for start, end in stops if (start.kind, start.id) == ("subnet", subnet) and end.kind != "vpc-endpoint")


def _hub(network: Network, subnet: str) -> frozenset[Absence]:
    hub = may_lead_to_a_hub(network, subnet, "s3")
    return frozenset() if hub.value is False else hub.missing or frozenset({Absence("whether the name of s3 leads to an endpoint beyond the VPC", subnet, "world")})
