"""All facts of a run, what the exports they came from cover, and what is missing where they end."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from sagevpc_lint.answer import Absence, Found, Missing, known
from sagevpc_lint.model.agreement import group_rules
from sagevpc_lint.model.collection import Collection, Noun, scope_of
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.index import services_of_prefix_lists
from sagevpc_lint.model.nouns import (
    BlockPublicAccessExclusion, BlockPublicAccessOptions, Bucket, CidrReservation, DhcpOptions, EndpointService, Fact, FlowLog, HostedZone, Instance, InternetGateway, Job, NatGateway,
    NetworkAcl, NetworkInterface, PrefixList, PrefixListEntries, ProfileAssociation, ResolverRule, ResolverRuleAssociation, RouteTable, SecurityGroup, SecurityGroupRule,
    SecurityGroupVpcAssociation, Subnet, TransitGatewayAttachment, TransitGatewayRoutes, TransitGatewayVpcAttachment, Vpc, VpcAttribute, VpcEndpoint, VpcPeeringConnection,
)
from sagevpc_lint.model.public_access import OFF, general_mode, left_by
from sagevpc_lint.model.services import region_of, service_of


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The facts by noun and id. Asking for what was not given raises `Missing`; collections come as `Found`.

    *scope*: the one that all exports share; without account or Region where they differ or do not tell.
    """

    exports: tuple[Export, ...]
    jobs: tuple[Job, ...]
    scope: Scope
    _collection: Collection
    _rules: Mapping[str, Found[SecurityGroupRule]]
    _services: Mapping[str, tuple[str, str | None]]

    @classmethod
    def of(cls, exports: Iterable[Export]) -> "Facts":
        """Collect the facts of *exports*; their order does not matter."""
        exports = tuple(sorted(exports, key=lambda export: (export.source, export.kind)))
        collection = Collection.of(exports)
        return cls(exports, collection.jobs, collection.scope, collection, group_rules(exports), services_of_prefix_lists(collection.facts))

    def scope_of(self, job: Job) -> Scope:
        """Return a job's account and Region: its ARN's; for a request the documents' only ones, if its role is of that account."""
        return scope_of(job, self.scope)

    def has(self, noun: type, id: str) -> bool:
        """Is there a fact of *noun* with this id in the documents?"""
        return self._collection.get(noun, id) is not None

    def exported(self, kind: str) -> bool:
        """Is there any export of *kind*?"""
        return kind in self._collection.coverage.given

    def vpc(self, id: str) -> Vpc:
        """Return the VPC, or raise `Missing`."""
        return self._collection.asked_for(Vpc, id, "vpcs", self.home_of_vpc(id))

    def subnet(self, id: str) -> Subnet:
        """Return the subnet, or raise `Missing`."""
        return self._collection.named(Subnet, id, "subnets")

    def group(self, id: str) -> SecurityGroup:
        """Return the security group, or raise `Missing`."""
        return self._collection.named(SecurityGroup, id, "security-groups")

    def dhcp_options(self, id: str, vpc: str) -> DhcpOptions:
        """Return a DHCP option set, which the owner of *vpc* has, or raise `Missing`."""
        return self._collection.asked_for(DhcpOptions, id, "dhcp-options", self.home_of_vpc(vpc))

    def vpc_attribute(self, vpc: str, name: str) -> VpcAttribute:
        """Return the attribute *name* (`enableDnsSupport`, `enableDnsHostnames`) of a VPC, or raise `Missing`."""
        return self._collection.asked_for(VpcAttribute, f"{vpc}/{name}", "vpc-attributes", self.home_of_vpc(vpc), vpc, name)

    def prefix_list_entries(self, id: str) -> PrefixListEntries:
        """Return the entries of a prefix list, or raise `Missing`."""
        return self._collection.asked_for(PrefixListEntries, id, "prefix-list-entries", self.scope, id)

    def route_table(self, id: str) -> RouteTable:
        """Return the route table, or raise `Missing`."""
        return self._collection.named(RouteTable, id, "route-tables")

    def internet_gateway(self, id: str) -> InternetGateway:
        """Return the internet gateway, or raise `Missing`."""
        return self._collection.named(InternetGateway, id, "internet-gateways")

    def nat_gateway(self, id: str) -> NatGateway:
        """Return the NAT gateway, or raise `Missing`."""
        return self._collection.named(NatGateway, id, "nat-gateways")

    def vpc_endpoint(self, id: str) -> VpcEndpoint:
        """Return the VPC endpoint, or raise `Missing`."""
        return self._collection.named(VpcEndpoint, id, "vpc-endpoints")

    def peering(self, id: str) -> VpcPeeringConnection:
        """Return the peering connection, or raise `Missing`."""
        return self._collection.named(VpcPeeringConnection, id, "vpc-peering-connections")

    def peers_of(self, vpc: str) -> Found[str]:
        """Find the VPCs on the other side of a VPC's active peering connections."""
        found = Found(self._collection.all(VpcPeeringConnection)).only(lambda peering: vpc in peering.vpcs and peering.status == "active")
        lacking = frozenset() if self.exported("vpc-peering-connections") else self.uncovered("vpc-peering-connections", self.home_of_vpc(vpc))
        return Found(tuple(other for peering in found.items for other in peering.vpcs if other != vpc), found.missing | lacking)

    def network_interface(self, id: str) -> NetworkInterface:
        """Return the network interface, or raise `Missing`."""
        return self._collection.named(NetworkInterface, id, "network-interfaces")

    def instance(self, id: str) -> Instance:
        """Return the instance, or raise `Missing`."""
        return self._collection.named(Instance, id, "instances")

    def transit_gateway_attachment(self, id: str) -> TransitGatewayAttachment:
        """Return what an attachment to a transit gateway is associated with, or raise `Missing`."""
        return self._collection.named(TransitGatewayAttachment, id, "transit-gateway-attachments")

    def transit_gateway_routes(self, table: str) -> TransitGatewayRoutes:
        """Return the routes of a transit gateway's table, or raise `Missing`."""
        return self._collection.asked_for(TransitGatewayRoutes, table, "transit-gateway-routes", self.scope, table)

    def bucket(self, name: str) -> Bucket:
        """Return the bucket with its Region, or raise `Missing`."""
        return self._collection.asked_for(Bucket, name, "bucket-location", self.scope, name)

    def has_endpoint_services(self) -> bool:
        """Is it exported which services endpoints can lead to?"""
        return self.exported("vpc-endpoint-services")

    def endpoint_service(self, name: str) -> EndpointService | None:
        """Return the service of this whole name; None where no document shows it: it is assumed to offer private DNS everywhere."""
        return self._collection.get(EndpointService, name)

    def route_table_of(self, subnet: str) -> RouteTable:
        """Return the table that a subnet uses, its own or else the VPC's main one (F6.4), or raise `Missing`."""
        return self._used_by(subnet, RouteTable, "route-tables", lambda table: table.is_main)

    def edge_table_of(self, gateway: str, vpc: str) -> RouteTable | None:
        """Return the table that routes what comes in over an internet gateway of *vpc*, None if it has none, or raise `Missing`."""
        found = self._collection.at(RouteTable, vpc).only(lambda table: gateway in table.gateway_ids)
        missing = found.missing or (frozenset() if found.items else self.uncovered("route-tables", self.home_of_vpc(vpc), vpc))
        if missing:
            raise Missing(*missing)
        return found.items[0] if found.items else None

    def network_acl_of(self, subnet: str) -> NetworkAcl:
        """Return the network ACL that a subnet uses, its own or else the VPC's default one (F5.4), or raise `Missing`."""
        return self._used_by(subnet, NetworkAcl, "network-acls", lambda acl: acl.is_default)

    def _used_by(self, subnet: str, noun: type[Noun], kind: str, serves_all: Callable[[Noun], bool]) -> Noun:
        """One that is not shown may be associated with the subnet: only where all are shown it uses the one for all."""
        vpc = known(self.subnet(subnet).vpc_id)
        of_vpc = self._collection.at(noun, vpc)
        found = of_vpc.only(lambda fact: subnet in fact.subnet_ids)  # type: ignore[union-attr]
        missing = found.missing
        if not found.items:
            missing |= self.uncovered(kind, self.home(Subnet, subnet), vpc)
            found = of_vpc.only(serves_all)
        if missing or found.missing:
            raise Missing(*missing, *found.missing)
        if len(found.items) != 1:
            raise Missing(self._puzzling(kind, subnet, found.items))
        return found.items[0]

    def _puzzling(self, kind: str, subnet: str, seen: tuple[Fact, ...]) -> Absence:
        """None, though every VPC has one, or several, of which one is of another day."""
        lacking = self._collection.coverage.absence(kind, self.home(Subnet, subnet))
        places = " and ".join(sorted({f"{fact.source.file} {fact.source.pointer}".strip() for fact in seen}))
        said = f"that of {subnet} is told differently in {places}; leave one of them out" if seen else f"that of {subnet} is none of those that are shown"
        return replace(lacking, scope=said)

    def block_public_access(self, subnet: str) -> str:
        """Return the mode of Block Public Access that counts for a subnet: its own, its VPC's, or its account's and Region's unless excluded (F6.15), or raise `Missing`."""
        if (mode := known(self.subnet(subnet).block_public_access)) is not None:
            return mode
        vpc = known(self.subnet(subnet).vpc_id)
        if (mode := self.vpc(vpc).block_public_access) != OFF:
            return mode
        options = ((self.home(BlockPublicAccessOptions, each.id), each) for each in self._collection.all(BlockPublicAccessOptions))
        if (mode := general_mode(options, self.home(Subnet, subnet))) == OFF:
            return mode
        return self._left_of_blocking(subnet) or self._left_of_blocking(vpc) or mode

    def _left_of_blocking(self, id: str) -> str | None:
        return left_by(self._collection.assumed(BlockPublicAccessExclusion, id, "vpc-block-public-access-exclusions"))

    def rules_of(self, group: str) -> Found[SecurityGroupRule]:
        """Find all rules of a group, from either describe form."""
        return self._rules.get(group) or Found((), frozenset({self._collection.lacking("security-groups", group)}))

    def has_group(self, id: str) -> bool:
        """Does either describe form show the group?"""
        return self.has(SecurityGroup, id) or id in self._rules

    def subnets_of(self, vpc: str) -> Found[Subnet]:
        """Find all subnets of a VPC."""
        return self._collection.in_vpc(Subnet, vpc, "subnets")

    def route_tables_of(self, vpc: str) -> Found[RouteTable]:
        """Find all route tables of a VPC."""
        return self._collection.in_vpc(RouteTable, vpc, "route-tables")

    def interfaces_of(self, vpc: str) -> Found[NetworkInterface]:
        """Find all network interfaces in a VPC."""
        return self._collection.in_vpc(NetworkInterface, vpc, "network-interfaces")

    def endpoints_of(self, vpc: str) -> Found[VpcEndpoint]:
        """Find all VPC endpoints of a VPC."""
        return self._collection.in_vpc(VpcEndpoint, vpc, "vpc-endpoints")

    def flow_logs_of(self, subnet: str) -> Found[FlowLog]:
        """Find the flow logs of a subnet and of its VPC."""
        try:
            vpc = known(self.subnet(subnet).vpc_id)
        except Missing as error:
            return _joined(self._collection.at(FlowLog, subnet), Found((), error.absences))
        missing = self.uncovered("flow-logs", self.home(Subnet, subnet), vpc)
        return _joined(self._collection.at(FlowLog, subnet), self._collection.at(FlowLog, vpc), Found((), missing))

    def attachments_in(self, subnet: str) -> Found[TransitGatewayVpcAttachment]:
        """Find the attachments to transit gateways with an interface in a subnet; what is missing is known only of what a route of its VPC leads to, and of Cloud WAN always."""
        shown = Found(tuple(self._collection.all(TransitGatewayVpcAttachment))).only(lambda attachment: subnet in attachment.subnet_ids)
        vpc = known(self.subnet(subnet).vpc_id)
        tables = self.route_tables_of(vpc)
        targets = sorted({route.target for table in tables.items for route in known(table.routes) if route.target.startswith(("tgw-", "arn:"))})
        found = {target: self.attachments_of(target).only(lambda attachment: attachment.vpc_id == vpc) for target in targets}
        hidden = {Absence(f"in which subnets of {vpc} {target} is attached", subnet, "world") for target in targets if not found[target].items}
        return replace(shown, missing=shown.missing.union(tables.missing, hidden, *(each.missing for each in found.values())))

    def attachments_of(self, transit_gateway: str) -> Found[TransitGatewayVpcAttachment]:
        """Find the VPCs' attachments to a transit gateway that are shown; the VPCs of accounts that are not exported may have more."""
        found = self._collection.at(TransitGatewayVpcAttachment, transit_gateway)
        kind = "transit-gateway-vpc-attachments"
        lacking = self._collection.coverage.left_over(kind) if self.exported(kind) else {self._collection.coverage.absence(kind, self.scope)}
        return replace(found, missing=found.missing | lacking)

    def associations_of(self, group: str) -> Found[SecurityGroupVpcAssociation]:
        """Find the further VPCs that a group is associated with; where they are not exported there are none (an assumption)."""
        return self._collection.assumed(SecurityGroupVpcAssociation, group, "security-group-vpc-associations")

    def reservations_of(self, subnet: str) -> Found[CidrReservation]:
        """Find the CIDR reservations of a subnet; where they are not exported there are none (an assumption)."""
        return self._collection.assumed(CidrReservation, subnet, "subnet-cidr-reservations")

    def hosted_zones_of(self, vpc: str) -> Found[HostedZone]:
        """Find the private hosted zones that a VPC uses; where they are not exported there are none (an assumption)."""
        return self._collection.assumed(HostedZone, vpc, "hosted-zones")

    def profiles_of(self, vpc: str) -> Found[ProfileAssociation]:
        """Find the Route 53 profiles that a VPC uses; where they are not exported there are none (an assumption)."""
        return self._collection.assumed(ProfileAssociation, vpc, "profile-associations").only(lambda profile: profile.status not in ("DELETED", "FAILED"))

    def resolver_rules_of(self, vpc: str) -> Found[ResolverRule]:
        """Find the resolver rules that a VPC uses; where their associations are not exported there are none (an assumption)."""
        used = self._collection.assumed(ResolverRuleAssociation, vpc, "resolver-rule-associations").only(lambda association: association.status != "FAILED")
        rules, missing = [], set(used.missing)
        for association in used.items:
            try:
                rules.append(self._collection.named(ResolverRule, known(association.resolver_rule_id), "resolver-rules"))
            except Missing as error:
                missing |= error.absences
        return Found(tuple(rules), frozenset(missing))

    def prefix_list_name(self, id: str) -> str | None:
        """Return the name of a prefix list, as either describe form tells it; None where neither does."""
        found = self._collection.get(PrefixList, id)
        return known(found.prefix_list_name) or None if found else None

    def service_of_prefix_list(self, id: str) -> str | None:
        """Return the AWS service whose addresses a prefix list holds, as a route to a gateway endpoint or its name tells (F8.5); None for another list.

        Raises `Missing` where neither is told: it may be any list.
        """
        if id in self._services:
            return self._services[id][0]
        name = self.prefix_list_name(id)
        if name is not None:
            return service_of(name) if service_of(name) != name else None
        if self.has(PrefixListEntries, id):
            raise Missing(self._collection.coverage.absence("managed-prefix-lists", self.scope))
        raise Missing(self._collection.coverage.absence("prefix-list-entries", self.scope, id))

    def prefix_lists_of(self, service: str, region: str | None) -> tuple[str, ...]:
        """Return the ids of the prefix lists that surely hold a service's addresses in *region*, or in any."""
        named = Found(self._collection.all(PrefixList)).only(lambda each: service_of(each.prefix_list_name) == service and region in (None, region_of(each.prefix_list_name)))
        routed = [id for id, (told, where) in self._services.items() if told == service and region in (None, where)]
        return tuple(sorted({*routed, *(each.id for each in named.items)}))

    def uncovered_prefix_lists(self) -> frozenset[Absence]:
        """Say what would tell the prefix lists of services with their entries."""
        return frozenset({self._collection.coverage.absence("prefix-lists", self.scope)})

    def home(self, noun: type, id: str) -> Scope:
        """Return the account that owns a fact and the Region it lies in, as far as the documents tell."""
        return self._collection.home(noun, id)

    def home_of_vpc(self, vpc: str) -> Scope:
        """Return the owner and the Region of a VPC, from the VPC itself, else from a subnet of it, else from a peering connection."""
        return self._collection.home_of_vpc(vpc)

    def uncovered(self, kind: str, scope: Scope, vpc: str | None = None) -> frozenset[Absence]:
        """Say what is missing to know all of *kind* in *scope*, or in one *vpc* there; empty if the documents cover it."""
        return self._collection.coverage.uncovered(kind, scope, vpc)

    def covering(self, kind: str, scope: Scope, vpc: str | None = None) -> tuple[Export, ...]:
        """Return the exports that each show all of *kind* in *scope*, or in one *vpc* there."""
        return self._collection.coverage.covering(kind, scope, vpc)

    def shows_all(self, kind: str, scope: Scope) -> bool:
        """Do the documents cover *scope* and hold no rows of other owners, of whose resources an export need not show all?"""
        return (kind, scope) in self._collection.all_shown


def _joined(*parts: Found[Noun]) -> Found[Noun]:
    items = {item.id: item for part in parts for item in part.items}
    return Found(tuple(items[id] for id in sorted(items)), frozenset().union(*(part.missing for part in parts)))
