"""Which account and Region the documents of a folder cover."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sagevpc_lint.documents.jobs import time
from sagevpc_lint.model.exports import Scope

_ACCOUNT = re.compile(r"[0-9]{12}")
_REGION = re.compile(r"(?:^|\.)([a-z]+(?:-[a-z]+)+-[0-9]+)(?=[a-z.-]|$)")


@dataclass(frozen=True, slots=True)
class Told:
    """What one document tells of the account and the Region that it comes from.

    *services*: Regions in service names, which count only where nothing better tells; a cross-Region endpoint names another one.
    """

    accounts: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Folder:
    """What a folder's own statements say: `snapshot.json` and `get-caller-identity`. *failed*: the file of each call that failed, and its error."""

    account: str | None = None
    region: str | None = None
    time: datetime | None = None
    vpcs: frozenset[str] | None = None
    identities: frozenset[str] = field(default_factory=frozenset)
    failed: tuple[tuple[str, str], ...] = ()


def told_by(key: str, document: Mapping[str, Any]) -> Told:
    """Read the owners, ARNs, zones and service names of a describe answer whose rows stand under *key*."""
    rows = document[key] if isinstance(document.get(key), list) else [document]
    accounts: set[str] = set()
    regions: set[str | None] = set()
    services: set[str | None] = set()
    for row in rows:
        if isinstance(row, dict):
            account, region = _of_arn(row.get(key if key.endswith("Arn") else f"{key.removesuffix('s')}Arn"))
            accounts |= {str(name) for name in (row.get("OwnerId"), row.get("GroupOwnerId"), account) if _is_account(name)}
            regions |= {region, _region(row.get("AvailabilityZone"))}
            services |= {_region(row.get("ServiceName")), _region(row.get("PrefixListName"))}
    return Told(frozenset(accounts), frozenset(filter(None, regions)), frozenset(filter(None, services)))


def told_by_role(arn: object) -> Told:
    """A job's execution role is of the account that runs the job; the role has no Region."""
    account, _ = _of_arn(arn)
    return Told(frozenset({account} if account and _is_account(account) else ()))


def _is_account(name: object) -> bool:
    """Owners that are not twelve digits, such as `AWS`, name nobody."""
    return isinstance(name, str) and bool(_ACCOUNT.fullmatch(name))


def _of_arn(arn: object) -> tuple[str | None, str | None]:
    parts = arn.split(":", 5) if isinstance(arn, str) else ()
    return (parts[4] or None, parts[3] or None) if len(parts) == 6 else (None, None)


def _region(name: object) -> str | None:
    """The Region in the name of a zone (`us-west-2-lax-1a`) or of a service (`com.amazonaws.eu-west-1.s3`)."""
    found = _REGION.search(name) if isinstance(name, str) else None
    return found[1] if found else None


def of_snapshot(document: Mapping[str, Any]) -> Folder:
    """Read what `collect` states in `snapshot.json`; raises what `time` raises."""
    vpcs = (document.get("filters") or {}).get("vpcs")
    failed = tuple((call["file"], call.get("error") or "no reason is given") for call in document["calls"] if not call["ok"])
    return Folder(document.get("account"), document.get("region"), time(document["time"]), frozenset(vpcs) if vpcs else None, failed=failed)


def scope(folders: Mapping[str, Folder], told: Iterable[Told], jobs: Iterable[Told], path: str) -> tuple[Scope, Folder]:
    """Settle what the documents in folder *path* cover, where *told* is what they tell, and *jobs* what definitions of jobs do.

    `snapshot.json` decides, else the caller's identity, else what all documents say alike; account and Region each on its own. A folder
    without a statement of its own has the nearest one above it, unless its documents tell of other accounts or Regions only. A job is described
    by its own account only, but may be one of another Region.
    """
    told, jobs = tuple(told), tuple(jobs)
    above = [(folders[parent], parent == path) for parent in _upwards(path) if parent in folders]
    stated = next((folder for folder, _ in above if folder.time), Folder())
    accounts, regions = _all(told, "accounts"), _all(told, "regions")
    account = next(((folder.account or _only(folder.identities), own) for folder, own in above if folder.account or folder.identities), None)
    region = next(((folder.region, own) for folder, own in above if folder.region), None)
    return Scope(
        _settled(account, accounts) if account else _only(accounts | _all(jobs, "accounts")),
        _settled(region, regions) if region else _only(regions or _all(told, "services") or _all(jobs, "regions")),
    ), stated


def _all(told: tuple[Told, ...], what: str) -> frozenset[str]:
    return frozenset(name for each in told for name in getattr(each, what))


def _settled(statement: tuple[str | None, bool], told: frozenset[str]) -> str | None:
    """What a statement says of a folder: all, if it is the folder's own; one from above only if the documents do not tell otherwise."""
    name, is_own = statement
    return name if is_own or not told or name in told else None


def _upwards(path: str) -> Iterator[str]:
    folder = PurePosixPath(path)
    yield str(folder)
    yield from map(str, folder.parents)


def _only(names: frozenset[str]) -> str | None:
    return next(iter(names)) if len(names) == 1 else None
