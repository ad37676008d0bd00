"""Write the shell script that collects a snapshot: read-only AWS CLI calls, one file per answer."""

import json
from collections.abc import Iterator, Mapping, Sequence
from shlex import quote

from sagevpc_lint.model.kinds import BY_NAME, KINDS, Kind
from sagevpc_lint.version import VERSION

NOT_COLLECTED = frozenset({
    # no rule reads them
    "bucket-encryption", "bucket-ownership-controls", "bucket-policy-status", "cluster", "clusters", "domain", "domains", "file-systems", "firewalls", "key-policy",
    "mount-target-security-groups", "mount-targets", "network-insights-analyses", "notebook-instance", "notebook-instances", "public-access-block", "repository-policy",
    "stale-security-groups", "user-profile", "user-profiles",
    # describe-pipeline holds the definition of its newest version
    "pipeline-definition", "pipeline-executions",
    # describe-auto-ml-job-v2 describes the jobs of both interfaces
    "auto-ml-job",
    # it reads every user and role of the account, and the roles of the jobs are asked for one by one
    "account-authorization-details",
})

_VPC_FILTERS = {
    **dict.fromkeys(("vpcs", "subnets", "route-tables", "security-groups", "network-acls", "vpc-endpoints", "network-interfaces", "instances"), ("--filters", "vpc-id")),
    "internet-gateways": ("--filters", "attachment.vpc-id"),
    "nat-gateways": ("--filter", "vpc-id"),
}

_OPTIONS = {
    "instance-type-offerings": " --location-type availability-zone-id",
    "transit-gateway-routes": " --filters Name=state,Values=active,blackhole",
}

_ASKED_FOR_EACH: Mapping[str, tuple[str, tuple[tuple[str, ...], ...]]] = {
    "vpcs": ("Vpcs[].VpcId", (("vpc-attributes", "$id", "enableDnsSupport"), ("vpc-attributes", "$id", "enableDnsHostnames"), ("hosted-zones", "$id", "$region"))),
    "subnets": ("Subnets[].SubnetId", (("subnet-cidr-reservations", "$id"),)),
    "managed-prefix-lists": ("PrefixLists[].PrefixListId", (("prefix-list-entries", "$id"),)),
    "transit-gateway-route-tables": ("TransitGatewayRouteTables[].TransitGatewayRouteTableId", (("transit-gateway-routes", "$id"),)),
    "profile-associations": ("ProfileAssociations[].ProfileId", (("profile-resource-associations", "$id"),)),
}

_RECENT = ' --last-modified-time-after "$since" --sort-by CreationTime --sort-order Descending'
_JOB_DEFINITIONS = ("JobDefinitionSummaries[].MonitoringJobDefinitionName", "")
_DEFINITIONS = {
    "processing-job": ("ProcessingJobSummaries[].ProcessingJobName", _RECENT),
    "training-job": ("TrainingJobSummaries[].TrainingJobName", _RECENT),
    "hyper-parameter-tuning-job": ("HyperParameterTuningJobSummaries[].HyperParameterTuningJobName", _RECENT),
    "auto-ml-job-v2": ("AutoMLJobSummaries[].AutoMLJobName", _RECENT),
    "transform-job": ("TransformJobSummaries[].TransformJobName", _RECENT),
    "compilation-job": ("CompilationJobSummaries[].CompilationJobName", _RECENT),
    "model": ("Models[].ModelName", ""),
    "endpoint-config": ("EndpointConfigs[].EndpointConfigName", ""),
    "endpoint": ("Endpoints[].EndpointName", ""),
    "monitoring-schedule": ("MonitoringScheduleSummaries[].MonitoringScheduleName", ""),
    "data-quality-job-definition": _JOB_DEFINITIONS,
    "model-quality-job-definition": _JOB_DEFINITIONS,
    "model-bias-job-definition": _JOB_DEFINITIONS,
    "model-explainability-job-definition": _JOB_DEFINITIONS,
    "pipeline": ("PipelineSummaries[].PipelineName", ""),
}

_HEADER = f"""\
#!/bin/sh
# Write a snapshot for sagevpc-lint {VERSION}: SageMaker jobs as they are defined, and the network around them.
#
# To run it:   sh collect.sh [FOLDER]       (./snapshot, if no folder is named)
# It needs:    the AWS CLI, version 1 or 2, and credentials that may read
# It writes:   FOLDER/REGION, one JSON file per call, and snapshot.json, which tells what was called
# Afterwards:  sagevpc-lint check FOLDER
#
# It only reads. Every call goes through the function `ask`, which lets no commands pass but get-, list-, describe-, search- and head-.
# A call that fails is noted, and the script goes on: what the call would have told stays undecided.
# Exit status: 0; 1 if the script could not start, or if no call of a Region succeeded.
set -u
export AWS_PAGER='' AWS_CLI_AUTO_PROMPT=off    # version 1 refuses --no-cli-pager"""

_ASK = """
say() {{
    printf '%s\\n' "$*" >&2
}}

stop() {{
    say "collect: $*"
    exit 1
}}

# Make one AWS call that only reads: FORMAT SERVICE COMMAND [OPTION ...]
ask() {{
    format=$1
    shift
    case $2 in
        get-* | list-* | describe-* | search-* | head-*) aws{profile} --region "$region" --output "$format" "$@" ;;
        *) say "refused, because it may do more than read: aws $*"; return 1 ;;
    esac
}}"""

_FUNCTIONS = r"""
# Print a text as a JSON string; control characters become blanks.
json() {
    case $1 in
        *[[:cntrl:]]* | *\\* | *\"*) printf '"%s"' "$(printf '%s' "$1" | tr '\n' ' ' | sed 's/[[:cntrl:]]/ /g; s/[\\"]/\\&/g')" ;;
        *) printf '"%s"' "$1" ;;
    esac
}

# Escape one of several ids for a file name, CALL.ID.ID.json, as in a URL: ID
escape() {
    printf '%s' "$1" | sed 's/%/%25/g; s|/|%2F|g; s/:/%3A/g; s/\./%2E/g'
}

# Note how a call went, and what it said if it failed: FILE COMMAND [ERROR]
note() {
    printf '%s\n    {"file": %s, "command": %s, ' "$comma" "$(json "$1")" "$(json "$2")" >>calls.part
    comma=,
    if [ $# -eq 2 ]; then
        printf '"ok": true}' >>calls.part
        answers=$((answers + 1))
    else
        say "  failed: $2: $3"
        printf '"ok": false, "error": %s}' "$(json "$3")" >>calls.part
        failures=$((failures + 1))
    fi
}

# Print the last line of what a failed call said.
error() {
    awk 'NF { line = $0 } END { print (line == "" ? "it printed nothing" : line) }' error.part
}

# Save the answer of a call as FILE.json: FILE SERVICE COMMAND [OPTION ...]
save() {
    file=$1.json
    shift
    if ask json "$@" >answer.part 2>error.part && [ -s answer.part ] && mv answer.part "$file" 2>error.part; then
        note "$file" "aws $*"
    elif grep -q '(NoSuchBucketPolicy)' error.part; then
        printf '{"Policy": null}\n' >"$file"
        note "$file" "aws $*"
    else
        note "$file" "aws $*" "$(error)"
        return 1
    fi
}

# Set $ids to the names that QUERY finds in an answer, which is not saved: FILE QUERY SERVICE COMMAND [OPTION ...]
names() {
    list_file=$1 query=$2
    shift 2
    if ids=$(ask text "$@" --query "$query" 2>error.part); then
        ids=$(printf '%s\n' "$ids" | tr -d '\r' | tr '\t' '\n' | awk '!seen[$0]++')
    else
        ids=
        note "$list_file.json" "aws $* --query $query" "$(error)"
    fi
}

# Save an answer and set $ids to the names in it: FILE QUERY SERVICE COMMAND [OPTION ...]
list() {
    ids=
    saved_file=$1 wanted=$2
    shift 2
    save "$saved_file" "$@" && names "$saved_file" "$wanted" "$@"
}

# Save a definition, and remember the words in it: FILE SERVICE COMMAND [OPTION ...]
define() {
    save "$@" && sed 's/["\\[:space:]]/ /g' "$1.json" | tr ' ' '\n' >>words.part
}

# Print the buckets that the definitions name: s3://BUCKET/..., https://BUCKET.s3.../..., https://s3.../BUCKET/...
buckets() {
    sed -n -e 's|^s3://\([^/]*\).*|\1|p' -e t \
        -e '/^https:[/][/][^/]*[.]s3-accesspoint[.]/d' \
        -e 's|^https://bucket[.]vpce-[^/]*/\([^/]*\).*|\1|p' -e t \
        -e 's|^https://\([^/]*\)[.]bucket[.]vpce-.*|\1|p' -e t \
        -e 's|^https://\([^/]*\)[.]s3[.-].*|\1|p' -e t \
        -e 's|^https://s3[.-][^/]*/\([^/]*\).*|\1|p' words.part | grep -E '^[A-Za-z0-9][A-Za-z0-9._-]{2,}$' | sort -u
}

# Print the names of the account's roles whose ARNs the definitions hold (all roles, if the account is not known).
roles() {
    sed -n "s|^arn:[a-z-]*:iam::${account:-[0-9]*}:role/|/|p" words.part | sed 's|.*/||' | grep -E '^[A-Za-z0-9+=,.@_-]+$' | sort -u
}

# Write what is known of the snapshot so far.
snapshot() {
    {
        printf '{\n  "version": 1,\n  "account": %s,\n' "$(if [ -n "$account" ]; then json "$account"; else printf null; fi)"
        printf '  "region": %s,\n  "time": "%s",\n' "$(json "$region")" "$now"
        printf '  "filters": {"vpcs": %s},\n  "calls": [' "$vpcs"
        cat calls.part
        printf '\n  ]\n}\n'
    } >snapshot.part
    mv snapshot.part snapshot.json
}"""

_START = """
# Collect the snapshot of $region in the working folder.
collect() {
    account='' comma='' answers=0 failures=0
    now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    since=$(($(date -u +%s) - 30 * 24 * 60 * 60))
    : >calls.part
    : >words.part
    snapshot
    list get-caller-identity Account sts get-caller-identity
    account=$ids
"""

_BUCKETS_AND_ROLES = """
    say '  the buckets of the jobs'
    for id in $(buckets); do
        save "get-bucket-policy.$id" s3api get-bucket-policy --bucket "$id"
        save "get-bucket-location.$id" s3api get-bucket-location --bucket "$id"
        save "head-bucket.$id" s3api head-bucket --bucket "$id"
    done

    say '  the roles of the jobs, and what they may do'
    policies=''
    for role in $(roles); do
        save "get-role.$role" iam get-role --role-name "$role"
        list "list-attached-role-policies.$role" 'AttachedPolicies[].PolicyArn' iam list-attached-role-policies --role-name "$role"
        policies="$policies $ids"
        list "list-role-policies.$role" 'PolicyNames[]' iam list-role-policies --role-name "$role"
        for id in $ids; do
            save "get-role-policy.$(escape "$role").$(escape "$id")" iam get-role-policy --role-name "$role" --policy-name "$id"
        done
    done
    for policy in $(printf '%s\\n' "$policies" | tr ' ' '\\n' | sort -u); do
        names "get-policy.$(escape "$policy")" Policy.DefaultVersionId iam get-policy --policy-arn "$policy"
        for id in $ids; do
            save "get-policy-version.$(escape "$policy").$id" iam get-policy-version --policy-arn "$policy" --version-id "$id"
        done
    done
"""

_END = """
    snapshot
    rm -f answer.part error.part calls.part words.part
    say "$region: $answers calls answered, $failures failed"
    [ "$answers" -gt 0 ]
}
"""

_FOLDER = """
folder=${1:-snapshot}
case $folder in -*) stop 'usage: sh collect.sh [FOLDER]' ;; esac
command -v aws >/dev/null || stop 'the AWS CLI was not found: install it, so that "aws --version" answers'
"""

_CONFIGURED_REGION = """\
region=${{AWS_REGION:-${{AWS_DEFAULT_REGION:-}}}}
[ -n "$region" ] || region=$(aws configure get region{profile})
[ -n "$region" ] || stop 'no Region: the AWS CLI has none configured; set AWS_REGION, or write the script with "sagevpc-lint collect --region REGION"'
set -- "$region"
"""

_MAIN = """\
for region in "$@"; do
    [ ! -e "$folder/$region" ] || stop "$folder/$region is there already: remove it, or name another folder, so that old answers are not taken for new ones"
done
status=0
for region in "$@"; do
    say "$region: collecting into $folder/$region"
    mkdir -p "$folder/$region" || stop "cannot write to $folder"
    (CDPATH='' cd "$folder/$region" && collect) || status=1
done
exit "$status"
"""


def script(regions: Sequence[str] = (), profile: str | None = None, vpcs: Sequence[str] = ()) -> str:
    """Write a POSIX shell script that collects a snapshot of *regions*, or else of the Region that the AWS CLI is set to.

    *profile*: the AWS CLI's profile. *vpcs*: ids of VPCs, to which the calls that have such a filter are limited.
    """
    option = f" --profile {quote(profile)}" if profile else ""
    wanted = f"set -- {' '.join(map(quote, dict.fromkeys(regions)))}\n" if regions else _CONFIGURED_REGION.format(profile=option)
    calls = "".join(f"    {line}\n" if line else "\n" for line in (*_network(vpcs), *_definitions()))
    head = "\n".join((_HEADER, f"vpcs={quote(json.dumps(list(vpcs)))}", _ASK.format(profile=option), _FUNCTIONS, _START))
    return head + calls + _BUCKETS_AND_ROLES + _END + _FOLDER + wanted + _MAIN


def _network(vpcs: Sequence[str]) -> Iterator[str]:
    yield from ("", "say '  the network'")
    for kind in KINDS:
        if kind.asks or kind.name in NOT_COLLECTED or kind.name == "caller-identity" or kind.call.startswith("sagemaker "):
            continue
        if kind.name in _ASKED_FOR_EACH:
            query, asked = _ASKED_FOR_EACH[kind.name]
            yield from _for_each(kind.call + _filter(kind, vpcs), query, [_save(BY_NAME[name], *ids) for name, *ids in asked])
            if vpcs and kind.name == "vpcs":
                yield "[ -n \"$ids\" ] || say '  none of the VPCs asked for was found'"
        else:
            yield _save(kind) + _filter(kind, vpcs)


def _definitions() -> Iterator[str]:
    yield from ("", "say '  jobs that changed in the last 30 days, models, endpoints, schedules and pipelines'")
    for kind in KINDS:
        if kind.meaning == "definition" and kind.name not in NOT_COLLECTED:
            query, options = _DEFINITIONS[kind.name]
            yield from _for_each(f"sagemaker list-{kind.name.removesuffix('-v2')}s{options}", query, [_save(kind, "$id", function="define")])


def _for_each(call: str, query: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"list {call.split()[1]} {quote(query)} {call}"
    yield "for id in $ids; do"
    yield from (f"    {line}" for line in lines)
    yield "done"


def _save(kind: Kind, *ids: str, function: str = "save") -> str:
    options = "".join(f" {option} {_word(id)}" for option, id in zip(kind.asks, ids, strict=True))
    return f"{function} {_word('.'.join((kind.file, *ids)))} {kind.call}{options}{_OPTIONS.get(kind.name, '')}"


def _word(text: str) -> str:
    return f'"{text}"' if "$" in text else text


def _filter(kind: Kind, vpcs: Sequence[str]) -> str:
    if not vpcs or kind.name not in _VPC_FILTERS:
        return ""
    option, name = _VPC_FILTERS[kind.name]
    return f" {option} " + quote(f"Name={name},Values={','.join(vpcs)}")
