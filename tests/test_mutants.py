"""Each mutant can be applied, and is killed: here one of them, with --mutants all."""

import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from mutants import FOLDER, MUTANTS, PACKAGE, Mutant, copied

TESTS = Path(__file__).parent
ONE = "an endpoint that is gone leads names"
FAILED = 1  # pytest's exit code where tests failed; another one says that they could not be run


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Try one mutant that is killed at once, or all."""
    if "mutant" in metafunc.fixturenames:
        chosen = MUTANTS if metafunc.config.getoption("--mutants") else [mutant for mutant in MUTANTS if mutant.name == ONE]
        metafunc.parametrize("mutant", chosen, ids=[mutant.name for mutant in chosen])


def outcome(folder: Path, *modules: str) -> subprocess.CompletedProcess[str]:
    """Run test modules against the package in *folder*."""
    paths = [str(TESTS / f"{module}.py") for module in modules]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--assert=plain", *paths]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)


def test_every_mutant_changes_a_text_that_stands_once_in_the_network() -> None:
    assert {} == {mutant.name: mutant.count() for mutant in MUTANTS if mutant.count() != 1}


def test_every_mutant_is_one_line_and_another() -> None:
    assert [] == [mutant.name for mutant in MUTANTS if "\n" in mutant.old + mutant.new or mutant.old == mutant.new]
    assert [] == [name for name, count in Counter(mutant.name for mutant in MUTANTS).items() if count > 1]


def test_mutants_are_spread_over_the_network() -> None:
    files = {path.name for path in (PACKAGE / FOLDER).glob("*.py")} - {"__init__.py", "graph.py", "ground.py", "words.py"}
    assert set() == files - {mutant.file for mutant in MUTANTS}
    assert len(MUTANTS) >= 30


@pytest.mark.parametrize(("old", "count"), [("no such text", 0), ("def ", 2)])
def test_a_mutant_whose_old_text_does_not_stand_once_cannot_be_applied(tmp_path: Path, old: str, count: int) -> None:
    with pytest.raises(ValueError, match="expected once"):
        Mutant("a name", "walk.py", old, "another text").put_into(tmp_path)
    assert count <= Mutant("a name", "walk.py", old, "another text").count()


def test_the_package_itself_is_not_killed(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    copied(tmp_path)
    modules = sorted({module for mutant in MUTANTS for module in mutant.tests}) if request.config.getoption("--mutants") else ["test_names"]
    assert 0 == outcome(tmp_path, *modules).returncode


def test_a_mutant_is_killed(tmp_path: Path, mutant: Mutant) -> None:
    package = mutant.put_into(tmp_path)
    result = outcome(tmp_path, *mutant.tests)
    assert FAILED == result.returncode, f"{mutant.name} survived: {package / FOLDER / mutant.file}\n{result.stdout[-2000:]}"
