"""Answers of the AWS CLI about names: where hosted zones, resolver rules and profiles lead, which services endpoints offer, where buckets lie."""

from collections.abc import Mapping
from dataclasses import replace

from sagevpc_lint.documents.rows import Read, Reader, Row, distinct, members, one_by_one, rows
from sagevpc_lint.model.nouns import Bucket, EndpointService, HostedZone, ProfileAssociation, ResolverRule, ResolverRuleAssociation
from sagevpc_lint.model.services import service_of
from sagevpc_lint.source import Source

_OLD_NAMES = {"EU": "eu-west-1"}  # of Regions, as old buckets still have them


def _hosted_zones(document: Row, source: Source, vpc: str | None) -> Read:
    """Those that an AWS service keeps are left out: they lead the names of the VPC's own endpoints to these."""
    def zone(row: Row, at: Source) -> HostedZone:
        return HostedZone(f"{row['HostedZoneId'].rpartition('/')[2]}/{vpc}", at, vpc or "", _name(row["Name"]))

    placed = ((row, source.at("HostedZoneSummaries", index)) for index, row in enumerate(document["HostedZoneSummaries"]))
    return one_by_one(((row, at) for row, at in placed if not (row.get("Owner") or {}).get("OwningService")), zone)


def _name(text: str) -> str:
    return text.removesuffix(".").lower()


def _resolver_rule(row: Row, source: Source) -> ResolverRule:
    return ResolverRule(row["Id"], source, _name(row["DomainName"]), row["RuleType"])


def _rule_association(row: Row, source: Source) -> ResolverRuleAssociation:
    return ResolverRuleAssociation(row["Id"], source, row["ResolverRuleId"], row["VPCId"], row.get("Status") or "COMPLETE")


def _profile_association(row: Row, source: Source) -> ProfileAssociation:
    return ProfileAssociation(row["Id"], source, row["ProfileId"], row["ResourceId"], row.get("Status") or "COMPLETE")


def _endpoint_services(document: Row, source: Source, _: str | None) -> Read:
    """A service with endpoints of several types has a row for each."""
    found: dict[str, EndpointService] = {}
    for index, row in enumerate(document["ServiceDetails"]):
        service = _endpoint_service(row, source.at("ServiceDetails", index))
        found[service.id] = united(found[service.id], service) if service.id in found else service
    yield from found.values()


def _endpoint_service(row: Row, source: Source) -> EndpointService:
    names = distinct(each.get("PrivateDnsName") for each in [row, *(row.get("PrivateDnsNames") or ())])
    zones = frozenset(distinct(zone for key in ("AvailabilityZones", "AvailabilityZoneIds") for zone in row.get(key) or ()))
    return EndpointService(row["ServiceName"], source, service_of(row["ServiceName"]), members(row, "ServiceType", "ServiceType"), names, zones)


def united(one: EndpointService, other: EndpointService) -> EndpointService:
    """Make one service of two rows of it."""
    types, names = distinct([*one.service_types, *other.service_types]), distinct([*one.private_dns_names, *other.private_dns_names])
    return replace(one, service_types=types, private_dns_names=names, availability_zones=one.availability_zones | other.availability_zones)


def _bucket_location(document: Row, source: Source, bucket: str | None) -> Read:
    region = document["LocationConstraint"] or "us-east-1"
    yield Bucket(bucket or "", source.at("LocationConstraint"), _OLD_NAMES.get(region, region))


def _bucket_head(document: Row, source: Source, bucket: str | None) -> Read:
    yield Bucket(bucket or "", source.at("BucketRegion"), document["BucketRegion"])


READERS: Mapping[str, Reader] = {
    "hosted-zones": _hosted_zones,
    "resolver-rules": rows("ResolverRules", _resolver_rule),
    "resolver-rule-associations": rows("ResolverRuleAssociations", _rule_association),
    "profile-associations": rows("ProfileAssociations", _profile_association),
    "vpc-endpoint-services": _endpoint_services,
    "bucket-location": _bucket_location,
    "bucket-head": _bucket_head,
}
