"""Named selections of the framework, such as a core set, as a filter of the section sheet."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from assessments.frameworks.tree import FrameworkTree, SectionView, SelectionView
from assessments.selectors.answers import SheetFilter


def group_toggles(
    sheet: str, section: SectionView, tree: FrameworkTree, shown: SheetFilter, chosen: SelectionView | None
) -> list[dict[str, Any]]:
    """The selections that reach into the section, and all of it; none where no selection does."""
    counted = [(group, len(section.only(group.indicators).indicators)) for group in tree.groups]
    named = [
        {
            "label": group.title,
            "count": count,
            "current": group is chosen,
            "url": with_query(sheet, sheet_query(shown, group)),
        }
        for group, count in counted
        if count
    ]
    if not named:
        return []
    whole = {
        "label": _("Whole section"),
        "count": len(section.indicators),
        "current": chosen is None,
        "url": with_query(sheet, sheet_query(shown, None)),
    }
    return [whole, *named]


def sheet_query(shown: SheetFilter, group: SelectionView | None) -> dict[str, str]:
    """The filters of the sheet that are on, as they stand in its address."""
    return {**({"show": shown.value} if shown else {}), **({"group": group.key} if group else {})}


def with_query(address: str, query: dict[str, str]) -> str:
    """An address with a query, or bare where there is none."""
    return f"{address}?{urlencode(query)}" if query else address
