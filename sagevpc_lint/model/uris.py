"""The URIs of S3 objects that job definitions hold: which bucket and Region they name, and by which kind of host (F1.16)."""

import re
from dataclasses import dataclass
from typing import Literal

from sagevpc_lint.model.services import DNS_SUFFIXES

HostForm = Literal[
    "s3", "regional", "global", "dash-region", "dual-stack", "website", "fips", "accelerate", "express", "access-point", "vpc-endpoint", "other",
]

_URI = re.compile(r"(https|s3)://([^/]+)/?(.*)", re.DOTALL)
_SUFFIXES = tuple(DNS_SUFFIXES.values())
_ALIASES = ("-s3alias", "--ol-s3")  # https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-naming.html
_REGION = r"(?P<region>[a-z]{2,}(?:-[a-z]+)+-[0-9]+)"
_FORMS: tuple[tuple[HostForm, re.Pattern[str]], ...] = tuple(  # what stands before the suffix; the first that fits counts
    (form, re.compile(rf"(?:(?P<bucket>.+)\.)?{pattern}"))  # type: ignore[misc]
    for form, pattern in (
        ("access-point", rf"s3-(?:accesspoint|object-lambda|outposts)(?:-fips)?(?:\.dualstack)?\.{_REGION}"),
        ("access-point", r"accesspoint\.s3-global"),
        ("access-point", rf"accesspoint\.vpce-[0-9a-z-]+\.s3\.{_REGION}\.vpce"),
        ("vpc-endpoint", rf"bucket\.vpce-[0-9a-z-]+\.s3\.{_REGION}\.vpce"),
        ("fips", rf"s3-fips(?:\.dualstack)?[.-]{_REGION}"),
        ("website", rf"s3-website[.-]{_REGION}"),
        ("accelerate", r"s3-accelerate(?:\.dualstack)?"),
        ("express", rf"s3express(?:-fips)?-[0-9a-z-]+\.{_REGION}"),
        ("dual-stack", rf"s3\.dualstack\.{_REGION}"),
        ("regional", rf"s3\.{_REGION}"),
        ("dash-region", rf"s3-{_REGION}"),
        ("global", r"s3(?:-external-1)?"),
    )
)


@dataclass(frozen=True, slots=True)
class S3Location:
    """Where an S3 URI leads. *bucket*, *region*: None where the URI does not tell. *key*: of an object, or the start of keys. *host_form*: how the host is written, `s3` for `s3://`."""

    bucket: str | None
    region: str | None
    key: str
    host_form: HostForm


def parse_uri(text: str) -> S3Location:
    """Read a URI such as `s3://bucket/key` or `https://bucket.s3.eu-west-1.amazonaws.com/key`; one that is not S3's has neither bucket nor Region."""
    found = _URI.fullmatch(text)
    if found is None:
        return S3Location(None, None, "", "other")
    scheme, host, path = found.groups()
    if scheme == "https":
        return _of_host(re.sub(r":[0-9]+$", "", host.lower()), path)
    if host.startswith("arn:"):
        return _of_arn(host, path)
    return _named(host, None, path, "s3")


def _named(bucket: str, region: str | None, key: str, form: HostForm) -> S3Location:
    """What stands in a bucket's place may be an access point's alias."""
    return S3Location(None, region, key, "access-point") if bucket.endswith(_ALIASES) else S3Location(bucket or None, region, key, form)


def _of_arn(host: str, path: str) -> S3Location:
    """`arn:PARTITION:s3:REGION:ACCOUNT:accesspoint/NAME`, in which a colon may stand for the slash."""
    parts = host.split(":")
    key = path if len(parts) > 6 else path.partition("/")[2]
    return S3Location(None, parts[3] or None if len(parts) > 5 else None, key, "access-point")


def _of_host(host: str, path: str) -> S3Location:
    front = next((host.removesuffix(f".{suffix}") for suffix in _SUFFIXES if host.endswith(f".{suffix}")), "")
    form, found = next(((form, match) for form, pattern in _FORMS if (match := pattern.fullmatch(front))), ("other", None))
    if found is None:
        return S3Location(None, None, path, "other")
    region, bucket = found.groupdict().get("region"), found["bucket"]
    if form == "access-point":
        return S3Location(None, region, path, "access-point")
    if bucket is None:
        bucket, _, path = path.partition("/")
    return _named(bucket, region, path, form)
