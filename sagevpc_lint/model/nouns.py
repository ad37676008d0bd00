"""The facts: one frozen dataclass per AWS noun, each with the source it was read from.

Any field but the id may be `Unknown`: it then raises `Missing` when it is used. Facts hold ids, not each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import ClassVar, Literal

from sagevpc_lint.source import Source

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Vpc:
    """A VPC, as `aws ec2 describe-vpcs` prints it. *cidr_blocks* are the associated ones, the primary first."""

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
class VpcConfig:
    """Subnets and groups of a job, in the order of its definition."""

    source: Source
    subnets: tuple[str, ...]
    security_group_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Job:
    """A job, as its `create-…` request defines it or its `describe-…` answer tells it.

    *id*: the API's word for it and its name, `processing-job/NAME`. *arn*, *status*, *ended*, *changed*: None for a request.
    *instance_count*: the worst case of the definition, or what was selected (F1.5).
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
    tags: Tags = field(default_factory=dict)


Fact = (
    Vpc | VpcAttribute | Subnet | CidrReservation | SecurityGroup | SecurityGroupRule | SecurityGroupVpcAssociation
    | PrefixList | PrefixListEntries | DhcpOptions | FlowLog | Job
)


def with_fields(fact: Fact, **values: object) -> Fact:
    """Return the fact with other *values* of some fields, which may be `Unknown`."""
    return replace(fact, **values)  # type: ignore[arg-type]
