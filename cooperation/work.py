"""What this app adds to the main navigation and to the work list."""

from __future__ import annotations

from collections.abc import Iterable

from wam_portal.access import Viewer
from wam_portal.work_list import NavigationItem, WorkGroup


def navigation(viewer: Viewer) -> Iterable[NavigationItem]:
    """The main pages of this app that the viewer can use."""
    return ()


def work_groups(viewer: Viewer) -> Iterable[WorkGroup]:
    """What waits for the viewer in this app."""
    return ()
