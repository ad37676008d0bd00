"""The facts: one frozen dataclass per AWS noun, each with the source it was read from.

Any field but the id may be `Unknown`: it then raises `Missing` when it is used. Facts hold ids, not each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Literal

from sagevpc_lint.answer import Absence
from sagevpc_lint.source import Source

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC, as `aws ec2 describe-vpcs` prints it.

    *cidr_blocks* are the associated ones, the primary first. *encryption_exclusions*: what may carry packets though the VPC enforces encryption; None where it does not.
    """

    kind: ClassVar[str] = "vpc"
    id: str
    source: Source
    owner_id: str | None
    state: str
    instance_tenancy: str
    cidr_blocks: tuple[str, ...]
    ipv6_cidr_blocks: tuple[str, ...]
    dhcp_options_id: str
    is_default: bool
    tags: Tags
    block_public_access: str = "off"  # InternetGatewayBlockMode; absent is off (F6.15a)
    encryption_exclusions: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class VpcAttribute:
    """One attribute of a VPC, as `aws ec2 describe-vpc-attribute` prints it; *id* is `VPC/attribute`."""

    kind: ClassVar[str] = "vpc-attribute"
    id: str
    source: Source
    vpc_id: str
    value: bool


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet, as `aws ec2 describe-subnets` prints it. *cidr_block* is None where the subnet has no IPv4 addresses."""

    kind: ClassVar[str] = "subnet"
    id: str
    source: Source
    owner_id: str | None
    vpc_id: str
    state: str
    cidr_block: str | None
    ipv6_native: bool
    availability_zone: str | None
    availability_zone_id: str | None
    available_ip_address_count: int
    tags: Tags
    block_public_access: str | None = None  # InternetGatewayBlockMode; `off` where its VPC is blocked says that the subnet is excluded (F6.15a)


@dataclass(frozen=True, slots=True)
class CidrReservation:
    """Addresses of a subnet set aside, as `aws ec2 get-subnet-cidr-reservations` prints them."""

    kind: ClassVar[str] = "subnet-cidr-reservation"
    id: str
    source: Source
    owner_id: str | None
    subnet_id: str
    cidr: str
    reservation_type: str


@dataclass(frozen=True, slots=True)
class SecurityGroupRule:
    """One rule of a group with one peer: *cidr*, *prefix_list_id* or *referenced_group_id*.

    As `aws ec2 describe-security-group-rules` prints it, or one source of an IpPermission of `aws ec2 describe-security-groups`.
    *referenced_peering_id* is the peering connection over which a referenced group is reached, with its *peering_status*.
    """

    kind: ClassVar[str] = "security-group-rule"
    id: str
    source: Source
    owner_id: str | None
    group_id: str
    is_egress: bool
    ip_protocol: str
    from_port: int | None
    to_port: int | None
    cidr: str | None = None
    prefix_list_id: str | None = None
    referenced_group_id: str | None = None
    referenced_peering_id: str | None = None
    peering_status: str | None = None


@dataclass(frozen=True, slots=True)
class SecurityGroup:
    """A security group, as `aws ec2 describe-security-groups` prints it."""

    kind: ClassVar[str] = "group"
    id: str
    source: Source
    owner_id: str | None
    vpc_id: str
    group_name: str
    rules: tuple[SecurityGroupRule, ...]
    tags: Tags


@dataclass(frozen=True, slots=True)
class SecurityGroupVpcAssociation:
    """A group's association with a further VPC, as `aws ec2 describe-security-group-vpc-associations` prints it; *id* is `GROUP/VPC`."""

    kind: ClassVar[str] = "security-group-vpc-association"
    id: str
    source: Source
    group_id: str
    vpc_id: str
    state: str


@dataclass(frozen=True, slots=True)
class PrefixList:
    """A prefix list by id and name, as `aws ec2 describe-prefix-lists` or `describe-managed-prefix-lists` prints it."""

    kind: ClassVar[str] = "prefix-list"
    id: str
    source: Source
    owner_id: str | None
    prefix_list_name: str


@dataclass(frozen=True, slots=True)
class PrefixListEntries:
    """The CIDR blocks of a prefix list, as `aws ec2 get-managed-prefix-list-entries` or `describe-prefix-lists` prints them."""

    kind: ClassVar[str] = "prefix-list-entries"
    id: str
    source: Source
    cidrs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DhcpOptions:
    """A DHCP option set, as `aws ec2 describe-dhcp-options` prints it: *options* maps each key to its values."""

    kind: ClassVar[str] = "dhcp-options"
    id: str
    source: Source
    owner_id: str | None
    options: Mapping[str, tuple[str, ...]]
    tags: Tags


@dataclass(frozen=True, slots=True)
class FlowLog:
    """A flow log, as `aws ec2 describe-flow-logs` prints it."""

    kind: ClassVar[str] = "flow-log"
    id: str
    source: Source
    resource_id: str
    flow_log_status: str
    traffic_type: str
    deliver_logs_status: str | None
    deliver_logs_error_message: str | None
    tags: Tags


@dataclass(frozen=True, slots=True)
class Route:
    """One route of a table, as `aws ec2 describe-route-tables` prints it: its destination is *cidr* or *prefix_list_id*.

    *target*: the id of what it leads to, whichever member names it: `local`, or an id such as `igw-…`, `nat-…`, `vpce-…`, `tgw-…`, `pcx-…`, `eni-…`, an ARN or an
    address (F6.1); empty where a blackhole's target is gone. *state*: `active`, `blackhole` or `filtered`.
    """

    kind: ClassVar[str] = "route"
    id: str
    source: Source
    cidr: str | None
    prefix_list_id: str | None
    target: str
    state: str
    origin: str


@dataclass(frozen=True, slots=True)
class RouteTable:
    """A route table, as `aws ec2 describe-route-tables` prints it. *subnet_ids*: those associated with it; *is_main*: those without a table of their own use it (F6.4).

    *gateway_ids*: the internet and virtual private gateways whose incoming packets it routes.
    """

    kind: ClassVar[str] = "route-table"
    id: str
    source: Source
    owner_id: str | None
    vpc_id: str
    routes: tuple[Route, ...]
    subnet_ids: frozenset[str]
    is_main: bool
    tags: Tags
    gateway_ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NetworkAclEntry:
    """One entry of a network ACL, as `aws ec2 describe-network-acls` prints it; *cidr* is the source for ingress and the destination for egress (F5.2)."""

    kind: ClassVar[str] = "network-acl-entry"
    id: str
    source: Source
    is_egress: bool
    rule_number: int
    rule_action: str
    protocol: str
    cidr: str
    from_port: int | None
    to_port: int | None
    icmp_type: int | None
    icmp_code: int | None


@dataclass(frozen=True, slots=True)
class NetworkAcl:
    """A network ACL, as `aws ec2 describe-network-acls` prints it."""

    kind: ClassVar[str] = "network-acl"
    id: str
    source: Source
    owner_id: str | None
    vpc_id: str
    is_default: bool
    entries: tuple[NetworkAclEntry, ...]
    subnet_ids: frozenset[str]
    tags: Tags


@dataclass(frozen=True, slots=True)
class InternetGateway:
    """An internet gateway, as `aws ec2 describe-internet-gateways` prints it: *attachments* maps each VPC to the state of the attachment."""

    kind: ClassVar[str] = "internet-gateway"
    id: str
    source: Source
    owner_id: str | None
    attachments: Mapping[str, str]
    tags: Tags


@dataclass(frozen=True, slots=True)
class NatGateway:
    """A NAT gateway, as `aws ec2 describe-nat-gateways` prints it.

    *subnet_id* is None for a regional one (F7.2), *route_table_id* is its own table then. *private_ips*, *public_ips*: of its addresses. *zones*: names and ids
    of the zones in which a regional one has addresses; it expands on its own where *auto_provision_zones* is true.
    """

    kind: ClassVar[str] = "nat-gateway"
    id: str
    source: Source
    vpc_id: str
    subnet_id: str | None
    state: str
    connectivity_type: str
    availability_mode: str
    private_ips: tuple[str, ...]
    public_ips: tuple[str, ...]
    zones: frozenset[str]
    auto_provision_zones: bool
    route_table_id: str | None
    tags: Tags


@dataclass(frozen=True, slots=True)
class VpcEndpoint:
    """A VPC endpoint, as `aws ec2 describe-vpc-endpoints` prints it.

    *state*: in lower case, for AWS writes it in two ways (F8.2). *service*: the service's own name, `s3` or `sagemaker.api`, of an AWS service, else the whole name; *service_region*:
    its Region. *private_dns_only_for_inbound_resolver_endpoint* is None where the export does not tell (F8.11a).
    """

    kind: ClassVar[str] = "vpc-endpoint"
    id: str
    source: Source
    owner_id: str | None
    vpc_id: str
    vpc_endpoint_type: str
    service_name: str
    service: str
    service_region: str | None
    state: str
    subnet_ids: tuple[str, ...]
    security_group_ids: tuple[str, ...]
    network_interface_ids: tuple[str, ...]
    route_table_ids: frozenset[str]
    private_dns_enabled: bool
    private_dns_only_for_inbound_resolver_endpoint: bool | None
    tags: Tags


@dataclass(frozen=True, slots=True)
class VpcPeeringConnection:
    """A peering connection, as `aws ec2 describe-vpc-peering-connections` prints it.

    *vpcs*: the CIDR blocks of the requester's and the accepter's VPC, by id. *homes*: the account and the Region of each, None where it is not told.
    """

    kind: ClassVar[str] = "vpc-peering-connection"
    id: str
    source: Source
    status: str
    vpcs: Mapping[str, tuple[str, ...]]
    tags: Tags
    homes: Mapping[str, tuple[str | None, str | None]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TransitGatewayVpcAttachment:
    """A VPC's attachment to a transit gateway, as `aws ec2 describe-transit-gateway-vpc-attachments` prints it."""

    kind: ClassVar[str] = "transit-gateway-vpc-attachment"
    id: str
    source: Source
    transit_gateway_id: str
    vpc_id: str
    vpc_owner_id: str | None
    state: str
    subnet_ids: tuple[str, ...]
    tags: Tags


@dataclass(frozen=True, slots=True)
class TransitGatewayAttachment:
    """Any attachment to a transit gateway, as `aws ec2 describe-transit-gateway-attachments` prints it; *owner_id*: who owns the transit gateway; *route_table_id*: the table it is associated with."""

    kind: ClassVar[str] = "transit-gateway-attachment"
    id: str
    source: Source
    owner_id: str | None
    transit_gateway_id: str
    resource_type: str
    resource_id: str
    state: str
    route_table_id: str | None
    association_state: str | None
    tags: Tags


@dataclass(frozen=True, slots=True)
class TransitGatewayRoute:
    """One route of a transit gateway's table, as `aws ec2 search-transit-gateway-routes` prints it: *type* is `static` or `propagated`."""

    kind: ClassVar[str] = "transit-gateway-route"
    id: str
    source: Source
    cidr: str | None
    prefix_list_id: str | None
    type: str
    state: str
    attachment_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TransitGatewayRoutes:
    """All routes of a transit gateway's table, whose *id* it has, as `aws ec2 search-transit-gateway-routes` prints them."""

    kind: ClassVar[str] = "transit-gateway-routes"
    id: str
    source: Source
    routes: tuple[TransitGatewayRoute, ...]


@dataclass(frozen=True, slots=True)
class NetworkInterface:
    """A network interface, as `aws ec2 describe-network-interfaces` prints it; *public_ip*: the one associated with its primary address."""

    kind: ClassVar[str] = "network-interface"
    id: str
    source: Source
    owner_id: str | None
    vpc_id: str
    subnet_id: str
    private_ips: tuple[str, ...]
    public_ip: str | None
    source_dest_check: bool
    security_group_ids: tuple[str, ...]
    status: str
    instance_id: str | None
    tags: Tags


@dataclass(frozen=True, slots=True)
class Instance:
    """An instance and its state, as `aws ec2 describe-instances` prints it."""

    kind: ClassVar[str] = "instance"
    id: str
    source: Source
    state: str


@dataclass(frozen=True, slots=True)
class BlockPublicAccessOptions:
    """The Region's Block Public Access, as `aws ec2 describe-vpc-block-public-access-options` prints it; *id* is `ACCOUNT/REGION`."""

    kind: ClassVar[str] = "vpc-block-public-access-options"
    id: str
    source: Source
    internet_gateway_block_mode: str


@dataclass(frozen=True, slots=True)
class BlockPublicAccessExclusion:
    """A VPC or subnet excluded from Block Public Access, as `aws ec2 describe-vpc-block-public-access-exclusions` prints it; *resource_id*: of the VPC or subnet."""

    kind: ClassVar[str] = "vpc-block-public-access-exclusion"
    id: str
    source: Source
    resource_id: str
    internet_gateway_exclusion_mode: str
    state: str


@dataclass(frozen=True, slots=True)
class HostedZone:
    """A private hosted zone that a VPC uses, as `aws route53 list-hosted-zones-by-vpc` prints it; *id* is `ZONE/VPC`, *name* without the last dot."""

    kind: ClassVar[str] = "hosted-zone"
    id: str
    source: Source
    vpc_id: str
    name: str


@dataclass(frozen=True, slots=True)
class ResolverRule:
    """A resolver rule, as `aws route53resolver list-resolver-rules` prints it; *domain_name* without the last dot."""

    kind: ClassVar[str] = "resolver-rule"
    id: str
    source: Source
    domain_name: str
    rule_type: str


@dataclass(frozen=True, slots=True)
class ResolverRuleAssociation:
    """A VPC that uses a resolver rule, as `aws route53resolver list-resolver-rule-associations` prints it."""

    kind: ClassVar[str] = "resolver-rule-association"
    id: str
    source: Source
    resolver_rule_id: str
    vpc_id: str
    status: str


@dataclass(frozen=True, slots=True)
class ProfileAssociation:
    """A VPC that uses a Route 53 profile, as `aws route53profiles list-profile-associations` prints it."""

    kind: ClassVar[str] = "profile-association"
    id: str
    source: Source
    profile_id: str
    vpc_id: str
    status: str


@dataclass(frozen=True, slots=True)
class EndpointService:
    """A service that endpoints can lead to, as `aws ec2 describe-vpc-endpoint-services` prints it in `ServiceDetails`; *id* is the service's whole name."""

    kind: ClassVar[str] = "endpoint-service"
    id: str
    source: Source
    service: str
    service_types: tuple[str, ...]
    private_dns_names: tuple[str, ...]
    availability_zones: frozenset[str]


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket's Region, as `aws s3api get-bucket-location` or `head-bucket` prints it; *id* is the bucket's name."""

    kind: ClassVar[str] = "bucket"
    id: str
    source: Source
    region: str


@dataclass(frozen=True, slots=True)
class VpcConfig:
    """Subnets and groups of a job, in the order of its definition."""

    source: Source
    subnets: tuple[str, ...]
    security_group_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Data:
    """One input or output of a job. *uri*: the S3 URI, None for a feature group. *name*: as the job calls it.

    *use*: `prefix`, `object` or `manifest` of an input (what a manifest names is not known), `athena` or `redshift` of a dataset definition, whose *uri* is where the query's
    answer goes, `output`, `feature-group`. *app_managed*: the container itself moves the data.
    """

    source: Source
    name: str
    uri: str | None
    use: Literal["prefix", "object", "manifest", "athena", "redshift", "output", "feature-group"]
    app_managed: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A job, as its `create-…` request defines it or its `describe-…` answer tells it.

    *id*: the API's word for it and its name, `processing-job/NAME`. *arn*, *status*, *ended*, *changed*: None for a request.
    *instance_count*: the worst case of the definition, or what was selected (F1.5). *environment*: of the container.
    """

    kind: ClassVar[str] = "job"
    id: str
    source: Source
    form: Literal["request", "description"]
    name: str
    arn: str | None
    role_arn: str | None
    status: str | None
    ended: datetime | None
    changed: datetime | None
    vpc_config: VpcConfig | None
    instance_count: int
    enable_network_isolation: bool
    enable_inter_container_traffic_encryption: bool
    data: tuple[Data, ...] = ()
    image_uri: str | None = None
    environment: Tags = field(default_factory=dict)
    tags: Tags = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Need:
    """What a job must reach; *id* names it in reports: `s3://BUCKET`, a service such as `sts`, `internet`, or `ADDRESS/N:PORT`.

    *source*: where the documents or settings say so. *established*: it surely is needed; what is only probable cannot fail. *cidr* and *port*: of an address, and of the
    proxy through which the internet is reached. *region*: of a bucket, None if it is not known. *missing*: what would tell more of the need itself.
    """

    kind: ClassVar[str] = "need"
    id: str
    source: Source
    what: Literal["s3", "service", "internet", "address"]
    established: bool = True
    bucket: str | None = None
    region: str | None = None
    service: str | None = None
    cidr: str | None = None
    port: int | None = None
    missing: frozenset[Absence] = frozenset()


Fact = (
    Vpc | VpcAttribute | Subnet | CidrReservation | SecurityGroup | SecurityGroupRule | SecurityGroupVpcAssociation
    | PrefixList | PrefixListEntries | DhcpOptions | FlowLog | RouteTable | NetworkAcl | InternetGateway | NatGateway | VpcEndpoint
    | VpcPeeringConnection | TransitGatewayVpcAttachment | TransitGatewayAttachment | TransitGatewayRoutes | NetworkInterface | Instance
    | BlockPublicAccessOptions | BlockPublicAccessExclusion | HostedZone | ResolverRule | ResolverRuleAssociation | ProfileAssociation
    | EndpointService | Bucket | Job
)


def with_fields(fact: Fact, **values: object) -> Fact:
    """Return the fact with other *values* of some fields, which may be `Unknown`."""
    return replace(fact, **values)  # type: ignore[arg-type]
