"""Facts by the id of what they belong to, so that nothing looks through all facts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from sagevpc_lint.answer import Absence, Found, Missing, is_unknown, known
from sagevpc_lint.model.nouns import (
    BlockPublicAccessExclusion, CidrReservation, Fact, FlowLog, HostedZone, NetworkAcl, NetworkInterface, ProfileAssociation, ResolverRuleAssociation, Route, RouteTable,
    SecurityGroupVpcAssociation, Subnet, TransitGatewayVpcAttachment, VpcEndpoint, VpcPeeringConnection,
)

Item = TypeVar("Item", bound=Fact)
_FIELDS: Mapping[type, str] = {
    **dict.fromkeys((Subnet, RouteTable, NetworkAcl, NetworkInterface, VpcEndpoint, HostedZone, ResolverRuleAssociation, ProfileAssociation), "vpc_id"),
    TransitGatewayVpcAttachment: "transit_gateway_id",
    SecurityGroupVpcAssociation: "group_id",
    CidrReservation: "subnet_id",
    FlowLog: "resource_id",
    BlockPublicAccessExclusion: "resource_id",
}


@dataclass(frozen=True, slots=True)
class Index(Generic[Item]):
    """Facts of one noun by the id that one of their fields holds. *strays*: what would tell where those belong of which it is not known."""

    items: Mapping[str, tuple[Item, ...]]
    strays: frozenset[Absence]

    @classmethod
    def by(cls, field: str, items: Iterable[Item]) -> "Index[Item]":
        """Sort *items* by what *field* holds."""
        found: dict[str, list[Item]] = defaultdict(list)
        strays: set[Absence] = set()
        for item in items:
            try:
                found[known(getattr(item, field))].append(item)
            except Missing as error:
                strays |= error.absences
        return cls({id: tuple(these) for id, these in found.items()}, frozenset(strays))

    def at(self, id: str) -> Found[Item]:
        """Find the items that belong to *id*; one that may belong to anything counts as missing."""
        return Found(self.items.get(id, ()), self.strays)


def indexed(facts: Mapping[type, Mapping[str, Fact]]) -> dict[type, Index[Fact]]:
    """Sort the facts of each noun that belongs to something."""
    return {noun: Index.by(field, facts[noun].values()) for noun, field in _FIELDS.items() if noun in facts}


def homes_of_peers(facts: Mapping[type, Mapping[str, Fact]]) -> dict[str, tuple[str, str | None]]:
    """Return the account and the Region of each VPC of which a peering connection tells the account."""
    homes: dict[str, tuple[str, str | None]] = {}
    for peering in facts.get(VpcPeeringConnection, {}).values():
        told = peering.homes  # type: ignore[union-attr]
        homes |= {} if is_unknown(told) else {vpc: (account, region) for vpc, (account, region) in told.items() if account}
    return homes


def services_of_prefix_lists(facts: Mapping[type, Mapping[str, Fact]]) -> dict[str, tuple[str, str | None]]:
    """Return the AWS service and its Region by prefix list, as far as routes to gateway endpoints tell it (F8.5)."""
    services: dict[str, tuple[str, str | None]] = {}
    for table in facts.get(RouteTable, {}).values():
        for route in () if is_unknown(table.routes) else table.routes:  # type: ignore[union-attr]
            try:
                services |= _told_by(route, facts.get(VpcEndpoint, {}))
            except Missing:
                continue
    return services


def _told_by(route: Route, endpoints: Mapping[str, Fact]) -> dict[str, tuple[str, str | None]]:
    endpoint = endpoints.get(route.target) if known(route.prefix_list_id) else None
    if not isinstance(endpoint, VpcEndpoint) or endpoint.vpc_endpoint_type != "Gateway":
        return {}
    return {route.prefix_list_id: (known(endpoint.service), known(endpoint.service_region))}  # type: ignore[dict-item]
