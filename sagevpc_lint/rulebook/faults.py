"""What is wrong in a rule file, and how it is said."""

from collections.abc import Iterable
from dataclasses import dataclass

from sagevpc_lint.documents.schema import nearest
from sagevpc_lint.source import InputError


class RuleError(InputError):
    """A rule file is wrong."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a text of a rule, *offset* characters from its start."""

    offset: int
    message: str


class Refused(Exception):
    """A condition or template cannot be used; *faults* are all that is wrong with it."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults


def instead(word: str, allowed: Iterable[str]) -> str:
    """Say which of the *allowed* words was probably meant, else which there are."""
    allowed = sorted(allowed)
    begun = [each for each in allowed if len(word) > 2 and each.startswith(word)]
    if meant := begun[0] if len(begun) == 1 else nearest(word, allowed):
        return f'did you mean "{meant}"?'
    return f"allowed: {', '.join(allowed)}" if allowed else "none is allowed"
