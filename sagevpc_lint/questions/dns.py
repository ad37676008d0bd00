"""Questions about a VPC's DNS attributes and its DHCP option set."""


from sagevpc_lint.addresses import AddressError, Intervals, format_address, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Evidence, Missing, Resource, known, shows
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import DhcpOptions

_AMAZON = "AmazonProvidedDNS"
_RESOLVER = parse_cidr("169.254.169.253") | parse_cidr("fd00:ec2::253")  # F11.3
_SERVERS = "domain-name-servers"


def has_dns_support(facts: Facts, vpc: str) -> Answer:
    """Is enableDnsSupport true?"""
    attribute = facts.vpc_attribute(vpc, "enableDnsSupport")
    return Answer(bool(known(attribute.value)), (Evidence(attribute.source, Resource("vpc", vpc), "enableDnsSupport"),))


def relies_on_amazon_dns(facts: Facts, vpc: str) -> Answer:
    """Does the option set name Amazon's DNS server, by its name or its addresses, and no other?

    Names: dhcp_options
    """
    options = _options(facts, vpc)
    if options is None:
        raise Missing(_undocumented(vpc))
    servers = options.options.get(_SERVERS, ())
    amazons = [server for server in servers if _is_amazons(facts, vpc, server)]
    if amazons and len(amazons) < len(servers):
        raise Missing(Absence("which of its name servers a job asks, Amazon's or others", vpc, "world"))
    return Answer(bool(amazons), (shows(options),), {"dhcp_options": (options.id,)})


def uses_amazon_dns_only(facts: Facts, vpc: str) -> Answer:
    """Does the option set name no DNS server but Amazon's?

    Names: dhcp_options, servers
    """
    options = _options(facts, vpc)
    if options is None:
        return Answer(True)
    servers = tuple(server for server in options.options.get(_SERVERS, ()) if not _is_amazons(facts, vpc, server))
    return Answer(not servers, (shows(options),), {"dhcp_options": (options.id,), "servers": servers})


def has_complete_dhcp_options(facts: Facts, vpc: str) -> Answer:
    """Does the option set hold both domain-name and domain-name-servers?

    Names: dhcp_options, keys
    """
    options = _options(facts, vpc)
    if options is None:
        raise Missing(_undocumented(vpc))
    # SageMaker asks for both (F11.5).
    lacking = tuple(key for key in ("domain-name", _SERVERS) if not options.options.get(key))
    return Answer(not lacking, (shows(options),), {"dhcp_options": (options.id,), "keys": lacking})


def _options(facts: Facts, vpc: str) -> DhcpOptions | None:
    """The VPC's option set; None where the VPC is associated with none, which AWS writes as `default` (F11.4)."""
    id = facts.vpc(vpc).dhcp_options_id
    if id == "default":
        return None
    options = facts.dhcp_options(id, vpc)
    known(options.options)
    return options


def _undocumented(vpc: str) -> Absence:
    return Absence("what SageMaker does in a VPC without a DHCP option set, which AWS does not document", vpc, "world")


def _is_amazons(facts: Facts, vpc: str, server: str) -> bool:
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
