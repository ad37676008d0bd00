"""Whether a placement reaches what its job needs: the name first, then the way, then the answers' way back."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sagevpc_lint.addresses import PUBLIC_IPV4, Intervals, parse_cidr
from sagevpc_lint.answer import Absence, Answer, Evidence, Missing, all_of, any_of, known, unknown
from sagevpc_lint.model.nouns import Need, NetworkInterface, Route
from sagevpc_lint.network.graph import Network
from sagevpc_lint.network.interfaces import endpoint_addresses, usable_addresses
from sagevpc_lint.network.names import PUBLIC, led
from sagevpc_lint.network.places import Context, Place
from sagevpc_lint.network.prefix_lists import SERVICES, addresses_of, of_cidr, of_service, plain
from sagevpc_lint.network.walk import Loss, Walk
from sagevpc_lint.network.words import described
from sagevpc_lint.traffic import PORTS, TCP, Traffic

HTTPS = 443


@dataclass(frozen=True, slots=True)
class Reach:
    """Whether a placement reaches something, and how.

    *answer*: yes, no or unknown, with the walk as evidence; its names: `blocker`, what loses packets; `endpoint`, the endpoints that the packets take; `code`. *walks*: one for each place where the name
    may lead. *losses*: what packets are lost at, in order; where they are not reached, only those that count.
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
    return Place("interface" if groups else "subnet", subnet, Context(subnet=subnet, groups=groups, goal=goal))


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
    arrives = walk.sparing()
    if wanted <= arrives.certain:
        return Reach(_yes((walk,)), (walk,), _beside(walk))
    if not arrives.possible:
        return _no((walk,), _counted(walk, wanted))
    missing = doubts(walk)
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
    arrives = walk.sparing()
    if walk.packets <= arrives.certain:
        return Reach(_yes((walk,)), (walk,), _beside(walk))
    gone = wanted - arrives.possible
    is_known = addresses != of_service(PUBLIC_IPV4, name)
    if gone == wanted or gone and is_known:
        return _no((walk,), _counted(walk, gone))
    return Reach(unknown(doubts(walk) | (_entries_of(network, name, region) if gone else frozenset())), (walk,))


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
    """To public addresses: all but what a narrower deny or blackhole loses; of a service's addresses only their kind is known."""
    walk = network.walk(start(network, subnet, groups), _wanted(network, subnet, PUBLIC_IPV4 - _local(network, subnet), _https()))
    found = tolerated(walk)
    if is_whole or found.answer.value is not False or not walk.sparing().possible:
        return found
    return replace(found, answer=unknown(doubts(walk) | {Absence("which public addresses the service has", subnet, "world")}))


def tolerated(walk: Walk) -> Reach:
    """Say whether packets arrive but for what a narrower deny entry or blackhole loses; that counts only if it leaves nothing."""
    arrives, wide = walk.sparing(), walk.packets - walk.tolerant.possible
    if not arrives.possible:
        return _no((walk,), _counted(walk, walk.packets))
    if wide:
        return _no((walk,), tuple(loss for loss in _beside(walk) if (loss.packets - loss.narrow) & wide))
    if walk.packets <= walk.tolerant.certain and arrives.certain:
        return Reach(_yes((walk,)), (walk,), _beside(walk))
    return Reach(unknown(doubts(walk)), (walk,), _beside(walk))


def doubts(walk: Walk) -> frozenset[Absence]:
    """What is missing to know of each packet whether it arrives, whatever narrow denies lose of it."""
    choices = (branch.step.takes.missing for way in walk.ways() for branch in way if branch.packets - branch.surely)
    return walk.missing() or frozenset().union(*(loss.missing for loss in walk.losses() if loss.doubtful), *choices)


def _beside(walk: Walk) -> tuple[Loss, ...]:
    """What some packets are surely lost at, whether or not that counts."""
    gone = walk.packets - walk.arrives.possible
    return tuple(loss for loss in walk.losses() if loss.packets & gone) if gone else ()


def _counted(walk: Walk, gone: Traffic) -> tuple[Loss, ...]:
    """What *gone*, of which nothing arrives, is lost at; not what loses answers at some ports only."""
    return tuple(loss for loss in walk.losses() if (loss.packets - loss.spared) & gone)


def _local(network: Network, subnet: str) -> Intervals:
    """The addresses that the subnet's table delivers in the VPC; none where it is not known, for then nothing is."""
    try:
        routes = network.facts.route_table_of(subnet).routes
        return Intervals.union(of_cidr(route.cidr) for route in routes if _is_local(route))
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
    arrives = [walk.sparing() for walk in walks]
    gone = wanted - Traffic.union(_plainly(bounds.possible) for bounds in arrives)
    if gone:
        return _no(tuple(walks), _as_one(loss for walk in walks for loss in walk.losses() if _plainly(loss.packets - loss.spared) & gone))
    fails = [walk for walk, bounds in zip(walks, arrives) if not walk.packets <= bounds.certain]
    if not fails:
        return Reach(_yes(tuple(walks)), tuple(walks), _as_one(loss for walk in walks for loss in _beside(walk)))
    unsure = [missing for (_, missing), walk, bounds in zip(parts, walks, arrives) if walk.packets - bounds.possible]
    return Reach(unknown(frozenset().union(*map(doubts, fails), *unsure)), tuple(walks))


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


def _as_one(losses: Iterable[Loss]) -> tuple[Loss, ...]:
    """Join what one check loses of the same addresses on several stretches of the number line."""
    found: dict[tuple[object, ...], Loss] = {}
    for loss in losses:
        key = loss.of_answers, loss.check.code, loss.check.component, loss.check.says, loss.check.says_of_answers
        first = found.get(key, loss)
        found[key] = replace(first, packets=first.packets | loss.packets, here=_plainly(first.here | loss.here), missing=first.missing | loss.missing)
    return tuple(found.values())


def _plainly(packets: Traffic) -> Traffic:
    return Traffic.union(Traffic.of(box.protocols, plain(box.sources), plain(box.destinations), box.ports) for box in packets.boxes)


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
