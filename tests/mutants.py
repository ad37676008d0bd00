"""Breakages of the network's semantics, one line each, that tests must notice; `pytest --mutants tests/test_mutants.py` tries them all."""

import shutil
from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "sagevpc_lint"
FOLDER = "network"


@dataclass(frozen=True)
class Mutant:
    """One breakage: in *file* of the network, which holds *old* once, *new* stands instead. *tests*: the modules that notice it, the first of which is tried first."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = ("test_reachability",)

    def count(self) -> int:
        """How often does the old text stand in the file?"""
        return (PACKAGE / FOLDER / self.file).read_text("utf-8").count(self.old)

    def put_into(self, folder: Path) -> Path:
        """Copy the package into *folder* and break the copy; fails if the old text is gone or stands there more than once."""
        package = copied(folder)
        path = package / FOLDER / self.file
        text = path.read_text("utf-8")
        if text.count(self.old) != 1 or self.old == self.new:
            raise ValueError(f"{self.name}: {self.file} holds {self.old!r} {text.count(self.old)} times; expected once, and another text instead")
        path.write_text(text.replace(self.old, self.new), "utf-8")
        return package


def copied(folder: Path) -> Path:
    """Copy the package into *folder*, beside the rules and the good environment."""
    for name in ("rules", "fixtures"):
        (folder / name).symlink_to(PACKAGE.parent / name)
    return Path(shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__")))


ROUTES, ACLS, NAMES, REACH = ("test_routes",), ("test_acls",), ("test_names",), ("test_reach",)

MUTANTS = (
    # Network ACLs
    Mutant("the last entry that fits decides", "acls.py", "key=lambda entry: entry.rule_number", "key=lambda entry: -entry.rule_number", ACLS),
    Mutant("an allow entry opens what was denied before it", "acls.py", "        open_ -= fits", "        open_ -= NONE", ACLS),
    Mutant("protocol 58 with an IPv4 block is ICMPv6", "acls.py", "_ICMPS = Intervals.of((1, 1), (58, 58))", "_ICMPS = Intervals.of((58, 58))", ACLS),
    Mutant("entries count in the other direction", "acls.py", "bool(entry.is_egress) == is_egress", "bool(entry.is_egress) != is_egress", ACLS),
    Mutant("IPv6 entries are read for IPv4", "acls.py", ' and ":" not in entry.cidr', "", ACLS),
    Mutant("no deny entry is narrow", "acls.py", "narrow += [taken] if", "narrow += [] if", ACLS),
    Mutant("every deny entry is narrow", "acls.py", "narrow += [taken] if _is_narrow(entry) else []", "narrow += [taken]", ACLS),
    Mutant("an ACL has its say inside its subnet", "crossings.py", "_or(egress.passes, there)", "egress.passes"),
    Mutant("an ACL has its say on answers inside its subnet", "crossings.py", "_or(ingress.passes, back)", "ingress.passes", REACH),
    Mutant("answers pass an ACL in the direction of their packets", "crossings.py", "ingress.passes, egress.passes,", "ingress.passes, ingress.passes,"),
    Mutant("what stands in the sender's own subnet is behind its ACL", "crossings.py", 'if start.kind == "subnet" and start.id == subnet:', "if False:"),
    # Routes
    Mutant("the shortest prefix wins", "routes.py", "return -claim.entry.longest, claim.rank", "return claim.entry.longest, claim.rank", ROUTES),
    Mutant("a prefix list's route beats a static one", "routes.py", "_STATIC, _PREFIX_LIST, _PROPAGATED = 0, 1, 2", "_STATIC, _PREFIX_LIST, _PROPAGATED = 1, 0, 2", ROUTES),
    Mutant("a propagated route is as good as a static one", "routes.py", "        return _PROPAGATED", "        return _STATIC", ROUTES),
    Mutant("AWS' own link-local block is routable", "routes.py", '_UNROUTABLE = of_cidr("169.254.168.0/22")', "_UNROUTABLE = _NOTHING", ROUTES),
    Mutant("a filtered route is installed", "routes.py", 'if route.state == "filtered":', 'if route.state == "never":', ROUTES),
    Mutant("a blackhole shadows nothing", "routes.py", "    if _is_active(claim.route):", "    if True:", ROUTES),
    Mutant(
        "entries that are not exported may be as wide as the default route", "prefix_lists.py", "of_service(IPV4, service), 8, 32, error.absences",
        "of_service(IPV4, service), 0, 32, error.absences", ROUTES,
    ),
    Mutant("a blackhole is always narrow", "subnets.py", "    return toward(Intervals.union(of_cidr(", "    return ALL if table else toward(Intervals.union(of_cidr(", REACH),
    Mutant("a blackhole is never narrow", "subnets.py", "_length(other) < _length(route))", "False)", REACH),
    # Groups
    Mutant("rules count in the other direction", "groups.py", "if rule.is_egress != is_egress:", "if rule.is_egress == is_egress:"),
    Mutant("a stale rule counts", "groups.py", 'rule.peering_status not in (None, "active")', "False"),
    Mutant("a reference to a group admits everyone", "interfaces.py", "if group not in context.groups:", "if False:"),
    Mutant("groups without rules have rules that do not fit", "interfaces.py", 'if has_rules else "SG_HAS_NO_RULES"', 'if has_rules else "ENI_SG_RULES_MISMATCH"'),
    Mutant("references to groups reach through a forwarding interface", "gateways.py", "kept = replace(came, groups=(), back", "kept = replace(came, back"),
    Mutant("references to groups reach through a firewall", "gateways.py", "behind = replace(context, groups=(), behind=", "behind = replace(context, behind="),
    Mutant("a job may have the router's address", "interfaces.py", "Intervals.of((first + 4, last - 1))", "Intervals.of((first, last))", REACH),
    Mutant("an interface endpoint has no groups", "arrivals.py", "checks = (state, ingress(", "checks = (state, ) if True else (ingress(", REACH),
    Mutant("an address that no export shows is nobody's", "arrivals.py", "    if interfaces.missing:", "    if False:", REACH),
    # Internet gateways
    Mutant("a gateway that is being detached is attached", "gateways.py", '.get(table.vpc_id) in ("available", "attached")', ".get(table.vpc_id) is not None", REACH),
    Mutant("everyone has a public address", "gateways.py", "only(place.context.is_public)", "only(True)"),
    Mutant("what blocks ingress blocks NAT gateways", "gateways.py", 'mode == "block-ingress" and context.is_nat)', "False)", REACH),
    Mutant("what blocks ingress blocks no egress", "gateways.py", 'mode == "block-ingress" and context.is_nat)', 'mode == "block-ingress")', REACH),
    Mutant("public access is blocked where the last table is", "gateways.py", "own = place.context.subnet or None if place.context.sender else place.id", "own = place.id"),
    Mutant("private addresses are on the internet", "gateways.py", "Bounds.of(ALL - toward(_RFC1918))", "Bounds.of(ALL)"),
    # NAT gateways
    Mutant("a private NAT gateway is public", "gateways.py", 'nat.connectivity_type != "private" and (', "True and (", REACH),
    Mutant("a NAT gateway without a public address is public", "gateways.py", "(bool(nat.public_ips) or not nat.private_ips)", "True", REACH),
    Mutant("a NAT gateway takes every protocol", "gateways.py", "Traffic.of(TCP | UDP | ICMP, ALL.sources, ALL.destinations)", "ALL"),
    Mutant("a NAT gateway that is deleting can be counted on", "gateways.py", 'sentence, only(state == "available")', 'sentence, only(state in ("available", "deleting"))'),
    Mutant("a NAT gateway that is pending never becomes available", "gateways.py", 'if state == "pending":', 'if state == "never":'),
    Mutant("a regional NAT gateway serves every zone", "gateways.py", "only(serves)", "only(True)"),
    Mutant("a NAT gateway's subnet lets everything in", "gateways.py", "*(entering(ground, subnet, place) if subnet and not is_regional else ()), state)", "state)"),
    Mutant("a NAT gateway keeps the packets' source", "gateways.py", "evidence=(shows(nat),), source=source)", "evidence=(shows(nat),))", REACH),
    Mutant("a NAT gateway takes answers where Linux does", "places.py", "return _NAT if self.is_nat else _LINUX", "return _LINUX"),
    Mutant("a job takes answers at port 61000", "places.py", "Intervals.of((32768, 60999))", "Intervals.of((32768, 61000))"),
    Mutant("protocols without ports have no answers", "bounds.py", "if box.ports & ECHO else NOBODY), (PORTLESS, PORTS))", "if box.ports & ECHO else NOBODY))"),
    # Endpoints, and interfaces that forward
    Mutant("a gateway endpoint takes UDP", "gateways.py", "Traffic.of(TCP, ALL.sources, addresses) |", "Traffic.of(TCP | UDP, ALL.sources, addresses) |"),
    Mutant("a gateway endpoint takes what comes from another VPC", "gateways.py", "return only(not context.via)", "return only(True)"),
    Mutant("an endpoint of which a part works takes everything", "gateways.py", 'if state in ("partial", "pending"):', 'if state in ("pending",):', REACH),
    Mutant(
        "a firewall's subnet lets everything in", "gateways.py", 'checks = (*out, *answer_checks(ground, place, subnet), *entering(ground, subnet, place), state)',
        'checks = (*out, *answer_checks(ground, place, subnet), state)',
    ),
    Mutant("an interface forwards though it checks destinations", "gateways.py", "only(forwards)", "only(True)"),
    Mutant("an instance forwards though it is stopped", "gateways.py", 'return bool(ground.facts.instance(instance).state == "running")', "return True"),
    Mutant(
        "every interface that forwards is a NAT instance", "gateways.py", "source = interfaces.addresses_of(interface) if is_nat_instance else None",
        "source = interfaces.addresses_of(interface)", REACH,
    ),
    # Peering
    Mutant("a peering connection carries packets in any state", "transit.py", "only(active)", "only(True)"),
    Mutant("a peering connection carries packets for anyone", "transit.py", "Bounds.of(toward(blocks))", "Bounds.of(ALL)"),
    Mutant("answers come back over any route", "returns.py", "if one.route and one.route.target in back]", "if one.route]"),
    Mutant(
        "answers that are led elsewhere come by all the same", "returns.py", "for one in home))), diverts=True)", "for one in home))))",
    ),
    Mutant(
        "answers need no route back over a peering connection", "transit.py", "(*checks, *answer_checks(ground, past, subnet.id), *entering", "(*checks, *entering",
    ),
    # Transit gateways
    Mutant("a transit gateway's own subnet lets answers in through its ACL", "transit.py", "without_answers(out) if place.id in near else out", "out"),
    Mutant(
        "a transit gateway's own subnet lets in what its ACL denies", "transit.py", 'return without_answers(entering(ground, near[0], replace(place, id="")) if near else ())', "return ()",
    ),
    Mutant("an attachment serves every zone", "transit.py", "only(bool(near))", "only(True)"),
    Mutant("an attachment is associated with its table in any state", "returns.py", ' if attachment.association_state in ("associated", None) else None', ""),
    Mutant("a transit gateway always leads answers back", "returns.py", "*_led(ground, near, far), _past(", "_past("),
    Mutant(
        "a transit gateway hands packets out in any zone", "transit.py", "near = in_zone_of(ground, attachment, place.context.left) or known(attachment.subnet_ids)",
        "near = known(attachment.subnet_ids)", REACH,
    ),
    Mutant("a transit gateway's blackhole leads back", "returns.py", 'dead = [one for one in found if one.route is not None and one.route.state == "blackhole"]', "dead = list(found[:0])"),
    Mutant("answers leave a VPC over an attachment in any zone", "returns.py", "    if not past:", "    if False:"),
    Mutant("answers come out where their packets went in", "returns.py", "in_zone_of(ground, here, subnet) or known(here.subnet_ids)", "in_zone_of(ground, here, context.left)"),
    Mutant("an attachment's own subnet lets out answers that its ACL denies", "returns.py", "is_in=False),) if place.id == subnet else ()", "is_in=False),) if not place else ()"),
    Mutant("an attachment's subnet lets in all answers", "returns.py", "*_led(ground, near, far), _past(", "*_led(ground, near, far)) if True else (_past("),
    Mutant("an attachment's subnet lets all answers on", "returns.py", "else _routed(ground, subnet, back) if subnet == left", "else _routed(ground, subnet, back) if subnet"),
    Mutant("answers come into the subnet that packets left past its ACL", "returns.py", "if left in known(attachment.subnet_ids) else ()", "if left == home and left in known(attachment.subnet_ids) else ()"),
    Mutant("answers that leave for the internet come back", "returns.py", 'if way.partition("-")[0] in ("tgw", "pcx") else []', "if False else []"),
    Mutant("a NAT gateway needs a route back over a peering connection", "returns.py", 'if context.is_nat and context.back[0].startswith("pcx"):', "if False:"),
    Mutant("answers may bypass a firewall", "returns.py", "    if back[0] == LOCAL[0]:", "    if True:"),
    Mutant("peering is transitive", "transit.py", "only(not place.context.via)", "only(True)"),
    Mutant("a public address counts in every VPC", "transit.py", "is_public=False, is_foreign=True", "is_foreign=True"),
    Mutant("a changing attachment carries nothing", "transit.py", "    if attachment.state.lower() in", "    if attachment.state in () and attachment.state in"),
    Mutant("the table of a subnet routes what stays in it", "subnets.py", "return replace(one, certain=one.certain - own, possible=one.possible - own)", "return one"),
    Mutant("a longer propagated prefix beats the local route", "routes.py", 'route.origin == "EnableVgwRoutePropagation"', "False"),
    Mutant("the ACL of a subnet with an attachment sees all answers", "crossings.py", "return bool(found.items or found.missing)", "return False"),
    Mutant("answers to echo requests are of any kind", "bounds.py", "ECHO_REPLY if box.ports & ECHO else NOBODY", "PORTS if box.ports & ECHO else NOBODY"),
    Mutant("an endpoint bears any group", "interfaces.py", "if group in endpoint.security_group_ids else _NOBODY", "if group else _NOBODY", ("test_bearers",)),
    # Walks
    Mutant("only ways that are surely taken count", "walk.py", "Traffic.union(branch.packets - bounds.certain", "Traffic.union(branch.surely - bounds.certain", REACH),
    Mutant("what may be lost arrives", "walk.py", "low - gone - doubtful", "low - gone", REACH),
    Mutant("answers meet the first check of a step first", "walk.py", "for check in reversed(checks):", "for check in checks:"),
    Mutant(
        "behind a NAT all packets of a way share one fate", "walk.py", "branch.packets & from_anywhere(packets)", "(branch.packets if packets else packets)",
    ),
    Mutant("answers are never led astray by what is not known", "walk.py", "not check.is_evadable else diverted", "not check.is_evadable else NONE"),
    Mutant("all checks of the first step are at home", "walk.py", "is_home and check.is_of_start", "is_home"),
    Mutant("nothing is lost narrowly", "walk.py", "lambda loss: loss.narrow)", "lambda loss: NONE)", REACH),
    Mutant("nothing is lost in a circle", "walk.py", "(*step.checks, _loop(step)) if _was_here(step.end, seen) else step.checks", "step.checks", REACH),
    # Names
    Mutant("S3's private DNS always answers inside", "names.py", 'return Answer(endpoint.service != "s3" or not inbound_only)', "return Answer(True)", NAMES),
    Mutant("private DNS needs no hostnames", "names.py", "return hostnames | ~support", "return Answer(True)", NAMES),
    Mutant("an endpoint that is gone leads names", "names.py", '_GONE = ("deleted", "deleting")', "_GONE = ()", NAMES),
    Mutant("any name server asks Amazon's", "names.py", "if servers and all_amazons(facts, vpc, servers):", "if servers:", NAMES),
    Mutant("an endpoint leads the names of every Region", "names.py", "or endpoint.service_region == region  #", "or True  #", NAMES),
    Mutant("a name without a Region is another Region's", "names.py", "region_of(endpoint.service_name) is None", "False", NAMES),
    Mutant("any resolver rule leads names elsewhere", "names.py", 'if rule.rule_type in ("FORWARD", "DELEGATE")', "if rule", NAMES),
    Mutant("the shortest domain of resolver rules counts", "names.py", "if len(rule.domain_name) <= len(name)][-1:]", "if len(rule.domain_name) <= len(name)][:1]", NAMES),
    Mutant("a zone below a name leads nothing", "names.py", ' or zone.endswith(f".{name}")', "", NAMES),
    Mutant("endpoints that are not shown lead no name", "names.py", "if surely or found.missing:", "if surely:", NAMES),
    # Reach
    Mutant("all of the internet must be reached", "reach.py", "walk.packets - walk.tolerant.possible", "walk.packets - walk.arrives.possible", REACH),
    Mutant("half of the internet suffices", "reach.py", "    if wide:", "    if False:", REACH),
    Mutant("a part of S3 suffices", "reach.py", "if gone == wanted or gone and is_known:", "if gone == wanted:", REACH),
    Mutant("every answer port of S3 must pass", "walk.py", "lambda loss: loss.spared)", "lambda loss: NONE)", REACH),
    Mutant("what loses some ports is a blocker", "reach.py", "if (loss.packets - loss.spared) & gone)", "if loss.packets & gone)", REACH),
    Mutant("an entry is told for the other direction", "remedies.py", '"egress" if side == "destinations" else', '"egress" if side == "sources" else', ("test_legitimate",)),
    Mutant("an entry is told for the addresses of the other side", "remedies.py", 'lacking.sources if side == "sources" else lacking.destinations', "lacking.destinations", ("test_legitimate",)),
    Mutant(
        "S3's entries are never known", "prefix_lists.py", "return Intervals.union(known) or of_service(PUBLIC_IPV4, service)",
        "return of_service(PUBLIC_IPV4, service)", REACH,
    ),
    Mutant("one address of an endpoint suffices", "reach.py", "    if wanted <= arrives.certain:", "    if arrives.certain:", REACH),
    Mutant("one of the places of a name suffices", "reach.py", "answer = every if every.value else", "answer = some if some.value else", REACH),
    Mutant("the VPC's own public addresses are the internet", "reach.py", "PUBLIC_IPV4 - _local(network, subnet)", "PUBLIC_IPV4", REACH),
    Mutant("only a transit gateway leads to a hub", "hubs.py", '_HUBS = ("tgw", "pcx", "vgw", "eni")', '_HUBS = ("tgw",)', REACH),
)
