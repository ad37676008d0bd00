"""Block Public Access of a whole account and Region, and what its exclusions leave of it (F6.15)."""

from collections.abc import Iterable

from sagevpc_lint.answer import Absence, Found, Missing
from sagevpc_lint.model.exports import Scope
from sagevpc_lint.model.kinds import absence
from sagevpc_lint.model.nouns import BlockPublicAccessExclusion, BlockPublicAccessOptions

OFF = "off"
_LEFT = {"allow-bidirectional": OFF, "allow-egress": "block-ingress"}
_LIVE = frozenset({"create-complete", "update-complete", "update-failed"})
_OVER = frozenset({"create-failed", "delete-complete", "disable-complete"})


def general_mode(options: Iterable[tuple[Scope, BlockPublicAccessOptions]], home: Scope) -> str:
    """Return the mode of an account and Region, `off` where no document tells it (an assumption); raises `Missing`."""
    there = [(scope, each) for scope, each in options if scope.may_be(home)]
    blocking = [(scope, each.internet_gateway_block_mode) for scope, each in there if each.internet_gateway_block_mode != OFF]
    if [scope for scope, _ in blocking if scope != home or None in (home.account, home.region)]:
        raise Missing(absence("caller-identity", str(home)))
    return blocking[0][1] if blocking else OFF


def left_by(exclusions: Found[BlockPublicAccessExclusion]) -> str | None:
    """Return the mode that the exclusions of one subnet or VPC leave, None where none is in force; raises `Missing`."""
    found = exclusions.only(lambda exclusion: exclusion.state not in _OVER)
    unsure = [_doubt(each) for each in found.items if each.state not in _LIVE or each.internet_gateway_exclusion_mode not in _LEFT]
    if found.missing or unsure:
        raise Missing(*found.missing, *unsure)
    return _LEFT[found.items[0].internet_gateway_exclusion_mode] if found.items else None


def _doubt(exclusion: BlockPublicAccessExclusion) -> Absence:
    said = f"{exclusion.internet_gateway_exclusion_mode}, {exclusion.state}"
    return Absence(f"what {exclusion.id} ({said}) leaves open of {exclusion.resource_id}", exclusion.resource_id, "world")
