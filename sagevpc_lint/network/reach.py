"""Whether a placement reaches what its job needs: the name first, then the way, then the answers' way back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sagevpc_lint.addresses import PUBLIC_IPV4, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Evidence, Missing, all_of, any_of, known, unknown
from sagevpc_lint.model.nouns import Need, NetworkInterface, Route
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.interfaces import endpoint_addresses, usable_addresses
from sagevpc_lint.network.names import PUBLIC, led, led_elsewhere
from sagevpc_lint.network.places import Context, Place
from sagevpc_lint.network.prefix_lists import SERVICES, addresses_of, everywhere, of_service, plain
from sagevpc_lint.network.walk import Loss, Walk
from sagevpc_lint.network.words import described
from sagevpc_lint.traffic import PORTS, TCP, Traffic

HTTPS = 443
_HUBS = ("tgw", "pcx", "vgw", "eni")


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a placement reaches something, and how.

    *answer*: yes, no or unknown, with the walk as evidence; its names: `blocker`, what loses packets; `endpoint`, the endpoints that the packets take; `code`. *walks*: one for each place where the name
    may lead. *losses*: what packets are lost at, in order, only those that count.
    """

    answer: Answer
    walks: tuple[Walk, ...]
    losses: tuple[Loss, ...] = ()

    @property
    def ends(self) -> frozenset[tuple[str, str]]:
        """The kinds and ids of the places where packets may arrive."""
        return frozenset((place.kind, place.id) for walk in self.walks for place, packets in walk.ends() if packets)


def reach(network: Network, subnet: str, groups: Iterable[str], need: Need) -> Reach:
    """Say whether a job's interface in *subnet* with *groups* reaches what *need* names."""
    groups = tuple(sorted(set(groups)))
    key = ("reach", subnet, groups, need.what, need.service, need.region, need.cidr, need.port, need.missing)
    return network.once(key, lambda: _asked(network, subnet, groups, need))


def _asked(network: Network, subnet: str, groups: tuple[str, ...], need: Need) -> Reach:
    try:
        if not sources(network, subnet):
            return Reach(Answer(True), ())  # nobody sends from a subnet without IPv4 addresses, which other rules tell
        if need.cidr is not None or need.what == "address":
            return to_addresses(network, subnet, groups, parse_cidr(need.cidr or ""), Traffic.of(TCP, ports=PORTS if need.port is None else _port(need.port)))
        if need.missing:
            return Reach(unknown(need.missing), ())
        if need.what == "internet":
            return _internet(network, subnet, groups, is_whole=True)
        return service(network, subnet, groups, need.service or "s3", need.region if need.what == "s3" else None)
    except Missing as error:
        return Reach(unknown(error.absences), ())


def service(network: Network, subnet: str, groups: tuple[str, ...], name: str, region: str | None) -> Reach:
    """Say whether an AWS service is reached; *region* is None for the VPC's own. Raises `Missing`."""
    vpc = known(network.facts.subnet(subnet).vpc_id)
    home = network.facts.home_of_vpc(vpc).region
    if home is None:
        raise Missing(Absence("the Region of the VPC", vpc, "world"))
    where = led(network, vpc, name, region or home)
    if not where.places:
        return Reach(unknown(where.missing), ())
    found = [_to(network, subnet, groups, place, name, region or home, is_home=region in (None, home)) for place in where.places]
    return found[0] if len(found) == 1 and not where.missing else _whichever(found, where.missing)


def _whichever(found: list[Reach], missing: frozenset[Absence]) -> Reach:
    """Where a name may lead to several places, all of them, or none, must be reached to tell."""
    every, some = all_of(found, lambda reach: reach.answer), any_of(found, lambda reach: reach.answer)
    answer = every if every.value else some if some.value is False else unknown(missing | every.missing | some.missing)
    return Reach(answer, tuple(walk for reach in found for walk in reach.walks), tuple(loss for reach in found for loss in reach.losses))


def _to(network: Network, subnet: str, groups: tuple[str, ...], place: str, name: str, region: str | None, *, is_home: bool) -> Reach:
    if place != PUBLIC:
        return _endpoint(network, subnet, groups, place)
    if name in SERVICES and is_home:
        return _listed(network, subnet, groups, name, region)
    return _internet(network, subnet, groups, is_whole=False)


def start(network: Network, subnet: str, groups: tuple[str, ...], goal: str = "") -> Place:
    """The place of a job's interface. Without *groups* it is the subnet behind it."""
    return Place("interface" if groups else "subnet", subnet, Context(groups=groups, goal=goal))


def sources(network: Network, subnet: str) -> Intervals:
    """The addresses that a job's interface may have in *subnet*; raises `Missing`."""
    return usable_addresses(network.facts.subnet(subnet))


def _port(port: int) -> Intervals:
    return Intervals.of((port, port))


def _wanted(network: Network, subnet: str, destinations: Intervals, kind: Traffic) -> Traffic:
    return Traffic.of(kind.protocols, sources(network, subnet), destinations, kind.ports)


def _https() -> Traffic:
    return Traffic.of(TCP, ports=_port(HTTPS))


def _endpoint(network: Network, subnet: str, groups: tuple[str, ...], id: str) -> Reach:
    """To an interface endpoint: one of its addresses answers for all, but which one a job takes is not told."""
    endpoint = network.facts.vpc_endpoint(id)
    wanted = _wanted(network, subnet, endpoint_addresses(network.ground, endpoint), _https())
    if not wanted:
        return Reach(unknown({Absence(f"which addresses {id}, which has no subnet, answers at", subnet, "world")}), ())
    walk = network.walk(start(network, subnet, groups, id), wanted)
    arrives = walk.arrives
    if wanted <= arrives.certain:
        return Reach(_yes((walk,)), (walk,))
    if not arrives.possible:
        return _no((walk,), tuple(loss for loss in walk.losses() if loss.packets))
    missing = walk.missing()
    if not missing:
        shown = [each for each in endpoint.network_interface_ids if network.facts.has(NetworkInterface, each)]
        missing = frozenset({Absence(f"which address of {id} a job takes", subnet, "world")}) if shown else network.facts.interfaces_of(endpoint.vpc_id).missing or frozenset(
            {Absence(f"which addresses {id} has", subnet, "world")}
        )
    return Reach(unknown(missing), (walk,))


def _listed(network: Network, subnet: str, groups: tuple[str, ...], name: str, region: str | None) -> Reach:
    """To the public addresses that the prefix list of a service holds: all of them."""
    addresses = addresses_of(network.facts, name, region)
    wanted = _wanted(network, subnet, addresses, _https())
    walk = network.walk(start(network, subnet, groups), wanted)
    if wanted <= walk.arrives.certain:
        return Reach(_yes((walk,)), (walk,))
    gone = wanted - walk.arrives.possible
    is_known = addresses != of_service(PUBLIC_IPV4, name)
    if gone == wanted or gone and is_known:
        return _no((walk,), tuple(loss for loss in walk.losses() if loss.packets & gone))
    return Reach(unknown(walk.missing() | (_entries_of(network, name, region) if gone else frozenset())), (walk,))


def _entries_of(network: Network, name: str, region: str | None) -> frozenset[Absence]:
    """What would tell the addresses of a service's prefix list."""
    lists = network.facts.prefix_lists_of(name, region)
    lacking = frozenset[Absence]()
    for id in lists:
        try:
            network.facts.prefix_list_entries(id)
        except Missing as error:
            lacking |= error.absences
    return lacking or network.facts.uncovered_prefix_lists()


def _internet(network: Network, subnet: str, groups: tuple[str, ...], *, is_whole: bool) -> Reach:
    """To public addresses. For the internet what is lost without a narrower deny or blackhole counts; of a service's addresses only their kind is known."""
    wanted = _wanted(network, subnet, PUBLIC_IPV4 - _local(network, subnet), _https())
    walk = network.walk(start(network, subnet, groups), wanted)
    gone = wanted - walk.arrives.possible
    losses = tuple(loss for loss in walk.losses() if loss.packets & gone)
    wide = wanted - walk.tolerant.possible
    whole = Traffic.union(loss.packets - loss.spared for loss in losses)
    if not walk.arrives.possible and wanted <= whole | wide:
        return _no((walk,), losses)
    if wide and is_whole:
        return _no((walk,), tuple(loss for loss in losses if (loss.packets - loss.narrow) & wide))
    if wanted <= walk.tolerant.certain and (walk.arrives.certain or wanted - whole):
        return Reach(_yes((walk,)), (walk,), losses)
    missing = walk.missing()
    if wide or not missing:
        missing |= {Absence("which public addresses the service has", subnet, "world")}
    return Reach(unknown(missing), (walk,), losses)


def _local(network: Network, subnet: str) -> Intervals:
    """The addresses that the subnet's table delivers in the VPC; none where it is not known, for then nothing is."""
    try:
        routes = network.facts.route_table_of(subnet).routes
        return Intervals.union(everywhere(parse_cidr(route.cidr)) for route in routes if _is_local(route))
    except Missing:
        return Intervals()


def _is_local(route: Route) -> bool:
    return bool(route.target == "local" and route.cidr != None and ":" not in route.cidr)  # noqa: E711  # an unknown field must raise


def to_addresses(network: Network, subnet: str, groups: tuple[str, ...], addresses: Intervals, kind: Traffic) -> Reach:
    """Say whether all of a set of addresses are reached by packets of a *kind*: their protocols and ports. Raises `Missing`.

    An address goes the way of a service's prefix list if that holds it; where its entries are not known, both ways are walked.
    """
    parts = _parts(network, subnet, addresses)
    walks = [network.walk(start(network, subnet, groups), _wanted(network, subnet, part, kind)) for part, _ in parts]
    wanted = _wanted(network, subnet, addresses, kind)
    gone = wanted - Traffic.union(_plainly(walk.arrives.possible) for walk in walks)
    if gone:
        losses = tuple(loss for walk in walks for loss in walk.losses() if _plainly(loss.packets) & gone)
        return _no(tuple(walks), losses)
    fails = [walk for walk in walks if not walk.packets <= walk.arrives.certain]
    if not fails:
        return Reach(_yes(tuple(walks)), tuple(walks))
    unsure = [missing for (_, missing), walk in zip(parts, walks) if walk.packets - walk.arrives.possible]
    return Reach(unknown(frozenset().union(*(walk.missing() for walk in fails), *unsure)), tuple(walks))


def _parts(network: Network, subnet: str, addresses: Intervals) -> list[tuple[Intervals, frozenset[Absence]]]:
    """The addresses as they are on the number line: outside of all prefix lists of services, and in each; with what would tell, where that is not known."""
    region = network.facts.home_of_vpc(known(network.facts.subnet(subnet).vpc_id)).region
    found: list[tuple[Intervals, frozenset[Absence]]] = []
    rest, unsure = addresses, frozenset[Absence]()
    for name in SERVICES:
        held = addresses_of(network.facts, name, region) & of_service(addresses & PUBLIC_IPV4, name)
        missing = frozenset() if addresses_of(network.facts, name, region) != of_service(PUBLIC_IPV4, name) else _entries_of(network, name, region)
        if held:
            found.append((held, missing))
            rest, unsure = (rest, unsure | missing) if missing else (rest - plain(held), unsure)
    return [(rest, unsure), *found] if rest else found


def _plainly(packets: Traffic) -> Traffic:
    return Traffic.union(Traffic.of(box.protocols, box.sources, plain(box.destinations), box.ports) for box in packets.boxes)


def _yes(walks: tuple[Walk, ...]) -> Answer:
    return Answer(True, way_shown(walks), {"endpoint": _endpoints(walks)})


def _no(walks: tuple[Walk, ...], losses: tuple[Loss, ...]) -> Reach:
    blockers = tuple(dict.fromkeys(loss.component.id for loss in losses))
    first = tuple(dict.fromkeys(piece for loss in losses for piece in blamed(loss)))
    names = {"blocker": blockers, "endpoint": _endpoints(walks), "code": tuple(dict.fromkeys(loss.check.code for loss in losses))}
    answer = Answer(False, tuple(dict.fromkeys((*first, *way_shown(walks)))), names, tuple(dict.fromkeys(map(sentence, losses))))
    return Reach(answer, walks, losses)


def blamed(loss: Loss) -> tuple[Evidence, ...]:
    """What shows a loss: the component, and of a network ACL the entries that deny what is lost."""
    denies = loss.check.denies_answers if loss.of_answers else loss.check.denies
    return (*loss.check.evidence, *(piece for piece, packets in denies if packets & loss.here))


def sentence(loss: Loss) -> str:
    """Say in a line what is lost where, with its code."""
    says = loss.check.says_of_answers if loss.of_answers else loss.check.says
    what = f"answers ({described(loss.lacking)})" if loss.of_answers else described(loss.lacking)
    return f"{says.replace('{packets}', what)} [{loss.check.code}]"


def _endpoints(walks: tuple[Walk, ...]) -> tuple[str, ...]:
    found = {place.id for walk in walks for place, packets in walk.ends() if place.kind == "vpc-endpoint" and packets}
    return tuple(sorted(found))


def way_shown(walks: tuple[Walk, ...]) -> tuple[Evidence, ...]:
    """The way as it is walked, without its codes."""
    pieces = (piece for walk in walks for way in walk.ways() for branch in way for piece in branch.step.evidence)
    return tuple(dict.fromkeys(replace(piece, code="") for piece in pieces))


def may_lead_to_a_hub(network: Network, subnet: str, name: str) -> Answer:
    """May the name of a service lead to an endpoint in another VPC, to which this subnet has a route (F8.18)?

    Only where hosted zones, Route 53 profiles and resolver rules are not exported, so that it is not known where names lead.
    """
    facts = network.facts
    vpc = known(facts.subnet(subnet).vpc_id)
    if led_elsewhere(facts, vpc, name, facts.home_of_vpc(vpc).region).value is True:
        return Answer(True)
    if facts.exported("hosted-zones") and facts.exported("profile-associations") and facts.exported("resolver-rule-associations"):
        return Answer(False)
    return any_of(facts.route_table_of(subnet).routes, lambda route: Answer(bool(route.state == "active" and _is_hub(route.target))))


def _is_hub(target: str) -> bool:
    return target.startswith("arn:") or target.partition("-")[0] in _HUBS
