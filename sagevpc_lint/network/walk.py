"""Walks: which packets of a set arrive, which are lost where, and of which the documents do not tell."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sagevpc_lint.answer import Absence, Resource
from sagevpc_lint.network.bounds import NONE, Bounds, answered_by, answers, from_anywhere, from_sources, toward
from sagevpc_lint.network.places import Check, Context, Place, Step
from sagevpc_lint.network.prefix_lists import ANYWHERE
from sagevpc_lint.traffic import Traffic

ARRIVED = frozenset({"internet", "host", "vpc-endpoint", "peer"})
"""The kinds of place at which a walk ends well."""


@dataclass(frozen=True, slots=True)
class Loss:
    """What one check does to the packets of a walk. *packets*: those that it surely loses; *doubtful*: those that it may lose, for want of *missing*; *narrow*: what a narrower deny loses.

    *spared*: those whose answers a narrower deny loses at some ports only: from another port they pass. All four are packets as they start on the walk; *here*: the same as they are at the check; where *of_answers* is set, the answers that it does not let back.
    """

    check: Check
    of_answers: bool
    packets: Traffic
    doubtful: Traffic
    narrow: Traffic
    here: Traffic
    missing: frozenset[Absence]
    spared: Traffic = NONE

    @property
    def lacking(self) -> Traffic:
        """The smallest set of packets that would have to be let through here, by the addresses that the check goes by."""
        side = self.check.looks_at_of_answers if self.of_answers else self.check.looks_at
        return Traffic.union(
            Traffic.of(box.protocols, box.sources if side != "destinations" else ANYWHERE, box.destinations if side != "sources" else ANYWHERE, box.ports)
            for box in self.here.boxes
        )

    @property
    def component(self) -> Resource:
        """What to change."""
        return self.check.component


@dataclass(frozen=True, slots=True)
class Branch:
    """One step of a walk, and the rest of the way.

    *packets*: those that may go this way, *surely* those that do. *losses*, *answer_losses*: at its checks. *diverted*: those whose answers may come home by another way, for it is not known what they, or their packets, come by
    beyond the documents.
    """

    step: Step
    packets: Traffic
    surely: Traffic
    losses: tuple[Loss, ...]
    answer_losses: tuple[Loss, ...]
    diverted: Traffic
    onward: "Walk"


@dataclass(frozen=True, slots=True)
class Walk:
    """All ways of some *packets* from a place.

    *arrives*: which of them surely arrive, and which may, answers included. *tolerant*: the same if what only a narrower deny entry or blackhole loses counted as arrived.
    """

    place: Place
    packets: Traffic
    branches: tuple[Branch, ...]
    arrives: Bounds
    tolerant: Bounds

    def sparing(self) -> Bounds:
        """Which packets arrive, if those count whose answers a narrower deny loses at some ports only: another connection takes another port."""
        if not self.branches or self.packets <= self.arrives.certain:
            return self.arrives
        return _arrives(self.packets, self.branches, lambda branch: _passes(branch, branch.onward.sparing(), lambda loss: loss.spared))

    def losses(self) -> tuple[Loss, ...]:
        """All that packets are lost at, in the normative order: the way there, then the answers' way from the far end back."""
        return (*_losses(self), *_answer_losses(self))

    def missing(self) -> frozenset[Absence]:
        """What is missing to know of each packet whether it arrives: behind a doubtful check, or to know which way it goes."""
        open_ = self.arrives.possible - self.arrives.certain
        checks = (loss.missing for loss in self.losses() if loss.doubtful & open_)
        choices = (branch.step.takes.missing for way in self.ways() for branch in way if open_ and branch.packets - branch.surely)
        return frozenset().union(*checks, *choices)

    def ends(self) -> Iterator[tuple[Place, Traffic]]:
        """Yield where packets end, and which may end there, wherever they are lost on the way."""
        if not self.branches:
            yield self.place, self.packets
        for branch in self.branches:
            yield from ((place, _back(branch, packets)) for place, packets in branch.onward.ends())

    def ways(self) -> Iterator[tuple[Branch, ...]]:
        """Yield each way as its branches in order."""
        if not self.branches:
            yield ()
        for branch in self.branches:
            yield from ((branch, *rest) for rest in branch.onward.ways())


def walk(steps: Callable[[Place], tuple[Step, ...]], place: Place, packets: Traffic, seen: tuple[Place, ...] = ()) -> Walk:
    """Send *packets* on their way from *place*, along the *steps* that lead from each place; nothing arrives that comes back to a place in *seen*."""
    if place.kind in ARRIVED:
        return Walk(place, packets, (), Bounds.of(packets), Bounds.of(packets))
    if _was_here(place, seen) or place.kind in ("lost", "unknown"):
        end = Bounds(NONE, packets if place.kind == "unknown" else NONE)
        return Walk(place, packets, (), end, Bounds.of(packets) if place.kind == "lost" else end)
    destinations = packets.destinations
    branches = tuple(
        _branch(steps, step, packets & toward(step.takes.possible), (*seen, place)) for step in steps(place) if destinations & step.takes.possible
    )
    arrives = _arrives(packets, branches, lambda branch: _passes(branch, branch.onward.arrives, lambda loss: NONE))
    return Walk(place, packets, branches, arrives, _arrives(packets, branches, lambda branch: _passes(branch, branch.onward.tolerant, lambda loss: loss.narrow)))


def _branch(steps: Callable[[Place], tuple[Step, ...]], step: Step, packets: Traffic, seen: tuple[Place, ...]) -> Branch:
    checks = (*step.checks, _loop(step)) if _was_here(step.end, seen) else step.checks
    there = tuple(filter(None, (_loss(check, packets) for check in checks)))
    onward = walk(steps, step.end, packets if step.source is None else from_sources(packets, step.source), seen)
    past = onward.branches if step.source is None else ()  # whatever way answers come, they come to the address that a NAT wrote
    diverted = packets if onward.place.kind == "unknown" else Traffic.union(branch.diverted for branch in past)
    back, diverted = _answer_losses_at(checks, packets, step.start.context, diverted, is_home=_is_home(seen))
    return Branch(step, packets, packets & toward(step.takes.certain), there, back, diverted, onward)


def _was_here(place: Place, seen: tuple[Place, ...]) -> bool:
    """Were packets of the same sender at a place before? From there they go the same way again. Where their source was just written, the next place tells."""
    return bool([each for each in seen if place.context.sender == seen[-1].context.sender and (each.kind, each.id, each.context.sender) == (place.kind, place.id, place.context.sender)])


def _is_home(seen: tuple[Place, ...]) -> bool:
    """Is the last place the first subnet that packets leave since their source was written?"""
    return not [place for place in seen[:-1] if place.kind == "subnet" and place.context.sender == seen[-1].context.sender]


def _answer_losses_at(
    checks: tuple[Check, ...], packets: Traffic, context: Context, diverted: Traffic, *, is_home: bool,
) -> tuple[tuple[Loss, ...], Traffic]:
    """What the checks of a step do to answers, the last check first; answers that may come home by another way may miss them."""
    losses = []
    for check in reversed(checks):
        loss = _answer_loss(check, packets, context)
        if loss is not None:
            # Whatever they came by, answers come in through the network ACL of the subnet that they are for.
            unsure = NONE if is_home and check.is_of_start and not check.is_evadable else diverted
            losses.append(replace(loss, packets=loss.packets - unsure, doubtful=loss.doubtful | loss.packets & unsure, narrow=loss.narrow - unsure, spared=loss.spared - unsure))
            diverted |= loss.doubtful if check.diverts else NONE
    return tuple(losses), diverted


def _loop(step: Step) -> Check:
    component = step.evidence[-1].resource if step.evidence else Resource(step.end.kind, step.end.id)
    return Check("NO_POSSIBLE_DESTINATION", component, step.evidence, f"the way leads back to {component.id}, from where it came", passes=Bounds.of(NONE))


def _loss(check: Check, packets: Traffic) -> Loss | None:
    if check.passes.is_all:
        return None
    gone = packets - check.passes.possible
    doubtful = packets - check.passes.certain - gone
    return Loss(check, False, gone, doubtful, gone & check.narrow, gone or doubtful, check.passes.missing) if gone or doubtful else None


def _answer_loss(check: Check, packets: Traffic, context: Context) -> Loss | None:
    if check.answers.is_all:
        return None
    back = answers(packets, context.answer_ports)
    gone = back - check.answers.possible
    doubtful = back - check.answers.certain - gone
    if not gone and not doubtful:
        return None
    lost = packets & answered_by(gone)
    wide = packets & answered_by(gone - check.narrow_answers)
    spared = (lost - wide) & answered_by(back - gone)
    return Loss(check, True, lost, packets & answered_by(doubtful) - lost, lost - wide, gone or doubtful, check.answers.missing, spared)


def _back(branch: Branch, packets: Traffic) -> Traffic:
    """The same packets as they were before the step: a NAT rewrites sources only."""
    return packets if branch.step.source is None else branch.packets & from_anywhere(packets)


def _arrives(packets: Traffic, branches: tuple[Branch, ...], passes: Callable[[Branch], Bounds]) -> Bounds:
    """A packet surely arrives if it does on every way that it may take, and may arrive if it may on one."""
    found = [passes(branch) for branch in branches]
    fails = Traffic.union(branch.packets - bounds.certain for branch, bounds in zip(branches, found))
    return Bounds(packets - fails, Traffic.union(bounds.possible for bounds in found))


def _passes(branch: Branch, onward: Bounds, forgiven: Callable[[Loss], Traffic]) -> Bounds:
    """What gets through on one way, if what is *forgiven* of each loss does; *onward*: what does behind it."""
    losses = (*branch.losses, *branch.answer_losses)
    gone = Traffic.union(loss.packets - forgiven(loss) for loss in losses)
    doubtful = Traffic.union(loss.doubtful for loss in losses)
    low = branch.packets - _back(branch, branch.onward.packets - onward.certain)
    return Bounds(low - gone - doubtful, _back(branch, onward.possible) - gone)


def _losses(walk: Walk) -> Iterator[Loss]:
    for branch in walk.branches:
        yield from branch.losses
        yield from (_mapped(branch, loss) for loss in _losses(branch.onward))


def _answer_losses(walk: Walk) -> Iterator[Loss]:
    for branch in walk.branches:
        yield from (_mapped(branch, loss) for loss in _answer_losses(branch.onward))
        yield from branch.answer_losses


def _mapped(branch: Branch, loss: Loss) -> Loss:
    if branch.step.source is None:
        return loss
    packets, doubtful, narrow, spared = (_back(branch, each) for each in (loss.packets, loss.doubtful, loss.narrow, loss.spared))
    return replace(loss, packets=packets, doubtful=doubtful, narrow=narrow, spared=spared)
