"""Where the names of AWS services lead in a VPC, case by case, and that less knowledge never leads them elsewhere."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from itertools import combinations
from random import Random

import pytest

from sagevpc_lint.answer import Absence, Missing, Unknown
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import DhcpOptions, Fact, HostedZone, ProfileAssociation, ResolverRule, ResolverRuleAssociation, Route, RouteTable, Vpc, VpcAttribute, VpcEndpoint
from sagevpc_lint.model.services import region_of, service_of
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.names import PUBLIC, Led, covers, dhcp_options, dns_suffix, gateway_endpoints, interface_endpoints, is_amazons, led, name_servers
from sagevpc_lint.source import Source

OWNER, REGION = "111122223333", "eu-west-1"
HERE = Source("names.json")
BLURRED = Unknown(Absence("a blurred field", "", "world"))
UNDECIDED = True


@dataclass(frozen=True)
class Case:
    """A VPC, the service whose name is asked for in it, and where it leads."""

    name: str
    facts: tuple[Export, ...]
    places: tuple[str, ...]
    is_undecided: bool = False
    service: str = "kms"
    region: str = REGION


def endpoint(id: str, service: str = "kms", kind: str = "Interface", region: str = REGION, **changes: object) -> VpcEndpoint:
    """An endpoint of an AWS service, by default with private DNS and available."""
    name = f"com.amazonaws.{region}.{service}" if "." not in service or service.startswith("sagemaker") else service
    made = VpcEndpoint(id, HERE, OWNER, "vpc-1", kind, name, service_of(name), region_of(name), "available", (), (), (), frozenset(), kind == "Interface", None, {})
    return replace(made, **changes)  # type: ignore[arg-type]


def exports(
    *endpoints: VpcEndpoint, servers: Sequence[str] | None = ("AmazonProvidedDNS",), hostnames: bool = True, support: bool = True, options: str = "dopt-1",
    zones: Sequence[str] = (), rules: Sequence[tuple[str, str]] = (), profiles: Sequence[str] = (), region: str = REGION, left_out: Sequence[str] = (),
) -> tuple[Export, ...]:
    """The exports of a VPC; of hosted zones, resolver rules and profiles only where it has some."""
    keys = {"domain-name": ("corp",)} | ({} if servers is None else {"domain-name-servers": tuple(servers)})
    attributes = [VpcAttribute(f"vpc-1/{name}", HERE, "vpc-1", value) for name, value in (("enableDnsHostnames", hostnames), ("enableDnsSupport", support))]
    rows: dict[str, list[Fact]] = {
        "vpcs": [Vpc("vpc-1", HERE, OWNER, "available", "default", ("10.0.0.0/16", "100.64.0.0/16"), (), options, False, {})],
        "vpc-attributes": [*attributes],
        "dhcp-options": [DhcpOptions("dopt-1", HERE, OWNER, keys, {})],
        "vpc-endpoints": [*endpoints],
        "hosted-zones": [HostedZone(f"Z{number}/vpc-1", HERE, "vpc-1", name) for number, name in enumerate(zones)],
        "resolver-rules": [ResolverRule(f"rslvr-{number}", HERE, domain, kind) for number, (domain, kind) in enumerate(rules)],
        "resolver-rule-associations": [ResolverRuleAssociation(f"assoc-{number}", HERE, f"rslvr-{number}", "vpc-1", "COMPLETE") for number in range(len(rules))],
        "profile-associations": [ProfileAssociation(f"rpassoc-{number}", HERE, f"rp-{number}", "vpc-1", status) for number, status in enumerate(profiles)],
    }
    scope = Scope(OWNER, region)
    always = ("vpcs", "vpc-attributes", "dhcp-options", "vpc-endpoints")
    return tuple(Export(kind, Source(f"{kind}.json"), scope, tuple(facts)) for kind, facts in rows.items() if (facts or kind in always) and kind not in left_out)


KMS, OTHER = endpoint("vpce-kms"), endpoint("vpce-other", private_dns_enabled=False)
S3, GATEWAY = endpoint("vpce-s3", "s3"), endpoint("vpce-gateway", "s3", "Gateway")


def s3(inbound_only: bool | None, *others: VpcEndpoint, **options: object) -> tuple[Export, ...]:
    return exports(replace(S3, private_dns_only_for_inbound_resolver_endpoint=inbound_only), *others, **options)  # type: ignore[arg-type]


def state(state: str) -> tuple[Export, ...]:
    return exports(replace(KMS, state=state))


CASES = [
    Case("F8.9: private DNS on, with both attributes and Amazon's servers", exports(KMS), ("vpce-kms",)),
    Case("F8.9: private DNS off", exports(replace(KMS, private_dns_enabled=False)), (PUBLIC,)),
    Case("F8.9: private DNS on, but hostnames off", exports(KMS, hostnames=False), (PUBLIC,)),
    Case("F11.2: support off, when nothing resolves and the network alone is asked", exports(KMS, support=False), ("vpce-kms",)),
    Case("F11.2: both attributes off, likewise", exports(KMS, hostnames=False, support=False), ("vpce-kms",)),
    Case("F8.9: no endpoint at all", exports(), (PUBLIC,)),
    Case("F8.9: an endpoint of another service", exports(endpoint("vpce-sts", "sts")), (PUBLIC,)),
    Case("F8.9: one of two endpoints has private DNS", exports(OTHER, KMS), ("vpce-kms",)),
    Case("F8.9: a service of two words", exports(endpoint("vpce-api", "sagemaker.api"), KMS), ("vpce-api",), service="sagemaker.api"),
    Case("F8.9: its sister is another service", exports(endpoint("vpce-api", "sagemaker.api")), (PUBLIC,), service="sagemaker.runtime"),
    Case("F8.3: a gateway endpoint has no private DNS, whatever it prints", exports(replace(GATEWAY, private_dns_enabled=True)), (PUBLIC,), service="s3"),
    # Name servers
    Case("F11.3: the resolver by its link-local address", exports(KMS, servers=("169.254.169.253",)), ("vpce-kms",)),
    Case("F11.3: the resolver by its IPv6 address", exports(KMS, servers=("fd00:ec2::253",)), ("vpce-kms",)),
    Case("F11.3: the resolver by the second address of the primary block", exports(KMS, servers=("10.0.0.2", "AmazonProvidedDNS")), ("vpce-kms",)),
    Case("F11.3: the second address of the second block is another's", exports(KMS, servers=("100.64.0.2",)), ("vpce-kms", PUBLIC), UNDECIDED),
    Case("F11.6: servers of one's own may ask Amazon's, or not", exports(KMS, servers=("10.0.0.53",)), ("vpce-kms", PUBLIC), UNDECIDED),
    Case("F11.6: servers of both kinds", exports(KMS, servers=("AmazonProvidedDNS", "10.0.0.53")), ("vpce-kms", PUBLIC), UNDECIDED),
    Case("F11.6: servers of one's own where there is nothing to lead to", exports(OTHER, servers=("10.0.0.53",)), (PUBLIC,)),
    Case("F11.6: hostnames off settle it, whoever is asked", exports(KMS, servers=("10.0.0.53",), hostnames=False), (PUBLIC,)),
    Case("F11.6: a server by its name", exports(KMS, servers=("dns.corp",)), ("vpce-kms", PUBLIC), UNDECIDED),
    Case("F11.4: no option set", exports(KMS, options="default"), ("vpce-kms", PUBLIC), UNDECIDED),
    Case("F11.5: an option set without servers", exports(KMS, servers=None), ("vpce-kms", PUBLIC), UNDECIDED),
    # States: a name leads to what is there, whether or not it takes packets
    *(Case(f"F8.2: {each}", state(each), ("vpce-kms",)) for each in ("available", "pending", "pendingacceptance", "partial", "failed", "rejected", "expired")),
    *(Case(f"F8.2: {each}", state(each), (PUBLIC,)) for each in ("deleting", "deleted")),
    # S3, whose private DNS may answer at inbound resolver endpoints only
    Case("F8.10: inbound only", s3(True, GATEWAY), (PUBLIC,), service="s3"),
    Case("F8.10: inside too", s3(False, GATEWAY), ("vpce-s3",), service="s3"),
    Case("F8.10: inside, without a gateway endpoint", s3(False), ("vpce-s3",), service="s3"),
    Case("F8.11a: not told, without a gateway endpoint", s3(None), ("vpce-s3",), service="s3"),
    Case("F8.11a: not told, beside a gateway endpoint", s3(None, GATEWAY), ("vpce-s3", PUBLIC), UNDECIDED, "s3"),
    Case("F8.11a: not told, and the gateway endpoint is gone", s3(None, replace(GATEWAY, state="deleted")), ("vpce-s3",), service="s3"),
    Case("F8.11a: not told, beside a gateway endpoint of DynamoDB", s3(None, endpoint("vpce-ddb", "dynamodb", "Gateway")), ("vpce-s3",), service="s3"),
    Case("F8.10: no private DNS beside it all", exports(replace(S3, private_dns_enabled=False), GATEWAY), (PUBLIC,), service="s3"),
    Case("F8.10: the option means nothing for another service", exports(replace(KMS, private_dns_only_for_inbound_resolver_endpoint=True), GATEWAY), ("vpce-kms",)),
    # Regions
    Case("F8.15: an endpoint across Regions leads the other Region's name", exports(endpoint("vpce-far", region="us-east-1")), ("vpce-far",), region="us-east-1"),
    Case("F8.15: it does not lead this Region's name", exports(endpoint("vpce-far", region="us-east-1")), (PUBLIC,)),
    Case("F8.15: the endpoint of this Region does not lead the other's name", exports(KMS), (PUBLIC,), region="us-east-1"),
    Case("F8.15a: a name without a Region is every Region's", exports(endpoint("vpce-iam", "com.amazonaws.iam")), ("vpce-iam",), service="iam"),
    Case("F8.15b: GovCloud", exports(endpoint("vpce-gov", region="us-gov-west-1"), region="us-gov-west-1"), ("vpce-gov",), region="us-gov-west-1"),
    Case(
        "F8.15: China, whose names of endpoints have a front of their own", exports(endpoint("vpce-cn", "cn.com.amazonaws.cn-north-1.s3"), region="cn-north-1"),
        ("vpce-cn",), service="s3", region="cn-north-1",
    ),
    Case("F8.15a: China, where some have not", exports(endpoint("vpce-cn", region="cn-north-1"), region="cn-north-1"), ("vpce-cn",), region="cn-north-1"),
    # What leads names elsewhere
    Case("F11.7: a hosted zone for the name", exports(KMS, zones=("kms.eu-west-1.amazonaws.com",)), (), UNDECIDED),
    Case("F11.7: a hosted zone with all names of the Region", exports(KMS, zones=("eu-west-1.amazonaws.com",)), (), UNDECIDED),
    Case("F11.7: a hosted zone with all names of AWS", exports(zones=("amazonaws.com",)), (), UNDECIDED),
    Case("F11.7: a hosted zone for one bucket", exports(S3, zones=("data.s3.eu-west-1.amazonaws.com",)), (), UNDECIDED, "s3"),
    Case("F11.7: a hosted zone for another service", exports(KMS, zones=("sts.eu-west-1.amazonaws.com",)), ("vpce-kms",)),
    Case("F11.7: a hosted zone for another Region", exports(KMS, zones=("kms.us-east-1.amazonaws.com",)), ("vpce-kms",)),
    Case("F11.7: a hosted zone of one's own", exports(KMS, zones=("corp", "ms.eu-west-1.amazonaws.com")), ("vpce-kms",)),
    Case(
        "F11.7: in China the suffix is another", exports(endpoint("vpce-cn", region="cn-north-1"), region="cn-north-1", zones=("amazonaws.com",)), ("vpce-cn",),
        region="cn-north-1",
    ),
    Case("F11.7: a hosted zone of China's suffix", exports(region="cn-north-1", zones=("kms.cn-north-1.amazonaws.com.cn",)), (), UNDECIDED, region="cn-north-1"),
    Case("F11.7: a hosted zone of GovCloud", exports(region="us-gov-west-1", zones=("kms.us-gov-west-1.amazonaws.com",)), (), UNDECIDED, region="us-gov-west-1"),
    Case("F11.7: a forwarding rule for AWS names", exports(KMS, rules=(("amazonaws.com", "FORWARD"),)), (), UNDECIDED),
    Case("F11.7: a forwarding rule for all of com", exports(KMS, rules=(("com", "FORWARD"),)), (), UNDECIDED),
    Case("F11.7: a forwarding rule for all names", exports(KMS, rules=(("", "FORWARD"),)), (), UNDECIDED),
    Case("F11.7: the rule for all names that every VPC has", exports(KMS, rules=(("", "RECURSIVE"),)), ("vpce-kms",)),
    Case("F11.7: a forwarding rule for names below it", exports(S3, rules=(("data.s3.eu-west-1.amazonaws.com", "FORWARD"),)), (), UNDECIDED, "s3"),
    Case("F11.7: a delegation rule for it", exports(KMS, rules=(("kms.eu-west-1.amazonaws.com", "DELEGATE"),)), (), UNDECIDED),
    Case(
        "F11.7: a forwarding rule for all names, and a system rule that keeps AWS names", exports(KMS, rules=(("", "FORWARD"), ("amazonaws.com", "SYSTEM"))),
        ("vpce-kms",),
    ),
    Case(
        "F11.7: a forwarding rule for AWS names, and a system rule that keeps this one",
        exports(KMS, rules=(("kms.eu-west-1.amazonaws.com", "SYSTEM"), ("amazonaws.com", "FORWARD"))), ("vpce-kms",),
    ),
    Case(
        "F11.7: a system rule for AWS names, and a forwarding rule for this one",
        exports(KMS, rules=(("amazonaws.com", "SYSTEM"), ("kms.eu-west-1.amazonaws.com", "FORWARD"))), (), UNDECIDED,
    ),
    Case("F11.7: a forwarding rule for other names", exports(KMS, rules=(("corp", "FORWARD"),)), ("vpce-kms",)),
    Case("F11.7: a system rule forwards nothing", exports(KMS, rules=(("amazonaws.com", "SYSTEM"),)), ("vpce-kms",)),
    Case("F8.18: a profile may lead names anywhere", exports(KMS, profiles=("COMPLETE",)), (), UNDECIDED),
    Case("F8.18: a profile that is gone leads none", exports(KMS, profiles=("DELETED",)), ("vpce-kms",)),
    # What is not exported
    Case("no endpoints exported", exports(left_out=("vpc-endpoints",)), (), UNDECIDED),
    Case("no attributes exported", exports(KMS, left_out=("vpc-attributes",)), ("vpce-kms", PUBLIC), UNDECIDED),
    Case("no attributes exported, without an endpoint", exports(left_out=("vpc-attributes",)), (PUBLIC,)),
    Case("no attributes exported, with private DNS off", exports(OTHER, left_out=("vpc-attributes",)), (PUBLIC,)),
    Case("no option sets exported", exports(KMS, left_out=("dhcp-options",)), ("vpce-kms", PUBLIC), UNDECIDED),
    Case("no VPCs exported, so that it is not known whether all endpoints are", exports(KMS, left_out=("vpcs",)), (), UNDECIDED),
    Case("resolver rules in use, but not exported", exports(KMS, rules=(("corp", "FORWARD"),), left_out=("resolver-rules",)), (), UNDECIDED),
    Case("resolver rules exported, but not which are in use", exports(KMS, rules=(("com", "FORWARD"),), left_out=("resolver-rule-associations",)), ("vpce-kms",)),
]


def leads(case: Case, facts: Sequence[Export]) -> Led:
    return led(Network(Facts.of(facts)), "vpc-1", case.service, case.region)


def is_decided(where: Led) -> bool:
    return len(where.places) == 1 and not where.missing


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_name_leads_where_the_facts_say(case: Case) -> None:
    found = leads(case, case.facts)
    assert (case.places, case.is_undecided) == (found.places, bool(found.missing))


# Law 2


def omissions(case: Case, deep: bool) -> Iterator[tuple[str, Sequence[Export]]]:
    """Each kind alone and all pairs; deep: every set of kinds."""
    kinds = [export.kind for export in case.facts]
    for count in range(1, len(kinds) + 1 if deep else 3):
        for gone in combinations(kinds, count):
            yield f"without {', '.join(gone)}", [export for export in case.facts if export.kind not in gone]


def blurs(case: Case, deep: bool) -> Iterator[tuple[str, Sequence[Export]]]:
    """The facts with one field of one of them made unknown: 24 random ones; deep: each."""
    places = [
        (number, at, each.name)
        for number, export in enumerate(case.facts) for at, fact in enumerate(export.facts) for each in fields(fact) if each.name not in ("id", "source")
    ]
    for number, at, name in places if deep else Random(case.name).sample(places, min(24, len(places))):
        export = case.facts[number]
        blurred = tuple(replace(fact, **{name: BLURRED}) if index == at else fact for index, fact in enumerate(export.facts))  # type: ignore[type-var]
        yield f"with {name} of {export.facts[at].id} blurred", [replace(export, facts=blurred) if each is export else each for each in case.facts]


def test_less_knowledge_leads_no_name_elsewhere(deep: bool) -> None:
    worlds = undecided = 0
    for case in CASES:
        before = leads(case, case.facts)
        for world, facts in (*omissions(case, deep), *blurs(case, deep)) if is_decided(before) else ():
            after = leads(case, facts)
            assert before == after or not is_decided(after), f"{case.name}, {world}: {before.places} became {after.places}"
            worlds, undecided = worlds + 1, undecided + (not is_decided(after))
    assert worlds > 1000 and undecided > 300


# Its parts


@pytest.mark.parametrize(
    ("server", "is_of_amazon"),
    [
        ("AmazonProvidedDNS", True), ("169.254.169.253", True), ("fd00:ec2::253", True), ("FD00:EC2:0::253", True), ("10.0.0.2", True),
        ("10.0.0.1", False), ("10.0.0.3", False), ("100.64.0.2", False), ("169.254.169.254", False), ("fd00:ec2::254", False), ("8.8.8.8", False),
        ("amazonprovideddns.corp", False),
    ],
)
def test_the_resolver_is_known_by_its_name_and_its_addresses(server: str, is_of_amazon: bool) -> None:
    assert is_of_amazon is is_amazons(Facts.of(exports()), "vpc-1", server)  # F11.3


def test_without_an_option_set_no_servers_are_told() -> None:
    facts = Facts.of(exports(options="default"))
    assert None is dhcp_options(facts, "vpc-1")
    assert () == name_servers(facts, "vpc-1")


def test_an_option_set_that_is_not_exported_is_missing() -> None:
    with pytest.raises(Missing):
        name_servers(Facts.of(exports(left_out=("dhcp-options",))), "vpc-1")


@pytest.mark.parametrize(
    ("zone", "service", "region", "is_covered"),
    [
        ("kms.eu-west-1.amazonaws.com", "kms", REGION, True), ("KMS.eu-west-1.amazonaws.com.", "kms", REGION, True), ("com", "kms", REGION, True),
        ("aws.com", "kms", REGION, False),
        ("xkms.eu-west-1.amazonaws.com", "kms", REGION, False), ("key.kms.eu-west-1.amazonaws.com", "kms", REGION, True),
        ("api.sagemaker.eu-west-1.amazonaws.com", "sagemaker.api", REGION, True),
        ("sagemaker.eu-west-1.amazonaws.com", "sagemaker.api", REGION, True), ("runtime.sagemaker.eu-west-1.amazonaws.com", "sagemaker.api", REGION, False),
        ("s3.us-gov-west-1.amazonaws.com", "s3", "us-gov-west-1", True), ("s3.cn-north-1.amazonaws.com.cn", "s3", "cn-north-1", True),
        ("s3.cn-north-1.amazonaws.com", "s3", "cn-north-1", False),
        ("iam.amazonaws.com", "iam", None, True), ("amazonaws.eu", "s3", "eusc-de-east-1", True), ("amazonaws.com", "s3", "eusc-de-east-1", False),
    ],
)
def test_a_zone_covers_a_name_that_it_holds_or_lies_below(zone: str, service: str, region: str | None, is_covered: bool) -> None:
    assert is_covered is covers(zone, service, region)


@pytest.mark.parametrize(
    ("region", "suffix"),
    [
        ("eu-west-1", "amazonaws.com"), ("us-gov-west-1", "amazonaws.com"), ("cn-northwest-1", "amazonaws.com.cn"), ("eusc-de-east-1", "amazonaws.eu"),
        ("us-iso-east-1", "c2s.ic.gov"),
        ("us-isob-east-1", "sc2s.sgov.gov"), ("us-isof-south-1", "csp.hci.ic.gov"), ("eu-isoe-west-1", "cloud.adc-e.uk"), ("", "amazonaws.com"),
    ],
)
def test_every_partition_has_its_suffix(region: str, suffix: str) -> None:
    assert suffix == dns_suffix(region)  # F8.15b


def test_endpoints_are_found_by_type_service_and_region() -> None:
    facts = Facts.of(exports(S3, GATEWAY, KMS, endpoint("vpce-far", "s3", region="us-east-1"), endpoint("vpce-gone", "s3", "Gateway", state="deleting")))
    assert ["vpce-s3"] == [each.id for each in interface_endpoints(facts, "vpc-1", "s3", REGION).items]
    assert ["vpce-far", "vpce-s3"] == sorted(each.id for each in interface_endpoints(facts, "vpc-1", "s3", None).items)
    assert ["vpce-gateway"] == [each.id for each in gateway_endpoints(facts, "vpc-1", "s3", REGION).items]
    assert () == gateway_endpoints(facts, "vpc-1", "kms", REGION).items


@pytest.mark.parametrize(
    ("target", "left_out", "expected"),
    [("vpce-gateway", (), (["vpce-gateway"], set())), ("nat-1", (), ([], set())), ("vpce-gateway", ("route-tables",), ([], {"route-tables"}))],
)
def test_a_gateway_endpoint_that_is_deleting_is_there_while_a_route_leads_to_it(target: str, left_out: Sequence[str], expected: tuple[list[str], set[str]]) -> None:
    table = RouteTable("rtb-1", HERE, OWNER, "vpc-1", (Route("", HERE, None, "pl-1", target, "active", "CreateRoute"),), frozenset(), True, {})
    tables = Export("route-tables", HERE, Scope(OWNER, REGION), (table,))
    for state, found in (("deleting", expected), ("deleted", ([], set())), ("failed", (["vpce-gateway"], set()))):
        facts = Facts.of([*exports(replace(GATEWAY, state=state)), *(each for each in (tables,) if each.kind not in left_out)])
        gateways = gateway_endpoints(facts, "vpc-1", "s3", REGION)
        assert found == ([each.id for each in gateways.items], {absence.kind for absence in gateways.missing})


def test_the_type_of_an_endpoint_is_told_in_any_case() -> None:
    facts = Facts.of(exports(replace(KMS, vpc_endpoint_type="interface"), replace(GATEWAY, vpc_endpoint_type="gateway")))
    assert ["vpce-kms"] == [each.id for each in interface_endpoints(facts, "vpc-1", "kms", REGION).items]
    assert ["vpce-gateway"] == [each.id for each in gateway_endpoints(facts, "vpc-1", "s3", REGION).items]


def test_a_name_that_is_led_elsewhere_says_by_what() -> None:
    case = Case("", exports(KMS, zones=("amazonaws.com",)), ())
    assert {"where amazonaws.com leads the name of kms"} == {absence.kind for absence in leads(case, case.facts).missing}
