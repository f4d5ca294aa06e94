"""Who may read a party's audit log."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from wam_portal.access import ALLOWED, Decision, Viewer, refuse
from wam_portal.accounts.enums import Role


def can_read_log(viewer: Viewer) -> Decision:
    """Approvers and national administrators read what was done to their State's record."""
    if viewer.has_role(Role.APPROVER, Role.NATIONAL_ADMIN):
        return ALLOWED
    return refuse(
        _("The log is read by approvers and national administrators."), _("A national administrator can give the role.")
    )
