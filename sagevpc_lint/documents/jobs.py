"""Processing jobs: `create-processing-job` requests and `describe-processing-job` answers."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Literal

from sagevpc_lint.answer import Absence, Unknown
from sagevpc_lint.documents.exports import tags
from sagevpc_lint.documents.refusal import Refusal
from sagevpc_lint.model.nouns import Data, Fact, Job, VpcConfig, with_fields
from sagevpc_lint.source import Source

Row = Mapping[str, Any]
Use = Literal["prefix", "manifest", "athena", "redshift", "output"]
_DEFINITIONS: tuple[tuple[str, Literal["athena", "redshift"]], ...] = (("AthenaDatasetDefinition", "athena"), ("RedshiftDatasetDefinition", "redshift"))
_NETWORK_MEMBERS = ("VpcConfig", "EnableNetworkIsolation", "EnableInterContainerTrafficEncryption")


def recognise(document: Row) -> str | None:
    """Tell whether a document is the request of a job: `processing-job-request`, `training-job-request` or neither."""
    if "ProcessingJobArn" in document or "TrainingJobArn" in document or "Steps" in document:
        return None
    if "ProcessingResources" in document or "ProcessingJobName" in document and "AppSpecification" in document:
        return "processing-job-request"
    if "TrainingJobName" in document and ("AlgorithmSpecification" in document or "ResourceConfig" in document):
        return "training-job-request"
    return None


def misplaced(document: Row, source: Source) -> Iterator[Refusal]:
    """Refuse the network configuration of a processing job in a training job's request, which is not read otherwise yet."""
    if "NetworkConfig" in document:
        names = ", ".join(_NETWORK_MEMBERS)
        yield Refusal(source.at("NetworkConfig"), f"NetworkConfig: not allowed here; the place of its members ({names}) is the top level")


def request(document: Row, source: Source) -> Iterator[Fact]:
    """Read a `create-processing-job` request; without a name, which the command line may give, the file's name stands for it."""
    yield _job(document, source, "request", document.get("ProcessingJobName") or PurePosixPath(source.file).stem)


def description(document: Row, source: Source) -> Iterator[Fact]:
    """Read a `describe-processing-job` answer."""
    job = _job(document, source, "description", document["ProcessingJobName"])
    yield with_fields(job, tags=Unknown(Absence(f"the tags of {job.id}, which describe-processing-job does not print", "", "form")))


def _job(document: Row, source: Source, form: Literal["request", "description"], name: str) -> Job:
    network = document.get("NetworkConfig") or {}
    return Job(
        id=f"processing-job/{name}", source=source, form=form, name=name,
        arn=document.get("ProcessingJobArn"), role_arn=document.get("RoleArn"), status=document.get("ProcessingJobStatus"),
        ended=time_in(document, "ProcessingEndTime", source), changed=time_in(document, "LastModifiedTime", source) or time_in(document, "CreationTime", source),
        vpc_config=_vpc_config(network.get("VpcConfig"), source.at("NetworkConfig", "VpcConfig")),
        instance_count=_instance_count(document["ProcessingResources"]["ClusterConfig"]),
        enable_network_isolation=bool(network.get("EnableNetworkIsolation")),
        enable_inter_container_traffic_encryption=bool(network.get("EnableInterContainerTrafficEncryption")),
        data=(*_inputs(document, source), *_outputs(document, source)),
        image_uri=(document.get("AppSpecification") or {}).get("ImageUri"),
        environment={name: value for name, value in (document.get("Environment") or {}).items() if value is not None},
        tags=tags(document),
    )


def _inputs(document: Row, source: Source) -> Iterator[Data]:
    """What a job reads, and where the answers of its queries go (F1.11)."""
    for index, row in enumerate(document.get("ProcessingInputs") or ()):
        at, name, app_managed = source.at("ProcessingInputs", index), row.get("InputName") or "", bool(row.get("AppManaged"))
        if data := row.get("S3Input"):
            use: Literal["manifest", "prefix"] = "manifest" if data.get("S3DataType") == "ManifestFile" else "prefix"
            yield _data(at.at("S3Input"), name, data, "S3Uri", use, app_managed)
        definitions = row.get("DatasetDefinition") or {}
        for member, use_of_query in _DEFINITIONS:
            if definition := definitions.get(member):
                yield _data(at.at("DatasetDefinition", member), name, definition, "OutputS3Uri", use_of_query, app_managed)


def _outputs(document: Row, source: Source) -> Iterator[Data]:
    """What a job writes (F1.13)."""
    for index, row in enumerate((document.get("ProcessingOutputConfig") or {}).get("Outputs") or ()):
        at, name, app_managed = source.at("ProcessingOutputConfig", "Outputs", index), row.get("OutputName") or "", bool(row.get("AppManaged"))
        if data := row.get("S3Output"):
            yield _data(at.at("S3Output"), name, data, "S3Uri", "output", app_managed)
        if row.get("FeatureStoreOutput"):
            yield Data(at.at("FeatureStoreOutput"), name, None, "feature-group", app_managed)


def _data(source: Source, name: str, row: Row, member: str, use: Use, app_managed: bool) -> Data:
    uri = row.get(member)
    return Data(source if uri is None else source.at(member), name, uri, use, app_managed)


def _vpc_config(config: Row | None, source: Source) -> VpcConfig | None:
    return None if config is None else VpcConfig(source, tuple(config["Subnets"]), tuple(config["SecurityGroupIds"]))


def _instance_count(cluster: Row) -> int:
    """What was selected, else the worst case of the alternatives (F1.5)."""
    preferences = [preference.get("InstanceCount") or 1 for preference in cluster.get("InstancePreferences") or ()]
    return cluster.get("SelectedInstanceCount") or max([cluster.get("InstanceCount") or 1, *preferences])


def time_in(document: Row, member: str, source: Source) -> datetime | None:
    """Read a member's time as either version of the AWS CLI, or a dump of boto3's answer, writes it; refuse what is none."""
    value = document.get(member)
    if value is None:
        return None
    try:
        return time(value)
    except (ValueError, OverflowError, OSError):
        raise Refusal(source.at(member), f"{value!r} is not a time; expected one such as 2026-11-24T09:30:00Z, or seconds since 1970") from None


def time(value: str | float) -> datetime:
    """Read an ISO 8601 time or seconds since 1970; raises ValueError, OverflowError or OSError, also for what lies before."""
    read = datetime.fromisoformat(value) if isinstance(value, str) else datetime.fromtimestamp(value, UTC)
    if read.year < 1970:
        raise ValueError("before 1970")
    return read if read.tzinfo else read.replace(tzinfo=UTC)
