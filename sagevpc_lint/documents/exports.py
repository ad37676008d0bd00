"""Answers of the AWS CLI: recognise each by what it holds and read the kinds that rules ask about into facts."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import unquote

from sagevpc_lint.addresses import ADDRESSES
from sagevpc_lint.answer import Unknown
from sagevpc_lint.documents import name_exports, network_exports
from sagevpc_lint.documents.refusal import Refusal
from sagevpc_lint.documents.rows import Read, Reader, Row, cidr, rows, tags
from sagevpc_lint.model.kinds import KINDS, Kind, absence
from sagevpc_lint.model.nouns import (
    CidrReservation, DhcpOptions, EndpointService, Fact, FlowLog, PrefixList, PrefixListEntries, SecurityGroup, SecurityGroupRule, SecurityGroupVpcAssociation, Subnet,
    TransitGatewayRoutes, Vpc, VpcAttribute,
)
from sagevpc_lint.source import Source
from sagevpc_lint.traffic import packets

_ROW_IDS = {
    "Vpcs": "VpcId", "Subnets": "SubnetId", "SecurityGroups": "GroupId", "SecurityGroupRules": "SecurityGroupRuleId", "DhcpOptions": "DhcpOptionsId",
    "FlowLogs": "FlowLogId", "PrefixLists": "PrefixListId", "Entries": "Cidr", "SecurityGroupVpcAssociations": "GroupId", "SubnetIpv4CidrReservations": "SubnetCidrReservationId",
    "RouteTables": "RouteTableId", "NetworkAcls": "NetworkAclId", "InternetGateways": "InternetGatewayId", "NatGateways": "NatGatewayId", "NetworkInterfaces": "NetworkInterfaceId",
    "TransitGatewayVpcAttachments": "TransitGatewayAttachmentId", "TransitGatewayAttachments": "TransitGatewayAttachmentId", "Routes": "Type", "Reservations": "Instances",
    "VpcBlockPublicAccessExclusions": "ExclusionId", "HostedZoneSummaries": "HostedZoneId", "ResolverRules": "RuleType", "ResolverRuleAssociations": "ResolverRuleId",
    "ProfileAssociations": "ProfileId", "ServiceDetails": "ServiceName",
    "VpcEndpoints": "VpcEndpointType", "VpcPeeringConnections": "RequesterVpcInfo",  # OpenSearch and GameLift have rows with the same ids
}
_FIRST_KEYS = {kind.keys[0]: [other for other in KINDS if other.keys[0] == kind.keys[0]] for kind in KINDS}


def recognise(document: Row) -> Kind | None:
    """Tell which kind of export a document is, by what it holds; None if it is none."""
    fitting = [kind for key in document for kind in _FIRST_KEYS.get(key, ()) if all(name in document for name in kind.keys) and _fits(kind, document)]
    return min(fitting, key=lambda kind: (-len(kind.keys), kind.name), default=None)


def _fits(kind: Kind, document: Row) -> bool:
    """Are the rows those of this kind, and not of something else that has the same key?"""
    value = document[kind.keys[0]]
    match kind.name:
        case "prefix-lists" | "managed-prefix-lists":
            return _are_rows(value, "PrefixListId") and ("Cidrs" in value[0] if value else True) == (kind.name == "prefix-lists")
        case "mount-target-security-groups":
            return isinstance(value, list) and bool(value) and all(isinstance(item, str) for item in value)
        case "bucket-policy" | "bucket-location" | "key-policy":
            return value is None or isinstance(value, str)
        case "vpc-attributes":
            return isinstance(document[kind.keys[1]], dict)
        case "vpc-block-public-access-options" | "firewalls" | "organization":
            return isinstance(value, dict)
        case "bucket-head":
            return isinstance(value, str)
    if kind.keys[0] in _ROW_IDS:
        return _are_rows(value, _ROW_IDS[kind.keys[0]])
    return len(kind.keys) > 1 or kind.call.split()[1].startswith("get-") or isinstance(value, list)


def _are_rows(value: object, id: str) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value) and (not value or any(id in row for row in value))


def id_asked_for(kind: Kind, document: Row, file_name: str) -> str | None:
    """Return the id that an answer is about where it does not hold it: a member beside it, else from the file's name, `CALL.ID.json`.

    Of several ids it is the first one; `collect` escapes those, as in a URL.
    """
    beside = document.get(kind.member)
    if isinstance(beside, str) and beside:
        return beside
    start, end = f"{kind.file}.", ".json"
    if file_name.startswith(start) and file_name.endswith(end) and len(file_name) > len(start + end):
        ids = file_name[len(start):-len(end)]
        return ids if len(kind.asks) < 2 else unquote(ids.partition(".")[0]) or None
    return None


def read(kind: Kind, document: Row, source: Source, asked_for: str | None) -> Read:
    """Read the facts of one answer that its schema accepts; a row that cannot be right comes as a `Refusal`."""
    return READERS[kind.name](document, source, asked_for)


def united(one: Fact, other: Fact) -> Fact | None:
    """Make one fact of what two pages of an answer tell of it; None where no two pages may tell of the same."""
    match one, other:
        case PrefixListEntries(), PrefixListEntries():
            return replace(one, cidrs=tuple(sorted({*one.cidrs, *other.cidrs})))
        case TransitGatewayRoutes(), TransitGatewayRoutes():
            return replace(one, routes=(*one.routes, *other.routes))
        case EndpointService(), EndpointService():
            return name_exports.united(one, other)
    return None


def unfinished(fact: Fact) -> Fact:
    """Return what is known of a fact of whose answer a page is left over."""
    match fact:
        case PrefixListEntries(id=id):
            return replace(fact, cidrs=Unknown(absence("prefix-list-entries", id, id)))  # type: ignore[arg-type]
        case TransitGatewayRoutes(id=id):
            return replace(fact, routes=Unknown(absence("transit-gateway-routes", id, id)))  # type: ignore[arg-type]
    return fact


def _associated(row: Row, key: str, block: str, source: Source) -> tuple[str, ...]:
    """The CIDR blocks that are associated; a block that is failing, or being taken away, gives no addresses (F2.10)."""
    return tuple(
        cidr(each[block], source.at(key, index, block))
        for index, each in enumerate(row.get(key) or ())
        if (each.get(f"{block}State") or {}).get("State", "associated") == "associated"
    )


def _vpc(row: Row, source: Source) -> Vpc:
    primary = cidr(row["CidrBlock"], source.at("CidrBlock"))
    blocks = _associated(row, "CidrBlockAssociationSet", "CidrBlock", source)
    return Vpc(
        id=row["VpcId"], source=source, owner_id=row.get("OwnerId"), state=row.get("State") or "available", instance_tenancy=row.get("InstanceTenancy") or "default",
        cidr_blocks=(primary, *sorted(block for block in blocks if block != primary)),
        ipv6_cidr_blocks=tuple(sorted(_associated(row, "Ipv6CidrBlockAssociationSet", "Ipv6CidrBlock", source))),
        dhcp_options_id=row["DhcpOptionsId"], is_default=bool(row.get("IsDefault")), tags=tags(row), block_public_access=_block_mode(row) or "off", encryption_exclusions=_encryption_exclusions(row),
    )


def _encryption_exclusions(row: Row) -> frozenset[str] | None:
    control = row.get("EncryptionControl") or {}
    if control.get("Mode") != "enforce" or control.get("State") == "deleted":
        return None
    return frozenset(kind for kind, exclusion in (control.get("ResourceExclusions") or {}).items() if exclusion and exclusion.get("State") == "enabled")


def _vpc_attribute(document: Row, source: Source, _: str | None) -> Read:
    for key in ("EnableDnsSupport", "EnableDnsHostnames", "EnableNetworkAddressUsageMetrics"):
        if key in document:
            name = key[0].lower() + key[1:]
            yield VpcAttribute(f"{document['VpcId']}/{name}", source.at(key), document["VpcId"], document[key]["Value"])


def _subnet(row: Row, source: Source) -> Subnet:
    block = row.get("CidrBlock") or None
    return Subnet(
        id=row["SubnetId"], source=source, owner_id=row.get("OwnerId"), vpc_id=row["VpcId"], state=row.get("State") or "available",
        cidr_block=block and cidr(block, source.at("CidrBlock")), ipv6_native=bool(row.get("Ipv6Native")),
        availability_zone=row.get("AvailabilityZone"), availability_zone_id=row.get("AvailabilityZoneId"),
        available_ip_address_count=row["AvailableIpAddressCount"], tags=tags(row), block_public_access=_block_mode(row),
    )


def _block_mode(row: Row) -> str | None:
    return (row.get("BlockPublicAccessStates") or {}).get("InternetGatewayBlockMode") or None


def _reservation(row: Row, source: Source) -> CidrReservation:
    return CidrReservation(row["SubnetCidrReservationId"], source, row.get("OwnerId"), row["SubnetId"], cidr(row["Cidr"], source.at("Cidr")), row["ReservationType"])


def _group(row: Row, source: Source) -> SecurityGroup:
    rules = tuple(
        rule
        for key, is_egress in (("IpPermissions", False), ("IpPermissionsEgress", True))
        for index, permission in enumerate(row.get(key) or ())
        for rule in _permission(row, permission, is_egress, source.at(key, index))
    )
    return SecurityGroup(row["GroupId"], source, row.get("OwnerId"), row.get("VpcId") or "", row.get("GroupName") or "", rules, tags(row))


def _permission(group: Row, permission: Row, is_egress: bool, source: Source) -> Iterator[SecurityGroupRule]:
    """One IpPermission allows each of its sources: one rule for each (F4.11)."""
    _require_packets(permission, source)

    def rule(at: Source, **peer: str | None) -> SecurityGroupRule:
        return SecurityGroupRule(
            f"{group['GroupId']}{at.pointer}", at, group.get("OwnerId"), group["GroupId"], is_egress,
            permission["IpProtocol"], permission.get("FromPort"), permission.get("ToPort"), **peer,
        )

    for key, member in (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")):
        for index, each in enumerate(permission.get(key) or ()):
            at = source.at(key, index, member)
            yield rule(at, cidr=cidr(each[member], at))
    for index, each in enumerate(permission.get("PrefixListIds") or ()):
        yield rule(source.at("PrefixListIds", index), prefix_list_id=each["PrefixListId"])
    for index, each in enumerate(permission.get("UserIdGroupPairs") or ()):
        yield rule(source.at("UserIdGroupPairs", index), **_referenced(each))


def _require_packets(rule: Row, source: Source) -> None:
    """Refuse a rule whose protocol and ports describe no packets."""
    try:
        packets(rule["IpProtocol"], rule.get("FromPort"), rule.get("ToPort"), ADDRESSES, ADDRESSES)
    except ValueError as error:
        raise Refusal(source, str(error)) from None


def _referenced(reference: Row) -> dict[str, str | None]:
    return {
        "referenced_group_id": reference.get("GroupId"),
        "referenced_peering_id": reference.get("VpcPeeringConnectionId"),
        "peering_status": reference.get("PeeringStatus"),
    }


def _group_rule(row: Row, source: Source) -> SecurityGroupRule:
    key = next((key for key in ("CidrIpv4", "CidrIpv6") if row.get(key)), None)
    reference = row.get("ReferencedGroupInfo") or {}
    _require_packets(row, source)
    if not (key or row.get("PrefixListId") or reference):
        raise Refusal(source, "a rule without a peer; expected one of CidrIpv4, CidrIpv6, PrefixListId, ReferencedGroupInfo")
    return SecurityGroupRule(
        row["SecurityGroupRuleId"], source, row.get("GroupOwnerId"), row["GroupId"], row["IsEgress"], row["IpProtocol"], row.get("FromPort"), row.get("ToPort"),
        cidr=key and cidr(row[key], source.at(key)), prefix_list_id=row.get("PrefixListId"), **_referenced(reference),
    )


def _association(row: Row, source: Source) -> SecurityGroupVpcAssociation:
    return SecurityGroupVpcAssociation(f"{row['GroupId']}/{row['VpcId']}", source, row["GroupId"], row["VpcId"], row["State"])


def _prefix_lists(document: Row, source: Source, asked_for: str | None) -> Read:
    yield from rows("PrefixLists", _prefix_list)(document, source, asked_for)
    for index, row in enumerate(document["PrefixLists"]):
        if "Cidrs" in row:
            yield from _entries(row["PrefixListId"], row["Cidrs"], source.at("PrefixLists", index, "Cidrs"), ())


def _prefix_list(row: Row, source: Source) -> PrefixList:
    return PrefixList(row["PrefixListId"], source, row.get("OwnerId"), row.get("PrefixListName") or "")


def _prefix_list_entries(document: Row, source: Source, asked_for: str | None) -> Read:
    yield from _entries(asked_for or "", [row["Cidr"] for row in document["Entries"]], source.at("Entries"), ("Cidr",))


def _entries(id: str, blocks: list[str], source: Source, member: tuple[str, ...]) -> Read:
    try:
        yield PrefixListEntries(id, source, tuple(sorted(cidr(block, source.at(index, *member)) for index, block in enumerate(blocks))))
    except Refusal as refusal:
        yield refusal


def _dhcp_options(row: Row, source: Source) -> DhcpOptions:
    options = {each["Key"]: tuple(value["Value"] for value in each.get("Values") or ()) for each in row.get("DhcpConfigurations") or ()}
    return DhcpOptions(row["DhcpOptionsId"], source, row.get("OwnerId"), options, tags(row))


def _flow_log(row: Row, source: Source) -> FlowLog:
    return FlowLog(
        row["FlowLogId"], source, row["ResourceId"], row["FlowLogStatus"], row.get("TrafficType") or "ALL",
        row.get("DeliverLogsStatus"), row.get("DeliverLogsErrorMessage"), tags(row),
    )


READERS: Mapping[str, Reader] = {
    "vpcs": rows("Vpcs", _vpc),
    "vpc-attributes": _vpc_attribute,
    "subnets": rows("Subnets", _subnet),
    "subnet-cidr-reservations": rows("SubnetIpv4CidrReservations", _reservation),
    "security-groups": rows("SecurityGroups", _group),
    "security-group-rules": rows("SecurityGroupRules", _group_rule),
    "security-group-vpc-associations": rows("SecurityGroupVpcAssociations", _association),
    "prefix-lists": _prefix_lists,
    "managed-prefix-lists": rows("PrefixLists", _prefix_list),
    "prefix-list-entries": _prefix_list_entries,
    "dhcp-options": rows("DhcpOptions", _dhcp_options),
    "flow-logs": rows("FlowLogs", _flow_log),
    **network_exports.READERS,
    **name_exports.READERS,
}
