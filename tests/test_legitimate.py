"""Set-ups that are as they should be: none of them may raise an error or a warning, and what stays undecided is exactly what their documents do not tell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from sagevpc_lint import examples
from sagevpc_lint.check import Report, check
from sagevpc_lint.documents import read
from sagevpc_lint.examples import Example
from sagevpc_lint.questions import vocabulary
from sagevpc_lint.rulebook import load, shipped_rules

RULES, _ = load([shipped_rules()], vocabulary())
IDS = frozenset(rule.id for rule in RULES)
Json = Mapping[str, object]
OWNER, STRANGER, VPC, JOB = "111122223333", "444455556666", "vpc-0c000000000000000", "processing-job/nightly-etl"
A, B = "subnet-0a000000000000001", "subnet-0b000000000000002"  # for jobs, in two zones
PUBLIC_A, PUBLIC_B = "subnet-0a000000000000101", "subnet-0b000000000000102"
TABLES = {A: "rtb-0a000000000000001", B: "rtb-0b000000000000002"}
NATS = {A: "nat-0a000000000000101", B: "nat-0b000000000000102"}
BLOCKS = {A: "10.0.1.0/24", B: "10.0.2.0/24"}
GATEWAYS, IGW, S3, S3_LIST = "rtb-0c000000000000100", "igw-0c000000000000000", "vpce-0c000000000000053", "pl-6da54004"
LOGS, STS = "vpce-0c000000000001065", "vpce-0c000000000000575"
GROUP, TGW, HUB = "sg-0c000000000000001", "tgw-0c000000000000001", "vpc-0d000000000000000"
ANYWHERE = "0.0.0.0/0"
NO_PEERS: Json = {"UserIdGroupPairs": [], "IpRanges": [], "Ipv6Ranges": [], "PrefixListIds": []}


@dataclass(frozen=True)
class SetUp:
    """A change of the good environment. *undecided*: each rule that may stay so, with the kinds of what it lacks; *advice*: the rules that may advise."""

    says: str
    change: Json = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    undecided: Mapping[str, set[str]] = field(default_factory=dict)
    advice: frozenset[str] = frozenset()
    places: tuple[tuple[str, str], ...] = ()  # words of the documents, and what stands there instead


# Pieces of documents


def route(destination: str, target: str) -> Json:
    key = "DestinationPrefixListId" if destination.startswith("pl-") else "DestinationCidrBlock"
    kinds = {"nat": "NatGatewayId", "tgw": "TransitGatewayId", "pcx": "VpcPeeringConnectionId", "eni": "NetworkInterfaceId"}
    origin = "CreateRouteTable" if target == "local" else "CreateRoute"
    return {key: destination, kinds.get(target.partition("-")[0], "GatewayId"): target, "Origin": origin, "State": "active"}


def table(*routes: Json, vpc: str = VPC, block: str = "10.0.0.0/16", subnets: Sequence[str] | None = None) -> Json:
    """Other routes for a table, or, with its *subnets*, a new one."""
    rows = {"Routes": [route(block, "local"), *routes]}
    used_by = [{"Main": False, "SubnetId": subnet, "AssociationState": {"State": "associated"}} for subnet in subnets or ()]
    used_by = used_by or [{"Main": True, "AssociationState": {"State": "associated"}}]
    return rows if subnets is None else {**rows, "VpcId": vpc, "OwnerId": OWNER, "Associations": used_by}


def to_jobs(*routes: Json, s3: bool = True) -> Json:
    """Give the tables of the jobs' subnets these routes, and that to the S3 endpoint."""
    return {id: table(*routes, *([route(S3_LIST, S3)] if s3 else [])) for id in TABLES.values()}


def subnet(block: str, zone: str, vpc: str = VPC) -> Json:
    name = {"euw1-az3": "eu-west-1a", "euw1-az1": "eu-west-1b"}[zone]
    where = {"VpcId": vpc, "CidrBlock": block, "AvailabilityZone": name, "AvailabilityZoneId": zone}
    return {**where, "State": "available", "OwnerId": OWNER, "AvailableIpAddressCount": 200, "Ipv6Native": False}


def nat_gateway(subnet_id: str, address: str, vpc: str = VPC, kind: str = "public") -> Json:
    addresses = [{"PrivateIp": address, **({"PublicIp": "203.0.113.9"} if kind == "public" else {}), "Status": "succeeded"}]
    return {"VpcId": vpc, "SubnetId": subnet_id, "State": "available", "ConnectivityType": kind, "AvailabilityMode": "zonal", "NatGatewayAddresses": addresses}


def acl(entries: Iterable[tuple[int, str, str, bool]], *subnets: str, vpc: str = VPC) -> Json:
    """A network ACL with entries for all protocols: number, action, block, egress."""
    rows = [{"RuleNumber": number, "RuleAction": action, "CidrBlock": block, "Egress": is_egress, "Protocol": "-1"} for number, action, block, is_egress in entries]
    rows += [{"RuleNumber": 32767, "RuleAction": "deny", "CidrBlock": ANYWHERE, "Egress": is_egress, "Protocol": "-1"} for is_egress in (False, True)]
    return {"VpcId": vpc, "OwnerId": OWNER, "IsDefault": True, "Entries": rows, "Associations": [{"SubnetId": id} for id in subnets]}


def denying(*entries: tuple[str, bool, int, int]) -> Json:
    """The network ACL of all subnets with entries that deny TCP before those that allow everything: block, egress, first and last port."""
    rows = [
        {"RuleNumber": number, "RuleAction": "deny", "CidrBlock": block, "Egress": is_egress, "Protocol": "6", "PortRange": {"From": first, "To": last}}
        for number, (block, is_egress, first, last) in enumerate(entries, 1)
    ]
    opens = acl(OPEN, A, B, PUBLIC_A, PUBLIC_B)
    return {"acl-0c000000000000000": {**opens, "Entries": [*rows, *opens["Entries"]]}}  # type: ignore[misc]


OPEN = [(100, "allow", ANYWHERE, is_egress) for is_egress in (False, True)]
ONE_DENIED = [(90, "deny", "151.101.1.1/32", is_egress) for is_egress in (False, True)]
NO_NAT = {id: None for id in NATS.values()}


def attached(attachments: Mapping[str, tuple[str, tuple[str, ...]]]) -> Json:
    """The exports of a transit gateway whose one table leads to each VPC, and everything else to the hub."""
    blocks = {VPC: "10.0.0.0/16", HUB: "10.1.0.0/16"}
    both = {id: {"TransitGatewayAttachmentId": id, "TransitGatewayId": TGW, "State": "available"} for id in attachments}
    rows = [{**both[id], "VpcId": vpc, "VpcOwnerId": OWNER, "SubnetIds": [*subnets]} for id, (vpc, subnets) in attachments.items()]
    association = {"TransitGatewayRouteTableId": "tgw-rtb-0c000000000000001", "State": "associated"}
    ends = [
        {**both[id], "ResourceType": "vpc", "ResourceId": vpc, "TransitGatewayOwnerId": OWNER, "ResourceOwnerId": OWNER, "Association": association}
        for id, (vpc, _) in attachments.items()
    ]
    routes = [
        {"DestinationCidrBlock": block, "Type": "static", "State": "active", "TransitGatewayAttachments": [{"TransitGatewayAttachmentId": id}]}
        for id, (vpc, _) in attachments.items() for block in (blocks[vpc], *([ANYWHERE] if vpc == HUB else []))
    ]
    return {
        "describe-transit-gateway-vpc-attachments.json": {"TransitGatewayVpcAttachments": rows},
        "describe-transit-gateway-attachments.json": {"TransitGatewayAttachments": ends},
        "search-transit-gateway-routes.tgw-rtb-0c000000000000001.json": {"Routes": routes},
    }


def hub(spoke: Sequence[str]) -> Json:
    """A VPC that takes what comes over the transit gateway from subnets of the *spoke* to the internet."""
    public, arrivals = ("subnet-0d000000000000101", "subnet-0e000000000000102"), ("subnet-0d000000000000001", "subnet-0e000000000000002")
    zones = ("euw1-az3", "euw1-az1")
    vpc = {"OwnerId": OWNER, "State": "available", "InstanceTenancy": "default", "CidrBlock": "10.1.0.0/16", "DhcpOptionsId": "dopt-0c000000000000000", "IsDefault": False}
    return {
        HUB: {**vpc, "CidrBlockAssociationSet": [{"CidrBlock": "10.1.0.0/16", "CidrBlockState": {"State": "associated"}}]},
        **{id: subnet(f"10.1.{100 + number}.0/24", zone, HUB) for number, (id, zone) in enumerate(zip(public, zones))},
        **{id: subnet(f"10.1.{number}.0/28", zone, HUB) for number, (id, zone) in enumerate(zip(arrivals, zones))},
        "igw-0d000000000000000": {"OwnerId": OWNER, "Attachments": [{"VpcId": HUB, "State": "available"}]},
        **{f"nat-{id[7:]}": nat_gateway(id, f"10.1.{100 + number}.9", HUB) for number, id in enumerate(public)},
        "rtb-0d000000000000000": table(vpc=HUB, block="10.1.0.0/16", subnets=()),
        "rtb-0d000000000000100": table(route(ANYWHERE, "igw-0d000000000000000"), route("10.0.0.0/16", TGW), vpc=HUB, block="10.1.0.0/16", subnets=public),
        **{f"rtb-{id[7:]}": table(route(ANYWHERE, f"nat-{public[number][7:]}"), vpc=HUB, block="10.1.0.0/16", subnets=(id,)) for number, id in enumerate(arrivals)},
        "acl-0d000000000000000": acl(OPEN, *public, *arrivals, vpc=HUB),
        **attached({"tgw-attach-0c000000000000001": (VPC, tuple(spoke)), "tgw-attach-0d000000000000001": (HUB, arrivals)}),
    }


CENTRAL = {**to_jobs(route(ANYWHERE, TGW)), GATEWAYS: table(), **NO_NAT}
PRIVATE_NAT = {
    **NO_NAT, "nat-0a000000000000009": nat_gateway(PUBLIC_A, "10.0.101.9", kind="private"), "nat-0b000000000000009": nat_gateway(PUBLIC_B, "10.0.102.9", kind="private"),
    TABLES[A]: table(route(ANYWHERE, "nat-0a000000000000009"), route(S3_LIST, S3)), TABLES[B]: table(route(ANYWHERE, "nat-0b000000000000009"), route(S3_LIST, S3)),
    GATEWAYS: table(route(ANYWHERE, TGW)),
}
FIREWALL = {A: "vpce-0a000000000000fff", B: "vpce-0b000000000000fff"}
BETWEEN = {A: "subnet-0a000000000000201", B: "subnet-0b000000000000202"}


def behind_firewalls() -> Json:
    """A firewall endpoint in each zone between the jobs and the NAT gateway."""
    zones = {A: "euw1-az3", B: "euw1-az1"}
    changes: dict[str, object] = {}
    for number, job in enumerate((A, B)):
        changes[BETWEEN[job]] = subnet(f"10.0.{201 + number}.0/28", zones[job])
        changes[f"rtb-{BETWEEN[job][7:]}"] = table(route(ANYWHERE, NATS[job]), subnets=(BETWEEN[job],))
        changes[TABLES[job]] = table(route(ANYWHERE, FIREWALL[job]), route(S3_LIST, S3))
        changes[FIREWALL[job]] = {
            "VpcId": VPC, "VpcEndpointType": "GatewayLoadBalancer", "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-0123456789abcdef0",
            "State": "available", "OwnerId": OWNER, "SubnetIds": [BETWEEN[job]], "NetworkInterfaceIds": [], "RouteTableIds": [], "Groups": [],
        }
    jobs_and_between = (A, B, *BETWEEN.values(), PUBLIC_A, PUBLIC_B)
    back = [route(BLOCKS[job], FIREWALL[job]) for job in (A, B)]
    return {**changes, GATEWAYS: table(route(ANYWHERE, IGW), *back), "acl-0c000000000000000": acl(OPEN, *jobs_and_between)}


def s3_interface(inbound_only: bool | None) -> Json:
    options = {} if inbound_only is None else {"PrivateDnsOnlyForInboundResolverEndpoint": inbound_only}
    return {"vpce-0c000000000005353": {
        "VpcId": VPC, "VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.eu-west-1.s3", "ServiceRegion": "eu-west-1", "State": "available", "OwnerId": OWNER,
        "SubnetIds": [A, B], "Groups": [{"GroupId": "sg-0c000000000000443", "GroupName": "endpoints"}], "NetworkInterfaceIds": [], "RouteTableIds": [],
        "PrivateDnsEnabled": True, "DnsOptions": options,
    }}


def let_out(port: int, block: str) -> Json:
    """Let the job's group out to itself, to everyone at 443, and to a block at another port."""
    own = {**NO_PEERS, "IpProtocol": "-1", "UserIdGroupPairs": [{"UserId": OWNER, "GroupId": GROUP}]}
    rules = [{**NO_PEERS, "IpProtocol": "tcp", "FromPort": number, "ToPort": number, "IpRanges": [{"CidrIp": to}]} for number, to in ((443, ANYWHERE), (port, block))]
    return {GROUP: {"IpPermissionsEgress": [own, *rules]}}


def proxy(value: str) -> Json:
    """No exit, but a proxy in the job's environment, to which its group lets it out."""
    return {**NO_EXIT, **let_out(3128, "10.0.2.0/24"), JOB: {"Environment": {"HTTPS_PROXY": value}}}


SHARED = {
    VPC: {"OwnerId": STRANGER}, **{id: {"OwnerId": STRANGER} for id in (A, B, PUBLIC_A, PUBLIC_B)},
    **{f"describe-{kind}.json": None for kind in ("route-tables", "network-acls", "nat-gateways", "internet-gateways", "vpc-endpoints", "dhcp-options")},
    **dict.fromkeys((f"describe-vpc-attribute.{VPC}.enableDns{name}.json" for name in ("Hostnames", "Support"))), "describe-flow-logs.json": {"FlowLogs": []},
}
ZONES = {f"list-hosted-zones-by-vpc.{VPC}.json": {"HostedZoneSummaries": [
    {"HostedZoneId": f"Z{name[:3].upper()}", "Name": f"{name}.eu-west-1.amazonaws.com."} for name in ("sts", "logs", "s3")
]}}
TO_HUB = {TABLES[A]: table(route("10.0.0.0/8", TGW)), TABLES[B]: table(route("10.0.0.0/8", TGW)), GATEWAYS: table(), **NO_NAT, S3: None, LOGS: None, STS: None}

EVERYTHING = ("internet", "sts", "s3://etl-input")
ENTRIES, ATTACHMENTS, HOSTS = "prefix-list-entries", "transit-gateway-vpc-attachments", "network-interfaces"


def lacking(kinds: str, *rules: str) -> dict[str, set[str]]:
    """Each of these rules lacks these kinds."""
    return {rule: set(kinds.split()) for rule in rules}


def beside_s3(destination: str, target: str) -> Json:
    """A route for corporate addresses beside the S3 endpoint and the NAT gateways."""
    return {TABLES[job]: table(route(ANYWHERE, NATS[job]), route(destination, target), route(S3_LIST, S3)) for job in (A, B)}


def names_led(by: str, **rules: Sequence[str]) -> dict[str, set[str]]:
    """Rules that do not know where the names of some services lead."""
    return {rule.replace("_", "-"): {by.format(service) for service in services} for rule, services in rules.items()}


def led_nowhere_known(by: str) -> dict[str, set[str]]:
    """What is undecided where the names of S3, STS and CloudWatch Logs may lead beyond the VPC, and nothing else would reach them."""
    s3, sts = ("s3_endpoint_missing", "s3_through_nat", "s3_unreachable"), ("service_endpoint_missing", "service_through_nat", "sg_blocks_egress", "sts_global_endpoint")
    return names_led(by, **dict.fromkeys(s3, ("s3",)), **dict.fromkeys(sts, ("sts",)), logs_unreachable=("logs",))


FOR_HUBS, FOR_ZONES = "whether the name of {0} leads to an endpoint beyond the VPC", "where {0}.eu-west-1.amazonaws.com leads the name of {0}"
HALVES = {TABLES[job]: table(route("0.0.0.0/1", NATS[job]), route("128.0.0.0/1", NATS[job]), route(S3_LIST, S3)) for job in (A, B)}
HOST = {"describe-network-interfaces.json": {"NetworkInterfaces": [{
    "NetworkInterfaceId": "eni-0b000000000003128", "VpcId": VPC, "SubnetId": B, "Status": "in-use", "OwnerId": OWNER, "PrivateIpAddress": "10.0.2.200",
    "Groups": [{"GroupId": "sg-0c000000000003128"}],
}]}, "sg-0c000000000003128": {"GroupName": "proxy", "VpcId": VPC, "OwnerId": OWNER, "IpPermissionsEgress": [], "IpPermissions": [
    {**NO_PEERS, "IpProtocol": "tcp", "FromPort": 3128, "ToPort": 3128, "UserIdGroupPairs": [{"UserId": OWNER, "GroupId": GROUP}]},
]}}
NO_EXIT = {**to_jobs(), GATEWAYS: table(), **NO_NAT}
REGIONAL = {
    **to_jobs(route(ANYWHERE, "nat-0c000000000000009")), **NO_NAT, GATEWAYS: table(),
    "rtb-0c000000000000009": {**table(route(ANYWHERE, IGW), subnets=()), "Associations": []},
    "nat-0c000000000000009": {
        "VpcId": VPC, "State": "available", "ConnectivityType": "public", "AvailabilityMode": "regional", "AutoProvisionZones": "enabled",
        "RouteTableId": "rtb-0c000000000000009",
        "NatGatewayAddresses": [{"PrivateIp": "10.0.101.9", "PublicIp": "203.0.113.9", "Status": "succeeded", "AvailabilityZoneId": "euw1-az3"}],
    },
}
GOVCLOUD = (("arn:aws:", "arn:aws-us-gov:"), ("eu-west-1", "us-gov-west-1"), ("euw1-", "usgw1-"))
CHINA = (
    ("dkr.ecr.eu-west-1.amazonaws.com", "dkr.ecr.eu-west-1.amazonaws.com.cn"), ("com.amazonaws.eu-west-1.sts", "cn.com.amazonaws.eu-west-1.sts"),
    ("arn:aws:", "arn:aws-cn:"), ("eu-west-1", "cn-north-1"), ("euw1-", "cnn1-"),
)
OF_THE_OWNER = {
    **lacking("dhcp-options", "dhcp-custom-dns", "dhcp-options-incomplete", "dns-servers-unreachable"), **lacking("dhcp-options vpc-attributes", "vpc-dns-disabled"),
    **lacking("vpc-attributes vpc-endpoints", "vpc-dns-hostnames-disabled"), **lacking("flow-logs", "flow-logs-failing", "flow-logs-missing", "flow-logs-partial"),
    **lacking(
        "vpc-endpoints", "endpoint-not-in-zone", "endpoint-private-dns-disabled", "logs-unreachable", "s3-endpoint-missing", "s3-through-nat", "s3-unreachable",
        "service-endpoint-blocked", "service-endpoint-missing", "service-through-nat", "sg-blocks-egress", "sts-global-endpoint",
    ),
    **lacking("route-tables", "nacl-blocks-nat", "nat-in-other-zone", "nat-path-broken", "subnet-not-private"),
    **lacking("route-tables vpc-endpoints", "s3-endpoint-not-routed"),
    **lacking("network-acls route-tables", "internet-unreachable", "nacl-blocks-peers"), **lacking("network-acls route-tables vpc-endpoints", "subnets-differ-in-egress"),
}

SETUPS = [
    SetUp("the good environment", {}, EVERYTHING),
    SetUp("central egress over a transit gateway", {**CENTRAL, **hub((PUBLIC_A, PUBLIC_B))}, EVERYTHING),
    SetUp(
        "central egress over a transit gateway that is not exported", CENTRAL, EVERYTHING,
        lacking(ATTACHMENTS, "internet-unreachable", "sts-global-endpoint", "subnets-differ-in-egress"),
    ),
    SetUp("a private NAT gateway to a transit gateway", {**PRIVATE_NAT, **hub((PUBLIC_A, PUBLIC_B))}, EVERYTHING),
    SetUp(
        "a private NAT gateway to a transit gateway that is not exported", PRIVATE_NAT, EVERYTHING,
        lacking(ATTACHMENTS, "internet-unreachable", "nacl-blocks-nat", "nat-path-broken", "sts-global-endpoint", "subnets-differ-in-egress"),
    ),
    SetUp("a firewall endpoint before the NAT gateway", behind_firewalls(), EVERYTHING),
    SetUp("routes cut as 0/1 and 128/1", HALVES, EVERYTHING),
    SetUp("a regional NAT gateway", REGIONAL, EVERYTHING),
    SetUp(
        "corporate 52.0.0.0/8 to a transit gateway beside the S3 endpoint", beside_s3("52.0.0.0/8", TGW), ("s3://etl-input",),
    ),
    SetUp(
        "corporate 52.0.0.0/8, and the internet is needed", beside_s3("52.0.0.0/8", TGW), EVERYTHING,
        lacking(ATTACHMENTS, "internet-unreachable", "sts-global-endpoint", "subnets-differ-in-egress"),
    ),
    SetUp(
        "corporate 52.0.0.0/8, and the entries of S3's list are not exported", {**beside_s3("52.0.0.0/8", TGW), "describe-prefix-lists.json": None}, (),
        lacking(f"{ENTRIES} {ATTACHMENTS}", "s3-through-nat", "s3-unreachable", "subnets-differ-in-egress"),
    ),
    SetUp("corporate 10.0.0.0/8, and the entries of S3's list are not exported", {**beside_s3("10.0.0.0/8", TGW), "describe-prefix-lists.json": None}, EVERYTHING),
    SetUp(
        "endpoints of a hub, to which hosted zones lead", {**TO_HUB, **ZONES}, ("sts",),
        {**led_nowhere_known(FOR_ZONES), **names_led(FOR_ZONES, subnets_differ_in_egress=("s3", "sts"))},
    ),
    SetUp("endpoints of a hub, to which hosted zones that are not exported may lead", TO_HUB, ("sts",), led_nowhere_known(FOR_HUBS)),
    SetUp("endpoints alone, and no exit", NO_EXIT, ("sts", "s3://etl-input"), advice=frozenset({"sts-global-endpoint"})),
    SetUp(
        "a network ACL with one denied /32",
        {"acl-0c000000000000000": acl([*ONE_DENIED, *OPEN], A, B, PUBLIC_A, PUBLIC_B)}, EVERYTHING,
    ),
    SetUp("a network ACL of the NAT gateways with one denied /32", {
        "acl-0c000000000000000": acl(OPEN, A, B), "acl-0c000000000000009": acl([*ONE_DENIED, *OPEN], PUBLIC_A, PUBLIC_B),
    }, EVERYTHING),
    SetUp(
        "a network ACL that denies SSH and RDP, and an address to which everything is let through",
        {**denying(*((ANYWHERE, is_egress, port, port) for port in (22, 3389) for is_egress in (False, True))), **to_jobs(route(ANYWHERE, NATS[A]))},
        (*EVERYTHING, "1.1.1.1:443"), advice=frozenset({"nat-in-other-zone"}),
    ),
    SetUp("a network ACL that denies the ports of some answers", denying((ANYWHERE, False, 40000, 40100), (ANYWHERE, True, 40000, 40100)), (*EVERYTHING, "1.1.1.1:443")),
    SetUp(
        "a block that is still led to a NAT gateway which was deleted",
        {**to_jobs(route(ANYWHERE, NATS[A]), route("8.8.8.0/24", NATS[B])), NATS[B]: {"State": "deleted"}}, EVERYTHING, advice=frozenset({"nat-in-other-zone"}),
    ),
    SetUp("a shared subnet, as a participant sees it", SHARED, EVERYTHING, OF_THE_OWNER),
    SetUp("S3's interface and gateway endpoint together, for inbound resolvers only", s3_interface(True), EVERYTHING),
    SetUp("S3's interface and gateway endpoint together, for all", s3_interface(False), EVERYTHING),
    SetUp(
        "S3's interface and gateway endpoint together, which is not told", s3_interface(None), EVERYTHING,
        {"endpoint-not-in-zone": {"PrivateDnsOnlyForInboundResolverEndpoint of vpce-0c000000000005353"}},
    ),
    SetUp("an isolated job, without any exit", {JOB: {"NetworkConfig": {"EnableNetworkIsolation": True}}, **NO_EXIT, LOGS: None, STS: None}, ("s3://etl-output",)),
    SetUp("GovCloud", {}, EVERYTHING, places=GOVCLOUD),
    SetUp("China", {}, EVERYTHING, places=CHINA),
    SetUp("HTTPS_PROXY in the job's environment", {**proxy("http://10.0.2.200:3128"), **HOST}, ("internet",)),
    SetUp(
        "HTTPS_PROXY in the job's environment, and its interface is not exported", proxy("http://10.0.2.200:3128"), ("internet",),
        lacking(HOSTS, "internet-unreachable", "subnets-differ-in-egress"),
    ),
    SetUp(
        "HTTPS_PROXY in the job's environment, by a name", proxy("http://proxy.corp:3128"), ("internet",),
        {rule: {"to which address proxy.corp, the HTTPS_PROXY, resolves"} for rule in ("internet-unreachable", "sg-blocks-egress", "subnets-differ-in-egress")},
    ),
    SetUp("a host in the VPC whose group refers to the job's", {**NO_EXIT, **let_out(3128, "10.0.2.0/24"), **HOST}, ("10.0.2.200:3128",)),
]


def documents(setup: SetUp) -> dict[str, bytes]:
    """The good environment with the change of a set-up."""
    example = Example(setup.says, 1, setup.change, frozenset(), {}, frozenset(), frozenset(), setup.needs)
    texts = examples.environment(example).texts
    for word, instead in setup.places:
        texts = {name.replace(word, instead): text.replace(word, instead) for name, text in texts.items()}
    return {name: text.encode() for name, text in texts.items()}


def report(setup: SetUp) -> Report:
    return check(read(documents(setup)), RULES, IDS, frozenset(), 30, {"*": setup.needs})


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: setup.says)
def test_a_legitimate_set_up_raises_no_finding(setup: SetUp) -> None:
    found = report(setup)
    assert () == found.errors
    assert [] == [(each.rule.id, each.message) for each in found.findings if each.rule.severity != "advice"]
    assert setup.advice == {each.rule.id for each in found.findings}
    undecided: dict[str, set[str]] = {}
    for each in found.undecided:
        undecided.setdefault(each.rule.id, set()).update(absence.kind for absence in each.missing)
    assert setup.undecided == undecided


HUBS_PUBLIC = ("subnet-0d000000000000101", "subnet-0e000000000000102")
IN_ONE_ZONE = {  # where the hub's other NAT gateway is not, so that its answers find no way out
    "describe-transit-gateway-vpc-attachments.json":
        attached({"tgw-attach-0c000000000000001": (VPC, (PUBLIC_A, PUBLIC_B)), "tgw-attach-0d000000000000001": (HUB, ("subnet-0d000000000000001",))})
        ["describe-transit-gateway-vpc-attachments.json"],
}
IN_NO_SUBNET = {
    "describe-transit-gateway-vpc-attachments.json":
        attached({"tgw-attach-0c000000000000001": (VPC, ()), "tgw-attach-0d000000000000001": (HUB, ("subnet-0d000000000000001",))})["describe-transit-gateway-vpc-attachments.json"],
}
MADE_ANEW = {  # the first attachment of the VPC was deleted
    "describe-transit-gateway-vpc-attachments.json": {"TransitGatewayVpcAttachments": [
        {**row, **change}
        for row in attached({"tgw-attach-0c000000000000001": (VPC, (PUBLIC_A, PUBLIC_B)), "tgw-attach-0d000000000000001": (HUB, ("subnet-0d000000000000001", "subnet-0e000000000000002"))})
        ["describe-transit-gateway-vpc-attachments.json"]["TransitGatewayVpcAttachments"]  # type: ignore[index, call-overload]
        for change in ({}, *([{"TransitGatewayAttachmentId": "tgw-attach-0c000000000000000", "State": "deleted"}] if row["VpcId"] == VPC else []))
    ]},
}
BY_NAME = {setup.says: setup for setup in SETUPS}


@pytest.mark.parametrize(
    ("says", "flaw", "rules"),
    [
        ("central egress over a transit gateway", {"igw-0d000000000000000": {"Attachments": []}}, {"internet-unreachable"}),
        (
            "central egress over a transit gateway", {"rtb-0d000000000000100": table(route(ANYWHERE, "igw-0d000000000000000"), vpc=HUB, block="10.1.0.0/16", subnets=HUBS_PUBLIC)},
            {"internet-unreachable"},
        ),
        (
            "central egress over a transit gateway",
            {"rtb-0d000000000000001": table(route(ANYWHERE, "nat-0e000000000000102"), vpc=HUB, block="10.1.0.0/16", subnets=("subnet-0d000000000000001",)), **IN_ONE_ZONE},
            {"internet-unreachable"},
        ),
        ("central egress over a transit gateway", IN_NO_SUBNET, {"internet-unreachable"}),
        ("central egress over a transit gateway", MADE_ANEW, set()),
        ("a firewall endpoint before the NAT gateway", {FIREWALL[A]: {"SubnetIds": [], "State": "failed"}}, {"internet-unreachable"}),
        ("a private NAT gateway to a transit gateway", {GATEWAYS: table(route(ANYWHERE, IGW))}, {"internet-unreachable", "nat-path-broken"}),
        ("a firewall endpoint before the NAT gateway", {FIREWALL[A]: {"State": "failed"}, FIREWALL[B]: {"State": "failed"}}, {"internet-unreachable"}),
        (
            "routes cut as 0/1 and 128/1", {TABLES[A]: table(route("0.0.0.0/1", NATS[A]), route("128.0.0.0/1", IGW), route(S3_LIST, S3))},
            {"internet-unreachable", "subnet-not-private"},
        ),
        ("corporate 52.0.0.0/8 to a transit gateway beside the S3 endpoint", beside_s3("52.218.0.0/17", IGW), {"s3-unreachable"}),
        (
            "a network ACL with one denied /32", {"acl-0c000000000000000": acl([(90, "deny", ANYWHERE, True), *OPEN], A, B, PUBLIC_A, PUBLIC_B)},
            {"internet-unreachable", "s3-unreachable"},
        ),
        (
            "a network ACL that denies the ports of some answers", denying((ANYWHERE, False, 1024, 65535)),
            {"address-unreachable", "internet-unreachable", "nacl-blocks-nat", "nacl-blocks-peers", "s3-unreachable"},
        ),
        ("a block that is still led to a NAT gateway which was deleted", {NATS[A]: {"State": "deleted"}}, {"internet-unreachable", "nat-path-broken"}),
        ("S3's interface and gateway endpoint together, for all", {"vpce-0c000000000005353": {"State": "failed"}}, {"s3-unreachable"}),
        ("an isolated job, without any exit", {S3: {"State": "failed"}}, {"s3-unreachable"}),
        ("HTTPS_PROXY in the job's environment", {"sg-0c000000000003128": {"IpPermissions": []}}, {"internet-unreachable"}),
    ],
)
def test_one_flaw_in_a_legitimate_set_up_is_found(says: str, flaw: Json, rules: set[str]) -> None:
    setup = BY_NAME[says]
    changed = {**setup.change, **{id: {**(setup.change.get(id) or {}), **change} for id, change in flaw.items()}}  # type: ignore[dict-item]
    found = {each.rule.id for each in report(replace(setup, change=changed)).findings if each.rule.severity != "advice"}
    assert rules <= found and bool(rules) == bool(found)


# What is told of a flaw

NO_ANSWERS = denying((ANYWHERE, False, 1024, 65535))
IN_US_EAST_1 = (("eu-west-1", "us-east-1"), ("euw1-", "use1-"))


@pytest.mark.parametrize(
    ("rule", "change", "needs", "words"),
    [
        ("s3-unreachable", {GROUP: {"IpPermissionsEgress": []}}, (), f"Begin at {GROUP}. A group of the job: aws ec2 authorize-security-group-egress --group-id {GROUP}"),
        ("s3-unreachable", NO_ANSWERS, (), "--network-acl-id acl-0c000000000000000 --ingress --rule-number NUMBER --protocol tcp --port-range From=32768,To=60999 --cidr-block 0.0.0.0/0"),
        ("s3-unreachable", denying((ANYWHERE, True, 443, 443)), (), "--network-acl-id acl-0c000000000000000 --egress --rule-number NUMBER --protocol tcp --port-range From=443,To=443"),
        ("s3-unreachable", {S3: {"State": "failed"}}, (), f"Begin at {S3}. "),
        ("internet-unreachable", to_jobs(route(ANYWHERE, IGW)), ("internet",), f"aws ec2 replace-route --route-table-id {TABLES[A]} --destination-cidr-block 0.0.0.0/0"),
        ("internet-unreachable", to_jobs(), ("internet",), f"aws ec2 create-route --route-table-id {TABLES[A]} --destination-cidr-block 0.0.0.0/0"),
        ("internet-unreachable", {GATEWAYS: table()}, ("internet",), f"Begin at {GATEWAYS}. A route table, or an internet gateway, of which a job gets nothing: aws ec2 create-route --route-table-id {GATEWAYS}"),
        ("internet-unreachable", NO_ANSWERS, ("internet",), "--ingress --rule-number NUMBER --protocol tcp --port-range From=1024,To=65535 --cidr-block 0.0.0.0/0"),
        ("address-unreachable", to_jobs(), ("10.9.0.5:443",), f"aws ec2 create-route --route-table-id {TABLES[A]} --destination-cidr-block 10.9.0.5/32"),
        ("address-unreachable", denying(("8.8.8.8/32", False, 1024, 65535)), ("8.8.8.8:443",), "--ingress --rule-number NUMBER --protocol tcp --port-range From=1024,To=65535 --cidr-block 8.8.8.8/32"),
        ("nacl-blocks-nat", denying((BLOCKS[A], True, 0, 65535)), (), "--egress --rule-number NUMBER --protocol tcp --port-range From=32768,To=60999 --cidr-block 10.0.1.0/24"),
        ("nacl-blocks-peers", denying((BLOCKS[A], True, 0, 65535)), (), "--egress --rule-number NUMBER --protocol tcp --port-range From=32768,To=60999 --cidr-block 10.0.1.0/24"),
        ("nacl-blocks-peers", denying((BLOCKS[A], False, 0, 65535)), (), "--ingress --rule-number NUMBER --protocol tcp --port-range From=1024,To=65535 --cidr-block 10.0.1.0/24"),
        ("sg-self-partial", let_out(443, ANYWHERE) | {GROUP: {"IpPermissionsEgress": [{**NO_PEERS, "IpProtocol": "-1", "IpRanges": [{"CidrIp": BLOCKS[A]}]}]}}, (), "aws ec2 authorize-security-group-egress"),
        ("sg-self-partial", {GROUP: {"IpPermissions": [{**NO_PEERS, "IpProtocol": "-1", "IpRanges": [{"CidrIp": BLOCKS[A]}]}]}}, (), "aws ec2 authorize-security-group-ingress"),
        (
            "internet-unreachable",
            {**CENTRAL, **hub((PUBLIC_A, PUBLIC_B)), "rtb-0d000000000000100": table(route(ANYWHERE, "igw-0d000000000000000"), vpc=HUB, block="10.1.0.0/16", subnets=HUBS_PUBLIC)},
            ("internet",), f"aws ec2 create-route --route-table-id rtb-0d000000000000100 --destination-cidr-block 10.0.0.0/16 --transit-gateway-id {TGW} ",
        ),
        ("service-endpoint-missing", NO_EXIT, ("iam",), "--service-name SERVICE_NAME "),
        ("service-endpoint-missing", NO_EXIT, ("kms",), "--service-name com.amazonaws.eu-west-1.kms "),
    ],
)
def test_what_to_do_names_what_loses_packets_first(rule: str, change: Json, needs: tuple[str, ...], words: str) -> None:
    first = [each for each in report(SetUp("", change, needs)).findings if each.rule.id == rule][0]
    assert words in first.remediation


@pytest.mark.parametrize(
    ("rule", "change", "needs", "count"),
    [
        ("service-endpoint-missing", NO_EXIT, ("kms",), 1), ("service-endpoint-missing", NO_EXIT, ("kms", "sqs"), 2), ("service-endpoint-missing", NO_EXIT, ("iam",), 2),
        ("address-unreachable", NO_ANSWERS, ("8.8.8.8:443",), 1), ("address-unreachable", NO_EXIT, ("8.8.8.8:443",), 2), ("internet-unreachable", NO_ANSWERS, ("internet",), 1),
    ],
)
def test_subnets_share_a_finding_where_one_thing_is_to_be_changed(rule: str, change: Json, needs: tuple[str, ...], count: int) -> None:
    assert count == len([each for each in report(SetUp("", change, needs)).findings if each.rule.id == rule])


@pytest.mark.parametrize("block", ["8.8.8.0/24", "52.218.0.0/16", "52.218.0.0/24"])
def test_addresses_are_told_as_they_are_asked_for_whichever_service_may_have_them(block: str) -> None:
    found = report(SetUp("", {**to_jobs(s3=False), S3: None}, (f"{block}:443",))).findings
    because = [line for each in found if each.rule.id == "address-unreachable" for line in each.because]
    assert [f"{TABLES[job]} has no route for TCP 443 to {block} [NO_ROUTE_TO_DESTINATION]" for job in (A, B)] == because


def test_iam_has_endpoints_in_the_region_of_its_control_plane_only() -> None:
    told = [report(SetUp("", NO_EXIT, ("iam",), places=places)).findings for places in ((), IN_US_EAST_1)]
    here, there = [[(each.message, "--service-name com.amazonaws.iam " in each.remediation) for each in found if each.rule.id == "service-endpoint-missing"] for found in told]
    assert {("iam is not reached: AWS offers no endpoint of iam in this Region, and there is no way over the internet", False)} == set(here)
    assert [(f"iam is not reached: {VPC} has no endpoint of iam, and there is no other way", True)] == there
