"""Which route takes a packet, against a look-up of one address at a time."""

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_network

from hypothesis import given
from hypothesis import strategies as st

from sagevpc_lint.addresses import parse_cidr
from sagevpc_lint.model.exports import Export, Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import PrefixList, PrefixListEntries, Route
from sagevpc_lint.network.prefix_lists import of_service
from sagevpc_lint.network.routes import Taken, taken
from sagevpc_lint.source import Source

HERE = Source("routes.json")
SCOPE = Scope("111122223333", "eu-west-1")
BLOCKS = ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "52.0.0.0/8", "52.1.0.0/16", "52.1.1.0/24", "52.1.1.1/32", "10.0.0.0/8", "169.254.0.0/16"]
PROBES = ["52.1.1.1", "52.1.1.2", "52.1.2.1", "52.2.0.1", "8.8.8.8", "200.0.0.1", "10.1.1.1", "169.254.169.1", "169.254.1.1"]
LISTS = {"pl-s3": ("52.1.0.0/16", "52.2.0.0/24"), "pl-own": ("52.1.1.0/24", "10.1.0.0/16", "8.8.8.8/32")}
STATES, ORIGINS = ["active", "active", "active", "blackhole"], ["CreateRoute", "CreateRoute", "EnableVgwRoutePropagation"]


def facts(known: Sequence[str]) -> Facts:
    """Facts with both prefix lists, and the entries of those that are *known*."""
    names = (PrefixList("pl-s3", HERE, "AWS", "com.amazonaws.eu-west-1.s3"), PrefixList("pl-own", HERE, None, "own"))
    entries = tuple(PrefixListEntries(id, HERE, LISTS[id]) for id in known)
    return Facts.of([Export("managed-prefix-lists", HERE, SCOPE, names), Export("prefix-list-entries", HERE, SCOPE, entries)])


def route(number: int, cidr: str | None, prefix_list: str | None, state: str, origin: str) -> Route:
    return Route(f"rtb-1/{number}", HERE, cidr, prefix_list, f"nat-{number}", state, origin)


def tables() -> st.SearchStrategy[list[Route]]:
    plain = st.tuples(st.sampled_from(BLOCKS), st.none(), st.sampled_from(STATES), st.sampled_from(ORIGINS))
    listed = st.tuples(st.none(), st.sampled_from(sorted(LISTS)), st.sampled_from(STATES), st.just("CreateRoute"))
    rows = st.lists(plain | listed, max_size=7, unique_by=lambda row: row[:2] + row[3:])
    return rows.map(lambda found: [route(number, *row) for number, row in enumerate(found)])


def blocks(route: Route) -> tuple[str, ...]:
    return (route.cidr,) if route.cidr else LISTS[route.prefix_list_id or ""]


def best(routes: Sequence[Route], address: str) -> set[str]:
    """The routes that may take one address: the best one, or all that are equally good."""
    if ip_address(address) in ip_network("169.254.168.0/22"):
        return set()
    fitting = [
        (-ip_network(block).prefixlen, 2 if route.origin == "EnableVgwRoutePropagation" else 1 if route.prefix_list_id else 0, route.id)
        for route in routes for block in blocks(route) if ip_address(address) in ip_network(block)
    ]
    return {id for *rank, id in fitting if rank == min(each[:2] for each in map(list, fitting))}


def places(address: str) -> int:
    """Where an address stands on the number line: S3's list holds it or not."""
    block = parse_cidr(address)
    listed = {"52.1.1.1", "52.1.1.2", "52.1.2.1"} | ({"52.2.0.1"} if address == "52.2.0.1" else set())
    return (of_service(block, "s3") if address in listed else block).spans[0][0]


def takers(found: Sequence[Taken[Route]], address: str) -> tuple[set[str], set[str]]:
    at = places(address)
    return (
        {one.route.id if one.route else "none" for one in found if at in one.certain},
        {one.route.id if one.route else "none" for one in found if at in one.possible},
    )


@given(tables())
def test_with_all_entries_known_every_address_goes_where_the_best_route_leads(routes: list[Route]) -> None:
    found = taken(facts(["pl-s3", "pl-own"]), routes)
    for address in PROBES:
        wanted = best(routes, address) or {"none"}
        certain, possible = takers(found, address)
        assert wanted == possible, address
        assert (wanted if len(wanted) == 1 else set()) == certain, address


@given(tables(), st.sampled_from([[], ["pl-s3"], ["pl-own"]]))
def test_without_entries_nothing_is_sure_that_may_be_otherwise(routes: list[Route], known: list[str]) -> None:
    found = taken(facts(known), routes)
    for address in PROBES:
        wanted = best(routes, address) or {"none"}
        certain, possible = takers(found, address)
        assert wanted <= possible, address
        assert certain <= wanted, address
        assert bool(certain) or any(one.missing for one in found), address


def test_a_list_without_entries_beats_the_default_route_for_all_that_it_holds() -> None:
    routes = [route(0, "0.0.0.0/0", None, "active", "CreateRoute"), route(1, None, "pl-s3", "active", "CreateRoute")]
    default, listed, _ = taken(facts([]), routes)
    assert of_service(parse_cidr("0.0.0.0/0"), "s3") & listed.certain == of_service(parse_cidr("0.0.0.0/0"), "s3") - of_service(parse_cidr("169.254.168.0/22"), "s3")
    assert parse_cidr("8.8.8.8") <= default.certain
    assert not of_service(parse_cidr("8.8.8.8"), "s3") & default.possible


def test_a_block_of_a_part_of_public_space_needs_the_entries() -> None:
    routes = [route(0, "52.0.0.0/8", None, "active", "CreateRoute"), route(1, None, "pl-s3", "active", "CreateRoute")]
    block, listed, _ = taken(facts([]), routes)
    inside = of_service(parse_cidr("52.1.1.1"), "s3")
    assert inside <= block.possible and inside <= listed.possible
    assert not inside & (block.certain | listed.certain)
    assert "prefix-list-entries" in {absence.kind for absence in block.missing}


def test_a_blackhole_shadows_what_a_shorter_active_prefix_would_carry() -> None:
    routes = [route(0, "0.0.0.0/1", None, "active", "CreateRoute"), route(1, "52.0.0.0/8", None, "blackhole", "CreateRoute"), route(2, "200.0.0.0/8", None, "blackhole", "CreateRoute")]
    found = {one.route.id: one for one in taken(facts([]), routes) if one.route}
    assert parse_cidr("52.0.0.0/8") <= found["rtb-1/1"].shadows
    assert not found["rtb-1/2"].shadows


def test_whether_a_filtered_route_is_installed_is_not_known() -> None:
    routes = [route(0, "0.0.0.0/0", None, "active", "CreateRoute"), route(1, "52.0.0.0/8", None, "filtered", "Advertisement")]
    default, filtered, _ = taken(facts([]), routes)
    assert not filtered.certain
    assert parse_cidr("52.0.0.0/8") <= filtered.possible and parse_cidr("52.0.0.0/8") <= default.possible
    assert {"world"} == {absence.because for absence in default.missing | filtered.missing}


def test_ipv6_routes_take_no_ipv4() -> None:
    (none,) = [one for one in taken(facts([]), [replace(route(0, "::/0", None, "active", "CreateRoute"))]) if not one.route]
    assert parse_cidr("0.0.0.0/0") <= none.certain
