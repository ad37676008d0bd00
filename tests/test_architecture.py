"""The house: which module may import which, what it may import from outside, and what only one place may do."""

import ast
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "sagevpc_lint"
FLOORS = (  # top imports bottom only; beside each other, only what stands in one text
    ("cli arguments __init__ __main__",),
    ("reports", "collect"),
    ("diff", "repair", "examples", "trace"),
    ("check", "baseline"),
    ("judge", "history"),
    ("rulebook", "settings"),
    ("questions",),
    ("needs",),
    ("network", "policy"),
    ("documents",),
    ("model",),
    ("addresses traffic", "answer"),
    ("source", "version"),
)
PLACES = {unit: (floor, room) for floor, rooms in enumerate(FLOORS) for room in rooms for unit in room.split()}
OUTSIDE = (sys.stdlib_module_names - {"ipaddress"}) | {"yaml", "jsonschema", "networkx"}
ONLY_THERE: Mapping[str, frozenset[str]] = {  # a pattern of names → the modules, or folders of them, that alone may use them
    r"print|input|exit|quit|SystemExit|sys\.(exit|stdin|stdout|stderr)|os\._exit": frozenset({"cli", "__main__"}),
    # Snapshots; schemas; rule files; the settings; the good environment.
    r"open|(?!os\.open).*\.open|.*\.(read_text|read_bytes)": frozenset({"documents.__init__", "documents.schema", "rulebook.sheets", "settings", "examples"}),
    r"os\.open|.*\.(write_text|write_bytes)": frozenset({"cli"}),
    r"os\.(walk|listdir|scandir)|.*\.(r?glob|iterdir)": frozenset({"documents.files", "rulebook.folders", "examples"}),
    r"eval|exec|compile|__import__|importlib\..*|import_module": frozenset({"questions.__init__"}),
    r"(typing\.)?Any": frozenset({"documents"}),
}
OF_BUILTINS = frozenset({"any", "all", "next"})
CATCH_ALL = frozenset({"Exception", "BaseException"})
Module = tuple[str, ast.Module]
Public = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef
Check = Callable[[Path], list[str]]


def modules(package: Path) -> list[Module]:
    """Parse the modules of a package, by dotted name from its folder."""
    names = {path: ".".join(path.relative_to(package).with_suffix("").parts) for path in sorted(package.rglob("*.py"))}
    return [(name, parsed(path.read_text("utf-8"), path.name)) for path, name in names.items()]


@cache
def parsed(text: str, name: str) -> ast.Module:
    """Parse a module; the same text once only."""
    return ast.parse(text, name)


def unit(module: str) -> str:
    """What stands on a floor: a module of the package itself, or a folder of it."""
    return module.partition(".")[0]


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of all that is imported, wherever the statement stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                yield from ((node.lineno, f"{'.' * level}{module or ''}.{alias.name}") for alias in names)


def breaches_of_direction(package: Path) -> list[str]:
    """List the modules that stand on no floor, and the imports that go up, or to a neighbour."""
    parsed = modules(package)
    units = {unit(name) for name, _ in parsed} | PLACES.keys()
    found = [f"{name} stands on no floor" for name, _ in parsed if unit(name) not in PLACES]
    for name, tree in parsed:
        for line, target in imports(tree):
            if target.startswith("."):
                found.append(f"{name}:{line}: {target} is relative; write the import in full")
            elif target.split(".")[0] == package.name:
                other = (*target.split(".")[1:], "")[0]
                other = other if other in units else "__init__"
                if not may_import(unit(name), other):
                    found.append(f"{name}:{line}: {unit(name)} must not import {other}")
    return found


def may_import(importer: str, imported: str) -> bool:
    """Is *imported* the same folder, a lower floor, or in the same text of its floor? What stands on no floor is told elsewhere."""
    if importer == imported or not {importer, imported} <= PLACES.keys():
        return True
    return PLACES[importer][0] < PLACES[imported][0] or PLACES[importer] == PLACES[imported]


def breaches_of_the_border(package: Path) -> list[str]:
    """List the imports of what is neither the package's own, nor one of its three dependencies, nor the standard library's."""
    return [
        f"{name}:{line}: {target.split('.')[0]} must not be imported"
        for name, tree in modules(package) for line, target in imports(tree)
        if not target.startswith(".") and target.split(".")[0] not in OUTSIDE | {package.name}
    ]


def uses(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of all that is used; what hangs on a value that is no name starts with a dot."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name):
                yield node.lineno, name
            case ast.Attribute(value=ast.Name(id=owner), attr=name):
                yield node.lineno, f"{owner}.{name}"
            case ast.Attribute(attr=name):
                yield node.lineno, f".{name}"


def breaches_of_duty(package: Path) -> list[str]:
    """List the uses of what only one module, or a few, may do."""
    return [
        f"{name}:{line}: {used} must not be used here"
        for name, tree in modules(package) for line, used in uses(tree) for pattern, where in ONLY_THERE.items()
        if re.fullmatch(pattern, used) and not {name, unit(name)} & where
    ]


def builtins_over_facts(package: Path) -> list[str]:
    """List the uses of `any`, `all` and `next` where facts are asked: they stop early, so their answer would depend on the order of facts."""
    return [
        f"{name}:{line}: {used} must not be used here; ask with any_of, all_of, or a set or tuple of all that is wanted"
        for name, tree in modules(package) if unit(name) in ("questions", "network") for line, used in uses(tree) if used in OF_BUILTINS
    ]


def broad_handlers(package: Path) -> list[str]:
    """List the handlers outside `cli` that catch everything, and with it `Missing`."""
    return [
        f"{name}:{node.lineno}: catches everything"
        for name, tree in modules(package) if name != "cli" for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and (node.type is None or CATCH_ALL & {each.id for each in ast.walk(node.type) if isinstance(each, ast.Name)})
    ]


def public(body: list[ast.stmt]) -> Iterator[Public]:
    """Yield the public classes and functions of a module or class, and what is public in those classes."""
    for node in body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body)


def missing_docstrings(package: Path) -> list[str]:
    """List the modules, and the public classes and functions, without a first line that is a sentence."""
    parsed = modules(package)
    nodes: list[tuple[str, int, ast.Module | Public]] = [(name, 1, tree) for name, tree in parsed]
    nodes += [(f"{name}.{node.name}", node.lineno, node) for name, tree in parsed for node in public(tree.body)]
    first_lines = [(name, line, (ast.get_docstring(node) or "").partition("\n")[0]) for name, line, node in nodes]
    return [f"{name}:{line}: has no docstring whose first line is a sentence" for name, line, first in first_lines if not first.endswith((".", "?"))]


def missing_annotations(package: Path) -> list[str]:
    """List the functions that are not annotated throughout, nested and private ones among them."""
    return [
        f"{name}.{node.name}:{node.lineno}: is not annotated throughout"
        for name, tree in modules(package) for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and not is_annotated(node)
    ]


def is_annotated(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Has every parameter but `self` and `cls`, and what is returned, a type?"""
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, *filter(None, (node.args.vararg, node.args.kwarg))]
    return node.returns is not None and not [each for each in named if each.annotation is None and each.arg not in ("self", "cls")]


CHECKS: tuple[Check, ...] = (
    breaches_of_direction, breaches_of_the_border, breaches_of_duty, builtins_over_facts, broad_handlers, missing_docstrings, missing_annotations,
)
SENTENCE = '"""A module."""\n'


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_package_keeps_the_rules_of_the_house(check: Check) -> None:
    assert [] == check(PACKAGE)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the package, to be broken."""
    return Path(shutil.copytree(PACKAGE, tmp_path / "sagevpc_lint", ignore=shutil.ignore_patterns("__pycache__")))


def test_a_module_on_no_floor_is_a_breach(copy: Path) -> None:
    (copy / "attic.py").write_text(SENTENCE, "utf-8")
    assert ["attic stands on no floor"] == breaches_of_direction(copy)


def test_a_folder_on_no_floor_is_a_breach(copy: Path) -> None:
    (copy / "attic").mkdir()
    (copy / "attic" / "box.py").write_text(SENTENCE, "utf-8")
    assert ["attic.box stands on no floor"] == breaches_of_direction(copy)


def test_an_import_that_goes_up_is_a_breach(copy: Path) -> None:
    nouns = copy / "model" / "nouns.py"
    nouns.write_text(nouns.read_text("utf-8") + "\n\ndef late() -> object:\n    from sagevpc_lint.documents import files\n\n    return files\n", "utf-8")
    assert ["model must not import documents"] == [breach.split(": ")[1] for breach in breaches_of_direction(copy)]


@pytest.mark.parametrize(
    ("check", "file", "text", "breach"),
    [
        (breaches_of_direction, "model/nouns.py", "def late() -> None:\n    import sagevpc_lint.documents.files", "model.nouns:2: model must not import documents"),
        (breaches_of_direction, "model/nouns.py", "if TYPE_CHECKING:\n    from sagevpc_lint.check import Report", "model.nouns:2: model must not import check"),
        (breaches_of_direction, "check.py", "from sagevpc_lint import lint", "check:1: check must not import __init__"),
        (breaches_of_direction, "source.py", "import sagevpc_lint", "source:1: source must not import __init__"),
        (breaches_of_direction, "source.py", "from sagevpc_lint.version import VERSION", "source:1: source must not import version"),
        (breaches_of_direction, "answer.py", "from sagevpc_lint import traffic", "answer:1: answer must not import traffic"),
        (breaches_of_direction, "network/groups.py", "from sagevpc_lint.policy import decision", "network.groups:1: network must not import policy"),
        (breaches_of_direction, "rulebook/rules.py", "from sagevpc_lint import settings", "rulebook.rules:1: rulebook must not import settings"),
        (breaches_of_direction, "model/nouns.py", "from .facts import Facts", "model.nouns:1: .facts.Facts is relative"),
        (breaches_of_the_border, "model.py", "import ipaddress", "model:1: ipaddress must not be imported"),
        (breaches_of_the_border, "model.py", "def late() -> None:\n    from numpy.linalg import norm", "model:2: numpy must not be imported"),
        (breaches_of_duty, "check.py", "print(1)", "check:1: print must not be used here"),
        (breaches_of_duty, "check.py", "import sys\nsys.exit(1)", "check:2: sys.exit must not be used here"),
        (breaches_of_duty, "check.py", "raise SystemExit(1)", "check:1: SystemExit must not be used here"),
        (breaches_of_duty, "reports/text.py", "open('x')", "reports.text:1: open must not be used here"),
        (breaches_of_duty, "questions/job.py", "Path('x').read_text()", "questions.job:1: .read_text must not be used here"),
        (breaches_of_duty, "cli.py", "rule.path.read_text()", "cli:1: .read_text must not be used here"),
        (breaches_of_duty, "check.py", "out.write_text('')", "check:1: out.write_text must not be used here"),
        (breaches_of_duty, "rulebook/rules.py", "path.read_bytes()", "rulebook.rules:1: path.read_bytes must not be used here"),
        (breaches_of_duty, "model.py", "os.listdir('.')", "model:1: os.listdir must not be used here"),
        (breaches_of_duty, "rulebook/grammar.py", "eval('1')", "rulebook.grammar:1: eval must not be used here"),
        (breaches_of_duty, "check.py", "facts: Any = 1", "check:1: Any must not be used here"),
        (builtins_over_facts, "questions/job.py", "any(facts.jobs)", "questions.job:1: any must not be used here"),
        (builtins_over_facts, "network/groups.py", "first = next", "network.groups:1: next must not be used here"),
        (broad_handlers, "check.py", "try:\n    pass\nexcept Exception:\n    pass", "check:3: catches everything"),
        (broad_handlers, "check.py", "try:\n    pass\nexcept (KeyError, BaseException):\n    pass", "check:3: catches everything"),
        (broad_handlers, "check.py", "try:\n    pass\nexcept:\n    pass", "check:3: catches everything"),
        (missing_docstrings, "check.py", "x = 1", "check:1: has no docstring whose first line is a sentence"),
        (missing_docstrings, "check.py", f'{SENTENCE}class A:\n    """An A."""\n    def b(self): "What b does"', "check.b:4: has no docstring whose first line is a sentence"),
        (missing_annotations, "check.py", "def f(a: int, *b) -> None: pass", "check.f:1: is not annotated throughout"),
        (missing_annotations, "check.py", "class A:\n    def f(self): pass", "check.f:2: is not annotated throughout"),
    ],
)
def test_a_breach_is_found(tmp_path: Path, check: Check, file: str, text: str, breach: str) -> None:
    path = tmp_path / "sagevpc_lint" / file
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    assert [breach] == [each.partition(";")[0] for each in check(tmp_path / "sagevpc_lint")]


def test_the_builtins_may_be_used_where_no_facts_are_asked(tmp_path: Path) -> None:
    (tmp_path / "reports.py").write_text("any([])", "utf-8")
    assert [] == builtins_over_facts(tmp_path)
