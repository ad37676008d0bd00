"""What would mend a loss, in the words of the command that does it."""

from collections.abc import Mapping

from sagevpc_lint.addresses import Intervals, format_address
from sagevpc_lint.model.nouns import NetworkAcl
from sagevpc_lint.network.prefix_lists import plain
from sagevpc_lint.network.walk import Loss

ENTRY = {"acl": ("NETWORK_ACL",), "direction": ("DIRECTION",), "ports": ("PORTS",), "cidr": ("CIDR",)}
"""What a command says of an entry, in capitals as long as it is not known."""

_SHORTEST = 8  # nobody has a block with a shorter prefix


def lacking_entry(loss: Loss) -> Mapping[str, tuple[str, ...]]:
    """Say which entry would let through what is lost: of which network ACL, in which direction, for which ports and addresses; in capitals where no network ACL loses it."""
    if loss.component.kind != NetworkAcl.kind:
        return ENTRY
    check, lacking = loss.check, loss.lacking
    side = check.looks_at_of_answers if loss.of_answers else check.looks_at
    spans = lacking.ports.spans
    return {
        "acl": (loss.component.id,),
        "direction": ("egress" if side == "destinations" else "ingress",),
        "ports": (f"From={spans[0][0]},To={spans[-1][1]}",),
        "cidr": (block(lacking.sources if side == "sources" else lacking.destinations),),
    }


def block(addresses: Intervals) -> str:
    """The smallest block that holds all of some addresses."""
    spans = plain(addresses).spans
    low, high = spans[0][0], spans[-1][1]
    bits = (low ^ high).bit_length()
    return f"{format_address(low >> bits << bits)}/{32 - bits}" if bits <= 32 - _SHORTEST else "0.0.0.0/0"
