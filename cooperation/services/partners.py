"""Operational partners describe themselves: profile, finished projects, conflicts of interest, and their consent."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.db.models import F, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import public
from cooperation.models import FinishedProject, PartnerConflict, PartnerProfile
from cooperation.permissions import can_describe_partner
from wam_portal.access import Viewer, require
from wam_portal.accounts.models import Party, Territory
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, NotVisible

MOST_PROJECTS: Final = 200
MOST_LEFT: Final = 1000
TEXT_LIMITS: Final = {"summary": 4000, "contact": 400}
TITLE_MAX: Final = 160
REASON_MAX: Final = 1000
CODED: Final[dict[str, Collection[str]]] = {
    "functional_areas": public.FunctionalArea.values,
    "assistance_types": public.AssistanceType.values,
    "technologies": public.Technology.values,
    "languages": [code for code, _name in settings.LANGUAGES],
}
STORED: Final = (*CODED, *TEXT_LIMITS, "projects_left", "consents")

Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerValues:
    """All that a partner says of itself. `projects_left`: how many further projects it takes on; None: unsaid."""

    summary: str = ""
    functional_areas: Sequence[str] = ()
    assistance_types: Sequence[str] = ()
    technologies: Sequence[str] = ()
    presence: Sequence[Territory] = ()
    languages: Sequence[str] = ()
    projects_left: int | None = None
    contact: str = ""
    consents: bool = False


def save_profile(*, base_version: int, values: PartnerValues, actor: Viewer) -> PartnerProfile:
    """Write the profile of the actor's party, the first time with base version 0.

    Consenting asks for a profile that can be compared with a need. Raises `Refused`, `Invalid` with messages by field,
    and `Conflict` when it has changed since `base_version`.
    """
    require(can_describe_partner(actor))
    errors = profile_errors(values)
    if errors:
        raise Invalid(errors)
    now = timezone.now()
    stored = {name: getattr(values, name) for name in STORED}
    fields = {name: list(value) if isinstance(value, tuple) else value for name, value in stored.items()}
    fields |= {"updated_at": now, "updated_by": actor.user}
    with audited():
        found = PartnerProfile.objects.visible_to(actor).filter(party=actor.party)
        if found.exists():
            since = Coalesce("consented_at", Value(now)) if values.consents else None
            mine = found.filter(version=base_version)
            written = bool(mine.update(version=F("version") + 1, consented_at=since, **fields))
            profile = found.get()
        else:
            fields["consented_at"] = now if values.consents else None
            profile, written = PartnerProfile.objects.get_or_create(party=actor.party, defaults=fields)
        if not written:
            raise Conflict(_("Somebody changed this profile before you."), current=profile)
        profile.presence.set(values.presence)
        _record("partner.described", profile, actor, {"version": profile.version, "consents": values.consents})
    return profile


def profile_errors(values: PartnerValues) -> Errors:
    """What is wrong with a profile, by field."""
    errors: Errors = {}
    for field, limit in TEXT_LIMITS.items():
        if len(getattr(values, field)) > limit:
            errors[field] = [_("At most %(limit)d characters.") % {"limit": limit}]
    for field, known in CODED.items():
        unknown = [code for code in getattr(values, field) if code not in known]
        if unknown:
            errors[field] = [_("Unknown: %(codes)s.") % {"codes": ", ".join(unknown)}]
    if values.projects_left is not None and not 0 <= values.projects_left <= MOST_LEFT:
        errors["projects_left"] = [_("Give a number from 0 to %(most)d.") % {"most": MOST_LEFT}]
    if values.consents:
        needed = {
            "functional_areas": _("Name at least one area: without one you fit no need."),
            "assistance_types": _("Name at least one type of assistance: without one you fit no need."),
            "presence": _("Name where you work: without a place you fit no need."),
            "languages": _("Name at least one working language: without one you fit no need."),
        }
        errors |= {
            field: [text] for field, text in needed.items() if field not in errors and not getattr(values, field)
        }
    return errors


def add_project(
    *, title: str, functional_areas: Sequence[str], places: Sequence[Territory], ended_on: date, actor: Viewer
) -> FinishedProject:
    """Name a project that the actor's party has finished. Raises `Refused` and `Invalid` with messages by field."""
    profile = _own(actor)
    errors = project_errors(title=title, functional_areas=functional_areas, places=places, ended_on=ended_on)
    if profile.projects.count() >= MOST_PROJECTS:
        errors[""] = [_("A profile holds at most %(most)d projects.") % {"most": MOST_PROJECTS}]
    if errors:
        raise Invalid(errors)
    with audited():
        project = FinishedProject.objects.create(
            profile=profile, title=title.strip(), functional_areas=list(functional_areas), ended_on=ended_on
        )
        project.places.set(places)
        _record("partner.project_added", profile, actor, {"title": project.title})
    return project


def change_project(
    *,
    project: FinishedProject,
    title: str,
    functional_areas: Sequence[str],
    places: Sequence[Territory],
    ended_on: date,
    actor: Viewer,
) -> FinishedProject:
    """Correct a project of one's own profile. Raises `Refused` and `Invalid` with messages by field."""
    profile = _own(actor)
    if project.profile_id != profile.pk:
        raise NotVisible
    errors = project_errors(title=title, functional_areas=functional_areas, places=places, ended_on=ended_on)
    if errors:
        raise Invalid(errors)
    with audited():
        project.title, project.functional_areas, project.ended_on = title.strip(), list(functional_areas), ended_on
        project.save(update_fields=["title", "functional_areas", "ended_on"])
        project.places.set(places)
        _record("partner.project_changed", profile, actor, {"title": project.title})
    return project


def project_errors(
    *, title: str, functional_areas: Sequence[str], places: Collection[Territory], ended_on: date | None
) -> Errors:
    """What is wrong with a finished project, by field; a day that is not given yet is not judged."""
    errors: Errors = {}
    if not title.strip() or len(title) > TITLE_MAX:
        errors["title"] = [_("Give a title of at most %(limit)d characters.") % {"limit": TITLE_MAX}]
    if not functional_areas or set(functional_areas) - set(public.FunctionalArea.values):
        errors["functional_areas"] = [_("Name at least one area.")]
    if not places:
        errors["places"] = [_("Name where the project took place.")]
    if ended_on is not None and ended_on > timezone.localdate():
        errors["ended_on"] = [_("Only finished projects count: give a day that has passed.")]
    return errors


def remove_project(*, project: FinishedProject, actor: Viewer) -> None:
    """Take a project off the profile. Raises `Refused`."""
    profile = _own(actor)
    if project.profile_id != profile.pk:
        raise NotVisible
    with audited():
        _record("partner.project_removed", profile, actor, {"title": project.title})
        project.places.clear()
        project.delete()


def declare_conflict(
    *, reason: str, actor: Viewer, country: Territory | None = None, donor: Party | None = None
) -> PartnerConflict:
    """Declare a conflict of interest with a State or a donor: the partner is not suggested for what concerns it.

    The reason stays with the partner. Raises `Refused` and `Invalid` with messages by field.
    """
    profile = _own(actor)
    errors = party_errors(country=country, donor=donor)
    if not reason.strip() or len(reason) > REASON_MAX:
        errors["reason"] = [_("Say why, in at most %(limit)d characters.") % {"limit": REASON_MAX}]
    if profile.conflicts.filter(country=country, donor=donor).exists():
        errors["country" if country else "donor"] = [_("This conflict is declared already.")]
    if errors:
        raise Invalid(errors)
    with audited():
        conflict = PartnerConflict.objects.create(
            profile=profile, country=country, donor=donor, reason=reason.strip(), declared_at=timezone.now()
        )
        _record("partner.conflict_declared", profile, actor, {"with": conflict.kept_name})
    return conflict


def party_errors(*, country: Territory | None, donor: Party | None) -> Errors:
    """What is wrong with whom a conflict is declared with, by field."""
    if country is None and donor is None:
        return {"country": [_("Name a State or a donor.")]}
    if country is not None and donor is not None:
        return {"donor": [_("Name a State or a donor, not both. Declare the other one by itself.")]}
    return {}


def withdraw_conflict(*, conflict: PartnerConflict, actor: Viewer) -> None:
    """Say that a conflict of interest is over. Raises `Refused`."""
    profile = _own(actor)
    if conflict.profile_id != profile.pk:
        raise NotVisible
    with audited():
        _record("partner.conflict_withdrawn", profile, actor, {"with": conflict.kept_name})
        conflict.delete()


def _own(actor: Viewer) -> PartnerProfile:
    require(can_describe_partner(actor))
    profile = PartnerProfile.objects.visible_to(actor).filter(party=actor.party).first()
    if profile is None:
        raise Invalid({"": [_("Describe first what your organisation can do.")]})
    return profile


def _record(verb: str, profile: PartnerProfile, actor: Viewer, changes: dict[str, Any]) -> None:
    record(verb=verb, target=profile, actor=actor, parties=[actor.party], changes=changes)
