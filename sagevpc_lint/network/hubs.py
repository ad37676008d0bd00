"""Hubs: VPCs with endpoints for others, to which the names of services may lead."""

from sagevpc_lint.answer import Answer, any_of, known
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.names import led_elsewhere

_HUBS = ("tgw", "pcx", "vgw", "eni")


def may_lead_to_a_hub(network: Network, subnet: str, name: str) -> Answer:
    """May the name of a service lead to an endpoint in another VPC, to which this subnet has a route (F8.18)?

    Only where hosted zones, Route 53 profiles and resolver rules are not exported, so that it is not known where names lead.
    """
    facts = network.facts
    vpc = known(facts.subnet(subnet).vpc_id)
    if led_elsewhere(facts, vpc, name, facts.home_of_vpc(vpc).region).value is True:
        return Answer(True)
    if facts.exported("hosted-zones") and facts.exported("profile-associations") and facts.exported("resolver-rule-associations"):
        return Answer(False)
    return any_of(facts.route_table_of(subnet).routes, lambda route: Answer(bool(route.state == "active" and _is_hub(route.target))))


def _is_hub(target: str) -> bool:
    return target.startswith("arn:") or target.partition("-")[0] in _HUBS
