"""What import contracts cannot say: names of files, where rows are read, where a status changes, what is never used."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("wam_portal", "assessments", "cooperation")
SOURCES = sorted(path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)
PAGES = [path for path in SOURCES if {"views", "api"} & set(path.parts) or path.name in {"views.py", "api.py"}]
SERVICES = [path for path in SOURCES if "services" in path.parts or path.name == "services.py"]
JUNK_DRAWERS = {"utils.py", "helpers.py", "common.py", "misc.py"}

Finder = Callable[[ast.AST], Iterator[int]]


def places(find: Finder, files: list[Path]) -> list[str]:
    """Return "file:line" of everything that ``find`` points at."""
    found = []
    for file in files:
        tree = ast.parse(file.read_text("utf-8"))
        found += [f"{file.relative_to(ROOT)}:{line}" for node in ast.walk(tree) for line in find(node)]
    return found


def names_of_call(node: ast.AST) -> list[str]:
    """Return the dotted name of a call, innermost last: ``a.b.c()`` gives ["a", "b", "c"]."""
    names: list[str] = []
    target = node.func if isinstance(node, ast.Call) else None
    while isinstance(target, ast.Attribute):
        names.insert(0, target.attr)
        target = target.value
    if isinstance(target, ast.Name):
        names.insert(0, target.id)
    return names


def unscoped_reads(node: ast.AST) -> Iterator[int]:
    """Point at ``Model.objects.all()``, ``.get()`` or ``.filter()`` and at ``get_object_or_404(Model, ...)``."""
    names = names_of_call(node)
    if not isinstance(node, ast.Call):
        return
    if "objects" in names[:-1] and names[-1] in {"all", "get", "filter", "create", "update", "exclude"}:
        yield node.lineno
    if names[-1:] == ["get_object_or_404"] and isinstance(node.args[0], ast.Name):
        yield node.lineno


def status_assignments(node: ast.AST) -> Iterator[int]:
    """Point at ``something.status = ...``."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    for target in targets:
        if isinstance(target, ast.Attribute) and target.attr == "status":
            yield target.lineno


def signal_receivers(node: ast.AST) -> Iterator[int]:
    """Point at ``@receiver(...)``: side effects are lines in a service, not hidden reactions."""
    if isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            if names_of_call(decorator)[-1:] == ["receiver"]:
                yield decorator.lineno


def addresses_from_the_request(node: ast.AST) -> Iterator[int]:
    """Point at ``build_absolute_uri``: absolute links come from PUBLIC_BASE_URL."""
    if names_of_call(node)[-1:] == ["build_absolute_uri"] and isinstance(node, ast.Call):
        yield node.lineno


def positional_services(node: ast.AST) -> Iterator[int]:
    """Point at a public function that takes an actor, but not by keyword."""
    if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
        positional = {argument.arg for argument in (*node.args.posonlyargs, *node.args.args)}
        if "actor" in positional:
            yield node.lineno


def test_pages_and_endpoints_read_through_the_viewer() -> None:
    assert places(unscoped_reads, PAGES) == []


def test_a_status_changes_in_services_only() -> None:
    assert places(status_assignments, [path for path in SOURCES if path not in SERVICES]) == []


def test_nothing_happens_by_signal() -> None:
    assert places(signal_receivers, SOURCES) == []


def test_no_absolute_address_comes_from_the_request() -> None:
    assert places(addresses_from_the_request, SOURCES) == []


def test_services_take_the_actor_by_keyword() -> None:
    assert places(positional_services, SERVICES) == []


def test_there_is_no_junk_drawer() -> None:
    assert [path for path in SOURCES if path.name in JUNK_DRAWERS] == []


@pytest.mark.parametrize(
    ("find", "code"),
    [
        (unscoped_reads, "Answer.objects.filter(pk=1)"),
        (unscoped_reads, "get_object_or_404(Answer, pk=1)"),
        (status_assignments, "assessment.status = 'endorsed'"),
        (signal_receivers, "@receiver(post_save)\ndef react(): ..."),
        (addresses_from_the_request, "request.build_absolute_uri('/x')"),
        (positional_services, "def submit(assessment, actor): ..."),
    ],
)
def test_each_rule_would_notice_its_breach(find: Finder, code: str) -> None:
    assert [line for node in ast.walk(ast.parse(code)) for line in find(node)] == [1]
