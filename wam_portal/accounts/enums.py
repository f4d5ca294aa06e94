"""Kinds of party and territory, and the roles that a membership gives."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartyKind(models.TextChoices):
    STATE = "state", _("State")
    UN_ENTITY = "un_entity", _("United Nations entity")
    REGIONAL = "regional", _("Regional organisation")
    NGO = "ngo", _("Non-governmental organisation")
    PRIVATE = "private", _("Private organisation")


class TerritoryKind(models.TextChoices):
    WORLD = "world", _("World")
    REGION = "region", _("Region")
    SUBREGION = "subregion", _("Subregion")
    INTERMEDIATE = "intermediate", _("Intermediate region")
    COUNTRY = "country", _("Country")


class TerritorySource(models.TextChoices):
    ISO = "iso", _("ISO 3166 and UN M49")
    DEMO = "demo", _("Fictional, for demonstration")


class Role(models.TextChoices):
    VIEWER = "viewer", _("Viewer")
    CONTRIBUTOR = "contributor", _("Contributor")
    EDITOR = "editor", _("Focal point (editor)")
    APPROVER = "approver", _("Approver")
    NATIONAL_ADMIN = "national_admin", _("National administrator")
    OFFERING_MEMBER = "offering_member", _("Offering member")
    IMPLEMENTING_MEMBER = "implementing_member", _("Implementing member")
    COORDINATOR = "coordinator", _("Coordinator")
    INVITED_CONTRIBUTOR = "invited_contributor", _("Invited contributor")


ROLES_BY_CAPABILITY: Final[dict[str, tuple[Role, ...]]] = {
    "assesses": (Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN),
    "offers": (Role.OFFERING_MEMBER,),
    "implements": (Role.IMPLEMENTING_MEMBER,),
    "coordinates": (Role.COORDINATOR,),
}
"""Roles that make sense at a party, by what the party does. The invited contributor comes with a consultation."""

STATE_MEMBER_READERS = frozenset({Role.APPROVER, Role.NATIONAL_ADMIN})
"""Who sees the list of members of a State, with addresses."""

OTHER_MEMBER_READERS = frozenset({Role.OFFERING_MEMBER, Role.IMPLEMENTING_MEMBER, Role.COORDINATOR})
"""Who sees, and looks after, the members of any other party."""

STATE_STAFF = frozenset({Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN})
"""Roles that may read the whole national record of their State."""
