"""Answers of the AWS CLI about the network: route tables, ACLs, gateways, endpoints, and what joins VPCs."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from sagevpc_lint.addresses import ADDRESSES
from sagevpc_lint.answer import Absence, Unknown
from sagevpc_lint.documents.refusal import Refusal
from sagevpc_lint.documents.rows import Read, Reader, Row, address, cidr, distinct, members, one_by_one, rows, tags
from sagevpc_lint.model.kinds import absence
from sagevpc_lint.model.nouns import (
    BlockPublicAccessExclusion, BlockPublicAccessOptions, Instance, InternetGateway, NatGateway, NetworkAcl, NetworkAclEntry, NetworkInterface, Route, RouteTable,
    TransitGatewayAttachment, TransitGatewayRoute, TransitGatewayRoutes, TransitGatewayVpcAttachment, VpcEndpoint, VpcPeeringConnection,
)
from sagevpc_lint.model.services import region_of, service_of
from sagevpc_lint.source import Source
from sagevpc_lint.traffic import packets, protocol_number

_TARGETS = (  # an interface before the instance that it is of
    "GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "EgressOnlyInternetGatewayId", "NetworkInterfaceId", "LocalGatewayId", "CarrierGatewayId",
    "CoreNetworkArn", "OdbNetworkArn", "VpcEndpointId", "IpAddress", "InstanceId",
)
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
Part = TypeVar("Part", Route, NetworkAclEntry, TransitGatewayRoute)
_ROUTE_STATES = frozenset({"active", "blackhole", "filtered"})


def _different(parts: Iterable[Part], owner: str) -> tuple[Part, ...]:
    """What a table or ACL holds: no two may have the same id."""
    found: dict[str, Part] = {}
    for part in parts:
        if part.id in found:
            raise Refusal(part.source, f"{part.id.removeprefix(f'{owner}/')} stands twice in {owner}; leave one of them")
        found[part.id] = part
    return tuple(found.values())


def _route_table(row: Row, source: Source) -> RouteTable:
    id = row["RouteTableId"]
    associations = [each for each in row.get("Associations") or () if ((each.get("AssociationState") or {}).get("State") or "associated") == "associated"]
    routes = (_route(id, each, source.at("Routes", index)) for index, each in enumerate(row["Routes"]))
    return RouteTable(
        id, source, row.get("OwnerId"), row["VpcId"], _different(routes, id), frozenset(distinct(each.get("SubnetId") for each in associations)),
        any(each.get("Main") for each in associations), tags(row), frozenset(distinct(each.get("GatewayId") for each in associations)),
    )


def _route(table: str, row: Row, source: Source) -> Route:
    key = next((key for key in _DESTINATIONS if row.get(key)), None)
    if key is None:
        raise Refusal(source, f"a route without a destination; expected one of {', '.join(_DESTINATIONS)}")
    block = None if key == "DestinationPrefixListId" else cidr(row[key], source.at(key))
    state, origin = row.get("State") or "active", row.get("Origin") or "CreateRoute"
    target = next((row[key] for key in _TARGETS if row.get(key)), "")
    # Beside an installed route there may be others for the same destination that are not: propagated ones, and filtered ones of route servers.
    name = [table, block or row[key], *([origin] if origin != "CreateRoute" else []), *([target] if state == "filtered" else [])]
    known = state if state in _ROUTE_STATES else Unknown(Absence(f"what state {state} of a route means", table, "world"))
    return Route("/".join(name), source, block, None if block else row[key], target, known, origin)  # type: ignore[arg-type]


def _network_acl(row: Row, source: Source) -> NetworkAcl:
    id = row["NetworkAclId"]
    entries = (_entry(id, each, source.at("Entries", index)) for index, each in enumerate(row["Entries"]))
    subnets = frozenset(members(row, "Associations", "SubnetId"))
    return NetworkAcl(id, source, row.get("OwnerId"), row["VpcId"], row["IsDefault"], _different(entries, id), subnets, tags(row))


def _entry(acl: str, row: Row, source: Source) -> NetworkAclEntry:
    key = next((key for key in ("CidrBlock", "Ipv6CidrBlock") if row.get(key)), None)
    if key is None:
        raise Refusal(source, "an entry without addresses; expected CidrBlock or Ipv6CidrBlock")
    ports, icmp = _ports_and_icmp(row, source)
    id = f"{acl}/{'egress' if row['Egress'] else 'ingress'}/{row['RuleNumber']}"
    return NetworkAclEntry(id, source, row["Egress"], row["RuleNumber"], row["RuleAction"], row["Protocol"], cidr(row[key], source.at(key)), *ports, *icmp)


def _ports_and_icmp(row: Row, source: Source) -> tuple[tuple[int | None, int | None], tuple[int | None, int | None]]:
    """The ports of TCP and UDP, and the type and code of ICMP; what an entry tells beside its protocol counts for nothing (F5.2)."""
    ports, icmp = row.get("PortRange") or {}, row.get("IcmpTypeCode") or {}
    first, last, kind, code = ports.get("From"), ports.get("To"), icmp.get("Type"), icmp.get("Code")
    try:
        match protocol_number(row["Protocol"]):
            case 6 | 17:
                packets("6", first, last, ADDRESSES, ADDRESSES)
                return (first, last), (None, None)
            case 1 | 58:
                kind, code = (-1, -1) if kind in (None, -1) else (kind, code)
                packets("1", kind, code, ADDRESSES, ADDRESSES)
                return (None, None), (kind, code)
            case _:
                return (None, None), (None, None)
    except ValueError as error:
        raise Refusal(source, str(error)) from None


def _internet_gateway(row: Row, source: Source) -> InternetGateway:
    attachments = {each["VpcId"]: (each.get("State") or "available").lower() for each in row.get("Attachments") or ()}
    return InternetGateway(row["InternetGatewayId"], source, row.get("OwnerId"), attachments, tags(row))


def _nat_gateway(row: Row, source: Source) -> NatGateway:
    id, subnet = row["NatGatewayId"], row.get("SubnetId") or None
    mode = row.get("AvailabilityMode") or ("zonal" if subnet else "regional")
    untold = Unknown(absence("nat-gateways", f"what an older AWS CLI does not tell of {id}"))
    used = [(each, source.at("NatGatewayAddresses", index)) for index, each in enumerate(row.get("NatGatewayAddresses") or ()) if each.get("Status") != "failed"]
    private, public = (distinct(address(each[key], at.at(key)) for each, at in used if each.get(key)) for key in ("PrivateIp", "PublicIp"))
    zones = frozenset(distinct(each.get(key) for each, _ in used for key in ("AvailabilityZone", "AvailabilityZoneId")))
    if not used and row["State"] in ("available", "pending"):  # it has some, but they are not told
        private = public = untold  # type: ignore[assignment]
    expands = row.get("AutoProvisionZones")
    return NatGateway(
        id, source, row["VpcId"], subnet, row["State"].lower(), row.get("ConnectivityType") or "public", mode, private, public, zones,
        expands == "enabled" if expands or subnet else untold, row.get("RouteTableId") or (None if subnet else untold), tags(row),  # type: ignore[arg-type]
    )


def _vpc_endpoint(row: Row, source: Source) -> VpcEndpoint:
    name, kind = row.get("ServiceName") or "", row["VpcEndpointType"]
    return VpcEndpoint(
        id=row["VpcEndpointId"], source=source, owner_id=row.get("OwnerId"), vpc_id=row["VpcId"], vpc_endpoint_type=kind, service_name=name, service=service_of(name),
        service_region=row.get("ServiceRegion") or region_of(name), state=row["State"].lower(), subnet_ids=distinct(row.get("SubnetIds") or ()), security_group_ids=members(row, "Groups", "GroupId"),
        network_interface_ids=distinct(row.get("NetworkInterfaceIds") or ()), route_table_ids=frozenset(distinct(row.get("RouteTableIds") or ())),
        private_dns_enabled=kind != "Gateway" and bool(row.get("PrivateDnsEnabled")),  # F8.3
        private_dns_only_for_inbound_resolver_endpoint=(row.get("DnsOptions") or {}).get("PrivateDnsOnlyForInboundResolverEndpoint"), tags=tags(row),
    )


def _peering(row: Row, source: Source) -> VpcPeeringConnection:
    id = row["VpcPeeringConnectionId"]
    sides = [(row[key], source.at(key)) for key in ("RequesterVpcInfo", "AccepterVpcInfo") if (row.get(key) or {}).get("VpcId")]
    homes = {side["VpcId"]: (side.get("OwnerId"), side.get("Region")) for side, _ in sides}
    return VpcPeeringConnection(id, source, row["Status"]["Code"], {side["VpcId"]: _blocks(id, side, at) for side, at in sides}, tags(row), homes)


def _blocks(peering: str, side: Row, source: Source) -> tuple[str, ...]:
    """The IPv4 blocks of one side, which AWS tells of a connection only while it is active."""
    blocks = [cidr(each["CidrBlock"], source.at("CidrBlockSet", index, "CidrBlock")) for index, each in enumerate(side.get("CidrBlockSet") or ())]
    if side.get("CidrBlock"):
        blocks.append(cidr(side["CidrBlock"], source.at("CidrBlock")))
    return distinct(blocks) if blocks else Unknown(absence("vpc-peering-connections", f"the CIDR blocks of {side['VpcId']} in {peering}"))  # type: ignore[return-value]


def _vpc_attachment(row: Row, source: Source) -> TransitGatewayVpcAttachment:
    return TransitGatewayVpcAttachment(
        row["TransitGatewayAttachmentId"], source, row["TransitGatewayId"], row["VpcId"], row.get("VpcOwnerId"), row["State"], distinct(row.get("SubnetIds") or ()), tags(row),
    )


def _attachment(row: Row, source: Source) -> TransitGatewayAttachment:
    association, owner = row.get("Association") or {}, row.get("TransitGatewayOwnerId")
    table, state = association.get("TransitGatewayRouteTableId"), association.get("State")
    if not association and owner != row.get("ResourceOwnerId"):  # the association is the transit gateway's, so only its owner surely sees it
        table = state = Unknown(absence("transit-gateway-attachments", f"{owner}, who owns {row['TransitGatewayId']}"))
    return TransitGatewayAttachment(
        row["TransitGatewayAttachmentId"], source, owner, row["TransitGatewayId"], row["ResourceType"], row.get("ResourceId") or "", row["State"], table, state, tags(row),
    )


def _transit_gateway_routes(document: Row, source: Source, table: str | None) -> Read:
    rows_ = ((row, source.at("Routes", index)) for index, row in enumerate(document["Routes"]) if row["State"] != "deleted")
    try:
        yield TransitGatewayRoutes(table or "", source.at("Routes"), _different((_transit_gateway_route(table or "", row, at) for row, at in rows_), table or ""))
    except Refusal as refusal:
        yield refusal


def _transit_gateway_route(table: str, row: Row, source: Source) -> TransitGatewayRoute:
    block = cidr(row["DestinationCidrBlock"], source.at("DestinationCidrBlock")) if row.get("DestinationCidrBlock") else None
    prefix_list = row.get("PrefixListId") or None
    if not (block or prefix_list):
        raise Refusal(source, "a route without a destination; expected DestinationCidrBlock or PrefixListId")
    name = [table, block or prefix_list, *([row["Type"]] if row["Type"] != "static" else []), *([row["State"]] if row["State"] not in _ROUTE_STATES else [])]
    attachments = members(row, "TransitGatewayAttachments", "TransitGatewayAttachmentId")
    return TransitGatewayRoute("/".join(name), source, block, prefix_list, row["Type"], row["State"], attachments)


def _network_interface(row: Row, source: Source) -> NetworkInterface:
    attachment, public = row.get("Attachment") or {}, (row.get("Association") or {}).get("PublicIp")
    placed = [(row, source), *((each, source.at("PrivateIpAddresses", index)) for index, each in enumerate(row.get("PrivateIpAddresses") or ()))]
    private = distinct(address(each["PrivateIpAddress"], at.at("PrivateIpAddress")) for each, at in placed if each.get("PrivateIpAddress"))
    return NetworkInterface(
        id=row["NetworkInterfaceId"], source=source, owner_id=row.get("OwnerId"), vpc_id=row["VpcId"], subnet_id=row["SubnetId"],
        private_ips=private, public_ip=address(public, source.at("Association", "PublicIp")) if public else None, source_dest_check=row.get("SourceDestCheck") is not False,
        security_group_ids=members(row, "Groups", "GroupId"), status=row["Status"],
        instance_id=attachment.get("InstanceId") if attachment.get("Status") != "detached" else None, tags=tags(row, "TagSet"),
    )


def _instances(document: Row, source: Source, _: str | None) -> Read:
    placed = (
        (row, source.at("Reservations", index, "Instances", number))
        for index, reservation in enumerate(document["Reservations"]) for number, row in enumerate(reservation["Instances"])
    )
    return one_by_one(placed, lambda row, at: Instance(row["InstanceId"], at, row["State"]["Name"]))


def _options(document: Row, source: Source, _: str | None) -> Read:
    row = document["VpcBlockPublicAccessOptions"]
    place = "/".join(filter(None, (row.get("AwsAccountId"), row.get("AwsRegion"))))
    yield BlockPublicAccessOptions(place, source.at("VpcBlockPublicAccessOptions"), row["InternetGatewayBlockMode"])


def _exclusion(row: Row, source: Source) -> BlockPublicAccessExclusion:
    return BlockPublicAccessExclusion(row["ExclusionId"], source, row["ResourceArn"].rpartition("/")[2], row["InternetGatewayExclusionMode"], row["State"])


READERS: Mapping[str, Reader] = {
    "route-tables": rows("RouteTables", _route_table),
    "network-acls": rows("NetworkAcls", _network_acl),
    "internet-gateways": rows("InternetGateways", _internet_gateway),
    "nat-gateways": rows("NatGateways", _nat_gateway),
    "vpc-endpoints": rows("VpcEndpoints", _vpc_endpoint),
    "vpc-peering-connections": rows("VpcPeeringConnections", _peering),
    "transit-gateway-vpc-attachments": rows("TransitGatewayVpcAttachments", _vpc_attachment),
    "transit-gateway-attachments": rows("TransitGatewayAttachments", _attachment),
    "transit-gateway-routes": _transit_gateway_routes,
    "network-interfaces": rows("NetworkInterfaces", _network_interface),
    "instances": _instances,
    "vpc-block-public-access-options": _options,
    "vpc-block-public-access-exclusions": rows("VpcBlockPublicAccessExclusions", _exclusion),
}
