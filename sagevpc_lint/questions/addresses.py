"""Questions about free addresses: do a job's subnets hold all its instances?"""

from collections.abc import Iterable
from typing import Literal

from sagevpc_lint.addresses import Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Missing, all_of, known, shows, unknown
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Job, Subnet
from sagevpc_lint.network.interfaces import usable_addresses

By = Literal["size", "free"]
Bounds = tuple[int, int]


def zones_hold_the_job(facts: Facts, job: Job, *, by: By) -> Answer:
    """Do all zones together have the addresses that the job's instances need?

    An instance lies in one zone. Addresses count by the subnets' size, or by what is free now.

    Names: subnets, needed, available
    """
    listed = _listed(job)
    return _hold(facts, job, by, listed) if listed else Answer(True)


def each_subnet_holds_the_job(facts: Facts, job: Job, *, by: By) -> Answer:
    """Does every listed subnet alone have the addresses that all instances of the job need?

    Names: subnets, needed, available
    """
    return all_of(_listed(job), lambda id: _hold(facts, job, by, (id,)))


def _listed(job: Job) -> tuple[str, ...]:
    config = known(job.vpc_config)
    return tuple(sorted(set(config.subnets))) if config else ()


def _hold(facts: Facts, job: Job, by: By, ids: tuple[str, ...]) -> Answer:
    """Compare what fits into *ids* with the job's instances, both as bounds; what cannot be read fits any number."""
    subnets, missing = _known_subnets(facts, ids, by)
    low, high = _instances_that_fit(facts, job, subnets, by)
    needed = known(job.instance_count)
    if low >= needed:
        return Answer(True)
    if missing:
        return unknown(missing)
    if high >= needed:
        return unknown({_in_doubt(job)})
    counts = {subnet.id: _addresses(facts, subnet, by)[1] for subnet in subnets}
    evidence = tuple(shows(subnet, _told(subnet, counts[subnet.id], by)) for subnet in subnets)
    names = {"subnets": tuple(subnet.id for subnet in subnets), "needed": (str(needed * _per_instance(job)[0]),), "available": (str(sum(counts.values())),)}
    return Answer(False, evidence, names, tuple(piece.note for piece in evidence))


def _told(subnet: Subnet, count: int, by: By) -> str:
    word = "usable" if by == "size" else "free"
    return f"{subnet.id} ({subnet.cidr_block or 'no IPv4'}) has {count} {word} address{'' if count == 1 else 'es'}"


def _in_doubt(job: Job) -> Absence:
    if job.enable_network_isolation:
        return Absence("how many addresses an instance takes here, which AWS does not document", job.id, "world")
    return Absence("how many addresses of a reservation are assigned, which no document tells", job.id, "world")


def _known_subnets(facts: Facts, ids: Iterable[str], by: By) -> tuple[list[Subnet], frozenset[Absence]]:
    found: list[Subnet] = []
    missing: frozenset[Absence] = frozenset()
    for id in ids:
        try:
            subnet = facts.subnet(id)
            _addresses(facts, subnet, by), _zone(subnet)
            found.append(subnet)
        except Missing as error:
            missing |= error.absences
    return found, missing


def _instances_that_fit(facts: Facts, job: Job, subnets: list[Subnet], by: By) -> Bounds:
    """The fewest and the most instances that the *subnets* hold, those of each zone together."""
    zones: dict[str, list[Bounds]] = {}
    for subnet in subnets:
        zones.setdefault(_zone(subnet), []).append(_addresses(facts, subnet, by))
    fewest, most = _per_instance(job)
    low = sum(sum(bounds[0] for bounds in together) // most for together in zones.values())
    high = sum(sum(bounds[1] for bounds in together) // fewest for together in zones.values())
    return low, high


def _zone(subnet: Subnet) -> str:
    return known(subnet.availability_zone_id) or known(subnet.availability_zone) or subnet.id


def _per_instance(job: Job) -> Bounds:
    """Two interfaces an instance; an isolated job may need only one (F2.1, F2.1a)."""
    return (1, 2) if job.enable_network_isolation else (2, 2)


def _addresses(facts: Facts, subnet: Subnet, by: By) -> Bounds:
    """How many addresses of a subnet may be handed out, by size or now.

    No CIDR reservation hands out addresses by itself. A `prefix` reservation is already left out of the free ones, an `explicit` one only as far as
    its addresses are assigned, which is not told (F2.7).
    """
    reservations = facts.reservations_of(subnet.id)
    if reservations.missing:
        raise Missing(*reservations.missing)
    if by == "size":
        usable = usable_addresses(subnet)
        reserved = Intervals.union(parse_cidr(reservation.cidr) for reservation in reservations.items)
        return ((usable - reserved).size,) * 2
    free = known(subnet.available_ip_address_count)
    explicit = sum((usable_addresses(subnet) & parse_cidr(each.cidr)).size for each in reservations.items if each.reservation_type == "explicit")
    return max(free - explicit, 0), free
