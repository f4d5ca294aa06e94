"""Background work for accounts."""

from __future__ import annotations

from wam_portal.accounts.invitations import retire_lapsed_invitations
from wam_portal.jobs.tidying import tidier

tidier("invitations that ran out")(retire_lapsed_invitations)
