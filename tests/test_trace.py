"""Traces: every way of a job's packets, what is lost where, and how people and machines are told."""

import json
import re
from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint import cli, documents, examples
from sagevpc_lint.answer import Absence, Unknown
from sagevpc_lint.documents import Snapshot
from sagevpc_lint.documents.schema import check
from sagevpc_lint.examples import Example
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import with_fields
from sagevpc_lint.needs import parse_need
from sagevpc_lint.reports.trace import render
from sagevpc_lint.trace import find_job, trace

GOOD = Path(__file__).parent.parent / "fixtures" / "good"
JOB, GROUP, ACL, TABLE, S3 = "processing-job/nightly-etl", "sg-0c000000000000001", "acl-0c000000000000000", "rtb-0a000000000000001", "vpce-0c000000000000053"
A, B, PUBLIC = "subnet-0a000000000000001", "subnet-0b000000000000002", "subnet-0a000000000000101"
NAT, IGW, OF_PUBLIC = "nat-0a000000000000101", "igw-0c000000000000000", "rtb-0c000000000000100"
DESTINATIONS = ("s3", "internet", "kms", "sts", "peers", "10.0.0.0/8:5432", "10.0.1.9", "52.92.0.1:443", "s3://elsewhere/x")


def snapshot(change: Mapping[str, Any] = {}, *omit: str) -> Snapshot:
    """The good environment with a change, without some kinds of export."""
    whole = examples.environment(Example("", 1, change, frozenset(), {}, frozenset(), frozenset()))
    left = {page.source.file for page in whole.pages if page.kind not in omit}
    return documents.read({name: text.encode() for name, text in whole.texts.items() if name in left})


FILES = snapshot()


def traced(destination: str, change: Mapping[str, Any] = {}, *omit: str, declared: Mapping[str, tuple[str, ...]] = {}) -> dict[str, Any]:
    """The first placement of a trace, as JSON tells it; the whole keeps its schema."""
    files = snapshot(change, *omit)
    found: dict[str, Any] = json.loads(render("json", files, trace(files.facts, files.facts.jobs[0], parse_need(destination), declared)))
    assert () == check("trace", found)
    placement: dict[str, Any] = found["placements"][0]
    return placement


def text(destination: str, change: Mapping[str, Any] = {}, *omit: str, **options: bool) -> str:
    files = snapshot(change, *omit)
    return render("text", files, trace(files.facts, files.facts.jobs[0], parse_need(destination), {}), **options)


def hops(way: Mapping[str, Any], direction: str = "forward") -> list[tuple[str, str]]:
    return [(hop["id"], hop["does"]) for hop in way["hops"] if hop["direction"] == direction]


def entry(number: int, action: str, cidr: str, *, egress: bool, ports: tuple[int, int] | None = None) -> dict[str, Any]:
    ranged = {"Protocol": "6", "PortRange": {"From": ports[0], "To": ports[1]}} if ports else {"Protocol": "-1"}
    return {"RuleNumber": number, "RuleAction": action, "CidrBlock": cidr, "Egress": egress, **ranged}


def acl(*entries: dict[str, Any]) -> dict[str, Any]:
    """The only network ACL with these entries before those that allow and deny all."""
    last = [entry(number, action, "0.0.0.0/0", egress=egress) for number, action in ((100, "allow"), (32767, "deny")) for egress in (True, False)]
    return {ACL: {"Entries": [*entries, *last]}}


def routes(*rows: dict[str, str]) -> dict[str, Any]:
    local = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "Origin": "CreateRouteTable"}
    return {TABLE: {"Routes": [{"State": "active", "Origin": "CreateRoute", **row} for row in (local, *rows)]}}


# Ways


def test_s3_is_reached_through_the_gateway_endpoint() -> None:
    found = traced("s3")
    (way,) = found["ways"]
    assert ("arrives", ["s3://etl-input", "s3://etl-output"], "vpc-endpoint") == (found["verdict"], way["needs"], way["end"]["kind"])
    assert [(GROUP, "out of the interface"), (ACL, f"out of {A}"), (TABLE, f"pl-6da54004 -> {S3}"), (S3, "arrives")] == hops(way)
    assert [(ACL, f"back into {A}, ports 32768-60999")] == hops(way, "answers")


def test_the_internet_is_reached_over_the_nat_gateway_with_each_crossing_of_a_network_acl() -> None:
    (way,) = traced("internet")["ways"]
    assert [
        (GROUP, "out of the interface"), (ACL, f"out of {A}"), (TABLE, f"0.0.0.0/0 -> {NAT}"), (ACL, f"into {PUBLIC}"), (NAT, "as 10.0.101.10"),
        (ACL, f"out of {PUBLIC}"), (OF_PUBLIC, f"0.0.0.0/0 -> {IGW}"), (IGW, "to the internet"),
    ] == hops(way)
    assert [
        (ACL, f"back into {PUBLIC}, ports 1024-65535"), (ACL, f"back out of {PUBLIC}, ports 32768-60999"), (ACL, f"back into {A}, ports 32768-60999"),
    ] == hops(way, "answers")


def test_a_name_that_leads_to_an_endpoint_is_walked_to_each_of_its_subnets() -> None:
    found = traced("sts")
    assert [("vpce-0c000000000000575", 4), ("vpce-0c000000000000575", 6)] == [(way["where"], len(hops(way))) for way in found["ways"]]
    assert ("sg-0c000000000000443", "into the interface") in hops(found["ways"][0])


def test_peers_admit_each_other_by_their_own_group_whichever_interfaces_are_exported() -> None:
    found = traced("peers")
    assert ("arrives", [A, B]) == (found["verdict"], [way["end"]["id"] for way in found["ways"]])
    assert [] == hops(found["ways"][0], "answers")


def test_s3_of_the_vpcs_own_region_is_meant_where_the_job_needs_no_bucket() -> None:
    found = traced("s3", {JOB: {"ProcessingInputs": [], "ProcessingOutputConfig": {"Outputs": []}}})
    assert ("arrives", ["s3"]) == (found["verdict"], found["ways"][0]["needs"])


def test_buckets_that_the_settings_declare_are_meant_too() -> None:
    found = traced("s3", {"get-bucket-location.more.json": {"LocationConstraint": "eu-west-1"}}, declared={"*": ("s3://more",)})
    assert ["s3://etl-input", "s3://etl-output", "s3://more"] == found["ways"][0]["needs"]


def test_through_a_proxy_the_way_to_the_internet_is_the_way_to_the_proxy() -> None:
    (way,) = traced("internet", {JOB: {"Environment": {"HTTPS_PROXY": "http://10.0.1.200:3128"}}})["ways"]
    assert "TCP 3128 from 10.0.1.4-10.0.1.254 to 10.0.1.200/32" == way["packets"]


# Losses


def test_a_network_acl_that_drops_packets_is_told_with_the_entry_and_what_it_would_have_to_allow() -> None:
    found = traced("s3", acl(entry(10, "deny", "0.0.0.0/0", egress=True, ports=(443, 443))))
    (loss,) = found["ways"][0]["losses"]
    assert ("lost", "SUBNET_ACL_RESTRICTION", ACL, "forward") == (found["verdict"], loss["code"], loss["component"]["id"], loss["direction"])
    assert ("TCP 443 from 10.0.1.4-10.0.1.254 to s3's addresses",) * 2 == (loss["packets"], loss["allow"])
    assert "denies it, entry 10" in [piece["note"] for piece in loss["evidence"]]


def test_answers_that_are_dropped_are_told_as_answers() -> None:
    found = traced("internet", acl(entry(10, "deny", "0.0.0.0/0", egress=False, ports=(1024, 65535))))
    losses = [(loss["direction"], loss["allow"]) for loss in found["ways"][0]["losses"]]
    assert "lost" == found["verdict"]
    back = ("TCP 1024-65535 from all public addresses to 10.0.101.10/32", "TCP 32768-60999 from all public addresses to 10.0.1.4-10.0.1.254")
    assert [("answers", each) for each in back] == losses


def test_what_is_lost_behind_a_nat_gateway_is_told_as_it_starts_and_as_it_is_there() -> None:
    change = acl() | {ACL: {"Associations": [{"SubnetId": each} for each in (A, B, "subnet-0b000000000000102")]}} | {
        "acl-0a000000000000101": {"VpcId": "vpc-0c000000000000000", "OwnerId": "111122223333", "IsDefault": False, "Associations": [{"SubnetId": PUBLIC}], "Entries": [
            entry(10, "allow", "10.0.0.0/16", egress=True), entry(10, "allow", "0.0.0.0/0", egress=False),
        ]},
    }
    first = traced("internet", change)["ways"][0]["losses"][0]
    assert ("TCP 443 from 10.0.1.4-10.0.1.254 to all public addresses", "TCP 443 from 10.0.101.10/32 to all public addresses") == (first["packets"], first["allow"])


def test_all_blockers_of_a_way_are_told_and_repairing_all_of_them_makes_it_arrive() -> None:
    bad = acl(entry(10, "deny", "0.0.0.0/0", egress=True, ports=(443, 443))) | {GROUP: {"IpPermissionsEgress": []}, S3: {"State": "pendingAcceptance"}}
    assert ["SG_HAS_NO_RULES", "SUBNET_ACL_RESTRICTION", "BAD_STATE"] == [loss["code"] for loss in traced("s3", bad)["ways"][0]["losses"]]
    rest = [traced("s3", {id: bad[id] for id in bad if id != repaired}) for repaired in bad]
    assert [("lost", 2)] * 3 == [(found["verdict"], len(found["ways"][0]["losses"])) for found in rest]
    assert "arrives" == traced("s3")["verdict"]


def test_nothing_can_be_allowed_at_a_gateway_that_is_detached() -> None:
    (loss,) = traced("internet", {IGW: {"Attachments": []}})["ways"][0]["losses"]
    assert ("BAD_STATE_ATTACHMENT", IGW, "") == (loss["code"], loss["component"]["id"], loss["allow"])


def test_a_table_without_a_route_loses_all_packets_at_itself() -> None:
    found = traced("internet", routes())
    assert [("NO_ROUTE_TO_DESTINATION", TABLE)] == [(loss["code"], loss["component"]["id"]) for loss in found["ways"][0]["losses"]]


def test_one_denied_address_of_the_internet_is_told_and_settles_nothing() -> None:
    found = traced("internet", acl(entry(10, "deny", "8.8.8.8/32", egress=True), entry(10, "deny", "9.9.9.9/32", egress=False)))
    assert "arrives" == found["verdict"]
    assert found["ways"][0]["losses"]


def test_a_denied_address_of_a_peer_settles_nothing_and_a_denied_subnet_does() -> None:
    assert ["arrives", "lost"] == [traced("peers", acl(entry(10, "deny", cidr, egress=False)))["verdict"] for cidr in ("10.0.2.17/32", "10.0.2.0/24")]


def test_a_group_that_lets_no_peer_in_loses_them_at_the_end() -> None:
    found = traced("peers", {GROUP: {"IpPermissions": []}})
    assert ("lost", {"SG_HAS_NO_RULES"}) == (found["verdict"], {loss["code"] for way in found["ways"] for loss in way["losses"]})


# Doubts


def test_at_a_doubt_the_call_that_would_tell_is_named() -> None:
    found = traced("internet", {}, "nat-gateways")
    (doubt,) = found["ways"][0]["doubts"]
    assert ("depends", ["aws ec2 describe-nat-gateways"]) == (found["verdict"], [absence["command"] for absence in found["missing"]])
    assert found["missing"] == doubt["missing"]
    assert "not known [UNKNOWN_RESOURCE], for want of nat-gateways (111122223333/eu-west-1): aws ec2 describe-nat-gateways" in text("internet", {}, "nat-gateways")


def test_a_doubt_that_stands_at_no_hop_is_told_with_its_placement() -> None:
    lines = text("s3", {JOB: {"ProcessingInputs": []}}, "bucket-location").splitlines()
    assert f"{JOB}@{A}: it depends" in lines
    assert [line for line in lines if line.startswith("  not known for want of bucket-location")]


@pytest.mark.parametrize("kind", ["subnets", "security-groups", "network-acls", "route-tables", "vpc-endpoints", "internet-gateways", "prefix-lists"])
@pytest.mark.parametrize("destination", DESTINATIONS)
def test_less_knowledge_gives_no_other_verdict(kind: str, destination: str) -> None:
    assert traced(destination, {}, kind)["verdict"] in (whole(destination), "depends")


@cache
def whole(destination: str) -> object:
    """The verdict where nothing is left out."""
    return traced(destination)["verdict"]


def test_a_field_that_is_not_known_gives_no_other_verdict(deep: bool) -> None:
    blur, exports = Unknown(Absence("a blurred field", "", "world")), FILES.facts.exports
    whole = [placed.verdict for placed in trace(FILES.facts, FILES.facts.jobs[0], parse_need("internet"), {}).placements]
    for number, export in enumerate(exports):
        for at, fact in enumerate(export.facts):
            for name in sorted({field.name for field in fields(fact)} - {"id", "source"})[:: 1 if deep else 3]:
                blurred = replace(export, facts=(*export.facts[:at], with_fields(fact, **{name: blur}), *export.facts[at + 1:]))
                facts = Facts.of((*exports[:number], blurred, *exports[number + 1:]))
                found = trace(facts, facts.jobs[0], parse_need("internet"), {})
                assert [] == [placed.verdict for placed, before in zip(found.placements, whole) if placed.verdict not in (before, "depends")], f"{fact.id} {name}"
                assert render("text", replace(FILES, facts=facts), found)


# Jobs


def test_an_isolated_job_reaches_s3_and_nothing_else() -> None:
    isolated = {JOB: {"NetworkConfig": {"EnableNetworkIsolation": True}}}
    assert ["arrives", "lost", "lost", "lost"] == [traced(destination, isolated)["verdict"] for destination in ("s3", "internet", "peers", "10.0.1.9:5432")]
    assert "  EnableNetworkIsolation: the job's container reaches nothing; SageMaker itself moves what lies in S3" in text("kms", isolated).splitlines()


def test_a_job_without_vpc_config_reaches_what_the_services_own_network_does() -> None:
    outside = {JOB: {"NetworkConfig": {"VpcConfig": None}}}
    assert ["arrives", "arrives", "arrives", "depends"] == [traced(destination, outside)["verdict"] for destination in ("s3", "internet", "kms", "10.0.1.9:5432")]
    found = traced("10.0.1.9:5432", outside)
    assert (f"{JOB}@service", None, ["whether the service's own network reaches 10.0.1.9:5432"]) == (found["id"], found["subnet"], [each["kind"] for each in found["missing"]])


def test_an_isolated_job_outside_of_a_vpc_reaches_nothing_but_s3_either() -> None:
    isolated = {JOB: {"NetworkConfig": {"VpcConfig": None, "EnableNetworkIsolation": True}}}
    assert ["arrives", "lost", "lost"] == [traced(destination, isolated)["verdict"] for destination in ("s3", "internet", "10.0.1.9:5432")]


def test_a_subnet_without_ipv4_addresses_sends_nothing() -> None:
    found = traced("s3", {A: {"Ipv6Native": True, "CidrBlock": None}})
    assert ("lost", f"{A} has no IPv4 address for an interface of the job") == (found["verdict"], found["note"])


def test_a_job_is_found_by_name_id_arn_and_file() -> None:
    facts = snapshot().facts
    (job,) = facts.jobs
    assert [job] * 4 == [find_job(facts, name) for name in ("nightly-etl", JOB, job.arn or "", job.source.file)]


def test_a_name_that_two_jobs_have_is_refused_with_what_tells_them_apart() -> None:
    facts = snapshot({"mine.json": {"ProcessingJobName": "nightly-etl", "RoleArn": "arn:aws:iam::111122223333:role/etl", "AppSpecification": {"ImageUri": "i"},
                                    "ProcessingResources": {"ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}}}}).facts
    arn = "arn:aws:sagemaker:eu-west-1:111122223333:processing-job/nightly-etl"
    with pytest.raises(ValueError, match=f'2 jobs are called "nightly-etl"; name one of them by its ARN or file: {arn}, mine.json'):
        find_job(facts, "nightly-etl")
    assert "mine.json" == find_job(facts, "mine.json").source.file


@pytest.mark.parametrize(("name", "told"), [
    ("nightly-elt", 'no job "nightly-elt"; did you mean nightly-etl?'),
    ("processing-job/nightly", 'no job "processing-job/nightly"; did you mean processing-job/nightly-etl?'),
    ("xyz", 'no job "xyz"; did you mean processing-job/nightly-etl?'),
])
def test_a_job_that_is_not_there_is_refused_with_the_nearest(name: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        find_job(snapshot().facts, name)


# What is printed


def test_the_exit_code_tells_the_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def code(job: str, destination: str, *paths: str) -> int:
        return cli.main(["trace", job, destination, "--isolated", *paths])

    assert [0, 1, 3, 2, 2, 2] == [
        code("nightly-etl", "s3", str(GOOD)), code("nightly-etl", "10.0.0.0/8:5432", str(GOOD)), code("nightly-etl", "10.0.1.9:5432", str(GOOD)),
        code("nightly", "s3", str(GOOD)), code("nightly-etl", "s3://", str(GOOD)), code("nightly-etl", "s3", str(tmp_path / "nowhere")),
    ]
    assert 3 == capsys.readouterr().err.count("sagevpc-lint: ")


def test_a_document_that_is_refused_is_told_and_the_rest_is_traced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "describe-vpcs.json").write_text("{")
    assert cli.UNUSABLE == cli.main(["trace", "nightly-etl", "s3", str(GOOD), str(tmp_path), "--isolated"])
    told = capsys.readouterr()
    assert ("2 placements: 2 arrive", True) == (told.out.splitlines()[-1], "describe-vpcs.json:1:2" in told.err)


def test_standard_input_may_hold_the_job(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    request = json.loads((GOOD / "describe-processing-job.nightly-etl.json").read_text()) | {"ProcessingJobName": "mine"}
    request = {name: value for name, value in request.items() if name not in ("ProcessingJobArn", "ProcessingJobStatus") and not name.endswith("Time")}
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(json.dumps(request).encode())))
    assert cli.CLEAN == cli.main(["trace", "mine", "s3", str(GOOD), "-", "--stdin-filename", "mine.json", "--isolated"])
    assert "mine.json:1:1: processing-job/mine to s3" == capsys.readouterr().out.partition("\n")[0]


def test_the_settings_give_what_is_loaded_and_what_is_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "sagevpc-lint.yaml").write_text(f"snapshot: {GOOD}\nneeds: {{'*': ['s3://etl-input']}}\n")
    monkeypatch.chdir(tmp_path)
    assert cli.CLEAN == cli.main(["trace", "nightly-etl", "s3"])
    assert "s3://etl-input, s3://etl-output at public addresses: " in capsys.readouterr().out


def test_every_hop_points_at_what_it_names() -> None:
    texts = snapshot().texts
    for way in (way for destination in ("s3", "internet", "sts", "peers") for way in traced(destination)["ways"]):
        for hop in way["hops"]:
            value = json.loads(texts[hop["file"]])
            for step in hop["pointer"].split("/")[1:]:
                value = value[int(step)] if isinstance(value, list) else value[step]
            shown = hop["does"].partition(" -> ")[0] if hop["kind"] == "route-table" else hop["id"]
            assert shown in json.dumps(value)


@pytest.mark.parametrize("destination", DESTINATIONS)
@pytest.mark.parametrize("format", ["text", "json"])
def test_the_order_of_files_and_resources_does_not_matter(destination: str, format: str) -> None:
    def rendered(files: Mapping[str, Any]) -> str:
        found = documents.read({name: json.dumps(value).encode() for name, value in files.items()})
        told = render(format, found, trace(found.facts, found.facts.jobs[0], parse_need(destination), {}))
        return re.sub(r":\d+:\d+|\"(line|column)\": \d+|/\d+\b", "", told)

    texts = {path.name: json.loads(path.read_text("utf-8")) for path in GOOD.glob("*.json")}
    assert rendered(texts) == rendered({name: turned(value) for name, value in reversed(texts.items())})


def turned(document: Mapping[str, Any]) -> dict[str, Any]:
    """The same resources the other way round."""
    return {key: value[::-1] if isinstance(value, list) and "Inputs" not in key else value for key, value in document.items()}


def test_many_ways_are_shown_only_if_they_are_asked_for_and_lost_ones_come_first() -> None:
    short, long = (text("10.0.0.0/8:5432", verbose=verbose) for verbose in (False, True))
    assert 2 == short.count("  and 2 more ways (--verbose shows them)")
    assert 12 == long.count("\n  to 10.")
    verdicts = re.findall(r"^  to .*: (.*)$", short, re.MULTILINE)
    assert ["does not arrive", "does not arrive", "it depends", "it depends"] * 2 == verdicts


def test_color_changes_nothing_but_color() -> None:
    plain, colored = (text("10.0.0.0/8:5432", color=color) for color in (False, True))
    assert "\x1b[31m" in colored
    assert plain == re.sub(r"\x1b\[[0-9]*m", "", colored)


def test_a_name_in_a_snapshot_cannot_steer_the_terminal() -> None:
    files = snapshot()
    renamed = documents.read({name.replace("describe-subnets", "describe-\x1b[31msubnets"): body.encode() for name, body in files.texts.items()})
    told = render("text", renamed, trace(renamed.facts, renamed.facts.jobs[0], parse_need("peers"), {}))
    assert ("\x1b" not in told) and r"describe-\x1b[31msubnets" in told


@given(st.one_of(
    st.text(max_size=30), st.from_regex(r"(s3://|https://)?[a-z0-9./:-]{0,20}", fullmatch=True),
    st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?(:[0-9]{1,5})?", fullmatch=True),
))
def test_whatever_the_destination_is_a_trace_comes_out_or_a_line_that_refuses_it(destination: str) -> None:
    try:
        wanted = parse_need(destination)
    except ValueError as error:
        assert str(error)
        return
    found = trace(FILES.facts, FILES.facts.jobs[0], wanted, {})
    assert found.destination in render("text", FILES, found) or not found.destination.isprintable()
