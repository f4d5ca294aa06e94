"""The list of sections beside a sheet, with the headings that stand above them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from assessments.frameworks.tree import SectionView


def under_headings(nodes: Iterable[tuple[SectionView, dict[str, Any]]], depth: int = 0) -> list[dict[str, Any]]:
    """The nodes of sections for components/tree.html, in groups named by the headings above them."""
    found: list[dict[str, Any]] = []
    for heading, run in groupby(nodes, lambda entry: next(iter(entry[0].above[depth:]), None)):
        if heading is None:
            found += [node for _section, node in run]
        else:
            found.append({"label": heading.name, "children": under_headings(run, depth + 1)})
    return found
