"""Questions about flow logs, and about the way of a job's own logs."""

from dataclasses import replace
from typing import Literal

from sagevpc_lint.answer import Answer, Evidence, Resource, any_of, shows
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import FlowLog, Job, Need, Subnet, Vpc
from sagevpc_lint.network.graph import Network
from sagevpc_lint.questions.egress import reaches_service


def has_flow_log(facts: Facts, subnet: str) -> Answer:
    """Does the VPC or the subnet have an active flow log?

    Names: flow_log
    """
    answer = any_of(facts.flow_logs_of(subnet), _is_active)
    return answer if answer.value is not False else replace(answer, evidence=_vpc(facts, subnet))


def records_traffic(facts: Facts, subnet: str, *, traffic: Literal["ACCEPT", "REJECT"]) -> Answer:
    """Does an active flow log of the VPC or the subnet record traffic of this type?

    Names: flow_log, traffic_type
    """
    def records(log: FlowLog) -> Answer:
        yes = log.flow_log_status == "ACTIVE" and log.traffic_type in ("ALL", traffic)
        line = f"{log.id} records {log.traffic_type} traffic only"
        names = {"flow_log": (log.id,), "traffic_type": (log.traffic_type,)}
        return Answer(yes, (shows(log, line),), names, () if yes else (line,)) if log.flow_log_status == "ACTIVE" else Answer(False)

    return any_of(facts.flow_logs_of(subnet), records)


def delivers_flow_logs(facts: Facts, subnet: str) -> Answer:
    """Is there an active flow log of the VPC or the subnet whose delivery does not fail?

    Names: flow_log
    """
    def delivers(log: FlowLog) -> Answer:
        active = _is_active(log)
        if active.value is False or log.deliver_logs_status != "FAILED":
            return active
        line = f"{log.id} fails to deliver: {log.deliver_logs_error_message or 'no reason is given'}"
        return Answer(False, (shows(log, line),), {"flow_log": (log.id,)}, (line,))

    return any_of(facts.flow_logs_of(subnet), delivers)


def reaches_logs(network: Network, job: Job, subnet: str, vpc: str) -> Answer:
    """Does a placement reach CloudWatch Logs, through an endpoint or otherwise?

    Names: blocker, code, route_table, vpc, groups, group, service_endpoint, endpoint_group, endpoint_subnet, service_name, trouble
    """
    # SageMaker itself sends the logs (F1.8a), and asks no proxy that the container's environment names.
    return reaches_service(network, replace(job, environment={}), subnet, vpc, Need("logs", job.source, "service", service="logs"))


def _vpc(facts: Facts, subnet: str) -> tuple[Evidence, ...]:
    """The subnet's VPC, to which a flow log belongs, where it is exported, and the export that shows no flow log of it."""
    vpc = facts.subnet(subnet).vpc_id
    none = (
        Evidence(export.source, Resource("vpc", vpc), f"shows no flow log of {vpc}")
        for export in facts.covering("flow-logs", facts.home(Subnet, subnet), vpc)
    )
    return (shows(facts.vpc(vpc)) if facts.has(Vpc, vpc) else shows(facts.subnet(subnet)), *none)


def _is_active(log: FlowLog) -> Answer:
    if log.flow_log_status != "ACTIVE":
        return Answer(False)
    return Answer(True, (shows(log),), {"flow_log": (log.id,)})
