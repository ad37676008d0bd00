"""Where the usual name of an AWS service leads in a VPC: to an interface endpoint there, or to the service's public addresses (F8.9–F8.11a)."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sagevpc_lint.addresses import AddressError, Intervals, format_address, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Found, Missing, all_of, any_of, asked, known, unknown
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import DhcpOptions, ResolverRule, VpcEndpoint
from sagevpc_lint.model.services import dns_suffix, region_of

if TYPE_CHECKING:
    from sagevpc_lint.network.graph import Network

PUBLIC = "public"
"""Stands for the public addresses of a service."""

SERVERS = "domain-name-servers"
_AMAZON = "AmazonProvidedDNS"
_RESOLVER = parse_cidr("169.254.169.253") | parse_cidr("fd00:ec2::253")  # F11.3
_GONE = ("deleted", "deleting")


@dataclass(frozen=True, slots=True)
class Led:
    """Where a name may lead: ids of interface endpoints, or `PUBLIC`. For want of *missing* there is more than one place, or none that could be named."""

    places: tuple[str, ...]
    missing: frozenset[Absence] = frozenset()


def led(network: "Network", vpc: str, service: str, region: str | None) -> Led:
    """Say where the name of *service* in *region* leads in *vpc*."""
    return network.once(("name", vpc, service, region), lambda: _led(network.facts, vpc, service, region))


def _led(facts: Facts, vpc: str, service: str, region: str | None) -> Led:
    elsewhere = led_elsewhere(facts, vpc, service, region)
    if elsewhere.value is not False:
        return Led((), elsewhere.missing or frozenset({Absence(f"where {elsewhere.names['zone'][0]} leads the name of {service}", vpc, "world")}))
    found = interface_endpoints(facts, vpc, service, region)
    answers = {endpoint.id: asked(_leads_to, facts, vpc, endpoint) for endpoint in found.items}
    surely = tuple(id for id, answer in answers.items() if answer.value is True)
    if surely or found.missing:  # an endpoint that is not shown may be where the name leads
        return Led(surely, frozenset() if surely else found.missing)
    perhaps = tuple(id for id, answer in answers.items() if answer.value is None)
    return Led((*perhaps, PUBLIC), frozenset().union(*(answers[id].missing for id in perhaps)))


def interface_endpoints(facts: Facts, vpc: str, service: str, region: str | None) -> Found[VpcEndpoint]:
    """Find the interface endpoints of *vpc* for a service of a Region, but those that are gone."""
    return facts.endpoints_of(vpc).only(lambda endpoint: _is_for(endpoint, "interface", service, region) and endpoint.state not in _GONE)


def gateway_endpoints(facts: Facts, vpc: str, service: str, region: str | None) -> Found[VpcEndpoint]:
    """Find the gateway endpoints of *vpc* for a service of a Region, but those that are gone; one that is deleting takes packets away while a route leads to it."""
    return facts.endpoints_of(vpc).only(
        lambda endpoint: _is_for(endpoint, "gateway", service, region) and (endpoint.state not in _GONE or endpoint.state == "deleting" and _is_routed(facts, vpc, endpoint))
    )


def _is_for(endpoint: VpcEndpoint, kind: str, service: str, region: str | None) -> bool:
    if endpoint.vpc_endpoint_type.lower() != kind or endpoint.service != service:
        return False
    return region is None or region_of(endpoint.service_name) is None or endpoint.service_region == region  # a name without Region is everywhere's (F8.15a)


def _is_routed(facts: Facts, vpc: str, endpoint: VpcEndpoint) -> bool:
    """Does a route of the VPC lead to an endpoint? Raises `Missing`."""
    routed = any_of(facts.route_tables_of(vpc), lambda table: any_of(known(table.routes), lambda route: Answer(bool(route.target == endpoint.id))))
    if routed.value is None:
        raise Missing(*routed.missing)
    return routed.value


def _leads_to(facts: Facts, vpc: str, endpoint: VpcEndpoint) -> Answer:
    """Does private DNS lead the service's name to this endpoint?"""
    private = Answer(bool(known(endpoint.private_dns_enabled)))
    return all_of((lambda: private, lambda: _answers_inside(facts, vpc, endpoint), lambda: _has_private_dns(facts, vpc), lambda: _asks_amazon(facts, vpc)), lambda ask: ask())


def _answers_inside(facts: Facts, vpc: str, endpoint: VpcEndpoint) -> Answer:
    """Does the endpoint's private DNS answer inside the VPC, or only at inbound resolver endpoints, which S3's may (F8.10)?"""
    inbound_only = known(endpoint.private_dns_only_for_inbound_resolver_endpoint)
    if endpoint.service != "s3" or inbound_only is not None:
        return Answer(endpoint.service != "s3" or not inbound_only)
    gateways = gateway_endpoints(facts, vpc, "s3", known(endpoint.service_region))
    if gateways.items or gateways.missing:  # without a gateway endpoint it cannot be inbound-only (F8.11a)
        told = Absence(f"PrivateDnsOnlyForInboundResolverEndpoint of {endpoint.id}", vpc, "form")
        return unknown(gateways.missing or {told})
    return Answer(True)


def _has_private_dns(facts: Facts, vpc: str) -> Answer:
    """Do the VPC's attributes let private DNS work (F8.9)? Where nothing resolves at all, the rules on DNS tell it, and the network alone is asked."""
    hostnames = asked(lambda: Answer(bool(known(facts.vpc_attribute(vpc, "enableDnsHostnames").value))))
    support = asked(lambda: Answer(bool(known(facts.vpc_attribute(vpc, "enableDnsSupport").value))))
    return hostnames | ~support


def _asks_amazon(facts: Facts, vpc: str) -> Answer:
    """Do the VPC's interfaces ask Amazon's DNS server, and no other?"""
    servers = name_servers(facts, vpc)
    if servers and all_amazons(facts, vpc, servers):
        return Answer(True)
    return unknown({Absence("whether the VPC's name servers lead AWS names to its endpoints", vpc, "world")})


def dhcp_options(facts: Facts, vpc: str) -> DhcpOptions | None:
    """The VPC's option set; None where the VPC is associated with none, which AWS writes as `default` (F11.4). Raises `Missing`."""
    id = facts.vpc(vpc).dhcp_options_id
    if id == "default":
        return None
    options = facts.dhcp_options(id, vpc)
    known(options.options)
    return options


def name_servers(facts: Facts, vpc: str) -> tuple[str, ...]:
    """The name servers of the VPC's option set, as it spells them; raises `Missing`."""
    options = dhcp_options(facts, vpc)
    return options.options.get(SERVERS, ()) if options else ()


def all_amazons(facts: Facts, vpc: str, servers: tuple[str, ...]) -> bool:
    """Are all of these Amazon's DNS server, by name or address?"""
    return not [server for server in servers if not is_amazons(facts, vpc, server)]


def is_amazons(facts: Facts, vpc: str, server: str) -> bool:
    """Is this name server Amazon's, by its name or one of its addresses (F11.3)?"""
    if server == _AMAZON:
        return True
    try:
        return parse_cidr(server) <= _RESOLVER | _base_plus_two(facts, vpc)
    except AddressError:
        return False


def _base_plus_two(facts: Facts, vpc: str) -> Intervals:
    """The resolver's address in the VPC: the second after the base of the primary CIDR block (F11.3)."""
    base = parse_cidr(facts.vpc(vpc).cidr_blocks[0]).spans[0][0]
    return parse_cidr(format_address(base + 2))


def led_elsewhere(facts: Facts, vpc: str, service: str, region: str | None) -> Answer:
    """Does a hosted zone, a Route 53 profile or a resolver rule of the VPC lead the service's name elsewhere?

    Those that are not exported are assumed not to. Names: `zone`.
    """
    zones = facts.hosted_zones_of(vpc).only(lambda zone: covers(zone.name, service, region))
    rules, profiles = facts.resolver_rules_of(vpc), facts.profiles_of(vpc)
    try:
        forwarding = _forwarding(rules.items, service, region)
        missing = zones.missing | rules.missing | profiles.missing
    except Missing as error:
        forwarding, missing = (), error.absences
    names = [*(zone.name for zone in zones.items), *forwarding, *(profile.profile_id for profile in profiles.items)]
    if names:
        return Answer(True, names={"zone": tuple(names)})
    return unknown(missing) if missing else Answer(False)


def _forwarding(rules: tuple[ResolverRule, ...], service: str, region: str | None) -> tuple[str, ...]:
    """The rules that forward a service's name, or one below it; of those for the name itself the longest domain counts, and a SYSTEM rule leads home."""
    covering = sorted((rule for rule in rules if covers(rule.domain_name, service, region)), key=lambda rule: len(rule.domain_name))
    name = _usual_name(service, region)
    above = [rule for rule in covering if len(rule.domain_name) <= len(name)][-1:]
    return tuple(rule.id for rule in (*above, *(rule for rule in covering if len(rule.domain_name) > len(name))) if rule.rule_type in ("FORWARD", "DELEGATE"))


def covers(zone: str, service: str, region: str | None) -> bool:
    """Does a zone hold the usual name of a service, or names below it?"""
    name, zone = _usual_name(service, region), zone.rstrip(".").lower()
    return not zone or f".{name}".endswith(f".{zone}") or zone.endswith(f".{name}")


def _usual_name(service: str, region: str | None) -> str:
    return ".".join([*reversed(service.split(".")), *([region] if region else []), dns_suffix(region or "")])
