"""What a job must reach: what its definition says, what is only probable, and what the settings declare."""

from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint.answer import Absence, Missing, Unknown
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Bucket, Data, Job, Need
from sagevpc_lint.needs import Wanted, declared_need, need_for, needs_of, parse_need
from sagevpc_lint.source import Source

HERE = Scope("111122223333", "eu-west-1")
DARK = Absence("what is in the dark", "", "world")
JOB = Job("processing-job/etl", Source("etl.json"), "request", "etl", None, None, None, None, None, None, 1, False, False)


def data(uri: str | None, use: str = "prefix", pointer: str = "/1", app_managed: bool = False) -> Data:
    return Data(Source("etl.json", pointer=pointer), "x", uri, use, app_managed)  # type: ignore[arg-type]


def job(*all_data: Data, image: str | None = None, **environment: str) -> Job:
    return replace(JOB, data=all_data, image_uri=image, environment=environment)


def facts(**regions: str) -> Facts:
    """Where each bucket lies."""
    buckets = (Bucket(name, Source(f"{name}.json"), region) for name, region in regions.items())
    return Facts.of(Export("bucket-location", bucket.source, HERE, (bucket,)) for bucket in buckets)


NOTHING = facts()


def needs(of: Job, known: Facts = NOTHING, *declared: str) -> list[Need]:
    return [*needs_of(known, of, {"*": declared})]


def ids(of: Job, *declared: str) -> dict[str, bool]:
    """What a job needs, and whether that is established."""
    return {need.id: need.established for need in needs(of, NOTHING, *declared)}


# What is written


@pytest.mark.parametrize(("text", "expected"), [
    ("internet", Wanted("internet", "internet")),
    ("peers", Wanted("peers", "peers")),
    ("s3", Wanted("s3", "s3")),
    ("s3://etl/data/", Wanted("s3://etl", "s3", bucket="etl")),
    ("https://etl.s3.eu-west-1.amazonaws.com/x", Wanted("s3://etl", "s3", bucket="etl", region="eu-west-1")),
    ("sts", Wanted("sts", "service", service="sts")),
    ("sagemaker.featurestore-runtime", Wanted("sagemaker.featurestore-runtime", "service", service="sagemaker.featurestore-runtime")),
    ("10.1.2.3", Wanted("10.1.2.3", "address", cidr="10.1.2.3/32")),
    ("10.1.2.3/32:5432", Wanted("10.1.2.3:5432", "address", cidr="10.1.2.3/32", port=5432)),
    ("10.1.0.0/16:65535", Wanted("10.1.0.0/16:65535", "address", cidr="10.1.0.0/16", port=65535)),
])
def test_what_is_written_is_read(text: str, expected: Wanted) -> None:
    assert expected == parse_need(text)


@pytest.mark.parametrize(("text", "message"), [
    ("", '"" is no need'), (" sts", '" sts" is no need'), ("STS", '"STS" is no need'), ("Internet", '"Internet" is no need'), ("a..b", '"a..b" is no need'),
    ("sts\n", r'"sts\n" is no need'),
    ("sts.amazonaws.com", '"sts.amazonaws.com" is no need'), ("com.amazonaws.eu-west-1.sts", "is no need"), ("db.example.com:5432", "is no need"),
    ("10.1.2.3:0", 'has port "0"; expected a number from 1 to 65535'), ("10.1.2.3:65536", 'has port "65536"'), ("10.1.2.3:", 'has port ""'), ("10.1.2.3:0443", 'has port "0443"'),
    ("10.1.2:443", '"10.1.2" is no IPv4 address or block'), ("10.1.2.256:443", "is no IPv4 address"), ("10.1.0.0/33:443", "is no IPv4 address or block"), ("443", "is no IPv4 address"),
    ("10.1.2.3/16:443", "10.1.2.3/16 has host bits set; expected 10.1.0.0/16"),
    ("2001:db8::1", "is an IPv6 address, and the interfaces of jobs are IPv4"), ("[2001:db8::/32]:443", "is an IPv6 address"), ("::1/128", "is an IPv6 address"),
    ("s3://", "names no bucket"), ("https://example.com/x", "names no bucket"), ("s3://etl-s3alias/x", "names no bucket"),
])
def test_what_cannot_be_read_is_refused_with_what_is_expected(text: str, message: str) -> None:
    with pytest.raises(ValueError) as error:
        parse_need(text)
    assert message in str(error.value)
    assert "expected" in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(("text", "meant"), [
    ("sagemaker", '"sagemaker.api" or "sagemaker.runtime" or "sagemaker.featurestore-runtime" or "sagemaker.metrics"'), ("ecr", '"ecr.api" or "ecr.dkr"'),
    ("sagemaker-runtime", '"sagemaker.runtime"'), ("sagemaker-featurestore-runtime", '"sagemaker.featurestore-runtime"'),
])
def test_the_name_of_a_service_that_has_no_endpoints_is_told_with_what_is_meant(text: str, meant: str) -> None:
    with pytest.raises(ValueError) as error:
        declared_need(text)
    assert f'"{text}" is no AWS service that has endpoints; did you mean {meant}?' == str(error.value)


@pytest.mark.parametrize(("text", "message"), [("peers", "no need to declare"), ("10.1.2.3", "has no port; expected one, such as 10.1.2.3:443"), ("STS", "is no need")])
def test_a_declaration_has_a_port_and_no_peers(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        declared_need(text)


@given(st.text(max_size=30) | st.from_regex(r"[0-9.]{1,15}(/[0-9]{1,2})?(:[0-9]{1,5})?", fullmatch=True))
def test_whatever_is_written_is_read_or_refused(text: str) -> None:
    try:
        wanted = parse_need(text)
    except ValueError:
        return
    assert wanted == parse_need(wanted.id) or wanted.region


# S3


def test_each_bucket_is_one_need_with_the_place_of_its_first_uri() -> None:
    found = needs(job(data("s3://b/1"), data("s3://a/2", pointer="/2"), data("s3://a/3", "output", "/3"), data("s3://c/4", "athena", "/4")), facts(a="eu-west-1", b="us-east-1", c="eu-west-1"))
    assert [("athena", None), ("glue", None), ("s3://a", "eu-west-1"), ("s3://b", "us-east-1"), ("s3://c", "eu-west-1")] == [(need.id, need.region) for need in found]
    assert ["/4", "/4", "/2", "/1", "/4"] == [need.source.pointer for need in found]
    assert {frozenset()} == {need.missing for need in found}


def test_an_export_tells_a_buckets_region_before_a_uri_does() -> None:
    uri = "https://a.s3.us-east-1.amazonaws.com/x"
    assert ["eu-west-1"] == [need.region for need in needs(job(data(uri)), facts(a="eu-west-1"))]
    assert [("us-east-1", frozenset())] == [(need.region, need.missing) for need in needs(job(data("s3://a/x"), data(uri)))]


def test_a_bucket_whose_region_nothing_tells_lacks_its_location() -> None:
    need, = needs(job(data("s3://a/x")))
    assert (None, "a") == (need.region, need.bucket)
    assert {("bucket-location", "export", "aws s3api get-bucket-location --bucket a")} == {(absence.kind, absence.because, absence.command) for absence in need.missing}


def test_a_region_that_is_told_in_two_ways_is_none() -> None:
    known = Facts.of(Export("bucket-location", Source(file), HERE, (Bucket("a", Source(file), region),)) for file, region in (("1", "eu-west-1"), ("2", "us-east-1")))
    need, = needs(job(data("s3://a/x")), known)
    assert (None, True) == (need.region, bool(need.missing))


@pytest.mark.parametrize("uri", ["s3://etl-s3alias/x", "s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/etl/x", "https://example.com/x"])
def test_a_uri_that_does_not_tell_its_bucket_is_a_need_of_its_own(uri: str) -> None:
    need, = needs(job(data(uri), data(uri, pointer="/2")))
    assert (uri, "s3", None, "/1") == (need.id, need.what, need.bucket, need.source.pointer)
    assert {Absence(f"which bucket {uri} leads to", "processing-job/etl", "world")} == need.missing


def test_a_directory_bucket_is_not_reached_as_others_are() -> None:
    need, = needs(job(data("s3://a--usw2-az1--x-s3/x")), facts())
    assert {Absence("how a directory bucket is reached", "a--usw2-az1--x-s3", "world")} == need.missing


def test_a_job_without_data_needs_nothing() -> None:
    assert [] == needs(JOB)


# Services


@pytest.mark.parametrize(("of", "expected"), [
    (job(data(None, "feature-group", app_managed=True)), {"sagemaker.featurestore-runtime": True}),
    (job(data(None, "feature-group")), {"sagemaker.featurestore-runtime": False}),
    (job(data("s3://a/x", "athena")), {"athena": False, "glue": False, "s3://a": True}),
    (job(data("s3://a/x", "redshift")), {"redshift-data": False, "s3://a": True}),
    (job(image="306415355426.dkr.ecr.us-west-2.amazonaws.com/sagemaker-clarify-processing:1.0"), {"sagemaker.api": False, "sagemaker.runtime": False}),
    (job(image="sagemaker-clarify-processing.example.com/etl:1"), {}),
    (replace(JOB, image_uri=Unknown(DARK)), {}),
])
def test_services_are_needed_surely_or_probably(of: Job, expected: Mapping[str, bool]) -> None:
    assert expected == ids(of)


def test_a_declaration_makes_sure_what_was_probable_and_keeps_its_place() -> None:
    of = job(data("s3://a/x", "athena"))
    assert {"athena": True, "glue": False, "s3://a": True} == ids(of, "athena")
    assert "/1" == next(need.source.pointer for need in needs(of, NOTHING, "athena") if need.id == "athena")


# What is declared


def test_declared_needs_stand_where_the_job_does() -> None:
    found = needs(JOB, facts(etl="eu-west-1"), "internet", "sts", "10.1.2.3:5432", "10.1.0.0/16:443", "s3", "s3://etl/x")
    source = JOB.source
    assert [
        Need("10.1.0.0/16:443", source, "address", cidr="10.1.0.0/16", port=443),
        Need("10.1.2.3:5432", source, "address", cidr="10.1.2.3/32", port=5432),
        Need("internet", source, "internet"),
        Need("s3", source, "s3"),
        Need("s3://etl", source, "s3", bucket="etl", region="eu-west-1"),
        Need("sts", source, "service", service="sts"),
    ] == found


@pytest.mark.parametrize(("pattern", "expected"), [("etl", ["sts"]), ("e*", ["sts"]), ("?tl", ["sts"]), ("ETL", []), ("E*", []), ("et", [])])
def test_a_declaration_is_for_the_jobs_whose_name_its_pattern_fits(pattern: str, expected: list[str]) -> None:
    assert expected == [need.id for need in needs_of(NOTHING, JOB, {pattern: ("sts",)})]


def test_the_declarations_of_all_patterns_that_fit_count() -> None:
    assert ["internet", "sts"] == [need.id for need in needs_of(NOTHING, JOB, {"e*": ("sts",), "*l": ("internet", "sts")})]


@pytest.mark.parametrize(("environment", "expected"), [
    ({}, (None, None)),
    ({"HTTP_PROXY": "http://10.1.2.3:3128"}, (None, None)),
    ({"HTTPS_PROXY": "http://10.1.2.3:3128"}, ("10.1.2.3/32", 3128)),
    ({"https_proxy": "http://user:secret@10.1.2.3:3128/"}, ("10.1.2.3/32", 3128)),
    ({"HTTPS_PROXY": "http://10.1.2.3"}, ("10.1.2.3/32", 80)),
    ({"HTTPS_PROXY": "https://10.1.2.3"}, ("10.1.2.3/32", 443)),
    ({"HTTPS_PROXY": "10.1.2.3:8080"}, ("10.1.2.3/32", 8080)),
    ({"HTTPS_PROXY": "http://10.1.2.3:1", "https_proxy": "http://10.9.9.9:2"}, ("10.9.9.9/32", 2)),
    ({"HTTPS_PROXY": "http://10.1.2.3:1", "https_proxy": ""}, (None, None)),
])
def test_the_internet_is_reached_through_the_proxy_of_the_container(environment: Mapping[str, str], expected: tuple[str | None, int | None]) -> None:
    need, = needs(job(**environment), NOTHING, "internet")
    assert ("internet", "internet", *expected, frozenset()) == (need.id, need.what, need.cidr, need.port, need.missing)


@pytest.mark.parametrize(("proxy", "what"), [
    ("http://proxy.corp:3128", "to which address proxy.corp, the HTTPS_PROXY, resolves"),
    ("http://user:secret@proxy.corp", "to which address proxy.corp, the HTTPS_PROXY, resolves"),
    ("http://[2001:db8::1]:3128", "to which address 2001:db8::1, the HTTPS_PROXY, resolves"),
    ("http://10.1.2.3:seven", "to which address it, the HTTPS_PROXY, resolves"),
    ("http://127.0.0.1:3128", "where 127.0.0.1, the HTTPS_PROXY, leads from the container itself"),
    ("10.1.2.3", "on which port 10.1.2.3, the HTTPS_PROXY, listens"),
    ("socks5://10.1.2.3", "on which port 10.1.2.3, the HTTPS_PROXY, listens"),
])
def test_a_proxy_that_is_no_address_and_port_is_in_doubt(proxy: str, what: str) -> None:
    need, = needs(job(HTTPS_PROXY=proxy), NOTHING, "internet")
    assert (None, {Absence(what, "processing-job/etl", "world")}) == (need.cidr, need.missing)


# What is not known


def test_an_environment_that_is_not_known_puts_only_the_way_to_the_internet_in_doubt() -> None:
    of = replace(JOB, environment=Unknown(DARK))
    assert {"internet": {DARK}, "sts": frozenset()} == {need.id: need.missing for need in needs(of, NOTHING, "internet", "sts")}


@pytest.mark.parametrize("of", [replace(JOB, data=Unknown(DARK)), replace(JOB, name=Unknown(DARK)), replace(JOB, data=(replace(data(""), uri=Unknown(DARK)),))])
def test_needs_of_a_job_whose_data_or_name_is_not_known_are_missing(of: Job) -> None:
    with pytest.raises(Missing) as error:
        needs(of)
    assert {DARK} == error.value.absences


def test_a_destination_is_made_a_need_as_a_declaration_is() -> None:
    assert Need("10.1.2.3", JOB.source, "address", cidr="10.1.2.3/32") == need_for(NOTHING, JOB, parse_need("10.1.2.3"))
