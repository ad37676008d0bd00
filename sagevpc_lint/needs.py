"""What a job must reach: its S3 buckets, the services that its definition uses, and what the settings declare."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Literal
from urllib.parse import urlsplit

from sagevpc_lint.addresses import AddressError, canonical, parse_cidr
from sagevpc_lint.answer import Absence, Missing, is_unknown, known
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Data, Job, Need
from sagevpc_lint.model.uris import S3Location, parse_uri
from sagevpc_lint.source import Source

EXPECTED = "expected internet, an AWS service such as sts, s3, s3://BUCKET, or an address and port such as 10.1.2.3:5432 or 10.1.0.0/16:443"
_SERVICE = re.compile(r"[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)*")
# Of what AWS calls one service, several that have endpoints (https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html).
_PARTS = (
    "sagemaker.api", "sagemaker.runtime", "sagemaker.featurestore-runtime", "sagemaker.metrics", "ecr.api", "ecr.dkr", "codeartifact.api", "codeartifact.repositories",
)
_ADDRESS = re.compile(r"([0-9.]+(?:/[0-9]*)?)(?::([0-9]*))?")
_IPV6_LIKE = re.compile(r"[0-9A-Fa-f:.]+(/[0-9]+)?|\[[0-9A-Fa-f:.]+(/[0-9]+)?\](/[0-9]+)?(:[0-9]+)?")
_PROBABLE: Mapping[str, tuple[str, ...]] = {"athena": ("athena", "glue"), "redshift": ("redshift-data",)}  # F8.17a
_CLARIFY, _OF_CLARIFY = "sagemaker-clarify-processing", ("sagemaker.api", "sagemaker.runtime")  # F1.9: where it needs predictions
_FEATURE_STORE = "sagemaker.featurestore-runtime"  # F1.13
_DIRECTORY = "--x-s3"  # it has endpoints of its own: https://docs.aws.amazon.com/AmazonS3/latest/userguide/directory-bucket-naming-rules.html
_PORTS = {"http": 80, "https": 443}
_LOOPBACK = parse_cidr("127.0.0.0/8")


@dataclass(frozen=True, slots=True)
class Wanted:
    """A need or a destination as it is written. *what*: `peers` only of a destination. *port*: None where none is given, of an address, for all."""

    id: str
    what: Literal["s3", "service", "internet", "address", "peers"]
    bucket: str | None = None
    region: str | None = None
    service: str | None = None
    cidr: str | None = None
    port: int | None = None


def parse_need(text: str) -> Wanted:
    """Read `internet`, `peers`, `s3`, `s3://BUCKET/…`, an AWS service or `ADDRESS[/N][:PORT]`; raises `ValueError`, which says what is wrong and what is expected."""
    if text in ("internet", "peers", "s3"):
        return Wanted(text, text)  # type: ignore[arg-type]
    if text.startswith(("s3://", "https://")):
        return _of_uri(text)
    if found := _ADDRESS.fullmatch(text):
        return _of_address(text, *found.groups())
    if text.count(":") > 1 and _IPV6_LIKE.fullmatch(text):
        raise ValueError(f"{json.dumps(text)} is an IPv6 address, and the interfaces of jobs are IPv4; {EXPECTED}")
    if not _SERVICE.fullmatch(text) or "amazonaws" in text:
        raise ValueError(f"{json.dumps(text)} is no need; {EXPECTED}")
    # SDKs call sagemaker.runtime `sagemaker-runtime`.
    if meant := [part for part in _PARTS if text in (part.partition(".")[0], part.replace(".", "-"))]:
        raise ValueError(f"{json.dumps(text)} is no AWS service that has endpoints; did you mean {' or '.join(map(json.dumps, meant))}?")
    return Wanted(text, "service", service=text)


def _of_uri(text: str) -> Wanted:
    where = parse_uri(text)
    if where.bucket is None:
        raise ValueError(f"{json.dumps(text)} names no bucket; {EXPECTED}")
    return Wanted(f"s3://{where.bucket}", "s3", bucket=where.bucket, region=where.region)


def _of_address(text: str, address: str, port: str | None) -> Wanted:
    cidr = canonical(address) if _is_ipv4(address) else ""
    if not cidr:
        raise ValueError(f"{json.dumps(address)} is no IPv4 address or block; {EXPECTED}")
    if port is not None and not (port.isdecimal() and 0 < int(port) < 65536 and port == str(int(port))):
        raise ValueError(f"{json.dumps(text)} has port {json.dumps(port)}; expected a number from 1 to 65535")
    parse_cidr(address)  # refuses host bits
    spelt = cidr.removesuffix("/32")
    return Wanted(spelt if port is None else f"{spelt}:{port}", "address", cidr=cidr, port=None if port is None else int(port))


def _is_ipv4(text: str) -> bool:
    try:
        return ":" not in canonical(text)
    except AddressError:
        return False


def declared_need(text: str) -> Wanted:
    """Read a need as settings and examples declare it: all that `parse_need` reads but peers and addresses without a port."""
    wanted = parse_need(text)
    if wanted.what == "peers":
        raise ValueError(f"peers are what every job with several instances must reach, and no need to declare; {EXPECTED}")
    if wanted.what == "address" and wanted.port is None:
        raise ValueError(f"{json.dumps(text)} has no port; expected one, such as {wanted.id}:443")
    return wanted


def needs_of(facts: Facts, job: Job, declared: Mapping[str, tuple[str, ...]]) -> tuple[Need, ...]:
    """Say what *job* must reach, by id; *declared*: patterns of job names and what the settings say such jobs need. Raises `Missing`."""
    found: dict[str, Need] = {}
    for need in (*_buckets(facts, job, known(job.data)), *_services(job), *_declared(facts, job, declared)):
        first = found.setdefault(need.id, need)
        found[need.id] = replace(first, established=first.established or need.established)
    return tuple(found[id] for id in sorted(found))


def _buckets(facts: Facts, job: Job, data: Iterable[Data]) -> Iterator[Need]:
    """One need for each bucket, with all its URIs, and one for each URI that does not tell its bucket."""
    places: dict[str, list[tuple[Data, S3Location]]] = {}
    for each in data:
        if (uri := known(each.uri)) is not None:
            where = parse_uri(uri)
            places.setdefault(uri if where.bucket is None else f"s3://{where.bucket}", []).append((each, where))
    for id, found in places.items():
        (first, where), regions = found[0], [where.region for _, where in found if where.region]
        if where.bucket is None:
            yield Need(id, first.source, "s3", missing=frozenset({Absence(f"which bucket {id} leads to", job.id, "world")}))
        else:
            yield _bucket(facts, id, first.source, where.bucket, regions[0] if regions else None)


def _bucket(facts: Facts, id: str, source: Source, bucket: str, region: str | None) -> Need:
    """A bucket, with the Region that an export tells, else the one that a URI does."""
    need = Need(id, source, "s3", bucket=bucket)
    if bucket.endswith(_DIRECTORY):
        return replace(need, missing=frozenset({Absence("how a directory bucket is reached", bucket, "world")}))
    try:
        return replace(need, region=known(facts.bucket(bucket).region))
    except Missing as error:
        return replace(need, region=region) if region else replace(need, missing=error.absences)


def _services(job: Job) -> Iterator[Need]:
    """What the definition uses: of a feature group surely where the container itself writes to it (F1.13), the rest probably."""
    for data in job.data:
        if data.use == "feature-group":
            yield _service(data.source, _FEATURE_STORE, established=data.app_managed)
        for name in _PROBABLE.get(data.use, ()):
            yield _service(data.source, name, established=False)
    # An image that is not known tells nothing, even of what it would only make probable.
    if not is_unknown(job.image_uri) and _CLARIFY in (job.image_uri or "").partition("/")[2]:
        yield from (_service(job.source, name, established=False) for name in _OF_CLARIFY)


def _service(source: Source, name: str, *, established: bool) -> Need:
    return Need(name, source, "service", established=established, service=name)


def _declared(facts: Facts, job: Job, declared: Mapping[str, tuple[str, ...]]) -> Iterator[Need]:
    for pattern, texts in declared.items():
        if fnmatchcase(known(job.name), pattern):
            yield from (need_for(facts, job, declared_need(text)) for text in texts)


def need_for(facts: Facts, job: Job, wanted: Wanted) -> Need:
    """Make of what is written, and is not `peers`, a need of *job*."""
    if wanted.what == "internet":
        return _internet(job)
    if wanted.bucket is not None:
        return _bucket(facts, wanted.id, job.source, wanted.bucket, wanted.region)
    return Need(wanted.id, job.source, wanted.what, service=wanted.service, cidr=wanted.cidr, port=wanted.port)  # type: ignore[arg-type]


def _internet(job: Job) -> Need:
    """The internet itself, or the proxy that the container is told to ask."""
    need = Need("internet", job.source, "internet")
    try:
        variable, proxy = _proxy(known(job.environment))
    except Missing as error:
        return replace(need, missing=error.absences)
    if not proxy:
        return need
    host, port = _host_and_port(proxy)
    if not _is_ipv4(host):
        return _in_doubt(need, f"to which address {host or 'it'}, the {variable}, resolves", job)
    if parse_cidr(host) <= _LOOPBACK:
        return _in_doubt(need, f"where {host}, the {variable}, leads from the container itself", job)
    return replace(need, cidr=canonical(host), port=port) if port else _in_doubt(need, f"on which port {host}, the {variable}, listens", job)


def _proxy(environment: Mapping[str, str]) -> tuple[str, str]:
    """The variable that counts, which is the one in lower case for curl and Python, and its value."""
    variable = "https_proxy" if "https_proxy" in environment else "HTTPS_PROXY"
    return variable, known(environment.get(variable, ""))


def _in_doubt(need: Need, what: str, job: Job) -> Need:
    return replace(need, missing=frozenset({Absence(what, job.id, "world")}))


def _host_and_port(proxy: str) -> tuple[str, int | None]:
    """What a proxy variable names; a port that it does not name is that of its scheme."""
    try:
        parts = urlsplit(proxy if "://" in proxy else f"//{proxy}")
        return parts.hostname or "", parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return "", None
