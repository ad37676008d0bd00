"""The kinds of export: which AWS CLI call each comes from, how its answer is known, and what its absence means."""

from dataclasses import dataclass
from shlex import quote
from typing import Literal

from sagevpc_lint.answer import Absence

Meaning = Literal["required", "pointed-at", "assumed", "narrows", "definition", "context"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of export.

    *name*: as rules and reports call it. *call*: the AWS CLI's service and command. *keys*: the members of an answer, all of which it has.
    *meaning*: what absence means (design: *required* → unknown; *pointed-at* → unknown where a route or rule names one; *assumed* to change
    nothing, with *assumption* as the sentence for the report; *narrows* an interval; *definition* of a job; *context*, such as lists of names).
    *asks*: the options that carry the ids which the call is asked for. *member*: a member beside the answer that holds the id where the answer itself does not.
    """

    name: str
    call: str
    keys: tuple[str, ...]
    meaning: Meaning
    asks: tuple[str, ...] = ()
    member: str = ""
    assumption: str = ""

    @property
    def file(self) -> str:
        """The start of the file name that `collect` gives an answer: the command without its service."""
        return self.call.split()[1]

    def command(self, *ids: str) -> str:
        """Write the AWS CLI command that answers for *ids*, which come from documents and are quoted for the shell."""
        return " ".join(["aws", self.call, *(f"{option} {quote(id)}" for option, id in zip(self.asks, ids))])


def _table(meaning: Meaning, *rows: tuple[object, ...]) -> tuple[Kind, ...]:
    return tuple(Kind(row[0], row[1], row[2], meaning, *row[3:]) for row in rows)  # type: ignore[arg-type]


_JOB_DEFINITIONS = tuple(f"{kind}-job-definition" for kind in ("data-quality", "model-quality", "model-bias", "model-explainability"))

KINDS: tuple[Kind, ...] = (
    *_table(
        "required",
        ("vpcs", "ec2 describe-vpcs", ("Vpcs",)),
        ("vpc-attributes", "ec2 describe-vpc-attribute", ("VpcId", "EnableDnsSupport"), ("--vpc-id", "--attribute")),
        ("vpc-attributes", "ec2 describe-vpc-attribute", ("VpcId", "EnableDnsHostnames"), ("--vpc-id", "--attribute")),
        ("vpc-attributes", "ec2 describe-vpc-attribute", ("VpcId", "EnableNetworkAddressUsageMetrics"), ("--vpc-id", "--attribute")),
        ("subnets", "ec2 describe-subnets", ("Subnets",)),
        ("route-tables", "ec2 describe-route-tables", ("RouteTables",)),
        ("security-groups", "ec2 describe-security-groups", ("SecurityGroups",)),
        ("security-group-rules", "ec2 describe-security-group-rules", ("SecurityGroupRules",)),
        ("network-acls", "ec2 describe-network-acls", ("NetworkAcls",)),
        ("vpc-endpoints", "ec2 describe-vpc-endpoints", ("VpcEndpoints",)),
        ("internet-gateways", "ec2 describe-internet-gateways", ("InternetGateways",)),
        ("nat-gateways", "ec2 describe-nat-gateways", ("NatGateways",)),
        ("dhcp-options", "ec2 describe-dhcp-options", ("DhcpOptions",)),
        ("flow-logs", "ec2 describe-flow-logs", ("FlowLogs",)),
        ("bucket-policy", "s3api get-bucket-policy", ("Policy",), ("--bucket",), "Bucket"),
        ("bucket-location", "s3api get-bucket-location", ("LocationConstraint",), ("--bucket",), "Bucket"),
    ),
    *_table(
        "pointed-at",
        ("prefix-lists", "ec2 describe-prefix-lists", ("PrefixLists",)),
        ("managed-prefix-lists", "ec2 describe-managed-prefix-lists", ("PrefixLists",)),
        ("prefix-list-entries", "ec2 get-managed-prefix-list-entries", ("Entries",), ("--prefix-list-id",), "PrefixListId"),
        ("network-interfaces", "ec2 describe-network-interfaces", ("NetworkInterfaces",)),
        ("instances", "ec2 describe-instances", ("Reservations",)),
        ("addresses", "ec2 describe-addresses", ("Addresses",)),
        ("vpc-peering-connections", "ec2 describe-vpc-peering-connections", ("VpcPeeringConnections",)),
        ("transit-gateways", "ec2 describe-transit-gateways", ("TransitGateways",)),
        ("transit-gateway-vpc-attachments", "ec2 describe-transit-gateway-vpc-attachments", ("TransitGatewayVpcAttachments",)),
        ("transit-gateway-attachments", "ec2 describe-transit-gateway-attachments", ("TransitGatewayAttachments",)),
        ("transit-gateway-route-tables", "ec2 describe-transit-gateway-route-tables", ("TransitGatewayRouteTables",)),
        ("transit-gateway-routes", "ec2 search-transit-gateway-routes", ("Routes",), ("--transit-gateway-route-table-id",), "TransitGatewayRouteTableId"),
        ("vpn-gateways", "ec2 describe-vpn-gateways", ("VpnGateways",)),
        ("carrier-gateways", "ec2 describe-carrier-gateways", ("CarrierGateways",)),
        ("local-gateways", "ec2 describe-local-gateways", ("LocalGateways",)),
        ("mount-targets", "efs describe-mount-targets", ("MountTargets",), ("--file-system-id",), "FileSystemId"),
        ("mount-target-security-groups", "efs describe-mount-target-security-groups", ("SecurityGroups",), ("--mount-target-id",), "MountTargetId"),
        ("file-systems", "fsx describe-file-systems", ("FileSystems",)),
        ("bucket-encryption", "s3api get-bucket-encryption", ("ServerSideEncryptionConfiguration",), ("--bucket",), "Bucket"),
        ("key-policy", "kms get-key-policy", ("Policy", "PolicyName"), ("--key-id",), "KeyId"),
    ),
    *_table(
        "assumed",
        ("security-group-vpc-associations", "ec2 describe-security-group-vpc-associations", ("SecurityGroupVpcAssociations",), (), "", "no security group is associated with a second VPC"),
        ("subnet-cidr-reservations", "ec2 get-subnet-cidr-reservations", ("SubnetIpv4CidrReservations",), ("--subnet-id",), "", "no addresses of a subnet are set aside by a CIDR reservation"),
        ("vpc-block-public-access-options", "ec2 describe-vpc-block-public-access-options", ("VpcBlockPublicAccessOptions",), (), "", "Block Public Access does no more than subnets and VPCs themselves say"),
        ("vpc-block-public-access-exclusions", "ec2 describe-vpc-block-public-access-exclusions", ("VpcBlockPublicAccessExclusions",), (), "", "nothing is excluded from Block Public Access"),
        ("egress-only-internet-gateways", "ec2 describe-egress-only-internet-gateways", ("EgressOnlyInternetGateways",), (), "", "egress-only internet gateways carry nothing that a job needs"),
        ("vpc-endpoint-services", "ec2 describe-vpc-endpoint-services", ("ServiceDetails",), (), "", "AWS services offer private DNS in every zone"),
        ("vpc-endpoint-associations", "ec2 describe-vpc-endpoint-associations", ("VpcEndpointAssociations",), (), "", "no endpoint association changes a path"),
        ("instance-type-offerings", "ec2 describe-instance-type-offerings", ("InstanceTypeOfferings",), (), "", "every zone offers the instance types that jobs ask for"),
        ("hosted-zones", "route53 list-hosted-zones-by-vpc", ("HostedZoneSummaries",), ("--vpc-id", "--vpc-region"), "VPCId", "no private hosted zone leads an AWS name elsewhere"),
        ("profile-associations", "route53profiles list-profile-associations", ("ProfileAssociations",), (), "", "no Route 53 profile leads an AWS name elsewhere"),
        ("profile-resource-associations", "route53profiles list-profile-resource-associations", ("ProfileResourceAssociations",), ("--profile-id",), "ProfileId", "no Route 53 profile leads an AWS name elsewhere"),
        ("resolver-rules", "route53resolver list-resolver-rules", ("ResolverRules",), (), "", "no resolver rule leads an AWS name elsewhere"),
        ("resolver-rule-associations", "route53resolver list-resolver-rule-associations", ("ResolverRuleAssociations",), (), "", "no resolver rule leads an AWS name elsewhere"),
        ("resolver-endpoints", "route53resolver list-resolver-endpoints", ("ResolverEndpoints",), (), "", "no resolver endpoint changes an answer"),
        ("firewall-rule-group-associations", "route53resolver list-firewall-rule-group-associations", ("FirewallRuleGroupAssociations",), (), "", "DNS Firewall blocks no name that a job needs"),
        ("firewalls", "network-firewall describe-firewall", ("Firewall",), ("--firewall-name",), "", "Network Firewall passes what a job needs"),
        ("role", "iam get-role", ("Role",), ("--role-name",), "", "execution roles may create network interfaces"),
        ("attached-role-policies", "iam list-attached-role-policies", ("AttachedPolicies",), ("--role-name",), "RoleName", "execution roles may create network interfaces"),
        ("role-policies", "iam list-role-policies", ("PolicyNames",), ("--role-name",), "RoleName", "execution roles may create network interfaces"),
        ("role-policy", "iam get-role-policy", ("PolicyDocument", "PolicyName", "RoleName"), ("--role-name", "--policy-name"), "", "execution roles may create network interfaces"),
        ("policy-version", "iam get-policy-version", ("PolicyVersion",), ("--policy-arn", "--version-id"), "PolicyArn", "execution roles may create network interfaces"),
        ("account-authorization-details", "iam get-account-authorization-details", ("RoleDetailList",), (), "", "execution roles may create network interfaces"),
        ("organization", "organizations describe-organization", ("Organization",), (), "", "no service or resource control policy refuses a request"),
    ),
    *_table("narrows", ("instance-types", "ec2 describe-instance-types", ("InstanceTypes",))),
    *_table(
        "definition",
        ("processing-job", "sagemaker describe-processing-job", ("ProcessingJobArn", "ProcessingJobStatus", "ProcessingResources"), ("--processing-job-name",)),
        ("training-job", "sagemaker describe-training-job", ("TrainingJobArn", "TrainingJobStatus", "AlgorithmSpecification"), ("--training-job-name",)),
        ("hyper-parameter-tuning-job", "sagemaker describe-hyper-parameter-tuning-job", ("HyperParameterTuningJobArn", "HyperParameterTuningJobConfig"), ("--hyper-parameter-tuning-job-name",)),
        ("auto-ml-job", "sagemaker describe-auto-ml-job", ("AutoMLJobArn", "InputDataConfig"), ("--auto-ml-job-name",)),
        ("auto-ml-job-v2", "sagemaker describe-auto-ml-job-v2", ("AutoMLJobArn", "AutoMLJobInputDataConfig"), ("--auto-ml-job-name",)),
        ("model", "sagemaker describe-model", ("ModelArn", "ModelName", "ExecutionRoleArn"), ("--model-name",)),
        ("endpoint-config", "sagemaker describe-endpoint-config", ("EndpointConfigArn", "ProductionVariants", "EndpointConfigName"), ("--endpoint-config-name",)),
        ("endpoint", "sagemaker describe-endpoint", ("EndpointArn", "EndpointStatus"), ("--endpoint-name",)),
        ("transform-job", "sagemaker describe-transform-job", ("TransformJobArn", "TransformJobStatus", "TransformInput"), ("--transform-job-name",)),
        ("monitoring-schedule", "sagemaker describe-monitoring-schedule", ("MonitoringScheduleArn", "MonitoringScheduleConfig"), ("--monitoring-schedule-name",)),
        *((name, f"sagemaker describe-{name}", ("JobDefinitionArn", f"{name.removesuffix('-job-definition').title().replace('-', '')}JobInput"), ("--job-definition-name",)) for name in _JOB_DEFINITIONS),
        ("domain", "sagemaker describe-domain", ("DomainArn", "DomainId", "AuthMode"), ("--domain-id",)),
        ("user-profile", "sagemaker describe-user-profile", ("UserProfileArn", "UserProfileName"), ("--domain-id", "--user-profile-name")),
        ("notebook-instance", "sagemaker describe-notebook-instance", ("NotebookInstanceArn", "NotebookInstanceStatus"), ("--notebook-instance-name",)),
        ("cluster", "sagemaker describe-cluster", ("ClusterArn", "InstanceGroups"), ("--cluster-name",)),
        ("pipeline", "sagemaker describe-pipeline", ("PipelineArn", "PipelineDefinition"), ("--pipeline-name",)),
        ("pipeline-definition", "sagemaker describe-pipeline-definition-for-execution", ("PipelineDefinition", "CreationTime"), ("--pipeline-execution-arn",), "PipelineExecutionArn"),
    ),
    *_table(
        "context",
        ("caller-identity", "sts get-caller-identity", ("UserId", "Account", "Arn")),
        ("buckets", "s3api list-buckets", ("Buckets", "Owner")),
        ("bucket-head", "s3api head-bucket", ("BucketRegion",), ("--bucket",), "Bucket"),
        ("public-access-block", "s3api get-public-access-block", ("PublicAccessBlockConfiguration",), ("--bucket",), "Bucket"),
        ("bucket-policy-status", "s3api get-bucket-policy-status", ("PolicyStatus",), ("--bucket",), "Bucket"),
        ("bucket-ownership-controls", "s3api get-bucket-ownership-controls", ("OwnershipControls",), ("--bucket",), "Bucket"),
        ("availability-zones", "ec2 describe-availability-zones", ("AvailabilityZones",)),
        ("stale-security-groups", "ec2 describe-stale-security-groups", ("StaleSecurityGroupSet",), ("--vpc-id",), "VpcId"),
        ("network-insights-analyses", "ec2 describe-network-insights-analyses", ("NetworkInsightsAnalyses",)),
        ("repository-policy", "ecr get-repository-policy", ("policyText",), ("--repository-name",)),
        ("processing-jobs", "sagemaker list-processing-jobs", ("ProcessingJobSummaries",)),
        ("training-jobs", "sagemaker list-training-jobs", ("TrainingJobSummaries",)),
        ("models", "sagemaker list-models", ("Models",)),
        ("endpoint-configs", "sagemaker list-endpoint-configs", ("EndpointConfigs",)),
        ("endpoints", "sagemaker list-endpoints", ("Endpoints",)),
        ("hyper-parameter-tuning-jobs", "sagemaker list-hyper-parameter-tuning-jobs", ("HyperParameterTuningJobSummaries",)),
        ("auto-ml-jobs", "sagemaker list-auto-ml-jobs", ("AutoMLJobSummaries",)),
        ("monitoring-schedules", "sagemaker list-monitoring-schedules", ("MonitoringScheduleSummaries",)),
        ("job-definitions", "sagemaker list-data-quality-job-definitions", ("JobDefinitionSummaries",)),
        ("domains", "sagemaker list-domains", ("Domains",)),
        ("user-profiles", "sagemaker list-user-profiles", ("UserProfiles",)),
        ("notebook-instances", "sagemaker list-notebook-instances", ("NotebookInstances",)),
        ("clusters", "sagemaker list-clusters", ("ClusterSummaries",)),
        ("pipelines", "sagemaker list-pipelines", ("PipelineSummaries",)),
        ("pipeline-executions", "sagemaker list-pipeline-executions", ("PipelineExecutionSummaries",), ("--pipeline-name",)),
        ("transform-jobs", "sagemaker list-transform-jobs", ("TransformJobSummaries",)),
    ),
)

BY_NAME = {kind.name: kind for kind in reversed(KINDS)}


def absence(kind: str, scope: str, *ids: str) -> Absence:
    """Say that an export of *kind* is missing, with the command that prints it for *ids*."""
    return Absence(kind, scope, "export", BY_NAME[kind].command(*ids))
