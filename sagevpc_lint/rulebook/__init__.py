"""Rule files to checked rules: nothing of a rule that `load` returns can turn out wrong when it is put to a subject."""

from sagevpc_lint.rulebook.conditions import Condition
from sagevpc_lint.rulebook.faults import RuleError
from sagevpc_lint.rulebook.folders import load, shipped_rules
from sagevpc_lint.rulebook.rules import Rule, Severity, examples
from sagevpc_lint.rulebook.templates import Template, visible

__all__ = ["Condition", "Rule", "RuleError", "Severity", "Template", "examples", "load", "shipped_rules", "visible"]
