"""Questions about a job's own network configuration."""

from collections.abc import Iterator

from sagevpc_lint.answer import Absence, Answer, Evidence, Resource, all_of, any_of, asked, is_unknown, known, shows, unknown
from sagevpc_lint.model.exports import Scope
from sagevpc_lint.model.facts import Facts
from sagevpc_lint.model.nouns import Data, Job, Need, SecurityGroup, SecurityGroupVpcAssociation, Subnet, VpcConfig
from sagevpc_lint.source import Source

_SUBNETS, _GROUPS = (1, 16), (1, 5)  # F1.1


def has_vpc_config(facts: Facts, job: Job) -> Answer:
    """Does the job have a VpcConfig?

    Names: role
    """
    role = "" if is_unknown(job.role_arn) else job.role_arn or ""
    return Answer(known(job.vpc_config) is not None, (shows(job),), {"role": (role,)})


def vpc_config_is_within_limits(facts: Facts, job: Job) -> Answer:
    """Does the VpcConfig list as many subnets and groups as the API takes?

    Names: amount, subnets, groups
    """
    config = _config(job)
    amounts = tuple(_excess(config)) if job.vpc_config else ()
    return Answer(not amounts, (Evidence(config.source, Resource("job", job.id)),), _listed(config) | {"amount": amounts})


def _listed(config: VpcConfig) -> dict[str, tuple[str, ...]]:
    return {"subnets": config.subnets, "groups": config.security_group_ids}


def _excess(config: VpcConfig) -> Iterator[str]:
    for ids, (least, most), word in ((config.subnets, _SUBNETS, "subnets"), (config.security_group_ids, _GROUPS, "security groups")):
        if not least <= len(ids) <= most:
            yield f"{len(ids)} {word}, the API takes {least} to {most}"


def vpc_config_resolves(facts: Facts, job: Job) -> Answer:
    """Do all subnets and groups of the VpcConfig exist?

    Names: unresolved
    """
    config = _config(job)
    steps = [("Subnets", "subnets", Subnet, config.subnets), ("SecurityGroupIds", "security-groups", SecurityGroup, config.security_group_ids)]
    return all_of(
        [(member, index, kind, noun, id) for member, kind, noun, ids in steps for index, id in enumerate(ids)],
        lambda item: _resolves(facts, job, *item),
    )


def _resolves(facts: Facts, job: Job, member: str, index: int, kind: str, noun: type, id: str) -> Answer:
    if facts.has(noun, id) or noun is SecurityGroup and facts.has_group(id):
        return Answer(True)
    config = _config(job)
    here = Evidence(config.source.at(member, index), Resource(noun.kind, id))  # type: ignore[attr-defined]
    places = _covered_places(facts, job, kind)
    if not places.value:
        return places
    where = places.names["place"][0]
    return Answer(False, (here, *places.evidence), {"unresolved": (id,)}, (f"{id} is none of the {kind.replace('-', ' ')} of {where}",))


def _covered_places(facts: Facts, job: Job, kind: str) -> Answer:
    """Do the documents show all of *kind* in a VPC of the job, or in the job's account and Region? The place is named."""
    vpcs = _vpcs(facts, job)
    places = any_of(sorted(vpcs), lambda vpc: _covered(facts, job, kind, vpc))
    scope = facts.scope_of(job)
    # An export that holds none of the groups of a VPC that is known to have some does not show all groups of the account either.
    if places.value or vpcs and (kind == "security-groups" or None in (scope.account, scope.region)):
        return places
    missing = facts.uncovered(kind, scope)
    if not missing and not facts.shows_all(kind, scope):
        missing = frozenset({Absence(f"{kind.replace('-', ' ')} that other accounts share with this one", str(scope), "world")})
    return places | (unknown(missing) if missing else _shown(facts, kind, scope, None))


def _covered(facts: Facts, job: Job, kind: str, vpc: str) -> Answer:
    """Whoever runs jobs in a shared subnet has groups of his own in the owner's VPC."""
    scope = facts.home_of_vpc(vpc)
    account = (job.arn or job.role_arn or "").split(":")[4:5]
    if kind == "security-groups" and account and account[0]:
        scope = Scope(account[0], scope.region)
    missing = facts.uncovered(kind, scope, vpc)
    return unknown(missing) if missing else _shown(facts, kind, scope, vpc)


def _shown(facts: Facts, kind: str, scope: Scope, vpc: str | None) -> Answer:
    place = vpc or str(scope)
    note = f"shows all {kind.replace('-', ' ')} of {place}"
    evidence = (Evidence(export.source, Resource("vpc" if vpc else "account", place), note) for export in facts.covering(kind, scope, vpc))
    return Answer(True, tuple(evidence), {"place": (place,)})


def _vpcs(facts: Facts, job: Job) -> set[str]:
    """The VPCs of the subnets and groups that resolve."""
    config, vpcs = _config(job), set()
    for noun, of, ids in ((Subnet, facts.subnet, config.subnets), (SecurityGroup, facts.group, config.security_group_ids)):
        vpcs |= {known(of(id).vpc_id) for id in ids if facts.has(noun, id)}
    return vpcs


def lies_in_one_vpc(facts: Facts, job: Job) -> Answer:
    """Do all subnets and groups of the VpcConfig belong to one VPC?

    Names: vpcs
    """
    config = _config(job)
    subnets = {id: facts.subnet(id) for id in config.subnets if facts.has(Subnet, id)}
    vpcs = sorted({known(subnet.vpc_id) for subnet in subnets.values()})
    if len(vpcs) > 1:
        lines = tuple(f"{id} lies in {subnet.vpc_id}" for id, subnet in subnets.items())
        return Answer(False, (Evidence(config.source.at("Subnets"), Resource("job", job.id)), *map(shows, subnets.values())), {"vpcs": tuple(vpcs)}, lines)
    lacking = all_of([id for id in config.subnets if id not in subnets], lambda id: Answer(bool(facts.subnet(id))))
    return all_of(enumerate(config.security_group_ids), lambda item: _belongs(facts, job, vpcs[0] if vpcs else None, *item)) & lacking


def _belongs(facts: Facts, job: Job, vpc: str | None, index: int, id: str) -> Answer:
    """Does a group belong to the VPC of the subnets, or where none is known to that of the first group?"""
    group = facts.group(id)
    others = "the subnets lie in" if vpc else f"{_config(job).security_group_ids[0]} belongs to"
    vpc = vpc or facts.group(_config(job).security_group_ids[0]).vpc_id
    if group.vpc_id == vpc:
        return Answer(True)
    tied = any_of(facts.associations_of(id), lambda association: _ties(association, vpc))
    if tied.value is not False:
        return tied if tied.value is None else unknown({Absence("whether SageMaker takes a group that is associated with a second VPC, which AWS does not document", id, "world")})
    lines = [f"{id} belongs to {group.vpc_id}, {others} {vpc}"]
    if not facts.exported("security-group-vpc-associations"):
        lines.append("associations of security groups with further VPCs were not exported")
    here = Evidence(_config(job).source.at("SecurityGroupIds", index), Resource("job", job.id))
    return Answer(False, (here, shows(group)), {"vpcs": tuple(sorted({vpc, group.vpc_id}))}, tuple(lines))


def _ties(association: SecurityGroupVpcAssociation, vpc: str) -> Answer:
    return Answer(association.vpc_id == vpc and association.state == "associated", (shows(association),))


def subnets_are_usable(facts: Facts, job: Job) -> Answer:
    """Is every listed subnet available, and does it have IPv4 addresses?

    Names: unusable
    """
    return all_of(_config(job).subnets, lambda id: _is_usable(facts.subnet(id)))


def _is_usable(subnet: Subnet) -> Answer:
    lines = []
    if subnet.ipv6_native or subnet.cidr_block == None:  # noqa: E711  # an unknown field must raise
        lines.append(f"{subnet.id} has IPv6 addresses only; the interfaces of jobs have IPv4 addresses")
    if subnet.state != "available":
        lines.append(f"{subnet.id} is {subnet.state}")
    return Answer(not lines, (shows(subnet),), {"unusable": (subnet.id,)} if lines else {}, tuple(lines))


def _config(job: Job) -> VpcConfig:
    """The job's VpcConfig; one without any subnet and group where it has none."""
    return known(job.vpc_config) or VpcConfig(job.source, (), ())


def is_at_ease_with_isolation(facts: Facts, job: Job, needs: tuple[Need, ...]) -> Answer:
    """Does the job's container need nothing of the network? What lies in S3 SageMaker itself moves, and it asks Athena and Redshift (F1.8, F8.17a).

    Names: contradictions, needed
    """
    here = Evidence(job.source.at("NetworkConfig", "EnableNetworkIsolation"), Resource(Job.kind, job.id))
    # An image that is not known may be Clarify's, which may need what the definition does not tell.
    image = asked(lambda: Answer(known(job.image_uri) is None or True))
    moved, spared = all_of(known(job.data), lambda data: _is_moved(here, data)), all_of(needs, lambda need: _is_spared(here, job, need))
    return moved & spared & image


def _is_moved(here: Evidence, data: Data) -> Answer:
    """Does SageMaker move the data, and not the container?"""
    if data.use == "feature-group":
        return _contradicted(here, data.source, f"writing {data.name} to a feature group", data.name)
    return _contradicted(here, data.source, f"moving {data.name} itself (AppManaged)", data.name) if data.app_managed else Answer(True)


def _is_spared(here: Evidence, job: Job, need: Need) -> Answer:
    """Is it no need of the container's? One that the job's data imply is told with them."""
    if need.what == "s3" or need.source in {data.source for data in known(job.data)}:
        return Answer(True)
    if not need.established:
        return unknown({Absence(f"whether the job needs {need.id}", job.id, "world")})
    return _contradicted(here, job.source, f"reaching {need.id}", need.id)


def _contradicted(here: Evidence, source: Source, what: str, id: str) -> Answer:
    return Answer(False, (here, Evidence(source, here.resource, what)), {"contradictions": (what,), "needed": (id,)}, (what,))
