"""What the rules say of endpoints beyond whether they fail: causes, and what to do."""

from collections.abc import Mapping

from sagevpc_lint.check import Finding, check
from sagevpc_lint.documents.yaml_text import Value
from sagevpc_lint.examples import Example, environment
from sagevpc_lint.questions import vocabulary
from sagevpc_lint.rulebook import load, shipped_rules


def findings(change: Mapping[str, Value]) -> tuple[Finding, ...]:
    """What all rules find in the good environment after a change."""
    rules, _ = load([shipped_rules()], vocabulary())
    snapshot = environment(Example("", 1, change, frozenset(), {}, frozenset(), frozenset()))
    return check(snapshot, rules, frozenset(rule.id for rule in rules), frozenset(), 30).findings


def test_private_dns_of_s3_is_turned_on_for_names_inside_the_vpc() -> None:
    local = {"Routes": [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}]}
    other = {"PrivateDnsEnabled": False, "ServiceName": "com.amazonaws.eu-west-1.s3"}
    found = findings({"vpce-0c000000000000053": None, "vpce-0c000000000001065": other, "rtb-0a000000000000001": local, "rtb-0b000000000000002": local})
    remedy, = {each.remediation for each in found if each.rule.id == "endpoint-private-dns-disabled"}
    assert "--dns-options PrivateDnsOnlyForInboundResolverEndpoint=false" in remedy


def test_an_endpoint_that_is_deleting_cannot_be_counted_on_though_a_nat_gateway_is_there() -> None:
    routes = [{"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"}, {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-0a000000000000101"}]
    routes += [{"DestinationPrefixListId": "pl-6da54004", "GatewayId": "vpce-0c000000000000053"}]
    change = {"vpce-0c000000000000053": {"State": "deleting"}, "rtb-0a000000000000001": {"Routes": routes}}
    found = findings(change)
    line = "vpce-0c000000000000053 is deleting: a job that starts later cannot count on it [BAD_STATE]"
    assert [("s3-unreachable", "packets to S3 are lost at vpce-0c000000000000053", (line,))] == [(each.rule.id, each.message, each.because) for each in found]
