"""Questions about what a job needs: is it reached, through which endpoint, and what stands in the way?"""

from collections.abc import Mapping
from dataclasses import replace

from sagevpc_lint.addresses import Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Evidence, Found, Missing, Resource, all_of, any_of, asked, known, shows, unknown
from sagevpc_lint.model.nouns import EndpointService, InternetGateway, Job, Need, RouteTable, SecurityGroup, TransitGatewayVpcAttachment, Vpc, VpcEndpoint
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.hubs import may_lead_to_a_hub
from sagevpc_lint.network.names import PUBLIC, gateway_endpoints, interface_endpoints, led
from sagevpc_lint.network.prefix_lists import SERVICES
from sagevpc_lint.network.reach import HTTPS, Reach, doubts, reach, tolerated
from sagevpc_lint.network.remedies import block, lacking_entry
from sagevpc_lint.network.walk import Loss, Walk

_WITHOUT_REGION = frozenset({"cloudfront", "iam", "route53"})  # their endpoints are called `com.amazonaws.iam` (F8.15, F8.15a)
_CONTROL_PLANE = "us-east-1"  # where these are offered (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam_vpc_endpoint_create.html)
_GLOBAL_STS = frozenset({  # where SDKs call sts.amazonaws.com if they are not told otherwise: botocore's list of 2019, to which no Region was added
    "ap-northeast-1", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1", "eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3",
    "sa-east-1", "us-east-1", "us-east-2", "us-west-1", "us-west-2",
})
_ANYWHERE = "0.0.0.0/0"
_SOME_TABLE = ("ROUTE_TABLE",)  # as people write what a command needs
_FLAGS = {"tgw": "transit-gateway-id", "pcx": "vpc-peering-connection-id", "vpce": "vpc-endpoint-id"}

# Needs


def reaches_need(network: Network, job: Job, subnet: str, need: Need) -> Answer:
    """Does a job's interface in the subnet reach what the job needs?

    A no is unknown where the job may ask a service through its proxy, and where a name may lead to an endpoint of a hub.

    Names: blocker, endpoint, code, route_table, vpc, groups, group, destination, port, first, table, call, by, hop, attachment, acl, direction, ports, cidr
    """
    found = _reach(network, job, subnet, need)
    doubts = _doubts_of_a_no(network, job, subnet, need, found) if found.answer.value is False else frozenset()
    return unknown(doubts) if doubts else replace(found.answer, names={**found.answer.names, **_names(network, job, subnet, need, found)})


def only_own_groups_block(network: Network, job: Job, subnet: str, need: Need) -> Answer:
    """Is the need not reached, and is that for no other reason than the egress of the job's own groups?

    Names: blocker, endpoint, code, vpc, groups, group, destination, port
    """
    found, answer = _reach(network, job, subnet, need), reaches_need(network, job, subnet, need)
    if found.answer.value is None and _groups_let_all_out(found):
        return Answer(False)
    if answer.value is not False:
        return ~answer
    behind = all_of(found.walks, lambda walk: _arrives_behind_groups(walk, need))
    return replace(~answer, names=_of_every_subnet(answer.names)) if behind.value else behind


def _reach(network: Network, job: Job, subnet: str, need: Need) -> Reach:
    return reach(network, subnet, _groups(job), need)


def _groups(job: Job) -> tuple[str, ...]:
    config = known(job.vpc_config)
    return tuple(sorted(set(config.security_group_ids))) if config else ()


def _names(network: Network, job: Job, subnet: str, need: Need, found: Reach) -> dict[str, tuple[str, ...]]:
    """The ids that a finding about a need may speak of, and what a group would have to let out."""
    vpc, groups = known(network.facts.subnet(subnet).vpc_id), _groups(job)
    table = asked(lambda: Answer(True, names={"route_table": (network.facts.route_table_of(subnet).id,)}))
    port = ("0-65535" if need.port is None and need.what == "address" else str(need.port or HTTPS),)
    destination = need.cidr or _meant(network, vpc, found)
    told = {**table.names, "vpc": (vpc,), "groups": groups, "group": groups[:1], "destination": (destination,), "port": port}
    return told | _to_begin_with(network, found, vpc, table.names.get("route_table", ()), destination) if found.losses else told


def _to_begin_with(network: Network, found: Reach, vpc: str, table: tuple[str, ...], destination: str) -> dict[str, tuple[str, ...]]:
    """What to change first, and the words of the commands for it: a route where a table has none, a wrong one or one to an internet gateway, an entry where a network ACL loses packets."""
    first = found.losses[0]
    destination = _home(network, vpc, first.lacking.destinations) if first.of_answers and first.component.kind == RouteTable.kind else destination
    tables = {RouteTable.kind: (first.component.id,), InternetGateway.kind: table}.get(first.component.kind, ())
    routes = Found(tuple(route for id in tables for route in network.facts.route_table(id).routes))
    is_routed = routes.only(lambda route: bool(route.cidr == destination)).items
    told = {"first": (first.component.id,), "table": tables or _SOME_TABLE, "call": ("replace-route" if is_routed else "create-route",), "destination": (destination,)}
    return told | _by_way_of(found, first) | {"attachment": (first.component.id,) if first.component.kind == TransitGatewayVpcAttachment.kind else ("ATTACHMENT",)} | dict(lacking_entry(first))


def _home(network: Network, vpc: str, addresses: Intervals) -> str:
    """The block of the VPC that answers are for."""
    try:
        return [each for each in network.facts.vpc(vpc).cidr_blocks if addresses <= parse_cidr(each)][0]
    except (Missing, IndexError):
        return block(addresses)


def _by_way_of(found: Reach, first: Loss) -> dict[str, tuple[str, ...]]:
    """Which target a route needs: a NAT gateway, or where answers are not led back, what the packets came by."""
    branches = [branch for walk in found.walks for way in walk.ways() for branch in way if first.of_answers and first.check in branch.step.checks]
    flags = [(_FLAGS[target.partition("-")[0]], target) for branch in branches for target in branch.step.start.context.back[:1] if target.partition("-")[0] in _FLAGS]
    by, hop = flags[0] if flags else ("nat-gateway-id", "NAT_GATEWAY")
    return {"by": (by,), "hop": (hop,)}


def _of_every_subnet(names: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The names of a cause that is the same whichever table a subnet has, so that it is one finding."""
    return {**{role: ids for role, ids in names.items() if role != "route_table"}, "table": _SOME_TABLE, "call": ("create-route",)}


def _meant(network: Network, vpc: str, found: Reach) -> str:
    """The addresses of an interface endpoint are in the VPC; others may be anywhere."""
    try:
        return network.facts.vpc(vpc).cidr_blocks[0] if _goals(found) else _ANYWHERE
    except Missing:
        return _ANYWHERE


def _goals(found: Reach) -> tuple[str, ...]:
    """The interface endpoints to which a name surely leads; none if it may lead to public addresses."""
    goals = tuple(dict.fromkeys(walk.place.context.goal for walk in found.walks))
    return () if "" in goals else goals


def _doubts_of_a_no(network: Network, job: Job, subnet: str, need: Need, found: Reach) -> frozenset[Absence]:
    doubts: set[Absence] = set()
    if need.what == "service" and {name for name in known(job.environment) if name.upper() == "HTTPS_PROXY"}:
        doubts.add(Absence(f"whether the job asks {need.id} through the proxy of its environment", job.id, "world"))
    if need.what in ("s3", "service") and not _goals(found):
        doubts |= _doubts_of_the_name(network, subnet, need.service or "s3")
    return frozenset(doubts)


def _doubts_of_the_name(network: Network, subnet: str, service: str) -> frozenset[Absence]:
    """What is missing to know that the name of a service leads to no endpoint of a hub (F8.18)."""
    hub = asked(may_lead_to_a_hub, network, subnet, service)
    return hub.missing if hub.value is not True else frozenset({Absence(f"whether the name of {service} leads to an endpoint beyond the VPC", subnet, "world")})


def _groups_let_all_out(found: Reach) -> bool:
    """Do the job's groups surely lose nothing, wherever the name leads?"""
    losses = [loss for walk in found.walks for branch in walk.branches for loss in branch.losses if loss.component.kind == SecurityGroup.kind]
    return bool(found.walks) and not losses


def _arrives_behind_groups(walk: Walk, need: Need) -> Answer:
    """Would packets arrive if the job's groups let them out? On the way to a name's or the internet's public addresses what a narrower deny loses does not count."""
    if walk.place.kind != "interface":
        return Answer(False)
    onward = walk.branches[0].onward
    is_lenient = need.what in ("internet", "service") and not (need.cidr or walk.place.context.goal or need.service in SERVICES)
    if is_lenient:
        return tolerated(onward).answer
    arrives = onward.sparing()
    if not arrives.possible or onward.packets - arrives.possible:
        return Answer(False)
    return Answer(True) if onward.packets <= arrives.certain else unknown(doubts(onward))


# Services and their endpoints


def has_service_endpoint(network: Network, vpc: str, need: Need) -> Answer:
    """Does the VPC have an endpoint of the needed service?

    Names: service_endpoint
    """
    return any_of(_endpoints(network, vpc, need), lambda endpoint: Answer(True, (shows(endpoint),), {"service_endpoint": (endpoint.id,)}))


def offers_endpoints(network: Network, vpc: str, need: Need) -> Answer:
    """Does AWS offer endpoints of the needed service in the VPC's Region? Where its services are not exported, all but a few are taken to have some."""
    if not network.facts.has_endpoint_services():
        return Answer(need.service not in _WITHOUT_REGION or _region(network, vpc) == _CONTROL_PLANE)
    return Answer(_offered(network, vpc, need) is not None)


def reaches_service(network: Network, job: Job, subnet: str, vpc: str, need: Need) -> Answer:
    """Does a job's interface in the subnet reach the service that the job needs?

    Names: blocker, code, route_table, vpc, groups, group, service_endpoint, endpoint_group, endpoint_subnet, service_name, trouble, first, table, call, by, hop, attachment, acl, direction, ports, cidr
    """
    answer = reaches_need(network, job, subnet, need)
    if answer.value is not False:
        return answer
    goals = _goals(_reach(network, job, subnet, need)) or answer.names["endpoint"]  # those that are on the way
    ids = goals or tuple(endpoint.id for endpoint in _endpoints(network, vpc, need).items)
    trouble = f"packets to {', '.join(goals)} are lost" if goals else _trouble(network, vpc, need)
    first = () if goals else tuple(replace(piece, code=code) for piece in _to_change(network, vpc, need) for code in answer.names["code"][:1])
    groups = tuple(sorted(group for id in ids for group in known(network.facts.vpc_endpoint(id).security_group_ids)))
    is_one_cause = goals or ids or offers_endpoints(network, vpc, need).value
    names = _of_every_subnet(answer.names) if is_one_cause else dict(answer.names)
    names |= {"service_endpoint": ids, "endpoint_group": groups[:1], "trouble": (trouble,)} | _for_an_endpoint(network, job, vpc, need)
    return replace(answer, evidence=(*first, *answer.evidence), names=names)


def _endpoints(network: Network, vpc: str, need: Need) -> Found[VpcEndpoint]:
    region = network.facts.home_of_vpc(vpc).region
    found = [of(network.facts, vpc, need.service or "s3", region) for of in (interface_endpoints, gateway_endpoints)]
    return Found(tuple(endpoint for each in found for endpoint in each.items), frozenset().union(*(each.missing for each in found)))


def _trouble(network: Network, vpc: str, need: Need) -> str:
    """Why no endpoint of the service is on the way."""
    endpoints = _endpoints(network, vpc, need).items
    if endpoints:
        said = "no route leads" if {endpoint.vpc_endpoint_type.lower() for endpoint in endpoints} == {"gateway"} else "its name does not lead"
        return f"{said} to {', '.join(endpoint.id for endpoint in endpoints)}, and there is no other way"
    if offers_endpoints(network, vpc, need).value:
        return f"{vpc} has no endpoint of {need.service}, and there is no other way"
    return f"AWS offers no endpoint of {need.service} in this Region, and there is no way over the internet"


def _to_change(network: Network, vpc: str, need: Need) -> tuple[Evidence, ...]:
    """The service's endpoints, to which its name does not lead; where the VPC has none but could, the VPC, and the exports that show it."""
    facts = network.facts
    endpoints = _endpoints(network, vpc, need).items
    if endpoints or not offers_endpoints(network, vpc, need).value:
        return tuple(map(shows, endpoints))
    exports = facts.covering("vpc-endpoints", facts.home_of_vpc(vpc), vpc)
    none = tuple(Evidence(export.source, Resource(Vpc.kind, vpc), f"shows no endpoint of {need.service} in {vpc}") for export in exports)
    return (shows(facts.vpc(vpc)), *none) if facts.has(Vpc, vpc) else none


def goes_through_an_endpoint(network: Network, job: Job, subnet: str, vpc: str, need: Need) -> Answer:
    """Is the needed service reached, and that through an endpoint?

    Names: endpoint, vpc, service_name, endpoint_subnet
    """
    answer, found = reaches_need(network, job, subnet, need), _reach(network, job, subnet, need)
    kinds = [{place.kind for place, packets in walk.ends() if packets} for walk in found.walks]
    through = {"vpc-endpoint" in each and "internet" not in each for each in kinds}
    if answer.value is not True or through == {True}:
        return answer
    doubts = _doubts_of_the_name(network, subnet, need.service or "s3") | led(network, vpc, need.service or "s3", network.facts.home_of_vpc(vpc).region).missing
    names = _of_every_subnet(answer.names) | _for_an_endpoint(network, job, vpc, need)
    return unknown(doubts) if doubts else replace(answer, value=False, evidence=(*_to_change(network, vpc, need), *answer.evidence), names=names)


def reaches_sts_by_its_regional_name_only(network: Network, job: Job, subnet: str, vpc: str, need: Need) -> Answer:
    """Is sts reached through its endpoint only, whose private DNS does not cover sts.amazonaws.com, the name that SDKs use by default in this Region?

    Names: endpoint
    """
    region = _region(network, vpc)
    regional = goes_through_an_endpoint(network, job, subnet, vpc, need)
    if region not in _GLOBAL_STS or regional.value is not True:
        return Answer(False) if region not in _GLOBAL_STS else regional
    return replace(regional & ~_may_reach_public_addresses(network, job, subnet, need), names={"endpoint": regional.names["endpoint"]})


def _region(network: Network, vpc: str) -> str:
    region = network.facts.home_of_vpc(vpc).region
    if region is None:
        raise Missing(Absence("the Region of the VPC", vpc, "world"))
    return region


def _may_reach_public_addresses(network: Network, job: Job, subnet: str, need: Need) -> Answer:
    """Is the global name of sts reached, which leads to public addresses, or to a hub, or is asked through a proxy?"""
    found = _reach(network, job, subnet, Need("internet", need.source, "internet"))
    if found.answer.value is not False:
        return found.answer
    doubts = _doubts_of_a_no(network, job, subnet, replace(need, id="sts.amazonaws.com"), found)
    if [walk for walk in found.walks if walk.arrives.possible]:
        doubts |= {Absence("whether the public addresses that are reached are those of sts.amazonaws.com", subnet, "world")}
    return unknown(doubts) if doubts else found.answer


def leads_to_interface_endpoint(network: Network, vpc: str, need: Need) -> Answer:
    """Does the name of the needed service, or of S3, lead to an interface endpoint of the VPC?

    Names: endpoint
    """
    service, found = need.service or "s3", interface_endpoints(network.facts, vpc, need.service or "s3", None)
    if not found.items and not found.missing:
        return Answer(False)
    if need.missing and need.region is None:
        raise Missing(*need.missing)
    where = led(network, vpc, service, need.region or network.facts.home_of_vpc(vpc).region)
    if where.missing:
        return unknown(where.missing)
    endpoints = tuple(place for place in where.places if place != PUBLIC)
    return Answer(bool(endpoints), tuple(shows(network.facts.vpc_endpoint(id)) for id in endpoints), {"endpoint": endpoints})


def _offered(network: Network, vpc: str, need: Need) -> EndpointService | None:
    """The needed service as `describe-vpc-endpoint-services` shows it in the VPC's Region, if it does."""
    service, region = need.service or "s3", network.facts.home_of_vpc(vpc).region
    names = [f"com.amazonaws.{region}.{service}", f"cn.com.amazonaws.{region}.{service}", f"aws.sagemaker.{region}.{service}", f"com.amazonaws.{service}"]
    found = [offered for offered in map(network.facts.endpoint_service, names) if offered]
    return found[0] if found else None


def _for_an_endpoint(network: Network, job: Job, vpc: str, need: Need) -> dict[str, tuple[str, ...]]:
    """What an endpoint of the service would be made of."""
    offered, config = _offered(network, vpc, need), known(job.vpc_config)
    region = "" if need.service in _WITHOUT_REGION else f"{network.facts.home_of_vpc(vpc).region}."
    usual = f"com.amazonaws.{region}{need.service}" if offers_endpoints(network, vpc, need).value else "SERVICE_NAME"
    name = offered.id if offered else usual
    return {"service_name": (name,), "endpoint_subnet": tuple(sorted(config.subnets)[:1]) if config else ()}
