"""The names that AWS gives its services in endpoints and prefix lists: `com.amazonaws.REGION.SERVICE` and its kin."""

import re

_REGION = re.compile(r"[a-z]+(?:-[a-z]+)+-[0-9]+")
DNS_SUFFIXES = {
    "cn-": "amazonaws.com.cn", "eusc-": "amazonaws.eu", "us-iso-": "c2s.ic.gov", "us-isob-": "sc2s.sgov.gov", "us-isof-": "csp.hci.ic.gov",
    "eu-isoe-": "cloud.adc-e.uk", "": "amazonaws.com",
}
"""The DNS suffix of each partition by what the names of its Regions start with, the most specific first (F8.15b)."""

_FRONTS = (("com", "amazonaws"), ("cn", "com", "amazonaws"), ("aws",))


def service_of(name: str) -> str:
    """Return an AWS service's own name, which follows the Region or, where there is none, the front (F8.15); any other name whole."""
    labels = _labels(name)
    if labels is None:
        return name
    region = _position(labels)
    return ".".join(labels if region is None else labels[region + 1 :])


def region_of(name: str) -> str | None:
    """Return the Region in a service's name, None where it holds none (F8.15a)."""
    labels = name.split(".")
    return next((label for label in labels[:-1] if _REGION.fullmatch(label)), None)


def dns_suffix(region: str) -> str:
    """Return the DNS suffix of a Region's partition."""
    return next(suffix for start, suffix in DNS_SUFFIXES.items() if region.startswith(start))


def _labels(name: str) -> list[str] | None:
    """What follows the front of an AWS service's name; None for the names of others."""
    labels = name.split(".")
    front = next((front for front in _FRONTS if tuple(labels[: len(front)]) == front), None)
    if front is None or len(labels) == len(front) or labels[-1].startswith("vpce-svc-"):
        return None
    return labels[len(front) :]


def _position(labels: list[str]) -> int | None:
    """Where the Region stands: first, or behind one word, as in `aws.sagemaker.REGION.notebook`; something follows it."""
    return next((at for at, label in enumerate(labels[:2]) if at + 1 < len(labels) and _REGION.fullmatch(label)), None)
