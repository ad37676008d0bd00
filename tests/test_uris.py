"""S3 URIs: which bucket, Region and key every form of host names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint.model.uris import S3Location, parse_uri

AWS = "eu-west-1.amazonaws.com"


@pytest.mark.parametrize(("uri", "expected"), [
    ("s3://etl/data/x.csv", S3Location("etl", None, "data/x.csv", "s3")),
    ("s3://etl", S3Location("etl", None, "", "s3")),
    ("s3://etl/", S3Location("etl", None, "", "s3")),
    ("s3://etl//x", S3Location("etl", None, "/x", "s3")),
    ("s3://my.bucket/line\nbreak", S3Location("my.bucket", None, "line\nbreak", "s3")),
    (f"https://etl.s3.{AWS}/data/x", S3Location("etl", "eu-west-1", "data/x", "regional")),
    (f"https://etl.s3.{AWS}", S3Location("etl", "eu-west-1", "", "regional")),
    (f"https://ETL.S3.{AWS.upper()}:443/Data", S3Location("etl", "eu-west-1", "Data", "regional")),
    (f"https://my.bucket.s3.{AWS}/x", S3Location("my.bucket", "eu-west-1", "x", "regional")),
    (f"https://a.s3.s3.{AWS}/x", S3Location("a.s3", "eu-west-1", "x", "regional")),
    (f"https://s3.{AWS}/etl/data/x", S3Location("etl", "eu-west-1", "data/x", "regional")),
    (f"https://s3.{AWS}/", S3Location(None, "eu-west-1", "", "regional")),
    (f"https://etl.s3-{AWS}/x", S3Location("etl", "eu-west-1", "x", "dash-region")),
    (f"https://s3-{AWS}/etl/x", S3Location("etl", "eu-west-1", "x", "dash-region")),
    ("https://etl.s3.amazonaws.com/x", S3Location("etl", None, "x", "global")),
    ("https://s3.amazonaws.com/etl/x", S3Location("etl", None, "x", "global")),
    ("https://etl.s3-external-1.amazonaws.com/x", S3Location("etl", None, "x", "global")),
    (f"https://etl.s3.dualstack.{AWS}/x", S3Location("etl", "eu-west-1", "x", "dual-stack")),
    (f"https://s3.dualstack.{AWS}/etl/x", S3Location("etl", "eu-west-1", "x", "dual-stack")),
    ("https://etl.s3-fips.us-east-1.amazonaws.com/x", S3Location("etl", "us-east-1", "x", "fips")),
    ("https://etl.s3-fips.dualstack.us-east-1.amazonaws.com/x", S3Location("etl", "us-east-1", "x", "fips")),
    ("https://s3-fips-us-gov-west-1.amazonaws.com/etl/x", S3Location("etl", "us-gov-west-1", "x", "fips")),
    (f"https://etl.s3-website-{AWS}/x", S3Location("etl", "eu-west-1", "x", "website")),
    (f"https://etl.s3-website.{AWS}/x", S3Location("etl", "eu-west-1", "x", "website")),
    ("https://etl.s3-accelerate.amazonaws.com/x", S3Location("etl", None, "x", "accelerate")),
    ("https://etl.s3-accelerate.dualstack.amazonaws.com/x", S3Location("etl", None, "x", "accelerate")),
    ("https://etl--usw2-az1--x-s3.s3express-usw2-az1.us-west-2.amazonaws.com/x", S3Location("etl--usw2-az1--x-s3", "us-west-2", "x", "express")),
    (f"https://bucket.vpce-1a2b3c4d-5e6f.s3.eu-west-1.vpce.amazonaws.com/etl/x", S3Location("etl", "eu-west-1", "x", "vpc-endpoint")),
    (f"https://etl.bucket.vpce-1a2b3c4d-5e6f-eu-west-1a.s3.eu-west-1.vpce.amazonaws.com/x", S3Location("etl", "eu-west-1", "x", "vpc-endpoint")),
])
def test_a_uri_tells_its_bucket_region_and_key(uri: str, expected: S3Location) -> None:
    assert expected == parse_uri(uri)


@pytest.mark.parametrize(("uri", "region", "key"), [
    ("s3://etl-ab12cd34ef56gh78-s3alias/x", None, "x"),
    ("s3://lambda-ab12--ol-s3/x", None, "x"),
    (f"https://etl-ab12-s3alias.s3.{AWS}/x", "eu-west-1", "x"),
    ("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/etl/data/x", "eu-west-1", "data/x"),
    ("s3://arn:aws:s3:eu-west-1:111122223333:accesspoint:etl/data/x", "eu-west-1", "data/x"),
    ("s3://arn:aws:s3::111122223333:accesspoint/etl.mrap/x", None, "x"),
    ("s3://arn:aws:s3/x", None, ""),
    (f"https://etl-111122223333.s3-accesspoint.{AWS}/x", "eu-west-1", "x"),
    (f"https://etl-111122223333.s3-accesspoint.dualstack.{AWS}/x", "eu-west-1", "x"),
    (f"https://etl-111122223333.s3-accesspoint-fips.{AWS}/x", "eu-west-1", "x"),
    (f"https://etl-111122223333.s3-object-lambda.{AWS}/x", "eu-west-1", "x"),
    ("https://etl-111122223333.accesspoint.vpce-1a2b-3c4d.s3.eu-west-1.vpce.amazonaws.com/x", "eu-west-1", "x"),
    ("https://abcdef.mrap.accesspoint.s3-global.amazonaws.com/x", None, "x"),
])
def test_an_access_point_does_not_tell_its_bucket(uri: str, region: str | None, key: str) -> None:
    assert S3Location(None, region, key, "access-point") == parse_uri(uri)


@pytest.mark.parametrize(("suffix", "region"), [
    ("amazonaws.com", "us-gov-west-1"), ("amazonaws.com.cn", "cn-north-1"), ("amazonaws.eu", "eusc-de-east-1"), ("c2s.ic.gov", "us-iso-east-1"),
    ("sc2s.sgov.gov", "us-isob-east-1"), ("csp.hci.ic.gov", "us-isof-south-1"), ("cloud.adc-e.uk", "eu-isoe-west-1"),
])
def test_every_partition_has_a_suffix_of_its_own(suffix: str, region: str) -> None:
    assert S3Location("etl", region, "x", "regional") == parse_uri(f"https://etl.s3.{region}.{suffix}/x")


@pytest.mark.parametrize("uri", [
    "", "etl/data", "http://etl.s3.eu-west-1.amazonaws.com/x", "s3://", "s3:///x", "https://example.com/x", "https://amazonaws.com/x",
    "https://etl.s3.eu-west-1.amazonaws.com.example.org/x", "https://sqs.eu-west-1.amazonaws.com/x", "https://etl.s3.west.amazonaws.com/x", "ftp://etl/x",
])
def test_what_is_no_uri_of_s3_tells_nothing(uri: str) -> None:
    found = parse_uri(uri)
    assert (None, None, "other") == (found.bucket, found.region, found.host_form)


@given(st.text(max_size=60) | st.from_regex(r"(https|s3)://[a-z0-9.:-]{1,40}/?.{0,10}"))
def test_whatever_text_is_given_a_location_comes_out(text: str) -> None:
    found = parse_uri(text)
    assert text.endswith(found.key) and found.bucket != ""


@given(st.from_regex(r"[a-z0-9][a-z0-9.-]{1,20}[a-z0-9]", fullmatch=True), st.text("abc/", max_size=9))
def test_path_style_and_virtual_hosts_name_the_same_object(bucket: str, key: str) -> None:
    virtual, path = parse_uri(f"https://{bucket}.s3.{AWS}/{key}"), parse_uri(f"https://s3.{AWS}/{bucket}/{key}")
    assert virtual == path
    assert bucket.endswith(("-s3alias", "--ol-s3")) or S3Location(bucket, "eu-west-1", key, "regional") == path
