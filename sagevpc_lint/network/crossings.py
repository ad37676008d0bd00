"""Where packets cross the border of a subnet: its network ACL has its say, both ways (F5.1, F5.5)."""

from sagevpc_lint.addresses import Intervals
from sagevpc_lint.answer import Absence, Missing, Resource, known, shows
from sagevpc_lint.network.bounds import ALL, NONE, Bounds, toward
from sagevpc_lint.network.ground import Ground
from sagevpc_lint.network.places import Check, Place
from sagevpc_lint.network.prefix_lists import of_cidr
from sagevpc_lint.traffic import Traffic


def leaving(ground: Ground, place: Place) -> Check:
    """What the network ACL of a subnet lets out, and which answers in; what stays inside the subnet passes no ACL (F5.5)."""
    ingress, egress, acl = ground.filters(place.id)
    there, back = _inside(ground, place.id)
    component = Resource("network-acl", acl.id if acl else f"of {place.id}")
    return Check(
        "SUBNET_ACL_RESTRICTION", component, (shows(acl, code="SUBNET_ACL_RESTRICTION"),) if acl else (),
        f"{component.id} does not let {{packets}} out of {place.id}", _or(egress.passes, there), _or(ingress.passes, back),
        f"{component.id} does not let {{packets}} back into {place.id}", egress.narrow, ingress.narrow, egress.denies, ingress.denies, is_of_start=True, is_evadable=ground.once(("evadable", place.id), lambda: _is_evadable(ground, place.id)), looks_at="destinations", looks_at_of_answers="sources",
    )


def _is_evadable(ground: Ground, subnet: str) -> bool:
    """Is, or may be, an attachment of a transit gateway in a subnet? It hands answers out there past the ACL (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html)."""
    try:
        found = ground.facts.attachments_in(subnet)
        return bool(found.items or found.missing)
    except Missing:
        return True


def entering(ground: Ground, subnet: str, start: Place) -> tuple[Check, ...]:
    """What the network ACL of *subnet* lets in of packets that come from another subnet, and which answers out."""
    if start.kind == "subnet" and start.id == subnet:
        return ()
    ingress, egress, acl = ground.filters(subnet)
    component = Resource("network-acl", acl.id if acl else f"of {subnet}")
    return (Check(
        "SUBNET_ACL_RESTRICTION", component, (shows(acl, code="SUBNET_ACL_RESTRICTION"),) if acl else (),
        f"{component.id} does not let {{packets}} into {subnet}", ingress.passes, egress.passes,
        f"{component.id} does not let {{packets}} back out of {subnet}", ingress.narrow, egress.narrow, ingress.denies, egress.denies, looks_at="sources", looks_at_of_answers="destinations",
    ),)


def encrypting(ground: Ground, vpc: str, carrier: str) -> tuple[Check, ...]:
    """Where a VPC enforces encryption, what does not encrypt carries packets surely only if it is excluded from that (F6.15b)."""
    try:
        exclusions = known(ground.facts.vpc(vpc).encryption_exclusions)
    except Missing as error:
        return (Check("UNKNOWN_RESOURCE", Resource("vpc", vpc), (), "", passes=Bounds.unknown(error.absences)),)
    if exclusions is None or carrier in exclusions:
        return ()
    missing = Absence(f"whether packets pass in {vpc}, which enforces encryption and does not exclude {carrier}", vpc, "world")
    return (Check("UNSUPPORTED_COMPONENT", Resource("vpc", vpc), (shows(ground.facts.vpc(vpc)),), "", passes=Bounds.unknown({missing})),)


def block_of(ground: Ground, subnet: str) -> Intervals:
    """All addresses of a subnet; raises `Missing`."""
    block = ground.facts.subnet(subnet).cidr_block
    return of_cidr(block) if block != None else Intervals()  # noqa: E711  # an unknown field must raise


def _inside(ground: Ground, subnet: str) -> tuple[Bounds, Bounds]:
    """The packets to a subnet itself, and the answers from it."""
    try:
        block = block_of(ground, subnet)
        return Bounds.of(toward(block)), Bounds.of(Traffic.of(sources=block, destinations=ALL.destinations))
    except Missing as error:
        return Bounds(NONE, ALL, error.absences), Bounds(NONE, ALL, error.absences)


def _or(one: Bounds, other: Bounds) -> Bounds:
    return Bounds(one.certain | other.certain, one.possible | other.possible, one.missing | other.missing)
