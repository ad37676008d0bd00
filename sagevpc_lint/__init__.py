"""Find out before it runs why a SageMaker job in a private VPC would fail: from exported documents to findings."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sagevpc_lint import documents, rulebook, settings
from sagevpc_lint.check import Report, check
from sagevpc_lint.questions import vocabulary
from sagevpc_lint.settings import Settings, SettingsError
from sagevpc_lint.version import VERSION as __version__

__all__ = ["Report", "Settings", "__version__", "lint"]


def lint(paths: Sequence[Path], chosen: Settings = Settings(), standard_input: tuple[str, bytes] | None = None) -> Report:
    """Check the documents under *paths*, and those on *standard_input* (a file name and its bytes), as the settings say.

    Raises `InputError` for a path that does not exist and `SettingsError` for a rule that is selected or ignored and does not exist.
    What is wrong inside documents and rule files stands in the report's errors; the rest is judged.
    """
    snapshot = documents.load(paths, chosen.exclude, standard_input)
    rules, errors = rulebook.load([rulebook.shipped_rules(), *chosen.rules], vocabulary())
    folders = {rule.id: rule.folder for rule in rules}
    if misnamed := settings.misnamed(chosen, folders):
        raise SettingsError(*misnamed, *errors)
    selected = settings.resolve(chosen.select, folders) if chosen.select else frozenset(folders)
    report = check(snapshot, rules, selected, settings.resolve(chosen.ignore, folders), chosen.history, chosen.needs)
    return replace(report, errors=tuple(sorted(report.errors + errors)), settings=chosen.file)
