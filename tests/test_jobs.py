"""What a processing job reads and writes, and its container's image and environment, as requests and descriptions tell them."""

import json
from typing import Any

import pytest

from sagevpc_lint.documents import read
from sagevpc_lint.model.nouns import Data, Job
from sagevpc_lint.source import Source

FILE = "etl.json"
CLUSTER = {"ClusterConfig": {"InstanceCount": 1, "VolumeSizeInGB": 1}}
REQUEST = {"ProcessingJobName": "etl", "RoleArn": "arn:aws:iam::111122223333:role/etl", "ProcessingResources": CLUSTER, "AppSpecification": {"ImageUri": "image:1"}}
DESCRIPTION = {
    "ProcessingJobName": "etl", "ProcessingJobArn": "arn:aws:sagemaker:eu-west-1:111122223333:processing-job/etl", "ProcessingJobStatus": "Completed", "ProcessingResources": CLUSTER,
}
INPUTS = [
    {"InputName": "code", "S3Input": {"S3Uri": "s3://a/run.py", "S3DataType": "S3Prefix"}},
    {"InputName": "list", "AppManaged": True, "S3Input": {"S3Uri": "s3://a/list", "S3DataType": "ManifestFile"}},
    {"InputName": "query", "DatasetDefinition": {"AthenaDatasetDefinition": {
        "Catalog": "c", "Database": "d", "QueryString": "q", "OutputS3Uri": "s3://b/answers/", "OutputFormat": "PARQUET",
    }}},
    {"InputName": "table", "DatasetDefinition": {"LocalPath": "/opt", "RedshiftDatasetDefinition": {
        "ClusterId": "c", "Database": "d", "DbUser": "u", "QueryString": "q", "ClusterRoleArn": "r", "OutputS3Uri": "s3://b/rows/", "OutputFormat": "CSV",
    }}},
]
OUTPUTS = {"Outputs": [
    {"OutputName": "result", "S3Output": {"S3Uri": "s3://c/out/", "S3UploadMode": "EndOfJob"}},
    {"OutputName": "features", "AppManaged": True, "FeatureStoreOutput": {"FeatureGroupName": "g"}},
]}
ALL_DATA = {"ProcessingInputs": INPUTS, "ProcessingOutputConfig": OUTPUTS, "Environment": {"HTTPS_PROXY": "http://10.1.2.3:3128"}}


def job(document: dict[str, Any]) -> Job:
    snapshot = read({FILE: json.dumps(document).encode()})
    assert () == snapshot.errors
    found, = snapshot.facts.jobs
    return found


def at(*steps: str | int) -> Source:
    return Source(FILE).at(*steps)


@pytest.mark.parametrize("document", [REQUEST, DESCRIPTION], ids=["request", "description"])
def test_all_that_a_job_reads_and_writes_is_read_with_its_place(document: dict[str, Any]) -> None:
    query, outputs = ("ProcessingInputs", 2, "DatasetDefinition"), ("ProcessingOutputConfig", "Outputs")
    assert (
        Data(at("ProcessingInputs", 0, "S3Input", "S3Uri"), "code", "s3://a/run.py", "prefix", False),
        Data(at("ProcessingInputs", 1, "S3Input", "S3Uri"), "list", "s3://a/list", "manifest", True),
        Data(at(*query, "AthenaDatasetDefinition", "OutputS3Uri"), "query", "s3://b/answers/", "athena", False),
        Data(at("ProcessingInputs", 3, "DatasetDefinition", "RedshiftDatasetDefinition", "OutputS3Uri"), "table", "s3://b/rows/", "redshift", False),
        Data(at(*outputs, 0, "S3Output", "S3Uri"), "result", "s3://c/out/", "output", False),
        Data(at(*outputs, 1, "FeatureStoreOutput"), "features", None, "feature-group", True),
    ) == job(document | ALL_DATA).data


def test_the_image_and_the_environment_are_read() -> None:
    found = job(REQUEST | ALL_DATA)
    assert ("image:1", {"HTTPS_PROXY": "http://10.1.2.3:3128"}) == (found.image_uri, found.environment)


@pytest.mark.parametrize("members", [
    {},
    {"ProcessingInputs": None, "ProcessingOutputConfig": None, "Environment": None, "AppSpecification": None},
    {"ProcessingInputs": [], "ProcessingOutputConfig": {"Outputs": None}, "Environment": {"HTTPS_PROXY": None}, "AppSpecification": {"ImageUri": None}},
    {"ProcessingInputs": [{"InputName": None, "AppManaged": None, "S3Input": None, "DatasetDefinition": None}], "ProcessingOutputConfig": {"Outputs": []}},
    {"ProcessingInputs": [{"DatasetDefinition": {"AthenaDatasetDefinition": None, "RedshiftDatasetDefinition": None}}]},
    {"ProcessingOutputConfig": {"Outputs": [{"OutputName": "x", "S3Output": None, "FeatureStoreOutput": None}]}},
])
def test_a_description_with_nothing_or_null_in_it_reads_and_writes_nothing(members: dict[str, Any]) -> None:
    found = job(DESCRIPTION | members)
    assert ((), None, {}) == (found.data, found.image_uri, found.environment)


def test_an_input_without_a_uri_stands_where_its_row_does() -> None:
    found = job(DESCRIPTION | {"ProcessingInputs": [{"S3Input": {"S3Uri": None, "LocalPath": "/opt"}}]})
    assert (Data(at("ProcessingInputs", 0, "S3Input"), "", None, "prefix", False),) == found.data


@pytest.mark.parametrize(("members", "pointer"), [
    ({"ProcessingInputs": [{"S3Input": {"S3Uri": 5}}]}, "/ProcessingInputs/0/S3Input/S3Uri"),
    ({"ProcessingOutputConfig": {"Outputs": [{"S3Output": "s3://a"}]}}, "/ProcessingOutputConfig/Outputs/0/S3Output"),
    ({"Environment": {"PORT": 5}}, "/Environment/PORT"),
    ({"AppSpecification": {"ImageUri": ["x"]}}, "/AppSpecification/ImageUri"),
])
def test_what_is_of_another_type_is_refused_at_its_place(members: dict[str, Any], pointer: str) -> None:
    refusal, = read({FILE: json.dumps(DESCRIPTION | members).encode()}).pages[0].refusals
    assert pointer == refusal.source.pointer
