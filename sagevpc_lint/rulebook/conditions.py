"""A condition: a tree of questions and comparisons that is asked of a subject in three values.

It is never evaluated as Python: `grammar` reads its text into the few kinds of node that stand here.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from sagevpc_lint.answer import Answer, Evidence, Missing, Resource, asked, known
from sagevpc_lint.model.nouns import Need
from sagevpc_lint.model.subjects import Subject
from sagevpc_lint.network.graph import Network
from sagevpc_lint.questions import Constant, Question
from sagevpc_lint.rulebook.fields import Path, fact_of

Operand = Path | Constant | tuple[Constant, ...]
_HOLDS: Mapping[str, Callable[..., bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "in": lambda item, found: found is not None and item in found,
    "not in": lambda item, found: found is None or item not in found,
}


@dataclass(frozen=True, slots=True)
class Call:
    """A question with its keywords."""

    question: Question
    keywords: Mapping[str, Constant]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two operands, at least one of which is a field, and the operator between them as it is written."""

    left: Operand
    symbol: str
    right: Operand


@dataclass(frozen=True, slots=True)
class Negation:
    """`not`."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Junction:
    """`and` (settled by no) or `or` (settled by yes)."""

    parts: "tuple[Node, ...]"
    settled_by: bool


Node = Call | Comparison | Negation | Junction


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition; *text* is how the rule writes it."""

    text: str
    node: Node

    def ask(self, network: Network, subject: Subject) -> Answer:
        """Is it true of *subject*? Parts are asked from left to right, up to the one that settles it."""
        return _ask(self.node, network, subject)

    def questions(self) -> tuple[Question, ...]:
        """Return the questions in it, from left to right."""
        return tuple(leaf.question for leaf in _leaves(self.node) if isinstance(leaf, Call))

    def names(self) -> frozenset[str]:
        """Return the names of a subject that it reads."""
        return frozenset(name for leaf in _leaves(self.node) for name in _names(leaf))


def _ask(node: Node, network: Network, subject: Subject) -> Answer:
    match node:
        case Junction():
            return _joined(node, network, subject)
        case Negation(part):
            return ~_ask(part, network, subject)
        case Call():
            return asked(_answered, node, network, subject)
        case Comparison():
            return asked(_compared, node, network, subject)


def _joined(node: Junction, network: Network, subject: Subject) -> Answer:
    answer = _ask(node.parts[0], network, subject)
    for part in node.parts[1:]:
        if answer.value is node.settled_by:
            break
        other = _ask(part, network, subject)
        answer = answer | other if node.settled_by else answer & other
    return answer


def _answered(node: Call, network: Network, subject: Subject) -> Answer:
    """A name is None in the service's own network, and the question decides; where it could not be told, nothing is asked."""
    bound = [known(getattr(subject, name)) for name in node.question.asks]
    if None in bound and subject.missing:
        raise Missing(*subject.missing)
    return node.question.function(network if node.question.about == "network" else network.facts, *bound, **node.keywords)


def _compared(node: Comparison, network: Network, subject: Subject) -> Answer:
    facts = network.facts
    paths = [side for side in (node.left, node.right) if isinstance(side, Path)]
    left, right = (side.read(facts, subject) if isinstance(side, Path) else side for side in (node.left, node.right))
    told = {path.root: fact_of(path.root, facts, subject) for path in paths}
    evidence = tuple(Evidence(fact.source, Resource(fact.kind, fact.id)) for fact in told.values() if not isinstance(fact, Need))  # which is no resource to change
    return Answer(_HOLDS[node.symbol](left, right), evidence, {root: (fact.id,) for root, fact in told.items()})


def _leaves(node: Node) -> Iterator[Call | Comparison]:
    match node:
        case Junction(parts):
            for part in parts:
                yield from _leaves(part)
        case Negation(part):
            yield from _leaves(part)
        case Call() | Comparison():
            yield node


def _names(leaf: Call | Comparison) -> tuple[str, ...]:
    match leaf:
        case Call(question):
            return question.asks
        case Comparison(left, _, right):
            return tuple(side.root for side in (left, right) if isinstance(side, Path))
