"""The engine stands alone: no Django, no database, no clock."""

import ast
import subprocess
import sys
from pathlib import Path

import cooperation.matching

PACKAGE = Path(cooperation.matching.__file__).parent
NUMERICAL = {"arrays.py", "exact.py", "relaxation.py", "rounding.py", "selected.py", "solving.py"}
"""Parts of the portfolio that speak to the solver; what they answer is checked in whole numbers."""


def test_importing_the_engine_imports_no_django() -> None:
    script = (
        "import sys, cooperation.matching; "
        "print([m for m in sys.modules if m.split('.')[0] in {'django', 'sqlite3', 'numpy', 'scipy'}])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=PACKAGE.parent.parent
    )
    assert done.stdout.strip() == "[]"


def test_the_engine_never_asks_what_day_it_is_nor_computes_with_floats() -> None:
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.parent.name == "portfolio" and path.name in NUMERICAL:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"today", "now", "utcnow"}, path.name
            if isinstance(node, ast.Constant):
                assert not isinstance(node.value, float), path.name
            if isinstance(node, ast.BinOp):
                # the divisions are of exact fractions
                assert not isinstance(node.op, ast.Div) or path.name in {"money.py", "checker.py"}, path.name
