"""Questions about names: a VPC's DNS attributes, its option set and name servers, and the private DNS of its endpoints."""

from dataclasses import replace

from sagevpc_lint.addresses import AddressError, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Evidence, Found, Missing, Resource, all_of, any_of, known, shows, unknown
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, VpcEndpoint
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.names import SERVERS, covers, dhcp_options, gateway_endpoints, interface_endpoints, is_amazons
from sagevpc_lint.network.reach import to_addresses
from sagevpc_lint.traffic import TCP, UDP, Traffic

_PORT = Intervals.of((53, 53))
_DEAD = ("deleted", "deleting", "failed", "rejected", "expired")
_WITHOUT_PRIVATE_DNS = frozenset({
    "execute-api",  # its private DNS takes away the public APIs of all accounts, so it is often off on purpose
    "dynamodb",  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html
    "dynamodb-streams",  # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-streams.html
    "neptune-graph",  # https://docs.aws.amazon.com/neptune-analytics/latest/userguide/gettingStarted-connecting-private-link-considerations.html
    "neptune-graph-data",
})
"""Services that offer no private DNS, or of which it is rightly off, whatever documents tell."""


def has_dns_support(facts: Facts, vpc: str) -> Answer:
    """Is enableDnsSupport true?"""
    return _is_on(facts, vpc, "enableDnsSupport")


def has_dns_hostnames(facts: Facts, vpc: str) -> Answer:
    """Is enableDnsHostnames true?"""
    return _is_on(facts, vpc, "enableDnsHostnames")


def _is_on(facts: Facts, vpc: str, name: str) -> Answer:
    attribute = facts.vpc_attribute(vpc, name)
    return Answer(bool(known(attribute.value)), (Evidence(attribute.source, Resource("vpc", vpc), name),))


def wants_dns_hostnames(facts: Facts, vpc: str) -> Answer:
    """Does the VPC have an endpoint with private DNS on, or an S3 gateway endpoint, for which AWS wants enableDnsHostnames on?

    Names: endpoint, effect
    """
    named = any_of(_with_private_dns(facts, vpc), lambda endpoint: _told(endpoint, f"private DNS of {endpoint.id} works only with enableDnsHostnames on"))
    routed = any_of(_lasting(gateway_endpoints(facts, vpc, "s3", None)), lambda endpoint: _told(endpoint, f"AWS wants both DNS attributes on for {endpoint.id}"))
    answer, of_named, of_routed = named | routed, named.names.get("endpoint", ()), routed.names.get("endpoint", ())
    if not answer.value:
        return answer
    effect = f"private DNS of {', '.join(of_named)} does not work" if of_named else f"AWS wants it on for the S3 gateway endpoint {', '.join(of_routed)}"
    return replace(answer, names={"endpoint": of_named or of_routed, "effect": (effect,)})


def _lasting(gateways: Found[VpcEndpoint]) -> Found[VpcEndpoint]:
    return gateways.only(lambda endpoint: endpoint.state != "deleting")


def _told(endpoint: VpcEndpoint, line: str) -> Answer:
    return Answer(True, (shows(endpoint),), {"endpoint": (endpoint.id,)}, (line,))


def _with_private_dns(facts: Facts, vpc: str) -> Found[VpcEndpoint]:
    return facts.endpoints_of(vpc).only(_has_private_dns)


def _has_private_dns(endpoint: VpcEndpoint) -> bool:
    """For gateway endpoints AWS prints the field without a meaning (F8.3)."""
    return bool(endpoint.vpc_endpoint_type.lower() == "interface" and endpoint.state not in _DEAD and endpoint.private_dns_enabled)


def relies_on_amazon_dns(facts: Facts, vpc: str) -> Answer:
    """Does the option set name Amazon's DNS server, by its name or its addresses, and no other?

    Names: dhcp_options
    """
    options = dhcp_options(facts, vpc)
    if options is None:
        raise Missing(_undocumented(vpc))
    servers = options.options.get(SERVERS, ())
    amazons = [server for server in servers if is_amazons(facts, vpc, server)]
    if amazons and len(amazons) < len(servers):
        raise Missing(Absence("which of its name servers a job asks, Amazon's or others", vpc, "world"))
    return Answer(bool(amazons), (shows(options),), {"dhcp_options": (options.id,)})


def uses_amazon_dns_only(facts: Facts, vpc: str) -> Answer:
    """Does the option set name no DNS server but Amazon's?

    Names: dhcp_options, servers
    """
    options = dhcp_options(facts, vpc)
    if options is None:
        return Answer(True)
    servers = tuple(server for server in options.options.get(SERVERS, ()) if not is_amazons(facts, vpc, server))
    return Answer(not servers, (shows(options),), {"dhcp_options": (options.id,), "servers": servers})


def has_complete_dhcp_options(facts: Facts, vpc: str) -> Answer:
    """Does the option set hold both domain-name and domain-name-servers?

    Names: dhcp_options, keys
    """
    options = dhcp_options(facts, vpc)
    if options is None:
        raise Missing(_undocumented(vpc))
    # SageMaker asks for both (F11.5).
    lacking = tuple(key for key in ("domain-name", SERVERS) if not options.options.get(key))
    return Answer(not lacking, (shows(options),), {"dhcp_options": (options.id,), "keys": lacking})


def _undocumented(vpc: str) -> Absence:
    return Absence("what SageMaker does in a VPC without a DHCP option set, which AWS does not document", vpc, "world")


def has_own_name_servers_only(facts: Facts, vpc: str) -> Answer:
    """Does the option set name DNS servers, and none of them Amazon's?

    Names: dhcp_options
    """
    options = dhcp_options(facts, vpc)
    if options is None:
        return Answer(False)
    servers = options.options.get(SERVERS, ())
    own = [server for server in servers if not is_amazons(facts, vpc, server)]
    return Answer(bool(own) and len(own) == len(servers), (shows(options),), {"dhcp_options": (options.id,)})


def reaches_name_servers(network: Network, job: Job, subnet: str, vpc: str) -> Answer:
    """Does a placement reach each name server of the option set on UDP and TCP 53?

    Names: servers, server, group, blocker, code
    """
    options = dhcp_options(network.facts, vpc)
    config = known(job.vpc_config)
    groups = tuple(sorted(set(config.security_group_ids))) if config else ()
    answer = all_of(options.options.get(SERVERS, ()) if options else (), lambda server: _reaches_server(network, subnet, groups, server))
    if answer.value is not False:
        return answer
    return replace(answer, names={**answer.names, "server": answer.names["servers"][:1], "group": groups[:1]})


def _reaches_server(network: Network, subnet: str, groups: tuple[str, ...], server: str) -> Answer:
    """Names are asked for over UDP; TCP is for answers that are too long for it, so without it alone a job may or may not work."""
    address = _address(server, subnet)
    udp, tcp = (to_addresses(network, subnet, groups, address, Traffic.of(protocol, ports=_PORT)).answer for protocol in (UDP, TCP))
    if udp.value is not False and tcp.value is False:
        tcp = unknown({Absence(f"whether names resolve over UDP alone, for TCP 53 to {server} is lost", subnet, "world")})
    answer = udp & tcp
    return replace(answer, names={**answer.names, "servers": (server,)}) if answer.value is False else answer


def _address(server: str, subnet: str) -> Intervals:
    """The address of a name server; raises `Missing` where it is given by a name, or is an IPv6 one, which jobs' interfaces do not use."""
    try:
        if ":" not in server:
            return parse_cidr(server)
    except AddressError:
        pass
    raise Missing(Absence(f"whether the name server {server} is reached, which has no IPv4 address", subnet, "world"))


def offers_private_dns(facts: Facts, endpoint: str) -> Answer:
    """Is this an interface endpoint for an AWS service that offers private DNS? Where the services are not exported, all but a few do (an assumption)."""
    fact = facts.vpc_endpoint(endpoint)
    is_of_aws = known(fact.service) != known(fact.service_name)
    if known(fact.vpc_endpoint_type).lower() != "interface" or not is_of_aws or fact.service in _WITHOUT_PRIVATE_DNS or known(fact.state) in _DEAD:
        return Answer(False)
    service = facts.endpoint_service(fact.service_name)
    return Answer(service is None or bool(known(service.private_dns_names)))


def stands_beside_gateway_endpoint(facts: Facts, endpoint: str, vpc: str) -> Answer:
    """Does a subnet of the VPC have a route to a gateway endpoint of the same service?"""
    fact = facts.vpc_endpoint(endpoint)
    gateways = _lasting(gateway_endpoints(facts, vpc, fact.service, known(fact.service_region)))
    if not gateways.items and not gateways.missing:
        return Answer(False)
    return any_of(gateways, lambda gateway: any_of(facts.subnets_of(vpc), lambda subnet: _is_routed(facts, subnet.id, gateway.id)))


def _is_routed(facts: Facts, subnet: str, gateway: str) -> Answer:
    return any_of(known(facts.route_table_of(subnet).routes), lambda route: Answer(bool(route.target == gateway)))


def has_private_dns(facts: Facts, endpoint: str, vpc: str) -> Answer:
    """Does private DNS lead the service's name to this endpoint, or to another one of the VPC?"""
    fact = facts.vpc_endpoint(endpoint)
    named = any_of(interface_endpoints(facts, vpc, fact.service, known(fact.service_region)), lambda other: Answer(bool(known(other.private_dns_enabled))))
    if named.value is not False:
        return named
    line = f"PrivateDnsEnabled of {endpoint} is false, and no other endpoint for {fact.service} in {vpc} has it on"
    return Answer(False, (shows(fact, "PrivateDnsEnabled is false"),), because=(line,))


def is_named_by_hosted_zone(facts: Facts, endpoint: str, vpc: str) -> Answer:
    """Does a private hosted zone of the VPC cover the service's name, or a resolver rule or a Route 53 profile decide about it?"""
    fact = facts.vpc_endpoint(endpoint)
    zones = facts.hosted_zones_of(vpc).only(lambda zone: covers(zone.name, fact.service, fact.service_region))
    rules = facts.resolver_rules_of(vpc).only(lambda rule: rule.rule_type != "SYSTEM" and covers(rule.domain_name, fact.service, fact.service_region))
    profiles = facts.profiles_of(vpc)
    if zones.items or rules.items:
        return Answer(True, tuple(map(shows, (*zones.items, *rules.items))))
    doubts = {Absence(f"where {profile.profile_id} leads names", vpc, "world") for profile in profiles.items}
    missing = zones.missing | rules.missing | profiles.missing | doubts
    return unknown(missing) if missing else Answer(False)
