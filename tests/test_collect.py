"""The script that collects a snapshot is run by `sh`, with an `aws` that answers from a dictionary and remembers what it was asked."""

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote

import pytest

from sagevpc_lint.collect import NOT_COLLECTED, script
from sagevpc_lint.model.kinds import BY_NAME, KINDS

READS = ("get-", "list-", "describe-", "search-", "head-")
ACCOUNT = "111122223333"
AWS = r"""#!/bin/sh
printf '%s\037' "$@" >>"$FAKE/log"
printf '\036' >>"$FAKE/log"
format=text
while :; do
    case $1 in
        --output) format=$2; shift 2 ;;
        --profile | --region) shift 2 ;;
        *) break ;;
    esac
done
call=$*
call=${call%% --query *}
call=${call%% --last-modified-time-after *}
[ ! -f "$FAKE/$call.error" ] || { cat "$FAKE/$call.error" >&2; exit 254; }
if [ -f "$FAKE/$call.$format" ]; then cat "$FAKE/$call.$format"; elif [ "$format" = json ]; then echo '{}'; fi
"""


@dataclass(frozen=True)
class Answer:
    """What the fake `aws` prints for a call: JSON, or the names in it, or an error."""

    json: str | None = None
    text: str | None = None
    error: str | None = None


@dataclass(frozen=True)
class Run:
    """What a run of the script left: its exit code, what it said, the calls it made and the folder it wrote."""

    code: int
    said: str
    calls: tuple[tuple[str, ...], ...]
    folder: Path

    def json(self, file: str) -> object:
        return json.loads((self.folder / file).read_text())

    def names(self) -> set[str]:
        return {path.name for path in self.folder.iterdir()}

    def noted(self, file: str) -> list[dict[str, object]]:
        return [call for call in self.json("snapshot.json")["calls"] if call["file"] == file]  # type: ignore[index]

    def commands(self) -> set[str]:
        """The calls that asked for JSON, without the options that all of them have."""
        return {" ".join(call[call.index("json") + 1:]) for call in self.calls if "json" in call}


def run(tmp_path: Path, text: str, answers: Mapping[str, Answer], *arguments: str, folder: str = "snapshot/eu-west-1", **environment: str) -> Run:
    """Run the script *text* in `tmp_path/here`; a call that has no answer succeeds with an empty one."""
    here, fake, tools = tmp_path / "here", tmp_path / "fake", tmp_path / "tools"
    for each in (here, fake, tools):
        each.mkdir(exist_ok=True)
    (tools / "aws").write_text(AWS)
    (tools / "aws").chmod(0o755)
    for call, answer in answers.items():
        for kind in ("json", "text", "error"):
            if (content := getattr(answer, kind)) is not None:
                (fake / f"{call}.{kind}").parent.mkdir(parents=True, exist_ok=True)
                (fake / f"{call}.{kind}").write_text(content)
    (here / "collect.sh").write_text(text)
    variables = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "FAKE": str(fake), **environment}
    done = subprocess.run([shutil.which("sh") or "/bin/sh", "collect.sh", *arguments], cwd=here, env=variables, capture_output=True, text=True, timeout=60)
    log = (fake / "log").read_text() if (fake / "log").exists() else ""
    return Run(done.returncode, done.stderr, tuple(tuple(call.split("\037")[:-1]) for call in log.split("\036")[:-1]), here / folder)


@pytest.fixture(scope="module")
def quiet(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run in a Region where there is nothing: each call succeeds with an empty answer."""
    return run(tmp_path_factory.mktemp("quiet"), script(["eu-west-1"]), {})


def of_jobs(text: str) -> str:
    """A script without its calls about the network, which take most of its time, and tell nothing of jobs, their buckets and their roles."""
    before, network, rest = text.partition("    say '  the network'\n")
    _, jobs, after = rest.partition("    say '  jobs that changed")
    assert network and jobs
    return before + jobs + after


def one_job(description: object) -> dict[str, Answer]:
    """Answer with the account and one processing job, called *etl*."""
    return {
        "sts get-caller-identity": Answer(json.dumps({"UserId": "AIDA", "Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/u"}), f"{ACCOUNT}\n"),
        "sagemaker list-processing-jobs": Answer(text="etl\n"),
        "sagemaker describe-processing-job --processing-job-name etl": Answer(json.dumps(description, indent=4)),
    }


def script_lines(text: str) -> list[list[str]]:
    """The lines of the script that make a call, in words."""
    return [shlex.split(line) for line in text.splitlines() if re.match(" +(save|define|list|names) ", line) and '"$@"' not in line]


def test_every_call_in_the_script_only_reads() -> None:
    lines = script_lines(script(["eu-west-1"], "audit", ["vpc-1"]))
    commands = [words[3] if words[0] in ("save", "define") else words[4] for words in lines]
    assert len(commands) > 70
    assert [] == [command for command in commands if not command.startswith(READS)]


def test_the_script_runs_the_aws_cli_in_two_places_only() -> None:
    text = "\n".join(line for line in script(profile="audit").splitlines() if not line.startswith("#"))
    run_by_the_guard, named_in_its_refusal, looked_for, asked_for_its_settings = "--profile", '$*";', ">/dev/null", "configure"
    assert [run_by_the_guard, named_in_its_refusal, looked_for, asked_for_its_settings] == re.findall(r"[\s(]aws (\S+)", text)


def test_a_command_that_may_do_more_than_read_is_refused(tmp_path: Path) -> None:
    text = script(["eu-west-1"]).replace("save describe-flow-logs ec2 describe-flow-logs", "save describe-flow-logs ec2 delete-flow-logs")
    done = run(tmp_path, text, {})
    assert ["refused, because it may do more than read: aws ec2 delete-flow-logs"] == [call["error"] for call in done.noted("describe-flow-logs.json")]
    assert [] == [call for call in done.calls if "delete-flow-logs" in call]


def test_every_kind_of_export_is_collected_or_left_out_on_purpose() -> None:
    text = script()
    options = {kind.name: all(f"{kind.call} " in text and option in text for option in kind.asks) if kind.asks else f" {kind.call}" in text for kind in KINDS}
    assert {kind.name: kind.name not in NOT_COLLECTED for kind in KINDS} == options
    assert set() == NOT_COLLECTED - BY_NAME.keys()


def test_there_is_one_file_per_call_and_no_other_but_the_snapshot_file(quiet: Run) -> None:
    plain = {f"{command.split()[1]}.json" for command in quiet.commands()}
    assert plain | {"snapshot.json"} == quiet.names()
    assert len(plain) > 50


def test_ids_stand_in_file_names_as_the_calls_take_them(tmp_path: Path) -> None:
    answers = {
        "ec2 describe-vpcs": Answer(text="vpc-1\tvpc-2\n"),
        "ec2 describe-subnets": Answer(text="subnet-1\tsubnet-2\nsubnet-3\n"),
        "ec2 describe-managed-prefix-lists": Answer(text="pl-1\r\n"),
        "ec2 describe-transit-gateway-route-tables": Answer(text="tgw-rtb-1\n"),
        "route53profiles list-profile-associations": Answer(text="rp-1\nrp-1\n"),
        "sagemaker list-models": Answer(text="first\tsecond\n"),
        "sagemaker list-pipelines": Answer(text="nightly\n"),
        "sagemaker list-model-bias-job-definitions": Answer(text="bias\n"),
    }
    done = run(tmp_path, script(["eu-west-1"]), answers)
    assert {
        *(f"describe-vpc-attribute.{vpc}.{name}.json" for vpc in ("vpc-1", "vpc-2") for name in ("enableDnsSupport", "enableDnsHostnames")),
        "list-hosted-zones-by-vpc.vpc-1.eu-west-1.json", "list-hosted-zones-by-vpc.vpc-2.eu-west-1.json",
        *(f"get-subnet-cidr-reservations.subnet-{number}.json" for number in (1, 2, 3)),
        "get-managed-prefix-list-entries.pl-1.json", "search-transit-gateway-routes.tgw-rtb-1.json", "list-profile-resource-associations.rp-1.json",
        "describe-model.first.json", "describe-model.second.json", "describe-pipeline.nightly.json", "describe-model-bias-job-definition.bias.json",
    } == {name for name in done.names() if name.count(".") > 1}
    assert {
        "ec2 describe-vpc-attribute --vpc-id vpc-2 --attribute enableDnsHostnames",
        "ec2 search-transit-gateway-routes --transit-gateway-route-table-id tgw-rtb-1 --filters Name=state,Values=active,blackhole",
        "route53 list-hosted-zones-by-vpc --vpc-id vpc-1 --vpc-region eu-west-1",
        "sagemaker describe-pipeline --pipeline-name nightly",
    } <= done.commands()
    assert 1 == len([call for call in done.calls if "list-profile-resource-associations" in call])


def test_the_snapshot_file_tells_account_region_time_filters_and_calls(tmp_path: Path) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    done = run(tmp_path, script(["eu-west-1"], vpcs=["vpc-1", "vpc-2"]), one_job({"ProcessingJobName": "etl"}))
    snapshot = done.json("snapshot.json")
    assert (0, ["version", "account", "region", "time", "filters", "calls"]) == (done.code, list(snapshot))  # type: ignore[call-overload]
    assert (1, ACCOUNT, "eu-west-1", {"vpcs": ["vpc-1", "vpc-2"]}) == tuple(snapshot[key] for key in ("version", "account", "region", "filters"))  # type: ignore[index]
    assert before <= datetime.strptime(snapshot["time"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) <= datetime.now(UTC)  # type: ignore[index]
    command = "aws sagemaker describe-processing-job --processing-job-name etl"
    assert [{"file": "describe-processing-job.etl.json", "command": command, "ok": True}] == done.noted("describe-processing-job.etl.json")
    assert done.names() - {"snapshot.json"} == {call["file"] for call in snapshot["calls"]}  # type: ignore[index]


def test_a_failed_call_is_noted_with_its_last_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    denied = "An error occurred (AccessDenied) when calling the DescribeSubnets operation: no"
    done = run(tmp_path, script(["eu-west-1"]), {
        "ec2 describe-subnets": Answer(error=f"\n{denied}\n"),
        "ec2 describe-addresses": Answer(error='first\nhe said "no", in C:\\new\\u0041\tand\x1b[1m left — 100 %s\n\n'),
        "ec2 describe-instances": Answer(error=""),
        "ec2 describe-flow-logs": Answer(json=""),
    })
    assert {
        "describe-subnets.json": denied,
        "describe-addresses.json": 'he said "no", in C:\\new\\u0041 and [1m left — 100 %s',
        "describe-instances.json": "it printed nothing",
        "describe-flow-logs.json": "it printed nothing",
    } == {call["file"]: call["error"] for call in done.json("snapshot.json")["calls"] if not call["ok"]}  # type: ignore[index]
    assert [{"file": "describe-subnets.json", "command": "aws ec2 describe-subnets", "ok": False, "error": denied}] == done.noted("describe-subnets.json")
    assert (0, {"list-pipelines.json"}) == (done.code, {"list-pipelines.json", "describe-subnets.json", "describe-flow-logs.json"} & done.names())
    assert f"failed: aws ec2 describe-subnets: {denied}\n" in done.said
    assert done.said.endswith(" 4 failed\n")


def test_an_interrupted_run_has_told_its_filters(tmp_path: Path) -> None:
    done = run(tmp_path, script(["eu-west-1"], vpcs=["vpc-1"]).replace("    list describe-vpcs", "    exit 130\n    list describe-vpcs"), one_job({}))
    assert ({"vpcs": ["vpc-1"]}, [], False) == (*(done.json("snapshot.json")[key] for key in ("filters", "calls")), "describe-vpcs.json" in done.names())  # type: ignore[index]


def test_a_region_in_which_nothing_can_be_read_fails(tmp_path: Path) -> None:
    text = script(["eu-west-1"]).replace("    case $2 in\n", "    case $2 in\n        *) say 'no credentials'; return 1 ;;\n")
    done = run(tmp_path, text, {})
    assert (1, {"snapshot.json"}) == (done.code, done.names())
    assert "eu-west-1: 0 calls answered" in done.said


def test_no_policy_is_told_apart_from_a_policy_that_may_not_be_read(tmp_path: Path) -> None:
    uris = [f"s3://{bucket}/x" for bucket in ("open-bucket", "closed-bucket", "own.bucket")]
    denied = "An error occurred (AccessDenied) when calling the GetBucketPolicy operation: Access Denied"
    done = run(tmp_path, of_jobs(script(["eu-west-1"])), one_job({"S3Uri": uris}) | {
        "s3api get-bucket-policy --bucket open-bucket": Answer(error="\nAn error occurred (NoSuchBucketPolicy) when calling the GetBucketPolicy operation: The bucket policy does not exist\n"),
        "s3api get-bucket-policy --bucket closed-bucket": Answer(error=f"\n{denied}\n"),
        "s3api get-bucket-policy --bucket own.bucket": Answer('{"Policy": "{}"}'),
    })
    assert [{"file": "get-bucket-policy.open-bucket.json", "command": "aws s3api get-bucket-policy --bucket open-bucket", "ok": True}] == done.noted("get-bucket-policy.open-bucket.json")
    assert {"Policy": None} == done.json("get-bucket-policy.open-bucket.json")
    assert [denied] == [call["error"] for call in done.noted("get-bucket-policy.closed-bucket.json")]
    assert "get-bucket-policy.closed-bucket.json" not in done.names()
    assert {"Policy": "{}"} == done.json("get-bucket-policy.own.bucket.json")


BUCKETS = {
    "s3://plain-bucket/a/s3://not-this/b": "plain-bucket",
    "s3://dotted.bucket.name": "dotted.bucket.name",
    "https://virtual.s3.eu-west-1.amazonaws.com/key": "virtual",
    "https://bare.s3.eu-west-1.amazonaws.com": "bare",
    "https://with.s3.in.it.s3.eu-west-1.amazonaws.com/key": "with.s3.in.it",
    "https://s3-like.s3.dualstack.eu-west-1.amazonaws.com/key": "s3-like",
    "https://legacy.s3-eu-west-1.amazonaws.com/key": "legacy",
    "https://china.s3.cn-north-1.amazonaws.com.cn/key": "china",
    "https://s3.eu-west-1.amazonaws.com/path.s3.style/key": "path.s3.style",
    "https://s3-eu-west-1.amazonaws.com/path-style/key": "path-style",
    "https://s3.amazonaws.com/global-path-style": "global-path-style",
    "https://bucket.vpce-1a-2b.s3.eu-west-1.vpce.amazonaws.com/private-path/key": "private-path",
    "https://private-name.bucket.vpce-1a-2b.s3.eu-west-1.vpce.amazonaws.com/key": "private-name",
}
NO_BUCKETS = (
    "s3://", "s3://*/key", "s3://../key", "s3://arn:aws:s3:eu-west-1:111122223333:accesspoint/point/key",
    "https://point-111122223333.s3-accesspoint.eu-west-1.amazonaws.com/key", "https://github.com/some/repository",
)


@pytest.mark.parametrize("in_a_pipeline", [False, True])
def test_buckets_are_found_in_the_definitions(tmp_path: Path, in_a_pipeline: bool) -> None:
    uris = [*BUCKETS, *NO_BUCKETS]
    pipeline = {"sagemaker list-pipelines": Answer(text="p\n"), "sagemaker describe-pipeline --pipeline-name p": Answer(json.dumps({"PipelineDefinition": json.dumps(uris)}))}
    done = run(tmp_path, of_jobs(script(["eu-west-1"])), pipeline if in_a_pipeline else one_job({"S3Uris": uris}))
    asked = {command for command in done.commands() if "--bucket" in command}
    assert {f"s3api {call} --bucket {bucket}" for call in ("get-bucket-policy", "get-bucket-location", "head-bucket") for bucket in BUCKETS.values()} == asked


def test_roles_of_the_account_are_found_in_the_definitions_with_their_policies(tmp_path: Path) -> None:
    of_aws, own = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess", f"arn:aws:iam::{ACCOUNT}:policy/path/own.policy"
    done = run(tmp_path, of_jobs(script(["eu-west-1"])), {
        **one_job({"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/service-role/etl.role", "Other": "arn:aws:iam::999988887777:role/foreign", "Glob": f"arn:aws:iam::{ACCOUNT}:role/*"}),
        "sagemaker list-models": Answer(text="m\n"),
        "sagemaker describe-model --model-name m": Answer(json.dumps({"ExecutionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/serving"})),
        "iam list-attached-role-policies --role-name etl.role": Answer(text=f"{of_aws}\t{own}\n"),
        "iam list-attached-role-policies --role-name serving": Answer(text=f"{of_aws}\n"),
        f"iam get-policy --policy-arn {of_aws}": Answer(text="v27\n"),
        f"iam get-policy --policy-arn {own}": Answer(text="v2\n"),
        "iam list-role-policies --role-name etl.role": Answer(text="in.line\n"),
    })
    assert {
        *(f"{call}.{role}.json" for call in ("get-role", "list-attached-role-policies", "list-role-policies") for role in ("etl.role", "serving")),
        "get-role-policy.etl%2Erole.in%2Eline.json",
        "get-policy-version.arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FAmazonSageMakerFullAccess.v27.json",
        f"get-policy-version.arn%3Aaws%3Aiam%3A%3A{ACCOUNT}%3Apolicy%2Fpath%2Fown%2Epolicy.v2.json",
    } == {name for name in done.names() if re.search("role|policy-version", name)}
    undone = {tuple(map(unquote, name.removesuffix(".json").split(".")[1:])) for name in done.names() if name.startswith("get-policy-version")}
    assert {(of_aws, "v27"), (own, "v2")} == undone
    assert 1 == len([call for call in done.calls if "get-policy" in call and of_aws in call])


def test_an_account_that_cannot_be_told_is_null_and_its_roles_are_asked_for(tmp_path: Path) -> None:
    answers = one_job({"RoleArn": "arn:aws-cn:iam::444455556666:role/etl"}) | {"sts get-caller-identity": Answer(error="expired")}
    done = run(tmp_path, of_jobs(script(["eu-west-1"])), answers)
    assert None is done.json("snapshot.json")["account"]  # type: ignore[index]
    assert "iam get-role --role-name etl" in done.commands()


def test_a_policy_whose_version_cannot_be_told_is_noted(tmp_path: Path) -> None:
    done = run(tmp_path, of_jobs(script(["eu-west-1"])), {
        **one_job({"RoleArn": f"arn:aws:iam::{ACCOUNT}:role/etl"}),
        "iam list-attached-role-policies --role-name etl": Answer(text="arn:aws:iam::aws:policy/P\n"),
        "iam get-policy --policy-arn arn:aws:iam::aws:policy/P": Answer(error="denied"),
    })
    file = "get-policy.arn%3Aaws%3Aiam%3A%3Aaws%3Apolicy%2FP.json"
    command = "aws iam get-policy --policy-arn arn:aws:iam::aws:policy/P --query Policy.DefaultVersionId"
    assert [{"file": file, "command": command, "ok": False, "error": "denied"}] == done.noted(file)


def test_a_list_of_vpcs_limits_the_calls_that_have_such_a_filter(tmp_path: Path) -> None:
    done = run(tmp_path, script(["eu-west-1"], vpcs=["vpc-1", "vpc-2"]), {})
    commands = done.commands()
    vpcs = "vpc-id,Values=vpc-1,vpc-2"
    assert {
        f"ec2 describe-internet-gateways --filters Name=attachment.{vpcs}",
        f"ec2 describe-nat-gateways --filter Name={vpcs}",
        *(f"ec2 describe-{nouns} --filters Name={vpcs}" for nouns in (
            "vpcs", "subnets", "route-tables", "security-groups", "network-acls", "vpc-endpoints", "network-interfaces", "instances",
        )),
    } == {command for command in commands if "vpc-1" in command}
    assert {"ec2 describe-flow-logs", "ec2 describe-dhcp-options", "ec2 describe-security-group-rules"} <= commands
    assert "none of the VPCs asked for was found" in done.said


def test_only_jobs_that_changed_in_the_last_30_days_are_asked_for(quiet: Run) -> None:
    since = {call[call.index("sagemaker") + 1]: int(call[call.index("--last-modified-time-after") + 1]) for call in quiet.calls if "--last-modified-time-after" in call}
    assert {f"list-{kind}-jobs" for kind in ("processing", "training", "hyper-parameter-tuning", "auto-ml", "transform")} <= since.keys()
    ago = datetime.now(UTC) - datetime.fromtimestamp(min(since.values()), UTC)
    assert timedelta(days=30) <= ago < timedelta(days=30, minutes=2)


def test_what_the_user_types_reaches_the_aws_cli_as_it_is(tmp_path: Path) -> None:
    attacks = ["x; touch BROKEN #", "$(touch BROKEN)", "`touch BROKEN`", "'\"\ntouch BROKEN\n\\", "-o *"]
    weird = "".join(attacks)
    done = run(tmp_path, script([weird], weird, attacks), {}, folder=f"snapshot/{weird}")
    assert {("--profile", weird, "--region", weird, "--output")} == {call[:5] for call in done.calls}
    assert ("ec2", "describe-subnets", "--filters", f"Name=vpc-id,Values={','.join(attacks)}") in {call[6:10] for call in done.calls}
    assert (weird.replace("\n", " "), {"vpcs": attacks}) == (done.json("snapshot.json")["region"], done.json("snapshot.json")["filters"])  # type: ignore[index]
    assert [] == list(tmp_path.rglob("BROKEN"))


def test_every_region_has_a_folder_of_its_own(tmp_path: Path) -> None:
    done = run(tmp_path, script(["eu-west-1", "us-east-1", "eu-west-1"]), {}, "out put/deep", folder="out put/deep")
    assert (0, {"eu-west-1", "us-east-1"}) == (done.code, done.names())
    assert ["eu-west-1", "us-east-1"] == [done.json(f"{region}/snapshot.json")["region"] for region in ("eu-west-1", "us-east-1")]  # type: ignore[index]
    assert {"eu-west-1", "us-east-1"} == {call[call.index("--region") + 1] for call in done.calls}
    assert 2 == len([call for call in done.calls if "describe-flow-logs" in call])


def test_a_folder_that_is_there_is_refused_before_any_call(tmp_path: Path) -> None:
    (tmp_path / "here" / "snapshot" / "us-east-1").mkdir(parents=True)
    done = run(tmp_path, script(["eu-west-1", "us-east-1"]), {})
    assert (1, ()) == (done.code, done.calls)
    assert done.said.startswith("collect: snapshot/us-east-1 is there already: remove it, or name another folder")


@pytest.mark.parametrize(
    ("environment", "configured", "region"),
    [
        ({"AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "us-east-1"}, "us-west-2\n", "eu-west-1"),
        ({"AWS_DEFAULT_REGION": "us-east-1"}, "us-west-2\n", "us-east-1"),
        ({}, "us-west-2\n", "us-west-2"),
    ],
)
def test_without_a_region_the_configured_one_is_taken(tmp_path: Path, environment: dict[str, str], configured: str, region: str) -> None:
    done = run(tmp_path, script(profile="audit"), {"configure get region --profile audit": Answer(text=configured)}, folder=f"snapshot/{region}", **environment)
    assert (0, region) == (done.code, done.json("snapshot.json")["region"])  # type: ignore[index]
    assert {region} == {call[call.index("--region") + 1] for call in done.calls if "configure" not in call}


def test_without_any_region_the_script_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path, script(), {"configure get region": Answer(error="")})
    assert (1, [("configure", "get", "region")], False) == (done.code, list(done.calls), done.folder.parent.exists())
    assert done.said.startswith("collect: no Region: the AWS CLI has none configured; set AWS_REGION")


def test_without_the_aws_cli_the_script_says_so(tmp_path: Path) -> None:
    done = run(tmp_path, script(["eu-west-1"]), {}, PATH=str(tmp_path))
    assert (1, "collect: the AWS CLI was not found: install it, so that \"aws --version\" answers\n") == (done.code, done.said)


def test_an_option_is_answered_with_the_usage(tmp_path: Path) -> None:
    done = run(tmp_path, script(["eu-west-1"]), {}, "--help")
    assert (1, "collect: usage: sh collect.sh [FOLDER]\n", ()) == (done.code, done.said, done.calls)
